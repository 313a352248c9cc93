/* What the files that build graphs share. Private to ir/. */
#ifndef ORDO_IR_GRAPH_H
#define ORDO_IR_GRAPH_H

#include "ir/ir.h"

/* A node about to be built; attributes sorted and canonical. */
typedef struct Draft {
  Op op;
  Ty type;
  int n_operands, n_attrs;
  const Ref *operands;
  const Attr *attrs;
  Graph *body;
} Draft;

/* A simpler value equal to the draft, or REF_NONE (ir/simplify.c). */
Ref draft_simplify(Graph *g, const Draft *draft);
Draft draft_of(const Node *n);
uint64_t draft_hash(const Draft *d);
bool draft_matches(const Node *n, const Draft *d);
bool attr_equal(const Attr *a, const Attr *b);
uint64_t attr_hash(const Attr *a);

#endif
