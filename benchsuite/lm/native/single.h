/* Llama models in fp32 on one core: what reading and writing text have in common.

Right factors are packed as in matrix.h, in panels of 32 columns, `[n / 32][k][32]` numbers. Each
sum of a product is taken in order of k by one lane: it depends on no other row. */

#pragma once

#include <math.h>

#include "model.h"

INLINE void single_tile(int rows, int halves, const float* a, ptrdiff_t a_row, const float* b,
                        ptrdiff_t k, float* c, ptrdiff_t c_row, ptrdiff_t left, int add) {
    __m512 sums[TILE][2];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < halves; j++) sums[i][j] = _mm512_setzero_ps();
    for (ptrdiff_t at = 0; at < k; at++) {
        __m512 right[2];
        for (int j = 0; j < halves; j++) right[j] = _mm512_loadu_ps(b + at * PANEL + 16 * j);
        for (int i = 0; i < rows; i++) {
            __m512 one = _mm512_set1_ps(a[i * a_row + at]);
            for (int j = 0; j < halves; j++)
                sums[i][j] = _mm512_fmadd_ps(one, right[j], sums[i][j]);
        }
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < halves; j++) {
            float* to = c + i * c_row + 16 * j;
            __mmask16 some = below(left - 16 * j);
            if (add) sums[i][j] = _mm512_add_ps(sums[i][j], _mm512_maskz_loadu_ps(some, to));
            _mm512_mask_storeu_ps(to, some, sums[i][j]);
        }
}

/* As `single_tile`, of any number of rows. */
INLINE void single_tiles(ptrdiff_t rows, const float* a, ptrdiff_t a_row, const float* b,
                         ptrdiff_t k, float* c, ptrdiff_t c_row, ptrdiff_t left, int add) {
    if (rows >= TILE && left <= 16) {
        single_tile(TILE, 1, a, a_row, b, k, c, c_row, left, add);
        return;
    }
    // clang-format off
#define OF(n) case n: single_tile(n, 2, a, a_row, b, k, c, c_row, left, add); break;
    switch (rows) {
        OF(1) OF(2) OF(3) OF(4) OF(5) OF(6) OF(7)
        default: single_tile(TILE, 2, a, a_row, b, k, c, c_row, left, add);
    }
// clang-format on
#undef OF
}

/* c[m, n] = a[m, k] · b, or += ; panels of b lie `panel` rows apart. */
static inline void single(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float* a, ptrdiff_t a_row,
                          const float* b, ptrdiff_t panel, float* c, ptrdiff_t c_row, int add) {
    for (ptrdiff_t j = 0; j < n; j += PANEL, b += panel * PANEL)
        for (ptrdiff_t i = 0; i < m; i += TILE)
            single_tiles(m - i, a + i * a_row, a_row, b, k, c + i * c_row + j, c_row, n - j, add);
}

/* Pack rows [k, n] as a right factor. */
static inline void pack_single(ptrdiff_t k, ptrdiff_t n, const float* from, ptrdiff_t row,
                               float* to) {
    for (ptrdiff_t j = 0; j < n; j += PANEL)
        for (ptrdiff_t i = 0; i < k; i++, to += PANEL)
            for (ptrdiff_t half = 0; half < PANEL; half += 16)
                _mm512_storeu_ps(to + half, _mm512_maskz_loadu_ps(below(n - j - half),
                                                                  from + i * row + j + half));
}

/* Pack the transpose of rows [n, k] as a right factor [k, n]. */
static inline void pack_single_transposed(ptrdiff_t k, ptrdiff_t n, const float* from,
                                          ptrdiff_t row, float* to) {
    __m512i at =
        _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                           _mm512_set1_epi32((int)row));
    for (ptrdiff_t j = 0; j < whole(n); j += 16)
        for (ptrdiff_t i = 0; i < k; i++)
            _mm512_storeu_ps(to + j / PANEL * k * PANEL + i * PANEL + j % PANEL,
                             _mm512_mask_i32gather_ps(_mm512_setzero_ps(), below(n - j), at,
                                                      from + j * row + i, 4));
}

/* ---- Weights, packed for x · Wᵀ ---- */

struct single_matrix {
    ptrdiff_t out, in;
    float* there;
};

static inline struct single_matrix lay_out_single(const struct shape* s, enum part part,
                                                  struct arena* arena) {
    struct arena none = {0, 0};
    struct matrix sizes = lay_out(s, part, &none);
    return (struct single_matrix){sizes.out, sizes.in, TAKE(float, whole(sizes.out) * sizes.in)};
}

/* Return the matrix of a layer, or the head; `end` is where its memory ends. */
static inline struct single_matrix single_part(const struct model* m, ptrdiff_t layer,
                                               enum part part, ptrdiff_t* end) {
    struct arena arena = {m->packed, 0};
    struct single_matrix found = lay_out_single(&m->shape, HEAD, &arena);
    if (part != HEAD) {
        struct arena one = {0, 0};
        for (int p = PROJECTIONS; p < PARTS; p++) lay_out_single(&m->shape, p, &one);
        arena.used += layer * one.used;
        for (int p = PROJECTIONS; p <= (int)part; p++) found = lay_out_single(&m->shape, p, &arena);
    }
    if (end) *end = arena.used;
    return found;
}

/* y[tokens, out] = x · Wᵀ, or += */
static inline void apply(const struct model* m, ptrdiff_t layer, enum part part, ptrdiff_t tokens,
                         const float* x, float* y, int add) {
    struct single_matrix w = single_part(m, layer, part, 0);
    single(tokens, w.out, w.in, x, w.in, w.there, w.in, y, w.out, add);
}

/* ---- Elementwise parts ---- */

/* out = x / √(mean of squares + ε) · weight (arXiv:1910.07467). */
static inline void norm_single(const struct model* m, ptrdiff_t layer, enum part part,
                               ptrdiff_t tokens, const float* x, float* out) {
    const float* weight = m->weights + place(m, layer, part);
    ptrdiff_t width = m->shape.width;
    for (ptrdiff_t t = 0; t < tokens; t++, x += width, out += width) {
        __m512 sum = _mm512_setzero_ps();
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __m512 one = _mm512_maskz_loadu_ps(below(width - i), x + i);
            sum = _mm512_fmadd_ps(one, one, sum);
        }
        __m512 by = _mm512_set1_ps(
            1.0f / sqrtf(_mm512_reduce_add_ps(sum) / (float)width + m->shape.epsilon));
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 one = _mm512_mul_ps(_mm512_maskz_loadu_ps(some, x + i), by);
            _mm512_mask_storeu_ps(out + i, some,
                                  _mm512_mul_ps(one, _mm512_maskz_loadu_ps(some, weight + i)));
        }
    }
}

/* Turn a head's pairs of components by the table, and multiply them. */
static inline void turn_single(ptrdiff_t d, const float* from, const float* turn, float by,
                               float* to) {
    for (ptrdiff_t i = 0; i < d; i += 16) {
        __mmask16 some = below(d - i);
        __m512 pairs = _mm512_maskz_loadu_ps(some, from + i);
        pairs = turned(pairs, _mm512_maskz_loadu_ps(some, turn + i), 0);
        _mm512_mask_storeu_ps(to + i, some, _mm512_mul_ps(pairs, _mm512_set1_ps(by)));
    }
}

/* The second half of a layer, stream += down · (silu(gate) · up) of its norm (arXiv:2002.05202).
`wide` holds [tokens, 2 · feedforward], `narrow` [tokens, the larger of width and feedforward]. */
static inline void feed_forward(const struct model* m, ptrdiff_t layer, ptrdiff_t tokens,
                                float* stream, float* narrow, float* wide) {
    ptrdiff_t inner = m->shape.feedforward;
    norm_single(m, layer, FEEDFORWARD_NORM, tokens, stream, narrow);
    apply(m, layer, UP, tokens, narrow, wide, 0);
    for (ptrdiff_t t = 0; t < tokens; t++)
        for (ptrdiff_t i = 0; i < inner; i += 16) {
            __mmask16 some = below(inner - i);
            __m512 gate = _mm512_maskz_loadu_ps(some, wide + t * 2 * inner + i);
            __m512 up = _mm512_maskz_loadu_ps(some, wide + t * 2 * inner + inner + i);
            __m512 silu = _mm512_mul_ps(gate, sigmoid(gate));
            _mm512_mask_storeu_ps(narrow + t * inner + i, some, _mm512_mul_ps(silu, up));
        }
    apply(m, layer, DOWN, tokens, narrow, stream, 1);
}

/* Replace scores by exp(score - the largest) / sum, of those that `seen` has a bit for. */
static inline void softmax_single(ptrdiff_t count, const uint16_t* seen, float* scores) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (ptrdiff_t i = 0; i < count; i += 16)
        most = _mm512_mask_max_ps(most, seen[i / 16], most, _mm512_loadu_ps(scores + i));
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __m512 one = exponential(_mm512_sub_ps(_mm512_loadu_ps(scores + i), most));
        one = _mm512_maskz_mov_ps(seen[i / 16], one);
        sum = _mm512_add_ps(sum, one);
        _mm512_storeu_ps(scores + i, one);
    }
    __m512 by = _mm512_set1_ps(1.0f / _mm512_reduce_add_ps(sum));
    for (ptrdiff_t i = 0; i < count; i += 16)
        _mm512_storeu_ps(scores + i, _mm512_mul_ps(_mm512_loadu_ps(scores + i), by));
}
