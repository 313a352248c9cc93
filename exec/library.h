/* Instructions that are C functions instead of compiled kernels: the rows INSTR of kind 'library'
 * (passes/plan/instr.def, ir/ops.def), each INSTRUCTION(NAME) in library.c.
 *
 * They keep the kernels' calling convention, f(args, lo, hi): slots of pointers (operands,
 * results, working memory), then sizes; lo..hi are independent work items, so that the result
 * does not depend on how they are divided among threads.
 */
#ifndef ORDO_EXEC_LIBRARY_H
#define ORDO_EXEC_LIBRARY_H

#include <stdint.h>

typedef void LibraryFn(const uint64_t *args, int64_t lo, int64_t hi);

/* Defines the function ordort_name, which compiled code and built libraries call. It is declared
 * where the table of instructions is known (runtime/engine.c). */
#define INSTRUCTION(name)                                                                          \
  __attribute__((visibility("default"))) LibraryFn ordort_##name;                                  \
  void ordort_##name(const uint64_t *args, int64_t lo, int64_t hi)

#endif
