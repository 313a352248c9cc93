/* Functions of the interface: made, given weights, called. */
#include "app/api.h"
#include "app/differentiate.h"

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

static OrdoFunction *new_function(OrdoSpec *spec) {
  OrdoFunction *function = heap_alloc(sizeof *function);
  spec->ordo->at = NULL;
  if (!function) {
    api_out_of_memory(spec->ordo);
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
  function->result_names = arena_array(&ctx->arena, const char *, n_results + 1);
  function->weight_types = arena_array(&ctx->arena, const char *, f->spec->n_weights + 1);
  for (uint32_t i = 0; i < n; i++)
    function->param_types[i] = type_str(ctx, function_param_type(f, i));
  for (uint32_t i = 0; i < n_results; i++) {
    function->result_types[i] = type_str(ctx, graph_type(f->graph, f->graph->results.data[i]));
    function->result_names[i] = result_name(f, i);
  }
  for (uint32_t i = 0; i < f->spec->n_weights; i++)
    function->weight_types[i] = type_str(ctx, f->spec->weights[i].type);
}

/* In the memory of the function. False after a diagnostic. */
static bool make_of(Compile *c, ApiMade made) {
  if (made == MADE_open) c->function = function_open(c->ctx, c->function);
  if (made == MADE_derivative) c->function = function_derivative(c->ctx, c->function);
  c->graph = c->function ? c->function->graph : NULL;
  return c->graph != NULL;
}

/* From the graph that the check has left to code. */
static bool make_code(OrdoFunction *function, ApiMade made) {
  Compile *c = &function->compile;
  Function *f = &function->function;
  bool of_text = made == MADE_of_text;
  if (!make_of(c, made)) return false;
  function_set(f, c);
  if (of_text) texts_init(&function->texts, f, function->spec->spec, &c->corpus);
  if ((of_text && !takes_text(function)) || !compile(c, PHASE_code)) return false;
  f->program = c->program;
  tell_types(function);
  return true;
}

/* The spec keeps what is elaborated, the function all else. */
static bool make(OrdoFunction *function, const char *name, const char *weights, ApiMade made) {
  OrdoSpec *spec = function->spec;
  Ordo *ordo = spec->ordo;
  Function *f = &function->function;
  Compile *c = &function->compile;
  Ctx *ctx = api_begin(ordo, spec->ctx);
  CompileOptions options = compile_options();
  options.precision = ordo->precision;
  if (!api_usable(spec)) return api_end(ordo, false);
  *c = compile_spec(ctx, spec->spec, COMPILE_function, name, &options);
  c->engine = ordo->engine;
  c->with_data = made == MADE_of_text;
  c->weights = weights;
  ordo->elaborates = true;
  bool good = compile(c, PHASE_check);
  ordo->elaborates = false;
  if (!good) return api_end(ordo, false);
  ctx_enter(ctx, &function->own);
  good = make_code(function, made);
  ctx_leave(ctx);
  ctx_enter(ctx, &function->call);
  good = good && (weights ? function_read_weights(f, weights) : function_draw_weights(f, 0));
  good = api_end(ordo, good);
  ctx_leave(ctx);
  return good;
}

static bool try_make(OrdoFunction *function, const char *name, const char *weights, ApiMade made) {
  if (setjmp(function->spec->ordo->escape.jump)) return api_starved(function->spec->ordo);
  return make(function, name, weights, made);
}

OrdoFunction *api_function(OrdoSpec *spec, const char *name, const char *weights, ApiMade made) {
  OrdoFunction *function = new_function(spec);
  if (!function || try_make(function, name, weights, made)) return function;
  spec->spoiled = spec->spoiled || spec->ordo->elaborates;
  spec->ordo->elaborates = false;
  ordo_function_free(function);
  return NULL;
}

OrdoFunction *ordo_function(OrdoSpec *spec, const char *name) {
  return api_function(spec, name, NULL, MADE_plain);
}

OrdoFunction *ordo_function_of_weights(OrdoSpec *spec, const char *name) {
  return api_function(spec, name, NULL, MADE_open);
}

OrdoFunction *ordo_derivative(OrdoSpec *spec, const char *name) {
  return api_function(spec, name, NULL, MADE_derivative);
}

/* What lasts until the next call of the function. */
Ctx *api_begin_call(OrdoFunction *function) {
  arena_reset(&function->call.arena);
  Ctx *ctx = api_begin(function->spec->ordo, function->spec->ctx);
  ctx_enter(ctx, &function->call);
  return ctx;
}

bool api_end_call(OrdoFunction *function, bool good) {
  good = api_end(function->spec->ordo, good);
  ctx_leave(function->spec->ctx);
  return good;
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

static Ty result_type(const OrdoFunction *function, size_t i) {
  const Graph *g = function->function.graph;
  return graph_type(g, g->results.data[i]);
}

static OrdoType element_of(const OrdoFunction *function, Ty type) {
  return api_type(type_info(function->function.ctx, type)->dtype);
}

OrdoType ordo_param_element(const OrdoFunction *function, size_t i) {
  return i < ordo_param_count(function)
             ? element_of(function, function_param_type(&function->function, (uint32_t)i))
             : ORDO_F32;
}

const char *ordo_result_name(const OrdoFunction *function, size_t i) {
  return i < ordo_result_count(function) ? function->result_names[i] : NULL;
}

OrdoType ordo_result_element(const OrdoFunction *function, size_t i) {
  return i < ordo_result_count(function) ? element_of(function, result_type(function, i))
                                         : ORDO_F32;
}

int ordo_draws_random(const OrdoFunction *function) { return function->function.n_keys > 0; }

static bool call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
                 OrdoTensor **results, size_t n_results) {
  Ctx *ctx = api_begin_call(function);
  size_t wanted = ordo_result_count(function);
  bool good = n_results == wanted;
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments, "the function has %zu results, %zu are asked for",
            wanted, n_results);
  good = good && function_call(&function->function, (const Tensor *const *)args, (uint32_t)n_args,
                               function->seed, false, (Tensor **)results);
  return api_end_call(function, good);
}

int ordo_call(OrdoFunction *function, const OrdoTensor *const *args, size_t n_args,
              OrdoTensor **results, size_t n_results) {
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  if (setjmp(function->spec->ordo->escape.jump))
    api_starved(function->spec->ordo);
  else if (call(function, args, n_args, results, n_results))
    return 1;
  for (size_t i = 0; i < n_results; i++) {
    tensor_free((Tensor *)results[i]);
    results[i] = NULL;
  }
  return 0;
}

void ordo_seed(OrdoFunction *function, int64_t seed) { function->seed = seed; }
