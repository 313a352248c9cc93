/* The loop of the language server, the beginning and end of a session, texts that are opened,
 * changed and closed. What requests about a text do is in the files beside this one.
 *
 * Diagnostics are made when no message waits, and a check is given up when one comes: whoever types
 * faster than a text is checked gets those of the last state only. Proofs about sets that take long
 * wait for a pause.
 */
#include "app/lsp/server.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/lsp/session.h"
#include "app/lsp/tokens.h"

enum { PAUSE_MS = 300 };

/* ---- the session ---- */

static bool offers(const json_t *list, const char *name) {
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *text = json_string_value(json_array_get(list, i));
    if (text && !strcmp(text, name)) return true;
  }
  return false;
}

static void add_folder(Session *s, const char *uri) {
  if (!uri || strncmp(uri, "file://", 7)) return;
  json_array_append_new(s->folders, json_string(path_of_uri(&s->arena, uri)));
}

static void read_folders(Session *s, const json_t *list) {
  for (size_t i = 0; i < json_array_size(list); i++)
    add_folder(s, json_text(json_array_get(list, i), "uri"));
}

static json_t *capabilities(const Session *s) {
  static const char *const units[] = {"utf-16", "utf-8", "utf-32"};
  return json_pack(
      "{s:s, s:{s:b, s:i, s:b}, s:b, s:b, s:b, s:b, s:b, s:{s:b}, s:b, s:b, s:{s:[s], s:b}, "
      "s:{s:[s]}, s:{s:b}, s:{s:[s]}, s:{s:o, s:b}, s:{s:{s:b, s:b}}}",
      "positionEncoding", units[s->docs.units], "textDocumentSync", "openClose", 1, "change", 2,
      "save", 0, "hoverProvider", 1, "inlayHintProvider", 1, "definitionProvider", 1,
      "referencesProvider", 1, "documentHighlightProvider", 1, "renameProvider", "prepareProvider",
      1, "documentFormattingProvider", 1, "documentSymbolProvider", 1, "completionProvider",
      "triggerCharacters", ".", "resolveProvider", 0, "codeActionProvider", "codeActionKinds",
      "quickfix", "codeLensProvider", "resolveProvider", 0, "executeCommandProvider", "commands",
      "ordo.showGraph", "semanticTokensProvider", "legend", tokens_legend(), "full", 1, "workspace",
      "workspaceFolders", "supported", 1, "changeNotifications", 1);
}

static json_t *lsp_initialize(Session *s, const json_t *params) {
  if (s->initialized) return session_refuse(s, RPC_invalid_request, "initialized twice");
  const json_t *encodings = json_at(params, "capabilities.general.positionEncodings");
  if (offers(encodings, "utf-8")) s->docs.units = UNITS_utf8;
  const json_t *markup = json_at(params, "capabilities.textDocument.hover.contentFormat");
  s->renders = offers(markup, "markdown");
  s->shows = json_is_true(json_at(params, "capabilities.window.showDocument.support"));
  read_folders(s, json_at(params, "workspaceFolders"));
  if (!json_array_size(s->folders)) add_folder(s, json_text(params, "rootUri"));
  s->initialized = true;
  return json_pack("{s:o, s:{s:s, s:s}}", "capabilities", capabilities(s), "serverInfo", "name",
                   "ordo", "version", ORDO_VERSION);
}

static json_t *lsp_shutdown(Session *s, const json_t *params) {
  (void)params;
  s->shut = true;
  return NULL;
}

static void lsp_exit(Session *s, const json_t *params) {
  (void)params;
  s->ended = true;
}

static void lsp_nothing(Session *s, const json_t *params) {
  (void)s;
  (void)params;
}

static json_t *lsp_echo(Session *s, const json_t *params) {
  (void)s;
  return json_deep_copy(params);
}

/* ---- texts ---- */

/* What the editor did cannot be answered; it is told all the same. */
static void complain(Session *s, const char *what, const char *uri) {
  const char *text = arena_printf(&s->arena, "%s: %s", uri ? uri : "a text without a name", what);
  rpc_notify(&s->rpc, "window/logMessage",
             json_pack("{s:i, s:s}", "type", 1, "message", utf8_text(s, text)));
}

static Document *named(Session *s, const json_t *params) {
  const char *uri = json_text(params, "textDocument.uri");
  Document *doc = uri ? document_find(&s->docs, uri) : NULL;
  return doc && doc->open ? doc : NULL;
}

static int64_t version_of(const json_t *params) {
  return json_integer_value(json_at(params, "textDocument.version"));
}

static void lsp_open(Session *s, const json_t *params) {
  const char *uri = json_text(params, "textDocument.uri");
  const json_t *text = json_at(params, "textDocument.text");
  if (!uri || !json_is_string(text)) {
    complain(s, "opened without a text", uri);
    return;
  }
  if (named(s, params)) document_close(named(s, params));
  Document *doc =
      document_open(&s->docs, uri, json_string_value(text), json_string_length(text), true);
  if (doc)
    doc->version = version_of(params);
  else
    complain(s, "there is no memory for it", uri);
}

static bool apply(Document *doc, const json_t *change) {
  const json_t *text = json_at(change, "text"), *range = json_at(change, "range");
  if (!json_is_string(text)) return false;
  TextChange c = {.whole = !range,
                  .from = json_position(json_at(range, "start")),
                  .to = json_position(json_at(range, "end")),
                  .text = json_string_value(text),
                  .length = json_string_length(text)};
  return document_change(doc, &c);
}

static void lsp_change(Session *s, const json_t *params) {
  Document *doc = named(s, params);
  const json_t *changes = json_at(params, "contentChanges");
  if (!doc) {
    complain(s, "changed, but not open", json_text(params, "textDocument.uri"));
    return;
  }
  for (size_t i = 0; i < json_array_size(changes); i++)
    if (!apply(doc, json_array_get(changes, i)))
      complain(s, "a change at a place that the text does not have", doc->uri);
  doc->version = version_of(params);
  document_changed(doc);
}

static void lsp_close(Session *s, const json_t *params) {
  Document *doc = named(s, params);
  if (!doc) {
    complain(s, "closed, but not open", json_text(params, "textDocument.uri"));
    return;
  }
  rpc_notify(&s->rpc, "textDocument/publishDiagnostics",
             json_pack("{s:s, s:[]}", "uri", doc->uri, "diagnostics"));
  document_close(doc);
}

/* Files of the library may be among them: all is read again. */
static void lsp_files_changed(Session *s, const json_t *params) {
  (void)params;
  for (Document *doc = s->docs.first; doc; doc = doc->next) document_forget(doc);
}

static void lsp_folders_changed(Session *s, const json_t *params) {
  const json_t *gone = json_at(params, "event.removed");
  for (size_t i = 0; i < json_array_size(gone); i++) {
    const char *uri = json_text(json_array_get(gone, i), "uri");
    const char *path = uri ? path_of_uri(&s->arena, uri) : "";
    for (size_t k = json_array_size(s->folders); k-- > 0;)
      if (!strcmp(json_string_value(json_array_get(s->folders, k)), path))
        json_array_remove(s->folders, k);
  }
  read_folders(s, json_at(params, "event.added"));
}

/* ---- messages ---- */

typedef struct Method {
  const char *name;
  json_t *(*about_text)(Session *s, Document *doc, const json_t *params);
  json_t *(*about_session)(Session *s, const json_t *params);
  void (*notice)(Session *s, const json_t *params);
} Method;

static const Method methods[] = {
#define REQUEST(name, function) {name, function, NULL, NULL},
#define SESSION(name, function) {name, NULL, function, NULL},
#define NOTICE(name, function)  {name, NULL, NULL, function},
#include "app/lsp/methods.def"
};

static const Method *find_method(const char *name) {
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if (!strcmp(methods[i].name, name)) return &methods[i];
  return NULL;
}

static json_t *ask_text(Session *s, const Method *m, const json_t *params) {
  Document *doc = named(s, params);
  if (!doc) return session_refuse(s, RPC_invalid_params, "this text is not open");
  return session_ask(s, doc, m->about_text, params);
}

static void answer(Session *s, const Method *m, const json_t *id, const json_t *params) {
  s->error = 0;
  json_t *result = NULL;
  if (!s->initialized && m->about_session != lsp_initialize)
    session_refuse(s, RPC_not_initialized, "the session begins with 'initialize'");
  else if (s->shut)
    session_refuse(s, RPC_invalid_request, "the session has been shut down");
  else if (m->about_text)
    result = ask_text(s, m, params);
  else
    result = m->about_session(s, params);
  if (s->error)
    rpc_error(&s->rpc, id, s->error, s->refused);
  else
    rpc_result(&s->rpc, id, result);
  if (s->error) json_decref(result);
}

static void take(Session *s, const json_t *message) {
  const json_t *id = json_at(message, "id"), *params = json_at(message, "params");
  const char *name = json_text(message, "method");
  bool proper = json_is_object(message) && (!id || json_is_string(id) || json_is_integer(id));
  if (!name && proper && (json_at(message, "result") || json_at(message, "error")))
    return; /* an answer to what was asked of the editor */
  if (!name || !proper) {
    rpc_error(&s->rpc, proper ? id : NULL, RPC_invalid_request, "a request has a method");
    return;
  }
  const Method *m = find_method(name);
  if (m && m->notice) {
    bool early = !s->initialized && m->notice != lsp_exit;
    if (!early) m->notice(s, params);
    if (id) rpc_error(&s->rpc, id, RPC_invalid_request, "this method is a notification");
  } else if (id && m) {
    answer(s, m, id, params);
  } else if (id) {
    const char *what = arena_printf(&s->arena, "there is no method '%s'", name);
    rpc_error(&s->rpc, id, RPC_method_not_found, utf8_text(s, what));
  }
}

static void remove_pictures(Session *s) {
  DIR *dir = s->pictures ? opendir(s->pictures) : NULL;
  for (struct dirent *item; dir && (item = readdir(dir));) {
    char path[512];
    int n = snprintf(path, sizeof path, "%s/%s", s->pictures, item->d_name);
    if (item->d_name[0] != '.' && n < (int)sizeof path) unlink(path);
  }
  if (dir) closedir(dir);
  if (s->pictures) rmdir(s->pictures);
  heap_free(s->pictures);
}

static bool idle(void *user) {
  const Session *s = user;
  return !rpc_waiting(&s->rpc, 0);
}

int lsp_serve(const ModelDirs *dirs, int in, int out) {
  Session s = {.rpc = {.in = in, .out = out}, .docs = {.dirs = dirs}, .folders = json_array()};
  arena_init(&s.arena);
  s.docs.idle = idle;
  s.docs.idle_user = &s;
  while (!s.ended && !s.rpc.closed) {
    if (!rpc_waiting(&s.rpc, 0)) publish(&s, false);
    if (!rpc_waiting(&s.rpc, PAUSE_MS)) publish(&s, true);
    json_t *message = rpc_read(&s.rpc);
    if (message) take(&s, message);
    json_decref(message);
    arena_reset(&s.arena);
  }
  documents_free(&s.docs);
  remove_pictures(&s);
  json_decref(s.folders);
  rpc_free(&s.rpc);
  arena_free(&s.arena);
  return s.shut ? 0 : 1;
}
