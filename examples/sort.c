/* Sorts numbers with a model, from C: loads a spec, compiles a function of it, calls it with sets
 * of several sizes.
 *
 *   cc sort.c $(pkg-config --cflags --libs ordo) -o sort
 *   ./sort CHECKPOINT NUMBER...          weights of 'ordo train sort -D N=5 -D P=1', any number of
 * numbers
 *   ./sort - NUMBER...                   fresh weights: shows the calls, sorts nothing
 */
#include <ordo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const Ordo *ordo) {
  fprintf(stderr, "%s", ordo_errors(ordo));
  return 1;
}

/* The numbers in the order that the model gives them. */
static int sort(Ordo *ordo, OrdoFunction *sorted, const float *numbers, int64_t n) {
  OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){1, n}, numbers), *y = NULL;
  if (!x) return 1;
  if (!ordo_call(sorted, (const OrdoTensor *const[]){x}, 1, &y, 1)) {
    ordo_tensor_free(x);
    return fail(ordo);
  }
  const float *in_order = ordo_tensor_data(y);
  for (int64_t i = 0; i < ordo_tensor_count(y); i++) printf("%s%g", i ? " " : "", in_order[i]);
  printf("\n");
  ordo_tensor_free(x);
  ordo_tensor_free(y);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: sort CHECKPOINT NUMBER...\n");
    return 2;
  }
  float *numbers = calloc((size_t)argc, sizeof *numbers);
  Ordo *ordo = ordo_open(0);
  if (!ordo || !numbers) return 1;
  const char *const constants[] = {"N=5", "P=1"};
  OrdoSpec *spec = ordo_load(ordo, "sort", constants, 2);
  OrdoFunction *sorted = spec ? ordo_function(spec, "net.sorted") : NULL;
  int failed =
      !sorted || (strcmp(argv[1], "-") && !ordo_read_weights(sorted, argv[1])) ? fail(ordo) : 0;
  for (int i = 2; i < argc; i++) numbers[i - 2] = strtof(argv[i], NULL);
  if (!failed) failed = sort(ordo, sorted, numbers, argc - 2);
  ordo_close(ordo);
  free(numbers);
  return failed;
}
