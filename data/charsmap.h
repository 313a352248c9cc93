/* SentencePiece's tables of normalisation, "precompiled_charsmap": a double array (darts-clone)
 * from texts to places in a block of texts. */
#ifndef ORDO_DATA_CHARSMAP_H
#define ORDO_DATA_CHARSMAP_H

#include "data/bytes.h"
#include "data/regex.h"

typedef struct CharsMap {
  const uint32_t *units;
  uint32_t n_units;
  const char *texts;
  size_t n_texts;
  Regex *grapheme; /* one character as a reader sees it; owned by whoever owns the map */
} CharsMap;

/* From base64; in the arena. NULL with what is wrong in *why. */
CharsMap *charsmap_new(Ctx *ctx, Arena *arena, const char *base64, size_t n, const char **why);
/* Appends the text with what the map changes changed. False when memory is out. */
bool charsmap_run(const CharsMap *map, const char *text, size_t n, Bytes *out);

#endif
