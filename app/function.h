/* A function of a spec, ready to be called on tensors: what compile() made of it, with its weights.
 *
 * The graph of a function takes weights, arguments and, if it draws random numbers, a key, as
 * the roles of its parameters say; here the caller gives the arguments only. Weights are drawn
 * anew from a seed or read from a checkpoint. Errors are diagnostics.
 */
#ifndef ORDO_APP_FUNCTION_H
#define ORDO_APP_FUNCTION_H

#include "app/compile.h"
#include "io/tensors.h"

typedef struct Function {
  Ctx *ctx;
  const SpecFunction *spec;
  const Graph *graph;
  Engine *engine;
  Program *program; /* of the Compile; NULL: it is interpreted */
  bool bf16;        /* products take operands of bf16 */
  Tensor **weights; /* one for each weight, owned; NULL entries before they are set */
  Trace *trace;
  /* Places in the graph's parameters, by role. */
  const uint32_t *weight_places, *argument_places, *key_places;
  uint32_t n_arguments, n_keys;
  const Tensor **all_args; /* scratch of function_call */
} Function;

/* What is behind PHASE_check. It belongs to the function alone, while the spec keeps the graph. The
 * engine may be NULL when the function is only interpreted. */
void function_set(Function *f, const Compile *compile);
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
/* The same from tensors in memory; 'what' names where they are. */
bool function_take_weights(Function *f, const NamedTensor *list, size_t n, const char *what);
/* One of them: a copy, converted to its element type. */
bool function_set_weight(Function *f, uint32_t i, const Tensor *tensor);

/* Arguments in order, results new tensors owned by the caller (all NULL on failure). interpret: on
 * the reference interpreter. */
bool function_call(Function *f, const Tensor *const *args, uint32_t n, int64_t seed, bool interpret,
                   Tensor **results);

#endif
