/* distribute: a training step for several ranks (passes/ranks/cut.h says how values are cut).
 *
 * Rows are the first axis of what a step takes from data; of a step that makes its own data, the
 * first axis of what it draws: the extent with which it draws most numbers. What else has rows
 * follows from the ops. A choice of rows that is not the best one costs time and never a result.
 */
#include "ir/shards.h"
#include "passes/ranks/distribute.h"

#include "passes/ranks/loops.h"

enum { SHARDS = 8 }; /* at most, where nobody says how many */

/* ---- which rows ---- */

/* How many numbers are drawn with a first extent, bodies included. */
typedef struct Drawn {
  VEC(Sz) rows;
  VEC(double) numbers;
} Drawn;

static double numbers_of(Ctx *ctx, Ty type) {
  int64_t count;
  return size_is_const(ctx, type_count(ctx, type), &count) ? (double)count : 1;
}

static void add_drawn(Ctx *ctx, Drawn *drawn, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  uint32_t i = 0;
  if (!info->rank || !size_is_const(ctx, info->dims[0], NULL)) return;
  while (i < drawn->rows.len && !sz_eq(drawn->rows.data[i], info->dims[0])) i++;
  if (i == drawn->rows.len) {
    vec_push(&ctx->arena, &drawn->rows, info->dims[0]);
    vec_push(&ctx->arena, &drawn->numbers, 0);
  }
  drawn->numbers.data[i] += numbers_of(ctx, type);
}

static void find_drawn(const Graph *g, Drawn *drawn) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_random) add_drawn(g->ctx, drawn, n->type);
    if (n->body) find_drawn(n->body, drawn);
  }
}

static Sz most_drawn(const Graph *g) {
  Drawn drawn = {0};
  double most = 0;
  Sz rows = SZ_NONE;
  find_drawn(g, &drawn);
  for (uint32_t i = 0; i < drawn.rows.len; i++) {
    if (drawn.numbers.data[i] <= most) continue;
    most = drawn.numbers.data[i];
    rows = drawn.rows.data[i];
  }
  return rows;
}

/* Whether a loop takes it turn by turn: batches for all turns of a 'repeat'. */
static bool by_turns(const Graph *g, Ref param) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op != OP_scan) continue;
    int64_t first = node_int(n, A_carries, 0), slices = node_int(n, A_slices, 0);
    for (int64_t k = first; k < first + slices; k++)
      if (ref_eq(n->operands[k], param)) return true;
  }
  return false;
}

/* The axis of a parameter that is rows of data, or WHOLE. rows: how many, where that is known. */
static int fed_axis(const Graph *g, Ref param, Sz rows) {
  const TypeInfo *info = graph_info(g, param);
  if (param_role(g, param) != ROLE_feed) return WHOLE;
  int axis = by_turns(g, param), other = 1 - axis;
  if (rows.i && other < info->rank && sz_eq(info->dims[other], rows) &&
      !(axis < info->rank && sz_eq(info->dims[axis], rows)))
    axis = other; /* its loop was written out */
  return axis < info->rank && size_is_const(g->ctx, info->dims[axis], NULL) ? axis : WHOLE;
}

/* The rows of the first thing that comes from data; none without data. */
static Sz fed(const Graph *g) {
  for (uint32_t k = 0; k < g->params.len; k++) {
    int axis = fed_axis(g, g->params.data[k], SZ_NONE);
    if (axis != WHOLE) return graph_info(g, g->params.data[k])->dims[axis];
  }
  return SZ_NONE;
}

/* The extent of what a graph cuts; none when there is nothing to cut. */
static Sz rows_of(const Graph *g) {
  Sz rows = fed(g);
  return rows.i ? rows : most_drawn(g);
}

int64_t distribute_rows(const Graph *g) {
  int64_t rows = 0;
  Sz size = rows_of(g);
  return size.i && size_is_const(g->ctx, size, &rows) ? rows : 0;
}

int64_t distribute_shards(int64_t rows) {
  int64_t shards = SHARDS;
  if (rows < 1) return 0;
  while (rows % shards) shards--;
  return shards;
}

/* ---- the pass ---- */

static int *axes_of(const Distributor *d, const Graph *g, Sz rows) {
  Ctx *ctx = d->pc->ctx;
  int *axes = arena_array(&ctx->arena, int, g->params.len + 1);
  for (uint32_t k = 0; k < g->params.len; k++) {
    axes[k] = fed_axis(g, g->params.data[k], rows);
    const TypeInfo *info = graph_info(g, g->params.data[k]);
    if (axes[k] != WHOLE && !cut_fits(d, info->dims[axes[k]], size_const(ctx, 1))) axes[k] = WHOLE;
  }
  return axes;
}

static Graph *refuse(PassCtx *pc, Sz rows, int64_t shards) {
  diag_at(pc->ctx, (Span){0}, E_no_shards, "the batch cannot be cut into shards");
  if (!rows.i) {
    diag_expected(pc->ctx, "data, or random numbers, with an axis of a known extent in front");
    diag_got(pc->ctx, "a step without them");
    return NULL;
  }
  diag_expected(pc->ctx, "a number of shards, 2 or more, that divides its %s rows",
                size_str(pc->ctx, rows));
  diag_got(pc->ctx, "%lld", (long long)shards);
  return NULL;
}

Graph *pass_distribute(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Ctx *ctx = pc->ctx;
  int64_t shards = pass_option_int(options, "shards"), given = pass_option_int(options, "rows");
  Sz rows = given ? size_const(ctx, given) : rows_of(g);
  if (!shards) shards = distribute_shards(given ? given : distribute_rows(g));
  Distributor d = {.pc = pc,
                   .shards = size_const(ctx, shards),
                   .first = shard_first(ctx),
                   .count = shard_count(ctx)};
  if (!rows.i || shards < 2 || !cut_fits(&d, rows, size_const(ctx, 1)))
    return refuse(pc, rows, shards);
  if (!fed(g).i) d.rows = rows;
  Graph *cut = cut_graph(&d, g, axes_of(&d, g, rows));
  pass_count(pc, "sums over shards", d.reductions);
  pass_count(pc, "rows gathered", d.gathers);
  return cut;
}
