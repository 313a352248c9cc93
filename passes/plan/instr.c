/* What the rows of instr.def say: see instr.h. */
#include "passes/plan/instr.h"

#include "exec/assign.h"

/* For each matrix a copy of it and what the search keeps. */
static Ty scratch_assign(Ctx *ctx, const Graph *g, const Node *node) {
  const TypeInfo *cost = graph_info(g, node->operands[0]);
  Sz *dims = arena_copy(&ctx->arena, cost->dims, sizeof(Sz) * (size_t)cost->rank);
  Sz n = dims[cost->rank - 1], ends = size_add(ctx, n, size_const(ctx, 1));
  dims[cost->rank - 2] = size_const(ctx, 1);
  dims[cost->rank - 1] =
      size_add(ctx, size_mul(ctx, n, n), size_mul(ctx, size_const(ctx, ASSIGN_SCRATCH(0)), ends));
  return type_tensor(ctx, DT_f64, dims, cost->rank);
}

/* For each matrix copies of the operands and of the result, and room to work. */
static Ty scratch_matrix(Ctx *ctx, const Graph *g, const Node *node) {
  const TypeInfo *y = type_info(ctx, node->type);
  Sz rows = y->dims[y->rank - 2], columns = y->dims[y->rank - 1];
  Sz *dims = arena_copy(&ctx->arena, y->dims, sizeof(Sz) * (size_t)y->rank);
  Sz all = size_mul(ctx, size_const(ctx, 2), size_mul(ctx, rows, columns));
  all = size_add(ctx, all, size_mul(ctx, size_const(ctx, 2), size_add(ctx, rows, columns)));
  for (int k = 0; k < node->n_operands; k++) {
    const TypeInfo *a = graph_info(g, node->operands[k]);
    all = size_add(ctx, all, size_mul(ctx, a->dims[a->rank - 2], a->dims[a->rank - 1]));
  }
  dims[y->rank - 2] = size_const(ctx, 1);
  dims[y->rank - 1] = all;
  return type_tensor(ctx, DT_f64, dims, y->rank);
}

/* A copy of the operand, in which the sum is made, and a row that comes from another rank. */
static Ty scratch_ranks(Ctx *ctx, const Graph *g, const Node *node) {
  const TypeInfo *a = graph_info(g, node->operands[0]);
  Sz *dims = arena_copy(&ctx->arena, a->dims, sizeof(Sz) * (size_t)a->rank);
  dims[0] = size_add(ctx, dims[0], size_const(ctx, 1));
  return type_tensor(ctx, a->dtype, dims, a->rank);
}

const InstrInfo instr_info[N_INSTR_KINDS] = {
#define INSTR(id, kind, sizes, ...) [INS_##id] = {.name = #id, .symbol = "ordo_" #id, __VA_ARGS__},
#include "passes/plan/instr.def"
#undef INSTR
};

bool instr_of(Op op, InstrKind *kind) {
  for (int i = 0; i < N_INSTR_KINDS; i++)
    if (instr_info[i].op == op) return *kind = (InstrKind)i, true;
  return false;
}

const char *instr_refuses(InstrKind kind, const Graph *g, const Node *node) {
  const InstrInfo *info = &instr_info[kind];
  if (info->data >= node->n_operands) return NULL;
  const TypeInfo *data = graph_info(g, node->operands[info->data]);
  if (data->is_tuple || info->takes >> data->dtype & 1) return NULL;
  return ctx_printf(g->ctx, "'%s' of %s is no instruction%s%s", op_info[node->op].name,
                    dtype_name[data->dtype], info->otherwise ? "; " : "",
                    info->otherwise ? info->otherwise : "");
}

bool instr_changes_first(const Node *node) {
  InstrKind kind;
  return instr_of(node->op, &kind) && instr_info[kind].in_place == IN_PLACE_first;
}
