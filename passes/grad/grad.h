/* Reverse-mode derivatives: what the files of the pass 'grad' share.
 *
 *   grad.c            the pass: bodies first, then every grad node in topological order
 *   grad_repeat.c     before it: first turns that are written out
 *   grad_total.c      and derivatives in loops by values from outside
 *   grad_path.c       what both know of the graphs around a graph
 *   grad_tape.c       one differentiation of one graph: activity, adjoints, their accumulation
 *   grad_mask.c       adjoints that are known to be zero at some places
 *   grad_flat.c       roots of squares, whose slope at 0 counts as 0
 *   grad_rules.c      derivatives of structured ops, one function each
 *   grad_matrix.c     derivatives of functions of whole matrices
 *   grad_scan.c       derivative of a scan: a scan in the other direction
 *   grad_residuals.c  what the reverse scan reads and what it computes again (minimum cut)
 *
 * A tape appends derivative nodes to the graph that it differentiates; the nodes that were there
 * when it was made are the ones it walks, backwards. So a derivative is ordinary graph, and the
 * derivative of a derivative needs nothing special.
 */
#ifndef ORDO_PASSES_GRAD_GRAD_H
#define ORDO_PASSES_GRAD_GRAD_H

#include "passes/rules/expr.h"
#include "passes/passes.h"

/* A scan that has to collect more for its derivative: 'to' has the results of 'from' and further
 * ones behind them. The rebuilding at the end of a differentiation puts 'to' in the place of
 * 'from'. */
typedef struct ScanSwap {
  Ref from, to;
} ScanSwap;
typedef VEC(ScanSwap) ScanSwaps;

/* How a reverse scan gets the values of the forward scan. */
typedef enum GradRemat {
  REMAT_auto, /* minimum cut: expensive values saved, cheap ones computed again */
  REMAT_none, /* every value that is needed is saved */
  REMAT_full, /* only carried values are saved */
} GradRemat;

/* What one run of the pass shares. */
typedef struct GradCtx {
  PassCtx *pc;
  GradRemat remat;
  int64_t budget; /* bytes that one loop may save for its reverse loop; 0: no limit */
  const Formula *(*formulas)[3]; /* by op and operand; NULL where there is none */
} GradCtx;

/* One summand of an adjoint. */
typedef struct Summand {
  Ref value;
  int item;         /* of a tuple: which item; else 0 */
  const Sz *starts; /* value is the adjoint of the box that begins here; NULL: of the whole */
  bool reduced;     /* it is masked, and came through a reduction behind what was chosen */
} Summand;
typedef VEC(Summand) Adjoint;

typedef struct GradTape {
  GradCtx *gc;
  Graph *g;
  ScanSwaps *swaps;
  uint32_t n;        /* nodes of g before the first derivative node */
  bool *active;      /* by node: floats that depend on a variable */
  bool *risk;        /* by node: grad_find_risk */
  Adjoint *adjoints; /* by node */
  Ref mask;          /* where summands of the node that is visited count; REF_NONE: everywhere */
  bool reduced;      /* they are masked, and a reduction lies between the node and the choice */
  VEC(Ref) masks;    /* where each summand counts, in the order of the rule (grad_moves_mask) */
  bool asks_masks;   /* the rule gives these, not summands */
  uint32_t next_mask;
  bool failed; /* there is a diagnostic */
} GradTape;

/* NULL when the formulas cannot be read: a mistake in the op table. */
GradCtx *grad_ctx_new(PassCtx *pc, GradRemat remat, int64_t budget);

/* What is to be differentiated, by what. */
typedef struct GradAsk {
  const Ref *outputs, *seeds; /* the outputs' adjoints; REF_NONE: zero */
  int n_outputs;
  const Ref *wrt;
  int n_wrt;
  const bool *risk; /* by parameter: grad_find_risk; NULL: none */
} GradAsk;

/* Adjoints of ask->wrt: the vector-Jacobian product. result[i] is REF_NONE where it is zero. False
 * and a diagnostic on an error. */
bool grad_reverse(GradCtx *gc, Graph *g, ScanSwaps *swaps, const GradAsk *ask, Ref *result);
/* Whether the adjoint of node r is of use; asked before building a summand. */
bool grad_wants(const GradTape *tape, Ref r);
void grad_add(GradTape *tape, Ref r, Ref value);
void grad_add_item(GradTape *tape, Ref tuple, int item, Ref value);
void grad_add_slice(GradTape *tape, Ref r, Ref value, const Sz *starts);
/* For a tuple node: the adjoint of each item, REF_NONE where it is zero. */
void grad_items(GradTape *tape, Ref tuple, Ref *items);
/* Nodes that depend on one of the marked ones through ops with a derivative; extends the marks. */
void grad_mark_active(const Graph *g, bool *active);

/* Adds the summands of the operands of node y, whose adjoint is g (REF_NONE: y is a tuple). */
typedef void (*GradRule)(GradTape *tape, Ref y, Ref g);
/* The rule of a row with .grad_in_c; NULL when there is none. */
GradRule grad_rule(Op op);
/* NULL, or which row of the op table has no rule or a formula that cannot be read. */
const char *grad_selfcheck(Ctx *ctx);
/* GradRules. */
void grad_scan(GradTape *tape, Ref y, Ref g);
void grad_cholesky(GradTape *tape, Ref y, Ref g);
void grad_solve(GradTape *tape, Ref y, Ref g);
void grad_qr(GradTape *tape, Ref y, Ref g);
void grad_eigh(GradTape *tape, Ref y, Ref g);
void grad_svd(GradTape *tape, Ref y, Ref g);

/* ---- structural zeros (grad_mask.c) ---- */
/* Takes where(c, g, 0) and its like apart: *adjoint becomes g, *mask where it counts. False, and
 * REF_NONE, when the adjoint counts everywhere. */
bool grad_unmask(Graph *g, Ref *adjoint, Ref *mask);
/* where(mask, adjoint, 0); the adjoint itself without a mask. */
Ref grad_mask(Graph *g, Ref mask, Ref adjoint);
/* The sum of two adjoints, either of which may be REF_NONE; masked where both are 0. */
Ref grad_plus(Graph *g, Ref a, Ref b);
/* The mask of y's adjoint as one of its operands' adjoints; REF_NONE where it ends. */
Ref grad_mask_behind(Graph *g, Ref y, Ref mask);
/* What a mask says of all repeated rows of broadcast y alike: conditions that it is made of. */
Ref grad_mask_of_repeated(Graph *g, Ref y, Ref mask);
/* Whether the rule of an op moves numbers only, so that it moves the mask of an adjoint as well. */
bool grad_moves_mask(const Graph *g, const Node *n);
/* By node: whether something behind it, as far as masks go, may have a slope that is no number, so
 * that the mask of its adjoint has to be kept. 'params': the same of the parameters; NULL: none. */
bool *grad_find_risk(const Graph *g, const bool *params);

/* Roots of squares, which count as flat at 0, get the attribute 'flat' (grad_flat.c). */
Graph *grad_mark_roots(const Graph *g);

/* What is to be differentiated in a closed graph. */
typedef struct BodyAsk {
  const int *outputs; /* results that have an adjoint */
  int n_outputs;
  const bool *masked; /* by output: a mask comes with its adjoint */
  const int *wrt;     /* parameters */
  int n_wrt;
  const bool *risk; /* by parameter of body: grad_find_risk */
} BodyAsk;

/* The derivative of a closed graph as a graph. Its parameters are those of body, a seed for each
 * output, a mask for each output that has one. Its results are those of body, the adjoints of
 * ask->wrt, and the masks of these: true where there is none. NULL and a diagnostic on an error. */
Graph *grad_body(GradCtx *gc, const Graph *body, const BodyAsk *ask);

/* What the operands of a scan and the results of its body are. */
typedef struct ScanShape {
  int n_carries, n_slices, n_captured, n_collected;
  bool until, reverse;
  Sz length;
} ScanShape;
ScanShape grad_scan_shape(const Node *scan);

/* ---- residuals (grad_residuals.c) ---- */
/* Of a graph made by grad_body for a scan: which values the reverse step reads from memory. */
typedef struct Residuals {
  bool *reverse; /* by node: depends on a seed, belongs to the reverse step only */
  bool *save;    /* by node: to be collected by the forward scan */
} Residuals;
Residuals grad_residuals(GradRemat remat, const Graph *joint, const ScanShape *shape);
/* Bytes of the saved values that are not collected anyway, over all steps; a symbol counts as a
 * typical extent. */
int64_t grad_residual_bytes(const Graph *joint, const ScanShape *shape, const Residuals *residuals);

#endif
