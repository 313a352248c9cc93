/* State of a run: see checkpoint.h. */
#include "app/checkpoint.h"

#include "app/import.h"
#include "app/resume.h"
#include "io/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const Span NOWHERE = {0, 0};
static const char SHARDS[] = "ordo.shards";

bool checkpoint_init(Checkpoint *c, Ctx *ctx, const TrainProgram *program, const char *folder,
                     const Corpus *corpus, const char *precision, const char *products) {
  *c = (Checkpoint){.ctx = ctx, .program = program, .corpus = corpus, .seed = -1};
  if (folder) {
    resume_describe(ctx, program, precision, products, &c->extra);
    if (corpus) corpus_meta(corpus, &c->extra);
    c->path = ctx_printf(ctx, "%s/checkpoint.safetensors", folder);
    c->best_path = ctx_printf(ctx, "%s/best.safetensors", folder);
  }
  c->state = arena_array(&ctx->arena, Tensor *, program->n_state + 1);
  for (uint32_t k = 0; k < program->n_state; k++) {
    const TypeInfo *type = type_info(ctx, program->state[k].type);
    int64_t dims[TENSOR_MAX_RANK];
    for (int d = 0; d < type->rank; d++)
      if (!size_is_const(ctx, type->dims[d], &dims[d])) dims[d] = -1;
    c->state[k] = tensor_new(type->dtype, dims, type->rank);
    if (c->state[k]) continue;
    diag_at(ctx, NOWHERE, E_run_failed, "no memory for '%s' of type %s",
            ctx_text(ctx, program->state[k].path), type_str(ctx, program->state[k].type));
    return false;
  }
  return true;
}

void checkpoint_free(Checkpoint *c) {
  if (!c->state) return;
  for (uint32_t k = 0; k < c->program->n_state; k++) tensor_free(c->state[k]);
}

/* The file that is open while weights are read, and which of its tensors were. */
typedef struct OpenFile {
  Str name;
  Weights weights;
  bool *used;
  const NameMap *map;
} OpenFile;

static bool close_import(Checkpoint *c, OpenFile *f, bool ok) {
  if (ok && f->map) ok = import_check_rest(c->ctx, &f->weights, f->map, f->used);
  weights_close(&f->weights);
  *f = (OpenFile){0};
  return ok;
}

static bool open_import(Checkpoint *c, OpenFile *f, const TrainState *entry) {
  if (str_eq(f->name, entry->file) && f->map == entry->map) return true;
  if (!close_import(c, f, true)) return false;
  f->name = entry->file;
  f->map = entry->map;
  const char *path = ctx_text(c->ctx, entry->file);
  if (!weights_open(c->ctx, path, &f->weights)) return false;
  if (!entry->map && c->corpus && !corpus_check_meta(c->corpus, weights_meta(&f->weights), path))
    return false;
  f->used = arena_array(&c->ctx->arena, bool, f->weights.n + 1);
  return true;
}

static bool import_one(Checkpoint *c, OpenFile *f, uint32_t k) {
  const TrainState *entry = &c->program->state[k];
  if (entry->map) return import_weight(c->ctx, &f->weights, entry, f->used, c->state[k]);
  const char *name = ctx_text(c->ctx, entry->file_path);
  const char *own = ctx_text(c->ctx, entry->path); /* in a file of the same program */
  if (weights_find(&f->weights, name) < 0 && weights_find(&f->weights, own) >= 0) name = own;
  return weights_copy(c->ctx, &f->weights, name, false, c->state[k]);
}

bool checkpoint_import(Checkpoint *c) {
  OpenFile f = {0};
  bool ok = true;
  for (uint32_t k = 0; k < c->program->n_state && ok; k++)
    if (!str_none(c->program->state[k].file))
      ok = open_import(c, &f, &c->program->state[k]) && import_one(c, &f, k);
  return close_import(c, &f, ok);
}

static void set_number(Ctx *ctx, Tensors *set, const char *key, int64_t value) {
  tensors_set_meta(ctx, set, key, ctx_printf(ctx, "%lld", (long long)value));
}

static void set_mark(Ctx *ctx, Tensors *set, const CheckpointMark *mark, int64_t shards) {
  set_number(ctx, set, "ordo.step", mark->step);
  set_number(ctx, set, "ordo.seed", mark->seed);
  if (shards) set_number(ctx, set, SHARDS, shards);
  if (!mark->has_best) return;
  Text best = text_new(&ctx->arena);
  text_double(&best, mark->best);
  tensors_set_meta(ctx, set, "ordo.best", text_str(&best));
  set_number(ctx, set, "ordo.best_step", mark->best_step);
  set_number(ctx, set, "ordo.worse", mark->worse);
}

bool checkpoint_save(Checkpoint *c, const char *path, const CheckpointMark *mark) {
  Tensors set = {0}; /* borrows the state */
  for (uint32_t k = 0; k < c->program->n_state; k++)
    tensors_add(c->ctx, &set, ctx_text(c->ctx, c->program->state[k].path), c->state[k]);
  set_mark(c->ctx, &set, mark, c->shards);
  for (uint32_t k = 0; k < c->extra.meta.len; k++)
    vec_push(&c->ctx->arena, &set.meta, c->extra.meta.data[k]); /* long texts: not copied */
  return safetensors_write(c->ctx, path, &set);
}

static bool meta_number(Checkpoint *c, const char *path, const Tensors *file, const char *key,
                        int64_t *value) {
  const char *text = tensors_find_meta(file, key);
  char *end = NULL;
  errno = 0;
  if (text) *value = strtoll(text, &end, 10);
  if (text && end != text && !*end && !errno && *value >= 0) return true;
  diag_at(c->ctx, NOWHERE, E_checkpoint_mismatch, "%s: '%s' is %s", path, key,
          text ? "no number" : "missing");
  diag_help(c->ctx, "a run can be resumed only from a checkpoint that 'ordo train' wrote");
  return false;
}

static bool read_mark(Checkpoint *c, const char *path, const Tensors *file, CheckpointMark *mark) {
  const char *best = tensors_find_meta(file, "ordo.best");
  *mark = (CheckpointMark){.has_best = best != NULL};
  if (best) mark->best = strtod(best, NULL);
  return meta_number(c, path, file, "ordo.step", &mark->step) &&
         meta_number(c, path, file, "ordo.seed", &mark->seed) &&
         (!best || (meta_number(c, path, file, "ordo.best_step", &mark->best_step) &&
                    meta_number(c, path, file, "ordo.worse", &mark->worse)));
}

/* The shards of the file, which are those that are given, if any are. */
static bool load_shards(Checkpoint *c, const char *path, const Tensors *meta) {
  int64_t stored = 0;
  if (tensors_find_meta(meta, SHARDS) && !meta_number(c, path, meta, SHARDS, &stored)) return false;
  if (c->changed && c->shards) return true;
  if (c->shards && !resume_shards(c->ctx, c->shards, stored, path)) return false;
  c->shards = stored;
  return true;
}

bool checkpoint_load(Checkpoint *c, const char *path, CheckpointMark *mark) {
  Weights file;
  if (!weights_open(c->ctx, path, &file)) return false;
  const Tensors *meta = weights_meta(&file);
  bool ok = read_mark(c, path, meta, mark) &&
            (!c->corpus || corpus_check_meta(c->corpus, meta, path)) &&
            (!c->corpus || c->changed || corpus_check_data(c->corpus, meta, path)) &&
            (c->changed || resume_check(c->ctx, &c->extra, meta, path, c->seed));
  ok = ok && load_shards(c, path, meta);
  if (ok && !c->changed) c->products = resume_products(c->ctx, &c->extra, meta);
  for (uint32_t k = 0; k < c->program->n_state && ok; k++)
    ok =
        weights_copy(c->ctx, &file, ctx_text(c->ctx, c->program->state[k].path), true, c->state[k]);
  weights_close(&file);
  return ok;
}
