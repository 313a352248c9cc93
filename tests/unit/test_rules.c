/* Every row of passes/rules/rules.def, numerically: text rules are instantiated from the table
 * itself, in all element types and several shapes; rules in C have an example here. A rule must
 * fire, keep the type, and keep the values: the real number; every bit on special values where
 * it is graded exact; and at the default level the class of every result, on all tuples of
 * special and extreme values. */
#include "passes/pipeline/pipeline.h"
#include "tests/unit/passes_support.h"

#include "fuzz/rule_case.h"

/* ---- rules as text ---- */

static const RuleShape shapes[] = {{0, {0}},     {1, {37}},    {1, {1}},
                                   {2, {1, 19}}, {2, {13, 1}}, {3, {3, 1, 7}}};

/* Numbers for c0 .. c9 to try. */
static const double constants[][2] = {{2, 3}, {-0.5, 4}, {8, 0.25}};

static int power(int base, int n) {
  int p = 1;
  while (n-- > 0) p *= base;
  return p;
}

/* fast: all rules, else those of the default level. */
static PassCtx *pass_ctx(Ctx *ctx, bool fast) {
  PipelineOptions options = pipeline_options();
  options.fast = fast;
  return pass_ctx_new(ctx, &options);
}

/* Applies rule i to g; whether it fired. Compares the values. */
static bool apply_and_compare(Ctx *ctx, const Graph *g, int i) {
  PassCtx *pc = pass_ctx(ctx, true);
  Graph *after = rewrite_graph(pc, g, true, i);
  if (!rules_load(pc)->hits[i]) return false;
  check_graph(after);
  same_values(ctx, g, after, false, 1e-5);
  if (rule_rows[i].grade == GRADE_exact) same_values(ctx, g, after, true, 0);
  return true;
}

/* One instance of a text rule; whether it could be built and the rule fired. */
static bool try_instance(int rule, int code, int way, const RuleShape *shape, const double *c) {
  Ctx *ctx = ctx_new();
  Graph *g = rule_case(ctx, &rule_rows[rule], &(RuleCase){code, way, shape, c});
  bool fired = g && apply_and_compare(ctx, g, rule);
  ctx_free(ctx);
  return fired;
}

static int count_codes(int rule) {
  Ctx *ctx = ctx_new();
  int codes = rule_codes(ctx, &rule_rows[rule]);
  ctx_free(ctx);
  return codes;
}

static void text_rules_keep_values(void **state) {
  (void)state;
  int rules = 0, instances = 0;
  for (int rule = 0; rule < n_rules; rule++) {
    if (rule_rows[rule].fn) continue;
    int fired = 0, codes = count_codes(rule);
    for (int way = 0; way < RULE_WAYS && !fired; way++)
      for (int code = 0; code < codes; code++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
          for (size_t c = 0; c < sizeof constants / sizeof *constants; c++)
            fired += try_instance(rule, code, way, &shapes[s], constants[c]);
    if (!fired) fail_msg("rule '%s' never fired", rule_rows[rule].name);
    rules++;
    instances += fired;
  }
  print_message("%d rules as text; %d instances that fired\n", rules, instances);
}

/* ---- the grade: what happens to NaN, infinities and zeros ---- */

static const double extremes[] = {NAN,   INFINITY, -INFINITY, 0,   -0.0, 1,  -1,  1e15,
                                  -1e15, 1e-15,    -1e-15,    0.3, -2.5, 88, -104};
enum { N_EXTREMES = sizeof extremes / sizeof *extremes, MOST_NAMES = 4 };
static const double wild_constants[][2] = {
    {2, 3},        {-0.5, 4},        {1e-30, 1e-30}, {1e30, 1e30},  {1e15, -1e-15},
    {1e10, 1e-10}, {INFINITY, 2},    {-INFINITY, 1}, {0, 1},        {NAN, -1},
    {0.1, -0.2},   {-0.99999994, 1}, {1e-15, 1e-15}, {1e38, 1e-38}, {-0.0, 0.7}};
enum { N_WILD = sizeof wild_constants / sizeof *wild_constants };

static int class_of(double x) { return isnan(x) ? 0 : isinf(x) ? (x > 0 ? 1 : 2) : x == 0 ? 3 : 4; }

/* zeros: a zero has to stay one. */
static bool same_class(double x, double y, bool zeros) {
  int a = class_of(x), b = class_of(y);
  return a == b || (!zeros && a > 2 && b > 2);
}

static void keeps_classes(Ctx *ctx, const Graph *before, const Graph *after, Tensor **args,
                          const char *rule, bool zeros, double tolerance) {
  Tensor **x = run_graph(ctx, before, args, false), **y = run_graph(ctx, after, args, false);
  for (uint32_t i = 0; i < before->results.len; i++)
    for (int64_t k = 0; k < tensor_count(x[i]); k++) {
      double a = tensor_get(x[i], k), b = tensor_get(y[i], k);
      bool near =
          !(fabs(a) < INFINITY) || tolerance == INFINITY || fabs(a - b) <= tolerance * fabs(a);
      if (same_class(a, b, zeros) && near) continue;
      for (uint32_t p = 0; p < before->params.len; p++)
        if (tensor_count(args[p]) == tensor_count(x[i]))
          print_message("argument %u: %.9g\n", p, tensor_get(args[p], k));
      fail_msg("rule '%s', result %u[%d]: %.9g before, %.9g after\n%s\n%s", rule, i, (int)k, a, b,
               graph_str(before), graph_str(after));
    }
  free_tensors(x, before->results.len);
  free_tensors(y, after->results.len);
}

/* One axis with every tuple of the extremes for the names; whether the rule fired. */
static bool extreme_instance(int rule, int code, int way, const double *c) {
  Ctx *ctx = ctx_new();
  RuleShape shape = {1, {power(N_EXTREMES, rule_names(ctx, &rule_rows[rule]))}};
  Graph *g = rule_case(ctx, &rule_rows[rule], &(RuleCase){code, way, &shape, c});
  bool fired = false;
  if (g) {
    PassCtx *pc = pass_ctx(ctx, false);
    Graph *after = rewrite_graph(pc, g, true, rule);
    fired = rules_load(pc)->hits[rule] > 0;
    Tensor **args = make_args(ctx, g, false, 0, 1);
    for (uint32_t p = 0, each = 1; p < g->params.len; p++, each *= N_EXTREMES)
      for (int64_t k = 0; k < tensor_count(args[p]); k++) {
        int64_t digit = k / each % N_EXTREMES;
        bool real = args[p]->dtype == DT_f32;
        tensor_set(args[p], k,
                   real                        ? extremes[digit]
                   : args[p]->dtype == DT_bool ? digit & 1
                                               : digit);
      }
    if (fired) keeps_classes(ctx, g, after, args, rule_rows[rule].name, true, 1e-5);
    free_tensors(args, g->params.len);
  }
  ctx_free(ctx);
  return fired;
}

static bool has_constants(int rule) { return strstr(rule_rows[rule].lhs, "c0") != NULL; }

static void text_rules_keep_classes(void **state) {
  (void)state;
  int rules = 0, instances = 0;
  for (int rule = 0; rule < n_rules; rule++) {
    if (rule_rows[rule].fn || rule_rows[rule].grade == GRADE_fast) continue;
    int fired = 0, codes = count_codes(rule);
    for (int code = 0; code < codes; code++)
      for (int way = 0; way < RULE_WAYS; way++)
        for (int c = 0; c < (has_constants(rule) ? N_WILD : 1); c++)
          fired += extreme_instance(rule, code, way, wild_constants[c]);
    if (!fired) fail_msg("rule '%s' never fired at the default level", rule_rows[rule].name);
    rules++;
    instances += fired;
  }
  print_message("%d rules as text at the default level; %d instances on special values\n", rules,
                instances);
}

static void table_is_sound(void **state) {
  const char *wrong = rules_selfcheck(*state);
  if (wrong) fail_msg("%s", wrong);
}

/* ---- rules in C ---- */

#define X(dims) "  %0: f32[" dims "] = param(index=0) \"x\"\n"
static const struct {
  const char *rule, *nodes;
} examples[] = {
    {"cast_cast", "  %0: i32[N] = param(index=0) \"x\"\n  %1: f64[N] = cast(%0)\n  %2: i32[N] = "
                  "cast(%1)\n  return %2 \"y\"\n"},
    {"cast_cast", X("N") "  %1: f64[N] = cast(%0)\n  %2: bool[N] = cast(%1)\n  return %2 \"y\"\n"},
    {"transpose_broadcast",
     X("N, M") "  %1: f32[N, K, M] = broadcast(%0, axes=[0, 2])\n"
               "  %2: f32[M, K, N] = transpose(%1, perm=[2, 1, 0])\n  return %2 \"y\"\n"},
    {"transpose_dot",
     X("N, K") "  %1: f32[K, M] = param(index=1) \"w\"\n"
               "  %2: f32[N, M] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], "
               "contract_b=[0])\n"
               "  %3: f32[M, N] = transpose(%2, perm=[1, 0])\n  return %3 \"y\"\n"},
    {"transpose_dot",
     X("B, N, K") "  %1: f32[B, K, M, L] = param(index=1) \"w\"\n"
                  "  %2: f32[B, N, M, L] = dot(%0, %1, batch_a=[0], batch_b=[0], contract_a=[2], "
                  "contract_b=[1])\n"
                  "  %3: f32[B, M, L, N] = transpose(%2, perm=[0, 2, 3, 1])\n  return %3 \"y\"\n"},
    {"slice_pad", X("4, N") "  %1: f32[9, N] = pad(%0, value=2, lo=[3, 0])\n"
                            "  %2: f32[2, N] = slice(%1, starts=[4, 0])\n  %3: f32[2, N] = "
                            "slice(%1, starts=[7, 0])\n"
                            "  %4: f32[3, N] = slice(%1, starts=[0, 0])\n  return %2 \"y\", %3 "
                            "\"z\", %4 \"w\"\n"},
    {"slice_concat", X("4, N") "  %1: f32[M, N] = param(index=1) \"b\"\n  %2: f32[M + 4, N] = "
                               "concat(%0, %1, axis=0)\n"
                               "  %3: f32[3, N] = slice(%2, starts=[1, 0])\n  %4: f32[M, N] = "
                               "slice(%2, starts=[4, 0])\n"
                               "  return %3 \"y\", %4 \"z\"\n"},
    {"slice_broadcast", X("5") "  %1: f32[N, 5] = broadcast(%0, axes=[1])\n  %2: f32[1, 2] = "
                               "slice(%1, starts=[0, 3])\n"
                               "  return %2 \"y\"\n"},
    {"pad_pad", X("N") "  %1: f32[N + 3] = pad(%0, value=0, lo=[1])\n  %2: f32[N + 5] = pad(%1, "
                       "value=0, lo=[2])\n"
                       "  return %2 \"y\"\n"},
    {"concat_concat",
     X("N") "  %1: f32[M] = param(index=1) \"b\"\n  %2: f32[N + M] = concat(%0, %1, axis=0)\n"
            "  %3: f32[N + 2*M] = concat(%2, %1, axis=0)\n  return %3 \"y\"\n"},
    {"concat_slices", X("9, N") "  %1: f32[2, N] = slice(%0, starts=[3, 0])\n  %2: f32[4, N] = "
                                "slice(%0, starts=[5, 0])\n"
                                "  %3: f32[6, N] = concat(%1, %2, axis=0)\n  return %3 \"y\"\n"},
    {"reverse_broadcast",
     X("M") "  %1: f32[N, M] = broadcast(%0, axes=[1])\n  %2: f32[N, M] = reverse(%1, axis=0)\n"
            "  %3: f32[N, M] = reverse(%1, axis=1)\n  return %2 \"y\", %3 \"z\"\n"},
    {"add_pads", X("N, 2") "  %1: f32[N, 3] = param(index=1) \"b\"\n  %2: f32[N, 5] = pad(%0, "
                           "value=0, lo=[0, 0])\n"
                           "  %3: f32[N, 5] = pad(%1, value=0, lo=[0, 2])\n  %4: f32[N, 5] = "
                           "add(%2, %3)\n  return %4 \"y\"\n"},
    {"add_pads",
     X("2") "  %1: f32[2] = param(index=1) \"b\"\n  %2: f32[2] = param(index=2) \"c\"\n"
            "  %3: f32[8] = pad(%0, value=0, lo=[4])\n  %4: f32[8] = pad(%1, value=0, lo=[0])\n"
            "  %5: f32[8] = pad(%2, value=0, lo=[2])\n  %6: f32[8] = add(%3, %4)\n  %7: f32[8] = "
            "add(%6, %5)\n"
            "  return %7 \"y\"\n"},
    {"gather_iota",
     X("1") "  %1: <N>[B, T] = param(index=1) \"i\"\n  %2: i32[M, N, L] = iota(axis=1)\n"
            "  %3: i32[M, B, T, L] = gather(%2, %1, axis=1, batch=0)\n  return %3 \"y\"\n"},
    {"gather_iota",
     X("1") "  %1: <N>[B] = param(index=1) \"i\"\n  %2: i32[N, L] = iota(axis=1)\n"
            "  %3: i32[B, L] = gather(%2, %1, axis=0, batch=0)\n  return %3 \"y\"\n"},
    {"gather_identity",
     X("M, N") "  %1: <N>[N] = iota(axis=0)\n  %2: f32[M, N] = gather(%0, %1, axis=1, batch=0)\n"
               "  return %2 \"y\"\n"},
    {"gather_broadcast",
     X("M") "  %1: <N>[B, T] = param(index=1) \"i\"\n  %2: f32[M, N] = broadcast(%0, axes=[0])\n"
            "  %3: f32[M, B, T] = gather(%2, %1, axis=1, batch=0)\n  return %3 \"y\"\n"},
    {"gather_constant", X("M, 7, L") "  %1: <7>[B] = const(value=4)\n  %2: f32[M, B, L] = "
                                     "gather(%0, %1, axis=1, batch=0)\n"
                                     "  return %2 \"y\"\n"},
    {"scatter_identity", X("M, N") "  %1: <N>[N] = iota(axis=0)\n  %2: f32[M, N] = scatter_add(%1, "
                                   "%0, axis=1, batch=0)\n"
                                   "  return %2 \"y\"\n"},
    {"scatter_zero",
     X("1") "  %1: <N>[B] = param(index=1) \"i\"\n  %2: f32[B, L] = const(value=0)\n"
            "  %3: f32[N, L] = scatter_add(%1, %2, axis=0, batch=0)\n  return %3 \"y\"\n"},
    {"scatter_one", X("M, L, K") "  %1: <N>[M] = param(index=1) \"i\"\n"
                                 "  %2: f32[M, L, N, K] = scatter_add(%1, %0, axis=2, batch=1)\n  "
                                 "return %2 \"y\"\n"},
    {"sum_one_hot",
     X("M, N") "  %1: <N>[M] = param(index=1) \"i\"\n  %2: <N>[M, N] = iota(axis=1)\n"
               "  %3: <N>[M, N] = broadcast(%1, axes=[0])\n  %4: bool[M, N] = eq(%2, %3)\n"
               "  %5: f32[M, N] = cast(%4)\n  %6: f32[M, N] = mul(%0, %5)\n  %7: f32[M] = sum(%6, "
               "axes=[1])\n"
               "  return %7 \"y\"\n"},
    {"sum_one_hot",
     X("M, K") "  %1: <N>[M] = param(index=1) \"i\"\n  %2: i32[M] = cast(%1)\n"
               "  %3: i32[M, N, K] = iota(axis=1)\n  %4: i32[M, N, K] = broadcast(%2, axes=[0])\n"
               "  %5: bool[M, N, K] = eq(%3, %4)\n  %6: f32[M, N, K] = broadcast(%0, axes=[0, 2])\n"
               "  %7: f32[M, N, K] = const(value=0)\n  %8: f32[M, N, K] = where(%5, %6, %7)\n"
               "  %9: f32[K] = sum(%8, axes=[0, 1])\n  return %9 \"y\"\n"},
    {"sum_scatter",
     X("M, K") "  %1: <N>[M] = param(index=1) \"i\"\n  %2: bool[M] = param(index=2) \"b\"\n"
               "  %3: <N>[N] = iota(axis=0)\n  %4: <N>[N, M] = broadcast(%3, axes=[0])\n"
               "  %5: <N>[N, M] = broadcast(%1, axes=[1])\n  %6: bool[N, M] = eq(%4, %5)\n"
               "  %7: bool[N, M] = broadcast(%2, axes=[1])\n  %8: bool[N, M] = and(%6, %7)\n"
               "  %9: bool[N, M, K] = broadcast(%8, axes=[0, 1])\n"
               "  %10: f32[N, M, K] = broadcast(%0, axes=[1, 2])\n"
               "  %11: f32[N, M, K] = const(value=0)\n  %12: f32[N, M, K] = where(%9, %10, %11)\n"
               "  %13: f32[N, K] = sum(%12, axes=[1])\n  return %13 \"y\"\n"},
    {"sum_scatter",
     X("M, N") "  %1: <N>[M] = param(index=1) \"i\"\n  %2: i32[M] = cast(%1)\n"
               "  %3: i32[M, N] = iota(axis=1)\n  %4: i32[M, N] = broadcast(%2, axes=[0])\n"
               "  %5: bool[M, N] = eq(%3, %4)\n  %6: f32[M, N] = const(value=0)\n"
               "  %7: f32[M, N] = where(%5, %0, %6)\n  %8: f32[N] = sum(%7, axes=[0])\n"
               "  return %8 \"y\"\n"},
    {"sink_broadcast",
     X("M") "  %1: f32[L] = param(index=1) \"b\"\n  %2: f32[N, M, L] = broadcast(%0, axes=[1])\n"
            "  %3: f32[N, M, L] = broadcast(%1, axes=[2])\n  %4: f32[N, M, L] = add(%2, %3)\n"
            "  %5: f32[N, M, L] = const(value=2)\n  %6: f32[N, M, L] = mul(%4, %5)\n  return %6 "
            "\"y\"\n"},
    {"sink_transpose",
     X("N, M") "  %1: f32[N] = param(index=1) \"b\"\n  %2: f32[M, N] = transpose(%0, perm=[1, 0])\n"
               "  %3: f32[M, N] = broadcast(%1, axes=[1])\n  %4: f32[M, N] = add(%2, %3)\n"
               "  %5: f32[M, N] = tanh(%4)\n  return %5 \"y\"\n"},
    {"sink_gather",
     X("B, 100") "  %1: <100>[B] = param(index=1) \"i\"\n  %2: f32[B] = param(index=2) \"b\"\n"
                 "  %3: f32[B, 100] = broadcast(%2, axes=[0])\n  %4: f32[B, 100] = sub(%0, %3)\n"
                 "  %5: f32[B] = gather(%4, %1, axis=1, batch=1)\n  return %5 \"y\"\n"},
    {"sink_gather",
     X("M, 70, L") "  %1: <70>[2, 3] = param(index=1) \"i\"\n  %2: f32[M, 70, L] = const(value=2)\n"
                   "  %3: bool[M, 70, L] = lt(%0, %2)\n  %4: f32[M, 70, L] = where(%3, %0, %2)\n"
                   "  %5: f32[M, 2, 3, L] = gather(%4, %1, axis=1, batch=0)\n"
                   "  return %5 \"y\", %4 \"z\"\n"},
    {"sink_reshape",
     X("N, M, 3") "  %1: f32[3] = param(index=1) \"b\"\n  %2: f32[N*M, 3] = reshape(%0)\n"
                  "  %3: f32[N*M, 3] = broadcast(%1, axes=[1])\n  %4: f32[N*M, 3] = mul(%2, %3)\n  "
                  "return %4 \"y\"\n"},
    {"sum_unit",
     X("N, 1, 1") "  %1: f32[1] = sum(%0, axes=[0, 1])\n  %2: f32[N, 1] = sum(%0, axes=[1])\n"
                  "  return %1 \"y\", %2 \"z\"\n"},
    {"prod_unit", X("N, 1") "  %1: f32[N] = prod(%0, axes=[1])\n  return %1 \"y\"\n"},
    {"max_unit", X("N, 1") "  %1: f32[N] = max_over(%0, axes=[1])\n  return %1 \"y\"\n"},
    {"min_unit", X("N, 1") "  %1: f32[N] = min_over(%0, axes=[1])\n  return %1 \"y\"\n"},
    {"sum_broadcast",
     X("M, K") "  %1: f32[N, M, L, K] = broadcast(%0, axes=[1, 3])\n"
               "  %2: f32[M, L] = sum(%1, axes=[0, 3])\n  %3: f32 = sum(%1, axes=[0, 1, 2, 3])\n"
               "  return %2 \"y\", %3 \"z\"\n"},
    {"max_broadcast",
     X("M") "  %1: f32[3, M] = broadcast(%0, axes=[1])\n  %2: f32[M] = max_over(%1, axes=[0])\n"
            "  %3: f32[3] = max_over(%1, axes=[1])\n  return %2 \"y\", %3 \"z\"\n"},
    {"min_broadcast", X("M") "  %1: f32[3, M] = broadcast(%0, axes=[1])\n  %2: f32[M] = "
                             "min_over(%1, axes=[0])\n  return %2 \"y\"\n"},
    {"any_broadcast",
     "  %0: bool[M] = param(index=0) \"x\"\n  %1: bool[3, M] = broadcast(%0, axes=[1])\n"
     "  %2: bool = any(%1, axes=[0, 1])\n  return %2 \"y\"\n"},
    {"all_broadcast",
     "  %0: bool[M] = param(index=0) \"x\"\n  %1: bool[3, M] = broadcast(%0, axes=[1])\n"
     "  %2: bool[3] = all(%1, axes=[1])\n  return %2 \"y\"\n"},
    {"reduce_reduce",
     X("N, M, K, L") "  %1: f32[N, K] = sum(%0, axes=[1, 3])\n  %2: f32[N] = sum(%1, axes=[1])\n"
                     "  %3: f32[M, L] = max_over(%0, axes=[0, 2])\n  %4: f32[L] = max_over(%3, "
                     "axes=[0])\n"
                     "  return %2 \"y\", %4 \"z\"\n"},
    {"reduce_transpose",
     X("N, M, K, L") "  %1: f32[L, N, K, M] = transpose(%0, perm=[3, 0, 2, 1])\n"
                     "  %2: f32[L, M] = sum(%1, axes=[1, 2])\n  %3: f32[N, K] = sum(%1, axes=[0, "
                     "3])\n"
                     "  return %2 \"y\", %3 \"z\"\n"},
    {"sum_neg",
     X("N, M") "  %1: f32[N, M] = neg(%0)\n  %2: f32[N] = sum(%1, axes=[1])\n  return %2 \"y\"\n"},
    {"sum_scale", X("N, M, K") "  %1: f32[N, K] = param(index=1) \"b\"\n  %2: f32[N, M, K] = "
                               "broadcast(%1, axes=[0, 2])\n"
                               "  %3: f32[N, M, K] = mul(%0, %2)\n  %4: f32[N, K] = sum(%3, "
                               "axes=[1])\n  return %4 \"y\"\n"},
    {"sum_scale", X("N, M") "  %1: f32[N, M] = const(value=3)\n  %2: f32[N, M] = div(%0, %1)\n"
                            "  %3: f32[M] = sum(%2, axes=[0])\n  return %3 \"y\"\n"},
    {"sum_pad", X("N, M") "  %1: f32[N + 2, M + 3] = pad(%0, value=0, lo=[1, 2])\n  %2: f32[M + 3] "
                          "= sum(%1, axes=[0])\n"
                          "  return %2 \"y\"\n"},
    {"dot_transpose", X("K, N") "  %1: f32[M, K] = param(index=1) \"w\"\n  %2: f32[N, K] = "
                                "transpose(%0, perm=[1, 0])\n"
                                "  %3: f32[K, M] = transpose(%1, perm=[1, 0])\n"
                                "  %4: f32[N, M] = dot(%2, %3, batch_a=[], batch_b=[], "
                                "contract_a=[1], contract_b=[0])\n"
                                "  return %4 \"y\"\n"},
    {"dot_transpose", X("K, B, N") "  %1: f32[B, M, K] = param(index=1) \"w\"\n"
                                   "  %2: f32[B, N, K] = transpose(%0, perm=[1, 2, 0])\n"
                                   "  %3: f32[B, N, M] = dot(%2, %1, batch_a=[0], batch_b=[0], "
                                   "contract_a=[2], contract_b=[2])\n"
                                   "  return %3 \"y\"\n"},
    {"dot_splat", X("N, B, K") "  %1: f32[B, K, M] = const(value=3)\n"
                               "  %2: f32[B, N, M] = dot(%0, %1, batch_a=[1], batch_b=[0], "
                               "contract_a=[2], contract_b=[1])\n"
                               "  %3: f32[B, M, N] = dot(%1, %0, batch_a=[0], batch_b=[1], "
                               "contract_a=[1], contract_b=[2])\n"
                               "  return %2 \"y\", %3 \"z\"\n"},
};

/* Where the rules in C need a fact. */
static const struct {
  const char *rule, *nodes;
} known_examples[] = {
    {"sum_scale",
     X("N, 4, K") "  %1: f32[N, K] = param(index=1) \"b\"\n  %2: f32[N, K] = tanh(%1)\n"
                  "  %3: f32[N, 4, K] = broadcast(%2, axes=[0, 2])\n"
                  "  %4: f32[N, 4, K] = mul(%0, %3)\n  %5: f32[N, K] = sum(%4, "
                  "axes=[1])\n  return %5 \"y\"\n"},
    {"sum_scale",
     X("N, 3") "  %1: f32[N, 3] = param(index=1) \"b\"\n  %2: f32[N] = max_over(%0, axes=[1])\n"
               "  %3: f32[N, 3] = broadcast(%2, axes=[0])\n  %4: f32[N, 3] = sub(%0, %3)\n"
               "  %5: f32[N, 3] = exp(%4)\n  %6: f32[N] = sum(%5, axes=[1])\n"
               "  %7: f32[N, 3] = broadcast(%6, axes=[0])\n  %8: f32[N, 3] = div(%1, %7)\n"
               "  %9: f32[N] = sum(%8, axes=[1])\n  return %9 \"y\"\n"},
    {"sum_one_hot",
     X("M, N") "  %1: <N>[M] = param(index=1) \"i\"\n  %2: <N>[M, N] = iota(axis=1)\n"
               "  %3: <N>[M, N] = broadcast(%1, axes=[0])\n  %4: bool[M, N] = eq(%2, %3)\n"
               "  %5: f32[M, N] = cast(%4)\n  %6: i32[M, N] = param(index=2) \"k\"\n"
               "  %7: f32[M, N] = cast(%6)\n  %8: f32[M, N] = mul(%5, %7)\n"
               "  %9: f32[M] = sum(%8, axes=[1])\n  return %9 \"y\"\n"},
};
enum {
  N_EXAMPLES = sizeof examples / sizeof *examples,
  N_KNOWN = sizeof known_examples / sizeof *known_examples,
  DRAWS = 60
};

static int rule_by_name(const char *name) {
  for (int i = 0; i < n_rules; i++)
    if (!strcmp(rule_rows[i].name, name)) return i;
  fail_msg("no rule '%s'", name);
  return -1;
}

/* The graph of an example, with one more parameter that gives every symbol a value. */
static const char *example_text(Ctx *ctx, const char *nodes) {
  const char *end = strstr(nodes, "  return");
  int params = 0;
  for (const char *p = nodes; (p = strstr(p, "param(")) != NULL; p++) params++;
  return ctx_printf(
      ctx, "graph &0 \"f\" {\n%.*s  %%90: f32[N, M, K, L, B, T] = param(index=%d) \"sizes\"\n%s}\n",
      (int)(end - nodes), nodes, params, end);
}

static void examples_keep_values(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    Ctx *ctx = ctx_new();
    Graph *g = read_graph(ctx, example_text(ctx, examples[i].nodes));
    if (!apply_and_compare(ctx, g, rule_by_name(examples[i].rule)))
      fail_msg("rule '%s' did not fire on\n%s", examples[i].rule, graph_str(g));
    ctx_free(ctx);
  }
}

/* Mostly ordinary numbers, with an extreme one here and there. */
static void draw_extremes(Tensor **args, uint32_t n, uint64_t *state) {
  for (uint32_t p = 0; p < n; p++)
    for (int64_t k = 0; args[p]->dtype == DT_f32 && k < tensor_count(args[p]); k++) {
      double u = next_number(state), v = next_number(state);
      tensor_set(args[p], k, u < 0.15 ? extremes[(size_t)(v * N_EXTREMES)] : 4 * v - 2);
    }
}

/* Whether the rule fires at the default level; then NaN and infinities stay what they are. In
 * sums a zero may come or go. */
static bool example_keeps_classes(const char *name, const char *nodes) {
  Ctx *ctx = ctx_new();
  Graph *g = read_graph(ctx, example_text(ctx, nodes));
  int rule = rule_by_name(name);
  uint64_t state = 7;
  PassCtx *pc = pass_ctx(ctx, false);
  Graph *after = rewrite_graph(pc, g, true, rule);
  bool fired = rules_load(pc)->hits[rule] > 0;
  Tensor **args = make_args(ctx, g, false, 0, 1);
  for (int draw = 0; fired && draw < DRAWS; draw++) {
    draw_extremes(args, g->params.len, &state);
    keeps_classes(ctx, g, after, args, name, false, INFINITY);
  }
  free_tensors(args, g->params.len);
  ctx_free(ctx);
  return fired;
}

static void rules_in_c_keep_classes(void **state) {
  (void)state;
  bool *fired = calloc((size_t)n_rules, sizeof *fired);
  for (int i = 0; i < N_EXAMPLES; i++)
    fired[rule_by_name(examples[i].rule)] |=
        example_keeps_classes(examples[i].rule, examples[i].nodes);
  for (int i = 0; i < N_KNOWN; i++)
    if (!example_keeps_classes(known_examples[i].rule, known_examples[i].nodes))
      fail_msg("rule '%s' does not see the fact in\n%s", known_examples[i].rule,
               known_examples[i].nodes);
    else
      fired[rule_by_name(known_examples[i].rule)] = true;
  for (int r = 0; r < n_rules; r++)
    if (rule_rows[r].fn && !fired[r])
      fail_msg("rule '%s' never fired at the default level", rule_rows[r].name);
  free(fired);
}

/* Sums of products and loops: the passes that look at more than one node. */
static const char *const sums[] = {
    X("N, M") "  %1: f32[M, K] = param(index=1) \"b\"\n  %2: f32[N] = param(index=2) \"c\"\n"
              "  %3: f32[N, M, K] = broadcast(%0, axes=[0, 1])\n  %4: f32[N, M, K] = broadcast(%1, "
              "axes=[1, 2])\n"
              "  %5: f32[N, M, K] = broadcast(%2, axes=[0])\n  %6: f32[N, M, K] = mul(%3, %5)\n"
              "  %7: f32[N, M, K] = mul(%6, %4)\n  %8: f32[N, K] = sum(%7, axes=[1])\n  return %8 "
              "\"y\"\n",
    X("N, M") "  %1: f32[M, K] = param(index=1) \"b\"\n"
              "  %2: f32[N, K] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], "
              "contract_b=[0])\n"
              "  %3: f32[N] = sum(%2, axes=[1])\n  return %3 \"y\"\n",
    X("N") "  %1: f32[M, K] = param(index=1) \"b\"\n  %2: f32[N, M] = broadcast(%0, axes=[0])\n"
           "  %3: f32[N, K] = dot(%2, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n"
           "  return %3 \"y\"\n",
    X("N, M") "  %1: f32[M, K] = param(index=1) \"b\"\n  %2: f32[K, L] = param(index=2) \"c\"\n"
              "  %3: f32[N, K] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], "
              "contract_b=[0])\n"
              "  %4: f32[N, L] = dot(%3, %2, batch_a=[], batch_b=[], contract_a=[1], "
              "contract_b=[0])\n"
              "  return %4 \"y\"\n",
    X("N, M") "  %1: f32[M, K] = param(index=1) \"b\"\n  %2: f32[N, M] = const(value=1e30)\n"
              "  %3: f32[N, M] = mul(%0, %2)\n  %4: f32[N, M] = mul(%3, %2)\n"
              "  %5: f32[N, K] = dot(%4, %1, batch_a=[], batch_b=[], contract_a=[1], "
              "contract_b=[0])\n"
              "  return %5 \"y\"\n",
    X("N, M") "  %1: f32[N, M] = param(index=1) \"b\"\n  %2: f32[N, M] = param(index=2) \"c\"\n"
              "  %3: f32[N, M] = mul(%0, %1)\n  %4: f32[N, M] = mul(%2, %0)\n  %5: f32[N, M] = "
              "mul(%3, %4)\n"
              "  %6: f32[N, M] = add(%5, %3)\n  %7: f32[N, M] = sub(%6, %3)\n  %8: f32[M] = "
              "sum(%7, axes=[0])\n"
              "  return %8 \"y\"\n",
};

static void passes_keep_classes(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
    Ctx *ctx = ctx_new();
    uint64_t seed = i;
    Graph *g = read_graph(ctx, example_text(ctx, sums[i]));
    const Graph *after =
        pipeline_run(pass_ctx(ctx, false), g, "simplify,scan-hoist,scan-defer,contract,simplify");
    if (!after) fail_msg("%s", diag_text(ctx));
    Tensor **args = make_args(ctx, g, false, 0, 1);
    for (int draw = 0; draw < DRAWS; draw++) {
      draw_extremes(args, g->params.len, &seed);
      keeps_classes(ctx, g, after, args, "(pipeline)", false, INFINITY);
    }
    free_tensors(args, g->params.len);
    ctx_free(ctx);
  }
}

static void every_rule_in_c_has_an_example(void **state) {
  (void)state;
  int rules = 0;
  for (int r = 0; r < n_rules; r++) {
    rules += rule_rows[r].fn != NULL;
    bool found = !rule_rows[r].fn;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
      found |= !strcmp(examples[i].rule, rule_rows[r].name);
    if (!found) fail_msg("rule '%s' has no example", rule_rows[r].name);
  }
  print_message("%d rules in C; %zu examples\n", rules, sizeof examples / sizeof *examples);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(table_is_sound, setup_ctx, teardown_ctx),
      cmocka_unit_test(text_rules_keep_values),
      cmocka_unit_test(every_rule_in_c_has_an_example),
      cmocka_unit_test(examples_keep_values),
      cmocka_unit_test(text_rules_keep_classes),
      cmocka_unit_test(rules_in_c_keep_classes),
      cmocka_unit_test(passes_keep_classes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
