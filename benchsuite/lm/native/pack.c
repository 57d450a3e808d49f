/* A model's matrices as right factors: bf16 for training, fp32 for reading and writing. */

#include "single.h"

/* Return the bytes that packed weights take, and rounding them. */
int64_t packed_bytes(const struct shape* s) {
    struct model m = {.shape = *s};
    struct matrix matrices[PARTS];
    ptrdiff_t out = largest(largest(s->vocabulary, 2 * s->feedforward), projected(s));
    ptrdiff_t in = largest(largest(s->feedforward, attended(s)), s->width);
    ptrdiff_t rounded = largest(even(out) * s->width, s->width * in) * (ptrdiff_t)sizeof(bf16);
    return packed_layer(&m, s->layers - 1, matrices) + rounded;
}

static void pack_matrix(const struct matrix* matrix, const float* weights, bf16* rounded) {
    ptrdiff_t out = matrix->out, in = matrix->in;
    round_all(out * in, weights, rounded);
    if (out % 2) memset(rounded + out * in, 0, (size_t)in * sizeof(bf16));
    pack_transposed(in, out, rounded, in, matrix->there);
    pack(even(out), in, rounded, in, matrix->back);
}

/* Round and pack all matrices into `m->packed`, of `packed_bytes`. */
void pack_weights(const struct model* m) {
    struct matrix matrices[PARTS];
    ptrdiff_t used = packed_layer(m, m->shape.layers - 1, matrices);
    bf16* rounded = (bf16*)(m->packed + used);
    struct matrix head = packed_head(m);
    pack_matrix(&head, m->weights + place(m, 0, HEAD), rounded);
    for (ptrdiff_t i = 0; i < m->shape.layers; i++) {
        packed_layer(m, i, matrices);
        for (int part = PROJECTIONS; part < PARTS; part++)
            pack_matrix(&matrices[part], m->weights + place(m, i, part), rounded);
    }
}

/* Return the bytes that packed weights take in fp32. */
int64_t single_bytes(const struct shape* s) {
    struct model m = {.shape = *s};
    ptrdiff_t end;
    single_part(&m, s->layers - 1, DOWN, &end);
    return end;
}

/* Pack all matrices into `m->packed`, of `single_bytes`. */
void pack_single_weights(const struct model* m) {
    for (ptrdiff_t layer = 0; layer < m->shape.layers; layer++)
        for (int part = PROJECTIONS; part < PARTS; part++) {
            struct single_matrix w = single_part(m, layer, part, 0);
            pack_single_transposed(w.in, w.out, m->weights + place(m, layer, part), w.in, w.there);
        }
    struct single_matrix head = single_part(m, 0, HEAD, 0);
    pack_single_transposed(head.in, head.out, m->weights + place(m, 0, HEAD), head.in, head.there);
}
