/* Tests of proofs, by random graphs: their options, and rules of the sets analysis that are made
 * wrong on purpose, which such a test has to catch. */
#ifndef ORDO_TESTS_WRONG_H
#define ORDO_TESTS_WRONG_H

#include "passes/sets/sets_join.h"
#include "fuzz/gen.h"

/* A way of being wrong, put in place of one rule: the rule runs, then something is claimed that
 * it does not say. */
typedef struct Wrong {
  const char *name;
  Fact (*rule)(SetStep *st);
  bool padded; /* about padding only */
} Wrong;
extern const Wrong wrong_ways[];
extern const int n_wrong_ways;

/* What a test of proofs is asked for. */
typedef struct ProofTest {
  uint64_t seed;
  long count; /* graphs: the seeds from 'seed' on */
  int nodes;
  bool passes, show, wrong, quiet, plain;
  const char *file;       /* graph text in place of random graphs */
  const SetRuleFn *rules; /* NULL: those of the analysis */
} ProofTest;

/* Reads the options of the test with that name; false, after a message, at one that it does not
 * know. */
bool proof_test(const char *name, int argc, char **argv, ProofTest *out);

/* A graph from a file, all its values results. Ends the program when it is none. */
Graph *proof_graph(Gen *gen, const char *path);

/* The graph without calls and derivatives; NULL, said, where a pass fails. */
const Graph *proof_differentiated(Ctx *ctx, const Graph *g);

/* The graph that passes make of it, but for kernels, and what was proved before a pass and
 * behind it; how many facts had to be kept. NULL, said, where a pass breaks its contract. */
const Graph *proof_behind(Ctx *ctx, const Graph *g, SetClaims *claims, long *kept);
/* How many facts about results of a graph without calls and derivatives are not proved again, of
 * the graph that 'simplify' makes of it. */
long proof_lost_by_simplify(Ctx *ctx, const Graph *g);

/* Prints what is proved about each result. */
void proof_shown(Ctx *ctx, const SetProof *proof);

/* Says that result i holds numerically, and what its proof broke at. */
void proof_missed(Ctx *ctx, const SetProof *proof, uint32_t i);
/* Lost where processes exchange values: such ops stand behind all proofs, and alone they are others
 * than with several. No fact about them is missed. */
bool proof_between_ranks(const Lost *lost);

/* Graph k: adds how many facts were violated, and how many a wrong rule has falsified. */
typedef void ProofGraphFn(const ProofTest *test, long k, long *violated, long *falsified);

/* Each rule made wrong in each way: graphs until one is caught. Ways that claim nothing else
 * anywhere are left out. False when one is not caught that claimed much. padded: of the table of
 * padding. */
bool wrong_caught(const ProofTest *test, bool padded, ProofGraphFn *graph);

/* The table of rules with that one wrong. */
void wrong_rules(bool padded, int way, int rule, SetRuleFn out[N_SET_RULES]);
const char *wrong_rule_name(int rule);

#endif
