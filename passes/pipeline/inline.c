/* inline: every call is replaced by a copy of the body, in scan bodies too.
 *
 * One walk over the graph with a map from old to new nodes; a call recurses into its body with
 * the body's parameters mapped to the operands, and leaves a list of results that 'item' nodes
 * pick from. Only nodes that results need are copied. The scope of a copied node is the call's
 * path followed by its own, so that pictures and reports show "net.enc.process" for a cell
 * written once.
 *
 * Functions that call each other twice double at each level: what would grow beyond MOST_NODES
 * is refused before the first pass looks at it.
 */
#include "passes/pipeline/pipeline.h"
#include "base/map.h"
#include "passes/grad/grad_path.h"

#include <string.h>

enum { MOST_NODES = 1000000 };

typedef struct Inliner {
  PassCtx *pc;
  Graph *out;
} Inliner;

/* Where the nodes of one old graph went. */
typedef struct InlineFrame {
  const Graph *old;
  RefMap map;
  Ref **tuples; /* by call node: the values of its results */
  bool *live;
  Str prefix;
} InlineFrame;

static Graph *inline_graph(PassCtx *pc, const Graph *g, Str prefix);
static void copy_nodes(Inliner *in, InlineFrame *f);

static Str join_scope(Ctx *ctx, Str outer, Str inner) {
  if (str_none(outer)) return inner;
  if (str_none(inner)) return outer;
  const char *o = ctx_text(ctx, outer), *i = ctx_text(ctx, inner);
  size_t n = strlen(o);
  if (!strncmp(o, i, n) && (i[n] == '.' || i[n] == 0)) return inner; /* already a full path */
  return ctx_str(ctx, ctx_printf(ctx, "%s.%s", o, i));
}

/* Nodes that the results need. */
static bool *find_live(Arena *arena, const Graph *g) {
  bool *live = arena_array(arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->results.len; i++) live[g->results.data[i].i] = true;
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; live[i] && k < n->n_operands; k++) live[n->operands[k].i] = true;
  }
  return live;
}

static InlineFrame frame_new(Inliner *in, const Graph *old, Str prefix) {
  Arena *arena = &in->pc->ctx->arena;
  return (InlineFrame){.old = old,
                       .map = refmap_new(arena, old),
                       .tuples = arena_array(arena, Ref *, old->nodes.len),
                       .live = find_live(arena, old),
                       .prefix = prefix};
}

/* Marks the parameters of a call's body that it differentiates by, in its loops too. In the body
 * they are variables of their own, whatever else the caller computes from their operands. */
static void mark_variables(const GradPath *path, bool *variable) {
  const Graph *g = path->level[path->depth].g;
  if (graph_properties(g) & PROP_no_grad) return;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    for (int k = 1; n->op == OP_grad && k < n->n_operands; k++) {
      GradPlace p = grad_origin(path, path->depth, n->operands[k]);
      if (!p.level) variable[p.ref.i] = true;
    }
    GradPath inner = *path;
    if (n->op == OP_scan && grad_path_enter(&inner, (Ref){i})) mark_variables(&inner, variable);
  }
}

static void map_params(Inliner *in, const InlineFrame *f, const Node *call, InlineFrame *inner) {
  const Graph *body = call->body;
  bool *variable = arena_array(&in->pc->ctx->arena, bool, body->nodes.len);
  mark_variables(&(GradPath){.level = {{.g = body}}}, variable);
  for (uint32_t k = 0; k < body->params.len; k++) {
    Ref param = body->params.data[k], value = f->map.to[call->operands[k].i];
    inner->map.to[param.i] = variable[param.i] ? build_variable(in->out, value) : value;
  }
}

/* Copies the body of call node r in place; its results become the values of r. */
static void splice(Inliner *in, InlineFrame *f, uint32_t r) {
  const Node *n = &f->old->nodes.data[r];
  const Graph *body = n->body;
  InlineFrame inner = frame_new(in, body, join_scope(in->pc->ctx, f->prefix, n->scope));
  map_params(in, f, n, &inner);
  copy_nodes(in, &inner);
  f->tuples[r] = arena_array(&in->pc->ctx->arena, Ref, body->results.len);
  for (uint32_t k = 0; k < body->results.len; k++)
    f->tuples[r][k] = inner.map.to[body->results.data[k].i];
  if (!type_info(in->pc->ctx, n->type)->is_tuple) f->map.to[r] = f->tuples[r][0];
}

static void copy_plain(Inliner *in, InlineFrame *f, uint32_t r) {
  Node copy = f->old->nodes.data[r];
  copy.scope = join_scope(in->pc->ctx, f->prefix, copy.scope);
  if (copy.body && copy.op != OP_kernel) copy.body = inline_graph(in->pc, copy.body, f->prefix);
  Ref *operands = arena_array(&in->pc->ctx->arena, Ref, copy.n_operands);
  for (int k = 0; k < copy.n_operands; k++) operands[k] = f->map.to[copy.operands[k].i];
  f->map.to[r] = copy.op == OP_variable ? build_variable(in->out, operands[0])
                                        : build_copy(in->out, &copy, operands);
}

static void copy_nodes(Inliner *in, InlineFrame *f) {
  for (uint32_t i = 0; i < f->old->nodes.len; i++) {
    const Node *n = &f->old->nodes.data[i];
    if (!f->live[i] || !ref_none(f->map.to[i])) continue;
    if (n->op == OP_call)
      splice(in, f, i);
    else if (n->op == OP_item && f->tuples[n->operands[0].i])
      f->map.to[i] = f->tuples[n->operands[0].i][node_int(n, A_index, 0)];
    else
      copy_plain(in, f, i);
  }
}

static Graph *inline_graph(PassCtx *pc, const Graph *g, Str prefix) {
  if (str_none(prefix) && (graph_properties(g) & PROP_no_call)) return (Graph *)g;
  Inliner in = {.pc = pc};
  InlineFrame f = frame_new(&in, g, prefix);
  in.out = graph_like(g, &f.map);
  copy_nodes(&in, &f);
  pass_results(g, in.out, &f.map);
  return graph_sweep(in.out);
}

/* ---- how large it would be ------------------------------------------------------------------- */

/* Nodes with all calls written out, up to a bit more than MOST_NODES; graphs that were counted
 * are in known. */
static uint32_t count_inlined(Arena *arena, Map *known, const Graph *g) {
  uint32_t count;
  if (map_get(known, map_pointer(g), &count)) return count;
  count = g->nodes.len < MOST_NODES ? g->nodes.len : MOST_NODES + 1;
  for (uint32_t i = 0; i < g->nodes.len && count <= MOST_NODES; i++)
    if (g->nodes.data[i].body) count += count_inlined(arena, known, g->nodes.data[i].body);
  if (count > MOST_NODES) count = MOST_NODES + 1;
  map_set(arena, known, map_pointer(g), count);
  return count;
}

/* A diagnostic at the largest call. */
static void refuse(PassCtx *pc, Map *known, const Graph *g) {
  Ctx *ctx = pc->ctx;
  uint32_t most = 0;
  Span span = {0};
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    uint32_t count = n->body ? count_inlined(&ctx->arena, known, n->body) : 0;
    if (count <= most) continue;
    most = count;
    span = n->span;
  }
  diag_at(ctx, span, E_too_many_calls,
          "with all calls written out, '%s' has more than %d operations", ctx_text(ctx, g->name),
          MOST_NODES);
  diag_help(ctx, "a scan repeats a call without writing it out");
}

bool inline_fits(PassCtx *pc, const Graph *g) {
  Map known = {0};
  bool fits = count_inlined(&pc->ctx->arena, &known, g) <= MOST_NODES;
  if (!fits) refuse(pc, &known, g);
  return fits;
}

Graph *pass_inline(PassCtx *pc, const Graph *g, const PassOptions *options) {
  (void)options;
  return inline_graph(pc, g, (Str){0});
}
