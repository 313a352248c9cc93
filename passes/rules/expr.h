/* Formulas as text: the notation of rewrite rules and gradient columns (passes/rules/expr.c).
 *
 *   expr    := cmp
 *   cmp     := sum [(== != < <= > >=) sum]
 *   sum     := term {(+ -) term}
 *   term    := unary {(* /) unary}
 *   unary   := - unary | primary
 *   primary := number | inf | nan | true | false | name | name(expr, ...) | (expr)
 *
 * Names are the operands a b c, the result y, the gradient g, constants c0 .. c9. A function is any
 * op without required attributes: where(a, b, 0), tanh(a), max(a, b), stop_gradient(a).
 *
 * A formula is read once into a tree and built into a graph as often as needed. All operands have
 * one shape; a number becomes a splat of the type that its neighbours have. c0.. are numbers bound
 * to constants of the graph; arithmetic among them is done when the formula is built (the builder
 * folds).
 */
#ifndef ORDO_PASSES_RULES_EXPR_H
#define ORDO_PASSES_RULES_EXPR_H

#include "ir/custom.h"

/* The names that a formula may use: a slot each. */
typedef enum ExprName {
  EXPR_a,
  EXPR_b,
  EXPR_c,
  EXPR_y,
  EXPR_g,
  EXPR_c0, /* c0 .. c9 follow */
  N_EXPR_NAMES = EXPR_c0 + 10
} ExprName;

typedef enum FormulaKind { EXPR_NAME, EXPR_NUMBER, EXPR_CALL } FormulaKind;
typedef struct Formula Formula;
struct Formula {
  FormulaKind kind;
  int name;      /* EXPR_NAME: ExprName */
  double number; /* EXPR_NUMBER */
  bool logical;  /* EXPR_NUMBER: written true or false */
  Op op;         /* EXPR_CALL; OP_custom: that of a plug-in, */
  const CustomOp *custom;
  int n;
  const Formula *args[3];
};

/* Parses a formula into the arena. NULL on a mistake, with the message in *why: formulas stand in
 * the rows of tables, which have no place in a source. */
const Formula *expr_parse(Arena *arena, const char *text, const char **why);
/* The same, which may call the ops of plug-ins. */
const Formula *expr_parse_in(Ctx *ctx, const char *text, const char **why);
/* What each name stands for; REF_NONE where unbound. */
typedef struct ExprBindings {
  Ref ref[N_EXPR_NAMES];
} ExprBindings;
ExprBindings expr_bindings(void); /* all unbound */
/* Builds the formula into g. A formula that is only a number becomes a splat of type 'like'. */
Ref expr_build(Graph *g, const Formula *e, const ExprBindings *bindings, Ty like);
/* The same with another builder for the calls: the rewriter simplifies as it builds. */
typedef Ref (*ExprMake)(void *user, Graph *g, Op op, const Ref *operands, int n);
Ref expr_build_with(Graph *g, const Formula *e, const ExprBindings *bindings, Ty like,
                    ExprMake make, void *user);
/* Bit i set: name i occurs. */
unsigned expr_names(const Formula *e);

#endif
