/* grad: every 'grad' node is replaced by derivative nodes in the same graph, by reverse mode.
 *
 * Bodies of scans come first. Then the graph is copied node by node; at a grad node its loss and
 * its variables have been copied already, so the copy is differentiated as it stands and grows by
 * the derivative (grad_tape.c). A later grad node whose loss uses that derivative finds ordinary
 * nodes. The value differentiated by is a node: what the loss makes of that node counts, whether it
 * is a parameter or computed.
 *
 * A scan on the way has to collect more values than before. Its extended copy replaces it in a
 * second walk; grad nodes behind it wait for the next round, so that every derivative sees one scan
 * only and the forward loop is never run twice.
 */
#include "passes/grad/grad_path.h"

#include <string.h>

/* ---- scans with further results ---- */

/* Puts every swapped scan in the place of the one it extends, and drops dead nodes. */
static Graph *grad_swap_scans(const Graph *g, const ScanSwaps *swaps) {
  if (!swaps->len) return graph_sweep(g);
  Arena *arena = &g->ctx->arena;
  Ref *to = arena_array(arena, Ref, g->nodes.len), *from = arena_array(arena, Ref, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++) to[i] = from[i] = REF_NONE;
  for (uint32_t k = 0; k < swaps->len; k++) {
    to[swaps->data[k].from.i] = swaps->data[k].to;
    from[swaps->data[k].to.i] = swaps->data[k].from;
  }
  RefMap map = refmap_new(arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (!ref_none(map.to[i])) continue;
    Ref r = ref_none(to[i]) ? (Ref){i} : to[i];
    map.to[i] = ref_none(from[i]) ? refmap_copy(g, r, out, &map) : map.to[from[i].i];
  }
  pass_results(g, out, &map);
  return graph_sweep(out);
}

/* ---- closed graphs ---- */

/* Adjoints of the outputs: parameters, and where(mask, parameter, 0) where a mask comes, too. */
static void make_seeds(Graph *g, const BodyAsk *ask, Ref *ends, Ref *seeds) {
  for (int k = 0; k < ask->n_outputs; k++) {
    ends[k] = g->results.data[ask->outputs[k]];
    seeds[k] = graph_param(g, graph_type(g, ends[k]), (Str){0}, NULL, 0);
  }
  for (int k = 0; k < ask->n_outputs; k++) {
    if (!ask->masked[k]) continue;
    Ty type = type_with_dtype(g->ctx, graph_type(g, ends[k]), DT_bool);
    seeds[k] = grad_mask(g, graph_param(g, type, (Str){0}, NULL, 0), seeds[k]);
  }
}

/* Adjoints and their masks become results. */
static void hand_out(Graph *g, const BodyAsk *ask, const Ref *starts, const Ref *adjoints) {
  for (int k = 0; k < ask->n_wrt; k++) {
    Ref zero = build_const(g, graph_type(g, starts[k]), 0);
    graph_result(g, ref_none(adjoints[k]) ? zero : adjoints[k], (Str){0});
  }
  for (int k = 0; k < ask->n_wrt; k++) {
    Ty type = type_with_dtype(g->ctx, graph_type(g, starts[k]), DT_bool);
    Ref value = adjoints[k], mask;
    bool masked = ask->risk[ask->wrt[k]] && !ref_none(value) && grad_unmask(g, &value, &mask);
    graph_result(g, masked ? mask : build_const(g, type, 1), (Str){0});
  }
}

Graph *grad_body(GradCtx *gc, const Graph *body, const BodyAsk *ask) {
  Arena *arena = &body->ctx->arena;
  RefMap map = refmap_new(arena, body);
  Graph *g = graph_like(body, &map);
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(body, (Ref){i}, g, &map);
  pass_results(body, g, &map);
  Ref *ends = arena_array(arena, Ref, ask->n_outputs),
      *starts = arena_array(arena, Ref, ask->n_wrt);
  Ref *seeds = arena_array(arena, Ref, ask->n_outputs);
  Ref *adjoints = arena_array(arena, Ref, ask->n_wrt);
  make_seeds(g, ask, ends, seeds);
  for (int k = 0; k < ask->n_wrt; k++) starts[k] = g->params.data[ask->wrt[k]];
  bool *risk = arena_array(arena, bool, g->params.len);
  for (uint32_t k = 0; k < body->params.len; k++) risk[k] = ask->risk[k];
  GradAsk inner = {ends, seeds, ask->n_outputs, starts, ask->n_wrt, risk};
  ScanSwaps swaps = {0};
  if (!grad_reverse(gc, g, &swaps, &inner, adjoints)) return NULL;
  hand_out(g, ask, starts, adjoints);
  return grad_swap_scans(g, &swaps);
}

/* ---- the pass ---- */

/* The derivatives that grad node n of another graph asks for, in g; NULL on an error. */
static Ref *derive(GradCtx *gc, Graph *g, ScanSwaps *swaps, const Node *n, const RefMap *map) {
  Arena *arena = &g->ctx->arena;
  int n_wrt = n->n_operands - 1;
  Ref loss = map->to[n->operands[0].i];
  Ref *wrt = arena_array(arena, Ref, n_wrt), *result = arena_array(arena, Ref, n_wrt);
  for (int k = 0; k < n_wrt; k++) wrt[k] = map->to[n->operands[k + 1].i];
  Ref seed = build_scalar(g, graph_info(g, loss)->dtype, 1);
  uint32_t before = g->nodes.len;
  GradAsk ask = {&loss, &seed, 1, wrt, n_wrt, NULL};
  if (!grad_reverse(gc, g, swaps, &ask, result)) return NULL;
  for (int k = 0; k < n_wrt; k++)
    if (ref_none(result[k])) result[k] = build_const(g, graph_type(g, wrt[k]), 0);
  if (remarks_on(gc->pc)) {
    remark(gc->pc, g, loss, REMARK_applied, "derivative", "reverse mode by %d values", n_wrt);
    remark_number(gc->pc, "nodes", (double)(g->nodes.len - before));
  }
  return result;
}

/* Replaces grad nodes up to the first one that extends a scan; NULL on an error. */
static Graph *replace_some(GradCtx *gc, const Graph *old) {
  Arena *arena = &old->ctx->arena;
  RefMap map = refmap_new(arena, old);
  Graph *g = graph_like(old, &map);
  Ref **derived = arena_array(arena, Ref *, old->nodes.len); /* by grad node */
  ScanSwaps swaps = {0};
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    if (n->op == OP_item && derived[n->operands[0].i]) {
      map.to[i] = derived[n->operands[0].i][node_int(n, A_index, 0)];
    } else if (n->op == OP_grad && !swaps.len) {
      derived[i] = derive(gc, g, &swaps, n, &map);
      if (!derived[i]) return NULL;
    } else {
      map.to[i] = refmap_copy(old, (Ref){i}, g, &map);
    }
  }
  pass_results(old, g, &map);
  return grad_swap_scans(g, &swaps);
}

static const char *const remat_names[] = {
    [REMAT_auto] = "auto", [REMAT_none] = "none", [REMAT_full] = "full"};

static GradRemat remat_given(const PassOptions *options) {
  const char *name = pass_option_str(options, "remat");
  int i = 0;
  while (strcmp(name, remat_names[i])) i++; /* the row allows no other */
  return (GradRemat)i;
}

static bool has_grad(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op == OP_grad) return true;
  return false;
}

static Graph *replace_all(PassCtx *pc, const Graph *g, const PassOptions *options) {
  if (graph_properties(g) & PROP_no_grad) return (Graph *)g;
  Graph *out = pass_map_bodies(pc, g, options, replace_all);
  if (!out) return NULL;
  GradCtx *gc = grad_ctx_new(pc, remat_given(options), pass_option_int(options, "budget") << 20);
  while (out && has_grad(out)) out = replace_some(gc, out);
  return out;
}

/* ---- marks for derivatives ---- */

static bool has_marks(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_variable || node_int(n, A_repeat, 0) || node_int(n, A_flat, 0)) return true;
    if (n->op == OP_scan && has_marks(n->body)) return true;
  }
  return false;
}

static bool is_mark(AttrName name) { return name == A_repeat || name == A_flat; }

/* Without variables, and with loops and roots that are nothing else. */
static Graph *without_marks(PassCtx *pc, const Graph *g, const PassOptions *options) {
  if (!has_marks(g)) return (Graph *)g;
  const Graph *old = pass_map_bodies(pc, g, options, without_marks);
  RefMap map = refmap_new(&pc->ctx->arena, old);
  Graph *out = graph_like(old, &map);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Node n = old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref *operands = arena_array(&pc->ctx->arena, Ref, n.n_operands + 1);
    for (int k = 0; k < n.n_operands; k++) operands[k] = map.to[n.operands[k].i];
    Attr *attrs = arena_array(&pc->ctx->arena, Attr, n.n_attrs + 1);
    int n_attrs = 0;
    for (int k = 0; k < n.n_attrs; k++)
      if (!is_mark(n.attrs[k].name)) attrs[n_attrs++] = n.attrs[k];
    n.attrs = attrs;
    n.n_attrs = (uint16_t)n_attrs;
    map.to[i] = n.op == OP_variable ? operands[0] : build_copy(out, &n, operands);
  }
  pass_results(old, out, &map);
  return graph_sweep(out);
}

Graph *pass_grad(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Graph *out = (Graph *)g;
  if (!(graph_properties(g) & PROP_no_grad)) {
    GradCtx *gc = grad_ctx_new(pc, remat_given(options), pass_option_int(options, "budget") << 20);
    out = grad_mark_roots(out);
    out = grad_write_out(gc, out);
    if (out) out = grad_make_total(gc, out);
    if (out) out = replace_all(pc, out, options);
  }
  return out ? without_marks(pc, out, options) : NULL;
}
