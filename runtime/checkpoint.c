/* State of a run: see checkpoint.h. */
#include "runtime/checkpoint.h"

#include "runtime/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const Span NOWHERE = {0, 0};

bool checkpoint_init(Checkpoint *c, Ctx *ctx, const TrainProgram *program, const char *folder,
                     const Corpus *corpus) {
  *c = (Checkpoint){.ctx = ctx, .program = program, .corpus = corpus};
  if (corpus) corpus_meta(corpus, &c->extra);
  if (folder) {
    if (!file_make_dir(ctx, folder)) return false;
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

static bool same_shape(const Tensor *a, const Tensor *b) {
  return a->dtype == b->dtype && a->rank == b->rank &&
         (!a->rank || !memcmp(a->dims, b->dims, sizeof *a->dims * (size_t)a->rank));
}

bool checkpoint_copy(Ctx *ctx, const Tensors *file, const char *path, const char *name,
                     Tensor *to) {
  const Tensor *from = tensors_find(file, name);
  if (from && same_shape(from, to)) {
    memcpy(to->data, from->data, tensor_bytes(to));
    return true;
  }
  Text want = text_new(&ctx->arena), got = text_new(&ctx->arena);
  tensor_print_type(to, &want);
  if (from) tensor_print_type(from, &got);
  diag_at(ctx, NOWHERE, E_checkpoint_mismatch, "%s: '%s' %s", path, name,
          from ? "has another shape or type than the model's" : "is missing");
  diag_expected(ctx, "%s", text_str(&want));
  if (from) diag_got(ctx, "%s", text_str(&got));
  diag_help(ctx, "was the file written by this model with the same constants (-D)?");
  return false;
}

/* The file that is open while weights are read, and which of its tensors were. */
typedef struct OpenFile {
  Str name;
  Tensors tensors;
  bool *used;
  const NameMap *map;
} OpenFile;

static bool close_import(Checkpoint *c, OpenFile *f, bool ok) {
  if (ok && f->map)
    ok = import_check_rest(c->ctx, &f->tensors, ctx_text(c->ctx, f->name), f->map, f->used);
  tensors_free(&f->tensors);
  *f = (OpenFile){0};
  return ok;
}

static bool open_import(Checkpoint *c, OpenFile *f, const TrainState *entry) {
  if (str_eq(f->name, entry->file) && f->map == entry->map) return true;
  if (!close_import(c, f, true)) return false;
  f->name = entry->file;
  f->map = entry->map;
  const char *path = ctx_text(c->ctx, entry->file);
  if (!weights_read(c->ctx, path, &f->tensors)) return false;
  if (!entry->map && c->corpus && !corpus_check_meta(c->corpus, &f->tensors, path)) return false;
  f->used = arena_array(&c->ctx->arena, bool, f->tensors.list.len + 1);
  return true;
}

static bool import_one(Checkpoint *c, OpenFile *f, uint32_t k) {
  const TrainState *entry = &c->program->state[k];
  if (entry->map) return import_weight(c->ctx, &f->tensors, entry, f->used, c->state[k]);
  const char *name = ctx_text(c->ctx, entry->file_path);
  const char *own = ctx_text(c->ctx, entry->path); /* in a file of the same program */
  if (!tensors_find(&f->tensors, name) && tensors_find(&f->tensors, own)) name = own;
  return checkpoint_copy(c->ctx, &f->tensors, ctx_text(c->ctx, entry->file), name, c->state[k]);
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

static void set_mark(Ctx *ctx, Tensors *set, const CheckpointMark *mark) {
  set_number(ctx, set, "ordo.step", mark->step);
  set_number(ctx, set, "ordo.seed", mark->seed);
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
  tensors_set_meta(c->ctx, &set, "ordo.program", ctx_text(c->ctx, c->program->name));
  set_mark(c->ctx, &set, mark);
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

bool checkpoint_load(Checkpoint *c, const char *path, CheckpointMark *mark) {
  Tensors file = {0};
  if (!safetensors_read(c->ctx, path, NOWHERE, &file)) return false;
  bool ok = read_mark(c, path, &file, mark) &&
            (!c->corpus || (corpus_check_meta(c->corpus, &file, path) &&
                            corpus_check_data(c->corpus, &file, path)));
  for (uint32_t k = 0; k < c->program->n_state && ok; k++)
    ok = checkpoint_copy(c->ctx, &file, path, ctx_text(c->ctx, c->program->state[k].path),
                         c->state[k]);
  tensors_free(&file);
  return ok;
}
