/* Calls the built functions of parts.ordo on the arrays in the folder argv[1] and writes what they
 * give beside them. argv[2]: "plain", "pool", "hook", "fixed" (memory of its own, and malloc ends
 * the process once it is set up). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum { B = 37, N = 53, M = 19, K = 11, T = 7, D = 4 };

static const char *folder;

static void *array(const char *name, size_t bytes) {
  char path[4096];
  void *data = calloc(1, bytes + 64);
  snprintf(path, sizeof path, "%s/%s.bin", folder, name);
  FILE *file = fopen(path, "rb");
  if (!data || !file || fread(data, 1, bytes, file) != bytes) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  fclose(file);
  return data;
}

static void write_array(const char *name, const void *data, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.out", folder, name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, bytes, file) != bytes) exit(1);
  fclose(file);
}

static void check(int code, const ordort_context *c) {
  if (!code) return;
  fprintf(stderr, "%s: %s\n", ordort_text(code), c->message);
  exit(1);
}

static void refused(int code, int expected, const ordort_context *c, const char *text) {
  if (code == expected && strstr(c->message, text)) return;
  fprintf(stderr, "code %d, expected %d and '%s': %s\n", code, expected, text, c->message);
  exit(1);
}

/* A loop that somebody else runs, from the end to the start. */
static void backwards(void *user, ordort_part part, const uint64_t *args, int64_t range,
                      int64_t grain) {
  int64_t cuts = (range + grain - 1) / grain;
  ++*(int *)user;
  for (int64_t i = cuts - 1; i >= 0; i--) {
    int64_t hi = (i + 1) * grain < range ? (i + 1) * grain : range;
    part(args, i * grain, hi);
  }
}

static int forbidden;
void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size) {
  if (forbidden) abort();
  return __real_aligned_alloc(align, size);
}
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) {
  if (forbidden) abort();
  return __real_malloc(size);
}

static void refuse_all(const float *x, int32_t *k, ordort_context *c) {
  static float y[B * N], bad = -1;
  static int32_t o[B * N], outside[B];
  memcpy(outside, k, sizeof outside);
  outside[5] = N;
  float t = 1;
  refused(parts_sorts(B, N, x, outside, &t, y, o, y, y, c), ORDORT_INDEX, c, "'k': index 53");
  refused(parts_sorts(B, N, x, k, &bad, y, o, y, y, c), ORDORT_ASSERT, c, "the temperature");
  refused(parts_sorts(-1, N, x, k, &t, y, o, y, y, c), ORDORT_SIZE, c, "B is -1");
  refused(parts_best(B, 0, x, o, c), ORDORT_SIZE, c, "argmax needs at least one element");
  refused(parts_sorts(INT64_MAX / 2, N, x, k, &t, y, o, y, y, c), ORDORT_SIZE, c, "too large");
  ordort_context small = {.memory = c->memory, .bytes = 64, .fixed = 1};
  refused(parts_sorts(B, N, x, k, &t, y, o, y, y, &small), ORDORT_MEMORY, &small, "need");
  small = (ordort_context){.memory = (char *)c->memory + 8, .bytes = 1 << 20, .fixed = 1};
  refused(parts_best(B, N, x, o, &small), ORDORT_MEMORY, &small, "aligned to 64");
  forbidden = 0; /* to ask for the bytes beforehand allocates */
  if (parts_best_bytes(B, 0, 1) != -ORDORT_SIZE || parts_best_bytes(B, N, 1) <= 0) exit(1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  folder = argv[1];
  int loops = 0;
  ordort_context c = {.seed = 7};
  float *x = array("x", B * N * 4), *n = array("n", B * T * D * 4), t = 0.5f;
  int32_t *k = array("k", B * 4), *m = array("m", N * 4);
  double *y = array("y", M * K * 8);
  float *s = calloc(B * N, 4), *u = calloc(B * N, 4), *p = calloc(B, 4), *r = calloc(B * M, 4),
        *z = calloc(M, 4), *d = calloc(B * N, 4), *h = calloc(B * T * D, 4);
  int32_t *o = calloc(B * N, 4), *best = calloc(B, 4);
  double *g = calloc(M * M, 8);
  if (!strcmp(argv[2], "pool")) c.pool = ordort_pool_new(3);
  if (!strcmp(argv[2], "hook")) c.pool = ordort_pool_hook(backwards, &loops, 5);
  if (!strcmp(argv[2], "fixed")) {
    static _Alignas(64) char memory[1 << 21];
    c = (ordort_context){.memory = memory, .bytes = sizeof memory, .fixed = 1, .seed = 7};
    forbidden = 1;
  }
  for (int turn = 0; turn < 2; turn++) { /* the second time in the memory of the others */
    check(parts_sorts(B, N, x, k, &t, s, o, u, p, &c), &c);
    check(parts_spreads(B, N, M, K, x, m, y, r, g, z, &c), &c);
    check(parts_draws(B, N, x, d, &c), &c);
    check(parts_best(B, N, x, best, &c), &c);
    check(parts_Net(B, T, n, h, &c), &c);
  }
  if (parts_Net(B, T, n, h, &c)) return 1;
  refuse_all(x, k, &c);
  write_array("s", s, B * N * 4);
  write_array("o", o, B * N * 4);
  write_array("u", u, B * N * 4);
  write_array("p", p, B * 4);
  write_array("r", r, B * M * 4);
  write_array("g", g, M * M * 8);
  write_array("z", z, M * 4);
  write_array("d", d, B * N * 4);
  write_array("best", best, B * 4);
  write_array("h", h, B * T * D * 4);
  void *all[] = {x, n, k, m, y, s, u, p, r, z, d, h, o, best, g};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  ordort_release(&c);
  ordort_pool_free(c.pool);
  return 0;
}
