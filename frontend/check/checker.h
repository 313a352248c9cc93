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

#include "base/map.h"
#include "frontend/check.h"

typedef struct Check Check;
typedef struct Frame Frame;
typedef struct Scope Scope;
typedef struct Layer Layer;
typedef struct LayerShape LayerShape;
typedef struct Instance Instance;

/* Of a tuple, an array of layers, a loop that is written out. */
enum { MOST_ITEMS = 100000 };

/* ---- values ---- */

/* An index variable: 'n' in e[b, n] = ..., in sum[n](...), or the counter of a scan. */
typedef struct IndexVar {
  Str name;
  Span span;  /* where it was introduced */
  Sz extent;  /* SZ_NONE until some use tells */
  Span told;  /* the use that told */
  bool fixed; /* told by 'with' or by a scan: a longer axis is then cut to it */
  bool wrong; /* its extent was given, wrongly: no more is said about it */
  bool kept;  /* bound by argsort[n] and the like: stands for the one axis left over on the left */
  uint32_t order;
  Frame *loop; /* scan: the frame of its body, else NULL */
  Ref step;    /* scan: the step in that frame */
} IndexVar;

typedef enum ValueKind {
  VAL_poison,
  VAL_number,  /* known to the compiler: 0.5, 3, N, N/2 */
  VAL_bool,    /* known to the compiler */
  VAL_unknown, /* constant whose value is not given in a check on its own */
  VAL_text,
  VAL_index,
  VAL_tensor,
  VAL_tuple,
  VAL_list, /* [B, 2*N] */
  VAL_layer,
  VAL_layers,
  VAL_data,   /* a data set */
  VAL_record, /* a batch of it: named values */
} ValueKind;

typedef struct Value Value;
typedef struct Values {
  Value *data;
  uint32_t len;
} Values;

struct Value {
  ValueKind kind;
  bool as_set;     /* tensor: that its axes have an order is given up on purpose */
  bool frozen;     /* tensor: a weight of a frozen model */
  bool whole_name; /* tensor: a name without subscript, not allowed inside index notation */
  Span span;       /* where it was declared, for notes */
  union {
    struct {
      bool known; /* f is the value; otherwise it is a symbolic size */
      double f;
      Sz size;     /* as a size, rounded down; SZ_NONE when not a whole number at all */
      Sz num, den; /* symbolic quotient that is not whole: num / den; den SZ_NONE otherwise */
    } number;
    bool boolean;
    Str text;
    IndexVar *index;
    struct {
      Frame *frame;
      Ref ref;
      IndexVar **vars; /* of the hidden axes */
      int n_vars;
    } tensor;
    struct {
      Values items; /* tuple, list, layers, record */
      Str *names;   /* record: of the items */
    };
    Layer *layer;
    SpecData *data;
  };
};

/* ---- frames, scopes ---- */

typedef struct Capture {
  Ref outer, inner;
} Capture;

/* The counter of a loop on the left of '=' and its axis in the finished tensor. */
typedef struct Step {
  IndexVar *var;
  int axis;
} Step;

/* 'out[:, t, :] = h' in a loop: the value of each step, to be stacked. */
typedef struct Collect {
  Name name;
  Ref value;   /* in the body; REF_NONE when something was wrong with it */
  Step *steps; /* of this loop and, in nested loops, of those around */
  int n_steps;
} Collect;

struct Frame {
  Frame *parent; /* the graph around a loop's body; NULL for a function */
  Graph *graph;
  Instance *instance;
  IndexVar *counter; /* of the loop */
  Ref key;           /* random key of this frame, REF_NONE until wanted */
  VEC(Capture) captures, slices;
  VEC(Capture) firsts; /* carries: their first values, and what they are in the body */
  bool repeats;        /* the body of a repeat */
  VEC(Collect) collects;
};

typedef struct Binding {
  Str name;
  Span span;
  Value value;
} Binding;

struct Scope {
  Scope *parent;
  VEC(Binding) names;
  Map by_name;  /* once there are many */
  bool symbols; /* unknown sizes in types become symbols here (signature checked on its own) */
};

/* ---- layers ---- */

typedef struct WeightInfo {
  Str path;
  Ty type;
  const Member *decl;
  LayerShape *owner; /* the layer that declares it: its constants are visible in the initialiser */
} WeightInfo;

typedef struct LayerMember {
  Name name;
  const Member *decl;
  LayerShape *shape; /* sublayer; NULL for a weight */
  uint32_t first;    /* of its weights in the flat list */
  int64_t count;     /* array of layers: number; -1 otherwise */
} LayerMember;

struct LayerShape {
  const Item *item;
  Scope *constants;
  Str key, name; /* name: "LSTM(128, 256)" */
  VEC(LayerMember) members;
  VEC(WeightInfo) weights;
  VEC(const FnDecl *) methods;
  bool busy;
  bool failed;
};

/* A layer instance: a shape and its weights as values of a frame. */
struct Layer {
  LayerShape *shape;
  Str path; /* in the enclosing graph */
  Frame *frame;
  Ref *weights;
  Value
      *members; /* by member of the shape: layers and arrays of layers, once they were asked for */
  Frame *asked_in; /* the frame that they stand in */
  bool frozen;     /* a model of a program that is not trained: never 'training' inside */
};

/* ---- instances ---- */

typedef struct ParamInfo {
  Str name;
  Ty type;
} ParamInfo;

/* An assertion that the arguments of a call decide. */
typedef struct Claim {
  const Stmt *stmt;
  Ref condition; /* in the instance's graph, until that is swept */
  Graph *graph;  /* then: the instance's parameters, and the condition as result */
} Claim;

struct Instance {
  Str key, name;
  const FnDecl *decl;
  const Item *item; /* extern, init: the item */
  LayerShape *self;
  Graph *graph;
  Value result; /* template: tensors of the graph in tuples */
  bool alone;   /* with the sizes of its signature as symbols, not called */
  bool needs_key, busy, failed;
  bool training, mode_matters; /* elaborated for a step; whether that makes a difference */
  VEC(Claim) claims;
  bool stopped;         /* an assertion failed: what follows may not make sense */
  Span undecided;       /* an 'if', here or in what is called, whose condition hangs on a size */
  uint32_t places;      /* random places so far */
  uint32_t busy_inline; /* functions being applied in index notation, one inside the other */
};

typedef struct Rest {
  bool bound;
  Sz *dims;
  int n;
  Span span;
} Rest;

/* y[.., d] = ...: the leading axes of all tensors in the definition, as unnamed index variables. */
typedef struct Lead {
  bool known;
  IndexVar **vars;
  int n;
  uint32_t order;
  Span span;
} Lead;

/* ---- what training programs add to expressions and statements: frontend/train/check_train.c ---- */

typedef struct TrainRules {
  void (*stmt)(Check *c, const Stmt *s); /* minimize, move, repeat, log */
  /* Keeps a new value of a state member of the program, converted to its type; false with a
   * diagnostic when it does not fit. Other names are none of its business: true. */
  bool (*assign)(Check *c, Name name, Value *v);
  /* Of a data set: pairs.src; pairs.batch(64), pairs.batches(64), where method is the name called. */
  Value (*member)(Check *c, SpecData *data, Name name);
  Value (*batch)(Check *c, SpecData *data, Name method, const Args *args, Span span);
} TrainRules;

/* ---- the spec and the state of one elaboration ---- */

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
  int depth;                       /* of layers inside layers */
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
} Mode;
static inline Mode mode_index(Mode mode, bool on) { return mode.index = on, mode; }
static inline Mode mode_size(Mode mode, bool on) { return mode.size = on, mode; }

struct Check {
  Spec *spec;
  Ctx *ctx;
  Instance *instance;
  Frame *frame;
  Scope *scope;
  Layer *self;
  Rest rest;
  const With *with;       /* of the statement being elaborated */
  VEC(IndexVar *) active; /* index variables of the notation around, outermost first */
  Lead *lead;             /* '..' on the left of the definition: variables for the leading axes */
  uint32_t next_order;
  Turn *turn; /* of the innermost 'for' of this function */
  Mode mode;
  const Kept *kept;
  const Block *body;    /* whose variables are to be told apart */
  const Expr *assigned; /* what the statement being elaborated gives to names */
  struct TrainBuild *train;
};

/* check_value.c */
Value value_poison(void);
Value value_bool(bool b);
Value value_number(Ctx *ctx, double f);
Value value_size(Ctx *ctx, Sz size);
Value value_tensor(Check *c, Ref ref);
Value value_tuple(Values items);
bool value_ok(const Value *v);
bool value_is_size(const Value *v, Sz *out); /* a whole number known to the compiler or a symbol */
const char *value_str(Check *c, const Value *v);      /* for messages: its type, or what it is */
const TypeInfo *value_info(Check *c, const Value *v); /* tensor: type of all axes */
int value_rank(Check *c, const Value *v);             /* own axes */
const Sz *value_dims(Check *c, const Value *v);       /* own extents */
Ty value_element(Check *c, const Value *v);           /* tensor: rank 0 type of its elements */
Ty value_type(Check *c, const Value *v);              /* tensor without hidden axes: its type */
/* Number, index variable or bool to a tensor; element is what the surroundings want, or TY_NONE. */
Value value_to_tensor(Check *c, Value v, Ty element, Span span);
/* Leaves of a value as tensors; template keeps the structure. */
typedef struct RefList {
  VEC(Ref) refs;
} RefList;
bool value_flatten(Check *c, Value v, Span span, RefList *out, Value *template);
Value value_rebuild(Check *c, const Value *template, const Ref *refs, uint32_t *next);
Values values_new(Ctx *ctx, uint32_t n);

/* check_scope.c */
Scope *scope_new(Ctx *ctx, Scope *parent);
void scope_bind(Ctx *ctx, Scope *scope, Str name, Span span, Value value);
Binding *scope_find(Scope *scope, Str name);
Binding *scope_find_here(Scope *scope, Str name);
Frame *frame_new(Check *c, Frame *parent, Str name);
Graph *graph_here(Check *c, Span span);           /* the graph of the current frame, stamped */
Ref frame_import(Check *c, Frame *from, Ref ref); /* to the current frame */
Ref frame_import_to(Check *c, Frame *to, Frame *from, Ref ref);
Value value_import(Check *c, Value v);
/* The nearest known name, as a help of the diagnostic just made. */
void suggest_name(Check *c, Str wanted);
/* "import linear" for what a file of the library declares (check_suggest.c). */
void suggest_import(Check *c, Str name);
Item *spec_item(Spec *spec, ItemKind kind, Str name);
/* The item that holds the name in the space of names of that kind. */
Item *spec_namesake(Spec *spec, ItemKind kind, Str name);
void spec_add_item(Spec *spec, Item *item);

/* check_align.c: shapes of operands */
typedef struct Shape {
  IndexVar **vars;
  int n_vars;
  Sz *dims;
  int rank;
} Shape;
bool shape_join(Check *c, const Value *values, int n, Span span, Shape *out);
Value shape_expand(Check *c, Value v, const Shape *shape, Span span);
Shape shape_of(Check *c, const Value *v);
Value shape_move_vars(Check *c, Value v, IndexVar *const *vars,
                      int n_vars);                       /* same vars, this order */
int shape_var_axis(const Value *v, const IndexVar *var); /* hidden axis of a variable or -1 */
/* Elementwise op with numbers adapted, operands aligned and the type checked. */
Value apply_op(Check *c, Op op, Value *operands, int n, Span span);

/* check_size.c */
/* Symbols of vocabularies whose size is known, and these sizes. */
typedef struct SizeMap {
  Sz *from, *to;
  int n;
} SizeMap;
SizeMap known_sizes(const Spec *spec);
Value number_binary(Check *c, BinaryOp op, Value a, Value b, Span span); /* both numbers or bools */
bool elab_size(Check *c, const Expr *x, Sz *out);
/* A size that may be an extent: false with a diagnostic when it is negative for all sizes. */
bool elab_extent(Check *c, const Expr *x, Sz *out);
bool extent_fits(Check *c, Sz extent, Span span);
bool elab_int(Check *c, const Expr *x, int64_t *out);
bool elab_static_bool(Check *c, const Expr *x, Value *out);
/* The condition of an assertion: VAL_unknown as well where single numbers decide while running. */
bool elab_claim(Check *c, const Expr *x, Value *out, Ref *condition);
/* check_stmt.c: says that an assertion failed, or (call) that a call's arguments break it. */
void assertion_failed(Check *c, const Stmt *s, Str name, const Span *call);
/* A type of a signature with all names bound; unknown ones become symbols when the scope says so.
 */
Ty type_eval(Check *c, const TypeExpr *t);
const TypeExpr *tuple_item(const TypeExpr *t, int64_t i);
bool type_dtype(Check *c, const TypeExpr *t, DType *out);
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

/* check_matmul.c */
Value elab_matmul(Check *c, Value a, Value b, Span span);
/* A tensor whose axes belong to variables (NULL: own) in any order, as a value: hidden axes first.
 */
Value hidden_first(Check *c, Ref ref, IndexVar **vars, int n);

/* check_infer.c */
typedef struct Affine {
  IndexVar *var;
  int sign;
  Sz offset;
} Affine;
IndexVar *index_new(Check *c, Name name);
void index_push(Check *c, IndexVar *var); /* binds it in the current scope */
void index_pop(Check *c, uint32_t n);
void index_infer(Check *c, const Expr *x); /* extents of variables from their uses in x */
/* Tells an extent; false with a diagnostic when it is another one already. */
bool index_extent(Check *c, IndexVar *var, Sz extent, Span span, const char *what);
bool index_has_extent(Check *c, IndexVar *var, Span span);
bool index_affine(Check *c, const Expr *x, Affine *out);
/* The variables of '..' for n leading axes of the given extents; NULL with a diagnostic when they
 * differ. */
IndexVar **lead_vars(Check *c, const Sz *dims, int n, Span span);

/* check_index.c */
Value elab_subscript(Check *c, const Expr *x);

/* check_claims.c */
bool declares_claim(const Ctx *ctx, const FnDecl *fn);
/* False after a diagnostic when a parameter declared as a sequence is passed as a set. */
bool check_set_argument(Check *c, const Param *p, const Value *v, Span span);

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
Value reduce_whole(Check *c, Str name, Value v, Span span); /* sum(x): over all own axes */

/* check_call.c */
Value elab_call(Check *c, const Expr *x);
Value call_layer(Check *c, Layer *layer, Name method, const Args *args, Span span);

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
Value layout_assign(Check *c, Value *v, Span span);
Value layout_filled(Check *c, Value value, Value *dims, uint32_t n, Span span);
Value layout_iota(Check *c, Value *v, Span span);
Value builtin_concat(Check *c, const Expr *x); /* concat[axis = 0](a, b) */

/* check_kept.c */
/* Whether giving the name a value would lose what was meant to be kept: a diagnostic then. */
bool loses_value(Check *c, Name name);

/* check_variable.c */
/* The value of a name. When the body differentiates by that name, and x, what the value was computed
 * by (may be NULL), is no name itself, it is a variable of its own from here on. */
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

/* check_instance.c */
typedef struct Actual {
  Value value;
  Span span;
  bool given; /* otherwise the default */
} Actual;
/* A function of the text, or an extern one (item), applied to one actual for each parameter. */
typedef struct Callee {
  const FnDecl *fn;
  const Item *item; /* of an extern function, else NULL */
  Layer *self;      /* of a method, else NULL */
} Callee;
Value instance_call(Check *c, const Callee *callee, Actual *actuals, Span span);
/* An elaboration with the sizes of the signature as symbols. */
Instance *instance_alone(Spec *spec, const FnDecl *fn, LayerShape *self, const Value *given);
Check check_new(Spec *spec, Scope *scope);
Str callee_name(Ctx *ctx, const FnDecl *fn, const LayerShape *self);
Instance *instance_new(Check *c, Str key, Str name);
/* Keeps the instance, to be found by its key. */
void instance_add(Spec *spec, Instance *in);
/* An instance that never asked for the mode serves both. NULL when there is none. */
Instance *instance_find(Spec *spec, Str key, bool training);
Layer *layer_of_params(Check *c, LayerShape *shape, const char *prefix, Str path);
/* Evaluates a body and makes the results of the graph of it. */
void instance_finish(Check *c, Instance *in, const Block *body, const TypeExpr *result, Span span);
/* False with diagnostics when no sizes fit what a graph needs (ir/needs.h). */
bool sizes_possible(Spec *spec, const Graph *g);

/* check_init.c */
/* The graph that draws the first value of a weight: no parameter, or the key. NULL with a
 * diagnostic. */
Graph *init_graph(Spec *spec, const Expr *init, Scope *constants, Ty type);

/* check_layer.c */
LayerShape *layer_shape(Check *c, const Item *item, const Args *args, Span span);
LayerShape *layer_shape_of(Check *c, const Item *item, Scope *constants);
Layer *layer_member(Check *c, Layer *layer, const LayerMember *member, int64_t element);
const FnDecl *layer_method(const LayerShape *shape, Str name);
/* Constants of a layer, optimizer or initialiser from arguments evaluated in c; NULL with a
 * diagnostic. */
Scope *bind_constants(Check *c, const Params *params, const Args *args, const char *what,
                      Span span);
const char *constants_key(Check *c, const Params *params, Scope *scope);

/* check_stmt.c */
/* The value of the last expression statement; *found tells whether there is one. */
Value elab_block(Check *c, const Block *block, bool *found, Span *where);
/* Says that the branches of an if cannot be chosen; false. */
bool check_undecided(Ctx *ctx, Span condition);
void elab_stmt(Check *c, const Stmt *s);
void assign_name(Check *c, Name name, Value value);

/* check_define.c */
void define_index(Check *c, const Expr *target, const Expr *value);
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
