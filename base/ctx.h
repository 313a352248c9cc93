/* The context: everything one compilation shares. No mutable globals exist; two contexts are
 * independent. */
#ifndef ORDO_BASE_CTX_H
#define ORDO_BASE_CTX_H

#include "base/diag.h"
#include "base/text.h"
#include "base/vec.h"

struct IrTables; /* interned sizes and types: ir/ir.h */
struct Customs;  /* ops and facts of plug-ins: ir/custom.h */

/* Memory that is meant to go before the context: of a compiled function, a call, a step. Between
 * ctx_enter and ctx_leave ctx->arena is this one. Names, sizes and types that are interned
 * meanwhile stay with the context; all else must not be kept. */
typedef struct Lifetime {
  Arena arena, outer;
  bool passing;      /* freed by ctx_unwind */
  bool told_outside; /* diagnostics are kept in the memory around it */
  struct Lifetime *below;
} Lifetime;

struct Ctx {
  Arena arena;
  Arena tables; /* what is interned */
  Lifetime *inside;
  Strings strings;
  VEC(Source *) sources;
  Diags diags;
  struct IrTables *ir;
  struct Customs *customs; /* NULL: none */
  bool allow_foreign;      /* C functions may be called from any library (runtime/foreign.h) */
};

Ctx *ctx_new(void);
/* In two parts, with an escape: NULL when there is no memory for the first, and ctx_free gives
 * back what the second one leaves when memory runs out in it. */
Ctx *ctx_alloc(void);
void ctx_init(Ctx *ctx, ArenaEscape *escape);
void ctx_free(Ctx *ctx);

/* The Lifetime is zeroed, or as ctx_leave left it, and stays where it is in between. */
void ctx_enter(Ctx *ctx, Lifetime *life);
void ctx_leave(Ctx *ctx);
/* Leaves all of them: after an escape. */
void ctx_unwind(Ctx *ctx);

/* A state of a context to come back to, many times: what is interned as it was, diagnostics,
 * sources. What was made since is gone; what had been made (syntax trees) stays, and nobody may
 * have changed it. For many small jobs with the same beginning. */
typedef struct CtxMark {
  Ctx ctx;
  ArenaMark arena, tables;
} CtxMark;
CtxMark *ctx_mark(Ctx *ctx); /* lives as long as the context */
void ctx_rewind(Ctx *ctx, const CtxMark *mark);

/* Short names for the commonest calls. */
static inline Str ctx_str(Ctx *ctx, const char *text) { return str_intern(&ctx->strings, text); }
static inline const char *ctx_text(const Ctx *ctx, Str str) { return str_text(&ctx->strings, str); }
char *ctx_printf(Ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A bug of the compiler, not of the user's program: prints where and what to stderr, then aborts;
 * the command turns the abort into exit code 70. Never used for anything a user can cause. */
_Noreturn void ordo_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define ORDO_BUG(...) ordo_bug(__FILE__, __LINE__, __VA_ARGS__)
#define ORDO_CHECK(condition)                                                                      \
  do {                                                                                             \
    if (!(condition)) ORDO_BUG("broken invariant: %s", #condition);                                \
  } while (0)

#endif
