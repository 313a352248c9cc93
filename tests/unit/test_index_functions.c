/* Every row of frontend/syntax/index_functions.def, by what the row says: which element types it
 * takes, what is left of the index, what it gives for no elements. Values and derivatives are
 * compared with an evaluator of their own by tests/programs, and at zeros and ties in
 * tests/derivatives/running.t. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frontend/check.h"
#include "ir/interp.h"

static const char *const types[] = {"f32", "f64", "bf16", "i32", "bool"};
enum { N_TYPES = sizeof types / sizeof *types };

static bool takes(const SpecIndexFn *row, const char *type) {
  bool is_bool = !strcmp(type, "bool"), is_float = !is_bool && strcmp(type, "i32") != 0;
  if (!strcmp(row->elements, "any")) return true;
  if (!strcmp(row->elements, "bool")) return is_bool;
  return !strcmp(row->elements, "numbers") ? !is_bool : is_float;
}

/* The row along the last axis of x: T[B, N], as the function f; NULL when it has mistakes.
 * Functions of the text that have the names of builtins do not change what the row means. */
static const SpecFunction *function(Ctx *c, const SpecIndexFn *row, const char *type) {
  const char *left = row->keeps ? "b, n" : "b";
  const char *text = ctx_printf(c,
                                "const N = 7\nfn where(x: %s) { x }\nfn size(x: %s) { x }\n"
                                "fn f(x: %s[B, N]) { y[%s] = %s[n](x[b, n]); y }",
                                type, type, type, left, row->name);
  Spec *spec = spec_load_text(c, "test.ordo", text, NULL);
  return spec_check(spec) ? spec_function_graph(spec, "f") : NULL;
}

/* Calls the test for each row and each element type, each in a context of its own. */
static void for_each(void (*test)(Ctx *c, const SpecIndexFn *row, const char *type)) {
  bool more = true;
  for (uint32_t i = 0; more; i++)
    for (int k = 0; more && k < N_TYPES; k++) {
      Ctx *c = ctx_new();
      const SpecIndexFn *row = spec_index_function(c, i);
      more = row != NULL;
      if (row && !row->use) test(c, row, types[k]);
      ctx_free(c);
    }
}

static void takes_its_elements(Ctx *c, const SpecIndexFn *row, const char *type) {
  const SpecFunction *f = function(c, row, type);
  if (!!f != takes(row, type))
    fail_msg("%s of %s is %s, not as its row says", row->name, type, f ? "taken" : "refused");
  if (!f) return;
  const char *why = graph_verify(f->graph);
  if (why) fail_msg("%s: %s", row->name, why);
  int rank = graph_info(f->graph, f->graph->results.data[0])->rank;
  if (rank != (row->keeps ? 2 : 1)) fail_msg("%s leaves %d axes", row->name, rank);
}

static void each_takes_its_elements(void **state) {
  (void)state;
  for_each(takes_its_elements);
}

static double expected_of_none(const char *text, DType dtype) {
  double f = strtod(text, NULL);
  return dtype == DT_i32 ? fmin(fmax(f, INT32_MIN), INT32_MAX) : f;
}

/* Of two rows of no elements; false when it needs one. */
static bool of_none(Ctx *c, const SpecIndexFn *row, const SpecFunction *f) {
  const Graph *g = f->graph;
  DType dtype = graph_info(g, g->params.data[0])->dtype;
  int64_t shape[] = {2, 0};
  const Tensor *x = tensor_new(dtype, shape, 2);
  Tensor *y = NULL;
  Fault fault = {0};
  bool ran = interp_run(c, g, &x, &y, NULL, &fault);
  if (ran && tensor_count(y) != (row->keeps ? 0 : 2)) fail_msg("%s of no elements", row->name);
  for (int64_t i = 0; ran && i < tensor_count(y); i++) { /* no turn where the index stays */
    double wanted = expected_of_none(row->empty, dtype), got = tensor_get(y, i);
    if (got != wanted && !(isnan(got) && isnan(wanted)))
      fail_msg("%s of no %s is %g, not %g", row->name, dtype_name[dtype], got, wanted);
  }
  tensor_free((Tensor *)x);
  if (ran) tensor_free(y);
  return ran;
}

static void gives_of_nothing(Ctx *c, const SpecIndexFn *row, const char *type) {
  if (!takes(row, type)) return;
  bool ran = of_none(c, row, function(c, row, type));
  if (ran != (row->keeps || row->empty))
    fail_msg("%s of nothing is %s", row->name, ran ? "taken" : "refused");
}

static void nothing_gives_what_the_row_says(void **state) {
  (void)state;
  for_each(gives_of_nothing);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_takes_its_elements),
      cmocka_unit_test(nothing_gives_what_the_row_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
