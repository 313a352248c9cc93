/* Plug-ins, and the compiler itself, under random inputs (ordo fuzz).
 *
 * A random graph goes through the pipeline and is compiled; the results are compared with the
 * interpreter (app/oracle.h). Passes of plug-ins are put into the pipeline at a place that the seed
 * chooses, ops of plug-ins stand in the graphs. Rules of plug-ins are tried one by one on
 * f32, i32 and bool, on shapes and special values.
 */
#ifndef ORDO_FUZZ_FUZZ_H
#define ORDO_FUZZ_FUZZ_H

#include "app/oracle.h"

typedef struct Fuzz {
  Ctx *ctx; /* with the plug-ins' ops */
  Engine *engine;
  const CompileOptions *options; /* with the plug-ins to be loaded into each pipeline */
  PassCtx *plugins;              /* has their passes and rules */
  bool inserts;                  /* passes of plug-ins go to places that the seed chooses */
  int nodes;                     /* of a graph, about */
  long graphs, results, undecided, refused;
  int rules, instances; /* rules tried, and graphs on which one fired */
} Fuzz;

/* What is wrong. */
typedef struct FuzzFault {
  const char *what; /* "result 1, element 3: expected 1.5, got 3" */
  const Graph *graph;
  const char *pipeline; /* its passes */
  uint64_t seed;        /* of graph and arguments */
  SizeEnv sizes;
  const char *rule; /* of a rule; NULL: of a graph */
} FuzzFault;

/* One random graph. False when something is wrong; what is then in *fault lives in the ctx. */
bool fuzz_graph(Fuzz *f, uint64_t seed, FuzzFault *fault);
/* All rules of plug-ins. False at the first wrong one; one that never fired is wrong, too. */
bool fuzz_rules(Fuzz *f, FuzzFault *fault);

#endif
