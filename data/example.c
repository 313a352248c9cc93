/* Records as numbers: see example.h. */
#include "data/example.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "data/tokenizer.h"

/* ---- numbers ---- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Reads the next number of a text; false at its end. A word that is no number gives *ok false. */
static bool next_number(const Field *field, size_t *at, double *value, bool *ok) {
  char word[64];
  size_t n = 0;
  while (*at < field->n && is_blank(field->text[*at])) ++*at;
  if (*at >= field->n) return false;
  while (*at < field->n && !is_blank(field->text[*at])) {
    if (n + 1 < sizeof word) word[n] = field->text[*at];
    n++;
    ++*at;
  }
  *ok = n < sizeof word;
  if (!*ok) return true;
  word[n] = 0;
  char *end;
  *value = !strcmp(word, "true") ? 1 : !strcmp(word, "false") ? 0 : strtod(word, &end);
  if (strcmp(word, "true") && strcmp(word, "false")) *ok = end != word && !*end;
  return true;
}

static const char *number_fault(const SpecColumn *column, double value) {
  int64_t extent;
  switch (column->dtype) {
  case DT_bool:
    return value == 0 || value == 1 ? NULL : "is not true or false";
  case DT_i32:
    return value == floor(value) && fabs(value) <= INT32_MAX ? NULL
                                                             : "is no whole number of 32 bits";
  case DT_idx:
    extent = column->most;
    return value == floor(value) && value >= 0 && (!extent || value < (double)extent)
               ? NULL
               : "is no index into its axis";
  default:
    return NULL;
  }
}

static const char *check_numbers(const SpecColumn *column, const Field *field, int64_t *count) {
  size_t at = 0;
  double value = 0;
  bool ok = true;
  for (*count = 0; next_number(field, &at, &value, &ok); ++*count) {
    const char *why = ok ? number_fault(column, value) : "is no number";
    if (why) return why;
  }
  return NULL;
}

/* ---- tokens ---- */

/* How many tokens a text has, which only encoding it can tell; max_len + 1 when there are more. */
static const char *count_bpe(const SpecColumn *column, const Vocab *vocab, const Field *field,
                             int64_t *count) {
  uint32_t longest = vocab->tokenizer->longest;
  *count = column->max_len + 1;
  if (longest && (int64_t)(field->n / longest) > column->max_len) return NULL;
  TokenList tokens = {0};
  int64_t unknown = 0;
  bool ok = vocab_encode(vocab, field->text, field->n, &tokens, &unknown);
  *count = (int64_t)tokens.len + column->eos;
  token_list_free(&tokens);
  return ok ? NULL : "needs more memory than there is";
}

static const char *check_tokens(const SpecColumn *column, const Vocab *vocab, const Field *field,
                                int64_t *count) {
  ColumnKind kind = column_kind(column, vocab);
  if (kind != COL_bytes && utf8_valid(field->text, field->n) < field->n) return "is not UTF-8";
  if (kind == COL_bpe) return count_bpe(column, vocab, field, count);
  *count = vocab_length(kind, field->text, field->n) + column->eos;
  return NULL;
}

/* ---- examples ---- */

static const char *check_length(const SpecData *data, const SpecColumn *column, int64_t count,
                                int64_t *lengths) {
  if (column->axis < 0) return count == 1 ? NULL : count ? "has several values" : "is empty";
  int64_t fixed = data->axes[column->axis].fixed, before = lengths[column->axis];
  if (!count) return "is empty";
  if (count > column->max_len) return "is longer than max_len";
  if (fixed && column->kind == COL_number && count != fixed) return "has another length";
  if (fixed && count > fixed) return "is longer than its axis";
  if (before && before != count) return "has another length than the column before it";
  lengths[column->axis] = count;
  return NULL;
}

Fault example_check(const SpecData *data, const Vocab *const *vocabs, const Field *fields,
                    int64_t *lengths) {
  for (int i = 0; i < data->n_axes; i++) lengths[i] = 0;
  for (int i = 0; i < data->n_columns; i++) {
    const SpecColumn *column = &data->columns[i];
    int64_t count = 0;
    const char *why = column->kind == COL_number
                          ? check_numbers(column, &fields[i], &count)
                          : check_tokens(column, vocabs[i], &fields[i], &count);
    if (!why) why = check_length(data, column, count, lengths);
    if (why) return (Fault){why, i};
  }
  return (Fault){NULL, -1};
}

static bool encode_numbers(const Field *field, TokenList *out) {
  size_t at = 0;
  double value = 0;
  bool ok = true;
  while (next_number(field, &at, &value, &ok)) {
    int32_t halves[2];
    memcpy(halves, &value, sizeof halves);
    if (!token_push(out, halves[0]) || !token_push(out, halves[1])) return false;
  }
  return true;
}

bool example_encode(const SpecData *data, const Vocab *const *vocabs, const Field *fields,
                    TokenList *out, int64_t *unknown) {
  for (int i = 0; i < data->n_columns; i++) {
    const SpecColumn *column = &data->columns[i];
    bool ok = column->kind == COL_number
                  ? encode_numbers(&fields[i], out)
                  : vocab_encode(vocabs[i], fields[i].text, fields[i].n, out, unknown);
    if (!ok || (column->eos && !token_push(out, vocabs[i]->special[TOKEN_eos]))) return false;
  }
  return true;
}
