/* Help for a name that is not defined: the library has it, and which import brings it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/open.h"
#include "frontend/check/checker.h"

/* Whether a line of a file declares the name: "layer LSTM(", "fn mean(", "optimizer adam(". */
static bool declares(const char *line, const char *name) {
  static const char *const words[] = {"layer ", "fn ", "optimizer ", "init "};
  size_t n = strlen(name);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t word = strlen(words[i]);
    if (strncmp(line, words[i], word) != 0 || strncmp(line + word, name, n) != 0) continue;
    char next = line[word + n];
    return next == '(' || next == ' ' || next == '{';
  }
  return false;
}

static bool file_declares(const char *path, const char *name) {
  const char *why;
  FILE *file = open_stream(path, &why);
  char line[512];
  bool found = false;
  while (file && !found && fgets(line, sizeof line, file)) found = declares(line, name);
  if (file) fclose(file);
  return found;
}

/* Of several files the first by name, so that the message does not depend on the disk's order. */
static const char *file_with(Ctx *ctx, const char *folder, const char *name) {
  const char *found = NULL;
  DIR *dir = opendir(folder);
  if (!dir) return NULL;
  for (struct dirent *item; (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (n < 6 || strcmp(item->d_name + n - 5, ".ordo") != 0) continue;
    const char *file = ctx_printf(ctx, "%.*s", (int)(n - 5), item->d_name);
    if (found && strcmp(found, file) <= 0) continue;
    if (file_declares(ctx_printf(ctx, "%s/%s", folder, item->d_name), name)) found = file;
  }
  closedir(dir);
  return found;
}

void suggest_import(Check *c, Str name) {
  const SpecOptions *options = c->spec->options;
  for (uint32_t i = 0; options && i < options->n_library_dirs; i++) {
    const char *text = ctx_text(c->ctx, name);
    const char *file = file_with(c->ctx, options->library_dirs[i], text);
    if (!file) continue;
    diag_help(c->ctx, "the library has it: import %s", file);
    return;
  }
}
