/* B packed once for many products: see exec/product.h. A block of k after the other, each in panels
 * as pack_b makes them. */
#include <stddef.h>

#include "base/cost.h"
#include "exec/product_pack.h"

int64_t gemm_packed_bytes(DType dtype, const GemmArgs *args) {
  for (int i = 0; i < GEMM_BATCH_AXES; i++)
    if (args->batch[i] > 1 && args->b_batch[i]) return 0;
  if (args->n < 1 || args->k < 1) return 0;
  return round_up(args->k * round_up(args->n, MAX_LANES) * dtype_bytes[dtype], 64);
}

typedef struct ProductPacking {
  const GemmKernels *g;
  const GemmArgs *args;
  char *to;
} ProductPacking;

/* Panels [lo, hi), all blocks of k. */
static void pack_panels(const uint64_t *shared, int64_t lo, int64_t hi) {
  const ProductPacking *p = (const ProductPacking *)(uintptr_t)shared[0];
  int64_t width = panel_width(p->g), step = gemm_k_block(p->args->k);
  ProductRange n = {lo * width, least(hi * width, p->args->n)};
  for (int64_t at = 0; at < p->args->k; at += step) {
    ProductRange k = {at, least(at + step, p->args->k)};
    pack_b(p->g, p->args, p->args->b, k, n,
           (char *)(uintptr_t)packed_at(p->g, p->args, p->to, k, n.lo));
  }
}

void gemm_pack_all(const GemmKernels *g, Pool *pool, const GemmArgs *args, void *to) {
  ProductPacking packing = {g, args, to};
  uint64_t shared[] = {(uint64_t)(uintptr_t)&packing};
  int64_t panels = divide_up(args->n, panel_width(g));
  pool_run(args->n * args->k < WORK_PARALLEL / 4 ? NULL : pool, pack_panels, shared, panels, 1);
}
