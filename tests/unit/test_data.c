/* Running text in pieces: any tokens, read from any place, are those of the whole text. The
 * table of a vocabulary. Counting as encoding does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "data/pretoken.h"
#include "data/stream.h"
#include "data/tokenizer_file.h"

static uint64_t seed = 1;
static size_t draw(size_t n) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (size_t)(seed >> 33) % n;
}

/* Lines of words of many scripts; 'odd' adds line ends of other systems and bytes that are no
 * UTF-8. */
static char *make_text(size_t words, bool odd, size_t *n) {
  static const char *const parts[] = {
      "the", "king",  "caf\xC3\xA9",      "\xE4\xB8\xAD\xE6\x96\x87",
      "12",  "don't", "\xF0\x9F\x9A\x80", "a"};
  char *text = malloc(words * 16 + 16);
  *n = 0;
  for (size_t i = 0; i < words; i++) {
    const char *gap = draw(9) ? " " : draw(4) ? (odd ? "\r\n" : "\n") : "\n\n";
    const char *word = odd && !draw(200) ? "x\xFFy" : parts[draw(8)];
    *n += (size_t)sprintf(text + *n, "%s%s", word, gap);
  }
  return text;
}

typedef struct Loaded {
  StreamIndex index;
  int64_t tokens, bad;
} Loaded;

static Loaded scan(Ctx *ctx, const FileIn *in, ColumnKind kind, const Vocab *vocab, Vocab *counts) {
  uint64_t ends[3] = {in->size / 2, in->size * 3 / 4, UINT64_MAX}, offset;
  Loaded x = {0};
  StreamScan s = stream_scan(ctx, in, kind, ends);
  char *text;
  size_t n, first_bad;
  int64_t bad;
  while (stream_scan_next(&s, &text, &n, &offset) > 0) {
    offsets_push(&x.index.tokens, (uint64_t)x.tokens);
    x.tokens += stream_count(kind, vocab, counts, text, n, !x.index.starts.n, &bad, &first_bad);
    offsets_push(&x.index.starts, offset);
    x.bad += bad;
  }
  offsets_push(&x.index.tokens, (uint64_t)x.tokens);
  offsets_push(&x.index.starts, in->size);
  stream_scan_free(&s);
  assert_false(diag_failed(ctx));
  return x;
}

static void check_text(Ctx *ctx, ColumnKind kind, const Vocab *given, const char *text, size_t n,
                       const char *plain, size_t n_plain) {
  FileIn in = file_memory("memory", text, n);
  Vocab *counts = given ? NULL : vocab_new(kind, NULL);
  Loaded x = scan(ctx, &in, kind, given, counts);
  Vocab *built = given ? NULL : vocab_build(counts, 1, INT32_MAX);
  const Vocab *vocab = given ? given : built;
  TokenList whole = {0}, some = {0};
  int64_t unknown = 0;
  assert_true(vocab_encode(vocab, plain, n_plain, &whole, &unknown));
  if (!given) assert_int_equal(unknown, x.bad);
  assert_int_equal(whole.len, x.tokens);
  assert_true(x.index.starts.n > 4);
  StreamReader r = stream_reader(ctx, &in, &x.index, vocab);
  for (int i = 0; i < 200; i++) {
    int64_t from = (int64_t)draw((size_t)x.tokens), most = x.tokens - from;
    int64_t count = 1 + (int64_t)draw((size_t)(most < 9000 ? most : 9000));
    some.len = 0;
    assert_true(stream_tokens(&r, from, count, &some));
    assert_int_equal(some.len, count);
    assert_memory_equal(some.ids, whole.ids + from, (size_t)count * sizeof *some.ids);
  }
  stream_reader_free(&r);
  token_list_free(&whole);
  token_list_free(&some);
  offsets_free(&x.index.starts);
  offsets_free(&x.index.tokens);
  vocab_free(counts);
  vocab_free(built);
}

/* What a text is read as: no mark, "\n" for "\r\n". */
static char *plain_text(const char *text, size_t n, size_t *out) {
  char *plain = malloc(n + 1);
  *out = 0;
  for (size_t i = n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0; i < n; i++)
    if (text[i] != '\r' || i + 1 == n || text[i + 1] != '\n') plain[(*out)++] = text[i];
  return plain;
}

static void pieces(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  for (int odd = 0; odd < 2; odd++) {
    size_t n, n_plain;
    char *text = make_text(30000, odd, &n);
    if (odd) memcpy(text, "\xEF\xBB\xBF", 3);
    char *plain = plain_text(text, n, &n_plain);
    check_text(ctx, COL_chars, NULL, text, n, plain, n_plain);
    check_text(ctx, COL_words, NULL, text, n, plain, n_plain);
    Vocab *bytes = vocab_bytes(NULL);
    check_text(ctx, COL_bytes, bytes, text, n, text, n);
    vocab_free(bytes);
    free(text);
    free(plain);
  }
  ctx_free(ctx);
}

/* Pieces begin where these tokenizers cut anyway: the tokens are those of the text in one go. */
static void tokenizers(void **state) {
  (void)state;
  static const char *const files[] = {"tests/tokens/gpt2.json", "tests/tokens/ordo.json",
                                      "tests/tokens/llama.json"};
  Ctx *ctx = ctx_new();
  for (int i = 0; i < 3; i++) {
    size_t size, n;
    const char *why = "";
    char *json = file_read_all(ctx, files[i], (Span){0}, &size);
    assert_non_null(json);
    Vocab *vocab = tokenizer_parse(ctx, json, size, &why);
    assert_non_null(vocab);
    char *text = make_text(20000, false, &n);
    check_text(ctx, COL_bpe, vocab, text, n, text, n);
    free(text);
    vocab_free(vocab);
    heap_free(json);
  }
  ctx_free(ctx);
}

/* What is found without the matcher is what the matcher finds. */
static void plain_words(void **state) {
  (void)state;
  static const char *const parts[] = {
      " ", "  ",       "a",        "Zebra",        "7",     "42", "'s",  "'", "\n", "\t",
      "!", "\xC3\xA9", "\xD9\xA3", "\xE4\xB8\xAD", "don't", "_",  "\r\n"};
  Ctx *ctx = ctx_new();
  const char *why;
  Regex *regex = regex_new(ctx, gpt2_pattern, strlen(gpt2_pattern), &why);
  CutStep slow = {.kind = CUT_regex, .regex = regex}, fast = slow;
  Words a = {0}, b = {0};
  fast.gpt2 = true;
  for (int round = 0; round < 20000; round++) {
    a.text.n = b.text.n = 0;
    for (size_t i = draw(12); i; i--) {
      const char *part = parts[draw(sizeof parts / sizeof *parts)];
      bytes_put(&a.text, part, strlen(part));
      bytes_put(&b.text, part, strlen(part));
    }
    assert_true(words_cut(&slow, 1, BEFORE_nothing, &a) && words_cut(&fast, 1, BEFORE_nothing, &b));
    assert_int_equal(a.n, b.n);
    if (a.n) assert_memory_equal(a.words, b.words, a.n * sizeof *a.words);
  }
  words_free(&a);
  words_free(&b);
  regex_free(regex);
  ctx_free(ctx);
}

static void table(void **state) {
  (void)state;
  Vocab *v = vocab_new(COL_words, NULL);
  for (int i = 0; i < 20000; i++) {
    char name[24];
    size_t n = (size_t)sprintf(name, i % 3 ? "%d" : "a longer word %d", i);
    assert_int_equal(vocab_find(v, name, n), -1);
    assert_int_equal(vocab_add(v, name, n), i);
    assert_int_equal(vocab_add(v, name, n), i);
  }
  for (int i = 0; i < 20000; i++) {
    char name[24];
    size_t n = (size_t)sprintf(name, i % 3 ? "%d" : "a longer word %d", i);
    assert_int_equal(vocab_find(v, name, n), i);
  }
  /* zero bytes are bytes like others */
  assert_int_equal(vocab_add(v, "a\0", 2), 20000);
  assert_int_equal(vocab_add(v, "a", 1), 20001);
  assert_int_equal(vocab_find(v, "a\0", 2), 20000);
  vocab_free(v);
}

/* The longest valid part, whatever stands in it. */
static void utf8(void **state) {
  (void)state;
  for (int round = 0; round < 20000; round++) {
    char text[40];
    size_t n = draw(sizeof text), at = 0;
    int64_t characters = 0, counted;
    for (size_t i = 0; i < n; i++) text[i] = (char)(draw(3) ? 'a' + draw(26) : draw(256));
    if (!draw(2)) memcpy(text, "\xE4\xB8\xAD\xC3\xA9", n < 5 ? n : 5);
    while (at < n) {
      int32_t code;
      size_t length = utf8_decode(text + at, n - at, &code);
      if (code < 0) break;
      at += length;
      characters++;
    }
    assert_int_equal(utf8_valid(text, n), at);
    utf8_count(text, n, &counted);
    assert_int_equal(counted, characters);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(pieces), cmocka_unit_test(tokenizers),
                                     cmocka_unit_test(table), cmocka_unit_test(plain_words),
                                     cmocka_unit_test(utf8)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
