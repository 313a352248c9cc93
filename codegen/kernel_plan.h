/* What loops a kernel's body needs, decided before any code is made.
 *
 * The results are grouped into sections; each section is one loop nest over the axes of its
 * stores, and its work items are a part of the kernel's range. An axis is outer when a reduction
 * depends on it, else inner:
 *
 *   map   no reduction: items are blocks of the last group of axes. Where operands are read across
 *         (a transpose), items are tiles: the lanes along the last group, and TILE_ROWS values of
 *         the group along which those operands are contiguous, so that their lines are used up
 *   row   item = a point of the outer axes; reductions loop inside with vector lanes of their own,
 *         then the inner axes are stored; what needs none is stored in their loops
 *   col   the lanes lie along the last outer axis; reductions are scalar loops with vectors inside
 *
 * Neighbouring axes that every access walks through in one stride form a group and become one
 * loop. A concat at the root is stored part by part. Reductions over the same axes of equal
 * shapes that do not depend on each other (a batch) share a loop.
 */
#ifndef ORDO_CODEGEN_KERNEL_PLAN_H
#define ORDO_CODEGEN_KERNEL_PLAN_H

#include "base/fault.h"
#include "codegen/kernel_index.h"

typedef struct Group {
  int inner;  /* its last variable, whose coefficient is the stride of the group */
  int first;  /* position of its first variable in the domain */
  int count;  /* number of variables */
  Sz extent;  /* product of their extents */
  bool outer; /* sections: an axis that reductions depend on */
} Group;

/* The axes of a loop nest. */
typedef struct Domain {
  int rank;
  int *forms; /* one per axis */
  int n_vars;
  int *vars; /* row-major order; axes of extent 1 have none, an axis may have several */
  int n_groups;
  Group *groups;
  VEC(int) accesses; /* forms that are loaded, stored or compared */
} Domain;

typedef struct Store {
  Ref value;
  int result;
  const Sz *offsets; /* first position on each axis of the result */
  int with; /* batch of the reductions in whose loop it is made, if it is a row's; -1: none */
} Store;

typedef struct Reduction {
  int batch, map, guard;
  Domain domain;     /* the reduced axes */
  int lane;          /* group that gets the lanes when there are none yet */
  bool makes_stores; /* those of its section that are made with this batch */
} Reduction;

/* Floats in a line of the cache. */
enum { TILE_ROWS = 16 };

typedef enum SectionKind { SECTION_map, SECTION_row, SECTION_col, N_SECTION_KINDS } SectionKind;

typedef struct Section {
  SectionKind kind;
  const Sz *dims;
  VEC(Store) stores;       /* over all axes */
  VEC(Store) outer_stores; /* over the outer axes only */
  Domain domain;
  int lane;        /* group with the lanes, -1: none outside reductions */
  int tile;        /* map: the group of which one item takes TILE_ROWS values; -1: none */
  int64_t block;   /* elements of the lane group that one item takes; 0: all */
  int copies;      /* vectors that are worked on together */
  bool heavy;      /* much arithmetic: code size counts more than loop overhead */
  bool *cone;      /* by node: needed by this section */
  uint64_t walked; /* bit i: reductions depend on axis i; never of an axis of extent 1 */
  bool reduces;
  Sz range;
} Section;

typedef struct KernelPlan {
  Ctx *ctx;
  const Graph *body;
  int lanes;
  Index ix;
  int *batch; /* by node: first node of its batch; -1: no reduction */
  int *depth; /* by node: the number of reductions on the longest way to it, itself included */
  const Section *section; /* the one being planned or emitted */
  VEC(Section) sections;
  VEC(Reduction *) reductions;
} KernelPlan;

/* NULL and *fault when the body holds an op that does not belong in a kernel. */
KernelPlan *kernel_plan(Ctx *ctx, const Graph *body, int lanes, Fault *fault);
/* The loops of a reduction at an index, planned when first asked for. */
const Reduction *plan_reduction(KernelPlan *p, Ref node, int map, int guard);
/* The map of a reduction's operand. */
int reduction_operand_map(KernelPlan *p, Ref node, int map, const int *reduced_forms);
/* Forms of an operand of the reductions at a store that is made in their loop. */
const int *store_forms(KernelPlan *p, const Reduction *r);
/* Forms of a result over the outer axes, which it has in their order; it may lack axes of extent 1,
 * or have more of them. */
const int *outer_forms(KernelPlan *p, const Section *s, const TypeInfo *type);
/* How many items a group of the item space is cut into. */
Sz section_items(KernelPlan *p, const Section *s, int group);
/* Elements of the lane group per vector step: the copies times the lanes. */
static inline int64_t section_step(const KernelPlan *p, const Section *s) {
  return (int64_t)p->lanes * s->copies;
}

#endif
