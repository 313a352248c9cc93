/* Collecting diagnostics. The table of codes is diag.def; printing is in diag_print.c.
 *
 * 'current' is the diagnostic that expected/got/note/help attach to. It is NULL after one that was
 * swallowed (a repetition) or dropped (beyond the limit), so that what belongs to it goes away with
 * it. Errors beyond the limit are counted all the same: whoever compares counts to learn whether a
 * check failed must see them.
 */
#include "base/diag.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/ctx.h"
#include "base/fault.h"

enum { LIMIT = 20 }; /* errors kept; and as many warnings and notes */

const DiagInfo diag_info[N_DIAG_CODES] = {
#define DIAG(code, name, severity, summary, explanation)                                           \
  [E_##name] = {code, #name, severity, summary, explanation},
#include "base/diag.def"
#undef DIAG
};

int diag_find(const char *code) {
  for (int i = 0; i < N_DIAG_CODES; i++)
    if (!strcasecmp(diag_info[i].code, code)) return i;
  return -1;
}

static bool repeated(const Diags *diags, DiagCode code, Span span) {
  for (uint32_t i = 0; i < diags->list.len; i++) {
    const Diag *diag = diags->list.data[i];
    if (diag->code == code && diag->span.lo == span.lo && diag->span.hi == span.hi &&
        !span_none(span))
      return true;
  }
  return false;
}

/* The memory that diagnostics are kept in. */
static Arena *home(Ctx *ctx) {
  Arena *arena = &ctx->arena;
  for (Lifetime *life = ctx->inside; life && life->told_outside; life = life->below)
    arena = &life->outer;
  return arena;
}

static bool is_error(DiagCode code) { return diag_info[code].severity == SEV_error; }

static uint32_t count_kept(const Diags *diags, bool errors) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < diags->list.len; i++) n += is_error(diags->list.data[i]->code) == errors;
  return n;
}

void diag_at(Ctx *ctx, Span span, DiagCode code, const char *format, ...) {
  Diags *diags = &ctx->diags;
  diags->current = NULL;
  diags->said++;
  if (repeated(diags, code, span)) return;
  bool error = is_error(code);
  diags->errors += error;
  if (count_kept(diags, error) >= LIMIT) {
    diags->dropped++;
    return;
  }
  Diag *diag = arena_new(home(ctx), Diag);
  va_list args;
  va_start(args, format);
  *diag = (Diag){.code = code, .span = span, .message = arena_vprintf(home(ctx), format, args)};
  va_end(args);
  vec_push(home(ctx), &diags->list, diag);
  diags->current = diag;
}

/* The text of a variadic function's format, or nothing if there is no diagnostic to attach it to.
 */
#define ATTACHED(ctx, text)                                                                        \
  if (!(ctx)->diags.current) return;                                                               \
  va_list args;                                                                                    \
  va_start(args, format);                                                                          \
  const char *text = arena_vprintf(home(ctx), format, args);                                       \
  va_end(args)

void diag_expected(Ctx *ctx, const char *format, ...) {
  ATTACHED(ctx, text);
  ctx->diags.current->expected = text;
}

void diag_got(Ctx *ctx, const char *format, ...) {
  ATTACHED(ctx, text);
  ctx->diags.current->got = text;
}

void diag_note(Ctx *ctx, Span span, const char *format, ...) {
  ATTACHED(ctx, text);
  DiagNote note = {span, text};
  vec_push(home(ctx), &ctx->diags.current->notes, note);
}

void diag_help(Ctx *ctx, const char *format, ...) {
  ATTACHED(ctx, text);
  vec_push(home(ctx), &ctx->diags.current->helps, text);
}

void diag_fix(Ctx *ctx, Span span, const char *text, const char *format, ...) {
  ATTACHED(ctx, help);
  vec_push(home(ctx), &ctx->diags.current->helps, help);
  if (!text) return;
  DiagFix fix = {span, arena_strdup(home(ctx), text), help};
  vec_push(home(ctx), &ctx->diags.current->fixes, fix);
}

bool fault_tell(Ctx *ctx, const Fault *fault, const char *what, ...) {
  if (!fault->text) return false;
  va_list args;
  va_start(args, what);
  const char *done = arena_vprintf(&ctx->arena, what, args);
  va_end(args);
  diag_at(ctx, fault->span, fault->code, "%s: %s", done, fault->text);
  return false;
}

bool diag_failed(const Ctx *ctx) { return ctx->diags.errors > 0; }

DiagMark diag_mark(const Ctx *ctx) {
  return (DiagMark){ctx->diags.list.len, ctx->diags.errors, ctx->diags.dropped};
}

void diag_rollback(Ctx *ctx, DiagMark mark) {
  ctx->diags.list.len = mark.len;
  ctx->diags.errors = mark.errors;
  ctx->diags.dropped = mark.dropped;
  ctx->diags.current = NULL;
}
