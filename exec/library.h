/* Instructions that are C functions instead of compiled kernels: the rows of
 * passes/plan/instr.def of kind 'library'.
 *
 * They keep the kernels' calling convention, f(args, lo, hi): slots of pointers (operands,
 * results, working memory), then sizes; lo..hi are independent work items, so that the result
 * does not depend on how they are divided among threads.
 */
#ifndef ORDO_EXEC_LIBRARY_H
#define ORDO_EXEC_LIBRARY_H

#include <stdint.h>

void run_sort(const uint64_t *args, int64_t lo, int64_t hi);
void run_argsort(const uint64_t *args, int64_t lo, int64_t hi);
void run_cumsum(const uint64_t *args, int64_t lo, int64_t hi);
void run_scatter(const uint64_t *args, int64_t lo, int64_t hi);
void run_update(const uint64_t *args, int64_t lo, int64_t hi);
void run_assign(const uint64_t *args, int64_t lo, int64_t hi);
void run_copy(const uint64_t *args, int64_t lo, int64_t hi);

#endif
