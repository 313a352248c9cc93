/* libordo's public interface (include/ordo.h) over the parts.
 *
 * Lifetimes: a spec has a context of its own, which holds its text, its graphs and what is
 * interned; a function has an arena for its plan and code; a call has one that is reset by the
 * next. Every entry first forgets the diagnostics of the one before, so that ordo_errors speaks
 * of the last one only, and opens the escape to which control goes when memory runs out anywhere
 * below.
 */
#include "ordo.h"

#include <string.h>

#include "app/function.h"
#include "app/models.h"
#include "app/texts.h"
#include "app/train.h"

struct OrdoSpec {
  Ordo *ordo;
  OrdoSpec *next;
  Ctx *ctx;
  Spec *spec;
  SpecNames names;
  OrdoFunction *functions;
  Lifetime run; /* of a training */
  bool spoiled; /* memory ran out while it was elaborated */
};

struct OrdoFunction {
  OrdoSpec *spec;
  OrdoFunction *next;
  Compile compile; /* its corpus: of a function of text */
  Function function;
  const char **param_types, **result_types;
  int64_t seed;
  Texts texts;
  Lifetime own, call; /* call: of the last one; the results that ordo_call_text gave, too */
};

struct Ordo {
  Engine *engine;
  ArenaEscape escape;
  Ctx *ctx; /* of the library folders */
  ModelDirs dirs;
  OrdoSpec *specs;
  bool allow_foreign;
  const char *precision; /* of what is compiled next; NULL: the program's */
  Arena said;            /* the text of the last errors */
  const char *errors;    /* "" for none */
  Ctx *at;               /* what the entry that runs works on */
  bool elaborates;       /* it adds to the spec */
};

const char *ordo_version(void) { return ORDO_VERSION; }

/* ---- entries ---- */

static const char out_of_memory[] = "error: out of memory\n";

/* Every entry begins with it, behind the setjmp. */
static Ctx *begin(Ordo *ordo, Ctx *ctx) {
  arena_reset(&ordo->said);
  ordo->errors = "";
  ordo->at = ctx;
  ordo->elaborates = false;
  ctx->diags = (Diags){0};
  ctx->allow_foreign = ordo->allow_foreign;
  return ctx;
}

/* Turns the diagnostics of a call into text. True when there was no error. */
static bool end(Ordo *ordo, bool good) {
  Ctx *ctx = ordo->at;
  if (ctx->diags.list.len) {
    Text text = text_new(&ordo->said);
    diag_print(ctx, false, &text);
    ordo->errors = text_str(&text);
  }
  good = good && !diag_failed(ctx);
  ctx->diags = (Diags){0};
  return good;
}

/* Where control comes out when memory has run out. */
static bool starved(Ordo *ordo) {
  ordo->errors = out_of_memory;
  if (!ordo->at) return false;
  ctx_unwind(ordo->at);
  ordo->at->diags = (Diags){0};
  return false;
}

/* A spec in which something may be half done is of no further use. */
static bool usable(OrdoSpec *spec) {
  if (!spec->spoiled) return true;
  diag_at(spec->ctx, (Span){0}, E_run_failed,
          "memory ran out while a function of this spec was made; load it again");
  return false;
}

Ordo *ordo_open(int threads) {
  Fault fault;
  Ordo *ordo = heap_alloc(sizeof *ordo);
  if (!ordo) return NULL;
  ordo->errors = "";
  arena_guard(&ordo->said, &ordo->escape);
  ordo->ctx = ctx_alloc();
  ordo->engine = ordo->ctx ? engine_new(threads, NULL, NULL, &fault) : NULL;
  if (ordo->engine && !setjmp(ordo->escape.jump)) {
    engine_guard(ordo->engine, &ordo->escape);
    ctx_init(ordo->ctx, &ordo->escape);
    ordo->dirs = models_dirs(ordo->ctx);
    return ordo;
  }
  ordo_close(ordo);
  return NULL;
}

void ordo_function_free(OrdoFunction *function) {
  if (!function) return;
  OrdoFunction **at = &function->spec->functions;
  while (*at && *at != function) at = &(*at)->next;
  if (*at) *at = function->next;
  function_free(&function->function);
  compile_free(&function->compile);
  arena_free(&function->call.arena);
  arena_free(&function->own.arena);
  heap_free(function);
}

void ordo_spec_free(OrdoSpec *spec) {
  if (!spec) return;
  OrdoSpec **at = &spec->ordo->specs;
  while (*at && *at != spec) at = &(*at)->next;
  if (*at) *at = spec->next;
  while (spec->functions) ordo_function_free(spec->functions);
  if (spec->ordo->at == spec->ctx) spec->ordo->at = NULL;
  arena_free(&spec->run.arena);
  ctx_free(spec->ctx);
  heap_free(spec);
}

void ordo_close(Ordo *ordo) {
  if (!ordo) return;
  while (ordo->specs) ordo_spec_free(ordo->specs);
  engine_free(ordo->engine);
  ctx_free(ordo->ctx);
  arena_free(&ordo->said);
  heap_free(ordo);
}

void ordo_allow_foreign(Ordo *ordo, int allow) { ordo->allow_foreign = allow != 0; }

int ordo_precision(Ordo *ordo, const char *precision) {
  bool bf16 = precision && !strcmp(precision, "bf16"), f32 = precision && !strcmp(precision, "f32");
  ordo->errors = bf16 || f32 || !precision ? "" : "a precision is \"f32\" or \"bf16\"\n";
  if (!*ordo->errors) ordo->precision = bf16 ? "bf16" : f32 ? "f32" : NULL;
  return !*ordo->errors;
}

int ordo_products(Ordo *ordo, const char *who) {
  Fault fault = {0};
  bool known = who && (!strcmp(who, "own") || !strcmp(who, "openblas") || !strcmp(who, "auto"));
  bool good = known && engine_choose_products(ordo->engine, who, &fault);
  ordo->errors = good    ? ""
                 : known ? arena_printf(&ordo->said, "%s\n", fault.text)
                         : "products are made by \"own\", \"openblas\" or \"auto\"\n";
  return good;
}

const char *ordo_errors(const Ordo *ordo) { return ordo->errors; }

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

/* With a context that is still empty; NULL when memory is out. */
static OrdoSpec *new_spec(Ordo *ordo) {
  OrdoSpec *spec = heap_alloc(sizeof *spec);
  Ctx *ctx = spec ? ctx_alloc() : NULL;
  if (!ctx) {
    heap_free(spec);
    ordo->errors = out_of_memory;
    return NULL;
  }
  *spec = (OrdoSpec){.ordo = ordo, .next = ordo->specs, .ctx = ctx};
  ordo->specs = spec;
  return spec;
}

/* text: NULL to read the model's file. */
static bool load(OrdoSpec *spec, const char *model, const char *text, const SpecOptions *options) {
  Ordo *ordo = spec->ordo;
  ctx_init(spec->ctx, &ordo->escape);
  Ctx *ctx = begin(ordo, spec->ctx);
  CompileOptions standard = compile_options();
  Compile c = compile_model(ctx, &ordo->dirs, model, COMPILE_spec, &standard);
  c.text = text;
  c.spec_options = *options;
  bool good = compile(&c, PHASE_check);
  spec->spec = c.spec;
  if (good) spec->names = spec_functions(spec->spec);
  return end(ordo, good);
}

static bool try_load(OrdoSpec *spec, const char *model, const char *text,
                     const SpecOptions *options) {
  spec->ordo->at = NULL;
  if (setjmp(spec->ordo->escape.jump)) return starved(spec->ordo);
  return load(spec, model, text, options);
}

static OrdoSpec *load_new(Ordo *ordo, const char *model, const char *text,
                          const char *const *defines, size_t n_defines) {
  SpecOptions options = spec_options(ordo, defines, n_defines);
  OrdoSpec *spec = new_spec(ordo);
  if (!spec || try_load(spec, model, text, &options)) return spec;
  ordo_spec_free(spec);
  return NULL;
}

OrdoSpec *ordo_load(Ordo *ordo, const char *model, const char *const *defines, size_t n_defines) {
  return load_new(ordo, model, NULL, defines, n_defines);
}

OrdoSpec *ordo_load_text(Ordo *ordo, const char *path, const char *text, const char *const *defines,
                         size_t n_defines) {
  return load_new(ordo, path, text, defines, n_defines);
}

size_t ordo_function_count(OrdoSpec *spec) { return spec->names.count; }

const char *ordo_function_name(OrdoSpec *spec, size_t i) {
  return i < spec->names.count ? ctx_text(spec->ctx, spec->names.names[i]) : NULL;
}

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

/* ---- functions ---- */

static OrdoFunction *new_function(OrdoSpec *spec) {
  OrdoFunction *function = heap_alloc(sizeof *function);
  spec->ordo->at = NULL;
  if (!function) {
    spec->ordo->errors = out_of_memory;
    return NULL;
  }
  function->spec = spec;
  function->next = spec->functions;
  spec->functions = function;
  return function;
}

/* Types as text, so that asking for them needs no memory. */
static void tell_types(OrdoFunction *function) {
  const Function *f = &function->function;
  Ctx *ctx = f->ctx;
  uint32_t n = function_arity(f), n_results = f->graph->results.len;
  function->param_types = arena_array(&ctx->arena, const char *, n + 1);
  function->result_types = arena_array(&ctx->arena, const char *, n_results + 1);
  for (uint32_t i = 0; i < n; i++)
    function->param_types[i] = type_str(ctx, function_param_type(f, i));
  for (uint32_t i = 0; i < n_results; i++)
    function->result_types[i] = type_str(ctx, graph_type(f->graph, f->graph->results.data[i]));
}

/* weights: of a function of text, a file or NULL. The spec keeps what is elaborated, the function
 * all else. */
static bool make(OrdoFunction *function, const char *name, const char *weights, bool of_text) {
  OrdoSpec *spec = function->spec;
  Ordo *ordo = spec->ordo;
  Function *f = &function->function;
  Compile *c = &function->compile;
  Ctx *ctx = begin(ordo, spec->ctx);
  CompileOptions options = compile_options();
  options.precision = ordo->precision;
  if (!usable(spec)) return end(ordo, false);
  *c = compile_spec(ctx, spec->spec, COMPILE_function, name, &options);
  c->engine = ordo->engine;
  c->with_data = of_text;
  c->weights = weights;
  ordo->elaborates = true;
  bool good = compile(c, PHASE_check);
  ordo->elaborates = false;
  if (!good) return end(ordo, false);
  ctx_enter(ctx, &function->own);
  function_set(f, c);
  if (of_text) texts_init(&function->texts, f, spec->spec, &c->corpus);
  good = (!of_text || takes_text(function)) && compile(c, PHASE_code);
  f->program = c->program;
  if (good) tell_types(function);
  ctx_leave(ctx);
  ctx_enter(ctx, &function->call);
  good = good && (weights ? function_read_weights(f, weights) : function_draw_weights(f, 0));
  good = end(ordo, good);
  ctx_leave(ctx);
  return good;
}

static bool try_make(OrdoFunction *function, const char *name, const char *weights, bool of_text) {
  if (setjmp(function->spec->ordo->escape.jump)) return starved(function->spec->ordo);
  return make(function, name, weights, of_text);
}

static OrdoFunction *make_new(OrdoSpec *spec, const char *name, const char *weights, bool of_text) {
  OrdoFunction *function = new_function(spec);
  if (!function || try_make(function, name, weights, of_text)) return function;
  spec->spoiled = spec->spoiled || spec->ordo->elaborates;
  spec->ordo->elaborates = false;
  ordo_function_free(function);
  return NULL;
}

OrdoFunction *ordo_function(OrdoSpec *spec, const char *name) {
  return make_new(spec, name, NULL, false);
}

/* What lasts until the next call of the function. */
static Ctx *begin_call(OrdoFunction *function) {
  arena_reset(&function->call.arena);
  Ctx *ctx = begin(function->spec->ordo, function->spec->ctx);
  ctx_enter(ctx, &function->call);
  return ctx;
}

static bool end_call(OrdoFunction *function, bool good) {
  good = end(function->spec->ordo, good);
  ctx_leave(function->spec->ctx);
  return good;
}

static bool draw(OrdoFunction *function, int64_t seed) {
  begin_call(function);
  return end_call(function, function_draw_weights(&function->function, seed));
}

int ordo_draw_weights(OrdoFunction *function, int64_t seed) {
  if (setjmp(function->spec->ordo->escape.jump)) return starved(function->spec->ordo);
  return draw(function, seed);
}

static bool read_weights(OrdoFunction *function, const char *path) {
  begin_call(function);
  return end_call(function, function_read_weights(&function->function, path));
}

int ordo_read_weights(OrdoFunction *function, const char *path) {
  if (setjmp(function->spec->ordo->escape.jump)) return starved(function->spec->ordo);
  return read_weights(function, path);
}

size_t ordo_param_count(const OrdoFunction *function) {
  return function_arity(&function->function);
}

const char *ordo_param_name(const OrdoFunction *function, size_t i) {
  return i < ordo_param_count(function) ? function_param_name(&function->function, (uint32_t)i)
                                        : NULL;
}

const char *ordo_param_type(const OrdoFunction *function, size_t i) {
  return i < ordo_param_count(function) ? function->param_types[i] : NULL;
}

size_t ordo_result_count(const OrdoFunction *function) {
  return function->function.graph->results.len;
}

const char *ordo_result_type(const OrdoFunction *function, size_t i) {
  return i < ordo_result_count(function) ? function->result_types[i] : NULL;
}

static bool call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
                 OrdoTensor **results, size_t n_results) {
  Ctx *ctx = begin_call(function);
  size_t wanted = ordo_result_count(function);
  bool good = n_results == wanted;
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments, "the function has %zu results, %zu are asked for",
            wanted, n_results);
  good = good && function_call(&function->function, (const Tensor *const *)args, (uint32_t)n_args,
                               function->seed, false, (Tensor **)results);
  return end_call(function, good);
}

int ordo_call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
              OrdoTensor **results, size_t n_results) {
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  if (setjmp(function->spec->ordo->escape.jump))
    starved(function->spec->ordo);
  else if (call(function, args, n_args, results, n_results))
    return 1;
  for (size_t i = 0; i < n_results; i++) {
    tensor_free((Tensor *)results[i]);
    results[i] = NULL;
  }
  return 0;
}

void ordo_seed(OrdoFunction *function, int64_t seed) { function->seed = seed; }

/* ---- text ---- */

OrdoFunction *ordo_text_function(OrdoSpec *spec, const char *name, const char *weights) {
  return make_new(spec, name, weights, true);
}

size_t ordo_text_count(const OrdoFunction *function) { return function->texts.n_texts; }

/* Results of an earlier call end here. */
static bool run_texts(OrdoFunction *function, const char *const *texts, size_t n, Tensor **args,
                      Tensor **results) {
  Function *f = &function->function;
  Field *rows = arena_array(&f->ctx->arena, Field, n);
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
      Text text = text_new(&function->function.ctx->arena);
      texts_put_row(&function->texts, (uint32_t)i, results[i], (int64_t)row, (int64_t)n, 0, &text);
      shown[i * n + row] = text_str(&text);
    }
}

/* Arguments and results of a call on texts. */
typedef struct TextCall {
  Tensor **tensors;
  size_t n;
} TextCall;

static void free_tensors(void *what) {
  TextCall *c = what;
  for (size_t i = 0; i < c->n; i++) tensor_free(c->tensors[i]);
}

static bool call_text(OrdoFunction *function, const char *const *texts, size_t n_texts, size_t n,
                      const char **results, size_t n_results) {
  Ctx *ctx = begin_call(function);
  size_t wanted = ordo_result_count(function), arity = function_arity(&function->function);
  bool good = n && ordo_text_count(function) && n_texts == ordo_text_count(function) * n &&
              n_results == wanted * n;
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments,
            "%zu examples of a function of %zu texts with %zu results: %zu texts and %zu results "
            "were given",
            n, ordo_text_count(function), wanted, n_texts, n_results);
  TextCall c = {arena_array(&ctx->arena, Tensor *, arity + wanted + 1), arity + wanted};
  ArenaCleanup cleanup;
  arena_defer(&ctx->arena, &cleanup, free_tensors, &c);
  good = good && run_texts(function, texts, n, c.tensors, c.tensors + arity);
  if (good) show_results(function, c.tensors + arity, n, results);
  arena_done(&ctx->arena, &cleanup);
  return end_call(function, good);
}

int ordo_call_text(OrdoFunction *function, const char *const *texts, size_t n_texts, size_t n,
                   const char **results, size_t n_results) {
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  if (setjmp(function->spec->ordo->escape.jump))
    starved(function->spec->ordo);
  else if (call_text(function, texts, n_texts, n, results, n_results))
    return 1;
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  return 0;
}

/* ---- training ---- */

OrdoTraining ordo_training(void) { return (OrdoTraining){.seed = -1}; }

static bool run_training(OrdoSpec *spec, const OrdoTraining *training, const Compile *c) {
  TrainOptions options = train_options();
  TrainResult result;
  options.folder = training->folder;
  options.steps = training->steps ? training->steps : -1;
  options.seed = training->seed;
  options.checkpoint_every = training->checkpoint_every;
  options.resume = training->resume;
  options.progress = training->verbose ? stderr : NULL;
  options.corpus = &c->corpus;
  spec->run.passing = true;
  ctx_enter(spec->ctx, &spec->run);
  return train_run(spec->ctx, spec->ordo->engine, c->training, &options, &result);
}

static void free_compile(void *compile) { compile_free(compile); }

static bool train(OrdoSpec *spec, const OrdoTraining *training) {
  Ordo *ordo = spec->ordo;
  Ctx *ctx = begin(ordo, spec->ctx);
  ArenaCleanup cleanup;
  CompileOptions options = compile_options();
  options.precision = ordo->precision;
  if (!usable(spec)) return end(ordo, false);
  Compile c = compile_spec(ctx, spec->spec, COMPILE_training, training->program, &options);
  c.proved = true; /* when the spec was loaded */
  arena_defer(&ctx->arena, &cleanup, free_compile, &c);
  ordo->elaborates = true;
  bool good = compile(&c, PHASE_check);
  ordo->elaborates = false;
  good = good && run_training(spec, training, &c);
  arena_done(&ctx->arena, &cleanup);
  good = end(ordo, good);
  ctx_unwind(ctx);
  return good;
}

int ordo_train(OrdoSpec *spec, const OrdoTraining *training) {
  spec->ordo->at = NULL;
  if (!setjmp(spec->ordo->escape.jump)) return train(spec, training);
  starved(spec->ordo);
  spec->spoiled = spec->spoiled || spec->ordo->elaborates;
  spec->ordo->elaborates = false;
  return 0;
}
