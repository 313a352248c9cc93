/* The state of a training run, made, read and written: see train_internal.h. */
#include "app/ranks.h"
#include "app/train_internal.h"
#include "base/clock.h"
#include "base/threefry.h"

void pass_begin(Trainer *t) { ctx_enter(t->ctx, t->passing); }

void pass_end(Trainer *t, uint32_t told) {
  ctx_leave(t->ctx);
  if (t->ctx->diags.list.len != told)
    arena_take(&t->ctx->arena, &t->passing->arena);
  else
    arena_reset(&t->passing->arena);
}

/* The same weights whatever the steps are computed in. */
bool train_begin_state(Trainer *t) {
  return routine_compile(t, &t->init, t->program->init, 0, "f32") &&
         compile_begin_code(&t->init.compile);
}

static bool initialise(Trainer *t) {
  Fault fault = {0};
  static const SizeEnv none = {0};
  if (!routine_link(&t->init)) return false;
  t->key = threefry_fold(t->seed_key, STREAM_INIT);
  void *params[] = {&t->key};
  void **results = arena_array(&t->ctx->arena, void *, t->program->n_state + 1);
  for (uint32_t k = 0; k < t->program->n_state; k++) results[k] = t->checkpoint.state[k]->data;
  double start = clock_seconds();
  bool ok = program_bind(t->init.program, &none, &fault) || train_fail(t, "initialising", &fault);
  if (ok) {
    program_pointers(t->init.program, params, results);
    program_execute(t->init.program);
  }
  routine_free(&t->init);
  ok = ok && checkpoint_import(&t->checkpoint);
  phase_done(t->phases, PHASE_weights, start);
  return ok;
}

bool train_load(Trainer *t, const char *path, CheckpointMark *mark) {
  bool leads = !ranks_any(t->ranks) || !t->ranks->rank;
  bool good = !leads || checkpoint_load(&t->checkpoint, path, mark);
  return ranks_state(t->ctx, t->ranks, good, &t->checkpoint, mark);
}

bool train_load_state(Trainer *t) {
  bool good = t->options->resume
                  ? train_load(t, t->checkpoint.path, &t->mark)
                  : ranks_state(t->ctx, t->ranks, initialise(t), &t->checkpoint, &t->mark);
  t->first = t->mark.step;
  if (!good || !t->options->resume) return good;
  Fault fault = {0};
  const char *products = t->checkpoint.products;
  if (products && !engine_choose_products(t->engine, products, &fault))
    return fault_tell(t->ctx, &fault, "the run cannot go on with the products that it had");
  if (t->options->changed && t->options->seed >= 0) t->mark.seed = t->options->seed;
  return true;
}

bool train_save_to(Trainer *t, const char *path, int64_t step) {
  uint32_t told = t->ctx->diags.list.len;
  t->mark.step = step;
  if (!path) return true;
  double start = clock_seconds();
  pass_begin(t);
  bool good = checkpoint_save(&t->checkpoint, path, &t->mark);
  pass_end(t, told);
  phase_done(t->phases, PHASE_save, start);
  return good;
}

bool train_save(Trainer *t, int64_t step) { return train_save_to(t, t->checkpoint.path, step); }
