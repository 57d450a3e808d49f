/* Logits of the next token of rows that are written token by token, in fp32 on one core.

Keys and values of what is there already lie, of each row and head, in one piece, so that reading
them is a walk through memory: keys sixteen positions at a time, `[positions / 16][width][16]`,
values by position. What a row comes to depends on no other row. */

#include "choose.h"
#include "single.h"

enum { AHEAD = 256 /* numbers that are fetched before they are read */ };

/* Rows that start with prompts [rows, start], and with their text have room for `room` positions:
what is written of each, `text` [rows, room - start + 1] and `lengths`, and for each token `draws`,
uniform in [0, 1). The first `left` of `active` are written still. */
struct batch {
    int64_t rows, start, room, end, left;
    int64_t *active, *text, *lengths;
    const int64_t* prompts;
    const float* draws;
    float* cache;
    struct decoding decoding;
};

struct writing {
    float *stream, *narrow, *wide, *query, *chances, *logits, *sums;
    int64_t* left;
};

static struct writing lay_out_writing(const struct shape* s, ptrdiff_t rows, ptrdiff_t room,
                                      struct arena* arena) {
    struct writing w;
    w.stream = TAKE(float, rows * s->width);
    w.narrow = TAKE(float, rows* largest(largest(s->width, s->feedforward), attended(s)));
    w.wide = TAKE(float, rows* largest(2 * s->feedforward, projected(s)));
    w.query = TAKE(float, s->head_width);
    w.chances = TAKE(float, whole(room));
    w.logits = TAKE(float, rows * s->vocabulary);
    w.sums = TAKE(float, s->vocabulary / BLOCK + 1);
    w.left = TAKE(int64_t, s->vocabulary);
    return w;
}

/* Return the bytes of memory that `write_position` works in. */
int64_t writing_bytes(const struct shape* s, int64_t rows, int64_t room) {
    struct arena arena = {0, 0};
    lay_out_writing(s, rows, room, &arena);
    return arena.used;
}

/* Numbers of one head's keys, and of its values. */
static ptrdiff_t a_head(const struct shape* s, ptrdiff_t room) {
    return whole(room) * s->head_width;
}

/* Return the bytes of the keys and values of rows with room for so many positions. */
int64_t cache_bytes(const struct shape* s, int64_t rows, int64_t room) {
    return s->layers * rows * s->shared * 2 * a_head(s, room) * (int64_t)sizeof(float);
}

/* Return exp(score - the largest) of a query with the first `seen` keys, and their sum. */
static float chances_of(ptrdiff_t seen, ptrdiff_t d, const float* query, const float* keys,
                        float* to) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (ptrdiff_t i = 0; i < seen; i += 16, keys += 16 * d) {
        __m512 scores[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),
                            _mm512_setzero_ps()};
        for (ptrdiff_t j = 0; j < d; j += 2) /* four sums, since each waits for itself */
            for (ptrdiff_t k = 0; k < 2; k++) {
                __m512 key = _mm512_loadu_ps(keys + (j + k) * 16);
                _mm_prefetch((const char*)(keys + (j + k) * 16 + AHEAD), _MM_HINT_T0);
                ptrdiff_t sum_of = k + j % 4;
                scores[sum_of] = _mm512_fmadd_ps(_mm512_set1_ps(query[j + k]), key, scores[sum_of]);
            }
        scores[0] =
            _mm512_add_ps(_mm512_add_ps(scores[0], scores[1]), _mm512_add_ps(scores[2], scores[3]));
        most = _mm512_mask_max_ps(most, below(seen - i), most, scores[0]);
        _mm512_storeu_ps(to + i, scores[0]);
    }
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (ptrdiff_t i = 0; i < seen; i += 16) {
        __m512 one = exponential(_mm512_sub_ps(_mm512_loadu_ps(to + i), most));
        one = _mm512_maskz_mov_ps(below(seen - i), one);
        sum = _mm512_add_ps(sum, one);
        _mm512_storeu_ps(to + i, one);
    }
    return _mm512_reduce_add_ps(sum);
}

/* to = sum of chances · values, divided by `all`, of 16 · `parts` of a head's width: a constant. */
INLINE void add_up_some(int parts, ptrdiff_t seen, ptrdiff_t d, ptrdiff_t left,
                        const float* chances, float all, const float* values, float* to) {
    __m512 sums[4][2];
    for (int i = 0; i < parts; i++) sums[i][0] = sums[i][1] = _mm512_setzero_ps();
    for (ptrdiff_t j = 0; j < seen; j += 2, values += 2 * d) { /* one more, of chance 0 */
        _mm_prefetch((const char*)(values + AHEAD), _MM_HINT_T0);
        _mm_prefetch((const char*)(values + AHEAD + d), _MM_HINT_T0);
        for (int k = 0; k < 2; k++)
            for (int i = 0; i < parts; i++)
                sums[i][k] = _mm512_fmadd_ps(
                    _mm512_set1_ps(chances[j + k]),
                    _mm512_maskz_loadu_ps(below(left - 16 * i), values + k * d + 16 * i),
                    sums[i][k]);
    }
    for (int i = 0; i < parts; i++)
        _mm512_mask_storeu_ps(
            to + 16 * i, below(left - 16 * i),
            _mm512_div_ps(_mm512_add_ps(sums[i][0], sums[i][1]), _mm512_set1_ps(all)));
}

static void add_up(ptrdiff_t seen, ptrdiff_t d, const float* chances, float all,
                   const float* values, float* to) {
    for (ptrdiff_t i = 0; i < d; i += 32) {
        if (d - i > 16)
            add_up_some(2, seen, d, d - i, chances, all, values + i, to + i);
        else
            add_up_some(1, seen, d, d - i, chances, all, values + i, to + i);
    }
}

/* Store the newest position's key and value behind those there are. */
static void append(ptrdiff_t position, ptrdiff_t d, const float* key, const float* value,
                   float* keys, float* values) {
    keys += position / 16 * 16 * d + position % 16;
    for (ptrdiff_t i = 0; i < d; i++) keys[i * 16] = key[i];
    memcpy(values + position * d, value, (size_t)d * sizeof(float));
    if (position % 2 == 0) memset(values + (position + 1) * d, 0, (size_t)d * sizeof(float));
}

/* Attend from the newest position of a row to all of it: from its projections to [heads · width].
 */
static void attend_to_row(const struct model* m, struct writing* w, ptrdiff_t position,
                          ptrdiff_t room, const float* from, float* cache, float* to) {
    const struct shape* s = &m->shape;
    ptrdiff_t d = s->head_width, group = s->heads / s->shared;
    const float* turn = m->turn + position * d;
    for (ptrdiff_t pair = 0; pair < s->shared; pair++, cache += 2 * a_head(s, room)) {
        float* values = cache + a_head(s, room);
        const float* key = from + (s->heads + pair) * d;
        turn_single(d, key, turn, 1.0f, w->query);
        append(position, d, w->query, key + s->shared * d, cache, values);
        for (ptrdiff_t head = pair * group; head < (pair + 1) * group; head++) {
            turn_single(d, from + head * d, turn, 1.0f / sqrtf((float)d), w->query);
            float all = chances_of(position + 1, d, w->query, cache, w->chances);
            add_up(position + 1, d, w->chances, all, values, to + head * d);
        }
    }
}

/* Read one more token of each of `count` rows: their streams, in `w`, become final hidden states.
 */
static void read_position(const struct model* m, struct writing* w, const struct batch* b,
                          ptrdiff_t position) {
    const struct shape* s = &m->shape;
    ptrdiff_t count = b->left, a_row = s->shared * 2 * a_head(s, b->room);
    for (ptrdiff_t layer = 0; layer < s->layers; layer++) {
        norm_single(m, layer, ATTENTION_NORM, count, w->stream, w->narrow);
        apply(m, layer, PROJECTIONS, count, w->narrow, w->wide, 0);
        for (ptrdiff_t i = 0; i < count; i++)
            attend_to_row(m, w, position, b->room, w->wide + i * projected(s),
                          b->cache + (layer * b->rows + b->active[i]) * a_row,
                          w->narrow + i * attended(s));
        apply(m, layer, OUT, count, w->narrow, w->stream, 1);
        feed_forward(m, layer, count, w->stream, w->narrow, w->wide);
    }
}

/* Read the token at one position of all rows that are written still, and, from the prompts' last
on, write the next. Rows that draw `end` are written no more; returns how many are left. */
int64_t write_position(const struct model* m, struct batch* b, int64_t position, char* memory) {
    const struct shape* s = &m->shape;
    struct arena arena = {memory, 0};
    struct writing w = lay_out_writing(s, b->rows, b->room, &arena);
    ptrdiff_t width = s->width, at = position - b->start + 1, length = b->room - b->start + 1;
    const float* embedding = m->weights + place(m, 0, EMBEDDING);
    for (ptrdiff_t i = 0; i < b->left; i++) {
        int64_t row = b->active[i], token = at <= 0 ? b->prompts[row * b->start + position]
                                                    : b->text[row * length + at - 1];
        memcpy(w.stream + i * width, embedding + token * width, (size_t)width * sizeof(float));
    }
    read_position(m, &w, b, position);
    if (at < 0) return b->left;
    norm_single(m, 0, FINAL_NORM, b->left, w.stream, w.narrow);
    apply(m, 0, HEAD, b->left, w.narrow, w.logits, 0);
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i < b->left; i++) {
        int64_t row = b->active[i];
        const float* draws = b->draws + (row * length + at) * b->decoding.attempts;
        int64_t token = choose(&b->decoding, s->vocabulary, w.logits + i * s->vocabulary, draws,
                               w.sums, w.left);
        b->text[row * length + at] = token;
        b->lengths[row] = at + 1;
        if (token != b->end) b->active[left++] = row;
    }
    return b->left = left;
}
