/* The interning tables of a context, private to ir/. They are created on first use, so that base/
 * need not know of them. Entries never move or go away before the context does. */
#ifndef ORDO_IR_TABLES_H
#define ORDO_IR_TABLES_H

#include "base/map.h"
#include "ir/ir.h"

/* A variable of a polynomial: a symbol, or an operation that no polynomial can express. */
typedef enum VarKind { VAR_symbol, VAR_floor, VAR_min, VAR_max } VarKind;
typedef struct Var {
  VarKind kind;
  Str name; /* symbol */
  Sz a, b;  /* floor(a/b), min(a, b), max(a, b) */
  const char
      *text; /* as printed; variables are ordered by it, so the order is the same in all contexts */
  Sz self;   /* the polynomial that is just this variable */
} Var;

/* coef * vars[0] * vars[1] * ...; vars sorted by text, powers repeated. */
typedef struct Term {
  int64_t coef;
  uint32_t n;
  const Var *const *vars;
} Term;

/* Terms in graded lexicographic order (higher degree first), no zero coefficient, no equal
 * monomials. */
typedef struct Poly {
  uint32_t n;
  const Term *terms;
} Poly;

typedef struct IrTables {
  Arena *arena, *scratch; /* of what is interned; of what is only worked with (ctx->arena) */
  Strings *strings;
  VEC(const Var *) vars;
  VEC(Poly) polys; /* by Sz; entry 0 is SZ_NONE */
  uint32_t *poly_slots, n_poly_slots;
  Map proved; /* by a polynomial and the least value of symbols: whether it is not negative */
  uint32_t n_fresh;
  VEC(TypeInfo *) types; /* by Ty; entry 0 is TY_NONE */
  uint32_t *type_slots, n_type_slots;
  struct {
    uint64_t required, optional; /* bits by AttrName */
  } takes[N_OPS];                /* attributes, from the rows of the ops */
} IrTables;

IrTables *ir_tables(Ctx *ctx);

#endif
