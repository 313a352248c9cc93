/* Inside of the checker: what the files the files of frontend/check and frontend/train share.
 *
 * Elaboration walks a syntax tree and builds a graph at once. The words:
 *
 * - Value: what an expression stands for: a number known to the compiler, a tensor in a graph, an
 * index variable, a tuple, a layer instance. Numbers have no element type until they meet a tensor.
 * - A tensor value has hidden axes first, one for each index variable that it depends on (index
 * notation), then its own axes. x[b, n] has two hidden axes and no own one: seen from the notation
 * it is a scalar. Whole-tensor values have no hidden axes. One set of functions serves both.
 * - Frame: a graph under construction: that of a function, or the body of a scan inside it. A value
 * of an outer frame is captured on use (frame_import): it becomes a parameter of the body.
 * - Instance: one elaboration of a function for given sizes, element types, layer and static
 * arguments. Symbols of sizes are those of whoever asked first: a callee's size names are bound to
 * the polynomials of its caller.
 * - Shape of a layer (LayerShape): a layer with its constants; instances with equal constants share
 * it, and their methods' graphs.
 *
 * A mistake makes one diagnostic and the value VAL_poison, which silences whatever uses it.
 */
#ifndef ORDO_FRONTEND_CHECK_CHECKER_H
#define ORDO_FRONTEND_CHECK_CHECKER_H

#include "frontend/check/instance.h"

/* ---- what training programs add to expressions and statements: frontend/train/check_train.c
 * ---- */

typedef struct TrainRules {
  void (*stmt)(Check *c, const Stmt *s); /* minimize, move, repeat, log */
  /* Keeps a new value of a state member of the program, converted to its type; false with a
   * diagnostic when it does not fit. Other names are none of its business: true. */
  bool (*assign)(Check *c, Name name, Value *v);
  /* Keeps a new value of the weight number 'at' of a model, or a part of one: a state. */
  void (*keep)(Check *c, const Layer *layer, uint32_t at, Ref ref);
  /* Of a data set: pairs.src; pairs.batch(64), pairs.batches(64), where method is the name
   * called. */
  Value (*member)(Check *c, SpecData *data, Name name);
  Value (*batch)(Check *c, SpecData *data, Name method, const Args *args, Span span);
  bool (*is_text)(const SpecData *data); /* a running text, which has windows, not batches */
} TrainRules;

/* 'least' is not negative, or is 0. */
typedef struct SizeFact {
  Sz least;
  bool equal;
  Span span; /* of the assertion */
} SizeFact;

/* ---- the spec and the state of one elaboration ---- */

/* What the files of folders declare, each name with its file: for help about names that are not
 * imported. Read once. */
typedef struct DeclaredIn {
  const char *module;
  uint32_t folder;
} DeclaredIn;
typedef struct Declared {
  Map by_name; /* places in 'files' */
  VEC(DeclaredIn) files;
} Declared;
const Declared *declared_in(Ctx *ctx, const char *const *folders, uint32_t n);

struct SpecLibrary {
  VEC(AstFile *) files;
  VEC(Str) ids; /* their canonical paths */
  uint32_t end; /* where the texts of a context that are no part of it begin */
  const Declared *declared;
};

struct Spec {
  Ctx *ctx;
  const SpecOptions *options;
  const TrainRules *train_rules;
  VEC(AstFile *) files;
  VEC(Item *) items; /* all but imports; duplicates removed */
  Map items_by_name; /* item_key */
  VEC(Str) loaded;   /* canonical paths */
  VEC(Span) import_stack;
  VEC(Str) import_paths;
  Scope *globals;
  VEC(Instance *) instances; /* instance_add */
  Map instances_by_key;
  Map bodies_looked_at; /* sizes_possible */
  VEC(LayerShape *) shapes;
  Map shapes_by_key;
  VEC(SpecFunction *) functions;
  VEC(TrainProgram *) programs;
  VEC(SpecData *) data;
  VEC(SpecVocab *) vocabs;
  uint32_t vocabs_told;            /* how often sizes of vocabularies were told */
  VEC(struct TrainBuild *) builds; /* settings of training programs */
  const Declared *declared;        /* in the library; NULL: nobody has asked yet */
  int depth;                       /* of layers inside layers */
  bool wide; /* what is elaborated now computes in f64 where the text says f32: precision = "f64" */
  struct Spec *built_in[N_DTYPES]; /* functions that rows of index_functions.def are made of */
  Span use; /* of such a spec: the place in the user's text that all it makes stands at */
};

struct TrainBuild; /* check_train.h */

/* 'k[i] = e' in 'for i in 3': the items of tuple k, one a turn. */
typedef struct Built {
  Name name;
  VEC(Value) items;
} Built;

/* A loop that is written out, in the turn that is being elaborated. */
typedef struct Turn Turn;
struct Turn {
  Turn *outer;
  Str var;
  Scope *scope; /* of the loop */
  uint32_t at;
  VEC(Built) built;
};

/* The states of a program or of an optimizer, as names: where an assignment keeps its value. */
typedef struct Kept {
  Scope *scope;
  Frame *frame;
  VEC(Str) names;
} Kept;

/* How what is being elaborated is read; it holds for all that is inside of it. */
typedef struct Mode {
  bool index;            /* index notation: tensors must be subscripted */
  bool size;             /* a size: '/' rounds down */
  bool signature;        /* types of parameters are being matched: they bind their own sizes */
  bool tensor_constants; /* constants of an optimizer: arguments may be values of the run time */
  bool training;         /* the step of a training program: what the name 'training' says */
  bool looking;          /* elaborated to be looked at, and once more in earnest: keeps no state */
} Mode;
static inline Mode mode_index(Mode mode, bool on) { return mode.index = on, mode; }
static inline Mode mode_size(Mode mode, bool on) { return mode.size = on, mode; }

struct Check {
  Spec *spec;
  Ctx *ctx;
  Instance *instance;
  const FnDecl *fn; /* whose body it is; NULL in programs and constants */
  Frame *frame;
  Scope *scope;
  Layer *self;
  Rest rest;
  const With *with;       /* of the statement being elaborated */
  VEC(IndexVar *) active; /* index variables of the notation around, outermost first */
  Lead *lead;             /* '..' on the left of the definition: variables for the leading axes */
  uint32_t next_order;
  Turn *turn;          /* of the innermost 'for' of this function */
  VEC(SizeFact) facts; /* asserted in the blocks around */
  Mode mode;
  const Kept *kept;
  const Block *body;    /* whose variables are to be told apart */
  const Expr *assigned; /* what the statement being elaborated gives to names */
  struct TrainBuild *train;
};

/* What f32 means: f32, or f64. */
static inline DType dtype_real(const Spec *spec) { return spec->wide ? DT_f64 : DT_f32; }
/* The element type that a text names; false when it names none. */
bool dtype_named(const Spec *spec, const char *name, DType *out);

/* check_facts.c */
void facts_learn(Check *c, const SizeCondition *s, Span span);
/* By what is asserted, or for all sizes that leave no axis empty: whoever builds on it makes a node
 * that needs it. */
bool facts_ge(Check *c, Sz a, Sz b);
bool facts_equal(Check *c, Sz a, Sz b, Span *asserted);
/* A value of one axis with 'want' elements in place of 'have', equal by what is asserted. */
Ref facts_resize(Check *c, Ref flat, Sz have, Sz want, Span span);

/* check_size.c */
/* Symbols of vocabularies whose size is known, and these sizes. */
typedef struct SizeMap {
  Sz *from, *to;
  int n;
} SizeMap;
SizeMap known_sizes(const Spec *spec);
Value number_binary(Check *c, BinaryOp op, Value a, Value b, Span span); /* both numbers or bools */
Value unknown_not(Ctx *ctx, const Value *v);
Op binary_op(BinaryOp op);
bool elab_size(Check *c, const Expr *x, Sz *out);
/* A size that may be an extent: false with a diagnostic when it is negative for all sizes. */
bool elab_extent(Check *c, const Expr *x, Sz *out);
bool extent_fits(Check *c, Sz extent, Span span);
bool elab_int(Check *c, const Expr *x, int64_t *out);
bool elab_static_bool(Check *c, const Expr *x, Value *out);
/* The condition of an assertion: VAL_unknown as well where sizes or single numbers decide while
 * running; by the condition then, which is REF_NONE when nothing does. */
bool elab_claim(Check *c, const Expr *x, Value *out, Ref *condition);
/* A type of a signature with all names bound; unknown ones become symbols when the scope says so.
 */
Ty type_eval(Check *c, const TypeExpr *t);
const TypeExpr *tuple_item(const TypeExpr *t, int64_t i);
bool type_is_mask(const Ctx *ctx, const TypeExpr *t); /* mask[B, N]: bools that tell padding */
void dim_sets(Check *c, const TypeExpr *t, int32_t *sets, int *n);
/* Matches a declared type with an actual one, binding size names; pass 0 binds bare names only. */
typedef struct Wanted {
  const TypeExpr *type;
  Ty actual;
  Span span;        /* of the actual */
  const char *what; /* "argument 'x'" */
} Wanted;
bool unify_all(Check *c, const Wanted *wanted, uint32_t n);
/* The same of the types of parameters, and such a type: they bind their own sizes. */
bool unify_signature(Check *c, const Wanted *wanted, uint32_t n);
Ty type_of_signature(Check *c, const TypeExpr *t);

/* check_expr.c */
Value elab_expr(Check *c, const Expr *x);
Value elab_as(Check *c, Mode mode, const Expr *x);
/* Sets the mode; gives the one before, to be set again. */
Mode mode_set(Check *c, Mode mode);
Value elab_tensor(Check *c, const Expr *x); /* imported, numbers turned to f32 */
Value elab_binary(Check *c, BinaryOp op, Value a, Value b, Span span);
Value lookup_name(Check *c, Str name, Span span);
bool member_find(Check *c, Layer *layer, Str name, Span span, Value *out);

/* check_index.c */
Value elab_subscript(Check *c, const Expr *x);

/* check_for.c: loops that are written out */
void elab_for(Check *c, const Stmt *s);
/* Whether a target is an item of a tuple that the loop around builds. */
bool builds_item(Check *c, const Expr *target);
void build_item_of(Check *c, const Expr *target, Value value);

/* check_update.c: k[:, t] = x */
bool updates_part(Check *c, const Expr *target);
void update_part(Check *c, const Expr *target, Value v);

/* check_gather.c */
Value gather_axes(Check *c, Value base, const int *axes, Value *indices, int n, Span span);

/* check_reduce.c */
bool reduce_keeps(Ctx *ctx, Str name); /* softmax, sort, ...: the index stays */
Value elab_reduce(Check *c, const Expr *x);
bool reduce_known(Ctx *ctx, Str name);
void reduce_names(Ctx *ctx, void (*visit)(void *user, Str name), void *user);
Value reduce_whole(Check *c, Str name, Value v, Span span); /* sum(x): over all own axes */

/* check_index_text.c: a row that is a text in Ordo, along an axis of x */
Ref index_text(Check *c, const char *name, const char *text, const char *first, Ref x, int axis,
               Span span);

/* check_call.c */
Value elab_call(Check *c, const Expr *x);
Value elab_with(Check *c, const Expr *x);

/* check_builtin.c */
bool builtin_known(Ctx *ctx, Str name);
void builtin_names(Ctx *ctx, void (*visit)(void *user, Str name), void *user);
Value builtin_call(Check *c, Str name, const Args *args, Span span);

/* check_layout.c: builtins that make or move whole tensors; v are n evaluated arguments */
Value layout_concat(Check *c, Value *v, uint32_t n, int64_t axis, Span span);
Value layout_stack(Check *c, Value *v, uint32_t n, Span span);
Value layout_split(Check *c, Value *v, Span span);
Value layout_reshape(Check *c, Value *v, Span span);
Value layout_transpose(Check *c, Value *v, Span span);
/* check_matrix.c */
Value matrix_call(Check *c, const char *name, Op op, const Value *v, Span span);
Value layout_filled(Check *c, Value value, Value *dims, uint32_t n, Span span);
Value layout_iota(Check *c, Value *v, Span span);
Value builtin_concat(Check *c, const Expr *x); /* concat[axis = 0](a, b) */
/* check_pad.c */
Value elab_pad(Check *c, const Expr *x);
Value layout_pad(Check *c, Value *v, uint32_t n, int64_t axis, Span span);

/* check_kept.c */
/* Whether giving the name a value would lose what was meant to be kept: a diagnostic then. */
bool loses_value(Check *c, Name name);

/* check_variable.c */
/* The value of a name. When the body differentiates by that name, and x, what the value was
 * computed by (may be NULL), is no name itself, it is a variable of its own from here on. */
Value variable_of(Check *c, Str name, const Expr *x, Value v, Span span);

/* check_grad.c */
/* Whether a value is computed from another one of the same frame: through what loops capture too;
 * through carries, as it seems before the end of the body. past_updates: also through what minimize
 * and move made of weights. */
typedef enum Dependence {
  DEPENDS_not,
  DEPENDS_first_turn, /* of a repeat, from what it has as first value */
  DEPENDS,
} Dependence;
Dependence depends_on(Check *c, Ref value, Ref on, bool past_updates);
Value elab_grad(Check *c, Value *v, Span span);

/* check_stmt.c */
/* The value of the last expression statement; *found tells whether there is one. */
Value elab_block(Check *c, const Block *block, bool *found, Span *where);
/* Says that the branches of an if cannot be chosen; false. */
bool check_undecided(Ctx *ctx, Span condition);
void assign_name(Check *c, Name name, Value value);

/* check_define.c */
void define_index(Check *c, const Expr *target, const Expr *value);

/* check_scatter.c: total[dst[e], h] = sum[e](m[e, h]) */
bool scatters(const Stmt *s);
void elab_scatter(Check *c, const Stmt *s);
void define_value(Check *c, const Expr *target, Value value);

/* check_train.c */
/* The layer of a setting of a training program, or NULL when it is none. */
LayerShape *train_net_shape(Spec *spec, const Item *program, Str name);

/* check_scan.c */
void loop_collect(Check *c, Name name, Step *steps, int n_steps, Value v);
void elab_scan(Check *c, const Stmt *s);
/* The part of a value from outside that the step of a loop picks: own axis cut to [start, start +
 * length). */
Value scan_slice(Check *c, Value v, int axis, IndexVar *var, Sz start, Sz length, bool reversed,
                 Span span);

/* check_random.c */
Value random_draw(Check *c, const char *name, const Value *v, uint32_t n, Span span);
Ref random_key(Check *c);      /* of the current frame; the function gets a hidden parameter */
Ref random_call_key(Check *c); /* for a call at a new place */

/* check_apart.c */
bool spec_unread(
    const Spec *spec); /* some text could not be parsed: what is missing may be there */
Check check_scratch(Spec *spec, Scope *scope); /* with a graph for constant expressions */
bool spec_override(Spec *spec, Str name, const Value *standard, Value *out); /* -D name=value */
/* An elaboration that may fail quietly: what it made is forgotten if it did. */
typedef struct Quiet {
  DiagMark mark;
  uint32_t instances, shapes;
} Quiet;
Quiet quiet_begin(Check *c);
void quiet_end(Check *c, Quiet quiet);

/* helpers */
static inline Sz size_int(Ctx *ctx, int64_t v) { return size_const(ctx, v); }
static inline void *alloc(Check *c, size_t n) { return arena_alloc(&c->ctx->arena, n); }

#endif
