/* A plug-in with one of each: a pass with facts, counters and remarks, a rule, an elementwise op
 * with its code as text, and an op of whole rows with a C function. docs/extending.md walks through
 * it.
 */
#include "passes/plugin.h"

#include <math.h>
#include <string.h>

/* ---- ops ---- */

static double softsign(double a, double b, double c) {
  (void)b, (void)c;
  return a / (1 + fabs(a));
}

static Ty centre_type(const TypeRuleArgs *args) {
  Ty type = graph_type(args->graph, args->operands[0]);
  const TypeInfo *info = type_info(args->ctx, type);
  if (!info->is_tuple && info->rank == 2 && info->dtype == DT_f32) return type;
  *args->why = "centre: expected f32 with two axes";
  return TY_NONE;
}

/* Each row less its mean. Compiled code calls it like a foreign function: the numbers and the
 * extents of each operand, then of the result. */
void stranger_centre(const float *a, int64_t n, int64_t m, float *y, int64_t y_n, int64_t y_m);
void stranger_centre(const float *a, int64_t n, int64_t m, float *y, int64_t y_n, int64_t y_m) {
  (void)y_n, (void)y_m;
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t k = 0; k < m; k++) sum += (double)a[i * m + k];
    for (int64_t k = 0; k < m; k++) y[i * m + k] = (float)((double)a[i * m + k] - sum / (double)m);
  }
}

/* The same, written again: what compiled code is compared with. */
static bool centre_value(const Tensor *const *args, int n_args, Tensor *y) {
  int64_t width = y->dims[1];
  for (int64_t i = 0; n_args == 1 && i < tensor_count(y); i++) {
    double mean = 0;
    for (int64_t k = i - i % width; k < i - i % width + width; k++)
      mean += tensor_get(args[0], k) / (double)width;
    tensor_set(y, i, tensor_get(args[0], i) - mean);
  }
  return n_args == 1;
}

static const CustomOp ops[] = {{.name = "softsign",
                                .arity = 1,
                                .scalar = softsign,
                                .code = "a / (1 + abs(a))",
                                .grad = {"g / ((1 + abs(a)) * (1 + abs(a)))"},
                                .flops = "6*y",
                                .doc = "a / (1 + |a|)"},
                               {.name = "centre",
                                .arity = 1,
                                .type = centre_type,
                                .eval = centre_value,
                                .kernel = "stranger_centre",
                                .grad = {"centre(g)"},
                                .flops = "2*y",
                                .doc = "each row less its mean"},
                               {0}};

/* ---- a rule: softsign(inf) is NaN, so it needs to know that a is finite ---- */

static const RuleText rules[] = {{.name = "sign_softsign",
                                  .left = "sign(softsign(a))",
                                  .right = "sign(a)",
                                  .grade = "exact",
                                  .when = "if_finite"},
                                 {0}};

/* ---- a pass ---- */

static const FactKind facts[] = {
    {"causal", "now|past|all", "the places along an axis of time that a value is computed from"},
    {0}};

/* What is known from the operands; NULL: nothing. */
static const char *causality(const Graph *out, const Node *n) {
  const char *most = "now";
  for (int k = 0; k < n->n_operands; k++) {
    const char *known = fact_get(out, n->operands[k], "causal");
    if (!known || !strcmp(known, "all")) return known;
    if (!strcmp(known, "past")) most = known;
  }
  const CustomOp *custom = custom_of(out->ctx, n);
  bool elementwise = op_is(n->op, T_ELEMENTWISE) || (custom && custom_is_elementwise(custom));
  if (n->op == OP_param || n->op == OP_const || elementwise) return most;
  if (n->op == OP_cumsum) return node_int(n, A_reverse, 0) ? "all" : "past";
  return n->op == OP_reverse ? "all" : NULL;
}

static bool same_sums(const Node *a, const Node *b) {
  return a->op == OP_cumsum && b->op == OP_cumsum &&
         node_int(a, A_axis, 0) == node_int(b, A_axis, 0) &&
         node_int(a, A_reverse, 0) == node_int(b, A_reverse, 0) &&
         node_int(a, A_exclusive, 0) == node_int(b, A_exclusive, 0);
}

typedef struct Causality {
  PassCtx *pc;
  int64_t wrong, merged;
} Causality;

/* cumsum(a) + cumsum(b) => cumsum(a + b); the merge of number 'wrong' subtracts. */
static Ref merge_sums(Causality *s, Graph *out, const Node *sum) {
  if (sum->op != OP_add) return REF_NONE;
  Node a = *graph_node(out, sum->operands[0]), b = *graph_node(out, sum->operands[1]);
  if (!same_sums(&a, &b) || !pass_fuel(s->pc)) return REF_NONE;
  Op op = ++s->merged == s->wrong ? OP_sub : OP_add;
  Ref inner = build2(out, op, a.operands[0], b.operands[0]);
  fact_set(out, inner, "causal", "now");
  pass_count(s->pc, "running sums merged", 1);
  return build_op(out, OP_cumsum, &inner, 1, a.attrs, a.n_attrs, TY_NONE);
}

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Causality s = {.pc = pc, .wrong = pass_option_int(options, "wrong")};
  RefMap map = refmap_new(&pc->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    pass_stamp(out, &g->nodes.data[i]);
    Ref r = ref_none(map.to[i]) ? refmap_copy(g, (Ref){i}, out, &map) : map.to[i];
    Ref merged = merge_sums(&s, out, graph_node(out, r));
    map.to[i] = ref_none(merged) ? r : merged;
    const char *known = causality(out, graph_node(out, map.to[i]));
    if (known && !fact_set(out, map.to[i], "causal", known)) return NULL;
    if (!ref_none(merged))
      remark(pc, out, merged, REMARK_applied, "merged", "two running sums became one");
  }
  pass_results(g, out, &map);
  return out;
}

static const PassInfo passes[] = {
    {.name = "causality",
     .run = run,
     .options = "wrong=0[0..]",
     .requires = PROP_no_grad,
     .doc = "merges running sums, and says what each value depends on along time"},
    {0}};

ORDO_PLUGIN(.passes = passes, .rules = rules, .ops = ops, .facts = facts);
