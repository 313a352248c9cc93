#include "app/lsp/session.h"

#include <string.h>

json_t *session_refuse(Session *session, RpcError code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  session->refused = arena_vprintf(&session->arena, format, args);
  va_end(args);
  session->error = code;
  return NULL;
}

/* ---- requests about a text ---- */

/* One of the two is asked. */
typedef struct About {
  json_t *(*request)(Session *s, Document *doc, const json_t *params);
  const json_t *params;
  json_t *(*what)(Session *s, Document *doc, const char *name);
  const char *name;
} About;

static json_t *ask_about(Session *s, Document *doc, const About *a) {
  ArenaEscape *escape = &s->docs.escape;
  document_check(doc, false);
  escape->cleanups = NULL;
  if (setjmp(escape->jump)) {
    for (Document *d = s->docs.first; d; d = d->next) document_forget(d);
    return session_refuse(s, RPC_internal_error, "there is not enough memory for this");
  }
  if (!document_begin(doc)) return NULL;
  json_t *result = a->request ? a->request(s, doc, a->params) : a->what(s, doc, a->name);
  document_end(doc);
  return result;
}

json_t *session_ask(Session *s, Document *doc,
                    json_t *(*request)(Session *session, Document *doc, const json_t *params),
                    const json_t *params) {
  return ask_about(s, doc, &(About){.request = request, .params = params});
}

json_t *session_about(Session *s, Document *doc,
                      json_t *(*what)(Session *session, Document *doc, const char *name),
                      const char *name) {
  return ask_about(s, doc, &(About){.what = what, .name = name});
}

/* ---- parts of messages ---- */

const json_t *json_at(const json_t *json, const char *path) {
  char name[64];
  while (json && *path) {
    size_t n = strcspn(path, ".");
    if (n >= sizeof name) return NULL;
    memcpy(name, path, n);
    name[n] = 0;
    json = json_object_get(json, name);
    path += n + (path[n] == '.');
  }
  return json;
}

const char *json_text(const json_t *json, const char *path) {
  return json_string_value(json_at(json, path));
}

TextPosition json_position(const json_t *json) {
  const json_t *line = json_at(json, "line"), *character = json_at(json, "character");
  if (!json_is_integer(line) || !json_is_integer(character)) return (TextPosition){-1, -1};
  return (TextPosition){json_integer_value(line), json_integer_value(character)};
}

bool params_offset(Session *session, const Document *doc, const json_t *params, uint32_t *offset) {
  TextLines lines = document_lines(doc);
  if (position_offset(&lines, json_position(json_at(params, "position")), offset)) return true;
  session_refuse(session, RPC_invalid_params, "the text has no such position");
  return false;
}

static json_t *position_json(const TextLines *lines, uint32_t offset) {
  TextPosition at = position_of(lines, offset);
  return json_pack("{s:I, s:I}", "line", (json_int_t)at.line, "character",
                   (json_int_t)at.character);
}

static json_t *range_of(const TextLines *lines, uint32_t lo, uint32_t hi) {
  return json_pack("{s:o, s:o}", "start", position_json(lines, lo), "end",
                   position_json(lines, hi));
}

json_t *range_json(const Document *doc, uint32_t lo, uint32_t hi) {
  TextLines lines = document_lines(doc);
  return range_of(&lines, lo, hi);
}

json_t *location_json(Session *session, const Document *doc, Span span) {
  const Source *s = span_none(span) ? NULL : source_at(doc->ctx, span.lo, NULL, NULL);
  if (!s) return NULL;
  uint32_t lo = span.lo - s->base, hi = span.hi - s->base;
  if (hi > s->length) hi = s->length;
  if (document_has(doc, span))
    return json_pack("{s:s, s:o}", "uri", doc->uri, "range", range_json(doc, lo, hi));
  uint32_t *starts = arena_array(&session->arena, uint32_t, s->length + 1);
  TextLines lines = {s->text, s->length, starts, lines_find(s->text, s->length, starts),
                     session->docs.units};
  return json_pack("{s:s, s:o}", "uri", uri_of_path(&session->arena, s->path), "range",
                   range_of(&lines, lo, hi));
}

json_t *text_edit(const Document *doc, uint32_t lo, uint32_t hi, const char *text) {
  return json_pack("{s:o, s:s}", "range", range_json(doc, lo, hi), "newText", text);
}

const char *utf8_text(Session *session, const char *text) {
  Text clean = text_new(&session->arena);
  text_put_utf8(&clean, text, strlen(text));
  return text_str(&clean);
}

/* ---- diagnostics ---- */

static const char *whole_message(Session *session, const Diag *diag) {
  Text text = text_new(&session->arena);
  text_puts(&text, diag->message);
  if (diag->expected) text_printf(&text, "\nexpected  %s", diag->expected);
  if (diag->got) text_printf(&text, "\ngot       %s", diag->got);
  for (uint32_t i = 0; i < diag->notes.len; i++)
    if (span_none(diag->notes.data[i].span))
      text_printf(&text, "\nnote: %s", diag->notes.data[i].text);
  for (uint32_t i = 0; i < diag->helps.len; i++)
    text_printf(&text, "\nhelp: %s", diag->helps.data[i]);
  return utf8_text(session, text_str(&text));
}

static json_t *related_json(Session *session, const Document *doc, const Diag *diag) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < diag->notes.len; i++) {
    json_t *location = location_json(session, doc, diag->notes.data[i].span);
    if (location)
      json_array_append_new(list, json_pack("{s:o, s:s}", "location", location, "message",
                                            utf8_text(session, diag->notes.data[i].text)));
  }
  return list;
}

/* Where a mistake in another text is shown: at the import that leads to it. */
static Span import_to(const Document *doc, Span span) {
  const AstFile *file = spec_text(doc->spec), *wrong = spec_text_at(doc->spec, span.lo);
  const Item *first = NULL;
  for (uint32_t i = 0; file && wrong && i < file->n_items; i++) {
    const Item *item = file->items[i];
    if (item->kind != ITEM_import) continue;
    uint32_t at = spec_imported(doc->spec, item);
    if (at && spec_text_at(doc->spec, at) == wrong) return item->name.span;
    if (!first) first = item;
  }
  return first ? first->name.span : (Span){0};
}

static json_t *diagnostic_json(Session *session, const Document *doc, const Diag *diag) {
  static const int severities[] = {[SEV_error] = 1, [SEV_warning] = 2, [SEV_note] = 3};
  const DiagInfo *info = &diag_info[diag->code];
  const char *message = whole_message(session, diag);
  Span span = diag->span;
  int line, column;
  const Source *other = span_none(span) || document_has(doc, span)
                            ? NULL
                            : source_at(doc->ctx, span.lo, &line, &column);
  json_t *related = related_json(session, doc, diag);
  if (other) {
    json_t *location = location_json(session, doc, span);
    json_array_insert_new(related, 0,
                          json_pack("{s:o, s:s}", "location", location, "message",
                                    utf8_text(session, diag->message)));
    message = arena_printf(&session->arena, "%s:%d:%d: %s", other->path, line, column, message);
    span = import_to(doc, span);
  }
  uint32_t lo = document_offset(doc, span), hi = span_none(span) ? 0 : lo + span.hi - span.lo;
  if (hi > doc->length) hi = (uint32_t)doc->length;
  json_t *json = json_pack("{s:o, s:i, s:s, s:s, s:s}", "range", range_json(doc, lo, hi),
                           "severity", severities[info->severity], "code", info->code, "source",
                           "ordo", "message", message);
  if (json_array_size(related)) json_object_set(json, "relatedInformation", related);
  json_decref(related);
  return json;
}

static void publish_one(Session *session, Document *doc) {
  json_t *list = json_array();
  if (doc->exhausted)
    json_array_append_new(list, json_pack("{s:o, s:i, s:s, s:s}", "range", range_json(doc, 0, 0),
                                          "severity", 1, "source", "ordo", "message",
                                          "there is not enough memory to check this text"));
  for (uint32_t i = 0; doc->ctx && i < doc->ctx->diags.list.len; i++)
    json_array_append_new(list, diagnostic_json(session, doc, doc->ctx->diags.list.data[i]));
  rpc_notify(&session->rpc, "textDocument/publishDiagnostics",
             json_pack("{s:s, s:I, s:o}", "uri", doc->uri, "version", (json_int_t)doc->version,
                       "diagnostics", list));
  doc->published = true;
}

void publish(Session *session, bool proofs) {
  for (Document *doc = session->docs.first; doc; doc = doc->next) {
    if (!doc->open || session->rpc.closed) continue;
    bool proved = doc->proved;
    if (doc->published && !proofs) continue;
    if (!document_check_idle(doc, proofs)) continue;
    if (!doc->published || doc->proved != proved) publish_one(session, doc);
  }
}
