/* Weights in files for the functions of parts.ordo and steps.ordo; the first argument is
 *   map FILE        Net gives with mapped weights what it gives with those in the library
 *   open FILE...    prints for each file "NAME: code: message"
 *   flip FILE COPY  a bit of every byte turned, and every length: refused, or the same weights
 *   train FOLDER    steps of 'drawn' with its state in files, as the script compares them
 *   resume FROM TO  two steps of 'drawn' from a checkpoint
 *   full FILE       a disk without room */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "parts.h"
#include "steps.h"

static void check(int code, const char *message) {
  if (!code) return;
  fprintf(stderr, "%s: %s\n", ordort_text(code), message);
  exit(1);
}

static int map(char **argv) {
  enum { B = 5, T = 7, D = 4 };
  static float x[B * T * D], inside[T * B * D], mapped[T * B * D];
  ordort_context c = {0};
  ordort_weights w = {.model = argv[1], .unchecked = argv[1] && !*argv[1]};
  for (int i = 0; i < B * T * D; i++) x[i] = (float)(i * 37 % 64) / 32 - 1;
  check(ordort_weights_open(&parts_Net_function, argv[0], &w), w.message);
  check(parts_Net(B, T, x, inside, &c), c.message);
  c.weights = w.weights;
  check(parts_Net(B, T, x, mapped, &c), c.message);
  ordort_release(&c);
  ordort_weights_close(&w);
  ordort_weights_close(&w);
  return memcmp(inside, mapped, sizeof inside) || inside[3] == inside[4];
}

static int open_all(char **argv) {
  for (; *argv; argv++) {
    ordort_weights w = {0};
    int code = ordort_weights_open(&parts_Net_function, *argv, &w);
    const char *slash = strrchr(*argv, '/');
    printf("%s: %d: %s\n", slash ? slash + 1 : *argv, code, w.message);
    if (!code) ordort_weights_close(&w);
    if (w.map || w.own || w.weights || !code != !*w.message) return 1;
  }
  return 0;
}

static size_t read_file(const char *path, char *bytes, size_t room) {
  FILE *file = fopen(path, "rb");
  size_t n = file ? fread(bytes, 1, room, file) : 0;
  if (file) fclose(file);
  return n;
}

/* 1: refused, 0: opened with the same weights, else the program ends. */
static int opens(const char *path, const ordort_weights *good, const char *what, size_t at) {
  const ordort_info *info = ordort_describe(&steps_drawn_step_function);
  ordort_weights w = {0};
  if (ordort_weights_open(&steps_drawn_step_function, path, &w)) return 1;
  int same = w.step == good->step && w.seed == good->seed;
  for (uint32_t i = 0; i < info->n_weights; i++)
    same &= !memcmp(w.weights[i], good->weights[i], (size_t)info->weights[i].bytes);
  if (!same) fprintf(stderr, "%s %zu: other weights\n", what, at);
  if (!same) exit(1);
  ordort_weights_close(&w);
  return 0;
}

static int flip(char **argv) {
  static char bytes[1 << 16];
  size_t n = read_file(argv[0], bytes, sizeof bytes), refused = 0;
  int copy = open(argv[1], O_RDWR | O_CREAT, 0666);
  ordort_weights good = {0};
  check(ordort_weights_open(&steps_drawn_step_function, argv[0], &good), good.message);
  if (copy < 0 || pwrite(copy, bytes, n, 0) != (ssize_t)n) return 2;
  for (size_t i = 0; i < n; i++) {
    char turned = (char)(bytes[i] ^ 1 << i % 8);
    if (pwrite(copy, &turned, 1, (off_t)i) != 1) return 3;
    refused += (size_t)opens(argv[1], &good, "bit of byte", i);
    if (pwrite(copy, &bytes[i], 1, (off_t)i) != 1) return 3;
  }
  if (refused < n / 2 || opens(argv[1], &good, "length", n)) return 4;
  for (size_t i = n; i--;)
    if (ftruncate(copy, (off_t)i) || !opens(argv[1], &good, "length", i)) return 5;
  close(copy);
  ordort_weights_close(&good);
  return 0;
}

static void steps(ordort_context *c, int n) {
  float loss;
  for (int i = 0; i < n; i++) check(steps_drawn_step(&loss, c), c->message);
}

static void save(const char *folder, const char *name, ordort_context *c) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  check(ordort_weights_save(&steps_drawn_step_function, path, c), c->message);
}

/* Three steps, saved; two more; then those two once more from what was saved, onto itself. */
static int train(char **argv) {
  const ordort_info *info = ordort_describe(&steps_drawn_step_function);
  void **state = malloc(sizeof *state * info->n_weights);
  for (uint32_t i = 0; i < info->n_weights; i++)
    state[i] = malloc((size_t)info->weights[i].bytes + 1);
  ordort_context first = {.seed = 3}, c = {.seed = 3};
  char path[4096];
  if (ordort_weights_save(&steps_drawn_step_function, "none", &c) != ORDORT_WEIGHTS) return 2;
  first.weights = c.weights = (const void *const *)state;
  check(steps_drawn_init(&first), first.message);
  steps(&c, 3);
  save(argv[0], "checkpoint.safetensors", &c);
  save(argv[0], "again.safetensors", &c);
  steps(&c, 2);
  save(argv[0], "five.safetensors", &c);
  snprintf(path, sizeof path, "%s/again.safetensors", argv[0]);
  ordort_weights w = {0};
  check(ordort_weights_open(&steps_drawn_step_function, path, &w), w.message);
  if (w.step != 3 || w.seed != 3) return 3;
  c.weights = w.weights;
  c.step = w.step;
  steps(&c, 2);
  save(argv[0], "again.safetensors", &c);
  ordort_weights_close(&w);
  ordort_release(&first);
  ordort_release(&c);
  for (uint32_t i = 0; i < info->n_weights; i++) free(state[i]);
  free(state);
  return 0;
}

static int resume(char **argv) {
  ordort_weights w = {0};
  check(ordort_weights_open(&steps_drawn_step_function, argv[0], &w), w.message);
  ordort_context c = {.weights = w.weights, .step = w.step, .seed = w.seed};
  steps(&c, 2);
  check(ordort_weights_save(&steps_drawn_step_function, argv[1], &c), c.message);
  ordort_release(&c);
  ordort_weights_close(&w);
  return 0;
}

static int full(char **argv) {
  static char before[1 << 16], after[1 << 16];
  const struct rlimit limit = {1000, 1000};
  ordort_weights w = {0};
  check(ordort_weights_open(&steps_drawn_step_function, argv[0], &w), w.message);
  ordort_context c = {.weights = w.weights, .step = 77};
  size_t n = read_file(argv[0], before, sizeof before);
  int code = ordort_weights_save(&steps_drawn_step_function, "/dev/full", &c);
  if (code != ORDORT_FILE || !strstr(c.message, "No space")) return 2;
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &limit)) return 3;
  if (ordort_weights_save(&steps_drawn_step_function, argv[0], &c) != ORDORT_FILE) return 4;
  if (!n || read_file(argv[0], after, sizeof after) != n || memcmp(before, after, n)) return 5;
  code = ordort_weights_save(&steps_drawn_step_function, "/nowhere/x.safetensors", &c);
  ordort_weights_close(&w);
  return code == ORDORT_FILE ? 0 : 6;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(char **argv);
  } ways[] = {{"map", map},     {"open", open_all}, {"flip", flip},
              {"train", train}, {"resume", resume}, {"full", full}};
  for (size_t i = 0; argc > 2 && i < sizeof ways / sizeof *ways; i++)
    if (!strcmp(argv[1], ways[i].name)) return ways[i].run(argv + 2);
  return 9;
}
