/* Calls: what is called, and which argument goes to which parameter. */
#include "frontend/check/checker.h"

/* ---- arguments ---- */

static int find_param(const Params *params, Str name) {
  for (uint32_t i = 0; i < params->len; i++)
    if (str_eq(params->data[i].name.str, name)) return (int)i;
  return -1;
}

static Value elab_actual(Check *c, const Param *param, const Expr *x) {
  if (param->type && param->type->kind == TY_size) {
    Sz size;
    return elab_size(c, x, &size) ? value_size(c->ctx, size) : value_poison();
  }
  return elab_expr(c, x);
}

static bool wrong_argument(Check *c, const Callee *callee, const char *name, const Arg *arg,
                           const char *why) {
  diag_at(c->ctx, arg->span, E_argument, "'%s': %s", name, why);
  if (!span_none(callee->fn->name.span)) diag_note(c->ctx, callee->fn->name.span, "declared here");
  return false;
}

/* One actual for each parameter; missing ones are left to the defaults. */
static bool match_args(Check *c, const Callee *callee, const char *name, const Args *args,
                       Actual *out) {
  const Params *params = &callee->fn->params;
  bool ok = true;
  for (uint32_t i = 0; i < args->len; i++) {
    const Arg *arg = &args->data[i];
    int at = str_none(arg->name.str) ? (int)i : find_param(params, arg->name.str);
    if (at < 0)
      ok = wrong_argument(
          c, callee, name, arg,
          ctx_printf(c->ctx, "there is no parameter '%s'", ctx_text(c->ctx, arg->name.str)));
    else if (at >= (int)params->len)
      ok = wrong_argument(
          c, callee, name, arg,
          ctx_printf(c->ctx, "%u arguments for %u parameters", args->len, params->len));
    else if (out[at].given)
      ok = wrong_argument(c, callee, name, arg, "this parameter has been given before");
    else {
      place_word(c->scope->places, WORD_argument, arg->name, params->data[at].name.span, NULL);
      out[at] = (Actual){elab_actual(c, &params->data[at], arg->value), arg->value->span, true};
      ok = value_ok(&out[at].value) && ok;
    }
    if (at >= (int)params->len) break;
  }
  return ok;
}

static bool all_given(Check *c, const Callee *callee, const char *name, const Actual *actuals,
                      Span span) {
  const Params *params = &callee->fn->params;
  for (uint32_t i = 0; i < params->len; i++) {
    if (actuals[i].given || params->data[i].value) continue;
    diag_at(c->ctx, span, E_argument, "'%s' is called without its argument '%s'", name,
            ctx_text(c->ctx, params->data[i].name.str));
    diag_note(c->ctx, params->data[i].span, "declared here, without a default");
    return false;
  }
  return true;
}

static Value call_function(Check *c, const Callee *callee, const Args *args, Span span) {
  const char *name =
      ctx_text(c->ctx, callee_name(c->ctx, callee->fn, callee->self ? callee->self->shape : NULL));
  Actual *actuals = alloc(c, sizeof(Actual) * (callee->fn->params.len + 1));
  Mode before = mode_set(c, mode_size(c->mode, false));
  bool ok = match_args(c, callee, name, args, actuals) && all_given(c, callee, name, actuals, span);
  c->mode = before;
  return ok ? instance_call(c, callee, actuals, span) : value_poison();
}

/* ---- callees ---- */

static Value call_layer(Check *c, Layer *layer, Name method, const Args *args, Span span) {
  const FnDecl *fn = layer_method(layer->shape, method.str);
  if (fn) {
    if (!str_none(method.str))
      place_word(c->scope->places, WORD_method, method, fn->name.span, NULL);
    return call_function(c, &(Callee){.fn = fn, .self = layer}, args, span);
  }
  const char *shape = ctx_text(c->ctx, layer->shape->name);
  if (str_none(method.str)) {
    diag_at(c->ctx, span, E_not_callable, "%s has no call operator", shape);
    diag_help(c->ctx, "define one, fn (x: ...) { ... }, or call one of its methods");
  } else {
    diag_at(c->ctx, method.span, E_unknown_member, "%s has no method '%s'", shape,
            ctx_text(c->ctx, method.str));
    places_offer(c, method.str, &(Value){.kind = VAL_layer, .layer = layer});
  }
  diag_note(c->ctx, layer->shape->item->name.span, "the layer is defined here");
  return value_poison();
}

static Value call_value(Check *c, Value v, const Args *args, Span span) {
  if (!value_ok(&v)) return v;
  if (v.kind == VAL_layer) return call_layer(c, v.layer, (Name){.span = span}, args, span);
  diag_at(c->ctx, span, E_not_callable, "%s cannot be called", value_str(c, &v));
  return value_poison();
}

static Value unknown_callee(Check *c, Str name, Span span) {
  const char *text = ctx_text(c->ctx, name);
  if (spec_item(c->spec, ITEM_layer, name)) {
    diag_at(c->ctx, span, E_not_callable,
            "the layer '%s' has weights: it has to be a member of a layer or a "
            "setting of a training program",
            text);
    return value_poison();
  }
  diag_at(c->ctx, span, E_unknown_name, "there is no function '%s'", text);
  if (!suggest_form(c, name)) suggest_name(c, name);
  return value_poison();
}

/* A layer that is called by its name, or a method of the function's own layer. */
static bool layer_named(Check *c, const Expr *callee, Layer **layer, Name *method) {
  Name name = {callee->name, callee->span};
  Value member;
  Binding *b = scope_find(c->scope, name.str);
  *method = (Name){.span = callee->span};
  if (b && b->value.kind == VAL_layer) {
    place_word(c->scope->places, WORD_name, name, b->declared, &b->value);
    return *layer = b->value.layer, true;
  }
  if (b && !value_ok(&b->value)) return false;
  *layer = c->self;
  if (c->self && layer_method(c->self->shape, name.str) && !str_none(name.str))
    return *method = name, true;
  if (c->self && member_find(c, c->self, name.str, name.span, &member) && member.kind == VAL_layer)
    return *layer = member.layer, true;
  return !b && c->self && str_eq(name.str, ctx_str(c->ctx, "self"));
}

static Value call_name(Check *c, const Expr *x, Str name) {
  const Args *args = &x->call.args;
  Span span = x->call.callee->span;
  Binding *b = scope_find(c->scope, name);
  Layer *layer;
  Name method;
  if (layer_named(c, x->call.callee, &layer, &method))
    return call_layer(c, layer, method, args, x->span);
  if (b && !value_ok(&b->value)) return b->value;
  Item *item = spec_item(c->spec, ITEM_fn, name);
  if (item) place_word(c->scope->places, WORD_item, (Name){name, span}, item->name.span, NULL);
  if (item) return call_function(c, &(Callee){.fn = item->fn}, args, x->span);
  item = spec_item(c->spec, ITEM_extern, name);
  if (item) place_word(c->scope->places, WORD_item, (Name){name, span}, item->name.span, NULL);
  if (item) return call_function(c, &(Callee){.fn = item->foreign.fn, .item = item}, args, x->span);
  if (builtin_known(c->ctx, name)) return builtin_call(c, name, args, x->span);
  return b ? call_value(c, b->value, args, x->span) : unknown_callee(c, name, span);
}

/* net.head, net.block[0].loss: the layer, and what is called of it. */
static void member_called(Check *c, const Layer *base, Name name, Layer **layer, Name *method) {
  Value member;
  *layer = (Layer *)base;
  *method = name;
  if (!member_find(c, *layer, name.str, name.span, &member) || member.kind != VAL_layer) return;
  *layer = member.layer;
  *method = (Name){.span = name.span};
}

static Value call_member(Check *c, const Expr *x) {
  const Expr *callee = x->call.callee;
  Value base = elab_expr(c, callee->member.base);
  Layer *layer;
  Name method;
  if (!value_ok(&base)) return base;
  if (base.kind == VAL_layer) {
    member_called(c, base.layer, callee->member.name, &layer, &method);
    return call_layer(c, layer, method, &x->call.args, x->span);
  }
  if (base.kind == VAL_data)
    return c->spec->train_rules->batch(c, base.data, callee->member.name, &x->call.args, x->span);
  diag_at(c->ctx, callee->span, E_not_callable, "%s has no methods", value_str(c, &base));
  return value_poison();
}

Value elab_call(Check *c, const Expr *x) {
  const Expr *callee = x->call.callee;
  if (callee->kind == EX_poison) return value_poison();
  if (callee->kind == EX_name) return call_name(c, x, callee->name);
  if (callee->kind == EX_member) return call_member(c, x);
  return call_value(c, elab_expr(c, callee), &x->call.args, x->span);
}

/* ---- other weights ---- */

/* The layer that a call is of, and what is called of it; false when it is a call of none. */
static bool layer_called(Check *c, const Expr *callee, Layer **layer, Name *method) {
  Value v;
  *method = (Name){.span = callee->span};
  if (callee->kind == EX_name) return layer_named(c, callee, layer, method);
  v = elab_expr(c, callee->kind == EX_member ? callee->member.base : callee);
  if (v.kind != VAL_layer) return false;
  *layer = v.layer;
  if (callee->kind == EX_member) member_called(c, v.layer, callee->member.name, layer, method);
  return true;
}

/* net with w, net(x) with w, net.loss(x) with w */
Value elab_with(Check *c, const Expr *x) {
  const Expr *base = x->with.base;
  bool call = base->kind == EX_call;
  uint32_t errors = c->ctx->diags.errors;
  Layer *layer = NULL;
  Name method = {0};
  bool found = call && layer_called(c, base->call.callee, &layer, &method);
  Value v = call ? value_poison() : elab_expr(c, base);
  if (v.kind == VAL_layer) found = (layer = v.layer) != NULL;
  if (!found) {
    if (c->ctx->diags.errors == errors)
      diag_at(c->ctx, base->span, E_argument,
              "'with' gives other weights to a layer, or to the layer of a call");
    return value_poison();
  }
  layer = layer_with(c, layer, elab_expr(c, x->with.weights), x->with.weights->span);
  if (!layer) return value_poison();
  if (!call) return (Value){.kind = VAL_layer, .layer = layer};
  return call_layer(c, layer, method, &base->call.args, x->span);
}
