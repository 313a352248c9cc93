/* Calling functions that 'ordo build' has compiled. C17 and C++; libordort and the C library are
 * all that is needed at run time.
 *
 * A library's own header declares each function with its sizes and arrays:
 *
 *   ordort_context c = {0};
 *   float y[2 * 5];
 *   int code = sort_net_sorted(2, 5, x, y, &c);           B = 2, N = 5
 *   if (code) fprintf(stderr, "%s: %s\n", ordort_text(code), c.message);
 *   ordort_release(&c);
 *
 * A context is what a function works in: one for each thread that calls at the same time. The first
 * call with new sizes sets it up; a call with the sizes of the one before only computes, and
 * allocates nothing.
 */
#ifndef ORDORT_H
#define ORDORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ORDORT_API __attribute__((visibility("default")))

/* What a call can come to. */
enum {
  ORDORT_OK = 0,
  ORDORT_SIZE = 1,      /* sizes that the function cannot take */
  ORDORT_MEMORY = 2,    /* no memory, or less than needed in a fixed context */
  ORDORT_INDEX = 3,     /* an index outside of its axis */
  ORDORT_WEIGHTS = 4,   /* no weights: neither in the library nor in the context */
  ORDORT_PROCESSOR = 5, /* no code in the library for this processor */
  ORDORT_VERSION = 6,   /* the library was made for another libordort */
  ORDORT_ASSERT = 7,    /* what the text asserts of its arguments does not hold */
  ORDORT_FILE = 8,      /* a file cannot be read or written */
  ORDORT_FORMAT = 9,    /* a file is no safetensors file, or damaged */
  ORDORT_TENSOR = 10    /* a weight is missing in a file, or has another type or shape there */
};
ORDORT_API const char *ordort_text(int code);

/* Threads. A pool serves one call at a time. */
typedef struct Pool ordort_pool;
ORDORT_API ordort_pool *
ordort_pool_new(int threads); /* 0: one for each processor; NULL: no memory */
ORDORT_API void ordort_pool_free(ordort_pool *pool);
/* A pool that is somebody else's: run has to call part(args, lo, hi) so that [0, range) is covered
 * once, cut at multiples of grain, on at most so many threads, and return when all are done. */
typedef void (*ordort_part)(const uint64_t *args, int64_t lo, int64_t hi);
typedef void (*ordort_runner)(void *user, ordort_part part, const uint64_t *args, int64_t range,
                              int64_t grain);
ORDORT_API ordort_pool *ordort_pool_hook(ordort_runner run, void *user, int threads);

typedef struct ordort_function ordort_function;

typedef struct ordort_context {
  void *memory; /* NULL: allocated when needed, grown when sizes grow, freed by ordort_release */
  int64_t bytes;
  int fixed;         /* memory is the caller's (aligned to 64 bytes): nothing is ever allocated */
  ordort_pool *pool; /* NULL: the calling thread */
  const void *const *weights;   /* by their numbers in the header; NULL: those in the library.
                                   A training step changes what they point to */
  uint64_t seed;                /* of random numbers: what --seed is to 'ordo run' and 'train' */
  int64_t step;                 /* of a training program: steps done, counted by its step */
  int64_t needed;               /* after ORDORT_MEMORY: how many bytes these sizes need */
  char message[200];            /* after an error: which one */
  const ordort_function *bound; /* what memory is set up for */
  void *state;
} ordort_context;
ORDORT_API void ordort_release(ordort_context *c);

/* Weights in a safetensors file, as 'ordo train' and others write it.
 *
 *   ordort_weights w = {0};
 *   int code = ordort_weights_open(&sort_net_sorted_function, "checkpoint.safetensors", &w);
 *   if (code) fprintf(stderr, "%s: %s\n", ordort_text(code), w.message);
 *   c.weights = w.weights;
 *   ...
 *   ordort_weights_close(&w);                             when no context needs them any more
 */
typedef struct ordort_weights {
  /* before it is opened */
  const char *model; /* what the file calls the model of a function: "net" for net.first.W; "": its
                        weights have no name in front; NULL: as the function's info has it */
  int unchecked;     /* checksums are left alone, so that nothing is read before it is needed */
  /* behind that */
  const void *const *weights; /* for contexts. A training step may change them: the file keeps what
                                 it has */
  int64_t step;               /* of a checkpoint: steps done, and the seed; else 0 */
  uint64_t seed;
  char message[200]; /* after an error: which one */
  void *map, *own;
  int64_t bytes;
} ordort_weights;
/* Maps the file and checks that all weights of the function are there, of its types and extents.
 * After an error there is nothing to close. */
ORDORT_API int ordort_weights_open(const ordort_function *f, const char *path, ordort_weights *w);
ORDORT_API void ordort_weights_close(ordort_weights *w);
/* Writes the context's weights: all state of a training program, with the context's step and seed.
 * After an error an older file of that name is as it was. */
ORDORT_API int ordort_weights_save(const ordort_function *f, const char *path, ordort_context *c);

/* ---- functions by their descriptions, for bindings of other languages ---- */

/* Element types of arrays: bool is a byte, an index or i32 four, bf16 two (the upper half of a
 * float), a key eight. */
enum { ORDORT_bool, ORDORT_key, ORDORT_idx, ORDORT_i32, ORDORT_bf16, ORDORT_f32, ORDORT_f64 };

typedef struct ordort_array {
  const char *name;
  uint32_t dtype, rank;
} ordort_array;

/* A weight, or what a training program keeps beside its weights, under its name in checkpoints. */
typedef struct ordort_tensor {
  const char *name;
  uint32_t dtype, rank;
  const int64_t *dims;
  int64_t bytes;
} ordort_tensor;

/* All about a function: sizes are given in the order of size_names, arrays as the header lists
 * them. */
typedef struct ordort_info {
  const char *name;
  uint32_t n_sizes, n_args, n_results, n_weights;
  const char *const *size_names;
  const ordort_array *args, *results;
  const ordort_tensor *weights;
} ordort_info;
ORDORT_API const ordort_info *ordort_describe(const ordort_function *f);
/* Extents of argument (or result) i. */
ORDORT_API int ordort_dims(const ordort_function *f, const int64_t *sizes, int result, uint32_t i,
                           int64_t *dims, ordort_context *c);
/* Memory that a context needs for sizes; a negative number when they cannot be taken. */
ORDORT_API int64_t ordort_bytes(const ordort_function *f, const int64_t *sizes, int threads);
ORDORT_API int ordort_call(const ordort_function *f, const int64_t *sizes, const void *const *args,
                           void *const *results, ordort_context *c);

#ifdef __cplusplus
}
#endif

#endif
