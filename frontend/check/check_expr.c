/* Expressions: dispatch, names, members, operators. */
#include <string.h>

#include "frontend/check/checker.h"

/* ---- names ---- */

static void wrong_name(Check *c, Str name, Span span) {
  const char *text = ctx_text(c->ctx, name);
  for (uint32_t i = 0; i < c->spec->items.len; i++) {
    const Item *item = c->spec->items.data[i];
    if (!str_eq(item->name.str, name)) continue;
    bool layer = item->kind == ITEM_layer;
    diag_at(c->ctx, span, E_not_callable,
            layer ? "'%s' is a layer, not an instance of it"
                  : "'%s' is not a value; it has to be called",
            text);
    diag_note(c->ctx, item->name.span, "defined here");
    return;
  }
  if (builtin_known(c->ctx, name)) {
    diag_at(c->ctx, span, E_not_callable, "'%s' is a function: call it", text);
    return;
  }
  diag_at(c->ctx, span, E_unknown_name, "'%s' is not defined", text);
  suggest_name(c, name);
}

/* 'training', unless the text defines the name: true in what the step of a program computes. */
static bool find_mode(Check *c, Str name, Value *out) {
  if (strcmp(ctx_text(c->ctx, name), "training")) return false;
  c->instance->mode_matters = true;
  *out = value_bool(c->mode.training);
  return true;
}

/* 'self', unless the text defines the name: the layer that the function belongs to. */
static bool find_self(Check *c, Str name, Value *out) {
  if (!c->self || strcmp(ctx_text(c->ctx, name), "self")) return false;
  *out = (Value){.kind = VAL_layer, .layer = c->self};
  return true;
}

static bool find_name(Check *c, Str name, Span span, Value *out) {
  Binding *b = scope_find(c->scope, name);
  bool global = b && scope_find_here(c->spec->globals, name) == b;
  if ((!b || global) && c->self && member_find(c, c->self, name, span, out)) return true;
  if (b) {
    *out = b->value;
    place_word(c->scope->places, out->kind == VAL_index ? WORD_index : WORD_name,
               (Name){name, span}, b->declared, out);
  }
  return b || find_self(c, name, out) || find_mode(c, name, out);
}

/* The value of a name as it is, not yet captured into the current frame. */
Value lookup_name(Check *c, Str name, Span span) {
  Value v;
  if (str_none(name)) return value_poison();
  if (find_name(c, name, span, &v)) return v;
  wrong_name(c, name, span);
  return value_poison();
}

static Value elab_name(Check *c, const Expr *x) {
  Value v = value_import(c, lookup_name(c, x->name, x->span));
  v.whole_name = v.kind == VAL_tensor;
  return v;
}

/* ---- members ---- */

static bool member_name(const LayerShape *shape, Str name, const LayerMember **out) {
  for (uint32_t i = 0; i < shape->members.len; i++)
    if (str_eq(shape->members.data[i].name.str, name)) {
      *out = &shape->members.data[i];
      return true;
    }
  return false;
}

static Value array_value(Check *c, Layer *layer, const LayerMember *m) {
  Value v = {.kind = VAL_layers, .items = values_new(c->ctx, (uint32_t)m->count)};
  for (uint32_t i = 0; i < v.items.len; i++)
    v.items.data[i] = (Value){.kind = VAL_layer, .layer = layer_member(c, layer, m, i)};
  return v;
}

/* Made once for each frame that the layer stands in: a loop over an array asks for it in each
 * turn. */
static Value layer_value(Check *c, Layer *layer, const LayerMember *m) {
  LayerShape *shape = layer->shape;
  if (!layer->members || layer->asked_in != layer->frame)
    layer->members = arena_array(&c->ctx->arena, Value, shape->members.len);
  layer->asked_in = layer->frame;
  Value *kept = &layer->members[m - shape->members.data];
  if (kept->kind != VAL_layer && kept->kind != VAL_layers)
    *kept = m->count >= 0 ? array_value(c, layer, m)
                          : (Value){.kind = VAL_layer, .layer = layer_member(c, layer, m, -1)};
  return *kept;
}

bool member_find(Check *c, Layer *layer, Str name, Span span, Value *out) {
  const LayerMember *m;
  LayerShape *shape = layer->shape;
  TextPlaces *places = c->scope->places;
  if (!member_name(shape, name, &m)) {
    Binding *b = scope_find_here(shape->constants, name);
    if (!b) return false;
    *out = b->value;
    place_word(places, WORD_member, (Name){name, span}, b->declared, out);
    return true;
  }
  if (m->count >= 0 || m->shape)
    *out = layer_value(c, layer, m);
  else
    *out = (Value){.kind = VAL_tensor,
                   .frozen = layer->frozen,
                   .tensor = {.frame = layer->frame, .ref = layer->weights[m->first]}};
  out->span = m->name.span;
  place_word(places, WORD_member, (Name){name, span}, m->name.span, out);
  return true;
}

static void no_member(Check *c, const Value *base, const Name *name) {
  const char *text = ctx_text(c->ctx, name->str);
  places_offer(c, name->str, base);
  if (base->kind == VAL_layer && layer_method(base->layer->shape, name->str)) {
    diag_at(c->ctx, name->span, E_not_callable, "'%s' is a method: call it", text);
    return;
  }
  diag_at(c->ctx, name->span, E_unknown_member, "there is no '%s' in %s", text, value_str(c, base));
  if (base->kind == VAL_layer)
    diag_note(c->ctx, base->layer->shape->item->name.span, "the layer is defined here");
  if (base->kind != VAL_record) return;
  Text list = text_new(&c->ctx->arena);
  for (uint32_t i = 0; i < base->items.len; i++)
    text_printf(&list, "%s%s", i ? ", " : "", ctx_text(c->ctx, base->names[i]));
  diag_help(c->ctx, "there are: %s", text_str(&list));
}

static Value elab_member(Check *c, const Expr *x) {
  Value base = elab_expr(c, x->member.base), out;
  if (!value_ok(&base) || str_none(x->member.name.str)) return value_poison();
  bool len = str_eq(x->member.name.str, ctx_str(c->ctx, "len"));
  if (len && (base.kind == VAL_layers || base.kind == VAL_tuple))
    return value_number(c->ctx, base.items.len);
  if (base.kind == VAL_data) return c->spec->train_rules->member(c, base.data, x->member.name);
  for (uint32_t i = 0; base.kind == VAL_record && i < base.items.len; i++)
    if (str_eq(base.names[i], x->member.name.str)) {
      out = base.items.data[i];
      place_word(c->scope->places, WORD_column, x->member.name, out.span, &out);
      out.whole_name = true;
      return out;
    }
  if (base.kind == VAL_layer &&
      member_find(c, base.layer, x->member.name.str, x->member.name.span, &out)) {
    out = value_import(c, out);
    out.whole_name = out.kind == VAL_tensor;
    return out;
  }
  no_member(c, &base, &x->member.name);
  return value_poison();
}

/* ---- operators ---- */

static bool is_static(const Value *v) {
  return v->kind == VAL_number || v->kind == VAL_bool || v->kind == VAL_text ||
         v->kind == VAL_unknown;
}

static bool is_operand(const Value *v) {
  return v->kind == VAL_tensor || v->kind == VAL_index || v->kind == VAL_number ||
         v->kind == VAL_bool || v->kind == VAL_unknown || v->kind == VAL_tuple;
}

static bool operands_ok(Check *c, const Value *v, int n, const char *op, Span span) {
  for (int i = 0; i < n; i++) {
    if (!value_ok(&v[i])) return false;
    if (is_operand(&v[i])) continue;
    diag_at(c->ctx, span, E_not_tensor, "'%s' cannot be applied to %s", op, value_str(c, &v[i]));
    if (v[i].kind == VAL_layer) diag_help(c->ctx, "a layer is called: net(x)");
    return false;
  }
  return true;
}

Value elab_binary(Check *c, BinaryOp op, Value a, Value b, Span span) {
  if (!value_ok(&a) || !value_ok(&b)) return value_poison();
  if (op == BIN_matmul) return elab_matmul(c, a, b, span);
  if (is_static(&a) && is_static(&b)) {
    Value v = number_binary(c, op, a, b, span);
    bool needs_tensor = v.kind == VAL_unknown && v.whole_name;
    if (!needs_tensor) return v;
    if (c->mode.size) {
      diag_at(c->ctx, span, E_not_size, "this is not a size: '%s' of %s and %s", binary_op_text(op),
              value_str(c, &a), value_str(c, &b));
      return value_poison();
    }
  }
  Value v[2] = {a, b};
  if (!operands_ok(c, v, 2, binary_op_text(op), span)) return value_poison();
  if (op == BIN_pow && b.kind == VAL_number && b.number.known && b.number.f == 2)
    v[1] = a, op = BIN_mul;
  return apply_op(c, binary_op(op), v, 2, span);
}

static Value negate(Check *c, Value a, Span span) {
  bool plain = a.kind == VAL_number && !a.number.den.i;
  if (plain && a.number.known) return value_number(c->ctx, -a.number.f);
  if (plain) return value_size(c->ctx, size_sub(c->ctx, size_const(c->ctx, 0), a.number.size));
  if (!operands_ok(c, &a, 1, "-", span)) return value_poison();
  return apply_op(c, OP_neg, &a, 1, span);
}

static Value elab_unary(Check *c, const Expr *x) {
  Value a = elab_expr(c, x->unary.a);
  if (!value_ok(&a)) return a;
  if (x->unary.op == UN_neg) return negate(c, a, x->span);
  if (a.kind == VAL_bool) return value_bool(!a.boolean);
  if (a.kind == VAL_unknown) return unknown_not(c->ctx, &a);
  if (!operands_ok(c, &a, 1, "not", x->span)) return value_poison();
  return apply_op(c, OP_not, &a, 1, x->span);
}

/* ---- dispatch ---- */

static Value elab_items(Check *c, const Expr *x, ValueKind kind) {
  Value v = {.kind = kind, .items = values_new(c->ctx, x->items.len)};
  Mode mode = mode_size(c->mode, c->mode.size || kind == VAL_list);
  for (uint32_t i = 0; i < v.items.len; i++) v.items.data[i] = elab_as(c, mode, x->items.data[i]);
  return v;
}

static Value elab_number(Check *c, const Expr *x) {
  if (x->number.is_int) return value_size(c->ctx, size_const(c->ctx, x->number.i));
  return value_number(c->ctx, x->number.f);
}

static Value elab_operator(Check *c, const Expr *x) {
  Value a = elab_expr(c, x->binary.a);
  Value b = elab_expr(c, x->binary.b);
  return elab_binary(c, x->binary.op, a, b, x->span);
}

static Value elab_kind(Check *c, const Expr *x) {
  switch (x->kind) {
  case EX_poison:
    return value_poison();
  case EX_number:
    return elab_number(c, x);
  case EX_string:
    return (Value){.kind = VAL_text, .text = x->string};
  case EX_bool:
    return value_bool(x->boolean);
  case EX_name:
    return elab_name(c, x);
  case EX_unary:
    return elab_unary(c, x);
  case EX_binary:
    return elab_operator(c, x);
  case EX_call:
    return elab_call(c, x);
  case EX_reduce:
    return elab_reduce(c, x);
  case EX_member:
    return elab_member(c, x);
  case EX_subscript:
    return elab_subscript(c, x);
  case EX_tuple:
    return elab_items(c, x, VAL_tuple);
  case EX_list:
    return elab_items(c, x, VAL_list);
  case EX_with:
    return elab_with(c, x);
  }
  return value_poison();
}

Value elab_expr(Check *c, const Expr *x) {
  Value v = elab_kind(c, x);
  if (c->scope->places && x->kind > EX_name) place_expr(c->scope->places, x->span, &v);
  return v;
}

Value elab_tensor(Check *c, const Expr *x) {
  return value_to_tensor(c, elab_expr(c, x), TY_NONE, x->span);
}

Mode mode_set(Check *c, Mode mode) {
  Mode before = c->mode;
  c->mode = mode;
  return before;
}

Value elab_as(Check *c, Mode mode, const Expr *x) {
  Mode before = mode_set(c, mode);
  Value v = elab_expr(c, x);
  c->mode = before;
  return v;
}
