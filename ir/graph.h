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

/* build_copy of a node whose new operands have the types of its old ones, in the same ctx: there is
 * nothing to check, and the attributes are shared. */
Ref build_copy_same(Graph *g, const Node *node, const Ref *operands);

#endif
