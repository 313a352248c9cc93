/* Weights of other programs: see import.h. */
#include "runtime/import.h"

#include <jansson.h>
#include <string.h>

#include "base/json_error.h"

static const Span NOWHERE = {0, 0};

/* ---- files ---- */

static const char *beside(Ctx *ctx, const char *path, const char *file) {
  const char *slash = strrchr(path, '/');
  return slash ? ctx_printf(ctx, "%.*s/%s", (int)(slash - path), path, file) : file;
}

static bool bad_index(Ctx *ctx, const char *path, const char *what) {
  diag_at(ctx, NOWHERE, E_safetensors_format, "'%s' is no index of safetensors files: %s", path,
          what);
  diag_expected(ctx, "{\"weight_map\": {\"name\": \"file.safetensors\", ...}}");
  return false;
}

/* Takes the tensors of a file over. */
static void take_all(Ctx *ctx, Tensors *from, Tensors *out) {
  for (uint32_t i = 0; i < from->list.len; i++)
    tensors_add(ctx, out, from->list.data[i].name, from->list.data[i].tensor);
  from->list.len = 0;
}

static bool read_shards(Ctx *ctx, const char *path, const json_t *map, Tensors *out) {
  const char *name;
  json_t *value, *seen = json_object();
  bool ok = true;
  json_object_foreach((json_t *)map, name, value) {
    const char *file = json_string_value(value);
    if (!file) ok = bad_index(ctx, path, ctx_printf(ctx, "'%s' has no file", name));
    if (!ok) break;
    if (json_object_get(seen, file)) continue;
    json_object_set_new(seen, file, json_true());
    Tensors part;
    ok = safetensors_read(ctx, beside(ctx, path, file), NOWHERE, &part);
    if (!ok) break;
    take_all(ctx, &part, out);
    tensors_free(&part);
  }
  json_decref(seen);
  return ok;
}

static bool read_index(Ctx *ctx, const char *path, Tensors *out) {
  size_t size;
  json_error_t error;
  char *text = file_read_all(ctx, path, NOWHERE, &size);
  if (!text) return false;
  json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  heap_free(text);
  error.text[json_error_length(error.text)] = 0;
  const json_t *map = json_object_get(json, "weight_map");
  bool ok = json_is_object(map)
                ? read_shards(ctx, path, map, out)
                : bad_index(ctx, path, json ? "it has no 'weight_map'" : error.text);
  json_decref(json);
  return ok;
}

bool weights_read(Ctx *ctx, const char *path, Tensors *out) {
  size_t n = strlen(path);
  *out = (Tensors){0};
  if (n < 5 || strcmp(path + n - 5, ".json")) return safetensors_read(ctx, path, NOWHERE, out);
  if (read_index(ctx, path, out)) return true;
  tensors_free(out);
  return false;
}

/* ---- one weight ---- */

static int64_t find(const Tensors *file, const char *name) {
  for (uint32_t i = 0; i < file->list.len; i++)
    if (!strcmp(file->list.data[i].name, name)) return i;
  return -1;
}

/* The shape that the file's tensor has to have. */
static void wanted_shape(const NameSource *source, const Tensor *to, int64_t *dims) {
  for (int i = 0; i < to->rank; i++) dims[i] = to->dims[i];
  if (to->rank) dims[to->rank - 1] *= source->of;
  if (!source->transpose || to->rank < 2) return;
  int64_t last = dims[to->rank - 1];
  dims[to->rank - 1] = dims[to->rank - 2];
  dims[to->rank - 2] = last;
}

static bool shape_fits(Ctx *ctx, const Tensor *from, const NameSource *source,
                       const TrainState *entry, const Tensor *to) {
  int64_t dims[TENSOR_MAX_RANK];
  bool turned = !source->transpose || to->rank >= 2;
  wanted_shape(source, to, dims);
  bool same = turned && from->rank == to->rank;
  for (int i = 0; same && i < to->rank; i++) same = from->dims[i] == dims[i];
  if (same && (dtype_is_float(from->dtype) || from->dtype == to->dtype)) return true;
  Tensor wanted = {.dtype = to->dtype, .rank = to->rank, .dims = dims};
  Text want = text_new(&ctx->arena), got = text_new(&ctx->arena);
  tensor_print_type(&wanted, &want);
  tensor_print_type(from, &got);
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: '%s' does not fit '%s'",
          ctx_text(ctx, entry->file), ctx_text(ctx, source->name), ctx_text(ctx, entry->path));
  diag_expected(ctx, "%s", text_str(&want));
  diag_got(ctx, "%s", text_str(&got));
  diag_help(ctx, turned ? "is it stored the other way round (transpose), or several in one (part)?"
                        : "only a weight of two axes or more can be transposed");
  return false;
}

static void copy_weight(const Tensor *from, const NameSource *source, Tensor *to) {
  int64_t columns = to->rank ? to->dims[to->rank - 1] : 1, wide = columns * source->of;
  int64_t rows = to->rank >= 2 ? to->dims[to->rank - 2] : 1;
  int64_t count = tensor_count(to);
  for (int64_t i = 0; i < count; i++) {
    int64_t column = i % columns + source->part * columns, row = i / columns % rows;
    int64_t matrix = i / columns / rows * rows * wide;
    int64_t at = source->transpose ? column * rows + row : row * wide + column;
    tensor_set(to, i, tensor_get(from, matrix + at) * source->times + source->plus);
  }
}

static bool missing(Ctx *ctx, const TrainState *entry) {
  Text names = text_new(&ctx->arena);
  for (uint32_t i = 0; i < entry->n_sources; i++)
    text_printf(&names, "%s'%s'", i ? " or " : "", ctx_text(ctx, entry->sources[i].name));
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: no tensor for '%s'", ctx_text(ctx, entry->file),
          ctx_text(ctx, entry->path));
  diag_expected(ctx, "%s, by 'names %s'", text_str(&names), ctx_text(ctx, entry->map->name));
  return false;
}

bool import_weight(Ctx *ctx, const Tensors *file, const TrainState *entry, bool *used, Tensor *to) {
  for (uint32_t i = 0; i < entry->n_sources; i++) {
    const NameSource *source = &entry->sources[i];
    int64_t at = find(file, ctx_text(ctx, source->name));
    if (at < 0) continue;
    const Tensor *from = file->list.data[at].tensor;
    used[at] = true;
    if (!shape_fits(ctx, from, source, entry, to)) return false;
    copy_weight(from, source, to);
    return true;
  }
  return missing(ctx, entry);
}

/* ---- the rest of the file ---- */

static bool skipped(Ctx *ctx, const NameMap *map, const char *name) {
  for (uint32_t i = 0; i < map->n_skipped; i++)
    if (name_fits(ctx, map->skipped[i], name)) return true;
  return false;
}

bool import_check_rest(Ctx *ctx, const Tensors *file, const char *path, const NameMap *map,
                       const bool *used) {
  const char *first = NULL;
  int others = 0;
  for (uint32_t i = 0; i < file->list.len; i++) {
    const char *name = file->list.data[i].name;
    if (used[i] || skipped(ctx, map, name)) continue;
    if (first) others++;
    if (!first) first = name;
  }
  if (!first) return true;
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: 'names %s' reads neither '%s' nor %d others",
          path, ctx_text(ctx, map->name), first, others);
  diag_help(ctx, "has the model more layers than the file says? What is not needed:  skip \"%s\"",
            first);
  return false;
}
