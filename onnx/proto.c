#include "onnx/proto.h"

#include <string.h>

#include "onnx/proto_in.h"

static void put_varint(Text *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) text_putc(out, (char)(value | 0x80));
  text_putc(out, (char)value);
}

static void put_tag(Text *out, uint32_t field, int wire) {
  put_varint(out, (uint64_t)field << 3 | (unsigned)wire);
}

void proto_int(Text *out, uint32_t field, int64_t value) {
  put_tag(out, field, WIRE_varint);
  put_varint(out, (uint64_t)value);
}

void proto_float(Text *out, uint32_t field, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  put_tag(out, field, WIRE_four);
  for (int i = 0; i < 4; i++) text_putc(out, (char)(bits >> (8 * i)));
}

void proto_head(Text *out, uint32_t field, uint64_t length) {
  put_tag(out, field, WIRE_bytes);
  put_varint(out, length);
}

static void proto_bytes(Text *out, uint32_t field, const void *bytes, size_t n) {
  proto_head(out, field, n);
  if (n) text_put(out, bytes, n);
}

void proto_text(Text *out, uint32_t field, const char *text) {
  proto_bytes(out, field, text, strlen(text));
}

void proto_message(Text *out, uint32_t field, const Text *message) {
  proto_bytes(out, field, message->data, message->len);
}

void proto_ints(Text *out, uint32_t field, const int64_t *values, size_t n) {
  Text packed = text_new(out->arena);
  for (size_t i = 0; i < n; i++) put_varint(&packed, (uint64_t)values[i]);
  proto_message(out, field, &packed);
}
