/* The function of a kernel: a loop over the work items of each section. See kernel.h and
 * kernel_plan.h. */
#include "codegen/kernel.h"

#include "codegen/kernel_emitter.h"

/* ---- stores ---- */

/* Everything is loaded before anything is stored: results may share memory with inputs. Those
 * that are made with reductions of the batch (-1: with none). */
void store_all(Emitter *e, const Store *stores, uint32_t n, int batch, const int *forms, int rank) {
  KernelValue *values = arena_array(e->arena, KernelValue, n);
  int map = map_intern(e->ix, forms, rank);
  for (uint32_t i = 0; i < n; i++)
    if (stores[i].with == batch) values[i] = emit_value(e, stores[i].value, map, 0);
  for (uint32_t i = 0; i < n; i++)
    if (stores[i].with == batch) store_result(e, &stores[i], forms, values[i]);
}

static void store_section(Emitter *e, void *user, LLVMValueRef *carry) {
  (void)user, (void)carry;
  const Section *s = e->section;
  store_all(e, s->stores.data, s->stores.len, -1, s->domain.forms, s->domain.rank);
}

/* ---- inside an item ---- */

typedef struct Inner {
  int level; /* group */
} Inner;

/* Loops over the inner groups, the last one in lanes when it has them. */
static void inner_loops(Emitter *e, void *user, LLVMValueRef *carry) {
  const Section *s = e->section;
  Inner *inner = user;
  int at = inner->level;
  while (at < s->domain.n_groups && s->domain.groups[at].outer) at++;
  if (at == s->domain.n_groups) {
    store_section(e, NULL, carry);
    return;
  }
  const Group *g = &s->domain.groups[at];
  if (at == s->lane) {
    LaneRange range = {.domain = &s->domain,
                       .group = g,
                       .lanes = (int)section_step(e->plan, s),
                       .divides = size_divides(e->ctx, g->extent, section_step(e->plan, s)),
                       .heavy = s->heavy};
    lane_loop(e, &range, carry, 0, store_section, NULL);
    return;
  }
  int was = inner->level;
  inner->level = at + 1;
  group_loop(e, &s->domain, g, carry, 0, inner_loops, inner);
  inner->level = was;
}

static void store_outer(Emitter *e) {
  const Section *s = e->section;
  for (uint32_t i = 0; i < s->outer_stores.len; i++) {
    const TypeInfo *type = graph_info(e->body, s->outer_stores.data[i].value);
    store_all(e, &s->outer_stores.data[i], 1, -1, outer_forms(e->plan, s, type), type->rank);
  }
}

/* Values of the tile's group. */
typedef struct TileRows {
  const Group *group;
  LLVMValueRef start, end;
} TileRows;

static void tile_rows(Emitter *e, void *user, LLVMValueRef *carry) {
  const TileRows *rows = user;
  group_range(e, &e->section->domain, rows->group, rows->start, rows->end, carry, 0, store_section,
              NULL);
}

/* The part number 'block' of a group: from *start up to *end. */
static void part_of_group(Emitter *e, const Group *g, LLVMValueRef block, int64_t step,
                          LLVMValueRef *start, LLVMValueRef *end) {
  LLVMValueRef extent = size_value(e, g->extent);
  emit_at(e, e->scope);
  *start = LLVMBuildMul(e->b, block, int64_const(e, step), "");
  *end = LLVMBuildAdd(e->b, *start, int64_const(e, step), "");
  LLVMValueRef within = LLVMBuildICmp(e->b, LLVMIntSLT, *end, extent, "");
  *end = LLVMBuildSelect(e->b, within, *end, extent, "");
}

/* A block of the lane group, all its vectors, and of a tile all its rows. block NULL: the whole
 * group. */
static void map_item(Emitter *e, LLVMValueRef block, LLVMValueRef tile) {
  const Section *s = e->section;
  const Group *g = &s->domain.groups[s->lane];
  int64_t lanes = section_step(e->plan, s);
  LaneRange range = {.domain = &s->domain,
                     .group = g,
                     .lanes = (int)lanes,
                     .divides = size_divides(e->ctx, g->extent, lanes),
                     .heavy = s->heavy};
  if (block) part_of_group(e, g, block, s->block, &range.start, &range.end);
  if (!tile) {
    lane_loop(e, &range, NULL, 0, store_section, NULL);
    return;
  }
  TileRows rows = {.group = &s->domain.groups[s->tile]};
  part_of_group(e, rows.group, tile, TILE_ROWS, &rows.start, &rows.end);
  lane_loop(e, &range, NULL, 0, tile_rows, &rows);
}

/* One vector (or several side by side) of the lane group. */
static void col_item(Emitter *e, LLVMValueRef block) {
  const Section *s = e->section;
  const Group *g = &s->domain.groups[s->lane];
  int64_t lanes = section_step(e->plan, s);
  LLVMValueRef extent = size_value(e, g->extent), rest = NULL;
  straight_open(e);
  emit_at(e, e->scope);
  LLVMValueRef at =
      block ? LLVMBuildMul(e->b, block, int64_const(e, lanes), "") : int64_const(e, 0);
  bind_group(e, &s->domain, g, at);
  if (!size_divides(e->ctx, g->extent, lanes)) rest = LLVMBuildSub(e->b, extent, at, "");
  lanes_begin(e, g->inner, (int)lanes, rest);
  inner_loops(e, &(Inner){0}, NULL);
  store_outer(e);
  straight_close(e);
}

/* Whether all its stores are made in loops of reductions. */
static bool stores_in_loops(const Section *s) {
  for (uint32_t i = 0; i < s->stores.len; i++)
    if (s->stores.data[i].with < 0) return false;
  return true;
}

static void emit_item(Emitter *e, LLVMValueRef block, LLVMValueRef tile) {
  const Section *s = e->section;
  if (s->kind == SECTION_map && s->lane >= 0) {
    map_item(e, block, tile);
  } else if (s->kind == SECTION_col) {
    col_item(e, block);
  } else {
    if (!stores_in_loops(s)) inner_loops(e, &(Inner){0}, NULL);
    store_outer(e);
  }
}

/* ---- items of a section ---- */

/* The dimensions of the item space, outermost first: groups, blocks of the lane group, and parts of
 * the tile's group. */
typedef struct ItemDim {
  const Group *group;
  Sz extent;
  bool block, tile;
} ItemDim;

static int item_dims(Emitter *e, ItemDim *dims) {
  const Section *s = e->section;
  int n = 0;
  for (int i = 0; i < s->domain.n_groups; i++) {
    const Group *g = &s->domain.groups[i];
    if (s->kind != SECTION_map && !g->outer) continue;
    if (i == s->lane && !s->block) continue;
    dims[n++] = (ItemDim){g, section_items(e->plan, s, i), i == s->lane, i == s->tile};
  }
  return n;
}

/* The coordinates of an item number. */
static void decode_item(Emitter *e, const ItemDim *dims, int n, LLVMValueRef item,
                        LLVMValueRef *at) {
  for (int i = n - 1; i >= 0; i--) {
    at[i] = item;
    if (!i) return;
    LLVMValueRef extent = size_value(e, size_max(e->ctx, dims[i].extent, e->ix->one));
    emit_at(e, e->scope);
    at[i] = LLVMBuildURem(e->b, item, extent, "");
    item = LLVMBuildUDiv(e->b, item, extent, "");
  }
}

/* Counts the coordinates up by one. */
static void next_item(Emitter *e, const ItemDim *dims, int n, LLVMValueRef *at) {
  LLVMValueRef carry = int64_const(e, 1);
  for (int i = n - 1; i >= 0; i--) {
    LLVMValueRef extent = size_value(e, dims[i].extent);
    emit_at(e, e->scope);
    at[i] = LLVMBuildAdd(e->b, at[i], carry, "");
    if (!i) return;
    LLVMValueRef full = LLVMBuildICmp(e->b, LLVMIntEQ, at[i], extent, "");
    at[i] = LLVMBuildSelect(e->b, full, int64_const(e, 0), at[i], "");
    carry = LLVMBuildZExt(e->b, full, e->i64, "");
  }
}

static void emit_items(Emitter *e, LLVMValueRef lo, LLVMValueRef hi) {
  const Section *s = e->section;
  ItemDim *dims = arena_array(e->arena, ItemDim, s->domain.n_groups + 1);
  int n = item_dims(e, dims), n_carry = n > 1 ? n : 0;
  LLVMValueRef *at = arena_array(e->arena, LLVMValueRef, n + 1), block = NULL, tile = NULL;
  if (n_carry) decode_item(e, dims, n, lo, at);
  for (int i = 0; i < n; i++) size_value(e, dims[i].extent);
  KernelLoop loop;
  loop_open(e, &loop, lo, hi, 1, true, at, n_carry);
  for (int i = 0; i < n; i++) {
    LLVMValueRef counter = n_carry ? loop.phi[i] : loop.counter;
    if (dims[i].block)
      block = counter;
    else if (dims[i].tile)
      tile = counter;
    else
      bind_group(e, &s->domain, dims[i].group, counter);
  }
  emit_item(e, block, tile);
  for (int i = 0; i < n_carry; i++) at[i] = loop.phi[i];
  if (n_carry) next_item(e, dims, n, at);
  loop_close(e, &loop, at);
}

/* A section's code is skipped when it has nothing to do: a loop that runs at most once. */
static void emit_section(Emitter *e, LLVMValueRef lo, LLVMValueRef hi) {
  KernelLoop once;
  emit_at(e, e->scope);
  LLVMValueRef some = LLVMBuildZExt(e->b, LLVMBuildICmp(e->b, LLVMIntSLT, lo, hi, ""), e->i64, "");
  loop_open(e, &once, int64_const(e, 0), some, 1, false, NULL, 0);
  e->base = once.scope;
  emit_items(e, lo, hi);
  loop_close(e, &once, NULL);
}

/* The part of [lo, hi) that falls into a section whose items start at 'first'. */
static void section_range(Emitter *e, Sz first, Sz range, LLVMValueRef *lo, LLVMValueRef *hi) {
  LLVMValueRef begin = size_value(e, first), length = size_value(e, range);
  LLVMValueRef zero = int64_const(e, 0);
  emit_at(e, e->scope);
  *lo = LLVMBuildSub(e->b, *lo, begin, "");
  *hi = LLVMBuildSub(e->b, *hi, begin, "");
  LLVMValueRef before = LLVMBuildICmp(e->b, LLVMIntSLT, *lo, zero, "");
  *lo = LLVMBuildSelect(e->b, before, zero, *lo, "");
  LLVMValueRef after = LLVMBuildICmp(e->b, LLVMIntSGT, *hi, length, "");
  *hi = LLVMBuildSelect(e->b, after, length, *hi, "");
}

/* ---- the function ---- */

static void init_types(Emitter *e) {
  e->i1 = LLVMInt1TypeInContext(e->llvm);
  e->i8 = LLVMInt8TypeInContext(e->llvm);
  e->i16 = LLVMInt16TypeInContext(e->llvm);
  e->i32 = LLVMInt32TypeInContext(e->llvm);
  e->i64 = LLVMInt64TypeInContext(e->llvm);
  e->f32 = LLVMFloatTypeInContext(e->llvm);
  e->f64 = LLVMDoubleTypeInContext(e->llvm);
  e->ptr = LLVMPointerTypeInContext(e->llvm, 0);
}

static void begin_function(Emitter *e, const char *name) {
  LLVMTypeRef params[] = {e->ptr, e->i64, e->i64};
  LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(e->llvm), params, 3, false);
  e->function = LLVMAddFunction(e->module, name, type);
  target_mark(e->target, e->function);
  e->args = LLVMGetParam(e->function, 0);
  e->entry = arena_new(e->arena, KernelScope);
  e->entry->own = LLVMAppendBasicBlockInContext(e->llvm, e->function, "entry");
  e->entry->block = &e->entry->own;
  e->entry->lane_var = -1;
  e->scope = e->entry;
  emit_at(e, e->entry);
}

bool kernel_emit(Ctx *ctx, LLVMModuleRef module, const Target *target, const Graph *body,
                 const KernelSig *sig, Fault *fault) {
  KernelPlan *plan = kernel_plan(ctx, body, target_lanes(target, 4), fault);
  if (!plan) return false;
  LLVMContextRef llvm = LLVMGetModuleContext(module);
  Emitter e = {.ctx = ctx,
               .arena = &ctx->arena,
               .plan = plan,
               .ix = &plan->ix,
               .body = body,
               .target = target,
               .llvm = llvm,
               .module = module,
               .b = LLVMCreateBuilderInContext(llvm),
               .sizes = sig->sizes,
               .n_sizes = sig->n_sizes};
  e.vmath = (Vmath){llvm, module, e.b, target};
  init_types(&e);
  begin_function(&e, ctx_text(ctx, sig->symbol));
  Sz first = e.ix->zero;
  for (uint32_t i = 0; i < plan->sections.len; i++) {
    LLVMValueRef lo = LLVMGetParam(e.function, 1), hi = LLVMGetParam(e.function, 2);
    e.section = plan->section = &plan->sections.data[i];
    if (sig->whole) {
      lo = int64_const(&e, 0);
      hi = size_value(&e, e.section->range);
    } else if (plan->sections.len > 1) {
      section_range(&e, first, e.section->range, &lo, &hi);
    }
    emit_section(&e, lo, hi);
    first = size_add(ctx, first, e.section->range);
  }
  LLVMBuildRetVoid(emit_at(&e, e.entry));
  LLVMDisposeBuilder(e.b);
  return true;
}
