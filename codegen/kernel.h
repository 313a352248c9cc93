/* Kernels: the body of a 'kernel' node becomes one compiled loop nest.
 *
 * A compiled kernel is   void k(const uint64_t *args, int64_t lo, int64_t hi)
 *
 * - args are 8-byte slots: pointers of the inputs (the node's operands in order), pointers of the
 *   outputs (the body's results in order), then the int64 values of sig.sizes in order.
 * - lo..hi are work items out of [0, range). Items are independent and write disjoint places; the
 *   result does not depend on how the range is cut.
 *
 * Tensors are contiguous and row-major. Any body that holds only leaves, elementwise ops, movement,
 * reductions, arg-reductions, gathers and random numbers compiles, in one element type or several.
 * A result may share its memory with an input that is read at the same places only (elementwise),
 * when the body has no reductions.
 *
 * kernel_signature says everything that a caller has to know without emitting code, so that a
 * kernel found in a cache costs no emission. Bodies that are equal up to the names of values and
 * sizes have the same symbol and the same code.
 */
#ifndef ORDO_CODEGEN_KERNEL_H
#define ORDO_CODEGEN_KERNEL_H

#include <llvm-c/Core.h>

#include "base/fault.h"
#include "codegen/target.h"
#include "ir/ir.h"

typedef void (*KernelFn)(const uint64_t *args, int64_t lo, int64_t hi);

typedef struct KernelSig {
  Str symbol; /* content hash of body and lanes: k_0123456789abcdef0123456789abcdef */
  int n_inputs, n_outputs;
  const Sz *sizes; /* symbols that the code reads from args; others are baked in */
  int n_sizes;
  Sz range; /* number of work items */
  Sz work;  /* rough flops + bytes of all items together; an item costs about work / range */
  const char *kind; /* "map", "row", "col", "mixed": for --explain */
  bool whole;       /* it does all items and ignores lo and hi: the range depends on its sizes */
} KernelSig;

/* Fills sig. body is the region of a kernel node (or any graph of the ops above); lanes as in
 * KernelTarget. */
void kernel_signature(Ctx *ctx, const Graph *body, int lanes, KernelSig *sig);
/* The same of a function that does all items. */
void kernel_signature_whole(Ctx *ctx, const Graph *body, int lanes, KernelSig *sig);

/* A body in which every tensor has one shape and every element is computed from those at its own
 * place is a loop over so many elements, whatever the shape: here it is with one axis of extent
 * *symbol, which stands for *count. An optimizer's update is then compiled once for weights of
 * all shapes. NULL when the body is of another kind. */
const Graph *kernel_flat(Ctx *ctx, const Graph *body, Sz *symbol, Sz *count);

/* Adds the function named sig->symbol to the module (whose context it uses). false: *fault names an
 * op that does not belong in a kernel. Contexts are not shared between threads; ctx is only read
 * and allocated from. */
bool kernel_emit(Ctx *ctx, LLVMModuleRef module, const Target *target, const Graph *body,
                 const KernelSig *sig, Fault *fault);

#endif
