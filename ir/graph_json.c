/* Writes a graph as JSON, a node a line. Called graphs stand once, in "functions", in the order of
 * their first call's end; bodies of loops and kernels stand in their nodes. */
#include "ir/graph_json.h"

#include <math.h>

#include "ir/custom.h"
#include "ir/print.h"

typedef struct JsonWriter {
  Ctx *ctx;
  Text *out;
  VEC(const Graph *) called;
} JsonWriter;

static void put_key(JsonWriter *w, const char *key, bool first) {
  text_printf(w->out, "%s\"%s\": ", first ? "" : ", ", key);
}

static void put_string(JsonWriter *w, const char *key, const char *value, bool first) {
  put_key(w, key, first);
  text_put_json(w->out, value);
}

/* Infinities and NaN are texts, as JSON has no such numbers. */
static void put_number(JsonWriter *w, DType dtype, double value) {
  if (!isfinite(value)) text_putc(w->out, '"');
  text_number(w->out, dtype, value);
  if (!isfinite(value)) text_putc(w->out, '"');
}

static void put_type(JsonWriter *w, Ty type) {
  const TypeInfo *t = type_info(w->ctx, type);
  text_putc(w->out, '{');
  put_string(w, "text", type_str(w->ctx, type), true);
  if (t->is_tuple) {
    put_key(w, "items", false);
    for (int i = 0; i < t->rank; i++) {
      text_puts(w->out, i ? ", " : "[");
      put_type(w, t->items[i]);
    }
    text_puts(w->out, t->rank ? "]}" : "[]}");
    return;
  }
  put_string(w, "element", dtype_name[t->dtype], false);
  if (t->dtype == DT_idx) put_string(w, "into", size_str(w->ctx, t->extent), false);
  put_key(w, "dims", false);
  text_putc(w->out, '[');
  for (int i = 0; i < t->rank; i++) {
    text_puts(w->out, i ? ", " : "");
    text_put_json(w->out, size_str(w->ctx, t->dims[i]));
  }
  text_puts(w->out, "]}");
}

static void put_attr(JsonWriter *w, const Node *n, const Attr *a, bool first) {
  put_key(w, attr_name[a->name], first);
  if (attr_kind[a->name] == ATTR_int)
    text_printf(w->out, "%lld", (long long)a->i);
  else if (attr_kind[a->name] == ATTR_float)
    put_number(w, type_info(w->ctx, n->type)->dtype, a->f);
  else if (attr_kind[a->name] == ATTR_str)
    text_put_json(w->out, ctx_text(w->ctx, a->s));
  else if (attr_kind[a->name] == ATTR_size)
    text_put_json(w->out, size_str(w->ctx, a->z));
  else
    for (int i = -1; i <= a->n; i++) {
      text_puts(w->out, i < 0 ? "[" : i == a->n ? "]" : i ? ", " : "");
      if (i < 0 || i == a->n) continue;
      if (attr_kind[a->name] == ATTR_sizes)
        text_put_json(w->out, size_str(w->ctx, a->sizes[i]));
      else
        text_printf(w->out, "%d", (int)a->ints[i]);
    }
}

static void put_place(JsonWriter *w, Span span) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(w->ctx, span.lo, &line, &column);
  if (!source) return;
  text_puts(w->out, ", \"place\": {");
  put_string(w, "file", source->path, true);
  text_printf(w->out, ", \"line\": %d, \"column\": %d}", line, column);
}

static int number_of(const JsonWriter *w, const Graph *g) {
  for (uint32_t i = 0; i < w->called.len; i++)
    if (w->called.data[i] == g) return (int)i;
  return -1;
}

static void put_graph(JsonWriter *w, const Graph *g, int depth);

static void put_node(JsonWriter *w, const Graph *g, uint32_t i, int depth) {
  const Node *n = &g->nodes.data[i];
  text_printf(w->out, "%*s{\"id\": %u", 2 * depth, "", i);
  put_string(w, "op", node_op_name(w->ctx, n), false);
  put_key(w, "type", false);
  put_type(w, n->type);
  put_key(w, "operands", false);
  text_putc(w->out, '[');
  for (int k = 0; k < n->n_operands; k++)
    text_printf(w->out, "%s%u", k ? ", " : "", n->operands[k].i);
  text_puts(w->out, "], \"attrs\": {");
  for (int k = 0; k < n->n_attrs; k++) put_attr(w, n, &n->attrs[k], k == 0);
  text_putc(w->out, '}');
  if (!str_none(n->name)) put_string(w, "name", ctx_text(w->ctx, n->name), false);
  if (!str_none(n->scope)) put_string(w, "scope", ctx_text(w->ctx, n->scope), false);
  for (const NodeFact *f = n->facts; f; f = f->next) {
    text_puts(w->out, f == n->facts ? ", \"facts\": {" : "");
    put_string(w, ctx_text(w->ctx, f->kind), ctx_text(w->ctx, f->value), f == n->facts);
    text_puts(w->out, f->next ? "" : "}");
  }
  put_place(w, n->span);
  if (n->body && n->op == OP_call) {
    text_printf(w->out, ", \"calls\": %d", number_of(w, n->body));
  } else if (n->body) {
    put_key(w, "body", false);
    put_graph(w, n->body, depth + 1);
  }
  text_putc(w->out, '}');
}

static void put_graph(JsonWriter *w, const Graph *g, int depth) {
  text_putc(w->out, '{');
  put_string(w, "name", ctx_text(w->ctx, g->name), true);
  text_puts(w->out, ", \"nodes\": [\n");
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    put_node(w, g, i, depth + 1);
    text_puts(w->out, i + 1 < g->nodes.len ? ",\n" : "\n");
  }
  text_printf(w->out, "%*s], \"params\": [", 2 * depth, "");
  for (uint32_t i = 0; i < g->params.len; i++)
    text_printf(w->out, "%s%u", i ? ", " : "", g->params.data[i].i);
  text_puts(w->out, "], \"results\": [");
  for (uint32_t i = 0; i < g->results.len; i++) {
    text_printf(w->out, "%s{\"node\": %u", i ? ", " : "", g->results.data[i].i);
    put_string(w, "name", ctx_text(w->ctx, g->result_names.data[i]), false);
    text_putc(w->out, '}');
  }
  text_puts(w->out, "]}");
}

/* Called graphs before their callers. */
static void find_called(JsonWriter *w, const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!n->body || number_of(w, n->body) >= 0) continue;
    find_called(w, n->body);
    if (n->op == OP_call && number_of(w, n->body) < 0)
      vec_push(&w->ctx->arena, &w->called, n->body);
  }
}

void graph_json(const Graph *g, Text *out) {
  JsonWriter w = {.ctx = g->ctx, .out = out};
  find_called(&w, g);
  text_puts(out, "{\"format\": \"ordo-graph\", \"version\": 1, \"functions\": [");
  for (uint32_t i = 0; i < w.called.len; i++) {
    text_puts(out, i ? ",\n  " : "\n  ");
    put_graph(&w, w.called.data[i], 1);
  }
  text_puts(out, "],\n\"graph\": ");
  put_graph(&w, g, 0);
  text_puts(out, "}\n");
}
