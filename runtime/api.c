/* libordo's public interface (include/ordo.h) over the parts. Every call first forgets the
 * diagnostics of the one before, so that ordo_errors speaks of the last call only. */
#include "ordo.h"

#include <string.h>

#include "runtime/function.h"
#include "runtime/models.h"
#include "runtime/prove.h"
#include "runtime/texts.h"
#include "runtime/train.h"

struct OrdoSpec {
  Ordo *ordo;
  Spec *spec;
  SpecNames names;
};

struct OrdoFunction {
  Ordo *ordo;
  Function function;
  int64_t seed;
  Corpus corpus; /* of a function of text */
  Texts texts;
  Arena shown; /* the results that ordo_call_text gave last */
};

struct Ordo {
  Ctx *ctx;
  Engine *engine;
  ModelDirs dirs;
  VEC(OrdoFunction *) functions;
  Text errors;
};

const char *ordo_version(void) { return ORDO_VERSION; }

Ordo *ordo_open(int threads) {
  const char *why;
  Ordo *ordo = heap_alloc(sizeof *ordo);
  if (!ordo) return NULL;
  *ordo = (Ordo){.ctx = ctx_new(), .engine = engine_new(threads, NULL, NULL, &why)};
  ordo->dirs = models_dirs(ordo->ctx);
  ordo->errors = text_new(&ordo->ctx->arena);
  if (ordo->engine) return ordo;
  ordo_close(ordo);
  return NULL;
}

void ordo_allow_foreign(Ordo *ordo, int allow) { ordo->ctx->allow_foreign = allow != 0; }

static void forget(OrdoFunction *function) {
  function_free(&function->function);
  corpus_close(&function->corpus);
  arena_free(&function->shown);
}

void ordo_close(Ordo *ordo) {
  if (!ordo) return;
  for (uint32_t i = 0; i < ordo->functions.len; i++) forget(ordo->functions.data[i]);
  engine_free(ordo->engine);
  ctx_free(ordo->ctx);
  heap_free(ordo);
}

/* Forgets the last call's diagnostics. */
static Ctx *begin(Ordo *ordo) {
  diag_rollback(ordo->ctx, (DiagMark){0});
  ordo->errors.len = 0;
  if (ordo->errors.data) ordo->errors.data[0] = 0;
  return ordo->ctx;
}

/* Turns the diagnostics of a call into text. True when there was no error. */
static bool end(Ordo *ordo, bool good) {
  if (ordo->ctx->diags.list.len) diag_print(ordo->ctx, false, &ordo->errors);
  return good && !diag_failed(ordo->ctx);
}

const char *ordo_errors(const Ordo *ordo) { return text_str(&ordo->errors); }

/* ---- tensors: OrdoTensor is Tensor ---- */

static const DType dtypes[] = {DT_bool, DT_i32, DT_idx, DT_bf16, DT_f32, DT_f64};
enum { N_TYPES = sizeof dtypes / sizeof *dtypes };

static const Tensor *inside(const OrdoTensor *tensor) { return (const Tensor *)tensor; }

OrdoTensor *ordo_tensor(OrdoType type, int rank, const int64_t *extents, const void *data) {
  if ((unsigned)type >= N_TYPES || rank < 0 || rank > TENSOR_MAX_RANK) return NULL;
  Tensor *tensor = tensor_new(dtypes[type], extents, rank);
  size_t bytes = tensor ? tensor_bytes(tensor) : 0;
  if (data && bytes) memcpy(tensor->data, data, bytes);
  return (OrdoTensor *)tensor;
}

void ordo_tensor_free(OrdoTensor *tensor) { tensor_free((Tensor *)tensor); }

OrdoType ordo_tensor_type(const OrdoTensor *tensor) {
  for (int i = 0; i < N_TYPES; i++)
    if (dtypes[i] == inside(tensor)->dtype) return (OrdoType)i;
  ORDO_BUG("a tensor of keys got out");
}

int ordo_tensor_rank(const OrdoTensor *tensor) { return inside(tensor)->rank; }

int64_t ordo_tensor_extent(const OrdoTensor *tensor, int axis) {
  return axis >= 0 && axis < inside(tensor)->rank ? inside(tensor)->dims[axis] : 1;
}

int64_t ordo_tensor_count(const OrdoTensor *tensor) { return tensor_count(inside(tensor)); }
void *ordo_tensor_data(OrdoTensor *tensor) { return ((Tensor *)tensor)->data; }

/* ---- specs ---- */

static SpecOptions spec_options(const Ordo *ordo, const char *const *defines, size_t n) {
  return (SpecOptions){.library_dirs = ordo->dirs.dirs.data,
                       .n_library_dirs = ordo->dirs.dirs.len,
                       .defines = defines,
                       .n_defines = (uint32_t)n};
}

static OrdoSpec *finish_load(Ordo *ordo, Spec *loaded) {
  bool good = loaded && !diag_failed(ordo->ctx) && spec_check(loaded) &&
              prove_spec(ordo->ctx, loaded, NULL);
  if (!end(ordo, good)) return NULL;
  OrdoSpec *spec = arena_new(&ordo->ctx->arena, OrdoSpec);
  *spec = (OrdoSpec){ordo, loaded, spec_functions(loaded)};
  return spec;
}

OrdoSpec *ordo_load(Ordo *ordo, const char *model, const char *const *defines, size_t n_defines) {
  Ctx *ctx = begin(ordo);
  SpecOptions options = spec_options(ordo, defines, n_defines);
  const char *path = models_find(ctx, &ordo->dirs, model);
  return finish_load(ordo, path ? spec_load(ctx, path, &options) : NULL);
}

OrdoSpec *ordo_load_text(Ordo *ordo, const char *path, const char *text, const char *const *defines,
                         size_t n_defines) {
  Ctx *ctx = begin(ordo);
  SpecOptions options = spec_options(ordo, defines, n_defines);
  return finish_load(ordo, spec_load_text(ctx, path, text, &options));
}

size_t ordo_function_count(OrdoSpec *spec) { return spec->names.count; }

const char *ordo_function_name(OrdoSpec *spec, size_t i) {
  return i < spec->names.count ? ctx_text(spec->ordo->ctx, spec->names.names[i]) : NULL;
}

/* ---- functions ---- */

static OrdoFunction *new_function(Ordo *ordo) {
  OrdoFunction *function = arena_new(&ordo->ctx->arena, OrdoFunction);
  function->ordo = ordo;
  arena_init(&function->shown);
  return function;
}

/* NULL when it did not become one. */
static OrdoFunction *keep(OrdoFunction *function, bool good) {
  Ordo *ordo = function->ordo;
  if (end(ordo, good)) {
    vec_push(&ordo->ctx->arena, &ordo->functions, function);
    return function;
  }
  forget(function);
  return NULL;
}

OrdoFunction *ordo_function(OrdoSpec *spec, const char *name) {
  Ordo *ordo = spec->ordo;
  Ctx *ctx = begin(ordo);
  CompileOptions options = compile_options();
  OrdoFunction *function = new_function(ordo);
  bool good = function_init(&function->function, ctx, spec->spec, name, ordo->engine) &&
              function_compile(&function->function, &options) &&
              function_draw_weights(&function->function, 0);
  return keep(function, good);
}

int ordo_draw_weights(OrdoFunction *function, int64_t seed) {
  begin(function->ordo);
  return end(function->ordo, function_draw_weights(&function->function, seed));
}

int ordo_read_weights(OrdoFunction *function, const char *path) {
  begin(function->ordo);
  return end(function->ordo, function_read_weights(&function->function, path));
}

size_t ordo_param_count(const OrdoFunction *function) {
  return function_arity(&function->function);
}

const char *ordo_param_name(const OrdoFunction *function, size_t i) {
  return i < ordo_param_count(function) ? function_param_name(&function->function, (uint32_t)i)
                                        : NULL;
}

const char *ordo_param_type(const OrdoFunction *function, size_t i) {
  if (i >= ordo_param_count(function)) return NULL;
  return type_str(function->ordo->ctx, function_param_type(&function->function, (uint32_t)i));
}

size_t ordo_result_count(const OrdoFunction *function) {
  return function->function.graph->results.len;
}

const char *ordo_result_type(const OrdoFunction *function, size_t i) {
  const Graph *g = function->function.graph;
  return i < g->results.len ? type_str(function->ordo->ctx, graph_type(g, g->results.data[i]))
                            : NULL;
}

int ordo_call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
              OrdoTensor **results, size_t n_results) {
  Ctx *ctx = begin(function->ordo);
  size_t wanted = ordo_result_count(function);
  bool good = n_results == wanted;
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments, "the function has %zu results, %zu are asked for",
            wanted, n_results);
  good = good && function_call(&function->function, (const Tensor *const *)args, (uint32_t)n_args,
                               function->seed, false, (Tensor **)results);
  return end(function->ordo, good);
}

void ordo_seed(OrdoFunction *function, int64_t seed) { function->seed = seed; }

/* ---- text ---- */

/* Every parameter is a text or the mask of one. */
static bool takes_text(const OrdoFunction *function) {
  const Function *f = &function->function;
  for (uint32_t i = 0; i < function_arity(f); i++)
    if (!function->texts.params[i].vocab && !function->texts.params[i].is_mask) {
      diag_at(f->ctx, (Span){0}, E_call_arguments, "the parameter '%s' takes no text",
              function_param_name(f, i));
      return false;
    }
  return true;
}

OrdoFunction *ordo_text_function(OrdoSpec *spec, const char *name, const char *weights) {
  Ordo *ordo = spec->ordo;
  Ctx *ctx = begin(ordo);
  CompileOptions options = compile_options();
  OrdoFunction *function = new_function(ordo);
  Function *f = &function->function;
  const char *full = function_find(ctx, spec->spec, name, false);
  bool good = full && texts_open_corpus(ctx, spec->spec, full, weights, &function->corpus) &&
              function_init(f, ctx, spec->spec, full, ordo->engine);
  if (good) {
    texts_init(&function->texts, f, spec->spec, &function->corpus);
    good = takes_text(function) && function_compile(f, &options) &&
           (weights ? function_read_weights(f, weights) : function_draw_weights(f, 0));
  }
  return keep(function, good);
}

size_t ordo_text_count(const OrdoFunction *function) { return function->texts.n_texts; }

/* Results of an earlier call end here. */
static bool run_texts(OrdoFunction *function, const char *const *texts, size_t n, Tensor **args,
                      Tensor **results) {
  Function *f = &function->function;
  Field *rows = arena_array(&function->shown, Field, n);
  bool good = true;
  size_t text = 0;
  for (uint32_t i = 0; good && i < function_arity(f); i++) {
    if (!function->texts.params[i].vocab) continue;
    for (size_t k = 0; k < n; k++)
      rows[k] = (Field){texts[text * n + k], strlen(texts[text * n + k])};
    good = texts_read(&function->texts, i, rows, (int64_t)n, args);
    text++;
  }
  texts_report(&function->texts);
  return good && function_call(f, (const Tensor *const *)args, function_arity(f), function->seed,
                               false, results);
}

static void show_results(OrdoFunction *function, Tensor *const *results, size_t n,
                         const char **shown) {
  for (size_t i = 0; i < ordo_result_count(function); i++)
    for (size_t row = 0; row < n; row++) {
      Text text = text_new(&function->shown);
      texts_put_row(&function->texts, (uint32_t)i, results[i], (int64_t)row, (int64_t)n, 0, &text);
      shown[i * n + row] = text_str(&text);
    }
}

int ordo_call_text(OrdoFunction *function, const char *const *texts, size_t n_texts, size_t n,
                   const char **results, size_t n_results) {
  Ctx *ctx = begin(function->ordo);
  size_t wanted = ordo_result_count(function), arity = function_arity(&function->function);
  arena_free(&function->shown);
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  bool good = n && ordo_text_count(function) && n_texts == ordo_text_count(function) * n &&
              n_results == wanted * n;
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments,
            "%zu examples of a function of %zu texts with %zu results: %zu texts and %zu results "
            "were given",
            n, ordo_text_count(function), wanted, n_texts, n_results);
  Tensor **args = arena_array(&function->shown, Tensor *, arity + 1);
  Tensor **out = arena_array(&function->shown, Tensor *, wanted + 1);
  good = good && run_texts(function, texts, n, args, out);
  if (good) show_results(function, out, n, results);
  for (size_t i = 0; i < arity; i++) tensor_free(args[i]);
  for (size_t i = 0; i < wanted; i++) tensor_free(out[i]);
  return end(function->ordo, good);
}

/* ---- training ---- */

OrdoTraining ordo_training(void) { return (OrdoTraining){.seed = -1}; }

int ordo_train(OrdoSpec *spec, const OrdoTraining *training) {
  Ctx *ctx = begin(spec->ordo);
  Corpus corpus = {0};
  bool open = feed_open_corpus(ctx, spec->spec, training->program, &corpus);
  const TrainProgram *program = open ? spec_train(spec->spec, training->program) : NULL;
  if (!program || diag_failed(ctx)) {
    corpus_close(&corpus);
    return end(spec->ordo, false);
  }
  TrainOptions options = train_options();
  TrainResult result;
  options.folder = training->folder;
  options.steps = training->steps ? training->steps : -1;
  options.seed = training->seed;
  options.checkpoint_every = training->checkpoint_every;
  options.resume = training->resume;
  options.progress = training->verbose ? stderr : NULL;
  options.corpus = &corpus;
  bool ok = train_run(ctx, spec->ordo->engine, program, &options, &result);
  corpus_close(&corpus);
  return end(spec->ordo, ok);
}
