/* The graph: interned sizes and types, nodes, the builder.
 *
 * - Static single assignment over pure values. A node is named by a Ref, an index into its graph's
 * array, which is in topological order: operands come before their users.
 * - Graphs are closed: a body (of scan, call, kernel) sees only its own parameters; what it
 * captures is an operand of the node that owns it.
 * - build_op infers the type, folds constants and hash-conses: equal nodes are one node, so common
 *   subexpressions need no pass. Nodes are never changed once built; a pass walks the old graph and
 * builds a new one (graph_sweep drops what is dead).
 * - Elementwise operands have equal shapes; a broadcast is a node; a constant is a splat of any
 * shape.
 */
#ifndef ORDO_IR_H
#define ORDO_IR_H

#include "base/ctx.h"
#include "base/dtype.h"

/* ---- sizes: canonical integer polynomials over symbols (ir/size.c) ---- */

/* A symbol is a named extent, at least 0. floor(a/b) that cannot be divided out, and min/max, are
 * opaque atoms. Equal polynomials are the same Sz. Sz 0 is "none": what overflows 64 bits or
 * divides by zero is none, and so is everything computed from it. */
typedef struct Sz {
  uint32_t i;
} Sz;
#define SZ_NONE ((Sz){0})
static inline bool sz_eq(Sz a, Sz b) { return a.i == b.i; }

Sz size_const(Ctx *ctx, int64_t value);
Sz size_symbol(Ctx *ctx, Str name);        /* one name, one symbol */
Sz size_fresh(Ctx *ctx, const char *hint); /* a symbol that no text can name, printed hint'1 */
Sz size_add(Ctx *ctx, Sz a, Sz b);
Sz size_sub(Ctx *ctx, Sz a, Sz b);
Sz size_mul(Ctx *ctx, Sz a, Sz b);
Sz size_div(Ctx *ctx, Sz a, Sz b); /* floor division; exact when the polynomial divides */
Sz size_mod(Ctx *ctx, Sz a, Sz b); /* a - b * floor(a/b) */
Sz size_min(Ctx *ctx, Sz a, Sz b);
Sz size_max(Ctx *ctx, Sz a, Sz b);
bool size_is_const(const Ctx *ctx, Sz a, int64_t *value); /* value may be NULL */
bool size_is(const Ctx *ctx, Sz a, int64_t value);
bool size_is_symbol(const Ctx *ctx, Sz a, Str *name); /* exactly one symbol */
/* Proves a >= b for all symbols >= 0 (sound, not complete: false means "not proved"). */
bool size_ge(const Ctx *ctx, Sz a, Sz b);
/* The same for all symbols >= 1: what holds as long as no axis is empty. Only where the rest is
 * required when sizes are bound (ir/needs.h): what the checker accepts, never what code relies
 * on. */
bool size_ge_filled(const Ctx *ctx, Sz a, Sz b);
bool size_divides(Ctx *ctx, Sz a, int64_t k); /* k divides a for all values of the symbols */
/* Replaces symbols: from[i] (a symbol) becomes to[i]. */
Sz size_subst(Ctx *ctx, Sz a, const Sz *from, const Sz *to, int n);
/* Calls visit for each distinct symbol in a, those inside atoms included. */
void size_symbols(Ctx *ctx, Sz a, void (*visit)(void *user, Sz symbol), void *user);
/* Solves a == value for one unknown symbol that occurs linearly: a = k*s + c; false when it does
 * not. */
bool size_solve(Ctx *ctx, Sz a, Sz symbol, Sz value, Sz *out);
void size_print(const Ctx *ctx, Sz a, Text *out);
const char *size_str(Ctx *ctx, Sz a);
/* Values of symbols at run time. */
typedef struct SizeEnv {
  VEC(Sz) symbols;
  VEC(int64_t) values;
} SizeEnv;
void size_env_set(Ctx *ctx, SizeEnv *env, Sz symbol, int64_t value);
bool size_env_get(const SizeEnv *env, Sz symbol, int64_t *value);
/* The value under env; false when a symbol is missing or the arithmetic overflows. */
bool size_eval(const Ctx *ctx, Sz a, const SizeEnv *env, int64_t *value);

/* ---- types (ir/type.c) ---- */
enum { MAX_RANK = 16 }; /* axes of a tensor; build_check refuses more */

/* An interned type; equality is ==. A tensor (rank 0 is a scalar) or a tuple of types. Ty 0 is
 * "none" (poison). */
typedef struct Ty {
  uint32_t i;
} Ty;
#define TY_NONE ((Ty){0})
static inline bool ty_eq(Ty a, Ty b) { return a.i == b.i; }

typedef struct TypeInfo {
  bool is_tuple;
  DType dtype;
  Sz extent; /* DT_idx: the axis that the index points into */
  int rank;  /* tensor: number of axes; tuple: number of items */
  const Sz *dims;
  const Ty *items;
} TypeInfo;

Ty type_tensor(Ctx *ctx, DType dtype, const Sz *dims, int rank);
Ty type_index(Ctx *ctx, Sz extent, const Sz *dims, int rank); /* <extent>[dims] */
Ty type_tuple(Ctx *ctx, const Ty *items, int n);
Ty type_scalar(Ctx *ctx, DType dtype);
const TypeInfo *type_info(const Ctx *ctx, Ty type);
/* The same element type (index extent included) with other dims. */
Ty type_with_dims(Ctx *ctx, Ty element, const Sz *dims, int rank);
/* The same dims with another element type. */
Ty type_with_dtype(Ctx *ctx, Ty shape, DType dtype);
bool type_same_shape(const Ctx *ctx, Ty a, Ty b);
bool type_same_element(const Ctx *ctx, Ty a, Ty b);
Ty type_subst(Ctx *ctx, Ty type, const Sz *from, const Sz *to, int n);
Sz type_count(Ctx *ctx, Ty type);                    /* number of elements */
void type_print(const Ctx *ctx, Ty type, Text *out); /* f32[B, 2*H]  <V>[B, T]  (f32[B], i32) */
const char *type_str(Ctx *ctx, Ty type);

/* ---- ops (ir/ops.c from ir/ops.def) ---- */
typedef enum Op {
#define OP(name, ...) OP_##name,
#define INDEX_FN(...)
#define INSTR(...)
#include "ir/ops.def"
#undef OP
#undef INDEX_FN
#undef INSTR
  N_OPS
} Op;

/* Traits: the class decides how passes treat an op; nobody switches on single ops without need. */
enum {
  T_LEAF = 1 << 0,        /* no operands */
  T_ELEMENTWISE = 1 << 1, /* one result element from the operand elements at the same place */
  T_MOVEMENT = 1 << 2,    /* result elements are operand elements (or padding) somewhere else */
  T_REDUCE = 1 << 3,      /* attribute axes: those axes go */
  T_ARGREDUCE = 1 << 4,   /* attribute axis: that axis goes, an index into it comes */
  T_CONTRACT = 1 << 5,    /* dot */
  T_INDEXED = 1 << 6,     /* gather, scatter_add: positions are data */
  T_ALONG = 1 << 7,       /* works along one axis and keeps it: cumsum, sort, argsort */
  T_RANDOM = 1 << 8,
  T_REGION = 1 << 9,    /* has a body graph */
  T_COMMUTES = 1 << 10, /* a op b == b op a */
  T_ASSOCIATES = 1 << 11,
  T_COMPARE = 1 << 12, /* result is bool */
  T_TUPLE = 1 << 13,   /* result type is a tuple */
  T_MATRIX = 1 << 14,  /* of whole matrices, the last two axes; all leading axes are a batch */
  T_RANKS = 1 << 15,   /* between the processes that run the graph together */
  T_CUSTOM = 1 << 16,  /* of a plug-in (ir/custom.h) */
};

/* Attribute names and kinds are rows of ir/attrs.def. */
typedef enum AttrKind { ATTR_int, ATTR_float, ATTR_str, ATTR_size, ATTR_ints, ATTR_sizes } AttrKind;
typedef enum AttrName {
#define ATTR(name, kind, doc) A_##name,
#include "ir/attrs.def"
#undef ATTR
  N_ATTRS
} AttrName;
extern const char *const attr_name[N_ATTRS];
extern const AttrKind attr_kind[N_ATTRS];

typedef struct Attr {
  uint8_t name; /* AttrName; attributes of a node are sorted by it */
  uint16_t n;   /* length of ints and sizes */
  union {
    int64_t i;
    double f;
    Str s;
    Sz z;
    const int32_t *ints;
    const Sz *sizes;
  };
} Attr;

static inline Attr attr_i(AttrName name, int64_t v) { return (Attr){.name = name, .i = v}; }
static inline Attr attr_f(AttrName name, double v) { return (Attr){.name = name, .f = v}; }
static inline Attr attr_s(AttrName name, Str v) { return (Attr){.name = name, .s = v}; }
static inline Attr attr_z(AttrName name, Sz v) { return (Attr){.name = name, .z = v}; }
static inline Attr attr_is(AttrName name, const int32_t *v, int n) {
  return (Attr){.name = name, .n = (uint16_t)n, .ints = v};
}
static inline Attr attr_zs(AttrName name, const Sz *v, int n) {
  return (Attr){.name = name, .n = (uint16_t)n, .sizes = v};
}

/* ---- nodes and graphs (ir/graph.c) ---- */
typedef struct Ref {
  uint32_t i;
} Ref;
#define REF_NONE ((Ref){UINT32_MAX})
static inline bool ref_none(Ref r) { return r.i == UINT32_MAX; }
static inline bool ref_eq(Ref a, Ref b) { return a.i == b.i; }

typedef struct Graph Graph;
/* What a plug-in says about the value of a node (ir/custom.h). */
typedef struct NodeFact {
  Str kind, value;
  const struct NodeFact *next;
} NodeFact;
typedef struct Node {
  Op op;
  Ty type;
  int n_operands;
  uint16_t n_attrs;
  const Ref *operands;
  const Attr *attrs;
  Graph *body; /* scan, call, kernel: the region; NULL otherwise */
  Span span;
  Str name;  /* the user's name for the value, or empty */
  Str scope; /* path of the layer or function that the node was written in: "net.process"; of an
                optimizer's update: "adam over net.process.W" */
  const NodeFact *facts; /* by kind; NULL: none */
} Node;

struct Graph {
  Ctx *ctx;
  Str name;
  VEC(Node) nodes;
  VEC(Ref) params;
  VEC(Ref) results;
  VEC(Str) result_names; /* parallel to results; may hold empty names */
  /* What the builder stamps on new nodes. */
  Span span;
  Str scope;
  /* Hash table of node indices + 1. */
  uint32_t *slots, n_slots;
};

Graph *graph_new(Ctx *ctx, Str name);
/* Room for so many more parameters, and other nodes: a graph that is known to become large
 * leaves less garbage. */
void graph_reserve(Graph *g, uint32_t params, uint32_t others);
/* Appends a parameter; sets lists the axes declared as set axes (may be NULL). */
Ref graph_param(Graph *g, Ty type, Str name, const int32_t *sets, int n_sets);
/* Appends a mask, of bools: false where the last axis is padding. */
Ref graph_mask_param(Graph *g, Ty type, Str name, const int32_t *sets, int n_sets);
/* What a parameter is to who runs the graph: a row of ir/roles.def. */
typedef enum ParamRole {
#define ROLE(name, doc) ROLE_##name,
#include "ir/roles.def"
#undef ROLE
  N_ROLES
} ParamRole;
extern const char *const role_name[N_ROLES];
bool role_find(const char *name, ParamRole *out);
Ref graph_role_param(Graph *g, Ty type, Str name, ParamRole role);
ParamRole param_role(const Graph *g, Ref param);
uint32_t graph_count_params(const Graph *g, ParamRole role);
/* Their places in g->params, in order. */
uint32_t *graph_params_of(const Graph *g, ParamRole role);
/* Appends a parameter that is declared as another one is. */
Ref graph_param_like(Graph *g, Ty type, const Node *param);
void graph_result(Graph *g, Ref value, Str name);
static inline const Node *graph_node(const Graph *g, Ref r) { return &g->nodes.data[r.i]; }
static inline Ty graph_type(const Graph *g, Ref r) { return g->nodes.data[r.i].type; }
static inline const TypeInfo *graph_info(const Graph *g, Ref r) {
  return type_info(g->ctx, graph_type(g, r));
}
const Attr *node_attr(const Node *n, AttrName name); /* NULL when absent */
int64_t node_int(const Node *n, AttrName name, int64_t otherwise);
double node_float(const Node *n, AttrName name, double otherwise);
Str node_str(const Node *n, AttrName name); /* empty when absent */
Sz node_size(const Node *n, AttrName name); /* SZ_NONE when absent */
/* The precision of a dot, for another one that is made of it; nothing for the machine's own. */
static inline Attr dot_precision(const Node *n) {
  return attr_s(A_precision, node_str(n, A_precision));
}
static inline bool dot_is_bf16(const Node *n) { return !str_none(node_str(n, A_precision)); }

/* The general builder. given is the wanted result type where the op's row says so (else TY_NONE or
 * the same as inferred). A wrong use is a compiler bug when it comes from C; the graph reader uses
 * build_check first. */
Ref build_op(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs, int n_attrs,
             Ty given);
Ref build_region(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs,
                 int n_attrs, Graph *body, Ty given);
/* Checks operands, attributes and type; returns the type or TY_NONE with a message in *why (in
 * ctx's arena). There is no node yet and no place: the reader, the verifier and the checker have
 * each their own. */
Ty build_check(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs, int n_attrs,
               Graph *body, Ty given, const char **why);
/* Copies a node of another graph with new operands (already of g) and attributes as they are. */
Ref build_copy(Graph *g, const Node *node, const Ref *operands);

/* Convenience (ir/build.c); all of them fold and share. Shapes of operands must be equal where
 * elementwise. */
Ref build_const(Graph *g, Ty type, double value); /* a splat */
Ref build_scalar(Graph *g, DType dtype, double value);
Ref build1(Graph *g, Op op, Ref a);
Ref build2(Graph *g, Op op, Ref a, Ref b);
Ref build3(Graph *g, Op op, Ref a, Ref b, Ref c);
Ref build_cast(Graph *g, Ref a, DType dtype);
/* To dims; axes[i] is the result axis of operand axis i (increasing); an operand axis of extent 1
 * may grow only by being dropped first (reshape). */
Ref build_broadcast(Graph *g, Ref a, const Sz *dims, int rank, const int32_t *axes);
Ref build_splat(Graph *g, Ref scalar, Ty shape_of); /* rank 0 to the shape of a type */
Ref build_transpose(Graph *g, Ref a,
                    const int32_t *perm); /* result axis i is operand axis perm[i] */
Ref build_reshape(Graph *g, Ref a, const Sz *dims, int rank);
Ref build_slice(Graph *g, Ref a, int axis, Sz start, Sz length);
Ref build_concat(Graph *g, const Ref *parts, int n, int axis);
Ref build_pad(Graph *g, Ref a, int axis, Sz before, Sz after, double value);
Ref build_reduce(Graph *g, Op op, Ref a, const int32_t *axes, int n);
Ref build_item(Graph *g, Ref tuple, int index);
Ref build_iota(Graph *g, Ty type, int axis);
/* A variable of its own, different from all that are in g. */
Ref build_variable(Graph *g, Ref a);
Ref build_size(Graph *g, Sz size); /* i32 scalar */
Ref build_size_as(Graph *g, Sz size, DType dtype);

/* A copy without the nodes that no result needs, parameters first; the graph itself when it is
 * that already. */
Graph *graph_sweep(const Graph *g);
/* Deep structural hash and equality up to node order: names and spans do not count. */
uint64_t graph_hash(const Graph *g);
bool graph_equal(const Graph *a, const Graph *b);

/* A copy with symbols of sizes replaced everywhere, bodies included; the graph itself when n is
 * 0. */
Graph *graph_subst(const Graph *g, const Sz *from, const Sz *to, int n);
/* Visits every symbol of the sizes in a type or a graph, bodies included; some several times. */
void type_symbols(Ctx *ctx, Ty type, void (*visit)(void *user, Sz symbol), void *user);
void graph_symbols(const Graph *g, void (*visit)(void *user, Sz symbol), void *user);

/* A map from the nodes of an old graph to those of a new one: what every pass needs. */
typedef struct RefMap {
  Ref *to; /* by old index; REF_NONE when not mapped yet */
} RefMap;
RefMap refmap_new(Arena *arena, const Graph *old);
/* A new graph with the old one's name, parameters (mapped) and stamps. */
Graph *graph_like(const Graph *old, RefMap *map);
/* Copies node r of old to g under the map (operands must be mapped); body is taken as it is. */
Ref refmap_copy(const Graph *old, Ref r, Graph *g, const RefMap *map);
/* Whether g is old, node by node: each was copied as it is to its own place, nothing was added. */
bool refmap_same(const Graph *old, const Graph *g, const RefMap *map);
/* Whether a result needs it, by node; in the graph's arena. */
bool *graph_live(const Graph *g);
bool *graph_live_in(const Graph *g, Arena *arena);
/* Copies to g what results of old need and the map does not have yet, and gives g the results. */
void graph_fill(const Graph *old, Graph *g, RefMap *map);

/* ---- op rows ---- */
typedef struct TypeRuleArgs {
  Ctx *ctx;
  const Graph *graph;
  Op op;
  const Ref *operands;
  int n;
  const Attr *attrs;
  int n_attrs;
  const Graph *body;
  Ty given;
  const char **why;
} TypeRuleArgs;
typedef Ty (*TypeRule)(const TypeRuleArgs *args);

/* What an op does with the order along its axes: the analysis of set axes has a rule for each
 * (passes/sets/sets_rules.c). Elementwise ops, reductions, arg-reductions and dot get theirs
 * from their class unless the row says otherwise. */
typedef enum SetRule {
  SETS_by_class,
  SETS_param,     /* as declared */
  SETS_splat,     /* the same in every place */
  SETS_iota,      /* positions */
  SETS_numbers,   /* elementwise; index operands count as numbers */
  SETS_compare,   /* elementwise; indices into one set may be compared */
  SETS_choose,    /* elementwise; indices come through as they are */
  SETS_cast,      /* indices of the same extent come through */
  SETS_give_up,   /* the order counts from here on */
  SETS_broadcast, /* new axes are the same in all places */
  SETS_transpose,
  SETS_reshape,
  SETS_slice, /* fixed places on the axes that are cut */
  SETS_pad,
  SETS_concat,  /* along its axis places count */
  SETS_reverse, /* the same, one operand */
  SETS_running,
  SETS_reduce,    /* its axes go, in any order */
  SETS_argreduce, /* an index into its axis comes */
  SETS_sort,      /* along its axis any order goes in, places come out */
  SETS_argsort,   /* and indices into it */
  SETS_assign,    /* an index into the last axis for each place of the one before */
  SETS_matrix,    /* leading axes are a batch, those of the matrices have an order */
  SETS_dot,
  SETS_gather,
  SETS_scatter,
  SETS_update, /* along its axis places count */
  SETS_random, /* independent draws */
  SETS_scan,
  SETS_region,
  SETS_item,
  SETS_derivative,
  SETS_foreign, /* unknown */
  SETS_custom,  /* the same, one result; elementwise ones are SETS_numbers */
  N_SET_RULES
} SetRule;

/* Which infinities a result may have, by those of the operands. */
typedef enum AtInfinity {
  INFINITE_both, /* any of theirs, with either sign */
  INFINITE_same,
  INFINITE_mirrored, /* with the other sign */
  INFINITE_minus,    /* the first one's, and the second one's with the other sign */
  INFINITE_quotient, /* the first one's, with either sign */
  INFINITE_largest,  /* -inf where both have it, inf where one has */
  INFINITE_smallest,
  INFINITE_above, /* inf */
  INFINITE_below,
  INFINITE_never,
} AtInfinity;

typedef struct OpInfo {
  const char *name;
  const char *operands; /* "a b", "a ..." for any number; "" for none */
  const char *attrs;    /* names from attrs.def that the op takes; "?" after a name: optional */
  unsigned traits;
  TypeRule type;
  bool given;          /* the result type cannot be inferred and has to be given */
  const char *grad[3]; /* one per operand, text over a b c y g; NULL: see no_grad / grad_in_c */
  bool grad_in_c;      /* passes/grad/grad_rules.c has a function for it */
  const char *no_grad; /* why there is no derivative */
  const char *points;  /* special points and the derivatives there; tests/unit/test_points.c */
  double (*scalar)(double a, double b, double c); /* elementwise: the value, in double */
  SetRule sets; /* order along set axes; op_set_rule gives the one that counts */
  AtInfinity at_infinity;
  bool picks, rough;
  const char *flops;        /* what it costs, a formula over the extents: ir/cost.h */
  const char *builtin;      /* elementwise: what the function of that name does, or NULL */
  const char *doc;          /* one line */
  int arity_min, arity_max; /* derived from operands; arity_max -1: any */
} OpInfo;
extern const OpInfo op_info[N_OPS];
bool op_find(const char *name, Op *out);
/* Whether the row of an op takes an attribute; IrTables has it by op. */
typedef enum AttrUse { ATTR_unknown, ATTR_required, ATTR_optional } AttrUse;
AttrUse op_attr_use(Op op, AttrName name);
/* The row's rule for set axes, or that of its class; SETS_by_class when there is none. */
SetRule op_set_rule(Op op);
/* That of a node: a plug-in's op has none of its own. */
SetRule node_set_rule(const Ctx *ctx, const Node *n);
static inline bool op_is(Op op, unsigned traits) { return (op_info[op].traits & traits) != 0; }
/* NULL, or what is wrong with the table (a row without doc, gradient or reason, type rule...). */
const char *ops_selfcheck(void);

/* ---- text, verification (ir/print.c, ir/read.c, ir/verify.c) ---- */
/* Text of a graph and all graphs it refers to. print(read(t)) == t. With source spans:
 * graph_print_with in ir/print.h. */
void graph_print(const Graph *g, Text *out);
const char *graph_str(const Graph *g);
/* Reads a text of graphs; the last one is returned. NULL and diagnostics (E05xx) on an error. */
Graph *graph_read(Ctx *ctx, const Source *source);
/* Checks every invariant, bodies included. NULL when sound, else a message naming the node and what
 * was expected. */
const char *graph_verify(const Graph *g);

#endif
