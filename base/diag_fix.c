/* Helps that change what stands in the text. */
#include "base/ctx.h"

void diag_fix_around(Ctx *ctx, Span span, const char *before, const char *after, const char *format,
                     ...) {
  va_list args;
  va_start(args, format);
  const char *help = arena_vprintf(&ctx->arena, format, args), *text = NULL;
  va_end(args);
  const Source *source = source_at(ctx, span.lo, NULL, NULL);
  if (source)
    text = ctx_printf(ctx, "%s%.*s%s", before, (int)(span.hi - span.lo),
                      source->text + (span.lo - source->base), after);
  diag_fix(ctx, span, text, "%s", help);
}
