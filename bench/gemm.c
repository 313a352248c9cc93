/* Speed of matrix products: GFLOP/s and share of the measured fma peak.
 *
 *   gemm [SECONDS [TARGET]]               a table of shapes, one thread and two; SECONDS (0.2) for each figure
 *   gemm SECONDS TARGET THREADS M K N [LAYOUT [BATCH]]   one shape: "speed peak", for bench/gemm_peers.py
 *   gemm bf16 ...                         the same of products in bf16; "bf16-vectors": not on the tile unit
 *
 * The best repetition counts; the peak is measured before and after each figure, the higher one
 * counts.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <llvm-c/Core.h>

#include "codegen/gemm.h"
#include "codegen/gemm_bf16.h"
#include "codegen/vmath.h"
#include "exec/product.h"

typedef struct Shape {
  int64_t m, k, n, batch;
  const char *layout; /* of A and B: N as it is, T transposed in memory */
} Shape;

static const Shape shapes[] = {
    {64, 256, 1024, 1, "NN"},   {128, 256, 1024, 1, "NN"},   {32, 128, 512, 1, "NN"},
    {128, 512, 2048, 1, "NN"},  {1024, 1024, 1024, 1, "NN"}, {2048, 256, 1024, 1, "NN"},
    {64, 256, 1024, 1, "NT"},   {256, 1920, 1024, 1, "TN"},  {1920, 256, 8000, 1, "NN"},
    {2048, 1024, 256, 1, "NT"}, {64, 32, 64, 256, "NT"},     {64, 64, 32, 256, "NN"},
    {16, 16, 16, 1, "NN"},      {8, 64, 64, 1, "NN"},        {1, 256, 1024, 1, "NN"},
    {1, 256, 1024, 1, "NT"},    {128, 128, 10, 1, "NN"},     {10, 128, 10, 128, "NT"},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the peak: twelve independent chains of fma ---- */

enum { CHAINS = 12, PEAK_ROUNDS = 2000 };

static bool emit_peak(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  (void)user, (void)fault;
  LLVMContextRef c = LLVMGetModuleContext(module);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(c);
  LLVMTypeRef pointer = LLVMPointerTypeInContext(c, 0), i64 = LLVMInt64TypeInContext(c);
  LLVMTypeRef vector = LLVMVectorType(LLVMFloatTypeInContext(c), (unsigned)target_lanes(target, 4));
  LLVMTypeRef type =
      LLVMFunctionType(LLVMVoidTypeInContext(c), (LLVMTypeRef[]){pointer, i64, i64}, 3, 0);
  LLVMValueRef f = LLVMAddFunction(module, "peak", type), sum[CHAINS], next[CHAINS];
  target_mark(target, f);
  LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(c, f, ""),
                    loop = LLVMAppendBasicBlockInContext(c, f, ""),
                    done = LLVMAppendBasicBlockInContext(c, f, "");
  Vmath v = {c, module, b, target};
  LLVMPositionBuilderAtEnd(b, entry);
  LLVMValueRef x = vmath_const(vector, 0.5);
  LLVMValueRef out = LLVMBuildAlloca(b, vector, "");
  LLVMSetVolatile(LLVMBuildStore(b, vmath_const(vector, 1), out), true);
  LLVMValueRef y = LLVMBuildLoad2(b, vector, out, "");
  LLVMSetVolatile(y, true);
  LLVMBuildBr(b, loop);
  LLVMPositionBuilderAtEnd(b, loop);
  LLVMValueRef i = LLVMBuildPhi(b, i64, "");
  for (int j = 0; j < CHAINS; j++) sum[j] = LLVMBuildPhi(b, vector, "");
  for (int j = 0; j < CHAINS; j++) next[j] = vmath_fma(&v, sum[j], x, y);
  LLVMValueRef more = LLVMBuildAdd(b, i, LLVMConstInt(i64, 1, 0), ""),
               start = LLVMConstInt(i64, 0, 0);
  LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntSLT, more, LLVMConstInt(i64, PEAK_ROUNDS, 0), ""),
                  loop, done);
  LLVMAddIncoming(i, (LLVMValueRef[]){start, more}, (LLVMBasicBlockRef[]){entry, loop}, 2);
  for (int j = 0; j < CHAINS; j++)
    LLVMAddIncoming(sum[j], (LLVMValueRef[]){vmath_const(vector, j), next[j]},
                    (LLVMBasicBlockRef[]){entry, loop}, 2);
  LLVMPositionBuilderAtEnd(b, done);
  for (int j = 0; j < CHAINS; j++) LLVMSetVolatile(LLVMBuildStore(b, next[j], out), true);
  LLVMBuildRetVoid(b);
  LLVMDisposeBuilder(b);
  return true;
}

static double measure_peak(Jit *jit, Pool *pool, double seconds) {
  Fault fault = {0};
  JitUnit unit = {"peak", "peak", emit_peak, NULL};
  if (!jit_add(jit, &unit, 1, &fault)) return 0;
  union {
    void *address;
    PoolFn function;
  } code = {jit_lookup(jit, "peak", &fault)};
  double best = 1e9, stop = now() + seconds;
  int threads = pool_threads(pool);
  while (now() < stop) {
    double start = now();
    pool_run(pool, code.function, NULL, threads, 1);
    double each = now() - start;
    if (each < best) best = each;
  }
  int lanes = target_lanes(jit_target(jit), 4);
  return 2.0 * CHAINS * PEAK_ROUNDS * lanes * threads / best * 1e-9;
}

/* ---- products ---- */

static float *random_array(int64_t n) {
  float *data = heap_alloc((size_t)n * sizeof *data);
  if (!data) exit(1);
  for (int64_t i = 0; i < n; i++) data[i] = (float)(rand() % 2001 - 1000) / 1000;
  return data;
}

static GemmArgs make_args(const Shape *s) {
  bool ta = s->layout[0] == 'T', tb = s->layout[1] == 'T';
  GemmArgs g = {.m = s->m, .n = s->n, .k = s->k, .batch = {1, 1, s->batch}, .c_row = s->n};
  g.a_row = ta ? 1 : s->k, g.a_col = ta ? s->m : 1, g.a_batch[2] = s->m * s->k;
  g.b_row = tb ? 1 : s->n, g.b_col = tb ? s->k : 1, g.b_batch[2] = s->k * s->n;
  g.c_batch[2] = s->m * s->n;
  g.a = random_array(g.a_batch[2] * s->batch);
  g.b = random_array(g.b_batch[2] * s->batch);
  g.c = random_array(g.c_batch[2] * s->batch);
  return g;
}

typedef struct Kernels {
  const GemmKernels *f32;
  Bf16Kernels *bf16; /* NULL: f32 is measured */
} Kernels;

static void run(const Kernels *kernels, Pool *pool, const GemmArgs *args) {
  if (kernels->bf16)
    bf16_run(kernels->bf16, pool, args, NULL);
  else
    gemm_run(kernels->f32, pool, args, NULL);
}

/* Best time of a call. */
static double time_run(const Kernels *kernels, Pool *pool, const GemmArgs *args, double seconds) {
  double work =
      2.0 * (double)args->m * (double)args->n * (double)args->k * (double)gemm_items(args);
  int calls = work < 2e6 ? (int)(2e6 / work) + 1 : 1;
  double best = 1e9, stop = now() + seconds;
  while (now() < stop) {
    double start = now();
    for (int i = 0; i < calls; i++) run(kernels, pool, args);
    double each = (now() - start) / calls;
    if (each < best) best = each;
  }
  return work / best * 1e-9;
}

typedef struct Figures {
  double speed, peak;
} Figures;

static Figures measure(Jit *jit, const Kernels *kernels, Pool *pool, const Shape *s,
                       double seconds) {
  int threads = pool_threads(pool);
  GemmArgs args = make_args(s);
  args.workspace =
      heap_alloc((size_t)(kernels->bf16 ? bf16_workspace_bytes(&args, threads)
                                        : gemm_workspace_bytes(DT_f32, &args, threads)));
  if (!args.workspace) exit(1);
  Figures f;
  double before = measure_peak(jit, pool, seconds / 4);
  f.speed = time_run(kernels, pool, &args, seconds);
  double after = measure_peak(jit, pool, seconds / 4);
  f.peak = before > after ? before : after;
  heap_free((void *)args.a), heap_free((void *)args.b), heap_free(args.c);
  heap_free(args.workspace);
  return f;
}

static void print_table(Jit *jit, const Kernels *kernels, double seconds) {
  printf("%25s    | %-18s | %s\n", "m x k x n batch", "one thread: peak, product", "two threads");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    const Shape *s = &shapes[i];
    printf("%5d x %4d x %4d %4d %s", (int)s->m, (int)s->k, (int)s->n, (int)s->batch, s->layout);
    for (int threads = 1; threads <= 2; threads++) {
      Pool *pool = pool_new(threads);
      Figures f = measure(jit, kernels, pool, s, seconds);
      printf("  | %4.0f  %6.1f %3.0f%%", f.peak, f.speed, f.speed / f.peak * 100);
      fflush(stdout);
      pool_free(pool);
    }
    printf("\n");
  }
}

static bool make_kernels(Jit *jit, Arena *arena, const char *bf16, Kernels *out, Fault *fault) {
  if (!bf16) return (out->f32 = gemm_kernels(jit, arena, DT_f32, fault)) != NULL;
  out->bf16 = bf16_kernels(jit, arena, fault);
  if (out->bf16 && !strcmp(bf16, "bf16-vectors")) out->bf16->unit = 0;
  return out->bf16 != NULL;
}

int main(int argc, char **argv) {
  const char *bf16 = argc > 1 && !strncmp(argv[1], "bf16", 4) ? argv[1] : NULL;
  if (bf16) argc--, argv++;
  double seconds = argc > 1 ? atof(argv[1]) : 0.2;
  Fault fault = {0};
  Arena arena;
  arena_init(&arena);
  Target target;
  if (!target_find(&arena, argc > 2 ? argv[2] : "host", &target)) return 1;
  double start = now();
  Jit *jit = jit_new(&target, 2, "", &fault);
  double created = now();
  Kernels kernels = {0};
  if (!jit || !make_kernels(jit, &arena, bf16, &kernels, &fault)) {
    fprintf(stderr, "gemm: %s\n", fault.text);
    return 1;
  }
  if (argc > 6) {
    Shape shape = {atoi(argv[4]), atoi(argv[5]), atoi(argv[6]), argc > 8 ? atoi(argv[8]) : 1,
                   argc > 7 ? argv[7] : "NN"};
    Pool *pool = pool_new(atoi(argv[3]));
    Figures f = measure(jit, &kernels, pool, &shape, seconds);
    printf("%.2f %.2f\n", f.speed, f.peak);
    pool_free(pool);
  } else {
    printf("%s, %d-byte vectors; Jit created in %.1f ms, products compiled in %.1f ms\n",
           target.cpu, target.vector_bytes, (created - start) * 1e3, (now() - created) * 1e3);
    print_table(jit, &kernels, seconds);
  }
  jit_free(jit);
  arena_free(&arena);
  return 0;
}
