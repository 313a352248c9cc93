/* Rules of plug-ins on numbers: see fuzz.h. What a grade promises stands in passes/rules/rules.def.
 */
#include <math.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/rule_case.h"
#include "ir/interp.h"
#include "passes/pipeline/pipeline.h"

static const RuleShape shapes[] = {{0, {0}}, {1, {37}}, {2, {1, 19}}, {3, {3, 1, 7}}};
static const double constants[][2] = {{2, 3}, {-0.5, 4}, {8, 0.25}};
/* Tuples of these for all names; rules graded fast promise nothing there. */
static const double special[] = {NAN,   INFINITY, -INFINITY, 0,   -0.0, 1,  -1,  1e15,
                                 -1e15, 1e-15,    -1e-15,    0.3, -2.5, 88, -104};
enum { N_SHAPES = sizeof shapes / sizeof *shapes, N_CONSTANTS = 3, N_SPECIAL = 15 };

typedef struct RuleTrial {
  Fuzz *f;
  const RuleRow *row;
  int number; /* of the rule */
  bool specials;
  PassCtx *passes; /* two: with all rules, and with those of the default level for special values */
  int fired;
  FuzzFault *fault;
} RuleTrial;

static bool is_real(const Tensor *t) { return t->dtype != DT_bool && t->dtype != DT_i32; }

/* Place k of parameter p is digit p of k, in the numbers of the list. */
static void fill_special(const Graph *g, Tensor **args) {
  for (int64_t p = 0, each = 1; p < g->params.len; p++, each *= N_SPECIAL)
    for (int64_t k = 0; k < tensor_count(args[p]); k++) {
      int64_t digit = k / each % N_SPECIAL;
      tensor_set(args[p], k,
                 is_real(args[p])            ? special[digit]
                 : args[p]->dtype == DT_bool ? (double)(digit & 1)
                                             : (double)(digit - 7));
    }
}

static int class_of(double x) { return isnan(x) ? 0 : isinf(x) ? (x > 0 ? 1 : 2) : x == 0 ? 3 : 4; }

static bool right(const RuleTrial *t, double before, double after) {
  if (t->row->grade == GRADE_exact)
    return (isnan(before) && isnan(after)) ||
           (before == after && signbit(before) == signbit(after));
  if (!isfinite(before) || !isfinite(after)) return class_of(before) == class_of(after);
  if (t->specials && class_of(before) != class_of(after)) return false;
  return fabs(before - after) <= 1e-5 * fmax(fabs(before), t->specials ? 0 : 1);
}

/* NULL, or the first place where the values are not what the grade promises. */
static const char *difference(const RuleTrial *t, const Graph *g, Tensor **args, const Tensor *x,
                              const Tensor *y) {
  for (int64_t k = 0; k < tensor_count(x); k++) {
    if (right(t, tensor_get(x, k), tensor_get(y, k))) continue;
    Text out = text_new(&t->f->ctx->arena);
    text_printf(&out, "%.9g before, %.9g after", tensor_get(x, k), tensor_get(y, k));
    for (uint32_t p = 0; p < g->params.len; p++)
      text_printf(&out, "%s%s = %.9g", p ? ", " : " for ",
                  ctx_text(t->f->ctx, graph_node(g, g->params.data[p])->name),
                  tensor_get(args[p], tensor_count(args[p]) == tensor_count(x) ? k : 0));
    return text_str(&out);
  }
  return NULL;
}

static bool compare(RuleTrial *t, const Graph *g, const Graph *after) {
  Ctx *ctx = t->f->ctx;
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1), *x = NULL, *y = NULL;
  Fault why = {0};
  SizeEnv none = {0};
  if (!oracle_args(g, &none, (uint64_t)t->fired, -2, 2, args, &why)) return true;
  if (t->specials) fill_special(g, args);
  const Tensor *const *given = (const Tensor *const *)args;
  bool ran =
      interp_run(ctx, g, given, &x, NULL, &why) && interp_run(ctx, after, given, &y, NULL, &why);
  const char *what = ran ? difference(t, g, args, x, y) : why.text;
  for (uint32_t p = 0; p < g->params.len; p++) tensor_free(args[p]);
  tensor_free(x);
  tensor_free(y);
  if (what) *t->fault = (FuzzFault){.what = what, .graph = g, .rule = t->row->name};
  return !what;
}

static bool try_case(RuleTrial *t, const RuleCase *c) {
  Graph *g = rule_case(t->f->ctx, t->row, c);
  if (!g) return true;
  PassCtx *pc = &t->passes[t->specials];
  uint32_t *hits = &rules_load(pc)->hits[t->number], before = *hits;
  const Graph *after = rewrite_graph(pc, g, true, t->number);
  if (*hits == before) return true;
  t->fired++;
  const char *wrong = graph_verify(after);
  if (!wrong) return compare(t, g, after);
  *t->fault = (FuzzFault){.what = wrong, .graph = g, .rule = t->row->name};
  return false;
}

static bool try_all(RuleTrial *t, int n_shapes, const RuleShape *tried) {
  for (int code = 0, codes = rule_codes(t->f->ctx, t->row); code < codes; code++)
    for (int way = 0; way < RULE_WAYS; way++)
      for (int s = 0; s < n_shapes; s++)
        for (int c = 0; c < N_CONSTANTS; c++)
          if (!try_case(t, &(RuleCase){code, way, &tried[s], constants[c]})) return false;
  return true;
}

static bool try_rule(RuleTrial *t) {
  int names = rule_names(t->f->ctx, t->row);
  RuleShape tuples = {1, {(int64_t)pow(N_SPECIAL, names)}};
  if (!try_all(t, N_SHAPES, shapes)) return false;
  t->specials = true;
  if (t->row->grade != GRADE_fast && names < 4 && !try_all(t, 1, &tuples)) return false;
  t->f->rules++;
  t->f->instances += t->fired;
  if (t->fired) return true;
  *t->fault = (FuzzFault){.what = "it never fired, on no element type, shape or known fact",
                          .rule = t->row->name};
  return false;
}

bool fuzz_rules(Fuzz *f, FuzzFault *fault) {
  const RuleSet *set = rules_load(f->plugins);
  PassCtx passes[2] = {*f->plugins, *f->plugins};
  for (int specials = 0; specials < 2; specials++) {
    passes[specials].options = pipeline_options();
    passes[specials].options.fast = !specials;
    memset(&passes[specials].states, 0, sizeof passes->states);
  }
  for (int i = 0; i < set->n; i++) {
    if (!set->rules[i].row->added) continue;
    RuleTrial t = {.f = f, .row = set->rules[i].row, .number = i, .passes = passes, .fault = fault};
    if (!try_rule(&t)) return false;
  }
  return true;
}
