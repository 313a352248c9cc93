/* Functions of text. */
#include "app/api.h"

#include <string.h>

OrdoFunction *ordo_text_function(OrdoSpec *spec, const char *name, const char *weights) {
  return api_function(spec, name, weights, MADE_of_text);
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
  Ctx *ctx = api_begin_call(function);
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
  return api_end_call(function, good);
}

int ordo_call_text(OrdoFunction *function, const char *const *texts, size_t n_texts, size_t n,
                   const char **results, size_t n_results) {
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  if (setjmp(function->spec->ordo->escape.jump))
    api_starved(function->spec->ordo);
  else if (call_text(function, texts, n_texts, n, results, n_results))
    return 1;
  for (size_t i = 0; i < n_results; i++) results[i] = NULL;
  return 0;
}
