/* Records as numbers: see example.h. */
#include "data/example.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/tokenizer.h"
#include "io/numtext.h"

/* ---- numbers ---- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The next word of a text that has numbers with blanks between them; false at its end. */
static bool next_word(const Field *field, size_t *at, Field *word) {
  while (*at < field->n && is_blank(field->text[*at])) ++*at;
  size_t start = *at;
  while (*at < field->n && !is_blank(field->text[*at])) ++*at;
  *word = (Field){field->text + start, *at - start};
  return word->n > 0;
}

static const char *number_fault(const SpecColumn *column, const Field *word) {
  NumText number;
  if (!numtext_scan_all(word->text, word->n, &number)) return "is no number";
  if (number.word && !isfinite(number.nearest)) return "is not finite";
  const char *why = numtext_fault(&number, column->dtype);
  if (column->dtype != DT_idx) return why;
  bool inside = !why && number.odd >= 0 && (!column->most || number.odd < (double)column->most);
  return inside ? NULL : "is no index into its axis";
}

static const char *check_numbers(const SpecColumn *column, const Field *field, int64_t *count) {
  size_t at = 0;
  Field word;
  for (*count = 0; next_word(field, &at, &word); ++*count) {
    const char *why = number_fault(column, &word);
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

RecordFault example_check(const SpecData *data, const Vocab *const *vocabs, const Field *fields,
                          int64_t *lengths) {
  for (int i = 0; i < data->n_axes; i++) lengths[i] = 0;
  for (int i = 0; i < data->n_columns; i++) {
    const SpecColumn *column = &data->columns[i];
    int64_t count = 0;
    const char *why = column->kind == COL_number
                          ? check_numbers(column, &fields[i], &count)
                          : check_tokens(column, vocabs[i], &fields[i], &count);
    if (!why) why = check_length(data, column, count, lengths);
    if (why) return (RecordFault){why, i};
  }
  return (RecordFault){NULL, -1};
}

static bool encode_numbers(const SpecColumn *column, const Field *field, TokenList *out) {
  size_t at = 0;
  Field word;
  NumText number;
  while (next_word(field, &at, &word)) {
    int32_t halves[2];
    if (!numtext_scan_all(word.text, word.n, &number)) return false;
    double value = numtext_value(&number, column->dtype);
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
                  ? encode_numbers(column, &fields[i], out)
                  : vocab_encode(vocabs[i], fields[i].text, fields[i].n, out, unknown);
    if (!ok || (column->eos && !token_push(out, vocabs[i]->special[TOKEN_eos]))) return false;
  }
  return true;
}
