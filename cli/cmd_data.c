/* ordo data: what is in the data sets of a model. */
#include <string.h>

#include "cli/cli.h"
#include "data/corpus.h"
#include "frontend/check.h"

enum { SAMPLES = 3, BAR = 30, SHOWN = 60 };

static void put_splits(const Dataset *set, Text *out) {
  bool stream = data_format[set->spec->format].stream;
  for (int k = 0; k < N_SPLITS; k++) {
    int64_t n = stream ? set->parts[k].n : set->splits[k].examples;
    if (n)
      text_printf(out, "  %-8s %12lld %s\n", split_name[k], (long long)n,
                  stream ? "tokens" : "examples");
  }
  if (set->empty) text_printf(out, "  %-8s %12lld lines\n", "empty", (long long)set->empty);
  if (set->skipped)
    text_printf(out, "  %-8s %12lld %s\n", stream ? "unknown" : "skipped", (long long)set->skipped,
                stream                                  ? "tokens"
                : data_format[set->spec->format].arrays ? "examples"
                                                        : "lines");
}

/* Why lines were skipped: all reasons, the most frequent not first but in the order of the file. */
static void put_faults(const Dataset *set, Text *out) {
  for (uint32_t i = 0; i < set->faults.len; i++) {
    const FaultCount *f = &set->faults.data[i];
    const char *column =
        f->fault.column < 0 ? "" : ctx_text(set->ctx, set->spec->columns[f->fault.column].name);
    bool arrays = data_format[set->spec->format].arrays;
    text_printf(out, "           %12lld %s%s%s, first in %s %lld", (long long)f->count, column,
                *column ? " " : "", f->fault.why, arrays ? "example" : "line",
                (long long)f->lines[0]);
    if (f->shown) text_printf(out, ": %s", f->shown);
    text_putc(out, '\n');
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
  if (data_format[set->spec->format].arrays) {
    tensor_print_type(set->arrays.columns[i], out);
    text_puts(out, ", ");
  }
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
    text_put_escaped(out, field->text, field->n < SHOWN ? field->n : SHOWN, "");
    token_list_free(&tokens);
    return;
  }
  for (size_t i = 0; i < tokens.len && i < SHOWN; i++) {
    if (i) text_putc(out, '|');
    vocab_put_token(v, tokens.ids[i], "|\\", out);
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
    if (line_next(&lines, &line, &n, &offset) != LINE_text || record_split(&splitter, line, n).why)
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
              data_format[set->spec->format].name, (unsigned long long)set->in.size);
  put_splits(set, out);
  put_faults(set, out);
  for (int i = 0; i < set->spec->n_columns; i++) put_column(set, i, examples, out);
  const DataFormatInfo *format = &data_format[set->spec->format];
  return format->stream || format->arrays || put_samples(set, out);
}

/* ---- JSON ---- */

static json_t *json_splits(const Dataset *set) {
  bool stream = data_format[set->spec->format].stream;
  json_t *splits = json_object();
  for (int k = 0; k < N_SPLITS; k++)
    json_object_set_new(splits, split_name[k],
                        json_integer(stream ? set->parts[k].n : set->splits[k].examples));
  return splits;
}

static json_t *json_faults(const Dataset *set) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < set->faults.len; i++) {
    const FaultCount *f = &set->faults.data[i];
    json_t *one = json_pack("{s:s, s:I, s:I}", "why", f->fault.why, "lines", (json_int_t)f->count,
                            "first_line", (json_int_t)f->lines[0]);
    if (f->shown) json_object_set_new(one, "shown", json_string(f->shown));
    if (f->fault.column >= 0)
      json_object_set_new(
          one, "column", json_string(ctx_text(set->ctx, set->spec->columns[f->fault.column].name)));
    json_array_append_new(list, one);
  }
  return list;
}

static json_t *json_histogram(const ColumnStats *s) {
  json_t *bins = json_array();
  for (int k = 0; k < LENGTH_BINS; k++)
    if (s->histogram[k])
      json_array_append_new(bins, json_pack("{s:I, s:I, s:I}", "from", (json_int_t)(1LL << k), "to",
                                            (json_int_t)((2LL << k) - 1), "examples",
                                            (json_int_t)s->histogram[k]));
  return bins;
}

static json_t *json_columns(const Dataset *set) {
  json_t *columns = json_object();
  for (int i = 0; i < set->spec->n_columns; i++) {
    const SpecColumn *c = &set->spec->columns[i];
    const ColumnStats *s = &set->stats[i];
    json_t *one = json_pack("{s:I}", "values", (json_int_t)s->tokens);
    if (c->vocab) {
      json_object_set_new(one, "vocabulary", json_string(ctx_text(set->ctx, c->vocab->name)));
      json_object_set_new(one, "kinds", json_integer(vocab_size(set->vocabs[i])));
    }
    if (c->axis >= 0) {
      json_object_set_new(one, "longest", json_integer(s->longest));
      json_object_set_new(one, "lengths", json_histogram(s));
    }
    json_object_set_new(columns, ctx_text(set->ctx, c->name), one);
  }
  return columns;
}

/* Of a running text, 'splits' counts tokens and 'skipped' those that are no UTF-8. */
static json_t *json_set(const Dataset *set) {
  return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "file", set->in.path, "format",
                   data_format[set->spec->format].name, "bytes", (json_int_t)set->in.size, "lines",
                   (json_int_t)set->lines, "empty", (json_int_t)set->empty, "skipped",
                   (json_int_t)set->skipped, "splits", json_splits(set), "faults", json_faults(set),
                   "columns", json_columns(set));
}

static void put_sets_json(const Corpus *corpus, Text *out) {
  json_t *all = json_object();
  for (uint32_t i = 0; i < corpus->n_sets; i++)
    json_object_set_new(all, ctx_text(corpus->ctx, corpus->sets[i].spec->name),
                        json_set(&corpus->sets[i]));
  put_json(out, all);
  json_decref(all);
}

static bool put_sets(const Corpus *corpus, Text *out) {
  bool good = true;
  for (uint32_t i = 0; good && i < corpus->n_sets; i++) good = put_set(&corpus->sets[i], out);
  if (good && !corpus->n_sets) text_puts(out, "the model declares no data\n");
  return good;
}

int cmd_data(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_spec);
  if (!compile(&c, PHASE_parse)) return EXIT_USER;
  Corpus corpus;
  Text out = cli_text(cli);
  bool good = corpus_open(cli->ctx, c.spec, NULL, &corpus);
  if (good && opt_flag(cli, OPT_json))
    put_sets_json(&corpus, &out);
  else
    good = good && put_sets(&corpus, &out);
  good = good && put_out(cli, &out);
  corpus_close(&corpus);
  return good ? exit_code(cli) : EXIT_USER;
}
