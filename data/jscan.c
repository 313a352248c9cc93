/* Finding values in a line of JSON: see jscan.h. */
#include "data/jscan.h"

#include "base/utf8.h"

static const char no_memory[] = "there is no memory for it";

static void skip_space(JsonScan *s) {
  while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
    s->at++;
}

bool jscan_at_end(JsonScan *s) {
  skip_space(s);
  return s->at == s->end;
}

bool jscan_next_is(JsonScan *s, char c) { return !jscan_at_end(s) && *s->at == c; }

const char *jscan_take(JsonScan *s, char c) {
  if (jscan_next_is(s, c)) {
    s->at++;
    return NULL;
  }
  switch (c) {
  case '{':
    return "it is no JSON object";
  case ':':
    return "it is no JSON: no ':' behind a key";
  default:
    return "it is no JSON: a bracket is not closed";
  }
}

const char *jscan_string(JsonScan *s, JsonValue *out) {
  if (!jscan_next_is(s, '"')) return "it is no JSON: a key is no text in quotes";
  const char *start = s->at;
  for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
    if (*s->at == '\\' && s->at + 1 < s->end) s->at++;
  if (s->at == s->end) return "it is no JSON: a text does not end";
  s->at++;
  *out = (JsonValue){start, (size_t)(s->at - start)};
  return NULL;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool in_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; }

static bool among(const char *at, size_t n, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == n && !memcmp(at, *words, n)) return true;
  return false;
}

/* A number or a word. NaN and infinities are no JSON, but many programs write them. */
static const char *skip_plain(JsonScan *s) {
  static const char *const words[] = {"true",     "false",     "null", "NaN",
                                      "Infinity", "-Infinity", NULL};
  const char *start = s->at;
  bool digits = false;
  for (; s->at < s->end && (in_number(*s->at) || is_letter(*s->at)); s->at++)
    digits = digits || is_digit(*s->at);
  size_t n = (size_t)(s->at - start);
  if (!n) return "it is no JSON: a value is missing";
  if (is_digit(*start) || (*start == '-' && digits)) return NULL;
  return among(start, n, words) ? NULL : "it is no JSON: a word is no value";
}

/* The key of a member and its colon. */
static const char *skip_key(JsonScan *s) {
  JsonValue key;
  const char *why = jscan_string(s, &key);
  return why ? why : jscan_take(s, ':');
}

/* Begins a value; *done when it is whole, else its first item comes next. */
static const char *begin_value(JsonScan *s, bool *done) {
  JsonValue text;
  *done = true;
  if (jscan_at_end(s)) return "it is no JSON: a value is missing";
  char c = *s->at;
  if (c == '"') return jscan_string(s, &text);
  if (c != '{' && c != '[') return skip_plain(s);
  s->at++;
  char close = c == '{' ? '}' : ']';
  if (jscan_next_is(s, close)) return s->at++, NULL;
  *done = false;
  if (!bytes_put(&s->open, &close, 1)) return no_memory;
  return c == '{' ? skip_key(s) : NULL;
}

/* Behind an item: closes what ends here. *done when nothing is open, else an item comes next. */
static const char *end_value(JsonScan *s, bool *done) {
  while (s->open.n) {
    char close = s->open.data[s->open.n - 1];
    if (jscan_next_is(s, ',')) {
      s->at++;
      *done = false;
      return close == '}' ? skip_key(s) : NULL;
    }
    const char *why = jscan_take(s, close);
    if (why) return why;
    s->open.n--;
  }
  *done = true;
  return NULL;
}

const char *jscan_value(JsonScan *s, JsonValue *out) {
  skip_space(s);
  const char *start = s->at, *why = NULL;
  s->open.n = 0;
  for (bool done = false; !done;) {
    why = begin_value(s, &done);
    if (!why && done) why = end_value(s, &done);
    if (why) return why;
  }
  *out = (JsonValue){start, (size_t)(s->at - start)};
  return NULL;
}

/* ---- what a value says ---- */

static int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of \uXXXX at 'at', or -1. */
static int32_t code_unit(const char *at, const char *end) {
  int32_t unit = 0;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
  for (int i = 2; i < 6; i++) {
    if (hex_digit(at[i]) < 0) return -1;
    unit = 16 * unit + hex_digit(at[i]);
  }
  return unit;
}

static bool put_code(int32_t code, Bytes *out) {
  char utf8[4];
  return bytes_put(out, utf8, utf8_encode(code, utf8));
}

static const char *put_unicode(const char **at, const char *end, Bytes *out) {
  int32_t unit = code_unit(*at, end), low;
  if (unit < 0) return "has an escape that JSON does not have";
  *at += 6;
  if (unit >= 0xd800 && unit < 0xe000) {
    low = code_unit(*at, end);
    if (unit >= 0xdc00 || low < 0xdc00 || low >= 0xe000) return "has half of a surrogate pair";
    *at += 6;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  return put_code(unit, out) ? NULL : no_memory;
}

static const char *put_escape(const char **at, const char *end, Bytes *out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char c = (*at)[1];
  if (c == 'u') return put_unicode(at, end, out);
  const char *found = c ? strchr(from, c) : NULL;
  if (!found) return "has an escape that JSON does not have";
  *at += 2;
  return bytes_put(out, &to[found - from], 1) ? NULL : no_memory;
}

static const char *put_string(const char *at, const char *end, Bytes *out) {
  while (at < end) {
    const char *escape = memchr(at, '\\', (size_t)(end - at)), *why;
    size_t plain = (size_t)((escape ? escape : end) - at);
    if (!bytes_put(out, at, plain)) return no_memory;
    at += plain;
    if (escape && (why = put_escape(&at, end, out))) return why;
  }
  return NULL;
}

/* -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *at, size_t n) {
  const char *end = at + n;
  if (at < end && *at == '-') at++;
  if (at == end || !is_digit(*at)) return false;
  bool zero = *at++ == '0';
  if (zero && at < end && is_digit(*at)) return false;
  while (at < end && is_digit(*at)) at++;
  for (int part = 0; part < 2; part++) {
    if (at == end || (part ? *at != 'e' && *at != 'E' : *at != '.')) continue;
    at++;
    if (part && at < end && (*at == '+' || *at == '-')) at++;
    if (at == end || !is_digit(*at)) return false;
    while (at < end && is_digit(*at)) at++;
  }
  return at == end;
}

const char *jscan_text(JsonValue v, Bytes *out) {
  static const char *const words[] = {"true", "false", "NaN", "Infinity", "-Infinity", NULL};
  if (*v.at == '"') return put_string(v.at + 1, v.at + v.n - 1, out);
  if (*v.at == '{' || *v.at == '[') return "is neither text nor numbers";
  if (v.n == 4 && !memcmp(v.at, "null", 4)) return "is null";
  if (!among(v.at, v.n, words) && !is_number(v.at, v.n)) return "is no number of JSON";
  return bytes_put(out, v.at, v.n) ? NULL : no_memory;
}
