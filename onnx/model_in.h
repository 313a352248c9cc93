/* A file of ONNX, taken apart: graphs, nodes, attributes, tensors. Nothing is known yet of what it
 * means. Texts are copies in the context's arena; the numbers of tensors stay in the file's bytes.
 */
#ifndef ORDO_ONNX_MODEL_IN_H
#define ORDO_ONNX_MODEL_IN_H

#include "base/ctx.h"
#include "onnx/proto_in.h"

/* Element types, as TensorProto.DataType numbers them. */
typedef enum OnnxElem {
  ELEM_none = 0,
  ELEM_float = 1,
  ELEM_uint8 = 2,
  ELEM_int8 = 3,
  ELEM_uint16 = 4,
  ELEM_int16 = 5,
  ELEM_int32 = 6,
  ELEM_int64 = 7,
  ELEM_string = 8,
  ELEM_bool = 9,
  ELEM_float16 = 10,
  ELEM_double = 11,
  ELEM_uint32 = 12,
  ELEM_uint64 = 13,
  ELEM_bfloat16 = 16,
} OnnxElem;

typedef VEC(int64_t) ModelInts;
typedef VEC(double) ModelReals;
typedef VEC(const char *) ModelNames;

typedef struct ModelTensor {
  const char *name;
  int64_t elem; /* OnnxElem, or another number */
  ModelInts dims;
  bool has_raw, beside;
  ProtoIn raw;                 /* little-endian elements */
  VEC(ProtoField) typed;       /* float_data, int32_data, ...: fields 4, 5, 7, 10, 11 */
  const char *location;        /* of the file that it stands in, when it is beside */
  const char *offset, *length; /* numbers, as texts */
} ModelTensor;

typedef struct ModelDim {
  bool known;
  int64_t value;
  const char *name; /* NULL: none */
} ModelDim;

typedef struct ModelInfo {
  const char *name, *doc;
  const char *kind; /* of what is no tensor: "a sequence"; else NULL */
  int64_t elem;
  bool has_shape;
  VEC(ModelDim) dims;
} ModelInfo;

typedef struct ModelGraph ModelGraph;
typedef struct ModelAttr {
  const char *name, *refers; /* refers: to an attribute of the function around it */
  double f;
  int64_t i;
  const char *s;
  const ModelTensor *t;
  const ModelGraph *g;
  ModelReals floats;
  ModelInts ints;
  ModelNames strings;
  bool other; /* of a kind that is not read: sparse tensors, types, lists of graphs */
} ModelAttr;

typedef struct ModelNode {
  const char *name, *op, *domain;
  ModelNames inputs; /* "": left out */
  ModelNames outputs;
  VEC(ModelAttr) attrs;
} ModelNode;

struct ModelGraph {
  const char *name;
  VEC(ModelNode) nodes;
  VEC(ModelTensor) initializers;
  VEC(ModelInfo) inputs, outputs;
  bool sparse; /* it has sparse initializers, which are not read */
};

typedef struct ModelOpset {
  const char *domain;
  int64_t version;
} ModelOpset;
typedef VEC(ModelOpset) ModelOpsets;

typedef struct ModelFunction {
  const char *name, *domain;
  ModelNames inputs, outputs;
  VEC(ModelAttr) defaults;
  ModelGraph body; /* its nodes only */
  ModelOpsets opsets;
} ModelFunction;

typedef struct Model {
  const char *path, *producer;
  ModelOpsets opsets;
  ModelGraph graph;
  VEC(ModelFunction) functions;
} Model;

/* Bytes that stay where they are. False after a diagnostic: they are no ONNX model. */
bool model_read(Ctx *ctx, const char *path, const void *bytes, size_t n, Model *out);

const ModelAttr *model_attr(const ModelNode *node, const char *name); /* NULL: there is none */
/* As messages call an element type: "float16". */
const char *model_elem_name(int64_t elem);

#endif
