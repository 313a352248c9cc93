/* Names and frames: what a name means here, and how a value of an outer graph gets into a loop's
 * body. */
#include <string.h>

#include "base/near.h"
#include "frontend/check/checker.h"

/* ---- scopes ---- */

Scope *scope_new(Ctx *ctx, Scope *parent) {
  Scope *scope = arena_new(&ctx->arena, Scope);
  scope->parent = parent;
  scope->places = parent ? parent->places : NULL;
  return scope;
}

enum { FEW = 16 }; /* names that are looked for one by one */

Binding *scope_find_here(Scope *scope, Str name) {
  uint32_t at;
  if (scope->names.len > FEW)
    return map_get(&scope->by_name, name.i, &at) ? &scope->names.data[at] : NULL;
  for (uint32_t i = scope->names.len; i-- > 0;)
    if (str_eq(scope->names.data[i].name, name)) return &scope->names.data[i];
  return NULL;
}

Binding *scope_find(Scope *scope, Str name) {
  for (; scope; scope = scope->parent) {
    Binding *b = scope_find_here(scope, name);
    if (b) return b;
  }
  return NULL;
}

static Binding *add_name(Ctx *ctx, Scope *scope, Str name) {
  vec_push(&ctx->arena, &scope->names, (Binding){.name = name});
  uint32_t n = scope->names.len;
  for (uint32_t i = n == FEW + 1 ? 0 : n - 1; n > FEW && i < n; i++)
    map_set(&ctx->arena, &scope->by_name, scope->names.data[i].name.i, i);
  return &scope->names.data[n - 1];
}

void scope_bind_declared(Ctx *ctx, Scope *scope, Name declared, Span span, Value value) {
  Binding *b = scope_find_here(scope, declared.str);
  if (!b) {
    b = add_name(ctx, scope, declared.str);
    b->declared = declared.span;
  }
  b->span = span;
  b->value = value;
  b->value.span = span;
  place_word(scope->places, value.kind == VAL_index ? WORD_index : WORD_name, declared, b->declared,
             &value);
}

void scope_bind(Ctx *ctx, Scope *scope, Str name, Span span, Value value) {
  scope_bind_declared(ctx, scope, (Name){name, span}, span, value);
}

/* ---- items ---- */

/* Kinds of one group share a space of names. */
static int name_group(ItemKind kind) {
  switch (kind) {
  case ITEM_init:
    return 1;
  case ITEM_optimizer:
    return 2;
  case ITEM_train:
    return 3;
  case ITEM_gradient:
    return 4;
  default:
    return 0;
  }
}

static uint64_t item_key(ItemKind kind, Str name) {
  return (uint64_t)name_group(kind) << 32 | name.i;
}

Item *spec_namesake(Spec *spec, ItemKind kind, Str name) {
  uint32_t at;
  return map_get(&spec->items_by_name, item_key(kind, name), &at) ? spec->items.data[at] : NULL;
}

Item *spec_item(Spec *spec, ItemKind kind, Str name) {
  Item *item = spec_namesake(spec, kind, name);
  return item && item->kind == kind ? item : NULL;
}

void spec_add_item(Spec *spec, Item *item) {
  Arena *arena = &spec->ctx->arena;
  map_set(arena, &spec->items_by_name, item_key(item->kind, item->name.str), spec->items.len);
  vec_push(arena, &spec->items, item);
  place_word(spec->globals->places, WORD_item, item->name, item->name.span, NULL);
}

/* ---- what is known here ---- */

typedef struct Visit {
  void (*visit)(void *user, const KnownName *known);
  void *user;
} Visit;

static void visit_builtin(void *user, Str name) {
  const Visit *to = user;
  to->visit(to->user, &(KnownName){.name = name, .kind = WORD_item});
}

static void visit_layer(const Visit *to, const LayerShape *shape) {
  for (uint32_t i = 0; i < shape->members.len; i++)
    to->visit(to->user,
              &(KnownName){shape->members.data[i].name.str, WORD_member, NULL, NULL, true});
  for (uint32_t i = 0; i < shape->methods.len; i++)
    to->visit(to->user,
              &(KnownName){shape->methods.data[i]->name.str, WORD_method, NULL, NULL, true});
}

void names_known(Check *c, void (*visit)(void *user, const KnownName *known), void *user) {
  Visit to = {visit, user};
  for (Scope *s = c->scope; s; s = s->parent)
    for (uint32_t i = 0; i < s->names.len; i++) {
      const Binding *b = &s->names.data[i];
      WordKind kind = b->value.kind == VAL_index ? WORD_index : WORD_name;
      visit(user, &(KnownName){b->name, kind, &b->value, NULL, s != c->spec->globals});
    }
  if (c->self) visit_layer(&to, c->self->shape);
  for (uint32_t i = 0; i < c->spec->items.len; i++) {
    const Item *item = c->spec->items.data[i];
    visit(user, &(KnownName){item->name.str, WORD_item, NULL, item, false});
  }
  builtin_names(c->ctx, visit_builtin, &to);
}

/* ---- suggestions ---- */

typedef struct Nearest {
  Check *c;
  const char *wanted;
  int distance;
  Str name;
} Nearest;

static void consider(void *user, const KnownName *known) {
  Nearest *near = user;
  if (str_none(known->name)) return;
  int d = name_distance(near->wanted, ctx_text(near->c->ctx, known->name));
  if (d > 0 && d < near->distance) {
    near->distance = d;
    near->name = known->name;
  }
}

void suggest_name(Check *c, Str wanted) {
  if (places_offer(c, wanted, NULL)) return;
  if (!c->ctx->diags.current) return; /* one mistake of too many: nobody would read it */
  const char *text = ctx_text(c->ctx, wanted);
  Nearest near = {.c = c,
                  .wanted = text,
                  .distance = strlen(text) < 3   ? 1
                              : strlen(text) < 5 ? 2
                                                 : 3};
  names_known(c, consider, &near);
  if (!str_none(near.name))
    diag_fix(c->ctx, c->ctx->diags.current->span, ctx_text(c->ctx, near.name), "did you mean '%s'?",
             ctx_text(c->ctx, near.name));
  else
    suggest_import(c, wanted);
}

/* ---- frames ---- */

Frame *frame_new(Check *c, Frame *parent, Str name) {
  Frame *frame = arena_new(&c->ctx->arena, Frame);
  frame->parent = parent;
  frame->graph = graph_new(c->ctx, name);
  frame->instance = c->instance;
  frame->key = REF_NONE;
  return frame;
}

Graph *graph_here(Check *c, Span span) {
  if (!span_none(c->spec->use)) span = c->spec->use;
  if (!span_none(span)) c->frame->graph->span = span;
  return c->frame->graph;
}

static Ref find_capture(const Frame *frame, Ref outer) {
  for (uint32_t i = 0; i < frame->captures.len; i++)
    if (ref_eq(frame->captures.data[i].outer, outer)) return frame->captures.data[i].inner;
  return REF_NONE;
}

/* Leaves without operands are built again inside instead of being captured. */
static Ref copy_leaf(Frame *to, const Node *n) {
  if (n->op == OP_const) return build_const(to->graph, n->type, node_float(n, A_value, 0));
  if (n->op == OP_size) return build_copy(to->graph, n, NULL);
  if (n->op == OP_iota) return build_iota(to->graph, n->type, (int)node_int(n, A_axis, 0));
  return REF_NONE;
}

Ref frame_import_to(Check *c, Frame *to, Frame *from, Ref ref) {
  if (to == from) return ref;
  if (!to->parent) ORDO_BUG("a value of a graph that does not enclose this one");
  Ref outer = frame_import_to(c, to->parent, from, ref);
  const Node *n = graph_node(to->parent->graph, outer);
  Ref inner = copy_leaf(to, n);
  if (!ref_none(inner)) return inner;
  inner = find_capture(to, outer);
  if (!ref_none(inner)) return inner;
  inner = graph_param(to->graph, n->type, n->name, NULL, 0);
  vec_push(&c->ctx->arena, &to->captures, ((Capture){outer, inner}));
  return inner;
}

Ref frame_import(Check *c, Frame *from, Ref ref) { return frame_import_to(c, c->frame, from, ref); }

Value value_import(Check *c, Value v) {
  if (v.kind == VAL_tensor) {
    v.tensor.ref = frame_import(c, v.tensor.frame, v.tensor.ref);
    v.tensor.frame = c->frame;
  } else if (v.kind == VAL_tuple || v.kind == VAL_record) {
    Values items = values_new(c->ctx, v.items.len);
    for (uint32_t i = 0; i < items.len; i++) items.data[i] = value_import(c, v.items.data[i]);
    v.items = items;
  }
  return v;
}

/* ---- sizes that are called as constants are ---- */

static void note_constant(void *user, Sz symbol) {
  Check *c = user;
  Str name;
  int64_t value;
  if (!size_is_symbol(c->ctx, symbol, &name)) return;
  const Binding *b = scope_find_here(c->spec->globals, name);
  if (!b || b->value.kind != VAL_number || !b->value.number.known) return;
  value = (int64_t)b->value.number.f;
  diag_note(c->ctx, b->declared, "the %s of the signature is a size of its own, not this %lld",
            ctx_text(c->ctx, name), (long long)value);
}

void note_constants(Check *c, Sz a, Sz b) {
  if (a.i) size_symbols(c->ctx, a, note_constant, c);
  if (b.i) size_symbols(c->ctx, b, note_constant, c);
}
