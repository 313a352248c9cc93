/* Weights of functions: drawn, read, given, asked for. */
#include "app/api.h"

#include <string.h>

static bool draw(OrdoFunction *function, int64_t seed) {
  api_begin_call(function);
  return api_end_call(function, function_draw_weights(&function->function, seed));
}

int ordo_draw_weights(OrdoFunction *function, int64_t seed) {
  if (setjmp(function->spec->ordo->escape.jump)) return api_starved(function->spec->ordo);
  return draw(function, seed);
}

static bool read_weights(OrdoFunction *function, const char *path) {
  api_begin_call(function);
  return api_end_call(function, function_read_weights(&function->function, path));
}

int ordo_read_weights(OrdoFunction *function, const char *path) {
  if (setjmp(function->spec->ordo->escape.jump)) return api_starved(function->spec->ordo);
  return read_weights(function, path);
}

size_t ordo_weight_count(const OrdoFunction *function) {
  return function->function.spec->n_weights;
}

const char *ordo_weight_name(const OrdoFunction *function, size_t i) {
  const Function *f = &function->function;
  return i < ordo_weight_count(function) ? ctx_text(f->ctx, f->spec->weights[i].path) : NULL;
}

const char *ordo_weight_type(const OrdoFunction *function, size_t i) {
  return i < ordo_weight_count(function) ? function->weight_types[i] : NULL;
}

OrdoTensor *ordo_weight(const OrdoFunction *function, size_t i) {
  const Function *f = &function->function;
  if (i >= ordo_weight_count(function) || !f->weights[i]) return NULL;
  return (OrdoTensor *)tensor_copy(f->weights[i]);
}

static bool set_weight(OrdoFunction *function, size_t i, const OrdoTensor *tensor) {
  Ctx *ctx = api_begin_call(function);
  bool good = i < ordo_weight_count(function);
  if (!good)
    diag_at(ctx, (Span){0}, E_call_arguments, "there is no weight number %zu: the function has %zu",
            i, ordo_weight_count(function));
  good = good && function_set_weight(&function->function, (uint32_t)i, (const Tensor *)tensor);
  return api_end_call(function, good);
}

int ordo_set_weight(OrdoFunction *function, size_t i, const OrdoTensor *tensor) {
  if (setjmp(function->spec->ordo->escape.jump)) return api_starved(function->spec->ordo);
  return set_weight(function, i, tensor);
}
