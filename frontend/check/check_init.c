/* Initialisers: the graph that draws the first value of a weight. '~ name' or '~ name(constants)',
 * where name is an 'init' of the text, or builtin: zeros, ones, full(v), normal(std), uniform(lo,
 * hi). */
#include <string.h>

#include "frontend/check/checker.h"

typedef struct InitCall {
  Str name;
  Span span;
  const Args *args;
} InitCall;

static bool read_call(Check *c, const Expr *init, InitCall *out) {
  static const Args none = {0};
  if (init->kind == EX_name) {
    *out = (InitCall){init->name, init->span, &none};
    return true;
  }
  if (init->kind == EX_call && init->call.callee->kind == EX_name) {
    *out = (InitCall){init->call.callee->name, init->span, &init->call.args};
    return true;
  }
  if (init->kind != EX_poison)
    diag_at(c->ctx, init->span, E_bad_initialiser,
            "an initialiser is a name or a call: zeros, normal(0.1)");
  return false;
}

/* ---- initialisers of the text ---- */

static Instance *from_text(Check *c, const Item *item, const InitCall *call, Ty type) {
  const char *name = ctx_text(c->ctx, call->name);
  Scope *constants = bind_constants(c, &item->init.constants, call->args, name, call->span);
  if (!constants) return NULL;
  const char *values = constants_key(c, &item->init.constants, constants);
  Str key =
      ctx_str(c->ctx, ctx_printf(c->ctx, "init|%p(%s)|%u", (const void *)item, values, type.i));
  Instance *in = instance_find(c->spec, key, c->mode.training);
  if (in) return in;
  Check inner = check_new(c->spec, scope_new(c->ctx, constants));
  Wanted wanted = {item->init.result, type, call->span, "the weight"};
  if (!unify_signature(&inner, &wanted, 1)) return NULL;
  in = instance_new(&inner, key, call->name);
  instance_add(c->spec, in);
  instance_finish(&inner, in, &item->init.body, item->init.result, item->span);
  return in;
}

/* ---- builtin initialisers ---- */

typedef struct InitRow {
  const char *name;
  uint32_t n_args;
  double value; /* of zeros and ones */
} InitRow;

static const InitRow rows[] = {
    {"zeros", 0, 0}, {"ones", 0, 1}, {"full", 1, 0}, {"normal", 1, 0}, {"uniform", 2, 0}};

static Value draw(Check *c, const InitRow *row, Value *args, Ty type, Span span) {
  const TypeInfo *info = type_info(c->ctx, type);
  Value shape = {.kind = VAL_list, .items = values_new(c->ctx, (uint32_t)info->rank)};
  for (int i = 0; i < info->rank; i++) shape.items.data[i] = value_size(c->ctx, info->dims[i]);
  Value v[3] = {args[0], args[1], shape};
  if (!strcmp(row->name, "normal")) v[0] = value_number(c->ctx, 0), v[1] = args[0];
  return random_draw(c, row->name, v, 3, span);
}

static Instance *from_table(Check *c, const InitRow *row, const InitCall *call, Ty type) {
  const char *name = row->name;
  if (call->args->len != row->n_args) {
    diag_at(c->ctx, call->span, E_bad_initialiser, "'%s' takes %u %s", name, row->n_args,
            row->n_args == 1 ? "number" : "numbers");
    return NULL;
  }
  Text key = text_new(&c->ctx->arena);
  Value args[2] = {value_number(c->ctx, row->value), value_number(c->ctx, 0)};
  text_printf(&key, "init|%s|%u", name, type.i);
  for (uint32_t i = 0; i < row->n_args; i++) {
    args[i] = elab_expr(c, call->args->data[i].value);
    if (args[i].kind != VAL_number) {
      if (value_ok(&args[i]))
        diag_at(c->ctx, call->span, E_bad_initialiser, "'%s' takes numbers, not %s", name,
                value_str(c, &args[i]));
      return NULL;
    }
    text_printf(&key, "|%s", value_str(c, &args[i]));
  }
  Str id = ctx_str(c->ctx, text_str(&key));
  Instance *in = instance_find(c->spec, id, c->mode.training);
  if (in) return in;
  Check inner = check_new(c->spec, c->scope);
  in = instance_new(&inner, id, call->name);
  instance_add(c->spec, in);
  bool random = !strcmp(name, "normal") || !strcmp(name, "uniform");
  Value v =
      random ? draw(&inner, row, args, type, call->span)
             : value_to_tensor(&inner, args[0], type_with_dims(c->ctx, type, NULL, 0), call->span);
  in->failed = !value_ok(&v);
  if (in->failed) return in;
  Graph *g = in->graph;
  Ref y = v.tensor.ref;
  if (graph_info(g, y)->rank == 0 && type_info(c->ctx, type)->rank) y = build_splat(g, y, type);
  if (random && !ty_eq(graph_type(g, y), type))
    y = build_cast(g, y, type_info(c->ctx, type)->dtype);
  graph_result(g, y, call->name);
  return in;
}

static Graph *init_in(Spec *spec, const Expr *init, Scope *constants, Ty type) {
  Check c = check_new(spec, constants);
  InitCall call;
  if (!read_call(&c, init, &call)) return NULL;
  Instance *scratch = instance_new(&c, (Str){0}, call.name); /* where arguments are evaluated */
  (void)scratch;
  Item *item = spec_item(spec, ITEM_init, call.name);
  const Expr *callee = init->kind == EX_call ? init->call.callee : init;
  if (item)
    place_word(spec->globals->places, WORD_item, (Name){call.name, callee->span}, item->name.span,
               NULL);
  Instance *in = NULL;
  if (item) in = from_text(&c, item, &call, type);
  for (size_t i = 0; !item && i < sizeof rows / sizeof rows[0]; i++)
    if (!strcmp(rows[i].name, ctx_text(c.ctx, call.name))) {
      in = from_table(&c, &rows[i], &call, type);
      return in && !in->failed ? in->graph : NULL;
    }
  if (!item) {
    diag_at(c.ctx, call.span, E_bad_initialiser, "there is no initialiser '%s'",
            ctx_text(c.ctx, call.name));
    suggest_name(&c, call.name);
  }
  return in && !in->failed ? in->graph : NULL;
}

/* Drawn in the type of the weight. */
Graph *init_graph(Spec *spec, const Expr *init, Scope *constants, Ty type) {
  bool before = spec->wide;
  DType dtype = type_info(spec->ctx, type)->dtype;
  if (dtype_is_float(dtype)) spec->wide = dtype == DT_f64;
  Graph *g = init_in(spec, init, constants, type);
  spec->wide = before;
  return g;
}
