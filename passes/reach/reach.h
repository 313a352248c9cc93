/* Reach: which elements of an input each element of a value depends on.
 *
 * An axis of arguments is cut into elements: the rows of a batch, the places of a sequence. Take
 * two runs that differ in some of these elements only. For every value of a graph the analysis
 * finds out at which places it may then differ: the element at place p depends on elements lo(p)
 * to hi(p) of the cut axis, for a few such intervals, whose ends are linear in p. Two claims are
 * read off:
 *
 *   rows     the part of the value at place i of one of its axes depends on element i alone;
 *   causal   the part at place t depends on elements 0 to t alone: nothing later leaks.
 *
 * A value that is known at some places whatever the arguments are (-inf behind a causal mask, 0
 * behind its softmax) depends on nothing there; that is how attention is proved. docs/reach.md has
 * the rules and why they hold.
 *
 * How to ask, here for the rows of a batch:
 *
 *   const ReachCut *cut = reach_cut(ctx, g, size_symbol(ctx, ctx_str(ctx, "B")));
 *   const ReachProof *proof = reach_prove(ctx, g, cut);      g: calls spliced in, no grad nodes
 *   const ReachFact *f = reach_fact(proof, g, node);             g or a body in it
 *   int axis = reach_axis(proof, g, node, REACH_rows);       >= 0: cut along that axis, row by row
 *                                                            REACH_FREE: depends on no row
 *                                                            REACH_MIXED: on several rows
 *   ReachOp why = reach_breaks(proof, g, node, REACH_rows);  if mixed: the first op that mixes them
 *
 * The claim is about runs of the same sizes: numbers may depend on the place of a row and on the
 * extent of the axis, which f->counts says.
 */
#ifndef ORDO_PASSES_REACH_REACH_H
#define ORDO_PASSES_REACH_REACH_H

#include "passes/passes.h"

typedef enum ReachClaim { REACH_rows, REACH_causal, N_REACH_CLAIMS } ReachClaim;
extern const char *const reach_claim_name[N_REACH_CLAIMS];

/* The axes of parameters that are cut together. */
typedef struct ReachCut {
  Sz extent;
  const char *name;    /* of the extent, for people */
  VEC(uint32_t) param; /* places in the graph's parameters, */
  VEC(int) axis;       /* and which axis of each */
} ReachCut;
/* All axes of arguments with that extent; weights and states stay whole. */
ReachCut *reach_cut(Ctx *ctx, const Graph *g, Sz extent);
/* By what a user writes: the name of an extent, a number, or an axis of one argument: "x.1". NULL:
 * no argument has it. */
const ReachCut *reach_cut_of(Ctx *ctx, const Graph *g, const char *text);

typedef enum ReachReason {
#define REASON(name, text, help) REACH_##name,
#include "passes/reach/reach_reasons.def"
#undef REASON
  N_REACH_REASONS
} ReachReason;

typedef struct ReachOp {
  const Graph *graph; /* NULL: none */
  Ref node;
} ReachOp;

/* What a claim is proved for. */
enum {
  REACH_finite = 1, /* what is masked out is finite: 0 * x is 0 */
  REACH_far = 2,    /* numbers are far from those that stand in for infinity (-1e9) */
};

/* Of the axes of a value, which are products of atoms in row-major order. Ends of intervals and
 * the like are sizes over the coordinates of the atoms (reach_place) and of the loops around. */
typedef struct ReachAtom {
  Sz extent;
  int axis;
} ReachAtom;
typedef struct ReachTerm {
  Sz lo, hi; /* elements lo to hi; SZ_NONE: from the first, to the last */
  int n_guards;
  const Sz *guards;               /* only where each of these is 0 or less */
  ReachOp breaks[N_REACH_CLAIMS]; /* the op since which it goes too far */
} ReachTerm;
typedef struct ReachKnown {
  Sz form;      /* where this is above 0, */
  double value; /* each element has that value, */
  bool far;     /* give or take something small beside it */
} ReachKnown;

typedef struct ReachFact ReachFact;
struct ReachFact {
  int n_atoms, n_terms, n_known, n_items;
  const ReachAtom *atoms; /* by axis; axes of extent 1 have none */
  const ReachTerm *terms; /* none: it depends on no element */
  const ReachKnown *known;
  Sz low, high;           /* of whole numbers: bounds by place; SZ_NONE: none */
  unsigned needs;         /* REACH_finite, REACH_far */
  bool counts;            /* numbers of the cut axis' places, or its extent, are counted with */
  const ReachFact *items; /* of a tuple */
};

typedef struct ReachProof ReachProof;
const ReachProof *reach_prove(Ctx *ctx, const Graph *g, const ReachCut *cut);
/* Of a node of the graph, or of a body in it (of its last use); NULL when it is in none. */
const ReachFact *reach_fact(const ReachProof *proof, const Graph *g, Ref r);

enum { REACH_FREE = -1, REACH_MIXED = -2 };
/* The axis along which the claim holds. */
int reach_axis(const ReachProof *proof, const Graph *g, Ref r, ReachClaim claim);
/* Why a claim does not hold of a value: the first op behind which it could not. */
ReachOp reach_breaks(const ReachProof *proof, const Graph *g, Ref r, ReachClaim claim);
/* "row by row along axis 0", "causal along axis 1", "depends on no row of B", ... */
const char *reach_text(const ReachProof *proof, const Graph *g, Ref r, ReachClaim claim);
/* A diagnostic for each result of which the claim does not hold. True when there are none. */
bool reach_report(Ctx *ctx, const ReachProof *proof, ReachClaim claim);
/* Lines for named values and results; all as JSON objects, one a line. */
void reach_table(Ctx *ctx, const ReachProof *proof, ReachClaim claim, Text *out);
void reach_json(Ctx *ctx, const ReachProof *proof, ReachClaim claim, const char *function,
                Text *out);

#endif
