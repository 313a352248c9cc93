/* Where a name is declared and used: definition, references, highlights. */
#include "app/lsp/session.h"

#include "app/lsp/search.h"

/* At the name of an import: the beginning of the file. */
static json_t *imported(Session *session, Document *doc, uint32_t offset) {
  const AstFile *file = spec_text(doc->spec);
  uint32_t at = document_place(doc, offset);
  for (uint32_t i = 0; file && i < file->n_items; i++) {
    const Item *item = file->items[i];
    bool here = at >= item->name.span.lo && at <= item->name.span.hi;
    uint32_t begin = item->kind == ITEM_import && here ? spec_imported(doc->spec, item) : 0;
    if (begin) return location_json(session, doc, (Span){begin, begin});
  }
  return NULL;
}

json_t *lsp_definition(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  WordHere word;
  if (!params_offset(session, doc, params, &offset)) return NULL;
  if (!word_at(doc, offset, &word)) return imported(session, doc, offset);
  return location_json(session, doc, word.place->declared);
}

json_t *lsp_highlight(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  WordHere word;
  json_t *list = json_array();
  if (!params_offset(session, doc, params, &offset)) return list;
  if (!word_at(doc, offset, &word)) return list;
  PlaceList words = places_words(doc->places);
  for (uint32_t i = 0; i < words.len; i++) {
    const TextPlace *p = words.data[i];
    if (!place_same(doc->places, p, word.place)) continue;
    uint32_t lo = document_offset(doc, p->span);
    bool writes = p->declared.lo == p->span.lo;
    json_array_append_new(list, json_pack("{s:o, s:i}", "range",
                                          range_json(doc, lo, lo + p->span.hi - p->span.lo), "kind",
                                          writes ? 3 : 2));
  }
  return list;
}

static void add_reference(void *user, Document *doc, const TextPlace *place) {
  uint32_t lo = document_offset(doc, place->span);
  json_array_append_new(user, json_pack("{s:s, s:o}", "uri", doc->uri, "range",
                                        range_json(doc, lo, lo + place->span.hi - place->span.lo)));
}

json_t *lsp_references(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  WordHere word;
  json_t *list = json_array();
  if (!params_offset(session, doc, params, &offset) || !word_at(doc, offset, &word)) return list;
  UseSearch search = search_begin(session, doc, word.place);
  search_uses(&search, add_reference, list);
  search_end(&search);
  return list;
}
