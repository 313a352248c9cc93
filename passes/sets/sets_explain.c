/* What was proved, for people: diagnostics, tables, remarks. */
#include "passes/sets/sets_join.h"

#include <string.h>

static const struct {
  DiagCode code;
  const char *text, *help;
} reasons[N_SET_REASONS] = {
#define REASON(name, code, text, help) [SET_##name] = {code, text, help},
#include "passes/sets/sets_reasons.def"
#undef REASON
};

const char *set_reason_text(Ctx *ctx, const SetProof *proof, const Lost *lost) {
  const char *text = reasons[lost->reason].text, *at = strstr(text, "%s");
  if (!at) return text;
  return ctx_printf(ctx, "%.*s%s%s", (int)(at - text), text, proof->set->name, at + 2);
}

static Span node_span(const Graph *g, Ref r) { return graph_node(g, r)->span; }
static const char *node_name(const Graph *g, Ref r) {
  return ctx_text(g->ctx, graph_node(g, r)->name);
}

/* ---- diagnostics ----------------------------------------------------------------------------- */

/* From the declaration to the op: named values, the last few, each place once. */
static void explain_trail(Ctx *ctx, const SetProof *proof, const Lost *lost) {
  enum { MOST = 4 };
  const Trail *steps[MOST], *first = lost->moved;
  Span last = node_span(lost->graph, lost->node);
  int n = 0;
  for (const Trail *t = lost->moved; t; t = t->from) {
    Span span = node_span(t->graph, t->node);
    first = t;
    if (!t->from || n == MOST || span_none(span) || !*node_name(t->graph, t->node)) continue;
    if (span.lo == last.lo && span.hi == last.hi) continue;
    last = span;
    steps[n++] = t;
  }
  Span declared = first ? node_span(first->graph, first->node) : proof->set->span;
  bool padded = proof->set->padded;
  if (!span_none(declared))
    diag_note(ctx, padded ? proof->set->span : declared,
              padded ? "the axis %s is padded: this mask says so" : "the set %s is declared here",
              proof->set->name);
  for (int i = n; i-- > 0;)
    diag_note(ctx, node_span(steps[i]->graph, steps[i]->node),
              padded ? "its padding comes through '%s'" : "its elements come through '%s'",
              node_name(steps[i]->graph, steps[i]->node));
}

static void explain_fixed(Ctx *ctx, const Lost *lost) {
  const Trail *t = lost->fixed;
  if (!t) return;
  Span span = node_span(t->graph, t->node);
  const char *name = node_name(t->graph, t->node);
  if (lost->reason == SET_loop)
    diag_note(ctx, span, "the loop is here");
  else if (graph_node(t->graph, t->node)->op == OP_iota)
    diag_note(ctx, span, "the positions are made here");
  else if (*name)
    diag_note(ctx, span, "the places of '%s' have an order", name);
  else if (!span_none(span))
    diag_note(ctx, span, "the places of this have an order");
}

/* Why there is no claim about a result; NULL when there is one, or it was given up on purpose. */
static const Lost *not_proved(const SetProof *proof, uint32_t i) {
  const Lost *lost = fact_refused(&proof->results[i]);
  return lost && lost->reason != SET_given_up ? lost : NULL;
}

bool sets_fine(const SetProof *proof) {
  for (uint32_t i = 0; i < proof->graph->results.len; i++)
    if (not_proved(proof, i)) return false;
  return true;
}

static bool report_result(Ctx *ctx, const SetProof *proof, uint32_t i) {
  const Lost *lost = not_proved(proof, i);
  if (!lost) return true;
  diag_at(ctx, node_span(lost->graph, lost->node), reasons[lost->reason].code, "%s",
          set_reason_text(ctx, proof, lost));
  explain_trail(ctx, proof, lost);
  explain_fixed(ctx, lost);
  diag_help(ctx, "%s", reasons[lost->reason].help);
  return false;
}

bool sets_report(Ctx *ctx, const SetProof *proof, uint32_t claims) {
  bool fine = true;
  for (uint32_t i = 0; i + claims < proof->graph->results.len; i++)
    fine = report_result(ctx, proof, i) && fine;
  return fine;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const char *place_of(Ctx *ctx, Span span) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d:%d", source->path, line, column) : "";
}

static const char *value_name(const Graph *g, Ref r) {
  const char *name = node_name(g, r), *scope = ctx_text(g->ctx, graph_node(g, r)->scope);
  if (!*name) return ctx_printf(g->ctx, "%%%u", r.i);
  return *scope ? ctx_printf(g->ctx, "%s.%s", scope, name) : name;
}

const char *set_fact_text(const SetProof *proof, const Fact *f, int lead) {
  Ctx *ctx = proof->graph->ctx;
  Text text = text_new(&ctx->arena);
  (proof->set->padded ? padding_print : fact_print)(f, lead, &text);
  const Lost *lost = fact_refused(f);
  if (lost && lost->reason != SET_given_up)
    text_printf(&text, ": %s", set_reason_text(ctx, proof, lost));
  return text_str(&text);
}

typedef struct ExplainRow {
  const char *value, *type, *fact, *place;
} ExplainRow;
typedef struct Rows {
  ExplainRow *data;
  uint32_t len, cap;
} Rows;

static void add_rows(const SetProof *proof, const Graph *g, int lead, Rows *out) {
  Ctx *ctx = proof->graph->ctx;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const Fact *f = sets_fact(proof, g, (Ref){i});
    bool weight = n->op == OP_param && (lead || span_none(n->span));
    if (f && !f->items && !str_none(n->name) && !weight) {
      ExplainRow row = {value_name(g, (Ref){i}), type_str(ctx, n->type),
                        set_fact_text(proof, f, lead), place_of(ctx, n->span)};
      vec_push(&ctx->arena, out, row);
    }
    if (n->body) add_rows(proof, n->body, lead + (n->op == OP_scan), out);
  }
}

void sets_table(Ctx *ctx, const SetProof *proof, Text *out) {
  Rows rows = {0};
  size_t wide[3] = {5, 4, 4};
  add_rows(proof, proof->graph, 0, &rows);
  for (uint32_t i = 0; i < proof->graph->results.len; i++) {
    Ref r = proof->graph->results.data[i];
    const char *name = ctx_text(ctx, proof->graph->result_names.data[i]);
    ExplainRow row = {*name ? ctx_printf(ctx, "result %s", name) : ctx_printf(ctx, "result %u", i),
                      type_str(ctx, graph_type(proof->graph, r)),
                      set_fact_text(proof, &proof->results[i], 0),
                      place_of(ctx, node_span(proof->graph, r))};
    vec_push(&ctx->arena, &rows, row);
  }
  for (uint32_t i = 0; i < rows.len; i++) {
    const char *cells[] = {rows.data[i].value, rows.data[i].type, rows.data[i].fact};
    for (int k = 0; k < 3; k++)
      if (strlen(cells[k]) > wide[k]) wide[k] = strlen(cells[k]);
  }
  text_printf(out, "%-*s  %-*s  %-*s  %s\n", (int)wide[0], "value", (int)wide[1], "type",
              (int)wide[2], "fact", "place");
  for (uint32_t i = 0; i < rows.len; i++)
    text_printf(out, "%-*s  %-*s  %-*s  %s\n", (int)wide[0], rows.data[i].value, (int)wide[1],
                rows.data[i].type, (int)wide[2], rows.data[i].fact, rows.data[i].place);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_string(Text *out, const char *key, const char *text) {
  text_printf(out, "\"%s\": \"", key);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') text_putc(out, '\\');
    if ((unsigned char)*text >= 32) text_putc(out, *text);
  }
  text_putc(out, '"');
}

typedef struct Json {
  const SetProof *proof;
  const char *function;
  Text *out;
} Json;

static void json_conditions(const Fact *f, Text *out) {
  bool first = true;
  text_puts(out, "\"if\": [");
  for (unsigned i = 0; pad_condition_text[i]; i++) {
    if (!(f->needs >> i & 1)) continue;
    text_printf(out, "%s\"%s\"", first ? "" : ", ", pad_condition_text[i]);
    first = false;
  }
  text_puts(out, "], ");
}

static void json_row(const Json *json, const char *value, const Node *n, const Fact *f, int lead) {
  Ctx *ctx = json->proof->graph->ctx;
  Text *out = json->out;
  text_putc(out, '{');
  put_string(out, "function", json->function);
  text_puts(out, ", ");
  put_string(out, json->proof->set->padded ? "padding" : "set", json->proof->set->name);
  text_puts(out, ", ");
  put_string(out, "value", value);
  text_puts(out, ", ");
  put_string(out, "op", op_info[n->op].name);
  text_puts(out, ", ");
  put_string(out, "type", type_str(ctx, n->type));
  text_puts(out, ", ");
  put_string(out, "fact",
             json->proof->set->padded ? padding_verdict_name[padding_verdict(f)]
                                      : set_verdict_name[fact_verdict(f)]);
  text_puts(out, ", \"axes\": [");
  for (int i = 0, k = 0; i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_moves)
      text_printf(out, "%s%d", k++ ? ", " : "", f->atoms[i].axis - lead);
  text_printf(out, "], \"in_distribution\": %s, \"without_ties\": %s, ",
              f->chance ? "true" : "false", f->ties ? "true" : "false");
  if (json->proof->set->padded) json_conditions(f, out);
  if (fact_refused(f)) {
    put_string(out, "reason", set_reason_text(ctx, json->proof, fact_refused(f)));
    text_puts(out, ", ");
  }
  put_string(out, "place", place_of(ctx, n->span));
  text_puts(out, "}\n");
}

static void json_rows(const Json *json, const Graph *g, int lead) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const Fact *f = sets_fact(json->proof, g, (Ref){i});
    if (f && !f->items) json_row(json, value_name(g, (Ref){i}), n, f, lead);
    if (n->body) json_rows(json, n->body, lead + (n->op == OP_scan));
  }
}

void sets_table_json(Ctx *ctx, const SetProof *proof, const char *function, Text *out) {
  Json json = {proof, function, out};
  json_rows(&json, proof->graph, 0);
  for (uint32_t i = 0; i < proof->graph->results.len; i++)
    json_row(&json, ctx_printf(ctx, "result %u", i),
             graph_node(proof->graph, proof->graph->results.data[i]), &proof->results[i], 0);
}
