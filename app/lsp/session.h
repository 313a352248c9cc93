/* What the parts of the language server share: the session, and how answers are written. */
#ifndef ORDO_APP_LSP_SESSION_H
#define ORDO_APP_LSP_SESSION_H

#include "app/lsp/document.h"
#include "app/lsp/rpc.h"

typedef struct Session {
  Rpc rpc;
  Documents docs;
  Arena arena; /* of the message that is being answered */
  bool initialized, shut, ended;
  bool shows;          /* the editor can show a document when asked */
  bool renders;        /* and Markdown */
  json_t *folders;     /* paths of the workspace */
  char *pictures;      /* a folder for them, or NULL */
  RpcError error;      /* of the request, 0: none */
  const char *refused; /* why */
  int64_t asked;       /* requests that were sent to the editor */
} Session;

#define REQUEST(name, function)                                                                    \
  json_t *function(Session *session, Document *doc, const json_t *params);
#define SESSION(name, function) /* app/lsp/server.c has them, but for one */
#define NOTICE(name, function)
#include "app/lsp/methods.def"
json_t *lsp_command(Session *session, const json_t *params);

/* The request fails with this; gives NULL. */
json_t *session_refuse(Session *session, RpcError code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Does something about a text: it is checked, memory of its context is the request's, and running
 * out of memory is an error. Gives the result, or NULL. */
json_t *session_ask(Session *session, Document *doc,
                    json_t *(*request)(Session *session, Document *doc, const json_t *params),
                    const json_t *params);
json_t *session_about(Session *session, Document *doc,
                      json_t *(*what)(Session *session, Document *doc, const char *name),
                      const char *name);

/* ---- parts of messages ---- */

/* A member by its path, "textDocument.uri"; NULL: there is none. */
const json_t *json_at(const json_t *json, const char *path);
const char *json_text(const json_t *json, const char *path); /* NULL: there is no such text */
TextPosition json_position(const json_t *json);
/* The offset that 'params.position' tells; false after session_refuse. */
bool params_offset(Session *session, const Document *doc, const json_t *params, uint32_t *offset);
/* A range of the text; offsets in it. */
json_t *range_json(const Document *doc, uint32_t lo, uint32_t hi);
/* A span of any text of the document's spec, as a Location. NULL for no place. */
json_t *location_json(Session *session, const Document *doc, Span span);
json_t *text_edit(const Document *doc, uint32_t lo, uint32_t hi, const char *text);
/* A text for JSON, which wants UTF-8. */
const char *utf8_text(Session *session, const char *text);

/* Sends the diagnostics of all texts whose diagnostics are not known to the editor. proofs: those
 * of sets, too, even when they take long. */
void publish(Session *session, bool proofs);

/* ---- words.c ---- */
typedef struct WordHere {
  const TextPlace *place;
  uint32_t lo, hi; /* in the text */
} WordHere;
/* The word at an offset; false: there is none that the checker knows. */
bool word_at(const Document *doc, uint32_t offset, WordHere *out);
/* The item that a span is the name of, in any text of the spec. */
const Item *item_named(const Document *doc, Span name);

#endif
