/* Two runs with the same elements and other padding, and what a fact says of a value in both. */
#ifndef ORDO_TESTS_PAIR_H
#define ORDO_TESTS_PAIR_H

#include "ir/tensor.h"
#include "passes/sets/sets_join.h"

typedef struct Pair {
  Ctx *ctx;
  const SetProof *proof;
  SizeEnv env[2];
  int64_t n[2], n_rows; /* places; rows of the mask */
  bool *real[2];        /* [n_rows][n]: there is an element */
  int64_t *across[2];   /* [n_rows][n]: its place in the other run, -1 for padding */
  unsigned holds;       /* conditions, PadCondition */
  int turn;             /* which other place is looked at where all have the same */
} Pair;

/* For a place of the second run the one of the first that has the same, by the fact; false when
 * it says nothing there. */
bool pair_place(const Pair *p, const Fact *f, const int64_t *second, int rank, int64_t *first);
/* The fact with what is free and may move moving by the rows of the mask. */
Fact pair_instance(const Pair *p, const Fact *f);
/* The value of the second run where the first has x. NaN: it should not have that one. */
double pair_value(const Pair *p, const Fact *f, const int64_t *second, double x);
/* A place of a run at which a number is known to stand under conditions that hold. */
bool pair_filled(const Pair *p, const Fact *f, int run, const int64_t *axes, unsigned holds,
                 double *number);

#endif
