/* Weights in files: see weights.h. */
#include "app/weights.h"

#include <jansson.h>
#include <string.h>

#include "base/json_error.h"
#include "io/formats.h"

static const Span NOWHERE = {0, 0};

static const char *beside(Ctx *ctx, const char *path, const char *file) {
  const char *slash = strrchr(path, '/');
  return slash ? ctx_printf(ctx, "%.*s/%s", (int)(slash - path), path, file)
               : arena_strdup(&ctx->arena, file); /* the JSON that names it goes */
}

static bool bad_index(Ctx *ctx, const char *path, const char *what) {
  diag_at(ctx, NOWHERE, E_safetensors_format, "'%s' is no index of safetensors files: %s", path,
          what);
  diag_expected(ctx, "{\"weight_map\": {\"name\": \"file.safetensors\", ...}}");
  return false;
}

static bool open_file(Ctx *ctx, Weights *w, const char *path) {
  if (!stored_open(ctx, path, &w->files[w->n_files])) return false;
  w->n_files++;
  return true;
}

static bool open_shards(Ctx *ctx, Weights *w, const json_t *map) {
  const char *name;
  json_t *value, *seen = json_object();
  bool ok = true;
  w->files = arena_array(&ctx->arena, StoredFile, json_object_size(map) + 1);
  json_object_foreach((json_t *)map, name, value) {
    const char *file = json_string_value(value);
    if (!file) ok = bad_index(ctx, w->path, ctx_printf(ctx, "'%s' has no file", name));
    if (!ok) break;
    if (json_object_get(seen, file)) continue;
    json_object_set_new(seen, file, json_true());
    ok = open_file(ctx, w, beside(ctx, w->path, file));
    if (!ok) break;
  }
  json_decref(seen);
  return ok && (w->n_files || bad_index(ctx, w->path, "it names no file"));
}

static bool open_index(Ctx *ctx, Weights *w) {
  size_t size;
  json_error_t error;
  char *text = file_read_all(ctx, w->path, NOWHERE, &size);
  if (!text) return false;
  json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  heap_free(text);
  error.text[json_error_length(error.text)] = 0;
  const json_t *map = json_object_get(json, "weight_map");
  bool ok = json_is_object(map)
                ? open_shards(ctx, w, map)
                : bad_index(ctx, w->path, json ? "it has no 'weight_map'" : error.text);
  json_decref(json);
  return ok;
}

static void list_all(Ctx *ctx, Weights *w) {
  size_t n = 0;
  for (size_t i = 0; i < w->n_files; i++) n += w->files[i].tensors.len;
  w->list = arena_array(&ctx->arena, WeightRef, n + 1);
  for (size_t i = 0; i < w->n_files; i++)
    for (size_t k = 0; k < w->files[i].tensors.len; k++)
      w->list[w->n++] = (WeightRef){&w->files[i], &w->files[i].tensors.data[k]};
}

bool weights_open(Ctx *ctx, const char *path, Weights *out) {
  *out = (Weights){.path = path};
  const Format *format = format_of(path, FOR_weights);
  bool index = format && !format->stored;
  if (!index) out->files = arena_array(&ctx->arena, StoredFile, 1);
  bool ok = index ? open_index(ctx, out) : open_file(ctx, out, path);
  if (ok)
    list_all(ctx, out);
  else
    weights_close(out);
  return ok;
}

void weights_close(Weights *w) {
  for (size_t i = 0; i < w->n_files; i++) stored_close(&w->files[i]);
  *w = (Weights){0};
}

int64_t weights_find(const Weights *w, const char *name) {
  size_t before = 0;
  for (size_t i = 0; i < w->n_files; before += w->files[i++].tensors.len) {
    const Stored *found = stored_find(&w->files[i], name);
    if (found) return (int64_t)before + (found - w->files[i].tensors.data);
  }
  return -1;
}

static bool same_dims(const Stored *a, const Tensor *b) {
  if (a->unreadable) return true; /* reading it says why it cannot be */
  return a->rank == b->rank &&
         (!a->rank || !memcmp(a->dims, b->dims, sizeof *a->dims * (size_t)a->rank));
}

bool weights_copy(Ctx *ctx, const Weights *w, const char *name, bool exact, Tensor *to) {
  int64_t at = weights_find(w, name);
  const Stored *from = at < 0 ? NULL : w->list[at].tensor;
  bool good = from && same_dims(from, to);
  if (good && exact) good = from->unreadable || from->number == number_of(to->dtype);
  if (good) return stored_get_into(w->list[at].file, from, to);
  Text want = text_new(&ctx->arena), got = text_new(&ctx->arena);
  tensor_print_type(to, &want);
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: '%s' %s", w->path, name,
          from ? "has another shape or type than the model's" : "is missing");
  diag_expected(ctx, "%s", text_str(&want));
  if (from) stored_print_type(from, &got);
  if (from) diag_got(ctx, "%s", text_str(&got));
  diag_help(ctx, "was the file written by this model with the same constants (-D)?");
  return false;
}
