/* Any bytes as a program: either diagnostics or a tree; a tree formats to a text with the same
 * tree, and that text to itself. */
#include "frontend/syntax/fmt.h"
#include "frontend/syntax/parse.h"

static const char *format(Ctx *ctx, const char *text, size_t size, size_t *length,
                          uint32_t *comments) {
  const Source *source = source_add(ctx, "fuzz.ordo", text, size);
  AstFile *file = parse_file(ctx, source);
  if (file->failed != diag_failed(ctx)) ORDO_BUG("a poisoned tree and diagnostics disagree");
  Text out = text_new(&ctx->arena);
  if (!fmt_file(ctx, file, &out)) return NULL;
  *length = out.len;
  *comments = file->n_comments;
  return text_str(&out);
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  size_t once_length, twice_length;
  uint32_t comments, comments_left;
  const char *once = format(ctx, (const char *)data, size, &once_length, &comments);
  if (once) {
    const char *twice = format(ctx, once, once_length, &twice_length, &comments_left);
    if (!twice) ORDO_BUG("the formatted text does not parse:\n%s", once);
    if (comments != comments_left) ORDO_BUG("formatting loses comments:\n%s", once);
    if (once_length != twice_length || __builtin_memcmp(once, twice, once_length))
      ORDO_BUG("formatting twice changes the text:\n%s\n----\n%s", once, twice);
  } else {
    Text out = text_new(&ctx->arena);
    diag_print(ctx, true, &out);
    diag_print_json(ctx, &out);
  }
}

#include "fuzz.h"
