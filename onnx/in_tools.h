/* What operators of the import do for each other. Private to onnx/. */
#ifndef ORDO_ONNX_IN_TOOLS_H
#define ORDO_ONNX_IN_TOOLS_H

#include "onnx/in.h"

/* onnx/in_scalar.c */
bool in_broadcast(OnnxIn *o, InValue *const *values, uint32_t n, InValue *shape);
const char *in_fill(OnnxIn *o, const char *text, const char *const *operands, DType dtype);

/* onnx/in_move.c */
/* y holds what v holds at these places (NULL: all, in their order). False: v is not known. */
bool in_take_known(OnnxIn *o, InValue *y, const InValue *v, const int64_t *places, int64_t count);
int64_t in_extent(OnnxIn *o, Sz size); /* -1: it is open */
const char *in_list(OnnxIn *o, const char *const *items, int n);
/* Axes that an input or the attribute 'axes' names. given: there are some. */
bool in_axes(OnnxIn *o, uint32_t input, int rank, bool *chosen, bool *given);
bool in_expand_to(OnnxIn *o, const InValue *v, const InValue *shape, InValue *y);
/* A part of an axis. */
typedef struct InPart {
  Sz start, count; /* of elements, step apart */
  int64_t step;
  bool whole;
} InPart;
bool in_put_slice(OnnxIn *o, InValue *y, const InValue *v, const InPart *parts);

/* onnx/in_pad.c */
const char *in_pad_text(OnnxIn *o, const char *text, int axis, const char *before,
                        const char *after, const char *value);

#endif
