/* Needs of sizes: see needs.h. */
#include "ir/needs.h"

/* ---- from nodes ---- */

typedef struct Finder {
  Ctx *ctx;
  Needs *needs;
  Span call, around; /* of the outermost call; of the loop or call whose body it is */
  Map *done;         /* bodies, by how often they run */
  Map types, kept;   /* whose extents are looked at already; the needs by what they say */
  Sz zero, one;
  const Graph *whole; /* the outermost graph: what its parameters hold is in memory */
  VEC(Sz) stored;     /* so many elements that memory may have them; each once */
  bool listed;        /* stored is made */
  Map counts;         /* of elements that were looked at */
} Finder;

static Finder finder_new(const Graph *g, Map *done, Needs *needs) {
  Ctx *ctx = g->ctx;
  return (Finder){.ctx = ctx,
                  .whole = g,
                  .needs = needs,
                  .done = done,
                  .zero = size_const(ctx, 0),
                  .one = size_const(ctx, 1)};
}

/* Whether the key is in the map; if not, it is now. */
static bool seen(Finder *f, Map *map, uint64_t key) {
  uint32_t value;
  if (map_get(map, key, &value)) return true;
  map_set(&f->ctx->arena, map, key, 0);
  return false;
}

/* Keeps a need that does not hold for all sizes. */
static void need(Finder *f, const Node *n, Need need) {
  int64_t number;
  bool holds = need.kind == NEED_value ? size_is_const(f->ctx, need.least, &number)
                                       : size_ge(f->ctx, need.least, f->zero);
  if (holds || size_is(f->ctx, need.count, 0)) return;
  need.op = n->op;
  need.span = span_none(n->span) ? f->around : n->span; /* a counter has no place of its own */
  need.call = f->call;
  uint64_t sizes = (uint64_t)need.least.i << 32 | need.count.i;
  if (seen(f, &f->kept, hash_mix(need.kind, sizes))) return;
  vec_push(&f->ctx->arena, &f->needs->list, need);
}

static void need_extents(Finder *f, const Node *n, Ty type) {
  const TypeInfo *info = type_info(f->ctx, type);
  if (seen(f, &f->types, type.i)) return;
  for (int i = 0; i < info->rank; i++) {
    if (info->is_tuple)
      need_extents(f, n, info->items[i]);
    else
      need(f, n, (Need){.kind = NEED_extent, .least = info->dims[i], .axis = info->dims[i]});
  }
}

/* The places from .. to - 1 of an axis. */
static void need_places(Finder *f, const Node *n, Sz from, Sz to, Sz axis) {
  Need inside = {.kind = NEED_inside, .axis = axis, .from = from, .to = to};
  inside.least = from;
  need(f, n, inside);
  inside.least = size_sub(f->ctx, axis, to);
  need(f, n, inside);
}

static void need_box(Finder *f, const Node *n, const Attr *starts, const TypeInfo *inner,
                     const TypeInfo *outer) {
  for (int i = 0; i < outer->rank; i++)
    need_places(f, n, starts->sizes[i], size_add(f->ctx, starts->sizes[i], inner->dims[i]),
                outer->dims[i]);
}

/* Each element of a value of this type needs the places from .. to - 1 of an axis. */
static void need_for_each(Finder *f, const Node *n, Need wanted, Ty type, Sz turns) {
  wanted.count = size_mul(f->ctx, type_count(f->ctx, type), turns);
  wanted.least = size_sub(f->ctx, wanted.axis, wanted.to);
  need(f, n, wanted);
}

/* Whether the op makes indices that are in range only where the axis has elements. */
static bool makes_index(const Graph *g, const Node *n) {
  const TypeInfo *info = type_info(g->ctx, n->type);
  if (info->is_tuple || info->dtype != DT_idx) return false;
  if (op_is(n->op, T_ARGREDUCE) || n->op == OP_const || n->op == OP_pad) return true;
  return n->op == OP_cast && graph_info(g, n->operands[0])->dtype != DT_idx;
}

/* What is needed only where an element is made. */
static void need_elements(Finder *f, const Graph *g, const Node *n, Sz turns) {
  if (n->op == OP_update) {
    int64_t axis = node_int(n, A_axis, 0);
    Ty part = graph_type(g, n->operands[1]);
    Need inside = {.kind = NEED_inside,
                   .axis = type_info(f->ctx, n->type)->dims[axis],
                   .from = f->zero,
                   .to = type_info(f->ctx, part)->dims[axis]};
    need_for_each(f, n, inside, part, turns);
  }
  if (!makes_index(g, n)) return;
  bool number = n->op == OP_const || n->op == OP_pad;
  int64_t at = number ? (int64_t)node_float(n, A_value, 0) : 0;
  Need element = {.kind = NEED_element,
                  .axis = type_info(g->ctx, n->type)->extent,
                  .from = size_const(f->ctx, at),
                  .to = size_const(f->ctx, at + 1)};
  need_for_each(f, n, element, n->type, turns);
}

/* Integers of the IR are of 32 bits, sizes of 64. */
static void need_fits(Finder *f, const Node *n, Sz size, int64_t most) {
  Sz least = size_sub(f->ctx, size_const(f->ctx, most), size);
  need(f, n, (Need){.kind = NEED_fits, .least = least, .axis = size});
}

static void need_integers(Finder *f, const Node *n) {
  const TypeInfo *info = type_info(f->ctx, n->type);
  const int64_t places = (int64_t)INT32_MAX + 1;
  if (info->is_tuple) return;
  if (info->dtype == DT_idx) need_fits(f, n, info->extent, places);
  if (n->op == OP_iota) need_fits(f, n, info->dims[node_int(n, A_axis, 0)], places);
  if (n->op != OP_size) return;
  Sz size = node_size(n, A_size);
  if (info->dtype == DT_i32)
    need_fits(f, n, size, INT32_MAX);
  else
    need(f, n, (Need){.kind = NEED_value, .least = size, .axis = size});
}

/* The numbers of elements of the arguments, which are in memory, and some more. */
static void list_stored(Finder *f) {
  const Graph *g = f->whole;
  Sz times = size_const(f->ctx, 1 << 12); /* of 2^48 bytes at most */
  Map known = {0};
  f->listed = true;
  for (uint32_t k = 0; k < g->params.len; k++) {
    Sz many = size_mul(f->ctx, type_count(f->ctx, graph_type(g, g->params.data[k])), times);
    if (many.i && !seen(f, &known, many.i)) vec_push(&f->ctx->arena, &f->stored, many);
  }
}

/* Whether an argument that is in memory has so many elements, or not many times fewer. */
static bool is_stored(Finder *f, Sz count) {
  if (!f->listed) list_stored(f);
  for (uint32_t k = 0; k < f->stored.len; k++)
    if (size_ge(f->ctx, f->stored.data[k], count)) return true;
  return false;
}

/* A sum or product over elements that are never stored, which may be made of their number. */
static void need_count(Finder *f, const Graph *g, const Node *n) {
  Sz count = type_count(f->ctx, graph_type(g, n->operands[0]));
  if (n->op == OP_dot) {
    const TypeInfo *b = graph_info(g, n->operands[1]);
    const Attr *batch = node_attr(n, A_batch_b), *contract = node_attr(n, A_contract_b);
    for (int i = 0; i < b->rank; i++) {
      bool both = false;
      for (int k = 0; k < batch->n; k++) both = both || batch->ints[k] == i;
      for (int k = 0; k < contract->n; k++) both = both || contract->ints[k] == i;
      if (!both) count = size_mul(f->ctx, count, b->dims[i]);
    }
  }
  if (count.i && seen(f, &f->counts, count.i)) return;
  if (!is_stored(f, count)) need(f, n, (Need){.kind = NEED_value, .least = count, .axis = count});
}

static void need_of_op(Finder *f, const Graph *g, const Node *n) {
  const TypeInfo *info = type_info(f->ctx, n->type);
  int64_t axis = node_int(n, A_axis, 0);
  switch (n->op) {
  case OP_slice:
    need_box(f, n, node_attr(n, A_starts), info, graph_info(g, n->operands[0]));
    return;
  case OP_pad:
    need_box(f, n, node_attr(n, A_lo), graph_info(g, n->operands[0]), info);
    return;
  case OP_iota:
    if (info->dtype == DT_idx) need_places(f, n, f->zero, info->dims[axis], info->extent);
    return;
  case OP_gather:
    need_places(f, n, f->zero, graph_info(g, n->operands[1])->extent,
                graph_info(g, n->operands[0])->dims[axis]);
    return;
  case OP_scatter_add:
    need_places(f, n, f->zero, graph_info(g, n->operands[0])->extent, info->dims[axis]);
    return;
  case OP_sum:
  case OP_prod:
  case OP_dot:
    need_count(f, g, n);
    return;
  case OP_scan:
    need(f, n,
         (Need){
             .kind = NEED_extent, .least = node_size(n, A_length), .axis = node_size(n, A_length)});
    return;
  default:
    return;
  }
}

static void find(Finder *f, const Graph *g, Sz turns) {
  if (seen(f, f->done, hash_mix(map_pointer(g), turns.i))) return;
  const bool *live = graph_live(g);
  Span outer = f->call, around = f->around;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!live[i] && n->op != OP_param) continue;
    need_extents(f, n, n->type);
    need_of_op(f, g, n);
    need_integers(f, n);
    need_elements(f, g, n, turns);
    if (!n->body) continue;
    if (n->op == OP_call && span_none(outer)) f->call = n->span;
    if (!span_none(n->span)) f->around = n->span;
    find(f, n->body, n->op == OP_scan ? size_mul(f->ctx, turns, node_size(n, A_length)) : turns);
    f->call = outer;
    f->around = around;
  }
}

void graph_needs(const Graph *g, Needs *needs) {
  Map done = {0};
  graph_needs_new(g, &done, needs);
}

void graph_needs_new(const Graph *g, Map *done, Needs *needs) {
  Finder f = finder_new(g, done, needs);
  find(&f, g, f.one);
}

bool node_may_run(const Graph *g, const Node *node) {
  Needs needs = {0};
  Map done = {0};
  Finder f = finder_new(g, &done, &needs);
  need_elements(&f, g, node, f.one);
  if (node->body) find(&f, node->body, node->op == OP_scan ? node_size(node, A_length) : f.one);
  for (uint32_t i = 0; i < needs.list.len; i++)
    if (needs.list.data[i].count.i) return false;
  return true;
}

/* ---- checking ---- */

typedef struct Known {
  Ctx *ctx;
  const SizeEnv *env;
  Text text;
} Known;

static void put_known(void *user, Sz symbol) {
  Known *known = user;
  int64_t value;
  if (!known->env || !size_env_get(known->env, symbol, &value)) return;
  text_printf(&known->text, "%s%s is %lld", known->text.len ? ", " : " where ",
              size_str(known->ctx, symbol), (long long)value);
}

/* " where N is 1": the values of the symbols in a size. */
static const char *where(Ctx *ctx, Sz a, const SizeEnv *env) {
  Known known = {ctx, env, text_new(&ctx->arena)};
  size_symbols(ctx, a, put_known, &known);
  return text_str(&known.text);
}

static const char *places(Ctx *ctx, Sz from, Sz to) {
  Sz last = size_sub(ctx, to, size_const(ctx, 1));
  return sz_eq(from, last) ? ctx_printf(ctx, "the position %s does", size_str(ctx, from))
                           : ctx_printf(ctx, "the positions from %s to %s do", size_str(ctx, from),
                                        size_str(ctx, last));
}

static const char *doer(Op op) { return op_is(op, T_ARGREDUCE) ? op_info[op].name : "an index"; }

const char *need_text(Ctx *ctx, const Need *n, const SizeEnv *env) {
  const char *axis = size_str(ctx, n->axis), *known = where(ctx, n->axis, env);
  switch (n->kind) {
  case NEED_extent:
    return ctx_printf(ctx, "an axis cannot have %s elements%s", axis, known);
  case NEED_inside: {
    Sz all = size_add(ctx, n->axis, size_add(ctx, n->from, n->to));
    return ctx_printf(ctx, "%s not lie in an axis of %s%s", places(ctx, n->from, n->to), axis,
                      where(ctx, all, env));
  }
  case NEED_fits:
    return ctx_printf(ctx, "%s does not fit %s%s", axis,
                      n->op == OP_size ? "i32" : "an index of 32 bits", known);
  case NEED_value:
    if (!n->axis.i) return "the number of elements does not fit 64 bits";
    return ctx_printf(ctx, "%s does not fit 64 bits%s", axis, known);
  case NEED_element: {
    const char *elements = size_is(ctx, n->to, 1)
                               ? "one element"
                               : ctx_printf(ctx, "%s elements", size_str(ctx, n->to));
    return ctx_printf(ctx, "%s needs at least %s of an axis of %s%s", doer(n->op), elements, axis,
                      known);
  }
  }
  return "";
}

static void refuse(Ctx *ctx, const Need *n, const SizeEnv *env) {
  diag_at(ctx, n->span, E_size_need, "%s", need_text(ctx, n, env));
  if (n->kind == NEED_fits && n->op == OP_size)
    diag_help(ctx, "f32(..) and f64(..) of a size are taken from 64 bits");
  if (!span_none(n->call)) diag_note(ctx, n->call, "in what is called here");
}

static bool met(const Ctx *ctx, const Need *n, const SizeEnv *env) {
  int64_t value;
  if (n->least.i && size_eval(ctx, n->least, env, &value) && (value >= 0 || n->kind == NEED_value))
    return true;
  return n->count.i && size_eval(ctx, n->count, env, &value) && value == 0;
}

bool needs_met(Ctx *ctx, const Needs *needs, const SizeEnv *env) {
  for (uint32_t i = 0; i < needs->list.len; i++)
    if (!met(ctx, &needs->list.data[i], env)) {
      refuse(ctx, &needs->list.data[i], env);
      return false;
    }
  return true;
}

bool needs_possible(Ctx *ctx, const Needs *needs) {
  Sz one = size_const(ctx, 1), below = size_const(ctx, -1);
  bool possible = true;
  for (uint32_t i = 0; i < needs->list.len; i++) {
    const Need *n = &needs->list.data[i];
    bool never = n->kind == NEED_value ? !n->least.i : size_ge_filled(ctx, below, n->least);
    if (!never) continue;
    if (n->count.i && !size_ge_filled(ctx, n->count, one)) continue;
    refuse(ctx, n, NULL);
    possible = false;
  }
  return possible;
}
