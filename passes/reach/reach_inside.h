/* Inside of the analysis 'reach'. Private to passes/reach/.
 *
 * Coordinates are symbols of sizes: reach_place(r, i) of atom i of the value at hand,
 * reach_step(r, d) of the loop at depth d around it. A form is a size that is linear in them; the
 * sizes of the program stand in it as coefficients and constants. */
#ifndef ORDO_PASSES_REACH_REACH_INSIDE_H
#define ORDO_PASSES_REACH_REACH_INSIDE_H

#include "base/map.h"
#include "passes/reach/reach.h"
#include "passes/walk.h"

enum { REACH_PLACES = 40, REACH_LOOPS = 8, REACH_TERMS = 10, REACH_MOST_KNOWN = 12 };

typedef struct ReachStep ReachStep;
typedef ReachFact (*ReachRule)(ReachStep *st);

typedef struct ReachVisit {
  const Graph *graph;
  ReachFact *facts;
} ReachVisit;

typedef struct Reacher {
  Ctx *ctx;
  Arena *arena;
  const ReachCut *cut;
  const ReachRule *rules; /* by SetRule */
  Sz zero, one, place[REACH_PLACES], step[REACH_LOOPS], length[REACH_LOOPS];
  int loops;       /* around what is looked at */
  VEC(Sz) counted; /* extents of which positions are numbers of 32 bits, and sizes that are such */
  VEC(ReachVisit) visits;
  Map by_graph;
  long wrong; /* facts that a test falsified */
} Reacher;

struct ReachProof {
  const ReachCut *cut;
  const Graph *graph;
  Reacher *r;
};

struct ReachStep {
  Reacher *r;
  const Graph *g;
  Ref ref;
  const Node *node;
  const ReachFact *operands;
};

static inline const TypeInfo *reach_type(const ReachStep *st) {
  return type_info(st->r->ctx, st->node->type);
}
static inline const TypeInfo *reach_operand(const ReachStep *st, int i) {
  return graph_info(st->g, st->node->operands[i]);
}
static inline Sz reach_sub(Reacher *r, Sz a, Sz b) { return size_sub(r->ctx, a, b); }
static inline Sz reach_add(Reacher *r, Sz a, Sz b) { return size_add(r->ctx, a, b); }
static inline Sz reach_less_one(Reacher *r, Sz a) { return size_sub(r->ctx, a, r->one); }

/* ---- forms (reach_form.c) -------------------------------------------------------------------- */
/* Whether a form is at least 0 at all places of atoms and loops. f: the value it speaks of. */
bool reach_not_negative(Reacher *r, const ReachFact *f, Sz form);
static inline bool reach_ge(Reacher *r, const ReachFact *f, Sz a, Sz b) {
  return a.i && b.i && reach_not_negative(r, f, reach_sub(r, a, b));
}
/* a >= b where the guards of a term are 0 or less. */
bool reach_ge_guarded(Reacher *r, const ReachFact *f, const ReachTerm *t, Sz a, Sz b);
/* The factor of a coordinate in a form; false when it is not linear in it. */
bool reach_factor(Reacher *r, Sz form, Sz coordinate, Sz *factor);
bool reach_mentions(Reacher *r, Sz form, Sz coordinate);
/* The least constant that a form has; false when it is no constant. */
bool reach_least(Reacher *r, const ReachFact *f, Sz form, int64_t *least);
/* The same fact in other coordinates: from[i] becomes to[i]. */
ReachFact reach_subst(Reacher *r, const ReachFact *f, const Sz *from, const Sz *to, int n);
/* The fact of whatever place the coordinate has, from 0 to extent - 1: it goes. */
ReachFact reach_eliminate(Reacher *r, const ReachFact *f, Sz coordinate, Sz extent);
/* Of all places along an axis, or of all there are; the atoms go. */
ReachFact reach_without_axis(Reacher *r, const ReachFact *f, int axis);
ReachFact reach_anywhere(Reacher *r, const ReachFact *f);
/* The coordinate takes a value between two forms (SZ_NONE: unknown). */
ReachFact reach_bounded(Reacher *r, const ReachFact *f, Sz coordinate, Sz extent, Sz low, Sz high);
/* Adds terms of one fact to another of the same atoms, those that say more. */
void reach_add_terms(Reacher *r, ReachFact *f, const ReachTerm *terms, int n);
/* All terms hold only where the form is 0 or less. */
ReachFact reach_guard(Reacher *r, const ReachFact *f, Sz form);
void reach_know(Reacher *r, ReachFact *f, Sz form, double value, bool far);
ReachFact reach_plain(Reacher *r, const TypeInfo *info); /* depends on nothing */

/* All that is known of any op: equal operands give equal results. */
ReachFact reach_unknown(ReachStep *st);

/* ---- axes (reach_axes.c) --------------------------------------------------------------------- */
/* The atoms of an axis as one: those of its places. */
ReachFact reach_collapse(Reacher *r, const ReachFact *f, int axis, Sz extent);
/* Whether nothing is lost by that. */
bool reach_collapsible(Reacher *r, const ReachFact *f, int axis);
/* The coordinate of the first atom, or zero of an axis of extent 1. */
Sz reach_coordinate(Reacher *r, const ReachFact *f, int axis);
/* The axis gets another extent, its place p becomes what stood at form (over the new place, which
 * is reach_coordinate of the result). */
ReachFact reach_resize(Reacher *r, const ReachFact *f, int axis, Sz old, Sz extent, Sz shift);
/* Operands over joint axes of these extents: axis i of operand k is joint axis map[k][i]. */
typedef struct ReachJoin {
  int n_axes, n_operands, n_atoms;
  const Sz *extents;
  ReachAtom *atoms;
  ReachFact *operands; /* over the joint atoms */
} ReachJoin;
ReachJoin reach_join(ReachStep *st, const Sz *extents, int n_axes, int n_operands,
                     const ReachFact *operands, const int *const *maps);
/* Axes of a joint fact in the order of the result; those that are not in out go, any place. */
ReachFact reach_result(Reacher *r, const ReachFact *f, const int *out, int n_out);
/* The same atoms, cut as the new axes are; false: some axis has no common cut. */
bool reach_regroup(Reacher *r, const ReachFact *f, const Sz *dims, int rank, ReachFact *out);

/* ---- numbers (reach_value.c) ----------------------------------------------------------------- */
/* An elementwise op of operands over the same atoms. */
ReachFact reach_elementwise(ReachStep *st, Op op, const ReachFact *operands, int n);
/* The extents and sizes of a graph that are known to be numbers of 32 bits. */
void reach_count(Reacher *r, const Graph *g);
/* Bounds of an index after it is cut into an axis. */
void reach_clamp(Reacher *r, ReachFact *f, Sz extent);

/* ---- rules, loops ---------------------------------------------------------------------------- */
extern const ReachRule reach_rules[N_SET_RULES];
const ReachFact *reach_graph(Reacher *r, const Graph *g, const ReachFact *params);
ReachFact reach_scan(ReachStep *st);
ReachFact reach_region(ReachStep *st);
/* Whether each term is fine for a claim somewhere among its axes; the op that breaks it, if not. */
void reach_blame(ReachStep *st, ReachFact *f);
bool reach_fine(Reacher *r, const ReachFact *f, const ReachTerm *t, ReachClaim claim,
                Sz coordinate);
const ReachProof *reach_prove_by(Ctx *ctx, const Graph *g, const ReachCut *cut,
                                 const ReachRule *rules);
bool reach_of_places(Reacher *r, const ReachFact *f, int atom);

#endif
