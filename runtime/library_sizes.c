/* Sizes and work of library instructions: see library_sizes.h. */
#include "runtime/library_sizes.h"

#include "base/cost.h"
#include "ir/cost.h"

static Sz product(Ctx *ctx, const Sz *dims, int from, int to) {
  Sz p = size_const(ctx, 1);
  for (int i = from; i < to; i++) p = size_mul(ctx, p, dims[i]);
  return p;
}

static Sz ceil_div(Ctx *ctx, Sz a, int64_t k) {
  return size_div(ctx, size_add(ctx, a, size_const(ctx, k - 1)), size_const(ctx, k));
}

static void add_size(LibraryCall *call, Sz size) { call->sizes[call->n_sizes++] = size; }

static Sz bytes_of(Ctx *ctx, Ty type) {
  int of = dtype_bytes[type_info(ctx, type)->dtype];
  return size_mul(ctx, type_count(ctx, type), size_const(ctx, of));
}

/* Flops, and bytes that are read and written, as for kernels. */
static Sz work_of(Ctx *ctx, const PlanInstr *instr) {
  const Node *node = instr->node;
  if (!node) return size_const(ctx, 0);
  Sz work = size_add(ctx, node_flops(instr->graph, node), bytes_of(ctx, node->type));
  for (int k = 0; k < node->n_operands; k++)
    work = size_add(ctx, work, bytes_of(ctx, graph_type(instr->graph, node->operands[k])));
  return work;
}

static void sizes_copy(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  (void)instr;
  Sz bytes = bytes_of(ctx, value);
  add_size(call, bytes);
  call->range = ceil_div(ctx, bytes, COPY_BLOCK);
  call->work = size_div(ctx, bytes, size_const(ctx, 8)); /* that many are moved at a time */
}

static void sizes_line(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *a = type_info(ctx, value);
  const Node *node = instr->node;
  int axis = (int)node_int(node, A_axis, 0);
  Sz inner = product(ctx, a->dims, axis + 1, a->rank);
  add_size(call, a->dims[axis]);
  add_size(call, inner);
  add_size(call, size_const(ctx, a->dtype));
  add_size(call,
           size_const(ctx, node_int(node, A_reverse, 0) | node_int(node, A_exclusive, 0) << 1));
  call->range = size_mul(ctx, product(ctx, a->dims, 0, axis), inner);
}

static void sizes_scatter(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *index = graph_info(instr->graph, instr->node->operands[0]);
  const TypeInfo *y = type_info(ctx, instr->node->type);
  int axis = (int)node_int(instr->node, A_axis, 0), batch = (int)node_int(instr->node, A_batch, 0);
  Sz post = product(ctx, y->dims, axis + 1, y->rank);
  Sz pre = product(ctx, y->dims, batch, axis),
     middle = product(ctx, index->dims, batch, index->rank);
  add_size(call, pre);
  add_size(call, middle);
  add_size(call, y->dims[axis]);
  add_size(call, post);
  add_size(call, size_const(ctx, y->dtype));
  Sz matrices = size_mul(ctx, product(ctx, y->dims, 0, batch), pre);
  call->range = size_mul(ctx, matrices, ceil_div(ctx, post, COLUMN_BLOCK));
  (void)value;
}

static void sizes_update(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *a = type_info(ctx, value);
  const TypeInfo *b = graph_info(instr->graph, instr->node->operands[1]);
  int axis = (int)node_int(instr->node, A_axis, 0);
  Sz inner = product(ctx, a->dims, axis + 1, a->rank);
  add_size(call, a->dims[axis]);
  add_size(call, b->dims[axis]);
  add_size(call, size_mul(ctx, inner, size_const(ctx, dtype_bytes[a->dtype])));
  call->range = product(ctx, a->dims, 0, axis);
  if (instr->out[0] == instr->in[0]) /* the rest stays as it is */
    call->work = bytes_of(ctx, graph_type(instr->graph, instr->node->operands[1]));
}

static void sizes_assign(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  (void)instr;
  const TypeInfo *a = type_info(ctx, value);
  Sz n = a->dims[a->rank - 1];
  add_size(call, n);
  add_size(call, size_const(ctx, a->dtype));
  call->range = product(ctx, a->dims, 0, a->rank - 2);
}

static void sizes_matrix(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *a = type_info(ctx, value), *y = type_info(ctx, instr->node->type);
  const Ref *operands = instr->node->operands;
  bool second = instr->node->n_operands > 1;
  const TypeInfo *b = second ? graph_info(instr->graph, operands[1]) : NULL;
  add_size(call, a->dims[a->rank - 2]);
  add_size(call, a->dims[a->rank - 1]);
  add_size(call, second ? b->dims[b->rank - 1] : size_const(ctx, 0));
  add_size(call, y->dims[y->rank - 2]);
  add_size(call, y->dims[y->rank - 1]);
  add_size(call, size_const(ctx, a->dtype));
  call->range = product(ctx, a->dims, 0, a->rank - 2);
}

/* Behind the sizes stands who the ranks are, which no text can say: runtime/frame.c. One call for
 * the whole: it waits for others. */
static void sizes_gather_ranks(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *a = type_info(ctx, value);
  Sz row = size_mul(ctx, product(ctx, a->dims, 1, a->rank), size_const(ctx, dtype_bytes[a->dtype]));
  add_size(call, a->dims[0]);
  add_size(call, node_attr(instr->node, A_starts)->sizes[0]);
  add_size(call, type_info(ctx, instr->node->type)->dims[0]);
  add_size(call, row);
  add_size(call, size_const(ctx, node_int(instr->node, A_shards, 0)));
  call->range = size_const(ctx, 1);
}

static void sizes_reduce_ranks(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  const TypeInfo *a = type_info(ctx, value);
  add_size(call, a->dims[0]);
  add_size(call, product(ctx, a->dims, 1, a->rank));
  add_size(call, size_const(ctx, a->dtype));
  add_size(call, size_const(ctx, node_int(instr->node, A_shards, 0)));
  call->range = size_const(ctx, 1);
}

/* What the rows of the table say of library instructions; the others have no sizes. */
typedef void (*SizesFn)(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call);
static const SizesFn sizes_of[N_INSTR_KINDS] = {
#define SIZES_library(sizes)          sizes_##sizes
#define SIZES_kernel(sizes)           NULL
#define SIZES_product(sizes)          NULL
#define SIZES_foreign(sizes)          NULL
#define SIZES_loop(sizes)             NULL
#define INSTR(name, kind, sizes, ...) [INS_##name] = SIZES_##kind(sizes),
#include "passes/plan/instr.def"
#undef INSTR
};

void library_call(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call) {
  *call = (LibraryCall){.work = work_of(ctx, instr)};
  sizes_of[instr->kind](ctx, instr, value, call);
}
