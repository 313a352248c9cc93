#include "ir/cost.h"
#include "ir/custom.h"

#include <stdlib.h>
#include <string.h>

/* flops = "unknown" | factor {"*" factor}
 * factor = number | "y" | "a" | "b" | "k" | "n" | "log2(n)" | "body" */
typedef enum CostFactor {
  FACTOR_number,
  FACTOR_y, /* elements of the result, of the operands */
  FACTOR_a,
  FACTOR_b,
  FACTOR_k,    /* of the axes that a product adds up */
  FACTOR_n,    /* extent of the axis; without one of the last */
  FACTOR_log,  /* its logarithm, for an unknown extent that of the typical one */
  FACTOR_body, /* the flops of the body, of a loop times its length */
  FACTOR_wrong,
} CostFactor;

static const char *const factor_text[] = {
    [FACTOR_y] = "y", [FACTOR_a] = "a",         [FACTOR_b] = "b",      [FACTOR_k] = "k",
    [FACTOR_n] = "n", [FACTOR_log] = "log2(n)", [FACTOR_body] = "body"};

/* The next factor; moves *at behind it and its "*". */
static CostFactor next_factor(const char **at, int64_t *number) {
  size_t length = strcspn(*at, "*");
  char *end;
  CostFactor found = FACTOR_wrong;
  *number = strtoll(*at, &end, 10);
  if (end == *at + length && length) found = FACTOR_number;
  for (CostFactor f = FACTOR_y; f < FACTOR_wrong; f++)
    if (strlen(factor_text[f]) == length && !strncmp(factor_text[f], *at, length)) found = f;
  *at += length;
  *at += **at == '*';
  return found;
}

static bool is_unknown(const char *flops) { return !flops || !strcmp(flops, "unknown"); }

/* The formula of a node: a plug-in's op has its own. */
static const char *formula_of(const Graph *g, const Node *node) {
  const CustomOp *custom = custom_of(g->ctx, node);
  return custom ? custom->flops : op_info[node->op].flops;
}

const char *flops_wrong(const char *at) {
  int64_t number;
  while (!is_unknown(at) && *at)
    if (next_factor(&at, &number) == FACTOR_wrong) return ".flops is no product of known factors";
  return NULL;
}

const char *flops_check(Op op) {
  const char *at = op_info[op].flops;
  return at && *at ? flops_wrong(at) : "no .flops";
}

int64_t op_flops(Op op) { return flops_each(op_info[op].flops); }

int64_t flops_each(const char *at) {
  int64_t number, flops = 1;
  if (is_unknown(at)) return 0;
  while (*at) {
    CostFactor f = next_factor(&at, &number);
    if (f == FACTOR_body) return 0;
    if (f == FACTOR_number) flops *= number;
  }
  return flops;
}

static Sz of_body(const Graph *g, const Node *node) {
  Ctx *ctx = g->ctx;
  Sz sum = size_const(ctx, 0);
  for (uint32_t i = 0; i < node->body->nodes.len && sum.i; i++) {
    Sz part = node_flops(node->body, &node->body->nodes.data[i]);
    sum = part.i ? size_add(ctx, sum, part) : SZ_NONE;
  }
  const Attr *length = node_attr(node, A_length);
  return length && sum.i ? size_mul(ctx, sum, length->z) : sum;
}

static Sz contracted(const Graph *g, const Node *node) {
  const Attr *axes = node_attr(node, A_contract_a);
  Sz count = size_const(g->ctx, 1);
  for (int i = 0; axes && i < axes->n && count.i; i++)
    count = size_mul(g->ctx, count, graph_info(g, node->operands[0])->dims[axes->ints[i]]);
  return count;
}

static Sz along(const Graph *g, const Node *node) {
  const TypeInfo *info = graph_info(g, node->operands[0]);
  return info->dims[node_int(node, A_axis, info->rank - 1)];
}

static Sz logarithm(Ctx *ctx, Sz n) {
  int64_t log = 0, known;
  if (!size_is_const(ctx, n, &known)) known = TYPICAL_EXTENT;
  while (known > (int64_t)1 << log) log++;
  return size_const(ctx, log);
}

static Sz factor_size(const Graph *g, const Node *node, CostFactor f, int64_t number) {
  Ctx *ctx = g->ctx;
  switch (f) {
  case FACTOR_y:
    return type_count(ctx, node->type);
  case FACTOR_a:
  case FACTOR_b:
    return type_count(ctx, graph_type(g, node->operands[f - FACTOR_a]));
  case FACTOR_k:
    return contracted(g, node);
  case FACTOR_n:
    return along(g, node);
  case FACTOR_log:
    return logarithm(ctx, along(g, node));
  case FACTOR_body:
    return of_body(g, node);
  default:
    return size_const(ctx, number);
  }
}

Sz node_flops(const Graph *g, const Node *node) {
  const char *at = formula_of(g, node);
  Sz flops = size_const(g->ctx, 1);
  if (is_unknown(at)) return SZ_NONE;
  while (*at && flops.i) {
    int64_t number;
    CostFactor f = next_factor(&at, &number);
    if (f == FACTOR_number && !number) return size_const(g->ctx, 0);
    Sz size = factor_size(g, node, f, number);
    flops = size.i ? size_mul(g->ctx, flops, size) : SZ_NONE;
  }
  return flops;
}

/* ---- before sizes are known ---- */

typedef struct CostGuess {
  Ctx *ctx;
  SizeEnv env;
} CostGuess;

static void guess_symbol(void *user, Sz symbol) {
  CostGuess *guess = user;
  size_env_set(guess->ctx, &guess->env, symbol, TYPICAL_EXTENT);
}

double size_guess(Ctx *ctx, Sz size) {
  int64_t value = 0;
  if (size_is_const(ctx, size, &value)) return (double)value;
  CostGuess guess = {.ctx = ctx};
  size_symbols(ctx, size, guess_symbol, &guess);
  return size_eval(ctx, size, &guess.env, &value) ? (double)value : 1e18;
}
