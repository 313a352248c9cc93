/* Elaborations apart from functions and programs: those that may fail without a word, constant
 * expressions, constants given on the command line. */
#include <string.h>

#include "frontend/check/checker.h"
#include "frontend/syntax/parse.h"

/* ---- quiet work ---- */

Quiet quiet_begin(Check *c) {
  return (Quiet){diag_mark(c->ctx), c->spec->instances.len, c->spec->shapes.len};
}

void quiet_end(Check *c, Quiet quiet) {
  bool failed = c->ctx->diags.errors != quiet.mark.errors;
  diag_rollback(c->ctx, quiet.mark);
  if (!failed) return;
  c->spec->instances.len = quiet.instances;
  c->spec->shapes.len = quiet.shapes;
}

bool spec_unread(const Spec *spec) {
  for (uint32_t i = 0; i < spec->files.len; i++)
    if (spec->files.data[i]->failed) return true;
  return false;
}

Check check_scratch(Spec *spec, Scope *scope) {
  Check c = check_new(spec, scope);
  instance_new(&c, (Str){0}, ctx_str(spec->ctx, "constants"));
  return c;
}

/* ---- constants from the command line ---- */

static const char *find_define(Spec *spec, const char *name) {
  size_t n = strlen(name);
  for (uint32_t i = 0; spec->options && i < spec->options->n_defines; i++) {
    const char *d = spec->options->defines[i];
    if (!strncmp(d, name, n) && d[n] == '=') return d + n + 1;
  }
  return NULL;
}

/* The value given on the command line: a text for a constant that is a text, else an expression. */
bool spec_override(Spec *spec, Str name, const Value *standard, Value *out) {
  const char *text = find_define(spec, ctx_text(spec->ctx, name));
  if (!text) return false;
  if (standard->kind == VAL_text && text[0] != '"') {
    *out = (Value){.kind = VAL_text, .text = ctx_str(spec->ctx, text)};
    return true;
  }
  const char *shown = ctx_printf(spec->ctx, "-D %s", ctx_text(spec->ctx, name));
  const Expr *x = parse_expr_text(spec->ctx, source_add(spec->ctx, shown, text, strlen(text)));
  Check c = check_scratch(spec, spec->globals);
  *out = elab_expr(&c, x);
  return true;
}
