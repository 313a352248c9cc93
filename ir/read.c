/* Reads the text form of graphs (ir/print.c). Every node goes through build_check and build_op, so
 * a text that was printed reads back as the same graph, and one that was written by hand comes out
 * simplified.
 *
 * A recursive-descent reader over characters. The first error stops it: 'failed' makes every later
 * step do nothing. Nodes carry the place of their line as span unless the text gives one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ir/custom.h"
#include "ir/ir.h"

enum { MAX_DEPTH = 200, MAX_ITEMS = UINT16_MAX, MAX_OPERANDS = 1 << 24 };

/* The nodes of one graph by the number in the text. */
typedef struct Names {
  VEC(Ref) of; /* REF_NONE where a number is not used */
} Names;

typedef struct Reader {
  Ctx *ctx;
  const Source *source;
  const char *at;
  bool failed;
  int depth;
  VEC(Graph *) graphs;
} Reader;

/* One node while it is read. */
typedef struct GraphLine {
  Op op;
  Ty type;
  VEC(Ref) operands;
  VEC(Attr) attrs;
  Graph *body;
  Str name, scope;
  const NodeFact *facts;
  Span span;
} GraphLine;

/* ---- characters ---- */

static Span span_from(const Reader *r, const char *start) {
  uint32_t base = r->source->base;
  const char *text = r->source->text;
  return (Span){base + (uint32_t)(start - text),
                base + (uint32_t)(r->at - text) + (r->at == start)};
}

static void fail(Reader *r, const char *expected) {
  if (r->failed) return;
  r->failed = true;
  size_t n = strcspn(r->at, " \n\t,()[]{}");
  diag_at(r->ctx, span_from(r, r->at), E_graph_syntax, "the text of the graph cannot be read here");
  diag_expected(r->ctx, "%s", expected);
  if (!*r->at)
    diag_got(r->ctx, "the end of the text");
  else
    diag_got(r->ctx, "'%.*s'", (int)(n ? n > 40 ? 40 : n : 1), r->at);
}

static void skip_space(Reader *r) {
  for (;; r->at++) {
    if (*r->at == '#') r->at += strcspn(r->at, "\n");
    if (!*r->at || !strchr(" \t\r\n", *r->at)) return;
  }
}

static bool peek(Reader *r, const char *token) {
  skip_space(r);
  return !r->failed && !strncmp(r->at, token, strlen(token));
}

static bool accept(Reader *r, const char *token) {
  if (!peek(r, token)) return false;
  r->at += strlen(token);
  return true;
}

static void expect(Reader *r, const char *token) {
  if (!accept(r, token)) fail(r, ctx_printf(r->ctx, "'%s'", token));
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* An identifier; symbols that the compiler made have ' and digits behind. "" when there is none. */
static const char *read_word(Reader *r, const char *what) {
  skip_space(r);
  const char *start = r->at;
  if (r->failed || !is_letter(*start)) {
    fail(r, what);
    return "";
  }
  while (is_letter(*r->at) || is_digit(*r->at) || *r->at == '\'' || *r->at == '.') r->at++;
  return ctx_text(r->ctx, str_intern_n(&r->ctx->strings, start, (size_t)(r->at - start)));
}

static int64_t read_int(Reader *r) {
  skip_space(r);
  char *end = NULL;
  if (r->failed || !(is_digit(*r->at) || (*r->at == '-' && is_digit(r->at[1])))) {
    fail(r, "a whole number");
    return 0;
  }
  errno = 0;
  long long value = strtoll(r->at, &end, 10);
  if (errno) fail(r, "a whole number of at most 63 bits");
  if (!r->failed) r->at = end;
  return value;
}

/* A whole number in 0..INT32_MAX, or an axis. */
static int32_t read_small(Reader *r) {
  int64_t value = read_int(r);
  if (value < INT32_MIN || value > INT32_MAX) fail(r, "a whole number of at most 31 bits");
  return r->failed ? 0 : (int32_t)value;
}

static double read_float(Reader *r) {
  skip_space(r);
  static const char *const words[] = {"inf", "-inf", "nan"};
  for (int i = 0; i < 3; i++)
    if (accept(r, words[i])) return strtod(words[i], NULL);
  bool number = is_digit(*r->at) || (*r->at == '-' && is_digit(r->at[1]));
  if (r->failed || !number) {
    fail(r, "a number");
    return 0;
  }
  char *end;
  double value = strtod(r->at, &end);
  r->at = end;
  return value;
}

static int hex_digit(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Str read_string(Reader *r) {
  Text text = text_new(&r->ctx->arena);
  expect(r, "\"");
  while (!r->failed && *r->at != '"') {
    char c = *r->at++;
    if (!c || c == '\n') {
      r->at--;
      fail(r, "'\"'");
    } else if (c == '\\' && *r->at == 'x' && hex_digit(r->at[1]) >= 0 && hex_digit(r->at[2]) >= 0) {
      text_putc(&text, (char)(hex_digit(r->at[1]) * 16 + hex_digit(r->at[2])));
      r->at += 3;
    } else if (c == '\\' && (*r->at == '"' || *r->at == '\\')) {
      text_putc(&text, *r->at++);
    } else if (c == '\\') {
      fail(r, "\\\", \\\\ or \\x and two hexadecimal digits");
    } else {
      text_putc(&text, c);
    }
  }
  if (!r->failed) r->at++;
  return str_intern_n(&r->ctx->strings, text_str(&text), text.len);
}

static bool enter(Reader *r) {
  if (++r->depth > MAX_DEPTH) fail(r, "at most 200 levels of nesting");
  return !r->failed;
}

/* ---- sizes and types ---- */

static Sz read_size(Reader *r);

static Sz read_two(Reader *r, Sz (*make)(Ctx *, Sz, Sz)) {
  Sz a = read_size(r);
  expect(r, ",");
  Sz b = read_size(r);
  expect(r, ")");
  return r->failed ? SZ_NONE : make(r->ctx, a, b);
}

static Sz read_size_factor(Reader *r) {
  Sz size = SZ_NONE;
  if (!enter(r)) return size;
  if (accept(r, "min(")) {
    size = read_two(r, size_min);
  } else if (accept(r, "max(")) {
    size = read_two(r, size_max);
  } else if (accept(r, "floor(") || accept(r, "(")) {
    size = read_size(r);
    expect(r, ")");
  } else if (accept(r, "-")) {
    size = size_sub(r->ctx, size_const(r->ctx, 0), read_size_factor(r));
  } else if (is_digit(*r->at)) {
    size = size_const(r->ctx, read_int(r));
  } else {
    const char *name = read_word(r, "a size");
    if (!r->failed) size = size_symbol(r->ctx, ctx_str(r->ctx, name));
  }
  r->depth--;
  return r->failed ? SZ_NONE : size;
}

static Sz read_size_product(Reader *r) {
  Sz size = read_size_factor(r);
  while (!r->failed) {
    if (accept(r, "*"))
      size = size_mul(r->ctx, size, read_size_factor(r));
    else if (accept(r, "/"))
      size = size_div(r->ctx, size, read_size_factor(r));
    else
      break;
  }
  return size;
}

static Sz read_size(Reader *r) {
  Sz size = read_size_product(r);
  while (!r->failed) {
    if (accept(r, "+"))
      size = size_add(r->ctx, size, read_size_product(r));
    else if (accept(r, "-"))
      size = size_sub(r->ctx, size, read_size_product(r));
    else
      break;
  }
  if (!r->failed && !size.i) fail(r, "a size that fits 64 bits, without division by zero");
  return size;
}

typedef VEC(Sz) Sizes;

static Sizes read_sizes(Reader *r, const char *close) {
  Sizes sizes = {0};
  while (!r->failed && !accept(r, close)) {
    if (sizes.len) expect(r, ",");
    vec_push(&r->ctx->arena, &sizes, read_size(r));
    if (sizes.len > MAX_ITEMS) fail(r, "a shorter list");
  }
  return sizes;
}

static Ty read_type(Reader *r);

static Ty read_tuple_type(Reader *r) {
  VEC(Ty) items = {0};
  while (!r->failed && !accept(r, ")")) {
    if (items.len) expect(r, ",");
    vec_push(&r->ctx->arena, &items, read_type(r));
  }
  return r->failed ? TY_NONE : type_tuple(r->ctx, items.data, (int)items.len);
}

/* What is below 0 for all sizes is no extent; what is so for some is refused when they are
 * known. */
static void expect_extents(Reader *r, const Sizes *dims, const char *start) {
  Sz below = size_const(r->ctx, -1);
  for (uint32_t i = 0; i < dims->len && !r->failed; i++) {
    if (!size_ge(r->ctx, below, dims->data[i])) continue;
    r->at = start;
    fail(r, "extents of at least 0");
  }
}

static Ty read_tensor_type(Reader *r) {
  DType dtype = DT_idx;
  Sz extent = SZ_NONE;
  if (accept(r, "<")) {
    extent = read_size(r);
    expect(r, ">");
  } else {
    const char *start = r->at, *name = read_word(r, "a type");
    if (!r->failed && (!dtype_parse(name, &dtype) || dtype == DT_idx)) {
      r->at = start;
      fail(r, "an element type");
    }
  }
  Sizes dims = {0};
  const char *list = r->at;
  if (accept(r, "[")) dims = read_sizes(r, "]");
  expect_extents(r, &dims, list);
  if (r->failed) return TY_NONE;
  return dtype == DT_idx ? type_index(r->ctx, extent, dims.data, (int)dims.len)
                         : type_tensor(r->ctx, dtype, dims.data, (int)dims.len);
}

static Ty read_type(Reader *r) {
  if (!enter(r)) return TY_NONE;
  skip_space(r);
  Ty type = accept(r, "(") ? read_tuple_type(r) : read_tensor_type(r);
  r->depth--;
  return type;
}

/* ---- nodes ---- */

static void bad_name(Reader *r, const char *start, const char *format, const char *name) {
  if (r->failed) return;
  r->failed = true;
  diag_at(r->ctx, span_from(r, start), E_graph_name, format, name);
}

static Ref read_ref(Reader *r, const Names *names) {
  skip_space(r);
  const char *start = r->at;
  expect(r, "%");
  int32_t number = read_small(r);
  if (r->failed) return REF_NONE;
  if (number < 0 || (uint32_t)number >= names->of.len || ref_none(names->of.data[number])) {
    bad_name(r, start, "there is no node %s before this line", ctx_printf(r->ctx, "%%%d", number));
    return REF_NONE;
  }
  return names->of.data[number];
}

static Attr read_attr(Reader *r) {
  Attr attr = {0};
  skip_space(r);
  const char *start = r->at, *name = read_word(r, "an operand or an attribute");
  while (attr.name < N_ATTRS && strcmp(attr_name[attr.name], name)) attr.name++;
  if (attr.name == N_ATTRS) bad_name(r, start, "there is no attribute '%s'", name);
  expect(r, "=");
  if (r->failed) return attr;
  switch (attr_kind[attr.name]) {
  case ATTR_int:
    attr.i = read_int(r);
    break;
  case ATTR_float:
    attr.f = read_float(r);
    break;
  case ATTR_str:
    attr.s = read_string(r);
    break;
  case ATTR_size:
    attr.z = read_size(r);
    break;
  case ATTR_sizes: {
    expect(r, "[");
    Sizes sizes = read_sizes(r, "]");
    attr.sizes = sizes.data;
    attr.n = (uint16_t)sizes.len;
    break;
  }
  case ATTR_ints: {
    VEC(int32_t) ints = {0};
    expect(r, "[");
    while (!r->failed && !accept(r, "]")) {
      if (ints.len) expect(r, ",");
      vec_push(&r->ctx->arena, &ints, read_small(r));
      if (ints.len > MAX_ITEMS) fail(r, "a shorter list");
    }
    attr.ints = ints.data;
    attr.n = (uint16_t)ints.len;
    break;
  }
  }
  return attr;
}

static Graph *read_called(Reader *r) {
  const char *start = r->at;
  expect(r, "&");
  int32_t number = read_small(r);
  if (r->failed) return NULL;
  if (number >= 0 && (uint32_t)number < r->graphs.len) return r->graphs.data[number];
  bad_name(r, start, "there is no graph %s before this one", ctx_printf(r->ctx, "&%d", number));
  return NULL;
}

static void read_arguments(Reader *r, const Names *names, GraphLine *line) {
  expect(r, "(");
  for (int i = 0; !r->failed && !accept(r, ")"); i++) {
    if (i) expect(r, ",");
    if (i == 0 && peek(r, "&"))
      line->body = read_called(r);
    else if (peek(r, "%"))
      vec_push(&r->ctx->arena, &line->operands, read_ref(r, names));
    else
      vec_push(&r->ctx->arena, &line->attrs, read_attr(r));
    if (i + 1 >= MAX_OPERANDS) fail(r, "fewer operands");
  }
}

static Graph *read_nodes(Reader *r, Str name);

/* causal="past", kind="x" */
static void read_facts(Reader *r, GraphLine *line) {
  const NodeFact **end = &line->facts;
  do {
    const char *kind = read_word(r, "the kind of a fact");
    expect(r, "=");
    NodeFact *fact = arena_new(&r->ctx->arena, NodeFact);
    *fact = (NodeFact){ctx_str(r->ctx, r->failed ? "" : kind), read_string(r), NULL};
    *end = fact;
    end = (const NodeFact **)&fact->next;
  } while (!r->failed && accept(r, ","));
}

/* "name" in "scope" with kind="value" @lo:hi body "name" { ... } */
static void read_suffix(Reader *r, GraphLine *line) {
  if (peek(r, "\"")) line->name = read_string(r);
  if (accept(r, "in ")) line->scope = read_string(r);
  if (accept(r, "with ")) read_facts(r, line);
  if (accept(r, "@")) {
    line->span.lo = (uint32_t)read_small(r);
    expect(r, ":");
    line->span.hi = (uint32_t)read_small(r);
  }
  if (accept(r, "body ")) {
    Str name = {0};
    if (peek(r, "\"")) name = read_string(r);
    if (enter(r)) line->body = read_nodes(r, name);
    r->depth--;
  }
}

static void wrong_node(Reader *r, const char *start, const char *why) {
  if (r->failed) return;
  r->failed = true;
  diag_at(r->ctx, span_from(r, start), E_graph_node, "%s", why);
}

static Ref make_param(Reader *r, Graph *g, const GraphLine *line, const char *start) {
  int64_t index = -1;
  for (uint32_t i = 0; i < line->attrs.len; i++)
    if (line->attrs.data[i].name == A_index) index = line->attrs.data[i].i;
  if (index != (int64_t)g->params.len) {
    wrong_node(r, start,
               ctx_printf(r->ctx, "param: expected index %u as the next one, got %lld",
                          g->params.len, (long long)index));
    return REF_NONE;
  }
  Node declared = {
      .name = line->name, .attrs = line->attrs.data, .n_attrs = (uint16_t)line->attrs.len};
  return graph_param_like(g, line->type, &declared);
}

static Ref make_node(Reader *r, Graph *g, const GraphLine *line, const char *start) {
  const char *why = NULL;
  Ty type = build_check(g, line->op, line->operands.data, (int)line->operands.len, line->attrs.data,
                        (int)line->attrs.len, line->body, line->type, &why);
  if (!type.i) {
    wrong_node(r, start, why);
    return REF_NONE;
  }
  g->span = line->span;
  g->scope = line->scope;
  uint32_t before = g->nodes.len;
  Ref made = line->op == OP_param
                 ? make_param(r, g, line, start)
                 : build_region(g, line->op, line->operands.data, (int)line->operands.len,
                                line->attrs.data, (int)line->attrs.len, line->body, line->type);
  if (!r->failed && made.i >= before) g->nodes.data[made.i].name = line->name;
  if (!r->failed) facts_inherit(g, made, line->facts);
  return made;
}

static void define(Reader *r, Names *names, int32_t number, Ref made, const char *start) {
  if (number < 0 || number > 1 << 28) {
    fail(r, "a smaller number of a node");
    return;
  }
  while (names->of.len <= (uint32_t)number) {
    if ((uint32_t)number > names->of.len + (1u << 20)) {
      fail(r, "numbers without such large gaps");
      return;
    }
    vec_push(&r->ctx->arena, &names->of, REF_NONE);
  }
  if (!ref_none(names->of.data[number]))
    bad_name(r, start, "the node %s is defined twice", ctx_printf(r->ctx, "%%%d", number));
  names->of.data[number] = made;
}

/* An op of the table, or one of a plug-in that is loaded. */
static void read_op(Reader *r, GraphLine *line, const char *word, const char *name) {
  if (r->failed || op_find(name, &line->op)) return;
  if (!custom_find(r->ctx, name)) {
    bad_name(r, word, "there is no op '%s'", name);
    diag_help(r->ctx, "an op of a plug-in wants --plugin=FILE");
    return;
  }
  line->op = OP_custom;
  vec_push(&r->ctx->arena, &line->attrs, attr_s(A_symbol, ctx_str(r->ctx, name)));
}

static void read_node(Reader *r, Graph *g, Names *names) {
  GraphLine line = {0};
  skip_space(r);
  const char *start = r->at;
  expect(r, "%");
  int32_t number = read_small(r);
  expect(r, ":");
  line.type = read_type(r);
  expect(r, "=");
  skip_space(r);
  const char *word = r->at, *name = read_word(r, "an op");
  read_op(r, &line, word, name);
  read_arguments(r, names, &line);
  line.span = r->failed ? (Span){0} : span_from(r, start);
  read_suffix(r, &line);
  if (r->failed) return;
  Ref made = make_node(r, g, &line, start);
  if (!r->failed) define(r, names, number, made, start);
}

static void read_results(Reader *r, Graph *g, const Names *names) {
  if (peek(r, "}")) return;
  do {
    Ref value = read_ref(r, names);
    Str name = {0};
    if (peek(r, "\"")) name = read_string(r);
    if (!r->failed) graph_result(g, value, name);
  } while (accept(r, ","));
}

static Graph *read_nodes(Reader *r, Str name) {
  Graph *g = graph_new(r->ctx, name);
  Names names = {0};
  expect(r, "{");
  while (peek(r, "%")) read_node(r, g, &names);
  g->span = (Span){0};
  g->scope = (Str){0};
  expect(r, "return");
  read_results(r, g, &names);
  expect(r, "}");
  return r->failed ? NULL : g;
}

Graph *graph_read(Ctx *ctx, const Source *source) {
  Reader r = {.ctx = ctx, .source = source, .at = source->text};
  do {
    Str name = {0};
    expect(&r, "graph");
    expect(&r, "&");
    if (read_small(&r) != (int32_t)r.graphs.len)
      fail(&r, ctx_printf(ctx, "graphs numbered from 0, here &%u", r.graphs.len));
    if (peek(&r, "\"")) name = read_string(&r);
    Graph *g = read_nodes(&r, name);
    vec_push(&ctx->arena, &r.graphs, g);
    skip_space(&r);
  } while (!r.failed && *r.at);
  return r.failed ? NULL : r.graphs.data[r.graphs.len - 1];
}
