/* Records of tsv, jsonl and lines: see record.h. */
#include "data/record.h"

#include <jansson.h>
#include <string.h>

/* ---- tsv ---- */

static bool find_in_header(const Field *header, const char *name, int64_t *position) {
  const char *at = header->text, *end = header->text + header->n;
  for (int64_t i = 0; at <= end; i++) {
    const char *tab = memchr(at, '\t', (size_t)(end - at));
    size_t n = (size_t)((tab ? tab : end) - at);
    if (n == strlen(name) && !memcmp(at, name, n)) {
      *position = i;
      return true;
    }
    at += n + 1;
  }
  return false;
}

/* "src, tgt" for a message. */
static const char *header_list(Ctx *ctx, const Field *header) {
  Text text = text_new(&ctx->arena);
  for (size_t i = 0; i < header->n && i < 200; i++)
    if (header->text[i] == '\t')
      text_puts(&text, ", ");
    else
      text_putc(&text, header->text[i]);
  return text_str(&text);
}

static bool place_columns(Ctx *ctx, const SpecData *data, const Field *header, int64_t *positions) {
  bool ok = true;
  for (int i = 0; i < data->n_columns; i++) {
    const SpecColumn *c = &data->columns[i];
    positions[i] = c->position;
    if (str_none(c->field) || find_in_header(header, ctx_text(ctx, c->field), &positions[i]))
      continue;
    diag_at(ctx, c->span, E_data_column, "'%s' has no column '%s'", ctx_text(ctx, data->path),
            ctx_text(ctx, c->field));
    diag_got(ctx, "%s", header_list(ctx, header));
    diag_help(ctx, "field = \"...\" names it as the header does; field = 2 takes the second one");
    ok = false;
  }
  return ok;
}

static const char *split_tsv(RecordSplitter *s, const char *line, size_t n) {
  const char *at = line, *end = line + n;
  int missing = s->data->n_columns;
  for (int64_t place = 0; at <= end; place++) {
    const char *tab = memchr(at, '\t', (size_t)(end - at));
    size_t length = (size_t)((tab ? tab : end) - at);
    for (int i = 0; i < s->data->n_columns; i++)
      if (s->positions[i] == place) {
        s->fields[i] = (Field){at, length};
        missing--;
      }
    at += length + 1;
  }
  return missing ? "it has too few columns" : NULL;
}

/* ---- jsonl ---- */

static bool join_room(RecordSplitter *s, size_t used, size_t more) {
  if (used + more <= s->joined_cap) return true;
  size_t cap = 2 * (used + more);
  char *joined = heap_alloc(cap);
  if (!joined) return false;
  if (used) memcpy(joined, s->joined, used);
  heap_free(s->joined);
  s->joined = joined;
  s->joined_cap = cap;
  return true;
}

/* Appends a value as text, with a blank behind it. */
static const char *join_value(RecordSplitter *s, const json_t *value, size_t *used) {
  size_t length = json_is_string(value) ? json_string_length(value) : 32;
  if (!join_room(s, *used, length + 2)) return "there is no memory for it";
  char *to = s->joined + *used;
  if (json_is_string(value))
    memcpy(to, json_string_value(value), length);
  else if (json_is_integer(value))
    length = (size_t)snprintf(to, 32, "%lld", (long long)json_integer_value(value));
  else if (json_is_real(value))
    length = (size_t)snprintf(to, 32, "%.17g", json_real_value(value));
  else if (json_is_boolean(value))
    length = (size_t)snprintf(to, 32, "%d", json_is_true(value));
  else
    return "a column is neither text nor numbers";
  to[length] = ' ';
  *used += length + 1;
  return NULL;
}

/* Offsets into 'joined', which may move, are kept in 'text' as numbers until all columns are done. */
static const char *split_jsonl(RecordSplitter *s, const char *line, size_t n, Ctx *ctx) {
  json_error_t error;
  json_decref(s->json);
  s->json = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error);
  if (!s->json) return "it is no JSON";
  if (!json_is_object((json_t *)s->json)) return "it is no JSON object";
  size_t used = 0;
  for (int i = 0; i < s->data->n_columns; i++) {
    const json_t *value = json_object_get(s->json, ctx_text(ctx, s->data->columns[i].field));
    size_t start = used;
    if (!value) return "a column is missing";
    if (!json_is_array(value)) {
      const char *why = join_value(s, value, &used);
      if (why) return why;
    }
    for (size_t k = 0; json_is_array(value) && k < json_array_size(value); k++) {
      const char *why = join_value(s, json_array_get(value, k), &used);
      if (why) return why;
    }
    s->fields[i] = (Field){NULL, used > start ? used - start - 1 : 0};
  }
  const char *at = s->joined ? s->joined : "";
  for (int i = 0; i < s->data->n_columns; i++) {
    s->fields[i].text = at;
    const json_t *value = json_object_get(s->json, ctx_text(ctx, s->data->columns[i].field));
    bool empty = json_is_array(value) && !json_array_size(value);
    at += s->fields[i].n + !empty;
  }
  return NULL;
}

/* ---- all ---- */

bool record_splitter(Ctx *ctx, const SpecData *data, const Field *header, RecordSplitter *out) {
  *out = (RecordSplitter){.ctx = ctx, .data = data};
  out->fields = arena_array(&ctx->arena, Field, data->n_columns + 1);
  out->positions = arena_array(&ctx->arena, int64_t, data->n_columns + 1);
  return data->format != DATA_tsv || place_columns(ctx, data, header, out->positions);
}

void record_splitter_free(RecordSplitter *s) {
  json_decref(s->json);
  heap_free(s->joined);
  *s = (RecordSplitter){0};
}

const char *record_split(RecordSplitter *s, const char *line, size_t n) {
  switch (s->data->format) {
  case DATA_tsv:
    return split_tsv(s, line, n);
  case DATA_jsonl:
    return split_jsonl(s, line, n, s->ctx);
  default:
    s->fields[0] = (Field){line, n};
    return NULL;
  }
}
