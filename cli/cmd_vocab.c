/* ordo vocab: learns byte-level BPE from text; shows how a tokenizer cuts texts. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "data/bpe_train.h"
#include "data/tokenizer.h"
#include "data/tokenizer_file.h"
#include "io/file.h"

enum { DEFAULT_SIZE = 8000, DEFAULT_MIN_COUNT = 2 };

/* ---- learning ---- */

typedef struct Shown {
  FILE *out; /* NULL: says nothing */
  bool terminal;
  double last;
} Shown;

static void show_progress(void *user, const char *what, int64_t done, int64_t total) {
  Shown *s = user;
  double now = clock_seconds();
  if (!s->out || now - s->last < (s->terminal ? 0.2 : 5)) return;
  s->last = now;
  fprintf(s->out, s->terminal ? "\r\033[K%lld of %lld %s" : "%lld of %lld %s\n", (long long)done,
          (long long)total, what);
  fflush(s->out);
}

static bool count_file(Cli *cli, const char *path, const BpeTraining *training, Vocab *counts,
                       uint64_t *bytes) {
  FileIn in;
  int64_t bad = 0;
  if (!file_open(cli->ctx, path, (Span){0}, &in)) return false;
  bool ok = bpe_count_words(cli->ctx, &in, training, counts, &bad);
  *bytes += in.size;
  file_close(&in);
  if (ok && bad)
    diag_at(cli->ctx, (Span){0}, E_data_skipped,
            "%lld bytes of '%s' are not UTF-8 and were passed over", (long long)bad, path);
  return ok;
}

static int learn(Cli *cli) {
  bool terminal = isatty(STDERR_FILENO);
  Shown shown = {opt_flag(cli, OPT_quiet) ? NULL : stderr, terminal, clock_seconds()};
  BpeTraining training = {opt_int(cli, OPT_size, DEFAULT_SIZE),
                          opt_int(cli, OPT_min_count, DEFAULT_MIN_COUNT), show_progress, &shown};
  const char *to = opt_text(cli, OPT_output, NULL);
  if (training.size < BPE_LEAST_SIZE || training.size > INT32_MAX / 2)
    return usage_error(cli, "'--size' is at least %d: special tokens and bytes", BPE_LEAST_SIZE);
  if (training.min_count < 1) return usage_error(cli, "'--min-count' is at least 1");
  Vocab *counts = vocab_new(COL_words, NULL);
  Text json = cli_text(cli), out = cli_text(cli);
  uint64_t bytes = 0;
  int64_t tokens = 0;
  bool ok = counts != NULL;
  for (uint32_t i = 0; ok && i < cli->args.len; i++)
    ok = count_file(cli, cli->args.data[i], &training, counts, &bytes);
  ok = ok && bpe_train(&training, counts, &json, &tokens);
  if (shown.out && terminal) fputs("\r\033[K", stderr);
  if (ok && to) ok = file_write(cli->ctx, to, text_str(&json), json.len);
  if (ok && to)
    text_printf(&out, "%s: %lld tokens from %llu bytes, %lld different words\n", to,
                (long long)tokens, (unsigned long long)bytes, (long long)vocab_size(counts));
  vocab_free(counts);
  return ok && put_out(cli, to ? &out : &json) ? exit_code(cli) : EXIT_USER;
}

/* ---- showing ---- */

/* The tokens of a text as a line: as the file writes them, or with --json as an object with their
 * numbers and with the text that they stand for. */
static bool put_tokens(Cli *cli, const Vocab *v, const char *text, size_t n, Text *out) {
  TokenList list = {0};
  int64_t unknown = 0;
  if (!vocab_encode(v, text, n, &list, &unknown)) return token_list_free(&list), false;
  if (opt_flag(cli, OPT_json)) {
    json_t *ids = json_array();
    Text back = cli_text(cli);
    for (size_t i = 0; i < list.len; i++) json_array_append_new(ids, json_integer(list.ids[i]));
    tokenizer_decode(v->tokenizer, list.ids, (int64_t)list.len, &back);
    json_t *line = json_pack("{s:o, s:s%, s:I}", "ids", ids, "text", text_str(&back), back.len,
                             "unknown", (json_int_t)unknown);
    char *dump = json_dumps(line, JSON_COMPACT);
    text_printf(out, "%s\n", dump ? dump : "null");
    free(dump); /* allowed: of jansson */
    json_decref(line);
  } else {
    for (size_t i = 0; i < list.len; i++) {
      if (i) text_putc(out, ' ');
      vocab_put_token(v, list.ids[i], " \\", out);
    }
    text_putc(out, '\n');
  }
  token_list_free(&list);
  return true;
}

/* A line of a file is a text; with --json it is one as JSON, which may hold line ends. */
static bool put_line(Cli *cli, const Vocab *v, const char *line, size_t n, Text *out) {
  if (!opt_flag(cli, OPT_json)) return put_tokens(cli, v, line, n, out);
  json_error_t error;
  json_t *text = json_loadb(line, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  bool ok = json_is_string(text);
  if (ok)
    ok = put_tokens(cli, v, json_string_value(text), json_string_length(text), out);
  else
    usage_error(cli, "with '--json' a line is a text in JSON: \"...\"");
  json_decref(text);
  return ok;
}

static bool put_file(Cli *cli, const Vocab *v, const char *path, Text *out) {
  size_t size;
  char *bytes = file_read_all(cli->ctx, path, (Span){0}, &size);
  bool ok = bytes != NULL;
  for (size_t at = 0; ok && at < size;) {
    const char *end = memchr(bytes + at, '\n', size - at);
    size_t n = end ? (size_t)(end - bytes) - at : size - at;
    ok = put_line(cli, v, bytes + at, n - (n && bytes[at + n - 1] == '\r'), out);
    at += n + 1;
  }
  heap_free(bytes);
  return ok;
}

static int show(Cli *cli, const char *path) {
  size_t size;
  const char *why;
  Text out = cli_text(cli);
  char *bytes = file_read_all(cli->ctx, path, (Span){0}, &size);
  Vocab *v = bytes ? tokenizer_parse(cli->ctx, bytes, size, &why) : NULL;
  heap_free(bytes);
  if (bytes && !v)
    diag_at(cli->ctx, (Span){0}, E_vocab_file, "'%s' is no vocabulary: %s", path, why);
  bool ok = v != NULL;
  for (uint32_t i = 0; ok && i < cli->args.len; i++) ok = put_file(cli, v, cli->args.data[i], &out);
  vocab_free(v);
  return ok && put_out(cli, &out) ? exit_code(cli) : EXIT_USER;
}

int cmd_vocab(Cli *cli) {
  const char *tokenizer = opt_text(cli, OPT_encode, NULL);
  return tokenizer ? show(cli, tokenizer) : learn(cli);
}
