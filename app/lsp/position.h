/* TextPlaces in a text as editors count them: lines from 0, and units of the agreed encoding in the
 * line. A line ends with "\n", "\r\n" or "\r". */
#ifndef ORDO_APP_LSP_POSITION_H
#define ORDO_APP_LSP_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Units { UNITS_utf16, UNITS_utf8, UNITS_utf32 } Units;

typedef struct TextPosition {
  int64_t line, character;
} TextPosition;

typedef struct TextLines {
  const char *text;
  size_t length;
  const uint32_t *starts; /* of the lines, the first at 0 */
  uint32_t n;
  Units units;
} TextLines;

/* Where each line begins, into 'starts', which has room for length + 1; gives how many. */
uint32_t lines_find(const char *text, size_t length, uint32_t *starts);
/* A place behind the end of its line is the end of the line, as the protocol says; false: the text
 * has no such line. */
bool position_offset(const TextLines *lines, TextPosition at, uint32_t *offset);
/* Inside a character: its beginning. */
TextPosition position_of(const TextLines *lines, uint32_t offset);

#endif
