/* The list of phases: times add up, parts are no time of their own, every row is printed below
 * what it is a part of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ctx.h"
#include "base/phases.h"

static void phases_follow_one_another(void **state) {
  (void)state;
  Phases phases = {0};
  double start = clock_seconds(), at = start;
  at = phase_done(&phases, PHASE_passes, at);
  double emitted = at = phase_done(&phases, PHASE_layout, at);
  phase_done(&phases, PHASE_emit, emitted - 3); /* a part of 'code' */
  at = phase_done(&phases, PHASE_code, emitted - 5);
  double own = phases.seconds[PHASE_passes] + phases.seconds[PHASE_layout];
  assert_true(own >= 0 && own <= at - start);
  assert_true(phases.seconds[PHASE_code] >= 5 && phases.seconds[PHASE_emit] >= 3);
  assert_true(phase_done(NULL, PHASE_run, at) >= at);
}

static void what_was_there_before_is_not_added(void **state) {
  (void)state;
  Phases before = {0}, after = {0}, to = {0};
  before.seconds[PHASE_link] = 2;
  after.seconds[PHASE_link] = 5;
  to.seconds[PHASE_link] = 1;
  phases_add(&to, &before, &after);
  assert_true(to.seconds[PHASE_link] == 4);
  phases_add(NULL, &before, &after);
}

static void parts_stand_below(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Text out = text_new(&ctx->arena);
  Phases phases = {0};
  phases.seconds[PHASE_compile] = 2;
  phases.seconds[PHASE_code] = 1.5;
  phases.seconds[PHASE_emit] = 0.25;
  phases.seconds[PHASE_weights] = 1;
  phases_print(&phases, &out);
  assert_string_equal(text_str(&out), "compile           2000.000 ms\n"
                                      "  code            1500.000 ms\n"
                                      "    emit           250.000 ms\n"
                                      "weights           1000.000 ms\n");
  ctx_free(ctx);
}

/* A trace that remembers the last span. */
typedef struct LastSpan {
  Trace trace;
  int n;
  TraceKind kind;
  const char *name, *of;
  double start, end;
} LastSpan;

static void remember(Trace *trace, TraceKind kind, const char *name, const char *of, double start,
                     double end) {
  LastSpan *last = (LastSpan *)(void *)trace;
  *last = (LastSpan){*trace, last->n + 1, kind, name, of, start, end};
}

static void a_trace_is_told_of_each(void **state) {
  (void)state;
  LastSpan last = {.trace = {remember}};
  Phases phases = {.trace = &last.trace, .of = "sort.step"};
  double start = clock_seconds(), end = phase_done(&phases, PHASE_layout, start);
  assert_int_equal(last.n, 1);
  assert_true(last.kind == TRACE_phase && last.start == start && last.end == end);
  assert_string_equal(last.name, phase_title(PHASE_layout));
  assert_string_equal(last.of, "sort.step");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(phases_follow_one_another),
                                     cmocka_unit_test(what_was_there_before_is_not_added),
                                     cmocka_unit_test(parts_stand_below),
                                     cmocka_unit_test(a_trace_is_told_of_each)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
