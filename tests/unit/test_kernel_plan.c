/* Which loops a kernel gets: sections, what is stored where. That the numbers are right is
 * test_kernel's matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codegen/kernel_plan.h"

enum { LANES = 16 };

static KernelPlan *plan_of(Ctx *c, const char *nodes) {
  const char *text = ctx_printf(c, "graph &0 {\n%s\n}\n", nodes);
  Graph *g = graph_read(c, source_add(c, "plan.txt", text, strlen(text)));
  assert_non_null(g);
  Fault fault = {0};
  KernelPlan *p = kernel_plan(c, g, LANES, &fault);
  assert_non_null(p);
  return p;
}

/* Stores over all axes that are made in the loop of a reduction. */
static int in_loops(const KernelPlan *p) {
  int n = 0;
  for (uint32_t i = 0; i < p->sections.len; i++)
    for (uint32_t k = 0; k < p->sections.data[i].stores.len; k++)
      n += p->sections.data[i].stores.data[k].with >= 0;
  return n;
}

/* One section of a kind, with so many stores in loops and so many of rows. */
static void is_one(const KernelPlan *p, SectionKind kind, int loops, uint32_t rows) {
  assert_int_equal(p->sections.len, 1);
  assert_int_equal(p->sections.data[0].kind, kind);
  assert_int_equal(in_loops(p), loops);
  assert_int_equal(p->sections.data[0].outer_stores.len, rows);
}

/* softmax over the last axis, with its maximum, sum and exponentials as results */
static const char *softmax(Ctx *c, const char *whole, const char *row, const char *axes, int axis) {
  return ctx_printf(c,
                    "%%0: f32[%s] = param(index=0)\n%%1: f32[%s] = max_over(%%0, axes=[%d])\n"
                    "%%2: f32[%s] = broadcast(%%1, axes=[%s])\n%%3: f32[%s] = sub(%%0, %%2)\n"
                    "%%4: f32[%s] = exp(%%3)\n%%5: f32[%s] = sum(%%4, axes=[%d])\n"
                    "%%6: f32[%s] = broadcast(%%5, axes=[%s])\n%%7: f32[%s] = div(%%4, %%6)\n"
                    "return %%7, %%4, %%1, %%5",
                    whole, row, axis, whole, axes, whole, whole, row, axis, whole, axes, whole);
}

/* An axis of extent 1 changes no loop, wherever it stands, kept or reduced. */
static void unit_axes(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  is_one(plan_of(c, softmax(c, "8, 24, 40", "8, 24", "0, 1", 2)), SECTION_row, 1, 2);
  is_one(plan_of(c, softmax(c, "8, 1, 24, 40", "8, 1, 24", "0, 1, 2", 3)), SECTION_row, 1, 2);
  is_one(plan_of(c, softmax(c, "1, 8, 24, 40", "1, 8, 24", "0, 1, 2", 3)), SECTION_row, 1, 2);
  is_one(plan_of(c, softmax(c, "1, 40", "1", "0", 1)), SECTION_row, 1, 2);
  /* Reduced with others; the results of the rows have other unit axes than the whole. */
  is_one(plan_of(c,
                 "%0: f32[8, 1, 40] = param(index=0)\n%1: f32[8, 1, 40] = exp(%0)\n"
                 "%2: f32[8] = sum(%1, axes=[1, 2])\n%3: f32[8, 1, 40] = broadcast(%2, axes=[0])\n"
                 "%4: f32[8, 1, 40] = div(%1, %3)\n%5: f32[1, 8] = broadcast(%2, axes=[1])\n"
                 "return %4, %1, %5, %2"),
         SECTION_row, 1, 2);
  ctx_free(c);
}

static const char *map_and_sum(Ctx *c, const char *whole, const char *kept, const char *axes) {
  return ctx_printf(c,
                    "%%0: f32[%s] = param(index=0)\n%%1: f32[%s] = tanh(%%0)\n"
                    "%%2: f32[%s] = sum(%%1, axes=[%s])\n%%3: f32[%s] = mul(%%1, %%1)\n"
                    "return %%1, %%2, %%3",
                    whole, whole, kept, axes, whole);
}

/* A map whose rows are reduced is made in the loop of the reduction, when there are rows for all
 * threads, which fill vectors. */
static void rows_of_maps(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  is_one(plan_of(c, map_and_sum(c, "64, 8, 32", "64, 8", "2")), SECTION_row, 2, 1);
  is_one(plan_of(c, map_and_sum(c, "64, 8, 1, 32", "64, 8, 1", "3")), SECTION_row, 2, 1);
  is_one(plan_of(c, map_and_sum(c, "512, 8, 4", "512", "1, 2")), SECTION_row, 2, 1);
  assert_int_equal(plan_of(c, map_and_sum(c, "8, 8, 32", "8, 8", "2"))->sections.len, 2);
  assert_int_equal(plan_of(c, map_and_sum(c, "64, 8, 4", "64, 8", "2"))->sections.len, 2);
  assert_int_equal(plan_of(c, map_and_sum(c, "32, 512", "512", "0"))->sections.len, 2);
  assert_int_equal(plan_of(c, map_and_sum(c, "512, 32", "32", "0"))->sections.len, 2);
  ctx_free(c);
}

/* What is read across is copied in tiles along the axis on which the operand is contiguous. */
static int tile_of(Ctx *c, const char *nodes) {
  const KernelPlan *p = plan_of(c, nodes);
  assert_int_equal(p->sections.len, 1);
  return p->sections.data[0].tile;
}

static void tiles(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  assert_int_equal(tile_of(c, "%0: f32[N, M, 40] = param(index=0)\n"
                              "%1: f32[N, 40, M] = transpose(%0, perm=[0, 2, 1])\nreturn %1"),
                   1);
  assert_int_equal(tile_of(c, "%0: f32[N, M, 4, 8] = param(index=0)\n"
                              "%1: f32[4, N, 8, M] = transpose(%0, perm=[2, 0, 3, 1])\nreturn %1"),
                   2);
  assert_int_equal(tile_of(c, "%0: f32[N, M] = param(index=0)\n%1: f32[M, N] = param(index=1)\n"
                              "%2: f32[N, M] = transpose(%1, perm=[1, 0])\n"
                              "%3: f32[N, M] = add(%0, %2)\nreturn %3"),
                   0);
  /* Rows that move as they are, and an operand that is contiguous along no axis. */
  assert_int_equal(tile_of(c, "%0: f32[N, M, 40] = param(index=0)\n"
                              "%1: f32[M, N, 40] = transpose(%0, perm=[1, 0, 2])\nreturn %1"),
                   -1);
  assert_int_equal(tile_of(c, "%0: f32[N, M, 2] = param(index=0)\n"
                              "%1: f32[N, M, 1] = slice(%0, starts=[0, 0, 1])\n"
                              "%2: f32[N, M] = reshape(%1)\n%3: f32[N, M] = exp(%2)\nreturn %3"),
                   -1);
  ctx_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unit_axes),
      cmocka_unit_test(rows_of_maps),
      cmocka_unit_test(tiles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
