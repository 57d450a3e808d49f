/* What training does between products of matrices, there and back. */

#pragma once

#include <math.h>

#include "lanes.h"

/* normed = x / √(mean of squares + ε), scale is what x was multiplied with; out = normed · weight
(arXiv:1910.07467). */
static inline void norm(ptrdiff_t tokens, ptrdiff_t width, float epsilon, const float* x,
                        const float* weight, bf16* normed, float* scale, bf16* out) {
    for (ptrdiff_t t = 0; t < tokens; t++, x += width, normed += width, out += width) {
        __m512 sum = _mm512_setzero_ps();
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __m512 one = _mm512_maskz_loadu_ps(below(width - i), x + i);
            sum = _mm512_fmadd_ps(one, one, sum);
        }
        scale[t] = 1.0f / sqrtf(_mm512_reduce_add_ps(sum) / (float)width + epsilon);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 one =
                _mm512_mul_ps(_mm512_maskz_loadu_ps(some, x + i), _mm512_set1_ps(scale[t]));
            store_bf16(normed + i, some, one);
            store_bf16(out + i, some, _mm512_mul_ps(one, _mm512_maskz_loadu_ps(some, weight + i)));
        }
    }
}

/* out = normed · weight, once more. */
static inline void weigh(ptrdiff_t tokens, ptrdiff_t width, const bf16* normed, const float* weight,
                         bf16* out) {
    for (ptrdiff_t t = 0; t < tokens; t++, normed += width, out += width)
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 by = _mm512_maskz_loadu_ps(some, weight + i);
            store_bf16(out + i, some, _mm512_mul_ps(load_bf16(normed + i, some), by));
        }
}

/* dx (+)= the gradient of `norm`'s input from that of its output; dweight += that of its weight. */
static inline void norm_back(ptrdiff_t tokens, ptrdiff_t width, const bf16* normed,
                             const float* scale, const float* weight, const float* dout,
                             float* dweight, float* dx, int add) {
    for (ptrdiff_t t = 0; t < tokens; t++, normed += width, dout += width, dx += width) {
        __m512 along = _mm512_setzero_ps(), by = _mm512_set1_ps(scale[t]);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 one =
                _mm512_mul_ps(load_bf16(normed + i, some), _mm512_maskz_loadu_ps(some, dout + i));
            __m512 sum = _mm512_maskz_loadu_ps(some, dweight + i);
            _mm512_mask_storeu_ps(dweight + i, some, _mm512_add_ps(sum, one));
            along = _mm512_fmadd_ps(one, _mm512_maskz_loadu_ps(some, weight + i), along);
        }
        along = _mm512_set1_ps(_mm512_reduce_add_ps(along) / (float)width);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 one = _mm512_mul_ps(_mm512_maskz_loadu_ps(some, dout + i),
                                       _mm512_maskz_loadu_ps(some, weight + i));
            one = _mm512_mul_ps(_mm512_fnmadd_ps(load_bf16(normed + i, some), along, one), by);
            if (add) one = _mm512_add_ps(one, _mm512_maskz_loadu_ps(some, dx + i));
            _mm512_mask_storeu_ps(dx + i, some, one);
        }
    }
}

/* inner = silu(gate) · up (arXiv:2002.05202) of fp32 [tokens, 2 · width], which is kept as bf16. */
static inline void swiglu(ptrdiff_t tokens, ptrdiff_t width, const float* from, bf16* gate_up,
                          bf16* inner) {
    for (ptrdiff_t t = 0; t < tokens; t++, from += 2 * width, gate_up += 2 * width, inner += width)
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 gate = _mm512_maskz_loadu_ps(some, from + i);
            __m512 up = _mm512_maskz_loadu_ps(some, from + width + i);
            store_bf16(gate_up + i, some, gate);
            store_bf16(gate_up + width + i, some, up);
            store_bf16(inner + i, some, _mm512_mul_ps(_mm512_mul_ps(gate, sigmoid(gate)), up));
        }
}

/* From the gradient of `inner`: `inner` once more, and gate_up replaced by its gradient. */
static inline void swiglu_back(ptrdiff_t tokens, ptrdiff_t width, const float* dinner,
                               bf16* gate_up, bf16* inner) {
    __m512 ones = _mm512_set1_ps(1.0f);
    for (ptrdiff_t t = 0; t < tokens; t++, dinner += width, gate_up += 2 * width, inner += width)
        for (ptrdiff_t i = 0; i < width; i += 16) {
            __mmask16 some = below(width - i);
            __m512 gate = load_bf16(gate_up + i, some), up = load_bf16(gate_up + width + i, some);
            __m512 grad = _mm512_maskz_loadu_ps(some, dinner + i), share = sigmoid(gate);
            __m512 silu = _mm512_mul_ps(gate, share);
            /* silu' = σ · (1 + gate · (1 - σ)) = σ + silu · (1 - σ) */
            __m512 slope = _mm512_fmadd_ps(silu, _mm512_sub_ps(ones, share), share);
            store_bf16(inner + i, some, _mm512_mul_ps(silu, up));
            store_bf16(gate_up + i, some, _mm512_mul_ps(_mm512_mul_ps(grad, up), slope));
            store_bf16(gate_up + width + i, some, _mm512_mul_ps(grad, silu));
        }
}
