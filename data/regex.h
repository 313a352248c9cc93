/* Regular expressions over UTF-8, by PCRE2 with its compiler.
 *
 * Patterns in a tokenizer.json are written for Oniguruma. What both read alike is taken as it is;
 * \s, \S, \w and \W are written out as Unicode's White_Space and word characters, which PCRE2
 * understands differently; what has another meaning there (\h, \H, && in a class) is refused. */
#ifndef ORDO_DATA_REGEX_H
#define ORDO_DATA_REGEX_H

#include "base/ctx.h"

typedef struct Regex Regex;

/* NULL with what is wrong in *why (ctx's arena): the pattern may stand in a file or in the
 * compiler. n bytes of pattern. */
Regex *regex_new(Ctx *ctx, const char *pattern, size_t n, const char **why);
void regex_free(Regex *regex);

/* Inside of a class: the word characters of steps whose expression does not stand in the file,
 * which are those of Unicode's TR 18. Oniguruma's \w has all numbers, and no joiners. */
#define WORD_CLASS "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}"

/* The first match in text[from, n) that is not empty; the text before it counts as its past, and it
 * must be UTF-8. *group: what the first pair of brackets took (the whole match when there is none).
 * Returns 1, 0 for none, -1 when the search needs too much memory. */
typedef struct RegexMatch {
  size_t lo, hi, group_lo, group_hi;
} RegexMatch;
int regex_find(Regex *regex, const char *text, size_t n, size_t from, RegexMatch *match);

#endif
