/* The text form of graphs. One node a line, every line with its type:
 *
 *   graph &0 "main" {
 *     %0: f32[B, 4] = param(index=0) "x"
 *     %1: (f32[4]) = scan(%2, %0, length=B, carries=1, slices=1) in "net" body "loop" {
 *       ...
 *       return %3
 *     }
 *     return %1 "total"
 *   }
 *
 * operands, attributes in the order of attrs.def, then the user's name, the scope, facts (with
 * causal="past"), the span (only when asked), the region. An op of a plug-in stands under its name.
 * Nodes are numbered as they stand in the graph. Called graphs are printed before their callers,
 * each once, numbered &0, &1...; the last graph of a text is the one that was asked for. A number
 * of a constant is printed so that it reads back as the same value of its element type.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ir/custom.h"
#include "ir/print.h"

typedef struct GraphPrinter {
  Ctx *ctx;
  Text *out;
  bool spans;
  VEC(const Graph *) called; /* printed so far, by number */
} GraphPrinter;

static void indent(GraphPrinter *p, int depth) {
  for (int i = 0; i < depth; i++) text_puts(p->out, "  ");
}

void text_number(Text *out, DType dtype, double value) {
  if (dtype == DT_f32 || dtype == DT_bf16)
    text_float(out, (float)value);
  else
    text_double(out, value);
}

static void print_list(Ctx *ctx, const Attr *a, Text *out) {
  bool sizes = attr_kind[a->name] == ATTR_sizes;
  text_putc(out, '[');
  for (int i = 0; i < a->n; i++) {
    if (i) text_puts(out, ", ");
    if (sizes)
      size_print(ctx, a->sizes[i], out);
    else
      text_printf(out, "%d", (int)a->ints[i]);
  }
  text_putc(out, ']');
}

void attr_print(Ctx *ctx, const Node *n, const Attr *a, Text *out) {
  text_printf(out, "%s=", attr_name[a->name]);
  switch (attr_kind[a->name]) {
  case ATTR_int:
    text_printf(out, "%lld", (long long)a->i);
    break;
  case ATTR_float:
    text_number(out, type_info(ctx, n->type)->dtype, a->f);
    break;
  case ATTR_str:
    text_quoted(out, ctx_text(ctx, a->s));
    break;
  case ATTR_size:
    size_print(ctx, a->z, out);
    break;
  default:
    print_list(ctx, a, out);
    break;
  }
}

static uint32_t number_of(const GraphPrinter *p, const Graph *g) {
  for (uint32_t i = 0; i < p->called.len; i++)
    if (p->called.data[i] == g) return i;
  return UINT32_MAX;
}

static void print_arguments(GraphPrinter *p, const Node *n) {
  const char *comma = "";
  text_printf(p->out, "%s(", node_op_name(p->ctx, n));
  if (n->op == OP_call) {
    text_printf(p->out, "&%u", number_of(p, n->body));
    comma = ", ";
  }
  for (int i = 0; i < n->n_operands; i++, comma = ", ")
    text_printf(p->out, "%s%%%u", comma, n->operands[i].i);
  for (int i = 0; i < n->n_attrs && n->op != OP_custom; i++, comma = ", ") {
    text_puts(p->out, comma);
    attr_print(p->ctx, n, &n->attrs[i], p->out);
  }
  text_putc(p->out, ')');
}

static void print_nodes(GraphPrinter *p, const Graph *g, int depth);

static void print_node(GraphPrinter *p, const Graph *g, Ref r, int depth) {
  const Node *n = graph_node(g, r);
  indent(p, depth);
  text_printf(p->out, "%%%u: ", r.i);
  type_print(p->ctx, n->type, p->out);
  text_puts(p->out, " = ");
  print_arguments(p, n);
  if (!str_none(n->name)) {
    text_putc(p->out, ' ');
    text_quoted(p->out, ctx_text(p->ctx, n->name));
  }
  if (!str_none(n->scope)) {
    text_puts(p->out, " in ");
    text_quoted(p->out, ctx_text(p->ctx, n->scope));
  }
  if (n->facts) {
    text_puts(p->out, " with ");
    facts_print(p->ctx, n->facts, p->out);
  }
  if (p->spans) text_printf(p->out, " @%u:%u", n->span.lo, n->span.hi);
  if (n->body && n->op != OP_call) {
    text_puts(p->out, " body ");
    if (!str_none(n->body->name)) {
      text_quoted(p->out, ctx_text(p->ctx, n->body->name));
      text_putc(p->out, ' ');
    }
    print_nodes(p, n->body, depth);
  }
  text_putc(p->out, '\n');
}

static void print_nodes(GraphPrinter *p, const Graph *g, int depth) {
  text_puts(p->out, "{\n");
  for (uint32_t i = 0; i < g->nodes.len; i++) print_node(p, g, (Ref){i}, depth + 1);
  indent(p, depth + 1);
  text_puts(p->out, "return");
  for (uint32_t i = 0; i < g->results.len; i++) {
    text_printf(p->out, "%s%%%u", i ? ", " : " ", g->results.data[i].i);
    if (str_none(g->result_names.data[i])) continue;
    text_putc(p->out, ' ');
    text_quoted(p->out, ctx_text(p->ctx, g->result_names.data[i]));
  }
  text_putc(p->out, '\n');
  indent(p, depth);
  text_putc(p->out, '}');
}

/* Called graphs first, those of regions included; each once. */
static void print_called(GraphPrinter *p, const Graph *g);

static void print_graph(GraphPrinter *p, const Graph *g) {
  if (number_of(p, g) != UINT32_MAX) return;
  print_called(p, g);
  text_printf(p->out, "graph &%u ", p->called.len);
  vec_push(&p->ctx->arena, &p->called, g);
  if (!str_none(g->name)) {
    text_quoted(p->out, ctx_text(p->ctx, g->name));
    text_putc(p->out, ' ');
  }
  print_nodes(p, g, 0);
  text_putc(p->out, '\n');
}

static void print_called(GraphPrinter *p, const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_call)
      print_graph(p, n->body);
    else if (n->body)
      print_called(p, n->body);
  }
}

void graph_print_with(const Graph *g, bool spans, Text *out) {
  GraphPrinter p = {.ctx = g->ctx, .out = out, .spans = spans};
  print_graph(&p, g);
}

void graph_print(const Graph *g, Text *out) { graph_print_with(g, false, out); }

const char *graph_str(const Graph *g) {
  Text text = text_new(&g->ctx->arena);
  graph_print(g, &text);
  return text_str(&text);
}
