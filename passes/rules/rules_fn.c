/* Conditions of rewrite rules. Each reads like its name; the root of the match decides the element
 * type. */
#include "passes/rules/rewrite.h"

#include <float.h>
#include <math.h>

static DType root_dtype(const Match *m) { return graph_info(m->rw->g, m->root)->dtype; }

static DType operand_dtype(const Match *m) {
  return graph_info(m->rw->g, graph_node(m->rw->g, m->root)->operands[0])->dtype;
}

static double constant(const Match *m, int slot) {
  double value = NAN;
  if (!ref_none(m->bound.ref[slot])) rw_constant(m->rw, m->bound.ref[slot], &value);
  return value;
}

bool if_float(const Match *m) { return dtype_is_float(root_dtype(m)); }

bool if_integer(const Match *m) { return root_dtype(m) == DT_i32; }

bool if_operands_float(const Match *m) { return dtype_is_float(operand_dtype(m)); }

bool if_operands_discrete(const Match *m) { return !dtype_is_float(operand_dtype(m)); }

/* Root is not(a compared with b): a and b have an order without NaN. Asked of a itself: in
 * equality saturation the root's operand stands for a class, whose first node need not compare. */
bool if_compares_integers(const Match *m) {
  return !dtype_is_float(graph_info(m->rw->g, m->bound.ref[EXPR_a])->dtype);
}

/* The operands of the root have no other user: the rewrite leaves no work behind. */
bool if_once(const Match *m) {
  const Node *root = graph_node(m->rw->g, m->root);
  for (int i = 0; i < root->n_operands; i++)
    if (op_is(graph_node(m->rw->g, root->operands[i])->op, T_ELEMENTWISE) &&
        !rw_used_once(m->rw, root->operands[i]))
      return false;
  return true;
}

bool if_float_once(const Match *m) { return if_float(m) && if_once(m); }

/* c0 is a power of two whose reciprocal is a normal number of the type. */
bool if_power_of_two(const Match *m) {
  if (!if_float(m)) return false;
  int exponent, limit = root_dtype(m) == DT_f64 ? DBL_MAX_EXP : FLT_MAX_EXP;
  double mantissa = frexp(fabs(constant(m, EXPR_c0)), &exponent);
  return mantissa == 0.5 && exponent > 2 - limit && exponent < limit - 1;
}

/* ---- sizes of constants ---- */

/* Far from overflow and underflow, and products with operands that are so as well (rules.def). */
static bool is_mild(double c, DType dtype) {
  return fabs(c) >= 1 / fact_mild(dtype) && fabs(c) <= fact_mild(dtype);
}

bool if_mild_reciprocal(const Match *m) {
  return if_float(m) && is_mild(constant(m, EXPR_c0), root_dtype(m));
}

/* c0 and c1, and what the two make of each other. */
bool if_mild_constants(const Match *m) {
  double a = constant(m, EXPR_c0), b = constant(m, EXPR_c0 + 1);
  DType dtype = root_dtype(m);
  return if_float(m) && is_mild(a, dtype) && is_mild(b, dtype) && is_mild(a * b, dtype) &&
         is_mild(a / b, dtype);
}

/* a + a * c0 cancels nothing. */
bool if_adds(const Match *m) {
  double c0 = constant(m, EXPR_c0);
  return if_float(m) && c0 > 0 && is_mild(c0, root_dtype(m));
}

/* ---- facts about a ---- */

static NumberFact fact(const Match *m) {
  return if_float(m) ? rw_fact(m->rw, m->bound.ref[EXPR_a])
                     : (NumberFact){-INFINITY, INFINITY, true};
}

bool if_finite(const Match *m) { return fact_finite(fact(m)); }

bool if_nonzero(const Match *m) {
  NumberFact a = fact(m);
  return !a.nan && fact_nonzero(a);
}

bool if_finite_nonzero(const Match *m) { return if_finite(m) && if_nonzero(m); }

/* NaN aside, which both sides keep. */
bool if_not_negative(const Match *m) { return fact(m).low >= 0; }
bool if_positive(const Match *m) { return fact(m).low > 0; }

bool if_no_nan(const Match *m) { return !fact(m).nan; }

bool if_after_grad(const Match *m) { return m->rw->after_grad; }
