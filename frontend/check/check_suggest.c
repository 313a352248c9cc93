/* Help for a name that is not defined: the library has it, and which import brings it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/open.h"
#include "frontend/check/checker.h"

/* The name that a line of a file declares: "layer LSTM(", "fn mean(", "optimizer adam(". */
static bool declared(Ctx *ctx, const char *line, Str *name) {
  static const char *const words[] = {"layer ", "fn ", "optimizer ", "init "};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *rest = line + strlen(words[i]);
    if (strncmp(line, words[i], strlen(words[i])) != 0) continue;
    size_t n = strcspn(rest, "( {");
    if (!n || !rest[n]) continue;
    *name = str_intern_n(&ctx->strings, rest, n);
    return true;
  }
  return false;
}

/* Of several files of a folder the first by name, so that the message does not depend on the disk's
 * order; of several folders the first. */
static void add_declared(Ctx *ctx, Declared *d, Str name, uint32_t file) {
  const DeclaredIn *here = &d->files.data[file], *known;
  uint32_t at;
  if (map_get(&d->by_name, name.i, &at)) {
    known = &d->files.data[at];
    if (known->folder < here->folder || strcmp(known->module, here->module) <= 0) return;
  }
  map_set(&ctx->arena, &d->by_name, name.i, file);
}

static void read_declared(Ctx *ctx, Declared *d, const char *path, uint32_t file) {
  const char *why;
  FILE *stream = open_stream(path, &why);
  char line[512];
  Str name;
  while (stream && fgets(line, sizeof line, stream))
    if (declared(ctx, line, &name)) add_declared(ctx, d, name, file);
  if (stream) fclose(stream);
}

static void read_folder(Ctx *ctx, Declared *d, const char *folder, uint32_t at) {
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *item; (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (n < 6 || strcmp(item->d_name + n - 5, ".ordo") != 0) continue;
    DeclaredIn file = {ctx_printf(ctx, "%.*s", (int)(n - 5), item->d_name), at};
    vec_push(&ctx->arena, &d->files, file);
    read_declared(ctx, d, ctx_printf(ctx, "%s/%s", folder, item->d_name), d->files.len - 1);
  }
  closedir(dir);
}

const Declared *declared_in(Ctx *ctx, const char *const *folders, uint32_t n) {
  Declared *d = arena_new(&ctx->arena, Declared);
  for (uint32_t i = 0; i < n; i++) read_folder(ctx, d, folders[i], i);
  return d;
}

/* Behind the imports of the file that the mistake is in, or at its beginning. */
static void offer_import(Check *c, const char *module) {
  const AstFile *file = spec_text_at(c->spec, c->ctx->diags.current->span.lo);
  const Item *last = NULL;
  for (uint32_t i = 0; file && i < file->n_items; i++)
    if (file->items[i]->kind == ITEM_import) last = file->items[i];
  uint32_t at = !file           ? 0
                : last          ? last->span.hi
                : file->n_items ? file->items[0]->span.lo
                                : file->source->base;
  const char *text = ctx_printf(c->ctx, last ? "\nimport %s" : "import %s\n\n", module);
  diag_fix(c->ctx, (Span){at, at}, at ? text : NULL, "the library has it: import %s", module);
}

void suggest_import(Check *c, Str name) {
  const SpecOptions *options = c->spec->options;
  uint32_t file;
  if (!options) return;
  if (!c->spec->declared)
    c->spec->declared = options->library
                            ? options->library->declared
                            : declared_in(c->ctx, options->library_dirs, options->n_library_dirs);
  const Declared *d = c->spec->declared;
  if (map_get(&d->by_name, name.i, &file)) offer_import(c, d->files.data[file].module);
}
