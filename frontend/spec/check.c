/* Loading a spec: files, imports, names, constants. */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frontend/train/check_data.h"
#include "frontend/train/check_train.h"
#include "frontend/syntax/parse.h"

/* ---- names ---- */

static bool duplicate(Spec *spec, const Item *item) {
  const Item *other = spec_namesake(spec, item->kind, item->name.str);
  if (!other) return false;
  diag_at(spec->ctx, item->name.span, E_duplicate_name, "'%s' is defined twice",
          ctx_text(spec->ctx, item->name.str));
  diag_note(spec->ctx, other->name.span, "the first definition");
  return true;
}

/* ---- constants ---- */

static void add_const(Spec *spec, const Item *item) {
  Check c = check_scratch(spec, spec->globals);
  Value v = elab_expr(&c, item->value), other;
  if (spec_override(spec, item->name.str, &v, &other)) v = other;
  bool fits = v.kind == VAL_number || v.kind == VAL_bool || v.kind == VAL_text;
  if (!fits && value_ok(&v)) {
    diag_at(spec->ctx, item->value->span, E_not_static,
            "a constant is a number, a bool or a text, not %s", value_str(&c, &v));
    v = value_poison();
  }
  scope_bind(spec->ctx, spec->globals, item->name.str, item->name.span, v);
}

static bool is_setting(const Spec *spec, Str name) {
  for (uint32_t i = 0; i < spec->items.len; i++) {
    const Item *item = spec->items.data[i];
    for (uint32_t k = 0; item->kind == ITEM_train && k < item->train.len; k++)
      if (item->train.data[k].kind == TM_setting && str_eq(item->train.data[k].name.str, name))
        return true;
  }
  return false;
}

static void check_defines(Spec *spec) {
  for (uint32_t i = 0; spec->options && i < spec->options->n_defines; i++) {
    const char *d = spec->options->defines[i], *equals = strchr(d, '=');
    Str name = str_intern_n(&spec->ctx->strings, d, equals ? (size_t)(equals - d) : strlen(d));
    if (equals && (scope_find_here(spec->globals, name) || is_setting(spec, name))) continue;
    if (!equals)
      diag_at(spec->ctx, (Span){0}, E_argument, "-D %s: a constant is given as name=value", d);
    else
      diag_at(spec->ctx, (Span){0}, E_unknown_name, "-D %s: there is no constant '%s'", d,
              ctx_text(spec->ctx, name));
  }
}

/* ---- files ---- */

static void load_file(Spec *spec, const Source *source, const char *path, bool is_file);

static const char *folder_of(Ctx *ctx, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? ctx_printf(ctx, "%.*s/", (int)(slash - path), path) : "";
}

static Str canonical(Ctx *ctx, const char *path) {
  char buffer[PATH_MAX];
  return ctx_str(ctx, realpath(path, buffer) ? buffer : path);
}

/* What an editor holds of the file, or NULL. */
static const char *held_text(const Spec *spec, Str id) {
  const SpecOptions *o = spec->options;
  return o && o->text_of ? o->text_of(o->text_user, ctx_text(spec->ctx, id)) : NULL;
}

/* Beside the importing file, then in the library, which a file that imports its own name means. */
static const char *find_import(const Spec *spec, const Item *item, const char *importer) {
  Ctx *ctx = spec->ctx;
  const char *name = ctx_text(ctx, item->name.str);
  const char *file = item->is_path ? name : ctx_printf(ctx, "%s.ordo", name);
  const char *path =
      file[0] == '/' ? file : ctx_printf(ctx, "%s%s", folder_of(ctx, importer), file);
  bool own = str_eq(canonical(ctx, path), canonical(ctx, importer));
  if (!own && (access(path, R_OK) == 0 || held_text(spec, ctx_str(ctx, path)))) return path;
  for (uint32_t i = 0; spec->options && i < spec->options->n_library_dirs; i++) {
    const char *other = ctx_printf(ctx, "%s/%s", spec->options->library_dirs[i], file);
    if (access(other, R_OK) == 0) return other;
  }
  return path;
}

static AstFile *library_file(const Spec *spec, Str id) {
  const SpecLibrary *library = spec->options ? spec->options->library : NULL;
  for (uint32_t i = 0; library && i < library->files.len; i++)
    if (str_eq(library->ids.data[i], id)) return library->files.data[i];
  return NULL;
}

/* Whether the file is being loaded right now: the imports go in a circle. */
static bool in_circle(Spec *spec, Str path, Span span) {
  for (uint32_t i = 0; i < spec->import_paths.len; i++) {
    if (!str_eq(spec->import_paths.data[i], path)) continue;
    diag_at(spec->ctx, span, E_import_cycle, "this import closes a circle");
    for (uint32_t k = i + 1; k < spec->import_paths.len; k++)
      diag_note(spec->ctx, spec->import_stack.data[k], "which is imported here");
    return true;
  }
  return false;
}

static void take_file(Spec *spec, AstFile *file, const char *path, Str id);

static void load_import(Spec *spec, const Item *item, const char *importer) {
  Span span = item->name.span;
  const char *path = find_import(spec, item, importer);
  Str id = canonical(spec->ctx, path);
  if (str_none(item->name.str) || in_circle(spec, id, span)) return;
  for (uint32_t i = 0; i < spec->loaded.len; i++)
    if (str_eq(spec->loaded.data[i], id)) return;
  const char *held = held_text(spec, id);
  AstFile *file = held ? NULL : library_file(spec, id);
  const Source *source = file   ? file->source
                         : held ? source_add(spec->ctx, path, held, strlen(held))
                                : source_read(spec->ctx, path, span);
  if (!source) return;
  vec_push(&spec->ctx->arena, &spec->import_stack, span);
  if (file)
    take_file(spec, file, path, id);
  else
    load_file(spec, source, path, true);
  spec->import_stack.len--;
}

static void add_items(Spec *spec, const AstFile *file) {
  for (uint32_t i = 0; i < file->n_items; i++) {
    Item *item = file->items[i];
    if (item->kind == ITEM_poison || item->kind == ITEM_import || str_none(item->name.str))
      continue;
    if (duplicate(spec, item)) continue;
    spec_add_item(spec, item);
    if (item->kind == ITEM_const) add_const(spec, item);
  }
}

/* A parsed file, behind what it imports. */
static void take_file(Spec *spec, AstFile *file, const char *path, Str id) {
  Arena *arena = &spec->ctx->arena;
  vec_push(arena, &spec->loaded, id);
  vec_push(arena, &spec->import_paths, id);
  vec_push(arena, &spec->files, file);
  for (uint32_t i = 0; i < file->n_items; i++)
    if (file->items[i]->kind == ITEM_import) load_import(spec, file->items[i], path);
  spec->import_paths.len--;
  add_items(spec, file);
}

/* is_file: the text was read from the path. */
static void load_file(Spec *spec, const Source *source, const char *path, bool is_file) {
  Str id = canonical(spec->ctx, path);
  Span from = spec->import_stack.data[spec->import_stack.len - 1];
  AstFile *file = is_file ? parse_read(spec->ctx, source, from) : parse_file(spec->ctx, source);
  if (file)
    take_file(spec, file, path, id);
  else
    vec_push(&spec->ctx->arena, &spec->loaded, id);
}

static Spec *load(Ctx *ctx, const Source *source, const char *path, bool is_file,
                  const SpecOptions *options) {
  if (!source) return NULL;
  Spec *spec = arena_new(&ctx->arena, Spec);
  spec->ctx = ctx;
  spec->train_rules = &train_rules;
  if (options)
    spec->options =
        arena_copy(&ctx->arena, options, sizeof *options); /* the caller's may be gone later */
  spec->globals = scope_new(ctx, NULL);
  spec->globals->places = options ? options->places : NULL;
  places_begin(spec->globals->places, source);
  vec_push(&ctx->arena, &spec->import_stack, ((Span){0}));
  load_file(spec, source, path, is_file);
  check_defines(spec);
  data_declare_all(spec);
  return spec;
}

Spec *spec_load(Ctx *ctx, const char *path, const SpecOptions *options) {
  return load(ctx, source_read(ctx, path, (Span){0}), path, true, options);
}

Spec *spec_load_text(Ctx *ctx, const char *path, const char *text, const SpecOptions *options) {
  return load(ctx, source_add(ctx, path, text, strlen(text)), path, false, options);
}

/* ---- for editors ---- */

const AstFile *spec_text(const Spec *spec) { return spec->files.len ? spec->files.data[0] : NULL; }

bool spec_reads(const Spec *spec, const char *path) {
  for (uint32_t i = 0; i < spec->loaded.len; i++)
    if (!strcmp(ctx_text(spec->ctx, spec->loaded.data[i]), path)) return true;
  return false;
}

/* The files are in the order in which they were begun; an import is found by its canonical path. */
uint32_t spec_imported(const Spec *spec, const Item *import) {
  Ctx *ctx = spec->ctx;
  const AstFile *importer = spec_text_at(spec, import->span.lo);
  if (!importer || str_none(import->name.str)) return 0;
  Str id = canonical(ctx, find_import(spec, import, importer->source->path));
  for (uint32_t i = 0; i < spec->files.len; i++)
    if (str_eq(canonical(ctx, spec->files.data[i]->source->path), id))
      return spec->files.data[i]->source->base;
  return 0;
}

/* ---- libraries ---- */

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void parse_folder(Ctx *ctx, SpecLibrary *library, const char *folder) {
  VEC(const char *) names = {0};
  DIR *dir = opendir(folder);
  for (struct dirent *item; dir && (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (n > 5 && !strcmp(item->d_name + n - 5, ".ordo"))
      vec_push(&ctx->arena, &names, arena_strdup(&ctx->arena, item->d_name));
  }
  if (dir) closedir(dir);
  if (names.len) qsort(names.data, names.len, sizeof *names.data, compare_names);
  for (uint32_t i = 0; i < names.len; i++) {
    const char *path = ctx_printf(ctx, "%s/%s", folder, names.data[i]);
    const Source *source = source_read(ctx, path, (Span){0});
    if (!source) continue;
    vec_push(&ctx->arena, &library->files, parse_file(ctx, source));
    vec_push(&ctx->arena, &library->ids, canonical(ctx, path));
    library->end = source->base + source->length;
  }
}

SpecLibrary *spec_library(Ctx *ctx, const char *const *folders, uint32_t n, uint32_t first) {
  SpecLibrary *library = arena_new(&ctx->arena, SpecLibrary);
  for (uint32_t i = first; i < n; i++) parse_folder(ctx, library, folders[i]);
  library->declared = declared_in(ctx, folders, n);
  return library;
}
