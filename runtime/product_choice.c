#include "runtime/product_choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/vec.h"
#include "codegen/gemm.h"
#include "runtime/openblas.h"

static const char OWN[] = "own", OPENBLAS[] = "openblas", AUTO[] = "auto", KEPT[] = "products.txt";
static const double FASTER = 1.05; /* from so much on it is worth other bits */

typedef enum Sides { LAYOUT_nn, LAYOUT_nt, LAYOUT_tn, N_LAYOUTS } Sides; /* t: by columns */
static const char *const layout_name[] = {"nn", "nt", "tn"};
static const DType types[] = {DT_f32, DT_f64};

typedef struct Measured {
  DType dtype;
  Sides layout;
  int64_t m, n, k;
  double own, other; /* GFLOP/s */
} Measured;
typedef VEC(Measured) Table;

typedef struct Chooser {
  GemmProvider provider; /* first: the choice is found from it */
  const OpenBlas *blas;
  Table table; /* empty: wherever OpenBLAS can */
} Chooser;

/* ---- choosing ---- */

static bool layout_of(const GemmArgs *g, Sides *layout) {
  bool a = g->a_col == 1 || g->k == 1, b = g->b_col == 1 || g->n == 1;
  if (!a && !b) return false;
  *layout = a ? b ? LAYOUT_nn : LAYOUT_nt : LAYOUT_tn;
  return true;
}

/* How far apart two extents are: their quotient's logarithm, roughly. */
static double apart(int64_t a, int64_t b) {
  double ratio = a > b ? (double)a / (double)b : (double)b / (double)a;
  return ratio - 1;
}

static const Measured *nearest(const Table *table, DType dtype, Sides layout, const GemmArgs *g) {
  const Measured *best = NULL;
  double least = 0;
  for (uint32_t i = 0; i < table->len; i++) {
    const Measured *at = &table->data[i];
    if (at->dtype != dtype || at->layout != layout) continue;
    double far = apart(g->m, at->m) + apart(g->n, at->n) + apart(g->k, at->k);
    if (best && far >= least) continue;
    best = at;
    least = far;
  }
  return best;
}

static bool run(const GemmProvider *provider, DType dtype, Pool *pool, const GemmArgs *args) {
  const Chooser *c = (const Chooser *)provider;
  if (!openblas_takes(args)) return false;
  if (c->table.len) {
    Sides layout;
    if (!layout_of(args, &layout)) return false;
    const Measured *at = nearest(&c->table, dtype, layout, args);
    if (!at || at->other < at->own * FASTER) return false;
  }
  openblas_run(c->blas, dtype, pool, args);
  return true;
}

/* ---- measuring ---- */

enum { ROUNDS = 3, MOST_M = 1024, MOST_N = 2048, MOST_K = 512 };
static const int64_t of_m[] = {1, 16, 128, MOST_M}, of_n[] = {64, 512, MOST_N},
                     of_k[] = {64, MOST_K};

typedef struct Bench {
  const GemmKernels *kernels[2];
  const OpenBlas *blas;
  GemmArgs args;
  int64_t workspace; /* bytes */
  Arena *arena;      /* of the table */
  Table *table;
} Bench;

static void lay_out(Bench *b, Sides layout, int64_t m, int64_t n, int64_t k) {
  GemmArgs *g = &b->args;
  bool ta = layout == LAYOUT_tn, tb = layout == LAYOUT_nt;
  g->m = m, g->n = n, g->k = k, g->c_row = n;
  g->a_row = ta ? 1 : k, g->a_col = ta ? m : 1;
  g->b_row = tb ? 1 : n, g->b_col = tb ? k : 1;
  for (int i = 0; i < GEMM_BATCH_AXES; i++) g->batch[i] = 1;
}

static double seconds_of(const Bench *b, DType dtype, bool other) {
  double start = clock_seconds();
  if (other)
    openblas_run(b->blas, dtype, NULL, &b->args);
  else
    gemm_run(b->kernels[dtype == DT_f64], NULL, &b->args, NULL);
  return clock_seconds() - start;
}

/* In turns, the fastest of each. */
static Measured measure(const Bench *b, DType dtype, Sides layout) {
  const GemmArgs *g = &b->args;
  double best[2] = {1e9, 1e9};
  for (int round = 0; round <= ROUNDS; round++)
    for (int other = 0; other < 2; other++) {
      double took = seconds_of(b, dtype, other);
      if (round && took < best[other]) best[other] = took; /* the first one warms up */
    }
  double flops = 2e-9 * (double)g->m * (double)g->n * (double)g->k;
  return (Measured){dtype, layout, g->m, g->n, g->k, flops / best[0], flops / best[1]};
}

/* Calls visit for every shape in every layout and type. */
static void each_shape(Bench *b, void (*visit)(Bench *b, DType dtype, Sides layout)) {
  for (int t = 0; t < 2; t++)
    for (Sides layout = LAYOUT_nn; layout < N_LAYOUTS; layout++)
      for (size_t i = 0; i < sizeof of_m / sizeof *of_m; i++)
        for (size_t j = 0; j < sizeof of_n / sizeof *of_n; j++)
          for (size_t k = 0; k < sizeof of_k / sizeof *of_k; k++) {
            lay_out(b, layout, of_m[i], of_n[j], of_k[k]);
            visit(b, types[t], layout);
          }
}

static void need_workspace(Bench *b, DType dtype, Sides layout) {
  (void)layout;
  int64_t bytes = gemm_workspace_bytes(dtype, &b->args, 1);
  if (bytes > b->workspace) b->workspace = bytes;
}

static void add_measured(Bench *b, DType dtype, Sides layout) {
  vec_push(b->arena, b->table, measure(b, dtype, layout));
}

static void with_memory(Bench *b, Arena *arena) {
  const size_t bytes = sizeof(double);
  each_shape(b, need_workspace);
  b->args.a = arena_alloc(arena, bytes * MOST_M * MOST_K);
  b->args.b = arena_alloc(arena, bytes * MOST_K * MOST_N);
  b->args.c = arena_alloc(arena, bytes * MOST_M * MOST_N);
  char *room = arena_alloc(arena, (size_t)b->workspace + 64);
  b->args.workspace = room + (64 - (uintptr_t)room % 64) % 64;
}

/* Code of its own, so that what is measured does not meet what is compiled later. */
static bool measured(Jit *jit, const OpenBlas *blas, Arena *arena, Table *table, Fault *fault) {
  Arena scratch;
  Bench b = {.blas = blas, .arena = arena, .table = table};
  Jit *own = jit_new(jit_target(jit), 1, NULL, fault);
  if (!own) return false;
  arena_init(&scratch);
  with_memory(&b, &scratch);
  bool good = true;
  for (int t = 0; t < 2 && good; t++)
    good = (b.kernels[t] = gemm_kernels(own, &scratch, types[t], fault)) != NULL;
  if (good) each_shape(&b, add_measured);
  arena_free(&scratch);
  jit_free(own);
  return good;
}

/* ---- as text ---- */

static const char *as_text(Arena *arena, const char *of, const Table *table) {
  Text out = text_new(arena);
  text_printf(&out, "%s\n# %s\n", AUTO, of);
  for (uint32_t i = 0; i < table->len; i++) {
    const Measured *at = &table->data[i];
    text_printf(&out, "%s %s %lld %lld %lld %.1f %.1f\n", dtype_name[at->dtype],
                layout_name[at->layout], (long long)at->m, (long long)at->n, (long long)at->k,
                at->own, at->other);
  }
  return text_str(&out);
}

static bool read_line(const char *line, Measured *out) {
  char type[8], layout[8];
  long long m, n, k;
  if (sscanf(line, "%7s %7s %lld %lld %lld %lf %lf", type, layout, &m, &n, &k, &out->own,
             &out->other) != 7 ||
      m < 1 || n < 1 || k < 1)
    return false;
  out->m = m, out->n = n, out->k = k;
  int found = 0;
  for (int i = 0; i < 2; i++)
    if (!strcmp(type, dtype_name[types[i]])) out->dtype = types[i], found++;
  for (int i = 0; i < N_LAYOUTS; i++)
    if (!strcmp(layout, layout_name[i])) out->layout = (Sides)i, found++;
  return found == 2;
}

/* What was measured, as kept; false when it is of something else, or nothing. of: NULL for any. */
static bool read_text(Arena *arena, const char *text, const char *of, Table *table) {
  size_t head = strlen(AUTO);
  if (!text || strncmp(text, AUTO, head) || text[head] != '\n') return false;
  const char *at = text + head + 1, *wanted = of ? arena_printf(arena, "# %s\n", of) : "#";
  if (strncmp(at, wanted, strlen(wanted))) return false;
  for (; *at; at += strcspn(at, "\n"), at += *at == '\n') {
    Measured line;
    if (read_line(at, &line)) vec_push(arena, table, line);
  }
  return table->len > 0;
}

/* ---- the choice ---- */

static bool choose_measured(Jit *jit, Arena *arena, const char *text, Chooser *c,
                            ProductChoice *out, Fault *fault) {
  const char *of = arena_printf(arena, "%s, %s: shape, GFLOP/s of Ordo and of OpenBLAS",
                                openblas_name(c->blas), jit_target(jit)->cpu);
  out->text = text;
  if (strcmp(text, AUTO)) {
    if (read_text(arena, text, NULL, &c->table)) return true;
    return fault_set(fault, E_no_openblas, (Span){0}, "this says nothing of who makes products");
  }
  out->text = cache_load_text(jit_cache(jit), arena, KEPT);
  if (read_text(arena, out->text, of, &c->table)) return true;
  if (!measured(jit, c->blas, arena, &c->table, fault)) return false;
  out->text = as_text(arena, of, &c->table);
  cache_store_text(jit_cache(jit), KEPT, out->text);
  return true;
}

bool product_choose(Jit *jit, Arena *arena, const char *text, ProductChoice *out, Fault *fault) {
  *out = (ProductChoice){NULL, OWN};
  if (!strcmp(text, OWN)) return true;
  Chooser *c = arena_new(arena, Chooser);
  *c = (Chooser){.provider = {run}, .blas = openblas_open(arena, fault)};
  if (!c->blas) return false;
  out->text = OPENBLAS;
  if (strcmp(text, OPENBLAS) && !choose_measured(jit, arena, text, c, out, fault)) return false;
  out->provider = &c->provider;
  return true;
}
