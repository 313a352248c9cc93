/* What plug-ins add to the tables of a context: ops, and kinds of facts about nodes
 * (passes/plugin.h).
 *
 * A plug-in's op is a node 'custom' whose attribute 'symbol' is the op's name; texts, pictures and
 * remarks show it under that name. The pass 'contract' puts its code in its place.
 */
#ifndef ORDO_IR_CUSTOM_H
#define ORDO_IR_CUSTOM_H

#include "ir/ir.h"
#include "ir/tensor.h"

/* A row: what the op means, and how it runs. */
typedef struct CustomOp {
  const char *name;
  int arity;           /* number of operands: 1 to 3 */
  TypeRule type;       /* NULL: floats of one shape, elementwise */
  const char *grad[3]; /* one per operand, text over a b c y g as in ir/ops.def, other ops of the
                          plug-in too; NULL: see no_grad */
  const char *no_grad; /* why the derivative is zero */
  /* The value, for the interpreter. Elementwise: of one element, in double, rounded by the caller;
   * others: fills y, which has the shape of the type. False: it cannot. */
  double (*scalar)(double a, double b, double c);
  bool (*eval)(const Tensor *const *args, int n, Tensor *y);
  /* Its code. Elementwise: text over a b c of built-in ops, fused like them. Others: the name of a
   * function of the same object that is called like a foreign one (docs/language.md). */
  const char *code, *kernel;
  const char *flops; /* as in ir/ops.def, of numbers, y, a, b, k and n; NULL: unknown */
  const char *doc;
} CustomOp;

/* A kind of facts about nodes. */
typedef struct FactKind {
  const char *name;
  const char *values; /* "past|future"; NULL: any text */
  const char *doc;
} FactKind;

/* Adds a row to the context for as long as it lives; library is the path of its object. NULL, or
 * what is wrong. The same row may come again. */
const char *custom_add(Ctx *ctx, const CustomOp *op, const char *library);
const char *custom_add_fact(Ctx *ctx, const FactKind *kind);
/* Row i of the context, or NULL behind the last one. */
const CustomOp *custom_at(const Ctx *ctx, uint32_t i);
const CustomOp *custom_find(const Ctx *ctx, const char *name);
/* The row of a node 'custom'; NULL when its plug-in is not loaded. */
const CustomOp *custom_of(const Ctx *ctx, const Node *n);
bool custom_is_elementwise(const CustomOp *op);
/* The path of the object that an op came from. */
const char *custom_library(const Ctx *ctx, const CustomOp *op);
/* Whether the path is that of a plug-in which brought an op. */
bool custom_trusts(const Ctx *ctx, const char *library);
Ref build_custom(Graph *g, const CustomOp *op, const Ref *operands);
/* scalar_eval of a node's op, also a plug-in's elementwise one; NaN: there is no such value. */
double node_scalar(const Ctx *ctx, const Node *n, DType operand, DType result, const double *v);
/* The name of a node's op: a plug-in's own. */
const char *node_op_name(const Ctx *ctx, const Node *n);

/* ---- facts ---- */

/* Says something about the value of a node: passes keep it where they copy the node, graph text,
 * remarks and pictures show it. A kind holds one value; the last one counts. False after a
 * diagnostic: no plug-in has declared the kind, or not with that value. */
bool fact_set(Graph *g, Ref r, const char *kind, const char *value);
/* NULL: nothing is known. */
const char *fact_get(const Graph *g, Ref r, const char *kind);
/* Gives r the facts of another node that has the same value. */
void facts_inherit(Graph *g, Ref r, const NodeFact *facts);
/* A node's facts: causal="past", kind="x" */
void facts_print(const Ctx *ctx, const NodeFact *facts, Text *out);

#endif
