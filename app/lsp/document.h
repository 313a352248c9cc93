/* A text that the editor holds, and what the checker knows of it.
 *
 * Each document has a context of its own, in which the library has been parsed; before each check
 * it is rewound to that state, so that memory does not grow with the edits. What a request
 * makes is gone with the request (document_begin, document_end).
 */
#ifndef ORDO_APP_LSP_DOCUMENT_H
#define ORDO_APP_LSP_DOCUMENT_H

#include "app/entry.h"
#include "app/lsp/position.h"
#include "app/models.h"
#include "frontend/places.h"

typedef struct Documents Documents;
typedef struct Document Document;
struct Document {
  Document *next;
  Documents *all;
  char *uri, *path; /* path: canonical, or the URI when it is no file */
  char *text;       /* NUL behind it; there is no NUL in it */
  size_t length;
  uint32_t *starts, n_lines;
  int64_t version;
  bool open; /* by the editor; otherwise read for one request */

  Ctx *ctx;
  CtxMark *mark;
  SpecLibrary *library;
  Lifetime request;
  Diags diags;    /* as they were when the request began */
  bool busy;      /* inside of a request */
  bool checked;   /* what follows is about the text as it is */
  bool proved;    /* and the proofs about sets are among the diagnostics */
  bool exhausted; /* memory ran out on the way */
  bool hurried;   /* the check ends when something waits, */
  bool abandoned; /* and so it was */
  Spec *spec;     /* NULL: nothing could be read */
  bool has_claims, has_entries;
  SpecClaims claims;
  EntryNames entries;
  TextPlaces *places;
  double proofs;  /* seconds that they took the last time, */
  bool timed;     /* if they came to their end */
  bool published; /* the editor has the diagnostics */
};

struct Documents {
  Document *first;
  const ModelDirs *dirs;
  Units units;
  bool (*idle)(void *user); /* whether nothing waits: proofs go on */
  void *idle_user;
  ArenaEscape escape; /* of all contexts: set where a request, or a check in it, begins */
};

/* NULL when there is no memory. */
Document *document_open(Documents *all, const char *uri, const char *text, size_t length,
                        bool by_editor);
Document *document_find(const Documents *all, const char *uri);
void document_close(Document *doc);
void documents_free(Documents *all);
/* The document of a file that the editor has not opened, for one request; NULL when it cannot be
 * read. */
Document *document_read(Documents *all, const char *path);

typedef struct TextChange {
  bool whole; /* the new text is all of it */
  TextPosition from, to;
  const char *text;
  size_t length;
} TextChange;
/* False: the change is about places that the text does not have; nothing is done then. */
bool document_change(Document *doc, const TextChange *change);
bool document_set(Document *doc, const char *text, size_t length);
/* Texts that import this one are no longer known. */
void document_changed(Document *doc);
TextLines document_lines(const Document *doc);

/* Checks the text if that has not been done; with proofs also what is proved of sets. */
void document_check(Document *doc, bool proofs);
/* The same, given up when something waits. False: nothing is known then. */
bool document_check_idle(Document *doc, bool proofs);
/* The same with another text, in which 'wanted' is the word at which names are to be offered. The
 * document has to be checked again afterwards. */
void document_check_as(Document *doc, const char *text, const char *wanted);
/* Everything about it has to be made again, the library included. */
void document_forget(Document *doc);
/* Between them memory of the document's context is the request's. begin checks. False: there is no
 * spec to ask. */
bool document_begin(Document *doc);
void document_end(Document *doc);
/* Parts that are elaborated when they are first asked for, and stay with the spec: the claims about
 * sets, what can be called, a graph by its name (NULL after a diagnostic). Inside of a request. */
SpecClaims document_claims(Document *doc);
EntryNames document_entries(Document *doc);
const Graph *document_graph(Document *doc, const char *name);

/* TextPlaces of the text: from the checker's positions and to them. */
uint32_t document_offset(const Document *doc, Span span);
uint32_t document_place(const Document *doc, uint32_t offset);
/* Whether a place lies in the text itself. */
bool document_has(const Document *doc, Span span);

/* "file:///a%20b" to "/a b"; other URIs as they are. */
char *path_of_uri(Arena *arena, const char *uri);
char *uri_of_path(Arena *arena, const char *path);

#endif
