#include "app/lsp/position.h"

#include "base/utf8.h"

uint32_t lines_find(const char *text, size_t length, uint32_t *starts) {
  uint32_t n = 0;
  starts[n++] = 0;
  for (size_t i = 0; i < length; i++) {
    bool crlf = text[i] == '\r' && i + 1 < length && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !crlf)) starts[n++] = (uint32_t)i + 1;
  }
  return n;
}

static int64_t units_of(Units units, int32_t code, size_t bytes) {
  if (units == UNITS_utf8) return (int64_t)bytes;
  return units == UNITS_utf16 && code > 0xFFFF ? 2 : 1;
}

/* The end of a line, without what ends it. */
static uint32_t line_end(const TextLines *lines, uint32_t line) {
  if (line + 1 == lines->n) return (uint32_t)lines->length;
  uint32_t end = lines->starts[line + 1] - 1;
  bool crlf = end > lines->starts[line] && lines->text[end] == '\n' && lines->text[end - 1] == '\r';
  return crlf ? end - 1 : end;
}

bool position_offset(const TextLines *lines, TextPosition at, uint32_t *offset) {
  if (at.line < 0 || at.character < 0 || at.line >= lines->n) return false;
  uint32_t place = lines->starts[at.line], end = line_end(lines, (uint32_t)at.line);
  for (int64_t units = 0; place < end && units < at.character;) {
    int32_t code;
    size_t n = utf8_decode(lines->text + place, end - place, &code);
    units += units_of(lines->units, code, n);
    if (units > at.character) break; /* inside of it */
    place += (uint32_t)n;
  }
  *offset = place;
  return true;
}

static uint32_t line_at(const TextLines *lines, uint32_t offset) {
  uint32_t low = 0, high = lines->n;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (lines->starts[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

TextPosition position_of(const TextLines *lines, uint32_t offset) {
  uint32_t line = line_at(lines, offset), end = line_end(lines, line);
  TextPosition out = {line, 0};
  if (offset > end) offset = end;
  for (uint32_t place = lines->starts[line]; place < offset;) {
    int32_t code;
    size_t n = utf8_decode(lines->text + place, end - place, &code);
    if (place + n > offset) break;
    out.character += units_of(lines->units, code, n);
    place += (uint32_t)n;
  }
  return out;
}
