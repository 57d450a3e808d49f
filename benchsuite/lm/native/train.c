/* Loss and gradient of Llama models (arXiv:2302.13971) on one core: products in bf16, sums in fp32.

Rows of text are read a few at a time, so that what they leave behind stays in the core's cache,
and what goes on beside products of matrices is done in few passes. The residual stream and its
gradient are fp32. Tokens are padded to whole panels, with zeros, since sums go over them. */

#include "attention.h"
#include "elementwise.h"

enum { TOKENS = 512 /* so many are read at once, or one row */, LOGITS = 1 << 20 };

struct layer { /* what the way back needs of the way there */
    bf16 *attention_normed, *feedforward_normed, *query, *key, *value, *probabilities, *attended,
        *gate_up;
    float *attention_scale, *feedforward_scale;
};

struct work {
    ptrdiff_t rows, length, tokens, padded, at_once;
    float *stream, *wide, *final_scale;
    bf16 *narrow, *inner, *final_normed, *chances;
    int32_t *left, *right;
    struct heads heads;
    char* layers;
};

static struct layer lay_out_kept(const struct shape* s, const struct work* w, struct arena* arena) {
    ptrdiff_t t = w->padded, a_head = w->rows * w->heads.length * s->head_width;
    return (struct layer){
        .attention_normed = TAKE(bf16, t * s->width),
        .feedforward_normed = TAKE(bf16, t * s->width),
        .query = TAKE(bf16, s->heads * a_head),
        .key = TAKE(bf16, s->shared * a_head),
        .value = TAKE(bf16, s->shared * a_head),
        .probabilities = TAKE(bf16, w->rows * s->heads * w->heads.length * w->heads.length),
        .attended = TAKE(bf16, t * attended(s)),
        .gate_up = TAKE(bf16, t * 2 * s->feedforward),
        .attention_scale = TAKE(float, t),
        .feedforward_scale = TAKE(float, t),
    };
}

static struct work lay_out_work(const struct shape* s, ptrdiff_t rows, ptrdiff_t length,
                                struct arena* arena) {
    struct work w = {.rows = rows, .length = length, .tokens = rows * length};
    ptrdiff_t t = w.padded = whole(w.tokens), v = even(s->vocabulary);
    ptrdiff_t widest = largest(largest(2 * s->feedforward, projected(s)), s->width);
    w.at_once = largest(PANEL, LOGITS / v / PANEL * PANEL);
    if (w.at_once > t) w.at_once = t;
    w.stream = TAKE(float, t * s->width);
    w.wide = TAKE(float, largest(t * widest, PANEL * v));
    w.final_scale = TAKE(float, t);
    w.narrow = TAKE(bf16, t * widest);
    w.inner = TAKE(bf16, t * largest(s->feedforward, s->width));
    w.final_normed = TAKE(bf16, t * s->width);
    w.chances = TAKE(bf16, w.at_once * v);
    w.left = TAKE(int32_t, largest(t * whole(widest), w.at_once * whole(v)) / 2);
    w.right = TAKE(int32_t, t* whole(widest) / 2);
    w.heads = lay_out_heads(s, length, arena);
    w.layers = TAKE(char, 0);
    return w;
}

static struct layer kept(const struct shape* s, const struct work* w, ptrdiff_t layer) {
    struct arena one = {0, 0}, arena = {w->layers, 0};
    lay_out_kept(s, w, &one);
    arena.used = layer * one.used;
    return lay_out_kept(s, w, &arena);
}

/* Return the bytes of memory that `gradient` works in. */
int64_t work_bytes(const struct shape* s, int64_t rows, int64_t length) {
    struct arena all = {0, 0}, one = {0, 0};
    rows = rows < TOKENS / length ? rows : largest(1, TOKENS / length);
    struct work w = lay_out_work(s, rows, length, &all);
    lay_out_kept(s, &w, &one);
    return all.used + s->layers * one.used;
}

/* ---- There ---- */

/* Cut projections [tokens, …] into heads [rows, heads, length, width], queries and keys turned. */
static void split_heads(const struct model* m, const struct work* w, struct layer* k) {
    const struct shape* s = &m->shape;
    ptrdiff_t d = s->head_width, l = w->heads.length, heads = s->heads, shared = s->shared;
    for (ptrdiff_t row = 0; row < w->rows; row++)
        for (ptrdiff_t i = 0; i < l; i++) {
            const float* from = w->wide + (row * w->length + i) * projected(s);
            for (ptrdiff_t h = 0; h < heads + 2 * shared; h++) {
                bf16* to = h < heads ? k->query + (row * heads + h) * l * d
                           : h < heads + shared
                               ? k->key + (row * shared + h - heads) * l * d
                               : k->value + (row * shared + h - heads - shared) * l * d;
                const float* turn = h < heads + shared ? m->turn + i * d : 0;
                if (i < w->length)
                    turn_into(d, from + h * d, turn, 0, to + i * d);
                else
                    memset(to + i * d, 0, (size_t)d * sizeof(bf16));
            }
        }
}

static void attend_all(const struct shape* s, struct work* w, struct layer* k) {
    ptrdiff_t d = s->head_width, l = w->heads.length, group = s->heads / s->shared;
    for (ptrdiff_t i = 0; i < w->rows * s->heads; i++) {
        ptrdiff_t row = i / s->heads, head = i % s->heads;
        ptrdiff_t from = (row * s->shared + head / group) * l * d;
        if (head % group == 0) see(&w->heads, k->key + from, k->value + from);
        attend(&w->heads, k->query + i * l * d, k->probabilities + i * l * l);
        for (ptrdiff_t t = 0; t < w->length; t++)
            memcpy(k->attended + (row * w->length + t) * attended(s) + head * d,
                   w->heads.out + t * d, (size_t)d * sizeof(bf16));
    }
    memset(k->attended + w->tokens * attended(s), 0,
           (size_t)((w->padded - w->tokens) * attended(s)) * sizeof(bf16));
}

/* Read a layer, x · Wᵀ for each of its matrices in turn. */
static void there(const struct model* m, struct work* w, ptrdiff_t layer) {
    const struct shape* s = &m->shape;
    struct layer k = kept(s, w, layer);
    struct matrix by[PARTS];
    packed_layer(m, layer, by);
    ptrdiff_t t = w->padded, width = s->width, inner = s->feedforward;
    norm(t, width, s->epsilon, w->stream, m->weights + place(m, layer, ATTENTION_NORM),
         k.attention_normed, k.attention_scale, w->narrow);
    multiply(t, projected(s), width / 2, w->narrow, width, by[PROJECTIONS].there, width / 2,
             w->wide, projected(s), 0);
    split_heads(m, w, &k);
    attend_all(s, w, &k);
    multiply(t, width, attended(s) / 2, k.attended, attended(s), by[OUT].there, attended(s) / 2,
             w->stream, width, 1);
    norm(t, width, s->epsilon, w->stream, m->weights + place(m, layer, FEEDFORWARD_NORM),
         k.feedforward_normed, k.feedforward_scale, w->narrow);
    multiply(t, 2 * inner, width / 2, w->narrow, width, by[UP].there, width / 2, w->wide, 2 * inner,
             0);
    swiglu(t, inner, w->wide, k.gate_up, w->inner);
    multiply(t, width, inner / 2, w->inner, inner, by[DOWN].there, inner / 2, w->stream, width, 1);
}

/* ---- Loss ---- */

/* Replace logits by scale · softmax, as bf16; returns -log p(target). */
static float chances_of(ptrdiff_t vocabulary, float* logits, ptrdiff_t target, float scale,
                        bf16* to) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (ptrdiff_t i = 0; i < vocabulary; i += 16) {
        __mmask16 some = below(vocabulary - i);
        most = _mm512_mask_max_ps(most, some, most, _mm512_maskz_loadu_ps(some, logits + i));
    }
    float highest = _mm512_reduce_max_ps(most), own = logits[target];
    most = _mm512_set1_ps(highest);
    for (ptrdiff_t i = 0; i < vocabulary; i += 16) {
        __mmask16 some = below(vocabulary - i);
        __m512 one = exponential(_mm512_sub_ps(_mm512_maskz_loadu_ps(some, logits + i), most));
        one = _mm512_maskz_mov_ps(some, one);
        sum = _mm512_add_ps(sum, one);
        _mm512_mask_storeu_ps(logits + i, some, one);
    }
    float all = _mm512_reduce_add_ps(sum);
    __m512 by = _mm512_set1_ps(scale / all);
    for (ptrdiff_t i = 0; i < vocabulary; i += 16) {
        __mmask16 some = below(vocabulary - i);
        store_bf16(to + i, some, _mm512_mul_ps(_mm512_maskz_loadu_ps(some, logits + i), by));
    }
    return highest + logf(all) - own;
}

/* Return the summed loss of the stream's tokens · scale, a few tokens' logits at a time. The
stream becomes its own gradient. */
static double loss(const struct model* m, struct work* w, const int64_t* tokens, float scale,
                   float* gradient) {
    const struct shape* s = &m->shape;
    struct matrix head = packed_head(m);
    ptrdiff_t width = s->width, v = even(s->vocabulary);
    const float* weights = m->weights + place(m, 0, HEAD);
    float* dhead = gradient + place(m, 0, HEAD);
    const float* final = m->weights + place(m, 0, FINAL_NORM);
    double total = 0;
    norm(w->padded, width, s->epsilon, w->stream, final, w->final_normed, w->final_scale,
         w->narrow);
    for (ptrdiff_t start = 0; start < w->padded; start += w->at_once) {
        ptrdiff_t some = w->padded - start < w->at_once ? w->padded - start : w->at_once;
        const bf16* inputs = w->narrow + start * width;
        memset(w->chances, 0, (size_t)(some * v) * sizeof(bf16));
        for (ptrdiff_t i = 0; i < some; i += PANEL) {
            multiply(PANEL, s->vocabulary, width / 2, inputs + i * width, width, head.there,
                     width / 2, w->wide, v, 0);
            for (ptrdiff_t t = start + i; t < start + i + PANEL && t < w->tokens; t++) {
                int64_t target = tokens[t / w->length * (w->length + 1) + t % w->length + 1];
                total += chances_of(s->vocabulary, w->wide + (t - start - i) * v, target, scale,
                                    w->chances + (t - start) * v);
            }
        }
        multiply(some, width, v / 2, w->chances, v, head.back, v / 2, w->stream + start * width,
                 width, 0);
        pack(some, s->vocabulary, w->chances, v, w->left);
        pack(some, width, inputs, width, w->right);
        multiply_across(s->vocabulary, width, some / 2, w->left, w->right, some / 2, dhead, width,
                        1);
    }
    /* The one that each target takes from its probability. */
    for (ptrdiff_t t = 0; t < w->tokens; t++) {
        int64_t target = tokens[t / w->length * (w->length + 1) + t % w->length + 1];
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 by = _mm512_set1_ps(scale);
            float *dx = w->stream + t * width + i, *dw = dhead + target * width + i;
            __m512 weight = _mm512_maskz_loadu_ps(some, weights + target * width + i);
            __m512 input = load_bf16(w->narrow + t * width + i, some);
            _mm512_mask_storeu_ps(dx, some,
                                  _mm512_fnmadd_ps(weight, by, _mm512_maskz_loadu_ps(some, dx)));
            _mm512_mask_storeu_ps(dw, some,
                                  _mm512_fnmadd_ps(input, by, _mm512_maskz_loadu_ps(some, dw)));
        }
    }
    norm_back(w->padded, width, w->final_normed, w->final_scale, final, w->stream,
              gradient + place(m, 0, FINAL_NORM), w->stream, 0);
    return total * scale;
}

/* ---- Back ---- */

/* Gradient of a matrix [out, in] += dyᵀ · x, of bf16 [tokens, out] and [tokens, in]. */
static void to_weights(const struct work* w, ptrdiff_t out, ptrdiff_t in, const bf16* dy,
                       const bf16* x, float* gradient) {
    pack(w->padded, out, dy, out, w->left);
    pack(w->padded, in, x, in, w->right);
    multiply_across(out, in, w->padded / 2, w->left, w->right, w->padded / 2, gradient, in, 1);
}

/* From the gradient of `attended`, there as bf16, to that of projections, in `narrow`. */
static void attend_all_back(const struct model* m, struct work* w, struct layer* k) {
    const struct shape* s = &m->shape;
    struct heads* heads = &w->heads;
    ptrdiff_t d = s->head_width, l = heads->length, group = s->heads / s->shared;
    size_t bytes = (size_t)d * sizeof(bf16);
    memset(w->narrow, 0, (size_t)(w->padded * projected(s)) * sizeof(bf16));
    memset(heads->out, 0, (size_t)l * bytes);
    for (ptrdiff_t i = 0; i < w->rows * s->heads; i++) {
        ptrdiff_t row = i / s->heads, head = i % s->heads, pair = head / group;
        ptrdiff_t from = (row * s->shared + pair) * l * d;
        if (head % group == 0) see_back(heads, k->key + from, k->value + from);
        for (ptrdiff_t t = 0; t < w->length; t++)
            memcpy(heads->out + t * d, k->attended + (row * w->length + t) * attended(s) + head * d,
                   bytes);
        attend_back(heads, k->query + i * l * d, k->probabilities + i * l * l, head % group > 0);
        for (ptrdiff_t t = 0; t < w->length; t++) {
            bf16* to = w->narrow + (row * w->length + t) * projected(s);
            bf16* key = to + (s->heads + pair) * d;
            turn_into(d, heads->dquery + t * d, m->turn + t * d, 1, to + head * d);
            if (head % group < group - 1) continue;
            turn_into(d, heads->dkey + t * d, m->turn + t * d, 1, key);
            turn_into(d, heads->dvalue + t * d, 0, 1, key + s->shared * d);
        }
    }
}

/* Go back through a layer: the stream, its output's gradient, becomes its input's. */
static void back(const struct model* m, struct work* w, ptrdiff_t layer, float* gradient) {
    const struct shape* s = &m->shape;
    struct layer k = kept(s, w, layer);
    struct matrix by[PARTS];
    packed_layer(m, layer, by);
    ptrdiff_t t = w->padded, width = s->width, inner = s->feedforward;
    const float* attention_norm = m->weights + place(m, layer, ATTENTION_NORM);
    const float* feedforward_norm = m->weights + place(m, layer, FEEDFORWARD_NORM);

    round_all(t * width, w->stream, w->narrow);
    multiply(t, inner, width / 2, w->narrow, width, by[DOWN].back, width / 2, w->wide, inner, 0);
    swiglu_back(t, inner, w->wide, k.gate_up, w->inner);
    to_weights(w, width, inner, w->narrow, w->inner, gradient + place(m, layer, DOWN));
    multiply(t, width, inner, k.gate_up, 2 * inner, by[UP].back, inner, w->wide, width, 0);
    weigh(t, width, k.feedforward_normed, feedforward_norm, w->narrow);
    to_weights(w, 2 * inner, width, k.gate_up, w->narrow, gradient + place(m, layer, UP));
    norm_back(t, width, k.feedforward_normed, k.feedforward_scale, feedforward_norm, w->wide,
              gradient + place(m, layer, FEEDFORWARD_NORM), w->stream, 1);

    round_all(t * width, w->stream, w->narrow);
    multiply(t, attended(s), width / 2, w->narrow, width, by[OUT].back, width / 2, w->wide,
             attended(s), 0);
    to_weights(w, width, attended(s), w->narrow, k.attended, gradient + place(m, layer, OUT));
    round_all(t * attended(s), w->wide, k.attended);
    attend_all_back(m, w, &k);
    multiply(t, width, projected(s) / 2, w->narrow, projected(s), by[PROJECTIONS].back,
             projected(s) / 2, w->wide, width, 0);
    weigh(t, width, k.attention_normed, attention_norm, w->inner);
    to_weights(w, projected(s), width, w->narrow, w->inner,
               gradient + place(m, layer, PROJECTIONS));
    norm_back(t, width, k.attention_normed, k.attention_scale, attention_norm, w->wide,
              gradient + place(m, layer, ATTENTION_NORM), w->stream, 1);
}

/* ---- All ---- */

static double of_some(const struct model* m, struct work* w, const int64_t* tokens, float scale,
                      float* gradient) {
    const struct shape* s = &m->shape;
    ptrdiff_t width = s->width;
    size_t bytes = (size_t)width * sizeof(float);
    const float* embedding = m->weights + place(m, 0, EMBEDDING);
    for (ptrdiff_t t = 0; t < w->tokens; t++)
        memcpy(w->stream + t * width,
               embedding + tokens[t / w->length * (w->length + 1) + t % w->length] * width, bytes);
    memset(w->stream + w->tokens * width, 0, (size_t)(w->padded - w->tokens) * bytes);
    for (ptrdiff_t i = 0; i < s->layers; i++) there(m, w, i);
    double found = loss(m, w, tokens, scale, gradient);
    for (ptrdiff_t i = s->layers; i-- > 0;) back(m, w, i, gradient);
    float* dembedding = gradient + place(m, 0, EMBEDDING);
    for (ptrdiff_t t = 0; t < w->tokens; t++) {
        float* to = dembedding + tokens[t / w->length * (w->length + 1) + t % w->length] * width;
        for (ptrdiff_t i = 0; i < width; i++) to[i] += w->stream[t * width + i];
    }
    return found;
}

/* Return the summed next-token loss · scale (nats) of windows [rows, length + 1] of token ids, and
add its gradient to `gradient`. `memory` is of `work_bytes`. */
double gradient(const struct model* m, const int64_t* tokens, int64_t rows, int64_t length,
                float scale, float* gradient, char* memory) {
    int64_t most = largest(1, TOKENS / length);
    double total = 0;
    for (int64_t row = 0; row < rows; row += most) {
        struct arena arena = {memory, 0};
        int64_t some = rows - row < most ? rows - row : most;
        struct work w = lay_out_work(&m->shape, some, length, &arena);
        total += of_some(m, &w, tokens + row * (length + 1), scale, gradient);
    }
    return total;
}
