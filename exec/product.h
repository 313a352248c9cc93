/* Matrix products: C[m,n] (+)= A[m,k] * B[k,n] for each item of a batch, f32 and f64.
 *
 * B is packed to panels on the way, the product is cut into blocks for the caches and threads.
 * Each element of C is summed over blocks of k in the same order, whatever m, n, the strides,
 * the tile and the number of threads are: gemm_k_block tells the length of a block; inside it is
 * one chain of fma from zero. When k is above gemm_long_k, each 64 blocks make a sum of their
 * own, and these are added up in double.
 */
#ifndef ORDO_EXEC_PRODUCT_H
#define ORDO_EXEC_PRODUCT_H

#include <stdbool.h>

#include "base/pool.h"
#include "exec/tile.h"

enum { GEMM_BATCH_AXES = 3 };

/* Strides count elements; those of A and B may be anything (0 and negative too), columns of C are
 * adjacent, its rows and items lie apart. C must not overlap A or B. m, n, k and the extents of
 * the batch may be 0 (k = 0 gives zeros, or C as it is with accumulate). */
typedef struct GemmArgs {
  const void *a, *b;
  void *c;
  int64_t m, n, k;
  int64_t a_row, a_col, b_row, b_col, c_row;
  int64_t batch[GEMM_BATCH_AXES]; /* extents, the outermost first; 1 where there is no axis */
  int64_t a_batch[GEMM_BATCH_AXES], b_batch[GEMM_BATCH_AXES], c_batch[GEMM_BATCH_AXES];
  int64_t accumulate; /* 1: C += A B, 0: C = A B */
  void *workspace;    /* gemm_workspace_bytes, 64-byte aligned; the contents mean nothing */
} GemmArgs;

/* Items of the batch. */
static inline int64_t gemm_items(const GemmArgs *args) {
  int64_t n = 1;
  for (int i = 0; i < GEMM_BATCH_AXES; i++) n *= args->batch[i];
  return n;
}

/* The product. The pool may be NULL. Its threads must not exceed those that gemm_workspace_bytes
 * was told. packed: B as gemm_pack_all left it, or NULL. */
void gemm_run(const GemmKernels *kernels, Pool *pool, const GemmArgs *args, const void *packed);
/* Bytes of workspace for gemm_run with these extents and strides. */
int64_t gemm_workspace_bytes(DType dtype, const GemmArgs *args, int threads);

/* Another maker of products of f32 and f64, which is asked first. */
typedef struct GemmProvider GemmProvider;
struct GemmProvider {
  /* False, with nothing done: this product is not for it. */
  bool (*run)(const GemmProvider *provider, DType dtype, Pool *pool, const GemmArgs *args);
};

/* B of args packed once for many products with it: bytes that takes, 64-byte aligned; 0 when the
 * items of the batch have different B. */
int64_t gemm_packed_bytes(DType dtype, const GemmArgs *args);
void gemm_pack_all(const GemmKernels *kernels, Pool *pool, const GemmArgs *args, void *to);

/* Length of the blocks that k is summed in. */
int64_t gemm_k_block(int64_t k);
int64_t gemm_long_k(void);

#endif
