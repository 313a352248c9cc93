#include "data/charsmap.h"

#include <glib.h>
#include <string.h>

#include "base/utf8.h"

/* ---- units of the double array: darts-clone's layout ---- */

static bool has_leaf(uint32_t unit) { return unit >> 8 & 1; }
static uint32_t value_of(uint32_t unit) { return unit & 0x7fffffff; }
static uint32_t label_of(uint32_t unit) { return unit & 0x800000ff; }
static uint32_t offset_of(uint32_t unit) { return unit >> 10 << ((unit & 0x200) >> 6); }

/* The text of the shortest entry that text[0, n) begins with; NULL: there is none. */
static const char *find(const CharsMap *map, const char *text, size_t n, size_t *length) {
  uint32_t node = offset_of(map->units[0]);
  for (size_t i = 0; i < n && text[i]; i++) {
    node ^= (unsigned char)text[i];
    if (node >= map->n_units || label_of(map->units[node]) != (unsigned char)text[i]) return NULL;
    uint32_t unit = map->units[node];
    node ^= offset_of(unit);
    if (!has_leaf(unit)) continue;
    uint32_t at = node < map->n_units ? value_of(map->units[node]) : UINT32_MAX;
    if (at >= map->n_texts) return NULL;
    *length = strnlen(map->texts + at, map->n_texts - at);
    return map->texts + at;
  }
  return NULL;
}

CharsMap *charsmap_new(Ctx *ctx, Arena *arena, const char *base64, size_t n, const char **why) {
  CharsMap *map = arena_new(arena, CharsMap);
  gsize size;
  char *text = arena_alloc(arena, n + 1);
  memcpy(text, base64, n);
  unsigned char *bytes = g_base64_decode(text, &size);
  *why = "it is no table of SentencePiece";
  uint32_t n_bytes = 0;
  if (bytes && size >= 4)
    n_bytes = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
              (uint32_t)bytes[3] << 24;
  bool good = size >= 8 && n_bytes >= 4 && n_bytes <= size - 4 && n_bytes % 4 == 0;
  if (good) {
    uint32_t *units = arena_alloc(arena, n_bytes);
    memcpy(units, bytes + 4, n_bytes); /* little-endian, as we are */
    *map = (CharsMap){.units = units, .n_units = n_bytes / 4, .n_texts = size - 4 - n_bytes};
    map->texts = arena_copy(arena, bytes + 4 + n_bytes, map->n_texts);
    map->grapheme = regex_new(ctx, "\\X", 2, why);
    good = map->grapheme != NULL;
  }
  g_free(bytes);
  return good ? map : NULL;
}

enum { SHORT_GRAPHEME = 6 }; /* longer ones are only looked up character by character */

static bool put_grapheme(const CharsMap *map, const char *text, size_t n, Bytes *out) {
  size_t length, at = 0;
  const char *found = n < SHORT_GRAPHEME ? find(map, text, n, &length) : NULL;
  if (found) return bytes_put(out, found, length);
  while (at < n) {
    int32_t code;
    size_t one = utf8_decode(text + at, n - at, &code);
    found = find(map, text + at, one, &length);
    if (!bytes_put(out, found ? found : text + at, found ? length : one)) return false;
    at += one;
  }
  return true;
}

bool charsmap_run(const CharsMap *map, const char *text, size_t n, Bytes *out) {
  RegexMatch m;
  for (size_t at = 0; at < n; at = m.hi) {
    int found = regex_find(map->grapheme, text, n, at, &m);
    if (found < 0) return false;
    if (!found) m = (RegexMatch){.lo = n, .hi = n};
    if (m.lo > at && !put_grapheme(map, text + at, m.lo - at, out)) return false;
    if (m.hi > m.lo && !put_grapheme(map, text + m.lo, m.hi - m.lo, out)) return false;
  }
  return true;
}
