/* Results that are written over an operand that dies there. */
#include "passes/plan/planner.h"

/* True when every value of the kernel body that depends on parameter k depends on it element by
 * element: an element of a result then reads the operand at the same row-major number only. The
 * results among them must have the shape of result 'out', so that one loop makes them all: another
 * one would read what the first has written over. */
static bool elementwise_in(const Graph *body, int k, int out, Arena *scratch) {
  bool *depends = arena_array(scratch, bool, body->nodes.len);
  Ref param = body->params.data[k];
  depends[param.i] = true;
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *node = &body->nodes.data[i];
    for (int o = 0; o < node->n_operands; o++) {
      if (!depends[node->operands[o].i]) continue;
      if (!op_is(node->op, T_ELEMENTWISE) && node->op != OP_reshape) return false;
      depends[i] = true;
    }
  }
  Ty type = graph_type(body, body->results.data[out]);
  for (uint32_t i = 0; i < body->results.len; i++)
    if (depends[body->results.data[i].i] &&
        !type_same_shape(body->ctx, graph_type(body, body->results.data[i]), type))
      return false;
  return true;
}

bool plan_is_elementwise(Planner *p, const Graph *body, int operand, int out) {
  Ty a = graph_type(body, body->params.data[operand]),
     b = graph_type(body, body->results.data[out]);
  Sz count = type_count(p->ctx, a); /* SZ_NONE: too large for a number */
  if (!count.i || !sz_eq(count, type_count(p->ctx, b))) return false;
  if (dtype_bytes[type_info(p->ctx, a)->dtype] != dtype_bytes[type_info(p->ctx, b)->dtype])
    return false;
  for (uint32_t i = 0; i < body->nodes.len; i++) /* row kernels may read a row after writing it */
    if (op_is(body->nodes.data[i].op, T_REDUCE | T_ARGREDUCE)) return false;
  return elementwise_in(body, operand, out, &p->ctx->arena);
}

/* The kernel of an instruction that reads its operand 'in', which becomes the number of the
 * kernel's operand; NULL: a product itself reads it. */
static const Node *reader_of(const PlanInstr *instr, int *in) {
  if (!instr->rows) return instr->node;
  *in -= instr->node->n_operands;
  if (*in < 0) return NULL;
  for (const PlanRows *rows = instr->rows;; rows = rows->next) {
    int n = rows->kernel->n_operands - (rows->product >= 0);
    if (*in >= n) {
      *in -= n;
      continue;
    }
    *in += rows->product >= 0 && *in >= rows->product;
    return rows->kernel;
  }
}

/* The same of a result. */
static const Node *maker_of(const PlanInstr *instr, int *out) {
  if (!instr->rows) return instr->node;
  *out -= instr->rows->kept;
  if (*out < 0) return NULL;
  for (const PlanRows *rows = instr->rows;; rows = rows->next) {
    int n = (int)rows->body->results.len;
    if (*out < n) return rows->kernel;
    *out -= n;
  }
}

bool plan_may_overwrite(Planner *p, const PlanInstr *instr, int in, int out) {
  const Node *maker = maker_of(instr, &out);
  for (int k = 0; maker && k < instr->n_in; k++) {
    int operand = k;
    if (instr->in[k] != instr->in[in]) continue;
    if (reader_of(instr, &operand) != maker) return false;
    if (!plan_is_elementwise(p, maker->body, operand, out)) return false;
  }
  return maker;
}

int plan_root(const Plan *plan, int b) {
  while (plan->buffers.data[b].alias >= 0) b = plan->buffers.data[b].alias;
  return b;
}

void plan_share(Planner *p, int b, int with) {
  buffer_at(p, b)->alias = with;
  Buffer *root = buffer_at(p, plan_root(p->plan, with));
  if (buffer_at(p, b)->last > root->last) root->last = buffer_at(p, b)->last;
}

static bool contains(const int *ints, int n, int wanted) {
  for (int i = 0; i < n; i++)
    if (ints[i] == wanted) return true;
  return false;
}

static bool is_result(const PlanInstr *instr, const Plan *plan, int root) {
  for (int k = 0; k < instr->n_out; k++)
    if (instr->out[k] == root || plan_root(plan, instr->out[k]) == root) return true;
  return false;
}

/* An instruction that changes a part of its first operand writes over it when it dies there. */
static void reuse_first(Planner *p, const PlanInstr *instr) {
  const Buffer *result = buffer_at(p, instr->out[0]);
  int root = plan_root(p->plan, instr->in[0]);
  if (result->kind != BUF_arena || result->alias >= 0 || result->first != instr->position) return;
  if (buffer_at(p, root)->kind != BUF_arena || buffer_at(p, root)->last != instr->position) return;
  for (int k = 1; k < instr->n_in; k++)
    if (plan_root(p->plan, instr->in[k]) == root) return;
  if (root != instr->out[0]) plan_share(p, instr->out[0], root);
}

void plan_reuse(Planner *p, const PlanBlock *block) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr->scan) plan_reuse(p, instr->scan->body);
    InPlace in_place = plan_in_place(instr);
    if (in_place == IN_PLACE_first) reuse_first(p, instr);
    if (in_place != IN_PLACE_elementwise) continue;
    int *taken =
        new_ints(p, instr->n_out, -1); /* roots that an earlier result of this kernel took over */
    for (int out = 0; out < instr->n_out; out++) {
      const Buffer *result = buffer_at(p, instr->out[out]);
      if (result->kind != BUF_arena || result->alias >= 0 || result->first != instr->position)
        continue;
      for (int in = 0; in < instr->n_in && taken[out] < 0; in++) {
        int root = plan_root(p->plan, instr->in[in]);
        if (buffer_at(p, root)->kind != BUF_arena || buffer_at(p, root)->last != instr->position)
          continue;
        if (contains(taken, out, root) || is_result(instr, p->plan, root) ||
            !plan_may_overwrite(p, instr, in, out))
          continue;
        plan_share(p, instr->out[out], root);
        taken[out] = root;
      }
    }
  }
}
