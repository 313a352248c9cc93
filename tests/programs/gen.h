/* Random program texts that are well typed by construction.
 *
 * A program is a function 'main', a layer 'Net' with a function 'main', or a training program,
 * with the functions and layers that it uses. The generator keeps a list of names with their
 * types: the extents as they are written and as they will be. Weighted towards what has gone
 * wrong: derivatives in loops, of captured and carried values, of derivatives; several updates
 * in a step.
 *
 * gen.c names and numbers, gen_expr.c and gen_layout.c expressions on whole tensors, gen_index.c
 * index notation, gen_stmt.c statements, loops and derivatives, gen_layer.c functions and
 * layers, gen_train.c training programs, gen_program.c the whole.
 */
#ifndef ORDO_TESTS_PROGRAMS_GEN_H
#define ORDO_TESTS_PROGRAMS_GEN_H

#include "base/ctx.h"
#include "tests/programs/compare.h"

typedef struct Extent {
  const char *text;
  int value;
} Extent;
typedef struct Shape {
  int rank;
  Extent d[4];
} Shape;

typedef struct Var {
  const char *name;
  char kind; /* f, i, b; x: an index into an axis of 'extent' */
  Shape shape;
  Extent extent;
  uint64_t deps; /* variables that it is computed from, a bit each */
  int bit;       /* of its own; -1: nothing is differentiated by it */
} Var;

typedef struct Counter { /* of a loop around, or an index of the notation */
  const char *name;
  Extent dim;
  bool loop;
} Counter;

typedef struct Fun {
  const char *name; /* how it is called: f1, net, net.rows */
  Shape params[3], result;
  int n_params, n_results;
  uint64_t deps; /* on weights of models */
  bool set;      /* its first parameter is one */
} Fun;           /* sizes A and B are whatever the arguments have */

enum { GEN_VARS = 96, GEN_FUNS = 16 };

typedef struct Model {
  const char *name;
  Extent in, out;
  const char *layer;
  bool frozen;
  int bit;
} Model;

typedef struct Gen {
  Ctx *ctx;
  uint64_t state;
  Text out;
  int size;   /* of the program: statements of a body, about */
  int indent; /* of the line */
  int names;  /* given so far */
  int bits;
  Var vars[GEN_VARS];
  int n_vars, first_var; /* of this body: those before belong to functions around */
  Counter counters[8];
  int n_counters;
  Fun funs[GEN_FUNS];
  int n_funs;
  Extent dims[6]; /* of this signature */
  int n_dims;
  uint64_t deps; /* of the expression that is being written */
  int loops;     /* around */
  int grads;     /* so far: they are dear */
  int repeats;
  bool plain, through;
  bool library; /* its optimizers are imported */
  const char *layers[4];
  int n_layers;
  Model models[4];
  int n_models;
} Gen;

typedef struct GenSize {
  int statements; /* of a body, about */
  bool plain;     /* no derivatives */
  bool through;   /* derivatives go through some updates */
  bool empty;     /* it is run with other sizes than it was made for, of 0 and 1 */
} GenSize;
/* The same seed and size give the same text. */
Case gen_case(Ctx *ctx, uint64_t seed, GenSize size);

/* ---- gen.c ---- */
uint64_t gen_next(Gen *g);
int below(Gen *g, int n);
bool chance(Gen *g, int percent);
const char *txt(Gen *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void line(Gen *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *new_name(Gen *g, const char *stem);
Extent dim_number(Gen *g, int value);
Extent some_dim(Gen *g);
Shape some_shape(Gen *g, int max_rank);
bool same_dim(Extent a, Extent b);
bool same_shapes(Shape a, Shape b);
Shape scalar(void);
const char *dims_text(Gen *g, Shape s); /* N, M */
const char *type_text(Gen *g, Var v);   /* f32[N, M] */
const char *number(Gen *g);             /* a literal that no other one is equal to */
const char *near_one(Gen *g);
Var *add_var(Gen *g, const char *name, char kind, Shape s, uint64_t deps);
void make_root(Gen *g, Var *v); /* may be differentiated by */
/* A random variable that fits; NULL: none. */
typedef bool Fits(const Gen *g, const Var *v, const void *user);
Var *pick_var(Gen *g, Fits *fits, const void *user);

/* ---- gen_expr.c ---- */
const char *expr(Gen *g, Shape s, int depth);
const char *truth(Gen *g, Shape s, int depth);
const char *call(Gen *g, const Fun *f, int depth, Shape *result); /* NULL: no arguments fit */
const char *reduced(Gen *g, const Var *v);                        /* a scalar that depends on it */

/* ---- gen_layout.c ---- */
const char *layout(Gen *g, Shape s, int depth);

/* ---- gen_index.c ---- */
void index_statement(Gen *g);

/* ---- gen_stmt.c ---- */
void statement(Gen *g);
void statements(Gen *g, int n);
void grad_statement(Gen *g);
const char *loss_of(Gen *g, const Var *root);

/* ---- gen_layer.c ---- */
void begin_body(Gen *g, int first_var);
void helper(Gen *g);
void set_function(Gen *g);
void layer(Gen *g, const char *name);
void main_function(Gen *g);
void main_layer(Gen *g);

/* ---- gen_train.c ---- */
void training_program(Gen *g);

#endif
