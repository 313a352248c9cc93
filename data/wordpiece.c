#include "data/wordpiece.h"

#include "base/utf8.h"

/* The longest token of text[at, n) that ends between two characters, -1; its end in *end. */
static int32_t longest_token(WordPiece *w, const char *text, size_t at, size_t n, size_t *end) {
  size_t before = at ? w->n_prefix : 0;
  w->part.n = 0;
  if (before && !bytes_put(&w->part, w->prefix, before)) return -1;
  if (!bytes_put(&w->part, text + at, n - at)) return -1;
  size_t hi = n;
  if (before + (hi - at) > w->longest) hi = w->longest > before ? at + w->longest - before : at;
  for (; hi > at; hi--) {
    if (hi < n && ((unsigned char)text[hi] & 0xC0) == 0x80) continue; /* inside of a character */
    int32_t id = vocab_find(w->vocab, w->part.data, before + (hi - at));
    if (id < 0) continue;
    *end = hi;
    return id;
  }
  return -1;
}

bool wordpiece_encode(WordPiece *w, const char *word, size_t n, TokenList *out, int64_t *unknown) {
  size_t from = out->len, at = 0, end = 0;
  int64_t characters;
  utf8_count(word, n, &characters);
  while (characters <= w->most && at < n) {
    int32_t id = longest_token(w, word, at, n, &end);
    if (id < 0) break;
    if (!token_push(out, id)) return false;
    at = end;
  }
  if (at == n) return true;
  out->len = from;
  ++*unknown;
  return token_push(out, w->unk);
}
