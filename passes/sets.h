/* Set axes: what is proved about the order of their elements.
 *
 * A parameter's type may declare an axis as a set: f32[B, {N}, D]. The claim is about what happens when the elements are
 * put into another order, in every row of the batch another one: each result stays the same, or moves along. The analysis
 * proves it for all values of a graph, or names the first op that breaks it. docs/sets.md has the rules and why they hold.
 *
 * One set at a time is looked at. For one set, the fact about a value says for each of its axes whether the elements there
 *
 *   are fixed    stay where they are,
 *   move         are permuted as the set is, in each row by the row's own permutation,
 *   are free     both at once: the value is the same in all places of the axis (or, when several axes
 *                share one variable, under the same permutation of them all: the identity matrix),
 *
 * and the same for the elements themselves when they are indices into the set (pointers). Facts are universally
 * quantified over their variables; a fact holds for all its instances. A value without a fact is lost, with the reason.
 */
#ifndef ORDO_PASSES_SETS_H
#define ORDO_PASSES_SETS_H

#include "passes/passes.h"

/* A declared set. All set axes of a graph's parameters of one extent are one set, and permuted together, as are
 * parameters of index type <N>. */
typedef struct SetAxis {
  Sz extent;
  const char *name; /* of its extent */
  const Sz *rows;   /* extents of the axes before it, by which its permutation may differ */
  int n_rows;
  Ref param; /* the first that declares it, and which axis of it */
  int axis;
  Span span;
} SetAxis;
typedef struct SetAxes {
  SetAxis *data;
  uint32_t len, cap;
} SetAxes;
SetAxes sets_declared(Ctx *ctx, const Graph *g);

typedef enum SetReason {
#define REASON(name, code, text, help) SET_##name,
#include "passes/sets_reasons.def"
#undef REASON
  N_SET_REASONS
} SetReason;

typedef enum SlotKind { SLOT_fixed, SLOT_free, SLOT_moves } SlotKind;
typedef struct Slot {
  SlotKind kind;
  int var;         /* free: equal variables are instantiated together */
  int family;      /* moves: which permutations, 0 for the set's own */
  const int *rows; /* moves: atoms whose place, read as one number, tells which permutation */
  int n_rows;
} Slot;

/* A part of an axis: an axis is the product of its atoms in row-major order, so that merged axes can be told apart.
 * Atoms of extent 1 are left out. */
typedef struct Atom {
  Sz extent;
  int axis; /* in a scan's body the loops come first, as axes of their own */
  Slot slot;
} Atom;

/* How the set came to a value: the values on the way, last one first. */
typedef struct Trail Trail;
struct Trail {
  const Trail *from;
  const Graph *graph;
  Ref node;
};

typedef struct Lost {
  const Graph *graph; /* the op that broke it */
  Ref node;
  SetReason reason;
  const Trail *moved; /* how the set came there */
  const Trail *fixed; /* where the places come from that it met; NULL when it met none */
} Lost;

typedef struct Fact Fact;
struct Fact {
  const Lost *lost; /* NULL: proved, the rest holds */
  int n_atoms;
  const Atom *atoms; /* by axis, row-major within one */
  Slot value;        /* of index values: how they are renamed */
  bool chance;       /* holds for the distribution over random numbers */
  bool ties;         /* holds when no two elements compared are equal (argmax, argsort) */
  const Trail *moved, *fixed;
  int n_items; /* of a tuple */
  const Fact *items;
};

/* ---- proving --------------------------------------------------------------------------------- */

typedef struct SetProof SetProof;
struct SetProof {
  const SetAxis *set;
  const Graph *graph;
  const Fact *results; /* by result */
  struct SetFacts *facts;
};
/* Facts about every value of g, those of bodies included, for one of its sets. */
SetProof *sets_prove(Ctx *ctx, const Graph *g, const SetAxis *set);
/* The fact about a node of the graph or of a body in it; in a body that is used several times the weakest one. NULL when
 * the node is in no such graph. */
const Fact *sets_fact(const SetProof *proof, const Graph *g, Ref r);

typedef enum SetVerdict {
  VERDICT_invariant,
  VERDICT_equivariant,
  VERDICT_pointer,
  VERDICT_ordered,
  VERDICT_given_up
} SetVerdict;
extern const char *const set_verdict_name[];
SetVerdict fact_verdict(const Fact *fact);
/* "invariant", "equivariant in axis 1", "points into the set", "ordered: ...". lead: loops around the value. */
void fact_print(const Fact *fact, int lead, Text *out);
/* Whether all that before says holds after, too. */
bool fact_implied(Ctx *ctx, const Fact *before, const Fact *after);

/* The set that a reason speaks of, in braces, filled in. */
const char *set_reason_text(Ctx *ctx, const SetProof *proof, const Lost *lost);
/* Diagnostics for the results that are not proved, those given up on purpose excepted. True when there are none. */
bool sets_report(Ctx *ctx, const SetProof *proof);

/* A table of named values and results; all values as JSON objects, one a line. */
void sets_table(Ctx *ctx, const SetProof *proof, Text *out);
void sets_table_json(Ctx *ctx, const SetProof *proof, const char *function, Text *out);

/* ---- after every pass -------------------------------------------------------------------------- */

/* What is proved about the results of g; the text is the same whatever the names of sets are. */
struct SetClaims {
  VEC(SetProof *) proofs;
};
SetClaims sets_claims(Ctx *ctx, const Graph *g);
/* NULL when all that was proved about the results still is, else what is not. */
const char *sets_broken(Ctx *ctx, const SetClaims *before, const SetClaims *after);

#endif
