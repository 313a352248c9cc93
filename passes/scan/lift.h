/* Values of a scan's body computed in front of the loop, for all steps at once
 * (passes/scan/lift.c).
 *
 * Class of a body value: how it depends on the loop. inv: only on captured values and constants;
 * seq: on slices or the step too; state: on a carry. An inv value is lifted as it is, a seq
 * value with a new first axis, time.
 */
#ifndef ORDO_PASSES_SCAN_LIFT_H
#define ORDO_PASSES_SCAN_LIFT_H

#include "passes/walk.h"

typedef enum ScanClass { CLASS_inv, CLASS_seq, CLASS_state } ScanClass;

/* The class of every node of the body. */
ScanClass *scan_classes(Arena *arena, const Scan *s);
/* The parameter of the first carry that r depends on, or REF_NONE. */
Ref scan_blocking_carry(Arena *arena, const Scan *s, Ref r);

typedef struct Lift {
  Walk *w; /* the lifted values are built in w->g */
  const Scan *s;
  const ScanClass *classes;
  Ref *lifted; /* by body node; REF_NONE until lifted */
} Lift;

Lift lift_new(Walk *w, const Scan *s, const ScanClass *classes);
/* Whether the op has a form for all steps at once. */
bool lift_can(const Node *n);
/* NULL when r can be lifted; else the op that stands in the way. */
const char *lift_obstacle(const Lift *l, Ref r);
/* r in the outer graph; with a first axis of time when its class is seq. */
Ref lift_value(Lift *l, Ref r);
/* The lifted value with a time axis even when it is invariant. */
Ref lift_over_time(Lift *l, Ref r);

#endif
