/* Data declarations: files, options, columns, vocabularies. No data file is opened here. */
#include <string.h>
#include <unistd.h>

#include "frontend/train/check_data.h"

const DataFormatInfo data_format[N_DATA_FORMATS] = {
#define DATA_FORMAT(format, ...) {.name = #format, __VA_ARGS__},
#include "frontend/data_formats.def"
#undef DATA_FORMAT
};

enum { DEFAULT_MAX_LEN = 4096, MAX_COLUMN_RANK = 5 };

typedef struct ColumnRow {
  const char *name;
  bool tokens;
} ColumnRow;

static const ColumnRow column_row[N_COLUMN_KINDS] = {
#define COLUMN(name, tokens, doc) {#name, tokens},
#include "frontend/columns.def"
#undef COLUMN
};

/* ---- options: named arguments ---- */

static bool wrong_option(Check *c, const DataOption *o, const Value *v, Span span) {
  static const char *const wants[] = {[OPTION_int] = "a whole number",
                                      [OPTION_fraction] = "a number from 0 to 1",
                                      [OPTION_text] = "a text",
                                      [OPTION_bool] = "true or false"};
  if (!value_ok(v)) return false;
  diag_at(c->ctx, span, E_bad_data, "'%s' is %s, not %s", o->name, wants[o->kind], value_str(c, v));
  if (o->kind == OPTION_int) diag_expected(c->ctx, "a number from %lld on", (long long)o->least);
  return false;
}

static bool take_option(Check *c, const DataOption *o, const Expr *x) {
  Value v = elab_expr(c, x);
  bool number = v.kind == VAL_number && v.number.known;
  switch (o->kind) {
  case OPTION_int:
    if (!number || !v.number.size.i || v.number.f < (double)o->least) break;
    *(int64_t *)o->to = (int64_t)v.number.f;
    return true;
  case OPTION_fraction:
    if (!number || v.number.f < 0 || v.number.f > 1) break;
    *(double *)o->to = v.number.f;
    return true;
  case OPTION_text:
    if (v.kind != VAL_text) break;
    *(Str *)o->to = v.text;
    return true;
  case OPTION_bool:
    if (v.kind != VAL_bool) break;
    *(bool *)o->to = v.boolean;
    return true;
  }
  return wrong_option(c, o, &v, x->span);
}

static void unknown_option(Check *c, const Arg *arg, const DataOption *options, int n,
                           const char *what) {
  Text list = text_new(&c->ctx->arena);
  for (int i = 0; i < n; i++) text_printf(&list, "%s%s", i ? ", " : "", options[i].name);
  diag_at(c->ctx, arg->span, E_bad_data, "%s has no option '%s'", what,
          ctx_text(c->ctx, arg->name.str));
  diag_help(c->ctx, "there are: %s", text_str(&list));
}

bool data_options(Check *c, const Args *args, uint32_t from, const DataOption *options, int n,
                  const char *what) {
  bool ok = true;
  for (uint32_t i = from; i < args->len; i++) {
    const Arg *arg = &args->data[i];
    int at = 0;
    while (at < n && strcmp(options[at].name, ctx_text(c->ctx, arg->name.str))) at++;
    if (str_none(arg->name.str)) {
      diag_at(c->ctx, arg->span, E_bad_data, "%s takes no further argument without a name", what);
      ok = false;
    } else if (at == n) {
      unknown_option(c, arg, options, n, what);
      ok = false;
    } else if (options[at].expr) {
      *options[at].expr = arg->value;
    } else {
      ok = take_option(c, &options[at], arg->value) && ok;
    }
  }
  return ok;
}

/* ---- paths ---- */

/* Beside the file of the text; otherwise, when it is there, in the current folder. */
static Str resolve_path(Check *c, Str path, Span span) {
  const char *text = ctx_text(c->ctx, path);
  const Source *source = source_at(c->ctx, span.lo, NULL, NULL);
  const char *slash = source ? strrchr(source->path, '/') : NULL;
  if (text[0] == '/' || !slash) return path;
  const char *beside =
      ctx_printf(c->ctx, "%.*s/%s", (int)(slash - source->path), source->path, text);
  bool here = access(beside, F_OK) && !access(text, F_OK);
  return here ? path : ctx_str(c->ctx, beside);
}

static bool take_path(Check *c, const Args *args, Span span, const char *what, Str *out) {
  if (!args->len || !str_none(args->data[0].name.str)) {
    diag_at(c->ctx, span, E_bad_data, "%s wants the path of its file first", what);
    return false;
  }
  Value v = elab_expr(c, args->data[0].value);
  if (v.kind == VAL_text) {
    *out = resolve_path(c, v.text, span);
    return true;
  }
  if (value_ok(&v))
    diag_at(c->ctx, args->data[0].span, E_bad_data, "the path of a file is a text, not %s",
            value_str(c, &v));
  return false;
}

/* ---- vocabularies ---- */

static SpecVocab *new_vocab(Check *c, const SpecData *data, const SpecColumn *column) {
  SpecVocab *v = arena_new(&c->ctx->arena, SpecVocab);
  v->name = ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s", ctx_text(c->ctx, data->name),
                                       ctx_text(c->ctx, column->name)));
  v->size = size_symbol(c->ctx, v->name);
  v->kind = column->kind;
  v->span = column->span;
  v->min_count = 1;
  v->max_size = INT32_MAX;
  return v;
}

static const SpecColumn *column_named(const SpecData *data, Str name) {
  for (int i = 0; i < data->n_columns; i++)
    if (str_eq(data->columns[i].name, name)) return &data->columns[i];
  return NULL;
}

static SpecData *data_named(Spec *spec, Str name);

/* The column that 'vocab = src' or 'vocab = pairs.src' names. */
static const SpecColumn *find_shared(Check *c, const SpecData *data, const Expr *x) {
  const SpecColumn *found = NULL;
  if (x->kind == EX_name) found = column_named(data, x->name);
  if (x->kind == EX_member && x->member.base->kind == EX_name) {
    SpecData *other = data_named(c->spec, x->member.base->name);
    if (other) found = column_named(other, x->member.name.str);
    if (other)
      place_word(c->scope->places, WORD_name, (Name){x->member.base->name, x->member.base->span},
                 other->span, NULL);
  }
  if (found)
    place_word(c->scope->places, WORD_column,
               x->kind == EX_member ? x->member.name : (Name){x->name, x->span}, found->span, NULL);
  if (found && found->vocab) return found;
  diag_at(c->ctx, x->span, E_bad_data,
          found ? "this column has no vocabulary to share"
                : "'vocab' names a column before this one");
  diag_help(c->ctx, "vocab = src for a column of the same data, vocab = pairs.src for another's");
  return NULL;
}

static bool set_vocab(Check *c, const SpecData *data, SpecColumn *column, const Expr *shared) {
  if (!shared) {
    column->vocab = new_vocab(c, data, column);
    vec_push(&c->ctx->arena, &c->spec->vocabs, column->vocab);
    return true;
  }
  const SpecColumn *other = find_shared(c, data, shared);
  if (!other) return false;
  column->vocab = other->vocab;
  if (other->vocab->kind == column->kind) return true;
  diag_at(c->ctx, column->span, E_bad_data, "'%s' is read as %s, but its vocabulary has %s",
          ctx_text(c->ctx, column->name), column_row[column->kind].name,
          column_row[other->vocab->kind].name);
  diag_note(c->ctx, other->vocab->span, "the vocabulary");
  return false;
}

/* ---- columns ---- */

static int find_axis(Check *c, SpecData *data, const Dim *dim) {
  SpecAxis axis = {0};
  Sz size;
  const Expr *x = dim->size;
  bool name = x->kind == EX_name && !scope_find(c->scope, x->name);
  if (name)
    axis.name = x->name;
  else if (!elab_size(c, x, &size) || !size_is_const(c->ctx, size, &axis.fixed) || axis.fixed < 1) {
    if (!diag_failed(c->ctx))
      diag_at(c->ctx, dim->span, E_bad_data, "a length is a name, or a number from 1 on");
    return -1;
  }
  for (int i = 0; i < data->n_axes; i++)
    if (name && str_eq(data->axes[i].name, axis.name)) return i;
  data->axes[data->n_axes] = axis;
  return data->n_axes++;
}

/* Of an array: all axes behind that of the examples. */
static bool set_lengths(Check *c, SpecData *data, SpecColumn *column, const TypeExpr *t) {
  column->axes = arena_array(&c->ctx->arena, int, t->n_dims + 1);
  for (uint32_t i = 0; i < t->n_dims && i < MAX_COLUMN_RANK; i++) {
    const Dim *dim = &t->dims[i];
    int axis = dim->kind == DIM_size ? find_axis(c, data, dim) : -1;
    if (axis < 0) {
      if (dim->kind != DIM_size)
        diag_at(c->ctx, dim->span, E_bad_data, "the lengths of an array are names or numbers");
      return false;
    }
    column->axes[column->rank++] = axis;
  }
  if (t->n_dims <= MAX_COLUMN_RANK) return true;
  diag_at(c->ctx, t->span, E_bad_data, "an array has at most %d lengths", MAX_COLUMN_RANK);
  return false;
}

static bool set_length(Check *c, SpecData *data, SpecColumn *column, const TypeExpr *t) {
  column->axis = -1;
  if (data_format[data->format].arrays) return set_lengths(c, data, column, t);
  if (!t->n_dims) return true;
  if (t->n_dims > 1 || t->dims[0].kind != DIM_size) {
    diag_at(c->ctx, t->span, E_bad_data, "a column has at most one length: %s[S]",
            column->kind == COL_number ? "f32" : column_row[column->kind].name);
    return false;
  }
  column->axis = find_axis(c, data, &t->dims[0]);
  return column->axis >= 0;
}

static bool unknown_kind(Check *c, const TypeExpr *t) {
  diag_at(c->ctx, t->span, E_bad_data, "'%s' is no way to read a column",
          ctx_text(c->ctx, t->dtype.str));
  diag_help(c->ctx, "there are chars, words, bytes, vocab(\"file\"), f32, f64, i32, bool and <N>");
  return false;
}

static bool set_kind(Check *c, const TypeExpr *t, SpecColumn *column) {
  column->kind = COL_number;
  column->dtype = DT_idx;
  if (t->index) {
    if (!elab_size(c, t->index, &column->extent)) return false;
    size_is_const(c->ctx, column->extent, &column->most);
    return true;
  }
  for (int k = 0; k < N_COLUMN_KINDS; k++)
    if (column_row[k].tokens && !strcmp(column_row[k].name, ctx_text(c->ctx, t->dtype.str))) {
      column->kind = (ColumnKind)k;
      return true;
    }
  bool known = dtype_parse(ctx_text(c->ctx, t->dtype.str), &column->dtype);
  return known && column->dtype != DT_idx && column->dtype != DT_key && column->dtype != DT_bf16
             ? true
             : unknown_kind(c, t);
}

/* field = "name" or field = 2, from 1. */
static bool set_field(Check *c, const Expr *x, SpecColumn *column, DataFormat format, bool named) {
  if (!x) return true;
  Value v = elab_expr(c, x);
  if (v.kind == VAL_text && !named) {
    diag_at(c->ctx, x->span, E_bad_data, "the file has no names of columns");
    diag_help(c->ctx, "say header = true if its first line has them, else give a place: field = 2");
    return false;
  }
  if (v.kind == VAL_text) {
    column->field = v.text;
    return true;
  }
  bool arrays = data_format[format].arrays;
  if (!arrays && v.kind == VAL_number && v.number.known && v.number.size.i && v.number.f >= 1) {
    column->position = (int64_t)v.number.f - 1;
    column->field = (Str){0};
    return true;
  }
  if (value_ok(&v))
    diag_at(c->ctx, x->span, E_bad_data,
            arrays ? "'field' is the name of an array, not %s"
                   : "'field' is a name, or a place from 1, not %s",
            value_str(c, &v));
  return false;
}

static bool add_column(Check *c, SpecData *data, const Column *decl, const SpecVocab *standard) {
  SpecColumn *column = &data->columns[data->n_columns];
  const TypeExpr *t = decl->type;
  const Expr *shared = NULL, *field = NULL;
  if (t->kind == TY_poison || str_none(decl->name.str)) return false;
  if (column_named(data, decl->name.str)) {
    diag_at(c->ctx, decl->name.span, E_duplicate_name, "the column '%s' stands twice",
            ctx_text(c->ctx, decl->name.str));
    return false;
  }
  *column = (SpecColumn){.name = decl->name.str,
                         .span = decl->name.span,
                         .position = data->n_columns,
                         .max_len = column->max_len};
  if (data->header || data_format[data->format].by_name) column->field = decl->name.str;
  if (!set_kind(c, t, column) || !set_length(c, data, column, t)) return false;
  column->eos =
      column->axis >= 0 && column_row[column->kind].tokens && !data_format[data->format].stream;
  SpecVocab options = *standard;
  DataOption table[] = {expr_option("vocab", &shared),
                        expr_option("field", &field),
                        bool_option("eos", &column->eos),
                        int_option("max_len", 1, &column->max_len),
                        text_option("of", &options.of),
                        int_option("min_count", 1, &options.min_count),
                        int_option("max_size", N_SPECIAL_TOKENS + 1, &options.max_size)};
  bool file = column->kind == COL_vocab;
  bool numbers = !column_row[column->kind].tokens;
  const char *what = ctx_printf(c->ctx, "the column '%s'", ctx_text(c->ctx, column->name));
  if (file && !shared &&
      !(decl->args.len && !strcmp(ctx_text(c->ctx, decl->args.data[0].name.str), "vocab")) &&
      !take_path(c, &decl->args, decl->span, what, &options.file))
    return false;
  bool skip = !str_none(options.file);
  bool ok = data_options(c, &decl->args, skip, numbers ? table + 1 : table, numbers ? 1 : 7, what);
  if (!ok ||
      !set_field(c, field, column, data->format, data->header || data_format[data->format].by_name))
    return false;
  if (!numbers && data_format[data->format].arrays) {
    diag_at(c->ctx, decl->type->span, E_bad_data, "a file of %s has numbers, and no text",
            data_format[data->format].name);
    return false;
  }
  if (!numbers && !set_vocab(c, data, column, shared)) return false;
  if (!numbers && !shared) {
    column->vocab->file = options.file;
    column->vocab->of = options.of;
    column->vocab->min_count = options.min_count;
    column->vocab->max_size = options.max_size;
  }
  data->n_columns++;
  return true;
}

/* ---- data ---- */

static bool set_format(Check *c, const Item *item, SpecData *data) {
  for (int k = 0; k < N_DATA_FORMATS; k++)
    if (!strcmp(data_format[k].name, ctx_text(c->ctx, item->data.format.str))) {
      data->format = (DataFormat)k;
      return true;
    }
  diag_at(c->ctx, item->data.format.span, E_bad_data, "'%s' is no format of data files",
          ctx_text(c->ctx, item->data.format.str));
  Text known = text_new(&c->ctx->arena);
  for (int k = 0; k < N_DATA_FORMATS; k++)
    text_printf(&known, "%s%s",
                k == 0                   ? ""
                : k + 1 < N_DATA_FORMATS ? ", "
                                         : " and ",
                data_format[k].name);
  diag_help(c->ctx, "there are %s", text_str(&known));
  return false;
}

static bool set_options(Check *c, const Item *item, SpecData *data, SpecVocab *standard,
                        int64_t *max_len, const Expr **split_by) {
  Str on_error = ctx_str(c->ctx, "skip");
  *max_len = DEFAULT_MAX_LEN;
  data->split_seed = 1;
  DataOption table[] = {fraction_option("valid", &data->valid),
                        fraction_option("test", &data->test),
                        int_option("split_seed", 0, &data->split_seed),
                        expr_option("split_by", split_by),
                        bool_option("header", &data->header),
                        int_option("max_len", 1, max_len),
                        int_option("min_count", 1, &standard->min_count),
                        int_option("max_size", N_SPECIAL_TOKENS + 1, &standard->max_size),
                        text_option("on_error", &on_error)};
  const char *what = ctx_printf(c->ctx, "the data '%s'", ctx_text(c->ctx, data->name));
  if (!data_options(c, &item->data.args, 1, table, 9, what)) return false;
  if (data->valid + data->test > 1) {
    diag_at(c->ctx, data->path_span, E_bad_data, "valid and test are together more than 1");
    return false;
  }
  data->stop_on_error = !strcmp(ctx_text(c->ctx, on_error), "stop");
  if (data->stop_on_error || !strcmp(ctx_text(c->ctx, on_error), "skip")) return true;
  diag_at(c->ctx, data->path_span, E_bad_data, "on_error is \"skip\" or \"stop\", not \"%s\"",
          ctx_text(c->ctx, on_error));
  return false;
}

static bool set_split_by(Check *c, SpecData *data, const Expr *x) {
  data->split_by = -1;
  if (!x) return true;
  for (int i = 0; x->kind == EX_name && i < data->n_columns; i++)
    if (str_eq(data->columns[i].name, x->name)) data->split_by = i;
  if (data->split_by >= 0) return true;
  diag_at(c->ctx, x->span, E_bad_data, "'split_by' is the name of a column");
  return false;
}

static bool declare(Check *c, const Item *item, SpecData *data) {
  SpecVocab standard = {.min_count = 1, .max_size = INT32_MAX};
  int64_t max_len;
  const Expr *split_by = NULL;
  const char *what = ctx_printf(c->ctx, "the data '%s'", ctx_text(c->ctx, data->name));
  if (!set_format(c, item, data) ||
      !take_path(c, &item->data.args, item->data.format.span, what, &data->path) ||
      !set_options(c, item, data, &standard, &max_len, &split_by))
    return false;
  bool ok = true;
  for (uint32_t i = 0; i < item->data.n_columns; i++) {
    data->columns[data->n_columns].max_len = max_len;
    ok = add_column(c, data, &item->data.columns[i], &standard) && ok;
  }
  if (ok && !data->n_columns) {
    diag_at(c->ctx, item->name.span, E_bad_data, "%s has no column", what);
    return false;
  }
  if (ok && data->header && !data_format[data->format].header) {
    diag_at(c->ctx, item->data.format.span, E_bad_data, "a file of %s has no header",
            data_format[data->format].name);
    return false;
  }
  if (ok && data_format[data->format].single && data->n_columns > 1) {
    diag_at(c->ctx, data->columns[1].span, E_bad_data, "a file of %s has one column",
            data_format[data->format].name);
    return false;
  }
  if (ok && data_format[data->format].stream && (!data->columns[0].vocab || data->n_axes)) {
    diag_at(c->ctx, data->columns[0].span, E_bad_data,
            "the column of a running text has tokens and no length: text: chars");
    return false;
  }
  return ok && set_split_by(c, data, split_by);
}

static SpecData *declare_data(Spec *spec, const Item *item) {
  for (uint32_t i = 0; i < spec->data.len; i++)
    if (str_eq(spec->data.data[i]->name, item->name.str)) return spec->data.data[i];
  Check c = check_scratch(spec, spec->globals);
  Arena *arena = &spec->ctx->arena;
  SpecData *data = arena_new(arena, SpecData);
  *data = (SpecData){.name = item->name.str, .span = item->name.span};
  data->path_span = item->data.args.len ? item->data.args.data[0].span : item->name.span;
  data->columns = arena_array(arena, SpecColumn, item->data.n_columns + 1);
  uint32_t n_axes = 0;
  for (uint32_t i = 0; i < item->data.n_columns; i++) n_axes += item->data.columns[i].type->n_dims;
  data->axes = arena_array(arena, SpecAxis, n_axes + 1);
  vec_push(arena, &spec->data, data);
  bool ok = declare(&c, item, data);
  Value v = ok ? (Value){.kind = VAL_data, .data = data} : value_poison();
  scope_bind(spec->ctx, spec->globals, item->name.str, item->name.span, v);
  return data;
}

/* Declared when needed; NULL when there is none of the name. */
static SpecData *data_named(Spec *spec, Str name) {
  Item *item = spec_item(spec, ITEM_data, name);
  return item ? declare_data(spec, item) : NULL;
}

void data_declare_all(Spec *spec) {
  for (uint32_t i = 0; i < spec->items.len; i++)
    if (spec->items.data[i]->kind == ITEM_data) declare_data(spec, spec->items.data[i]);
}

/* ---- members: pairs.src ---- */

bool data_is_text(const SpecData *data) { return data_format[data->format].stream; }

Value data_member(Check *c, SpecData *data, Name name) {
  const SpecColumn *column = column_named(data, name.str);
  if (column) place_word(c->scope->places, WORD_column, name, column->span, NULL);
  if (column && column->vocab) return value_size(c->ctx, column->vocab->size);
  places_offer(c, name.str, &(Value){.kind = VAL_data, .data = data});
  diag_at(c->ctx, name.span, E_unknown_member,
          column ? "the column '%s' of '%s' has no vocabulary" : "there is no column '%s' in '%s'",
          ctx_text(c->ctx, name.str), ctx_text(c->ctx, data->name));
  diag_note(c->ctx, data->span, "the data is declared here");
  if (!column)
    diag_help(c->ctx, "batches are taken by %s.batch(64) or %s.batches(64)",
              ctx_text(c->ctx, data->name), ctx_text(c->ctx, data->name));
  return value_poison();
}

/* ---- what is known about vocabularies ---- */

SpecDataList spec_data(const Spec *spec) { return (SpecDataList){spec->data.data, spec->data.len}; }

void spec_set_vocab(Spec *spec, SpecVocab *vocab, int64_t tokens) {
  if (vocab->known == tokens) return;
  vocab->known = tokens;
  spec->vocabs_told++;
  spec->programs.len = 0; /* their weights have other sizes now */
}

SpecVocab *spec_find_vocab(const Spec *spec, Sz size) {
  for (uint32_t i = 0; i < spec->vocabs.len; i++)
    if (sz_eq(spec->vocabs.data[i]->size, size)) return spec->vocabs.data[i];
  return NULL;
}

/* ---- which data something is about ---- */

DataUse data_use(const Spec *spec) {
  return (DataUse){spec, arena_array(&spec->ctx->arena, bool, spec->data.len + 1)};
}

static void use_symbol(void *user, Sz symbol) {
  DataUse *use = user;
  const SpecVocab *vocab = spec_find_vocab(use->spec, symbol);
  for (uint32_t i = 0; vocab && i < use->spec->data.len; i++)
    for (int k = 0; k < use->spec->data.data[i]->n_columns; k++)
      use->wanted[i] = use->wanted[i] || use->spec->data.data[i]->columns[k].vocab == vocab;
}

void data_use_graph(DataUse *use, const Graph *g) { graph_symbols(g, use_symbol, use); }

void data_use_type(DataUse *use, Ty type) { type_symbols(use->spec->ctx, type, use_symbol, use); }

void data_use_set(DataUse *use, const SpecData *data) {
  for (uint32_t i = 0; i < use->spec->data.len; i++)
    use->wanted[i] = use->wanted[i] || use->spec->data.data[i] == data;
}

SpecDataList data_used(const DataUse *use) {
  const Spec *spec = use->spec;
  SpecData **items = arena_array(&spec->ctx->arena, SpecData *, spec->data.len + 1);
  uint32_t n = 0;
  for (uint32_t i = 0; i < spec->data.len; i++)
    if (use->wanted[i]) items[n++] = spec->data.data[i];
  return (SpecDataList){items, n};
}
