#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

Text text_new(Arena *arena) { return (Text){.arena = arena}; }

static void reserve(Text *text, size_t more) {
  size_t wanted = text->len + more + 1;
  if (wanted <= text->cap) return;
  size_t cap = text->cap ? text->cap * 2 : 128;
  if (cap < wanted) cap = wanted;
  char *grown = arena_alloc(text->arena, cap);
  if (text->len) memcpy(grown, text->data, text->len);
  text->data = grown;
  text->cap = cap;
}

void text_put(Text *text, const char *bytes, size_t n) {
  reserve(text, n);
  if (n) memcpy(text->data + text->len, bytes, n);
  text->len += n;
  text->data[text->len] = 0;
}

void text_puts(Text *text, const char *string) { text_put(text, string, strlen(string)); }
void text_putc(Text *text, char c) { text_put(text, &c, 1); }

void text_printf(Text *text, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (n > 0) {
    reserve(text, (size_t)n);
    vsnprintf(text->data + text->len, (size_t)n + 1, format, args);
    text->len += (size_t)n;
  }
  va_end(args);
}

static void put_shortest(Text *text, double value, bool single) {
  char digits[40];
  if (isnan(value)) {
    text_puts(text, "nan");
    return;
  }
  if (isinf(value)) {
    text_puts(text, value < 0 ? "-inf" : "inf");
    return;
  }
  if (fabs(value) < 1e6 && value == trunc(value)) {
    text_printf(text, "%.0f", value);
    return;
  }
  for (int precision = 1; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    double back = strtod(digits, NULL);
    if (back == value || (single && (float)back == (float)value)) break;
  }
  text_puts(text, digits);
}

void text_double(Text *text, double value) { put_shortest(text, value, false); }
void text_float(Text *text, float value) { put_shortest(text, (double)value, true); }

void text_put_json(Text *text, const char *string) {
  size_t n = strlen(string);
  text_putc(text, '"');
  for (size_t i = 0; i < n;) {
    int32_t code;
    char bytes[4];
    i += utf8_decode(string + i, n - i, &code);
    if (code == '"' || code == '\\')
      text_printf(text, "\\%c", (char)code);
    else if (code == '\n')
      text_puts(text, "\\n");
    else if (code >= 0 && code < 0x20)
      text_printf(text, "\\u%04x", (unsigned)code);
    else
      text_put(text, bytes, utf8_encode(code < 0 ? UTF8_INVALID : code, bytes));
  }
  text_putc(text, '"');
}

/* XML has neither control characters nor U+FFFE and U+FFFF, escaped or not. */
void text_put_xml(Text *out, const char *text) {
  size_t n = strlen(text);
  int32_t code;
  for (size_t at = 0, length; at < n; at += length) {
    length = utf8_decode(text + at, n - at, &code);
    if (code == '&')
      text_puts(out, "&amp;");
    else if (code == '<')
      text_puts(out, "&lt;");
    else if (code == '>')
      text_puts(out, "&gt;");
    else if (code == '"')
      text_puts(out, "&quot;");
    else if (code >= 0 && code < ' ')
      text_putc(out, ' ');
    else if (code < 0 || code == 0xfffe || code == 0xffff)
      text_puts(out, "\xEF\xBF\xBD");
    else
      text_put(out, text + at, length);
  }
}

void text_put_utf8(Text *text, const char *bytes, size_t n) {
  int32_t code;
  for (size_t at = 0, length; at < n; at += length) {
    length = utf8_decode(bytes + at, n - at, &code);
    if (code >= 0) {
      text_put(text, bytes + at, length);
      continue;
    }
    length = utf8_prefix(bytes + at, n - at);
    text_puts(text, "\xEF\xBF\xBD");
  }
}

void text_put_escaped(Text *text, const char *bytes, size_t n, const char *also) {
  static const char named[] = "\n\t\r", names[] = "ntr";
  int32_t code;
  for (size_t at = 0, length; at < n; at += length) {
    length = utf8_decode(bytes + at, n - at, &code);
    const char *name = code > 0 ? strchr(named, code) : NULL;
    if (code >= 0xa0 || (code >= ' ' && code < 0x7f && !strchr(also, code)))
      text_put(text, bytes + at, length);
    else if (name || (code >= ' ' && code < 0x7f))
      text_printf(text, "\\%c", name ? names[name - named] : (char)code);
    else
      for (size_t i = 0; i < length; i++)
        text_printf(text, "\\x%02x", (unsigned char)bytes[at + i]);
  }
}

const char *text_str(const Text *text) { return text->data ? text->data : ""; }

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed) {
  const unsigned char *p = bytes;
  uint64_t h = seed ^ 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
  return hash_mix(h, n);
}

uint64_t hash_wide(const void *bytes, size_t n, uint64_t seed) {
  const unsigned char *p = bytes;
  uint64_t h = seed ^ n * 0x9e3779b97f4a7c15u, w;
  for (; n >= 8; p += 8, n -= 8) {
    memcpy(&w, p, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  w = 0;
  for (size_t i = 0; i < n; i++) w |= (uint64_t)p[i] << (8 * i);
  h = (h ^ w) * 0xff51afd7ed558ccdu;
  return h ^ (h >> 32);
}

void strings_init(Strings *strings, Arena *arena) {
  *strings = (Strings){.arena = arena};
  strings->n_slots = 256;
  strings->slots = arena_array(arena, uint32_t, strings->n_slots);
  str_intern(strings, ""); /* id 0 */
}

/* Slots hold id + 1; 0 is free. */
static uint32_t *find_slot(const Strings *strings, const char *bytes, size_t n) {
  uint32_t mask = strings->n_slots - 1, at = (uint32_t)hash_bytes(bytes, n, 0) & mask;
  for (;; at = (at + 1) & mask) {
    uint32_t id = strings->slots[at];
    if (!id) return &strings->slots[at];
    if (strings->length[id - 1] == n && !memcmp(strings->text[id - 1], bytes, n))
      return &strings->slots[at];
  }
}

static void grow_strings(Strings *strings) {
  uint32_t cap = strings->cap ? strings->cap * 2 : 128;
  const char **text = arena_array(strings->arena, const char *, cap);
  uint32_t *length = arena_array(strings->arena, uint32_t, cap);
  if (strings->count) {
    memcpy(text, strings->text, strings->count * sizeof *text);
    memcpy(length, strings->length, strings->count * sizeof *length);
  }
  bool more = cap * 2 > strings->n_slots;
  uint32_t *slots = more ? arena_array(strings->arena, uint32_t, cap * 4) : strings->slots;
  strings->text = text; /* nothing below can run out of memory: the table is whole at any time */
  strings->length = length;
  strings->cap = cap;
  if (more) {
    strings->n_slots = cap * 4;
    strings->slots = slots;
    for (uint32_t i = 0; i < strings->count; i++) *find_slot(strings, text[i], length[i]) = i + 1;
  }
}

Str str_intern_n(Strings *strings, const char *bytes, size_t n) {
  uint32_t *slot = find_slot(strings, bytes, n);
  if (*slot) return (Str){*slot - 1};
  if (strings->count == strings->cap) {
    grow_strings(strings);
    slot = find_slot(strings, bytes, n);
  }
  char *copy = arena_alloc(strings->arena, n + 1);
  if (n) memcpy(copy, bytes, n);
  strings->text[strings->count] = copy;
  strings->length[strings->count] = (uint32_t)n;
  *slot = ++strings->count;
  return (Str){*slot - 1};
}

Str str_intern(Strings *strings, const char *string) {
  return str_intern_n(strings, string, strlen(string));
}

const char *str_text(const Strings *strings, Str str) { return strings->text[str.i]; }

void text_quoted(Text *out, const char *string) {
  text_putc(out, '"');
  for (const char *at = string; *at; at++) {
    unsigned char c = (unsigned char)*at;
    if (c == '"' || c == '\\')
      text_printf(out, "\\%c", c);
    else if (c < 32 || c == 127)
      text_printf(out, "\\x%02x", c);
    else
      text_putc(out, *at);
  }
  text_putc(out, '"');
}
