/* Finding values in a line of JSON without making more of it than is asked for.
 *
 * What nobody reads is passed over by its brackets and quotes alone: its numbers may be of any
 * size, its texts hold any escape, its keys repeat, and it may be nested as deep as a line is
 * long. */
#ifndef ORDO_DATA_JSCAN_H
#define ORDO_DATA_JSCAN_H

#include "data/bytes.h"

typedef struct JsonScan {
  const char *at, *end;
  Bytes open; /* the brackets that are open, while a value is passed over */
} JsonScan;

/* A value as it stands in the line; a text with its quotes. */
typedef struct JsonValue {
  const char *at;
  size_t n;
} JsonValue;

/* All return NULL, or what is wrong (static text). White space before what they take is passed
 * over. */
const char *jscan_take(JsonScan *scan, char c); /* a bracket, comma or colon */
const char *jscan_value(JsonScan *scan, JsonValue *out);
const char *jscan_string(JsonScan *scan, JsonValue *out);
/* Whether c comes next; nothing is taken. */
bool jscan_next_is(JsonScan *scan, char c);
bool jscan_at_end(JsonScan *scan);

/* Appends what a value of one line says: a text without quotes and escapes; a number or true or
 * false as it stands there. */
const char *jscan_text(JsonValue value, Bytes *out);

#endif
