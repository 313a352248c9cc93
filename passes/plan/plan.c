/* The list of instructions and their buffers: see plan.h. */
#include "ir/dot_form.h"
#include "passes/plan/planner.h"

/* Buffers of a node: one, or one for each item of a tuple. */
typedef struct PlannedPlaces {
  int n;
  int *buffers;
} PlannedPlaces;

/* The block being planned: where each node's values are, and where values wanted elsewhere have to
 * be written. */
typedef struct PlannedBlock {
  const Graph *graph;
  PlannedPlaces *places;
  PlannedPlaces *wanted; /* by node: destination buffer of each value, or -1 */
  uint32_t *uses;        /* by node */
  bool *ordered;         /* by node: a dot that a transpose of it makes (PlanInstr.order) */
  PlanBlock *out;
} PlannedBlock;

static Sz type_bytes(Ctx *ctx, Ty type) {
  return size_mul(ctx, type_count(ctx, type),
                  size_const(ctx, dtype_bytes[type_info(ctx, type)->dtype]));
}

static int add_buffer(Planner *p, BufferKind kind, Ty type, const Node *from) {
  Buffer buffer = {.kind = kind,
                   .index = -1,
                   .type = type,
                   .bytes = type_bytes(p->ctx, type),
                   .first = p->position,
                   .last = p->position,
                   .alias = -1};
  if (from) {
    buffer.name = from->name;
    buffer.span = from->span;
  }
  vec_push(&p->ctx->arena, &p->plan->buffers, buffer);
  return (int)p->plan->buffers.len - 1;
}

static int value_count(Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  return info->is_tuple ? info->rank : 1;
}

static Ty value_type(Ctx *ctx, Ty type, int item) {
  const TypeInfo *info = type_info(ctx, type);
  return info->is_tuple ? info->items[item] : type;
}

/* Whether the node is the order in which its operand, a product, is written. */
static bool orders_operand(const PlannedBlock *block, Ref r) {
  const Node *node = graph_node(block->graph, r);
  return node->n_operands && dot_orders(block->graph, r, block->uses[node->operands[0].i]);
}

static PlannedBlock *new_block(Planner *p, const Graph *g) {
  PlannedBlock *block = arena_new(&p->ctx->arena, PlannedBlock);
  block->graph = g;
  block->places = arena_array(&p->ctx->arena, PlannedPlaces, g->nodes.len);
  block->wanted = arena_array(&p->ctx->arena, PlannedPlaces, g->nodes.len);
  block->out = arena_new(&p->ctx->arena, PlanBlock);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    int n = value_count(p->ctx, g->nodes.data[i].type);
    block->wanted[i] = (PlannedPlaces){n, new_ints(p, n, -1)};
  }
  block->uses = graph_uses(&p->ctx->arena, g);
  block->ordered = arena_array(&p->ctx->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (orders_operand(block, (Ref){i})) block->ordered[g->nodes.data[i].operands[0].i] = true;
  return block;
}

static void place(Planner *p, PlannedBlock *block, Ref r, int buffer) {
  int *one = new_ints(p, 1, buffer);
  block->places[r.i] = (PlannedPlaces){1, one};
}

static int place_of(const PlannedBlock *block, Ref r) { return block->places[r.i].buffers[0]; }

/* The node and item that make a value, seen through aliases. */
static Ref producer(const Graph *g, Ref r, int *item) {
  *item = 0;
  for (;;) {
    const Node *node = graph_node(g, r);
    if (node->op == OP_item) {
      *item = (int)node_int(node, A_index, 0);
      return node->operands[0];
    }
    if (node->op != OP_reshape) return r;
    r = node->operands[0];
  }
}

/* Asks that a value be written to a destination; false when its producer is no instruction here or
 * is taken, so that a copy is needed. */
static bool want(const PlannedBlock *block, Ref r, int destination) {
  int item;
  Ref made = producer(block->graph, r, &item);
  InstrKind kind;
  if (!instr_of(graph_node(block->graph, made)->op, &kind) && !orders_operand(block, made))
    return false;
  int *slot = &block->wanted[made.i].buffers[item];
  if (*slot >= 0) return false;
  *slot = destination;
  return true;
}

static PlanInstr *add_instr(Planner *p, PlannedBlock *block, InstrKind kind, const Node *node,
                            int n_in, int n_out) {
  PlanInstr instr = {
      .kind = kind, .graph = block->graph, .node = node, .n_in = n_in, .n_out = n_out};
  instr.in = new_ints(p, n_in, -1);
  instr.out = new_ints(p, n_out, -1);
  instr.position = p->position++;
  vec_push(&p->ctx->arena, &block->out->instrs, instr);
  return &block->out->instrs.data[block->out->instrs.len - 1];
}

static void add_copy(Planner *p, PlannedBlock *block, int from, int to) {
  PlanInstr *copy = add_instr(p, block, INS_copy, NULL, 1, 1);
  copy->in[0] = from;
  copy->out[0] = to;
}

static PlanBlock *plan_body(Planner *p, PlanScan *scan, const Node *node, const int *operands);

/* Buffers for an instruction's results: where they are wanted, else new ones. */
static void place_results(Planner *p, PlannedBlock *block, uint32_t i, const PlanInstr *instr) {
  const Node *node = &block->graph->nodes.data[i];
  int n = value_count(p->ctx, node->type);
  for (int k = 0; k < n; k++) {
    int wanted = block->wanted[i].buffers[k];
    instr->out[k] =
        wanted >= 0 ? wanted : add_buffer(p, BUF_arena, value_type(p->ctx, node->type, k), node);
  }
  if (instr->n_out > n) {
    Ty scratch = instr_info[instr->kind].scratch(p->ctx, block->graph, node);
    instr->out[n] = add_buffer(p, BUF_arena, scratch, NULL);
  }
  block->places[i] = (PlannedPlaces){instr->n_out, instr->out};
}

/* order: the node whose value it makes is the transpose of it. */
static bool plan_instr(Planner *p, PlannedBlock *block, uint32_t i, InstrKind kind, bool ordered) {
  const Node *order = ordered ? &block->graph->nodes.data[i] : NULL;
  const Node *node =
      order ? graph_node(block->graph, order->operands[0]) : &block->graph->nodes.data[i];
  const char *refused = instr_refuses(kind, block->graph, node);
  if (refused) return fault_set(p->fault, E_compile_failed, node->span, refused);
  int n_out = value_count(p->ctx, node->type) + (instr_info[kind].scratch != NULL);
  PlanInstr *instr = add_instr(p, block, kind, node, node->n_operands, n_out);
  instr->order = order;
  for (int k = 0; k < node->n_operands; k++) instr->in[k] = place_of(block, node->operands[k]);
  place_results(p, block, i, instr);
  if (kind != INS_scan) return true;
  PlanScan *scan = arena_new(&p->ctx->arena, PlanScan);
  uint32_t at = block->out->instrs.len - 1;
  const int *out = instr->out;
  scan->length = node_size(node, A_length);
  scan->reverse = node_int(node, A_reverse, 0) != 0;
  scan->n_carries = (int)node_int(node, A_carries, 0);
  scan->n_slices = (int)node_int(node, A_slices, 0);
  scan->n_collected = instr->n_out - scan->n_carries;
  scan->carries = arena_array(&p->ctx->arena, PlanCarry, scan->n_carries);
  scan->slices = arena_array(&p->ctx->arena, PlanSlice, scan->n_slices);
  scan->collected = arena_array(&p->ctx->arena, PlanSlice, scan->n_collected);
  for (int k = 0; k < scan->n_carries; k++)
    scan->carries[k] = (PlanCarry){instr->in[k], -1, -1, out[k], -1, -1, false, -1};
  for (int k = 0; k < scan->n_slices; k++) scan->slices[k].whole = instr->in[scan->n_carries + k];
  for (int k = 0; k < scan->n_collected; k++) scan->collected[k].whole = out[scan->n_carries + k];
  scan->body = plan_body(p, scan, node, instr->in);
  p->position++; /* the end of the loop */
  block->out->instrs.data[at].scan = scan;
  return scan->body != NULL;
}

static bool plan_nodes(Planner *p, PlannedBlock *block) {
  const Graph *g = block->graph;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    InstrKind kind;
    if (node->op == OP_param) continue;
    if (node->op == OP_const || node->op == OP_size) {
      int b = add_buffer(p, BUF_const, node->type, node);
      buffer_at(p, b)->node = node;
      place(p, block, (Ref){i}, b);
    } else if (node->op == OP_item) {
      place(p, block, (Ref){i},
            block->places[node->operands[0].i].buffers[node_int(node, A_index, 0)]);
    } else if (node->op == OP_reshape) {
      place(p, block, (Ref){i}, place_of(block, node->operands[0]));
    } else if (block->ordered[i]) {
      continue;
    } else if (orders_operand(block, (Ref){i})) {
      if (!plan_instr(p, block, i, INS_dot, true)) return false;
    } else if (instr_of(node->op, &kind)) {
      if (!plan_instr(p, block, i, kind, false)) return false;
    } else {
      return fault_set(
          p->fault, E_compile_failed, node->span,
          ctx_printf(p->ctx, "op '%s' is no instruction; the pass 'fuse' has to run before 'plan'",
                     op_info[node->op].name));
    }
  }
  return true;
}

/* ---- scan bodies ---- */

static int add_view(Planner *p, Ty type, const Node *from) {
  return add_buffer(p, BUF_view, type, from);
}

static void place_body_params(Planner *p, PlannedBlock *block, PlanScan *scan,
                              const int *operands) {
  const Graph *body = block->graph;
  const int nc = scan->n_carries, ns = scan->n_slices;
  for (uint32_t k = 0; k < body->params.len; k++) {
    Ref param = body->params.data[k];
    const Node *node = graph_node(body, param);
    int i = (int)k - 1, buffer;
    if (i < 0) {
      buffer = scan->step = add_buffer(p, BUF_arena, node->type, node);
    } else if (i < nc) {
      buffer = scan->carries[i].in = add_view(p, node->type, node);
    } else if (i < nc + ns) {
      buffer = scan->slices[i - nc].view = add_view(p, node->type, node);
      scan->slices[i - nc].stride = type_bytes(p->ctx, node->type);
    } else {
      buffer = operands[i];
    }
    place(p, block, param, buffer);
  }
}

typedef struct PendingCopy {
  Ref from;
  int to;
} PendingCopy;

/* Whether something at or after node 'after' reads x, or a reshape of it; 'after' itself may
 * read x as its first operand. */
static bool read_after(const Graph *g, Ref x, uint32_t after) {
  for (uint32_t i = 0; i < g->results.len; i++)
    if (ref_eq(g->results.data[i], x)) return true;
  for (uint32_t i = x.i + 1; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    for (int k = 0; k < node->n_operands; k++) {
      if (!ref_eq(node->operands[k], x) || (i == after && k == 0)) continue;
      if (node->op == OP_reshape ? read_after(g, (Ref){i}, after) : i >= after) return true;
    }
  }
  return false;
}

/* A result that is made from the carried value by updates alone, each the last reader of what it
 * updates. */
static bool only_updated(const PlannedBlock *block, Ref result, Ref carry) {
  const Graph *g = block->graph;
  Ref r = result;
  while (instr_changes_first(graph_node(g, r))) {
    Ref old = graph_node(g, r)->operands[0];
    if (block->wanted[r.i].buffers[0] >= 0 || read_after(g, old, r.i)) return false;
    r = old;
  }
  return !ref_eq(result, carry) && ref_eq(r, carry);
}

static void update_in_place(Planner *p, PlannedBlock *block, PlanCarry *carry, Ref result) {
  const Graph *g = block->graph;
  carry->in_place = true;
  carry->ping = add_buffer(p, BUF_arena, graph_type(g, result), graph_node(g, result));
  carry->out = carry->in;
  for (Ref r = result; instr_changes_first(graph_node(g, r)); r = graph_node(g, r)->operands[0])
    block->wanted[r.i].buffers[0] = carry->in;
}

/* Decides where each result of the body goes: collected views first, then carries (which may share
 * them). */
static int place_body_results(Planner *p, PlannedBlock *block, PlanScan *scan,
                              PendingCopy *copies) {
  const Graph *body = block->graph;
  int n_copies = 0;
  for (int k = 0; k < scan->n_collected; k++) {
    Ref r = body->results.data[scan->n_carries + k];
    PlanSlice *slice = &scan->collected[k];
    slice->view = add_view(p, graph_type(body, r), graph_node(body, r));
    slice->stride = type_bytes(p->ctx, graph_type(body, r));
    if (!want(block, r, slice->view)) copies[n_copies++] = (PendingCopy){r, slice->view};
  }
  for (int k = 0; k < scan->n_carries; k++) {
    Ref r = body->results.data[k];
    PlanCarry *carry = &scan->carries[k];
    for (int c = 0; c < scan->n_collected && carry->merged < 0; c++)
      if (ref_eq(body->results.data[scan->n_carries + c], r)) carry->merged = c;
    if (carry->merged >= 0) {
      carry->out = scan->collected[carry->merged].view;
      continue;
    }
    if (only_updated(block, r, body->params.data[k + 1])) {
      update_in_place(p, block, carry, r);
      continue;
    }
    carry->ping = add_buffer(p, BUF_arena, graph_type(body, r), graph_node(body, r));
    carry->pong = add_buffer(p, BUF_arena, graph_type(body, r), graph_node(body, r));
    carry->out = add_view(p, graph_type(body, r), graph_node(body, r));
    if (!want(block, r, carry->out)) copies[n_copies++] = (PendingCopy){r, carry->out};
  }
  return n_copies;
}

static PlanBlock *plan_body(Planner *p, PlanScan *scan, const Node *node, const int *operands) {
  PlannedBlock *block = new_block(p, plan_order(node->body));
  place_body_params(p, block, scan, operands);
  PendingCopy *copies =
      arena_array(&p->ctx->arena, PendingCopy, scan->n_carries + scan->n_collected + 1);
  int n_copies = place_body_results(p, block, scan, copies);
  if (!plan_nodes(p, block)) return NULL;
  for (int k = 0; k < n_copies; k++)
    add_copy(p, block, place_of(block, copies[k].from), copies[k].to);
  scan->stop = -1;
  if (node_int(node, A_until, 0))
    scan->stop = place_of(block, block->graph->results.data[block->graph->results.len - 1]);
  return block->out;
}

/* ---- results that take over a parameter's memory ---- */

static const PlanInstr *writer_of(const PlanBlock *block, int b, int *out) {
  for (uint32_t i = 0; i < block->instrs.len; i++)
    for (int k = 0; k < block->instrs.data[i].n_out; k++)
      if (block->instrs.data[i].out[k] == b) return *out = k, &block->instrs.data[i];
  return NULL;
}

/* The new state may be written straight over the old one when nobody reads the old one later. */
static bool in_place_ok(Planner *p, int result_buffer, int param_buffer) {
  int out, last = buffer_at(p, param_buffer)->last;
  const PlanInstr *writer = writer_of(p->plan->block, result_buffer, &out);
  if (!writer ||
      !type_same_shape(p->ctx, buffer_at(p, result_buffer)->type, buffer_at(p, param_buffer)->type))
    return false;
  if (last < writer->position) return true;
  if (writer->scan) /* final carries are copied when the loop is over */
    return out < writer->scan->n_carries &&
           last <= plan_block_end(writer->scan->body, writer->position);
  if (plan_in_place(writer) != IN_PLACE_elementwise || last > writer->position) return false;
  for (int in = 0; in < writer->n_in; in++)
    if (writer->in[in] == param_buffer && !plan_may_overwrite(p, writer, in, out)) return false;
  return true;
}

static void place_state(Planner *p, PlannedBlock *root, const int *result_buffer) {
  const Graph *g = root->graph;
  const uint32_t n = g->results.len;
  bool *late = arena_array(&p->ctx->arena, bool, n);
  for (uint32_t k = 0; k < n; k++) {
    int param = p->options->result_param ? p->options->result_param[k] : -1;
    int b = result_buffer[k];
    if (param < 0 || b < 0 || buffer_at(p, b)->kind != BUF_arena) continue;
    int param_buffer = place_of(root, g->params.data[param]);
    if (buffer_at(p, b)->alias < 0 && in_place_ok(p, b, param_buffer)) {
      plan_share(p, b, param_buffer);
      continue;
    }
    late[k] = true;
  }
  /* Copies last: every reader of the old state is done. */
  for (uint32_t k = 0; k < n; k++) {
    if (!late[k]) continue;
    add_copy(p, root, result_buffer[k],
             place_of(root, g->params.data[p->options->result_param[k]]));
    plan_touch(p, result_buffer[k], p->position - 1);
  }
}

/* ---- the whole ---- */

static void place_root_params(Planner *p, PlannedBlock *block) {
  for (uint32_t k = 0; k < block->graph->params.len; k++) {
    Ref r = block->graph->params.data[k];
    int b = add_buffer(p, BUF_param, graph_type(block->graph, r), graph_node(block->graph, r));
    buffer_at(p, b)->index = (int)k;
    place(p, block, r, b);
  }
}

/* Destination buffers of the results: the caller's memory, or for state an arena buffer that
 * place_state moves. */
static int *place_root_results(Planner *p, PlannedBlock *block, PendingCopy *copies,
                               int *n_copies) {
  const Graph *g = block->graph;
  int *where = new_ints(p, (int)g->results.len, -1);
  for (uint32_t k = 0; k < g->results.len; k++) {
    Ref r = g->results.data[k];
    int param = p->options->result_param ? p->options->result_param[k] : -1;
    int item;
    Ref made = producer(g, r, &item);
    if (param >= 0 && ref_eq(made, g->params.data[param])) continue; /* unchanged state */
    where[k] =
        add_buffer(p, param >= 0 ? BUF_arena : BUF_result, graph_type(g, r), graph_node(g, r));
    buffer_at(p, where[k])->index = (int)k;
    if (!want(block, r, where[k])) copies[(*n_copies)++] = (PendingCopy){r, where[k]};
  }
  return where;
}

Plan *plan_make(Ctx *ctx, const Graph *g, const PlanOptions *options, Fault *fault) {
  static const PlanOptions none = {0};
  Planner p = {.ctx = ctx,
               .plan = arena_new(&ctx->arena, Plan),
               .options = options ? options : &none,
               .fault = fault};
  p.plan->graph = g;
  PlannedBlock *root = new_block(&p, plan_order(g));
  PendingCopy *copies = arena_array(&ctx->arena, PendingCopy, g->results.len + 1);
  int n_copies = 0;
  place_root_params(&p, root);
  int *where = place_root_results(&p, root, copies, &n_copies);
  if (!plan_nodes(&p, root)) return NULL;
  for (int k = 0; k < n_copies; k++)
    add_copy(&p, root, place_of(root, copies[k].from), copies[k].to);
  p.plan->block = root->out;
  if (p.options->joins) plan_join(&p, root->out);
  plan_lifetimes(&p, root->out);
  place_state(&p, root, where);
  if (!p.options->no_reuse) plan_reuse(&p, root->out);
  if (p.options->joins) plan_place_products(&p, root->out);
  p.plan->end = p.position;
  return p.plan;
}
