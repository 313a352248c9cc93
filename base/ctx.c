#include "base/ctx.h"

#include <stdio.h>
#include <stdlib.h>

Ctx *ctx_alloc(void) { return heap_alloc(sizeof(Ctx)); }

void ctx_init(Ctx *ctx, ArenaEscape *escape) {
  arena_guard(&ctx->arena, escape);
  arena_guard(&ctx->tables, escape);
  strings_init(&ctx->strings, &ctx->tables);
}

Ctx *ctx_new(void) {
  Ctx *ctx = ctx_alloc();
  if (!ctx) arena_exhausted(&(Arena){0}, sizeof *ctx);
  ctx_init(ctx, NULL);
  return ctx;
}

void ctx_free(Ctx *ctx) {
  if (!ctx) return;
  ctx_unwind(ctx);
  arena_free(&ctx->arena);
  arena_free(&ctx->tables);
  heap_free(ctx);
}

void ctx_enter(Ctx *ctx, Lifetime *life) {
  life->outer = ctx->arena;
  life->below = ctx->inside;
  arena_guard(&life->arena, ctx->arena.escape);
  ctx->arena = life->arena;
  ctx->inside = life;
}

void ctx_leave(Ctx *ctx) {
  Lifetime *life = ctx->inside;
  life->arena = ctx->arena;
  ctx->arena = life->outer;
  ctx->inside = life->below;
}

void ctx_unwind(Ctx *ctx) {
  while (ctx->inside) {
    Lifetime *life = ctx->inside;
    ctx_leave(ctx);
    if (life->passing) arena_free(&life->arena);
  }
}

CtxMark *ctx_mark(Ctx *ctx) {
  CtxMark *mark = arena_new(&ctx->arena, CtxMark);
  mark->tables = arena_mark_image(&ctx->tables, &ctx->arena);
  mark->arena = arena_mark(&ctx->arena);
  mark->ctx = *ctx;
  return mark;
}

void ctx_rewind(Ctx *ctx, const CtxMark *mark) {
  ctx_unwind(ctx);
  arena_rewind(&ctx->arena, &mark->arena);
  arena_rewind(&ctx->tables, &mark->tables);
  *ctx = mark->ctx;
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
