/* Builtin functions: the elementwise ops that have a name in the language (.builtin in ir/ops.def),
 * the table frontend/check/builtins.def, and the handlers of those that are about elements. */
#include <math.h>
#include <string.h>

#include "frontend/check/checker.h"

typedef struct Call {
  const char *name;
  int op; /* of the row: an Op, a DType or a number */
  Value *v;
  uint32_t n;
  Span span;
} Call;

/* ---- elementwise ---- */

/* floor(D / heads) of sizes is a size, of other numbers a number. */
static bool floor_number(Check *c, const Value *v, Value *out) {
  if (v->kind != VAL_number || (!v->number.known && !v->number.size.i)) return false;
  *out = v->number.known ? value_number(c->ctx, floor(v->number.f))
                         : value_size(c->ctx, v->number.size);
  return true;
}

static Value elementwise(Check *c, Call *k) {
  Value known;
  if (k->op == OP_floor && floor_number(c, k->v, &known)) return known;
  for (uint32_t i = 0; i < k->n; i++) {
    const Value *v = &k->v[i];
    if (v->kind != VAL_layer && v->kind != VAL_text && v->kind != VAL_layers) continue;
    diag_at(c->ctx, k->span, E_not_tensor, "'%s' cannot be applied to %s", k->name,
            value_str(c, v));
    return value_poison();
  }
  const CustomOp *op = custom_find(c->ctx, k->name);
  return op ? apply_custom(c, op, k->v, k->span) : apply_op(c, (Op)k->op, k->v, (int)k->n, k->span);
}

/* Also allowed on a whole tensor inside index notation, and on every item of a tuple. */
static Value whole_elementwise(Check *c, Call *k) {
  if (k->v->kind != VAL_tuple) {
    k->v->whole_name = false;
    return elementwise(c, k);
  }
  Value out = value_tuple(values_new(c->ctx, k->v->items.len));
  for (uint32_t i = 0; i < out.items.len; i++) {
    Call item = {k->name, k->op, &k->v->items.data[i], 1, k->span};
    out.items.data[i] = whole_elementwise(c, &item);
  }
  return out;
}

/* Says that an argument for a set parameter may lose its order: see check_claims.c. */
static Value set_of(Check *c, Call *k) {
  (void)c;
  k->v->as_set = true;
  return *k->v;
}

/* 0 where x <= 0, else x. Not max(x, 0), which has half a slope at 0; NaN stays NaN. */
static Value relu(Check *c, Call *k) {
  Value zero = value_number(c->ctx, 0), pair[2] = {k->v[0], zero};
  Value low = apply_op(c, OP_le, pair, 2, k->span), choice[3] = {low, zero, k->v[0]};
  return value_ok(&low) ? apply_op(c, OP_where, choice, 3, k->span) : low;
}

static Value static_extreme(Check *c, Call *k) {
  bool max = k->op == OP_max;
  Value ge = number_binary(c, BIN_ge, k->v[0], k->v[1], k->span);
  if (ge.kind == VAL_bool) return ge.boolean == max ? k->v[0] : k->v[1];
  Sz a, b;
  if (!value_is_size(&k->v[0], &a) || !value_is_size(&k->v[1], &b)) return value_poison();
  return value_size(c->ctx, max ? size_max(c->ctx, a, b) : size_min(c->ctx, a, b));
}

static Value two_or_all(Check *c, Call *k) {
  if (k->n == 1) return reduce_whole(c, ctx_str(c->ctx, k->name), k->v[0], k->span);
  if (k->v[0].kind == VAL_number && k->v[1].kind == VAL_number) {
    Value known = static_extreme(c, k);
    if (value_ok(&known)) return known;
  }
  return apply_op(c, (Op)k->op, k->v, 2, k->span);
}

static Value choose(Check *c, Call *k) {
  if (k->v[0].kind == VAL_bool) {
    Value pick = k->v[0].boolean ? k->v[1] : k->v[2];
    if (k->v[1].kind != VAL_tensor && k->v[2].kind != VAL_tensor) return pick;
  }
  return apply_op(c, OP_where, k->v, 3, k->span);
}

static Value convert(Check *c, Call *k) {
  DType to = k->op == DT_f32 ? dtype_real(c->spec) : (DType)k->op;
  Ty element = type_scalar(c->ctx, to);
  Value v = *k->v;
  if (v.kind == VAL_index) element = type_scalar(c->ctx, DT_i32);
  if (v.kind == VAL_number && (to == DT_bool || (to == DT_i32 && !v.number.size.i)))
    element = TY_NONE;
  v = value_to_tensor(c, v, element, k->span);
  if (!value_ok(&v)) return v;
  v.whole_name = false;
  if (value_info(c, &v)->dtype == DT_idx && to != DT_i32) {
    diag_at(c->ctx, k->span, E_index_type, "an index becomes a number only by i32(...)");
    diag_help(c->ctx, "write %s(i32(...))", dtype_name[to]);
    return value_poison();
  }
  v.tensor.ref = build_cast(graph_here(c, k->span), v.tensor.ref, to);
  return v;
}

/* ---- indices ---- */

static bool size_of(Check *c, const Value *v, Span span, Sz *out) {
  if (value_is_size(v, out)) return true;
  if (value_ok(v)) diag_at(c->ctx, span, E_not_size, "a size is wanted, not %s", value_str(c, v));
  return false;
}

static Value to_index(Check *c, Call *k) {
  Sz n;
  if (!size_of(c, &k->v[1], k->span, &n)) return value_poison();
  Value pair[2] = {value_to_tensor(c, k->v[0], type_scalar(c->ctx, DT_i32), k->span),
                   value_number(c->ctx, 0)};
  if (!value_ok(&pair[0])) return value_poison();
  if (value_info(c, &pair[0])->dtype == DT_idx)
    pair[0].tensor.ref = build_cast(graph_here(c, k->span), pair[0].tensor.ref, DT_i32);
  if (value_info(c, &pair[0])->dtype != DT_i32) {
    diag_at(c->ctx, k->span, E_wrong_dtype, "index(i, N) wants an i32, not %s",
            value_str(c, &pair[0]));
    return value_poison();
  }
  pair[0] = apply_op(c, OP_max, pair, 2, k->span);
  pair[1] = value_size(c->ctx, size_sub(c->ctx, n, size_const(c->ctx, 1)));
  Value v = value_ok(&pair[0]) ? apply_op(c, OP_min, pair, 2, k->span) : pair[0];
  if (!value_ok(&v)) return v;
  const TypeInfo *info = value_info(c, &v);
  Ty type = type_index(c->ctx, n, info->dims, info->rank);
  v.tensor.ref = build_op(graph_here(c, k->span), OP_cast, &v.tensor.ref, 1, NULL, 0, type);
  return v;
}

/* i[..] == iota along a new last axis. */
static Value one_hot(Check *c, Call *k) {
  Sz n;
  Value v = value_to_tensor(c, k->v[0], TY_NONE, k->span);
  if (!value_ok(&v) || !size_of(c, &k->v[1], k->span, &n)) return value_poison();
  const TypeInfo *info = value_info(c, &v);
  if (info->dtype != DT_idx || !sz_eq(info->extent, n)) {
    diag_at(c->ctx, k->span, E_index_type, "one_hot(i, %s) wants an index <%s>, not %s",
            size_str(c->ctx, n), size_str(c->ctx, n), value_str(c, &v));
    return value_poison();
  }
  Graph *g = graph_here(c, k->span);
  int rank = info->rank;
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(rank + 1));
  int32_t *axes = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
  for (int i = 0; i < rank; i++) dims[i] = info->dims[i], axes[i] = i;
  dims[rank] = n;
  Ref wide = build_broadcast(g, v.tensor.ref, dims, rank + 1, axes);
  Ref places = build_iota(g, type_index(c->ctx, n, dims, rank + 1), rank);
  v.tensor.ref = build_cast(g, build2(g, OP_eq, wide, places), dtype_real(c->spec));
  return v;
}

/* Rows of the first axis, by index; of a tuple, of each item. A number without axes stays. */
static Value take(Check *c, Call *k) {
  Value *v = k->v, index = value_to_tensor(c, k->v[1], TY_NONE, k->span);
  if (!value_ok(&index)) return index;
  if (v->kind == VAL_tuple) {
    Value out = value_tuple(values_new(c->ctx, v->items.len));
    for (uint32_t i = 0; i < out.items.len; i++) {
      Value pair[2] = {v->items.data[i], index};
      out.items.data[i] = take(c, &(Call){k->name, k->op, pair, 2, k->span});
    }
    return out;
  }
  Value x = value_to_tensor(c, *v, TY_NONE, k->span);
  if (!value_ok(&x) || !value_rank(c, &x)) return x;
  const TypeInfo *info = value_info(c, &index);
  Sz rows = value_dims(c, &x)[0];
  if (info->dtype == DT_idx && sz_eq(info->extent, rows)) {
    index.whole_name = x.whole_name = false;
    return gather_axes(c, x, &(int){0}, &index, 1, k->span);
  }
  diag_at(c->ctx, k->span, E_index_type, "take(x, i) wants an index <%s>, not %s",
          size_str(c->ctx, rows), value_str(c, &index));
  return value_poison();
}

static Value size_number(Check *c, Call *k) {
  Sz n;
  return size_of(c, k->v, k->span, &n) ? value_size(c->ctx, n) : value_poison();
}

/* ---- others ---- */

static Value weights(Check *c, Call *k) {
  if (k->v->kind == VAL_layer) return layer_weights(c, k->v->layer);
  diag_at(c->ctx, k->span, E_argument, "'weights' wants a layer, not %s", value_str(c, k->v));
  return value_poison();
}

static Value filled(Check *c, Call *k) {
  return layout_filled(c, value_number(c->ctx, k->op), k->v, k->n, k->span);
}
static Value filled_with(Check *c, Call *k) {
  return layout_filled(c, k->v[0], k->v + 1, k->n - 1, k->span);
}
static Value iota(Check *c, Call *k) { return layout_iota(c, k->v, k->span); }
static Value concat(Check *c, Call *k) { return layout_concat(c, k->v, k->n, -1, k->span); }
static Value pad(Check *c, Call *k) { return layout_pad(c, k->v, k->n, -1, k->span); }
static Value stack(Check *c, Call *k) { return layout_stack(c, k->v, k->n, k->span); }
static Value split(Check *c, Call *k) { return layout_split(c, k->v, k->span); }
static Value reshape(Check *c, Call *k) { return layout_reshape(c, k->v, k->span); }
static Value matrix_function(Check *c, Call *k) {
  return matrix_call(c, k->name, (Op)k->op, k->v, k->span);
}
static Value transpose(Check *c, Call *k) { return layout_transpose(c, k->v, k->span); }
static Value random(Check *c, Call *k) { return random_draw(c, k->name, k->v, k->n, k->span); }
static Value gradient(Check *c, Call *k) { return elab_grad(c, k->v, k->span); }

/* ---- ops of plug-ins ---- */

/* One that is not elementwise takes whole tensors, as they are. */
static Value whole_custom(Check *c, const CustomOp *op, Call *k) {
  Ref refs[3];
  for (uint32_t i = 0; i < k->n; i++) {
    Value x = value_to_tensor(c, k->v[i], TY_NONE, k->span);
    if (!value_ok(&x)) return x;
    if (x.tensor.n_vars) {
      diag_at(c->ctx, k->span, E_unsubscripted, "'%s' is an op of whole tensors, not of elements",
              op->name);
      return value_poison();
    }
    refs[i] = x.tensor.ref;
  }
  Graph *g = graph_here(c, k->span);
  Attr symbol = attr_s(A_symbol, ctx_str(c->ctx, op->name));
  const char *why = NULL;
  Ty type = build_check(g, OP_custom, refs, op->arity, &symbol, 1, NULL, TY_NONE, &why);
  if (type.i) return value_tensor(c, build_custom(g, op, refs));
  diag_at(c->ctx, k->span, E_wrong_dtype, "%s", why);
  return value_poison();
}

static Value custom(Check *c, Call *k) {
  const CustomOp *op = custom_at(c->ctx, (uint32_t)k->op);
  return custom_is_elementwise(op) ? elementwise(c, k) : whole_custom(c, op, k);
}

/* ---- the table ---- */

typedef struct BuiltinRow {
  const char *name;
  uint32_t least, most, sizes;
  Value (*handler)(Check *c, Call *k);
  int op;
  const char *doc;
} BuiltinRow;

static const BuiltinRow rows[] = {
#define BUILTIN(name, least, most, sizes, handler, op, doc)                                        \
  {#name, least, most, sizes, handler, op, doc},
#include "frontend/check/builtins.def"
#undef BUILTIN
};
enum { N_ROWS = sizeof rows / sizeof rows[0], ANY_NUMBER = 60, NO_SIZES = 99 };

/* The function that an elementwise op is in the language. */
static BuiltinRow op_row(Op op) {
  uint32_t n = (uint32_t)op_info[op].arity_max;
  return (BuiltinRow){op_info[op].name, n, n, NO_SIZES, elementwise, (int)op, op_info[op].builtin};
}

static bool custom_row(const Ctx *ctx, uint32_t i, BuiltinRow *row) {
  const CustomOp *op = custom_at(ctx, i);
  if (!op) return false;
  uint32_t n = (uint32_t)op->arity;
  *row = (BuiltinRow){op->name, n, n, NO_SIZES, custom, (int)i, op->doc};
  return true;
}

/* Row i of all: the elementwise ops, the table, then what plug-ins bring. False behind the last
 * one. */
static bool row_at(const Ctx *ctx, uint32_t i, BuiltinRow *row) {
  for (int op = 0; op < N_OPS; op++)
    if (op_info[op].builtin && !i--) return *row = op_row((Op)op), true;
  if (i >= N_ROWS) return custom_row(ctx, i - N_ROWS, row);
  *row = rows[i];
  return true;
}

static bool find_row(Ctx *ctx, Str name, BuiltinRow *row) {
  const char *text = ctx_text(ctx, name);
  Op op;
  if (op_find(text, &op) && op_info[op].builtin) return *row = op_row(op), true;
  for (size_t i = 0; i < N_ROWS; i++)
    if (!strcmp(rows[i].name, text)) return *row = rows[i], true;
  for (uint32_t i = 0; custom_row(ctx, i, row); i++)
    if (!strcmp(row->name, text)) return true;
  return false;
}

const char *spec_builtin_clash(Ctx *ctx) {
  BuiltinRow row;
  const CustomOp *op;
  for (uint32_t i = 0; (op = custom_at(ctx, i)) != NULL; i++) {
    Str name = ctx_str(ctx, op->name);
    if ((find_row(ctx, name, &row) && row.handler != custom) || reduce_known(ctx, name))
      return op->name;
  }
  return NULL;
}

bool builtin_known(Ctx *ctx, Str name) {
  BuiltinRow row;
  return find_row(ctx, name, &row) || reduce_known(ctx, name);
}

bool spec_is_builtin(Ctx *ctx, Str name) { return builtin_known(ctx, name); }

void builtin_names(Ctx *ctx, void (*visit)(void *user, Str name), void *user) {
  BuiltinRow row;
  for (uint32_t i = 0; row_at(ctx, i, &row); i++) visit(user, ctx_str(ctx, row.name));
  reduce_names(ctx, visit, user);
}

const SpecBuiltin *spec_builtin(Ctx *ctx, uint32_t i) {
  BuiltinRow row;
  if (!row_at(ctx, i, &row)) return NULL;
  SpecBuiltin *out = arena_new(&ctx->arena, SpecBuiltin);
  *out =
      (SpecBuiltin){row.name, row.doc, row.least, row.most == ANY_NUMBER ? UINT32_MAX : row.most};
  return out;
}

static bool count_fits(Check *c, const BuiltinRow *row, const Args *args, Span span) {
  for (uint32_t i = 0; i < args->len; i++)
    if (!str_none(args->data[i].name.str)) {
      diag_at(c->ctx, args->data[i].name.span, E_argument, "'%s' takes its arguments by position",
              row->name);
      return false;
    }
  if (args->len >= row->least && args->len <= row->most) return true;
  const char *count = row->least == row->most ? ctx_printf(c->ctx, "%u", row->least)
                      : row->most == ANY_NUMBER
                          ? ctx_printf(c->ctx, "at least %u", row->least)
                          : ctx_printf(c->ctx, "%u to %u", row->least, row->most);
  diag_at(c->ctx, span, E_argument, "'%s' takes %s %s, not %u", row->name, count,
          row->most == 1 ? "argument" : "arguments", args->len);
  return false;
}

static Value whole_reduction(Check *c, Str name, const Args *args, Span span) {
  if (args->len == 1 && str_none(args->data[0].name.str))
    return reduce_whole(c, name, elab_expr(c, args->data[0].value), span);
  diag_at(c->ctx, span, E_argument, "'%s' takes one tensor", ctx_text(c->ctx, name));
  return value_poison();
}

Value builtin_call(Check *c, Str name, const Args *args, Span span) {
  BuiltinRow row;
  if (!find_row(c->ctx, name, &row)) return whole_reduction(c, name, args, span);
  if (!count_fits(c, &row, args, span)) return value_poison();
  Values v = values_new(c->ctx, args->len + 1);
  for (uint32_t i = 0; i < args->len; i++) {
    v.data[i] = elab_as(c, mode_size(c->mode, i >= row.sizes), args->data[i].value);
    if (!value_ok(&v.data[i])) return value_poison();
  }
  graph_here(c, span);
  Call call = {row.name, row.op, v.data, args->len, span};
  return row.handler(c, &call);
}
