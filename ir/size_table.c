/* Sizes as a table: see size_table.h. */
#include "ir/size_table.h"

#include "ir/size.h"

static uint32_t add_symbol(SizeTableBuilder *b, Sz symbol) {
  for (uint32_t i = 0; i < b->symbols.len; i++)
    if (sz_eq(b->symbols.data[i], symbol)) return i;
  vec_push(&b->ctx->arena, &b->symbols, symbol);
  return b->symbols.len - 1;
}

static uint32_t add_factor(SizeTableBuilder *b, const Var *var) {
  static const SizeFactorKind kinds[] = {[VAR_symbol] = FACTOR_symbol,
                                         [VAR_floor] = FACTOR_floor,
                                         [VAR_min] = FACTOR_min,
                                         [VAR_max] = FACTOR_max};
  uint32_t number;
  if (map_get(&b->factors_of, var->self.i, &number)) return number;
  SizeFactor factor = {.kind = kinds[var->kind]};
  if (var->kind == VAR_symbol) {
    factor.a = add_symbol(b, var->self);
  } else {
    factor.a = size_table_add(b, var->a);
    factor.b = size_table_add(b, var->b);
  }
  vec_push(&b->ctx->arena, &b->factors, factor);
  map_set(&b->ctx->arena, &b->factors_of, var->self.i, b->factors.len - 1);
  return b->factors.len - 1;
}

/* Operands of factors come before the sum that uses them, and its terms and places lie together:
 * so all factors are added first. */
uint32_t size_table_add(SizeTableBuilder *b, Sz size) {
  Arena *arena = &b->ctx->arena;
  uint32_t number;
  if (map_get(&b->numbers, size.i, &number)) return number;
  const Poly poly = size.i ? *size_poly(b->ctx->ir, size) : (Poly){0};
  for (uint32_t i = 0; i < poly.n; i++)
    for (uint32_t k = 0; k < poly.terms[i].n; k++) add_factor(b, poly.terms[i].vars[k]);
  SizeSum sum = {b->terms.len, size.i ? poly.n : SIZE_NEVER};
  for (uint32_t i = 0; i < poly.n; i++) {
    const Term *term = &poly.terms[i];
    vec_push(arena, &b->terms, ((SizeTerm){term->coef, b->places.len, term->n}));
    for (uint32_t k = 0; k < term->n; k++) {
      uint32_t factor = add_factor(b, term->vars[k]);
      vec_push(arena, &b->places, factor);
    }
  }
  vec_push(arena, &b->sums, sum);
  vec_push(arena, &b->sizes, size);
  map_set(arena, &b->numbers, size.i, b->sums.len - 1);
  return b->sums.len - 1;
}

SizeTable size_table(const SizeTableBuilder *b) {
  return (SizeTable){.sums = b->sums.data,
                     .terms = b->terms.data,
                     .places = b->places.data,
                     .factors = b->factors.data,
                     .n_sums = b->sums.len,
                     .n_terms = b->terms.len,
                     .n_places = b->places.len,
                     .n_factors = b->factors.len};
}
