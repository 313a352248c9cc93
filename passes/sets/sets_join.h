/* Inside of the sets analysis: facts put together. Private to passes/sets/.
 *
 * A transfer rule says which axes of the operands and of the result are the same one. That is a
 * Join: the axes of an op that iterates over them, each operand mapped onto some. Atoms of
 * operands that meet on a joint axis are cut to a common refinement and their slots unified; an
 * operand's variables are fresh in each use. What the op does on top is a constraint (join_fix,
 * join_unify). The result is read off: joint axes that it lacks have been summed over, so that
 * an order of theirs no longer matters.
 */
#ifndef ORDO_PASSES_SETS_SETS_JOIN_H
#define ORDO_PASSES_SETS_SETS_JOIN_H

#include "base/map.h"
#include "passes/sets/sets.h"
#include "passes/walk.h"

/* Permutations by rows, derived from others when the rows are cut: row i has those of row start
 * + i. */
typedef struct Family {
  int base, row;
  Sz start;
} Family;

/* Facts of one graph, by node. */
typedef struct SetVisit {
  const Graph *graph;
  Fact *facts;
} SetVisit;
typedef struct SetFacts {
  VEC(SetVisit) visits;
  Map by_graph;           /* of the visits */
  const Family *families; /* family i + 1 */
  uint32_t n_families;
} SetFacts;

/* What was found of a body, by what was known of its parameters. */
typedef struct SetRegion {
  const Graph *body;
  int lead;
  bool kept; /* not quietly */
  const Fact *params, *facts;
  uint32_t before; /* the one of this body that was found before it, + 1 */
} SetRegion;

typedef struct SetStep SetStep;
typedef Fact (*SetRuleFn)(SetStep *st);

typedef struct Sets {
  Ctx *ctx;
  Arena *arena;   /* of facts */
  Arena *scratch; /* of joins: as long as the step of one node */
  const SetAxis *set;
  VEC(Family) families; /* family i + 1 */
  SetFacts facts;
  VEC(SetRegion) regions;
  Map regions_by_body;
  int next_var;
  int quiet; /* nested: facts are not kept (a loop's carried values are not yet known) */
  const SetRuleFn *rules; /* by SetRule */
  long wrong;             /* facts that a test falsified */
} Sets;

/* One op: where it is, what is known of its operands. lead: loops around it, whose axes come
 * first in all facts. */
struct SetStep {
  Sets *s;
  const Graph *g;
  Ref r;
  const Node *node;
  int lead;
  const Fact *operands;
};

/* ---- facts (sets_fact.c) --------------------------------------------------------------------- */
static inline Slot slot_fixed(void) { return (Slot){.kind = SLOT_fixed}; }
Slot slot_fresh(Sets *s);
static inline Atom atom_new(Sz extent, int axis, Slot slot) {
  return (Atom){.extent = extent, .axis = axis, .slot = slot};
}
bool slot_equal(const Slot *a, const Slot *b); /* moving ones: the same permutations */
/* Extents of an operand or of the node's type; the loops around it are not among them. */
static inline const TypeInfo *step_type(const SetStep *st) {
  return type_info(st->s->ctx, st->node->type);
}
static inline const TypeInfo *step_operand(const SetStep *st, int i) {
  return graph_info(st->g, st->node->operands[i]);
}
bool set_is_pointer(const Sets *s, const TypeInfo *info); /* an index into the set */
/* Whole numbers that lie in an axis of that extent for all sizes (sets_range.c). */
bool set_in_range(const Graph *g, Ref r, Sz extent);
/* Whole numbers may be positions in the set, too, as long as nobody counts with them: they are
 * renamed like indices. */
bool set_may_point(const Sets *s, const TypeInfo *info);
/* A tensor's fact: one atom for each axis, all alike. */
Fact fact_plain(SetStep *st, const TypeInfo *info, SlotKind kind);
/* A fact of that type about which only one thing is known: equal operands give equal values. In
 * loops they differ from step to step where an operand does; none of them moves. */
Fact fact_in_loops(SetStep *st, const TypeInfo *info);
Fact fact_lost(SetStep *st, SetReason reason, const Trail *moved, const Trail *fixed);
/* As seen in a loop, whose steps become axis 'axis' (those from there on are counted up): kind
 * fixed for what changes from step to step, free for what is the same in all; that needs no
 * atom. */
Fact fact_insert(Sets *s, const Fact *f, int axis, Sz extent, SlotKind kind);
/* The steps of a loop become an axis of what it collects: an atom is needed even when all steps
 * are the same. */
Fact fact_stack(Sets *s, const Fact *f, int axis, Sz extent);
const Trail *trail_add(Sets *s, const Trail *from, const Graph *g, Ref r);
bool fact_moves(const Fact *f);
int fact_uses(const Fact *f, int var); /* how many slots have the variable */
/* Where axes of the set's rows are among the axes before 'before' of a type; false when one is
 * missing. */
bool set_rows(const Sets *s, const TypeInfo *info, int before, int *axes);

/* ---- padding (sets_padding.c, sets_fill.c) --------------------------------------------------- */
bool fill_equal(const Fill *a, const Fill *b);
/* Whether an extent changes with the number of padded places. */
bool pad_depends(const Sets *s, Sz extent);
/* Whether all elements that a slot speaks of are among that many places. */
bool pad_has_all(const Sets *s, Sz extent, const Slot *slot);
/* How many places more a slot lacks in front than another one of the same rows; no such number:
 * false. */
bool slot_shift_by(const Slot *a, const Slot *b, int *more);
/* Whether the same stands at padding in both runs. */
static inline bool fill_placed(const Fill *f) {
  return f->kind == FILL_number || f->kind == FILL_same;
}
static inline bool fill_known(const Fill *f) {
  return f->kind != FILL_unknown && f->kind != FILL_same;
}
/* Whether some of the value stands at padding and may be any number; needs: under what the fact
 * needs. */
bool pad_any(const Fact *f, bool needs);
/* A carried value as the number that it still is. */
Fill fill_begun(Fill f);
/* What an elementwise op gives at padding; proper: operands that are made of elements only. */
Fill fill_eval(const SetStep *st, const Fill *fills, const bool *proper);
Fill fill_product(Fill a, Fill b, bool proper_a, bool proper_b);
/* What stands at padding when the other axes go, or take part. some: they are not empty. */
Fill fill_reduced(Op op, Fill fill, bool some);
/* What a number of the text says of that: Infinite. */
unsigned fill_infinite(double x);
/* What a value may be by infinite numbers among its operands' (Fact.infinite), set. */
Fact end_infinite(const SetStep *st, Fact f);
/* Whether padding changes nothing in that reduction of a value. */
bool fill_neutral(Op op, Fill fill, const Fact *of, unsigned *needs);

/* ---- joins (sets_join.c) --------------------------------------------------------------------- */
typedef struct SetTerm {
  int parent;
  Slot slot;
  int operand;    /* that the slot came from, -1: the op itself */
  bool placed;    /* padded axes: known in all places, as a number stands at padding */
  unsigned needs; /* which holds under these conditions */
  bool mixed; /* placed, of operands with other slots: it may be fixed, or be as either of them */
  Slot either[2];
  int low,
      least; /* the smallest shift of an operand that moves, the largest of one that is not placed */
} SetTerm;
typedef struct JointAtom {
  Sz extent;
  int axis, term;
  Fill fill; /* of the result: the rule sets it (join_fill) */
} JointAtom;

typedef struct JoinOperand {
  const Fact *fact;
  const int *map; /* axis of the fact to joint axis */
  Fact cut;
  int *atoms;  /* atom of cut to joint atom */
  Slot *slots; /* of the atoms of cut, with rows by joint atom */
  int value;   /* term of its values */
} JoinOperand;

typedef struct Join {
  SetStep *st;
  int n_axes, n_operands;
  JoinOperand *operands;
  VEC(JointAtom) atoms;
  int *first, *count; /* atoms of each joint axis */
  VEC(SetTerm) terms;
  bool clash;
  SetReason reason;
  int moved, fixed; /* operands that clash, -1: none */
  unsigned needs;
} Join;

static inline bool join_padded(const Join *j) { return j->st->s->set->padded; }
Join join_new(SetStep *st, int n_axes, int n_operands);
/* Operand k of the join; call join_start behind the last one. */
void join_operand(Join *j, int k, const Fact *fact, const int *map);
void join_start(Join *j);
/* (sets_join_fill.c) The fill of an operand on a joint atom, as far as it holds for the atom's
 * slot. */
Fill join_operand_fill(const Join *j, int k, int atom);
/* Whether an operand has a number at the padding of a joint atom that is the same in both runs,
 * or is the same in all its places; adds what that needs. */
bool join_same(const Join *j, int k, int atom, unsigned *needs);
/* Of an operand of the op that has an atom there: no more than a number is known at its padding. */
void join_forget_same(Join *j, int k);
/* The fill that the first n operands have in common on a joint atom. */
Fill join_common_fill(const Join *j, int atom, int n);
/* Operands of which places were cut off in front have fewer elements. The joint atom gets as
 * many as it can, where a number stands at padding of the shorter ones. False when it has them. */
bool join_lengthen(Join *j, int atom);
/* Where a joint atom may be as one of several operands, as the first or second, or fixed (2).
 * False when it may not. */
bool join_choose(Join *j, int atom, int which);
/* Fills of the result from those of its one operand. */
void join_keep_fills(Join *j);
/* Padded axes: the term of values of which there are two kinds. An index that points to an
 * element in one of them only is a number like others. */
int join_either(Join *j, int a, int b);
/* The slot that a term has come to. */
const Slot *join_slot(const Join *j, int term);
/* A clash at an op that padding reaches, through an operand. */
void join_refuse(Join *j, SetReason reason, int operand);
/* A joint axis that no operand has. */
void join_add(Join *j, int axis, Sz extent, SlotKind kind);
void join_unify(Join *j, int a, int b, SetReason reason);
void join_fix(Join *j, int term, SetReason reason);
/* The values of all operands count as numbers. */
void join_fix_values(Join *j);
/* Nothing may move along a joint axis. */
void join_fix_axis(Join *j, int axis, SetReason reason);
int join_fixed_term(Join *j);
int join_new_term(Join *j, Slot slot);
/* The axis is the same in all places, whatever else is permuted. */
bool join_uniform(const Join *j, int axis);
/* The axis, of one atom, gets another extent: its places are a part of what they were. */
void join_resize(Join *j, int axis, Sz extent);
/* Of the axis, which is that one atom, the places from start on are left. */
void join_cut_rows(Join *j, int atom, Sz start);
/* The term of a joint axis that is one atom; -1 when it has none (extent 1) or several. */
int join_axis_term(const Join *j, int axis);
/* The fact of the result: joint axis of each of its axes, term of its values. */
Fact join_result(Join *j, const int *out, int n_out, int value);

/* Common refinement of lists of extents in row-major order. */
typedef struct Cuts {
  Sz *data;
  uint32_t len, cap;
  bool known, broken;
} Cuts;
bool cuts_refine(Sets *s, const Cuts *a, const Cuts *b, Cuts *out);

/* ---- which axes of an op meet (sets_axes.c)
 * ---------------------------------------------------- */
int *step_ints(const SetStep *st, int n);
int *step_axes(const SetStep *st, int n); /* 0 .. n-1 */
static inline int step_rank(const SetStep *st, int i) { return step_operand(st, i)->rank; }
/* One operand whose axes are mapped, among n joint ones. */
Join join_one(SetStep *st, const int *map, int n_axes);
/* The joint axes are those of the result. */
Join join_elementwise(SetStep *st);
Join join_broadcast(SetStep *st);
Join join_transpose(SetStep *st);
/* Functions of whole matrices; joint axes: batch, those of each operand's matrices, those of the
 * result's, which the rule adds; out: those of the result. Of solve: batch, rows and columns of
 * the left side, none, columns of the right one. */
Join join_matrices(SetStep *st, int **out);
/* Joint axes: batch, contracted, rest of a, rest of b; out: those of the result. */
Join join_dot(SetStep *st, int **out, int *n_out);
/* gather, scatter_add: the joint axis that is indexed, those of the result, and those that the
 * index brings. */
typedef struct Indexed {
  int axis, n_out, first, n_index;
  int *out;
} Indexed;
Join join_gather(SetStep *st, Indexed *x);
/* update: a and b have an axis of their own where places count, own and own + 1, the result a
 * new one; own is the number of axes of the result. */
Join join_update(SetStep *st, int *own, int **out);
Join join_scatter(SetStep *st, Indexed *x); /* operands: index, what is added */

/* ---- two facts (sets_meet.c)
 * ------------------------------------------------------------------ */
/* What two facts about one value of n axes both say. */
Fact fact_meet(SetStep *st, const Fact *a, const Fact *b, int n);
/* The same fact up to the names of variables. */
bool fact_same(Sets *s, const Fact *a, const Fact *b);

/* ---- rules (sets_rules.c, sets_region.c)
 * ------------------------------------------------------- */
Fact sets_step(SetStep *st);
/* A scan: facts of the body's parameters, with the steps as an axis in front (sets_region.c). */
typedef struct SetLoop {
  SetStep *st;
  Scan scan;
  Fact *params; /* of the body */
  const Fact *facts;
} SetLoop;
SetLoop sets_loop(SetStep *st);
/* Rank of a value of the body, loops included. */
int sets_loop_rank(const SetLoop *l, Ref r);

/* sets_prove by those rules; before: NULL, or a proof whose facts may be compared with these.
 * Tests of the tests make rules wrong: *wrong counts facts that they falsified. */
SetProof *sets_prove_by(Ctx *ctx, const Graph *g, const SetAxis *set, const SetRuleFn *rules,
                        const SetProof *before, long *wrong);
extern const SetRuleFn order_rules[N_SET_RULES], padding_rules[N_SET_RULES];
/* A parameter of the graph as declared, where the mask says what is padding. */
Fact padding_param(Sets *s, const Graph *g, Ref r);
/* Rules that serve both. */
Fact rule_splat(SetStep *st);
Fact rule_iota(SetStep *st);
Fact rule_item(SetStep *st);
Fact rule_reshape(SetStep *st);
/* update: the block is as long as the axis, whatever its place: it is the result. */
bool updates_all(const SetStep *st);
/* The same fact for all items of the op's result. */
Fact tuple_of(SetStep *st, Fact each);
Fact sets_scan_step(SetStep *st);
Fact sets_region_step(SetStep *st);
Fact padding_scan_step(SetStep *st);
/* Facts of a graph's results from those of its parameters. */
const Fact *sets_graph(Sets *s, const Graph *g, const Fact *params, int lead);

#endif
