/* What a refusal claims: that a derivative is zero. See compare.h. */
#include <string.h>

#include "tests/programs/compare.h"

/* The end of an operand: the comma or bracket behind it. */
static const char *operand_end(const char *text) {
  int depth = 0;
  for (; *text; text++) {
    depth += *text == '(' || *text == '[';
    if (!depth && (*text == ',' || *text == ')')) break;
    depth -= *text == ')' || *text == ']';
  }
  return text;
}

/* "(0 * x)" for the variable "x", "(0 * x, 0 * y)" for "(x, y)". */
static void put_zeros(const char *variable, const char *end, Text *out) {
  bool tuple = *variable == '(';
  text_putc(out, '(');
  for (const char *at = variable + tuple; at < end; at++) {
    const char *stop = operand_end(at);
    text_puts(out, at == variable + tuple ? "0 * " : ", 0 * ");
    text_put(out, at, (size_t)(stop - at));
    at = stop;
  }
  text_putc(out, ')');
}

const char *claim_zero(Ctx *ctx, const Diag *claim, const char *text) {
  Text out = text_new(&ctx->arena);
  if (!strstr(claim->message, "does not depend")) return NULL;
  const Source *source = source_at(ctx, claim->span.lo, NULL, NULL);
  if (strcmp(source->text, text) != 0) return NULL;
  const char *call = text + (claim->span.lo - source->base), *end = text + strlen(text);
  if (strncmp(call, "grad(", 5) != 0) return NULL;
  const char *loss_end = operand_end(call + 5);
  if (*loss_end != ',') return NULL;
  const char *variable = loss_end + 1 + strspn(loss_end + 1, " "), *stop = operand_end(variable);
  text_put(&out, text, (size_t)(call - text));
  put_zeros(variable, stop, &out);
  text_put(&out, stop + 1, (size_t)(end - stop - 1));
  return text_str(&out);
}
