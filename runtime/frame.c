/* The frame: slots for every instruction of a plan.
 *
 * Slot 0 is the program (for the NaN trap). Each instruction has a block: two slots for range and
 * grain, then its arguments. A pointer into planned memory is filled when sizes are bound; a
 * pointer into the caller's memory by program_pointers; a pointer that a scan moves is listed in
 * the view's slots.
 */
#include "runtime/engine.h"

typedef VEC(uint32_t) SlotList;

typedef struct Layout {
  Program *program;
  Ctx *ctx;
  bool watched;
  Span at;            /* of the instruction that is laid out */
  uint32_t step_slot; /* slot of the innermost scan's step pointer, 0 outside */
  Fault *fault;
  SlotList *view_slots; /* by buffer */
} Layout;

static uint32_t take(Layout *l, uint32_t n) {
  uint32_t at = l->program->n_slots;
  l->program->n_slots += n;
  return at;
}

static void fill_buffer(Layout *l, uint32_t slot, int buffer) {
  Program *p = l->program;
  Arena *arena = &l->ctx->arena;
  int root = plan_root(p->plan, buffer);
  SlotFill fill = {.slot = slot, .kind = FILL_buffer, .buffer = root};
  switch (p->plan->buffers.data[root].kind) {
  case BUF_param:
  case BUF_result:
    vec_push(arena, &p->outside, fill);
    break;
  case BUF_view:
    vec_push(arena, &l->view_slots[root], slot);
    break;
  default:
    vec_push(arena, &p->fills, fill);
  }
}

static void fill_size(Layout *l, uint32_t slot, Sz size) {
  vec_push(&l->ctx->arena, &l->program->fills,
           ((SlotFill){.slot = slot, .kind = FILL_size, .span = l->at, .size = size}));
}

static void fill_pointer(Layout *l, uint32_t slot, void *pointer) {
  vec_push(&l->ctx->arena, &l->program->fills,
           ((SlotFill){.slot = slot, .kind = FILL_pointer, .pointer = pointer}));
}

/* Slots for the operands and results of an instruction, in order. Returns the first. */
static uint32_t fill_arrays(Layout *l, const PlanInstr *instr, uint32_t at) {
  for (int k = 0; k < instr->n_in; k++) fill_buffer(l, at + (uint32_t)k, instr->in[k]);
  for (int k = 0; k < instr->n_out; k++)
    fill_buffer(l, at + (uint32_t)(instr->n_in + k), instr->out[k]);
  return at + (uint32_t)(instr->n_in + instr->n_out);
}

static uint32_t new_launch(Layout *l, const PlanInstr *instr, uint32_t n_sizes, Sz range, Sz work) {
  uint32_t at =
      take(l, STEP_HEADER + (uint32_t)(instr->n_in + instr->n_out) + n_sizes) + STEP_HEADER;
  vec_push(&l->ctx->arena, &l->program->launches, ((Launch){at, range, work, l->at}));
  return at;
}

static bool lay_kernel(Layout *l, const PlanInstr *instr, StepInstr *step) {
  Ctx *ctx = l->ctx;
  Sz symbol = SZ_NONE, count = SZ_NONE;
  const Graph *flat = kernel_flat(ctx, instr->node->body, &symbol, &count);
  const Graph *body = flat ? flat : instr->node->body;
  int n = flat ? 1 : 0;
  KernelSig sig;
  kernel_signature(ctx, body, target_lanes(jit_target(l->program->engine->jit), 4), &sig);
  step->symbol = ctx_text(ctx, sig.symbol);
  step->at =
      new_launch(l, instr, (uint32_t)sig.n_sizes, size_subst(ctx, sig.range, &symbol, &count, n),
                 size_subst(ctx, sig.work, &symbol, &count, n));
  uint32_t slot = fill_arrays(l, instr, step->at);
  for (int k = 0; k < sig.n_sizes; k++)
    fill_size(l, slot + (uint32_t)k, size_subst(ctx, sig.sizes[k], &symbol, &count, n));
  vec_push(&ctx->arena, &l->program->kernels, ((KernelUse){body, sig}));
  return true;
}

static bool lay_library(Layout *l, const PlanInstr *instr, StepInstr *step) {
  LibraryCall call;
  /* The node's type, not the buffer's: that may be of another shape, seen through a reshape. */
  int data = instr_info[instr->kind].data;
  Ty type = instr->node ? graph_type(instr->graph, instr->node->operands[data])
                        : l->program->plan->buffers.data[instr->in[data]].type;
  library_call(l->ctx, instr, type, &call);
  step->symbol = instr_info[instr->kind].symbol;
  step->at = new_launch(l, instr, (uint32_t)call.n_sizes, call.range, call.work);
  uint32_t slot = fill_arrays(l, instr, step->at);
  for (int k = 0; k < call.n_sizes; k++) fill_size(l, slot + (uint32_t)k, call.sizes[k]);
  return true;
}

static bool lay_product(Layout *l, const PlanInstr *instr, StepInstr *step) {
  Product *product = product_new(l->program, instr, l->fault);
  if (!product) return false;
  step->kind = STEP_call;
  step->symbol = instr_info[instr->kind].symbol;
  step->at = take(l, STEP_HEADER + 4) + STEP_HEADER;
  fill_pointer(l, fill_arrays(l, instr, step->at), product);
  vec_push(&l->ctx->arena, &l->program->products, product);
  return true;
}

static bool lay_foreign(Layout *l, const PlanInstr *instr, StepInstr *step) {
  int n = instr->n_in + instr->n_out;
  int *ranks = arena_array(&l->ctx->arena, int, n);
  for (int k = 0; k < n; k++) {
    int b = k < instr->n_in ? instr->in[k] : instr->out[k - instr->n_in];
    ranks[k] = type_info(l->ctx, l->program->plan->buffers.data[b].type)->rank;
  }
  Foreign *foreign =
      foreign_open(l->ctx, ctx_text(l->ctx, node_str(instr->node, A_library)),
                   ctx_text(l->ctx, node_str(instr->node, A_symbol)), ranks, n, l->fault);
  if (!foreign) return l->fault->span = instr->node->span, false;
  vec_push(&l->ctx->arena, &l->program->foreign, foreign);
  step->kind = STEP_call;
  step->symbol = instr_info[instr->kind].symbol;
  step->at = take(l, STEP_HEADER + foreign_slots(ranks, n)) + STEP_HEADER;
  fill_pointer(l, step->at, foreign);
  uint32_t slot = fill_arrays(l, instr, step->at + 1);
  for (int k = 0; k < n; k++) {
    int b = k < instr->n_in ? instr->in[k] : instr->out[k - instr->n_in];
    const TypeInfo *info = type_info(l->ctx, l->program->plan->buffers.data[b].type);
    for (int d = 0; d < info->rank; d++) fill_size(l, slot++, info->dims[d]);
  }
  return true;
}

/* ---- scans: slots [scan, length, step, then wholes, inits, finals, pings, pongs] ---- */

static uint32_t pointer_slot(Layout *l, int buffer) {
  uint32_t slot = take(l, 1);
  fill_buffer(l, slot, buffer);
  return slot;
}

static LoopSlice *lay_slices(Layout *l, const PlanSlice *slices, int n) {
  LoopSlice *out = arena_array(&l->ctx->arena, LoopSlice, n);
  for (int k = 0; k < n; k++) out[k].whole = pointer_slot(l, slices[k].whole);
  return out;
}

static void lay_carries(Layout *l, const PlanScan *plan, Loop *scan) {
  scan->carries = arena_array(&l->ctx->arena, LoopCarry, plan->n_carries);
  for (int k = 0; k < plan->n_carries; k++) {
    const PlanCarry *from = &plan->carries[k];
    LoopCarry *carry = &scan->carries[k];
    carry->merged = from->merged;
    carry->in_place = from->in_place;
    carry->init = pointer_slot(l, from->init);
    carry->final = pointer_slot(l, from->final);
    if (from->ping >= 0) carry->ping = pointer_slot(l, from->ping);
    if (from->pong >= 0) carry->pong = pointer_slot(l, from->pong);
  }
}

static bool lay_block(Layout *l, const PlanBlock *block, StepBlock *steps);

static bool lay_loop(Layout *l, const PlanInstr *instr, StepInstr *step) {
  const PlanScan *plan = instr->scan;
  Loop *scan = arena_new(&l->ctx->arena, Loop);
  step->kind = STEP_scan;
  step->at = take(l, STEP_HEADER + 2) + STEP_HEADER;
  fill_pointer(l, step->at, scan);
  fill_size(l, step->at + 1, plan->length);
  scan->reverse = plan->reverse;
  scan->step = pointer_slot(l, plan->step);
  scan->n_slices = plan->n_slices;
  scan->n_collected = plan->n_collected;
  scan->n_carries = plan->n_carries;
  scan->slices = lay_slices(l, plan->slices, plan->n_slices);
  scan->collected = lay_slices(l, plan->collected, plan->n_collected);
  lay_carries(l, plan, scan);
  if (plan->stop >= 0) step->stop_slot = pointer_slot(l, plan->stop);
  vec_push(&l->ctx->arena, &l->program->scans, ((LoopBind){scan, plan, step->at, l->at}));
  step->body = arena_new(&l->ctx->arena, StepBlock);
  uint32_t outer = l->step_slot;
  l->step_slot = scan->step;
  bool ok = lay_block(l, plan->body, step->body);
  l->step_slot = outer;
  return ok;
}

/* All slots are known now: gives each scan the slots of its views. */
static ViewSlots slots_of(const Layout *l, int buffer) {
  return (ViewSlots){l->view_slots[buffer].data, l->view_slots[buffer].len};
}

static void bind_views(Layout *l) {
  for (uint32_t i = 0; i < l->program->scans.len; i++) {
    const LoopBind *bind = &l->program->scans.data[i];
    for (int k = 0; k < bind->plan->n_slices; k++)
      bind->scan->slices[k].view = slots_of(l, bind->plan->slices[k].view);
    for (int k = 0; k < bind->plan->n_collected; k++)
      bind->scan->collected[k].view = slots_of(l, bind->plan->collected[k].view);
    for (int k = 0; k < bind->plan->n_carries; k++) {
      bind->scan->carries[k].in = slots_of(l, bind->plan->carries[k].in);
      /* a merged carry's writers are the collected view's */
      if (bind->plan->carries[k].merged < 0)
        bind->scan->carries[k].out = slots_of(l, bind->plan->carries[k].out);
    }
  }
}

/* By the kind of the row. */
static bool (*const lay_instr[N_INSTR_KINDS])(Layout *, const PlanInstr *, StepInstr *) = {
#define INSTR(name, kind, ...) [INS_##name] = lay_##kind,
#include "passes/plan/instr.def"
#undef INSTR
};

static void watch(Layout *l, const PlanInstr *instr, StepInstr *step) {
  uint32_t *slots = arena_array(&l->ctx->arena, uint32_t, instr->n_in + instr->n_out);
  for (int k = 0; k < instr->n_in; k++) slots[k] = pointer_slot(l, instr->in[k]);
  for (int k = 0; k < instr->n_out; k++) slots[instr->n_in + k] = pointer_slot(l, instr->out[k]);
  step->id = l->program->watches.len;
  Watch w = {.instr = instr,
             .out_slots = slots + instr->n_in,
             .in_slots = slots,
             .step_slot = l->step_slot};
  if (instr->kind == INS_dot) w.product = l->program->products.data[l->program->products.len - 1];
  vec_push(&l->ctx->arena, &l->program->watches, w);
}

static bool lay_block(Layout *l, const PlanBlock *block, StepBlock *steps) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    StepInstr step = {.kind = STEP_launch};
    l->at = instr_place(instr);
    if (!lay_instr[instr->kind](l, instr, &step)) return false;
    if (l->watched) watch(l, instr, &step);
    vec_push(&l->ctx->arena, &steps->instrs, step);
    if (!instr->scan) l->program->stats.instructions++;
  }
  return true;
}

bool frame_layout(Program *program, StepBlock *steps, bool watched, Fault *fault) {
  Layout l = {.program = program, .ctx = program->ctx, .watched = watched, .fault = fault};
  l.view_slots = arena_alloc(&l.ctx->arena, sizeof *l.view_slots * program->plan->buffers.len);
  program->n_slots = 1; /* slot 0: the program */
  if (!lay_block(&l, program->plan->block, steps)) return false;
  bind_views(&l);
  return true;
}
