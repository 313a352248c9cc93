/* Values of the checker: making, showing, turning numbers into tensors, taking tuples apart. */
#include <math.h>
#include <string.h>

#include "frontend/check/checker.h"

Value value_poison(void) { return (Value){.kind = VAL_poison}; }
Value value_bool(bool b) { return (Value){.kind = VAL_bool, .boolean = b}; }

Value value_number(Ctx *ctx, double f) {
  Value v = {.kind = VAL_number, .number = {.known = true, .f = f}};
  if (f == floor(f) && fabs(f) < 9e15) v.number.size = size_const(ctx, (int64_t)f);
  return v;
}

Value value_size(Ctx *ctx, Sz size) {
  int64_t known;
  if (size_is_const(ctx, size, &known)) return value_number(ctx, (double)known);
  return (Value){.kind = VAL_number, .number = {.size = size}};
}

Value value_tensor(Check *c, Ref ref) {
  return (Value){.kind = VAL_tensor, .tensor = {.frame = c->frame, .ref = ref}};
}

Value value_tuple(Values items) { return (Value){.kind = VAL_tuple, .items = items}; }

Values values_new(Ctx *ctx, uint32_t n) { return (Values){arena_array(&ctx->arena, Value, n), n}; }

bool value_ok(const Value *v) { return v->kind != VAL_poison; }

bool value_is_size(const Value *v, Sz *out) {
  if (v->kind != VAL_number || v->number.size.i == 0) return false;
  *out = v->number.size;
  return true;
}

/* ---- tensors ---- */

const TypeInfo *value_info(Check *c, const Value *v) {
  (void)c;
  return graph_info(v->tensor.frame->graph, v->tensor.ref);
}

int value_rank(Check *c, const Value *v) {
  return v->kind == VAL_tensor ? value_info(c, v)->rank - v->tensor.n_vars : 0;
}

const Sz *value_dims(Check *c, const Value *v) {
  return v->kind == VAL_tensor ? value_info(c, v)->dims + v->tensor.n_vars : NULL;
}

Ty value_type(Check *c, const Value *v) {
  (void)c;
  return graph_type(v->tensor.frame->graph, v->tensor.ref);
}

Ty value_element(Check *c, const Value *v) {
  return type_with_dims(c->ctx, value_type(c, v), NULL, 0);
}

/* ---- showing ---- */

static void print_number(Check *c, const Value *v, Text *out) {
  text_puts(out, "the number ");
  if (v->number.known)
    text_double(out, v->number.f);
  else if (v->number.den.i)
    text_printf(out, "%s / %s", size_str(c->ctx, v->number.num), size_str(c->ctx, v->number.den));
  else if (v->number.size.i)
    size_print(c->ctx, v->number.size, out);
  else
    text_puts(out, "that does not fit 64 bits, or is divided by 0");
}

static void print_condition(Ctx *ctx, const SizeCondition *s, Text *out) {
  if (!s) {
    text_puts(out, "a condition");
  } else if (s->op == OP_not) {
    text_puts(out, "not ");
    print_condition(ctx, s->left, out);
  } else {
    text_puts(out, "(");
    if (s->left)
      print_condition(ctx, s->left, out);
    else
      size_print(ctx, s->a, out);
    text_printf(out, " %s ", op_info[s->op].name);
    if (s->right)
      print_condition(ctx, s->right, out);
    else
      size_print(ctx, s->b, out);
    text_puts(out, ")");
  }
}

static void print_value(Check *c, const Value *v, Text *out) {
  switch (v->kind) {
  case VAL_poison:
    text_puts(out, "something wrong");
    return;
  case VAL_number:
    print_number(c, v, out);
    return;
  case VAL_bool:
    text_puts(out, v->boolean ? "true" : "false");
    return;
  case VAL_unknown:
    print_condition(c->ctx, v->condition, out);
    return;
  case VAL_text:
    text_printf(out, "the text \"%s\"", ctx_text(c->ctx, v->text));
    return;
  case VAL_index:
    text_printf(out, "the index '%s'", ctx_text(c->ctx, v->index->name));
    return;
  case VAL_list:
    text_puts(out, "a list");
    return;
  case VAL_layer:
    text_printf(out, "a layer %s", ctx_text(c->ctx, v->layer->shape->name));
    return;
  case VAL_layers:
    text_printf(out, "an array of %u layers", v->items.len);
    return;
  case VAL_data:
    text_printf(out, "the data '%s'", ctx_text(c->ctx, v->data->name));
    return;
  case VAL_record:
    text_puts(out, "a batch");
    return;
  case VAL_tensor: {
    int rank = value_rank(c, v);
    type_print(c->ctx, type_with_dims(c->ctx, value_type(c, v), value_dims(c, v), rank), out);
    return;
  }
  case VAL_tuple:
    text_putc(out, '(');
    for (uint32_t i = 0; i < v->items.len; i++) {
      if (i) text_puts(out, ", ");
      print_value(c, &v->items.data[i], out);
    }
    text_putc(out, ')');
    return;
  }
}

const char *value_str(Check *c, const Value *v) {
  Text text = text_new(&c->ctx->arena);
  print_value(c, v, &text);
  return text_str(&text);
}

/* ---- numbers to tensors ---- */

static Value number_of_size(Check *c, Sz size, DType dtype, Graph *g) {
  return value_tensor(c, build_size_as(g, size, dtype));
}

/* A number takes the element type of its surroundings if it fits there. */
static Value number_to_tensor(Check *c, Value v, Ty element, Span span) {
  const TypeInfo *info = type_info(c->ctx, element);
  Graph *g = graph_here(c, span);
  if (!v.number.known && v.number.den.i) {
    Value num = number_of_size(c, v.number.num, info->dtype, g);
    Value den = number_of_size(c, v.number.den, info->dtype, g);
    return value_tensor(c, build2(g, OP_div, num.tensor.ref, den.tensor.ref));
  }
  bool floating = dtype_is_float(info->dtype);
  if (!floating && info->dtype != DT_i32 && info->dtype != DT_idx) {
    diag_at(c->ctx, span, E_wrong_dtype, "a number cannot stand where a %s is wanted",
            type_str(c->ctx, element));
    return value_poison();
  }
  if (!v.number.known) return number_of_size(c, v.number.size, info->dtype, g);
  if (!floating && v.number.size.i == 0) {
    diag_at(c->ctx, span, E_wrong_dtype, "%s is not a whole number, as %s wants", value_str(c, &v),
            type_str(c->ctx, element));
    return value_poison();
  }
  if (info->dtype == DT_idx &&
      (v.number.f < 0 ||
       !size_ge_filled(c->ctx, info->extent, size_const(c->ctx, (int64_t)v.number.f + 1)))) {
    diag_at(c->ctx, span, E_out_of_range, "%s is not known to be an index into an axis of %s",
            value_str(c, &v), size_str(c->ctx, info->extent));
    return value_poison();
  }
  return value_tensor(c, build_const(g, element, v.number.f));
}

/* An index variable as a value: positions along its own hidden axis, or the step of its loop. */
static Value index_to_tensor(Check *c, Value v, Ty element, Span span) {
  IndexVar *var = v.index;
  if (!index_has_extent(c, var, span)) return value_poison();
  Graph *g = graph_here(c, span);
  bool number = element.i && type_info(c->ctx, element)->dtype != DT_idx;
  if (var->loop) {
    Ref step = frame_import(c, var->loop, var->step);
    bool is_number = graph_info(g, step)->dtype == DT_i32;
    if (number && !is_number) step = build_cast(g, step, DT_i32);
    return value_tensor(c, step);
  }
  Ty type = number ? type_tensor(c->ctx, DT_i32, &var->extent, 1)
                   : type_index(c->ctx, var->extent, &var->extent, 1);
  Value out = value_tensor(c, build_iota(g, type, 0));
  out.tensor.vars = arena_new(&c->ctx->arena, IndexVar *);
  out.tensor.vars[0] = var;
  out.tensor.n_vars = 1;
  return out;
}

/* Sizes are compared from 64 bits: all that memory can hold are exact there. */
Ref size_condition_ref(Graph *g, const SizeCondition *s) {
  if (s->op == OP_not) return build1(g, OP_not, size_condition_ref(g, s->left));
  if (s->left)
    return build2(g, s->op, size_condition_ref(g, s->left), size_condition_ref(g, s->right));
  return build2(g, s->op, build_size_as(g, s->a, DT_f64), build_size_as(g, s->b, DT_f64));
}

Value value_to_tensor(Check *c, Value v, Ty element, Span span) {
  switch (v.kind) {
  case VAL_poison:
    return v;
  case VAL_tensor:
    return value_import(c, v);
  case VAL_number:
    return number_to_tensor(c, v, element.i ? element : type_scalar(c->ctx, dtype_real(c->spec)),
                            span);
  case VAL_bool:
    return value_tensor(c, build_scalar(graph_here(c, span), DT_bool, v.boolean ? 1 : 0));
  case VAL_unknown:
    if (v.condition) return value_tensor(c, size_condition_ref(graph_here(c, span), v.condition));
    return value_poison();
  case VAL_index:
    return index_to_tensor(c, v, element, span);
  default:
    diag_at(c->ctx, span, E_not_tensor, "a tensor is wanted here, not %s", value_str(c, &v));
    return value_poison();
  }
}

/* ---- tuples ---- */

bool value_flatten(Check *c, Value v, Span span, RefList *out, Value *template) {
  if (v.kind == VAL_tuple) {
    *template = value_tuple(values_new(c->ctx, v.items.len));
    bool ok = true;
    for (uint32_t i = 0; i < v.items.len; i++)
      ok = value_flatten(c, v.items.data[i], span, out, &template->items.data[i]) && ok;
    return ok;
  }
  Value t = value_to_tensor(c, v, TY_NONE, span);
  if (!value_ok(&t)) return false;
  if (t.tensor.n_vars) {
    diag_at(c->ctx, span, E_index_escapes,
            "a value that depends on the index '%s' has to be defined by "
            "an index definition",
            ctx_text(c->ctx, t.tensor.vars[0]->name));
    diag_help(c->ctx, "write y[%s] = ... first", ctx_text(c->ctx, t.tensor.vars[0]->name));
    return false;
  }
  *template = t;
  vec_push(&c->ctx->arena, &out->refs, t.tensor.ref);
  return true;
}

Value value_rebuild(Check *c, const Value *template, const Ref *refs, uint32_t *next) {
  if (template->kind != VAL_tuple) return value_tensor(c, refs[(*next)++]);
  Value out = value_tuple(values_new(c->ctx, template->items.len));
  for (uint32_t i = 0; i < out.items.len; i++)
    out.items.data[i] = value_rebuild(c, &template->items.data[i], refs, next);
  return out;
}
