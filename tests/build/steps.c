/* Training programs of steps.ordo in C: five steps of each from their own first state, which is
 * memory of this program. Writes all state, name by name, to FOLDER/NAME.state and the logged
 * values of the last step to its output. The second argument: plain, pool or fixed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"

enum { STEPS = 5, ROWS = 8 };

static int forbidden; /* from now on nothing may be allocated */
void *__real_malloc(size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void *__wrap_malloc(size_t n) { return forbidden ? abort(), NULL : __real_malloc(n); }
void *__wrap_aligned_alloc(size_t align, size_t n) {
  return forbidden ? abort(), NULL : __real_aligned_alloc(align, n);
}

static void check(int code, const ordort_context *c) {
  if (!code) return;
  fprintf(stderr, "%s: %s\n", ordort_text(code), c->message);
  exit(1);
}

/* Memory for what the program keeps: as the library describes it. */
static void **new_state(const ordort_function *f, uint32_t *n) {
  const ordort_info *info = ordort_describe(f);
  void **state = malloc(sizeof *state * info->n_weights);
  for (uint32_t i = 0; i < info->n_weights; i++)
    state[i] = malloc((size_t)info->weights[i].bytes + 1);
  *n = info->n_weights;
  return state;
}

static void write_state(const ordort_function *f, void **state, const char *folder,
                        const char *name) {
  const ordort_info *info = ordort_describe(f);
  char path[400];
  snprintf(path, sizeof path, "%s/%s.state", folder, name);
  FILE *out = fopen(path, "wb");
  for (uint32_t i = 0; i < info->n_weights; i++) {
    const ordort_tensor *t = &info->weights[i];
    fprintf(out, "%s %lld\n", t->name, (long long)t->bytes);
    fwrite(state[i], 1, (size_t)t->bytes, out);
    free(state[i]);
  }
  fclose(out);
  free(state);
}

int main(int argc, char **argv) {
  static _Alignas(64) char memory[1 << 20];
  if (argc < 3) return 2;
  uint32_t n;
  void **state = new_state(&steps_drawn_step_function, &n);
  float loss, size, x[ROWS * 4], y[ROWS * 3];
  ordort_context first = {.seed = 3}, c = {.seed = 3};
  if (!strcmp(argv[2], "fixed")) c.memory = memory, c.bytes = sizeof memory, c.fixed = 1;
  if (!strcmp(argv[2], "pool")) c.pool = ordort_pool_new(3);
  if (steps_drawn_step(&loss, &c) != ORDORT_WEIGHTS || c.step) return 3;
  first.weights = c.weights = (const void *const *)state;
  check(steps_drawn_init(&first), &first);
  for (int i = 0; i < STEPS; i++) {
    check(steps_drawn_step(&loss, &c), &c);
    forbidden = 1; /* set up */
  }
  forbidden = 0;
  if (c.step != STEPS) return 4;
  printf("drawn %.9g\n", loss);
  write_state(&steps_drawn_step_function, state, argv[1], "drawn");

  for (int i = 0; i < ROWS * 4; i++) x[i] = (float)(i % 4) / 4 - 0.3f;
  for (int i = 0; i < ROWS * 3; i++) y[i] = (float)(i % 3) / 2 - 0.7f;
  state = new_state(&steps_given_step_function, &n);
  first.weights = c.weights = (const void *const *)state;
  first.seed = c.seed = 11;
  c.step = 0;
  check(steps_given_init(&first), &first);
  for (int i = 0; i < STEPS; i++) check(steps_given_step(x, y, &loss, &size, &c), &c);
  printf("given %.9g %.9g\n", loss, size);
  write_state(&steps_given_step_function, state, argv[1], "given");
  ordort_release(&first);
  ordort_release(&c);
  ordort_pool_free(c.pool);
  return 0;
}
