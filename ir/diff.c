/* Differences of graphs as text: - and + before what one side has, the place behind it. */
#include "ir/diff.h"

#include <string.h>

#include "ir/custom.h"
#include "ir/print.h"

typedef struct DiffPrinter {
  Ctx *ctx;
  Text *out;
  VEC(const Graph *) told; /* bodies whose differences stand above: a function called twice */
} DiffPrinter;

/* ---- one node ---- */

/* Its name; with its number where others are called so, too. */
static void put_name(DiffPrinter *p, const Graph *g, uint32_t i) {
  Str name = g->nodes.data[i].name;
  int others = -1;
  for (uint32_t k = 0; k < g->nodes.len && others < 1; k++)
    others += str_eq(g->nodes.data[k].name, name) && g->nodes.data[k].op != OP_item;
  others += g->nodes.data[i].op == OP_item;
  text_puts(p->out, ctx_text(p->ctx, name));
  if (str_none(name) || others > 0) text_printf(p->out, "%%%u", i);
}

static void put_value(DiffPrinter *p, const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  if (n->op == OP_item && str_none(n->name)) {
    put_value(p, g, n->operands[0]);
    text_printf(p->out, ".%d", (int)node_int(n, A_index, 0));
  } else if (n->op == OP_const) {
    text_number(p->out, type_info(p->ctx, n->type)->dtype, node_float(n, A_value, 0));
  } else if (n->op == OP_size) {
    size_print(p->ctx, node_size(n, A_size), p->out);
  } else {
    put_name(p, g, r.i);
  }
}

static void put_place(DiffPrinter *p, const Node *n) {
  int line, column;
  const Source *source = span_none(n->span) ? NULL : source_at(p->ctx, n->span.lo, &line, &column);
  if (!str_none(n->scope)) text_printf(p->out, "  in %s", ctx_text(p->ctx, n->scope));
  if (source) text_printf(p->out, "  at %s:%d:%d", source->path, line, column);
}

/* h: f32[B] = mul(q, 0.5)  in net.process  at model.ordo:31:7 */
static void put_node(DiffPrinter *p, char sign, const Graph *g, uint32_t i, int depth) {
  const Node *n = &g->nodes.data[i];
  const char *comma = "";
  text_printf(p->out, "%c %*s", sign, 2 * depth, "");
  put_name(p, g, i);
  text_puts(p->out, ": ");
  type_print(p->ctx, n->type, p->out);
  text_printf(p->out, " = %s(", node_op_name(p->ctx, n));
  for (int k = 0; k < n->n_operands; k++, comma = ", ") {
    text_puts(p->out, comma);
    put_value(p, g, n->operands[k]);
  }
  for (int k = 0; k < n->n_attrs; k++, comma = ", ") {
    if (n->attrs[k].name == A_number || (n->op == OP_param && n->attrs[k].name == A_index) ||
        n->op == OP_custom)
      continue;
    text_puts(p->out, comma);
    attr_print(p->ctx, n, &n->attrs[k], p->out);
  }
  text_putc(p->out, ')');
  if (n->body && !str_none(n->body->name))
    text_printf(p->out, " %s", ctx_text(p->ctx, n->body->name));
  put_place(p, n);
  text_putc(p->out, '\n');
}

/* Constants stand in their users, items in those of the tuple. */
static bool is_listed(const Graph *g, uint32_t i) {
  Op op = g->nodes.data[i].op;
  return op != OP_const && op != OP_size && op != OP_item;
}

/* ---- all of them ---- */

static void put_only(DiffPrinter *p, const GraphDiff *d, int side, uint32_t i, int depth) {
  bool only = d->state[side][i] == DIFF_only && is_listed(d->side[side], i);
  if (only) put_node(p, side ? '+' : '-', d->side[side], i, depth);
}

static void put_graph(DiffPrinter *p, const GraphDiff *d, int depth);

/* What is in the body of a node that both have. */
static void put_body(DiffPrinter *p, const GraphDiff *d, uint32_t a, int depth) {
  const GraphDiff *body = d->body[a];
  const Node *n = &d->side[0]->nodes.data[a];
  if (!body || !body->differs) return;
  text_printf(p->out, "  %*s%s %s", 2 * depth, "", node_op_name(p->ctx, n),
              ctx_text(p->ctx, n->body->name));
  put_place(p, n);
  for (uint32_t i = 0; i < p->told.len; i++)
    if (p->told.data[i] == n->body) {
      text_puts(p->out, "  as above\n");
      return;
    }
  vec_push(&p->ctx->arena, &p->told, n->body);
  text_puts(p->out, "\n");
  put_graph(p, body, depth + 1);
}

static void put_results(DiffPrinter *p, const GraphDiff *d, int side, int depth) {
  const Graph *g = d->side[side];
  text_printf(p->out, "%c %*sreturn", side ? '+' : '-', 2 * depth, "");
  for (uint32_t i = 0; i < g->results.len; i++) {
    const char *name = ctx_text(p->ctx, g->result_names.data[i]);
    text_puts(p->out, i ? ", " : " ");
    put_value(p, g, g->results.data[i]);
    if (*name) text_printf(p->out, " \"%s\"", name);
  }
  text_putc(p->out, '\n');
}

/* In the order of the second graph; what only the first one has stands where it had stood. */
static void put_graph(DiffPrinter *p, const GraphDiff *d, int depth) {
  const bool *live[2] = {diff_counting(d->side[0]), diff_counting(d->side[1])};
  uint32_t next = 0, n = d->side[0]->nodes.len, m = d->side[1]->nodes.len;
  uint32_t *above = arena_array(&p->ctx->arena, uint32_t, m + 1);
  above[m] = n;
  for (uint32_t j = m; j-- > 0;)
    above[j] = ref_none(d->match[1][j]) ? above[j + 1] : d->match[1][j].i;
  for (uint32_t j = 0; j < m; j++) {
    Ref a = d->match[1][j];
    if (!live[1][j]) continue;
    for (; next < above[j]; next++)
      if (live[0][next]) put_only(p, d, 0, next, depth);
    if (ref_none(a)) {
      put_only(p, d, 1, j, depth);
      continue;
    }
    if (d->state[1][j] == DIFF_changed && is_listed(d->side[1], j)) {
      put_node(p, '-', d->side[0], a.i, depth);
      put_node(p, '+', d->side[1], j, depth);
    }
    put_body(p, d, a.i, depth);
  }
  for (; next < n; next++)
    if (live[0][next]) put_only(p, d, 0, next, depth);
  if (!d->results_differ) return;
  put_results(p, d, 0, depth);
  put_results(p, d, 1, depth);
}

typedef struct DiffCounts {
  int same, changed, removed, added; /* ops, without constants and what takes tuples apart */
} DiffCounts;

static void count_in(const GraphDiff *d, DiffCounts *c) {
  const bool *live[2] = {diff_counting(d->side[0]), diff_counting(d->side[1])};
  for (int s = 0; s < 2; s++)
    for (uint32_t i = 0; i < d->side[s]->nodes.len; i++) {
      if (!live[s][i] || !is_listed(d->side[s], i)) continue;
      c->removed += s == 0 && d->state[s][i] == DIFF_only;
      c->added += s == 1 && d->state[s][i] == DIFF_only;
      c->changed += s == 1 && d->state[s][i] == DIFF_changed;
      c->same += s == 1 && d->state[s][i] == DIFF_same;
      if (s == 0 && d->body[i]) count_in(d->body[i], c);
    }
}

static DiffCounts diff_counts(const GraphDiff *d) {
  DiffCounts c = {0};
  count_in(d, &c);
  return c;
}

void diff_print(const GraphDiff *d, Text *out) {
  DiffPrinter p = {.ctx = d->ctx, .out = out};
  DiffCounts c = diff_counts(d);
  if (!d->differs) return;
  put_graph(&p, d, 0);
  text_printf(out, "%d changed, %d removed, %d added, %d the same\n", c.changed, c.removed, c.added,
              c.same);
}
