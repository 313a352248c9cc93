/* Counting the words that byte-level BPE learns from: see bpe_train.h. */
#include "base/utf8.h"
#include "data/bpe_train.h"
#include "data/bytes.h"
#include "data/pretoken.h"

enum { PIECE = 1 << 20 };

/* Where a text may be cut so that its words stay as they are: behind a line end between two
 * lines that hold something, else before a blank, else where it ends. */
static size_t cut_place(const char *text, size_t n) {
  for (size_t at = n - 1; at > 1; at--)
    if (text[at - 1] == '\n' && !strchr(" \t\r\n", text[at - 2]) && !strchr(" \t\r\n", text[at]))
      return at;
  for (size_t at = n - 1; at > 0; at--)
    if (text[at] == ' ' && text[at - 1] != ' ') return at;
  return n;
}

static bool count_valid(Regex *regex, const char *text, size_t n, Vocab *counts) {
  RegexMatch m;
  for (size_t at = 0; at < n; at = m.hi) {
    size_t plain = gpt2_plain_word(text + at, n - at);
    m = (RegexMatch){.lo = at, .hi = at + plain};
    if (!plain && regex_find(regex, text, n, at, &m) <= 0) return false;
    vocab_count_token(counts, text + m.lo, m.hi - m.lo);
  }
  return true;
}

static bool count_piece(Regex *regex, const char *text, size_t n, Vocab *counts, int64_t *bad) {
  while (n) {
    size_t good = utf8_valid(text, n);
    if (!count_valid(regex, text, good, counts)) return false;
    size_t skip = good < n;
    *bad += (int64_t)skip;
    text += good + skip;
    n -= good + skip;
  }
  return true;
}

static bool no_memory(Ctx *ctx, const FileIn *in) {
  diag_at(ctx, (Span){0}, E_run_failed, "reading '%s': no memory", in->path);
  return false;
}

/* A byte order mark is no text. */
static uint64_t mark_length(Ctx *ctx, const FileIn *in) {
  char mark[3];
  if (in->size < 3 || !file_get(ctx, in, 0, mark, 3)) return 0;
  return memcmp(mark, "\xEF\xBB\xBF", 3) ? 0 : 3;
}

bool bpe_count_words(Ctx *ctx, const FileIn *in, const BpeTraining *training, Vocab *counts,
                     int64_t *bad) {
  const char *why;
  Regex *regex = regex_new(ctx, gpt2_pattern, strlen(gpt2_pattern), &why);
  Bytes text = {0};
  bool ok = regex != NULL || no_memory(ctx, in);
  for (uint64_t at = ok ? mark_length(ctx, in) : 0; ok && at < in->size;) {
    size_t more = in->size - at < PIECE ? (size_t)(in->size - at) : PIECE;
    ok = bytes_reserve(&text, more) || no_memory(ctx, in);
    ok = ok && file_get(ctx, in, at, text.data + text.n, more);
    if (!ok) break;
    text.n += more;
    at += more;
    size_t cut = at < in->size ? cut_place(text.data, text.n) : text.n;
    ok = count_piece(regex, text.data, cut, counts, bad) || no_memory(ctx, in);
    memmove(text.data, text.data + cut, text.n - cut);
    text.n -= cut;
    if (training->progress)
      training->progress(training->user, "bytes", (int64_t)at, (int64_t)in->size);
  }
  regex_free(regex);
  bytes_free(&text);
  return ok;
}
