#include "app/lsp/search.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"

enum { MOST_FILES = 1000, DEEPEST = 6 };

/* ---- what is looked for ---- */

/* Names that other texts can see: what stands at the top of a file, and what belongs to it. */
static bool is_shared(const Document *doc, const TextPlace *place) {
  if (place->kind != WORD_name && place->kind != WORD_index) return true;
  return item_named(doc, place->declared) != NULL;
}

static bool in_library(const Session *session, const char *path) {
  const ModelDirs *dirs = session->docs.dirs;
  char real[PATH_MAX];
  for (uint32_t i = dirs->n_user; i < dirs->dirs.len; i++) {
    if (!realpath(dirs->dirs.data[i], real)) continue;
    size_t n = strlen(real);
    if (!strncmp(path, real, n) && path[n] == '/') return true;
  }
  return false;
}

/* The first word of the class: the one that declares it, where another text does. */
static Span declared_by(const Document *doc, const TextPlace *place) {
  PlaceList words = places_words(doc->places);
  Span span = place->declared;
  for (uint32_t i = 0; i < words.len; i++)
    if (place_same(doc->places, words.data[i], place) &&
        !document_has(doc, words.data[i]->declared))
      span = words.data[i]->declared;
  return span;
}

static const char *path_of_source(Session *session, const Source *source) {
  char real[PATH_MAX];
  return arena_strdup(&session->arena, realpath(source->path, real) ? real : source->path);
}

UseSearch search_begin(Session *session, Document *doc, const TextPlace *place) {
  UseSearch s = {.session = session,
                 .doc = doc,
                 .place = place,
                 .name = arena_strdup(&session->arena, ctx_text(doc->ctx, place->name))};
  if (!is_shared(doc, place)) return s;
  Span span = declared_by(doc, place);
  const Source *source = source_at(doc->ctx, span.lo, NULL, NULL);
  if (!source) return s;
  s.declared = span.lo - source->base;
  s.path = document_has(doc, span) ? doc->path : path_of_source(session, source);
  s.foreign = !document_has(doc, span) && in_library(session, s.path);
  return s;
}

/* The place of a document that the search is about; NULL: there is none. */
static const TextPlace *search_in(const UseSearch *s, const Document *doc) {
  if (doc == s->doc) return s->place;
  PlaceList words = places_words(doc->places);
  for (uint32_t i = 0; i < words.len; i++) {
    Span d = words.data[i]->declared;
    const Source *source = source_at(doc->ctx, d.lo, NULL, NULL);
    if (!source || d.lo - source->base != s->declared) continue;
    if (strcmp(ctx_text(doc->ctx, words.data[i]->name), s->name)) continue;
    const char *path = document_has(doc, d) ? doc->path : path_of_source(s->session, source);
    if (!strcmp(path, s->path)) return words.data[i];
  }
  return NULL;
}

bool search_sees(const UseSearch *s, const Document *doc) {
  if (doc == s->doc) return true;
  return s->path && doc->spec && (!strcmp(doc->path, s->path) || spec_reads(doc->spec, s->path));
}

/* ---- where ---- */

/* Whether a text can hold the name, before it is read as one. */
static bool may_hold(const char *text, const char *name) {
  return strstr(text, name) && strstr(text, "import");
}

static void read_file(UseSearch *s, const char *path) {
  Documents *all = &s->session->docs;
  for (Document *d = all->first; d; d = d->next)
    if (!strcmp(d->path, path)) return;
  Document *doc = document_read(all, path);
  bool declares = !strcmp(path, s->path);
  if (doc && !declares && !may_hold(doc->text, s->name)) document_close(doc);
}

static void read_folder(UseSearch *s, const char *folder, int depth, int *files) {
  DIR *dir = depth <= DEEPEST ? opendir(folder) : NULL;
  for (struct dirent *item; dir && (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (item->d_name[0] == '.') continue;
    const char *path = arena_printf(&s->session->arena, "%s/%s", folder, item->d_name);
    struct stat info;
    if (lstat(path, &info)) continue;
    if (S_ISDIR(info.st_mode))
      read_folder(s, path, depth + 1, files);
    else if (S_ISREG(info.st_mode) && n > 5 && !strcmp(item->d_name + n - 5, ".ordo") &&
             ++*files <= MOST_FILES)
      read_file(s, path);
  }
  if (dir) closedir(dir);
}

static void read_folders(UseSearch *s) {
  int files = 0;
  if (!s->foreign) read_file(s, s->path);
  for (size_t i = 0; i < json_array_size(s->session->folders); i++)
    read_folder(s, json_string_value(json_array_get(s->session->folders, i)), 0, &files);
}

/* ---- uses ---- */

static void uses_in(UseSearch *s, Document *doc,
                    void (*visit)(void *user, Document *doc, const TextPlace *place), void *user) {
  const TextPlace *wanted = search_in(s, doc);
  PlaceList words = places_words(doc->places);
  for (uint32_t i = 0; wanted && i < words.len; i++)
    if (place_same(doc->places, words.data[i], wanted)) visit(user, doc, words.data[i]);
}

void search_uses(UseSearch *s, void (*visit)(void *user, Document *doc, const TextPlace *place),
                 void *user) {
  uses_in(s, s->doc, visit, user);
  if (!s->path) return;
  read_folders(s);
  for (Document *d = s->session->docs.first; d; d = d->next) {
    if (d == s->doc || !strstr(d->text, s->name) || !document_begin(d)) continue;
    uses_in(s, d, visit, user);
    document_end(d);
  }
}

void search_end(UseSearch *s) {
  Document *next;
  for (Document *d = s->session->docs.first; d; d = next) {
    next = d->next;
    if (!d->open) document_close(d);
  }
}
