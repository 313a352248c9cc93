/* A function of a spec, ready to be called on tensors: compiled, with its weights.
 *
 * The graph of a function takes weights, arguments and, if it draws random numbers, a key, as
 * the roles of its parameters say; here the caller gives the arguments only. Weights are drawn
 * anew from a seed or read from a checkpoint. Errors are diagnostics.
 */
#ifndef ORDO_APP_FUNCTION_H
#define ORDO_APP_FUNCTION_H

#include "frontend/check.h"
#include "app/compile.h"
#include "io/tensors.h"

typedef struct Function {
  Ctx *ctx;
  const SpecFunction *spec;
  const Graph *graph;
  Engine *engine;
  Program *program; /* NULL before function_compile */
  Tensor **weights; /* one for each weight, owned; NULL entries before they are set */
  Phases phases;    /* of compiling */
  /* Places in the graph's parameters, by role. */
  const uint32_t *weight_places, *argument_places, *key_places;
  uint32_t n_arguments, n_keys;
  const Tensor **all_args; /* scratch of function_call */
} Function;

/* The full name of a function: the name itself, a layer's call operator ("Linear" for "Linear.()"),
 * or the only one that ends in it ("net.sorted" for "sort.net.sorted"). NULL when there is none or
 * several; then, unless quiet, with a diagnostic that lists what there is. */
const char *function_find(Ctx *ctx, Spec *spec, const char *name, bool quiet);

/* Without machine code yet. The engine may be NULL when the function is only interpreted. */
bool function_init(Function *f, Ctx *ctx, Spec *spec, const char *name, Engine *engine);
/* The same in two parts: what the spec keeps, and what belongs to the function alone. */
const SpecFunction *function_elaborate(Ctx *ctx, Spec *spec, const char *name);
bool function_set(Function *f, Ctx *ctx, const SpecFunction *spec, Engine *engine);
bool function_compile(Function *f, const CompileOptions *options);
void function_free(Function *f);

uint32_t function_arity(const Function *f); /* number of arguments */
/* Parameter i among the arguments: its place among those of the graph, its name and type. */
uint32_t function_param(const Function *f, uint32_t i);
const char *function_param_name(const Function *f, uint32_t i);
Ty function_param_type(const Function *f, uint32_t i);

/* Draws the weights anew. */
bool function_draw_weights(Function *f, int64_t seed);
/* Takes the weights from a checkpoint: by their own paths, or behind the name of the model that
 * holds them there
 * ("net.read.W" for "read.W"). */
bool function_read_weights(Function *f, const char *path);

/* Arguments in order, results new tensors owned by the caller (all NULL on failure). interpret: on
 * the reference interpreter. */
bool function_call(Function *f, const Tensor *const *args, uint32_t n, int64_t seed, bool interpret,
                   Tensor **results);

#endif
