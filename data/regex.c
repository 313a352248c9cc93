/* Regular expressions: see regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "data/regex.h"

#include <pcre2.h>
#include <string.h>

/* Of white space that does not end, the compiled matcher keeps its state here. */
enum { STACK_LEAST = 32 << 10, STACK_MOST = 64 << 20 };

struct Regex {
  pcre2_code *code;
  pcre2_match_data *data;
  pcre2_match_context *context;
  pcre2_jit_stack *stack;
};

/* ---- Oniguruma's meaning in PCRE2's words ---- */

static const char *class_of(char letter) {
  switch (letter) {
  case 's':
    return "\\p{White_Space}";
  case 'S':
    return "\\P{White_Space}";
  case 'w':
    return "\\p{Alphabetic}\\p{M}\\p{N}\\p{Pc}";
  default:
    return NULL;
  }
}

/* Puts \w or \W, which are several properties. */
static const char *put_word(Text *out, bool negated, bool in_class) {
  if (negated && in_class) return "\\W inside of a class";
  text_printf(out, "%s%s%s",
              in_class  ? ""
              : negated ? "[^"
                        : "[",
              class_of('w'), in_class ? "" : "]");
  return NULL;
}

static const char *translate(const char *p, size_t n, Text *out) {
  int depth = 0;
  for (size_t i = 0; i < n; i++) {
    if (p[i] == '[') depth++;
    if (p[i] == ']' && depth) depth--;
    if (depth && p[i] == '&' && i + 1 < n && p[i + 1] == '&') return "&& in a class";
    if (depth > 1) return "a class inside of a class";
    if (p[i] != '\\' || i + 1 == n) {
      text_putc(out, p[i]);
      continue;
    }
    char letter = p[++i];
    if (letter == 'h' || letter == 'H') return "\\h";
    if (letter == 'w' || letter == 'W') {
      const char *why = put_word(out, letter == 'W', depth > 0);
      if (why) return why;
    } else if (class_of(letter)) {
      text_puts(out, class_of(letter));
    } else {
      text_putc(out, '\\');
      text_putc(out, letter);
    }
  }
  return NULL;
}

/* ---- compiling ---- */

static bool prepare(Regex *r) {
  pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE); /* where there is no compiler it is interpreted */
  r->data = pcre2_match_data_create(2, NULL);
  r->context = pcre2_match_context_create(NULL);
  r->stack = pcre2_jit_stack_create(STACK_LEAST, STACK_MOST, NULL);
  if (r->context && r->stack) pcre2_jit_stack_assign(r->context, NULL, r->stack);
  return r->data && r->context && r->stack;
}

Regex *regex_new(Ctx *ctx, const char *pattern, size_t n, const char **why) {
  Text text = text_new(&ctx->arena);
  const char *foreign = translate(pattern, n, &text);
  if (foreign) return *why = ctx_printf(ctx, "%s is not supported in a pattern", foreign), NULL;
  Regex *r = heap_alloc(sizeof *r);
  if (!r) return *why = "there is no memory for it", NULL;
  *r = (Regex){0};
  int error;
  size_t at;
  r->code = pcre2_compile((PCRE2_SPTR)text_str(&text), text.len,
                          PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error,
                          &at, NULL);
  if (r->code && prepare(r)) return r;
  char message[128] = "there is no memory for it";
  if (!r->code) pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
  *why = ctx_printf(ctx, "the pattern '%.*s' cannot be used: %s", (int)(n < 200 ? n : 200), pattern,
                    message);
  regex_free(r);
  return NULL;
}

void regex_free(Regex *r) {
  if (!r) return;
  pcre2_match_data_free(r->data);
  pcre2_match_context_free(r->context);
  pcre2_jit_stack_free(r->stack);
  pcre2_code_free(r->code);
  heap_free(r);
}

int regex_find(Regex *r, const char *text, size_t n, size_t from, RegexMatch *match) {
  for (;;) {
    int groups = pcre2_match(r->code, (PCRE2_SPTR)text, n, from,
                             PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, r->data, r->context);
    if (groups == PCRE2_ERROR_NOMATCH) return 0;
    if (groups < 0) return -1;
    const size_t *at = pcre2_get_ovector_pointer(r->data);
    bool group = groups != 1 && at[2] != PCRE2_UNSET; /* 0: more groups than two */
    *match = (RegexMatch){at[0], at[1], group ? at[2] : at[0], group ? at[3] : at[1]};
    if (match->hi > match->lo && match->lo >= from) return 1;
    from = match->hi + 1;
    if (from > n) return 0;
  }
}
