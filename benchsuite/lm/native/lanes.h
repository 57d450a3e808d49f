/* Sixteen numbers at once: AVX-512's lanes, some of which may be masked. */

#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

#define INLINE static inline __attribute__((always_inline))

/* Mask of those of sixteen lanes that are below `left`. */
static inline __mmask16 below(ptrdiff_t left) {
    return left >= 16 ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1);
}

static inline __m512 widened(__m256i half) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

static inline __m512 load_bf16(const bf16* from, __mmask16 some) {
    return widened(_mm256_maskz_loadu_epi16(some, from));
}

static inline void store_bf16(bf16* to, __mmask16 some, __m512 values) {
    _mm256_mask_storeu_epi16(to, some, (__m256i)_mm512_cvtneps_pbh(values));
}

static inline void round_all(ptrdiff_t numbers, const float* from, bf16* to) {
    for (ptrdiff_t i = 0; i < numbers; i += 16) {
        __mmask16 some = below(numbers - i);
        store_bf16(to + i, some, _mm512_maskz_loadu_ps(some, from + i));
    }
}

/* exp(x) to 2 units in the last place: 2^n · p(f), with Cephes' polynomial (Moshier 1989). */
static inline __m512 exponential(__m512 x) {
    x = _mm512_max_ps(_mm512_set1_ps(-87.0f), x); /* what is no number stays second, and stays */
    x = _mm512_min_ps(_mm512_set1_ps(88.0f), x);
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 0);
    __m512 f = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    f = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), f);
    __m512 p = _mm512_set1_ps(1.9875691500e-4f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.0000001201e-1f));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(f, f), _mm512_add_ps(f, _mm512_set1_ps(1.0f)));
    return _mm512_scalef_ps(p, n);
}

static inline __m512 sigmoid(__m512 x) {
    __m512 one = _mm512_set1_ps(1.0f);
    __m512 e = exponential(_mm512_sub_ps(_mm512_setzero_ps(), x));
    return _mm512_div_ps(one, _mm512_add_ps(one, e));
}

/* Turn pairs of components by the table, or back. d, a head's width, is even. */
static inline __m512 turned(__m512 pairs, __m512 turn, int back) {
    __m512 cosine = _mm512_moveldup_ps(turn), sine = _mm512_movehdup_ps(turn);
    __m512 across = _mm512_mul_ps(_mm512_permute_ps(pairs, 0xb1), sine);
    return back ? _mm512_fmsubadd_ps(pairs, cosine, across)
                : _mm512_fmaddsub_ps(pairs, cosine, across);
}
