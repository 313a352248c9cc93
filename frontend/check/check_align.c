/* Operands of elementwise work: brought to one shape, as late and as small as possible.
 *
 * Hidden axes are matched by index variable, own axes from the right; an own axis of extent
 * literally 1 stretches. The order of the hidden axes of a result is that of an operand that has
 * them all, else the order in which the variables were introduced (those on the left of a
 * definition first), so that most definitions need no transpose at the end.
 */
#include "frontend/check/checker.h"

Shape shape_of(Check *c, const Value *v) {
  Shape s = {0};
  if (v->kind != VAL_tensor) return s;
  s.vars = v->tensor.vars;
  s.n_vars = v->tensor.n_vars;
  s.rank = value_rank(c, v);
  s.dims = (Sz *)value_dims(c, v);
  return s;
}

static bool has_var(const Shape *s, const IndexVar *var) {
  for (int i = 0; i < s->n_vars; i++)
    if (s->vars[i] == var) return true;
  return false;
}

int shape_var_axis(const Value *v, const IndexVar *var) {
  for (int i = 0; v->kind == VAL_tensor && i < v->tensor.n_vars; i++)
    if (v->tensor.vars[i] == var) return i;
  return -1;
}

static void insert_var(Shape *s, IndexVar *var) {
  int at = s->n_vars++;
  for (; at > 0 && s->vars[at - 1]->order > var->order; at--) s->vars[at] = s->vars[at - 1];
  s->vars[at] = var;
}

/* The union of the hidden axes. */
static void join_vars(Check *c, const Shape *shapes, int n, Shape *out) {
  int total = 0;
  for (int i = 0; i < n; i++) total += shapes[i].n_vars;
  out->vars = alloc(c, sizeof(IndexVar *) * (size_t)(total + 1));
  for (int i = 0; i < n; i++)
    for (int j = 0; j < shapes[i].n_vars; j++)
      if (!has_var(out, shapes[i].vars[j])) insert_var(out, shapes[i].vars[j]);
  for (int i = 0; i < n; i++)
    if (shapes[i].n_vars == out->n_vars && out->n_vars) {
      out->vars = shapes[i].vars;
      return;
    }
}

static void mismatch(Check *c, const Value *a, const Value *b, Sz x, Sz y, Span span) {
  diag_at(c->ctx, span, E_shape_mismatch, "the shapes do not fit: an axis of %s meets one of %s",
          size_str(c->ctx, x), size_str(c->ctx, y));
  diag_expected(c->ctx, "%s", value_str(c, a));
  diag_got(c->ctx, "%s", value_str(c, b));
  if (!span_none(a->span)) diag_note(c->ctx, a->span, "%s is declared here", value_str(c, a));
  if (!span_none(b->span)) diag_note(c->ctx, b->span, "%s is declared here", value_str(c, b));
  note_constants(c, x, y);
}

/* The own axes: matched from the right. */
static bool join_dims(Check *c, const Value *values, const Shape *shapes, int n, Span span,
                      Shape *out) {
  for (int i = 0; i < n; i++)
    if (shapes[i].rank > out->rank) out->rank = shapes[i].rank;
  out->dims = alloc(c, sizeof(Sz) * (size_t)(out->rank + 1));
  for (int axis = 1; axis <= out->rank; axis++) {
    int who = -1;
    Sz *dim = &out->dims[out->rank - axis];
    for (int i = 0; i < n; i++) {
      if (shapes[i].rank < axis) continue;
      Sz mine = shapes[i].dims[shapes[i].rank - axis];
      if (who >= 0 && !sz_eq(*dim, mine) && !size_is(c->ctx, mine, 1) &&
          !size_is(c->ctx, *dim, 1)) {
        mismatch(c, &values[who], &values[i], *dim, mine, span);
        return false;
      }
      if (who >= 0 && !size_is(c->ctx, *dim, 1)) continue;
      *dim = mine;
      who = i;
    }
  }
  return true;
}

static bool shape_join(Check *c, const Value *values, int n, Span span, Shape *out) {
  *out = (Shape){0};
  Shape *shapes = alloc(c, sizeof(Shape) * (size_t)(n + 1));
  for (int i = 0; i < n; i++) shapes[i] = shape_of(c, &values[i]);
  join_vars(c, shapes, n, out);
  return join_dims(c, values, shapes, n, span, out);
}

Value shape_move_vars(Check *c, Value v, IndexVar *const *vars, int n_vars) {
  int rank = value_info(c, &v)->rank;
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
  bool same = true;
  for (int i = 0; i < rank; i++) {
    perm[i] = i < n_vars ? shape_var_axis(&v, vars[i]) : i;
    same = same && perm[i] == i;
  }
  if (!same) v.tensor.ref = build_transpose(c->frame->graph, v.tensor.ref, perm);
  v.tensor.vars = (IndexVar **)vars;
  return v;
}

/* Own axes of extent 1 that have to stretch are dropped; keep[] tells which are left. */
static Value drop_ones(Check *c, Value v, const Shape *shape, bool *keep) {
  const TypeInfo *info = value_info(c, &v);
  int hidden = v.tensor.n_vars, rank = info->rank, kept = 0;
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(rank + 1));
  for (int i = 0; i < rank; i++) {
    int from_right = rank - i;
    keep[i] = i < hidden || sz_eq(info->dims[i], shape->dims[shape->rank - from_right]);
    if (keep[i]) dims[kept++] = info->dims[i];
  }
  if (kept < rank) v.tensor.ref = build_reshape(c->frame->graph, v.tensor.ref, dims, kept);
  return v;
}

static Sz *full_dims(Check *c, const Shape *shape) {
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(shape->n_vars + shape->rank + 1));
  for (int i = 0; i < shape->n_vars; i++) dims[i] = shape->vars[i]->extent;
  for (int i = 0; i < shape->rank; i++) dims[shape->n_vars + i] = shape->dims[i];
  return dims;
}

/* The variables of v in the order they have in the shape. */
static Value order_vars(Check *c, Value v, const Shape *shape) {
  IndexVar **vars = alloc(c, sizeof(IndexVar *) * (size_t)(v.tensor.n_vars + 1));
  int n = 0;
  for (int i = 0; i < shape->n_vars; i++)
    if (shape_var_axis(&v, shape->vars[i]) >= 0) vars[n++] = shape->vars[i];
  return shape_move_vars(c, v, vars, n);
}

Value shape_expand(Check *c, Value v, const Shape *shape, Span span) {
  Graph *g = graph_here(c, span);
  Sz *dims = full_dims(c, shape);
  int rank = shape->n_vars + shape->rank;
  const Node *node = graph_node(g, v.tensor.ref);
  if (node->op == OP_const) {
    v.tensor.ref = build_const(g, type_with_dims(c->ctx, node->type, dims, rank),
                               node_float(node, A_value, 0));
  } else {
    v = order_vars(c, v, shape);
    int old = value_info(c, &v)->rank, hidden = v.tensor.n_vars, kept = 0;
    bool *keep = alloc(c, (size_t)old + 1);
    int32_t *axes = alloc(c, sizeof(int32_t) * (size_t)(old + 1));
    v = drop_ones(c, v, shape, keep);
    for (int i = 0; i < old; i++) {
      if (!keep[i]) continue;
      int axis = rank - (old - i);
      if (i < hidden)
        for (axis = 0; shape->vars[axis] != v.tensor.vars[i]; axis++) {
        }
      axes[kept++] = axis;
    }
    if (kept < rank) v.tensor.ref = build_broadcast(g, v.tensor.ref, dims, rank, axes);
  }
  v.tensor.vars = shape->vars;
  v.tensor.n_vars = shape->n_vars;
  return v;
}

/* ---- elementwise ops ---- */

/* The operands whose element types have to agree: all but the condition of where. */
static int first_alike(Op op) { return op == OP_where ? 1 : 0; }

/* The element type that numbers among the operands take: that of a tensor, i32 beside an index. */
static Ty common_element(Check *c, Op op, const Value *v, int n) {
  for (int i = first_alike(op); i < n; i++)
    if (v[i].kind == VAL_tensor) return value_element(c, &v[i]);
  for (int i = first_alike(op); i < n; i++)
    if (v[i].kind == VAL_index) return type_scalar(c->ctx, DT_i32);
  return type_scalar(c->ctx, dtype_real(c->spec));
}

/* An index variable beside an index of the same axis is an index; elsewhere in arithmetic it is a
 * number. */
static Ty wanted_element(Check *c, Op op, const Value *v, Ty common) {
  if (v->kind != VAL_index) return common;
  const TypeInfo *info = type_info(c->ctx, common);
  bool compare = op_is(op, T_COMPARE) || op == OP_where;
  if (compare && info->dtype == DT_idx && sz_eq(info->extent, v->index->extent)) return common;
  return type_scalar(c->ctx, DT_i32);
}

/* What the user wrote for an op. */
static const char *shown_op(Op op) {
  static const char *const signs[N_OPS] = {
      [OP_add] = "+",  [OP_sub] = "-", [OP_mul] = "*", [OP_div] = "/", [OP_mod] = "%",
      [OP_pow] = "**", [OP_eq] = "==", [OP_ne] = "!=", [OP_lt] = "<",  [OP_le] = "<=",
      [OP_gt] = ">",   [OP_ge] = ">=", [OP_neg] = "-"};
  return signs[op] ? signs[op] : op_info[op].name;
}

/* Indices are compared and chosen, not counted with. */
static bool index_arithmetic(Check *c, Op op, const Value *operands, int n, Span span) {
  if (op_is(op, T_COMPARE) || op == OP_where || op == OP_stop_gradient || op == OP_as_sequence ||
      op == OP_fold)
    return false;
  for (int i = 0; i < n; i++) {
    const Value *v = &operands[i];
    if (v->kind != VAL_tensor || value_info(c, v)->dtype != DT_idx) continue;
    diag_at(c->ctx, span, E_index_type, "'%s' on an index, which is no number", shown_op(op));
    diag_got(c->ctx, "%s", value_str(c, v));
    diag_help(c->ctx, "i32(...) makes a number of it");
    return true;
  }
  return false;
}

/* The op as the text calls it; attr: of a plug-in's op, its name. */
static const char *called(const Check *c, Op op, const Attr *attr) {
  return attr ? ctx_text(c->ctx, attr->s) : shown_op(op);
}

static Value refuse_op(Check *c, const char *op, const Value *v, Span span) {
  diag_at(c->ctx, span, E_wrong_dtype, "'%s' cannot be applied to %s", op, value_str(c, v));
  if (value_info(c, v)->dtype == DT_i32) diag_help(c->ctx, "convert it: f32(...)");
  return value_poison();
}

/* A choice between two numbers of the text. */
static bool of_numbers(const Value *v) {
  const Graph *g = v->tensor.frame->graph;
  const Node *n = graph_node(g, v->tensor.ref);
  return n->op == OP_where && graph_node(g, n->operands[1])->op == OP_const &&
         graph_node(g, n->operands[2])->op == OP_const;
}

static bool same_elements(Check *c, Op op, const Attr *attr, const Value *v, int n, Span span) {
  for (int i = first_alike(op) + 1; i < n; i++) {
    Ty a = value_element(c, &v[i - 1]), b = value_element(c, &v[i]);
    if (ty_eq(a, b)) continue;
    const TypeInfo *ia = type_info(c->ctx, a), *ib = type_info(c->ctx, b);
    bool indices = ia->dtype == DT_idx && ib->dtype == DT_idx;
    diag_at(c->ctx, span, indices ? E_index_type : E_wrong_dtype,
            indices ? "indices into different axes meet"
                    : "'%s' wants operands of one element type",
            called(c, op, attr));
    diag_expected(c->ctx, "%s", type_str(c->ctx, a));
    diag_got(c->ctx, "%s", type_str(c->ctx, b));
    if (!indices)
      diag_help(c->ctx, "convert one of them: %s(...)",
                dtype_name[ia->dtype == DT_idx ? ib->dtype : ia->dtype]);
    if (of_numbers(&v[i - 1]) || of_numbers(&v[i]))
      diag_help(c->ctx,
                "numbers that meet no tensor are f32, as in where(c, 2, 0); i32(2) is an i32");
    return false;
  }
  return true;
}

static bool whole_in_index(Check *c, const Value *v, int n, Span span) {
  for (int i = 0; i < n; i++) {
    if (!c->mode.index || !v[i].whole_name || value_rank(c, &v[i]) == 0) continue;
    diag_at(c->ctx, span, E_unsubscripted,
            "inside index notation a tensor needs subscripts: this one is %s", value_str(c, &v[i]));
    if (!span_none(v[i].span)) diag_note(c->ctx, v[i].span, "declared here");
    diag_help(c->ctx, "write an index for each of its %d axes, as in x[b, n]",
              value_rank(c, &v[i]));
    return true;
  }
  return false;
}

static Value apply(Check *c, Op op, const Attr *attr, Value *operands, int n, Span span);

/* Tuples of equally many items: item by item, with what is no tuple for each of them. */
static Value apply_items(Check *c, Op op, const Attr *attr, const Value *operands, int n,
                         const Values *items, Span span) {
  Value out = value_tuple(values_new(c->ctx, items->len)), v[3];
  for (uint32_t k = 0; k < items->len; k++) {
    for (int i = 0; i < n; i++) {
      v[i] = operands[i];
      if (v[i].kind == VAL_tuple && v[i].items.len == items->len)
        v[i] = v[i].items.data[k];
      else if (v[i].kind == VAL_tuple) {
        diag_at(c->ctx, span, E_tuple_mismatch, "tuples of %u and %u items", items->len,
                v[i].items.len);
        return value_poison();
      }
    }
    out.items.data[k] = apply(c, op, attr, v, n, span);
    if (!value_ok(&out.items.data[k])) return value_poison();
  }
  return out;
}

/* attr: what the op needs beside operands, or NULL. */
static Value apply(Check *c, Op op, const Attr *attr, Value *operands, int n, Span span) {
  Value v[3];
  for (int i = 0; i < n; i++)
    if (!value_ok(&operands[i])) return value_poison();
  for (int i = 0; i < n; i++)
    if (operands[i].kind == VAL_tuple)
      return apply_items(c, op, attr, operands, n, &operands[i].items, span);
  if (whole_in_index(c, operands, n, span) || index_arithmetic(c, op, operands, n, span))
    return value_poison();
  Ty common = common_element(c, op, operands, n);
  for (int i = 0; i < n; i++) {
    Ty element = i < first_alike(op) ? type_scalar(c->ctx, DT_bool)
                                     : wanted_element(c, op, &operands[i], common);
    v[i] = value_to_tensor(c, operands[i], element, span);
    if (!value_ok(&v[i])) return v[i];
  }
  if (op != OP_fold && !same_elements(c, op, attr, v, n, span)) return value_poison();
  Shape shape;
  if (!shape_join(c, v, n, span, &shape)) return value_poison();
  Ref refs[3];
  for (int i = 0; i < n; i++) refs[i] = shape_expand(c, v[i], &shape, span).tensor.ref;
  Graph *g = graph_here(c, span);
  const char *why = NULL;
  Ty type = build_check(g, op, refs, n, attr, attr != NULL, NULL, TY_NONE, &why);
  if (!type.i) return refuse_op(c, called(c, op, attr), &v[0], span);
  Value out = value_tensor(c, build_op(g, op, refs, n, attr, attr != NULL, TY_NONE));
  out.tensor.vars = shape.vars;
  out.tensor.n_vars = shape.n_vars;
  return out;
}

Value apply_op(Check *c, Op op, Value *operands, int n, Span span) {
  return apply(c, op, NULL, operands, n, span);
}

Value apply_custom(Check *c, const CustomOp *op, Value *operands, Span span) {
  Attr symbol = attr_s(A_symbol, ctx_str(c->ctx, op->name));
  return apply(c, OP_custom, &symbol, operands, op->arity, span);
}
