/* Inside of the pass 'fuse': which nodes belong together (fuse_groups.c), and kernels made of them
 * (fuse.c). */
#ifndef ORDO_PASSES_FUSE_FUSE_H
#define ORDO_PASSES_FUSE_FUSE_H

#include "passes/passes.h"

/* How a node is computed. */
typedef enum FuseRole {
  FUSE_leaf,        /* parameter, or a constant that stays what it is */
  FUSE_instruction, /* its own instruction: dot, sort, scan, item, reshape, ... */
  FUSE_inline,      /* repeated in every kernel that reads it: constants, movement, scalars */
  FUSE_group,       /* computed once, in the kernel of its group */
} FuseRole;

/* The loops of a group: extents of the full space, and which of its axes reductions remove. Every
 * member has the full shape or the shape of the axes that stay (outer), or is a concat of parts of
 * the full shape. */
typedef struct Space {
  const Sz *dims;
  int rank;
  uint32_t reduced; /* bit i: axis i */
} Space;

typedef struct Fusion {
  PassCtx *pc;
  Arena *arena;
  const Graph *g;
  uint32_t n;
  FuseRole *role;
  bool *repeated;   /* cheap elementwise nodes that each reader computes for itself */
  bool *apart;      /* the schedule wants it in memory; NULL: nothing */
  bool *stored;     /* FUSE_inline nodes that somebody needs in memory all the same */
  uint32_t **users; /* by node: nodes that have it as operand */
  uint32_t *n_users;
  uint32_t **readers; /* the same, seen through inline nodes */
  uint32_t *n_readers;
  bool *is_result, *read_stored; /* read_stored: by an inline node that is itself stored */
  uint32_t *parent;              /* union-find over nodes; roots name groups */
  Space *space;                  /* by root */
  uint32_t *size;                /* by root: members */
  uint32_t **members;            /* by root, ascending */
  uint32_t *seen, *stack, stamp; /* for walks */
  uint32_t *operands;            /* of the node that is being merged */
} Fusion;

Fusion *fuse_groups(PassCtx *pc, const Graph *g, int64_t max_size);
uint32_t fuse_find(Fusion *f, uint32_t node);
/* Puts the group of p, an operand, into that of c. NULL, or why not. */
const char *fuse_merge(Fusion *f, uint32_t p, uint32_t c, int64_t max_size);

/* ---- the schedule (fuse_schedule.c) ---- */
/* Which values it names: before roles are known. */
void fuse_schedule_names(Fusion *f);
bool fuse_is_apart(const Fusion *f, uint32_t node);
/* Whether a value that has to lie in memory would be read inside of the two groups' kernel. */
bool fuse_parts(const Fusion *f, uint32_t a, uint32_t b);
/* Groups that it wants together: before the others. */
void fuse_schedule_together(Fusion *f, int64_t max_size);
/* Warns of what is not kept. */
void fuse_schedule_check(Fusion *f);

#endif
