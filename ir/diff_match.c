/* Matching the nodes of two graphs: see diff.h. */
#include <string.h>

#include "ir/diff.h"
#include "ir/print.h"

typedef struct Matching {
  GraphDiff *d;
  uint64_t *hash[2]; /* by node: its structure */
  uint64_t *own[2];  /* the same without the operands */
} Matching;

/* ---- structure ---- */

static uint64_t mix(uint64_t a, uint64_t b) {
  a = (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdu;
  return a ^ (a >> 32);
}

/* A printed size or type: of a symbol that no text can name ("S'12") the number does not count. */
static uint64_t mix_text(uint64_t a, const char *text) {
  for (; *text; text++) {
    a = mix(a, (unsigned char)*text);
    if (*text == '\'') text += strspn(text + 1, "0123456789");
  }
  return mix(a, 256);
}

static uint64_t hash_attr(Ctx *ctx, const Node *n, const Attr *a) {
  Text text = text_new(&ctx->arena);
  bool counts = a->name != A_number; /* of a variable: which one it is */
  if (counts && !(n->op == OP_param && a->name == A_index && !str_none(n->name)))
    attr_print(ctx, n, a, &text);
  return mix_text(a->name, text_str(&text));
}

static uint64_t hash_graph(Ctx *ctx, const Graph *g);

/* Op, type, attributes and body; of a parameter the name, or its place when it has none. */
static uint64_t hash_own(Ctx *ctx, const Node *n) {
  uint64_t hash = mix_text(n->op, type_str(ctx, n->type));
  for (int i = 0; i < n->n_attrs; i++) hash = mix(hash, hash_attr(ctx, n, &n->attrs[i]));
  if (n->op == OP_param) hash = mix_text(hash, ctx_text(ctx, n->name));
  return n->body ? mix(hash, hash_graph(ctx, n->body)) : hash;
}

static uint64_t hash_operands(const Node *n, const uint64_t *hash) {
  uint64_t sum = 0;
  bool commutes = op_is(n->op, T_COMMUTES);
  for (int i = 0; i < n->n_operands; i++)
    sum = commutes ? sum + mix(hash[n->operands[i].i], 7) : mix(sum, hash[n->operands[i].i]);
  return sum;
}

static void hash_nodes(Ctx *ctx, const Graph *g, uint64_t *own, uint64_t *hash) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    own[i] = hash_own(ctx, n);
    hash[i] = mix(own[i], hash_operands(n, hash));
  }
}

static uint64_t hash_graph(Ctx *ctx, const Graph *g) {
  uint64_t *own = arena_array(&ctx->arena, uint64_t, g->nodes.len + 1);
  uint64_t *hash = arena_array(&ctx->arena, uint64_t, g->nodes.len + 1), sum = 1;
  hash_nodes(ctx, g, own, hash);
  for (uint32_t i = 0; i < g->results.len; i++) sum = mix(sum, hash[g->results.data[i].i]);
  return sum;
}

/* ---- pairs ---- */

static const Node *node_at(const Matching *m, int side, uint32_t i) {
  return &m->d->side[side]->nodes.data[i];
}

static bool is_free(const Matching *m, int side, uint32_t i) {
  return ref_none(m->d->match[side][i]);
}

static void pair(Matching *m, uint32_t a, uint32_t b) {
  m->d->match[0][a] = (Ref){b};
  m->d->match[1][b] = (Ref){a};
}

typedef bool (*Fits)(const Matching *m, const Node *a, const Node *b, uint32_t i, uint32_t j);

static bool same_home(const Node *a, const Node *b) {
  return str_eq(a->scope, b->scope) && str_eq(a->name, b->name);
}

static bool same_structure_at_home(const Matching *m, const Node *a, const Node *b, uint32_t i,
                                   uint32_t j) {
  return m->hash[0][i] == m->hash[1][j] && same_home(a, b);
}

static bool same_structure(const Matching *m, const Node *a, const Node *b, uint32_t i,
                           uint32_t j) {
  (void)a, (void)b;
  return m->hash[0][i] == m->hash[1][j];
}

static bool same_param(const Matching *m, const Node *a, const Node *b, uint32_t i, uint32_t j) {
  bool named = str_eq(a->name, b->name) && !str_none(a->name);
  bool placed = node_int(a, A_index, 0) == node_int(b, A_index, 0);
  (void)m, (void)i, (void)j;
  return a->op == OP_param && b->op == OP_param && (named || placed);
}

static bool same_name(const Matching *m, const Node *a, const Node *b, uint32_t i, uint32_t j) {
  (void)m, (void)i, (void)j;
  return a->op == b->op && !str_none(a->name) && same_home(a, b);
}

static bool same_name_other_op(const Matching *m, const Node *a, const Node *b, uint32_t i,
                               uint32_t j) {
  (void)m, (void)i, (void)j;
  return a->op != OP_param && b->op != OP_param && !str_none(a->name) && same_home(a, b);
}

static bool shares_operand(const Matching *m, const Node *a, const Node *b) {
  for (int k = 0; k < a->n_operands && k < b->n_operands; k++)
    if (ref_eq(m->d->match[0][a->operands[k].i], b->operands[k])) return true;
  return false;
}

static bool same_line(const Matching *m, const Node *a, const Node *b, uint32_t i, uint32_t j) {
  int line[2], column[2];
  (void)i, (void)j;
  if (a->op != b->op || a->op == OP_const || !str_eq(a->scope, b->scope)) return false;
  const Source *x = source_at(m->d->ctx, a->span.lo, &line[0], &column[0]);
  const Source *y = source_at(m->d->ctx, b->span.lo, &line[1], &column[1]);
  return x && y && line[0] == line[1] && !strcmp(x->path, y->path);
}

static bool same_scope(const Matching *m, const Node *a, const Node *b, uint32_t i, uint32_t j) {
  (void)i, (void)j;
  return a->op == b->op && a->op != OP_const && str_eq(a->scope, b->scope) &&
         shares_operand(m, a, b);
}

/* Pairs free nodes that fit, in their order. */
static void match_by(Matching *m, Fits fits) {
  uint32_t n = m->d->side[0]->nodes.len, k = m->d->side[1]->nodes.len, begin = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (!is_free(m, 0, i)) continue;
    while (begin < k && !is_free(m, 1, begin)) begin++;
    for (uint32_t j = begin; j < k; j++) {
      if (!is_free(m, 1, j) || !fits(m, node_at(m, 0, i), node_at(m, 1, j), i, j)) continue;
      pair(m, i, j);
      break;
    }
  }
}

/* Operands of matched nodes, from the results down. */
static void match_operands(Matching *m) {
  for (uint32_t i = m->d->side[0]->nodes.len; i-- > 0;) {
    if (is_free(m, 0, i)) continue;
    const Node *a = node_at(m, 0, i), *b = node_at(m, 1, m->d->match[0][i].i);
    for (int k = 0; k < a->n_operands && k < b->n_operands; k++) {
      uint32_t x = a->operands[k].i, y = b->operands[k].i;
      const Node *p = node_at(m, 0, x), *q = node_at(m, 1, y);
      bool alike = p->op == q->op && p->op != OP_const && p->op != OP_param;
      if (alike && is_free(m, 0, x) && is_free(m, 1, y)) pair(m, x, y);
    }
  }
}

static Ref result_named(const Graph *g, Str name, uint32_t place) {
  for (uint32_t i = 0; i < g->results.len; i++)
    if (str_none(name) ? i == place && str_none(g->result_names.data[i])
                       : str_eq(g->result_names.data[i], name))
      return g->results.data[i];
  return REF_NONE;
}

static void match_results(Matching *m) {
  const Graph *a = m->d->side[0], *b = m->d->side[1];
  for (uint32_t i = 0; i < a->results.len; i++) {
    Ref x = a->results.data[i], y = result_named(b, a->result_names.data[i], i);
    if (ref_none(y) || !is_free(m, 0, x.i) || !is_free(m, 1, y.i)) continue;
    Op op = graph_node(a, x)->op;
    if (op == graph_node(b, y)->op && op != OP_const) pair(m, x.i, y.i);
  }
}

static void match_all(Matching *m) {
  static const Fits steps[] = {same_name, same_line, same_scope, same_name_other_op};
  match_by(m, same_param);
  match_by(m, same_structure_at_home);
  match_by(m, same_structure);
  match_results(m);
  match_operands(m);
  for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
    match_by(m, steps[k]);
    match_operands(m);
  }
}

/* ---- what is the same ---- */

static bool operands_match(const Matching *m, const Node *a, const Node *b) {
  bool straight = a->n_operands == b->n_operands, swapped = straight;
  for (int k = 0; straight && k < a->n_operands; k++)
    straight = ref_eq(m->d->match[0][a->operands[k].i], b->operands[k]);
  swapped = swapped && a->n_operands == 2 && op_is(a->op, T_COMMUTES);
  for (int k = 0; swapped && k < 2; k++)
    swapped = ref_eq(m->d->match[0][a->operands[k].i], b->operands[1 - k]);
  return straight || swapped;
}

/* Op, attributes and type; what is in a body is told there. */
static uint64_t hash_shell(Ctx *ctx, const Node *n) {
  Node shell = *n;
  shell.body = NULL;
  return hash_own(ctx, &shell);
}

static void compare_pair(Matching *m, uint32_t i) {
  GraphDiff *d = m->d;
  Ref other = d->match[0][i];
  if (ref_none(other)) return;
  const Node *a = node_at(m, 0, i), *b = node_at(m, 1, other.i);
  bool same = operands_match(m, a, b) && hash_shell(d->ctx, a) == hash_shell(d->ctx, b);
  d->state[0][i] = d->state[1][other.i] = same ? DIFF_same : DIFF_changed;
  if (!a->body || !b->body || m->own[0][i] == m->own[1][other.i]) return;
  d->body[i] = graph_diff(d->ctx, a->body, b->body);
  d->differs |= d->body[i]->differs;
}

bool *diff_counting(const Graph *g) {
  bool *counts = graph_live(g);
  for (uint32_t i = 0; i < g->params.len; i++) counts[g->params.data[i].i] = true;
  return counts;
}

static void compare_results(GraphDiff *d) {
  const Graph *a = d->side[0], *b = d->side[1];
  d->results_differ = a->results.len != b->results.len;
  for (uint32_t i = 0; !d->results_differ && i < a->results.len; i++)
    d->results_differ = !ref_eq(d->match[0][a->results.data[i].i], b->results.data[i]) ||
                        !str_eq(a->result_names.data[i], b->result_names.data[i]);
}

GraphDiff *graph_diff(Ctx *ctx, const Graph *a, const Graph *b) {
  GraphDiff *d = arena_new(&ctx->arena, GraphDiff);
  *d = (GraphDiff){.ctx = ctx, .side = {a, b}};
  Matching m = {.d = d};
  for (int s = 0; s < 2; s++) {
    uint32_t n = d->side[s]->nodes.len;
    m.own[s] = arena_array(&ctx->arena, uint64_t, n + 1);
    m.hash[s] = arena_array(&ctx->arena, uint64_t, n + 1);
    d->match[s] = arena_array(&ctx->arena, Ref, n + 1);
    d->state[s] = arena_array(&ctx->arena, DiffState, n + 1);
    for (uint32_t i = 0; i < n; i++) d->match[s][i] = REF_NONE;
    hash_nodes(ctx, d->side[s], m.own[s], m.hash[s]);
  }
  d->body = arena_array(&ctx->arena, GraphDiff *, a->nodes.len + 1);
  match_all(&m);
  for (uint32_t i = 0; i < a->nodes.len; i++) compare_pair(&m, i);
  compare_results(d);
  d->differs |= d->results_differ;
  for (int s = 0; s < 2; s++) {
    const bool *counts = diff_counting(d->side[s]);
    for (uint32_t i = 0; i < d->side[s]->nodes.len; i++)
      d->differs |= counts[i] && d->state[s][i] != DIFF_same;
  }
  return d;
}
