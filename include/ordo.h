/* libordo: model specs to compiled functions, from C.
 *
 *   Ordo *ordo = ordo_open(2);                                                  two threads
 *   OrdoSpec *spec = ordo_load(ordo, "models/sort.ordo", NULL, 0);
 *   OrdoFunction *sorted = ordo_function(spec, "net.sorted");
 *   ordo_read_weights(sorted, "runs/sort/checkpoint.safetensors");
 *   OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){1, 4}, numbers), *y;
 *   if (!ordo_call(sorted, (const OrdoTensor *[]){x}, 1, &y, 1)) puts(ordo_errors(ordo));
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
 *   until ordo_function_free or the end of its spec, and so a run. Texts live as long as what they
 *   were asked of, except those of ordo_errors, which live until the next call. Calls, trainings,
 *   and specs and functions that were freed leave no memory behind, but compiled code, which all
 *   specs share, stays.
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
typedef struct OrdoRun OrdoRun;

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
/* A tensor over elements that are the caller's: contiguous, aligned to the size of one, and there
 * until ordo_tensor_free. Nothing is copied. NULL as above, and when data is not aligned so. */
OrdoTensor *ordo_tensor_view(OrdoType type, int rank, const int64_t *extents, void *data);

/* An array of a caller: any element type that files may have, any layout. */
typedef struct OrdoArray {
  const char *element; /* bool i8 u8 i16 u16 i32 u32 i64 u64 f16 bf16 f32 f64 */
  int rank;
  const int64_t *extents;
  const int64_t *strides; /* bytes from one to the next along each axis; NULL: contiguous */
  const void *data;
} OrdoArray;
/* A new tensor of the element type with its numbers. Floats take any number, rounded once; the
 * other types whole numbers in their range. what: names it in messages. NULL on failure. */
OrdoTensor *ordo_tensor_from(Ordo *ordo, const OrdoArray *array, OrdoType type, const char *what);
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
/* The same function, but its weights are its first parameters, under their names ("a.W"). */
OrdoFunction *ordo_function_of_weights(OrdoSpec *spec, const char *name);
/* Its derivative, backwards. Parameters: the weights and parameters of the function, as above, then
 * for each float result the derivative of some loss by it ("d_NAME", of the result's type).
 * Results: the derivative of that loss by each float weight and each float parameter ("d_NAME"), in
 * order.
 * Random numbers are those of the function with the same seed. */
OrdoFunction *ordo_derivative(OrdoSpec *spec, const char *name);
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
OrdoType ordo_param_element(const OrdoFunction *function, size_t i);
size_t ordo_result_count(const OrdoFunction *function);
const char *ordo_result_name(const OrdoFunction *function, size_t i); /* "result" without one */
const char *ordo_result_type(const OrdoFunction *function, size_t i);
OrdoType ordo_result_element(const OrdoFunction *function, size_t i);
/* Whether it draws random numbers: then results depend on the seed. */
int ordo_draws_random(const OrdoFunction *function);

/* Its weights, by their paths in the layer: "process.U". */
size_t ordo_weight_count(const OrdoFunction *function);
const char *ordo_weight_name(const OrdoFunction *function, size_t i);
const char *ordo_weight_type(const OrdoFunction *function, size_t i);
/* A copy of it. NULL when memory is out or the weights are undefined. */
OrdoTensor *ordo_weight(const OrdoFunction *function, size_t i);
/* Copies a tensor of its shape over it. */
int ordo_set_weight(OrdoFunction *function, size_t i, const OrdoTensor *tensor);

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
  int64_t log_every;        /* steps between rows of metrics; 0: 1 */
  int resume;               /* go on from the folder's checkpoint */
  int verbose;              /* progress on standard error */
} OrdoTraining;

/* Defaults: the program's steps and seed, no folder. */
OrdoTraining ordo_training(void);
/* Runs a training program of the spec to its end. */
int ordo_train(OrdoSpec *spec, const OrdoTraining *training);

/* The same, step by step:
 *
 *   OrdoRun *run = ordo_run_begin(spec, &training);
 *   while (run && ordo_run_step(run) > 0)
 *     for (size_t i = 0; (row = ordo_run_row(run, i)).section; i++) ...;
 *   if (run) ordo_run_finish(run, 0);
 *   ordo_run_free(run);
 *
 * Between two steps the spec may be used for other things. */
OrdoRun *ordo_run_begin(OrdoSpec *spec, const OrdoTraining *training);
/* One step, with the evaluations and the checkpoint that are due after it: 1. 0 when there is none
 * left. -1 on failure. */
int ordo_run_step(OrdoRun *run);
/* Writes the checkpoint; unless the run is stopped before its end, runs the evaluations that run
 * once. */
int ordo_run_finish(OrdoRun *run, int stopped);
/* What the last step, or the end, logged: of the step itself and of each evaluation. Texts and
 * numbers live until the run's next call. */
typedef struct OrdoRow {
  const char *section; /* "train" or the evaluation's name; NULL: there is no row i */
  int64_t step;        /* steps done */
  size_t count;
  const char *const *names;
  const double *values;
} OrdoRow;
OrdoRow ordo_run_row(const OrdoRun *run, size_t i);
/* The models of the program that have weights: "net". NULL when i is too large. */
const char *ordo_run_model(const OrdoRun *run, size_t i);
/* Gives the run's weights to a function of the same spec: those of its last step; of its best
 * evaluation when it has come to its end, has a folder and its program says 'best by'. */
int ordo_take_weights(OrdoFunction *function, OrdoRun *run);
/* Without a checkpoint. NULL is allowed. */
void ordo_run_free(OrdoRun *run);

/* ---- pictures ---- */

typedef struct OrdoPicture {
  const char *format;         /* "svg", "png", "pdf", "dot", "txt" (the graph as text); NULL: svg */
  const char *before, *after; /* a pass; NULL: the graph as the text says it */
  const char *around;         /* only what is near this node (a name, or "%12") */
  int radius;                 /* of around: number of edges; 0: 2 */
  int depth;                  /* what is deeper is collapsed; 0: no limit */
  int across;                 /* left to right */
  int broadcasts;             /* draw broadcasts, too */
  int whole;                  /* everything, however large */
} OrdoPicture;

/* Defaults. */
OrdoPicture ordo_picture_options(void);
/* Draws the graph of a function, or of a training program ("sort": its step, "sort.init",
 * "sort.eval"). name NULL: the step of the only program, or the only function. *bytes: how long the
 * picture is; a 0 byte is behind it. It lives until the spec's next picture. NULL on failure.
 * Graphviz, which draws, is used by one thread of a process at a time. */
const char *ordo_picture(OrdoSpec *spec, const char *name, const OrdoPicture *picture,
                         size_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
