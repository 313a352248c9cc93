/* The table of instructions: its rows are whole, compiled code finds what it calls by their
 * names, and each instruction of the library takes exactly the element types that its row lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ctx.h"
#include "passes/plan/plan.h"
#include "runtime/library_sizes.h"
#include "runtime/program.h"

static const char *const kind_of[N_INSTR_KINDS] = {
#define INSTR(name, kind, ...) [INS_##name] = #kind,
#include "passes/plan/instr.def"
#undef INSTR
};

static bool is_kind(int i, const char *kind) { return !strcmp(kind_of[i], kind); }

static void rows_are_whole(void **state) {
  (void)state;
  for (int i = 0; i < N_INSTR_KINDS; i++) {
    const InstrInfo *info = &instr_info[i];
    InstrKind found;
    if (!info->takes) fail_msg("'%s' takes no element type", info->name);
    if (info->op == OP_param) fail_msg("'%s' has no op", info->name);
    if (info->op != N_OPS && (!instr_of(info->op, &found) || (int)found != i))
      fail_msg("two instructions for the op '%s'", op_info[info->op].name);
    if (info->takes != TAKES_all && !info->otherwise && !(~info->takes & TAKES_key))
      fail_msg("'%s' does not say what to do about other element types", info->name);
  }
}

/* A name that nobody defined would be found out by the first program that calls it. */
static void compiled_code_finds_them(void **state) {
  (void)state;
  Fault fault = {0};
  Engine *engine = engine_new(1, NULL, NULL, &fault);
  assert_non_null(engine);
  for (int i = 0; i < N_INSTR_KINDS; i++) {
    if (is_kind(i, "kernel") || is_kind(i, "loop")) continue;
    if (!jit_lookup(engine_jit(engine), instr_info[i].symbol, &fault))
      fail_msg("'%s': %s", instr_info[i].symbol, fault.text);
  }
  engine_free(engine);
}

/* The plan refuses an element type that the row does not list, and says what to do. */
static void other_types_are_refused(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const char *text = "graph &0 {\n"
                     "%0: i32[2, 3] = param(index=0)\n%1: i32[3, 4] = param(index=1)\n"
                     "%2: i32[2, 4] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], "
                     "contract_b=[0])\nreturn %2\n}\n";
  const Graph *g = graph_read(ctx, source_add(ctx, "plan.txt", text, strlen(text)));
  assert_non_null(g);
  Fault fault = {0};
  assert_null(plan_make(ctx, g, NULL, &fault));
  assert_string_equal(
      fault.text, "'dot' of i32 is no instruction; the pass 'contract' has to run before 'plan'");
  ctx_free(ctx);
}

/* How many results of the first kernel lie in memory of its operands. It reads %2, a product of
 * f32[8, 6], and what it makes is summed by others. */
static int written_over(Ctx *ctx, const char *first, const char *second, const char *body) {
  const char *text = ctx_printf(
      ctx,
      "graph &0 {\n%%0: f32[8, 6] = param(index=0)\n%%1: f32[6, 6] = param(index=1)\n"
      "%%2: f32[8, 6] = dot(%%0, %%1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n"
      "%%3: (f32[%s], f32[%s]) = kernel(%%2) body {\n%%0: f32[8, 6] = param(index=0)\n%s}\n"
      "%%4: f32[%s] = item(%%3, index=0)\n%%5: f32[%s] = item(%%3, index=1)\n"
      "%%6: (f32) = kernel(%%4) body {\n%%0: f32[%s] = param(index=0)\n"
      "%%1: f32 = sum(%%0, axes=[0, 1])\nreturn %%1\n}\n"
      "%%7: (f32) = kernel(%%5) body {\n%%0: f32[%s] = param(index=0)\n"
      "%%1: f32 = sum(%%0, axes=[0, 1])\nreturn %%1\n}\n"
      "%%8: f32 = item(%%6, index=0)\n%%9: f32 = item(%%7, index=0)\nreturn %%8, %%9\n}\n",
      first, second, body, first, second, first, second);
  const Graph *g = graph_read(ctx, source_add(ctx, "plan.txt", text, strlen(text)));
  assert_non_null(g);
  Fault fault = {0};
  const Plan *plan = plan_make(ctx, g, NULL, &fault);
  assert_non_null(plan);
  const PlanInstr *kernel = plan->block->instrs.data;
  while (kernel->kind != INS_kernel) kernel++;
  int n = 0;
  for (int out = 0; out < kernel->n_out; out++)
    n += plan_root(plan, kernel->out[out]) == plan_root(plan, kernel->in[0]);
  return n;
}

/* A kernel writes over an operand that it reads at the places it writes, whatever shape it reads
 * it in; not when results of two shapes, which two loops make, read it, nor when it reads it in
 * another order. */
static void kernels_write_over_operands(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  assert_int_equal(
      written_over(ctx, "8, 6", "8, 6",
                   "%1: f32[8, 6] = exp(%0)\n%2: f32[8, 6] = neg(%1)\nreturn %1, %2\n"),
      1);
  assert_int_equal(written_over(ctx, "12, 4", "12, 4",
                                "%1: f32[12, 4] = reshape(%0)\n%2: f32[12, 4] = exp(%1)\n"
                                "%3: f32[12, 4] = neg(%2)\nreturn %2, %3\n"),
                   1);
  assert_int_equal(written_over(ctx, "8, 6", "12, 4",
                                "%1: f32[8, 6] = exp(%0)\n%2: f32[12, 4] = reshape(%1)\n"
                                "%3: f32[12, 4] = neg(%2)\nreturn %1, %3\n"),
                   0);
  assert_int_equal(
      written_over(ctx, "6, 8", "6, 8",
                   "%1: f32[6, 8] = transpose(%0, perm=[1, 0])\n"
                   "%2: f32[6, 8] = exp(%1)\n%3: f32[6, 8] = neg(%2)\nreturn %2, %3\n"),
      0);
  ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_whole), cmocka_unit_test(compiled_code_finds_them),
      cmocka_unit_test(other_types_are_refused), cmocka_unit_test(kernels_write_over_operands)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
