#include "app/lsp/document.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/prove.h"
#include "base/clock.h"
#include "frontend/syntax/parse.h"
#include "io/file.h"

enum { SLOW_PROOFS_MS = 15 }; /* proofs that take longer wait until nobody types */

/* ---- names of files ---- */

static int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

char *path_of_uri(Arena *arena, const char *uri) {
  if (strncmp(uri, "file://", 7)) return arena_strdup(arena, uri);
  const char *at = strchr(uri + 7, '/');
  Text out = text_new(arena);
  for (; at && *at; at++) {
    bool coded = *at == '%' && hex(at[1]) >= 0 && hex(at[2]) >= 0 && (hex(at[1]) || hex(at[2]));
    text_putc(&out, coded ? (char)(hex(at[1]) * 16 + hex(at[2])) : *at);
    at += coded ? 2 : 0;
  }
  char buffer[PATH_MAX];
  const char *path = text_str(&out);
  return arena_strdup(arena, realpath(path, buffer) ? buffer : path);
}

char *uri_of_path(Arena *arena, const char *path) {
  char buffer[PATH_MAX];
  if (path[0] != '/' && !strchr(path, ':') && realpath(path, buffer)) path = buffer;
  if (path[0] != '/') return arena_strdup(arena, path);
  Text out = text_new(arena);
  text_puts(&out, "file://");
  for (; *path; path++) {
    bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                 (*path >= '0' && *path <= '9') || strchr("/-._~", *path);
    if (plain)
      text_putc(&out, *path);
    else
      text_printf(&out, "%%%02X", (unsigned char)*path);
  }
  return arena_strdup(arena, text_str(&out));
}

static char *keep(const char *text) {
  char *copy = heap_alloc(strlen(text) + 1);
  if (copy) strcpy(copy, text);
  return copy;
}

/* ---- texts ---- */

TextLines document_lines(const Document *doc) {
  return (TextLines){doc->text, doc->length, doc->starts, doc->n_lines, doc->all->units};
}

bool document_set(Document *doc, const char *text, size_t length) {
  char *copy = length < UINT32_MAX / 4 ? heap_alloc(length + 1) : NULL;
  uint32_t *starts = copy ? heap_alloc(sizeof *starts * (length + 1)) : NULL;
  if (!starts) return heap_free(copy), false;
  if (length) memcpy(copy, text, length);
  for (size_t i = 0; i < length; i++)
    if (!copy[i]) copy[i] = 1; /* as wrong as a NUL, and no end of the text */
  doc->n_lines = lines_find(copy, length, starts);
  heap_free(doc->text);
  heap_free(doc->starts);
  doc->text = copy;
  doc->starts = starts;
  doc->length = length;
  doc->checked = doc->published = false;
  return true;
}

bool document_change(Document *doc, const TextChange *change) {
  if (change->whole) return document_set(doc, change->text, change->length);
  TextLines lines = document_lines(doc);
  TextPosition to = change->to;
  uint32_t lo, hi;
  if (to.line == lines.n && !to.character) /* the line behind the last one: the end of the text */
    to = position_of(&lines, (uint32_t)doc->length);
  TextPosition from = change->from.line == lines.n && !change->from.character ? to : change->from;
  if (!position_offset(&lines, from, &lo) || !position_offset(&lines, to, &hi) || lo > hi)
    return false;
  size_t length = lo + change->length + (doc->length - hi);
  char *text = heap_alloc(length + 1);
  if (!text) return false;
  memcpy(text, doc->text, lo);
  if (change->length) memcpy(text + lo, change->text, change->length);
  memcpy(text + lo + change->length, doc->text + hi, doc->length - hi);
  bool good = document_set(doc, text, length);
  heap_free(text);
  return good;
}

void document_changed(Document *doc) {
  doc->checked = doc->published = false;
  for (Document *d = doc->all->first; d; d = d->next)
    if (d != doc &&
        (!d->spec || !d->checked || spec_reads(d->spec, doc->path) || diag_failed(d->ctx)))
      d->checked = d->published = false;
}

/* ---- contexts ---- */

static const char *held_text(void *user, const char *path) {
  const Documents *all = user;
  for (const Document *d = all->first; d; d = d->next)
    if (!strcmp(d->path, path)) return d->text;
  return NULL;
}

/* The context with the library in it. */
static bool begin_context(Document *doc) {
  if (doc->ctx) return true;
  doc->ctx = ctx_alloc();
  if (!doc->ctx) return false;
  const ModelDirs *dirs = doc->all->dirs;
  ctx_init(doc->ctx, &doc->all->escape);
  doc->library = spec_library(doc->ctx, dirs->dirs.data, dirs->dirs.len, dirs->n_user);
  doc->mark = ctx_mark(doc->ctx);
  return true;
}

void document_forget(Document *doc) {
  ctx_free(doc->ctx);
  doc->ctx = NULL;
  doc->spec = NULL;
  doc->places = NULL;
  doc->checked = doc->published = doc->proved = doc->busy = false;
  doc->has_claims = doc->has_entries = false;
}

static void rewind_context(Document *doc) {
  ctx_rewind(doc->ctx, doc->mark);
  doc->spec = NULL;
  doc->places = NULL;
  doc->checked = doc->proved = doc->has_claims = doc->has_entries = false;
}

static bool give_up(void *user) {
  Document *doc = user;
  doc->abandoned = doc->abandoned || !doc->all->idle(doc->all->idle_user);
  return doc->abandoned;
}

static void load(Document *doc, const char *text, const char *wanted) {
  Ctx *ctx = doc->ctx;
  const ModelDirs *dirs = doc->all->dirs;
  doc->places = places_new(ctx, ctx_str(ctx, wanted));
  SpecOptions options = {.library_dirs = dirs->dirs.data,
                         .n_library_dirs = dirs->dirs.len,
                         .library = doc->library,
                         .text_of = held_text,
                         .text_user = doc->all,
                         .stop = doc->hurried ? give_up : NULL,
                         .stop_user = doc,
                         .places = doc->places};
  doc->spec = spec_load_text(ctx, doc->path, text, &options);
  if (doc->spec) spec_check(doc->spec);
}

static void work(Document *doc, const char *text, const char *wanted, bool proofs) {
  if (!begin_context(doc)) return;
  if (text) {
    rewind_context(doc);
    load(doc, text, wanted);
  }
  if (!proofs || !doc->spec || doc->abandoned || diag_failed(doc->ctx)) return;
  double start = clock_seconds();
  DiagMark mark = diag_mark(doc->ctx);
  const Documents *all = doc->all;
  prove_spec_while(doc->ctx, doc->spec, all->idle, all->idle_user, &doc->proved);
  if (!doc->proved) diag_rollback(doc->ctx, mark);
  doc->proofs = clock_seconds() - start;
  doc->timed = doc->proved;
}

/* Memory that runs out leaves a document of which nothing is known. */
static void guarded(Document *doc, const char *text, const char *wanted, bool proofs) {
  ArenaEscape *escape = &doc->all->escape, outer = *escape;
  escape->cleanups = NULL;
  doc->exhausted = doc->abandoned = false;
  if (!setjmp(escape->jump)) {
    work(doc, text, wanted, proofs);
  } else {
    document_forget(doc);
    doc->exhausted = true;
  }
  *escape = outer;
}

static bool quick_proofs(const Document *doc) {
  return doc->timed && 1e3 * doc->proofs < SLOW_PROOFS_MS;
}

void document_check(Document *doc, bool proofs) {
  bool fresh = !doc->checked;
  if (fresh) guarded(doc, doc->text, "", proofs || quick_proofs(doc));
  if (!fresh && proofs && !doc->proved) guarded(doc, NULL, "", true);
  doc->checked = !doc->abandoned;
}

bool document_check_idle(Document *doc, bool proofs) {
  doc->hurried = true;
  document_check(doc, proofs);
  doc->hurried = false;
  return doc->checked;
}

void document_check_as(Document *doc, const char *text, const char *wanted) {
  guarded(doc, text, wanted, false);
  doc->checked = false;
}

bool document_begin(Document *doc) {
  document_check(doc, false);
  if (!doc->ctx || !doc->spec) return false;
  doc->request = (Lifetime){.passing = true};
  doc->diags = doc->ctx->diags;
  ctx_enter(doc->ctx, &doc->request);
  doc->busy = true;
  return true;
}

void document_end(Document *doc) {
  if (!doc->busy) return;
  doc->busy = false;
  if (!doc->ctx || doc->ctx->inside != &doc->request) return; /* rewound, or out of memory */
  ctx_leave(doc->ctx);
  arena_free(&doc->request.arena);
  doc->ctx->diags = doc->diags;
}

SpecClaims document_claims(Document *doc) {
  if (!doc->has_claims) {
    ctx_leave(doc->ctx);
    doc->claims = spec_claims(doc->spec);
    doc->has_claims = true;
    ctx_enter(doc->ctx, &doc->request);
  }
  return doc->claims;
}

EntryNames document_entries(Document *doc) {
  if (!doc->has_entries) {
    ctx_leave(doc->ctx);
    doc->entries = entry_names(doc->ctx, doc->spec);
    doc->has_entries = true;
    ctx_enter(doc->ctx, &doc->request);
  }
  return doc->entries;
}

const Graph *document_graph(Document *doc, const char *name) {
  ctx_leave(doc->ctx);
  const Graph *g = entry_find(doc->ctx, doc->spec, name).graph;
  ctx_enter(doc->ctx, &doc->request);
  return g;
}

/* ---- documents ---- */

Document *document_find(const Documents *all, const char *uri) {
  Arena scratch;
  arena_init(&scratch);
  const char *path = path_of_uri(&scratch, uri);
  Document *found = NULL;
  for (Document *d = all->first; d && !found; d = d->next)
    if (!strcmp(d->uri, uri) || !strcmp(d->path, path)) found = d;
  arena_free(&scratch);
  return found;
}

static void free_document(Document *doc) {
  ctx_free(doc->ctx);
  heap_free(doc->uri);
  heap_free(doc->path);
  heap_free(doc->text);
  heap_free(doc->starts);
  heap_free(doc);
}

Document *document_open(Documents *all, const char *uri, const char *text, size_t length,
                        bool by_editor) {
  Arena scratch;
  arena_init(&scratch);
  Document *doc = heap_alloc(sizeof *doc);
  if (doc) {
    doc->all = all;
    doc->open = by_editor;
    doc->uri = keep(uri);
    doc->path = keep(path_of_uri(&scratch, uri));
  }
  arena_free(&scratch);
  if (!doc) return NULL;
  if (!doc->uri || !doc->path || !document_set(doc, text, length)) return free_document(doc), NULL;
  doc->next = all->first;
  all->first = doc;
  if (by_editor) document_changed(doc);
  return doc;
}

void document_close(Document *doc) {
  Document **at = &doc->all->first;
  while (*at != doc) at = &(*at)->next;
  if (doc->open) document_changed(doc);
  *at = doc->next;
  free_document(doc);
}

void documents_free(Documents *all) {
  while (all->first) document_close(all->first);
}

Document *document_read(Documents *all, const char *path) {
  Ctx *ctx = ctx_new();
  size_t length;
  char *text = file_read_all(ctx, path, (Span){0}, &length);
  Document *doc =
      text ? document_open(all, uri_of_path(&ctx->arena, path), text, length, false) : NULL;
  heap_free(text);
  ctx_free(ctx);
  return doc;
}

/* ---- places ---- */

static const Source *source_of(const Document *doc) {
  const AstFile *file = doc->spec ? spec_text(doc->spec) : NULL;
  return file ? file->source : NULL;
}

uint32_t document_offset(const Document *doc, Span span) {
  const Source *s = source_of(doc);
  return s && span.lo >= s->base ? span.lo - s->base : 0;
}

uint32_t document_place(const Document *doc, uint32_t offset) {
  const Source *s = source_of(doc);
  return s ? s->base + offset : 0;
}

bool document_has(const Document *doc, Span span) {
  const Source *s = source_of(doc);
  return s && span.lo >= s->base && span.hi <= s->base + s->length;
}
