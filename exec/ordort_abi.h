/* What 'ordo build' writes into a library for each function (codegen/library.c): the records behind
 * ordort.h, which the linker ties to the code. */
#ifndef ORDO_EXEC_ORDORT_ABI_H
#define ORDO_EXEC_ORDORT_ABI_H

#include "exec/image.h"
#include "exec/ordort.h"

enum { ORDORT_ABI = 3 };

/* Features of processors that a variant needs. */
enum { NEEDS_avx2 = 1, NEEDS_avx512 = 2 };

/* The function for one kind of processor. */
typedef struct OrdortVariant {
  uint64_t needs;
  const void *image; /* exec/image_file.h */
  int64_t image_bytes;
  void (*step)(uint64_t *frame, Pool *pool);
  const GemmKernels *products[2]; /* of f32 and f64; NULL where there are none */
  const Bf16Kernels *bf16;        /* NULL: none, or scalars; whether the tile unit may be used is
                                     found out by who runs it */
} OrdortVariant;

/* Who gives a parameter of the graph. */
typedef enum OrdortRole { GIVEN_argument, GIVEN_weight, GIVEN_key, GIVEN_step } OrdortRole;
typedef struct OrdortParam {
  uint32_t role, number; /* number among arguments or weights */
} OrdortParam;

/* n_states: of a training program, its first results, which are what the context's weights point to
 * (init: their first values; step: new ones, in place). stream: of its random numbers
 * (base/threefry.h), STREAM_STEP for a step. */
struct ordort_function {
  uint32_t abi, n_variants;
  const OrdortVariant *variants; /* the widest first */
  ordort_info info;
  uint32_t n_params, n_claims, n_states, stream;
  const OrdortParam *params;
  const void *const *weights;     /* of the library, by number; NULL: none */
  const char *const *need_texts;  /* by number of the image's need */
  const char *const *claim_texts; /* of the last results, which are asserted to be true */
};

/* NULL: there are none. What is changed has to be the caller's. */
static inline const void *const *ordort_weights_of(const ordort_function *f,
                                                   const ordort_context *c) {
  return c->weights || f->n_states ? c->weights : f->weights;
}

#endif
