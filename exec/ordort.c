/* Calling built functions: see ordort.h. The memory of a context holds a Bound, the state of the
 * image behind it, then planned memory and the workspace of products. */
#include "exec/ordort_abi.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/threefry.h"
#include "exec/image_file.h"

enum { ORDORT_ALIGN = 64 };

#define DTYPE(name, bytes, doc)                                                                    \
  _Static_assert((int)ORDORT_##name == (int)DT_##name, "ordort.h numbers " #name " otherwise");
#include "base/dtypes.def"
#undef DTYPE

typedef struct Bound {
  Image image;
  ImageState *state;
  const OrdortVariant *variant;
  Bf16Kernels bf16;
  int threads;
  const void **params;
  void **results;
  uint8_t *claims; /* what the claims come to */
  uint64_t key;
  float step;
  int64_t *sizes;
} Bound;

const char *ordort_text(int code) {
  static const char *const texts[] = {
      [ORDORT_OK] = "good",
      [ORDORT_SIZE] = "the function cannot take these sizes",
      [ORDORT_MEMORY] = "not enough memory",
      [ORDORT_INDEX] = "an index is outside of its axis",
      [ORDORT_WEIGHTS] = "the function has no weights",
      [ORDORT_PROCESSOR] = "the library has no code for this processor",
      [ORDORT_VERSION] = "the library was made for another version of libordort",
      [ORDORT_ASSERT] = "what is asserted of the arguments does not hold",
      [ORDORT_FILE] = "the file cannot be read or written",
      [ORDORT_FORMAT] = "the file is no good safetensors file",
      [ORDORT_TENSOR] = "the weights in the file are not those of the function",
  };
  int n = sizeof texts / sizeof *texts;
  return code >= 0 && code < n ? texts[code] : "no such error";
}

__attribute__((format(printf, 3, 4))) static int refuse(ordort_context *c, int code,
                                                        const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(c->message, sizeof c->message, format, args);
  va_end(args);
  return code;
}

/* ---- pools ---- */

ordort_pool *ordort_pool_new(int threads) { return pool_new(threads); }
void ordort_pool_free(ordort_pool *pool) { pool_free(pool); }
ordort_pool *ordort_pool_hook(ordort_runner run, void *user, int threads) {
  return pool_hook(run, user, threads);
}

/* ---- setting up ---- */

static bool runs_here(uint64_t needs) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (needs & NEEDS_avx2 && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
    return false;
  if (needs & NEEDS_avx512 &&
      !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("fma")))
    return false;
  return true;
#else
  return !needs;
#endif
}

static int choose(const ordort_function *f, ordort_context *c, const OrdortVariant **variant) {
  if (f->abi != ORDORT_ABI)
    return refuse(c, ORDORT_VERSION, "the library is of version %u, libordort of version %d",
                  f->abi, ORDORT_ABI);
  for (uint32_t i = 0; i < f->n_variants; i++)
    if (runs_here(f->variants[i].needs)) return *variant = &f->variants[i], ORDORT_OK;
  return refuse(c, ORDORT_PROCESSOR, "'%s' was built for other processors", f->info.name);
}

static int64_t align_up(int64_t bytes) {
  return (bytes + ORDORT_ALIGN - 1) / ORDORT_ALIGN * ORDORT_ALIGN;
}

/* Bytes of a Bound with what lies behind it, up to planned memory. */
static int64_t bound_bytes(const ordort_function *f, const Image *image) {
  return align_up(sizeof(Bound)) + align_up((int64_t)sizeof(void *) * image->n_arrays) +
         align_up(f->n_claims) + align_up((int64_t)sizeof(int64_t) * image->n_symbols) +
         image_state_bytes(image);
}

static Bound *lay_bound(const ordort_function *f, const Image *image, char *memory) {
  Bound *b = (Bound *)(void *)memory;
  memset(b, 0, sizeof *b);
  memory += align_up(sizeof *b);
  b->image = *image;
  b->params = (const void **)(void *)memory;
  b->results = (void **)(void *)memory + image->n_params;
  memory += align_up((int64_t)sizeof(void *) * image->n_arrays);
  b->claims = (uint8_t *)memory;
  memory += align_up(f->n_claims);
  b->sizes = (int64_t *)(void *)memory;
  memory += align_up((int64_t)sizeof(int64_t) * image->n_symbols);
  b->state = image_state(&b->image, memory);
  return b;
}

/* Makes the memory of a context at least bytes large; what was in it is gone. */
static int reserve(ordort_context *c, int64_t bytes) {
  c->needed = bytes;
  if (c->fixed && (uintptr_t)c->memory % ORDORT_ALIGN)
    return refuse(c, ORDORT_MEMORY, "the memory of a fixed context has to be aligned to %d bytes",
                  ORDORT_ALIGN);
  if (c->memory && c->bytes >= bytes) return ORDORT_OK;
  if (c->fixed)
    return refuse(c, ORDORT_MEMORY, "these sizes need %lld bytes, the context has %lld",
                  (long long)bytes, (long long)c->bytes);
  heap_free(c->memory);
  c->bytes = 0;
  c->memory = heap_alloc((size_t)bytes);
  if (!c->memory)
    return refuse(c, ORDORT_MEMORY, "%lld MB cannot be had", (long long)(bytes >> 20));
  c->bytes = bytes;
  return ORDORT_OK;
}

/* What the graph needs of its sizes. */
static int check_needs(const ordort_function *f, const ImageState *s, ordort_context *c) {
  for (uint32_t i = 0; i < s->image->n_needs; i++) {
    const ImageNeed *need = &s->image->needs[i];
    if (s->known[need->least] && (s->values[need->least] >= 0 || need->has_value)) continue;
    if (need->count != IMAGE_NO_SIZE && s->known[need->count] && !s->values[need->count]) continue;
    return refuse(c, ORDORT_SIZE, "%s", f->need_texts[i]);
  }
  return ORDORT_OK;
}

static int check_sizes(const ordort_function *f, const Image *image, const int64_t *sizes,
                       ordort_context *c) {
  for (uint32_t i = 0; i < image->n_symbols; i++)
    if (sizes[i] < 0)
      return refuse(c, ORDORT_SIZE, "'%s': %s is %lld", f->info.name, f->info.size_names[i],
                    (long long)sizes[i]);
  return ORDORT_OK;
}

static int measure(const ordort_function *f, Bound *b, int threads, ordort_context *c) {
  ImageFault fault = image_measure(b->state, b->sizes, threads);
  int code = check_needs(f, b->state, c);
  if (code) return code;
  if (fault.kind != IMAGE_good)
    return refuse(c, ORDORT_SIZE, "'%s': a size has no value or is too large", f->info.name);
  return ORDORT_OK;
}

/* A Bound for these sizes at the start of the context's memory, without planned memory yet. */
static int start_bound(const ordort_function *f, const int64_t *sizes, ordort_context *c,
                       Bound **bound) {
  const OrdortVariant *variant = NULL;
  Image image;
  int code = choose(f, c, &variant);
  if (code) return code;
  if (!image_read(variant->image, variant->image_bytes, &image))
    return refuse(c, ORDORT_VERSION, "the description of '%s' cannot be read", f->info.name);
  code = check_sizes(f, &image, sizes, c);
  if (!code) code = reserve(c, bound_bytes(f, &image));
  if (code) return code;
  Bound *b = *bound = lay_bound(f, &image, c->memory);
  b->variant = variant;
  b->threads = pool_threads(c->pool);
  if (image.n_symbols) memcpy(b->sizes, sizes, sizeof *sizes * image.n_symbols);
  return measure(f, b, b->threads, c);
}

static int64_t all_bytes(const ordort_function *f, const Bound *b) {
  return bound_bytes(f, &b->image) + align_up(b->state->memory_bytes) +
         align_up(b->state->workspace_bytes) + ORDORT_ALIGN;
}

/* The code of products; that of the tile unit when the process may use it. */
static ImageProducts products_of(Bound *b) {
  const OrdortVariant *variant = b->variant;
  bool any = false;
  for (uint32_t i = 0; i < b->image.n_products; i++) any |= b->image.products[i].dtype == DT_bf16;
  if (variant->bf16)
    b->bf16 = *variant->bf16;
  else
    bf16_scalar_kernels(&b->bf16);
  b->bf16.unit = any && b->bf16.unit_tile[0][0] && bf16_unit_usable();
  return (ImageProducts){{variant->products[0], variant->products[1]}, &b->bf16, NULL};
}

/* Sets the context up for sizes. Measuring tells how much memory is needed; when the context grows
 * for that, it is measured again in its new place. */
static int set_up(const ordort_function *f, const int64_t *sizes, ordort_context *c) {
  Bound *b = NULL;
  c->bound = NULL;
  int code = start_bound(f, sizes, c, &b);
  if (code) return code;
  int64_t bytes = all_bytes(f, b);
  if (bytes > c->bytes) {
    code = reserve(c, bytes);
    if (!code) code = start_bound(f, sizes, c, &b);
    if (code) return code;
  }
  char *memory = (char *)c->memory + bound_bytes(f, &b->image);
  const ImageProducts products = products_of(b);
  image_place(b->state, memory, memory + align_up(b->state->memory_bytes), &products);
  c->state = b;
  c->bound = f;
  return ORDORT_OK;
}

static bool is_set_up(const ordort_function *f, const int64_t *sizes, const ordort_context *c) {
  const Bound *b = c->state;
  if (c->bound != f || (void *)b != c->memory || b->threads != pool_threads(c->pool)) return false;
  return !b->image.n_symbols || !memcmp(b->sizes, sizes, sizeof *sizes * b->image.n_symbols);
}

/* ---- calling ---- */

static int check_indices(const ordort_function *f, const Bound *b, uint32_t param,
                         const int32_t *index, ordort_context *c) {
  const ImageState *s = b->state;
  const ImageArray *array = &b->image.arrays[param];
  const OrdortParam *given = &f->params[param];
  bool weight = given->role == GIVEN_weight;
  const char *name =
      weight ? f->info.weights[given->number].name : f->info.args[given->number].name;
  int64_t n = 1, extent = s->values[array->extent];
  for (uint32_t d = 0; d < array->rank; d++) n *= s->values[b->image.dims[array->first + d]];
  for (int64_t i = 0; i < n; i++)
    if (index[i] < 0 || index[i] >= extent)
      return refuse(c, ORDORT_INDEX, "%s '%s': index %d (element %lld) is not below %lld",
                    weight ? "weight" : "argument", name, index[i], (long long)i,
                    (long long)extent);
  return ORDORT_OK;
}

static int fill_params(const ordort_function *f, Bound *b, const void *const *args,
                       ordort_context *c) {
  const void *const *weights = ordort_weights_of(f, c);
  b->key = threefry_fold(threefry_seed((uint32_t)c->seed), f->stream);
  if (f->stream == STREAM_STEP) b->key = threefry_fold(b->key, (uint32_t)c->step);
  b->step = (float)c->step;
  for (uint32_t i = 0; i < f->n_params; i++) {
    const OrdortParam *param = &f->params[i];
    if (param->role == GIVEN_weight && !weights)
      return refuse(c, ORDORT_WEIGHTS, "'%s' has no weights", f->info.name);
    b->params[i] = param->role == GIVEN_argument ? args[param->number]
                   : param->role == GIVEN_weight ? weights[param->number]
                   : param->role == GIVEN_step   ? (const void *)&b->step
                                                 : &b->key;
    if (param->role > GIVEN_weight || b->image.arrays[i].extent == IMAGE_NO_SIZE) continue;
    int code = check_indices(f, b, i, b->params[i], c);
    if (code) return code;
  }
  return ORDORT_OK;
}

/* States, then what the caller gets, then claims. */
static int fill_results(const ordort_function *f, Bound *b, void *const *results,
                        ordort_context *c) {
  void **at = b->results;
  if (f->n_states && !c->weights)
    return refuse(c, ORDORT_WEIGHTS, "'%s' changes weights: the context has to have them",
                  f->info.name);
  for (uint32_t i = 0; i < f->n_states; i++) *at++ = (void *)(uintptr_t)c->weights[i];
  for (uint32_t i = 0; i < f->info.n_results; i++) *at++ = results[i];
  for (uint32_t i = 0; i < f->n_claims; i++) *at++ = &b->claims[i];
  return ORDORT_OK;
}

int ordort_call(const ordort_function *f, const int64_t *sizes, const void *const *args,
                void *const *results, ordort_context *c) {
  int code = is_set_up(f, sizes, c) ? ORDORT_OK : set_up(f, sizes, c);
  if (code) return code;
  Bound *b = c->state;
  code = fill_results(f, b, results, c);
  if (!code) code = fill_params(f, b, args, c);
  if (code) return code;
  image_outside(b->state, (void *const *)b->params, b->results);
  b->variant->step(b->state->frame, c->pool);
  for (uint32_t i = 0; i < f->n_claims; i++)
    if (!b->claims[i]) return refuse(c, ORDORT_ASSERT, "%s", f->claim_texts[i]);
  if (f->n_states) c->step = f->stream == STREAM_STEP ? c->step + 1 : 0;
  return ORDORT_OK;
}

void ordort_release(ordort_context *c) {
  if (!c->fixed) heap_free(c->memory);
  if (!c->fixed) c->memory = NULL;
  if (!c->fixed) c->bytes = 0;
  c->bound = NULL;
}

/* ---- descriptions ---- */

const ordort_info *ordort_describe(const ordort_function *f) { return &f->info; }

int64_t ordort_bytes(const ordort_function *f, const int64_t *sizes, int threads) {
  ordort_context c = {0};
  Bound *b = NULL;
  int code = start_bound(f, sizes, &c, &b);
  if (!code) code = measure(f, b, threads < 1 ? 1 : threads, &c);
  int64_t bytes = code ? -code : all_bytes(f, b);
  ordort_release(&c);
  return bytes;
}

int ordort_dims(const ordort_function *f, const int64_t *sizes, int result, uint32_t i,
                int64_t *dims, ordort_context *c) {
  int code = is_set_up(f, sizes, c) ? ORDORT_OK : set_up(f, sizes, c);
  if (code) return code;
  const Bound *b = c->state;
  uint32_t at = b->image.n_params + f->n_states + i;
  for (uint32_t p = 0; !result && p < f->n_params; p++)
    if (f->params[p].role == GIVEN_argument && f->params[p].number == i) at = p;
  const ImageArray *array = &b->image.arrays[at];
  for (uint32_t d = 0; d < array->rank; d++)
    dims[d] = b->state->values[b->image.dims[array->first + d]];
  return ORDORT_OK;
}

/* ---- what compiled code calls ---- */

#define CALLED ORDORT_API __attribute__((used))
CALLED void ordort_dot(const uint64_t *args, Pool *pool);
void ordort_dot(const uint64_t *args, Pool *pool) { product_call(args, pool); }
CALLED void ordort_pool_run(Pool *pool, PoolFn fn, const uint64_t *args, int64_t range,
                            int64_t grain);
void ordort_pool_run(Pool *pool, PoolFn fn, const uint64_t *args, int64_t range, int64_t grain) {
  pool_run(pool, fn, args, range, grain);
}
CALLED void ordort_loop_begin(Loop *scan, uint64_t *frame);
void ordort_loop_begin(Loop *scan, uint64_t *frame) { loop_begin(scan, frame); }
CALLED void ordort_loop_advance(Loop *scan, uint64_t *frame, int64_t i);
void ordort_loop_advance(Loop *scan, uint64_t *frame, int64_t i) { loop_advance(scan, frame, i); }
CALLED void ordort_loop_end(Loop *scan, uint64_t *frame, int64_t done);
void ordort_loop_end(Loop *scan, uint64_t *frame, int64_t done) { loop_end(scan, frame, done); }
