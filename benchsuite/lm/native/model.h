/* Llama models as the kernels see them: shape, weights, packed matrices, room to work in. */

#pragma once

#include "matrix.h"

struct shape {
    int64_t vocabulary, width, layers, heads, shared, head_width, feedforward;
    float epsilon;
};

/* Weights, and gradients, are one vector of fp32. Each layer has the last six parts. */
enum part {
    EMBEDDING,
    HEAD,
    FINAL_NORM,
    ATTENTION_NORM,
    FEEDFORWARD_NORM,
    PROJECTIONS,
    OUT,
    UP,
    DOWN,
    PARTS
};

struct model {
    struct shape shape;
    const int64_t* offsets; /* where parts begin, those of the first layer before the second's */
    const float* weights;
    const float* turn; /* [length, head_width / 2, cosine and sine] of rotary positions */
    char* packed;      /* matrices, by pack_weights */
};

static inline int64_t place(const struct model* m, ptrdiff_t layer, enum part part) {
    return m->offsets[part + layer * (PARTS - ATTENTION_NORM)];
}

static inline ptrdiff_t largest(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
static inline ptrdiff_t even(ptrdiff_t n) { return n + n % 2; }
static inline ptrdiff_t whole(ptrdiff_t n) { return panels(n) * PANEL; }
static inline ptrdiff_t attended(const struct shape* s) { return s->heads * s->head_width; }
static inline ptrdiff_t projected(const struct shape* s) {
    return (s->heads + 2 * s->shared) * s->head_width;
}

/* Memory is one block, given out piece by piece; without a block, pieces are only counted. */
struct arena {
    char* block;
    ptrdiff_t used;
};

static inline void* take(struct arena* arena, ptrdiff_t numbers, size_t bytes) {
    void* piece = arena->block ? arena->block + arena->used : 0;
    arena->used += (numbers * (ptrdiff_t)bytes + 63) / 64 * 64;
    return piece;
}

#define TAKE(type, numbers) ((type*)take(arena, numbers, sizeof(type)))

/* A matrix rounded to bf16 and packed for the way there, x · Wᵀ, and for the way back, dy · W. */
struct matrix {
    ptrdiff_t out, in;
    int32_t *there, *back;
};

static inline struct matrix lay_out(const struct shape* s, enum part part, struct arena* arena) {
    struct matrix m = {.out = s->width, .in = s->width};
    if (part == HEAD) m.out = s->vocabulary;
    if (part == PROJECTIONS) m.out = projected(s);
    if (part == UP) m.out = 2 * s->feedforward;
    if (part == OUT) m.in = attended(s);
    if (part == DOWN) m.in = s->feedforward;
    m.there = TAKE(int32_t, whole(m.out) * m.in / 2);
    m.back = TAKE(int32_t, whole(m.in) * even(m.out) / 2);
    return m;
}

static inline struct matrix packed_head(const struct model* m) {
    struct arena arena = {m->packed, 0};
    return lay_out(&m->shape, HEAD, &arena);
}

/* Lay out the matrices of a layer; returns what all up to its end take. */
static inline ptrdiff_t packed_layer(const struct model* m, ptrdiff_t layer,
                                     struct matrix* matrices) {
    struct arena arena = {m->packed, 0};
    lay_out(&m->shape, HEAD, &arena);
    ptrdiff_t head = arena.used;
    for (int part = PROJECTIONS; part < PARTS; part++) lay_out(&m->shape, part, &arena);
    arena.used += (layer - 1) * (arena.used - head);
    for (int part = PROJECTIONS; part < PARTS; part++)
        matrices[part] = lay_out(&m->shape, part, &arena);
    return arena.used;
}
