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
  double total = phases_total(&phases) - own - phases.seconds[PHASE_code];
  assert_true(total > -1e-9 && total < 1e-9);
  assert_true(phase_done(NULL, PHASE_run, at) >= at);
}

static void what_was_there_before_is_not_added(void **state) {
  (void)state;
  Phases before = {{0}}, after = {{0}}, to = {{0}};
  before.seconds[PHASE_link] = 2;
  after.seconds[PHASE_link] = 5;
  to.seconds[PHASE_link] = 1;
  phases_add(&to, &before, &after);
  assert_true(to.seconds[PHASE_link] == 4);
  phases_add(&to, NULL, &after);
  assert_true(to.seconds[PHASE_link] == 9);
}

static void parts_stand_below(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Text out = text_new(&ctx->arena);
  Phases phases = {{0}};
  phases.seconds[PHASE_code] = 1.5;
  phases_print(&phases, &out);
  const char *text = text_str(&out), *code = strstr(text, "\ncode "),
             *emit = strstr(text, "\n  emit ");
  assert_true(code && emit && code < emit && emit < strstr(text, "\nweights "));
  assert_non_null(strstr(code, " 1500.000 ms\n"));
  int lines = 0;
  for (const char *at = text; *at; at++) lines += *at == '\n';
  assert_int_equal(lines, N_PHASES);
  ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(phases_follow_one_another),
                                     cmocka_unit_test(what_was_there_before_is_not_added),
                                     cmocka_unit_test(parts_stand_below)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
