/* The dry run over a kernel's body; private to kernel planning. */
#ifndef ORDO_CODEGEN_KERNEL_WALK_H
#define ORDO_CODEGEN_KERNEL_WALK_H

#include "codegen/kernel_plan.h"

typedef struct KernelWalk {
  KernelPlan *plan;
  VEC(int) accesses;                 /* forms */
  VEC(const Reduction *) reductions; /* those asked for */
  uint64_t *slots;                   /* what was walked */
  uint32_t n_slots, count;
} KernelWalk;

void walk_form(KernelWalk *w, int form);
void walk_value(KernelWalk *w, Ref node, int map, int guard);
/* Marks the axis variables that a form depends on, through gathered indices too. */
void form_depends(const Index *ix, int form, bool *on);

Domain domain_new(Index *ix, const Sz *dims, int rank);
/* Makes two variables of one when the walk asked for it; the walk has to be done again then. */
bool domain_refine(Index *ix, Domain *d);
/* Groups neighbours; outer (by variable, may be NULL) keeps outer and inner axes apart. */
void domain_group(Index *ix, Domain *d, const bool *outer);
/* How well lanes along a variable suit the accesses: unit strides count for it, others against. */
int domain_stride_score(const Index *ix, const Domain *d, int var, const bool *relevant);

#endif
