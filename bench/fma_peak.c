/* What the machine can do: billions of f32 operations a second of independent fused
 * multiply-adds, on N threads.
 *
 *   cc -O3 -march=native -pthread bench/fma_peak.c -o fma_peak && ./fma_peak [THREADS]
 *
 * The best of 1000 runs of 0.1 ms counts: a busy machine interrupts the others.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CHAINS = 12, MAX_THREADS = 64 };
#ifdef __AVX512F__
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif
typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *run(void *rate) {
  Vector x[CHAINS], a = {0}, b = {0}, sum = {0};
  for (int i = 0; i < CHAINS; i++) x[i] = a;
  __asm__ volatile("" : "+x"(a), "+x"(b)); /* of unknown value from here on */
  double best = 0;
  for (int repeat = 0; repeat < 1000; repeat++) {
    long n = 20000;
    double start = now();
    for (long k = 0; k < n; k++)
      for (int i = 0; i < CHAINS; i++) x[i] = x[i] * a + b;
    double speed = 2.0 * LANES * CHAINS * (double)n / (now() - start);
    if (speed > best) best = speed;
  }
  for (int i = 0; i < CHAINS; i++) sum += x[i];
  __asm__ volatile("" : : "x"(sum));
  *(double *)rate = best;
  return NULL;
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 1;
  pthread_t threads[MAX_THREADS];
  double rates[MAX_THREADS], all = 0;
  if (n < 1 || n > MAX_THREADS) return 2;
  for (int i = 0; i < n; i++) pthread_create(&threads[i], NULL, run, &rates[i]);
  for (int i = 0; i < n; i++) {
    pthread_join(threads[i], NULL);
    all += rates[i];
  }
  printf("%.1f\n", 1e-9 * all);
  return 0;
}
