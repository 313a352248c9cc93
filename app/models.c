#define _GNU_SOURCE /* dladdr */
#include "app/models.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"

static bool is_dir(const char *path) {
  struct stat info;
  return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static bool is_file(const char *path) {
  struct stat info;
  return !stat(path, &info) && !S_ISDIR(info.st_mode);
}

static void add_dir(Ctx *ctx, ModelDirs *dirs, const char *path) {
  for (uint32_t i = 0; i < dirs->dirs.len; i++)
    if (!strcmp(dirs->dirs.data[i], path)) return;
  if (is_dir(path)) vec_push(&ctx->arena, &dirs->dirs, path);
}

/* The installed models beside the binary that holds this code: BINARY/../../share/ordo/models, so
 * that an installation may be moved. */
static void add_beside_binary(Ctx *ctx, ModelDirs *dirs) {
  Dl_info info;
  char path[PATH_MAX];
  bool library = dladdr((const char *)ORDO_VERSION, &info) && strstr(info.dli_fname, ".so");
  if (library ? !realpath(info.dli_fname, path) : !file_own(path)) return;
  for (int up = 0; up < 3; up++) { /* bin/ordo, lib/libordo.so, lib/x86_64-linux-gnu/libordo.so */
    char *slash = strrchr(path, '/');
    if (!slash) return;
    *slash = 0;
    add_dir(ctx, dirs, ctx_printf(ctx, "%s/share/ordo/models/lib", path));
    add_dir(ctx, dirs, ctx_printf(ctx, "%s/share/ordo/models", path));
  }
}

ModelDirs models_dirs(Ctx *ctx) {
  ModelDirs dirs = {0};
  const char *user = getenv("ORDO_PATH");
  for (const char *at = user ? user : ""; *at;) {
    size_t n = strcspn(at, ":");
    if (n) add_dir(ctx, &dirs, ctx_printf(ctx, "%.*s", (int)n, at));
    at += n + (at[n] == ':');
  }
  dirs.n_user = dirs.dirs.len;
  static const char *const fixed[] = {ORDO_MODELS_DIR, ORDO_INSTALLED_MODELS_DIR};
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    if (!*fixed[i]) continue; /* a build that keeps its models beside itself */
    add_dir(ctx, &dirs, ctx_printf(ctx, "%s/lib", fixed[i]));
    add_dir(ctx, &dirs, fixed[i]);
  }
  add_beside_binary(ctx, &dirs);
  return dirs;
}

const char *models_find(Ctx *ctx, const ModelDirs *dirs, const char *name) {
  bool bare = !strpbrk(name, "/."); /* "sort": a model, even where a program is called so */
  if (!bare && is_file(name)) return name;
  size_t n = strlen(name);
  bool suffixed = n > 5 && !strcmp(name + n - 5, ".ordo");
  const char *file = suffixed ? name : ctx_printf(ctx, "%s.ordo", name);
  if (is_file(file)) return file;
  for (uint32_t i = 0; i < dirs->dirs.len && !strchr(name, '/'); i++) {
    const char *path = ctx_printf(ctx, "%s/%s", dirs->dirs.data[i], file);
    if (is_file(path)) return path;
  }
  if (bare && is_file(name)) return name;
  diag_at(ctx, (Span){0}, E_file_missing, "there is no model '%s'", name);
  Text looked = text_new(&ctx->arena);
  text_puts(&looked, "looked for it in the current folder");
  for (uint32_t i = 0; i < dirs->dirs.len && !strchr(name, '/'); i++)
    text_printf(&looked, ", %s", dirs->dirs.data[i]);
  diag_help(ctx, "%s", text_str(&looked));
  return NULL;
}
