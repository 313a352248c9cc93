/* Instances of functions: each is elaborated once for the types, sizes, layers and constants it is
 * called with, and used by call nodes.
 *
 * The parameters of an instance's graph: the weights of the layer whose method it is, then for each
 * parameter of the text its tensor, the leaves of its tuple or the weights of its layer (sizes and
 * constants leave none), then the key if random numbers are drawn.
 *
 * In index notation a function of scalars is applied at every place: its body is elaborated on the
 * spot, with the index variables as hidden axes.
 */
#include "frontend/check/checker.h"

/* ---- beginnings ---- */

Check check_new(Spec *spec, Scope *scope) {
  return (Check){.spec = spec, .ctx = spec->ctx, .scope = scope};
}

Str callee_name(Ctx *ctx, const FnDecl *fn, const LayerShape *self) {
  if (!self) return fn->name.str;
  const char *method = str_none(fn->name.str) ? "()" : ctx_text(ctx, fn->name.str);
  return ctx_str(ctx, ctx_printf(ctx, "%s.%s", ctx_text(ctx, self->item->name.str), method));
}

Instance *instance_new(Check *c, Str key, Str name) {
  Instance *in = arena_new(&c->ctx->arena, Instance);
  in->training = c->mode.training;
  in->wide = c->spec->wide;
  in->key = key;
  in->name = name;
  c->instance = in;
  c->frame = frame_new(c, NULL, name);
  in->graph = c->frame->graph;
  return in;
}

static uint64_t mode_key(Str key, bool training, bool wide) {
  return (uint64_t)key.i << 2 | (uint64_t)training << 1 | wide;
}

void instance_add(Spec *spec, Instance *in) {
  Arena *arena = &spec->ctx->arena;
  uint64_t key = mode_key(in->key, in->training, in->wide);
  map_set(arena, &spec->instances_by_key, key, spec->instances.len);
  vec_push(arena, &spec->instances, in);
}

/* What was found may have been given up since, and another one may stand in its place. */
static Instance *find_in_mode(const Spec *spec, Str key, bool training) {
  uint32_t at;
  if (!map_get(&spec->instances_by_key, mode_key(key, training, spec->wide), &at)) return NULL;
  if (at >= spec->instances.len) return NULL;
  Instance *in = spec->instances.data[at];
  bool same = str_eq(in->key, key) && in->training == training && in->wide == spec->wide;
  return same ? in : NULL;
}

Instance *instance_find(Spec *spec, Str key, bool training) {
  Instance *in = find_in_mode(spec, key, training);
  if (in) return in;
  in = find_in_mode(spec, key, !training);
  return in && !in->mode_matters ? in : NULL;
}

static bool is_static_param(const Param *p, const Actual *a) {
  return p->type->kind == TY_size || p->type->kind == TY_layer || a->value.kind == VAL_bool ||
         a->value.kind == VAL_text || a->value.kind == VAL_unknown;
}

/* ---- arguments ---- */

/* Numbers and index variables become tensors of the declared element type. */
static bool settle_actual(Check *c, const Param *p, Actual *a) {
  if (!a->given || !p->type) return true;
  if (p->type->kind == TY_layer) {
    if (a->value.kind == VAL_layer) return true;
    diag_at(c->ctx, a->span, E_argument, "the parameter '%s' is a layer, not %s",
            ctx_text(c->ctx, p->name.str), value_str(c, &a->value));
    return false;
  }
  if (is_static_param(p, a) || a->value.kind == VAL_tuple) return true;
  DType dtype = DT_f32;
  Ty element = TY_NONE;
  if (p->type->kind == TY_tensor && !p->type->index &&
      dtype_named(c->spec, ctx_text(c->ctx, p->type->dtype.str), &dtype))
    element = type_scalar(c->ctx, dtype);
  a->value = value_to_tensor(c, a->value, element, a->span);
  return value_ok(&a->value);
}

static bool is_mapped(const Value *v) { return v->kind == VAL_tensor && v->tensor.n_vars > 0; }

static Ty actual_type(Check *c, const Value *v) {
  if (v->kind != VAL_tuple)
    return type_with_dims(c->ctx, value_type(c, v), value_dims(c, v), value_rank(c, v));
  Ty *items = alloc(c, sizeof(Ty) * (v->items.len + 1));
  for (uint32_t i = 0; i < v->items.len; i++) {
    Value item = v->items.data[i];
    if (item.kind != VAL_tuple) item = value_to_tensor(c, item, TY_NONE, v->span);
    items[i] = value_ok(&item) ? actual_type(c, &item) : TY_NONE;
    if (!items[i].i) return TY_NONE;
  }
  return type_tuple(c->ctx, items, (int)v->items.len);
}

/* Binds the sizes of the signature in inner's scope: first those given as arguments, then those of
 * types. */
static bool bind_signature(Check *c, Check *inner, const FnDecl *fn, const Actual *actuals) {
  Wanted *wanted = alloc(c, sizeof(Wanted) * (fn->params.len + 1));
  uint32_t n = 0;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const Param *p = &fn->params.data[i];
    if (!actuals[i].given || !p->type) continue;
    if (is_static_param(p, &actuals[i])) {
      scope_bind(c->ctx, inner->scope, p->name.str, p->name.span, actuals[i].value);
      continue;
    }
    const char *what = ctx_printf(c->ctx, "the argument '%s'", ctx_text(c->ctx, p->name.str));
    wanted[n++] = (Wanted){p->type, actual_type(c, &actuals[i].value), actuals[i].span, what};
  }
  return unify_signature(inner, wanted, n);
}

static void bind_default(Check *inner, const Param *p) {
  Value v = elab_expr(inner, p->value);
  if (p->type && p->type->kind == TY_tensor && v.kind == VAL_number) {
    Ty type = type_eval(inner, p->type);
    if (type.i && type_info(inner->ctx, type)->rank == 0)
      v = value_to_tensor(inner, v, type, p->span);
  }
  scope_bind(inner->ctx, inner->scope, p->name.str, p->name.span, v);
}

/* ---- parameters of the graph ---- */

static Layer *layer_of_params(Check *c, LayerShape *shape, const char *prefix, Str path) {
  Layer *layer = arena_new(&c->ctx->arena, Layer);
  uint32_t n = shape->weights.len;
  *layer = (Layer){
      .shape = shape, .path = path, .frame = c->frame, .weights = alloc(c, sizeof(Ref) * (n + 1))};
  graph_reserve(c->frame->graph, n, n / 4 + 32);
  for (uint32_t i = 0; i < n; i++) {
    const WeightInfo *w = &shape->weights.data[i];
    const char *name = ctx_printf(c->ctx, "%s%s", prefix, ctx_text(c->ctx, w->path));
    layer->weights[i] =
        graph_role_param(c->frame->graph, w->type, ctx_str(c->ctx, name), ROLE_weight);
  }
  Ref *before = arena_copy(&c->ctx->arena, layer->weights, sizeof(Ref) * n);
  vec_push(&c->ctx->arena, &c->instance->layers, ((LayerParam){layer, before}));
  return layer;
}

static Value param_value(Check *c, const TypeExpr *t, Ty type, const char *name) {
  const TypeInfo *info = type_info(c->ctx, type);
  int32_t sets[64];
  int n_sets = 0;
  if (!info->is_tuple) {
    dim_sets(c, t, sets, &n_sets);
    bool mask = type_is_mask(c->ctx, t);
    return value_tensor(c, (mask ? graph_mask_param : graph_param)(
                               c->frame->graph, type, ctx_str(c->ctx, name), sets, n_sets));
  }
  Value v = value_tuple(values_new(c->ctx, (uint32_t)info->rank));
  for (uint32_t i = 0; i < v.items.len; i++)
    v.items.data[i] =
        param_value(c, tuple_item(t, i), info->items[i], ctx_printf(c->ctx, "%s.%u", name, i));
  return v;
}

static void make_param(Check *c, const Param *p, const Value *actual, Ty type) {
  const char *name = ctx_text(c->ctx, p->name.str);
  Value v;
  graph_here(c, p->span);
  if (actual && actual->kind == VAL_layer) {
    Layer *layer =
        layer_of_params(c, actual->layer->shape, ctx_printf(c->ctx, "%s.", name), p->name.str);
    layer->frozen = actual->layer->frozen;
    v = (Value){.kind = VAL_layer, .layer = layer};
  } else {
    v = param_value(c, p->type, type, name);
  }
  scope_bind(c->ctx, c->scope, p->name.str, p->name.span, v);
}

/* ---- elaboration ---- */

static Value settle_result(Check *c, Value v, const TypeExpr *declared, Span span) {
  DType dtype;
  Ty element = TY_NONE;
  if (declared && declared->kind == TY_tensor && !declared->index &&
      dtype_named(c->spec, ctx_text(c->ctx, declared->dtype.str), &dtype))
    element = type_scalar(c->ctx, dtype);
  bool typed = v.kind == VAL_tensor || v.kind == VAL_tuple || v.kind == VAL_poison;
  return v.kind == VAL_number || (declared && !typed) ? value_to_tensor(c, v, element, span) : v;
}

static bool result_fits(Check *c, const Value *v, const TypeExpr *declared, Span span) {
  if (!declared) return true;
  Ty type = actual_type(c, v);
  Wanted wanted = {declared, type, span, "the result"};
  if (!type.i) return false;
  Quiet quiet = quiet_begin(c);
  bool fits = unify_all(c, &wanted, 1);
  Ty expected = fits ? type : type_eval(c, declared);
  if (fits) return true;
  quiet_end(c, quiet);
  diag_at(c->ctx, span, E_result_mismatch, "the result is not of the declared type");
  if (expected.i) diag_expected(c->ctx, "%s", type_str(c->ctx, expected));
  diag_got(c->ctx, "%s", type_str(c->ctx, type));
  diag_note(c->ctx, declared->span, "declared here");
  return false;
}

static Value body_value(Check *c, const Block *body, const TypeExpr *result, Span span) {
  bool found = false;
  Span where = span;
  Value v = elab_block(c, body, &found, &where);
  if (!found) {
    if (!spec_unread(c->spec))
      diag_at(c->ctx, span, E_no_result, "the body does not end with an expression, its result");
    return value_poison();
  }
  if (!value_ok(&v)) return v;
  v = settle_result(c, v, result, where);
  return value_ok(&v) && result_fits(c, &v, result, where) ? v : value_poison();
}

void instance_finish(Check *c, Instance *in, const Block *body, const TypeExpr *result, Span span) {
  in->busy = true;
  Value v = body_value(c, body, result, span), template;
  RefList refs = {0};
  in->busy = false;
  in->failed = !value_ok(&v) || !value_flatten(c, v, span, &refs, &template);
  if (in->failed) return;
  for (uint32_t i = 0; i < refs.refs.len; i++) {
    Str name = graph_node(in->graph, refs.refs.data[i])->name;
    graph_result(in->graph, refs.refs.data[i], name);
  }
  states_finish(c, in);
  in->result = template;
  settle_claims(in);
  in->graph = graph_sweep(in->graph);
  if (in->alone) in->failed = !sizes_possible(c->spec, in->graph);
}

static Instance *elaborate(Check *inner, const Callee *callee, const Actual *actuals, Str key) {
  const FnDecl *fn = callee->fn;
  LayerShape *shape = callee->self ? callee->self->shape : NULL;
  Ty *types = alloc(inner, sizeof(Ty) * (fn->params.len + 1));
  for (uint32_t i = 0; i < fn->params.len; i++)
    if (actuals[i].given && !is_static_param(&fn->params.data[i], &actuals[i]))
      types[i] = actual_type(inner, &actuals[i].value);
  Instance *in = instance_new(inner, key, callee_name(inner->ctx, fn, shape));
  instance_add(inner->spec, in);
  in->decl = inner->fn = fn;
  in->self = shape;
  if (shape) inner->self = layer_of_params(inner, shape, "", ctx_str(inner->ctx, ""));
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const Param *p = &fn->params.data[i];
    if (!actuals[i].given)
      bind_default(inner, p);
    else if (p->type->kind == TY_layer || !is_static_param(p, &actuals[i]))
      make_param(inner, p, &actuals[i].value, types[i]);
  }
  instance_finish(inner, in, &fn->body, fn->result, fn->span);
  return in;
}

static void key_of_actual(Check *c, const Param *p, const Actual *a, Text *key) {
  const Value *v = &a->value;
  if (!a->given)
    text_puts(key, "|-");
  else if (v->kind == VAL_layer)
    text_printf(key, "|L%d%s", v->layer->frozen, ctx_text(c->ctx, v->layer->shape->key));
  else if (v->kind == VAL_bool)
    text_printf(key, "|B%d", v->boolean);
  else if (v->kind == VAL_text)
    text_printf(key, "|S%u", v->text.i);
  else if (v->kind == VAL_unknown)
    text_printf(key, "|C%s", value_str(c, v));
  else if (p->type->kind == TY_size)
    text_printf(key, "|N%u", v->number.size.i);
  else
    text_printf(key, "|T%u", actual_type(c, v).i);
}

static Str instance_key(Check *c, const Callee *callee, const Actual *actuals) {
  Text key = text_new(&c->ctx->arena);
  text_printf(&key, "%p|%s", (const void *)callee->fn,
              callee->self ? ctx_text(c->ctx, callee->self->shape->key) : "");
  for (uint32_t i = 0; i < callee->fn->params.len; i++)
    key_of_actual(c, &callee->fn->params.data[i], &actuals[i], &key);
  return ctx_str(c->ctx, text_str(&key));
}

/* ---- use ---- */

static void push_weights(Check *c, const Layer *layer, RefList *refs) {
  for (uint32_t i = 0; i < layer->shape->weights.len; i++)
    vec_push(&c->ctx->arena, &refs->refs, frame_import(c, layer->frame, layer->weights[i]));
}

static bool push_operands(Check *c, const Callee *callee, const Actual *actuals, RefList *refs) {
  Value template;
  if (callee->self) push_weights(c, callee->self, refs);
  for (uint32_t i = 0; i < callee->fn->params.len; i++) {
    const Param *p = &callee->fn->params.data[i];
    const Actual *a = &actuals[i];
    if (!a->given) continue;
    if (a->value.kind == VAL_layer)
      push_weights(c, a->value.layer, refs);
    else if (!is_static_param(p, a) && !value_flatten(c, a->value, a->span, refs, &template))
      return false;
  }
  return true;
}

/* The path of the callee, inside of what the call stands in: an optimizer's update. */
static Str call_scope(Check *c, const Callee *callee, Str outer) {
  Str path = callee->self ? callee->self->path : callee->fn->name.str;
  if (str_none(outer)) return path;
  return ctx_str(c->ctx,
                 ctx_printf(c->ctx, "%s.%s", ctx_text(c->ctx, outer), ctx_text(c->ctx, path)));
}

static Value build_call(Check *c, const Callee *callee, const Instance *in, const Actual *actuals,
                        Span span) {
  RefList refs = {0};
  if (!push_operands(c, callee, actuals, &refs)) return value_poison();
  if (!claims_hold(c, in, &refs, span)) return value_poison();
  Graph *g = graph_here(c, span);
  Str outer = g->scope;
  if (span_none(c->instance->undecided)) c->instance->undecided = in->undecided;
  g->scope = call_scope(c, callee, outer);
  if (in->needs_key) vec_push(&c->ctx->arena, &refs.refs, random_call_key(c));
  Ref y = build_region(g, OP_call, refs.refs.data, (int)refs.refs.len, NULL, 0, in->graph, TY_NONE);
  uint32_t n = in->graph->results.len, next = 0;
  Ref *items = alloc(c, sizeof(Ref) * (n + 1));
  for (uint32_t i = 0; i < n; i++) items[i] = build_item(g, y, (int)i);
  g->scope = outer;
  Value v = value_rebuild(c, &in->result, items, &next);
  states_give(c, callee, in, actuals, items + next, span);
  return v;
}

/* What C code gives for a type: indices are numbers until they are cut into range. */
static Ty foreign_type(Check *c, Ty type) {
  const TypeInfo *info = type_info(c->ctx, type);
  return info->dtype == DT_idx ? type_with_dtype(c->ctx, type, DT_i32) : type;
}

static Value foreign_item(Check *c, Graph *g, Ref y, int i, Ty type) {
  Ref item = build_item(g, y, i);
  bool index = type_info(c->ctx, type)->dtype == DT_idx;
  return value_tensor(c, index ? build_op(g, OP_cast, &item, 1, NULL, 0, type) : item);
}

static Value build_foreign(Check *c, Check *inner, const Callee *callee, const Actual *actuals,
                           Span span) {
  RefList refs = {0};
  const Item *item = callee->item;
  Ty type = callee->fn->result ? type_eval(inner, callee->fn->result) : TY_NONE;
  if (!type.i || !push_operands(c, callee, actuals, &refs)) return value_poison();
  const TypeInfo *info = type_info(c->ctx, type);
  const Ty *items = info->is_tuple ? info->items : &type;
  int n = info->is_tuple ? info->rank : 1;
  Ty *given = alloc(c, sizeof(Ty) * (size_t)(n + 1));
  for (int i = 0; i < n; i++) given[i] = foreign_type(c, items[i]);
  Ty result = type_tuple(c->ctx, given, n);
  Item *gradient = spec_item(c->spec, ITEM_gradient, item->name.str);
  Attr attrs[3] = {attr_s(A_symbol, item->name.str), attr_s(A_library, item->foreign.library)};
  if (gradient) attrs[2] = attr_s(A_gradient, gradient->function.str);
  Graph *g = graph_here(c, span);
  Ref y =
      build_op(g, OP_foreign, refs.refs.data, (int)refs.refs.len, attrs, gradient ? 3 : 2, result);
  if (!info->is_tuple) return foreign_item(c, g, y, 0, type);
  Value v = value_tuple(values_new(c->ctx, (uint32_t)n));
  for (int i = 0; i < n; i++) v.items.data[i] = foreign_item(c, g, y, i, items[i]);
  return v;
}

/* In index notation: the body on the spot, with the arguments' hidden axes. */
static Value apply_mapped(Check *c, Check *inner, const Callee *callee, const Actual *actuals,
                          Span span) {
  const FnDecl *fn = callee->fn;
  if (c->instance->busy_inline > 50) {
    diag_at(c->ctx, span, E_recursion, "'%s' calls itself", ctx_text(c->ctx, fn->name.str));
    return value_poison();
  }
  Scope *scope = inner->scope;
  Rest rest = inner->rest;
  bool training = inner->mode.training;
  *inner = *c;
  inner->mode.training = training;
  inner->scope = scope;
  inner->rest = rest;
  inner->self = callee->self;
  inner->mode.index = inner->mode.size = false;
  inner->with = NULL;
  inner->lead = NULL;
  inner->train = NULL;
  inner->turn = NULL;
  inner->body = &fn->body;
  inner->fn = fn;
  inner->assigned = NULL;
  inner->kept = NULL;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const Param *p = &fn->params.data[i];
    if (!actuals[i].given)
      bind_default(inner, p);
    else
      scope_bind(c->ctx, inner->scope, p->name.str, p->name.span,
                 variable_of(inner, p->name.str, NULL, actuals[i].value, actuals[i].span));
  }
  c->instance->busy_inline++;
  Value v = body_value(inner, &fn->body, fn->result, fn->span);
  c->instance->busy_inline--;
  c->next_order = inner->next_order;
  return v;
}

static Value recursion(Check *c, const Instance *in, Span span) {
  diag_at(c->ctx, span, E_recursion, "'%s' calls itself", ctx_text(c->ctx, in->name));
  diag_note(c->ctx, in->decl->span, "defined here");
  diag_help(c->ctx, "use a scan, or an array of layers");
  return value_poison();
}

enum { MOST_CALL_NOTES = 3 };

/* Whether a mistake may lie in what a function was called with. */
static bool depends_on_call(DiagCode code) {
  switch (code) {
  case E_shape_mismatch:
  case E_size_mismatch:
  case E_rank_mismatch:
  case E_wrong_dtype:
  case E_index_type:
  case E_out_of_range:
  case E_not_static:
  case E_carry_mismatch:
  case E_result_mismatch:
  case E_assert_failed:
  case E_matmul_mismatch:
  case E_bad_gradient:
  case E_tuple_mismatch:
  case E_size_need:
    return true;
  default:
    return false;
  }
}

/* What went wrong inside of a call for these arguments says where it was called. */
static void note_call(Check *c, const Callee *callee, uint32_t from, Span span) {
  const LayerShape *shape = callee->self ? callee->self->shape : NULL;
  Diags *diags = &c->ctx->diags;
  Diag *current = diags->current;
  for (uint32_t i = from; i < diags->list.len; i++) {
    diags->current = diags->list.data[i];
    if (diags->current->notes.len >= MOST_CALL_NOTES || !depends_on_call(diags->current->code))
      continue;
    diag_note(c->ctx, span, "in this call of '%s'",
              ctx_text(c->ctx, callee_name(c->ctx, callee->fn, shape)));
  }
  diags->current = current;
}

Value instance_call(Check *c, const Callee *callee, Actual *actuals, Span span) {
  const FnDecl *fn = callee->fn;
  bool ok = true, mapped = false;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    ok = settle_actual(c, &fn->params.data[i], &actuals[i]) && ok;
    if (actuals[i].given && value_ok(&actuals[i].value))
      ok = check_set_argument(c, &fn->params.data[i], &actuals[i].value, actuals[i].span) && ok;
    mapped = mapped || (actuals[i].given && is_mapped(&actuals[i].value));
  }
  if (!ok) return value_poison();
  Scope *outer = callee->self ? callee->self->shape->constants : c->spec->globals;
  Check inner = check_new(c->spec, scope_new(c->ctx, outer));
  inner.frame = c->frame; /* where the arguments live, until the instance has a frame of its own */
  inner.instance = c->instance;
  inner.mode.training = c->mode.training && !(callee->self && callee->self->frozen);
  if (callee->item && c->spec->wide) {
    diag_at(c->ctx, span, E_foreign_function,
            "a program of precision \"f64\" does not call extern functions");
    return value_poison();
  }
  uint32_t said = c->ctx->diags.list.len;
  if (!bind_signature(c, &inner, fn, actuals)) return value_poison();
  if (callee->item) return build_foreign(c, &inner, callee, actuals, span);
  if (mapped) return apply_mapped(c, &inner, callee, actuals, span);
  Str key = instance_key(c, callee, actuals);
  Instance *in = instance_find(c->spec, key, inner.mode.training);
  if (in && in->busy) return recursion(c, in, span);
  if (!in) {
    in = elaborate(&inner, callee, actuals, key);
    note_call(c, callee, said, span);
  }
  c->instance->mode_matters |= in->mode_matters;
  return in->failed ? value_poison() : build_call(c, callee, in, actuals, span);
}

/* ---- on its own ---- */

/* A parameter of a signature on its own; false when only a caller can say what it is. */
static bool alone_param(Check *c, const Param *p, const Value *given) {
  Value v = value_poison();
  if (!p->type) return false;
  if (given && value_ok(given))
    v = *given;
  else if (p->type->kind == TY_size)
    v = value_size(c->ctx, size_symbol(c->ctx, p->name.str));
  else if (p->type->kind == TY_layer)
    return false;
  else
    return true;
  scope_bind(c->ctx, c->scope, p->name.str, p->name.span, v);
  return true;
}

static Instance *elaborate_alone(Spec *spec, const FnDecl *fn, LayerShape *self,
                                 const Value *given) {
  Scope *scope = scope_new(spec->ctx, self ? self->constants : spec->globals);
  scope->symbols = true;
  Check c = check_new(spec, scope);
  Text key = text_new(&spec->ctx->arena);
  text_printf(&key, "alone|%p|%s", (const void *)fn, self ? ctx_text(spec->ctx, self->key) : "");
  for (uint32_t i = 0; given && i < fn->params.len; i++)
    if (given[i].kind == VAL_bool) text_printf(&key, "|%u=%d", i, given[i].boolean);
  Str id = ctx_str(spec->ctx, text_str(&key));
  Instance *in = instance_find(spec, id, false);
  if (in) return in;
  for (uint32_t i = 0; i < fn->params.len; i++)
    if (!alone_param(&c, &fn->params.data[i], given ? &given[i] : NULL)) return NULL;
  in = instance_new(&c, id, callee_name(spec->ctx, fn, self));
  instance_add(spec, in);
  in->decl = c.fn = fn;
  in->self = self;
  in->alone = true;
  if (self) c.self = layer_of_params(&c, self, "", ctx_str(spec->ctx, ""));
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const Param *p = &fn->params.data[i];
    if (scope_find_here(scope, p->name.str) &&
        (p->type->kind == TY_size || (given && value_ok(&given[i]))))
      continue;
    if (p->value && p->type->kind == TY_tensor && p->type->n_dims == 0) {
      bind_default(&c, p);
      continue;
    }
    Ty type = type_of_signature(&c, p->type);
    in->failed = in->failed || !type.i;
    if (type.i) make_param(&c, p, NULL, type);
  }
  if (in->failed) return in;
  scope->symbols = false;
  instance_finish(&c, in, &fn->body, fn->result, fn->span);
  return in;
}

Instance *instance_alone(Spec *spec, const FnDecl *fn, LayerShape *self, const Value *given) {
  bool before = spec->wide;
  if (self) spec->wide = self->wide;
  Instance *in = elaborate_alone(spec, fn, self, given);
  spec->wide = before;
  return in;
}
