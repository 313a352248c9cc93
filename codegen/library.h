/* Functions as one relocatable object that runs without a compiler: their code for one or several
 * kinds of processors, and the records that exec/ordort_abi.h describes. All symbols but those of
 * the library's own functions are local.
 *
 * For a function of symbol S it defines
 *
 *   int S(int64_t sizes..., const void *args..., void *results..., ordort_context *c)
 *   int64_t S_bytes(int64_t sizes..., int threads)
 *   const ordort_function S_function
 */
#ifndef ORDO_CODEGEN_LIBRARY_H
#define ORDO_CODEGEN_LIBRARY_H

#include "codegen/jit.h"
#include "exec/ordort_abi.h"

/* A function's code for one target. The last unit is the step. */
typedef struct LibraryCode {
  const void *image; /* exec/image_file.h */
  int64_t image_bytes;
  const JitUnit *units;
  int n_units;
  bool products[2], transposes[2]; /* of f32 and f64 */
  bool bf16;                       /* products in bf16 */
} LibraryCode;

typedef struct LibraryFunction {
  const char *symbol;
  ordort_info info;
  const OrdortParam *params;
  uint32_t n_params;
  const char *const *need_texts;
  uint32_t n_needs;
  const char *const *claim_texts;
  uint32_t n_claims;
  uint32_t n_states, stream; /* exec/ordort_abi.h */
  const uint32_t *weights;   /* numbers of its weights in the library */
  const LibraryCode *code;   /* by target */
} LibraryFunction;

typedef struct LibraryWeight {
  const void *data; /* NULL: not in the library */
  int64_t bytes;
} LibraryWeight;

typedef struct BuiltLibrary {
  const Target *targets; /* the widest first */
  const uint64_t *needs; /* of processors, by target: NEEDS_* */
  int n_targets;
  const LibraryFunction *functions;
  uint32_t n_functions;
  const LibraryWeight *weights;
  uint32_t n_weights;
} BuiltLibrary;

/* The object's bytes live in the arena. */
bool library_object(const BuiltLibrary *library, Arena *arena, const void **bytes, size_t *n,
                    Fault *fault);

#endif
