/* Causal attention of one head over one row of text, there and back.

Queries go a panel at a time, and see keys up to their panel's end: what is masked, above the
diagonal, is hardly computed. A row's length is padded to whole panels; what is padded is zero. */

#pragma once

#include <math.h>

#include "model.h"

struct heads {
    ptrdiff_t length, width; /* padded; of a head */
    int32_t *keys, *values, *across, *right;
    float *scores, *dquery, *dkey, *dvalue;
    bf16* out;
};

static inline struct heads lay_out_heads(const struct shape* s, ptrdiff_t length,
                                         struct arena* arena) {
    ptrdiff_t l = whole(length), d = s->head_width;
    struct heads h = {.length = l, .width = d};
    h.keys = TAKE(int32_t, largest(l * d, l * whole(d)) / 2);
    h.values = TAKE(int32_t, largest(l * d, l * whole(d)) / 2);
    h.across = TAKE(int32_t, l* l / 2);
    h.right = TAKE(int32_t, l* whole(d) / 2);
    h.scores = TAKE(float, PANEL* l);
    h.dquery = TAKE(float, l* d);
    h.dkey = TAKE(float, l* d);
    h.dvalue = TAKE(float, l* d);
    h.out = TAKE(bf16, l * d);
    return h;
}

static inline void turn_into(ptrdiff_t d, const float* from, const float* turn, int back,
                             bf16* to) {
    for (ptrdiff_t i = 0; i < d; i += 16) {
        __mmask16 some = below(d - i);
        __m512 pairs = _mm512_maskz_loadu_ps(some, from + i);
        if (turn) pairs = turned(pairs, _mm512_maskz_loadu_ps(some, turn + i), back);
        store_bf16(to + i, some, pairs);
    }
}

/* Write exp(scale · score) / sum of the first `seen` of `count` scores, and 0 for the others. */
static inline void softmax(ptrdiff_t seen, ptrdiff_t count, float scale, float* scores, bf16* to) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps(), by = _mm512_set1_ps(scale);
    for (ptrdiff_t i = 0; i < seen; i += 16) {
        __mmask16 some = below(seen - i);
        most = _mm512_mask_max_ps(most, some, most, _mm512_maskz_loadu_ps(some, scores + i));
    }
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __m512 score = _mm512_sub_ps(_mm512_loadu_ps(scores + i), most);
        score = _mm512_maskz_mov_ps(below(seen - i), exponential(_mm512_mul_ps(score, by)));
        sum = _mm512_add_ps(sum, score);
        _mm512_storeu_ps(scores + i, score);
    }
    by = _mm512_set1_ps(1.0f / _mm512_reduce_add_ps(sum));
    for (ptrdiff_t i = 0; i < count; i += 16)
        store_bf16(to + i, 0xffff, _mm512_mul_ps(_mm512_loadu_ps(scores + i), by));
}

/* Pack keys [length, width] and values for `attend`. */
static inline void see(struct heads* h, const bf16* key, const bf16* value) {
    pack_transposed(h->width, h->length, key, h->width, h->keys);
    pack(h->length, h->width, value, h->width, h->values);
}

/* Attend from queries [length, width] to what was packed: `out` and probabilities [length, length],
which are not written above the diagonal's panels. */
static inline void attend(struct heads* h, const bf16* query, bf16* probabilities) {
    ptrdiff_t l = h->length, d = h->width;
    float scale = 1.0f / sqrtf((float)d);
    for (ptrdiff_t q = 0; q < l; q += PANEL) {
        ptrdiff_t end = q + PANEL;
        multiply(PANEL, end, d / 2, query + q * d, d, h->keys, d / 2, h->scores, l, 0);
        for (ptrdiff_t i = 0; i < PANEL; i++)
            softmax(q + i + 1, end, scale, h->scores + i * l, probabilities + (q + i) * l);
        multiply(PANEL, d, end / 2, probabilities + q * l, l, h->values, l / 2, h->dquery, d, 0);
        round_all(PANEL * d, h->dquery, h->out + q * d);
    }
}

/* to[key, width] (+)= sum over queries of weights[query, key] · from[query, width]. */
static inline void to_keys(struct heads* h, const bf16* weights, const bf16* from, float* to,
                           int add) {
    ptrdiff_t l = h->length, d = h->width;
    pack(l, d, from, d, h->right);
    for (ptrdiff_t k = 0; k < l; k += PANEL) { /* no query before a panel sees it */
        int32_t* panel = h->across + k / PANEL * (l / 2) * PANEL;
        pack(l - k, PANEL, weights + k * l + k, l, panel);
        multiply_across(PANEL, d, (l - k) / 2, panel, h->right + k / 2 * PANEL, l / 2, to + k * d,
                        d, add);
    }
}

/* Pack keys and values for `attend_back`. */
static inline void see_back(struct heads* h, const bf16* key, const bf16* value) {
    pack(h->length, h->width, key, h->width, h->keys);
    pack_transposed(h->width, h->length, value, h->width, h->values);
}

/* From the gradient of what was attended, in `out`: `dquery`, and (+=) `dkey` and `dvalue`, all
[length, width]. Gradients of scores replace probabilities. */
static inline void attend_back(struct heads* h, const bf16* query, bf16* probabilities, int add) {
    ptrdiff_t l = h->length, d = h->width;
    __m512 scale = _mm512_set1_ps(1.0f / sqrtf((float)d));
    to_keys(h, probabilities, h->out, h->dvalue, add);
    for (ptrdiff_t q = 0; q < l; q += PANEL) {
        ptrdiff_t end = q + PANEL;
        multiply(PANEL, end, d / 2, h->out + q * d, d, h->values, d / 2, h->scores, l, 0);
        for (ptrdiff_t i = 0; i < PANEL; i++) {
            float* grad = h->scores + i * l;
            bf16* row = probabilities + (q + i) * l;
            __m512 sum = _mm512_setzero_ps();
            for (ptrdiff_t k = 0; k < end; k += 16)
                sum = _mm512_fmadd_ps(_mm512_loadu_ps(grad + k), load_bf16(row + k, 0xffff), sum);
            sum = _mm512_set1_ps(_mm512_reduce_add_ps(sum));
            for (ptrdiff_t k = 0; k < end; k += 16) {
                __m512 by = _mm512_mul_ps(load_bf16(row + k, 0xffff), scale);
                __m512 from = _mm512_sub_ps(_mm512_loadu_ps(grad + k), sum);
                store_bf16(row + k, 0xffff, _mm512_mul_ps(from, by));
            }
        }
        multiply(PANEL, d, end / 2, probabilities + q * l, l, h->keys, l / 2, h->dquery + q * d, d,
                 0);
    }
    to_keys(h, probabilities, query, h->dkey, add);
}
