/* Source texts, places in them, and diagnostics.
 *
 * All source files of a context share one space of positions, so that a Span is two 32-bit numbers.
 * Diagnostics are data: collected (limit 20), sorted by place when shown, printed with a caret; the
 * library never prints or exits. Codes are rows of base/diag.def and stable. Usage:
 *
 *   diag_at(ctx, span, E_size_mismatch, "index '%s' has two extents", name);
 *   diag_expected(ctx, "%s", a);  diag_got(ctx, "%s", b);       // of the diagnostic just made
 *   diag_note(ctx, other_span, "declared here");  diag_help(ctx, "write ...");
 *
 * A speculative check brackets its work with diag_mark / diag_rollback.
 */
#ifndef ORDO_BASE_DIAG_H
#define ORDO_BASE_DIAG_H

#include <stdbool.h>

#include "base/text.h"
#include "base/vec.h"

typedef struct Ctx Ctx;

typedef struct Span {
  uint32_t lo, hi; /* half-open range of global positions; {0, 0} is no place */
} Span;

static inline bool span_none(Span s) { return s.hi == 0; }
static inline Span span_join(Span a, Span b) {
  if (span_none(a)) return b;
  if (span_none(b)) return a;
  return (Span){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

typedef struct Source {
  const char *path; /* as shown to the user */
  const char *text; /* NUL-terminated */
  uint32_t length, base;
  const uint32_t *lines; /* where each begins */
  uint32_t n_lines;
} Source;

/* Registers a text under a name; text is copied. Returns the source (lives as long as ctx). */
const Source *source_add(Ctx *ctx, const char *path, const char *text, size_t length);
/* Reads a file into a source. On failure makes a diagnostic at 'from' and returns NULL. */
const Source *source_read(Ctx *ctx, const char *path, Span from);
/* The source a position lies in, NULL for none; line and column count from 1, column in code
 * points. */
const Source *source_at(const Ctx *ctx, uint32_t position, int *line, int *column);

typedef enum Severity { SEV_error, SEV_warning, SEV_note } Severity;

typedef enum DiagCode {
#define DIAG(code, name, severity, summary, explanation) E_##name,
#include "base/diag.def"
#undef DIAG
  N_DIAG_CODES
} DiagCode;

typedef struct DiagInfo {
  const char *code; /* "E0204" */
  const char *name; /* "size_mismatch" */
  Severity severity;
  const char *summary;     /* one line, for lists */
  const char *explanation; /* what it means, an example, how to mend it: 'ordo explain CODE' */
} DiagInfo;
extern const DiagInfo diag_info[N_DIAG_CODES];
/* The row for "E0204" (any case), or -1. */
int diag_find(const char *code);

typedef struct DiagNote {
  Span span;
  const char *text;
} DiagNote;

/* What a help says, as a change of the text: 'text' in the place of the span. */
typedef struct DiagFix {
  Span span;
  const char *text, *help;
} DiagFix;

typedef struct Diag {
  DiagCode code;
  Span span;
  const char *message, *expected, *got;
  VEC(DiagNote) notes;
  VEC(const char *) helps;
  VEC(DiagFix) fixes; /* those helps that can be applied as they are */
} Diag;

typedef struct Diags {
  VEC(Diag *) list;
  Diag *current; /* the one that expected, got, note and help attach to; NULL if it was not kept */
  uint32_t errors, dropped; /* errors counts the dropped ones too */
  uint32_t said;            /* all of any kind, also those said before */
} Diags;

/* Adds a diagnostic. The same code at the same place is kept once (the second one is swallowed, and
 * what is attached to it too). */
void diag_at(Ctx *ctx, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_expected(Ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
void diag_got(Ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
void diag_note(Ctx *ctx, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_help(Ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A help, and what does what it says: 'text' in the place of the span, which may be empty. Without
 * a text only the help. */
void diag_fix(Ctx *ctx, Span span, const char *text, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same that puts 'before' and 'after' around what stands there: f32(...). */
void diag_fix_around(Ctx *ctx, Span span, const char *before, const char *after, const char *format,
                     ...) __attribute__((format(printf, 5, 6)));

bool diag_failed(const Ctx *ctx); /* any error so far */
typedef struct DiagMark {
  uint32_t len, errors, dropped;
} DiagMark;
DiagMark diag_mark(const Ctx *ctx);
void diag_rollback(Ctx *ctx, DiagMark mark);

/* All diagnostics as text in order of place; ends with "N errors" when there are any. Text of the
 * source and of messages is made safe for a terminal: control characters and invalid bytes are
 * replaced. */
void diag_print(const Ctx *ctx, bool color, Text *out);
/* The same as JSON lines, for editors and scripts. */
void diag_print_json(const Ctx *ctx, Text *out);

#endif
