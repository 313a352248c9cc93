/* Binding an image to sizes: see image.h. */
#include "exec/image.h"

#include <string.h>

#include "base/cost.h"

enum { IMAGE_ALIGN = 64 }; /* bytes; a cache line, and the widest vector */

static int64_t align_up(int64_t bytes) {
  return (bytes + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
}

/* ---- the state's own memory ---- */

typedef struct Carve {
  char *memory; /* NULL: only measured */
  int64_t used;
} Carve;

static void *carve(Carve *c, size_t size, uint32_t n) {
  void *at = c->memory ? c->memory + c->used : NULL;
  c->used += align_up((int64_t)(size * n));
  return at;
}

/* What placing areas works with. */
typedef struct Placing {
  int64_t *bytes;
  uint32_t *by_size, *by_offset;
} Placing;

static Placing carve_placing(const Image *image, Carve *c) {
  return (Placing){carve(c, sizeof(int64_t), image->n_areas),
                   carve(c, sizeof(uint32_t), image->n_areas),
                   carve(c, sizeof(uint32_t), image->n_areas)};
}

static void carve_loop(const Image *image, const ImageLoop *from, Carve *c, Loop *loop) {
  LoopSlice *slices = carve(c, sizeof *slices, from->n_slices);
  LoopSlice *collected = carve(c, sizeof *collected, from->n_collected);
  LoopCarry *carries = carve(c, sizeof *carries, from->n_carries);
  if (!loop) return;
  *loop = (Loop){.reverse = (int)from->reverse,
                 .step = from->step,
                 .n_slices = (int)from->n_slices,
                 .n_collected = (int)from->n_collected,
                 .n_carries = (int)from->n_carries,
                 .slices = slices,
                 .collected = collected,
                 .carries = carries};
  for (uint32_t k = 0; k < from->n_slices + from->n_collected; k++) {
    bool inside = k < from->n_slices;
    const ImageSlice *slice =
        &image->slices[inside ? from->first_slice + k : from->first_collected + k - from->n_slices];
    *(inside ? &slices[k] : &collected[k - from->n_slices]) = (LoopSlice){
        .whole = slice->whole, .view = {image->views + slice->first_view, slice->n_views}};
  }
  for (uint32_t k = 0; k < from->n_carries; k++) {
    const ImageCarry *carry = &image->carries[from->first_carry + k];
    carries[k] = (LoopCarry){.init = carry->init,
                             .final = carry->final,
                             .ping = carry->ping,
                             .pong = carry->pong,
                             .merged = carry->merged,
                             .in_place = (int)carry->in_place,
                             .in = {image->views + carry->first_in, carry->n_in},
                             .out = {image->views + carry->first_out, carry->n_out}};
  }
}

static ImageState *carve_state(const Image *image, Carve *c) {
  ImageState *s = carve(c, sizeof *s, 1);
  ImageState state = {.image = image,
                      .values = carve(c, sizeof(int64_t), image->n_sums),
                      .known = carve(c, sizeof(bool), image->n_sums),
                      .offsets = carve(c, sizeof(int64_t), image->n_areas),
                      .frame = carve(c, sizeof(uint64_t), image->n_slots),
                      .products = carve(c, sizeof(ImageCall), image->n_products),
                      .rows = carve(c, sizeof(RowsKernel), image->n_rows),
                      .row_bytes = carve(c, sizeof(int64_t), image->n_row_bytes),
                      .loops = carve(c, sizeof(Loop), image->n_loops)};
  for (uint32_t i = 0; i < image->n_loops; i++)
    carve_loop(image, &image->loops[i], c, s ? &state.loops[i] : NULL);
  state.scratch = c->memory ? c->memory + c->used : NULL;
  carve_placing(image, c);
  if (s) *s = state;
  return s;
}

int64_t image_state_bytes(const Image *image) {
  Carve c = {0};
  carve_state(image, &c);
  return c.used;
}

ImageState *image_state(const Image *image, void *memory) {
  Carve c = {.memory = memory};
  ImageState *s = carve_state(image, &c);
  memset(s->frame, 0, sizeof *s->frame * image->n_slots);
  return s;
}

/* ---- places of areas: first fit over lifetimes, the largest first ---- */

static void insert(uint32_t *list, uint32_t n, uint32_t at, uint32_t item) {
  memmove(list + at + 1, list + at, (n - at) * sizeof *list);
  list[at] = item;
}

/* The largest first, of equal ones the first. */
static void sort_by_size(const Placing *p, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    uint32_t lo = 0, hi = i;
    while (lo < hi) {
      uint32_t middle = lo + (hi - lo) / 2;
      if (p->bytes[p->by_size[middle]] >= p->bytes[i])
        lo = middle + 1;
      else
        hi = middle;
    }
    insert(p->by_size, i, lo, i);
  }
}

static bool live_together(const ImageArea *a, const ImageArea *b) {
  return a->first <= b->last && b->first <= a->last;
}

/* The lowest gap among the placed areas that live at the same time. */
static int64_t first_fit(const ImageState *s, const Placing *p, uint32_t area, uint32_t n_placed) {
  const ImageArea *areas = s->image->areas;
  int64_t at = 0;
  for (uint32_t i = 0; i < n_placed; i++) {
    uint32_t other = p->by_offset[i];
    if (!live_together(&areas[area], &areas[other])) continue;
    if (s->offsets[other] - at >= p->bytes[area]) break;
    int64_t end = s->offsets[other] + p->bytes[other];
    if (end > at) at = end;
  }
  return at;
}

static uint32_t place_in_order(const ImageState *s, const Placing *p, int64_t offset, uint32_t n) {
  uint32_t lo = 0, hi = n;
  while (lo < hi) {
    uint32_t middle = lo + (hi - lo) / 2;
    if (s->offsets[p->by_offset[middle]] <= offset)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo;
}

static ImageFault measure_areas(ImageState *s) {
  const Image *image = s->image;
  Carve c = {.memory = s->scratch};
  Placing p = carve_placing(image, &c);
  for (uint32_t i = 0; i < image->n_areas; i++) {
    uint32_t size = image->areas[i].bytes;
    int64_t bytes = s->values[size];
    if (!s->known[size] || bytes < 0 || bytes > INT64_MAX / 4) return (ImageFault){IMAGE_area, i};
    p.bytes[i] = bytes ? align_up(bytes) : IMAGE_ALIGN;
  }
  sort_by_size(&p, image->n_areas);
  s->memory_bytes = 0;
  for (uint32_t i = 0; i < image->n_areas; i++) {
    uint32_t area = p.by_size[i];
    s->offsets[area] = first_fit(s, &p, area, i);
    insert(p.by_offset, i, place_in_order(s, &p, s->offsets[area], i), area);
    int64_t end = s->offsets[area] + p.bytes[area];
    if (end > s->memory_bytes) s->memory_bytes = end;
  }
  return (ImageFault){0};
}

/* ---- sizes ---- */

typedef struct Wanted {
  const ImageState *s;
  ImageFault fault;
} Wanted;

/* The value of a size; the first that has none is the fault. */
static int64_t value_of(Wanted *w, uint32_t size) {
  if (!w->s->known[size] && w->fault.kind == IMAGE_good) w->fault = (ImageFault){IMAGE_size, size};
  return w->s->values[size];
}

static void bind_sizes_of_slots(ImageState *s, Wanted *w) {
  for (uint32_t i = 0; i < s->image->n_sizes; i++)
    s->frame[s->image->sizes[i].slot] = (uint64_t)value_of(w, s->image->sizes[i].size);
}

/* The least number of items that makes a launch worth a thread. What is too large to count is. */
static void bind_launches(ImageState *s, Wanted *w) {
  for (uint32_t i = 0; i < s->image->n_launches; i++) {
    const ImageLaunch *launch = &s->image->launches[i];
    int64_t range = value_of(w, launch->range);
    int64_t work = s->known[launch->work] ? s->values[launch->work] : INT64_MAX;
    int64_t per_item = range > 0 && work > range ? work / range : 1;
    int64_t grain = (WORK_PARALLEL + per_item - 1) / per_item;
    s->frame[launch->at - 2] = (uint64_t)range;
    s->frame[launch->at - 1] = (uint64_t)(grain < 1 ? 1 : grain);
  }
}

static void bind_loops(ImageState *s, Wanted *w) {
  const Image *image = s->image;
  for (uint32_t i = 0; i < image->n_loops; i++) {
    const ImageLoop *from = &image->loops[i];
    Loop *loop = &s->loops[i];
    loop->length = value_of(w, from->length);
    for (uint32_t k = 0; k < from->n_slices; k++)
      loop->slices[k].stride = value_of(w, image->slices[from->first_slice + k].stride);
    for (uint32_t k = 0; k < from->n_collected; k++)
      loop->collected[k].stride = value_of(w, image->slices[from->first_collected + k].stride);
    for (uint32_t k = 0; k < from->n_carries; k++)
      loop->carries[k].bytes = value_of(w, image->carries[from->first_carry + k].bytes);
  }
}

/* Bytes of B packed for all turns of the product's loop; 0: it is packed at every turn. */
static int64_t kept_bytes(const ImageState *s, uint32_t i) {
  const ImageProduct *p = &s->image->products[i];
  const GemmArgs *args = &s->products[i].args;
  if (p->loop == IMAGE_NO_LOOP || s->loops[p->loop].length < 2) return 0;
  int64_t bytes =
      p->dtype == DT_bf16 ? bf16_packed_bytes(args) : gemm_packed_bytes((DType)p->dtype, args);
  return bytes <= PRODUCT_KEPT_BYTES ? align_up(bytes) : 0;
}

/* What is kept lies behind the memory that all products share. */
static void keep_packed(ImageState *s) {
  for (uint32_t i = 0; i < s->image->n_products; i++) s->workspace_bytes += kept_bytes(s, i);
}

static void bind_rows(ImageState *s, Wanted *w, uint32_t i) {
  const ImageRows *from = &s->image->rows[i];
  RowsKernel *to = &s->rows[i];
  *to = (RowsKernel){.code = s->frame + from->code,
                     .args = s->frame + from->code + 1,
                     .more = from->more,
                     .n_args = from->n_args,
                     .first_result = from->first_result,
                     .n_results = from->n_results,
                     .product = from->product,
                     .over = from->over,
                     .cut = from->cut,
                     .count = from->count,
                     .within = value_of(w, from->within),
                     .row_bytes = s->row_bytes + from->first_bytes};
  for (uint32_t k = 0; k <= from->cut; k++) {
    to->starts[k] = from->starts[k];
    to->extents[k] = value_of(w, from->extents[k]);
  }
  for (uint32_t k = 0; k < from->n_results; k++)
    s->row_bytes[from->first_bytes + k] = value_of(w, s->image->row_bytes[from->first_bytes + k]);
}

static int64_t workspace_of(const ImageState *s, uint32_t i, int threads) {
  const ImageProduct *p = &s->image->products[i];
  const GemmArgs *args = &s->products[i].args;
  if (p->rows != IMAGE_NO_ROWS)
    return rows_workspace_bytes(
        &(RowsProduct){.dtype = (DType)p->dtype, .args = args, .kernel = &s->rows[p->rows]},
        threads);
  return p->dtype == DT_bf16 ? bf16_workspace_bytes(args, threads)
                             : gemm_workspace_bytes((DType)p->dtype, args, threads);
}

static void bind_products(ImageState *s, Wanted *w, int threads) {
  s->workspace_bytes = 0;
  for (uint32_t i = 0; i < s->image->n_rows; i++) bind_rows(s, w, i);
  for (uint32_t i = 0; i < s->image->n_products; i++) {
    const ImageProduct *p = &s->image->products[i];
    GemmArgs *args = &s->products[i].args;
    *args = (GemmArgs){.m = value_of(w, p->m),
                       .n = value_of(w, p->n),
                       .k = value_of(w, p->k),
                       .a_row = value_of(w, p->a_row),
                       .a_col = value_of(w, p->a_col),
                       .b_row = value_of(w, p->b_row),
                       .b_col = value_of(w, p->b_col),
                       .c_row = value_of(w, p->c_row)};
    for (int axis = 0; axis < GEMM_BATCH_AXES; axis++) {
      args->batch[axis] = value_of(w, p->batch[axis]);
      args->a_batch[axis] = value_of(w, p->a_batch[axis]);
      args->b_batch[axis] = value_of(w, p->b_batch[axis]);
      args->c_batch[axis] = value_of(w, p->c_batch[axis]);
    }
    if (w->fault.kind != IMAGE_good) return;
    int64_t bytes = workspace_of(s, i, threads);
    if (bytes > s->workspace_bytes) s->workspace_bytes = bytes;
  }
  s->workspace_bytes = align_up(s->workspace_bytes);
  s->shared_workspace = s->workspace_bytes;
  keep_packed(s);
}

static void check_splats(const ImageState *s, Wanted *w) {
  for (uint32_t i = 0; i < s->image->n_splats; i++) {
    const ImageSplat *splat = &s->image->splats[i];
    value_of(w, splat->count);
    if (splat->size != IMAGE_NO_SIZE) value_of(w, splat->size);
  }
}

ImageFault image_measure(ImageState *s, const int64_t *symbols, int threads) {
  const Image *image = s->image;
  const SizeTable table = {.sums = image->sums,
                           .terms = image->terms,
                           .places = image->places,
                           .factors = image->factors,
                           .n_sums = image->n_sums,
                           .n_terms = image->n_terms,
                           .n_places = image->n_places,
                           .n_factors = image->n_factors};
  sizes_eval(&table, symbols, s->values, s->known);
  ImageFault fault = measure_areas(s);
  if (fault.kind != IMAGE_good) return fault;
  Wanted w = {.s = s};
  bind_sizes_of_slots(s, &w);
  bind_launches(s, &w);
  bind_loops(s, &w);
  bind_products(s, &w, threads);
  check_splats(s, &w);
  return w.fault;
}

/* ---- pointers ---- */

static uint64_t address(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

static void fill_splat(const ImageState *s, const ImageSplat *splat, char *to) {
  int64_t n = s->values[splat->count];
  double number = splat->size == IMAGE_NO_SIZE ? splat->number : (double)s->values[splat->size];
  for (int64_t i = 0; i < n; i++) dtype_store(to, (DType)splat->dtype, i, number);
}

/* The memory of what a product keeps, from 'at' on; returns where that of the next one begins. */
static char *place_packed(ImageState *s, uint32_t i, char *at) {
  ImageCall *call = &s->products[i];
  int64_t bytes = kept_bytes(s, i);
  call->packed = bytes ? at : NULL;
  call->packed_run = 0;
  call->loop = bytes ? &s->loops[s->image->products[i].loop] : NULL;
  return at + bytes;
}

void image_place(ImageState *s, char *memory, char *workspace, const ImageProducts *products) {
  const Image *image = s->image;
  for (uint32_t i = 0; i < image->n_fills; i++)
    s->frame[image->fills[i].slot] = address(memory + s->offsets[image->fills[i].area]);
  for (uint32_t i = 0; i < image->n_loops; i++)
    s->frame[image->loops[i].slot] = address(&s->loops[i]);
  char *kept = workspace + s->shared_workspace;
  for (uint32_t i = 0; i < image->n_products; i++) {
    const ImageProduct *p = &image->products[i];
    kept = place_packed(s, i, kept);
    s->products[i].kernels = p->dtype == DT_bf16 ? NULL : products->of[p->dtype == DT_f64];
    s->products[i].bf16 = p->dtype == DT_bf16 ? products->bf16 : NULL;
    s->products[i].other = products->other;
    s->products[i].rows = p->rows == IMAGE_NO_ROWS ? NULL : &s->rows[p->rows];
    s->products[i].args.workspace = workspace;
    s->frame[p->slot] = address(&s->products[i]);
  }
  for (uint32_t i = 0; i < image->n_splats; i++)
    fill_splat(s, &image->splats[i], memory + s->offsets[image->splats[i].area]);
}

void image_outside(ImageState *s, void *const *params, void *const *results) {
  for (uint32_t i = 0; i < s->image->n_outside; i++) {
    const ImageOutside *o = &s->image->outside[i];
    s->frame[o->slot] = address(o->result ? results[o->index] : params[o->index]);
  }
}

/* B packed for this run of the loop, which the first turn does; NULL: it is not kept. */
static const void *packed_b(ImageCall *product, Pool *pool, const GemmArgs *args) {
  if (!product->packed) return NULL;
  if (product->packed_run != product->loop->runs) {
    if (product->bf16)
      bf16_pack_all(product->bf16, pool, args, product->packed);
    else
      gemm_pack_all(product->kernels, pool, args, product->packed);
  }
  product->packed_run = product->loop->runs;
  return product->packed;
}

static void call_rows(ImageCall *product, Pool *pool, const GemmArgs *args) {
  RowsProduct p = {.dtype = product->bf16 ? DT_bf16 : product->kernels->dtype,
                   .gemm = product->kernels,
                   .bf16 = product->bf16,
                   .args = args,
                   .kernel = product->rows};
  rows_run(&p, pool, packed_b(product, pool, args));
}

void product_call(const uint64_t *args, Pool *pool) {
  ImageCall *product = (ImageCall *)(uintptr_t)args[3];
  GemmArgs call = product->args;
  call.a = (const void *)(uintptr_t)args[0];
  call.b = (const void *)(uintptr_t)args[1];
  call.c = (void *)(uintptr_t)args[2];
  if (product->rows) {
    call_rows(product, pool, &call);
    return;
  }
  const GemmProvider *other = product->other;
  if (!product->bf16 && other && other->run(other, product->kernels->dtype, pool, &call)) return;
  const void *packed = packed_b(product, pool, &call);
  if (product->bf16)
    bf16_run(product->bf16, pool, &call, packed);
  else
    gemm_run(product->kernels, pool, &call, packed);
}
