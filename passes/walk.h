/* Walking an old graph while building a new one, when tuples (scans) are replaced by other tuples.
 *
 *   Walk w = walk_new(pc, g);
 *   for (r...)
 *     if (is interesting)
 *       walk_replace(&w, r, values);   item i of r is values[i] from now on
 *     else
 *       walk_copy(&w, r);
 *   return walk_end(&w);
 *
 * And scans taken apart and put together: Scan reads one, ScanMaker builds one in the new graph.
 */
#ifndef ORDO_PASSES_WALK_H
#define ORDO_PASSES_WALK_H

#include "passes/passes.h"

typedef struct Walk {
  PassCtx *pc;
  const Graph *old;
  Graph *g;
  RefMap map;
  Ref **values; /* by old tuple: what its items are, in g; NULL where not replaced */
} Walk;

Walk walk_new(PassCtx *pc, const Graph *old);
/* Copies old node r unless it is mapped already; an item of a replaced tuple becomes its value. */
void walk_copy(Walk *w, Ref r);
void walk_replace(Walk *w, Ref r, Ref *values);
/* The new value of an old one. */
static inline Ref walk_get(const Walk *w, Ref r) { return w->map.to[r.i]; }
/* The new graph without what is dead; the old one when nothing was replaced. */
Graph *walk_end(Walk *w);
bool has_scans(const Graph *g);

/* ---- scans taken apart ---- */
typedef struct Scan {
  const Graph *g;
  Ref ref;
  const Node *node;
  const Graph *body;
  int carries, slices, captures, collected;
  bool until, reverse;
  Sz length;
} Scan;
Scan scan_read(const Graph *g, Ref r);
/* Operands of the scan node, by role. */
static inline Ref scan_init(const Scan *s, int i) { return s->node->operands[i]; }
static inline Ref scan_sliced(const Scan *s, int i) { return s->node->operands[s->carries + i]; }
static inline Ref scan_captured(const Scan *s, int i) {
  return s->node->operands[s->carries + s->slices + i];
}
/* Parameters of the body, by role. */
static inline Ref scan_step_param(const Scan *s) { return s->body->params.data[0]; }
static inline Ref scan_carry_param(const Scan *s, int i) { return s->body->params.data[1 + i]; }
static inline Ref scan_slice_param(const Scan *s, int i) {
  return s->body->params.data[1 + s->carries + i];
}
static inline Ref scan_capture_param(const Scan *s, int i) {
  return s->body->params.data[1 + s->carries + s->slices + i];
}
/* Results of the body, by role. */
static inline Ref scan_next(const Scan *s, int i) { return s->body->results.data[i]; }
static inline Ref scan_collect_result(const Scan *s, int i) {
  return s->body->results.data[s->carries + i];
}
static inline Ref scan_stop_result(const Scan *s) {
  return s->body->results.data[s->carries + s->collected];
}
/* Which results of tuple r are used in its graph: one flag for each item. */
bool *tuple_items_used(Arena *arena, const Graph *g, Ref r);

/* ---- scans put together ---- */
typedef enum ScanRole { SCAN_carry, SCAN_slice, SCAN_capture, N_SCAN_ROLES } ScanRole;
typedef struct ScanInput {
  Ref outer; /* in the new outer graph */
  Ref old;   /* the old body's parameter that it stands for, or REF_NONE */
  Ref param; /* the new body's parameter, after scan_begin */
  Ref next;  /* carries: the value for the next step */
  Str name;
} ScanInput;
typedef VEC(ScanInput) ScanInputs;

typedef struct ScanMaker {
  Walk *w;
  const Scan *old;
  Graph *body; /* the new body, after scan_begin */
  RefMap map;  /* old body to new body */
  ScanInputs inputs[N_SCAN_ROLES];
  VEC(Ref) collected;
  VEC(Str) collected_names;
  Ref stop, made;
} ScanMaker;

ScanMaker scan_maker(Walk *w, const Scan *old);
/* Declares an input before scan_begin; the number it has in its role. */
int scan_input(ScanMaker *m, ScanRole role, Ref outer, Ref old_param);
/* Makes the body with its parameters; old ones are mapped. */
void scan_begin(ScanMaker *m);
/* Copies what the old body needs for r (results of scan_begin and earlier calls are reused); the
 * new value. */
Ref scan_copy(ScanMaker *m, Ref r);
int scan_collect(ScanMaker *m, Ref value, Str name);
/* Builds the scan node. */
Ref scan_end(ScanMaker *m);
Ref scan_last(ScanMaker *m, int carry); /* items of the node just built */
Ref scan_stacked(ScanMaker *m, int collected);

#endif
