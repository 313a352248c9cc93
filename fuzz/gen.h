/* Random graphs that are always valid: for the table tests and for fuzzing.
 *
 * gen_op makes one random instance of an op: shapes, element types and attributes from the traits
 * and type rules of the op table, tried against build_check. gen_graph strings instances together,
 * scans with random bodies included. The same seed and options give the same graph. gen_args makes
 * arguments for a graph: indices within their axes, floats in a range.
 */
#ifndef ORDO_FUZZ_GEN_H
#define ORDO_FUZZ_GEN_H

#include "ir/tensor.h"

typedef struct GenOptions {
  int nodes;     /* ops in the graph; bodies have fewer */
  bool symbolic; /* extents may be symbols (N, M, K) */
  bool regions;  /* scans and calls */
  bool random;   /* random, fold, seed */
  bool smooth;   /* only ops that are differentiable everywhere, in f64, with bounded values */
  bool empty;    /* extents may be 0 */
  bool calls;    /* call nodes (which the pass 'inline' takes away) */
  bool masks;    /* symbolic; a mask of the axis N: see gen_masked */
  bool
      harder; /* masks, sets: loops that hand on, parts of axes, ops right behind what is neutral */
  bool sets;  /* symbolic; axes of extent N of most parameters are set axes, see gen_set_rows */
} GenOptions;

typedef struct Gen {
  Ctx *ctx;
  uint64_t state;
  GenOptions options;
  Graph *g;
  int depth;          /* of bodies */
  bool operands_only; /* new operands are parameters, never constants: single instances */
  VEC(Ref) pool;      /* values of g that may be used */
  bool rows;          /* sets: declared behind an axis of extent M only; the mask has that axis */
  Ref mask;           /* masks */
  SizeEnv env;        /* what the symbols stand for in arguments */
} Gen;

Gen *gen_new(Ctx *ctx, uint64_t seed, GenOptions options);
uint64_t gen_next(Gen *gen);
/* With sets: whether each row, of extent M, of a set in this graph has an order of its own. */
bool gen_set_rows(const Gen *gen);
int gen_below(Gen *gen, int n); /* 0 .. n-1 */
double gen_between(Gen *gen, double low, double high);

/* A random instance of op in gen->g; its operands come from the pool or are new parameters. False
 * when the op is excluded (see gen_excluded) or no instance was found. */
bool gen_op(Gen *gen, Op op, Ref *out);
/* Why gen_op makes no instance of the op; NULL when it does. */
const char *gen_excluded(Op op);
/* A value of that type: from the pool, a constant, or a new parameter. */
Ref gen_value(Gen *gen, Ty type);
/* A new graph, parameters named p0, p1 ...; env of gen has values for its symbols. */
Graph *gen_graph(Gen *gen);
/* Every value that nobody reads becomes a result, so that nothing is dead. */
void gen_results(Graph *g);

/* One tensor for each parameter, floats in [low, high] but never within 0.05 of 0 or of a whole
 * number; the caller frees them (gen_free). */
Tensor **gen_args(Gen *gen, const Graph *g, double low, double high);
void gen_free(Tensor **tensors, uint32_t n);

/* ---- gen_masks.c, gen_harder.c ---- */
void gen_mask(Gen *gen); /* the parameter 'mask', bool[N] or bool[M, N] */
bool gen_masked(Gen *gen,
                Ref *out); /* a value with something neutral at padding, perhaps reduced */
bool gen_masked_scan(Gen *gen, Ref *out);
/* harder: a loop over any axis of a value with the axis N that hands on its slices, or something
 * else; an op right behind such a value. */
bool gen_handing_scan(Gen *gen, Ref *out);
bool gen_behind(Gen *gen, Ref *out);
/* Whether an extent has two places at least under all values that tests give it: N and M. */
bool gen_long(const Gen *gen, Sz extent);

/* ---- for gen_ops.c ---- */
Sz gen_extent(Gen *gen);
Ty gen_type(Gen *gen, DType dtype, int max_rank); /* a random shape, or one from the pool */
DType gen_number(Gen *gen);                       /* an element type of numbers */
DType gen_float(Gen *gen);
int64_t gen_count(Gen *gen, Ty type); /* elements under env; -1 when a symbol has no value */

#endif
