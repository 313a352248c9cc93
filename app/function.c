#include "app/function.h"

#include <string.h>

#include "ir/interp.h"
#include "ir/shards.h"
#include "base/threefry.h"
#include "app/weights.h"
#include "runtime/foreign.h"

static bool fail(const Function *f, const char *what, const Fault *fault) {
  return fault_tell(f->ctx, fault, "%s '%s'", what, ctx_text(f->ctx, f->spec->name));
}

static bool fail_text(const Function *f, const char *what, const char *why) {
  return fail(f, what, &(Fault){.code = E_run_failed, .text = why});
}

/* ---- making ---- */

/* What the caller gives: of a training step (a graph that stands alone) state and data, too. */
static const uint32_t *arguments_of(const Graph *g, uint32_t *n) {
  uint32_t *places = arena_array(&g->ctx->arena, uint32_t, g->params.len + 1);
  *n = 0;
  for (uint32_t i = 0; i < g->params.len; i++) {
    ParamRole role = param_role(g, g->params.data[i]);
    if (role != ROLE_weight && role != ROLE_key) places[(*n)++] = i;
  }
  return places;
}

void function_set(Function *f, const Compile *c) {
  Ctx *ctx = c->ctx;
  *f = (Function){.ctx = ctx,
                  .spec = c->function,
                  .graph = c->graph,
                  .engine = c->engine,
                  .bf16 = compile_bf16(&c->options, c->training),
                  .trace = c->phases ? c->phases->trace : NULL};
  f->weights = arena_array(&ctx->arena, Tensor *, f->spec->n_weights + 1);
  f->all_args = arena_array(&ctx->arena, const Tensor *, f->graph->params.len + 1);
  f->weight_places = graph_params_of(f->graph, ROLE_weight);
  f->argument_places = arguments_of(f->graph, &f->n_arguments);
  f->key_places = graph_params_of(f->graph, ROLE_key);
  f->n_keys = graph_count_params(f->graph, ROLE_key);
}

void function_free(Function *f) {
  for (uint32_t i = 0; f->weights && i < f->spec->n_weights; i++) tensor_free(f->weights[i]);
  *f = (Function){0};
}

uint32_t function_arity(const Function *f) { return f->n_arguments; }

uint32_t function_param(const Function *f, uint32_t i) { return f->argument_places[i]; }

static Ref param(const Function *f, uint32_t i) {
  return f->graph->params.data[function_param(f, i)];
}

const char *function_param_name(const Function *f, uint32_t i) {
  return ctx_text(f->ctx, graph_node(f->graph, param(f, i))->name);
}

Ty function_param_type(const Function *f, uint32_t i) { return graph_type(f->graph, param(f, i)); }

/* ---- weights ---- */

/* One graph that draws all weights: a call of each weight's initialiser with its own key. */
static Graph *init_graph(const Function *f) {
  Ctx *ctx = f->ctx;
  Graph *g = graph_new(ctx, ctx_str(ctx, "init"));
  Ref key = graph_role_param(g, type_scalar(ctx, DT_key), ctx_str(ctx, "key"), ROLE_key);
  for (uint32_t i = 0; i < f->spec->n_weights; i++) {
    const SpecWeight *weight = &f->spec->weights[i];
    Ref own = build2(g, OP_fold, key, build_scalar(g, DT_i32, i));
    Ref call = build_region(g, OP_call, &own, (int)weight->init->params.len, NULL, 0, weight->init,
                            TY_NONE);
    graph_result(g, build_item(g, call, 0), weight->path);
  }
  return g;
}

static Tensor *key_tensor(uint64_t key) {
  Tensor *tensor = tensor_new(DT_key, NULL, 0);
  if (tensor) memcpy(tensor->data, &key, sizeof key);
  return tensor;
}

/* bf16: what compiled code has as products are such here, too. */
static bool interpret_graph(const Function *f, const Graph *g, bool bf16, const Tensor *const *args,
                            Tensor **results) {
  Fault fault = {0};
  CompileOptions options = compile_options();
  g = graph_alone(g);
  options.pipeline = graph_fused(g) ? "inline"
                     : bf16         ? "inline,grad,contract,precision{products=bf16}"
                                    : "inline,grad";
  Phases phases = {.trace = f->trace};
  Compile c = compile_made(f->ctx, g, &options);
  c.phases = &phases;
  compile(&c, PHASE_passes);
  const Graph *plain = c.fused;
  compile_free(&c);
  InterpOptions interp = {.source = g, .foreign = foreign_interpret, .user = f->ctx};
  return plain && foreign_allowed(f->ctx, plain) &&
         (interp_run(f->ctx, plain, args, results, &interp, &fault) ||
          fail(f, "interpreting", &fault));
}

static void free_program(void *program) { program_free(program); }

static bool compile_and_call(const Function *f, const Graph *g, const Tensor *const *args,
                             Tensor **results) {
  Fault fault = {0};
  CompileOptions options = compile_options();
  ArenaCleanup cleanup;
  Phases phases = {.trace = f->trace}; /* its time is that of drawing weights */
  Program *program = compile_graph(f->engine, f->ctx, g, &options, &phases);
  if (!program) return false;
  arena_defer(&f->ctx->arena, &cleanup, free_program, program);
  bool good =
      program_call(program, args, results, &fault) || fail(f, "drawing the weights of", &fault);
  arena_done(&f->ctx->arena, &cleanup);
  return good;
}

static void drop_weights(Function *f) {
  for (uint32_t i = 0; f->weights && i < f->spec->n_weights; i++) {
    tensor_free(f->weights[i]);
    f->weights[i] = NULL;
  }
}

bool function_draw_weights(Function *f, int64_t seed) {
  if (!f->spec->n_weights) return true;
  drop_weights(f);
  const Tensor *key = key_tensor(threefry_fold(threefry_seed((uint32_t)seed), STREAM_INIT));
  if (!key) return fail_text(f, "drawing the weights of", "no memory");
  Graph *g = init_graph(f);
  bool good = f->engine ? compile_and_call(f, g, &key, f->weights)
                        : interpret_graph(f, g, false, &key, f->weights);
  tensor_free((Tensor *)key);
  return good;
}

static bool ends_in(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n > m && text[n - m - 1] == '.' && !strcmp(text + n - m, end);
}

/* Names of tensors in a file or in memory. */
typedef struct WeightNames {
  const Weights *file; /* or */
  const NamedTensor *list;
  size_t n;
} WeightNames;

static const char *name_at(const WeightNames *from, size_t i) {
  return from->file ? from->file->list[i].tensor->name : from->list[i].name;
}

static int64_t find_name(const WeightNames *from, const char *name) {
  if (from->file) return weights_find(from->file, name);
  for (size_t i = 0; i < from->n; i++)
    if (!strcmp(from->list[i].name, name)) return (int64_t)i;
  return -1;
}

/* Whether the i-th tensor has the extents of the type, as far as these are known. */
static bool fits_type(const Ctx *ctx, const WeightNames *from, size_t i, const TypeInfo *type) {
  const Tensor *listed = from->file ? NULL : from->list[i].tensor;
  const Stored *stored = from->file ? from->file->list[i].tensor : NULL;
  const int64_t *dims = listed ? listed->dims : stored->dims;
  if ((listed ? listed->rank : stored->rank) != type->rank) return false;
  for (int d = 0; d < type->rank; d++) {
    int64_t extent;
    if (size_is_const(ctx, type->dims[d], &extent) && extent != dims[d]) return false;
  }
  return true;
}

/* Whether all weights stand behind the prefix; fitting: in their shapes. */
static bool has_prefix(const Function *f, const WeightNames *from, const char *prefix,
                       bool fitting) {
  for (uint32_t i = 0; i < f->spec->n_weights; i++) {
    const SpecWeight *w = &f->spec->weights[i];
    int64_t at = find_name(from, ctx_printf(f->ctx, "%s%s", prefix, ctx_text(f->ctx, w->path)));
    if (at < 0) return false;
    if (fitting && !fits_type(f->ctx, from, (size_t)at, type_info(f->ctx, w->type))) return false;
  }
  return true;
}

/* Whether the function's name has the prefix "net." as a part: "sort.net.sorted". */
static bool names_model(const Function *f, const char *prefix) {
  const char *at = strstr(ctx_text(f->ctx, f->spec->name), prefix);
  return at && (at == ctx_text(f->ctx, f->spec->name) || at[-1] == '.');
}

/* The prefixes that all weights stand behind. The model that the function's name names is the only
 * one; so are names without a prefix. */
typedef struct Prefixes {
  const char *first;
  int n;
  Text list; /* for a message */
} Prefixes;

static Prefixes only_prefix(const char *prefix) { return (Prefixes){.first = prefix, .n = 1}; }

static Prefixes list_prefixes(const Function *f, const WeightNames *from, bool fitting) {
  const char *path = ctx_text(f->ctx, f->spec->weights[0].path);
  Prefixes found = {.list = text_new(&f->ctx->arena)};
  if (has_prefix(f, from, "", fitting)) return only_prefix("");
  for (size_t i = 0; i < from->n; i++) {
    const char *name = name_at(from, i);
    if (!ends_in(name, path)) continue;
    int length = (int)(strlen(name) - strlen(path));
    const char *prefix = ctx_printf(f->ctx, "%.*s", length, name);
    if (!has_prefix(f, from, prefix, fitting)) continue;
    if (names_model(f, prefix)) return only_prefix(prefix);
    text_printf(&found.list, "%s%.*s", found.n ? ", " : "", length - 1, name);
    if (!found.n++) found.first = prefix;
  }
  return found;
}

static bool new_weight(Function *f, uint32_t i) {
  const TypeInfo *type = type_info(f->ctx, f->spec->weights[i].type);
  int64_t dims[TENSOR_MAX_RANK];
  for (int d = 0; d < type->rank; d++)
    if (!size_is_const(f->ctx, type->dims[d], &dims[d]))
      return fail_text(f, "reading the weights of", "their sizes are not known");
  tensor_free(f->weights[i]);
  f->weights[i] = tensor_new(type->dtype, dims, type->rank);
  return f->weights[i] || fail_text(f, "reading the weights of", "no memory");
}

/* What stands before the weights' paths in a checkpoint: "" or the name of a model with a dot. NULL
 * after a diagnostic when several models fit. Where none does, one with the names, for the message
 * about its shapes, or "" for that about a name that is missing. */
static const char *choose_prefix(const Function *f, const WeightNames *from, const char *what) {
  if (!f->spec->n_weights) return "";
  Prefixes found = list_prefixes(f, from, true);
  if (!found.n) found = only_prefix(list_prefixes(f, from, false).first);
  if (found.n == 1) return found.first ? found.first : "";
  diag_at(f->ctx, (Span){0}, E_checkpoint_mismatch,
          "%s holds several models that '%s' could belong to", what,
          ctx_text(f->ctx, f->spec->name));
  diag_got(f->ctx, "%s", text_str(&found.list));
  return NULL;
}

bool function_read_weights(Function *f, const char *path) {
  Weights file;
  if (!weights_open(f->ctx, path, &file)) return false;
  const char *prefix = choose_prefix(f, &(WeightNames){.file = &file, .n = file.n}, path);
  bool good = prefix != NULL;
  for (uint32_t i = 0; i < f->spec->n_weights && good; i++) {
    const char *name =
        ctx_printf(f->ctx, "%s%s", prefix, ctx_text(f->ctx, f->spec->weights[i].path));
    good = new_weight(f, i) && weights_copy(f->ctx, &file, name, false, f->weights[i]);
  }
  weights_close(&file);
  return good;
}

static bool same_shape(const Tensor *a, const Tensor *b) {
  return a->rank == b->rank &&
         (!a->rank || !memcmp(a->dims, b->dims, sizeof *a->dims * (size_t)a->rank));
}

bool function_set_weight(Function *f, uint32_t i, const Tensor *tensor) {
  const char *path = ctx_text(f->ctx, f->spec->weights[i].path);
  if (!f->weights[i] && !new_weight(f, i)) return false;
  if (!same_shape(tensor, f->weights[i])) {
    Text want = text_new(&f->ctx->arena), got = text_new(&f->ctx->arena);
    tensor_print_type(f->weights[i], &want);
    tensor_print_type(tensor, &got);
    diag_at(f->ctx, (Span){0}, E_checkpoint_mismatch, "the weight '%s' has another shape", path);
    diag_expected(f->ctx, "%s", text_str(&want));
    diag_got(f->ctx, "%s", text_str(&got));
    return false;
  }
  Tensor *copy = tensor_convert(f->ctx, tensor, f->weights[i]->dtype, path);
  if (!copy) return false;
  tensor_free(f->weights[i]);
  f->weights[i] = copy;
  return true;
}

bool function_take_weights(Function *f, const NamedTensor *list, size_t n, const char *what) {
  WeightNames from = {.list = list, .n = n};
  const char *prefix = choose_prefix(f, &from, what);
  for (uint32_t i = 0; i < f->spec->n_weights && prefix; i++) {
    const char *path = ctx_text(f->ctx, f->spec->weights[i].path);
    int64_t at = find_name(&from, ctx_printf(f->ctx, "%s%s", prefix, path));
    if (at < 0)
      diag_at(f->ctx, (Span){0}, E_checkpoint_mismatch, "%s: '%s' is missing", what, path);
    if (at < 0 || !function_set_weight(f, i, list[at].tensor)) return false;
  }
  return prefix != NULL;
}

/* ---- calling ---- */

/* What the text asserts of the arguments and their sizes. */
static bool claims_hold(Function *f, const Tensor *const *args) {
  for (uint32_t i = 0; i < f->spec->n_claims; i++) {
    const SpecClaim *claim = &f->spec->claims[i];
    Fault fault = {0};
    Tensor *holds = NULL;
    InterpOptions options = {0};
    const Tensor **about = arena_array(&f->ctx->arena, const Tensor *, claim->graph->params.len);
    for (uint32_t k = 0; k < claim->graph->params.len; k++) about[k] = args[claim->params[k]];
    if (!interp_run(f->ctx, claim->graph, about, &holds, &options, &fault))
      return fail(f, "checking the arguments", &fault);
    bool good = tensor_get(holds, 0) != 0;
    tensor_free(holds);
    if (good) continue;
    diag_at(f->ctx, claim->span, E_assert_failed, "%s", claim->message);
    return false;
  }
  return true;
}

bool function_call(Function *f, const Tensor *const *args, uint32_t n, int64_t seed, bool interpret,
                   Tensor **results) {
  Fault fault = {0};
  uint32_t arity = function_arity(f), n_weights = f->spec->n_weights;
  memset(results, 0, f->graph->results.len * sizeof *results);
  if (n != arity)
    return fail_text(f, "calling", ctx_printf(f->ctx, "expected %u arguments, got %u", arity, n));
  const Tensor **all = f->all_args;
  for (uint32_t i = 0; i < n_weights; i++) {
    if (!f->weights[i]) return fail_text(f, "calling", "its weights are not set");
    all[f->weight_places[i]] = f->weights[i];
  }
  for (uint32_t i = 0; i < n; i++) all[function_param(f, i)] = args[i];
  Tensor *key = key_tensor(threefry_fold(threefry_seed((uint32_t)seed), STREAM_RUN));
  if (!key) return fail_text(f, "calling", "no memory");
  for (uint32_t i = 0; i < f->n_keys; i++) all[f->key_places[i]] = key;
  bool good = claims_hold(f, all);
  if (good)
    good = interpret ? interpret_graph(f, f->graph, f->bf16, all, results)
                     : program_call(f->program, all, results, &fault) || fail(f, "calling", &fault);
  tensor_free(key);
  return good;
}
