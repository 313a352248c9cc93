/* Sizes from shapes: see bind.h. */
#include "ir/bind.h"

#include <string.h>

typedef struct Unknowns {
  const SizeEnv *env;
  Sz one;
  int n;
} Unknowns;

static void count_unknown(void *user, Sz symbol) {
  Unknowns *u = user;
  int64_t value;
  if (size_env_get(u->env, symbol, &value)) return;
  u->one = symbol;
  u->n++;
}

static const char *param_name(const Graph *g, uint32_t k) {
  Str name = graph_node(g, g->params.data[k])->name;
  return str_none(name) ? ctx_printf(g->ctx, "%u", k + 1) : ctx_text(g->ctx, name);
}

static Span param_place(const Graph *g, uint32_t k) {
  return graph_node(g, g->params.data[k])->span;
}

typedef struct KnownSizes {
  const SizeEnv *env;
  Ctx *ctx;
  Text text;
} KnownSizes;

static void put_known(void *user, Sz symbol) {
  KnownSizes *known = user;
  int64_t value;
  if (!size_env_get(known->env, symbol, &value)) return;
  const char *part =
      ctx_printf(known->ctx, "%s is %lld", size_str(known->ctx, symbol), (long long)value);
  if (strstr(text_str(&known->text), part)) return;
  text_printf(&known->text, "%s%s", known->text.len ? ", " : " where ", part);
}

/* "expected f32[B, C] where B is 2, got f32[1, 3]": the sizes are those of the arguments before. */
static bool mismatch(const Graph *g, uint32_t k, const Tensor *arg, const SizeEnv *env,
                     Fault *fault) {
  const TypeInfo *want = graph_info(g, g->params.data[k]);
  KnownSizes known = {env, g->ctx, text_new(&g->ctx->arena)};
  for (int d = 0; d < want->rank; d++) size_symbols(g->ctx, want->dims[d], put_known, &known);
  Text got = text_new(&g->ctx->arena);
  tensor_print_type(arg, &got);
  fault_set(fault, E_run_failed, param_place(g, k),
            ctx_printf(g->ctx, "argument '%s' has the wrong shape or type: expected %s%s, got %s",
                       param_name(g, k), type_str(g->ctx, graph_type(g, g->params.data[k])),
                       text_str(&known.text), text_str(&got)));
  return false;
}

static bool same_element(const TypeInfo *want, const Tensor *arg) {
  return want->dtype == arg->dtype || (want->dtype == DT_idx && arg->dtype == DT_i32) ||
         (want->dtype == DT_i32 && arg->dtype == DT_idx);
}

/* One extent: known (checked), or the only unknown of it is solved for; *open when two or more are
 * unknown. */
static bool bind_extent(const Graph *g, Sz want, int64_t got, SizeEnv *env, bool *open) {
  Ctx *ctx = g->ctx;
  Unknowns u = {.env = env};
  int64_t value;
  size_symbols(ctx, want, count_unknown, &u);
  if (!u.n) return size_eval(ctx, want, env, &value) && value == got;
  if (u.n > 1) return *open = true;
  /* substitute what is known, then solve for the one that is not */
  Sz known = want;
  for (uint32_t i = 0; i < env->symbols.len; i++) {
    Sz to = size_const(ctx, env->values.data[i]);
    known = size_subst(ctx, known, &env->symbols.data[i], &to, 1);
  }
  Sz solved;
  if (!size_solve(ctx, known, u.one, size_const(ctx, got), &solved) ||
      !size_is_const(ctx, solved, &value) || value < 0)
    return false;
  size_env_set(ctx, env, u.one, value);
  return true;
}

bool bind_sizes(const Graph *g, const Tensor *const *args, SizeEnv *env, Fault *fault) {
  for (uint32_t k = 0; k < g->params.len; k++) {
    const TypeInfo *want = graph_info(g, g->params.data[k]);
    if (args[k]->rank != want->rank || !same_element(want, args[k]))
      return mismatch(g, k, args[k], env, fault);
  }
  /* Two or more unknowns in one extent wait until others are known. */
  for (bool open = true, progress = true; open && progress;) {
    uint32_t before = env->symbols.len;
    open = false;
    for (uint32_t k = 0; k < g->params.len; k++) {
      const TypeInfo *want = graph_info(g, g->params.data[k]);
      for (int d = 0; d < want->rank; d++)
        if (!bind_extent(g, want->dims[d], args[k]->dims[d], env, &open))
          return mismatch(g, k, args[k], env, fault);
    }
    progress = env->symbols.len > before;
    if (open && !progress) {
      fault_set(fault, E_run_failed, (Span){0},
                ctx_printf(g->ctx, "the sizes of '%s' do not follow from its arguments' shapes",
                           ctx_text(g->ctx, g->name)));
      return false;
    }
  }
  return true;
}

bool bind_check_indices(const Graph *g, const Tensor *const *args, const SizeEnv *env,
                        Fault *fault) {
  for (uint32_t k = 0; k < g->params.len; k++) {
    const TypeInfo *want = graph_info(g, g->params.data[k]);
    int64_t extent, n = tensor_count(args[k]);
    if (want->dtype != DT_idx) continue;
    if (!size_eval(g->ctx, want->extent, env, &extent)) {
      fault_set(
          fault, E_run_failed, param_place(g, k),
          ctx_printf(g->ctx,
                     "the size %s of argument '%s' does not follow from the arguments' shapes",
                     size_str(g->ctx, want->extent), param_name(g, k)));
      return false;
    }
    const int32_t *index = args[k]->data;
    for (int64_t i = 0; i < n; i++) {
      if (index[i] >= 0 && index[i] < extent) continue;
      if (extent < 1) {
        fault_set(fault, E_run_failed, param_place(g, k),
                  ctx_printf(g->ctx, "argument '%s': index %d points into an axis without elements",
                             param_name(g, k), index[i]));
        return false;
      }
      fault_set(
          fault, E_run_failed, param_place(g, k),
          ctx_printf(
              g->ctx,
              "argument '%s': index %d (element %lld) is outside its axis: expected 0 to %lld",
              param_name(g, k), index[i], (long long)i, (long long)(extent - 1)));
      return false;
    }
  }
  return true;
}
