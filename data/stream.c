/* Running text: see stream.h. */
#include "data/stream.h"

#include "base/utf8.h"

/* Bytes of a piece, about: so many that the index of a file has at most PIECES_MOST entries. */
static uint64_t stream_piece_size(uint64_t file_size) {
  uint64_t size = PIECE_LEAST;
  while (file_size / size >= PIECES_MOST) size *= 2;
  return size;
}

/* ---- where pieces begin ---- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Behind a line end, between two lines that hold something. */
static bool begins_line(const char *text, size_t at) {
  size_t end = at >= 3 && text[at - 2] == '\r' ? at - 2 : at - 1;
  return at >= 2 && text[at - 1] == '\n' && end && !is_blank(text[end - 1]) && !is_blank(text[at]);
}

/* A place where tokenizers cut: the blank before a word, or a line's begin. at > 0. */
static bool begins_word(const char *text, size_t at) {
  return (text[at] == ' ' && !is_blank(text[at - 1])) || begins_line(text, at);
}

/* The first place of a character from 'at' on, and not inside of "\r\n". */
static size_t character_start(const char *text, size_t n, size_t at) {
  for (int i = 0; i < 3 && at < n && (text[at] & 0xC0) == 0x80; i++) at++;
  return at < n && at && text[at] == '\n' && text[at - 1] == '\r' ? at + 1 : at;
}

/* Where in text[from, to) a piece may begin. 'to' may be n; text[0] begins one. */
static size_t piece_start(ColumnKind kind, const char *text, size_t n, size_t from, size_t to) {
  if (kind != COL_chars && kind != COL_bytes) {
    for (const char *end; from < to; from = (size_t)(end - text) + 1) {
      size_t place;
      end = memchr(text + from, '\n', to - from);
      if (!end || (place = (size_t)(end - text) + 1) >= n) break;
      if (begins_line(text, place)) return place;
    }
    for (size_t at = from; at < to; at++)
      if (text[at] == ' ' && !is_blank(text[at - 1])) return at;
  }
  return kind == COL_bytes ? from : character_start(text, n, from);
}

/* Where the split that ends with byte 'at' really ends: with the token that is there. */
static size_t split_end(ColumnKind kind, const char *text, size_t n, size_t at) {
  if (kind == COL_bytes) return at;
  if (kind == COL_chars) return character_start(text, n, at);
  if (kind == COL_bpe)
    while (at < n && !begins_word(text, at)) at++;
  else
    while (at < n && !is_blank(text[at]) && !is_blank(text[at - 1])) at++;
  return at;
}

/* ---- scanning ---- */

StreamScan stream_scan(Ctx *ctx, const FileIn *in, ColumnKind kind, const uint64_t *ends) {
  return (StreamScan){
      .ctx = ctx, .in = in, .kind = kind, .piece_size = stream_piece_size(in->size), .ends = ends};
}

void stream_scan_free(StreamScan *s) { bytes_free(&s->text); }

static bool no_memory(Ctx *ctx, const FileIn *in) {
  diag_at(ctx, (Span){0}, E_run_failed, "reading '%s': no memory", in->path);
  return false;
}

/* Reads ahead until the text reaches the offset, or the end of the file. */
static bool read_to(StreamScan *s, uint64_t offset) {
  uint64_t have = s->base + s->text.n;
  if (have >= offset || have >= s->in->size) return true;
  if (s->at) {
    memmove(s->text.data, s->text.data + s->at, s->text.n - s->at);
    s->base += s->at;
    s->text.n -= s->at;
    s->at = 0;
  }
  uint64_t want = offset - have > SCAN_CHUNK ? offset - have : SCAN_CHUNK;
  if (want > s->in->size - have) want = s->in->size - have;
  if (!bytes_reserve(&s->text, (size_t)want)) return no_memory(s->ctx, s->in);
  if (!file_get(s->ctx, s->in, have, s->text.data + s->text.n, (size_t)want)) return false;
  s->text.n += (size_t)want;
  return true;
}

/* A byte order mark is no text. */
static bool pass_mark(StreamScan *s) {
  if (s->base + s->at || s->kind == COL_bytes) return true;
  if (!read_to(s, 3)) return false;
  if (s->text.n >= 3 && !memcmp(s->text.data, "\xEF\xBB\xBF", 3)) s->at = 3;
  return true;
}

int stream_scan_next(StreamScan *s, char **text, size_t *n, uint64_t *offset) {
  if (!pass_mark(s)) return -1;
  uint64_t start = s->base + s->at, size = s->in->size;
  if (start >= size) return 0;
  uint64_t grid = (start / s->piece_size + 1) * s->piece_size;
  if (!read_to(s, grid + s->piece_size + 4)) return -1;
  char *from = s->text.data + s->at;
  size_t have = s->text.n - s->at, end = have;
  if (start + have > grid + s->piece_size) /* the last piece of a file takes all that is left */
    end = piece_start(s->kind, from, have, (size_t)(grid - start),
                      (size_t)(grid - start + s->piece_size));
  while (start >= s->ends[s->split]) s->split++;
  if (start + end > s->ends[s->split])
    end = split_end(s->kind, from, end, (size_t)(s->ends[s->split] - start));
  *text = from;
  *n = end;
  *offset = start;
  s->at += end;
  return 1;
}

/* ---- tokens ---- */

/* "\r\n" becomes "\n", in place. Returns the new length. */
static size_t join_line_ends(ColumnKind kind, char *text, size_t n) {
  if (kind == COL_bytes || !n || !memchr(text, '\r', n)) return n;
  size_t to = 0;
  for (size_t i = 0; i < n; i++)
    if (text[i] != '\r' || i + 1 == n || text[i + 1] != '\n') text[to++] = text[i];
  return to;
}

static int64_t count_chars(Vocab *counts, const char *text, size_t n, int64_t *bad) {
  int64_t tokens = 0, chars;
  for (size_t at = 0; at < n;) {
    size_t good = utf8_count(text + at, n - at, &chars);
    if (counts) vocab_count(counts, text + at, good);
    tokens += chars;
    at += good;
    if (at == n) break;
    ++*bad;
    tokens++;
    at++;
  }
  return tokens;
}

static int64_t count_words(ColumnKind kind, Vocab *counts, const char *text, size_t n,
                           int64_t *bad) {
  if (utf8_valid(text, n) == n) {
    if (counts) vocab_count(counts, text, n);
    return vocab_length(kind, text, n);
  }
  int64_t tokens = 0;
  size_t at = 0, length;
  for (const char *token; (token = vocab_next(kind, text, n, &at, &length)); tokens++)
    if (utf8_valid(token, length) < length)
      ++*bad;
    else if (counts)
      vocab_count_token(counts, token, length);
  return tokens;
}

static int64_t count_bpe(const Vocab *vocab, const char *text, size_t n, bool first, int64_t *bad) {
  TokenList list = {0};
  int64_t unknown = 0;
  bool ok = vocab_encode_part(vocab, text, n, first, &list, &unknown);
  int64_t tokens = (int64_t)list.len;
  token_list_free(&list);
  for (size_t at = 0; at < n; at++) {
    at += utf8_valid(text + at, n - at);
    *bad += at < n;
  }
  return ok ? tokens : -1;
}

int64_t stream_count(ColumnKind kind, const Vocab *vocab, Vocab *counts, char *text, size_t n,
                     bool first, int64_t *bad, size_t *first_bad) {
  *bad = 0;
  *first_bad = utf8_valid(text, n);
  n = join_line_ends(kind, text, n);
  switch (kind) {
  case COL_bytes:
    return (int64_t)n;
  case COL_chars:
    return count_chars(counts, text, n, bad);
  case COL_bpe:
    return count_bpe(vocab, text, n, first, bad);
  default:
    return count_words(kind, counts, text, n, bad);
  }
}

/* ---- reading again ---- */

StreamReader stream_reader(Ctx *ctx, const FileIn *in, const StreamIndex *index,
                           const Vocab *vocab) {
  return (StreamReader){.ctx = ctx, .in = in, .index = index, .vocab = vocab, .piece = -1};
}

void stream_reader_free(StreamReader *r) {
  bytes_free(&r->text);
  token_list_free(&r->ids);
}

static bool load(StreamReader *r, int64_t piece) {
  if (r->piece == piece) return true;
  const Offsets *starts = &r->index->starts, *tokens = &r->index->tokens;
  size_t n = (size_t)(starts->items[piece + 1] - starts->items[piece]);
  int64_t unknown = 0;
  r->piece = -1;
  r->text.n = 0;
  r->ids.len = 0;
  if (!bytes_reserve(&r->text, n)) return no_memory(r->ctx, r->in);
  if (!file_get(r->ctx, r->in, starts->items[piece], r->text.data, n)) return false;
  n = join_line_ends(r->vocab->kind, r->text.data, n);
  if (!vocab_encode_part(r->vocab, r->text.data, n, !piece, &r->ids, &unknown))
    return no_memory(r->ctx, r->in);
  if (r->ids.len != tokens->items[piece + 1] - tokens->items[piece]) {
    diag_at(r->ctx, (Span){0}, E_run_failed, "'%s' was changed while it was being read",
            r->in->path);
    return false;
  }
  r->piece = piece;
  return true;
}

/* The piece that token number 'at' is in. */
static int64_t find_piece(const StreamIndex *x, uint64_t at) {
  int64_t lo = 0, hi = x->tokens.n - 1; /* tokens[lo] <= at < tokens[hi] */
  while (hi - lo > 1) {
    int64_t mid = lo + (hi - lo) / 2;
    if (x->tokens.items[mid] <= at)
      lo = mid;
    else
      hi = mid;
  }
  return lo;
}

bool stream_tokens(StreamReader *r, int64_t from, int64_t n, TokenList *out) {
  while (n) {
    int64_t piece = find_piece(r->index, (uint64_t)from);
    if (!load(r, piece)) return false;
    int64_t skip = from - (int64_t)r->index->tokens.items[piece], have = (int64_t)r->ids.len - skip;
    if (have > n) have = n;
    for (int64_t i = 0; i < have; i++)
      if (!token_push(out, r->ids.ids[skip + i])) return no_memory(r->ctx, r->in);
    from += have;
    n -= have;
  }
  return true;
}
