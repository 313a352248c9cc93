/* Text building and string interning. */
#ifndef ORDO_BASE_TEXT_H
#define ORDO_BASE_TEXT_H

#include <stdbool.h>

#include "base/arena.h"

/* A growing, always terminated text in an arena. */
typedef struct Text {
  Arena *arena;
  char *data; /* NUL-terminated once anything was written; see text_str */
  size_t len, cap;
} Text;

Text text_new(Arena *arena);
void text_put(Text *text, const char *bytes, size_t n);
void text_puts(Text *text, const char *string);
void text_putc(Text *text, char c);
void text_printf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back as the same number (inf, -inf, nan included); whole numbers
 * below a million without an exponent. */
void text_double(Text *text, double value);
void text_float(Text *text, float value);
/* Bytes of unknown origin on one line, as what they are: control characters and bytes that are
 * no UTF-8 become \n, \t, \xNN; each character of 'also' gets a backslash before it. */
void text_put_escaped(Text *text, const char *bytes, size_t n, const char *also);
/* A string in double quotes; quotes, backslashes and control characters with escapes (\xNN). */
void text_quoted(Text *out, const char *string);
/* A text of JSON with its quotes. */
void text_put_json(Text *text, const char *string);
/* A text as XML and HTML have it between tags or in an attribute in double quotes. */
void text_put_xml(Text *text, const char *string);
/* Bytes as UTF-8, with U+FFFD for each longest part that could have begun a character (the
 * practice that Unicode recommends, section 3.9). */
void text_put_utf8(Text *text, const char *bytes, size_t n);
/* The text so far; "" when empty. Valid until the next write. */
const char *text_str(const Text *text);

/* An interned string: equal strings have equal ids. Id 0 is the empty string. */
typedef struct Str {
  uint32_t i;
} Str;

typedef struct Strings {
  Arena *arena;
  const char **text; /* by id */
  uint32_t *length, *slots;
  uint32_t count, cap, n_slots;
} Strings;

void strings_init(Strings *strings, Arena *arena);
Str str_intern_n(Strings *strings, const char *bytes, size_t n);
Str str_intern(Strings *strings, const char *string);
const char *str_text(const Strings *strings, Str str);

static inline bool str_eq(Str a, Str b) { return a.i == b.i; }
static inline bool str_none(Str a) { return a.i == 0; }

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed);
/* Eight bytes at a time: for tables in memory and for whether a file has changed. What is kept by
 * hash_bytes (splits of data) stays with it. */
uint64_t hash_wide(const void *bytes, size_t n, uint64_t seed);
static inline uint64_t hash_mix(uint64_t h, uint64_t x) {
  h ^= x + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdu;
  return h ^ (h >> 32);
}

#endif
