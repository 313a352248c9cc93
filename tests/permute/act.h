/* Permutations of a set, acting on tensors as a proved fact says. */
#ifndef ORDO_TESTS_ACT_H
#define ORDO_TESTS_ACT_H

#include "ir/tensor.h"
#include "passes/sets/sets_join.h"

typedef struct Permutations {
  Ctx *ctx;
  const SizeEnv *env;
  const SetProof *proof;
  int64_t n, n_rows;  /* elements; permutations, one for each row */
  int64_t *to, *back; /* [n_rows][n] */
} Permutations;

/* The tensor as it is for the permuted set: the fact has no variables. */
Tensor *act(const Permutations *p, const Fact *fact, const Tensor *t);
/* Whether the tensor is the same in all places of axes of which the fact says so: its own
 * variable. */
bool act_uniform(const Permutations *p, const Fact *fact, const Tensor *t);
/* Whether act can tell the permutations of the fact: not when several axes of rows were cut. */
bool act_known(const Permutations *p, const Fact *fact);
/* The instance of a fact in which every variable is fixed, or moves where it can (the axis is as
 * long as the set, and the value has its rows). moves: one flag for each variable, by its order
 * of appearance. */
Fact instance(const Permutations *p, const Fact *fact, uint64_t moves);

#endif
