/* Uses of a name in all texts that can see it: those that the editor holds, and files of its
 * folders. A name that one text alone can see is looked for there only. */
#ifndef ORDO_APP_LSP_SEARCH_H
#define ORDO_APP_LSP_SEARCH_H

#include "app/lsp/session.h"

typedef struct UseSearch {
  Session *session;
  Document *doc;
  const TextPlace *place;
  const char *name;
  const char *path;  /* of the text that declares it; NULL: 'doc' alone knows the name */
  uint32_t declared; /* where in it */
  bool foreign;      /* a text of the library, which belongs to nobody here */
} UseSearch;

UseSearch search_begin(Session *session, Document *doc, const TextPlace *place);
/* Each use, text by text; the document is inside of a request meanwhile. */
void search_uses(UseSearch *search,
                 void (*visit)(void *user, Document *doc, const TextPlace *place), void *user);
/* Texts that were read for it are gone. */
void search_end(UseSearch *search);
/* A document that the search is not about is left alone: it cannot see the name. */
bool search_sees(const UseSearch *search, const Document *doc);

#endif
