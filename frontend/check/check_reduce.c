/* Index functions: sum[n](e) and its kind remove the axes of their indices; softmax[n](e),
 * sort[n](e) and their kind work along them and keep them. The table is
 * frontend/syntax/index_functions.def; here is how its rows are built.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/checker.h"

typedef enum Elements { OF_any, OF_numbers, OF_floats, OF_bools } Elements;

typedef struct IndexFn IndexFn;
struct IndexFn {
  const char *name;
  bool keeps, single;
  Elements elements;
  /* Of operands whose element type fits, along n axes in rising order. */
  Value (*build)(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n, Span span);
  Value (*whole)(Check *c, const Expr *x); /* in place of build: what the row makes of a use */
  const char *use;
  Op op;
  const char *text, *empty, *doc;
};

/* ---- pieces ---- */

static const char *const elements_shown[] = {
    [OF_any] = "any", [OF_numbers] = "numbers", [OF_floats] = "a float type", [OF_bools] = "bool"};

static bool element_fits(Check *c, const IndexFn *row, const Value *v, Span span) {
  DType d = value_info(c, v)->dtype;
  bool number = d == DT_i32 || dtype_is_float(d);
  if (row->elements == OF_any || (row->elements == OF_numbers && number) ||
      (row->elements == OF_floats && dtype_is_float(d)) ||
      (row->elements == OF_bools && d == DT_bool))
    return true;
  diag_at(c->ctx, span, E_wrong_dtype, "'%s' wants %s", row->name, elements_shown[row->elements]);
  diag_got(c->ctx, "%s", value_str(c, v));
  return false;
}

/* The variables that are left when axes (of hidden variables or own) are removed. */
static Value without(Check *c, Value v, Ref ref, const int32_t *axes, int n) {
  Value out = value_tensor(c, ref);
  out.tensor.vars = alloc(c, sizeof(IndexVar *) * (size_t)(v.tensor.n_vars + 1));
  for (int i = 0, k = 0; i < v.tensor.n_vars; i++) {
    while (k < n && axes[k] < i) k++;
    if (k < n && axes[k] == i) continue;
    out.tensor.vars[out.tensor.n_vars++] = v.tensor.vars[i];
  }
  return out;
}

static Value like(Value v, Ref ref) {
  v.tensor.ref = ref;
  v.whole_name = false;
  return v;
}

/* A reduced value back at the shape of the operand. */
static Ref spread(Check *c, Ref reduced, const Value *v, const int32_t *axes, int n) {
  const TypeInfo *info = value_info(c, v);
  int32_t *at = alloc(c, sizeof(int32_t) * (size_t)(info->rank + 1));
  for (int i = 0, k = 0, m = 0; i < info->rank; i++) {
    if (k < n && axes[k] == i)
      k++;
    else
      at[m++] = i;
  }
  return build_broadcast(c->frame->graph, reduced, info->dims, info->rank, at);
}

/* ---- what the names mean ---- */

static Value build_plain(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                         Span span) {
  return without(c, v, build_reduce(graph_here(c, span), row->op, v.tensor.ref, axes, n), axes, n);
}

static Value build_mean(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                        Span span) {
  Sz count = size_const(c->ctx, 1);
  for (int i = 0; i < n; i++) count = size_mul(c->ctx, count, value_info(c, &v)->dims[axes[i]]);
  Value pair[2] = {build_plain(c, row, v, axes, n, span), value_size(c->ctx, count)};
  return apply_op(c, OP_div, pair, 2, span);
}

static Value build_arg(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                       Span span) {
  Attr axis = attr_i(A_axis, axes[0]);
  Ref y = build_op(graph_here(c, span), row->op, &v.tensor.ref, 1, &axis, 1, TY_NONE);
  return without(c, v, y, axes, n);
}

static Value build_along(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                         Span span) {
  (void)n;
  Attr axis = attr_i(A_axis, axes[0]);
  return like(v, build_op(graph_here(c, span), row->op, &v.tensor.ref, 1, &axis, 1, TY_NONE));
}

/* x - max(x), where the maximum is a constant for derivatives: nothing overflows. */
static Ref shifted(Check *c, const Value *v, const int32_t *axes, int n, Ref *max) {
  Graph *g = c->frame->graph;
  *max = build1(g, OP_stop_gradient, build_reduce(g, OP_max_over, v->tensor.ref, axes, n));
  return build2(g, OP_sub, v->tensor.ref, spread(c, *max, v, axes, n));
}

static Value build_softmax(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                           Span span) {
  (void)row;
  Graph *g = graph_here(c, span);
  Ref max, e = build1(g, OP_exp, shifted(c, &v, axes, n, &max));
  Ref sum = build_reduce(g, OP_sum, e, axes, n);
  return like(v, build2(g, OP_div, e, spread(c, sum, &v, axes, n)));
}

static Value build_log_softmax(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                               Span span) {
  (void)row;
  Graph *g = graph_here(c, span);
  Ref max, x = shifted(c, &v, axes, n, &max);
  Ref sum = build_reduce(g, OP_sum, build1(g, OP_exp, x), axes, n);
  return like(v, build2(g, OP_sub, x, spread(c, build1(g, OP_log, sum), &v, axes, n)));
}

/* A maximum that is not finite is not subtracted: log of nothing but zeros is -inf, not NaN. */
static Value build_logsumexp(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                             Span span) {
  (void)row;
  Graph *g = graph_here(c, span);
  Ref max = build1(g, OP_stop_gradient, build_reduce(g, OP_max_over, v.tensor.ref, axes, n));
  Ty type = graph_type(g, max);
  Ref finite = build2(g, OP_lt, build1(g, OP_abs, max), build_const(g, type, INFINITY));
  Ref shift = build3(g, OP_where, finite, max, build_const(g, type, 0));
  Ref x = build2(g, OP_sub, v.tensor.ref, spread(c, shift, &v, axes, n));
  Ref sum = build_reduce(g, OP_sum, build1(g, OP_exp, x), axes, n);
  return without(c, v, build2(g, OP_add, build1(g, OP_log, sum), shift), axes, n);
}

static Value build_text(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                        Span span) {
  (void)n;
  return like(v, index_text(c, row->name, row->text, row->empty, v.tensor.ref, axes[0], span));
}

static const IndexFn rows[] = {
#define INDEX_FN(function, ...) {.name = #function, __VA_ARGS__},
#include "frontend/syntax/index_functions.def"
#undef INDEX_FN
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static const IndexFn *find_row(Ctx *ctx, Str name) {
  const char *text = ctx_text(ctx, name);
  for (size_t i = 0; i < N_ROWS; i++)
    if (!strcmp(rows[i].name, text)) return &rows[i];
  return NULL;
}

bool reduce_keeps(Ctx *ctx, Str name) {
  const IndexFn *row = find_row(ctx, name);
  return row && row->keeps && !row->whole;
}

bool reduce_known(Ctx *ctx, Str name) { return find_row(ctx, name) != NULL; }

void reduce_names(Ctx *ctx, void (*visit)(void *user, Str name), void *user) {
  for (size_t i = 0; i < N_ROWS; i++) visit(user, ctx_str(ctx, rows[i].name));
}

const SpecIndexFn *spec_index_function(Ctx *ctx, uint32_t i) {
  if (i >= N_ROWS) return NULL;
  const IndexFn *row = &rows[i];
  SpecIndexFn *out = arena_new(&ctx->arena, SpecIndexFn);
  *out = (SpecIndexFn){.name = row->name,
                       .keeps = row->keeps,
                       .single = row->single,
                       .use = row->use,
                       .elements = elements_shown[row->elements],
                       .text = row->text,
                       .empty = row->empty,
                       .doc = row->doc};
  return out;
}

/* ---- with indices ---- */

/* The variables of the brackets: new ones for what removes or what nobody has bound. */
static IndexVar **bracket_vars(Check *c, const Expr *x, const IndexFn *row, uint32_t *fresh) {
  IndexVar **vars = alloc(c, sizeof(IndexVar *) * (x->reduce.n_indices + 1));
  for (uint32_t i = 0; i < x->reduce.n_indices; i++) {
    Name name = x->reduce.indices[i];
    Binding *b = row->keeps ? scope_find(c->scope, name.str) : NULL;
    if (b && b->value.kind == VAL_index && !b->value.index->loop) {
      vars[i] = b->value.index;
      place_word(c->scope->places, WORD_index, name, b->declared, &b->value);
      continue;
    }
    if (i && str_eq(name.str, x->reduce.indices[i - 1].str)) {
      diag_at(c->ctx, name.span, E_bad_index_function, "'%s' stands twice in the brackets",
              ctx_text(c->ctx, name.str));
      vars[i - 1]->wrong = true;
    }
    vars[i] = index_new(c, name);
    vars[i]->kept = row->keeps;
    index_push(c, vars[i]);
    (*fresh)++;
  }
  return vars;
}

/* A value constant along a variable gets the axis if the extent is known. */
static bool has_axes(Check *c, Value *v, IndexVar **vars, const Expr *x) {
  for (uint32_t i = 0; i < x->reduce.n_indices; i++) {
    if (shape_var_axis(v, vars[i]) >= 0) continue;
    const char *name = ctx_text(c->ctx, vars[i]->name);
    if (vars[i]->wrong) return false;
    if (!vars[i]->extent.i) {
      diag_at(c->ctx, x->reduce.indices[i].span, E_unused_index,
              "the index '%s' does not occur in the operand", name);
      return false;
    }
    Shape shape = shape_of(c, v), wide = shape;
    wide.vars = alloc(c, sizeof(IndexVar *) * (size_t)(shape.n_vars + 1));
    for (int k = 0; k < shape.n_vars; k++) wide.vars[k] = shape.vars[k];
    wide.vars[wide.n_vars++] = vars[i];
    *v = shape_expand(c, *v, &wide, x->span);
  }
  return true;
}

static Value build_row(Check *c, const IndexFn *row, Value v, const int32_t *axes, int n,
                       Span span) {
  return element_fits(c, row, &v, span) ? row->build(c, row, v, axes, n, span) : value_poison();
}

static Value reduce_vars(Check *c, const IndexFn *row, Value v, IndexVar **vars, const Expr *x) {
  int n = (int)x->reduce.n_indices;
  int32_t *axes = alloc(c, sizeof(int32_t) * (size_t)(n + 1));
  if (!has_axes(c, &v, vars, x)) return value_poison();
  for (int i = 0; i < n; i++) {
    int32_t axis = shape_var_axis(&v, vars[i]);
    int at = i;
    for (; at > 0 && axes[at - 1] > axis; at--) axes[at] = axes[at - 1];
    axes[at] = axis;
  }
  for (int i = 1; i < n; i++)
    if (axes[i] == axes[i - 1]) {
      diag_at(c->ctx, x->span, E_bad_index_function, "one index stands twice in the brackets");
      return value_poison();
    }
  return build_row(c, row, v, axes, n, x->span);
}

static Value over_indices(Check *c, const Expr *x, const IndexFn *row) {
  Scope *outer = c->scope;
  Mode before = mode_set(c, mode_index(c->mode, true));
  uint32_t fresh = 0;
  c->scope = scope_new(c->ctx, outer);
  IndexVar **vars = bracket_vars(c, x, row, &fresh);
  const Expr *operand = x->reduce.args.data[0].value;
  if (fresh) index_infer(c, operand);
  Value v = elab_expr(c, operand);
  if (value_ok(&v)) v = value_to_tensor(c, v, TY_NONE, operand->span);
  if (value_ok(&v) && v.whole_name && value_rank(c, &v) > 0) {
    apply_op(c, OP_stop_gradient, &v, 1, operand->span); /* reports the missing subscripts */
    v = value_poison();
  }
  if (value_ok(&v)) v = reduce_vars(c, row, v, vars, x);
  index_pop(c, fresh);
  c->scope = outer;
  c->mode = before;
  return v;
}

/* ---- without ---- */

/* A function of the table over all own axes of a tensor. */
Value reduce_whole(Check *c, Str name, Value v, Span span) {
  const IndexFn *row = find_row(c->ctx, name);
  v = value_to_tensor(c, v, TY_NONE, span);
  if (!value_ok(&v)) return v;
  int n = value_rank(c, &v), hidden = v.tensor.n_vars;
  if (!row->keeps && (!row->single || n == 1)) {
    int32_t *axes = alloc(c, sizeof(int32_t) * (size_t)(n + 1));
    for (int i = 0; i < n; i++) axes[i] = hidden + i;
    return build_row(c, row, v, axes, n, span);
  }
  diag_at(c->ctx, span, E_bad_index_function, "'%s' needs the index it works along", row->name);
  diag_help(c->ctx, "write y[b, n] = %s[n](x[b, n])", row->name);
  return value_poison();
}

Value elab_reduce(Check *c, const Expr *x) {
  const char *name = ctx_text(c->ctx, x->reduce.name.str);
  const IndexFn *row = find_row(c->ctx, x->reduce.name.str);
  if (row->whole) return row->whole(c, x);
  if (x->reduce.args.len != 1 || !str_none(x->reduce.args.data[0].name.str)) {
    diag_at(c->ctx, x->span, E_argument, "'%s' with indices takes one operand, not %u", name,
            x->reduce.args.len);
    return value_poison();
  }
  if (x->reduce.axis) {
    diag_at(c->ctx, x->reduce.axis->span, E_bad_index_function,
            "'%s' works along an index, not an axis", name);
    return value_poison();
  }
  if (!x->reduce.n_indices)
    return reduce_whole(c, x->reduce.name.str, elab_expr(c, x->reduce.args.data[0].value), x->span);
  if (row->single && x->reduce.n_indices != 1) {
    diag_at(c->ctx, x->span, E_bad_index_function, "'%s' works along exactly one index", name);
    return value_poison();
  }
  return over_indices(c, x, row);
}
