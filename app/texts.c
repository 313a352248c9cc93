/* Text in and out of a function: see texts.h. */
#include "app/texts.h"

#include <string.h>

#include "app/arguments.h"
#include "io/formats.h"
#include "io/json.h"
#include "io/literal.h"

/* ---- vocabularies ---- */

/* The vocabulary that a type of the text points into. */
static const SpecVocab *vocab_of(const Spec *spec, const Graph *g, Ref ref) {
  const TypeInfo *info = graph_info(g, ref);
  return !info->is_tuple && info->dtype == DT_idx ? spec_find_vocab(spec, info->extent) : NULL;
}

/* The column that a parameter is like: of its name, else the first of the vocabulary. */
static const SpecColumn *column_of(const Spec *spec, const SpecVocab *vocab, Str name) {
  SpecDataList list = spec_data(spec);
  const SpecColumn *first = NULL;
  for (uint32_t i = 0; i < list.count; i++)
    for (int k = 0; k < list.items[i]->n_columns; k++) {
      const SpecColumn *c = &list.items[i]->columns[k];
      if (c->vocab != vocab) continue;
      if (str_eq(c->name, name)) return c;
      if (!first) first = c;
    }
  return first;
}

static int find_param(const Function *f, const char *name) {
  for (uint32_t i = 0; i < function_arity(f); i++)
    if (!strcmp(function_param_name(f, i), name)) return (int)i;
  return -1;
}

static void init_param(Texts *t, Spec *spec, const Corpus *corpus, uint32_t i) {
  const Function *f = t->function;
  const Graph *g = f->spec->declared;
  TextParam *p = &t->params[i];
  Ref ref = g->params.data[function_param(f, i)];
  p->mask = -1;
  p->spec = vocab_of(spec, g, ref);
  p->vocab = p->spec ? corpus_vocab(corpus, p->spec) : NULL;
  int rank = graph_info(g, ref)->rank;
  if (!p->vocab || rank < 1 || rank > 2) {
    p->vocab = NULL;
    return;
  }
  t->n_texts++;
  p->column = column_of(spec, p->spec, graph_node(g, ref)->name);
  const char *name = function_param_name(f, i);
  int mask = find_param(f, ctx_printf(f->ctx, "%s_mask", name));
  if (mask < 0 && !strcmp(function_param_name(f, i + 1 < function_arity(f) ? i + 1 : i), "mask"))
    mask = (int)i + 1;
  const TypeInfo *info =
      mask < 0 ? NULL : type_info(f->ctx, function_param_type(f, (uint32_t)mask));
  if (!info || info->dtype != DT_bool || info->rank != rank) return;
  p->mask = mask;
  t->params[mask].is_mask = true;
}

void texts_init(Texts *t, const Function *f, Spec *spec, const Corpus *corpus) {
  Ctx *ctx = f->ctx;
  const Graph *g = f->spec->declared;
  *t = (Texts){.function = f};
  t->params = arena_array(&ctx->arena, TextParam, function_arity(f) + 1);
  t->results = arena_array(&ctx->arena, const Vocab *, g->results.len + 1);
  if (!spec) return; /* graph text knows no vocabularies */
  for (uint32_t i = 0; i < function_arity(f); i++)
    if (!t->params[i].is_mask) init_param(t, spec, corpus, i);
  for (uint32_t i = 0; i < g->results.len; i++) {
    const SpecVocab *v = vocab_of(spec, g, g->results.data[i]);
    t->results[i] = v ? corpus_vocab(corpus, v) : NULL;
  }
}

/* ---- in ---- */

bool texts_is_array(const char *text) {
  if (format_of(text, FOR_reading | FOR_reading_set)) return true;
  return text[0] == '[' && text[1] == '[';
}

static bool no_memory(const Texts *t) {
  diag_at(t->function->ctx, (Span){0}, E_run_failed, "reading text: no memory");
  return false;
}

static bool is_unknown(const Vocab *vocab, const char *token, size_t n) {
  TokenList list = {0};
  int64_t unknown = 0;
  vocab_encode(vocab, token, n, &list, &unknown);
  token_list_free(&list);
  return unknown > 0;
}

/* Remembers the first unknown token, for the warning; of bpe, the first unknown character. */
static void note_unknown(Texts *t, const TextParam *p, const Field *row) {
  Ctx *ctx = t->function->ctx;
  size_t at = 0, n;
  const char *token;
  ColumnKind kind = p->vocab->kind == COL_bpe ? COL_chars : p->vocab->kind;
  while (!t->first_unknown && (token = vocab_next(kind, row->text, row->n, &at, &n)))
    if (is_unknown(p->vocab, token, n)) t->first_unknown = ctx_printf(ctx, "%.*s", (int)n, token);
  if (!t->unknown_vocab) t->unknown_vocab = ctx_text(ctx, p->spec->name);
}

static bool encode(Texts *t, const TextParam *p, const Field *row, TokenList *out) {
  int64_t before = t->unknown;
  out->len = 0;
  if (!vocab_encode(p->vocab, row->text, row->n, out, &t->unknown)) return no_memory(t);
  if (t->unknown > before) note_unknown(t, p, row);
  int32_t eos = p->column && p->column->eos ? p->vocab->special[TOKEN_eos] : -1;
  return eos < 0 || token_push(out, eos) || no_memory(t);
}

static bool fill(const Texts *t, const TextParam *p, const int32_t *ids, const int64_t *ends,
                 int64_t n, const int64_t *dims, int rank, uint32_t param, Tensor **args) {
  int64_t length = dims[rank - 1];
  int32_t pad = vocab_pad(p->vocab);
  Tensor *tokens = tensor_new(DT_idx, dims, rank);
  Tensor *mask = p->mask >= 0 ? tensor_new(DT_bool, dims, rank) : NULL;
  args[param] = tokens;
  if (p->mask >= 0) args[p->mask] = mask;
  if (!tokens || (p->mask >= 0 && !mask)) return no_memory(t);
  for (int64_t row = 0; row < n; row++) {
    int64_t from = row ? ends[row - 1] : 0, count = ends[row] - from;
    for (int64_t i = 0; i < length; i++) {
      ((int32_t *)tokens->data)[row * length + i] = i < count ? ids[from + i] : pad;
      if (mask) ((uint8_t *)mask->data)[row * length + i] = i < count;
    }
  }
  return true;
}

/* The shape of a parameter for n rows of at most 'longest' tokens. */
static bool shape_of(const Texts *t, uint32_t param, int64_t n, int64_t longest, int64_t *dims,
                     int *rank) {
  const Function *f = t->function;
  const TypeInfo *info = type_info(f->ctx, function_param_type(f, param));
  const char *why = NULL;
  int64_t fixed;
  *rank = info->rank;
  bool single = t->params[param].column && t->params[param].column->axis < 0 && info->rank == 1 &&
                !t->params[param].column->eos;
  dims[0] = n;
  if (!single || n == 1) dims[info->rank - 1] = longest ? longest : 1;
  if (single && n > 1 && longest > 1) why = "takes one token for each example";
  if (!single && info->rank == 1 && n != 1) why = "takes one text";
  if (!why && size_is_const(f->ctx, info->dims[info->rank - 1], &fixed)) {
    if (longest > fixed) why = ctx_printf(f->ctx, "takes at most %lld tokens", (long long)fixed);
    dims[info->rank - 1] = fixed;
  }
  if (!why) return true;
  diag_at(f->ctx, (Span){0}, E_call_arguments, "argument '%s' %s", function_param_name(f, param),
          why);
  diag_got(f->ctx, "%lld texts, the longest of %lld tokens", (long long)n, (long long)longest);
  return false;
}

bool texts_read(Texts *t, uint32_t param, const Field *rows, int64_t n, Tensor **args) {
  const TextParam *p = &t->params[param];
  int64_t *ends = heap_alloc((size_t)(n + 1) * sizeof *ends), longest = 0, dims[2];
  int rank;
  TokenList all = {0}, row = {0};
  bool ok = ends || no_memory(t);
  for (int64_t i = 0; ok && i < n; i++) {
    ok = encode(t, p, &rows[i], &row);
    for (size_t k = 0; ok && k < row.len; k++) ok = token_push(&all, row.ids[k]) || no_memory(t);
    ends[i] = (int64_t)all.len;
    if ((int64_t)row.len > longest) longest = (int64_t)row.len;
  }
  ok = ok && shape_of(t, param, n, longest, dims, &rank) &&
       fill(t, p, all.ids, ends, n, dims, rank, param, args);
  token_list_free(&all);
  token_list_free(&row);
  heap_free(ends);
  return ok;
}

void texts_report(Texts *t) {
  if (!t->unknown) return;
  Ctx *ctx = t->function->ctx;
  diag_at(ctx, (Span){0}, E_unknown_tokens,
          "%lld %s not in the vocabulary '%s' and read as <unk>: '%s'%s", (long long)t->unknown,
          t->unknown == 1 ? "token is" : "tokens are", t->unknown_vocab,
          t->first_unknown ? t->first_unknown : "", t->unknown > 1 ? " is the first" : "");
  t->unknown = 0;
  t->first_unknown = NULL; /* it lived as long as the call */
}

/* ---- out ---- */

/* The tokens of one row: rank 1 is a sequence. More axes are texts with tabs between them. */
static void put_text(const Vocab *vocab, const Tensor *tensor, int axis, int64_t from,
                     int64_t count, Text *out) {
  const int32_t *ids = (const int32_t *)tensor->data + from;
  if (axis >= tensor->rank - 1) {
    vocab_decode(vocab, ids, count, out);
    return;
  }
  int64_t each = tensor->dims[axis] ? count / tensor->dims[axis] : 0;
  for (int64_t i = 0; i < tensor->dims[axis]; i++) {
    if (i) text_putc(out, '\t');
    put_text(vocab, tensor, axis + 1, from + i * each, each, out);
  }
}

void texts_put_row(const Texts *t, uint32_t i, const Tensor *result, int64_t row, int64_t n,
                   int digits, Text *out) {
  bool by_row = result->rank && result->dims[0] == n && (result->rank > 1 || n > 1);
  int64_t count = tensor_count(result), each = by_row ? count / n : count;
  int64_t from = by_row ? row * each : 0;
  if (t->results[i]) {
    put_text(t->results[i], result, by_row, from, each, out);
    return;
  }
  Tensor part = *result;
  part.data = (char *)result->data + (size_t)from * (size_t)dtype_bytes[result->dtype];
  if (by_row) {
    part.rank--;
    part.dims++;
  }
  if (part.rank)
    json_print(&part, out);
  else
    literal_print(&part, digits, 0, out);
}
