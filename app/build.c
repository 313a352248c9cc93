/* Building libraries: see build.h. Here code and records are made; app/build_files.c writes what a
 * programmer reads. */
#include "app/build.h"

#include <ctype.h>
#include <string.h>

#include "app/build_files.h"
#include "base/threefry.h"
#include "exec/image_file.h"
#include "exec/tensor_file.h"
#include "passes/plan/plan.h"
#include "runtime/lower.h"

_Static_assert((int)FILE_RANK >= (int)MAX_RANK, "a weight has more axes than libordort reads");

const char *build_symbol(Ctx *ctx, const char *name) {
  Text text = text_new(&ctx->arena);
  for (const char *c = name; *c; c++)
    text_putc(&text, isalnum((unsigned char)*c) && (unsigned char)*c < 128 ? *c : '_');
  while (text.len && text.data[text.len - 1] == '_') text.data[--text.len] = 0; /* "Linear.()" */
  if (!text.len || isdigit((unsigned char)*text_str(&text)))
    return ctx_printf(ctx, "_%s", text_str(&text));
  return text_str(&text);
}

/* ---- what the text asserts ---- */

static Ref call_of(Graph *g, const Graph *body, const Ref *args, int n) {
  return build_region(g, OP_call, args, n, NULL, 0, (Graph *)body, TY_NONE);
}

void build_add_claims(Compile *c) {
  const SpecFunction *f = c->function;
  const Graph *old = c->graph;
  if (!f || !f->n_claims) return;
  Graph *g = graph_new(c->ctx, old->name);
  Ref *args = arena_array(&c->ctx->arena, Ref, old->params.len + 1);
  for (uint32_t i = 0; i < old->params.len; i++)
    args[i] = graph_param_like(g, graph_type(old, old->params.data[i]),
                               graph_node(old, old->params.data[i]));
  Ref call = call_of(g, old, args, (int)old->params.len);
  for (uint32_t i = 0; i < old->results.len; i++)
    graph_result(g, build_item(g, call, (int)i), old->result_names.data[i]);
  for (uint32_t i = 0; i < f->n_claims; i++) {
    const SpecClaim *claim = &f->claims[i];
    Ref *about = arena_array(&c->ctx->arena, Ref, claim->graph->params.len + 1);
    for (uint32_t k = 0; k < claim->graph->params.len; k++) about[k] = args[claim->params[k]];
    Ref holds = call_of(g, claim->graph, about, (int)claim->graph->params.len);
    graph_result(g, build_item(g, holds, 0), (Str){0});
  }
  c->options.passes.claims = f->n_claims;
  c->graph = g;
}

/* ---- targets ---- */

static bool refuse(Ctx *ctx, Span span, const char *text) {
  diag_at(ctx, span, E_build_failed, "%s", text);
  return false;
}

static bool wanted(const char *list, const char *name) {
  size_t n = strlen(name);
  for (const char *at = list; at; at = strchr(at, ',')) {
    if (*at == ',') at++;
    if (!strncmp(at, name, n) && (at[n] == ',' || !at[n])) return true;
  }
  return !list;
}

static uint64_t needs_of(const Target *target) {
  if (!target->fma) return 0;
  return target->vector_bytes == 64 ? NEEDS_avx2 | NEEDS_avx512 : NEEDS_avx2;
}

/* Names in the list that are no target. */
static bool check_targets(Ctx *ctx, const char *list) {
  Text known = text_new(&ctx->arena);
  const char *name;
  Target target;
  for (int i = 0; target_baseline(i, &name, &target); i++)
    text_printf(&known, "%s%s", i ? ", " : "", name);
  for (const char *at = list; at && *at;) {
    size_t n = strcspn(at, ",");
    bool found = false;
    for (int i = 0; target_baseline(i, &name, &target); i++)
      found |= strlen(name) == n && !strncmp(at, name, n);
    if (!found)
      return refuse(ctx, (Span){0},
                    ctx_printf(ctx, "there is no target '%.*s': expected some of %s", (int)n, at,
                               text_str(&known)));
    at += n + (at[n] == ',');
  }
  return true;
}

static bool choose_targets(Build *b, const char *list) {
  const char *name;
  Target target;
  uint64_t *needs = arena_array(&b->ctx->arena, uint64_t, 8);
  Target *targets = arena_array(&b->ctx->arena, Target, 8);
  const char **names = arena_array(&b->ctx->arena, const char *, 8);
  int n = 0;
  if (!check_targets(b->ctx, list)) return false;
  for (int i = 0; target_baseline(i, &name, &target); i++) {
    if (!wanted(list, name)) continue;
    targets[n] = target;
    needs[n] = needs_of(&target);
    names[n++] = name;
  }
  if (!n) { /* no x86: the machine that builds */
    targets[n] = target_host(&b->ctx->arena);
    names[n++] = "host";
  }
  b->library.targets = targets;
  b->library.needs = needs;
  b->library.n_targets = n;
  b->target_names = names;
  return true;
}

/* ---- functions ---- */

static const char *size_name(Build *b, Sz symbol) {
  return build_symbol(b->ctx, size_str(b->ctx, symbol));
}

/* What is named once more gets a number. */
static const char *fresh(Build *b, const char *name, const char *const *taken, uint32_t n) {
  const char *now = name;
  for (uint32_t i = 0, k = 2; i < n; i++)
    if (!strcmp(taken[i], now)) {
      now = ctx_printf(b->ctx, "%s_%u", name, k++);
      i = UINT32_MAX;
    }
  return now;
}

/* "models/sort.ordo:7:3: why": a text of a library, which has no source beside it. */
static const char *placed(Ctx *ctx, Span span, const char *why) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d:%d: %s", source->path, line, column, why) : why;
}

static void list_needs(Build *b, BuildFunction *f) {
  const char **texts = arena_array(&b->ctx->arena, const char *, f->needs.list.len + 1);
  for (uint32_t i = 0; i < f->needs.list.len; i++) {
    const Need *need = &f->needs.list.data[i];
    texts[i] = placed(b->ctx, need->span, need_text(b->ctx, need, NULL));
  }
  f->out->need_texts = texts;
  f->out->n_needs = f->needs.list.len;
}

static void list_claims(Build *b, BuildFunction *f) {
  const SpecFunction *spec = f->compile->function;
  if (!spec) return; /* of a training program */
  const char **texts = arena_array(&b->ctx->arena, const char *, spec->n_claims + 1);
  for (uint32_t i = 0; i < spec->n_claims; i++)
    texts[i] = placed(b->ctx, spec->claims[i].span, spec->claims[i].message);
  f->out->claim_texts = texts;
  f->out->n_claims = spec->n_claims;
}

static ordort_array array_of(const Graph *g, Ref ref, const char *name) {
  const TypeInfo *info = graph_info(g, ref);
  return (ordort_array){name, info->dtype, (uint32_t)info->rank};
}

static void list_params(Build *b, BuildFunction *f) {
  const Graph *g = f->compile->graph;
  OrdortParam *params = arena_array(&b->ctx->arena, OrdortParam, g->params.len + 1);
  ordort_array *args = arena_array(&b->ctx->arena, ordort_array, g->params.len + 1);
  const char **names = arena_array(&b->ctx->arena, const char *, g->params.len + 1);
  ordort_info *info = &f->out->info;
  f->arg_params = arena_array(&b->ctx->arena, uint32_t, g->params.len + 1);
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *node = graph_node(g, g->params.data[i]);
    ParamRole role = param_role(g, g->params.data[i]);
    if (role == ROLE_weight || role == ROLE_state) {
      params[i] = (OrdortParam){GIVEN_weight, info->n_weights++};
    } else if (role == ROLE_key) {
      params[i] = (OrdortParam){GIVEN_key, 0};
    } else if (role == ROLE_step) {
      params[i] = (OrdortParam){GIVEN_step, 0};
    } else {
      params[i] = (OrdortParam){GIVEN_argument, info->n_args};
      const char *name =
          build_symbol(b->ctx, str_none(node->name) ? "x" : ctx_text(b->ctx, node->name));
      names[info->n_args] = fresh(b, name, names, info->n_args);
      args[info->n_args] = array_of(g, g->params.data[i], names[info->n_args]);
      f->arg_params[info->n_args++] = i;
    }
  }
  f->out->params = params;
  f->out->n_params = g->params.len;
  info->args = args;
}

static void list_results(Build *b, BuildFunction *f) {
  const Graph *g = f->compile->graph;
  ordort_info *info = &f->out->info;
  info->n_results = g->results.len - f->out->n_claims - f->out->n_states;
  ordort_array *results = arena_array(&b->ctx->arena, ordort_array, info->n_results + 1);
  const char **names =
      arena_array(&b->ctx->arena, const char *, info->n_results + info->n_args + 1);
  for (uint32_t i = 0; i < info->n_args; i++) names[i] = info->args[i].name;
  for (uint32_t i = 0; i < info->n_results; i++) {
    uint32_t at = f->out->n_states + i;
    Str name = g->result_names.data[at];
    const char *symbol = str_none(name) ? "result" : build_symbol(b->ctx, ctx_text(b->ctx, name));
    uint32_t n = info->n_args + i;
    names[n] = fresh(b, symbol, names, n);
    results[i] = array_of(g, g->results.data[at], names[n]);
  }
  info->results = results;
}

static void list_sizes(Build *b, BuildFunction *f, const Lowered *l) {
  ordort_info *info = &f->out->info;
  const char **taken = arena_array(&b->ctx->arena, const char *,
                                   info->n_args + info->n_results + l->image.n_symbols + 1);
  const char **names = arena_array(&b->ctx->arena, const char *, l->image.n_symbols + 1);
  uint32_t n = 0;
  for (uint32_t i = 0; i < info->n_args; i++) taken[n++] = info->args[i].name;
  for (uint32_t i = 0; i < info->n_results; i++) taken[n++] = info->results[i].name;
  for (uint32_t i = 0; i < l->image.n_symbols; i++) {
    names[i] = fresh(b, size_name(b, l->builder.table.symbols.data[i]), taken, n);
    taken[n++] = names[i];
  }
  f->symbols = l->builder.table.symbols.data;
  info->n_sizes = l->image.n_symbols;
  info->size_names = names;
}

static bool lower_for(Build *b, BuildFunction *f, const Plan *plan, int t, LibraryCode *code) {
  Fault fault = {0};
  Lowered *l = arena_new(&b->ctx->arena, Lowered);
  if (!lower_plan(l, b->ctx, plan, &f->needs, &b->library.targets[t], NULL, &fault))
    return fault_tell(b->ctx, &fault, "'%s' cannot be built", f->out->info.name);
  if (l->foreign.len)
    return refuse(b->ctx, l->foreign.data[0].node->span,
                  ctx_printf(b->ctx,
                             "'%s' calls a C function of another library, which a built one cannot",
                             f->out->info.name));
  code->image_bytes = image_file_bytes(&l->image);
  void *bytes = arena_alloc(&b->ctx->arena, (size_t)code->image_bytes);
  image_write(&l->image, bytes);
  code->image = bytes;
  JitUnit *units;
  code->n_units = lower_units(l, &units);
  code->units = units;
  for (int i = 0; i < 2; i++) {
    code->products[i] = l->products[i].any;
    code->transposes[i] = l->products[i].transposes;
    code->bf16 = l->bf16;
  }
  if (!t) list_sizes(b, f, l);
  return true;
}

/* "sort.step", "sort.init": of a training program, whose state they make and change. */
static void name_function(Build *b, BuildFunction *f) {
  const Compile *c = f->compile;
  const TrainProgram *program = c->training;
  f->out->stream = STREAM_RUN;
  f->out->info.name = program ? NULL : ctx_text(b->ctx, c->function->name);
  if (!program) return;
  bool step = c->graph == program->step;
  f->out->stream = step ? STREAM_STEP : STREAM_INIT;
  f->out->n_states = program->n_state;
  f->out->info.name =
      ctx_printf(b->ctx, "%s.%s", ctx_text(b->ctx, program->name), step ? "step" : "init");
}

static bool add_function(Build *b, BuildFunction *f) {
  Compile *c = f->compile;
  Fault fault = {0};
  name_function(b, f);
  f->out->symbol = ctx_printf(b->ctx, "%s_%s", b->prefix, build_symbol(b->ctx, f->out->info.name));
  const char *own = ctx_printf(b->ctx, "%s.", b->prefix);
  if (!strncmp(f->out->info.name, own, strlen(own)))
    f->out->symbol = ctx_printf(b->ctx, "%s_%s", b->prefix,
                                build_symbol(b->ctx, f->out->info.name + strlen(own)));
  graph_needs(c->graph, &f->needs);
  list_needs(b, f);
  list_claims(b, f);
  list_params(b, f);
  if (f->out->n_states) f->out->info.n_weights = f->out->n_states; /* of init: its results */
  list_results(b, f);
  Plan *plan = plan_of(c->passes, c->fused, &fault);
  if (!plan) return fault_tell(b->ctx, &fault, "'%s' cannot be built", f->out->info.name);
  LibraryCode *code = arena_array(&b->ctx->arena, LibraryCode, b->library.n_targets);
  for (int t = 0; t < b->library.n_targets; t++)
    if (!lower_for(b, f, plan, t, &code[t])) return false;
  f->out->code = code;
  return true;
}

/* ---- weights ---- */

/* "net.read.W": a weight of the layer or model that the function belongs to. */
static const char *weight_name(Build *b, const BuildFunction *f, uint32_t i) {
  const char *name = f->out->info.name, *dot = strrchr(name, '.');
  const char *path = ctx_text(b->ctx, f->compile->function->weights[i].path);
  return dot ? ctx_printf(b->ctx, "%.*s.%s", (int)(dot - name), name, path) : path;
}

static uint32_t weight_number(Build *b, const char *name, Ty type) {
  for (uint32_t i = 0; i < b->weights.len; i++)
    if (!strcmp(b->weights.data[i].name, name) && ty_eq(b->weights.data[i].type, type)) return i;
  vec_push(&b->ctx->arena, &b->weights, ((BuildWeight){.name = name, .type = type}));
  return b->weights.len - 1;
}

/* The state of a training program is the caller's. */
static bool add_state(Build *b, BuildFunction *f) {
  const TrainProgram *program = f->compile->training;
  uint32_t *numbers = arena_array(&b->ctx->arena, uint32_t, program->n_state + 1);
  for (uint32_t i = 0; i < program->n_state; i++)
    numbers[i] = weight_number(b, ctx_text(b->ctx, program->state[i].path), program->state[i].type);
  f->out->weights = numbers;
  return true;
}

static void describe_weights(Build *b, BuildFunction *f) {
  ordort_info *info = &f->out->info;
  ordort_tensor *tensors = arena_array(&b->ctx->arena, ordort_tensor, info->n_weights + 1);
  for (uint32_t i = 0; i < info->n_weights; i++) {
    const BuildWeight *w = &b->weights.data[f->out->weights[i]];
    const TypeInfo *type = type_info(b->ctx, w->type);
    int64_t *dims = arena_array(&b->ctx->arena, int64_t, (size_t)type->rank + 1);
    int64_t bytes = dtype_bytes[type->dtype];
    for (int d = 0; d < type->rank; d++) {
      if (!size_is_const(b->ctx, type->dims[d], &dims[d])) dims[d] = -1;
      bytes *= dims[d];
    }
    tensors[i] = (ordort_tensor){w->name, type->dtype, (uint32_t)type->rank, dims, bytes};
  }
  info->weights = tensors;
}

/* The weights' values stay with the functions until the library is written. */
static bool add_weights(Build *b, BuildFunction *f, const char *checkpoint) {
  if (f->compile->training) return add_state(b, f);
  const SpecFunction *spec = f->compile->function;
  uint32_t *numbers = arena_array(&b->ctx->arena, uint32_t, spec->n_weights + 1);
  function_set(&f->function, f->compile);
  if (checkpoint && spec->n_weights && !function_read_weights(&f->function, checkpoint))
    return false;
  for (uint32_t i = 0; i < spec->n_weights; i++) {
    numbers[i] = weight_number(b, weight_name(b, f, i), spec->weights[i].type);
    if (checkpoint) b->weights.data[numbers[i]].value = f->function.weights[i];
  }
  f->out->weights = numbers;
  return true;
}

static void list_weights(Build *b) {
  LibraryWeight *weights = arena_array(&b->ctx->arena, LibraryWeight, b->weights.len + 1);
  for (uint32_t i = 0; i < b->weights.len; i++) {
    const Tensor *value = b->weights.data[i].value;
    if (value) weights[i] = (LibraryWeight){value->data, (int64_t)tensor_bytes(value)};
  }
  b->library.weights = weights;
  b->library.n_weights = b->weights.len;
}

/* ---- the whole ---- */

static bool is_identifier(const char *name) {
  if (!isalpha((unsigned char)*name) && *name != '_') return false;
  while (isalnum((unsigned char)*name) || *name == '_') name++;
  return !*name;
}

/* Libraries that a C or C++ program is linked with besides: -lNAME has to find the system's. */
static bool hides_library(const char *name) {
  static const char *const taken[] = {"c",   "m",     "pthread", "dl",    "rt",
                                      "gcc", "gcc_s", "stdc++",  "ordort"};
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    if (!strcmp(name, taken[i])) return true;
  return false;
}

static bool build(Build *b, Compile *functions, const BuildOptions *options) {
  Ctx *ctx = b->ctx;
  if (!is_identifier(b->prefix))
    return refuse(ctx, (Span){0}, ctx_printf(ctx, "'%s' is no name for C", b->prefix));
  if (hides_library(b->prefix))
    return refuse(
        ctx, (Span){0},
        ctx_printf(
            ctx, "lib%s.a would stand in for a library of the system: --prefix gives another name",
            b->prefix));
  if (!choose_targets(b, options->targets)) return false;
  LibraryFunction *out = arena_array(&ctx->arena, LibraryFunction, b->n_functions);
  for (uint32_t i = 0; i < b->n_functions; i++) {
    BuildFunction *f = &b->functions[i];
    f->compile = &functions[i];
    f->out = &out[i];
    if (!add_function(b, f) || !add_weights(b, f, options->weights)) return false;
    describe_weights(b, f);
    for (uint32_t k = 0; k < i; k++)
      if (!strcmp(out[k].symbol, f->out->symbol))
        return refuse(ctx, (Span){0},
                      ctx_printf(ctx, "'%s' and '%s' would both be %s in C", out[k].info.name,
                                 f->out->info.name, f->out->symbol));
  }
  list_weights(b);
  b->library.functions = out;
  b->library.n_functions = b->n_functions;
  Fault fault = {0};
  if (!library_object(&b->library, &ctx->arena, &b->object, &b->object_bytes, &fault))
    return fault_tell(ctx, &fault, "the library cannot be built");
  return build_write(b, options);
}

bool build_library(Ctx *ctx, Compile *functions, uint32_t n, const BuildOptions *options) {
  Build b = {.ctx = ctx, .prefix = options->prefix, .n_functions = n};
  b.functions = arena_array(&ctx->arena, BuildFunction, n);
  bool good = build(&b, functions, options);
  for (uint32_t i = 0; i < n; i++)
    if (b.functions[i].function.ctx) function_free(&b.functions[i].function);
  return good;
}
