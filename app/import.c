/* Weights of other programs: see import.h. */
#include "app/import.h"

#include <string.h>

static const Span NOWHERE = {0, 0};

/* ---- one weight ---- */

/* The shape that the file's tensor has to have. */
static void wanted_shape(const NameSource *source, const Tensor *to, int64_t *dims) {
  for (int i = 0; i < to->rank; i++) dims[i] = to->dims[i];
  if (to->rank) dims[to->rank - 1] *= source->of;
  if (!source->transpose || to->rank < 2) return;
  int64_t last = dims[to->rank - 1];
  dims[to->rank - 1] = dims[to->rank - 2];
  dims[to->rank - 2] = last;
}

static bool shape_fits(Ctx *ctx, const Stored *from, const NameSource *source,
                       const TrainState *entry, const Tensor *to) {
  int64_t dims[TENSOR_MAX_RANK];
  bool turned = !source->transpose || to->rank >= 2;
  wanted_shape(source, to, dims);
  bool same = turned && from->rank == to->rank;
  for (int i = 0; same && i < to->rank; i++) same = from->dims[i] == dims[i];
  if (same || from->unreadable) return true; /* reading it says why it cannot be */
  Tensor wanted = {.dtype = to->dtype, .rank = to->rank, .dims = dims};
  Text want = text_new(&ctx->arena), got = text_new(&ctx->arena);
  tensor_print_type(&wanted, &want);
  stored_print_type(from, &got);
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

/* Read in the weight's own type where nothing is computed, so that it is rounded once. */
static bool read_weight(WeightRef from, const NameSource *source, Tensor *to) {
  bool as_it_is = source->times == 1 && source->plus == 0;
  Tensor *tensor = stored_get(from.file, from.tensor, as_it_is ? to->dtype : DT_f64);
  if (!tensor) return false;
  copy_weight(tensor, source, to);
  tensor_free(tensor);
  return true;
}

bool import_weight(Ctx *ctx, const Weights *file, const TrainState *entry, bool *used, Tensor *to) {
  for (uint32_t i = 0; i < entry->n_sources; i++) {
    const NameSource *source = &entry->sources[i];
    int64_t at = weights_find(file, ctx_text(ctx, source->name));
    if (at < 0) continue;
    used[at] = true;
    return shape_fits(ctx, file->list[at].tensor, source, entry, to) &&
           read_weight(file->list[at], source, to);
  }
  return missing(ctx, entry);
}

/* ---- the rest of the file ---- */

static bool skipped(Ctx *ctx, const NameMap *map, const char *name) {
  for (uint32_t i = 0; i < map->n_skipped; i++)
    if (name_fits(ctx, map->skipped[i], name)) return true;
  return false;
}

bool import_check_rest(Ctx *ctx, const Weights *file, const NameMap *map, const bool *used) {
  const char *first = NULL;
  int others = 0;
  for (size_t i = 0; i < file->n; i++) {
    const char *name = file->list[i].tensor->name;
    if (used[i] || skipped(ctx, map, name)) continue;
    if (first) others++;
    if (!first) first = name;
  }
  if (!first) return true;
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: 'names %s' reads neither '%s' nor %d others",
          file->path, ctx_text(ctx, map->name), first, others);
  diag_help(ctx, "has the model more layers than the file says? What is not needed:  skip \"%s\"",
            first);
  return false;
}
