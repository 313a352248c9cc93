/* Sizes: integer polynomials over symbols, in one canonical form, interned.
 *
 * A polynomial is a list of terms in graded lexicographic order; a variable is a symbol (an extent,
 * at least 0) or an opaque atom floor(a/b), min(a, b), max(a, b). The order is by printed text,
 * never by age, so that the same text gives the same form in every context. Because every operation
 * ends in 'intern', equal polynomials are one Sz and equality is ==.
 *
 * Division takes out everything that divides (floor((q*b + r)/b) = q + floor(r/b) for whole q), so
 * that an atom holds only a true remainder. Arithmetic that overflows 64 bits, or divides by zero,
 * gives SZ_NONE, and so does everything computed from SZ_NONE; so do polynomials of more than
 * MOST_TERMS terms, which products of sums reach quickly.
 *
 * size_ge proves p >= 0: symbols are at least 0, so that p is not negative when no coefficient is.
 * Atoms are replaced by their bounds first. Proofs, evaluation and printing are in
 * ir/size_prove.c.
 */
#include <stdlib.h>
#include <string.h>

#include "ir/graph.h"
#include "ir/size.h"

#include "exec/sizes.h"

enum { MOST_TERMS = 4096, FEW_TERMS = 16 };

/* The column 'attrs' of each op's row: "axes exclusive?". */
static void read_attrs(IrTables *t) {
  for (int op = 0; op < N_OPS; op++)
    for (int a = 0; a < N_ATTRS; a++) {
      AttrUse use = op_attr_use((Op)op, (AttrName)a);
      if (use == ATTR_required) t->takes[op].required |= (uint64_t)1 << a;
      if (use == ATTR_optional) t->takes[op].optional |= (uint64_t)1 << a;
    }
}

IrTables *ir_tables(Ctx *ctx) {
  if (ctx->ir) return ctx->ir;
  IrTables *t = arena_new(&ctx->tables, IrTables);
  t->arena = &ctx->tables;
  t->scratch = &ctx->arena;
  t->strings = &ctx->strings;
  t->n_poly_slots = t->n_type_slots = 256;
  t->poly_slots = arena_array(t->arena, uint32_t, t->n_poly_slots);
  t->type_slots = arena_array(t->arena, uint32_t, t->n_type_slots);
  vec_push(t->arena, &t->polys, (Poly){0});
  vec_push(t->arena, &t->types, arena_new(t->arena, TypeInfo));
  read_attrs(t);
  ctx->ir = t;
  return t;
}

const Poly *size_poly(const IrTables *t, Sz a) { return &t->polys.data[a.i]; }

/* ---- terms ---- */

static int compare_vars(const Var *a, const Var *b) {
  return a == b ? 0 : strcmp(a->text, b->text);
}

static int compare_monomials(const Term *a, const Term *b) {
  if (a->n != b->n) return a->n > b->n ? -1 : 1;
  for (uint32_t i = 0; i < a->n; i++) {
    int order = compare_vars(a->vars[i], b->vars[i]);
    if (order) return order;
  }
  return 0;
}

static int compare_terms(const void *a, const void *b) { return compare_monomials(a, b); }

/* Merges two sorted lists of variables. */
static const Var *const *merge_vars(IrTables *t, const Term *a, const Term *b) {
  const Var **vars = arena_array(t->scratch, const Var *, a->n + b->n);
  uint32_t i = 0, j = 0, n = 0;
  while (i < a->n || j < b->n) {
    bool left = j == b->n || (i < a->n && compare_vars(a->vars[i], b->vars[j]) <= 0);
    vars[n++] = left ? a->vars[i++] : b->vars[j++];
  }
  return vars;
}

static bool mul_terms(IrTables *t, const Term *a, const Term *b, Term *out) {
  if (__builtin_mul_overflow(a->coef, b->coef, &out->coef)) return false;
  out->n = a->n + b->n;
  out->vars = !b->n ? a->vars : !a->n ? b->vars : merge_vars(t, a, b);
  return true;
}

/* a's variables without b's; false when b's are not all there. */
static bool divide_vars(IrTables *t, const Term *a, const Term *b, Term *out) {
  const Var **vars = arena_array(t->scratch, const Var *, a->n);
  uint32_t n = 0, j = 0;
  for (uint32_t i = 0; i < a->n; i++) {
    if (j < b->n && a->vars[i] == b->vars[j])
      j++;
    else
      vars[n++] = a->vars[i];
  }
  out->n = n;
  out->vars = vars;
  return j == b->n;
}

/* ---- interning ---- */

static uint64_t hash_poly(const Poly *p) {
  uint64_t h = p->n;
  for (uint32_t i = 0; i < p->n; i++) {
    h = hash_mix(h, (uint64_t)p->terms[i].coef);
    for (uint32_t k = 0; k < p->terms[i].n; k++) h = hash_mix(h, (uintptr_t)p->terms[i].vars[k]);
  }
  return h;
}

static bool equal_polys(const Poly *a, const Poly *b) {
  if (a->n != b->n) return false;
  for (uint32_t i = 0; i < a->n; i++) {
    if (a->terms[i].coef != b->terms[i].coef || a->terms[i].n != b->terms[i].n) return false;
    for (uint32_t k = 0; k < a->terms[i].n; k++)
      if (a->terms[i].vars[k] != b->terms[i].vars[k]) return false;
  }
  return true;
}

static uint32_t *poly_slot(IrTables *t, const Poly *p) {
  uint32_t mask = t->n_poly_slots - 1, at = (uint32_t)hash_poly(p) & mask;
  while (t->poly_slots[at] && !equal_polys(&t->polys.data[t->poly_slots[at]], p))
    at = (at + 1) & mask;
  return &t->poly_slots[at];
}

static void grow_poly_slots(IrTables *t) {
  t->poly_slots = arena_array(t->arena, uint32_t, t->n_poly_slots * 2);
  t->n_poly_slots *= 2;
  for (uint32_t i = 1; i < t->polys.len; i++) *poly_slot(t, &t->polys.data[i]) = i;
}

static const Term *kept_terms(IrTables *t, const Term *terms, uint32_t n) {
  Term *kept = arena_copy(t->arena, terms, n * sizeof *terms);
  for (uint32_t i = 0; i < n; i++)
    kept[i].vars = arena_copy(t->arena, terms[i].vars, terms[i].n * sizeof *terms[i].vars);
  return kept;
}

/* Stable. Most lists are short, or sorted but for their end. */
static void sort_terms(Term *terms, uint32_t n) {
  if (n > FEW_TERMS) {
    qsort(terms, n, sizeof *terms, compare_terms);
    return;
  }
  for (uint32_t i = 1; i < n; i++) {
    Term term = terms[i];
    uint32_t at = i;
    for (; at && compare_monomials(&terms[at - 1], &term) > 0; at--) terms[at] = terms[at - 1];
    terms[at] = term;
  }
}

Sz size_intern(IrTables *t, Term *terms, uint32_t n) {
  sort_terms(terms, n);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n;) {
    Term sum = terms[i++];
    for (; i < n && !compare_monomials(&sum, &terms[i]); i++)
      if (__builtin_add_overflow(sum.coef, terms[i].coef, &sum.coef)) return SZ_NONE;
    if (sum.coef) terms[kept++] = sum;
  }
  Poly p = {kept, terms};
  uint32_t *slot = poly_slot(t, &p);
  if (*slot) return (Sz){*slot};
  p.terms = kept_terms(t, terms, kept);
  uint32_t id = t->polys.len;
  vec_push(t->arena, &t->polys, p);
  *slot = id; /* behind all that can run out of memory */
  if (t->polys.len * 2 > t->n_poly_slots) grow_poly_slots(t);
  return (Sz){id};
}

static Sz intern_const(IrTables *t, int64_t value) {
  Term term = {.coef = value};
  return size_intern(t, &term, 1);
}

static Var *find_var(IrTables *t, const Var *var) {
  for (uint32_t i = 0; i < t->vars.len; i++)
    if (!strcmp(t->vars.data[i]->text, var->text)) return (Var *)t->vars.data[i];
  Var *kept = arena_copy(t->arena, var, sizeof *var);
  kept->text = arena_strdup(t->arena, var->text);
  vec_push(t->arena, &t->vars, (const Var *)kept);
  return kept;
}

/* A variable is known first and has its polynomial then: memory may run out in between. */
static Sz intern_var(IrTables *t, Var var) {
  Var *kept = find_var(t, &var);
  if (kept->self.i) return kept->self;
  const Var *list[] = {kept};
  Term term = {.coef = 1, .n = 1, .vars = list};
  return kept->self = size_intern(t, &term, 1);
}

Sz size_const(Ctx *ctx, int64_t value) { return intern_const(ir_tables(ctx), value); }

Sz size_symbol(Ctx *ctx, Str name) {
  return intern_var(ir_tables(ctx),
                    (Var){.kind = VAR_symbol, .name = name, .text = ctx_text(ctx, name)});
}

Sz size_fresh(Ctx *ctx, const char *hint) {
  IrTables *t = ir_tables(ctx);
  for (;;) {
    uint32_t before = t->vars.len;
    Sz symbol = size_symbol(ctx, ctx_str(ctx, ctx_printf(ctx, "%s'%u", hint, ++t->n_fresh)));
    if (t->vars.len > before) return symbol;
  }
}

/* A part of a quotient, in parentheses when it is not a single factor (or product, on the left
 * side). */
static void print_part(IrTables *t, Sz a, bool left, Text *out) {
  const Poly *p = size_poly(t, a);
  bool single =
      p->n == 0 ||
      (p->n == 1 && (left || p->terms[0].n == 0 || (p->terms[0].n == 1 && p->terms[0].coef == 1)));
  text_puts(out, single ? "" : "(");
  size_print_poly(t, a, out);
  text_puts(out, single ? "" : ")");
}

static Sz atom(IrTables *t, VarKind kind, Sz a, Sz b) {
  Text text = text_new(t->scratch);
  static const char *const open[] = {"", "floor(", "min(", "max("};
  text_puts(&text, open[kind]);
  if (kind == VAR_floor)
    print_part(t, a, true, &text);
  else
    size_print_poly(t, a, &text);
  text_puts(&text, kind == VAR_floor ? "/" : ", ");
  if (kind == VAR_floor)
    print_part(t, b, false, &text);
  else
    size_print_poly(t, b, &text);
  text_putc(&text, ')');
  return intern_var(t, (Var){.kind = kind, .a = a, .b = b, .text = text_str(&text)});
}

/* ---- ring operations ---- */

/* a + k * b */
static Sz add_scaled(IrTables *t, Sz a, Sz b, int64_t k) {
  if (!a.i || !b.i) return SZ_NONE;
  Poly p = *size_poly(t, a), q = *size_poly(t, b);
  if (!q.n) return a;
  if (p.n + q.n > MOST_TERMS) return SZ_NONE;
  Term *terms = arena_array(t->scratch, Term, p.n + q.n);
  if (p.n) memcpy(terms, p.terms, p.n * sizeof *terms);
  for (uint32_t i = 0; i < q.n; i++) {
    terms[p.n + i] = q.terms[i];
    if (__builtin_mul_overflow(q.terms[i].coef, k, &terms[p.n + i].coef)) return SZ_NONE;
  }
  return size_intern(t, terms, p.n + q.n);
}

static bool is_one(const Poly *p) { return p->n == 1 && !p->terms[0].n && p->terms[0].coef == 1; }

static Sz multiply(IrTables *t, Sz a, Sz b) {
  if (!a.i || !b.i) return SZ_NONE;
  Poly p = *size_poly(t, a), q = *size_poly(t, b);
  if ((uint64_t)p.n * q.n > MOST_TERMS) return SZ_NONE;
  if (is_one(&p)) return b;
  if (is_one(&q)) return a;
  Term *terms = arena_array(t->scratch, Term, p.n * q.n);
  for (uint32_t i = 0; i < p.n; i++)
    for (uint32_t j = 0; j < q.n; j++)
      if (!mul_terms(t, &p.terms[i], &q.terms[j], &terms[i * q.n + j])) return SZ_NONE;
  return size_intern(t, terms, p.n * q.n);
}

Sz size_add(Ctx *ctx, Sz a, Sz b) { return add_scaled(ir_tables(ctx), a, b, 1); }
Sz size_sub(Ctx *ctx, Sz a, Sz b) { return add_scaled(ir_tables(ctx), a, b, -1); }
Sz size_mul(Ctx *ctx, Sz a, Sz b) { return multiply(ir_tables(ctx), a, b); }
Sz size_diff(IrTables *t, Sz a, Sz b) { return add_scaled(t, a, b, -1); }
Sz size_sum(IrTables *t, Sz a, Sz b) { return add_scaled(t, a, b, 1); }
Sz size_product(IrTables *t, Sz a, Sz b) { return multiply(t, a, b); }
Sz size_number(IrTables *t, int64_t value) { return intern_const(t, value); }

/* ---- division ---- */

/* Splits a into quotient * b + rest by the leading term of b, exact on whole coefficients. For a
 * constant b the coefficients are divided with floor, so that the rest is smallest. */
static void divide_terms(IrTables *t, Sz a, Sz b, Sz *quotient, Sz *rest) {
  Term lead = size_poly(t, b)->terms[0];
  bool monomial = size_poly(t, b)->n == 1;
  *quotient = intern_const(t, 0);
  *rest = a;
  for (uint32_t i = 0; rest->i && i < size_poly(t, *rest)->n;) {
    Term from = size_poly(t, *rest)->terms[i], q = {0};
    bool divides = divide_vars(t, &from, &lead, &q) && !(from.coef == INT64_MIN && lead.coef == -1);
    if (divides) q.coef = sizes_floor_div(from.coef, lead.coef);
    if (!divides || !q.coef || (!monomial && q.coef * lead.coef != from.coef)) {
      i++; /* stays in the rest */
      continue;
    }
    Sz part = size_intern(t, &q, 1);
    *quotient = size_sum(t, *quotient, part);
    *rest = size_diff(t, *rest, multiply(t, part, b));
    if (!monomial) i = 0;
  }
}

/* The largest number that divides all coefficients. */
static int64_t content(const Poly *p, int64_t g) {
  for (uint32_t i = 0; i < p->n; i++)
    for (int64_t b = p->terms[i].coef; b;) {
      int64_t r = g % b;
      g = b;
      b = r;
    }
  return g < 0 ? -g : g;
}

static Sz scale_down(IrTables *t, Sz a, int64_t k) {
  Poly p = *size_poly(t, a);
  Term *terms = arena_copy(t->scratch, p.terms, p.n * sizeof *terms);
  for (uint32_t i = 0; i < p.n; i++) terms[i].coef /= k;
  return size_intern(t, terms, p.n);
}

static bool smallest_coef(const Poly *p) {
  for (uint32_t i = 0; i < p->n; i++)
    if (p->terms[i].coef == INT64_MIN) return true;
  return false;
}

Sz size_div(Ctx *ctx, Sz a, Sz b) {
  IrTables *t = ir_tables(ctx);
  if (!a.i || !b.i || size_poly(t, b)->n == 0) return SZ_NONE;
  if (smallest_coef(size_poly(t, a)) || smallest_coef(size_poly(t, b))) return SZ_NONE;
  int64_t x, y;
  if (size_is_const(ctx, a, &x) && size_is_const(ctx, b, &y))
    return intern_const(t, sizes_floor_div(x, y));
  int64_t g = content(size_poly(t, a), content(size_poly(t, b), 0));
  if (g > 1) {
    a = scale_down(t, a, g);
    b = scale_down(t, b, g);
  }
  Sz quotient, rest;
  divide_terms(t, a, b, &quotient, &rest);
  if (!quotient.i || !rest.i) return SZ_NONE;
  if (size_poly(t, rest)->n == 0) return quotient;
  if (size_poly(t, b)->n > 1 && size_poly(t, quotient)->n) { /* keep the form that was written */
    int64_t unused;
    if (!size_is_const(ctx, quotient, &unused)) {
      quotient = intern_const(t, 0);
      rest = a;
    }
  }
  Sz zero = intern_const(t, 0);
  if (size_ge(ctx, rest, zero) && size_ge(ctx, b, size_sum(t, rest, intern_const(t, 1))))
    return quotient;
  return size_sum(t, quotient, atom(t, VAR_floor, rest, b));
}

Sz size_mod(Ctx *ctx, Sz a, Sz b) {
  return size_sub(ctx, a, size_mul(ctx, b, size_div(ctx, a, b)));
}

static Sz extreme(Ctx *ctx, VarKind kind, Sz a, Sz b) {
  if (!a.i || !b.i) return SZ_NONE;
  if (size_ge(ctx, a, b)) return kind == VAR_max ? a : b;
  if (size_ge(ctx, b, a)) return kind == VAR_max ? b : a;
  bool swap = strcmp(size_str(ctx, a), size_str(ctx, b)) > 0;
  return atom(ir_tables(ctx), kind, swap ? b : a, swap ? a : b);
}

Sz size_min(Ctx *ctx, Sz a, Sz b) { return extreme(ctx, VAR_min, a, b); }
Sz size_max(Ctx *ctx, Sz a, Sz b) { return extreme(ctx, VAR_max, a, b); }

/* ---- substitution ---- */

static Sz subst_var(Ctx *ctx, const Var *var, const Sz *from, const Sz *to, int n) {
  for (int i = 0; i < n; i++)
    if (sz_eq(var->self, from[i])) return to[i];
  if (var->kind == VAR_symbol) return var->self;
  Sz a = size_subst(ctx, var->a, from, to, n), b = size_subst(ctx, var->b, from, to, n);
  return var->kind == VAR_floor ? size_div(ctx, a, b)
         : var->kind == VAR_min ? size_min(ctx, a, b)
                                : size_max(ctx, a, b);
}

Sz size_subst(Ctx *ctx, Sz a, const Sz *from, const Sz *to, int n) {
  IrTables *t = ir_tables(ctx);
  if (!a.i || !n) return a;
  Poly p = *size_poly(t, a);
  Sz sum = intern_const(t, 0);
  for (uint32_t i = 0; i < p.n; i++) {
    Sz product = intern_const(t, p.terms[i].coef);
    for (uint32_t k = 0; k < p.terms[i].n; k++)
      product = multiply(t, product, subst_var(ctx, p.terms[i].vars[k], from, to, n));
    sum = size_sum(t, sum, product);
  }
  return sum;
}

/* Splits a into factor * symbol + rest; false when the symbol occurs in a power or an atom. */
static bool split_linear(IrTables *t, Sz a, Sz symbol, Sz *factor, Sz *rest) {
  Poly p = *size_poly(t, a);
  Term s = size_poly(t, symbol)->terms[0];
  Term *with = arena_array(t->scratch, Term, p.n), *without = arena_array(t->scratch, Term, p.n);
  uint32_t n_with = 0, n_without = 0;
  for (uint32_t i = 0; i < p.n; i++) {
    Term quotient = {.coef = p.terms[i].coef};
    if (divide_vars(t, &p.terms[i], &s, &quotient))
      with[n_with++] = quotient;
    else
      without[n_without++] = p.terms[i];
  }
  *factor = size_intern(t, with, n_with);
  *rest = size_intern(t, without, n_without);
  return n_with && !size_mentions(t, *factor, symbol) && !size_mentions(t, *rest, symbol);
}

bool size_solve(Ctx *ctx, Sz a, Sz symbol, Sz value, Sz *out) {
  IrTables *t = ir_tables(ctx);
  Sz factor, rest;
  if (!a.i || !value.i || !split_linear(t, a, symbol, &factor, &rest)) return false;
  Sz difference = size_diff(t, value, rest);
  *out = size_div(ctx, difference, factor);
  return out->i && sz_eq(multiply(t, *out, factor), difference);
}
