/* Products of bf16 matrices on one core, for CPUs with AVX-512's products of bf16.

Numbers are multiplied in pairs: `vdpbf16ps` adds a0·b0 + a1·b1 to each of sixteen sums in fp32.
An int32_t here holds a pair, two neighbours along the dimension that is summed over.

The right factor, `[k, n]`, is packed in panels of 32 columns, `[n / 32][k / 2][32]` pairs, so that
a product reads it from end to end. The left factor is read by rows as it lies, or, where a product
sums over the rows of both, from the same panels (`multiply_across`).

Sizes may be any, but that sums go over an even number; what is left of a panel is zero. */

#pragma once

#include "lanes.h"

enum { PANEL = 32, TILE = 8 };

static inline ptrdiff_t panels(ptrdiff_t columns) { return (columns + PANEL - 1) / PANEL; }

/* Write (or add) a tile of `rows` ≤ TILE by 16 · `halves` ≤ PANEL sums. Pair k of row i of the left
factor lies at a[i · row + k · step]; rows and halves are constants where this is expanded. */
INLINE void tile(int rows, int halves, const int32_t* a, ptrdiff_t row, ptrdiff_t step,
                 const int32_t* b, ptrdiff_t pairs, float* c, ptrdiff_t c_row, ptrdiff_t left,
                 int add) {
    __m512 sums[TILE][2];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < halves; j++) sums[i][j] = _mm512_setzero_ps();
    for (ptrdiff_t k = 0; k < pairs; k++) {
        __m512bh right[2];
        for (int j = 0; j < halves; j++)
            right[j] = (__m512bh)_mm512_loadu_si512(b + k * PANEL + 16 * j);
        for (int i = 0; i < rows; i++) {
            __m512bh one = (__m512bh)_mm512_set1_epi32(a[i * row + k * step]);
            for (int j = 0; j < halves; j++)
                sums[i][j] = _mm512_dpbf16_ps(sums[i][j], one, right[j]);
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

/* As `tile`, of any number of rows. */
INLINE void tiles(ptrdiff_t rows, const int32_t* a, ptrdiff_t row, ptrdiff_t step, const int32_t* b,
                  ptrdiff_t pairs, float* c, ptrdiff_t c_row, ptrdiff_t left, int add) {
    if (rows >= TILE && left <= 16) {
        tile(TILE, 1, a, row, step, b, pairs, c, c_row, left, add);
        return;
    }
    // clang-format off
#define OF(n) case n: tile(n, 2, a, row, step, b, pairs, c, c_row, left, add); break;
    switch (rows) {
        OF(1) OF(2) OF(3) OF(4) OF(5) OF(6) OF(7)
        default: tile(TILE, 2, a, row, step, b, pairs, c, c_row, left, add);
    }
// clang-format on
#undef OF
}

/* c[m, n] = a[m, 2 · pairs] · b, or += ; panels of b lie `panel` pairs of pairs apart. */
static inline void multiply(ptrdiff_t m, ptrdiff_t n, ptrdiff_t pairs, const void* a,
                            ptrdiff_t a_row, const int32_t* b, ptrdiff_t panel, float* c,
                            ptrdiff_t c_row, int add) {
    const int32_t* left = a;
    for (ptrdiff_t j = 0; j < n; j += PANEL, b += panel * PANEL)
        for (ptrdiff_t i = 0; i < m; i += TILE)
            tiles(m - i, left + i * (a_row / 2), a_row / 2, 1, b, pairs, c + i * c_row + j, c_row,
                  n - j, add);
}

/* c[m, n] = aᵀ · b, or += : both packed, a[k, m] and b[k, n], panels of both `panel` apart. */
static inline void multiply_across(ptrdiff_t m, ptrdiff_t n, ptrdiff_t pairs, const int32_t* a,
                                   const int32_t* b, ptrdiff_t panel, float* c, ptrdiff_t c_row,
                                   int add) {
    for (ptrdiff_t j = 0; j < n; j += PANEL, b += panel * PANEL)
        for (ptrdiff_t i = 0; i < m; i += TILE)
            tiles(m - i, a + (i / PANEL) * panel * PANEL + i % PANEL, 1, PANEL, b, pairs,
                  c + i * c_row + j, c_row, n - j, add);
}

/* Pack rows [k, n] of bf16, k even, as a right factor. */
static inline void pack(ptrdiff_t k, ptrdiff_t n, const bf16* from, ptrdiff_t row, int32_t* to) {
    const __m512i order =
        _mm512_set_epi32(0x002f000f, 0x002e000e, 0x002d000d, 0x002c000c, 0x002b000b, 0x002a000a,
                         0x00290009, 0x00280008, 0x00270007, 0x00260006, 0x00250005, 0x00240004,
                         0x00230003, 0x00220002, 0x00210001, 0x00200000);
    const __m512i second = _mm512_add_epi32(order, _mm512_set1_epi32(0x00100010));
    for (ptrdiff_t j = 0; j < n; j += PANEL, to += k / 2 * PANEL) {
        __mmask32 some = n - j >= 32 ? 0xffffffff : (__mmask32)((1ull << (n - j)) - 1);
        for (ptrdiff_t i = 0; i < k; i += 2) {
            __m512i even = _mm512_maskz_loadu_epi16(some, from + i * row + j);
            __m512i odd = _mm512_maskz_loadu_epi16(some, from + (i + 1) * row + j);
            int32_t* pair = to + i / 2 * PANEL;
            _mm512_storeu_si512(pair, _mm512_permutex2var_epi16(even, order, odd));
            _mm512_storeu_si512(pair + 16, _mm512_permutex2var_epi16(even, second, odd));
        }
    }
}

/* Pack the transpose of rows [n, k] of bf16, k even, as a right factor [k, n]. */
static inline void pack_transposed(ptrdiff_t k, ptrdiff_t n, const bf16* from, ptrdiff_t row,
                                   int32_t* to) {
    __m512i at =
        _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                           _mm512_set1_epi32((int)(row / 2)));
    for (ptrdiff_t j = 0; j < panels(n) * PANEL; j += 16) {
        int32_t* half = to + j / PANEL * (k / 2) * PANEL + j % PANEL;
        for (ptrdiff_t i = 0; i < k / 2; i++)
            _mm512_storeu_si512(half + i * PANEL, _mm512_mask_i32gather_epi32(
                                                      _mm512_setzero_si512(), below(n - j), at,
                                                      (const int32_t*)(from + j * row) + i, 4));
    }
}
