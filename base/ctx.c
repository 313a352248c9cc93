/* The context lives in an arena of its own: the arena's head is copied into the context once it exists. */
#include "base/ctx.h"

#include <stdio.h>
#include <stdlib.h>

Ctx *ctx_new(void) {
  Arena lasting;
  arena_init(&lasting);
  Ctx *ctx = arena_new(&lasting, Ctx);
  ctx->lasting = lasting;
  strings_init(&ctx->strings, &ctx->lasting);
  return ctx;
}

void ctx_free(Ctx *ctx) {
  if (!ctx) return;
  arena_free(&ctx->arena);
  Arena lasting = ctx->lasting; /* the context itself is inside */
  arena_free(&lasting);
}

Arena ctx_scratch(Ctx *ctx) {
  Arena outer = ctx->arena;
  arena_init(&ctx->arena);
  return outer;
}

void ctx_scratch_end(Ctx *ctx, Arena outer) {
  arena_free(&ctx->arena);
  ctx->arena = outer;
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
