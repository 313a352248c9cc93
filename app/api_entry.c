/* What every entry of the interface begins and ends with. */
#include "app/api.h"

static const char out_of_memory[] = "error: out of memory\n";

Ctx *api_begin(Ordo *ordo, Ctx *ctx) {
  arena_reset(&ordo->said);
  ordo->errors = "";
  ordo->at = ctx;
  ordo->elaborates = false;
  ctx->diags = (Diags){0};
  ctx->allow_foreign = ordo->allow_foreign;
  return ctx;
}

bool api_end(Ordo *ordo, bool good) {
  Ctx *ctx = ordo->at;
  if (ctx->diags.list.len) {
    Text text = text_new(&ordo->said);
    diag_print(ctx, false, &text);
    ordo->errors = text_str(&text);
  }
  good = good && !diag_failed(ctx);
  ctx->diags = (Diags){0};
  return good;
}

bool api_starved(Ordo *ordo) {
  ordo->errors = out_of_memory;
  if (!ordo->at) return false;
  ctx_unwind(ordo->at);
  ordo->at->diags = (Diags){0};
  return false;
}

bool api_usable(OrdoSpec *spec) {
  if (!spec->spoiled) return true;
  diag_at(spec->ctx, (Span){0}, E_run_failed,
          "memory ran out while a function of this spec was made; load it again");
  return false;
}

void api_out_of_memory(Ordo *ordo) { ordo->errors = out_of_memory; }
