/* Private to scan-defer: the plan for one loop, and sums over time (passes/scan/defer_total.c). */
#ifndef ORDO_PASSES_SCAN_DEFER_H
#define ORDO_PASSES_SCAN_DEFER_H

#include "passes/facts.h"
#include "passes/scan/lift.h"

/* What an accumulator gets in each step. */
typedef struct Addend {
  int carry;
  Ref r;
  bool minus, deferred;
  const char *why; /* why it stays */
} Addend;

typedef struct Deferrer {
  Walk *w;
  Arena *arena;
  Scan s;
  ScanClass *classes;
  Lift lift;
  uint32_t *uses;
  bool *accumulates; /* by carry */
  VEC(Addend) addends;
  /* By body node. */
  bool *inner, *outside, *cut;
  Facts facts;   /* of the body */
  bool *pinned;  /* has to stay in the loop */
  bool *on_path; /* an add between an accumulator and its carry */
} Deferrer;

/* Whether an outside reader of r makes it a cut. */
bool defer_is_cut(const Deferrer *d, Ref r);
/* NULL when the sum of r over all steps can be computed behind the loop, else the reason why not.
 */
const char *defer_obstacle(const Deferrer *d, Ref r);
/* Marks the cuts that defer_total(r) needs. */
void defer_mark_cuts(Deferrer *d, Ref r);
/* The sum of r over all steps, in the outer graph. */
Ref defer_total(Deferrer *d, Ref r);

#endif
