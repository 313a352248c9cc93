/* What can be asked of a loaded spec: check it all, the names that can be called, the graph of one
 * of them. */
#include <string.h>

#include "frontend/train/check_data.h"

/* ---- layers on their own ---- */

/* How the constants without a default are chosen when a layer is checked on its own. */
typedef enum Guess {
  GUESS_symbols, /* each a size of its own */
  GUESS_falling, /* numbers, each a multiple of the next: D / heads is whole */
  GUESS_equal,
  N_GUESSES
} Guess;

static Value guess_constant(Ctx *ctx, Guess guess, Str name, uint32_t place) {
  if (guess == GUESS_symbols) return value_size(ctx, size_symbol(ctx, name));
  return value_number(ctx, guess == GUESS_equal || place > 5 ? 4 : 3 << (5 - place));
}

/* A scope with the constants of a layer: defaults, and guesses for those without. */
static Scope *constants_alone(Check *c, const Item *item, Guess guess) {
  Scope *scope = scope_new(c->ctx, c->spec->globals);
  Check inner = check_scratch(c->spec, scope);
  const Params *params = &item->layer.constants;
  for (uint32_t i = 0; i < params->len; i++) {
    const Param *p = &params->data[i];
    Value v =
        p->value ? elab_expr(&inner, p->value) : guess_constant(c->ctx, guess, p->name.str, i);
    scope_bind_declared(c->ctx, scope, p->name, p->span, v);
  }
  return scope;
}

static void check_shape(Spec *spec, LayerShape *shape) {
  if (shape->failed) return;
  for (uint32_t i = 0; i < shape->methods.len; i++)
    instance_alone(spec, shape->methods.data[i], shape, NULL);
  for (uint32_t i = 0; i < shape->weights.len; i++) {
    const WeightInfo *w = &shape->weights.data[i];
    if (w->owner == shape) init_graph(spec, w->decl->weight.init, w->owner->constants, w->type);
  }
}

/* Layers of which there are shapes, by item; the first *seen shapes are in it. */
static void mark_shaped(const Spec *spec, Map *shaped, uint32_t *seen) {
  for (; *seen < spec->shapes.len; ++*seen)
    if (!spec->shapes.data[*seen]->failed)
      map_set(&spec->ctx->arena, shaped, map_pointer(spec->shapes.data[*seen]->item), *seen);
}

/* Whether an elaboration failed for want of a number: then symbols are no fair trial. */
static bool wants_number(const Ctx *ctx, uint32_t from) {
  for (uint32_t i = from; i < ctx->diags.list.len; i++)
    if (ctx->diags.list.data[i]->code == E_not_static) return true;
  return false;
}

/* Nothing about such a layer is guessed. */
static bool all_default(const Item *item) {
  for (uint32_t i = 0; i < item->layer.constants.len; i++)
    if (!item->layer.constants.data[i].value) return false;
  return true;
}

/* Whether assertions are all that an elaboration failed for: then the guess was one that the layer
 * does not take, a probability of 4 for instance. */
static bool only_assertions(const Ctx *ctx, uint32_t from) {
  for (uint32_t i = from; i < ctx->diags.list.len; i++)
    if (ctx->diags.list.data[i]->code != E_assert_failed) return false;
  return true;
}

static void try_layer(Check *c, const Item *item, Guess guess) {
  LayerShape *shape = layer_shape_of(c, item, constants_alone(c, item, guess));
  if (shape) check_shape(c->spec, shape);
}

/* A layer that nobody instantiates is right if some guess of its constants is, or is refused by
 * nothing but assertions; otherwise the mistakes of the most general fair trial are shown. */
static void check_layer_alone(Spec *spec, const Item *item) {
  Check c = check_scratch(spec, spec->globals);
  Guess show = GUESS_symbols;
  bool refused = false;
  for (Guess guess = 0; guess < N_GUESSES; guess++) {
    Quiet quiet = quiet_begin(&c);
    try_layer(&c, item, guess);
    if (spec->ctx->diags.errors == quiet.mark.errors) return;
    if (guess == GUESS_symbols && wants_number(spec->ctx, quiet.mark.len)) show = GUESS_falling;
    refused = refused || (!all_default(item) && only_assertions(spec->ctx, quiet.mark.len));
    quiet_end(&c, quiet);
  }
  if (!refused) try_layer(&c, item, show);
}

/* ---- everything ---- */

/* The values of bool parameters without default: both are checked. */
static void check_function(Spec *spec, const FnDecl *fn) {
  uint32_t n = fn->params.len, bools = 0;
  Value *given = arena_array(&spec->ctx->arena, Value, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    const TypeExpr *t = fn->params.data[i].type;
    bool flag = t && t->kind == TY_tensor && t->n_dims == 0 && !t->index &&
                !strcmp(ctx_text(spec->ctx, t->dtype.str), "bool");
    if (flag && !fn->params.data[i].value) given[i] = value_bool(true), bools++;
  }
  instance_alone(spec, fn, NULL, given);
  for (uint32_t i = 0; i < n && bools; i++)
    if (given[i].kind == VAL_bool) given[i] = value_bool(false);
  if (bools) instance_alone(spec, fn, NULL, given);
}

/* An extern function: its types; with a gradient: that there is one. */
static void check_extern(Spec *spec, const Item *item) {
  Scope *scope = scope_new(spec->ctx, spec->globals);
  scope->symbols = true;
  Check c = check_new(spec, scope);
  const FnDecl *fn = item->foreign.fn;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const TypeExpr *t = fn->params.data[i].type;
    if (t && t->kind == TY_size)
      scope_bind(c.ctx, scope, fn->params.data[i].name.str, t->span,
                 value_size(c.ctx, size_symbol(c.ctx, fn->params.data[i].name.str)));
    else if (t)
      type_of_signature(&c, t);
  }
  scope->symbols = false;
  if (fn->result)
    type_eval(&c, fn->result);
  else
    diag_at(spec->ctx, fn->span, E_foreign_function, "an extern function declares its result type");
}

static void check_gradient(Spec *spec, const Item *item) {
  Name names[2] = {item->name, item->function};
  for (int i = 0; i < 2; i++)
    if (spec_item(spec, ITEM_extern, names[i].str))
      place_word(spec->globals->places, WORD_item, names[i],
                 spec_item(spec, ITEM_extern, names[i].str)->name.span, NULL);
    else if (!str_none(names[i].str))
      diag_at(spec->ctx, names[i].span, E_foreign_function, "there is no extern function '%s'",
              ctx_text(spec->ctx, names[i].str));
}

/* Of a library that is taken as checked. */
static bool trusted(const Spec *spec, const Item *item) {
  const SpecLibrary *library = spec->options ? spec->options->library : NULL;
  return library && item->name.span.lo <= library->end;
}

static bool stopped(const Spec *spec) {
  const SpecOptions *o = spec->options;
  return o && o->stop && o->stop(o->stop_user);
}

bool spec_check(Spec *spec) {
  Map shaped = {0};
  uint32_t seen = 0, at;
  for (uint32_t i = 0; i < spec->items.len; i++) {
    if (spec->items.data[i]->kind != ITEM_train) continue;
    if (stopped(spec)) return false;
    spec_train(spec, ctx_text(spec->ctx, spec->items.data[i]->name.str));
  }
  for (uint32_t i = 0; i < spec->items.len; i++) {
    const Item *item = spec->items.data[i];
    if (trusted(spec, item)) continue;
    if (stopped(spec)) return false;
    if (item->kind == ITEM_fn) check_function(spec, item->fn);
    if (item->kind == ITEM_extern) check_extern(spec, item);
    if (item->kind == ITEM_gradient) check_gradient(spec, item);
    if (item->kind != ITEM_layer) continue;
    mark_shaped(spec, &shaped, &seen);
    if (!map_get(&shaped, map_pointer(item), &at)) check_layer_alone(spec, item);
  }
  for (uint32_t i = 0; i < spec->shapes.len; i++) {
    if (trusted(spec, spec->shapes.data[i]->item)) continue;
    if (stopped(spec)) return false;
    check_shape(spec, spec->shapes.data[i]);
  }
  return !diag_failed(spec->ctx);
}

/* ---- names ---- */

typedef struct NameList {
  VEC(Str) names;
  VEC(bool) of_library;
} NameList;

/* Whether the text of an item is in a library folder. */
static bool in_library(Spec *spec, const Item *item) {
  int line, column;
  const Source *source = source_at(spec->ctx, item->name.span.lo, &line, &column);
  for (uint32_t i = 0; source && spec->options && i < spec->options->n_library_dirs; i++) {
    const char *dir = spec->options->library_dirs[i];
    size_t n = strlen(dir);
    if (!strncmp(source->path, dir, n) && source->path[n] == '/') return true;
  }
  return false;
}

static void add_name(Spec *spec, const Item *item, Str name, NameList *out) {
  vec_push(&spec->ctx->arena, &out->names, name);
  vec_push(&spec->ctx->arena, &out->of_library, in_library(spec, item));
}

static void add_methods(Spec *spec, const Item *item, const char *prefix, const LayerShape *shape,
                        NameList *out) {
  for (uint32_t i = 0; i < shape->methods.len; i++) {
    const char *method = ctx_text(spec->ctx, shape->methods.data[i]->name.str);
    const char *name = ctx_printf(spec->ctx, "%s.%s", prefix, *method ? method : "()");
    add_name(spec, item, ctx_str(spec->ctx, name), out);
  }
}

SpecNames spec_programs(Spec *spec) {
  Str *names = arena_array(&spec->ctx->arena, Str, spec->items.len + 1);
  SpecNames out = {.names = names};
  for (uint32_t i = 0; i < spec->items.len; i++)
    if (spec->items.data[i]->kind == ITEM_train) names[out.count++] = spec->items.data[i]->name.str;
  return out;
}

SpecNames spec_functions(Spec *spec) {
  NameList out = {0};
  for (uint32_t i = 0; i < spec->items.len; i++) {
    const Item *item = spec->items.data[i];
    if (item->kind == ITEM_fn) add_name(spec, item, item->name.str, &out);
    LayerShape *shape = NULL;
    if (item->kind == ITEM_layer && all_default(item)) {
      Check c = check_scratch(spec, spec->globals);
      shape = layer_shape(&c, item, NULL, item->span);
    }
    if (shape) add_methods(spec, item, ctx_text(spec->ctx, item->name.str), shape, &out);
    for (uint32_t k = 0; item->kind == ITEM_train && k < item->train.len; k++) {
      Str model = item->train.data[k].name.str;
      LayerShape *net = train_net_shape(spec, item, model);
      if (net && item->train.data[k].kind == TM_setting)
        add_methods(spec, item, ctx_text(spec->ctx, model), net, &out);
    }
  }
  return (SpecNames){out.names.data, out.of_library.data, out.names.len};
}

/* ---- one function ---- */

typedef struct Found {
  const FnDecl *fn;
  LayerShape *shape;
} Found;

static bool method_of(LayerShape *shape, Str method, Found *out) {
  *out = (Found){shape ? layer_method(shape, method) : NULL, shape};
  return out->fn != NULL;
}

/* A method of a model of some training program: by the setting's name, the layer's, or any if owner
 * is empty. */
static bool find_in_programs(Spec *spec, Str owner, Str method, Found *out) {
  for (uint32_t i = 0; i < spec->items.len; i++) {
    const Item *item = spec->items.data[i];
    for (uint32_t k = 0; item->kind == ITEM_train && k < item->train.len; k++) {
      const TrainMember *m = &item->train.data[k];
      LayerShape *shape = m->kind == TM_setting ? train_net_shape(spec, item, m->name.str) : NULL;
      if (!shape) continue;
      bool fits =
          str_none(owner) || str_eq(owner, m->name.str) || str_eq(owner, shape->item->name.str);
      if (fits && method_of(shape, method, out)) return true;
    }
  }
  return false;
}

/* Layers inside of the models: any shape that has been made. */
static bool find_shape(Spec *spec, Str owner, Str method, Found *out) {
  for (uint32_t i = 0; i < spec->shapes.len; i++)
    if (str_eq(spec->shapes.data[i]->item->name.str, owner) &&
        method_of(spec->shapes.data[i], method, out))
      return true;
  Item *item = spec_item(spec, ITEM_layer, owner);
  if (!item) return false;
  Check c = check_scratch(spec, spec->globals);
  return method_of(layer_shape(&c, item, NULL, item->name.span), method, out);
}

const char *spec_name_in_program(Spec *spec, const char *name) {
  const char *dot = strchr(name, '.');
  if (!dot) return name;
  Str program = str_intern_n(&spec->ctx->strings, name, (size_t)(dot - name));
  return spec_item(spec, ITEM_train, program) ? dot + 1 : name;
}

static bool find_function(Spec *spec, const char *name, Found *out) {
  name = spec_name_in_program(spec, name);
  const char *dot = strrchr(name, '.');
  Str owner = {0}, method = ctx_str(spec->ctx, name);
  if (dot) {
    owner = str_intern_n(&spec->ctx->strings, name, (size_t)(dot - name));
    method = ctx_str(spec->ctx, strcmp(dot + 1, "()") ? dot + 1 : "");
  }
  Item *item = spec_item(spec, ITEM_fn, ctx_str(spec->ctx, name));
  if (item) {
    *out = (Found){item->fn, NULL};
    return true;
  }
  Str whole = ctx_str(spec->ctx, name), call = {0};
  if (find_in_programs(spec, owner, method, out)) return true;
  if (!dot && find_in_programs(spec, whole, call, out)) return true;
  return find_shape(spec, dot ? owner : whole, dot ? method : call, out);
}

/* What is run takes one branch of each 'if'. */
static bool decided(Spec *spec, const Instance *in) {
  return span_none(in->undecided) || check_undecided(spec->ctx, in->undecided);
}

/* Assertions that sizes and single numbers among the parameters decide. False when one does not
 * hold of the sizes that are known. */
static bool copy_claims(Spec *spec, SpecFunction *f, const Instance *in, const SizeMap *known) {
  SpecClaim *claims = arena_array(&spec->ctx->arena, SpecClaim, in->claims.len + 1);
  for (uint32_t i = 0; i < in->claims.len; i++) {
    const Claim *claim = &in->claims.data[i];
    if (!claim->graph) continue;
    const uint32_t *params = NULL;
    Graph *g = claim_of_arguments(in, claim, &params);
    g = graph_subst(g, known->from, known->to, known->n);
    if (claim_false(g)) return assertion_failed(spec->ctx, claim->stmt, (Str){0}, NULL);
    const Expr *message = claim->stmt->check.message;
    bool text = message && message->kind == EX_string;
    claims[f->n_claims++] = (SpecClaim){g, params, claim->stmt->check.condition->span,
                                        text ? ctx_text(spec->ctx, message->string)
                                             : "this does not hold of the arguments"};
  }
  f->claims = claims;
  return true;
}

static SpecFunction *make_function(Spec *spec, const char *name, const Found *found) {
  Instance *in = instance_alone(spec, found->fn, found->shape, NULL);
  if (!in) {
    diag_at(spec->ctx, found->fn->span, E_argument,
            "'%s' takes a layer: it can only be called in the text", name);
    return NULL;
  }
  if (in->failed || !decided(spec, in)) return NULL;
  SpecFunction *f = arena_new(&spec->ctx->arena, SpecFunction);
  SizeMap known = known_sizes(spec);
  *f = (SpecFunction){.name = ctx_str(spec->ctx, name),
                      .graph = graph_subst(in->graph, known.from, known.to, known.n),
                      .declared = in->graph,
                      .told = spec->vocabs_told};
  if (!copy_claims(spec, f, in, &known)) return NULL;
  DataUse use = data_use(spec);
  data_use_graph(&use, in->graph);
  for (uint32_t i = 0; i < in->claims.len; i++)
    if (in->claims.data[i].graph) data_use_graph(&use, in->claims.data[i].graph);
  for (uint32_t i = 0; found->shape && i < found->shape->weights.len; i++)
    data_use_type(&use, found->shape->weights.data[i].type);
  f->data = data_used(&use);
  if (!found->shape) return f;
  f->n_weights = found->shape->weights.len;
  SpecWeight *weights = arena_array(&spec->ctx->arena, SpecWeight, f->n_weights + 1);
  for (uint32_t i = 0; i < f->n_weights; i++) {
    const WeightInfo *w = &found->shape->weights.data[i];
    Graph *init = init_graph(spec, w->decl->weight.init, w->owner->constants, w->type);
    if (!init) return NULL;
    weights[i] =
        (SpecWeight){w->path, type_subst(spec->ctx, w->type, known.from, known.to, known.n),
                     graph_subst(init, known.from, known.to, known.n)};
  }
  f->weights = weights;
  return f;
}

const SpecFunction *spec_function_graph(Spec *spec, const char *name) {
  Found found;
  for (uint32_t i = 0; i < spec->functions.len; i++)
    if (!strcmp(ctx_text(spec->ctx, spec->functions.data[i]->name), name) &&
        spec->functions.data[i]->told == spec->vocabs_told)
      return spec->functions.data[i];
  if (!find_function(spec, name, &found)) {
    diag_at(spec->ctx, (Span){0}, E_unknown_program, "there is no function '%s'", name);
    Check c = check_new(spec, spec->globals);
    suggest_name(&c, ctx_str(spec->ctx, name));
    return NULL;
  }
  SpecFunction *f = make_function(spec, name, &found);
  if (f) vec_push(&spec->ctx->arena, &spec->functions, f);
  return f;
}
