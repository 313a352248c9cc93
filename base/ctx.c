/* The context lives in its own arena: the arena's head is copied into the context once it exists.
 */
#include "base/ctx.h"

#include <stdio.h>
#include <stdlib.h>

Ctx *ctx_new(void) {
  Arena arena;
  arena_init(&arena);
  Ctx *ctx = arena_new(&arena, Ctx);
  ctx->arena = arena;
  strings_init(&ctx->strings, &ctx->arena);
  return ctx;
}

void ctx_free(Ctx *ctx) {
  if (!ctx) return;
  Arena arena = ctx->arena; /* the context itself is inside */
  arena_free(&arena);
}

char *ctx_printf(Ctx *ctx, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = arena_vprintf(&ctx->arena, format, args);
  va_end(args);
  return text;
}

void ordo_bug(const char *file, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "ordo: internal error at %s:%d: ", file, line);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  abort();
}
