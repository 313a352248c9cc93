/* Sizes: questions (constants, proofs of order), evaluation under an environment, printing.
 *
 * A proof of p >= 0 first replaces one atom that stands in the way by a bound of it, multiplied
 * out so that all stays whole: floor(a/k) lies in [(a - k + 1)/k, a/k], min(a, b) is at most a
 * and b, max(a, b) at least. What is left is a polynomial over variables with lower bounds;
 * shifting every variable to start at 0 shows it not negative when no coefficient is. The lower
 * bound of a symbol is 0, or 1 where a proof may take every axis for filled.
 */
#include <string.h>

#include "exec/sizes.h"
#include "ir/size.h"

bool size_is_const(const Ctx *ctx, Sz a, int64_t *value) {
  if (!a.i) return false;
  const Poly *p = size_poly(ctx->ir, a);
  if (p->n > 1 || (p->n && p->terms[0].n)) return false;
  if (value) *value = p->n ? p->terms[0].coef : 0;
  return true;
}

bool size_is(const Ctx *ctx, Sz a, int64_t value) {
  int64_t is;
  return size_is_const(ctx, a, &is) && is == value;
}

bool size_is_symbol(const Ctx *ctx, Sz a, Str *name) {
  if (!a.i) return false;
  const Poly *p = size_poly(ctx->ir, a);
  if (p->n != 1 || p->terms[0].coef != 1 || p->terms[0].n != 1) return false;
  const Var *var = p->terms[0].vars[0];
  if (var->kind == VAR_symbol && name) *name = var->name;
  return var->kind == VAR_symbol;
}

bool size_divides(Ctx *ctx, Sz a, int64_t k) {
  if (!a.i || !k) return false;
  const Poly *p = size_poly(ir_tables(ctx), a);
  for (uint32_t i = 0; i < p->n; i++)
    if (p->terms[i].coef % k) return false;
  return true;
}

/* ---- symbols ---- */

typedef struct Seen {
  const IrTables *t;
  VEC(Sz) symbols;
} Seen;

static void see(Seen *seen, Sz symbol) {
  for (uint32_t i = 0; i < seen->symbols.len; i++)
    if (sz_eq(seen->symbols.data[i], symbol)) return;
  vec_push(seen->t->scratch, &seen->symbols, symbol);
}

static void collect(Seen *seen, Sz a) {
  if (!a.i) return;
  const Poly p = *size_poly(seen->t, a);
  for (uint32_t i = 0; i < p.n; i++)
    for (uint32_t k = 0; k < p.terms[i].n; k++) {
      const Var *var = p.terms[i].vars[k];
      if (var->kind == VAR_symbol) {
        see(seen, var->self);
      } else {
        collect(seen, var->a);
        collect(seen, var->b);
      }
    }
}

void size_symbols(Ctx *ctx, Sz a, void (*visit)(void *user, Sz symbol), void *user) {
  Seen seen = {.t = ir_tables(ctx)};
  collect(&seen, a);
  for (uint32_t i = 0; i < seen.symbols.len; i++) visit(user, seen.symbols.data[i]);
}

bool size_mentions(const IrTables *t, Sz a, Sz symbol) {
  Seen seen = {.t = t};
  collect(&seen, a);
  for (uint32_t i = 0; i < seen.symbols.len; i++)
    if (sz_eq(seen.symbols.data[i], symbol)) return true;
  return false;
}

/* ---- proofs ---- */

/* The search branches at each atom: a product of six of them would take minutes. What is shown at
 * all is shown within a few hundred steps. */
enum { PROOF_DEPTH = 6, PROOF_STEPS = 3000 };

typedef struct Proof {
  IrTables *t;
  int64_t least; /* of every symbol */
  int *steps;    /* that are left; shared by all branches */
} Proof;

static bool not_negative(const Proof *p, Sz a, int depth);

static bool at_least_one(const Proof *p, Sz a, int depth) {
  return not_negative(p, size_diff(p->t, a, size_number(p->t, 1)), depth);
}

/* A proved lower bound (0 or 1) of a variable; false when none is known. */
static bool lower_bound(const Proof *p, const Var *v, int depth, int64_t *bound) {
  *bound = p->least;
  if (v->kind == VAR_symbol) return true;
  *bound = 1;
  if (!depth) return false;
  depth--;
  if (v->kind == VAR_floor) {
    *bound = 0;
    return not_negative(p, v->a, depth) && at_least_one(p, v->b, depth);
  }
  bool a = at_least_one(p, v->a, depth), b = at_least_one(p, v->b, depth);
  if (v->kind == VAR_min ? a && b : a || b) return true;
  *bound = 0;
  a = a || not_negative(p, v->a, depth);
  b = b || not_negative(p, v->b, depth);
  return v->kind == VAR_min ? a && b : a || b;
}

/* All variables shifted to start at 0: is every coefficient at least 0? */
static bool shifted_not_negative(const Proof *proof, Sz a, int depth) {
  IrTables *t = proof->t;
  Poly p = *size_poly(t, a);
  Sz sum = size_number(t, 0);
  for (uint32_t i = 0; i < p.n; i++) {
    Sz product = size_number(t, p.terms[i].coef);
    for (uint32_t k = 0; k < p.terms[i].n; k++) {
      int64_t bound;
      if (!lower_bound(proof, p.terms[i].vars[k], depth, &bound)) return false;
      product =
          size_product(t, product, size_sum(t, p.terms[i].vars[k]->self, size_number(t, bound)));
    }
    sum = size_sum(t, sum, product);
  }
  if (!sum.i) return false;
  const Poly *shifted = size_poly(t, sum);
  for (uint32_t i = 0; i < shifted->n; i++)
    if (shifted->terms[i].coef < 0) return false;
  return true;
}

/* p = coef * others * atom + rest, with the atom replaced by bound / scale and all multiplied by
 * scale. */
static Sz replace_atom(IrTables *t, Sz a, const Term *term, uint32_t at, Sz bound, Sz scale) {
  Term others = {.coef = term->coef, .n = term->n - 1};
  const Var **vars = arena_array(t->scratch, const Var *, term->n);
  for (uint32_t i = 0, n = 0; i < term->n; i++)
    if (i != at) vars[n++] = term->vars[i];
  others.vars = vars;
  Term whole = *term;
  Sz rest = size_diff(t, a, size_intern(t, &whole, 1));
  return size_sum(t, size_product(t, rest, scale),
                  size_product(t, size_intern(t, &others, 1), bound));
}

static bool try_bounds(const Proof *p, Sz a, const Term *term, uint32_t at, int depth) {
  IrTables *t = p->t;
  const Var *v = term->vars[at];
  bool wants_lower = term->coef > 0;
  Sz one = size_number(t, 1);
  if (v->kind == VAR_floor) {
    if (!at_least_one(p, v->b, depth)) return false;
    Sz bound = v->a;
    if (wants_lower) bound = size_sum(t, size_diff(t, v->a, v->b), one);
    return not_negative(p, replace_atom(t, a, term, at, bound, v->b), depth);
  }
  if (wants_lower != (v->kind == VAR_max)) { /* the bound is whichever it is: both have to do */
    return not_negative(p, replace_atom(t, a, term, at, v->a, one), depth) &&
           not_negative(p, replace_atom(t, a, term, at, v->b, one), depth);
  }
  return not_negative(p, replace_atom(t, a, term, at, v->a, one), depth) ||
         not_negative(p, replace_atom(t, a, term, at, v->b, one), depth);
}

/* The other factors of a replaced atom have to be known as not negative. */
static bool others_not_negative(const Proof *p, const Term *term, uint32_t at, int depth) {
  int64_t bound;
  for (uint32_t i = 0; i < term->n; i++)
    if (i != at && !lower_bound(p, term->vars[i], depth, &bound)) return false;
  return true;
}

/* What the signs of the coefficients say: 1 not negative, -1 not shown, 0 has to be looked at. */
static int by_signs(const Poly *p, int64_t least) {
  bool atoms = false, above = false, below = false;
  for (uint32_t i = 0; i < p->n; i++) {
    above = above || p->terms[i].coef > 0;
    below = below || p->terms[i].coef < 0;
    for (uint32_t k = 0; k < p->terms[i].n; k++)
      atoms = atoms || p->terms[i].vars[k]->kind != VAR_symbol;
  }
  if (atoms) return 0;
  return !below ? 1 : !above || !least ? -1 : 0;
}

static bool not_negative(const Proof *proof, Sz a, int depth) {
  if (!a.i || --*proof->steps < 0) return false;
  int signs = by_signs(size_poly(proof->t, a), proof->least);
  if (signs) return signs > 0;
  if (shifted_not_negative(proof, a, depth)) return true;
  if (!depth) return false;
  Poly p = *size_poly(proof->t, a);
  for (uint32_t i = 0; i < p.n; i++)
    for (uint32_t k = 0; k < p.terms[i].n; k++) {
      if (p.terms[i].vars[k]->kind == VAR_symbol) continue;
      if (others_not_negative(proof, &p.terms[i], k, depth - 1) &&
          try_bounds(proof, a, &p.terms[i], k, depth - 1))
        return true;
    }
  return false;
}

/* The values of a few small and large sizes: what is negative there needs no search, which would
 * take longest of all to fail. */
static bool has_counterexample(const Ctx *ctx, Sz a, int64_t least) {
  static const int64_t first[] = {0, 1, 1000}, apart[] = {0, 1, 37};
  Seen seen = {.t = ctx->ir};
  collect(&seen, a);
  int64_t value;
  for (uint32_t k = 0; k < sizeof first / sizeof *first; k++) {
    SizeEnv env = {0};
    for (uint32_t i = 0; i < seen.symbols.len; i++) {
      vec_push(seen.t->scratch, &env.symbols, seen.symbols.data[i]);
      vec_push(seen.t->scratch, &env.values, least + first[k] + apart[k] * i);
    }
    if (size_eval(ctx, a, &env, &value) && value < 0) return true;
  }
  return false;
}

static bool proved(const Ctx *ctx, Sz a, Sz b, int64_t least) {
  if (!a.i || !b.i) return false;
  if (sz_eq(a, b)) return true;
  IrTables *t = ctx->ir;
  Sz difference = size_diff(t, a, b);
  int signs = difference.i ? by_signs(size_poly(t, difference), least) : -1;
  if (signs) return signs > 0;
  uint64_t key = (uint64_t)least << 32 | difference.i;
  uint32_t known;
  if (map_get(&t->proved, key, &known)) return known;
  int steps = PROOF_STEPS;
  bool holds = !has_counterexample(ctx, difference, least) &&
               not_negative(&(Proof){t, least, &steps}, difference, PROOF_DEPTH);
  map_set(t->arena, &t->proved, key, holds);
  return holds;
}

bool size_ge(const Ctx *ctx, Sz a, Sz b) { return proved(ctx, a, b, 0); }
bool size_ge_filled(const Ctx *ctx, Sz a, Sz b) { return proved(ctx, a, b, 1); }

/* ---- evaluation ---- */

void size_env_set(Ctx *ctx, SizeEnv *env, Sz symbol, int64_t value) {
  for (uint32_t i = 0; i < env->symbols.len; i++)
    if (sz_eq(env->symbols.data[i], symbol)) {
      env->values.data[i] = value;
      return;
    }
  vec_push(&ctx->arena, &env->symbols, symbol);
  vec_push(&ctx->arena, &env->values, value);
}

bool size_env_get(const SizeEnv *env, Sz symbol, int64_t *value) {
  for (uint32_t i = 0; i < env->symbols.len; i++)
    if (sz_eq(env->symbols.data[i], symbol)) {
      *value = env->values.data[i];
      return true;
    }
  return false;
}

static bool eval_var(const Ctx *ctx, const Var *v, const SizeEnv *env, int64_t *value) {
  if (v->kind == VAR_symbol) return size_env_get(env, v->self, value);
  int64_t a, b;
  if (!size_eval(ctx, v->a, env, &a) || !size_eval(ctx, v->b, env, &b)) return false;
  if (v->kind == VAR_floor) {
    if (!b || (a == INT64_MIN && b == -1)) return false;
    *value = sizes_floor_div(a, b);
    return true;
  }
  *value = (v->kind == VAR_min) == (a < b) ? a : b;
  return true;
}

bool size_eval(const Ctx *ctx, Sz a, const SizeEnv *env, int64_t *value) {
  if (!a.i) return false;
  const Poly *p = size_poly(ctx->ir, a);
  int64_t sum = 0;
  for (uint32_t i = 0; i < p->n; i++) {
    int64_t product = p->terms[i].coef, factor;
    for (uint32_t k = 0; k < p->terms[i].n; k++)
      if (!eval_var(ctx, p->terms[i].vars[k], env, &factor) ||
          __builtin_mul_overflow(product, factor, &product))
        return false;
    if (__builtin_add_overflow(sum, product, &sum)) return false;
  }
  *value = sum;
  return true;
}

/* ---- printing ---- */

static void print_term(const Term *term, bool first, Text *out) {
  bool negative = term->coef < 0;
  uint64_t size = negative ? -(uint64_t)term->coef : (uint64_t)term->coef;
  text_puts(out, first ? (negative ? "-" : "") : negative ? " - " : " + ");
  if (size != 1 || !term->n)
    text_printf(out, "%llu%s", (unsigned long long)size, term->n ? "*" : "");
  for (uint32_t k = 0; k < term->n; k++) {
    if (k) text_putc(out, '*');
    text_puts(out, term->vars[k]->text);
  }
}

void size_print_poly(const IrTables *t, Sz a, Text *out) {
  if (!a.i) {
    text_puts(out, "?");
    return;
  }
  Poly p = *size_poly(t, a);
  if (!p.n) text_putc(out, '0');
  for (uint32_t i = 0; i < p.n; i++) print_term(&p.terms[i], i == 0, out);
}

void size_print(const Ctx *ctx, Sz a, Text *out) {
  if (ctx->ir)
    size_print_poly(ctx->ir, a, out);
  else
    text_putc(out, '?');
}

const char *size_str(Ctx *ctx, Sz a) {
  Text text = text_new(&ctx->arena);
  size_print(ctx, a, &text);
  return text_str(&text);
}
