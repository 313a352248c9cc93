/* Cutting a text into words: see pretoken.h. */
#define _GNU_SOURCE /* memmem */
#include "data/pretoken.h"

const char *const gpt2_pattern =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

static inline bool is_letter(char c) { return (unsigned char)((c | 0x20) - 'a') < 26; }
static inline bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

size_t gpt2_plain_word(const char *text, size_t n) {
  size_t start = n > 1 && text[0] == ' ', at = start;
  if (at < n && is_letter(text[at]))
    while (at < n && is_letter(text[at])) at++;
  else
    while (at < n && is_digit(text[at])) at++;
  /* a letter or number of another script would go on */
  return at == start || (at < n && (unsigned char)text[at] >= 128) ? 0 : at;
}

void words_free(Words *w) {
  bytes_free(&w->text);
  bytes_free(&w->spare);
  heap_free(w->words);
  heap_free(w->spare_words);
  *w = (Words){0};
}

static bool grow(Words *w) {
  size_t cap = w->spare_cap ? 2 * w->spare_cap : 64;
  Word *words = heap_alloc(cap * sizeof *words);
  if (!words) return false;
  if (w->n_spare) memcpy(words, w->spare_words, w->n_spare * sizeof *words);
  heap_free(w->spare_words);
  w->spare_words = words;
  w->spare_cap = cap;
  return true;
}

static inline bool put(Words *w, size_t lo, size_t hi) {
  if (hi == lo) return true;
  if (w->n_spare == w->spare_cap && !grow(w)) return false;
  w->spare_words[w->n_spare++] = (Word){lo, hi - lo};
  return true;
}

/* What was made becomes the words. changed: of another text. */
static void take(Words *w, bool changed) {
  Word *words = w->words;
  size_t cap = w->cap;
  w->words = w->spare_words;
  w->cap = w->spare_cap;
  w->n = w->n_spare;
  w->spare_words = words;
  w->spare_cap = cap;
  if (!changed) return;
  Bytes text = w->text;
  w->text = w->spare;
  w->spare = text;
}

/* ---- expressions ---- */

/* Puts the next part, found or not, as the behaviour says. */
typedef struct Joiner {
  Words *words;
  Behavior behavior;
  bool invert, any, last_found;
  size_t lo, hi; /* that may still grow */
} Joiner;

static bool flush(Joiner *j) { return !j->any || put(j->words, j->lo, j->hi); }

static bool joins(const Joiner *j, bool found) {
  switch (j->behavior) {
  case CUT_merged_with_previous:
    return found && !j->last_found;
  case CUT_merged_with_next:
    return !found && j->last_found;
  case CUT_contiguous:
    return found == j->last_found;
  default:
    return false;
  }
}

static bool add_part(Joiner *j, size_t lo, size_t hi, bool found) {
  if (lo == hi) return true;
  found = found != j->invert;
  if (j->behavior == CUT_removed && found) return true;
  if (j->any && joins(j, found)) {
    j->hi = hi;
  } else {
    if (!flush(j)) return false;
    j->any = true;
    j->lo = lo;
    j->hi = hi;
  }
  j->last_found = found;
  return true;
}

static bool cut_regex(const CutStep *s, Words *w, const Word *word) {
  Joiner j = {.words = w, .behavior = s->behavior, .invert = s->invert};
  const char *text = w->text.data + word->at;
  size_t at = 0;
  RegexMatch m;
  for (int found; at < word->n; at = m.hi) {
    size_t plain = s->gpt2 ? gpt2_plain_word(text + at, word->n - at) : 0;
    m = (RegexMatch){.lo = at, .hi = at + plain};
    found = plain ? 1 : regex_find(s->regex, text, word->n, at, &m);
    if (found < 0) return false;
    if (!found) break;
    if (!add_part(&j, word->at + at, word->at + m.lo, false) ||
        !add_part(&j, word->at + m.lo, word->at + m.hi, true))
      return false;
  }
  return add_part(&j, word->at + at, word->at + word->n, false) && flush(&j);
}

/* ---- blanks ---- */

static bool begins_with(const char *text, size_t n, const char *with, size_t n_with) {
  return n >= n_with && !memcmp(text, with, n_with);
}

static bool add_space(Words *w, const Word *word, Before before) {
  const char *text = w->text.data + word->at;
  size_t lo = w->spare.n;
  bool needs = text[0] != ' ' && before != BEFORE_text;
  return (!needs || bytes_put(&w->spare, " ", 1)) && bytes_put(&w->spare, text, word->n) &&
         put(w, lo, w->spare.n);
}

/* Words of w->spare[lo, hi) that begin with 'with'. */
static bool cut_before(const CutStep *s, Words *w, size_t lo) {
  size_t hi = w->spare.n;
  for (size_t at = lo; at < hi;) {
    size_t from =
        begins_with(w->spare.data + at, hi - at, s->with, s->n_with) ? at + s->n_with : at;
    const char *next = memmem(w->spare.data + from, hi - from, s->with, s->n_with);
    size_t end = next ? (size_t)(next - w->spare.data) : hi;
    /* of several in a row each is a word */
    if (!put(w, at, end)) return false;
    at = end;
  }
  return true;
}

static bool cut_metaspace(const CutStep *s, Words *w, const Word *word, Before before) {
  const char *text = w->text.data + word->at;
  size_t lo = w->spare.n;
  bool marked = text[0] == ' ' || begins_with(text, word->n, s->with, s->n_with);
  bool wanted = (s->prepend == PREPEND_always && before != BEFORE_text) ||
                (s->prepend == PREPEND_first && before == BEFORE_nothing);
  if (wanted && !marked && !bytes_put(&w->spare, s->with, s->n_with)) return false;
  for (size_t at = 0; at < word->n;) {
    const char *blank = memchr(text + at, ' ', word->n - at);
    size_t n = blank ? (size_t)(blank - text) - at : word->n - at;
    if (!bytes_put(&w->spare, text + at, n)) return false;
    if (blank && !bytes_put(&w->spare, s->with, s->n_with)) return false;
    at += n + (blank != NULL);
  }
  return s->split ? cut_before(s, w, lo) : put(w, lo, w->spare.n);
}

bool words_cut(const CutStep *steps, uint32_t n_steps, Before before, Words *w) {
  w->n_spare = 0;
  if (!put(w, 0, w->text.n)) return false;
  take(w, false);
  for (uint32_t i = 0; i < n_steps; i++) {
    const CutStep *s = &steps[i];
    w->n_spare = 0;
    w->spare.n = 0;
    for (size_t k = 0; k < w->n; k++) {
      const Word *word = &w->words[k];
      Before here = k ? BEFORE_token : before;
      bool ok = s->kind == CUT_regex   ? cut_regex(s, w, word)
                : s->kind == CUT_space ? add_space(w, word, here)
                                       : cut_metaspace(s, w, word, here);
      if (!ok) return false;
    }
    take(w, s->kind != CUT_regex);
  }
  return true;
}
