/* Reading a data file once: see dataset.h. */
#include "data/dataset.h"

#include <string.h>

const char *const split_name[N_SPLITS] = {"train", "valid", "test"};

bool split_parse(const char *name, Split *out) {
  for (int k = 0; k < N_SPLITS; k++)
    if (!strcmp(name, split_name[k])) {
      *out = (Split)k;
      return true;
    }
  return false;
}

/* By a number in [0, 1) from the record's hash and the seed: the order of records plays no role. */
static Split split_of_hash(const SpecData *spec, uint64_t hash) {
  if (spec->valid + spec->test <= 0) return SPLIT_train;
  uint64_t h = hash_mix(hash, (uint64_t)spec->split_seed);
  double u = (double)(hash_mix(h, 0) >> 11) * 0x1p-53;
  return u < spec->valid ? SPLIT_valid : u < spec->valid + spec->test ? SPLIT_test : SPLIT_train;
}

Split dataset_split(const SpecData *spec, const char *line, size_t n, const Field *fields) {
  Field by = spec->split_by >= 0 ? fields[spec->split_by] : (Field){line, n};
  return split_of_hash(spec, hash_bytes(by.text, by.n, 0));
}

/* ---- the index ---- */

/* Joins neighbouring units; their number is even (INDEX_LIMIT). */
static void coarsen(SplitIndex *x) {
  x->units.n /= 2;
  for (int64_t i = 0; i < x->units.n; i++) x->units.items[i] = x->units.items[2 * i];
  x->per_unit *= 2;
}

static bool index_add(SplitIndex *x, uint64_t offset) {
  x->examples++;
  if (x->units.n && x->in_last < x->per_unit) {
    x->in_last++;
    return true;
  }
  if (x->units.n == INDEX_LIMIT) {
    coarsen(x);
    x->in_last = x->per_unit;
  }
  x->in_last = 1;
  return offsets_push(&x->units, offset);
}

/* ---- faults ---- */

/* A number that cannot be used, for a message. */
static const char *shown(const Dataset *set, const RecordFault *fault, const Field *fields) {
  enum { MOST = 40 };
  if (!fields || fault->column < 0 || set->spec->columns[fault->column].kind != COL_number)
    return NULL;
  const Field *field = &fields[fault->column];
  if (!field->n) return NULL;
  Text text = text_new(&set->ctx->arena);
  text_put_escaped(&text, field->text, field->n < MOST ? field->n : MOST, "");
  if (field->n > MOST) text_puts(&text, "...");
  return text_str(&text);
}

static const char *fault_text(const Dataset *set, const RecordFault *fault, const char *shown) {
  const char *what = shown ? ctx_printf(set->ctx, ": '%s'", shown) : "";
  if (fault->column < 0) return fault->why;
  return ctx_printf(set->ctx, "'%s' %s%s",
                    ctx_text(set->ctx, set->spec->columns[fault->column].name), fault->why, what);
}

/* Counts a line that cannot be used; fields: its columns, where it could be taken apart. False
 * when that ends the run. */
static bool skip_record(Dataset *set, const RecordFault *fault, const Field *fields, int64_t line) {
  set->skipped++;
  if (set->spec->stop_on_error) {
    diag_at(set->ctx, set->spec->path_span, E_data_record, "%s:%lld: %s",
            ctx_text(set->ctx, set->spec->path), (long long)line,
            fault_text(set, fault, shown(set, fault, fields)));
    diag_help(set->ctx, "on_error = \"skip\" leaves such lines out and counts them");
    return false;
  }
  for (uint32_t i = 0; i < set->faults.len; i++) {
    FaultCount *f = &set->faults.data[i];
    if (f->fault.why != fault->why || f->fault.column != fault->column) continue;
    if (f->count < KEPT_LINES) f->lines[f->count] = line;
    f->count++;
    return true;
  }
  FaultCount first = {*fault, 1, {line}, shown(set, fault, fields)};
  vec_push(&set->ctx->arena, &set->faults, first);
  return true;
}

/* " (and lines 4, 9 and 7 more)" */
static const char *other_lines(const Dataset *set, const FaultCount *f) {
  if (f->count == 1) return "";
  Text text = text_new(&set->ctx->arena);
  text_puts(&text, f->count == 2 ? " (and line" : " (and lines");
  for (int64_t i = 1; i < f->count && i < KEPT_LINES; i++)
    text_printf(&text, "%s %lld", i > 1 ? "," : "", (long long)f->lines[i]);
  if (f->count > KEPT_LINES)
    text_printf(&text, " and %lld more", (long long)(f->count - KEPT_LINES));
  text_putc(&text, ')');
  return text_str(&text);
}

static void report_faults(const Dataset *set) {
  if (!set->skipped) return;
  const char *path = ctx_text(set->ctx, set->spec->path);
  bool arrays = data_format[set->spec->format].arrays;
  diag_at(set->ctx, set->spec->path_span, E_data_skipped, "%lld of %lld %s of '%s' are skipped",
          (long long)set->skipped, (long long)set->lines, arrays ? "examples" : "lines", path);
  for (uint32_t i = 0; i < set->faults.len && i < KEPT_FAULTS; i++) {
    const FaultCount *f = &set->faults.data[i];
    diag_help(set->ctx, "%s:%lld: %s%s", path, (long long)f->lines[0],
              fault_text(set, &f->fault, f->shown), other_lines(set, f));
  }
  if (set->faults.len > KEPT_FAULTS)
    diag_help(set->ctx, "'ordo data' lists all of the %u reasons", set->faults.len);
}

/* ---- reading ---- */

static int length_bin(int64_t n) {
  int bin = 0;
  while (n > 1 && bin < LENGTH_BINS - 1) {
    n >>= 1;
    bin++;
  }
  return bin;
}

static void measure(Dataset *set, const int64_t *lengths) {
  for (int i = 0; i < set->spec->n_columns; i++) {
    int axis = set->spec->columns[i].axis;
    int64_t n = axis < 0 ? 1 : lengths[axis];
    ColumnStats *s = &set->stats[i];
    s->tokens += n;
    if (n > s->longest) s->longest = n;
    s->histogram[length_bin(n)]++;
  }
}

static bool no_memory(const Dataset *set) {
  diag_at(set->ctx, set->spec->path_span, E_run_failed, "reading '%s': no memory for its index",
          ctx_text(set->ctx, set->spec->path));
  return false;
}

static bool take_record(Dataset *set, RecordSplitter *splitter, Vocab *const *counts,
                        const char *line, size_t n, uint64_t offset, int64_t number) {
  const SpecData *spec = set->spec;
  int64_t *lengths = set->lengths;
  RecordFault fault = record_split(splitter, line, n);
  if (fault.why) return skip_record(set, &fault, NULL, number);
  fault = example_check(spec, set->vocabs, splitter->fields, lengths);
  if (fault.why) return skip_record(set, &fault, splitter->fields, number);
  Split split = dataset_split(spec, line, n, splitter->fields);
  set->fingerprint = hash_mix(hash_wide(line, n, set->fingerprint), (uint64_t)split);
  measure(set, lengths);
  for (int i = 0; split == SPLIT_train && i < spec->n_columns; i++)
    if (counts[i]) vocab_count(counts[i], splitter->fields[i].text, splitter->fields[i].n);
  return index_add(&set->splits[split], offset) || no_memory(set);
}

/* Passes over a byte order mark and takes the header. */
static bool begin(Dataset *set, LineReader *lines) {
  char mark[3];
  const char *line;
  size_t n;
  uint64_t offset;
  if (set->in.size >= 3) {
    if (!file_get(set->ctx, &set->in, 0, mark, 3)) return false;
    if (!memcmp(mark, "\xEF\xBB\xBF", 3)) line_seek(lines, 3);
  }
  if (!set->spec->header) return true;
  LineResult result = line_next(lines, &line, &n, &offset);
  if (result == LINE_text)
    set->header = (Field){arena_copy(&set->ctx->arena, line, n), n};
  else
    set->header = (Field){"", 0};
  return result != LINE_failed;
}

static bool read_all(Dataset *set, LineReader *lines, RecordSplitter *splitter,
                     Vocab *const *counts) {
  const char *line;
  size_t n;
  uint64_t offset;
  for (;;) {
    LineResult result = line_next(lines, &line, &n, &offset);
    if (result == LINE_end) return true;
    if (result == LINE_failed) return false;
    set->lines++;
    if (result == LINE_long) {
      RecordFault fault = {"it is longer than 16 MB", -1};
      if (!skip_record(set, &fault, NULL, lines->number)) return false;
      continue;
    }
    if (!n) {
      set->empty++;
      continue;
    }
    if (!take_record(set, splitter, counts, line, n, offset, lines->number)) return false;
  }
}

/* ---- running text ---- */

/* What is no UTF-8 in a running text is read as <unk>: nothing can be left out of it. */
static bool note_bad_tokens(Dataset *set, int64_t bad, uint64_t offset) {
  if (!bad) return true;
  if (!set->skipped) set->first_bad = offset;
  set->skipped += bad;
  if (!set->spec->stop_on_error) return true;
  diag_at(set->ctx, set->spec->path_span, E_data_record, "%s: byte %llu: it is not UTF-8",
          set->in.path, (unsigned long long)offset);
  return false;
}

static void report_bad_tokens(const Dataset *set) {
  if (!set->skipped) return;
  diag_at(set->ctx, set->spec->path_span, E_data_skipped,
          "%lld tokens of '%s' are not UTF-8 and are read as <unk>", (long long)set->skipped,
          set->in.path);
  diag_help(set->ctx, "the first one is at byte %llu", (unsigned long long)set->first_bad);
}

static bool take_piece(Dataset *set, Vocab *counts, const StreamScan *scan, char *text, size_t n,
                       uint64_t offset) {
  int64_t bad, *total = &set->stats[0].tokens;
  size_t first_bad;
  StreamIndex *x = &set->stream;
  StreamPart *part = &set->parts[scan->split];
  set->fingerprint = hash_mix(hash_wide(text, n, set->fingerprint), (uint64_t)scan->split);
  int64_t tokens = stream_count(scan->kind, set->vocabs[0], scan->split ? NULL : counts, text, n,
                                !x->starts.n, &bad, &first_bad);
  if (!part->n) part->from = *total;
  bool ok =
      tokens >= 0 && offsets_push(&x->starts, offset) && offsets_push(&x->tokens, (uint64_t)*total);
  if (!ok) return no_memory(set);
  part->n += tokens;
  *total += tokens;
  return note_bad_tokens(set, bad, offset + first_bad);
}

static bool read_stream(Dataset *set, Vocab *counts) {
  const SpecData *spec = set->spec;
  uint64_t ends[N_SPLITS] = {(uint64_t)((double)set->in.size * (1 - spec->valid - spec->test)),
                             (uint64_t)((double)set->in.size * (1 - spec->test)), UINT64_MAX};
  StreamScan scan =
      stream_scan(set->ctx, &set->in, column_kind(&spec->columns[0], set->vocabs[0]), ends);
  char *text;
  size_t n;
  uint64_t offset;
  bool ok = true;
  int got = 0;
  while (ok && (got = stream_scan_next(&scan, &text, &n, &offset)) > 0)
    ok = take_piece(set, counts, &scan, text, n, offset);
  stream_scan_free(&scan);
  if (!ok || got < 0) return false;
  /* one entry more, so that each piece has an end */
  if (!offsets_push(&set->stream.starts, set->in.size) ||
      !offsets_push(&set->stream.tokens, (uint64_t)set->stats[0].tokens))
    return no_memory(set);
  report_bad_tokens(set);
  return true;
}

/* ---- arrays ---- */

static Split array_split(const Dataset *set, int64_t i) {
  const SpecData *spec = set->spec;
  uint64_t hash = array_set_hash(&set->arrays, spec, i, spec->split_by, 0);
  return split_of_hash(spec, hash);
}

static bool read_arrays(Dataset *set) {
  const SpecData *spec = set->spec;
  if (!array_set_read(set->ctx, spec, &set->in, &set->arrays)) return false;
  for (int64_t i = 0; i < set->arrays.examples; i++) {
    RecordFault fault = array_set_check(&set->arrays, spec, i);
    set->lines++;
    if (fault.why) {
      if (!skip_record(set, &fault, NULL, i)) return false;
      continue;
    }
    Split split = array_split(set, i);
    uint64_t hash = array_set_hash(&set->arrays, spec, i, -1, set->fingerprint);
    set->fingerprint = hash_mix(hash, (uint64_t)split);
    set->splits[split].examples++;
    if (!offsets_push(&set->splits[split].units, (uint64_t)i)) return no_memory(set);
  }
  for (int k = 0; k < spec->n_columns; k++)
    set->stats[k].tokens = tensor_count(set->arrays.columns[k]);
  report_faults(set);
  return true;
}

bool dataset_read(Ctx *ctx, const SpecData *spec, FileIn in, const Vocab **vocabs,
                  Vocab *const *counts, Dataset *set) {
  RecordSplitter splitter = {0};
  *set = (Dataset){.ctx = ctx, .spec = spec, .in = in};
  set->vocabs = vocabs;
  set->stats = arena_array(&ctx->arena, ColumnStats, spec->n_columns + 1);
  set->lengths = arena_array(&ctx->arena, int64_t, spec->n_axes + 1);
  for (int k = 0; k < N_SPLITS; k++) set->splits[k].per_unit = 1;
  if (data_format[spec->format].stream) return read_stream(set, counts[0]);
  if (data_format[spec->format].arrays) return read_arrays(set);
  LineReader lines = line_reader(ctx, &set->in, READ_CHUNK);
  bool ok = begin(set, &lines) && record_splitter(ctx, spec, &set->header, &splitter) &&
            read_all(set, &lines, &splitter, counts);
  record_splitter_free(&splitter);
  line_reader_free(&lines);
  if (ok) report_faults(set);
  return ok;
}

bool dataset_open(Ctx *ctx, const SpecData *spec, const Vocab **vocabs, Vocab *const *counts,
                  Dataset *set) {
  FileIn in = {.fd = -1};
  bool ok = file_open(ctx, ctx_text(ctx, spec->path), spec->path_span, &in);
  *set = (Dataset){.ctx = ctx, .spec = spec, .in = in};
  return ok && dataset_read(ctx, spec, in, vocabs, counts, set);
}

void dataset_close(Dataset *set) {
  for (int k = 0; k < N_SPLITS; k++) offsets_free(&set->splits[k].units);
  offsets_free(&set->stream.starts);
  offsets_free(&set->stream.tokens);
  array_set_free(&set->arrays);
  file_close(&set->in);
}
