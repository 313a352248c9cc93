#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* The least code point that needs a sequence of this length: shorter values in it are overlong. */
static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

static size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

size_t utf8_decode(const char *bytes, size_t n, int32_t *code) {
  const unsigned char *p = (const unsigned char *)bytes;
  size_t length = sequence_length(p[0]);
  *code = -1;
  if (length == 0 || length > n) return 1;
  int32_t value = length == 1 ? p[0] : p[0] & (0x7F >> length);
  for (size_t i = 1; i < length; i++) {
    if ((p[i] & 0xC0) != 0x80) return 1;
    value = value << 6 | (p[i] & 0x3F);
  }
  bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[length] || value > 0x10FFFF || surrogate) return 1;
  *code = value;
  return length;
}

size_t utf8_count(const char *bytes, size_t n, int64_t *characters) {
  int32_t code;
  size_t at = 0;
  int64_t more = 0; /* bytes of characters behind their first */
  while (at < n) {
    uint64_t eight;
    if (n - at >= 8) {
      memcpy(&eight, bytes + at, 8);
      if (!(eight & 0x8080808080808080u)) {
        at += 8;
        continue;
      }
    }
    size_t length = (unsigned char)bytes[at] < 128 ? 1 : utf8_decode(bytes + at, n - at, &code);
    if (length == 1 && (unsigned char)bytes[at] >= 128) break;
    more += (int64_t)length - 1;
    at += length;
  }
  *characters = (int64_t)at - more;
  return at;
}

size_t utf8_valid(const char *bytes, size_t n) {
  int64_t characters;
  return utf8_count(bytes, n, &characters);
}

size_t utf8_prefix(const char *bytes, size_t n) {
  const unsigned char *p = (const unsigned char *)bytes;
  size_t length = sequence_length(p[0]), i = 1;
  unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
  unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
  for (; i < length && i < n; i++, low = 0x80, high = 0xBF)
    if (p[i] < low || p[i] > high) break;
  return i;
}

size_t utf8_encode(int32_t code, char out[4]) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3F));
  out[0] = (char)((0xF00 >> length) | code);
  return length;
}

typedef struct Range {
  int32_t first, last;
} Range;

/* The large blocks only: a caret that is off by one under a rare script does no harm. */
static const Range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},   {0x064B, 0x065F}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};
static const Range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static bool within(int32_t code, const Range *ranges, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (code >= ranges[i].first && code <= ranges[i].last) return true;
  return false;
}

int utf8_width(int32_t code) {
  if (code < 0x300) return 1;
  if (within(code, zero_width, sizeof zero_width / sizeof *zero_width)) return 0;
  return within(code, double_width, sizeof double_width / sizeof *double_width) ? 2 : 1;
}
