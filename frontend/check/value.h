/* Values of the checker: what expressions stand for, and their shapes. The words are explained
 * in checker.h. */
#ifndef ORDO_FRONTEND_CHECK_VALUE_H
#define ORDO_FRONTEND_CHECK_VALUE_H

#include "base/map.h"
#include "frontend/check.h"
#include "ir/custom.h"

typedef struct Check Check;
typedef struct Frame Frame;
typedef struct Scope Scope;
typedef struct Layer Layer;
typedef struct LayerShape LayerShape;
typedef struct Instance Instance;

/* Of a tuple, an array of layers, a loop that is written out. */
enum { MOST_ITEMS = 100000 };

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
  VAL_unknown, /* a condition on sizes that are not given yet */
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

/* a OP b, of sizes, or left OP right; 'not' has only left. Names sizes, not nodes, so that it means
 * the same in every graph. */
typedef struct SizeCondition SizeCondition;
struct SizeCondition {
  Op op;
  Sz a, b;
  const SizeCondition *left, *right;
};

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
    const SizeCondition *condition; /* unknown; NULL: one that is left to the calls */
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
/* What decides a condition on sizes while running: a bool. */
Ref size_condition_ref(Graph *g, const SizeCondition *condition);
/* Leaves of a value as tensors; template keeps the structure. */
typedef struct RefList {
  VEC(Ref) refs;
} RefList;
bool value_flatten(Check *c, Value v, Span span, RefList *out, Value *template);
Value value_rebuild(Check *c, const Value *template, const Ref *refs, uint32_t *next);
Values values_new(Ctx *ctx, uint32_t n);

/* check_align.c: shapes of operands */
typedef struct Shape {
  IndexVar **vars;
  int n_vars;
  Sz *dims;
  int rank;
} Shape;
Value shape_expand(Check *c, Value v, const Shape *shape, Span span);
Shape shape_of(Check *c, const Value *v);
Value shape_move_vars(Check *c, Value v, IndexVar *const *vars,
                      int n_vars);                       /* same vars, this order */
int shape_var_axis(const Value *v, const IndexVar *var); /* hidden axis of a variable or -1 */
/* Elementwise op with numbers adapted, operands aligned and the type checked. */
Value apply_op(Check *c, Op op, Value *operands, int n, Span span);
/* The same of an elementwise op of a plug-in. */
Value apply_custom(Check *c, const CustomOp *op, Value *operands, Span span);

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
/* An expression as a value, quietly: it is elaborated once more in earnest. */
Value look_at(Check *c, const Expr *x);
Sz look_at_size(Check *c, const Expr *x); /* SZ_NONE when it is none */

/* check_range.c */
typedef struct IndexRange {
  Sz lo, hi;
} IndexRange;
/* The least and the largest value of a number computed from indices; false when it is none. */
bool index_range(Check *c, const Expr *x, IndexRange *out);
/* Tells the extent of the one index of a sum whose extent is not known. */
void index_infer_sum(Check *c, const Expr *x, Sz dim, Span span);

/* The variables of '..' for n leading axes of the given extents; NULL with a diagnostic when they
 * differ. */
IndexVar **lead_vars(Check *c, const Sz *dims, int n, Span span);

#endif
