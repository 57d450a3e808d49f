/* Drawing the next token from logits: temperature, then top-k, then top-p (decoding.py).

What truncation leaves is found without sorting: probabilities that are no smaller than a bound,
which bisection over the numbers that fp32 can hold finds in at most 31 steps. */

#pragma once

#include <math.h>
#include <stdlib.h>

#include "lanes.h"

enum { BLOCK = 64 /* neighbouring probabilities that are added up at once */ };

struct decoding {
    float temperature, top_p;
    int64_t top_k;    /* 0: no bound */
    int64_t attempts; /* random numbers a token */
};

/* Replace logits by exp((logit - the largest) / temperature). */
static inline void weigh_logits(ptrdiff_t count, float temperature, float* logits) {
    __m512 most = _mm512_set1_ps(-INFINITY), by = _mm512_set1_ps(1.0f / temperature);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __mmask16 some = below(count - i);
        most = _mm512_mask_max_ps(most, some, most, _mm512_maskz_loadu_ps(some, logits + i));
    }
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __mmask16 some = below(count - i);
        __m512 one = _mm512_sub_ps(_mm512_maskz_loadu_ps(some, logits + i), most);
        _mm512_mask_storeu_ps(logits + i, some, exponential(_mm512_mul_ps(one, by)));
    }
}

/* Sum of the weights above a bound, or the number of them. */
static inline float above(ptrdiff_t count, const float* weights, float bound, int counted) {
    __m512 sum = _mm512_setzero_ps(), least = _mm512_set1_ps(bound);
    for (ptrdiff_t i = 0; i < count; i += 16) {
        __m512 one = _mm512_maskz_loadu_ps(below(count - i), weights + i);
        __mmask16 some = _mm512_cmp_ps_mask(one, least, _CMP_GT_OQ);
        sum = _mm512_mask_add_ps(sum, some, sum, counted ? _mm512_set1_ps(1.0f) : one);
    }
    return _mm512_reduce_add_ps(sum);
}

static inline float from_bits(int32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

/* Leave the largest weights alone that make up `most`, in number or in sum, and set the others to
0. The last may go beyond; of equal ones the first stay. */
static inline void cut_off(ptrdiff_t count, float* weights, float most, int counted) {
    /* The smallest bound above which there is less than `most`; bits of positive numbers ascend. */
    int32_t low = -1, high = 0x3f800000; /* none is above 1 */
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (above(count, weights, from_bits(middle), counted) < most)
            high = middle;
        else
            low = middle;
    }
    float bound = from_bits(high), held = above(count, weights, bound, counted);
    for (ptrdiff_t i = 0; i < count; i++) {
        if (weights[i] == bound && held < most)
            held += counted ? 1.0f : bound;
        else if (weights[i] <= bound)
            weights[i] = 0;
    }
}

/* Return the first of `count` weights with which their sum, and `before`, exceeds a target, or the
last that is not 0; `before` becomes what is before it. */
static inline ptrdiff_t found(ptrdiff_t count, const float* weights, float target, float* before) {
    ptrdiff_t last = 0;
    float sum = *before;
    for (ptrdiff_t i = 0; i < count; i++) {
        if (weights[i] == 0) continue;
        *before = sum, last = i;
        sum += weights[i];
        if (sum > target) break;
    }
    return last;
}

/* Draw a token in proportion to weights: `draw` is uniform in [0, 1). `sums` has room for one
number each BLOCK of weights. */
static inline int64_t draw_one(ptrdiff_t count, const float* weights, float draw, float* sums) {
    ptrdiff_t blocks = (count + BLOCK - 1) / BLOCK;
    float all = 0, before = 0;
    for (ptrdiff_t block = 0; block < blocks; block++) {
        __m512 sum = _mm512_setzero_ps();
        for (ptrdiff_t i = block * BLOCK; i < (block + 1) * BLOCK; i += 16)
            sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(below(count - i), weights + i));
        sums[block] = _mm512_reduce_add_ps(sum);
        all += sums[block];
    }
    ptrdiff_t at = found(blocks, sums, draw * all, &before) * BLOCK;
    ptrdiff_t left = count - at < BLOCK ? count - at : BLOCK;
    return at + found(left, weights + at, draw * all, &before);
}

static inline int likelier(const void* one, const void* other, void* weights) {
    int64_t a = *(const int64_t*)one, b = *(const int64_t*)other;
    float difference = ((const float*)weights)[b] - ((const float*)weights)[a];
    return difference > 0 ? 1 : difference < 0 ? -1 : a > b ? 1 : -1;
}

/* Draw from the tokens whose weight is not 0, the likeliest first. `left` has room for all. */
static inline int64_t draw_of_left(ptrdiff_t count, float* weights, float draw, int64_t* left) {
    ptrdiff_t some = 0;
    float all = 0, sum = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        if (weights[i] > 0) left[some++] = i;
    qsort_r(left, (size_t)some, sizeof(*left), likelier, weights);
    for (ptrdiff_t i = 0; i < some; i++) all += weights[left[i]];
    for (ptrdiff_t i = 0; i < some; i++)
        if ((sum += weights[left[i]]) > draw * all) return left[i];
    return some ? left[some - 1] : 0;
}

/* Choose a token, as choose.py does, from the same random numbers: with top-p alone, tokens are
drawn from all until truncation leaves one; with the last number, from what it leaves. `logits` are
overwritten; `sums` as in `draw_one`, `left` as in `draw_of_left`. */
static inline int64_t choose(const struct decoding* by, ptrdiff_t count, float* logits,
                             const float* draws, float* sums, int64_t* left) {
    if (by->temperature == 0) {
        ptrdiff_t best = 0;
        for (ptrdiff_t i = 1; i < count; i++)
            if (logits[i] > logits[best]) best = i;
        return best;
    }
    weigh_logits(count, by->temperature, logits);
    if (!by->top_k && by->top_p == 1) return draw_one(count, logits, draws[0], sums);
    if (by->top_k && by->top_k < count) cut_off(count, logits, (float)by->top_k, 1);
    if (by->top_p < 1) {
        float most = by->top_p * above(count, logits, -1, 0);
        for (int64_t i = 0; i < by->attempts - 1; i++) {
            int64_t token = draw_one(count, logits, draws[i], sums);
            if (above(count, logits, logits[token], 0) < most) return token;
        }
        cut_off(count, logits, most, 0);
    }
    return draw_of_left(count, logits, draws[by->attempts - 1], left);
}
