/* An ONNX graph while it is written. Private to onnx/.
 *
 * Values are known by their names, which differ in the whole model, loops included. Nodes are
 * appended to the level that is written: the model's graph, or the body of a loop. Constants and
 * sizes stand in the model's graph in front of everything, so that each level sees them.
 *
 * Elementwise operators repeat axes of extent 1, so that a constant or a broadcast is no tensor of
 * its full shape until something else needs it: 'have' tells which axes a value has. */
#ifndef ORDO_ONNX_EMIT_H
#define ORDO_ONNX_EMIT_H

#include "base/map.h"
#include "onnx/export.h"

enum { ONNX_OPSET = 18, ONNX_IR = 9 };

/* TensorProto.DataType */
typedef enum OnnxType {
  ONNX_float = 1,
  ONNX_int32 = 6,
  ONNX_int64 = 7,
  ONNX_bool = 9,
  ONNX_double = 11,
  ONNX_uint32 = 12,
  ONNX_uint64 = 13,
  ONNX_bfloat16 = 16
} OnnxType;

typedef struct OnnxValue {
  const char *name;
  uint32_t have;            /* bits of the axes that have their extent; the others have 1 */
  bool scalar;              /* it has no axes at all, whatever the type says; then have is 0 */
  const char *whole;        /* with all axes, once it was needed; or NULL */
  const char *const *items; /* of a loop */
} OnnxValue;

typedef struct OnnxLevel {
  const Graph *graph;
  OnnxValue *values; /* by node */
  Text nodes;
} OnnxLevel;

/* An initializer: a tensor that lives as long as the export. */
typedef struct OnnxTensor {
  const char *name;
  OnnxType type;
  int rank;
  const int64_t *dims;
  const void *data;
  uint64_t bytes;
} OnnxTensor;

typedef struct OnnxOut {
  Ctx *ctx;
  const OnnxExport *what;
  OnnxLevel *level;
  OnnxLevel sizes; /* in front of the others */
  VEC(OnnxTensor) tensors;
  Text inputs, outputs;   /* of the model */
  const char **results;   /* their names, taken before any other value's */
  Map names;              /* by interned text: the next number of a name that is taken */
  Map constants, extents; /* places in 'made' */
  VEC(const char *) made;
  VEC(const char *) bad; /* int64[1]: 1 where something does not hold */
  VEC(Sz) symbols;       /* those with a value; their names are in 'extents' */
  const Node *node;      /* that is written, or NULL */
  bool functions;        /* those of random numbers are used */
  bool failed;
} OnnxOut;

typedef enum OnnxAttrKind {
  ONNX_f = 1,
  ONNX_i = 2,
  ONNX_s = 3,
  ONNX_g = 5,
  ONNX_ints = 7
} OnnxAttrKind;
typedef struct OnnxAttr {
  const char *name;
  OnnxAttrKind kind;
  int64_t i;
  float f;
  const char *s;
  const Text *g;
  const int64_t *ints;
  size_t n;
} OnnxAttr;
#define ONNX_INT(attr, v) ((OnnxAttr){.name = (attr), .kind = ONNX_i, .i = (v)})
#define ONNX_INTS(attr, v, count)                                                                  \
  ((OnnxAttr){.name = (attr), .kind = ONNX_ints, .ints = (v), .n = (count)})
#define ONNX_TEXT(attr, v)  ((OnnxAttr){.name = (attr), .kind = ONNX_s, .s = (v)})
#define ONNX_GRAPH(attr, v) ((OnnxAttr){.name = (attr), .kind = ONNX_g, .g = (v)})

/* ---- onnx/emit.c ---- */

/* False after a diagnostic at the node's place. */
bool onnx_refuse(OnnxOut *o, const char *why);
OnnxType onnx_type(DType dtype);    /* of values inside of a model: bf16 is a rounded float */
OnnxType onnx_outside(DType dtype); /* of its inputs and results */
/* A name that no other value has. */
const char *onnx_name(OnnxOut *o, const char *like);
/* A node with results that have names; the inputs may be NULL at the end. */
void onnx_node(OnnxOut *o, const char *domain, const char *type, const char *const *in, int n,
               const char *const *out, int n_out, const OnnxAttr *attrs, int n_attrs);
/* A node of one result: its name. */
const char *onnx_put(OnnxOut *o, const char *type, const char *const *in, int n,
                     const OnnxAttr *attrs, int n_attrs);
const char *onnx_1(OnnxOut *o, const char *type, const char *a);
const char *onnx_2(OnnxOut *o, const char *type, const char *a, const char *b);
const char *onnx_3(OnnxOut *o, const char *type, const char *a, const char *b, const char *c);
const char *onnx_cast(OnnxOut *o, const char *a, OnnxType to);
/* Rounded to bf16, as a float. */
const char *onnx_round_bf16(OnnxOut *o, const char *a);
/* A scalar. */
const char *onnx_constant(OnnxOut *o, OnnxType type, double value);
const char *onnx_number(OnnxOut *o, DType dtype, double value);
/* An int64 vector. */
const char *onnx_ints(OnnxOut *o, const int64_t *values, int n);
/* Reduces all listed axes away; n -1: all there are. */
const char *onnx_reduce(OnnxOut *o, const char *type, const char *a, const int32_t *axes, int n);
/* Whether it is none, as the shape of a is. */
const char *onnx_is_nan(OnnxOut *o, const char *a);

static inline OnnxValue *onnx_value(OnnxOut *o, Ref r) { return &o->level->values[r.i]; }
static inline const TypeInfo *onnx_info(const OnnxOut *o, Ref r) {
  return graph_info(o->level->graph, r);
}
/* Operand k with all its axes. */
const char *onnx_whole(OnnxOut *o, const Node *n, int k);
const char *onnx_whole_value(OnnxOut *o, OnnxValue *value, Ty type);
/* The node's result has all its axes. */
bool onnx_done(OnnxValue *y, const TypeInfo *type, const char *name);
static inline uint32_t onnx_all(int rank) { return (1U << rank) - 1; }

/* ---- onnx/out_sizes.c ---- */

/* int64[1] */
const char *onnx_size(OnnxOut *o, Sz size);
/* int64 without axes */
const char *onnx_size_scalar(OnnxOut *o, Sz size);
/* int64[n] */
const char *onnx_shape(OnnxOut *o, const Sz *dims, int rank);
const char *onnx_reshape(OnnxOut *o, const char *a, const Sz *dims, int rank);
/* The type of a value for the lists of a graph; doc may be NULL. */
void onnx_value_info(OnnxOut *o, Text *out, uint32_t field, const char *name, const char *doc,
                     OnnxType type, const Sz *dims, int rank);
/* Declares the inputs of the model, with what is checked of them; gives symbols their values. */
void onnx_inputs(OnnxOut *o);
/* Declares the results, behind the checks. */
void onnx_results(OnnxOut *o);

/* ---- onnx/ops_out.def ---- */

/* Writes the nodes of n and fills y; false after onnx_refuse. */
typedef bool (*OnnxEmit)(OnnxOut *o, const Node *n, OnnxValue *y);
/* The same of an elementwise op: a are the operands, which may lack axes. */
typedef const char *(*OnnxScalar)(OnnxOut *o, const Node *n, const char *const *a);
typedef struct OnnxRow {
  const char *type; /* of an operator that does the same */
  OnnxScalar scalar;
  OnnxEmit emit;
  const char *refused; /* why there is none */
} OnnxRow;
extern const OnnxRow onnx_rows[N_OPS];
bool onnx_elementwise(OnnxOut *o, const Node *n, OnnxValue *y);
/* Writes the live nodes of a level. */
bool onnx_level(OnnxOut *o, OnnxLevel *level);

#endif
