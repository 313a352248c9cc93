/* Walks a polynomial term by term; the atoms floor, min and max are folded recursively. */
#include "ir/size_fold.h"

#include "ir/size.h"

static void *fold_var(Ctx *ctx, const Var *var, const SizeFold *fold, void *user) {
  if (var->kind == VAR_symbol) return fold->symbol(user, var->self);
  void *a = size_fold(ctx, var->a, fold, user), *b = size_fold(ctx, var->b, fold, user);
  return var->kind == VAR_floor ? fold->floor_div(user, a, b)
         : var->kind == VAR_min ? fold->min(user, a, b)
                                : fold->max(user, a, b);
}

static void *fold_term(Ctx *ctx, const Term *term, const SizeFold *fold, void *user) {
  void *product = NULL;
  if (term->coef != 1 || !term->n) product = fold->number(user, term->coef);
  for (uint32_t i = 0; i < term->n; i++) {
    void *factor = fold_var(ctx, term->vars[i], fold, user);
    product = product ? fold->mul(user, product, factor) : factor;
  }
  return product;
}

void *size_fold(Ctx *ctx, Sz a, const SizeFold *fold, void *user) {
  Poly p = *size_poly(ir_tables(ctx), a);
  if (!p.n) return fold->number(user, 0);
  void *sum = fold_term(ctx, &p.terms[0], fold, user);
  for (uint32_t i = 1; i < p.n; i++)
    sum = fold->add(user, sum, fold_term(ctx, &p.terms[i], fold, user));
  return sum;
}
