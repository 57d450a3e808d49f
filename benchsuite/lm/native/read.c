/* Log-probabilities of given tokens under a Llama model, in fp32 on one core.

Tokens lie in prefix trees (prefixes.py): a node is a token that sees itself and what is above it.
*/

#include "single.h"

enum { LOGIT_ROWS = 64 /* of so many nodes logits are held at once */ };

struct reading {
    ptrdiff_t trees, nodes, words; /* words of sixteen bits, one for each node that is seen */
    const int64_t *depth, *parent;
    float *stream, *narrow, *wide, *keys, *values, *query, *scores;
    uint16_t* seen;
};

static struct reading lay_out_reading(const struct shape* s, ptrdiff_t trees, ptrdiff_t nodes,
                                      struct arena* arena) {
    struct reading r = {.trees = trees, .nodes = nodes, .words = whole(nodes) / 16};
    ptrdiff_t t = trees * nodes, d = s->head_width;
    ptrdiff_t widest = largest(2 * s->feedforward, projected(s));
    r.stream = TAKE(float, t * s->width);
    r.narrow = TAKE(float, t* largest(largest(s->width, s->feedforward), attended(s)));
    r.wide = TAKE(float, largest(t * widest, LOGIT_ROWS * s->vocabulary));
    r.keys = TAKE(float, whole(nodes) * d);
    r.values = TAKE(float, nodes* whole(d));
    r.query = TAKE(float, nodes* d);
    r.scores = TAKE(float, PANEL* whole(nodes));
    r.seen = TAKE(uint16_t, t* r.words);
    return r;
}

/* Return the bytes of memory that `read_trees` works in. */
int64_t reading_bytes(const struct shape* s, int64_t trees, int64_t nodes) {
    struct arena arena = {0, 0};
    lay_out_reading(s, trees, nodes, &arena);
    return arena.used;
}

/* A node sees what its parent sees, and itself. Parents come before their children. */
static void note_seen(struct reading* r) {
    ptrdiff_t words = r->words;
    for (ptrdiff_t t = 0; t < r->trees * r->nodes; t++) {
        ptrdiff_t node = t % r->nodes, parent = r->parent[t];
        uint16_t* own = r->seen + t * words;
        if (parent < node)
            memcpy(own, r->seen + (t - node + parent) * words, (size_t)words * sizeof(*own));
        else
            memset(own, 0, (size_t)words * sizeof(*own));
        own[node / 16] |= (uint16_t)(1u << node % 16);
    }
}

/* Attend within a tree: from projections in `wide` to `narrow` [nodes, heads · width]. */
static void attend_in_tree(const struct model* m, struct reading* r, ptrdiff_t tree) {
    const struct shape* s = &m->shape;
    ptrdiff_t d = s->head_width, n = r->nodes, row = projected(s), padded = whole(n);
    ptrdiff_t group = s->heads / s->shared;
    const float* from = r->wide + tree * n * row;
    const int64_t* depth = r->depth + tree * n;
    float scale = 1.0f / sqrtf((float)d);
    for (ptrdiff_t head = 0; head < s->heads; head++) {
        if (head % group == 0) {
            const float* key = from + (s->heads + head / group) * d;
            for (ptrdiff_t t = 0; t < n; t++)
                turn_single(d, key + t * row, m->turn + depth[t] * d, 1.0f, r->query + t * d);
            pack_single_transposed(d, n, r->query, d, r->keys);
            pack_single(n, d, key + s->shared * d, row, r->values);
        }
        for (ptrdiff_t t = 0; t < n; t++)
            turn_single(d, from + t * row + head * d, m->turn + depth[t] * d, scale,
                        r->query + t * d);
        for (ptrdiff_t q = 0; q < n; q += PANEL) {
            ptrdiff_t queries = n - q < PANEL ? n - q : PANEL;
            ptrdiff_t end = q + queries; /* no node sees one behind it */
            single(queries, end, d, r->query + q * d, d, r->keys, d, r->scores, padded, 0);
            for (ptrdiff_t i = 0; i < queries; i++)
                softmax_single(end, r->seen + (tree * n + q + i) * r->words,
                               r->scores + i * padded);
            single(queries, d, end, r->scores, padded, r->values, n,
                   r->narrow + (tree * n + q) * attended(s) + head * d, attended(s), 0);
        }
    }
}

/* Return log(sum of exp) of logits. */
static float log_sum(ptrdiff_t count, const float* logits) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __mmask16 some = below(count - i);
        most = _mm512_mask_max_ps(most, some, most, _mm512_maskz_loadu_ps(some, logits + i));
    }
    float highest = _mm512_reduce_max_ps(most);
    most = _mm512_set1_ps(highest);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __mmask16 some = below(count - i);
        __m512 one = exponential(_mm512_sub_ps(_mm512_maskz_loadu_ps(some, logits + i), most));
        sum = _mm512_mask_add_ps(sum, some, sum, one);
    }
    return highest + logf(_mm512_reduce_add_ps(sum));
}

/* Whether no logit is larger than the token's, and none before it as large. */
static int likeliest(ptrdiff_t count, const float* logits, int64_t token) {
    for (ptrdiff_t i = 0; i < count; i++)
        if (logits[i] > logits[token] || (logits[i] == logits[token] && i < token)) return 0;
    return 1;
}

/* Write log p(target | node) for each target, in nats, and, if asked, whether none is likelier. Of
nodes, ascending, logits are computed once. */
static void tell(const struct model* m, struct reading* r, ptrdiff_t count, const int64_t* nodes,
                 const int64_t* targets, float* found, uint8_t* greedy) {
    ptrdiff_t width = m->shape.width, vocabulary = m->shape.vocabulary;
    for (ptrdiff_t first = 0, last; first < count; first = last) {
        ptrdiff_t rows = 0;
        for (last = first; last < count; last++) {
            if (last > first && nodes[last] == nodes[last - 1]) continue;
            if (rows == LOGIT_ROWS) break;
            memcpy(r->narrow + rows++ * width, r->stream + nodes[last] * width,
                   (size_t)width * sizeof(float));
        }
        norm_single(m, 0, FINAL_NORM, rows, r->narrow, r->narrow);
        apply(m, 0, HEAD, rows, r->narrow, r->wide, 0);
        const float* logits = r->wide - vocabulary;
        float all = 0;
        for (ptrdiff_t i = first; i < last; i++) {
            if (i == first || nodes[i] != nodes[i - 1]) {
                logits += vocabulary;
                all = log_sum(vocabulary, logits);
            }
            found[i] = logits[targets[i]] - all;
            if (greedy) greedy[i] = (uint8_t)likeliest(vocabulary, logits, targets[i]);
        }
    }
}

/* Read trees [trees, nodes] of tokens, and write of each of `count` targets, which follow `nodes`
of all trees laid end to end, its log-probability. `memory` is of `reading_bytes`. */
void read_trees(const struct model* m, int64_t trees, int64_t nodes, const int64_t* tokens,
                const int64_t* depth, const int64_t* parent, int64_t count, const int64_t* of,
                const int64_t* targets, float* found, uint8_t* greedy, char* memory) {
    const struct shape* s = &m->shape;
    struct arena arena = {memory, 0};
    struct reading r = lay_out_reading(s, trees, nodes, &arena);
    ptrdiff_t t = trees * nodes, width = s->width;
    r.depth = depth, r.parent = parent;
    note_seen(&r);
    for (ptrdiff_t i = 0; i < t; i++)
        memcpy(r.stream + i * width, m->weights + place(m, 0, EMBEDDING) + tokens[i] * width,
               (size_t)width * sizeof(float));
    for (ptrdiff_t layer = 0; layer < s->layers; layer++) {
        norm_single(m, layer, ATTENTION_NORM, t, r.stream, r.narrow);
        apply(m, layer, PROJECTIONS, t, r.narrow, r.wide, 0);
        for (ptrdiff_t tree = 0; tree < trees; tree++) attend_in_tree(m, &r, tree);
        apply(m, layer, OUT, t, r.narrow, r.stream, 1);
        feed_forward(m, layer, t, r.stream, r.narrow, r.wide);
    }
    tell(m, &r, count, of, targets, found, greedy);
}
