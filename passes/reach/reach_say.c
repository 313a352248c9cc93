/* What was found, for people: diagnostics, tables, JSON. */
#include <string.h>

#include "passes/reach/reach_inside.h"

static const struct {
  const char *text, *help;
} reasons[N_REACH_REASONS] = {
#define REASON(name, text, help) [REACH_##name] = {text, help},
#include "passes/reach/reach_reasons.def"
#undef REASON
};

static ReachReason reason_of(ReachOp op) {
  switch (node_set_rule(op.graph->ctx, graph_node(op.graph, op.node))) {
  case SETS_reduce:
    return REACH_reduce;
  case SETS_dot:
    return REACH_product;
  case SETS_running:
    return REACH_running;
  case SETS_argreduce:
  case SETS_sort:
  case SETS_argsort:
    return REACH_sort;
  case SETS_slice:
  case SETS_pad:
  case SETS_concat:
    return REACH_moved;
  case SETS_reverse:
    return REACH_reverse;
  case SETS_gather:
    return REACH_lookup;
  case SETS_scatter:
  case SETS_update:
    return REACH_scatter;
  case SETS_assign:
  case SETS_matrix:
    return REACH_matrix;
  case SETS_scan:
  case SETS_region:
  case SETS_item:
    return REACH_loop;
  case SETS_foreign:
  case SETS_custom:
  case SETS_derivative:
    return REACH_foreign;
  case SETS_reshape:
    return REACH_regroup;
  case SETS_param:
    return REACH_argument;
  default:
    return REACH_meet;
  }
}

static ReachReason reach_reason(const ReachProof *proof, ReachOp op, ReachClaim claim) {
  const ReachFact *f = reach_fact(proof, op.graph, op.node);
  bool placed = false, breaks = false;
  for (int i = 0; f && i < f->n_atoms; i++) placed = placed || reach_of_places(proof->r, f, i);
  for (int i = 0; f && i < f->n_terms; i++) breaks = breaks || f->terms[i].breaks[claim].graph;
  if (f && !placed && !breaks) return REACH_no_axis;
  return reason_of(op);
}

static const char *reason_text(Ctx *ctx, const ReachProof *proof, ReachReason reason) {
  const char *text = reasons[reason].text, *at = strstr(text, "%s");
  return ctx_printf(ctx, "%.*s%s%s", (int)(at - text), text, proof->cut->name, at + 2);
}

/* "if what is masked out is finite" */
static void put_needs(Text *out, const ReachFact *f) {
  if (f->needs & REACH_finite) text_puts(out, ", if what is masked out is finite");
  if (f->needs & REACH_far) text_puts(out, ", if numbers are far from their stand-in for infinity");
}

const char *reach_text(const ReachProof *proof, const Graph *g, Ref ref, ReachClaim claim) {
  Ctx *ctx = proof->graph->ctx;
  Text out = text_new(&ctx->arena);
  const ReachFact *f = reach_fact(proof, g, ref);
  int axis = reach_axis(proof, g, ref, claim);
  if (axis == REACH_FREE) {
    text_printf(&out, "depends on nothing of %s", proof->cut->name);
  } else if (axis == REACH_MIXED) {
    ReachOp why = reach_breaks(proof, g, ref, claim);
    text_printf(&out, "%s: %s",
                claim == REACH_rows ? "depends on several rows" : "depends on later places",
                reason_text(ctx, proof, reach_reason(proof, why, claim)));
    return text_str(&out);
  } else {
    text_printf(&out, claim == REACH_rows ? "row by row along axis %d" : "causal along axis %d",
                axis);
  }
  put_needs(&out, f);
  if (claim == REACH_rows && f->counts)
    text_printf(&out, "; places or the extent of %s are counted with", proof->cut->name);
  return text_str(&out);
}

static Span span_of(ReachOp op) { return graph_node(op.graph, op.node)->span; }
static const char *name_of(ReachOp op) {
  return ctx_text(op.graph->ctx, graph_node(op.graph, op.node)->name);
}

static const char *result_name(const ReachProof *proof, uint32_t i) {
  Ctx *ctx = proof->graph->ctx;
  Str name = proof->graph->result_names.data[i];
  return str_none(name) ? ctx_printf(ctx, "result %u", i) : ctx_text(ctx, name);
}

bool reach_report(Ctx *ctx, const ReachProof *proof, ReachClaim claim) {
  const Graph *g = proof->graph;
  bool fine = true;
  for (uint32_t i = 0; i < g->results.len; i++) {
    Ref ref = g->results.data[i];
    if (reach_axis(proof, g, ref, claim) != REACH_MIXED) continue;
    ReachOp why = reach_breaks(proof, g, ref, claim);
    diag_at(ctx, span_of(why), E_reaches_others, "%s depends on %s: %s", result_name(proof, i),
            claim == REACH_rows ? ctx_printf(ctx, "several rows of %s", proof->cut->name)
                                : ctx_printf(ctx, "later places of %s", proof->cut->name),
            reason_text(ctx, proof, reach_reason(proof, why, claim)));
    ReachOp param = {g, g->params.data[proof->cut->param.data[0]]};
    if (!span_none(span_of(param)))
      diag_note(ctx, span_of(param), "'%s' has the axis %s", name_of(param), proof->cut->name);
    diag_help(ctx, "%s", reasons[reach_reason(proof, why, claim)].help);
    fine = false;
  }
  return fine;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const char *place_of(Ctx *ctx, Span span) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d:%d", source->path, line, column) : "";
}

/* The place in the source that a fact speaks of: that of the op that breaks it, or its own. */
static const char *told_place(Ctx *ctx, const ReachProof *proof, const Graph *g, Ref ref,
                              ReachClaim claim) {
  bool mixed = reach_axis(proof, g, ref, claim) == REACH_MIXED;
  ReachOp at = mixed ? reach_breaks(proof, g, ref, claim) : (ReachOp){g, ref};
  return place_of(ctx, span_of(at));
}

static void put_value(Ctx *ctx, const ReachProof *proof, ReachClaim claim, const char *name,
                      const Graph *g, Ref ref, Text *out) {
  text_printf(out, "  %-20s %-24s %s", name, type_str(ctx, graph_type(g, ref)),
              reach_text(proof, g, ref, claim));
  const char *place = told_place(ctx, proof, g, ref, claim);
  text_printf(out, *place ? "  (%s)\n" : "\n", place);
}

void reach_table(Ctx *ctx, const ReachProof *proof, ReachClaim claim, Text *out) {
  const Graph *g = proof->graph;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    bool plain = n->op != OP_param && !str_none(n->name) && !reach_fact(proof, g, (Ref){i})->items;
    if (!plain || str_none(n->name) || !str_none(n->scope)) continue;
    put_value(ctx, proof, claim, ctx_text(ctx, n->name), g, (Ref){i}, out);
  }
  for (uint32_t i = 0; i < g->results.len; i++) {
    const char *name = ctx_printf(ctx, "=> %s", result_name(proof, i));
    put_value(ctx, proof, claim, name, g, g->results.data[i], out);
  }
}

void reach_json(Ctx *ctx, const ReachProof *proof, ReachClaim claim, const char *function,
                Text *out) {
  const Graph *g = proof->graph;
  for (uint32_t i = 0; i < g->results.len; i++) {
    Ref ref = g->results.data[i];
    int axis = reach_axis(proof, g, ref, claim);
    const ReachFact *f = reach_fact(proof, g, ref);
    text_puts(out, "{\"function\": ");
    text_put_json(out, function);
    text_printf(out, ", \"claim\": \"%s\", \"of\": ", reach_claim_name[claim]);
    text_put_json(out, proof->cut->name);
    text_puts(out, ", \"result\": ");
    text_put_json(out, result_name(proof, i));
    text_printf(out, ", \"proved\": %s, \"axis\": ", axis == REACH_MIXED ? "false" : "true");
    text_printf(out, axis >= 0 ? "%d" : "null", axis);
    text_printf(out, ", \"if_finite\": %s, \"if_far\": %s, \"counts\": %s, \"fact\": ",
                f->needs & REACH_finite ? "true" : "false", f->needs & REACH_far ? "true" : "false",
                f->counts ? "true" : "false");
    text_put_json(out, reach_text(proof, g, ref, claim));
    text_puts(out, ", \"place\": ");
    text_put_json(out, told_place(ctx, proof, g, ref, claim));
    text_puts(out, "}\n");
  }
}
