/* Conditions of rewrite rules. Each reads like its name; the root of the match decides the element
 * type. */
#include "passes/rewrite.h"

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

/* Root is not(a compared with b): a and b have an order without NaN. */
bool if_compares_integers(const Match *m) {
  const Node *compare = graph_node(m->rw->g, graph_node(m->rw->g, m->root)->operands[0]);
  return !dtype_is_float(graph_info(m->rw->g, compare->operands[0])->dtype);
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

/* c0 has a reciprocal that is a normal number of the type. */
bool if_reciprocal(const Match *m) {
  if (!if_float(m)) return false;
  double least = root_dtype(m) == DT_f64 ? DBL_MIN : (double)FLT_MIN,
         c0 = fabs(constant(m, EXPR_c0));
  return c0 >= least && 1 / c0 >= least;
}

bool if_after_grad(const Match *m) { return m->rw->after_grad; }
