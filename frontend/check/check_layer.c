/* Layers: a layer with its constants becomes a shape: members, weights in a flat list, methods. */
#include "frontend/check/checker.h"

/* ---- constants ---- */

static bool is_constant(const Value *v) {
  return v->kind == VAL_number || v->kind == VAL_bool || v->kind == VAL_text ||
         v->kind == VAL_unknown;
}

static int find_param(const Params *params, Str name) {
  for (uint32_t i = 0; i < params->len; i++)
    if (str_eq(params->data[i].name.str, name)) return (int)i;
  return -1;
}

/* Evaluates one argument in the user's scope and binds it in the new one. */
static bool bind_argument(Check *c, Scope *scope, const Params *params, const Arg *arg,
                          uint32_t at_place, const char *what) {
  int at = str_none(arg->name.str) ? (int)at_place : find_param(params, arg->name.str);
  if (at < 0 || at >= (int)params->len) {
    diag_at(c->ctx, arg->span, E_argument,
            at < 0 ? "'%s' has no constant '%s'" : "'%s' has fewer constants than that%.0s", what,
            ctx_text(c->ctx, arg->name.str));
    Text names = text_new(&c->ctx->arena);
    for (uint32_t i = 0; i < params->len; i++)
      text_printf(&names, "%s%s", i ? ", " : "", ctx_text(c->ctx, params->data[i].name.str));
    if (names.len) diag_help(c->ctx, "its constants are %s", text_str(&names));
    return false;
  }
  const Param *p = &params->data[at];
  if (scope_find_here(scope, p->name.str)) {
    diag_at(c->ctx, arg->span, E_argument, "'%s': the constant '%s' has been given before", what,
            ctx_text(c->ctx, p->name.str));
    return false;
  }
  Value v = elab_expr(c, arg->value);
  place_word(c->scope->places, WORD_argument, arg->name, p->name.span, NULL);
  scope_bind_declared(c->ctx, scope, p->name, arg->span, v);
  if (is_constant(&v) || (c->mode.tensor_constants && v.kind == VAL_tensor)) return true;
  if (value_ok(&v))
    diag_at(c->ctx, arg->span, E_argument, "'%s': the constant '%s' cannot be %s", what,
            ctx_text(c->ctx, p->name.str), value_str(c, &v));
  return false;
}

static bool bind_rest(Check *c, Scope *scope, const Params *params, const char *what, Span span) {
  Check inner = check_new(c->spec, scope);
  inner.frame = c->frame;
  inner.instance = c->instance;
  for (uint32_t i = 0; i < params->len; i++) {
    const Param *p = &params->data[i];
    if (scope_find_here(scope, p->name.str)) continue;
    if (!p->value) {
      diag_at(c->ctx, span, E_argument, "'%s' is used without its constant '%s'", what,
              ctx_text(c->ctx, p->name.str));
      diag_note(c->ctx, p->span, "declared here, without a default");
      return false;
    }
    Value v = elab_expr(&inner, p->value);
    if (!value_ok(&v)) return false;
    scope_bind_declared(c->ctx, scope, p->name, p->span, v);
  }
  return true;
}

Scope *bind_constants(Check *c, const Params *params, const Args *args, const char *what,
                      Span span) {
  Scope *scope = scope_new(c->ctx, c->spec->globals);
  bool ok = true;
  for (uint32_t i = 0; args && i < args->len; i++)
    ok = bind_argument(c, scope, params, &args->data[i], i, what) && ok;
  return ok && bind_rest(c, scope, params, what, span) ? scope : NULL;
}

static void print_constant(Check *c, const Value *v, Text *out) {
  switch (v->kind) {
  case VAL_number:
    if (v->number.known)
      text_double(out, v->number.f);
    else if (v->number.den.i)
      text_printf(out, "%s/(%s)", size_str(c->ctx, v->number.num), size_str(c->ctx, v->number.den));
    else
      size_print(c->ctx, v->number.size, out);
    return;
  case VAL_bool:
    text_puts(out, v->boolean ? "true" : "false");
    return;
  case VAL_text:
    text_printf(out, "\"%s\"", ctx_text(c->ctx, v->text));
    return;
  case VAL_unknown:
    text_puts(out, value_str(c, v));
    return;
  default:
    text_putc(out, '?');
    return;
  }
}

/* "128, 256" */
const char *constants_key(Check *c, const Params *params, Scope *scope) {
  Text key = text_new(&c->ctx->arena);
  for (uint32_t i = 0; i < params->len; i++) {
    if (i) text_puts(&key, ", ");
    print_constant(c, &scope_find_here(scope, params->data[i].name.str)->value, &key);
  }
  return text_str(&key);
}

/* ---- members ---- */

static void add_members(Check *c, LayerShape *shape, const Members *members);

static bool new_member(Check *c, LayerShape *shape, Name name) {
  place_word(c->scope->places, WORD_member, name, name.span, NULL);
  for (uint32_t i = 0; i < shape->members.len; i++) {
    const LayerMember *m = &shape->members.data[i];
    if (!str_eq(m->name.str, name.str)) continue;
    diag_at(c->ctx, name.span, E_duplicate_name, "the layer has two members '%s'",
            ctx_text(c->ctx, name.str));
    diag_note(c->ctx, m->name.span, "the first one");
    return false;
  }
  return true;
}

static void add_weight(Check *c, LayerShape *shape, const Member *m) {
  Ty type = type_eval(c, m->weight.type);
  if (!type.i || type_info(c->ctx, type)->is_tuple || !new_member(c, shape, m->name)) {
    shape->failed = true;
    return;
  }
  LayerMember member = {.name = m->name, .decl = m, .first = shape->weights.len, .count = -1};
  vec_push(&c->ctx->arena, &shape->members, member);
  WeightInfo w = {
      .path = m->name.str, .type = type, .decl = m, .owner = shape, .state = m->weight.state};
  vec_push(&c->ctx->arena, &shape->weights, w);
}

static void append_weights(Check *c, LayerShape *shape, const LayerShape *sub, const char *prefix) {
  for (uint32_t i = 0; i < sub->weights.len; i++) {
    WeightInfo w = sub->weights.data[i];
    w.path = ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s", prefix, ctx_text(c->ctx, w.path)));
    vec_push(&c->ctx->arena, &shape->weights, w);
  }
}

static Item *find_layer(Check *c, Name name) {
  Item *item = spec_item(c->spec, ITEM_layer, name.str);
  if (item) place_word(c->scope->places, WORD_item, name, item->name.span, NULL);
  if (item || str_none(name.str)) return item;
  diag_at(c->ctx, name.span, E_unknown_name, "there is no layer '%s'", ctx_text(c->ctx, name.str));
  suggest_name(c, name.str);
  return NULL;
}

/* The layers of 'f: [i in L] Dense(I + i*G, G)', each with its own number for i. */
static bool add_each(Check *c, LayerShape *shape, const Member *m, Item *item,
                     LayerMember *member) {
  Scope *outer = c->scope;
  size_t n = (size_t)member->count;
  uint32_t *firsts = arena_array(&c->ctx->arena, uint32_t, n + 1);
  member->shapes = arena_array(&c->ctx->arena, LayerShape *, n + 1);
  member->firsts = firsts;
  bool ok = true;
  for (size_t i = 0; i < n && ok; i++) {
    c->scope = scope_new(c->ctx, outer);
    scope_bind(c->ctx, c->scope, m->sublayer.index.str, m->sublayer.index.span,
               value_number(c->ctx, (double)i));
    LayerShape *sub = layer_shape(c, item, &m->sublayer.args, m->span);
    c->scope = outer;
    ok = sub && !sub->failed;
    if (!ok) break;
    member->shapes[i] = member->shape = sub;
    firsts[i] = shape->weights.len;
    append_weights(c, shape, sub, ctx_printf(c->ctx, "%s.%zu", ctx_text(c->ctx, m->name.str), i));
  }
  return ok;
}

/* Of an array: how many; false with a diagnostic when that is no number of layers. */
static bool count_layers(Check *c, const Member *m, int64_t *count) {
  *count = -1;
  if (!m->sublayer.count) return true;
  if (!elab_int(c, m->sublayer.count, count)) return false;
  if (*count >= 0 && *count <= MOST_ITEMS) return true;
  diag_at(c->ctx, m->sublayer.count->span, E_not_size, "an array of %lld layers",
          (long long)*count);
  return false;
}

static void add_layer(Check *c, LayerShape *shape, const Member *m) {
  const char *name = ctx_text(c->ctx, m->name.str);
  Item *item = find_layer(c, m->sublayer.layer);
  LayerMember member = {.name = m->name, .decl = m, .first = shape->weights.len, .count = -1};
  bool differ = !str_none(m->sublayer.index.str), ok = item != NULL;
  if (ok && !differ) member.shape = layer_shape(c, item, &m->sublayer.args, m->span);
  ok = ok && (differ || (member.shape && !member.shape->failed)) && new_member(c, shape, m->name) &&
       count_layers(c, m, &member.count) && (!differ || add_each(c, shape, m, item, &member));
  if (!ok) {
    shape->failed = true;
    return;
  }
  vec_push(&c->ctx->arena, &shape->members, member);
  if (!m->sublayer.count) append_weights(c, shape, member.shape, name);
  for (int64_t i = 0; i < member.count && !differ; i++)
    append_weights(c, shape, member.shape, ctx_printf(c->ctx, "%s.%lld", name, (long long)i));
}

static void add_branch(Check *c, LayerShape *shape, const Member *m) {
  Value condition;
  if (!elab_static_bool(c, m->branch.condition, &condition)) {
    shape->failed = true;
    return;
  }
  bool unknown = condition.kind == VAL_unknown;
  if (unknown || condition.boolean) add_members(c, shape, &m->branch.then);
  if (unknown || !condition.boolean) add_members(c, shape, &m->branch.otherwise);
}

static void add_const(Check *c, LayerShape *shape, const Member *m) {
  Value v = elab_expr(c, m->value);
  if (value_ok(&v) && !is_constant(&v)) {
    diag_at(c->ctx, m->span, E_not_static, "a constant cannot be %s", value_str(c, &v));
    v = value_poison();
  }
  shape->failed = shape->failed || !value_ok(&v);
  scope_bind(c->ctx, shape->constants, m->name.str, m->name.span, v);
}

static void add_method(Check *c, LayerShape *shape, const FnDecl *fn) {
  const FnDecl *other = layer_method(shape, fn->name.str);
  if (other) {
    diag_at(c->ctx, fn->name.span, E_duplicate_name, "the layer has this method twice");
    diag_note(c->ctx, other->name.span, "the first one");
    return;
  }
  if (!str_none(fn->name.str))
    place_word(c->scope->places, WORD_method, fn->name, fn->name.span, NULL);
  vec_push(&c->ctx->arena, &shape->methods, fn);
}

static void add_members(Check *c, LayerShape *shape, const Members *members) {
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *m = members->data[i];
    switch (m->kind) {
    case MEM_poison:
      shape->failed = true;
      break;
    case MEM_weight:
      add_weight(c, shape, m);
      break;
    case MEM_layer:
      add_layer(c, shape, m);
      break;
    case MEM_const:
      add_const(c, shape, m);
      break;
    case MEM_fn:
      add_method(c, shape, m->fn);
      break;
    case MEM_if:
      add_branch(c, shape, m);
      break;
    }
  }
}

const FnDecl *layer_method(const LayerShape *shape, Str name) {
  for (uint32_t i = 0; i < shape->methods.len; i++)
    if (str_eq(shape->methods.data[i]->name.str, name)) return shape->methods.data[i];
  return NULL;
}

/* ---- shapes ---- */

static LayerShape *find_shape(Spec *spec, Str key) {
  uint32_t at;
  if (!map_get(&spec->shapes_by_key, key.i, &at) || at >= spec->shapes.len) return NULL;
  LayerShape *shape = spec->shapes.data[at]; /* another one, if the first was given up */
  return str_eq(shape->key, key) ? shape : NULL;
}

LayerShape *layer_shape_of(Check *c, const Item *item, Scope *constants) {
  const char *values = constants_key(c, &item->layer.constants, constants);
  const char *wide = c->spec->wide ? " in f64" : "";
  Str key = ctx_str(c->ctx, ctx_printf(c->ctx, "%p(%s)%s", (const void *)item, values, wide));
  LayerShape *shape = find_shape(c->spec, key);
  if (shape && shape->busy) {
    diag_at(c->ctx, item->name.span, E_recursion, "the layer '%s' contains itself",
            ctx_text(c->ctx, item->name.str));
    return NULL;
  }
  if (shape) return shape;
  shape = arena_new(&c->ctx->arena, LayerShape);
  shape->item = item;
  shape->key = key;
  shape->wide = c->spec->wide;
  shape->name =
      ctx_str(c->ctx, ctx_printf(c->ctx, "%s(%s)", ctx_text(c->ctx, item->name.str), values));
  shape->constants = constants;
  map_set(&c->ctx->arena, &c->spec->shapes_by_key, key.i, c->spec->shapes.len);
  vec_push(&c->ctx->arena, &c->spec->shapes, shape);
  if (++c->spec->depth > 100) {
    diag_at(c->ctx, item->name.span, E_recursion, "layers are nested more than 100 deep");
    shape->failed = true;
  } else {
    Check inner = check_new(c->spec, constants);
    inner.instance = c->instance;
    inner.frame = c->frame;
    shape->busy = true;
    add_members(&inner, shape, &item->layer.members);
    shape->busy = false;
  }
  c->spec->depth--;
  return shape;
}

LayerShape *layer_shape(Check *c, const Item *item, const Args *args, Span span) {
  Scope *scope =
      bind_constants(c, &item->layer.constants, args, ctx_text(c->ctx, item->name.str), span);
  return scope ? layer_shape_of(c, item, scope) : NULL;
}

/* The instance inside of an instance; element counts in an array and is -1 otherwise. */
Layer *layer_member(Check *c, Layer *layer, const LayerMember *m, int64_t element) {
  Layer *sub = arena_new(&c->ctx->arena, Layer);
  LayerShape *shape = m->shapes ? m->shapes[element] : m->shape;
  uint32_t first = m->first + (element > 0 ? (uint32_t)element * shape->weights.len : 0);
  if (m->firsts) first = m->firsts[element];
  const char *outer = ctx_text(c->ctx, layer->path), *name = ctx_text(c->ctx, m->name.str);
  const char *path = *outer ? ctx_printf(c->ctx, "%s.%s", outer, name) : name;
  if (element >= 0) path = ctx_printf(c->ctx, "%s.%lld", path, (long long)element);
  *sub = (Layer){.shape = shape,
                 .path = ctx_str(c->ctx, path),
                 .frame = layer->frame,
                 .weights = layer->weights + first,
                 .frozen = layer->frozen,
                 .other = layer->other};
  return sub;
}
