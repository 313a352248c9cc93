/* The frame: slots for every instruction of a plan.
 *
 * Slot 0 is the program (for the NaN trap). Each instruction has a block: two slots for range and
 * grain, then its arguments. A pointer into planned memory is filled when sizes are bound; a
 * pointer into the caller's memory by image_outside; a pointer that a scan moves is listed in the
 * view's slots.
 */
#include "runtime/library_sizes.h"
#include "runtime/lower.h"

typedef VEC(uint32_t) SlotList;

typedef struct Layout {
  Lowered *out;
  Ctx *ctx;
  Arena *arena;       /* of the ctx */
  Span at;            /* of the instruction that is laid out */
  uint32_t step_slot; /* slot of the innermost scan's step pointer, 0 outside */
  const Node *scan;   /* the innermost scan, and its number among the image's loops */
  uint32_t loop;
  Fault *fault;
  SlotList *view_slots;        /* by buffer */
  int *areas;                  /* by buffer; -1 */
  VEC(const PlanScan *) scans; /* by number of the image's loop */
} Layout;

static uint32_t take(Layout *l, uint32_t n) {
  uint32_t at = l->out->image.n_slots;
  l->out->image.n_slots += n;
  return at;
}

static uint32_t size_of(const Layout *l, Sz size) { return lower_size(l->out, size, l->at); }

static void fill_buffer(Layout *l, uint32_t slot, int buffer) {
  ImageBuilder *b = &l->out->builder;
  int root = plan_root(l->out->plan, buffer);
  const Buffer *at = &l->out->plan->buffers.data[root];
  switch (at->kind) {
  case BUF_param:
  case BUF_result:
    vec_push(l->arena, &b->outside,
             ((ImageOutside){slot, at->kind == BUF_result, (uint32_t)at->index}));
    break;
  case BUF_view:
    vec_push(l->arena, &l->view_slots[root], slot);
    break;
  default:
    vec_push(l->arena, &b->fills, ((ImageFill){slot, (uint32_t)l->areas[root]}));
  }
}

static void fill_size(Layout *l, uint32_t slot, Sz size) {
  vec_push(l->arena, &l->out->builder.sizes, ((ImageSize){slot, size_of(l, size)}));
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
  vec_push(l->arena, &l->out->builder.launches,
           ((ImageLaunch){at, size_of(l, range), size_of(l, work)}));
  return at;
}

static bool lay_kernel(Layout *l, const PlanInstr *instr, StepInstr *step) {
  Ctx *ctx = l->ctx;
  Sz symbol = SZ_NONE, count = SZ_NONE;
  const Graph *flat = kernel_flat(ctx, instr->node->body, &symbol, &count);
  const Graph *body = flat ? flat : instr->node->body;
  int n = flat ? 1 : 0;
  KernelSig sig;
  kernel_signature(ctx, body, target_lanes(l->out->target, 4), &sig);
  step->symbol = ctx_text(ctx, sig.symbol);
  step->at =
      new_launch(l, instr, (uint32_t)sig.n_sizes, size_subst(ctx, sig.range, &symbol, &count, n),
                 size_subst(ctx, sig.work, &symbol, &count, n));
  uint32_t slot = fill_arrays(l, instr, step->at);
  for (int k = 0; k < sig.n_sizes; k++)
    fill_size(l, slot + (uint32_t)k, size_subst(ctx, sig.sizes[k], &symbol, &count, n));
  vec_push(l->arena, &l->out->kernels, ((KernelUse){body, sig, instr}));
  return true;
}

/* Whether an instruction works with other ranks; its last slot says with whom, 0: with nobody. */
static bool with_ranks(const PlanInstr *instr) {
  return instr->node && op_is(instr->node->op, T_RANKS);
}

static bool lay_library(Layout *l, const PlanInstr *instr, StepInstr *step) {
  LibraryCall call;
  /* The node's type, not the buffer's: that may be of another shape, seen through a reshape. */
  int data = instr_info[instr->kind].data;
  Ty type = instr->node ? graph_type(instr->graph, instr->node->operands[data])
                        : l->out->plan->buffers.data[instr->in[data]].type;
  library_call(l->ctx, instr, type, &call);
  step->symbol = instr_info[instr->kind].symbol;
  uint32_t n_sizes = (uint32_t)call.n_sizes;
  step->at = new_launch(l, instr, n_sizes + with_ranks(instr), call.range, call.work);
  uint32_t slot = fill_arrays(l, instr, step->at);
  for (uint32_t k = 0; k < n_sizes; k++) fill_size(l, slot + k, call.sizes[k]);
  if (with_ranks(instr) && node_int(instr->node, A_shards, 0))
    vec_push(l->arena, &l->out->rank_slots, slot + n_sizes);
  return true;
}

/* Whether an operand is the same in all turns of the innermost scan: a captured value of it. */
static bool is_captured(const Layout *l, const PlanInstr *instr, int operand) {
  if (!l->scan) return false;
  const Node *n = graph_node(instr->graph, instr->node->operands[operand]);
  while (n->op == OP_reshape) n = graph_node(instr->graph, n->operands[0]);
  int64_t own = 1 + node_int(l->scan, A_carries, 0) + node_int(l->scan, A_slices, 0);
  return n->op == OP_param && node_int(n, A_index, 0) >= own;
}

/* A kernel that runs with a product: its code, operands, results (from *out on) and sizes, but
 * those that say which rows. */
static void lay_rows(Layout *l, const PlanInstr *instr, const PlanRows *rows, int *out,
                     StepInstr *step) {
  KernelSig sig;
  kernel_signature_whole(l->ctx, rows->body, target_lanes(l->out->target, 4), &sig);
  uint32_t code = take(l, 1 + (uint32_t)(sig.n_inputs + sig.n_outputs + sig.n_sizes));
  uint32_t slot = code + 1;
  for (int k = 0; k < sig.n_inputs; k++, slot++)
    if (k != rows->product) fill_buffer(l, slot, rows->in[k]);
  for (int k = 0; k < sig.n_outputs; k++) fill_buffer(l, slot++, instr->out[(*out)++]);
  for (int k = 0; k < sig.n_sizes; k++, slot++) {
    bool chosen = sz_eq(sig.sizes[k], rows->count);
    for (int i = 0; i <= rows->cut; i++) chosen |= sz_eq(sig.sizes[k], rows->starts[i]);
    if (!chosen) fill_size(l, slot, sig.sizes[k]);
  }
  lower_rows(l->out, rows, instr->node->span, &sig, code);
  vec_push(l->arena, &step->code, ((StepCode){ctx_text(l->ctx, sig.symbol), code}));
  vec_push(l->arena, &l->out->kernels, ((KernelUse){rows->body, sig, instr}));
}

static bool lay_product(Layout *l, const PlanInstr *instr, StepInstr *step) {
  ImageProduct product;
  if (!lower_product(l->out, instr, &product, l->fault)) return false;
  step->kind = STEP_call;
  step->symbol = instr_info[instr->kind].symbol;
  step->at = take(l, STEP_HEADER + 4) + STEP_HEADER;
  fill_buffer(l, step->at, instr->in[0]);
  fill_buffer(l, step->at + 1, instr->in[1]);
  if (!instr->rows || instr->rows->kept) fill_buffer(l, step->at + 2, instr->out[0]);
  product.slot = step->at + 3;
  product.rows = instr->rows ? l->out->builder.rows.len : IMAGE_NO_ROWS;
  int out = instr->rows ? instr->rows->kept : 0;
  for (const PlanRows *rows = instr->rows; rows; rows = rows->next)
    lay_rows(l, instr, rows, &out, step);
  product.loop = is_captured(l, instr, 1) ? l->loop : IMAGE_NO_LOOP;
  vec_push(l->arena, &l->out->builder.products, product);
  return true;
}

/* Operand k, or result k - n_in. The node's type, not the buffer's: see lay_library. */
static const TypeInfo *array_type(const PlanInstr *instr, int k) {
  const Graph *g = instr->graph;
  if (k < instr->n_in) return graph_info(g, instr->node->operands[k]);
  const TypeInfo *all = type_info(g->ctx, instr->node->type);
  return all->is_tuple ? type_info(g->ctx, all->items[k - instr->n_in]) : all;
}

static bool lay_foreign(Layout *l, const PlanInstr *instr, StepInstr *step) {
  int n = instr->n_in + instr->n_out;
  int *ranks = arena_array(l->arena, int, n);
  for (int k = 0; k < n; k++) ranks[k] = array_type(instr, k)->rank;
  step->kind = STEP_call;
  step->symbol = instr_info[instr->kind].symbol;
  step->at = take(l, STEP_HEADER + foreign_slots(ranks, n)) + STEP_HEADER;
  vec_push(l->arena, &l->out->foreign, ((ForeignUse){step->at, instr->node, ranks, n}));
  uint32_t slot = fill_arrays(l, instr, step->at + 1);
  for (int k = 0; k < n; k++) {
    const TypeInfo *info = array_type(instr, k);
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

/* Returns the number of the first. */
static uint32_t lay_slices(Layout *l, const PlanSlice *slices, int n) {
  uint32_t first = l->out->builder.slices.len;
  for (int k = 0; k < n; k++) {
    ImageSlice slice = {.whole = pointer_slot(l, slices[k].whole),
                        .stride = size_of(l, slices[k].stride)};
    vec_push(l->arena, &l->out->builder.slices, slice);
  }
  return first;
}

static uint32_t lay_carries(Layout *l, const PlanScan *plan) {
  uint32_t first = l->out->builder.carries.len;
  for (int k = 0; k < plan->n_carries; k++) {
    const PlanCarry *from = &plan->carries[k];
    ImageCarry carry = {.merged = from->merged, .in_place = from->in_place};
    carry.init = pointer_slot(l, from->init);
    carry.final = pointer_slot(l, from->final);
    if (from->ping >= 0) carry.ping = pointer_slot(l, from->ping);
    if (from->pong >= 0) carry.pong = pointer_slot(l, from->pong);
    carry.bytes = size_of(l, l->out->plan->buffers.data[from->final].bytes);
    vec_push(l->arena, &l->out->builder.carries, carry);
  }
  return first;
}

static bool lay_block(Layout *l, const PlanBlock *block, StepBlock *steps);

static bool lay_body(Layout *l, const PlanInstr *instr, uint32_t step_slot, StepInstr *step) {
  step->body = arena_new(l->arena, StepBlock);
  Layout outer = *l;
  l->step_slot = step_slot;
  l->scan = instr->node;
  l->loop = l->out->builder.loops.len - 1;
  bool ok = lay_block(l, instr->scan->body, step->body);
  l->step_slot = outer.step_slot;
  l->scan = outer.scan;
  l->loop = outer.loop;
  return ok;
}

static bool lay_loop(Layout *l, const PlanInstr *instr, StepInstr *step) {
  const PlanScan *plan = instr->scan;
  step->kind = STEP_scan;
  step->at = take(l, STEP_HEADER + 2) + STEP_HEADER;
  fill_size(l, step->at + 1, plan->length);
  ImageLoop loop = {.slot = step->at,
                    .length = size_of(l, plan->length),
                    .reverse = plan->reverse,
                    .step = pointer_slot(l, plan->step),
                    .n_slices = (uint32_t)plan->n_slices,
                    .n_collected = (uint32_t)plan->n_collected,
                    .n_carries = (uint32_t)plan->n_carries};
  loop.first_slice = lay_slices(l, plan->slices, plan->n_slices);
  loop.first_collected = lay_slices(l, plan->collected, plan->n_collected);
  loop.first_carry = lay_carries(l, plan);
  if (plan->stop >= 0) step->stop_slot = pointer_slot(l, plan->stop);
  vec_push(l->arena, &l->out->builder.loops, loop);
  vec_push(l->arena, &l->scans, plan);
  return lay_body(l, instr, loop.step, step);
}

/* All slots are known now: the slots of a view, behind those of the others. */
static void list_views(Layout *l, int buffer, uint32_t *first, uint32_t *n) {
  ImageBuilder *b = &l->out->builder;
  *first = b->views.len;
  *n = l->view_slots[buffer].len;
  for (uint32_t i = 0; i < *n; i++) vec_push(l->arena, &b->views, l->view_slots[buffer].data[i]);
}

static void bind_slice_views(Layout *l, const PlanSlice *from, int n, uint32_t first) {
  for (int k = 0; k < n; k++) {
    ImageSlice *to = &l->out->builder.slices.data[first + (uint32_t)k];
    list_views(l, from[k].view, &to->first_view, &to->n_views);
  }
}

static void bind_views(Layout *l) {
  ImageBuilder *b = &l->out->builder;
  for (uint32_t i = 0; i < l->scans.len; i++) {
    const PlanScan *plan = l->scans.data[i];
    const ImageLoop *loop = &b->loops.data[i];
    bind_slice_views(l, plan->slices, plan->n_slices, loop->first_slice);
    bind_slice_views(l, plan->collected, plan->n_collected, loop->first_collected);
    for (int k = 0; k < plan->n_carries; k++) {
      const PlanCarry *from = &plan->carries[k];
      ImageCarry *carry = &b->carries.data[loop->first_carry + (uint32_t)k];
      list_views(l, from->in, &carry->first_in, &carry->n_in);
      /* a merged carry's writers are the collected view's */
      if (from->merged < 0) list_views(l, from->out, &carry->first_out, &carry->n_out);
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
  uint32_t *slots = arena_array(l->arena, uint32_t, instr->n_in + instr->n_out);
  for (int k = 0; k < instr->n_in; k++) slots[k] = pointer_slot(l, instr->in[k]);
  for (int k = 0; k < instr->n_out; k++) slots[instr->n_in + k] = pointer_slot(l, instr->out[k]);
  step->id = l->out->watches.len;
  Watch w = {.instr = instr,
             .out_slots = slots + instr->n_in,
             .in_slots = slots,
             .step_slot = l->step_slot,
             .product = instr->kind == INS_dot ? (int)l->out->builder.products.len - 1 : -1};
  vec_push(l->arena, &l->out->watches, w);
}

static bool lay_block(Layout *l, const PlanBlock *block, StepBlock *steps) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    StepInstr step = {.kind = STEP_launch};
    l->at = instr_place(instr);
    if (!lay_instr[instr->kind](l, instr, &step)) return false;
    if (l->out->after) watch(l, instr, &step);
    vec_push(l->arena, &steps->instrs, step);
    if (!instr->scan) l->out->n_instructions++;
  }
  return true;
}

/* ---- planned memory ---- */

static void add_splat(Layout *l, const Buffer *buffer, uint32_t area) {
  const Node *node = buffer->node;
  ImageSplat splat = {.area = area,
                      .count = size_of(l, type_count(l->ctx, buffer->type)),
                      .dtype = type_info(l->ctx, buffer->type)->dtype,
                      .size = IMAGE_NO_SIZE,
                      .number = node_float(node, A_value, 0)};
  if (node->op == OP_size) splat.size = size_of(l, node_size(node, A_size));
  vec_push(l->arena, &l->out->builder.splats, splat);
}

static void lay_areas(Layout *l) {
  const Plan *plan = l->out->plan;
  l->areas = arena_array(l->arena, int, plan->buffers.len);
  for (uint32_t b = 0; b < plan->buffers.len; b++) {
    const Buffer *buffer = &plan->buffers.data[b];
    l->at = buffer->span;
    uint32_t bytes =
        size_of(l, buffer->bytes); /* of the caller's arrays, too: their symbols count */
    bool always = buffer->kind == BUF_const;
    l->areas[b] = -1;
    if ((buffer->kind != BUF_arena && !always) || buffer->alias >= 0) continue;
    uint32_t area = l->out->builder.areas.len;
    ImageArea lives = {bytes, always ? -1 : buffer->first, always ? plan->end : buffer->last};
    vec_push(l->arena, &l->out->builder.areas, lives);
    vec_push(l->arena, &l->out->area_buffers, (int)b);
    l->areas[b] = (int)area;
    if (always) add_splat(l, buffer, area);
  }
}

static void finish_image(Lowered *out) {
  const ImageBuilder *b = &out->builder;
  const SizeTable sizes = size_table(&b->table);
  Image *image = &out->image;
#define SIZE_PART(type, name)                                                                      \
  image->name = sizes.name;                                                                        \
  image->n_##name = sizes.n_##name;
#define PART(type, name)                                                                           \
  image->name = b->name.data;                                                                      \
  image->n_##name = b->name.len;
#include "exec/image_parts.def"
#undef PART
  image->n_symbols = b->table.symbols.len;
}

/* First of all, so that symbols are numbered as the parameters show them. */
static void lay_array(Layout *l, Ref array) {
  const TypeInfo *info = graph_info(l->out->plan->graph, array);
  ImageBuilder *b = &l->out->builder;
  ImageArray one = {info->dtype, (uint32_t)info->rank, b->dims.len, IMAGE_NO_SIZE};
  for (int d = 0; d < info->rank; d++) {
    uint32_t size = size_of(l, info->dims[d]);
    vec_push(l->arena, &b->dims, size);
  }
  if (info->dtype == DT_idx) one.extent = size_of(l, info->extent);
  vec_push(l->arena, &b->arrays, one);
}

static void lay_arrays(Layout *l) {
  const Graph *g = l->out->plan->graph;
  l->out->image.n_params = g->params.len;
  for (uint32_t i = 0; i < g->params.len; i++) lay_array(l, g->params.data[i]);
  for (uint32_t i = 0; i < g->results.len; i++) lay_array(l, g->results.data[i]);
}

static void lay_needs(Layout *l, const Needs *needs) {
  for (uint32_t i = 0; i < needs->list.len; i++) {
    const Need *need = &needs->list.data[i];
    l->at = need->span;
    ImageNeed kept = {need->kind == NEED_value, size_of(l, need->least),
                      need->count.i ? size_of(l, need->count) : IMAGE_NO_SIZE};
    vec_push(l->arena, &l->out->builder.needs, kept);
  }
}

bool lower_plan(Lowered *out, Ctx *ctx, const Plan *plan, const Needs *needs, const Target *target,
                const char *after, Fault *fault) {
  *out = (Lowered){.ctx = ctx, .plan = plan, .target = target, .after = after};
  out->builder.table.ctx = ctx;
  out->image.n_slots = 1; /* slot 0: the program */
  Layout l = {.out = out, .ctx = ctx, .arena = &ctx->arena, .fault = fault};
  l.view_slots = arena_alloc(l.arena, sizeof *l.view_slots * plan->buffers.len);
  lay_arrays(&l);
  lay_needs(&l, needs);
  lay_areas(&l);
  if (!lay_block(&l, plan->block, &out->steps)) return false;
  bind_views(&l);
  finish_image(out);
  return true;
}
