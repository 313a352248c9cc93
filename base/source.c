/* Source texts and the space of positions that they share: each text takes length + 1 positions
 * after the one before it, starting at 1, so that {0, 0} is no place and the end of a text is a
 * place of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ctx.h"
#include "base/open.h"

enum { MAX_SOURCE = 1 << 28 }; /* bytes of one text; positions are 32 bits wide */

static void find_lines(Ctx *ctx, Source *source) {
  VEC(uint32_t) lines = {0};
  vec_push(&ctx->arena, &lines, 0);
  for (uint32_t i = 0; i < source->length; i++)
    if (source->text[i] == '\n') vec_push(&ctx->arena, &lines, i + 1);
  source->lines = lines.data;
  source->n_lines = lines.len;
}

const Source *source_add(Ctx *ctx, const char *path, const char *text, size_t length) {
  ORDO_CHECK(length <= MAX_SOURCE);
  uint32_t base = 1;
  if (ctx->sources.len) {
    const Source *last = ctx->sources.data[ctx->sources.len - 1];
    base = last->base + last->length + 1;
  }
  char *copy = arena_alloc(&ctx->arena, length + 1);
  if (length) memcpy(copy, text, length);
  Source *source = arena_new(&ctx->arena, Source);
  *source = (Source){arena_strdup(&ctx->arena, path), copy, (uint32_t)length, base, NULL, 0};
  find_lines(ctx, source);
  vec_push(&ctx->arena, &ctx->sources, source);
  return source;
}

/* Everything that can be read from the stream, up to one byte more than a source may have. */
static const char *read_all(Ctx *ctx, FILE *stream, size_t *length) {
  Text text = text_new(&ctx->arena);
  char buffer[1 << 14];
  for (size_t n; text.len <= MAX_SOURCE && (n = fread(buffer, 1, sizeof buffer, stream)) > 0;)
    text_put(&text, buffer, n);
  *length = text.len;
  return text_str(&text);
}

const Source *source_read(Ctx *ctx, const char *path, Span from) {
  const char *why;
  FILE *stream = open_stream(path, &why);
  if (!stream) {
    diag_at(ctx, from, E_file_missing, "cannot read '%s': %s", path, why);
    return NULL;
  }
  size_t length;
  errno = 0;
  const char *text = read_all(ctx, stream, &length);
  const char *reason = ferror(stream) ? strerror(errno) : NULL;
  if (!reason && length > MAX_SOURCE) reason = "the file is too large for a source text";
  fclose(stream);
  if (reason) {
    diag_at(ctx, from, E_file_missing, "cannot read '%s': %s", path, reason);
    return NULL;
  }
  return source_add(ctx, path, text, length);
}

/* The last line that begins at the place or before. */
static uint32_t line_at(const Source *source, uint32_t place) {
  uint32_t low = 0, high = source->n_lines;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (source->lines[middle] <= place)
      low = middle;
    else
      high = middle;
  }
  return low;
}

const Source *source_at(const Ctx *ctx, uint32_t position, int *line, int *column) {
  const Source *found = NULL;
  for (uint32_t i = 0; i < ctx->sources.len && !found; i++) {
    const Source *source = ctx->sources.data[i];
    if (position >= source->base && position - source->base <= source->length) found = source;
  }
  if (!found) return NULL;
  uint32_t place = position - found->base, at = line_at(found, place);
  int columns = 1;
  for (uint32_t i = found->lines[at]; i < place;
       i++) /* continuation bytes belong to the character before */
    columns += ((unsigned char)found->text[i] & 0xC0) != 0x80;
  if (line) *line = (int)at + 1;
  if (column) *column = columns;
  return found;
}
