/* Memory of the C interface: what is freed is gone, calls and steps leave nothing behind, and
 * running out of memory at any allocation is an error like others. Built with --wrap for the
 * allocators of base/arena.h, which count here and fail when asked to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "ordo.h"

static const char model[] = "import optimizers\n"
                            "import linear\n"
                            "layer Net(I = 3, H = 4) {\n"
                            "  a: Linear(I, H)\n"
                            "  fn (x: f32[B, I]) -> f32[B] {\n"
                            "    y[b] = sum[h](tanh(a(x))[b, h])\n"
                            "    y\n"
                            "  }\n"
                            "}\n"
                            "fn total(x: f32[N]) -> f32 { sum(x * x) }\n"
                            "train fit {\n"
                            "  net = Net()\n"
                            "  steps = 3\n"
                            "  step {\n"
                            "    x[b, i] = normal(0, 1) with b in 4, i in 3\n"
                            "    loss = mean((net(x) - 1) ** 2)\n"
                            "    minimize loss over net with sgd(lr = 0.01)\n"
                            "    log loss\n"
                            "  }\n"
                            "  eval every 2 {\n"
                            "    x[b, i] = normal(0, 1) with b in 4, i in 3\n"
                            "    log error = mean(net(x) ** 2)\n"
                            "  }\n"
                            "}\n";

/* ---- allocators ---- */

static int64_t allocations, fail_at; /* 0: never */

/* Only on the thread that the test runs on: others allocate nothing. */
static bool fails(void) { return ++allocations == fail_at; }

void *__real_arena_alloc(Arena *arena, size_t size);
void *__real_heap_alloc(size_t size);
void *__wrap_arena_alloc(Arena *arena, size_t size);
void *__wrap_heap_alloc(size_t size);

void *__wrap_arena_alloc(Arena *arena, size_t size) {
  /* What has no escape is no part of the interface: tools, and the start of the engine. */
  if (arena->escape && fails()) arena_exhausted(arena, size);
  return __real_arena_alloc(arena, size);
}

void *__wrap_heap_alloc(size_t size) { return fails() ? NULL : __real_heap_alloc(size); }

/* ---- resident memory ---- */

/* A sanitizer keeps what was freed for a while, and is slow: it looks for late readers here, and
 * for them a few rounds are enough. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

/* In kB, with what malloc keeps for later given back. */
static long resident(void) {
  long pages = 0, all = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  assert_non_null(file);
  assert_int_equal(fscanf(file, "%ld %ld", &all, &pages), 2);
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static long growth_of(const char *what, void (*one)(void *user), void *user, int warm, int count) {
  if (SANITIZED) count /= 100;
  for (int i = 0; i < warm && !SANITIZED; i++) one(user);
  long before = resident();
  for (int i = 0; i < count; i++) one(user);
  long grown = resident() - before;
  printf("%d %s: %ld kB more\n", count, what, grown);
  return SANITIZED ? 0 : grown;
}

enum { SLACK = 1500 }; /* kB: fragments of malloc; a leak of 100 bytes a call would be 10,000 */

/* Whether the mapping that an address lies in asks for large pages; true where nobody can tell. */
static bool wants_large_pages(const void *address) {
  if (access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK)) return true;
  FILE *file = fopen("/proc/self/smaps", "r");
  char line[512];
  unsigned long low = 0, high = 0, a, b;
  bool wants = !file;
  while (file && fgets(line, sizeof line, file)) {
    if (sscanf(line, "%lx-%lx ", &a, &b) == 2) low = a, high = b;
    bool here = (uintptr_t)address >= low && (uintptr_t)address < high;
    if (here && !strncmp(line, "VmFlags:", 8)) wants = strstr(line, " hg") != NULL;
  }
  if (file) fclose(file);
  return wants;
}

/* Large memory is aligned to large pages, asks for them, and is zeroed again when it was used
 * before. */
static void large_memory(void **state) {
  (void)state;
  size_t size = ((size_t)48 << 20) + 100;
  for (int round = 0; round < 2; round++) {
    unsigned char *memory = heap_alloc(size);
    assert_non_null(memory);
    if (!SANITIZED) assert_int_equal((uintptr_t)memory % (1 << 21), 0);
    for (size_t i = 0; i < size; i += 1021) assert_int_equal(memory[i], 0);
    if (!SANITIZED) assert_true(wants_large_pages(memory));
    memset(memory, 7, size);
    heap_free(memory);
  }
}

/* Large memory that is not touched is not resident. */
static void untouched_memory(void **state) {
  (void)state;
  long before = resident();
  char *memory = heap_alloc((size_t)256 << 20);
  assert_non_null(memory);
  if (!SANITIZED) assert_true(resident() - before < 8 << 10);
  memory[1] = 1;
  heap_free(memory);
  assert_true(resident() - before < 8 << 10 || SANITIZED);
}

static void one_call(void *user) {
  float values[] = {1, 2, 3};
  int64_t n = 3;
  OrdoTensor *x = ordo_tensor(ORDO_F32, 1, &n, values), *y = NULL;
  assert_true(ordo_call(user, (const OrdoTensor *[]){x}, 1, &y, 1));
  assert_true(*(float *)ordo_tensor_data(y) == 14);
  ordo_tensor_free(x);
  ordo_tensor_free(y);
}

/* Another extent each time. */
static void one_resized_call(void *user) {
  static float values[64];
  static int64_t n = 1;
  OrdoTensor *x = ordo_tensor(ORDO_F32, 1, &n, values), *y = NULL;
  n = n % 64 + 1;
  assert_true(ordo_call(user, (const OrdoTensor *[]){x}, 1, &y, 1));
  ordo_tensor_free(x);
  ordo_tensor_free(y);
}

static void one_failure(void *user) {
  float values[] = {1, 2, 3, 4};
  OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){2, 2}, values), *y = NULL;
  assert_false(ordo_call(user, (const OrdoTensor *[]){x}, 1, &y, 1));
  ordo_tensor_free(x);
}

static void one_load(void *user) {
  OrdoSpec *spec = ordo_load_text(user, "m.ordo", "fn f(x: f32[N]) -> f32 { sum(x) }\n", NULL, 0);
  assert_non_null(spec);
  ordo_spec_free(spec);
}

static void one_wrong_load(void *user) {
  assert_null(ordo_load_text(user, "m.ordo", "fn f(x: f32[N]) -> f32 { sum(y) }\n", NULL, 0));
}

static void one_function(void *user) {
  OrdoFunction *f = ordo_function(user, "total");
  assert_non_null(f);
  one_call(f);
  ordo_function_free(f);
}

static void memory_stays_flat(void **state) {
  (void)state;
  Ordo *ordo = ordo_open(1);
  assert_non_null(ordo);
  OrdoSpec *spec = ordo_load_text(ordo, "m.ordo", model, NULL, 0);
  if (!spec) fail_msg("%s", ordo_errors(ordo));
  OrdoFunction *total = ordo_function(spec, "total");
  assert_non_null(total);
  assert_true(growth_of("calls", one_call, total, 1000, 100000) < SLACK);
  assert_true(growth_of("calls of other sizes", one_resized_call, total, 1000, 100000) < SLACK);
  assert_true(growth_of("failed calls", one_failure, total, 1000, 20000) < SLACK);
  assert_true(growth_of("loads", one_load, ordo, 100, 2000) < SLACK);
  assert_true(growth_of("failed loads", one_wrong_load, ordo, 100, 2000) < SLACK);
  assert_true(growth_of("functions", one_function, spec, 20, 300) < SLACK);
  ordo_close(ordo);
}

/* 20,000 steps with an evaluation at every second one, metrics and 200 checkpoints need what the
 * first 2,000 did. */
static void training_stays_flat(void **state) {
  (void)state;
  char folder[] = "/tmp/ordo-test-memory-XXXXXX", command[64];
  assert_non_null(mkdtemp(folder));
  Ordo *ordo = ordo_open(1);
  OrdoSpec *spec = ordo_load_text(ordo, "m.ordo", model, NULL, 0);
  assert_non_null(spec);
  OrdoTraining training = ordo_training();
  training.folder = folder;
  training.checkpoint_every = 100;
  long grown[3]; /* what is had once comes with the first or with the second run */
  for (int i = 0; i < 3; i++) {
    long before = resident();
    training.steps = SANITIZED ? 200 : i == 2 ? 20000 : 2000;
    if (!ordo_train(spec, &training)) fail_msg("%s", ordo_errors(ordo));
    grown[i] = resident() - before;
    printf("%d steps: %ld kB more\n", (int)training.steps, grown[i]);
  }
  assert_true(grown[2] < SLACK || SANITIZED);
  ordo_close(ordo);
  snprintf(command, sizeof command, "rm -r %s", folder);
  assert_int_equal(system(command), 0);
}

/* ---- running out ---- */

typedef struct Sweep {
  Ordo *ordo;
  OrdoSpec *spec;
  OrdoFunction *function;
  const char *folder;
} Sweep;

static bool load_it(Sweep *s) {
  s->spec = ordo_load_text(s->ordo, "m.ordo", model, NULL, 0);
  return s->spec != NULL;
}

static bool make_it(Sweep *s) {
  s->function = ordo_function(s->spec, "Net.()");
  return s->function != NULL;
}

static bool differentiate_it(Sweep *s) { return ordo_derivative(s->spec, "Net.()") != NULL; }

static bool draw_picture(Sweep *s) {
  size_t bytes;
  return ordo_picture(s->spec, "total", &(OrdoPicture){.format = "txt"}, &bytes) != NULL;
}

static bool call_it(Sweep *s) {
  float values[6] = {1, 2, 3, 4, 5, 6};
  OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){2, 3}, values), *y = NULL;
  bool good = x && ordo_call(s->function, (const OrdoTensor *[]){x}, 1, &y, 1);
  assert_true(good == (y != NULL));
  ordo_tensor_free(y);
  ordo_tensor_free(x);
  return good || !x;
}

static bool draw_it(Sweep *s) { return ordo_draw_weights(s->function, 1); }

static bool train_it(Sweep *s) {
  OrdoTraining training = ordo_training();
  training.folder = s->folder;
  training.checkpoint_every = 2;
  return ordo_train(s->spec, &training);
}

static void drop(Sweep *s) {
  ordo_spec_free(s->spec);
  s->spec = NULL;
  s->function = NULL;
}

/* Fails the k-th allocation of a part for k = 1, 2, ... until the part succeeds; beyond the
 * first few hundred with larger and larger steps. before makes what the part needs. Returns how
 * many were tried. */
static int sweep(Sweep *s, const char *what, bool (*before[])(Sweep *), bool (*part)(Sweep *)) {
  int tried = 0, told = 0;
  for (int64_t k = 1;; k += 1 + k / 100, tried++) {
    fail_at = 0;
    for (int i = 0; before[i]; i++)
      if (!before[i](s)) fail_msg("%s: %s", what, ordo_errors(s->ordo));
    allocations = 0;
    fail_at = k;
    bool good = part(s);
    bool done = allocations < k;
    fail_at = 0;
    const char *errors = ordo_errors(s->ordo);
    told += strstr(errors, "memory") != NULL;
    if (!good) assert_true(*errors != 0);
    if (done && !good) fail_msg("%s: %s", what, errors);
    drop(s);
    if (done) break;
  }
  printf("%s: %d failing allocations, %d told as such\n", what, tried, told);
  assert_true(tried > 5 && told > tried / 2);
  return tried;
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  char folder[] = "/tmp/ordo-test-memory-XXXXXX", command[64];
  assert_non_null(mkdtemp(folder));
  Sweep s = {.ordo = ordo_open(1), .folder = folder};
  assert_non_null(s.ordo);
  typedef bool (*Part)(Sweep *);
  sweep(&s, "loading", (Part[]){NULL}, load_it);
  sweep(&s, "making a function", (Part[]){load_it, NULL}, make_it);
  sweep(&s, "making a derivative", (Part[]){load_it, NULL}, differentiate_it);
  sweep(&s, "the text of a graph", (Part[]){load_it, NULL}, draw_picture);
  sweep(&s, "drawing weights", (Part[]){load_it, make_it, NULL}, draw_it);
  sweep(&s, "calling", (Part[]){load_it, make_it, NULL}, call_it);
  sweep(&s, "training", (Part[]){load_it, NULL}, train_it);
  /* and all is well behind it */
  assert_true(load_it(&s) && make_it(&s) && call_it(&s) && train_it(&s));
  ordo_close(s.ordo);
  for (int64_t k = 1, done = 0; !done; k++) {
    allocations = 0;
    fail_at = k;
    Ordo *ordo = ordo_open(1);
    done = allocations < k;
    fail_at = 0;
    assert_true(!done || ordo);
    ordo_close(ordo);
  }
  snprintf(command, sizeof command, "rm -r %s", folder);
  assert_int_equal(system(command), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(large_memory),
      cmocka_unit_test(untouched_memory),
      cmocka_unit_test(memory_stays_flat),
      cmocka_unit_test(training_stays_flat),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
