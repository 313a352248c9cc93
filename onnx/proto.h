/* The wire format of protocol buffers, as far as ONNX needs it: messages are texts of bytes that
 * are written field by field, those inside of others first. */
#ifndef ORDO_ONNX_PROTO_H
#define ORDO_ONNX_PROTO_H

#include "base/text.h"

void proto_int(Text *out, uint32_t field, int64_t value);
void proto_float(Text *out, uint32_t field, float value);
/* The tag and the length of what the caller writes behind it. */
void proto_head(Text *out, uint32_t field, uint64_t length);
void proto_text(Text *out, uint32_t field, const char *text);
void proto_message(Text *out, uint32_t field, const Text *message);
/* Unlike the others, also a list of none is written. */
void proto_ints(Text *out, uint32_t field, const int64_t *values, size_t n);

#endif
