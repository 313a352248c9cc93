/* Set axes: what is proved about the order of their elements.
 *
 * A parameter's type may declare an axis as a set: f32[B, {N}, D]. The claim is about what
 * happens when the elements are put into another order, in every row of the batch another one:
 * each result stays the same, or moves along. The analysis proves it for all values of a graph,
 * or names the first op that breaks it. docs/sets.md has the rules and why they hold.
 *
 * One set at a time is looked at. For one set, the fact about a value says for each of its axes
 * whether the elements there
 *
 *   are fixed    stay where they are,
 *   move         are permuted as the set is, in each row by the row's own permutation,
 *   are free     both: the value is the same in all places of the axis (or, when several axes
 *                share one variable, under the same permutation of them all: the identity matrix),
 *
 * and the same for the elements themselves when they are indices into the set (pointers). Facts
 * are universally quantified over their variables; a fact holds for all its instances. A value
 * without a fact is lost, with the reason.
 *
 * A mask, mask[B, N], says that an axis is padded. The claim is then about two runs with the
 * same elements and other padding, more or less of it and with other numbers in it: each result
 * is the same at the places of elements. The facts have the same form. Elements 'move' from
 * their place in one run to that in the other, and a value that moves may hold anything at
 * padding, or one number that is known, its fill: what makes a sum over the axis safe is a fill
 * of 0.
 */
#ifndef ORDO_PASSES_SETS_SETS_H
#define ORDO_PASSES_SETS_SETS_H

#include "passes/passes.h"

/* A declared set. All set axes of a graph's parameters of one extent are one set, and permuted
 * together, as are parameters of index type <N>. */
typedef struct SetAxis {
  Sz extent;
  const char *name; /* of its extent */
  const Sz *rows;   /* extents of the axes before it, by which its permutation may differ */
  int n_rows;
  Ref param; /* the first that declares it, and which axis of it */
  int axis;
  Span span;
  bool
      padded; /* param is the mask of a padded axis: the claim is about padding, not about the order */
  bool twice; /* and there is another mask of it */
} SetAxis;
typedef struct SetAxes {
  SetAxis *data;
  uint32_t len, cap;
} SetAxes;
/* Set axes, then padded axes. */
SetAxes sets_declared(Ctx *ctx, const Graph *g);

typedef enum SetReason {
#define REASON(name, code, text, help) SET_##name,
#include "passes/sets/sets_reasons.def"
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
  int shift; /* moves, padded axes: so many places were cut off in front, place i is what was at i + shift */
} Slot;

/* What stands at the padding of an axis (padded axes only). A place is padding of a fixed axis
 * when it is in all rows. */
typedef enum FillKind {
  FILL_unknown,
  FILL_number,
  FILL_far, /* a number, but for one that is small beside it, and far beyond others: exp of it is 0 or infinite */
  FILL_same, /* some number, the same in both runs: it depends on the other places only */
  FILL_carry /* what a loop's carried value was before the step */
} FillKind;
typedef struct Fill {
  FillKind kind;
  double number;
  int carry; /* a name of the carried value */
  int guard; /* carried: another one's name, where that is false it is 0 */
  bool
      begins; /* carried: it is still the number that it began with, as padding comes first: PAD_end */
  unsigned needs; /* what it holds under, PadCondition */
} Fill;

/* What a claim about padding is proved for. */
typedef enum PadCondition {
  PAD_end = 1,    /* padding stands at the end of each row */
  PAD_some = 2,   /* each row has an element */
  PAD_finite = 4, /* what is computed of padding is neither infinite nor NaN */
  PAD_far = 8 /* numbers that are compared with a stand-in for infinity (-1e9) are far from it */
} PadCondition;

/* Infinite numbers, and those that stand for them. */
typedef enum Infinite {
  INF_below = 1,
  INF_above = 2,
  INFINITE = INF_below | INF_above,
  FAR_below = 4,
  FAR_above = 8
} Infinite;

/* A part of an axis: an axis is the product of its atoms in row-major order, so that merged axes
 * can be told apart. Atoms of extent 1 are left out. */
typedef struct Atom {
  Sz extent;
  int axis; /* in a scan's body the loops come first, as axes of their own */
  Slot slot;
  Fill fill;
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
  unsigned needs;    /* holds when these conditions do, PadCondition */
  Fill whole;        /* the number that stands in all places, if it is known */
  unsigned
      infinite; /* padded axes: what it may be by numbers of the text where all that moves is an
                        element, Infinite */
  unsigned anywhere; /* the same, at padding, too */
  double furthest;   /* the largest size of a finite one of these */
  const Lost *
      counts; /* padded axes: NULL, or the loop that goes on over padding: good where that stands at the end, but no
                         claim that a user may make */
  bool there; /* padded axes: true at elements, false at padding: the mask */
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
  uint32_t kept; /* results whose fact was proved before a pass, and not again */
};
/* Facts about every value of g, those of bodies included, for one of its sets. */
SetProof *sets_prove(Ctx *ctx, const Graph *g, const SetAxis *set);
/* The fact about a node of the graph or of a body in it; in a body that is used several times
 * the weakest one. NULL when the node is in no such graph. */
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
/* Why no claim is made about a value; NULL: one is. */
const Lost *fact_refused(const Fact *fact);
/* "invariant", "equivariant in axis 1", "points into the set", "ordered: ...". lead: loops
 * around the value. */
void fact_print(const Fact *fact, int lead, Text *out);
/* Of a claim about padding: nothing of the value depends on it, entries at padding are anything,
 * or not proved. */
typedef enum PadVerdict { PADDING_independent, PADDING_local, PADDING_leaks } PadVerdict;
extern const char *const padding_verdict_name[],
    *const pad_condition_text[]; /* by bit; ends with NULL */
PadVerdict padding_verdict(const Fact *fact);
void padding_print(const Fact *fact, int lead, Text *out);

/* The set that a reason speaks of, in braces, filled in. */
const char *set_fact_text(const SetProof *proof, const Fact *f, int lead);
const char *set_reason_text(Ctx *ctx, const SetProof *proof, const Lost *lost);
/* Diagnostics for the results that are not proved, but for those given up on purpose and the last
 * 'claims' of them. True when there are none. */
bool sets_report(Ctx *ctx, const SetProof *proof, uint32_t claims);
/* Whether sets_report has nothing to say. */
bool sets_fine(const SetProof *proof);

/* A table of named values and results; all values as JSON objects, one a line. */
void sets_table(Ctx *ctx, const SetProof *proof, Text *out);
void sets_table_json(Ctx *ctx, const SetProof *proof, const char *function, Text *out);

/* ---- over passes (sets_claims.c)
 * ----------------------------------------------------------------- */

/* What is proved about the results of g, by its sets. */
struct SetClaims {
  VEC(SetProof *) proofs;
};
SetClaims sets_claims(Ctx *ctx, const Graph *g);
/* The same of a graph that a pass made; before: what was proved of the one that it was given, or
 * NULL. *lost: NULL, or what is not proved again; keep: it stays proved, since the pass keeps
 * what results are. */
SetClaims sets_claims_after(Ctx *ctx, const Graph *g, const SetClaims *before, bool keep,
                            const char **lost);
/* What is proved of the results of a graph of that pipeline, or of a form that they had before a
 * pass. */
SetClaims sets_proved(PassCtx *pc, const Graph *g);

#endif
