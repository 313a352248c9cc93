/* The assignment problem: what the op 'assign' means. Shared by the interpreter and the compiled
 * code, so that equally good assignments are decided alike. */
#ifndef ORDO_EXEC_ASSIGN_H
#define ORDO_EXEC_ASSIGN_H

#include <stdint.h>

/* Numbers of scratch memory for an n x n matrix, without the n * n costs. */
#define ASSIGN_SCRATCH(n) (6 * ((n) + 1))

/* column[i] for each row i of the n x n matrix 'cost' (row-major), each column once, with the
 * least sum. Costs that are not finite (or beyond 1e150) are overwritten with one that is larger
 * than all that can be saved elsewhere: they are taken only where nothing else is left. O(n^3)
 * steps; scratch holds ASSIGN_SCRATCH(n) numbers. */
void assign_rows(double *cost, int64_t n, int32_t *column, double *scratch);

#endif
