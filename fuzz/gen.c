/* Random graphs: numbers, types, values, arguments, whole graphs. Instances of ops: gen_ops.c. */
#include "app/oracle.h"
#include "fuzz/gen.h"

#include <math.h>

enum { MAX_ELEMENTS = 2048 };

/* ---- numbers (splitmix64) ---- */

uint64_t gen_next(Gen *gen) {
  uint64_t x = gen->state += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

int gen_below(Gen *gen, int n) { return (int)(gen_next(gen) % (uint64_t)n); }

double gen_between(Gen *gen, double low, double high) {
  return low + (high - low) * ((double)(gen_next(gen) >> 11) * 0x1p-53);
}

/* ---- types ---- */

Gen *gen_new(Ctx *ctx, uint64_t seed, GenOptions options) {
  Gen *gen = arena_new(&ctx->arena, Gen);
  *gen = (Gen){.ctx = ctx, .state = seed * 0x2545f4914f6cdd1du + 1, .options = options};
  gen->g = graph_new(ctx, ctx_str(ctx, "random"));
  static const char *const names[] = {"N", "M", "K"};
  for (int i = 0; i < 3; i++)
    size_env_set(ctx, &gen->env, size_symbol(ctx, ctx_str(ctx, names[i])),
                 !options.empty + gen_below(gen, 4));
  if (options.sets ||
      options.masks) { /* enough elements for permutations to tell, and two rows at least */
    gen->env.values.data[0] = 3 + gen_below(gen, 2);
    gen->env.values.data[1] = 2;
    gen->rows = gen_below(gen, 2);
  }
  return gen;
}

bool gen_set_rows(const Gen *gen) { return gen->rows; }

Sz gen_extent(Gen *gen) {
  if ((gen->options.sets || gen->options.masks) && gen_below(gen, 2))
    return gen->env.symbols.data[gen_below(gen, 2)];
  static const int extents[] = {1, 2, 3, 4, 5, 0};
  if (gen->options.symbolic && gen_below(gen, 2)) return gen->env.symbols.data[gen_below(gen, 3)];
  return size_const(gen->ctx, extents[gen_below(gen, gen->options.empty ? 6 : 5)]);
}

DType gen_float(Gen *gen) {
  static const DType floats[] = {DT_f32, DT_f32, DT_f32, DT_f64, DT_bf16};
  return gen->options.smooth ? DT_f64 : floats[gen_below(gen, 5)];
}

DType gen_number(Gen *gen) {
  return !gen->options.smooth && gen_below(gen, 4) == 0 ? DT_i32 : gen_float(gen);
}

static Ty element(Gen *gen, DType dtype, const Sz *dims, int rank) {
  if (dtype != DT_idx) return type_tensor(gen->ctx, dtype, dims, rank);
  return type_index(gen->ctx, gen_extent(gen), dims, rank);
}

/* A place in a list, more often a late one: so that graphs become deep. */
static int recent(Gen *gen, int n) {
  int a = gen_below(gen, n), b = gen_below(gen, n);
  return a > b ? a : b;
}

Ty gen_type(Gen *gen, DType dtype, int max_rank) {
  if (gen->pool.len && gen_below(gen, 4)) {
    Ty known = graph_type(gen->g, gen->pool.data[recent(gen, (int)gen->pool.len)]);
    const TypeInfo *info = type_info(gen->ctx, known);
    if (info->rank <= max_rank) {
      if (info->dtype == dtype) return known;
      return element(gen, dtype, info->dims, info->rank);
    }
  }
  Sz dims[TENSOR_MAX_RANK];
  int rank = gen_below(gen, max_rank + 1);
  for (int i = 0; i < rank; i++) dims[i] = gen_extent(gen);
  return element(gen, dtype, dims, rank);
}

int64_t gen_count(Gen *gen, Ty type) {
  int64_t n;
  return size_eval(gen->ctx, type_count(gen->ctx, type), &gen->env, &n) ? n : -1;
}

/* ---- values ---- */

/* The set axes of a new parameter of a whole graph: most axes as long as the set, behind a row
 * where sets have rows. */
static int choose_sets(Gen *gen, const TypeInfo *info, int32_t *sets) {
  bool row = !gen->rows;
  int n = 0;
  for (int i = 0; gen->options.sets && !gen->depth && i < info->rank; i++) {
    if (row && sz_eq(info->dims[i], gen->env.symbols.data[0]) && gen_below(gen, 8)) sets[n++] = i;
    row = row || sz_eq(info->dims[i], gen->env.symbols.data[1]);
  }
  return n;
}

/* An index into a set with rows that has no row: as a parameter it would take the rows from the
 * set. */
static bool without_row(const Gen *gen, const TypeInfo *info) {
  bool pointer =
      gen->rows && info->dtype == DT_idx && sz_eq(info->extent, gen->env.symbols.data[0]);
  for (int i = 0; i < info->rank; i++)
    pointer = pointer && !sz_eq(info->dims[i], gen->env.symbols.data[1]);
  return pointer;
}

static Ref new_param(Gen *gen, Ty type) {
  int32_t sets[TENSOR_MAX_RANK];
  int n_sets = choose_sets(gen, type_info(gen->ctx, type), sets);
  char *name = ctx_printf(gen->ctx, "p%u", gen->g->params.len);
  Ref made = graph_param(gen->g, type, ctx_str(gen->ctx, name), sets, n_sets);
  vec_push(&gen->ctx->arena, &gen->pool, made);
  return made;
}

static Ref new_const(Gen *gen, Ty type) {
  const TypeInfo *info = type_info(gen->ctx, type);
  double value = info->dtype == DT_bool  ? gen_below(gen, 2)
                 : info->dtype == DT_idx ? 0
                 : info->dtype == DT_i32 ? gen_below(gen, 7) - 3
                                         : gen_below(gen, 17) / 8.0 - 1;
  return build_const(gen->g, type, value);
}

/* A key of any shape: a stream of a constant key. */
static Ref new_key(Gen *gen, Ty type) {
  Ty number = type_with_dtype(gen->ctx, type, DT_i32);
  return build1(gen->g, OP_seed, build_const(gen->g, number, gen_below(gen, 1000)));
}

Ref gen_value(Gen *gen, Ty type) {
  VEC(Ref) same = {0};
  for (uint32_t i = 0; i < gen->pool.len; i++)
    if (ty_eq(graph_type(gen->g, gen->pool.data[i]), type))
      vec_push(&gen->ctx->arena, &same, gen->pool.data[i]);
  if (same.len && gen_below(gen, 5)) return same.data[recent(gen, (int)same.len)];
  DType dtype = type_info(gen->ctx, type)->dtype;
  if (dtype == DT_idx &&
      size_ge_filled(gen->ctx, size_const(gen->ctx, 0), type_info(gen->ctx, type)->extent))
    return new_param(gen, type); /* no constant points there */
  if (dtype == DT_key && !gen->operands_only) return new_key(gen, type);
  bool empty = dtype == DT_idx &&
               !size_ge(gen->ctx, type_info(gen->ctx, type)->extent, size_const(gen->ctx, 1));
  if (empty && !gen->operands_only) return new_param(gen, type);
  if (!gen->operands_only && gen_below(gen, 4) == 0) return new_const(gen, type);
  if (without_row(gen, type_info(gen->ctx, type)) && !gen->operands_only)
    return new_const(gen, type);
  return new_param(gen, type);
}

/* ---- whole graphs ---- */

/* So that the values of all symbols can be told from the arguments. */
static void anchor_symbols(Gen *gen) {
  bool sets = gen->options.sets;
  gen->options.sets = false; /* that is no set */
  for (int i = 0; gen->options.symbolic && i < 3; i++)
    new_param(gen, type_tensor(gen->ctx, gen_float(gen), &gen->env.symbols.data[i], 1));
  gen->options.sets = sets;
  if (gen->options.masks) gen_mask(gen);
}

/* Ops that break most proofs stand seldom, so that graphs with sets stay provable for a while. */
static bool too_seldom(Gen *gen, Op op) {
  SetRule rule = op_set_rule(op);
  bool breaks = rule == SETS_slice || rule == SETS_pad || rule == SETS_concat ||
                rule == SETS_reverse || rule == SETS_running || rule == SETS_give_up;
  return (gen->options.sets || gen->options.masks) && breaks && gen_below(gen, 5);
}

static void keep(Gen *gen, Ref value) {
  const TypeInfo *info = graph_info(gen->g, value);
  if (info->is_tuple) {
    for (int i = 0; i < info->rank; i++) keep(gen, build_item(gen->g, value, i));
    return;
  }
  int64_t n = gen_count(gen, graph_type(gen->g, value));
  if (n >= 0 && n <= MAX_ELEMENTS && info->rank <= 6) vec_push(&gen->ctx->arena, &gen->pool, value);
}

/* Values of f64 that stay in a small range, so that finite differences work. */
static Ref bounded(Gen *gen, Ref value) {
  const TypeInfo *info = graph_info(gen->g, value);
  if (!gen->options.smooth || info->is_tuple || !dtype_is_float(info->dtype)) return value;
  return gen_below(gen, 2) ? build1(gen->g, OP_tanh, value) : build1(gen->g, OP_sin, value);
}

/* The same seed gives the same graph where there are no plug-ins. */
_Static_assert(OP_custom == N_OPS - 1, "the op of plug-ins is the last one");

Graph *gen_graph(Gen *gen) {
  if (!gen->depth) anchor_symbols(gen);
  int made = 0;
  for (int tries = 0; made < gen->options.nodes && tries < 50 * gen->options.nodes; tries++) {
    Ref out;
    Op op = (Op)gen_below(gen, gen->ctx->customs ? N_OPS : OP_custom);
    bool mask = gen->options.masks && !gen->depth && !gen_below(gen, 4);
    if (mask && (gen_below(gen, 4) ? gen_masked(gen, &out) : gen_masked_scan(gen, &out))) {
      keep(gen, bounded(gen, out));
      made++;
      continue;
    }
    bool harder = gen->options.harder && !gen->depth && !gen_below(gen, 5);
    if (harder && (gen_below(gen, 3) ? gen_behind(gen, &out) : gen_handing_scan(gen, &out))) {
      keep(gen, bounded(gen, out));
      made++;
      continue;
    }
    if (too_seldom(gen, op) || !gen_op(gen, op, &out)) continue;
    keep(gen, bounded(gen, out));
    made++;
  }
  return gen->g;
}

void gen_results(Graph *g) {
  bool *used = arena_array(&g->ctx->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      used[g->nodes.data[i].operands[k].i] = true;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (!used[i] && node->op != OP_param && !type_info(g->ctx, node->type)->is_tuple)
      graph_result(g, (Ref){i}, (Str){0});
  }
}

/* ---- arguments ---- */

Tensor **gen_args(Gen *gen, const Graph *g, double low, double high) {
  Tensor **args = arena_array(&gen->ctx->arena, Tensor *, g->params.len);
  Fault fault;
  ORDO_CHECK(oracle_args(g, &gen->env, gen_next(gen), low, high, args, &fault));
  return args;
}

void gen_free(Tensor **tensors, uint32_t n) {
  for (uint32_t i = 0; tensors && i < n; i++) tensor_free(tensors[i]);
}
