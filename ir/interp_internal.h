/* What the interpreter's families share. Private to ir/interp*.c. */
#ifndef ORDO_IR_INTERP_INTERNAL_H
#define ORDO_IR_INTERP_INTERNAL_H

#include "ir/interp.h"

typedef struct InterpValue InterpValue;
struct InterpValue {
  Ty type;
  bool is_tuple;
  DType dtype;
  int64_t extent; /* DT_idx: the range */
  int rank;
  int64_t *dims, count;
  double *at;     /* numbers in row-major order; NULL for keys */
  uint64_t *keys; /* NULL for numbers */
  int n_items;
  InterpValue **items;
};

typedef struct Interp {
  Ctx *ctx;
  Arena *arena; /* values made now; a scan gives each step its own */
  const InterpOptions *opt;
  SizeEnv env;
  Fault fault; /* the first thing that went wrong, in ctx */
  Span at;     /* the node that is evaluated */
} Interp;

/* One node under evaluation: operands, and the result with its memory (items of a tuple are made by
 * the op). */
typedef struct Eval {
  Interp *in;
  const Graph *graph;
  const Node *node;
  InterpValue *const *a;
  InterpValue *y;
} Eval;

/* false and the first reason is kept. */
bool interp_fail(Interp *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool interp_size(Interp *in, Sz size, int64_t *value);
/* Zeros of a type; items of a tuple too. NULL on failure. */
InterpValue *value_new(Interp *in, Ty type);
InterpValue *value_copy(Interp *in, const InterpValue *from);
/* Element j of b becomes element i of a; same element type. */
void value_move(InterpValue *a, int64_t i, const InterpValue *b, int64_t j);
/* Elements n from j on. */
void value_move_many(InterpValue *a, int64_t i, const InterpValue *b, int64_t j, int64_t n);
/* Position i as an index for each axis, and back. index has room for the rank. */
void value_unravel(const InterpValue *v, int64_t i, int64_t *index);
int64_t value_ravel(const InterpValue *v, const int64_t *index);
/* The element type that a value is rounded to under the options. */
DType interp_dtype(const Interp *in, DType dtype);
int64_t *interp_index(Interp *in, int rank); /* room for an index */

/* Runs a graph; results has room for one value per result. */
bool interp_graph(Interp *in, const Graph *g, InterpValue *const *params, InterpValue **results);

/* A new tensor with the numbers of a value, and back. */
Tensor *value_tensor_new(const InterpValue *v);
void value_take_tensor(InterpValue *y, const Tensor *t);

bool eval_elementwise(Eval *e);
bool eval_movement(Eval *e);
bool eval_reduce(Eval *e);
bool eval_argreduce(Eval *e);
bool eval_dot(Eval *e);
bool eval_along(Eval *e);
bool eval_indexed(Eval *e);
bool eval_matrix(Eval *e);
bool eval_random(Eval *e);
bool eval_ranks(Eval *e);
bool eval_region(Eval *e);
bool eval_tuple(Eval *e);
bool eval_custom(Eval *e);

#endif
