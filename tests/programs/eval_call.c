/* Calls of functions and layers: parameters are bound anew, sizes are matched. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/programs/eval.h"

enum { MOST_WEIGHTS = 256 };

const Item *ev_item(Eval *e, ItemKind kind, Str name) {
  for (int f = 0; f < e->n_files; f++)
    for (uint32_t i = 0; i < e->files[f]->n_items; i++) {
      const Item *item = e->files[f]->items[i];
      if (item->kind == kind && str_eq(item->name.str, name)) return item;
    }
  return NULL;
}

/* ---- types of parameters ---- */

static Kind kind_of(Eval *e, const TypeExpr *t) {
  static const char *const names[] = {"f32", "f64", "bf16", "i32", "bool"};
  if (t->index) return K_idx;
  for (int k = 0; k < 5; k++)
    if (is_name(e, t->dtype.str, names[k])) return (Kind)k;
  if (is_name(e, t->dtype.str, "mask")) return K_bool;
  return K_f32;
}

/* A name that nothing has a size for yet gets one; other sizes have to agree. */
static void match_size(Eval *e, Scope *s, const Expr *x, int64_t actual, bool names) {
  Scope *before = e->scope;
  e->scope = s;
  bool fresh = x->kind == EX_name;
  for (Bind *b = s->binds; fresh && b; b = b->next) fresh = !str_eq(b->name, x->name);
  Val known;
  if (fresh && e->self && ev_part(e, e->self, x->name, &known)) fresh = false;
  if (fresh && names) scope_bind_here(e, s, x->name, val_number((Num)actual));
  if (!fresh && !names && ev_size(e, x) != actual)
    ev_fail(e, "a size of an argument is %lld", (long long)actual);
  e->scope = before;
}

static void match(Eval *e, Scope *s, const TypeExpr *t, Val v, bool names) {
  if (t->kind == TY_tuple) {
    for (int i = 0; i < v.n; i++) match(e, s, t->items[t->count ? 0 : i], v.items[i], names);
    if (t->count) match_size(e, s, t->count, v.n, names);
    return;
  }
  if (t->kind != TY_tensor || v.kind != V_array) return;
  int rest = v.arr->rank - (int)t->n_dims, axis = 0;
  if (t->index) match_size(e, s, t->index, v.arr->extent, names);
  for (uint32_t i = 0; i < t->n_dims; i++) {
    if (t->dims[i].kind == DIM_rest)
      axis += rest + 1;
    else if (axis < v.arr->rank)
      match_size(e, s, t->dims[i].size, v.arr->dims[axis++], names);
  }
  if (axis != v.arr->rank) ev_fail(e, "the rank of an argument");
}

static Inst *view(Eval *e, const Inst *layer);
static void give_back(const Inst *layer, const Inst *view);

static Val bound(Eval *e, const TypeExpr *t, Val v) {
  if (!t || t->kind == TY_size) return v;
  if (v.kind == V_layer) return (Val){.kind = V_layer, .layer = view(e, v.layer)};
  if (t->kind == TY_tensor && v.kind != V_tuple) v = val_arr(val_to_arr(e, v, kind_of(e, t)));
  return val_fresh(e, v, false);
}

/* ---- functions ---- */

Val ev_apply_values(Eval *e, const FnDecl *fn, Inst *self, Val *values, int n) {
  Scope *outer = e->scope;
  Inst *outer_self = e->self;
  Loop *loop = e->loop;
  Turn *turn = e->turn;
  bool mode = e->size_mode;
  Val *given = ev_alloc(e, sizeof(Val) * (size_t)(n + 1));
  if (++e->depth_calls > 30) ev_fail(e, "too many calls inside of calls");
  e->self = self ? view(e, self) : NULL;
  e->scope = self ? self->constants : e->globals;
  Scope *s = scope_push(e);
  e->loop = NULL;
  e->turn = NULL;
  e->size_mode = false;
  for (int i = 0; i < n; i++) {
    const Param *p = &fn->params.data[i];
    if (values[i].kind == V_none) values[i] = ev_expr(e, p->value);
    given[i] = bound(e, p->type, values[i]);
    scope_bind_here(e, s, p->name.str, given[i]);
  }
  for (int names = 1; names >= 0; names--)
    for (int i = 0; i < n; i++)
      if (fn->params.data[i].type)
        match(e, s, fn->params.data[i].type, scope_look(s, fn->params.data[i].name.str)->value,
              names);
  Val v = ev_block(e, &fn->body);
  if (self) give_back(self, e->self);
  for (int i = 0; i < n; i++)
    if (values[i].kind == V_layer) give_back(values[i].layer, given[i].layer);
  e->depth_calls--;
  e->scope = outer;
  e->self = outer_self;
  e->loop = loop;
  e->turn = turn;
  e->size_mode = mode;
  return v;
}

static int param_at(const Params *params, const Arg *arg, int i) {
  if (str_none(arg->name.str)) return i;
  for (uint32_t k = 0; k < params->len; k++)
    if (str_eq(params->data[k].name.str, arg->name.str)) return (int)k;
  return (int)params->len;
}

Val ev_apply(Eval *e, const FnDecl *fn, Inst *self, const Args *args) {
  Val *values = ev_alloc(e, sizeof(Val) * (fn->params.len + 1));
  for (uint32_t i = 0; i < args->len; i++) {
    int at = param_at(&fn->params, &args->data[i], (int)i);
    if (at >= (int)fn->params.len) ev_fail(e, "an argument without parameter");
    const TypeExpr *t = fn->params.data[at].type;
    values[at] = t && t->kind == TY_size ? val_number((Num)ev_size(e, args->data[i].value))
                                         : ev_expr(e, args->data[i].value);
  }
  return ev_apply_values(e, fn, self, values, (int)fn->params.len);
}

Scope *ev_constants(Eval *e, const Params *params, const Args *args) {
  Scope *s = ev_alloc(e, sizeof *s), *before = e->scope;
  s->up = e->globals;
  for (uint32_t i = 0; args && i < args->len; i++) {
    int at = param_at(params, &args->data[i], (int)i);
    if (at >= (int)params->len) ev_fail(e, "an argument without constant");
    scope_bind_here(e, s, params->data[at].name.str, ev_expr(e, args->data[i].value));
  }
  e->scope = s;
  for (uint32_t i = 0; i < params->len; i++) {
    const Param *p = &params->data[i];
    bool given = false;
    for (Bind *b = s->binds; b; b = b->next) given = given || str_eq(b->name, p->name.str);
    if (!given && !p->value) ev_fail(e, "a constant without value");
    if (!given) scope_bind_here(e, s, p->name.str, ev_expr(e, p->value));
  }
  e->scope = before;
  return s;
}

/* ---- layers ---- */

static Part *add_part(Inst *layer, Str name) {
  Part *p = &layer->parts[layer->n_parts++];
  p->name = name;
  return p;
}

static const char *path_of(Eval *e, const char *path, const char *name) {
  size_t n = strlen(path) + strlen(name) + 2;
  char *text = ev_alloc(e, n);
  snprintf(text, n, "%s%s%s", path, *path ? "." : "", name);
  return text;
}

static const char *item_path(Eval *e, const char *path, int i) {
  char number[12];
  snprintf(number, sizeof number, "%d", i);
  return path_of(e, path, number);
}

static void add_members(Eval *e, Inst *layer, const Members *members, const char *path);

static void add_member(Eval *e, Inst *layer, const Member *m, const char *path) {
  const char *here = path_of(e, path, ctx_text(e->ctx, m->name.str));
  if (m->kind == MEM_const) {
    scope_bind_here(e, layer->constants, m->name.str, ev_expr(e, m->value));
  } else if (m->kind == MEM_if) {
    Val c = ev_expr(e, m->branch.condition);
    add_members(e, layer, c.truth ? &m->branch.then : &m->branch.otherwise, path);
  } else if (m->kind == MEM_weight) {
    Part *p = add_part(layer, m->name.str);
    Slot *slot = ev_slot(e, here);
    if (!slot) ev_fail(e, "there is no weight '%s'", here);
    p->kind = PART_weight;
    p->slot = &slot->now;
    p->state = m->weight.state;
  } else if (m->kind == MEM_layer) {
    const Item *item = ev_item(e, ITEM_layer, m->sublayer.layer.str);
    if (!item) ev_fail(e, "there is no layer '%s'", ctx_text(e->ctx, m->sublayer.layer.str));
    Part *p = add_part(layer, m->name.str);
    p->kind = m->sublayer.count ? PART_layers : PART_layer;
    if (!m->sublayer.count) {
      p->layer = ev_layer(e, item, &m->sublayer.args, here);
      return;
    }
    p->n = (int)ev_size(e, m->sublayer.count);
    p->layers = ev_alloc(e, sizeof(Inst *) * (size_t)(p->n + 1));
    Scope *outer = e->scope;
    for (int i = 0; i < p->n; i++) {
      if (!str_none(m->sublayer.index.str))
        scope_bind_here(e, scope_push(e), m->sublayer.index.str, val_number(i));
      p->layers[i] = ev_layer(e, item, &m->sublayer.args, item_path(e, here, i));
      e->scope = outer;
    }
  }
}

static void add_members(Eval *e, Inst *layer, const Members *members, const char *path) {
  for (uint32_t i = 0; i < members->len; i++) {
    if (layer->n_parts >= 32) ev_fail(e, "too many members");
    add_member(e, layer, members->data[i], path);
  }
}

Inst *ev_layer(Eval *e, const Item *item, const Args *args, const char *path) {
  Inst *layer = ev_alloc(e, sizeof *layer);
  Scope *before = e->scope;
  Inst *self = e->self;
  layer->item = item;
  layer->parts = ev_alloc(e, sizeof(Part) * 33);
  layer->constants = ev_constants(e, &item->layer.constants, args);
  e->scope = layer->constants;
  e->self = NULL;
  add_members(e, layer, &item->layer.members, path);
  e->scope = before;
  e->self = self;
  return layer;
}

/* The layer as a function sees it: its weights are parameters there. */
static Inst *view(Eval *e, const Inst *layer) {
  Inst *v = ev_alloc(e, sizeof *v);
  *v = *layer;
  v->parts = ev_alloc(e, sizeof(Part) * (size_t)(layer->n_parts + 1));
  for (int i = 0; i < v->n_parts; i++) {
    Part *p = &v->parts[i];
    *p = layer->parts[i];
    if (p->kind == PART_weight) {
      p->slot = ev_alloc(e, sizeof(Arr *));
      *p->slot = p->before = arr_made(e, arr_copy(e, *layer->parts[i].slot));
    } else if (p->kind == PART_layer) {
      p->layer = view(e, p->layer);
    } else {
      p->layers = ev_alloc(e, sizeof(Inst *) * (size_t)(p->n + 1));
      for (int k = 0; k < p->n; k++) p->layers[k] = view(e, layer->parts[i].layers[k]);
    }
    if (v->frozen && p->kind == PART_layer) p->layer->frozen = true;
    for (int k = 0; v->frozen && p->kind == PART_layers && k < p->n; k++)
      p->layers[k]->frozen = true;
  }
  return v;
}

/* After a call, the layer has the states that the function has given its view. */
static void give_back(const Inst *layer, const Inst *view) {
  for (int i = 0; i < view->n_parts; i++) {
    const Part *p = &view->parts[i], *to = &layer->parts[i];
    if (p->kind == PART_layer) give_back(to->layer, p->layer);
    for (int k = 0; p->kind == PART_layers && k < p->n; k++) give_back(to->layers[k], p->layers[k]);
    if (p->kind == PART_weight && p->state && *p->slot != p->before) *to->slot = *p->slot;
  }
}

bool ev_keep_state(Eval *e, Str name, Val v) {
  for (const Scope *s = e->scope; e->self && s && s != e->self->constants; s = s->up)
    for (const Bind *b = s->binds; b; b = b->next)
      if (str_eq(b->name, name)) return false;
  for (int i = 0; e->self && i < e->self->n_parts; i++) {
    Part *p = &e->self->parts[i];
    if (p->kind != PART_weight || !p->state || !str_eq(p->name, name)) continue;
    if (e->training && !e->self->frozen)
      *p->slot = arr_constant(e, val_to_arr(e, v, (*p->slot)->kind));
    return true;
  }
  return false;
}

bool ev_part(Eval *e, Inst *layer, Str name, Val *out) {
  for (int i = 0; i < layer->n_parts; i++) {
    const Part *p = &layer->parts[i];
    if (!str_eq(p->name, name)) continue;
    if (p->kind == PART_weight) *out = val_arr(*p->slot);
    if (p->kind == PART_layer) *out = (Val){.kind = V_layer, .layer = p->layer};
    if (p->kind != PART_layers) return true;
    *out = val_tuple(e, p->n);
    out->kind = V_layers;
    for (int k = 0; k < p->n; k++) out->items[k] = (Val){.kind = V_layer, .layer = p->layers[k]};
    return true;
  }
  for (Bind *b = layer->constants->binds; b; b = b->next)
    if (str_eq(b->name, name)) return *out = b->value, true;
  return false;
}

static const FnDecl *method_in(const Members *members, Str name) {
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *m = members->data[i];
    if (m->kind == MEM_fn && str_eq(m->fn->name.str, name)) return m->fn;
  }
  return NULL;
}

const FnDecl *ev_method(const Inst *layer, Str name) {
  return method_in(&layer->item->layer.members, name);
}

void ev_weights(Inst *layer, bool states, Arr ***out, int *n) {
  for (int i = 0; i < layer->n_parts; i++) {
    Part *p = &layer->parts[i];
    if (p->kind == PART_weight && (states || !p->state)) out[(*n)++] = p->slot;
    if (p->kind == PART_layer) ev_weights(p->layer, states, out, n);
    for (int k = 0; p->kind == PART_layers && k < p->n; k++)
      ev_weights(p->layers[k], states, out, n);
  }
}

Val ev_layer_weights(Eval *e, Inst *layer) {
  Arr **slots[MOST_WEIGHTS];
  int n = 0;
  if (!layer) ev_fail(e, "the weights of no layer");
  ev_weights(layer, false, slots, &n);
  Val v = val_tuple(e, n);
  for (int i = 0; i < n; i++) v.items[i] = val_arr(*slots[i]);
  return v;
}

/* ---- calls ---- */

static Val call_layer(Eval *e, Inst *layer, Str method, const Args *args) {
  const FnDecl *fn = ev_method(layer, method);
  if (!fn) ev_fail(e, "no method '%s'", ctx_text(e->ctx, method));
  return ev_apply(e, fn, layer, args);
}

/* The layer that a call is of, and its method; NULL when it is of none. */
static Inst *layer_called(Eval *e, const Expr *callee, Str *method) {
  Val v;
  *method = (Str){0};
  if (callee->kind == EX_name) {
    Bind *b = scope_look(e->scope, callee->name);
    if (b && b->value.kind == V_layer) return b->value.layer;
    if (e->self && ev_method(e->self, callee->name)) return *method = callee->name, e->self;
    if (e->self && ev_part(e, e->self, callee->name, &v) && v.kind == V_layer) return v.layer;
    return e->self && is_name(e, callee->name, "self") ? e->self : NULL;
  }
  v = ev_expr(e, callee->kind == EX_member ? callee->member.base : callee);
  if (v.kind != V_layer || callee->kind != EX_member) return v.kind == V_layer ? v.layer : NULL;
  Val part;
  if (ev_part(e, v.layer, callee->member.name.str, &part) && part.kind == V_layer)
    return part.layer;
  *method = callee->member.name.str;
  return v.layer;
}

static Val call_name(Eval *e, const Expr *x, Str name) {
  const Args *args = &x->call.args;
  const Item *item = ev_item(e, ITEM_fn, name);
  Val v;
  if (item) return ev_apply(e, item->fn, NULL, args);
  if (ev_builtin(e, x, name, args, &v)) return v;
  ev_fail(e, "there is no function '%s'", ctx_text(e->ctx, name));
}

Val ev_call(Eval *e, const Expr *x) {
  const Expr *callee = x->call.callee;
  Str method;
  Inst *layer = layer_called(e, callee, &method);
  if (layer) return call_layer(e, layer, method, &x->call.args);
  if (callee->kind == EX_name) return call_name(e, x, callee->name);
  ev_fail(e, "a call of no layer");
}

/* A view of the layer whose weights are other arrays. */
Val ev_with(Eval *e, const Expr *x) {
  const Expr *base = x->with.base;
  Str method = {0};
  Inst *layer =
      base->kind == EX_call ? layer_called(e, base->call.callee, &method) : ev_expr(e, base).layer;
  Val w = ev_expr(e, x->with.weights);
  Arr **slots[MOST_WEIGHTS];
  int n = 0;
  if (!layer) ev_fail(e, "'with' of no layer");
  layer = view(e, layer);
  if (w.kind == V_layer) w = ev_layer_weights(e, w.layer);
  ev_weights(layer, false, slots, &n);
  if (w.kind != V_tuple || w.n != n) ev_fail(e, "these are no weights");
  for (int i = 0; i < n; i++) *slots[i] = val_to_arr(e, w.items[i], (*slots[i])->kind);
  if (base->kind != EX_call) return (Val){.kind = V_layer, .layer = layer};
  return call_layer(e, layer, method, &base->call.args);
}
