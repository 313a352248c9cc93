/* What is known about the numbers of a value, whatever the parameters are: bounds, and whether
 * NaN is possible. Rules ask for it where they would turn NaN or an infinity into a number or
 * back.
 *
 * The bounds hold for the computed values, roundings included; a bound that is infinite means
 * that the value may be. An axis may be empty.
 */
#ifndef ORDO_PASSES_FACTS_H
#define ORDO_PASSES_FACTS_H

#include "ir/ir.h"

typedef struct NumberFact {
  double low, high; /* of every element that is no NaN */
  bool nan;
} NumberFact;

/* Facts of the nodes of one graph, found when asked for; the graph may grow. */
typedef struct Facts {
  const Graph *g;
  VEC(NumberFact) known; /* by node, the first ones */
} Facts;

static inline Facts facts_new(const Graph *g) { return (Facts){.g = g}; }
NumberFact fact_of(Facts *facts, Ref r);

static inline bool fact_finite(NumberFact f) {
  return !f.nan && f.low > -__builtin_inf() && f.high < __builtin_inf();
}
/* Never 0. */
static inline bool fact_nonzero(NumberFact f) { return f.low > 0 || f.high < 0; }
/* Numbers up to this size, and their reciprocals, may be multiplied without overflow or
 * underflow. */
static inline double fact_mild(DType dtype) { return dtype == DT_f64 ? 1e100 : 1e15; }
/* A factor or divisor that may be taken out of a sum without turning NaN or an infinity into a
 * number or back. some: the sum has terms, so that NaN on both sides is the same. */
static inline bool fact_factor(NumberFact f, DType dtype, bool some) {
  return (some || !f.nan) && f.low >= -fact_mild(dtype) && f.high <= fact_mild(dtype);
}
static inline bool fact_divisor(NumberFact f, DType dtype, bool some) {
  return (some || !f.nan) && (f.low >= 1 / fact_mild(dtype) || f.high <= -1 / fact_mild(dtype));
}

#endif
