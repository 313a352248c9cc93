/* The plan: a fused graph as a straight list of instructions over buffers.
 *
 * After 'fuse' every node is an instruction (kernel, dot, sort, ...), a leaf, an alias (item,
 * reshape) or a scan with a body of the same kind. The plan gives each value a buffer: memory of
 * the caller (parameters, results), a place in one arena, a constant filled once, or a view that a
 * scan moves along at run time (slice of step t, carry). Lifetimes are intervals over positions; a
 * scan spans the positions of its body, so that what lives across a loop never shares memory with
 * what lives inside it. A kernel may write over an operand that dies there when every use of the
 * operand is elementwise. Sizes stay symbolic: offsets are found by first fit when the sizes are
 * known (exec/image.h), once for each set of sizes.
 */
#ifndef ORDO_PASSES_PLAN_PLAN_H
#define ORDO_PASSES_PLAN_PLAN_H

#include "base/fault.h"
#include "passes/passes.h"
#include "passes/plan/instr.h"
#include "passes/plan/plan_rows.h"

typedef enum BufferKind {
  BUF_arena,  /* planned memory */
  BUF_param,  /* the caller's: parameter 'index' */
  BUF_result, /* the caller's: result 'index' */
  BUF_const,  /* filled when sizes are bound: the splat or size node 'node' */
  BUF_view,   /* a pointer that a scan sets for each step */
  BUF_rows,   /* a product that only the kernel reads that runs with it: a few rows at a time */
} BufferKind;

typedef struct Buffer {
  BufferKind kind;
  int index;
  const Node *node; /* BUF_const */
  Ty type;
  Sz bytes;
  int first, last; /* positions of the first write and last read */
  int alias;       /* shares the memory of this buffer (its root lives long enough), or -1 */
  Str name;        /* of the value, for the memory table */
  Span span;
} Buffer;

typedef struct PlanBlock PlanBlock;

/* One carried value: starts as init, the body reads 'in' and writes 'out'; ends in 'final'. When
 * the new value is also collected, 'out' is the collected view itself (merged = its number) and
 * no ping-pong buffers are needed. A carry that the body only updates at some places (op
 * 'update'), when nothing reads the old value afterwards, stays where it is. */
typedef struct PlanCarry {
  int init, in, out, final;
  int ping, pong; /* -1 when merged; in place: ping alone */
  bool in_place;  /* the body writes the new value over the old one: 'in' is 'out' */
  int merged;     /* collected value that is this carry, or -1 */
} PlanCarry;
/* A value cut along its first axis: buffer 'whole' outside, view inside. */
typedef struct PlanSlice {
  int whole, view;
  Sz stride; /* bytes of one step */
} PlanSlice;

typedef struct PlanScan {
  Sz length;
  bool reverse;
  int step; /* buffer of the step number (i32 or index scalar) */
  int stop; /* buffer of the stop flag, or -1 */
  int n_carries, n_slices, n_collected;
  PlanCarry *carries;
  PlanSlice *slices, *collected;
  PlanBlock *body;
} PlanScan;

typedef struct PlanInstr {
  InstrKind kind;
  const Graph *graph;
  const Node *node;  /* NULL for copy */
  const Node *order; /* of a dot: the transpose in whose order the result is written, or NULL */
  /* Of a dot: the kernels that run with it, on rows as they are made, or NULL. Then 'in' are the
   * operands of the dot and those of the kernels, 'out' the product and the results of the kernels.
   * Not among them is a product that is not kept. */
  PlanRows *rows;
  int n_in, n_out;
  int *in, *out; /* buffers; working memory (InstrInfo.scratch) is the last of out */
  PlanScan *scan;
  int position;
} PlanInstr;

struct PlanBlock {
  VEC(PlanInstr) instrs;
};

typedef struct Plan {
  const Graph *graph;
  VEC(Buffer) buffers;
  PlanBlock *block;
  int end; /* one past the last position */
} Plan;

/* Plans a fused graph. NULL when an op is no instruction, which *fault says at its place. */
Plan *plan_make(Ctx *ctx, const Graph *g, const PlanOptions *options, Fault *fault);
/* The buffer whose memory b uses. */
int plan_root(const Plan *plan, int b);
/* Instructions with their buffers, then the buffers: as --dump-after=plan prints it. */
void plan_print(const Plan *plan, Text *out);
/* The plan of a fused graph, with the options of the pipeline: the one that the pass 'plan'
 * made, else made now. NULL like plan_make. */
Plan *plan_of(PassCtx *pc, const Graph *g, Fault *fault);
/* How the pass 'plan' is shown: as its plan. */
void plan_show(PassCtx *pc, const Graph *g, Text *out);

#endif
