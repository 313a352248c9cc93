/* Examples line by line: see run_lines.h. */
#include "base/open.h"
#include "cli/run_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"

enum { BATCH = 64 };

typedef struct LineBatch {
  char *lines[BATCH]; /* of getline */
  size_t caps[BATCH];
  Field *fields; /* BATCH for each text */
  int64_t n;
} LineBatch;

bool lines_wanted(const Texts *texts, const char *const *given, uint32_t n) {
  if (!texts->n_texts) return false;
  return !n || (n == 1 && (!strcmp(given[0], "-") || given[0][0] == '@'));
}

static bool wrong_columns(const RunLines *run, long line, uint32_t got) {
  diag_at(run->cli->ctx, (Span){0}, E_call_arguments, "line %ld has %u columns", line, got);
  diag_expected(run->cli->ctx, "%u texts with tabs between them", run->texts->n_texts);
  return false;
}

/* Cuts a line of n bytes into the texts of the function. */
static bool split(const RunLines *run, LineBatch *batch, size_t n, long number) {
  const char *at = batch->lines[batch->n], *end = at + n;
  uint32_t n_texts = run->texts->n_texts, k = 0;
  if (end > at && end[-1] == '\n') end--;
  if (end > at && end[-1] == '\r') end--;
  for (;; at++, k++) {
    const char *tab = n_texts > 1 && at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
    const char *stop = tab ? tab : end;
    if (k < n_texts) batch->fields[k * BATCH + batch->n] = (Field){at, (size_t)(stop - at)};
    at = stop;
    if (!tab) break;
  }
  return k + 1 == n_texts || wrong_columns(run, number, k + 1);
}

static bool put_rows(const RunLines *run, Tensor *const *results, int64_t n) {
  Arena scratch;
  arena_scratch(&scratch, &run->cli->ctx->arena);
  Text out = text_new(&scratch);
  for (int64_t row = 0; row < n; row++) {
    for (uint32_t i = 0; i < run->function->graph->results.len; i++) {
      if (i) text_putc(&out, '\t');
      texts_put_row(run->texts, i, results[i], row, n, (int)opt_int(run->cli, OPT_digits, 4), &out);
    }
    text_putc(&out, '\n');
  }
  bool ok = put_out(run->cli, &out);
  arena_free(&scratch);
  return ok;
}

static bool run_batch(const RunLines *run, const LineBatch *batch) {
  Function *f = run->function;
  uint32_t arity = function_arity(f), n_results = f->graph->results.len, text = 0;
  Tensor **args = heap_alloc((arity + 1) * sizeof *args);
  Tensor **results = heap_alloc((n_results + 1) * sizeof *results);
  bool ok = args && results;
  for (uint32_t i = 0; ok && i < arity; i++)
    if (run->texts->params[i].vocab)
      ok = texts_read(run->texts, i, batch->fields + BATCH * text++, batch->n, args);
  for (uint32_t i = 0; ok && i < arity; i++)
    if (!args[i]) {
      diag_at(f->ctx, (Span){0}, E_call_arguments,
              "argument '%s' is no text: it cannot be read from lines", function_param_name(f, i));
      ok = false;
    }
  ok = ok &&
       function_call(f, (const Tensor *const *)args, arity, run->seed, run->interpret, results) &&
       put_rows(run, results, batch->n);
  for (uint32_t i = 0; results && i < n_results; i++) tensor_free(results[i]);
  if (args) arguments_free(args, arity);
  heap_free(args);
  heap_free(results);
  return ok;
}

static void prompt(const RunLines *run) {
  for (uint32_t i = 0, n = 0; i < function_arity(run->function); i++)
    if (run->texts->params[i].vocab)
      fprintf(stderr, "%s%s", n++ ? "<tab>" : "", function_param_name(run->function, i));
  fputs("> ", stderr);
}

/* What is wrong with a line of a terminal is told at once, and the next one may be right. */
static void tell(const RunLines *run) {
  Ctx *ctx = run->cli->ctx;
  texts_report(run->texts);
  if (!ctx->diags.list.len) return;
  Text out = cli_text(run->cli);
  diag_print(ctx, run->cli->color_errors, &out);
  file_put_fd(STDERR_FILENO, text_str(&out), out.len);
  diag_rollback(ctx, (DiagMark){0});
}

static bool read_lines(const RunLines *run, FILE *in, LineBatch *batch) {
  bool terminal = isatty(fileno(in)), ok = true;
  long number = 0;
  for (;;) {
    if (terminal) prompt(run);
    ssize_t got = getline(&batch->lines[batch->n], &batch->caps[batch->n], in);
    if (got >= 0) {
      bool good = split(run, batch, (size_t)got, ++number);
      batch->n += good;
      if (!good && !terminal) return false;
    }
    if (batch->n && (got < 0 || terminal || batch->n == BATCH)) {
      ok = run_batch(run, batch);
      batch->n = 0;
    }
    if (terminal) tell(run);
    if (got < 0 || (!ok && !terminal)) break;
  }
  if (terminal) fputc('\n', stderr);
  return ok || terminal;
}

bool run_lines(const RunLines *run, const char *given) {
  const char *path = given && given[0] == '@' ? given + 1 : NULL;
  const char *why;
  FILE *in = path ? open_stream(path, &why) : stdin;
  if (!in) {
    diag_at(run->cli->ctx, (Span){0}, E_file_missing, "cannot read '%s': %s", path, why);
    return false;
  }
  LineBatch batch = {
      .fields = arena_array(&run->cli->ctx->arena, Field, BATCH * (run->texts->n_texts + 1))};
  bool ok = read_lines(run, in, &batch);
  for (int i = 0; i < BATCH; i++) free(batch.lines[i]); /* allowed: of getline */
  if (path) fclose(in);
  if (ok) texts_report(run->texts);
  return ok;
}
