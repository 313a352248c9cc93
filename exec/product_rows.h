/* A product together with the kernel behind it, a part of the rows at a time: the part is made, and
 * the kernel runs on it while it is in the cache. Rows of all items of the batch count as one after
 * the other. Each element is the same sum as in gemm_run and bf16_run, however rows are cut. */
#ifndef ORDO_EXEC_PRODUCT_ROWS_H
#define ORDO_EXEC_PRODUCT_ROWS_H

#include "exec/product_bf16.h"

enum { ROWS_AXES = 4 };
#define ROWS_NO_ARG UINT32_MAX

/* What the kernel of a product's rows is called with: all slots but those that say which rows. */
typedef struct RowsKernel {
  const uint64_t *code; /* slot with its address, a PoolFn that ignores the range */
  const uint64_t *args; /* pointers of operands and of results, sizes */
  uint32_t n_args, first_result, n_results;
  uint32_t product; /* argument: where the rows of the product are; ROWS_NO_ARG: they are in C */
  uint32_t over;    /* result in whose place they are made; ROWS_NO_ARG: in none */
  /* Axes that count the rows, the last one in front of 'within' rows. One part has so many places
   * of the axis 'cut' and one of those before; arguments that say which. */
  uint32_t cut, starts[ROWS_AXES], count;
  int64_t extents[ROWS_AXES], within;
  const int64_t *row_bytes; /* of results */
  bool more;                /* the next one in memory runs behind it, on the same rows */
} RowsKernel;

typedef struct RowsProduct {
  DType dtype; /* DT_bf16 for operands of f32 that are rounded */
  const GemmKernels *gemm;
  const Bf16Kernels *bf16;
  const GemmArgs *args;
  const RowsKernel *kernel; /* the first */
} RowsProduct;

/* Bytes of args->workspace; only sizes, strides and the kernel's axes count. */
int64_t rows_workspace_bytes(const RowsProduct *p, int threads);
/* packed: all of B, or NULL. */
void rows_run(const RowsProduct *p, Pool *pool, const void *packed);

#endif
