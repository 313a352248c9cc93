#include "app/run_file.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/safetensors.h"
#include "passes/pipeline/pipeline.h"

enum { MOST_NAMED = 4 }; /* differences in the name of a run */

/* ---- writing ---- */

static void put_entry(Text *out, const char *indent, const char *key, const char *value) {
  text_printf(out, "%s", indent);
  text_put_json(out, key);
  text_puts(out, ": ");
  text_put_json(out, value);
}

static void put_constants(Ctx *ctx, const TrainProgram *program, Text *out) {
  text_puts(out, "  \"constants\": {");
  for (uint32_t i = 0; i < program->n_constants; i++) {
    text_puts(out, i ? ",\n" : "\n");
    put_entry(out, "    ", ctx_text(ctx, program->constants[i].name), program->constants[i].value);
  }
  text_puts(out, program->n_constants ? "\n  },\n" : "},\n");
}

/* "O2", or a pipeline of the user's own; "+mine@before:fuse -simplify" for what differs from it. */
const char *run_passes_text(Ctx *ctx, const CompileOptions *o) {
  Text out = text_new(&ctx->arena);
  text_puts(&out, o->pipeline ? o->pipeline : pipeline_default(o->level));
  for (uint32_t i = 0; i < o->passes.n_insert; i++) text_printf(&out, " +%s", o->passes.insert[i]);
  if (o->passes.without) text_printf(&out, " -%s", o->passes.without);
  return text_str(&out);
}

/* A run that is complete is left alone. */
static bool says(Ctx *ctx, const char *path, const Text *text) {
  size_t size;
  if (access(path, R_OK)) return false;
  DiagMark mark = diag_mark(ctx);
  char *old = file_read_all(ctx, path, (Span){0}, &size);
  bool same = old && size == text->len && !memcmp(old, text_str(text), size);
  heap_free(old);
  diag_rollback(ctx, mark);
  return same;
}

bool run_file_write(Ctx *ctx, const RunStart *s) {
  Text out = text_new(&ctx->arena);
  char path[PATH_MAX];
  const CompileOptions *o = s->options;
  text_puts(&out, "{\n");
  put_entry(&out, "  ", "ordo", ORDO_VERSION);
  text_puts(&out, ",\n");
  if (s->model) {
    put_entry(&out, "  ", "model", realpath(s->model, path) ? path : s->model);
    text_puts(&out, ",\n");
  }
  put_entry(&out, "  ", "program", ctx_text(ctx, s->program->name));
  text_puts(&out, ",\n");
  put_constants(ctx, s->program, &out);
  text_printf(&out, "  \"steps\": %lld,\n  \"seed\": %lld,\n", (long long)s->steps,
              (long long)s->seed);
  put_entry(&out, "  ", "precision", s->precision);
  text_puts(&out, ",\n");
  put_entry(&out, "  ", "products", s->products);
  text_puts(&out, ",\n");
  put_entry(&out, "  ", "passes", run_passes_text(ctx, o));
  text_printf(&out, ",\n  \"strict\": %s,\n  \"fast\": %s\n}\n",
              o->passes.strict ? "true" : "false", o->passes.fast ? "true" : "false");
  const char *file = ctx_printf(ctx, "%s/run.json", s->folder);
  return says(ctx, file, &out) || file_write(ctx, file, text_str(&out), out.len);
}

/* ---- reading ---- */

static void add(Ctx *ctx, RunEntries *out, const char *key, const char *value, bool constant) {
  RunEntry entry = {arena_strdup(&ctx->arena, key), arena_strdup(&ctx->arena, value), constant};
  vec_push(&ctx->arena, &out->list, entry);
}

static void add_json(Ctx *ctx, RunEntries *out, const json_t *json, bool constant) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)json, key, value) {
    if (json_is_object(value))
      add_json(ctx, out, value, true);
    else if (json_is_string(value))
      add(ctx, out, key, json_string_value(value), constant);
    else if (json_is_integer(value))
      add(ctx, out, key, ctx_printf(ctx, "%lld", (long long)json_integer_value(value)), constant);
    else if (json_is_boolean(value))
      add(ctx, out, key, json_is_true(value) ? "true" : "false", constant);
  }
}

/* Quietly: who asks can do without. */
static bool add_file(Ctx *ctx, RunEntries *out, const char *path) {
  DiagMark mark = diag_mark(ctx);
  size_t size;
  if (access(path, R_OK)) return false;
  char *text = file_read_all(ctx, path, (Span){0}, &size);
  json_t *json = text ? json_loadb(text, size, 0, NULL) : NULL;
  heap_free(text);
  diag_rollback(ctx, mark);
  if (json_is_object(json)) add_json(ctx, out, json, false);
  bool good = json_is_object(json);
  json_decref(json);
  return good;
}

static void add_checkpoint(Ctx *ctx, RunEntries *out, const char *path) {
  static const char *const keys[] = {"program", "seed", "precision", "products"};
  DiagMark mark = diag_mark(ctx);
  SafeFile file;
  if (access(path, R_OK)) return;
  if (safetensors_open(ctx, path, (Span){0}, &file)) {
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
      const char *value = tensors_find_meta(&file.meta, ctx_printf(ctx, "ordo.%s", keys[i]));
      if (value) add(ctx, out, keys[i], value, false);
    }
    const char *constants = tensors_find_meta(&file.meta, "ordo.constants");
    json_t *json = constants ? json_loads(constants, 0, NULL) : NULL;
    if (json_is_object(json)) add_json(ctx, out, json, true);
    json_decref(json);
    safetensors_close(&file);
  }
  diag_rollback(ctx, mark);
}

RunEntries run_file_read(Ctx *ctx, const char *folder) {
  RunEntries out = {0};
  if (!add_file(ctx, &out, ctx_printf(ctx, "%s/run.json", folder)))
    add_checkpoint(ctx, &out, ctx_printf(ctx, "%s/checkpoint.safetensors", folder));
  return out;
}

const char *run_entry(const RunEntries *entries, const char *key) {
  for (uint32_t i = 0; i < entries->list.len; i++)
    if (!strcmp(entries->list.data[i].key, key)) return entries->list.data[i].value;
  return NULL;
}

/* ---- names ---- */

/* The last part of a path that is not the same in all of them, without endings. */
static const char *last_part(Ctx *ctx, const char *path) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  size_t start = n;
  while (start && path[start - 1] != '/') start--;
  return ctx_printf(ctx, "%.*s", (int)(n - start), path + start);
}

static bool differs(const RunEntries *all, uint32_t n, const char *key) {
  const char *first = run_entry(&all[0], key);
  for (uint32_t i = 1; i < n; i++) {
    const char *other = run_entry(&all[i], key);
    if (!first != !other || (first && strcmp(first, other))) return true;
  }
  return false;
}

/* How long a run was is seen; where the text lies is no part of what it computes. */
static bool tells(const char *key) { return strcmp(key, "steps") && strcmp(key, "model"); }

static const char *name_of(Ctx *ctx, const char *folder, const RunEntries *all, uint32_t n,
                           uint32_t which) {
  Text out = text_new(&ctx->arena);
  uint32_t named = 0;
  for (uint32_t i = 0; i < all[which].list.len; i++) {
    const RunEntry *e = &all[which].list.data[i];
    if (!tells(e->key) || !differs(all, n, e->key)) continue;
    if (named < MOST_NAMED) text_printf(&out, "%s%s = %s", named ? ", " : "", e->key, e->value);
    named++;
  }
  const char *last = last_part(ctx, folder);
  if (!named) return last;
  return ctx_printf(ctx, "%s (%s%s)", last, text_str(&out), named > MOST_NAMED ? ", ..." : "");
}

const char **run_names(Ctx *ctx, const char *const *folders, uint32_t n) {
  const char **names = arena_array(&ctx->arena, const char *, n + 1);
  RunEntries *all = arena_array(&ctx->arena, RunEntries, n + 1);
  bool known = n > 1;
  for (uint32_t i = 0; i < n && n > 1; i++) {
    struct stat info;
    bool folder = !stat(folders[i], &info) && S_ISDIR(info.st_mode);
    if (folder) all[i] = run_file_read(ctx, folders[i]);
    known = known && all[i].list.len;
  }
  for (uint32_t i = 0; i < n; i++) names[i] = known ? name_of(ctx, folders[i], all, n, i) : NULL;
  return names;
}
