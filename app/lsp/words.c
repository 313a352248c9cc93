/* Words of a text, and what they are the names of. */
#include "app/lsp/session.h"

bool word_at(const Document *doc, uint32_t offset, WordHere *out) {
  const TextPlace *place = place_at(doc->places, document_place(doc, offset));
  if (!place) return false;
  uint32_t lo = document_offset(doc, place->span);
  *out = (WordHere){place, lo, lo + place->span.hi - place->span.lo};
  return true;
}

const Item *item_named(const Document *doc, Span name) {
  const AstFile *file = spec_text_at(doc->spec, name.lo);
  for (uint32_t i = 0; file && i < file->n_items; i++)
    if (file->items[i]->name.span.lo == name.lo) return file->items[i];
  return NULL;
}
