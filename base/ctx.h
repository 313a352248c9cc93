/* The context: everything one compilation shares. No mutable globals exist; two contexts are
 * independent. */
#ifndef ORDO_BASE_CTX_H
#define ORDO_BASE_CTX_H

#include "base/diag.h"
#include "base/text.h"
#include "base/vec.h"

struct IrTables; /* interned sizes and types: ir/ir.h */

struct Ctx {
  Arena lasting; /* the context itself, interned texts, sizes and types, sources, diagnostics */
  Arena
      arena; /* everything else: as long as the context lives, or between ctx_scratch and its end */
  Strings strings;
  VEC(Source *) sources;
  Diags diags;
  struct IrTables *ir;
  bool allow_foreign; /* C functions may be called from any library (runtime/foreign.h) */
};

Ctx *ctx_new(void);
void ctx_free(Ctx *ctx);

/* From here to ctx_scratch_end everything that ctx->arena gives out is temporary. What is returned has to be handed to the
 * end; pairs may be nested. */
Arena ctx_scratch(Ctx *ctx);
void ctx_scratch_end(Ctx *ctx, Arena outer);

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
