/* OpenBLAS as a maker of products of f32 and f64. The library is opened when it is asked for, and
 * Ordo works without it. It runs on the thread that calls it: our threads take slices of a product,
 * so that the two pools do not stand in each other's way.
 *
 * The order of its sums depends on the extents and the strides of a product, so the bits of a row
 * depend on how many others there are.
 */
#ifndef ORDO_RUNTIME_OPENBLAS_H
#define ORDO_RUNTIME_OPENBLAS_H

#include "base/arena.h"
#include "base/fault.h"
#include "exec/product.h"

typedef struct OpenBlas OpenBlas;

/* $ORDO_OPENBLAS, or libopenblas.so.0. Lives in the arena; the library stays loaded. NULL and the
 * reason when there is none. */
const OpenBlas *openblas_open(Arena *arena, Fault *fault);
/* Whether it can do this product: strides that it has, extents of 32 bits, sums that are not too
 * long for one chain. */
bool openblas_takes(const GemmArgs *args);
/* A product that it takes, on the threads of the pool. */
void openblas_run(const OpenBlas *blas, DType dtype, Pool *pool, const GemmArgs *args);
/* "OpenBLAS 0.3.21 SkylakeX": what a measurement of it holds for. */
const char *openblas_name(const OpenBlas *blas);

#endif
