/* C functions called through libffi.
 *
 * Convention of a foreign function  y = f(a, b): for each operand in order its data pointer, then
 * each of its extents as int64_t; then for each result its data pointer, then its extents. All
 * arrays are contiguous and row-major; the function returns nothing and may be called from one
 * thread at a time:
 *
 *   extern fn lev(a: <V>[B, T], b: <V>[B, U]) -> f32[B] from "libmetrics.so"
 *   void lev(const int32_t *a, int64_t B, int64_t T, const int32_t *b, int64_t B2, int64_t U,
 *            float *y, int64_t B3);
 *
 * A gradient function takes the operands, then the gradient of each result, and gives the gradient
 * of each operand.
 *
 * A C function can do whatever the process can. So libraries are loaded only where the user has
 * said so: from anywhere when ctx->allow_foreign is set, else from the folders of
 * $ORDO_FOREIGN_DIRS ("/a:/b") and those below them.
 */
#ifndef ORDO_RUNTIME_FOREIGN_H
#define ORDO_RUNTIME_FOREIGN_H

#include "base/fault.h"
#include "ir/ir.h"
#include "ir/tensor.h"
#include "base/pool.h"

typedef struct Foreign Foreign;

/* Whether all libraries that the graph names may be loaded; diagnostics at their nodes. */
bool foreign_allowed(Ctx *ctx, const Graph *g);
/* Opens library (looked up as given, then by the system) and finds symbol for arrays of these
 * ranks. The handle is closed by foreign_close. */
Foreign *foreign_open(Ctx *ctx, const char *library, const char *symbol, const int *ranks,
                      int n_arrays, Fault *fault);
void foreign_close(Foreign *foreign);

/* The form that compiled code calls. Slots: [foreign, data..., extents...]. */
void foreign_call(const uint64_t *args, Pool *pool);
/* Number of slots that foreign_call reads for arrays of these ranks, the handle included. */
uint32_t foreign_slots(const int *ranks, int n_arrays);

/* The interpreter's callback (InterpOptions.foreign): opens, calls and closes. user is the Ctx. */
bool foreign_interpret(void *user, const Node *node, const Tensor *const *args, int n_args,
                       Tensor *const *results, int n_results, Fault *fault);

#endif
