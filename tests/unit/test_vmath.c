/* Measures the error of every vmath function on every vector width and fails above the bounds of
 * codegen/vmath.def. Reference: long double for f64, double for f32, from the C library. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <llvm-c/Core.h>

#include "base/ctx.h"
#include "codegen/jit.h"
#include "codegen/vmath.h"

typedef LLVMValueRef (*Emit1)(const Vmath *, LLVMValueRef);
typedef LLVMValueRef (*Emit2)(const Vmath *, LLVMValueRef, LLVMValueRef);
typedef void (*Compiled)(const void *x, const void *y, void *out, int64_t n);

static double ref_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static long double wide_sigmoid(long double x) {
  return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
}
/* Rounded to the format, since the row's bound is 0; the sum of two floats is not harmed by
 * double. */
static double ref_mod(double x, double y) {
  double rest = fmod(x, y);
  if (rest == 0) return copysign(0, y);
  return (double)(float)(!signbit(rest) == !signbit(y) ? rest : rest + y);
}
static long double wide_mod(long double x, long double y) {
  double rest = (double)fmodl(x, y);
  if (rest == 0) return copysignl(0, y);
  return !signbit(rest) == !signbit(y) ? rest : rest + (double)y;
}
typedef struct Row {
  const char *name;
  Emit1 emit1;
  Emit2 emit2;
  double (*ref1)(double);
  double (*ref2)(double, double);
  long double (*wide1)(long double);
  long double (*wide2)(long double, long double);
  double bound32, bound64;
} Row;

static const Row rows[] = {
#define ROW1(f, b32, b64, ref, wide)                                                               \
  {.name = #f, .emit1 = vmath_##f, .ref1 = ref, .wide1 = wide, .bound32 = b32, .bound64 = b64},
#define ROW2(f, b32, b64, ref, wide)                                                               \
  {.name = #f, .emit2 = vmath_##f, .ref2 = ref, .wide2 = wide, .bound32 = b32, .bound64 = b64},
#define VMATH1(f, b32, b64)     ROW1(f, b32, b64, f, f##l)
#define VMATH2(f, b32, b64)     ROW2(f, b32, b64, f, f##l)
#define VMATH1_OWN(f, b32, b64) ROW1(f, b32, b64, ref_##f, wide_##f)
#define VMATH2_OWN(f, b32, b64) ROW2(f, b32, b64, ref_##f, wide_##f)
#include "codegen/vmath.def"
};
enum { N_ROWS = sizeof rows / sizeof *rows, CHUNK = 4096 };

typedef struct Request {
  const Row *row;
  char symbol[64];
  int lanes;
  bool wide;
} Request;

/* for (i = 0; i < n; i += lanes) out[i..] = f(x[i..], y[i..]) */
static bool emit(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  const Request *request = user;
  (void)fault;
  LLVMContextRef c = LLVMGetModuleContext(module);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(c);
  LLVMTypeRef pointer = LLVMPointerTypeInContext(c, 0), i64 = LLVMInt64TypeInContext(c);
  LLVMTypeRef element = request->wide ? LLVMDoubleTypeInContext(c) : LLVMFloatTypeInContext(c);
  LLVMTypeRef type =
      request->lanes == 1 ? element : LLVMVectorType(element, (unsigned)request->lanes);
  LLVMTypeRef signature = LLVMFunctionType(
      LLVMVoidTypeInContext(c), (LLVMTypeRef[]){pointer, pointer, pointer, i64}, 4, false);
  LLVMValueRef f = LLVMAddFunction(module, request->symbol, signature);
  target_mark(target, f);
  LLVMBasicBlockRef entry = LLVMAppendBasicBlockInContext(c, f, "entry");
  LLVMBasicBlockRef loop = LLVMAppendBasicBlockInContext(c, f, "loop");
  LLVMBasicBlockRef done = LLVMAppendBasicBlockInContext(c, f, "done");
  LLVMPositionBuilderAtEnd(b, entry);
  LLVMBuildBr(b, loop);
  LLVMPositionBuilderAtEnd(b, loop);
  LLVMValueRef i = LLVMBuildPhi(b, i64, "i"), in[2];
  for (unsigned k = 0; k < 2; k++) {
    LLVMValueRef address = LLVMBuildGEP2(b, element, LLVMGetParam(f, k), &i, 1, "");
    in[k] = LLVMBuildLoad2(b, type, address, "");
    LLVMSetAlignment(in[k], request->wide ? 8 : 4);
  }
  Vmath v = {c, module, b, target};
  LLVMValueRef y =
      request->row->emit1 ? request->row->emit1(&v, in[0]) : request->row->emit2(&v, in[0], in[1]);
  LLVMValueRef store =
      LLVMBuildStore(b, y, LLVMBuildGEP2(b, element, LLVMGetParam(f, 2), &i, 1, ""));
  LLVMSetAlignment(store, request->wide ? 8 : 4);
  LLVMValueRef next = LLVMBuildAdd(b, i, LLVMConstInt(i64, (unsigned)request->lanes, 0), "");
  LLVMAddIncoming(i, (LLVMValueRef[]){LLVMConstInt(i64, 0, 0), next},
                  (LLVMBasicBlockRef[]){entry, LLVMGetInsertBlock(b)}, 2);
  LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntSLT, next, LLVMGetParam(f, 3), ""), loop, done);
  LLVMPositionBuilderAtEnd(b, done);
  LLVMBuildRetVoid(b);
  LLVMDisposeBuilder(b);
  return true;
}

static Compiled compile(Jit *jit, Request *request) {
  Fault fault = {0};
  JitUnit unit = {request->symbol, request->symbol, emit, request};
  if (!jit_add(jit, &unit, 1, &fault)) fail_msg("%s", fault.text);
  union {
    void *address;
    Compiled function;
  } code = {jit_lookup(jit, request->symbol, &fault)};
  if (!code.address) fail_msg("%s", fault.text);
  return code.function;
}

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Distance in units of the last place that the reference has in the format with that many mantissa
 * bits and that smallest exponent; rounded is the reference in the format. Zeros must agree in
 * sign. */
static double ulps(long double got, long double ref, long double rounded, int bits, int smallest) {
  if (isnan(ref) || isnan(got)) return isnan(ref) && isnan(got) ? 0 : INFINITY;
  if (got == rounded && got == 0) return signbit(got) == signbit(rounded) ? 0 : INFINITY;
  if (isinf(got) && got == rounded) return 0;
  if (isinf(ref)) return INFINITY;
  if (isinf(got)) got = copysignl(ldexpl(1, 2 - smallest), got);
  int exponent = fabsl(ref) < ldexpl(1, smallest) ? smallest : ilogbl(ref);
  return (double)(fabsl(got - ref) / ldexpl(1, exponent - bits));
}

static double ulps32(float got, double ref) { return ulps(got, ref, (float)ref, 23, -126); }
static double ulps64(double got, long double ref) { return ulps(got, ref, (double)ref, 52, -1022); }

typedef struct Worst {
  double ulps, x, y;
} Worst;

static uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 32);
}

static void run32(const Row *row, Compiled code, const float *x, const float *y, Worst *worst) {
  static float out[CHUNK];
  code(x, y, out, CHUNK);
  for (int i = 0; i < CHUNK; i++) {
    double ref = row->ref1 ? row->ref1(x[i]) : row->ref2(x[i], y[i]);
    double error = ulps32(out[i], ref);
    if (!(error <= worst->ulps)) *worst = (Worst){error, x[i], y[i]};
  }
}

static void run64(const Row *row, Compiled code, const float *xf, const float *yf, Worst *worst) {
  static double x[CHUNK], y[CHUNK], out[CHUNK];
  for (int i = 0; i < CHUNK; i++) x[i] = (double)xf[i] * 1.0000001, y[i] = (double)yf[i];
  code(x, y, out, CHUNK);
  for (int i = 0; i < CHUNK; i++) {
    long double ref = row->wide1 ? row->wide1(x[i]) : row->wide2(x[i], y[i]);
    double error = ulps64(out[i], ref);
    if (!(error <= worst->ulps)) *worst = (Worst){error, x[i], y[i]};
  }
}

static const float special[] = {
    0.0f,     -0.0f,   1.0f,     -1.0f,    INFINITY, -INFINITY, NAN,    FLT_MIN,
    -FLT_MIN, FLT_MAX, -FLT_MAX, 1e-45f,   -1e-45f,  1e-40f,    0.5f,   -0.5f,
    2.0f,     -2.0f,   3.0f,     -3.0f,    88.72f,   88.73f,    -87.4f, -103.9f,
    -104.1f,  2.5f,    -2.5f,    16777216, 1e10f,    -1e10f,    1e20f,  0.99999994f};
enum { N_SPECIAL = sizeof special / sizeof *special };

/* Fills a chunk: special pairs, then all bit patterns in strides, then numbers of ordinary size. */
static void samples(int round, int rounds, uint64_t *state, float *x, float *y) {
  for (int i = 0; i < CHUNK; i++) {
    uint32_t a = next_random(state), b = next_random(state);
    if (round == 0) {
      x[i] = special[i % N_SPECIAL];
      y[i] = special[i / N_SPECIAL % N_SPECIAL];
    } else if (round < rounds / 2) {
      x[i] = float_of(
          (uint32_t)(((uint64_t)round * CHUNK + (uint32_t)i) * 8191u * 64 / (uint32_t)rounds * 32));
      y[i] = float_of(b);
    } else {
      x[i] = ldexpf((float)(int32_t)a, (int)(b % 12) - 36);
      y[i] = ldexpf((float)(int32_t)next_random(state), (int)(b / 16 % 12) - 36);
      if (i % 4 == 0) y[i] = rintf(y[i]);
    }
  }
}

static void measure(Jit *jit, const Row *row, const char *target, int lanes, bool wide,
                    int rounds) {
  static float x[CHUNK], y[CHUNK];
  Request request = {.row = row, .lanes = lanes, .wide = wide};
  snprintf(request.symbol, sizeof request.symbol, "%s_%s_%d", row->name, wide ? "f64" : "f32",
           lanes);
  Compiled code = compile(jit, &request);
  Worst worst = {0};
  uint64_t state = 1;
  for (int round = 0; round < rounds; round++) {
    samples(round, rounds, &state, x, y);
    if (wide)
      run64(row, code, x, y, &worst);
    else
      run32(row, code, x, y, &worst);
  }
  double bound = wide ? row->bound64 : row->bound32;
  printf("%-8s %s x%-2d %-7s max %.3f ulp (bound %.1f) at %.9g", row->name, wide ? "f64" : "f32",
         lanes, target, worst.ulps, bound, worst.x);
  printf(row->emit2 ? ", %.9g\n" : "\n", worst.y);
  if (!(worst.ulps <= bound)) fail_msg("%s exceeds its bound", row->name);
}

static void on_target(const char *name, int lanes_scale, int rounds) {
  Arena arena;
  arena_init(&arena);
  Target target;
  if (!target_find(&arena, name, &target)) {
    printf("[SKIP] this machine does not run %s\n", name);
    arena_free(&arena);
    return;
  }
  Fault fault = {0};
  Jit *jit = jit_new(&target, 1, "", &fault);
  if (!jit) fail_msg("%s", fault.text);
  for (int i = 0; i < N_ROWS; i++) {
    int lanes = lanes_scale ? target_lanes(&target, 4) * lanes_scale : 1;
    measure(jit, &rows[i], name, lanes, false, rounds);
    measure(jit, &rows[i], name, lanes_scale ? lanes / 2 : 1, true, rounds / 8 + 2);
  }
  jit_free(jit);
  arena_free(&arena);
}

static void test_host(void **state) { (void)state, on_target("host", 1, 1000); }
static void test_double_width(void **state) { (void)state, on_target("host", 2, 20); }
static void test_scalar(void **state) { (void)state, on_target("host", 0, 100); }
static void test_avx2(void **state) { (void)state, on_target("avx2", 1, 100); }
static void test_sse2(void **state) { (void)state, on_target("sse2", 1, 100); }

/* Machines with fused multiply-adds give the same bits in f32, though one of them scales by an
 * instruction that the other lacks. Some lanes of each vector underflow, some do not. */
static void test_same_bits(void **state) {
  (void)state;
  static float x[CHUNK], y[CHUNK], wide[CHUNK], narrow[CHUNK];
  Arena arena;
  arena_init(&arena);
  Target targets[2];
  if (!target_find(&arena, "avx512", &targets[0]) || !target_find(&arena, "avx2", &targets[1])) {
    printf("[SKIP] this machine does not run both\n");
    arena_free(&arena);
    return;
  }
  Fault fault = {0};
  Jit *jits[2] = {jit_new(&targets[0], 1, "", &fault), jit_new(&targets[1], 1, "", &fault)};
  assert_true(jits[0] && jits[1]);
  for (int i = 0; i < N_ROWS; i++) {
    Request request = {.row = &rows[i], .lanes = 32};
    snprintf(request.symbol, sizeof request.symbol, "%s_same", rows[i].name);
    Compiled a = compile(jits[0], &request), b = compile(jits[1], &request);
    uint64_t seed = 1;
    for (int round = 0; round < 200; round++) {
      samples(round, 200, &seed, x, y);
      if (round % 3 == 1) /* where exp becomes denormal, and 0 */
        for (int k = 0; k < CHUNK; k++) x[k] = -85 - (float)(next_random(&seed) >> 8) * 0x1.4p-20f;
      a(x, y, wide, CHUNK);
      b(x, y, narrow, CHUNK);
      for (int k = 0; k < CHUNK; k++)
        if (memcmp(&wide[k], &narrow[k], sizeof *wide) && !(isnan(wide[k]) && isnan(narrow[k])))
          fail_msg("%s(%.9g, %.9g) is %.9g and %.9g", rows[i].name, x[k], y[k], wide[k], narrow[k]);
    }
  }
  jit_free(jits[0]);
  jit_free(jits[1]);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_host),   cmocka_unit_test(test_double_width),
      cmocka_unit_test(test_scalar), cmocka_unit_test(test_avx2),
      cmocka_unit_test(test_sse2),   cmocka_unit_test(test_same_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
