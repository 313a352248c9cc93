/* libordo: model specs to compiled functions, from C.
 *
 *   Ordo *ordo = ordo_open(2);                                             two threads
 *   OrdoSpec *spec = ordo_load(ordo, "models/sort.ordo", NULL, 0); OrdoFunction *sorted =
 *   ordo_function(spec, "net.sorted"); ordo_read_weights(sorted,
 *   "runs/sort/checkpoint.safetensors"); OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){1,
 *   4}, numbers); OrdoTensor *y; if (!ordo_call(sorted, (const OrdoTensor *[]){x}, 1, &y, 1))
 *   puts(ordo_errors(ordo));
 *
 * Rules
 *
 * - Errors. A function that can fail returns NULL or 0; ordo_errors() then has the reason as
 *   text, with file, line and caret where there is a place. The library never exits, aborts or
 *   prints for a mistake of its user, nor when memory runs out: that is an error like others,
 *   "out of memory". A spec whose function could not be made for want of memory has to be loaded
 *   again.
 *
 * - Ownership. What a function of this header returns as OrdoTensor * is the caller's, who gives
 *   it back with ordo_tensor_free. A spec lives until ordo_spec_free or ordo_close, a function
 *   until ordo_function_free or the end of its spec. Texts live as long as what they were asked
 *   of, except those of ordo_errors, which live until the next call. Calls, trainings, and specs
 *   and functions that were freed leave no memory behind, but compiled code, which all specs
 *   share, stays.
 *
 * - Tensors. Contiguous, row-major: the last axis is the fastest. Shapes are checked at every
 *   call; sizes that the signature leaves open (f32[B, N]) may differ from call to call without
 *   compiling anything again.
 *
 * - Threads. One thread at a time may use an Ordo and what belongs to it. Two Ordos are
 *   independent.
 */
#ifndef ORDO_H
#define ORDO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Ordo Ordo;
typedef struct OrdoSpec OrdoSpec;
typedef struct OrdoFunction OrdoFunction;
typedef struct OrdoTensor OrdoTensor;

/* ---- the library ---- */

/* "0.1.0" */
const char *ordo_version(void);

/* Starts the code generator. threads counts the calling one; 0: one for each processor that the
 * process may use (affinity, quota). NULL when memory is out or the machine cannot be compiled
 * for. */
Ordo *ordo_open(int threads);
/* Frees everything that belongs to it. NULL is allowed. */
void ordo_close(Ordo *ordo);

/* Whether specs may call C functions of any shared library that they name (extern fn): not at
 * first, except from the folders of $ORDO_FOREIGN_DIRS. Such a function can do whatever the
 * process can. */
void ordo_allow_foreign(Ordo *ordo, int allow);

/* Type of the operands of matrix products of f32 in what is compiled from now on: "bf16", with sums in
 * f32 and the same bits on every machine, or "f32"; NULL, as at first: what the training program says,
 * else f32. Returns 1, or 0 for another text. */
int ordo_precision(Ordo *ordo, const char *precision);

/* Who makes matrix products of f32 and f64 from now on: "own", as at first: the bits of a row do not
 * depend on how many others there are; "openblas"; or "auto", for each product who was faster when this
 * host was measured, which takes a few seconds once. Returns 1, or 0: another text, or no OpenBLAS. */
int ordo_products(Ordo *ordo, const char *who);

/* What was wrong in the last call that failed, as text; "" when the last call went well. */
const char *ordo_errors(const Ordo *ordo);

/* ---- tensors ---- */

typedef enum OrdoType {
  ORDO_BOOL,  /* uint8_t, 0 or 1 */
  ORDO_I32,   /* int32_t */
  ORDO_INDEX, /* int32_t, an index into an axis: 0 up to its extent, checked at every call */
  ORDO_BF16,  /* uint16_t, the upper half of a float */
  ORDO_F32,   /* float */
  ORDO_F64,   /* double */
} OrdoType;

/* A new tensor with a copy of the elements, or zeros when data is NULL. rank 0 is a single number.
 * NULL when memory is out or an extent is negative. */
OrdoTensor *ordo_tensor(OrdoType type, int rank, const int64_t *extents, const void *data);
void ordo_tensor_free(OrdoTensor *tensor); /* NULL is allowed */
OrdoType ordo_tensor_type(const OrdoTensor *tensor);
int ordo_tensor_rank(const OrdoTensor *tensor);
int64_t ordo_tensor_extent(const OrdoTensor *tensor, int axis);
int64_t ordo_tensor_count(const OrdoTensor *tensor); /* number of elements */
/* The elements, to read and to change, until the tensor is freed. */
void *ordo_tensor_data(OrdoTensor *tensor);

/* ---- specs ---- */

/* Reads and checks a spec: a path, or the name of a model in the library folders ("sort"). defines:
 * overrides of constants, "N=20"; may be NULL. */
OrdoSpec *ordo_load(Ordo *ordo, const char *model, const char *const *defines, size_t n_defines);
/* The same from memory; path is the name in messages, and imports are looked up beside it. */
OrdoSpec *ordo_load_text(Ordo *ordo, const char *path, const char *text, const char *const *defines,
                         size_t n_defines);
/* What can be called: functions, methods of layers ("Linear.()"), methods of the models of training
 * programs
 * ("net.sorted"). */
size_t ordo_function_count(OrdoSpec *spec);
const char *ordo_function_name(OrdoSpec *spec, size_t i); /* NULL when i is too large */

/* Frees a spec and its functions. NULL is allowed. */
void ordo_spec_free(OrdoSpec *spec);

/* ---- functions ---- */

/* Compiles a function, and draws its weights (if it has any) from seed 0. */
OrdoFunction *ordo_function(OrdoSpec *spec, const char *name);
/* NULL is allowed. */
void ordo_function_free(OrdoFunction *function);
/* Draws the weights anew. */
int ordo_draw_weights(OrdoFunction *function, int64_t seed);
/* Takes the weights from a .safetensors file, such as a checkpoint of 'ordo train'. On failure the
 * weights are undefined until set again. */
int ordo_read_weights(OrdoFunction *function, const char *path);

size_t ordo_param_count(const OrdoFunction *function);
const char *ordo_param_name(const OrdoFunction *function, size_t i); /* NULL when i is too large */
const char *ordo_param_type(const OrdoFunction *function,
                            size_t i); /* as in the spec: "f32[B, {N}]" */
size_t ordo_result_count(const OrdoFunction *function);
const char *ordo_result_type(const OrdoFunction *function, size_t i);

/* Runs it: one tensor for each parameter, of its element type and a fitting shape. results receives
 * n_results new tensors, all of the function's results. The seed of functions that draw random
 * numbers is set by ordo_seed. Returns 1, or 0 with results all NULL. */
int ordo_call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
              OrdoTensor **results, size_t n_results);
/* Equal seeds give equal random numbers, at any number of threads. 0 at first. */
void ordo_seed(OrdoFunction *function, int64_t seed);

/* ---- functions of text ---- */

/* Compiles a function whose parameters are texts: indices into vocabularies of the spec's data,
 * as in <pairs.src>[B, S], and their masks. weights: a checkpoint, which gives the weights and
 * keeps the vocabularies (the data files need not be there); NULL: vocabularies from the data,
 * weights from seed
 * 0. ordo_call takes it, too, with tensors. */
OrdoFunction *ordo_text_function(OrdoSpec *spec, const char *name, const char *weights);
/* Number of parameters that take text. */
size_t ordo_text_count(const OrdoFunction *function);
/* Runs it on n examples at once. texts[p * n + i] is the text (UTF-8) of example i for the p-th
 * parameter that takes text, of n_texts = ordo_text_count(function) * n in all; masks are filled
 * in. results[r * n + i] becomes result r of example i, of n_results =
 * ordo_result_count(function) * n: text up to its end where the result is text, else numbers as
 * text. They belong to the function until its next call. Characters that a vocabulary lacks are
 * read as <unk>; ordo_errors then has a warning, though 1 is returned. Returns 0, with results
 * all NULL, on failure. */
int ordo_call_text(OrdoFunction *function, const char *const *texts, size_t n_texts, size_t n,
                   const char **results, size_t n_results);

/* ---- training ---- */

typedef struct OrdoTraining {
  const char *program;      /* name of the training program; NULL: the only one */
  const char *folder;       /* for checkpoint.safetensors and metrics; NULL: nothing is written */
  int64_t steps;            /* 0: the program's */
  int64_t seed;             /* negative: the program's */
  int64_t checkpoint_every; /* steps; 0: only at the end */
  int resume;               /* go on from the folder's checkpoint */
  int verbose;              /* progress on standard error */
} OrdoTraining;

/* Defaults: the program's steps and seed, no folder. */
OrdoTraining ordo_training(void);
/* Runs a training program of the spec to its end. */
int ordo_train(OrdoSpec *spec, const OrdoTraining *training);

#ifdef __cplusplus
}
#endif
#endif
