/* The functions of onnx/ops_out.def. Private to onnx/. */
#ifndef ORDO_ONNX_OUT_H
#define ORDO_ONNX_OUT_H

#include "onnx/emit.h"

/* onnx/out_scalar.c */
const char *scalar_sign(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_expm1(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_log1p(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_rsqrt(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_is_nan(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_unit(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_cast_to(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_same(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_div(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_mod(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_compare(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_where(OnnxOut *o, const Node *n, const char *const *a);

/* onnx/out_random.c */
const char *scalar_fold(OnnxOut *o, const Node *n, const char *const *a);
const char *scalar_seed(OnnxOut *o, const Node *n, const char *const *a);
bool out_random(OnnxOut *o, const Node *n, OnnxValue *y);
/* Those functions, as fields of the model. */
void onnx_random_functions(OnnxOut *o, Text *model);

/* onnx/out_move.c */
bool out_nothing(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_const(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_iota(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_size(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_broadcast(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_transpose(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_reshape(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_slice(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_pad(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_concat(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_reverse(OnnxOut *o, const Node *n, OnnxValue *y);

/* onnx/out_reduce.c */
bool out_reduce(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_extreme(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_any(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_arg(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_dot(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_cumsum(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_sort(OnnxOut *o, const Node *n, OnnxValue *y);

/* onnx/out_index.c */
bool out_gather(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_scatter(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_update(OnnxOut *o, const Node *n, OnnxValue *y);

/* onnx/out_scan.c */
bool out_scan(OnnxOut *o, const Node *n, OnnxValue *y);
bool out_item(OnnxOut *o, const Node *n, OnnxValue *y);

/* Shared between them. */
const char *onnx_permute(OnnxOut *o, const char *a, const int32_t *perm, int rank);
/* 0 .. extent - 1, of int32 or int64. */
const char *onnx_range(OnnxOut *o, Sz extent, OnnxType type);
/* Part start .. start + extent of an axis; both int64[1]. */
const char *onnx_part(OnnxOut *o, const char *a, int axis, const char *start, const char *end);
const char *onnx_unsqueeze(OnnxOut *o, const char *a, int axis);
/* From last to first along an axis. */
const char *onnx_reversed(OnnxOut *o, const char *a, int axis);
/* Numbers that ONNX computes with: bools are integers. */
const char *onnx_as_number(OnnxOut *o, const char *a, DType dtype);

#endif
