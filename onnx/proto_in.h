/* The wire format of protocol buffers, read: a message is a run of bytes that lie in memory, and is
 * taken apart field by field. No byte behind its end is looked at, whatever it says of lengths. */
#ifndef ORDO_ONNX_PROTO_IN_H
#define ORDO_ONNX_PROTO_IN_H

#include "base/text.h"

typedef struct ProtoIn {
  const unsigned char *at, *end;
  bool broken; /* what comes is no field */
} ProtoIn;

typedef struct ProtoField {
  uint32_t number;
  int wire;       /* WIRE_varint, WIRE_bytes, ... */
  uint64_t value; /* of a varint, of four or of eight bytes */
  ProtoIn bytes;  /* of WIRE_bytes: a text, a message, packed numbers */
} ProtoField;

enum { WIRE_varint = 0, WIRE_eight = 1, WIRE_bytes = 2, WIRE_four = 5 };

ProtoIn proto_in(const void *bytes, size_t n);
/* The next field. False at the end, and where something is broken. */
bool proto_next(ProtoIn *in, ProtoField *field);
/* Numbers of a field that is repeated: one, or packed ones as long as it gives true. */
bool proto_varint(ProtoIn *in, uint64_t *value);
bool proto_fixed(ProtoIn *in, int bytes, uint64_t *value);
static inline size_t proto_left(const ProtoIn *in) { return (size_t)(in->end - in->at); }
float proto_as_float(uint64_t bits);
double proto_as_double(uint64_t bits);

#endif
