/* Records of tsv, jsonl and lines: see record.h. */
#include "data/record.h"

#include <string.h>

/* ---- tsv ---- */

/* How often the header has the name, and where first. */
static int find_in_header(const Field *header, const char *name, int64_t *position) {
  const char *at = header->text, *end = header->text + header->n;
  int found = 0;
  for (int64_t i = 0; at <= end; i++) {
    const char *tab = memchr(at, '\t', (size_t)(end - at));
    size_t n = (size_t)((tab ? tab : end) - at);
    if (n == strlen(name) && !memcmp(at, name, n) && !found++) *position = i;
    at += n + 1;
  }
  return found;
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
    if (str_none(c->field)) continue;
    int found = find_in_header(header, ctx_text(ctx, c->field), &positions[i]);
    if (found == 1) continue;
    diag_at(ctx, c->span, E_data_column, "'%s' has %s '%s'", ctx_text(ctx, data->path),
            found ? "several columns" : "no column", ctx_text(ctx, c->field));
    diag_got(ctx, "%s", header_list(ctx, header));
    diag_help(ctx, "field = \"...\" names it as the header does; field = 2 takes the second one");
    ok = false;
  }
  return ok;
}

static RecordFault split_tsv(RecordSplitter *s, const char *line, size_t n) {
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
  return (RecordFault){missing ? "it has too few columns" : NULL, -1};
}

/* ---- jsonl ---- */

/* Keeps a value for every column that is read from this key; keys with escapes are compared as what
 * they say. */
static RecordFault keep_member(RecordSplitter *s, JsonValue key, JsonValue value) {
  Field name = {key.at + 1, key.n - 2};
  if (memchr(name.text, '\\', name.n)) {
    s->text.n = 0;
    if (jscan_text(key, &s->text)) return (RecordFault){NULL, -1}; /* no column is called so */
    name = (Field){s->text.data, s->text.n};
  }
  for (int i = 0; i < s->data->n_columns; i++) {
    const char *field = ctx_text(s->ctx, s->data->columns[i].field);
    if (strlen(field) != name.n || memcmp(field, name.text, name.n)) continue;
    if (s->values[i].at) return (RecordFault){"stands there twice", i};
    s->values[i] = value;
  }
  return (RecordFault){NULL, -1};
}

static RecordFault find_members(RecordSplitter *s, const char *line, size_t n) {
  JsonScan *scan = &s->json;
  JsonValue key, value;
  RecordFault fault = {NULL, -1};
  scan->at = line;
  scan->end = line + n;
  for (int i = 0; i < s->data->n_columns; i++) s->values[i] = (JsonValue){0};
  fault.why = jscan_take(scan, '{');
  for (bool more = !jscan_next_is(scan, '}'); more && !fault.why;) {
    fault.why = jscan_string(scan, &key);
    if (!fault.why) fault.why = jscan_take(scan, ':');
    if (!fault.why) fault.why = jscan_value(scan, &value);
    if (!fault.why) fault = keep_member(s, key, value);
    more = jscan_next_is(scan, ',');
    if (more) scan->at++;
  }
  if (!fault.why) fault.why = jscan_take(scan, '}');
  if (!fault.why && !jscan_at_end(scan)) fault.why = "it is no JSON: something follows the object";
  return fault;
}

/* Appends the items of a list as text, with blanks between them. */
static const char *put_list(RecordSplitter *s, JsonValue list) {
  JsonScan items = {.at = list.at + 1, .end = list.at + list.n - 1, .open = s->json.open};
  JsonValue item;
  const char *why = NULL;
  for (bool first = true; !why && !jscan_at_end(&items); first = false) {
    if (!first) items.at++; /* a comma: the list is sound */
    if (!first && !bytes_put(&s->text, " ", 1)) why = "there is no memory for it";
    if (!why) why = jscan_value(&items, &item);
    if (!why) why = jscan_text(item, &s->text);
  }
  s->json.open = items.open; /* its memory */
  return why;
}

static RecordFault split_jsonl(RecordSplitter *s, const char *line, size_t n) {
  RecordFault fault = find_members(s, line, n);
  s->text.n = 0;
  for (int i = 0; i < s->data->n_columns && !fault.why; i++) {
    size_t start = s->text.n;
    JsonValue value = s->values[i];
    if (!value.at)
      fault.why = "is missing";
    else
      fault.why = *value.at == '[' ? put_list(s, value) : jscan_text(value, &s->text);
    if (fault.why) fault.column = i;
    s->fields[i].n = s->text.n - start;
  }
  const char *at = s->text.data ? s->text.data : "";
  for (int i = 0; i < s->data->n_columns && !fault.why; i++) {
    s->fields[i].text = at;
    at += s->fields[i].n;
  }
  return fault;
}

/* ---- the whole record ---- */

static RecordFault split_lines(RecordSplitter *s, const char *line, size_t n) {
  s->fields[0] = (Field){line, n};
  return (RecordFault){NULL, -1};
}

static RecordFault split_text(RecordSplitter *s, const char *line, size_t n) {
  return split_lines(s, line, n);
}

/* ---- all ---- */

bool record_splitter(Ctx *ctx, const SpecData *data, const Field *header, RecordSplitter *out) {
  *out = (RecordSplitter){.ctx = ctx, .data = data};
  out->fields = arena_array(&ctx->arena, Field, data->n_columns + 1);
  out->positions = arena_array(&ctx->arena, int64_t, data->n_columns + 1);
  out->values = arena_array(&ctx->arena, JsonValue, data->n_columns + 1);
  return !data_format[data->format].header || place_columns(ctx, data, header, out->positions);
}

void record_splitter_free(RecordSplitter *s) {
  bytes_free(&s->json.open);
  bytes_free(&s->text);
  *s = (RecordSplitter){0};
}

/* Arrays have no records of text. */
static RecordFault split_npz(RecordSplitter *s, const char *line, size_t n) {
  (void)s, (void)line, (void)n;
  return (RecordFault){"is no text", -1};
}

static RecordFault split_npy(RecordSplitter *s, const char *line, size_t n) {
  return split_npz(s, line, n);
}

RecordFault record_split(RecordSplitter *s, const char *line, size_t n) {
  static RecordFault (*const split[])(RecordSplitter * s, const char *line, size_t n) = {
#define DATA_FORMAT(name, ...) [DATA_##name] = split_##name,
#include "frontend/data_formats.def"
#undef DATA_FORMAT
  };
  return split[s->data->format](s, line, n);
}
