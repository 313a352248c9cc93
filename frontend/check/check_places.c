/* What words stand for, kept for editors: see frontend/places.h.
 *
 * The checker tells each word when it binds or finds a name. Words are joined with the word that
 * declares their name (union by parent links); a name that is bound again in its scope joins both,
 * so that 'h' before a loop, its carried value and 'h' after the loop become one class. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/checker.h"

enum { FEW_VALUES = 4 }; /* kept of one place: a loop that is written out has a new one each turn */

struct PlaceValue {
  Value value;
  PlaceValue *next;
};

struct TextPlaces {
  Ctx *ctx;
  const Source *source; /* what is kept is about this text */
  Str wanted;
  Map by_span;
  VEC(TextPlace *) list;
  VEC(PlaceOffer) offers;
  Map offered; /* by name */
};

TextPlaces *places_new(Ctx *ctx, Str wanted) {
  TextPlaces *p = arena_new(&ctx->arena, TextPlaces);
  p->ctx = ctx;
  p->wanted = wanted;
  return p;
}

void places_begin(TextPlaces *p, const Source *source) {
  if (p) p->source = source;
}

/* ---- keeping ---- */

static bool inside(const TextPlaces *p, Span span) {
  const Source *s = p->source;
  return s && span.lo >= s->base && span.hi <= s->base + s->length && span.lo < span.hi;
}

/* Whether the name is what stands there: some names get their value from a longer text. */
static bool is_word(const TextPlaces *p, Str name, Span span) {
  const char *text = ctx_text(p->ctx, name);
  size_t n = strlen(text);
  return n && n == span.hi - span.lo && inside(p, span) &&
         !memcmp(p->source->text + (span.lo - p->source->base), text, n);
}

static uint64_t key_of(Span span, bool word) {
  return (uint64_t)span.lo << 32 | (word ? 0 : span.hi);
}

static uint32_t place_of(TextPlaces *p, WordKind kind, Span span) {
  uint64_t key = key_of(span, kind != WORD_expr);
  uint32_t at;
  if (map_get(&p->by_span, key, &at)) return at;
  at = p->list.len;
  TextPlace *place = arena_new(&p->ctx->arena, TextPlace);
  *place = (TextPlace){.kind = kind, .span = span, .parent = at};
  vec_push(&p->ctx->arena, &p->list, place);
  map_set(&p->ctx->arena, &p->by_span, key, at);
  return at;
}

static uint32_t root_of(const TextPlaces *p, uint32_t at) {
  while (p->list.data[at]->parent != at) at = p->list.data[at]->parent;
  return at;
}

static void join(TextPlaces *p, uint32_t a, uint32_t b) {
  a = root_of(p, a);
  b = root_of(p, b);
  p->list.data[a > b ? a : b]->parent = a > b ? b : a;
}

static bool same_value(const Value *a, const Value *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == VAL_tensor)
    return ty_eq(graph_type(a->tensor.frame->graph, a->tensor.ref),
                 graph_type(b->tensor.frame->graph, b->tensor.ref)) &&
           a->tensor.n_vars == b->tensor.n_vars;
  if (a->kind == VAL_number)
    return a->number.known == b->number.known && sz_eq(a->number.size, b->number.size) &&
           (!a->number.known || a->number.f == b->number.f);
  if (a->kind == VAL_layer) return a->layer->shape == b->layer->shape;
  return true;
}

static void count_symbol(void *user, Sz symbol) {
  (void)symbol;
  ++*(int *)user;
}

/* Of all sizes: it says more than that of one call. */
static bool is_general(const TextPlaces *p, const Value *v) {
  int symbols = 0;
  if (v->kind == VAL_tensor)
    type_symbols(p->ctx, graph_type(v->tensor.frame->graph, v->tensor.ref), count_symbol, &symbols);
  return symbols > 0 || (v->kind == VAL_number && !v->number.known);
}

/* General ones first; others as they come. */
static void keep_value(TextPlaces *p, TextPlace *place, const Value *v) {
  if (!v || !value_ok(v)) return;
  PlaceValue **at = &place->first;
  for (; *at; at = &(*at)->next)
    if (same_value(&(*at)->value, v)) return;
  if (place->n_values == FEW_VALUES && place->n_general == FEW_VALUES) return;
  bool general = is_general(p, v);
  if (place->n_values == FEW_VALUES && !general) return;
  place->n_general += general;
  PlaceValue *kept = arena_new(&p->ctx->arena, PlaceValue);
  kept->value = *v;
  place->n_values++;
  if (!general) {
    *at = kept;
    return;
  }
  for (at = &place->first; *at && is_general(p, &(*at)->value);) at = &(*at)->next;
  kept->next = *at;
  *at = kept;
  while (place->n_values > FEW_VALUES) {
    for (at = &place->first; (*at)->next;) at = &(*at)->next;
    *at = NULL;
    place->n_values--;
  }
}

void place_word(TextPlaces *p, WordKind kind, Name name, Span declared, const Value *v) {
  if (!p || span_none(declared) || !is_word(p, name.str, name.span)) return;
  uint32_t at = place_of(p, kind, name.span);
  TextPlace *place = p->list.data[at];
  if (span_none(place->declared) || place->declared.lo == place->span.lo) {
    place->declared = declared;
    place->kind = kind;
    place->name = name.str;
  }
  place->used = place->used || declared.lo != name.span.lo;
  keep_value(p, place, v);
  if (declared.lo != name.span.lo) join(p, at, place_of(p, kind, declared));
}

void place_expr(TextPlaces *p, Span span, const Value *v) {
  if (!p || !inside(p, span) || !value_ok(v)) return;
  uint32_t at = place_of(p, WORD_expr, span);
  keep_value(p, p->list.data[at], v);
}

/* ---- looking ---- */

static int by_place(const void *a, const void *b) {
  const TextPlace *x = *(const TextPlace *const *)a, *y = *(const TextPlace *const *)b;
  return x->span.lo < y->span.lo ? -1 : x->span.lo > y->span.lo;
}

PlaceList places_words(const TextPlaces *p) {
  PlaceList out = {arena_array(&p->ctx->arena, const TextPlace *, p->list.len + 1), 0};
  for (uint32_t i = 0; i < p->list.len; i++)
    if (!str_none(p->list.data[i]->name)) out.data[out.len++] = p->list.data[i];
  if (out.len) qsort(out.data, out.len, sizeof *out.data, by_place);
  return out;
}

const TextPlace *place_at(const TextPlaces *p, uint32_t position) {
  const TextPlace *before = NULL;
  for (uint32_t i = 0; i < p->list.len; i++) {
    const TextPlace *place = p->list.data[i];
    if (str_none(place->name) || position < place->span.lo || position > place->span.hi) continue;
    if (position < place->span.hi) return place;
    before = place;
  }
  return before;
}

const TextPlace *place_around(const TextPlaces *p, uint32_t position) {
  const TextPlace *best = NULL;
  for (uint32_t i = 0; i < p->list.len; i++) {
    const TextPlace *place = p->list.data[i];
    Span s = place->span;
    if (place->kind != WORD_expr || position < s.lo || position >= s.hi) continue;
    if (!best || s.hi - s.lo < best->span.hi - best->span.lo) best = place;
  }
  return best;
}

const TextPlace *place_of_word(const TextPlaces *p, Span span) {
  uint32_t at;
  bool known = map_get(&p->by_span, key_of(span, true), &at);
  return known && !str_none(p->list.data[at]->name) ? p->list.data[at] : NULL;
}

const TextPlace *place_of_expr(const TextPlaces *p, Span span) {
  uint32_t at;
  return map_get(&p->by_span, key_of(span, false), &at) ? p->list.data[at] : NULL;
}

uint32_t place_class(const TextPlaces *p, const TextPlace *place) {
  uint32_t at = 0;
  return map_get(&p->by_span, key_of(place->span, true), &at) ? root_of(p, at) : p->list.len;
}

bool place_same(const TextPlaces *p, const TextPlace *a, const TextPlace *b) {
  return place_class(p, a) == place_class(p, b);
}

/* ---- showing ---- */

static Check showing(const TextPlaces *p) { return (Check){.ctx = p->ctx}; }

static const char *show(const TextPlaces *p, const Value *v) {
  Check c = showing(p);
  if (v->kind == VAL_number && v->number.known) return value_str(&c, v) + strlen("the number ");
  if (v->kind == VAL_number && v->number.size.i && !v->number.den.i)
    return ctx_printf(p->ctx, "the size %s", size_str(p->ctx, v->number.size));
  if (v->kind == VAL_tensor && v->tensor.n_vars) {
    Text text = text_new(&p->ctx->arena);
    text_printf(&text, "%s for each", value_str(&c, v));
    for (int i = 0; i < v->tensor.n_vars; i++)
      text_printf(&text, "%s %s", i ? "," : "", ctx_text(p->ctx, v->tensor.vars[i]->name));
    return text_str(&text);
  }
  if (v->kind != VAL_index || !v->index->extent.i) return value_str(&c, v);
  return ctx_printf(p->ctx, "an index of 0 to %s - 1", size_str(p->ctx, v->index->extent));
}

const char *place_text(const TextPlaces *p, const TextPlace *place, uint32_t i) {
  const PlaceValue *v = place->first;
  while (v && i--) v = v->next;
  return v ? show(p, &v->value) : NULL;
}

static bool has_type(const Value *v) {
  bool all = v->kind == VAL_tensor || (v->kind == VAL_tuple && v->items.len);
  for (uint32_t i = 0; v->kind == VAL_tuple && i < v->items.len; i++)
    all = all && has_type(&v->items.data[i]);
  return all;
}

const char *place_type(const TextPlaces *p, const TextPlace *place) {
  if (!place->first || !has_type(&place->first->value)) return NULL;
  Check c = showing(p);
  return value_str(&c, &place->first->value);
}

/* ---- names that would be right ---- */

static void offer(TextPlaces *p, Str name, WordKind kind, const char *text, bool own) {
  uint32_t at;
  if (str_none(name) || str_eq(name, p->wanted) || map_get(&p->offered, name.i, &at)) return;
  map_set(&p->ctx->arena, &p->offered, name.i, p->offers.len);
  vec_push(&p->ctx->arena, &p->offers, ((PlaceOffer){name, kind, text, own}));
}

static void offer_known(void *user, const KnownName *known) {
  TextPlaces *p = user;
  static const char *const kinds[N_ITEM_KINDS] = {[ITEM_const] = "constant",
                                                  [ITEM_fn] = "function",
                                                  [ITEM_layer] = "layer",
                                                  [ITEM_init] = "initialiser",
                                                  [ITEM_optimizer] = "optimizer",
                                                  [ITEM_extern] = "extern function",
                                                  [ITEM_train] = "training program",
                                                  [ITEM_data] = "data",
                                                  [ITEM_names] = "names"};
  const char *text = "";
  if (known->item && kinds[known->item->kind]) text = kinds[known->item->kind];
  if (known->value && value_ok(known->value)) text = show(p, known->value);
  offer(p, known->name, known->kind, text, known->own);
}

static void offer_shape(TextPlaces *p, const LayerShape *shape) {
  for (uint32_t i = 0; i < shape->members.len; i++) {
    const LayerMember *m = &shape->members.data[i];
    const char *text = m->shape ? ctx_text(p->ctx, m->shape->name)
                                : type_str(p->ctx, shape->weights.data[m->first].type);
    offer(p, m->name.str, WORD_member, text, true);
  }
  for (uint32_t i = 0; i < shape->methods.len; i++)
    offer(p, shape->methods.data[i]->name.str, WORD_method, "", true);
  for (uint32_t i = 0; i < shape->constants->names.len; i++) {
    const Binding *b = &shape->constants->names.data[i];
    offer(p, b->name, WORD_member, show(p, &b->value), true);
  }
}

static void offer_data(TextPlaces *p, const SpecData *data, bool is_text) {
  for (int i = 0; i < data->n_columns; i++)
    offer(p, data->columns[i].name, WORD_column,
          data->columns[i].vocab ? "size of its vocabulary" : "", true);
  if (is_text) {
    offer(p, ctx_str(p->ctx, "windows"), WORD_method, "windows(32, 128)", true);
    return;
  }
  offer(p, ctx_str(p->ctx, "batch"), WORD_method, "batch(64)", true);
  offer(p, ctx_str(p->ctx, "batches"), WORD_method, "batches(64)", true);
}

static void offer_members(TextPlaces *p, const TrainRules *rules, const Value *base) {
  if (base->kind == VAL_layer) offer_shape(p, base->layer->shape);
  if (base->kind == VAL_data) offer_data(p, base->data, rules->is_text(base->data));
  if (base->kind == VAL_layers || base->kind == VAL_tuple)
    offer(p, ctx_str(p->ctx, "len"), WORD_member, "how many there are", true);
  for (uint32_t i = 0; base->kind == VAL_record && i < base->items.len; i++)
    offer(p, base->names[i], WORD_column, show(p, &base->items.data[i]), true);
}

bool places_offer(Check *c, Str name, const Value *base) {
  TextPlaces *p = c->scope->places;
  if (!p || str_none(p->wanted) || !str_eq(name, p->wanted)) return false;
  if (base)
    offer_members(p, c->spec->train_rules, base);
  else
    names_known(c, offer_known, p);
  return true;
}

PlaceOffers places_offered(const TextPlaces *p) {
  return (PlaceOffers){p->offers.data, p->offers.len};
}

const AstFile *spec_text_at(const Spec *spec, uint32_t position) {
  for (uint32_t i = 0; i < spec->files.len; i++) {
    const Source *s = spec->files.data[i]->source;
    if (position >= s->base && position - s->base <= s->length) return spec->files.data[i];
  }
  return NULL;
}
