/* Matrix products: C[m,n] (+)= A[m,k] * B[k,n] for each of batch items, f32 and f64.
 *
 * B is packed to panels on the way, the product is cut into blocks for the caches and threads.
 * Each element of C is summed over blocks of k in the same order, whatever m, n, the strides,
 * the tile and the number of threads are: gemm_k_block tells the length of a block; inside it is
 * one chain of fma from zero. When k is above gemm_long_k, each 64 blocks make a sum of their
 * own, and these are added up in double.
 */
#ifndef ORDO_EXEC_PRODUCT_H
#define ORDO_EXEC_PRODUCT_H

#include "base/pool.h"
#include "exec/tile.h"

/* Strides count elements; those of A and B may be anything (0 and negative too), columns of C are
 * adjacent. C must not overlap A or B. m, n, k, batch may be 0 (k = 0 gives zeros, or C as it is
 * with accumulate). */
typedef struct GemmArgs {
  const void *a, *b;
  void *c;
  int64_t m, n, k, batch;
  int64_t a_row, a_col, a_batch;
  int64_t b_row, b_col, b_batch;
  int64_t c_row, c_batch;
  int64_t accumulate; /* 1: C += A B, 0: C = A B */
  void *workspace;    /* gemm_workspace_bytes, 64-byte aligned; the contents mean nothing */
} GemmArgs;

/* The product. The pool may be NULL. Its threads must not exceed those that gemm_workspace_bytes
 * was told. */
void gemm_run(const GemmKernels *kernels, Pool *pool, const GemmArgs *args);
/* Bytes of workspace for gemm_run. */
int64_t gemm_workspace_bytes(DType dtype, int64_t m, int64_t n, int64_t k, int64_t batch,
                             int threads);

/* Length of the blocks that k is summed in. */
int64_t gemm_k_block(int64_t k);
int64_t gemm_long_k(void);

#endif
