/* Changes of a text: those that helps of diagnostics offer, and the standard layout. */
#include <string.h>

#include "app/lsp/session.h"
#include "frontend/syntax/fmt.h"

static bool meets(const Document *doc, Span span, uint32_t lo, uint32_t hi) {
  uint32_t from = document_offset(doc, span), to = from + span.hi - span.lo;
  return document_has(doc, span) && from <= hi && to >= lo;
}

static json_t *action_json(Session *session, const Document *doc, const Diag *diag,
                           const DiagFix *fix) {
  uint32_t lo = document_offset(doc, fix->span), hi = lo + fix->span.hi - fix->span.lo;
  uint32_t from = document_offset(doc, diag->span), to = from + diag->span.hi - diag->span.lo;
  json_t *edit = text_edit(doc, lo, hi, utf8_text(session, fix->text));
  return json_pack("{s:s, s:s, s:b, s:[{s:o, s:s, s:s, s:s}], s:{s:{s:[o]}}}", "title",
                   utf8_text(session, fix->help), "kind", "quickfix", "isPreferred",
                   diag->fixes.len == 1, "diagnostics", "range", range_json(doc, from, to), "code",
                   diag_info[diag->code].code, "source", "ordo", "message",
                   utf8_text(session, diag->message), "edit", "changes", doc->uri, edit);
}

json_t *lsp_actions(Session *session, Document *doc, const json_t *params) {
  json_t *list = json_array();
  TextLines lines = document_lines(doc);
  uint32_t lo, hi;
  if (!position_offset(&lines, json_position(json_at(params, "range.start")), &lo) ||
      !position_offset(&lines, json_position(json_at(params, "range.end")), &hi)) {
    session_refuse(session, RPC_invalid_params, "the text has no such range");
    return list;
  }
  for (uint32_t i = 0; i < doc->ctx->diags.list.len; i++) {
    const Diag *diag = doc->ctx->diags.list.data[i];
    for (uint32_t k = 0; k < diag->fixes.len && meets(doc, diag->span, lo, hi); k++)
      if (document_has(doc, diag->fixes.data[k].span))
        json_array_append_new(list, action_json(session, doc, diag, &diag->fixes.data[k]));
  }
  return list;
}

/* One edit: the lines that differ. */
json_t *lsp_format(Session *session, Document *doc, const json_t *params) {
  (void)params;
  Text out = text_new(&doc->ctx->arena);
  const AstFile *file = spec_text(doc->spec);
  if (!file || !fmt_file(doc->ctx, file, &out))
    return session_refuse(session, RPC_request_failed,
                          "a text with mistakes in its form has no layout");
  const char *text = text_str(&out);
  size_t n = out.len, lo = 0, same = 0;
  while (lo < n && lo < doc->length && text[lo] == doc->text[lo]) lo++;
  while (lo > 0 && text[lo - 1] != '\n') lo--;
  while (same < n - lo && same < doc->length - lo &&
         text[n - 1 - same] == doc->text[doc->length - 1 - same])
    same++;
  while (same > 0 && text[n - same] != '\n') same--;
  if (n == doc->length && lo == n) return json_array();
  return json_pack(
      "[o]", text_edit(doc, (uint32_t)lo, (uint32_t)(doc->length - same),
                       arena_printf(&session->arena, "%.*s", (int)(n - same - lo), text + lo)));
}
