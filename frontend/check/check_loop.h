/* Loops under construction: what scan (check_scan.c) and repeat (check_repeat.c) share.
 *
 *   turns_first_values(c, &loop);            carried values, before the loop
 *   Check inner = turns_begin(c, &loop);     the frame of the body with counter and carries
 *   elab_block(&inner, ...);
 *   turns_end(c, &inner, &loop);             their values after a step, 'until'
 *   turns_bind_after(c, &loop, turns_build(c, &loop));
 *
 * After turns_begin and turns_end, repeat appends what it carries besides to init, inner and last,
 * with a name in 'more' for each. */
#ifndef ORDO_FRONTEND_CHECK_CHECK_LOOP_H
#define ORDO_FRONTEND_CHECK_CHECK_LOOP_H

#include "frontend/check/checker.h"

typedef struct Carry {
  Name name;
  Span span;
  Value template;    /* structure, with the first values */
  uint32_t first, n; /* its leaves */
} Carry;

typedef struct ScanLoop {
  const Stmt *stmt; /* ST_scan or ST_repeat */
  Sz length;
  Frame *frame;
  Carry *carries;
  uint32_t n_carries;
  VEC(Str) more;             /* names of what is carried after them */
  RefList init, inner, last; /* leaves of all carries: outside, parameters, after a step */
  Ref stop;
  bool failed;
} ScanLoop;

void turns_first_values(Check *c, ScanLoop *loop);
Check turns_begin(Check *c, ScanLoop *loop);
void turns_end(Check *c, Check *inner, ScanLoop *loop);
Ref turns_build(Check *c, ScanLoop *loop);
/* Gives the names of carries and of what was collected their values in the scope around. */
void turns_bind_after(Check *c, ScanLoop *loop, Ref scan);

#endif
