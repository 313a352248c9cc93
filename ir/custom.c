/* The rows that plug-ins add, kept with the context: see custom.h. */
#include "ir/custom.h"

#include <math.h>
#include <string.h>

#include "ir/cost.h"
#include "ir/scalar.h"
#include "ir/typerules.h"

typedef struct CustomRow {
  const CustomOp *op;
  const char *library;
} CustomRow;
struct Customs {
  VEC(CustomRow) ops;
  VEC(const FactKind *) facts;
};

static struct Customs *customs(Ctx *ctx) {
  if (!ctx->customs) ctx->customs = arena_new(&ctx->tables, struct Customs);
  return ctx->customs;
}

/* ---- rows ---- */

bool custom_is_elementwise(const CustomOp *op) { return !op->type; }

const CustomOp *custom_at(const Ctx *ctx, uint32_t i) {
  return ctx->customs && i < ctx->customs->ops.len ? ctx->customs->ops.data[i].op : NULL;
}

const CustomOp *custom_find(const Ctx *ctx, const char *name) {
  const CustomOp *op;
  for (uint32_t i = 0; (op = custom_at(ctx, i)) != NULL; i++)
    if (!strcmp(op->name, name)) return op;
  return NULL;
}

const CustomOp *custom_of(const Ctx *ctx, const Node *n) {
  return n->op == OP_custom ? custom_find(ctx, ctx_text(ctx, node_str(n, A_symbol))) : NULL;
}

const char *custom_library(const Ctx *ctx, const CustomOp *op) {
  for (uint32_t i = 0; ctx->customs && i < ctx->customs->ops.len; i++)
    if (ctx->customs->ops.data[i].op == op) return ctx->customs->ops.data[i].library;
  return NULL;
}

bool custom_trusts(const Ctx *ctx, const char *library) {
  for (uint32_t i = 0; ctx->customs && i < ctx->customs->ops.len; i++)
    if (!strcmp(ctx->customs->ops.data[i].library, library)) return true;
  return false;
}

const char *node_op_name(const Ctx *ctx, const Node *n) {
  return n->op == OP_custom ? ctx_text(ctx, node_str(n, A_symbol)) : op_info[n->op].name;
}

static bool is_name(const char *name) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return name && *name && !strchr("0123456789", *name) && !name[strspn(name, allowed)];
}

/* NULL, or what the row lacks or has too much of. */
static const char *incomplete(const CustomOp *op) {
  if (!is_name(op->name)) return "an op needs a name of letters, digits and '_'";
  if (op->arity < 1 || op->arity > 3) return "it needs 1 to 3 operands";
  if (!op->doc || !*op->doc) return "no .doc";
  if (!op->type && (!op->scalar || op->eval)) return "an elementwise op has its value in .scalar";
  if (op->type && (!op->eval || op->scalar)) return "an op with a type rule has its value in .eval";
  if (!op->code == !op->kernel) return "it needs either .code or a .kernel";
  if (op->kernel && !op->type) return "an elementwise op has its code as text, in .code";
  if (op->flops && flops_wrong(op->flops)) return ".flops is no product of known factors";
  for (int k = 0; k < op->arity; k++)
    if (!op->grad[k] == !op->no_grad) return "it needs .grad for each operand, or .no_grad";
  return NULL;
}

const char *custom_add(Ctx *ctx, const CustomOp *op, const char *library) {
  const CustomOp *known = op->name ? custom_find(ctx, op->name) : NULL;
  Op builtin;
  if (known == op) return NULL;
  const char *wrong = incomplete(op);
  if (!wrong && op_find(op->name, &builtin)) wrong = "there is a built-in op of that name";
  if (!wrong && known) wrong = "another plug-in has an op of that name";
  if (wrong) return ctx_printf(ctx, "op '%s': %s", op->name ? op->name : "", wrong);
  CustomRow row = {op, arena_strdup(&ctx->tables, library)};
  vec_push(&ctx->tables, &customs(ctx)->ops, row);
  return NULL;
}

Ref build_custom(Graph *g, const CustomOp *op, const Ref *operands) {
  Attr symbol = attr_s(A_symbol, ctx_str(g->ctx, op->name));
  return build_op(g, OP_custom, operands, op->arity, &symbol, 1, TY_NONE);
}

/* ---- meaning ---- */

Ty type_custom(const TypeRuleArgs *args) {
  const char *name = "";
  for (int i = 0; i < args->n_attrs; i++)
    if (args->attrs[i].name == A_symbol) name = ctx_text(args->ctx, args->attrs[i].s);
  const CustomOp *op = custom_find(args->ctx, name);
  if (!op) return rule_wrong(args, "no plug-in with an op '%s' is loaded", name);
  if (args->n != op->arity)
    return rule_wrong(args, "'%s' wants %d operands, got %d", name, op->arity, args->n);
  return (op->type ? op->type : type_float)(args);
}

double node_scalar(const Ctx *ctx, const Node *n, DType operand, DType result, const double *v) {
  if (n->op != OP_custom) return scalar_eval(n->op, operand, result, v[0], v[1], v[2]);
  const CustomOp *op = custom_of(ctx, n);
  return op && op->scalar ? scalar_round(result, op->scalar(v[0], v[1], v[2])) : NAN;
}

SetRule node_set_rule(const Ctx *ctx, const Node *n) {
  const CustomOp *op = custom_of(ctx, n);
  return op && custom_is_elementwise(op) ? SETS_numbers : op_set_rule(n->op);
}

/* ---- facts ---- */

/* Whether a value is one of "past|future". */
static bool is_among(const char *values, const char *value) {
  size_t n = strlen(value);
  for (const char *at = values; at && *at; at += strcspn(at, "|"), at += *at == '|')
    if (strcspn(at, "|") == n && !strncmp(at, value, n)) return true;
  return false;
}

static const FactKind *fact_kind(const Ctx *ctx, const char *name) {
  for (uint32_t i = 0; ctx->customs && i < ctx->customs->facts.len; i++)
    if (!strcmp(ctx->customs->facts.data[i]->name, name)) return ctx->customs->facts.data[i];
  return NULL;
}

const char *custom_add_fact(Ctx *ctx, const FactKind *kind) {
  const FactKind *known = kind->name ? fact_kind(ctx, kind->name) : NULL;
  if (known == kind) return NULL;
  if (known) return ctx_printf(ctx, "another plug-in has facts '%s'", kind->name);
  if (!is_name(kind->name)) return "facts need a name of letters, digits and '_'";
  if (!kind->doc || !*kind->doc) return ctx_printf(ctx, "facts '%s': no .doc", kind->name);
  vec_push(&ctx->tables, &customs(ctx)->facts, kind);
  return NULL;
}

/* Equal nodes are one, also when a fact about one of them comes later: lists are never changed, a
 * node gets another one. */
static void put_fact(Graph *g, Ref r, Str kind, Str value) {
  const NodeFact **at = &g->nodes.data[r.i].facts, *rest = *at;
  NodeFact *first = arena_new(&g->ctx->arena, NodeFact);
  *first = (NodeFact){kind, value, NULL};
  NodeFact *end = first;
  for (; rest; rest = rest->next) {
    if (str_eq(rest->kind, kind)) continue;
    NodeFact *kept = arena_new(&g->ctx->arena, NodeFact);
    *kept = (NodeFact){rest->kind, rest->value, NULL};
    end = (NodeFact *)(end->next = kept);
  }
  *at = first;
}

bool fact_set(Graph *g, Ref r, const char *kind, const char *value) {
  Ctx *ctx = g->ctx;
  const FactKind *known = fact_kind(ctx, kind);
  if (known && (!known->values || is_among(known->values, value))) {
    put_fact(g, r, ctx_str(ctx, kind), ctx_str(ctx, value));
    return true;
  }
  diag_at(ctx, graph_node(g, r)->span, E_pass_broke_graph,
          known ? "'%s' is no value of the facts '%s'" : "no plug-in declares %s of facts '%s'",
          known ? value : "a kind", kind);
  return false;
}

const char *fact_get(const Graph *g, Ref r, const char *kind) {
  for (const NodeFact *f = graph_node(g, r)->facts; f; f = f->next)
    if (!strcmp(ctx_text(g->ctx, f->kind), kind)) return ctx_text(g->ctx, f->value);
  return NULL;
}

static bool is_known(const NodeFact *facts, Str kind) {
  for (; facts; facts = facts->next)
    if (str_eq(facts->kind, kind)) return true;
  return false;
}

void facts_inherit(Graph *g, Ref r, const NodeFact *facts) {
  if (!g->nodes.data[r.i].facts) {
    g->nodes.data[r.i].facts = facts;
    return;
  }
  for (; facts; facts = facts->next)
    if (!is_known(g->nodes.data[r.i].facts, facts->kind)) put_fact(g, r, facts->kind, facts->value);
}

void facts_print(const Ctx *ctx, const NodeFact *facts, Text *out) {
  for (const NodeFact *f = facts; f; f = f->next) {
    text_printf(out, "%s%s=", f == facts ? "" : ", ", ctx_text(ctx, f->kind));
    text_quoted(out, ctx_text(ctx, f->value));
  }
}
