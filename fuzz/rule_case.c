/* Instances of rules: see rule_case.h. */
#include "fuzz/rule_case.h"

static const DType rule_dtypes[RULE_DTYPES] = {DT_f32, DT_i32, DT_bool};

static Ty shaped(Ctx *ctx, DType dtype, const RuleShape *shape) {
  Sz dims[3];
  for (int i = 0; i < shape->rank; i++) dims[i] = size_const(ctx, shape->dims[i]);
  return type_tensor(ctx, dtype, dims, shape->rank);
}

/* The formula in g, or REF_NONE when an op does not take its operands. */
static Ref try_build(Graph *g, const Formula *e, const ExprBindings *b, Ty like) {
  if (e->kind == EXPR_NAME) return b->ref[e->name];
  if (e->kind == EXPR_NUMBER)
    return build_const(g, e->logical ? type_with_dtype(g->ctx, like, DT_bool) : like, e->number);
  Ref operands[3];
  Ty inner = like;
  for (int pass = 0; pass < 2; pass++) /* what has names first: numbers take its type */
    for (int i = 0; i < e->n; i++) {
      bool condition = e->op == OP_where && i == 0;
      if ((expr_names(e->args[i]) != 0) != (pass == 0)) continue;
      Ty want = condition ? type_with_dtype(g->ctx, inner, DT_bool) : inner;
      operands[i] = try_build(g, e->args[i], b, want);
      if (ref_none(operands[i])) return REF_NONE;
      if (!condition && expr_names(e->args[i])) inner = graph_type(g, operands[i]);
    }
  const char *why;
  Attr symbol = attr_s(A_symbol, e->custom ? ctx_str(g->ctx, e->custom->name) : (Str){0});
  int n_attrs = e->custom != NULL;
  if (!build_check(g, e->op, operands, e->n, &symbol, n_attrs, NULL, TY_NONE, &why).i)
    return REF_NONE;
  return build_op(g, e->op, operands, e->n, &symbol, n_attrs, TY_NONE);
}

/* Binds each name of the formula: parameters of the given element types, constants. code: one digit
 * for each name. */
static ExprBindings bind_names(Graph *g, const Formula *e, int code, const RuleShape *shape,
                               const double *c) {
  ExprBindings b = expr_bindings();
  unsigned names = expr_names(e);
  for (int i = 0; i < N_EXPR_NAMES; i++) {
    if (!(names >> i & 1)) continue;
    DType dtype = rule_dtypes[code % RULE_DTYPES];
    code /= RULE_DTYPES;
    Ty type = shaped(g->ctx, dtype, shape);
    b.ref[i] = i >= EXPR_c0
                   ? build_const(g, type, dtype == DT_f32 ? c[(i - EXPR_c0) & 1] : 1)
                   : graph_param(g, type, ctx_str(g->ctx, ctx_printf(g->ctx, "p%d", i)), NULL, 0);
  }
  return b;
}

/* Values whose facts are known: what a default rule may ask for. */
static Ref wrapped(Graph *g, Ref a, int way) {
  Ty type = graph_type(g, a);
  Ref two = build_const(g, type, 2), small = build_const(g, type, 0.001);
  switch (way) {
  case 1:
    return build1(g, OP_abs, a);
  case 2:
    return build1(g, OP_sigmoid, a);
  case 3:
    return build2(g, OP_add, build1(g, OP_sigmoid, a), small);
  case 4:
    return build1(g, OP_tanh, a);
  case 5:
    return build3(g, OP_where, build2(g, OP_gt, a, two), two, small);
  default:
    return a;
  }
}

static void wrap_names(Graph *g, ExprBindings *b, unsigned names, int way) {
  for (int i = 0; i < EXPR_c0; i++)
    if ((names >> i & 1) && dtype_is_float(graph_info(g, b->ref[i])->dtype))
      b->ref[i] = wrapped(g, b->ref[i], way);
}

static const Formula *left_of(Ctx *ctx, const RuleRow *row) {
  const char *why = NULL;
  return expr_parse_in(ctx, row->lhs, &why);
}

Graph *rule_case(Ctx *ctx, const RuleRow *row, const RuleCase *c) {
  Graph *g = graph_new(ctx, ctx_str(ctx, row->name));
  const Formula *left = left_of(ctx, row);
  ExprBindings b = bind_names(g, left, c->code, c->shape, c->constants);
  wrap_names(g, &b, expr_names(left), c->way);
  Ref root = try_build(g, left, &b, shaped(ctx, DT_f32, c->shape));
  if (ref_none(root)) return NULL;
  graph_result(g, root, ctx_str(ctx, "y"));
  return g;
}

int rule_codes(Ctx *ctx, const RuleRow *row) {
  int codes = 1;
  for (unsigned names = expr_names(left_of(ctx, row)); names; names &= names - 1)
    codes *= RULE_DTYPES;
  return codes;
}

int rule_names(Ctx *ctx, const RuleRow *row) {
  return __builtin_popcount(expr_names(left_of(ctx, row)) & ((1u << EXPR_c0) - 1));
}
