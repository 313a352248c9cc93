#include "onnx/proto_in.h"

#include <string.h>

ProtoIn proto_in(const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  return (ProtoIn){.at = at, .end = n ? at + n : at};
}

static bool broken(ProtoIn *in) {
  in->broken = true;
  in->at = in->end;
  return false;
}

bool proto_varint(ProtoIn *in, uint64_t *value) {
  *value = 0;
  if (in->at == in->end) return false;
  for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    unsigned char byte = *in->at++;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return true;
  }
  return broken(in);
}

bool proto_fixed(ProtoIn *in, int bytes, uint64_t *value) {
  *value = 0;
  if (in->at == in->end) return false;
  if (proto_left(in) < (size_t)bytes) return broken(in);
  for (int i = 0; i < bytes; i++) *value |= (uint64_t)*in->at++ << (8 * i);
  return true;
}

static bool take_bytes(ProtoIn *in, ProtoField *field) {
  uint64_t length;
  if (!proto_varint(in, &length) || length > proto_left(in)) return broken(in);
  field->bytes = proto_in(in->at, (size_t)length);
  in->at += length;
  return true;
}

bool proto_next(ProtoIn *in, ProtoField *field) {
  uint64_t tag;
  if (!proto_varint(in, &tag)) return false;
  *field = (ProtoField){.number = (uint32_t)(tag >> 3), .wire = (int)(tag & 7)};
  if (!field->number || tag >> 32) return broken(in);
  switch (field->wire) {
  case WIRE_varint:
    return proto_varint(in, &field->value) || broken(in);
  case WIRE_eight:
    return proto_fixed(in, 8, &field->value) || broken(in);
  case WIRE_bytes:
    return take_bytes(in, field);
  case WIRE_four:
    return proto_fixed(in, 4, &field->value) || broken(in);
  default:
    return broken(in);
  }
}

float proto_as_float(uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  float value;
  memcpy(&value, &low, sizeof value);
  return value;
}

double proto_as_double(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
