/* Compiled code against the reference interpreter, on the same arguments.
 *
 * A graph is interpreted in f32 and in f64. The difference between the two tells how
 * well-conditioned a result is, so the tolerance of a float result y is
 *
 *   1e-5 * max |y|  +  32 * max |y32 - y64|  +  1e-6        (1e-2 instead of 1e-5 for bf16)
 *
 * Other results (indices, whole numbers, booleans, random bits) must be equal. A result whose
 * two interpretations differ in such a value, or in where a NaN or infinity is, hangs on a
 * rounding error and is undecided; with rules graded fast so is a graph with a NaN or infinity
 * among its results. At the default level a NaN or infinity has to come out as one.
 */
#ifndef ORDO_APP_ORACLE_H
#define ORDO_APP_ORACLE_H

#include "app/compile.h"

/* New random arguments, one for each parameter, under env: floats in [low, high] but never
 * within 0.05 of a whole number (where derivatives may jump), small whole numbers, indices
 * within their axes. The caller frees them. False (and nothing to free) with a reason in *fault
 * when a size has no value or memory is out. The same seed gives the same arguments. */
bool oracle_args(const Graph *g, const SizeEnv *env, uint64_t seed, double low, double high,
                 Tensor **args, Fault *fault);

/* Sizes of the parameters that are open: those of 'given' (may be NULL), the others small and
 * different; choice 0, 1, ...: which small ones, when some do not suit the graph. */
enum { ORACLE_CHOICES = 4 };
SizeEnv oracle_sizes(const Graph *g, const SizeEnv *given, int choice);

typedef struct Oracle {
  Ctx *ctx;
  const Graph *graph;
  const Tensor *const *args;
  Tensor **y32, **y64;
} Oracle;
/* Interprets, behind 'inline' and 'grad' where there are derivatives; args must outlive the oracle.
 * False with a reason. */
bool oracle_open(Oracle *oracle, Ctx *ctx, const Graph *g, const Tensor *const *args, Fault *fault);
void oracle_close(Oracle *oracle);
/* Takes what another form of the graph gives for right from here on: a pass rounds by design. False
 * with a reason, and the oracle as it was. */
bool oracle_follow(Oracle *oracle, const Graph *form, Fault *fault);

typedef enum OracleVerdict { ORACLE_agrees, ORACLE_differs, ORACLE_failed } OracleVerdict;
typedef struct OracleReport {
  uint32_t compared, undecided; /* results */
  uint32_t result;              /* of the first difference */
  int64_t element;
  double want, got;
  Fault fault; /* of a failure: it was not compiled or did not run */
} OracleReport;
/* Interprets another form of the graph, behind some passes, and compares. fast: rules of that grade
 * may have been used. */
OracleVerdict oracle_compare_form(const Oracle *oracle, const Graph *form, bool fast,
                                  OracleReport *report);
/* Compiles the graph with these options, runs it and compares; a pipeline that ends before 'fuse'
 * leaves a graph that is interpreted. The pipeline's diagnostics stay in
 * the ctx. */
OracleVerdict oracle_compare(const Oracle *oracle, Engine *engine, const CompileOptions *options,
                             OracleReport *report);

#endif
