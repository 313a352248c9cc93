/* A naive evaluator of the syntax tree: what a text means, worked out a second time.
 *
 * The oracle of the fuzzer of programs. It shares the parser with the compiler and nothing else:
 * no graph, no types, no rules of derivatives. Everything is done the slow way:
 *
 * - numbers are long doubles, sizes are the concrete ones of the arguments;
 * - index notation is a loop over all values of its indices, a function is evaluated at each
 *   call, a loop is run turn by turn;
 * - a derivative is a difference: the program is run again with one number of the variable
 *   changed (eval_grad.c). Which values an array was computed from is written down with it
 *   (Arr.in), so that a run need not walk the tree again and computes only what the change
 *   reaches.
 *
 * A value that grad or minimize may differentiate by is an array that was made: 'y = x' is the
 * same one, a function's parameter is a new one. What 'minimize' and stop_gradient make is made
 * of nothing: a constant for all derivatives to come.
 *
 * eval_value.c arrays; eval_expr.c expressions; eval_index.c index notation and subscripts;
 * eval_builtin.c built-in functions; eval_call.c functions and layers; eval_stmt.c statements;
 * eval_loop.c loops; eval_grad.c derivatives; eval_train.c training programs.
 */
#ifndef ORDO_TESTS_PROGRAMS_EVAL_H
#define ORDO_TESTS_PROGRAMS_EVAL_H

#include <setjmp.h>

#include "frontend/syntax/ast.h"

typedef long double Num;

typedef enum Kind { K_f32, K_f64, K_bf16, K_i32, K_bool, K_idx } Kind;
static inline bool kind_float(Kind k) { return k <= K_bf16; }

enum { EV_RANK = 8 };
enum { EV_DEPTH = 4 }; /* of derivatives of derivatives */

typedef struct Arr Arr;
typedef struct Eval Eval;
typedef Num (*Fn1)(Num a);
typedef Num (*Fn2)(Num a, Num b);
/* Computes an array of y's shape from the numbers that y->in have now. */
typedef void Fill(Eval *e, const Arr *y, Num *out);

/* An array: made once. In a run for a derivative it has other numbers for a while. */
struct Arr {
  Kind kind;
  int rank;
  int64_t dims[EV_RANK], count;
  int64_t extent; /* idx: of the axis it points into */
  uint64_t id;    /* when it was made; 0: of a literal */
  bool doomed;    /* it needs an element that is not there: see Eval.need */
  bool doubt;     /* a difference that it comes from was not decided */
  bool varies;    /* computed from arguments, not from literals and derivatives alone */
  bool rounds;    /* by an operation that rounds */
  bool inexact;   /* and its slope has a factor that is no number of f32 */
  bool steps;     /* constant but for jumps: no derivative goes through it */
  int level;      /* of the changes that x stands for; 0: none */
  Num *x, *first; /* first: in the run without changes */
  Fill *fill;     /* NULL: a constant */
  const Arr **in;
  int n_in;
  Fn1 one; /* what 'fill' needs to know */
  Fn2 two;
  const void *plan;
  Num *off;               /* by how much each number is rounded: Eval.how.noise */
  Num *changed[EV_DEPTH]; /* room for x in runs with changes */
  uint64_t mark;          /* eval_grad.c */
};

typedef struct Inst Inst;
typedef struct Loop Loop;
typedef struct Scope Scope;

typedef enum ValKind {
  V_none,
  V_number, /* known to the compiler: literals, sizes, constants */
  V_truth,
  V_text,
  V_index, /* a value of an index variable or of a loop's counter */
  V_array,
  V_tuple, /* and lists of sizes */
  V_layer,
  V_layers,
} ValKind;

typedef struct Val Val;
struct Val {
  ValKind kind;
  Num number; /* number, index */
  bool truth;
  Str text;
  Arr *arr;
  Val *items; /* tuple, layers */
  int n;
  Inst *layer;
  Loop *loop; /* index: that it counts, or NULL */
};

typedef struct Bind Bind;
struct Bind {
  Str name;
  Val value;
  Bind *next;
};

/* Index variables on the left of a definition. */
typedef struct Def {
  const Expr *target, *value;
  Bind **vars;
  const Expr **places; /* y[d[e]] = ...: what says where a term goes; NULL: an index */
  int n;
} Def;

struct Scope {
  Scope *up;
  Bind *binds;
  Def *def;
};

/* A layer with its weights as seen by one function. */
typedef struct Part {
  Str name;
  enum { PART_weight, PART_layer, PART_layers } kind;
  Arr **slot;  /* weight: where it is kept */
  bool state;  /* weight: a state of the layer, */
  Arr *before; /* and its value when the function began */
  Inst *layer; /* layer */
  Inst **layers;
  int n;
} Part;

struct Inst {
  const Item *item;
  Scope *constants;
  Part *parts;
  int n_parts;
  bool frozen;
};

typedef struct Gathered { /* 'y[t] = e' in a loop */
  Str name;
  Arr **turns; /* NULL: not reached */
  Loop *steps[EV_RANK];
  int axes[EV_RANK], n_steps;
} Gathered;

struct Loop {
  Loop *up;
  int64_t length, turn;
  Gathered *gathered;
  int n_gathered, cap_gathered;
};

/* 'y[i] = e' in 'for i in 3'. */
typedef struct Built {
  Str name;
  Val *items;
  int n;
} Built;
typedef struct Turn Turn;
struct Turn {
  Turn *up;
  Str var;
  int at, total;
  Built built[8];
  int n_built;
};

/* A weight, or a state of a training program. */
typedef struct Slot {
  const char *path;
  Arr *now;
} Slot;

/* What is run, again and again: a function on arguments, or the step of a program. */
typedef struct Entry {
  const FnDecl *fn;
  const Item *layer; /* that the function belongs to, or NULL */
  Arr *const *args;
  int n_args;
  const Item *train;
  Num step;          /* the number of the step */
  const Slot *slots; /* weights and state at its beginning */
  int n_slots;
} Entry;

typedef struct Program Program; /* eval_train.c */

/* Element 'at' of an array is changed, or with -1 all are by different shares. */
typedef struct Shift {
  const Arr *arr;
  int64_t at;
  Num by;
} Shift;

/* An array that has other numbers in this run, and what it had before. */
typedef struct Undo {
  Arr *arr;
  Num *x;
  int level;
} Undo;

/* How a run rounds. */
typedef struct How {
  Num step;    /* of differences */
  Num noise;   /* relative, of each operation */
  int draw;    /* of the noise */
  Num folding; /* the same of what is made of literals, which compilers round early; < 0: to f32 */
} How;

struct Eval {
  Ctx *ctx;
  char *memory;
  size_t used, size;
  Scope *globals;
  const AstFile *files[8];
  int n_files;
  /* where it is */
  Scope *scope;
  Inst *self;
  Loop *loop;
  Turn *turn;
  const With *with; /* of the statement */
  int depth_calls;
  bool size_mode, training;
  /* one run */
  Arr **made; /* all arrays by their numbers */
  uint64_t n_made, marks;
  int level; /* changes now */
  Shift shifts[EV_DEPTH];
  Undo *undo;
  size_t n_undo;
  bool blank;       /* something has no elements, and nothing tells what they would be */
  bool negative;    /* an extent that 'with' tells is: the array that is made with it is doomed */
  const char *need; /* what asked for an element that is not there; what is not used may */
  bool unsure;      /* something in the run for a derivative was not decided */
  Slot *slots;      /* now */
  int n_slots;
  const Entry *entry;
  Program *program;
  Val result;
  /* settings and results */
  How how;
  jmp_buf failure; /* of the evaluator: see why */
  const char *why;
  int64_t fuel;
  long derivatives; /* numbers found by differences */
  long undecided;
};

/* ---- eval_value.c ---- */
void *ev_alloc(Eval *e, size_t size); /* zeroed; freed with the run */
/* The value y would need an element that is not there: all that is computed from it is doomed. */
void ev_doom(Eval *e, Arr *y, const char *need);
_Noreturn void ev_fail(Eval *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
Arr *arr_new(Eval *e, Kind kind, int rank, const int64_t *dims); /* zeros, made of nothing */
/* To be computed by 'fill' from n arrays, told by arr_in. */
Arr *arr_of(Eval *e, Fill *fill, int n, Kind kind, int rank, const int64_t *dims);
void arr_in(Arr *y, int i, const Arr *a);
Arr *arr_scalar(Eval *e, Kind kind, Num x);
/* To be called when all is told: computes it and gives it its number. */
Arr *arr_made(Eval *e, Arr *a);
void arr_compute(Eval *e, const Arr *a, Num *out);
/* About 1 in size, of either sign: the same in each run of one draw, so that differences stay
 * smooth. */
Num ev_noise(const Eval *e, uint64_t of);
void arr_from(Arr *a, const Arr *b);      /* a is computed from b */
Arr *arr_copy(Eval *e, const Arr *a);     /* made of a; not yet made */
Arr *arr_constant(Eval *e, const Arr *a); /* made of nothing; made */
Val val_number(Num x);
Val val_arr(Arr *a);
Val val_truth(bool b);
Val val_tuple(Eval *e, int n);
/* Any value as an array; numbers become 'kind'. */
Arr *val_to_arr(Eval *e, Val v, Kind kind);
Val val_fresh(Eval *e, Val v, bool numbers); /* new arrays; with 'numbers' of numbers, too */
Scope *scope_push(Eval *e);
/* A state of the layer whose function runs keeps its new value in a step; false: another name. */
bool ev_keep_state(Eval *e, Str name, Val v);
Bind *scope_bind_here(Eval *e, Scope *s, Str name, Val v);
Bind *scope_look(Scope *s, Str name);
bool is_name(Eval *e, Str name, const char *text);

/* ---- eval_expr.c ---- */
Val ev_expr(Eval *e, const Expr *x);
Arr *ev_arr(Eval *e, const Expr *x);
int64_t ev_size(Eval *e, const Expr *x);
Val ev_name(Eval *e, Str name);
Val ev_binary(Eval *e, BinaryOp op, Val a, Val b);
Arr *ev_matmul(Eval *e, const Arr *a, const Arr *b);
Arr *ev_map1(Eval *e, Fn1 f, Kind kind, const Arr *a);
Arr *ev_pair(Eval *e, Fill *fill, Fn2 f, Kind kind, const Arr *a, const Arr *b); /* broadcast */
/* Element of a that stands at place i of a result with these dims. */
int64_t ev_place(const Arr *a, int rank, const int64_t *dims, int64_t i);
Arr *ev_choose(Eval *e, const Arr *c, const Arr *a, const Arr *b);
Kind ev_common(Eval *e, const Val *v, int n);

Val ev_with(Eval *e, const Expr *x); /* eval_call.c */

/* ---- eval_index.c ---- */
Val ev_subscript(Eval *e, const Expr *x);
Arr *ev_define(Eval *e, const Stmt *s, const Expr *target, Loop **steps, int *axes, int *n_steps);
int64_t ev_extent(Eval *e, const Expr *x, Str name); /* told by 'with' or x; -1: nothing tells */
bool ev_mentions(const Expr *x, Str name);
/* Whether a term goes to the place that the definition is being worked out for. */
bool ev_goes_here(Eval *e, const Def *def);

/* ---- eval_builtin.c, eval_pad.c ---- */
bool ev_builtin(Eval *e, const Expr *x, Str name, const Args *args, Val *out);
Val ev_reduce(Eval *e, const Expr *x);
/* Which place of the result is wanted: where the index stands, or that of the index on the left
 * that the value does not mention (y[b, t] = argsort[n](x[b, n])). */
int64_t ev_wanted_place(Eval *e, Bind **vars, const int64_t *extents, int n, bool bound);
/* pad(x, 1, 1), pad[axis = 0](x, 1, 1); pad[t](x[b, t], 1, 1) and how long that is. */
Val ev_pad(Eval *e, const Args *args, const Expr *axis);
Val ev_pad_along(Eval *e, const Expr *x);
int64_t ev_padded_extent(Eval *e, const Expr *x);

/* ---- eval_call.c ---- */
Val ev_call(Eval *e, const Expr *x);
Val ev_apply(Eval *e, const FnDecl *fn, Inst *self, const Args *args);
/* The call with values in place of expressions. */
Val ev_apply_values(Eval *e, const FnDecl *fn, Inst *self, Val *values, int n);
const Item *ev_item(Eval *e, ItemKind kind, Str name);
Scope *ev_constants(Eval *e, const Params *params, const Args *args);
/* With the weights of e->slots whose paths begin with 'path'. */
Inst *ev_layer(Eval *e, const Item *item, const Args *args, const char *path);
bool ev_part(Eval *e, Inst *layer, Str name, Val *out);
const FnDecl *ev_method(const Inst *layer, Str name);
/* All weights in order. */
/* Its weights, and (states) what its functions keep. */
void ev_weights(Inst *layer, bool states, Arr ***out, int *n);
Val ev_layer_weights(Eval *e, Inst *layer); /* without states */

/* ---- eval_stmt.c, eval_loop.c ---- */
Val ev_block(Eval *e, const Block *block);
void ev_assign(Eval *e, Str name, Val v);
void ev_assign_to(Eval *e, const Expr *target, Val v);
void ev_scan(Eval *e, const Stmt *s);
void ev_for(Eval *e, const Stmt *s);
void ev_gather(Eval *e, Str name, Arr *a, Loop *const *steps, const int *axes, int n);

/* ---- eval_grad.c ---- */
Val ev_grad(Eval *e, const Expr *x);
void ev_derive(Eval *e, Arr *loss, Arr *const *by, int n, Arr **out); /* of the loss by arrays */

/* ---- eval_train.c ---- */
void ev_train_stmt(Eval *e, const Stmt *s);
bool ev_train_assign(Eval *e, Str name, Val v);

/* ---- from outside ---- */

enum { EV_ARRAYS = 1 << 20 };
Eval *eval_new(Ctx *ctx, size_t memory);
void eval_free(Eval *e);
/* Parses a text and what it imports from the folder of the library; false when it cannot. */
bool eval_read(Eval *e, const char *text, const char *library);
/* Evaluates a function, "f" or "Layer.f" or "Layer.()": the value is e->result. False with
 * e->why. */
bool eval_function(Eval *e, const char *name, Arr *const *args, int n_args, const Slot *slots,
                   int n_slots);
/* One step of the training program. What it leaves is in e->slots, what it logs in eval_log. */
bool eval_step(Eval *e, const char *name, Num step, const Slot *slots, int n_slots);
Arr *eval_log(Eval *e, const char *name);
/* The leaves of a value in order. */
int eval_leaves(Eval *e, const Val *v, const Arr **out, int n);
/* Inside: eval_train.c */
void ev_step(Eval *e);
Slot *ev_slot(Eval *e, const char *path);

#endif
