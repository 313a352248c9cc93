/* Sizes of an ONNX model: int64 values of one element, computed from the shapes of the inputs; and
 * the inputs and results, with what is checked of them. */
#include "onnx/emit.h"
#include "onnx/proto.h"

#include "ir/size_fold.h"

/* ---- sizes ---- */

static void *size_number(void *user, int64_t value) { return (void *)onnx_ints(user, &value, 1); }

static void *size_symbol_value(void *user, Sz symbol) {
  OnnxOut *o = user;
  uint32_t at;
  if (map_get(&o->extents, symbol.i, &at)) return (void *)o->made.data[at];
  ORDO_BUG("the size %s has no value", size_str(o->ctx, symbol));
}

static void *size_plus(void *user, void *a, void *b) { return (void *)onnx_2(user, "Add", a, b); }
static void *size_times(void *user, void *a, void *b) { return (void *)onnx_2(user, "Mul", a, b); }
static void *size_least(void *user, void *a, void *b) { return (void *)onnx_2(user, "Min", a, b); }
static void *size_most(void *user, void *a, void *b) { return (void *)onnx_2(user, "Max", a, b); }

/* Towards minus infinity, while Div cuts; what is divided by 0 is refused elsewhere and must not
 * stop the process here. */
static void *size_floor(void *user, void *a, void *b) {
  OnnxOut *o = user;
  const char *zero = size_number(o, 0), *one = size_number(o, 1);
  const char *by = onnx_3(o, "Where", onnx_2(o, "Equal", b, zero), one, b);
  const char *quotient = onnx_2(o, "Div", a, by);
  const char *rest = onnx_2(o, "Sub", a, onnx_2(o, "Mul", quotient, by));
  const char *cut = onnx_2(o, "Less", onnx_2(o, "Mul", rest, by), zero);
  return (void *)onnx_2(o, "Sub", quotient, onnx_cast(o, cut, ONNX_int64));
}

/* Sizes stand in front of everything, whichever level asks for them. */
typedef struct Aside {
  OnnxLevel *was;
  const Node *node;
} Aside;

static void aside(OnnxOut *o, Aside *a) {
  *a = (Aside){.was = o->level, .node = o->node};
  o->level = &o->sizes;
  o->node = NULL;
}

static void aside_end(OnnxOut *o, Aside *a) {
  o->level = a->was;
  o->node = a->node;
}

static void know(OnnxOut *o, uint64_t key, const char *name) {
  vec_push(&o->ctx->arena, &o->made, name);
  map_set(&o->ctx->arena, &o->extents, key, o->made.len - 1);
}

const char *onnx_size(OnnxOut *o, Sz size) {
  static const SizeFold fold = {size_number, size_symbol_value, size_plus, size_times,
                                size_floor,  size_least,        size_most};
  uint32_t at;
  int64_t value;
  if (size_is_const(o->ctx, size, &value)) return onnx_ints(o, &value, 1);
  if (map_get(&o->extents, size.i, &at)) return o->made.data[at];
  Aside a;
  aside(o, &a);
  const char *name = size_fold(o->ctx, size, &fold, o);
  aside_end(o, &a);
  know(o, size.i, name);
  return name;
}

/* Keys of what is made of sizes, beside the sizes' own. */
enum { KEY_scalar = 1, KEY_shape = 2 };

const char *onnx_size_scalar(OnnxOut *o, Sz size) {
  uint64_t key = hash_mix(size.i, KEY_scalar) | (uint64_t)1 << 63;
  int64_t value;
  uint32_t at;
  if (size_is_const(o->ctx, size, &value)) return onnx_constant(o, ONNX_int64, (double)value);
  if (map_get(&o->extents, key, &at)) return o->made.data[at];
  const char *in[2] = {onnx_size(o, size), onnx_ints(o, (int64_t[]){0}, 1)};
  Aside a;
  aside(o, &a);
  const char *name = onnx_put(o, "Squeeze", in, 2, NULL, 0);
  aside_end(o, &a);
  know(o, key, name);
  return name;
}

const char *onnx_shape(OnnxOut *o, const Sz *dims, int rank) {
  uint64_t key = hash_mix((uint64_t)rank, KEY_shape);
  int64_t values[2 * MAX_RANK]; /* both ends of a pad */
  int known = 0;
  uint32_t at;
  for (int i = 0; i < rank; i++) {
    key = hash_mix(key, dims[i].i);
    known += size_is_const(o->ctx, dims[i], &values[i]);
  }
  if (known == rank) return onnx_ints(o, values, rank);
  key |= (uint64_t)1 << 63;
  if (map_get(&o->extents, key, &at)) return o->made.data[at];
  const char *parts[2 * MAX_RANK];
  for (int i = 0; i < rank; i++) parts[i] = onnx_size(o, dims[i]);
  OnnxAttr attr = ONNX_INT("axis", 0);
  Aside a;
  aside(o, &a);
  const char *name = rank == 1 ? parts[0] : onnx_put(o, "Concat", parts, rank, &attr, 1);
  aside_end(o, &a);
  know(o, key, name);
  return name;
}

const char *onnx_reshape(OnnxOut *o, const char *a, const Sz *dims, int rank) {
  OnnxAttr attr = ONNX_INT("allowzero", 1);
  const char *in[2] = {a, onnx_shape(o, dims, rank)};
  return onnx_put(o, "Reshape", in, 2, &attr, 1);
}

/* Gives a symbol a value. */
static void onnx_symbol(OnnxOut *o, Sz symbol, const char *name) {
  know(o, symbol.i, name);
  vec_push(&o->ctx->arena, &o->symbols, symbol);
}

static bool has_symbol(const OnnxOut *o, Sz symbol) {
  uint32_t at;
  return map_get(&o->extents, symbol.i, &at);
}

typedef struct UnknownSymbols {
  OnnxOut *o;
  Sz symbol;
  int n;
} UnknownSymbols;

static void visit_unknown(void *user, Sz symbol) {
  UnknownSymbols *u = user;
  if (has_symbol(u->o, symbol) || (u->n && sz_eq(u->symbol, symbol))) return;
  u->symbol = symbol;
  u->n++;
}

static bool onnx_knows(OnnxOut *o, Sz size) {
  UnknownSymbols u = {.o = o};
  if (size.i) size_symbols(o->ctx, size, visit_unknown, &u);
  return size.i && !u.n;
}

/* ---- inputs ---- */

void onnx_value_info(OnnxOut *o, Text *out, uint32_t field, const char *name, const char *doc,
                     OnnxType type, const Sz *dims, int rank) {
  Arena *arena = &o->ctx->arena;
  Text shape = text_new(arena), tensor = text_new(arena), kind = text_new(arena);
  Text info = text_new(arena);
  for (int i = 0; i < rank; i++) {
    Text dim = text_new(arena);
    int64_t value;
    if (size_is_const(o->ctx, dims[i], &value))
      proto_int(&dim, 1, value);
    else
      proto_text(&dim, 2, size_str(o->ctx, dims[i]));
    proto_message(&shape, 1, &dim);
  }
  proto_int(&tensor, 1, type);
  proto_message(&tensor, 2, &shape);
  proto_message(&kind, 1, &tensor);
  proto_text(&info, 1, name);
  proto_message(&info, 2, &kind);
  if (doc) proto_text(&info, 3, doc);
  proto_message(out, field, &info);
}

static const char *extent_of(OnnxOut *o, const char *input, int axis) {
  OnnxAttr attrs[2] = {ONNX_INT("start", axis), ONNX_INT("end", axis + 1)};
  return onnx_put(o, "Shape", &input, 1, attrs, 2);
}

/* The model's inputs are those of the graph's parameters that have no value. */
typedef struct Inputs {
  OnnxOut *o;
  const Graph *g;
  const char **names; /* by parameter */
  uint32_t *told;     /* bits of axes that a symbol has its value from, by parameter */
} Inputs;

static bool is_seed(const Inputs *in, uint32_t p) {
  return param_role(in->g, in->g->params.data[p]) == ROLE_key;
}

static bool is_input(const Inputs *in, uint32_t p) {
  return !in->o->what->values[p] && !is_seed(in, p);
}

/* What makes the whole model fail when it is true; of one element. */
static void forbid(OnnxOut *o, const char *wrong) {
  vec_push(&o->ctx->arena, &o->bad, onnx_cast(o, wrong, ONNX_int32));
}

/* A size that nobody says is one. */
static void forbid_negative(OnnxOut *o, const char *size) {
  int64_t zero = 0;
  forbid(o, onnx_2(o, "Less", size, onnx_ints(o, &zero, 1)));
}

/* The symbol s of an extent k*s + c, from known k and c; a check refuses what is left over. */
static bool solve(Ctx *ctx, Sz size, Sz symbol, Sz extent, Sz *out) {
  Sz zero = size_const(ctx, 0), one = size_const(ctx, 1), two = size_const(ctx, 2);
  Sz at0 = size_subst(ctx, size, &symbol, &zero, 1), at1 = size_subst(ctx, size, &symbol, &one, 1);
  Sz step = size_sub(ctx, at1, at0), line = size_add(ctx, size_mul(ctx, step, symbol), at0);
  Sz at2 = size_subst(ctx, size, &symbol, &two, 1);
  if (!sz_eq(line, size) || !sz_eq(size_sub(ctx, at2, at1), step) || size_is(ctx, step, 0))
    return false;
  *out = size_div(ctx, size_sub(ctx, extent, at0), step);
  return out->i;
}

/* Axes that are just a symbol give it its value, then those of one unknown symbol k*s + c. */
static void solve_symbols(Inputs *in, bool plain) {
  OnnxOut *o = in->o;
  for (uint32_t p = 0; p < in->g->params.len; p++) {
    const TypeInfo *info = graph_info(in->g, in->g->params.data[p]);
    for (int i = 0; is_input(in, p) && i < info->rank; i++) {
      UnknownSymbols u = {.o = o};
      size_symbols(o->ctx, info->dims[i], visit_unknown, &u);
      if (u.n != 1 || (plain && !sz_eq(u.symbol, info->dims[i]))) continue;
      if (plain) {
        onnx_symbol(o, u.symbol, extent_of(o, in->names[p], i));
        in->told[p] |= 1U << i;
        continue;
      }
      Sz extent = size_fresh(o->ctx, "extent"), solved;
      if (!solve(o->ctx, info->dims[i], u.symbol, extent, &solved)) continue;
      onnx_symbol(o, extent, extent_of(o, in->names[p], i));
      onnx_symbol(o, u.symbol, onnx_size(o, solved));
      forbid_negative(o, onnx_size(o, solved));
    }
  }
}

static void ask_for(void *user, Sz symbol) {
  OnnxOut *o = user;
  if (has_symbol(o, symbol)) return;
  const char *name = onnx_name(o, size_str(o->ctx, symbol));
  onnx_value_info(o, &o->inputs, 11, name, "size", ONNX_int64, NULL, 0);
  int64_t one = 1;
  onnx_symbol(o, symbol, onnx_2(o, "Reshape", name, onnx_ints(o, &one, 1)));
  forbid_negative(o, onnx_size(o, symbol));
}

static void check_extents(Inputs *in, uint32_t p) {
  OnnxOut *o = in->o;
  const TypeInfo *info = graph_info(in->g, in->g->params.data[p]);
  for (int i = 0; i < info->rank; i++) {
    if (size_is_const(o->ctx, info->dims[i], NULL) || in->told[p] >> i & 1) continue;
    const char *want = onnx_size(o, info->dims[i]), *got = extent_of(o, in->names[p], i);
    forbid(o, onnx_1(o, "Not", onnx_2(o, "Equal", got, want)));
  }
}

/* Indices outside of their axis. */
static void check_indices(Inputs *in, uint32_t p) {
  OnnxOut *o = in->o;
  const TypeInfo *info = graph_info(in->g, in->g->params.data[p]);
  if (info->dtype != DT_idx) return;
  const char *extent = onnx_cast(o, onnx_size_scalar(o, info->extent), ONNX_int32);
  const char *low = onnx_2(o, "Less", in->names[p], onnx_constant(o, ONNX_int32, 0));
  const char *high = onnx_2(o, "GreaterOrEqual", in->names[p], extent);
  const char *outside = onnx_cast(o, onnx_2(o, "Or", low, high), ONNX_int32);
  int64_t one = 1;
  const char *sum = onnx_reduce(o, "ReduceSum", outside, NULL, -1);
  const char *any = onnx_2(o, "Greater", sum, onnx_constant(o, ONNX_int32, 0));
  forbid(o, onnx_2(o, "Reshape", any, onnx_ints(o, &one, 1)));
}

static void check_needs(OnnxOut *o) {
  const Needs *needs = o->what->needs;
  int64_t zero = 0;
  for (uint32_t i = 0; i < needs->list.len; i++) {
    const Need *need = &needs->list.data[i];
    if (need->kind == NEED_value || !onnx_knows(o, need->least)) continue;
    if (need->count.i && !onnx_knows(o, need->count)) continue;
    const char *none = onnx_ints(o, &zero, 1);
    const char *wrong = onnx_2(o, "Less", onnx_size(o, need->least), none);
    if (need->count.i)
      wrong = onnx_2(o, "And", wrong, onnx_2(o, "Greater", onnx_size(o, need->count), none));
    forbid(o, wrong);
  }
}

/* The key of a run, from its seed: as app/function.c makes it. */
static const char *key_of_seed(OnnxOut *o, const char *seed);

static void declare_input(Inputs *in, uint32_t p) {
  OnnxOut *o = in->o;
  const TypeInfo *info = graph_info(in->g, in->g->params.data[p]);
  OnnxValue *value = onnx_value(o, in->g->params.data[p]);
  onnx_done(value, info, in->names[p]);
  if (o->what->values[p]) return;
  if (is_seed(in, p)) {
    onnx_value_info(o, &o->inputs, 11, in->names[p], "seed", ONNX_int64, NULL, 0);
    value->name = key_of_seed(o, in->names[p]);
    return;
  }
  const char *type = type_str(o->ctx, graph_type(in->g, in->g->params.data[p]));
  if (param_role(in->g, in->g->params.data[p]) == ROLE_weight)
    type = ctx_printf(o->ctx, "weight %s", type);
  onnx_value_info(o, &o->inputs, 11, in->names[p], type, onnx_outside(info->dtype), info->dims,
                  info->rank);
}

static void add_weight(Inputs *in, uint32_t p) {
  OnnxOut *o = in->o;
  const Tensor *value = o->what->values[p];
  OnnxTensor tensor = {.name = in->names[p],
                       .type = onnx_outside(value->dtype),
                       .rank = value->rank,
                       .dims = value->dims,
                       .data = value->data,
                       .bytes = tensor_bytes(value)};
  vec_push(&o->ctx->arena, &o->tensors, tensor);
}

void onnx_inputs(OnnxOut *o) {
  const Graph *g = o->what->graph;
  Inputs in = {o, g, arena_array(&o->ctx->arena, const char *, g->params.len + 1),
               arena_array(&o->ctx->arena, uint32_t, g->params.len + 1)};
  for (int weights = 0; weights < 2; weights++) /* of equal names an argument has the plain one */
    for (uint32_t p = 0; p < g->params.len; p++)
      if ((param_role(g, g->params.data[p]) == ROLE_weight) == weights)
        in.names[p] = onnx_name(o, o->what->names[p]);
  for (uint32_t p = 0; p < g->params.len; p++) declare_input(&in, p);
  o->results = arena_array(&o->ctx->arena, const char *, g->results.len + 1);
  for (uint32_t i = 0; i + o->what->n_claims < g->results.len; i++) {
    Str given = g->result_names.data[i];
    o->results[i] = onnx_name(o, str_none(given) ? "result" : ctx_text(o->ctx, given));
  }
  Aside a;
  aside(o, &a);
  solve_symbols(&in, true);
  solve_symbols(&in, false);
  graph_symbols(g, ask_for, o);
  aside_end(o, &a);
  for (uint32_t p = 0; p < g->params.len; p++) {
    if (o->what->values[p]) add_weight(&in, p);
    if (!is_input(&in, p)) continue;
    check_extents(&in, p);
    check_indices(&in, p);
  }
  check_needs(o);
  for (uint32_t p = 0; p < g->params.len; p++) {
    OnnxValue *value = onnx_value(o, g->params.data[p]);
    if (graph_info(g, g->params.data[p])->dtype == DT_bf16)
      value->name = onnx_cast(o, value->name, ONNX_float);
  }
}

static const char *key_of_seed(OnnxOut *o, const char *seed) {
  const char *key = onnx_name(o, "key"), *small = onnx_cast(o, seed, ONNX_int32);
  o->functions = true;
  onnx_node(o, "ordo", "key_of_seed", &small, 1, &key, 1, NULL, 0);
  return key;
}

/* ---- results ---- */

/* 0 while all that is checked holds; else taking it fails. */
static const char *checked(OnnxOut *o) {
  OnnxAttr axis = ONNX_INT("axis", 0);
  int64_t zero = 0;
  if (!o->bad.len) return NULL;
  const char *all = onnx_put(o, "Concat", o->bad.data, (int)o->bad.len, &axis, 1);
  const char *any = onnx_reduce(o, "ReduceSum", all, NULL, -1);
  const char *wrong = onnx_2(o, "Greater", any, onnx_constant(o, ONNX_int32, 0));
  const char *in[2] = {onnx_ints(o, &zero, 1), onnx_cast(o, wrong, ONNX_int64)};
  const char *name = onnx_name(o, "sizes and indices are as declared");
  onnx_node(o, NULL, "Gather", in, 2, &name, 1, &axis, 1);
  return name;
}

/* A number is added to the shape of each result so that it is not left out. */
static void put_result(OnnxOut *o, uint32_t i, const char *guard) {
  const Graph *g = o->what->graph;
  Ref r = g->results.data[i];
  const TypeInfo *info = graph_info(g, r);
  const char *value = onnx_whole_value(o, onnx_value(o, r), graph_type(g, r));
  const char *name = o->results[i];
  OnnxAttr zero = ONNX_INT("allowzero", 1);
  if (info->dtype == DT_bf16) value = onnx_cast(o, value, ONNX_bfloat16);
  const char *in[2] = {value, NULL};
  if (guard) in[1] = onnx_2(o, "Add", onnx_1(o, "Shape", value), guard);
  onnx_node(o, NULL, guard ? "Reshape" : "Identity", in, 2, &name, 1, &zero, guard ? 1 : 0);
  onnx_value_info(o, &o->outputs, 12, name, type_str(o->ctx, graph_type(g, r)),
                  onnx_outside(info->dtype), info->dims, info->rank);
}

void onnx_results(OnnxOut *o) {
  const Graph *g = o->what->graph;
  uint32_t n = g->results.len - o->what->n_claims;
  int64_t one = 1;
  o->node = NULL;
  for (uint32_t i = n; i < g->results.len; i++) {
    Ref r = g->results.data[i];
    const char *holds = onnx_whole_value(o, onnx_value(o, r), graph_type(g, r));
    forbid(o, onnx_1(o, "Not", onnx_2(o, "Reshape", holds, onnx_ints(o, &one, 1))));
  }
  const char *guard = checked(o);
  for (uint32_t i = 0; i < n; i++) put_result(o, i, guard);
}
