/* What the parts of the import share. Private to onnx/.
 *
 * A value of the file is an InValue: its type, and what it holds where that is known before
 * anything runs (constants, what is computed of shapes). Text that stands for it is a mark with a
 * number, which becomes a name when the text is written, or the expression that computes it.
 */
#ifndef ORDO_ONNX_IN_H
#define ORDO_ONNX_IN_H

#include "base/map.h"
#include "ir/tensor.h"
#include "onnx/import.h"
#include "onnx/model_in.h"

/* So many elements are looked at before anything runs. */
enum { IN_MOST_KNOWN = 4096 };

typedef struct InValue InValue;
struct InValue {
  const char *name; /* the file's */
  DType dtype;
  int64_t elem; /* OnnxElem of the file */
  int rank;
  Sz dims[MAX_RANK];
  int64_t count;             /* of elements, where they are known */
  const Sz *whole;           /* known integers and bools */
  const double *real;        /* known floats */
  const ModelTensor *tensor; /* of the file, not looked at yet */
  bool held;              /* an array of floats that the file holds: a weight, whatever is in it */
  uint32_t id;            /* of its mark; 0: no statement makes it */
  const InValue *lead_of; /* it is this one behind axes of extent 1; or NULL */
  bool poisoned;          /* a node before it was refused */
  Sz below;               /* an input of type <below>; else none */
};

/* Statements of a body, in their order. A plain one is "NAME = expression". */
typedef struct InStmt {
  const char *text;
  uint32_t def; /* of a plain one: what it makes */
  bool plain;
} InStmt;
typedef VEC(InStmt) InStmts;

typedef struct InName {
  const char *hint, *name; /* name: once it is decided */
  const InValue *value;    /* that it is the name of; may be NULL */
  bool nice;               /* the file gave it a name of its own: it keeps a statement of its own */
} InName;

typedef struct InWeight {
  uint32_t id;
  const char *name; /* in the file */
  const char *path; /* in the layer: "part.3.W"; NULL: its name alone */
  DType dtype;
  int rank;
  int64_t dims[MAX_RANK];
  const ModelTensor *tensor; /* what it holds, or */
  const InValue *value;      /* what is known */
} InWeight;

typedef struct InScope {
  Map places; /* of names, in values */
  struct InScope *outer;
} InScope;

typedef struct OnnxIn {
  Ctx *ctx;
  const OnnxImport *what;
  const Model *model;
  int64_t opset;
  VEC(InName) names; /* by id; the first is none */
  Map used;          /* names that are decided, by their interned number */
  VEC(InWeight) weights;
  VEC(InValue *) values;
  InScope *scope;
  InStmts *out; /* where statements go */
  int depth;    /* of graphs and functions inside of each other */
  uint32_t n_nodes;
  const ModelAttr *given; /* attributes of the call of a function of the file */
  uint32_t n_given;
  const struct ModelFunction *function; /* that is called */
  bool failed, unknown; /* a node was refused; a value that was looked up is unknown */
  Map sizes;            /* of the file's names, in size_list */
  bool *defined;        /* of what->defines: whether they give an axis its extent */
  VEC(Sz) size_list;
  VEC(Sz) merged_from, merged_to; /* sizes that turned out to be one */
  bool again;                     /* more of them did: the import begins anew */
  VEC(const char *) parts;        /* layers of what repeats, whole texts */
  VEC(const char *) members;      /* arrays of them */
  /* the node that is read */
  const ModelNode *node;
  uint64_t *seen;  /* its attributes that were asked for */
  InValue *in[64]; /* its inputs; NULL: left out */
  uint32_t n_in;
} OnnxIn;

/* ---- rows (onnx/ops_in.def) ---- */
enum {
  IN_bool = 1,   /* gives bool */
  IN_exact = 2,  /* right for integers of any width: it computes nothing new */
  IN_fold = 4,   /* from left to right over any number of operands */
  IN_first = 8,  /* the type is the second operand's: the first is a condition */
  IN_float = 16, /* of floats only */
};
typedef struct InRow {
  const char *op;
  const char *domain;
  const char *text; /* elementwise: $0, $1, ... operands, {name=default} a number of an attribute */
  const char *whole; /* another text for integers */
  bool (*emit)(OnnxIn *o);
  Sz (*fold)(Ctx *ctx, Sz a, Sz b);        /* of what is known */
  double (*fold_real)(double a, double b); /* of floats, exact but for the last rounding */
  unsigned flags;
  int since; /* the meaning is that of this opset and later ones; 0: of all */
} InRow;
bool in_elementwise(OnnxIn *o, const InRow *row);

bool in_graph(OnnxIn *o, const ModelGraph *g); /* its nodes, in the scope that is open (in.c) */

/* ---- what is kept (onnx/in_state.c) ---- */
/* "the node 'NAME' (OP) ..." False, always. */
bool in_refuse(OnnxIn *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void in_push_scope(OnnxIn *o, InScope *scope);
void in_pop_scope(OnnxIn *o);
InValue *in_find(OnnxIn *o, const char *name);
void in_bind(OnnxIn *o, const char *name, InValue *value);
/* Whether two sizes are equal, or from now on taken to be. */
bool in_same_size(OnnxIn *o, Sz a, Sz b);
uint32_t in_new_id(OnnxIn *o, const char *hint, bool nice);
bool in_needs(OnnxIn *o, uint32_t n); /* so many inputs, none left out; else refused */

/* Attributes of the node, or of the function's call that they refer to. */
const ModelAttr *in_attr(OnnxIn *o, const char *name);
int64_t in_attr_int(OnnxIn *o, const char *name, int64_t otherwise);
double in_attr_float(OnnxIn *o, const char *name, double otherwise);
const char *in_attr_text(OnnxIn *o, const char *name, const char *otherwise);
/* NULL: there is none. */
const ModelInts *in_attr_ints(OnnxIn *o, const char *name);

/* ---- values (onnx/in_value.c) ---- */
/* The node's output i, of this type. What nobody names is made all the same. */
InValue *in_output(OnnxIn *o, uint32_t i, DType dtype, int rank, const Sz *dims);
InValue *in_like(OnnxIn *o, uint32_t i, const InValue *v); /* of the type of another */
bool in_has_output(const OnnxIn *o, uint32_t i);
/* One that the file does not have. */
InValue *in_temp(OnnxIn *o, const char *hint, DType dtype, int rank, const Sz *dims);
/* Output i is another value: nothing has to be computed. */
void in_alias(OnnxIn *o, uint32_t i, const InValue *v);
void in_set_whole(InValue *v, const Sz *whole, int64_t count);
void in_set_real(InValue *v, const double *real, int64_t count);
/* Of the heap, NULL after a diagnostic. */
Tensor *in_read_tensor(OnnxIn *o, const ModelTensor *t);
InValue *in_constant(OnnxIn *o, const ModelTensor *t, const char *name); /* NULL: refused */
/* Known constant integers, at most 'most'. False: not known, or refused. */
bool in_ints(OnnxIn *o, const InValue *v, int64_t *out, int64_t most, int64_t *n);
bool in_known(const InValue *v);
bool in_is_number(const InValue *v); /* a single known number, that no weight is */
bool in_is_const(OnnxIn *o, const InValue *v, int64_t i, int64_t *value);
int64_t in_count(OnnxIn *o, const InValue *v); /* of its elements; -1: it has open sizes */
Sz in_elements(OnnxIn *o, const InValue *v);   /* the same as a size */
bool in_dtype(int64_t elem, DType *out);
bool in_narrow(int64_t elem); /* integers that are kept in i32, and would wrap around elsewhere */
bool in_axis(OnnxIn *o, int64_t axis, int rank, int *out); /* negative ones from behind */

/* ---- text of values ---- */
const char *in_use(OnnxIn *o, const InValue *v); /* where a tensor of its type is wanted */
/* The same, but a single number may be written as one, for the other operand has the type. */
const char *in_number(OnnxIn *o, const InValue *v);
/* Element 0 of what is known, as a number. */
const char *in_first(OnnxIn *o, const InValue *v);
const char *in_def(OnnxIn *o, InValue *v); /* where it gets its value */
const char *in_size(OnnxIn *o, Sz size);   /* as part of an expression */
const char *in_real(OnnxIn *o, double value, DType dtype);
const char *in_typed(OnnxIn *o, DType dtype, const char *number); /* i32(3) */
const char *in_dims(OnnxIn *o, const Sz *dims, int rank);         /* "B, 2*T" */
const char *in_letters(OnnxIn *o, int rank);                      /* "i, j, k" */
const char *in_letter(int axis);

void in_put_type(OnnxIn *o, const InValue *v, Text *out);
void in_put_weight_type(const InWeight *w, Text *out);

/* ---- statements (onnx/in_text.c) ---- */
void in_let(OnnxIn *o, InValue *y, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* y[i, j] = ...; places NULL: one letter for each axis; with: extents that nothing tells */
void in_equation(OnnxIn *o, InValue *y, const char *places, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void in_say(OnnxIn *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Statements that nobody needs go. */
void in_drop_unused(OnnxIn *o, InStmts *stmts, const char *const *roots, uint32_t n_roots);
/* Expressions that are used once go where they are used. roots: texts that use values, too. */
void in_inline(OnnxIn *o, InStmts *stmts, const char *const *roots, uint32_t n_roots);
const char *in_join(OnnxIn *o, const InStmts *stmts);
/* Marks of a text become names. */
const char *in_named(OnnxIn *o, const char *text);
void in_count_uses(OnnxIn *o, const char *text, uint32_t *uses);
/* The name of a mark, decided now if it was not. */
const char *in_name(OnnxIn *o, uint32_t id);
void in_reserve(OnnxIn *o, const char *name); /* nobody else is called so */
bool in_is_free(OnnxIn *o, const char *name);
/* A name that the language takes, of any text. */
const char *in_identifier(OnnxIn *o, const char *text);
/* The next mark from *at on, which moves behind it. False: there is none. */
bool in_next_mark(const char **at, const char **begin, uint32_t *id, bool *def);

/* ---- parts that repeat (onnx/in_repeat.c) ---- */
/* roots get other texts where they use what a part hands on. */
void in_repeat(OnnxIn *o, InStmts *stmts, const char **roots, uint32_t n_roots);

/* ---- functions of the rows ---- */
/* onnx/in_scalar.c */
bool in_identity(OnnxIn *o);
bool in_dropout(OnnxIn *o);
bool in_cast(OnnxIn *o);
bool in_cast_like(OnnxIn *o);
bool in_pow(OnnxIn *o);
bool in_mod(OnnxIn *o);
bool in_where(OnnxIn *o);
bool in_clip(OnnxIn *o);
bool in_gelu(OnnxIn *o);
bool in_is_inf(OnnxIn *o);
bool in_mean(OnnxIn *o);
bool in_prelu(OnnxIn *o);
Sz in_fold_and(Ctx *ctx, Sz a, Sz b);
Sz in_fold_at_least(Ctx *ctx, Sz a, Sz b);
Sz in_fold_at_most(Ctx *ctx, Sz a, Sz b);
Sz in_fold_div(Ctx *ctx, Sz a, Sz b);
Sz in_fold_equal(Ctx *ctx, Sz a, Sz b);
Sz in_fold_greater(Ctx *ctx, Sz a, Sz b);
Sz in_fold_less(Ctx *ctx, Sz a, Sz b);
Sz in_fold_negative(Ctx *ctx, Sz a, Sz b);
Sz in_fold_not(Ctx *ctx, Sz a, Sz b);
Sz in_fold_or(Ctx *ctx, Sz a, Sz b);
double in_real_add(double a, double b);
double in_real_ceil(double a, double b);
double in_real_div(double a, double b);
double in_real_floor(double a, double b);
double in_real_mul(double a, double b);
double in_real_sqrt(double a, double b);
double in_real_sub(double a, double b);
/* onnx/in_move.c */
bool in_shape(OnnxIn *o);
bool in_size_of(OnnxIn *o);
bool in_reshape(OnnxIn *o);
bool in_flatten(OnnxIn *o);
bool in_squeeze(OnnxIn *o);
bool in_unsqueeze(OnnxIn *o);
bool in_transpose(OnnxIn *o);
bool in_slice(OnnxIn *o);
bool in_split(OnnxIn *o);
bool in_concat(OnnxIn *o);
bool in_expand(OnnxIn *o);
bool in_tile(OnnxIn *o);
/* onnx/in_attention.c */
bool in_attention(OnnxIn *o);
/* onnx/in_pad.c */
bool in_pad(OnnxIn *o);
/* onnx/in_index.c */
bool in_constant_node(OnnxIn *o);
bool in_constant_of_shape(OnnxIn *o);
bool in_range(OnnxIn *o);
bool in_gather(OnnxIn *o);
bool in_gather_elements(OnnxIn *o);
bool in_gather_nd(OnnxIn *o);
bool in_one_hot(OnnxIn *o);
bool in_argmax(OnnxIn *o);
bool in_argmin(OnnxIn *o);
bool in_top_k(OnnxIn *o);
bool in_cumsum(OnnxIn *o);
bool in_cumprod(OnnxIn *o);
bool in_trilu(OnnxIn *o);
bool in_eye_like(OnnxIn *o);
bool in_reverse_sequence(OnnxIn *o);
bool in_depth_to_space(OnnxIn *o);
bool in_space_to_depth(OnnxIn *o);
/* onnx/in_reduce.c */
bool in_reduce_sum(OnnxIn *o);
bool in_reduce_mean(OnnxIn *o);
bool in_reduce_prod(OnnxIn *o);
bool in_reduce_max(OnnxIn *o);
bool in_reduce_min(OnnxIn *o);
bool in_reduce_l1(OnnxIn *o);
bool in_reduce_l2(OnnxIn *o);
bool in_reduce_square(OnnxIn *o);
bool in_reduce_log(OnnxIn *o);
bool in_reduce_log_exp(OnnxIn *o);
bool in_softmax(OnnxIn *o);
bool in_log_softmax(OnnxIn *o);
bool in_hardmax(OnnxIn *o);
bool in_matmul(OnnxIn *o);
bool in_gemm(OnnxIn *o);
bool in_einsum(OnnxIn *o);
bool in_layer_norm(OnnxIn *o);
bool in_rms_norm(OnnxIn *o);
bool in_batch_norm(OnnxIn *o);
bool in_instance_norm(OnnxIn *o);
bool in_group_norm(OnnxIn *o);
bool in_lp_norm(OnnxIn *o);
bool in_mean_variance(OnnxIn *o);
/* onnx/in_window.c */
bool in_conv(OnnxIn *o);
bool in_conv_transpose(OnnxIn *o);
bool in_max_pool(OnnxIn *o);
bool in_average_pool(OnnxIn *o);
bool in_lp_pool(OnnxIn *o);
bool in_global_mean(OnnxIn *o);
bool in_global_max(OnnxIn *o);
bool in_lrn(OnnxIn *o);
/* onnx/in_recurrent.c */
bool in_rnn(OnnxIn *o);
bool in_gru(OnnxIn *o);
bool in_lstm(OnnxIn *o);
/* onnx/in_loop.c */
bool in_if(OnnxIn *o);
bool in_scan(OnnxIn *o);
bool in_loop(OnnxIn *o);

#endif
