/* Reading UTF-8 and knowing how wide a character is on a terminal. */
#ifndef ORDO_BASE_UTF8_H
#define ORDO_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_INVALID = 0xFFFD }; /* shown instead of bytes that are no character */

/* Reads one code point of the n > 0 bytes. Returns the bytes it took (at least 1); *code is -1 for
 * a byte that begins no valid sequence (overlong forms, surrogates and values above 10FFFF are not
 * valid). */
size_t utf8_decode(const char *bytes, size_t n, int32_t *code);
/* How many of the n bytes, from the first on, are whole characters. */
size_t utf8_valid(const char *bytes, size_t n);
/* The same, and how many characters these are. */
size_t utf8_count(const char *bytes, size_t n, int64_t *characters);
/* Of n > 0 bytes that begin with no character: the length of the longest part that could have begun
 * one, at least 1 (Unicode 15, section 3.9: the maximal subpart). */
size_t utf8_prefix(const char *bytes, size_t n);
/* Writes a code point; returns the bytes used (at most 4). */
size_t utf8_encode(int32_t code, char out[4]);
/* Terminal columns: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1. */
int utf8_width(int32_t code);

#endif
