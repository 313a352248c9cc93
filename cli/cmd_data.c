/* ordo data: what is in the data sets of a model. */
#include <string.h>

#include "cli/cli.h"
#include "data/corpus.h"
#include "frontend/check.h"

enum { SAMPLES = 3, BAR = 30, SHOWN = 60 };

static void put_splits(const Dataset *set, Text *out) {
  bool stream = set->spec->format == DATA_text;
  for (int k = 0; k < N_SPLITS; k++) {
    int64_t n = stream ? set->parts[k].n : set->splits[k].examples;
    if (n)
      text_printf(out, "  %-8s %12lld %s\n", split_name[k], (long long)n,
                  stream ? "tokens" : "examples");
  }
  if (set->empty) text_printf(out, "  %-8s %12lld lines\n", "empty", (long long)set->empty);
  if (set->skipped)
    text_printf(out, "  %-8s %12lld %s\n", stream ? "unknown" : "skipped", (long long)set->skipped,
                stream ? "tokens" : "lines");
}

/* Why lines were skipped: all reasons, the most frequent not first but in the order of the file. */
static void put_faults(const Dataset *set, Text *out) {
  for (uint32_t i = 0; i < set->faults.len; i++) {
    const FaultCount *f = &set->faults.data[i];
    const char *column =
        f->fault.column < 0 ? "" : ctx_text(set->ctx, set->spec->columns[f->fault.column].name);
    text_printf(out, "           %12lld %s%s%s, first in line %lld\n", (long long)f->count, column,
                *column ? " " : "", f->fault.why, (long long)f->first_line);
  }
}

static void put_histogram(const ColumnStats *s, Text *out) {
  int64_t most = 1;
  int last = 0;
  for (int k = 0; k < LENGTH_BINS; k++) {
    if (s->histogram[k] > most) most = s->histogram[k];
    if (s->histogram[k]) last = k;
  }
  for (int k = 0; k <= last; k++) {
    if (!s->histogram[k]) continue;
    int bar = (int)((s->histogram[k] * BAR + most - 1) / most);
    text_printf(out, "    %7lld to %-7lld %10lld ", 1LL << k, (2LL << k) - 1,
                (long long)s->histogram[k]);
    for (int i = 0; i < bar; i++) text_putc(out, '#');
    text_putc(out, '\n');
  }
}

static void put_column(const Dataset *set, int i, int64_t examples, Text *out) {
  const SpecColumn *c = &set->spec->columns[i];
  const ColumnStats *s = &set->stats[i];
  text_printf(out, "  %s: ", ctx_text(set->ctx, c->name));
  if (c->vocab)
    text_printf(out, "%lld kinds of tokens in '%s', ", (long long)vocab_size(set->vocabs[i]),
                ctx_text(set->ctx, c->vocab->name));
  text_printf(out, "%lld in all", (long long)s->tokens);
  if (examples && c->axis >= 0) {
    text_printf(out, ", %.1f in an example, at most %lld\n", (double)s->tokens / (double)examples,
                (long long)s->longest);
    put_histogram(s, out);
  } else {
    text_putc(out, '\n');
  }
}

/* A record as a batch will have it: the tokens between bars, unknown ones as <unk>. */
static void put_tokens(const Dataset *set, int column, const Field *field, Text *out) {
  const Vocab *v = set->vocabs[column];
  TokenList tokens = {0};
  int64_t unknown = 0;
  if (!v || !vocab_encode(v, field->text, field->n, &tokens, &unknown)) {
    text_put(out, field->text, field->n < SHOWN ? field->n : SHOWN);
    token_list_free(&tokens);
    return;
  }
  for (size_t i = 0; i < tokens.len && i < SHOWN; i++) {
    const Token *t = &v->tokens.data[tokens.ids[i]];
    text_printf(out, "%s%.*s", i ? "|" : "", (int)t->n, t->text);
  }
  if (set->spec->columns[column].eos) text_puts(out, "|<eos>");
  token_list_free(&tokens);
}

static bool put_samples(const Dataset *set, Text *out) {
  const SplitIndex *index = &set->splits[SPLIT_train];
  RecordSplitter splitter;
  LineReader lines = line_reader(set->ctx, &set->in, READ_CHUNK);
  bool ok = record_splitter(set->ctx, set->spec, &set->header, &splitter);
  for (int64_t k = 0; ok && k < SAMPLES && k < index->units.n; k++) {
    const char *line;
    size_t n;
    uint64_t offset;
    line_seek(&lines, index->units.items[k]);
    if (line_next(&lines, &line, &n, &offset) != LINE_text || record_split(&splitter, line, n))
      continue;
    for (int i = 0; i < set->spec->n_columns; i++) {
      text_printf(
          out, "  %s%s = ", i ? "" : "example: ", ctx_text(set->ctx, set->spec->columns[i].name));
      put_tokens(set, i, &splitter.fields[i], out);
    }
    text_putc(out, '\n');
  }
  record_splitter_free(&splitter);
  line_reader_free(&lines);
  return ok;
}

static bool put_set(const Dataset *set, Text *out) {
  int64_t examples = 0;
  for (int k = 0; k < N_SPLITS; k++) examples += set->splits[k].examples;
  text_printf(out, "%s: %s, %s, %llu bytes\n", ctx_text(set->ctx, set->spec->name), set->in.path,
              data_format_name[set->spec->format], (unsigned long long)set->in.size);
  put_splits(set, out);
  put_faults(set, out);
  for (int i = 0; i < set->spec->n_columns; i++) put_column(set, i, examples, out);
  return set->spec->format == DATA_text || put_samples(set, out);
}

int cmd_data(Cli *cli) {
  Spec *spec = load_spec(cli, cli->args.data[0]);
  if (!spec || diag_failed(cli->ctx)) return EXIT_USER;
  Corpus corpus;
  Text out = cli_text(cli);
  bool good = corpus_open(cli->ctx, spec, NULL, &corpus);
  for (uint32_t i = 0; good && i < corpus.n_sets; i++) good = put_set(&corpus.sets[i], &out);
  if (good && !corpus.n_sets) text_puts(&out, "the model declares no data\n");
  good = good && put_out(cli, &out);
  corpus_close(&corpus);
  return good ? exit_code(cli) : EXIT_USER;
}
