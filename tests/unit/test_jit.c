/* The Jit and its cache: compiling on threads, failures as messages, hits, damaged entries,
 * pruning; prints the times. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <llvm-c/Core.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "codegen/cache.h"
#include "codegen/jit.h"
#include "codegen/vmath.h"

typedef float (*Function)(float);

typedef struct Wish {
  char symbol[32], key[32];
  int calls;        /* how often its IR was built */
  bool fails;       /* emit gives up */
  const char *call; /* an external function to call, or NULL for tanh(x) + index */
  int index;
} Wish;

static bool emit(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  Wish *wish = user;
  wish->calls++;
  if (wish->fails) {
    fault_set(fault, E_compile_failed, (Span){0}, "no such thing");
    return false;
  }
  LLVMContextRef c = LLVMGetModuleContext(module);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(c);
  LLVMTypeRef real = LLVMFloatTypeInContext(c), type = LLVMFunctionType(real, &real, 1, false);
  LLVMValueRef f = LLVMAddFunction(module, wish->symbol, type), x = LLVMGetParam(f, 0), y;
  target_mark(target, f);
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(c, f, ""));
  Vmath v = {c, module, b, target};
  if (wish->call) {
    y = LLVMBuildCall2(b, type, LLVMAddFunction(module, wish->call, type), &x, 1, "");
  } else {
    y = LLVMBuildFAdd(b, vmath_tanh(&v, x), vmath_const(real, wish->index), "");
  }
  LLVMBuildRet(b, y);
  LLVMDisposeBuilder(b);
  return true;
}

static Wish make_wish(int index) {
  Wish wish = {.index = index};
  snprintf(wish.symbol, sizeof wish.symbol, "f%d", index);
  snprintf(wish.key, sizeof wish.key, "tanh + %d", index);
  return wish;
}

typedef struct Fixture {
  Arena arena;
  Target target;
  char dir[64];
} Fixture;

static int set_up(void **state) {
  Fixture *f = heap_alloc(sizeof *f);
  arena_init(&f->arena);
  f->target = target_host(&f->arena);
  strcpy(f->dir, "/tmp/ordo-test-XXXXXX");
  if (!mkdtemp(f->dir)) return 1;
  *state = f;
  return 0;
}

/* Calls visit for every file in the directory. */
static int each_file(const char *dir, void (*visit)(const char *path)) {
  DIR *entries = opendir(dir);
  int n = 0;
  for (struct dirent *item; entries && (item = readdir(entries));) {
    char path[512];
    if (item->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", dir, item->d_name);
    if (visit) visit(path);
    n++;
  }
  if (entries) closedir(entries);
  return n;
}

static void remove_file(const char *path) { unlink(path); }

static void flip_last_byte(const char *path) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  fseek(file, -1, SEEK_END);
  int byte = fgetc(file);
  fseek(file, -1, SEEK_END);
  fputc(byte ^ 0x55, file);
  fclose(file);
}

static void cut_in_half(const char *path) {
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(truncate(path, info.st_size / 2), 0);
}

static int tear_down(void **state) {
  Fixture *f = *state;
  each_file(f->dir, remove_file);
  unlink(arena_printf(&f->arena, "%s/.pruned", f->dir));
  unlink(arena_printf(&f->arena, "%s/.key", f->dir));
  rmdir(f->dir);
  arena_free(&f->arena);
  heap_free(f);
  return 0;
}

static Jit *new_jit(Fixture *f, int threads, const char *cache) {
  Fault fault = {0};
  Jit *jit = jit_new(&f->target, threads, cache, &fault);
  if (!jit) fail_msg("%s", fault.text);
  return jit;
}

static float call(Jit *jit, const char *symbol, float x) {
  Fault fault = {0};
  union {
    void *address;
    Function function;
  } code = {jit_lookup(jit, symbol, &fault)};
  if (!code.address) fail_msg("%s", fault.text);
  return code.function(x);
}

/* Adds n units, checks them, and returns how many were built. */
static int add_and_call(Jit *jit, int n) {
  enum { MOST = 64 };
  Wish wishes[MOST];
  JitUnit units[MOST];
  Fault fault = {0};
  int built = 0;
  for (int i = 0; i < n; i++) {
    wishes[i] = make_wish(i);
    units[i] = (JitUnit){wishes[i].symbol, wishes[i].key, emit, &wishes[i]};
  }
  if (!jit_add(jit, units, n, &fault)) fail_msg("%s", fault.text);
  for (int i = 0; i < n; i++) {
    assert_true(call(jit, wishes[i].symbol, 0) == (float)i);
    built += wishes[i].calls;
  }
  return built;
}

/* What was begun in parts is compiled once, and linked together; what is not finished goes. */
static void test_begin(void **state) {
  Fixture *f = *state;
  Fault fault = {0};
  enum { N = 12, FIRST = 8, SECOND = 5 };
  for (int threads = 1; threads <= 3; threads++) {
    Jit *jit = new_jit(f, threads, "");
    Wish wishes[N], bad = make_wish(N);
    JitUnit units[N], wrong = {bad.symbol, bad.key, emit, &bad};
    bad.fails = true;
    for (int i = 0; i < N; i++) {
      wishes[i] = make_wish(i);
      units[i] = (JitUnit){wishes[i].symbol, wishes[i].key, emit, &wishes[i]};
    }
    assert_true(jit_begin(jit, units, FIRST, &fault));
    assert_true(jit_begin(jit, units + SECOND, N - SECOND, &fault)); /* three of them again */
    assert_int_equal(jit_stats(jit).compiled, 0);                    /* linked at the end */
    assert_true(jit_finish(jit, &fault));
    assert_int_equal(jit_stats(jit).compiled, N);
    for (int i = 0; i < N; i++) {
      assert_int_equal(wishes[i].calls, 1);
      assert_true(call(jit, wishes[i].symbol, 0) == (float)i);
    }
    assert_true(jit_finish(jit, &fault)); /* nothing to do */
    jit_free(jit);
    jit = new_jit(f, threads, "");
    assert_true(jit_begin(jit, units, FIRST, &fault));
    assert_false(jit_begin(jit, &wrong, 1, &fault)); /* with it goes all that was begun */
    assert_true(jit_finish(jit, &fault));
    assert_null(jit_lookup(jit, wishes[0].symbol, &fault));
    assert_true(jit_begin(jit, units, FIRST, &fault));
    jit_free(jit);
  }
}

static void test_compile(void **state) {
  Fixture *f = *state;
  for (int threads = 1; threads <= 3; threads++) {
    Jit *jit = new_jit(f, threads, "");
    assert_int_equal(add_and_call(jit, 20), 20);
    assert_int_equal(add_and_call(jit, 22), 2); /* 20 are there already */
    assert_int_equal(jit_stats(jit).compiled, 22);
    jit_free(jit);
  }
}

static void test_cache(void **state) {
  Fixture *f = *state;
  Jit *jit = new_jit(f, 2, f->dir);
  assert_int_equal(add_and_call(jit, 10), 10);
  jit_free(jit);
  assert_int_equal(each_file(f->dir, NULL), 10);
  jit = new_jit(f, 2, f->dir);
  assert_int_equal(add_and_call(jit, 12), 2);
  assert_int_equal(jit_stats(jit).cached, 10);
  jit_free(jit);
  /* Another target must not find them. */
  Target other = f->target;
  if (target_find(&f->arena, "sse2", &other)) {
    Fault fault = {0};
    jit = jit_new(&other, 1, f->dir, &fault);
    assert_int_equal(add_and_call(jit, 10), 10);
    jit_free(jit);
  }
}

static void test_damaged(void **state) {
  Fixture *f = *state;
  static void (*const damages[])(const char *) = {flip_last_byte, cut_in_half};
  for (int i = 0; i < 2; i++) {
    Jit *jit = new_jit(f, 1, f->dir);
    add_and_call(jit, 5);
    jit_free(jit);
    assert_int_equal(each_file(f->dir, damages[i]), 5);
    jit = new_jit(f, 1, f->dir);
    assert_int_equal(add_and_call(jit, 5), 5);
    jit_free(jit);
  }
}

static void test_directory(void **state) {
  Fixture *f = *state;
  /* A directory that cannot be made is no error. */
  Jit *jit = new_jit(f, 1, "/dev/null/no/such");
  assert_int_equal(add_and_call(jit, 2), 2);
  jit_free(jit);
  /* The user's, by environment. */
  setenv("ORDO_CACHE_DIR", f->dir, 1);
  jit = new_jit(f, 1, NULL);
  add_and_call(jit, 3);
  jit_free(jit);
  assert_int_equal(each_file(f->dir, NULL), 3);
  setenv("ORDO_CACHE", "off", 1);
  jit = new_jit(f, 1, NULL);
  assert_int_equal(add_and_call(jit, 3), 3);
  jit_free(jit);
  unsetenv("ORDO_CACHE"), unsetenv("ORDO_CACHE_DIR");
}

static void test_prune(void **state) {
  Fixture *f = *state;
  Cache cache = cache_open(&f->arena, f->dir);
  static const char bytes[1000];
  char text[16];
  cache.limit = 20000;
  for (int i = 0; i < 30; i++) {
    snprintf(text, sizeof text, "%d", i);
    const char *texts[] = {text};
    cache_store(&cache, cache_key(&cache, texts, 1), bytes, sizeof bytes);
    struct timespec pause = {0, 2000000};
    nanosleep(&pause, NULL);
  }
  const char *oldest[] = {"0"}, *newest[] = {"29"};
  const void *found;
  size_t n;
  /* Using the oldest entry saves it. */
  assert_true(cache_load(&cache, &f->arena, cache_key(&cache, oldest, 1), &found, &n));
  cache_prune(&cache);
  int left = each_file(f->dir, NULL);
  assert_true(left >= 10 && left <= 15);
  assert_true(cache_load(&cache, &f->arena, cache_key(&cache, oldest, 1), &found, &n));
  assert_true(cache_load(&cache, &f->arena, cache_key(&cache, newest, 1), &found, &n));
  assert_int_equal(n, sizeof bytes);
  cache_close(&cache);
}

/* ---- what another hand may have done to the folder ---- */

enum { ENTRIES = 3 };

/* How many of the entries are found. Compiles the others. */
static int found(Fixture *f, const char *dir) {
  Jit *jit = new_jit(f, 1, dir);
  int built = add_and_call(jit, ENTRIES);
  jit_free(jit);
  return ENTRIES - built;
}

static void filled(Fixture *f) {
  each_file(f->dir, remove_file);
  found(f, f->dir);
  assert_int_equal(found(f, f->dir), ENTRIES);
}

static void make_pipe(const char *path) {
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
}

/* The same bytes behind a link. */
static void make_link(const char *path) {
  char away[600];
  snprintf(away, sizeof away, "%s.away", path);
  assert_int_equal(rename(path, away), 0);
  assert_int_equal(symlink(away, path), 0);
}

static void open_to_all(const char *path) { assert_int_equal(chmod(path, 0666), 0); }

static void make_folder(const char *path) {
  unlink(path);
  assert_int_equal(mkdir(path, 0700), 0);
}

static void remove_folder(const char *path) {
  if (rmdir(path)) unlink(path);
}

static void test_strange_entries(void **state) {
  Fixture *f = *state;
  static void (*const changes[])(const char *) = {make_pipe, make_link, open_to_all, make_folder};
  alarm(60); /* a pipe would wait for ever */
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    filled(f);
    each_file(f->dir, changes[i]);
    assert_int_equal(found(f, f->dir), 0);
    each_file(f->dir, remove_folder);
  }
  alarm(0);
}

/* Without the key that they were written under, entries are nothing. */
static void test_strange_keys(void **state) {
  Fixture *f = *state;
  const char *key = arena_printf(&f->arena, "%s/.key", f->dir);
  static void (*const changes[])(const char *) = {remove_file, make_pipe,   flip_last_byte,
                                                  cut_in_half, open_to_all, make_link};
  alarm(60);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    filled(f);
    changes[i](key);
    assert_int_equal(found(f, f->dir), 0);
    assert_int_equal(found(f, f->dir), ENTRIES); /* under the new key */
    struct stat info;
    assert_int_equal(lstat(key, &info), 0);
    assert_true(S_ISREG(info.st_mode) && (info.st_mode & 0777) == 0600);
  }
  alarm(0);
  unlink(arena_printf(&f->arena, "%s.away", key));
}

static void test_strange_folders(void **state) {
  Fixture *f = *state;
  filled(f);
  for (mode_t others = S_IWGRP; others; others = others == S_IWGRP ? S_IWOTH : 0) {
    assert_int_equal(chmod(f->dir, 0700 | others), 0);
    assert_int_equal(found(f, f->dir), 0);
  }
  assert_int_equal(chmod(f->dir, 0755), 0); /* may be read: the key may not */
  assert_int_equal(found(f, f->dir), ENTRIES);
  char *link = arena_printf(&f->arena, "%s.link", f->dir);
  assert_int_equal(symlink(f->dir, link), 0);
  assert_int_equal(found(f, link), 0);
  assert_int_equal(found(f, arena_printf(&f->arena, "%s/", link)), 0);
  assert_int_equal(unlink(link), 0);
  if (geteuid()) return; /* only root can give a folder away */
  assert_int_equal(chown(f->dir, 12345, 12345), 0);
  assert_int_equal(found(f, f->dir), 0);
  assert_int_equal(chown(f->dir, 0, 0), 0);
}

/* The published values of SipHash-2-4 with 128 bits. */
static void test_siphash(void **state) {
  (void)state;
  static const unsigned char bytes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  static const uint64_t none[] = {0xe6a825ba047f81a3u, 0x930255c71472f66du},
                        one[] = {0x44af996bd8c187dau, 0x45fc229b11597634u};
  SipHash key;
  memcpy(&key, bytes, sizeof key);
  SipHash hash = siphash(key, bytes, 0);
  assert_memory_equal(&hash, none, sizeof hash);
  hash = siphash(key, bytes, 1);
  assert_memory_equal(&hash, one, sizeof hash);
}

static float twice(float x) { return 2 * x; }

static void test_define(void **state) {
  Fixture *f = *state;
  Fault fault = {0};
  union {
    Function function;
    const void *address;
  } host = {.function = twice};
  Jit *jit = new_jit(f, 1, "");
  assert_true(jit_define(jit, "host_twice", host.address, &fault));
  assert_false(jit_define(jit, "host_twice", host.address, &fault)); /* defined already */
  assert_non_null(fault.text);
  Wish wish = {.symbol = "calls", .key = "calls", .call = "host_twice"};
  JitUnit unit = {wish.symbol, wish.key, emit, &wish};
  assert_true(jit_add(jit, &unit, 1, &fault));
  assert_true(call(jit, "calls", 21) == 42);
  jit_free(jit);
}

static void test_failures(void **state) {
  Fixture *f = *state;
  Fault fault = {0};
  Jit *jit = new_jit(f, 2, "");
  Wish good = make_wish(1), bad = make_wish(2),
       lost = {.symbol = "lost", .key = "lost", .call = "nowhere"};
  bad.fails = true;
  JitUnit units[] = {{good.symbol, good.key, emit, &good}, {bad.symbol, bad.key, emit, &bad}};
  assert_false(jit_add(jit, units, 2, &fault));
  assert_string_equal(fault.text, "f2: no such thing");
  assert_null(jit_lookup(jit, "not_there", &fault));
  assert_non_null(strstr(fault.text, "not_there"));
  JitUnit missing = {lost.symbol, lost.key, emit, &lost};
  assert_true(jit_add(jit, &missing, 1, &fault));
  assert_null(jit_lookup(jit, "lost", &fault));
  assert_non_null(strstr(fault.text, "nowhere"));
  jit_free(jit);
  Target nonsense = f->target;
  nonsense.vector_bytes = 16;
  const char *text;
  JitUnit unit = {good.symbol, good.key, emit, &good};
  assert_true(jit_assembly(&nonsense, &unit, &f->arena, &text, &fault));
  assert_non_null(strstr(text, "f1:"));
  unit.user = &bad;
  assert_false(jit_assembly(&nonsense, &unit, &f->arena, &text, &fault));
  const void *bytes;
  size_t n;
  unit.user = &good;
  assert_true(jit_object(&f->target, &unit, &f->arena, &bytes, &n, &fault));
  assert_memory_equal(bytes, "\177ELF", 4);
}

static void test_times(void **state) {
  Fixture *f = *state;
  for (int round = 0; round < 3; round++) {
    int threads = round == 2 ? 2 : 1;
    if (round == 2) each_file(f->dir, remove_file);
    double start = clock_seconds();
    Jit *jit = new_jit(f, threads, f->dir);
    double made = clock_seconds();
    int built = add_and_call(jit, 50);
    double done = clock_seconds();
    JitStats s = jit_stats(jit);
    printf("create %.2f ms; 50 units, %d compiled on %d thread%s: %.1f ms (emit %.1f, compile "
           "%.1f, link %.1f)\n",
           (made - start) * 1e3, built, threads, threads > 1 ? "s" : "", (done - made) * 1e3,
           s.phases.seconds[PHASE_emit] * 1e3, s.phases.seconds[PHASE_generate] * 1e3,
           s.phases.seconds[PHASE_link] * 1e3);
    jit_free(jit);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(test_compile),      TEST(test_begin),           TEST(test_cache),
      TEST(test_damaged),      TEST(test_directory),       TEST(test_strange_entries),
      TEST(test_strange_keys), TEST(test_strange_folders), TEST(test_siphash),
      TEST(test_prune),        TEST(test_define),          TEST(test_failures),
      TEST(test_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
