/* A graph of a training program as code that runs: see train_internal.h. */
#include <string.h>

#include "app/train_internal.h"
#include "app/train_ranks.h"
#include "base/threefry.h"

bool train_fail(Trainer *t, const char *what, const Fault *fault) {
  return fault_tell(t->ctx, fault, "%s of '%s'", what, ctx_text(t->ctx, t->program->name));
}

void routine_free(Routine *r) {
  compile_free(&r->compile);
  feeds_close(&r->feeds);
}

static bool bind(Trainer *t, Routine *r) {
  if (r->feeds.n) return true; /* with each batch */
  SizeEnv sizes = {0};
  Fault fault = {0};
  if (r->shards) shards_sizes(t->ctx, r->shards, t->ranks, &sizes);
  if (!program_bind(r->program, &sizes, &fault)) return train_fail(t, r->section, &fault);
  program_pointers(r->program, r->params, r->results);
  return true;
}

/* What parameter k points at: by its role. Weights and states are those of the program, in its
 * order. */
static void *given(Trainer *t, const Graph *g, uint32_t k, uint32_t *n_state) {
  switch (param_role(g, g->params.data[k])) {
  case ROLE_weight:
  case ROLE_state:
    return t->checkpoint.state[(*n_state)++]->data;
  case ROLE_step:
    return &t->step_number;
  case ROLE_key:
    return &t->key;
  default:
    return NULL; /* with each batch */
  }
}

const char *train_precision(const Trainer *t) {
  if (compile_bf16(&t->options->compile, t->program)) return "bf16";
  return t->program->f64 ? "f64" : "f32";
}

bool routine_compile(Trainer *t, Routine *r, const Graph *g, uint32_t n_new,
                     const char *precision) {
  CompileOptions options = t->options->compile;
  options.precision = precision;
  if (r->shards) shards_compile(t->ctx, r->shards, r->rows, &options);
  r->compile = compile_made(t->ctx, g, &options);
  r->compile.engine = t->engine;
  r->compile.phases = t->phases;
  r->compile.n_state = n_new;
  bool good = compile(&r->compile, PHASE_layout);
  r->program = r->compile.program;
  if (good && r->shards && ranks_any(t->ranks)) program_ranks(r->program, t->ranks);
  return good;
}

bool routine_link(Routine *r) { return compile(&r->compile, PHASE_code); }

/* Whether there was a batch, and its logs and weights. */
static int64_t turn_bytes(const Routine *r) {
  return (int64_t)sizeof(int64_t) + 2 * (int64_t)r->n_logs * (int64_t)sizeof *r->logs;
}

bool routine_prepare(Trainer *t, Routine *r, const Graph *g, const char *section, uint32_t n_new) {
  Arena *arena = &t->ctx->arena;
  r->graph = g;
  r->section = section;
  r->last_row = -1;
  if (!routine_compile(t, r, g, n_new, train_precision(t))) return false;
  r->first_log = n_new;
  uint32_t n_scalars = g->results.len - n_new;
  r->n_logs = r->weights ? n_scalars / 2 : n_scalars;
  r->logs = arena_array(arena, float, n_scalars + 1);
  r->values = arena_array(arena, double, r->n_logs + 1);
  r->names = arena_array(arena, const char *, r->n_logs + 1);
  for (uint32_t k = 0; k < r->n_logs; k++)
    r->names[k] = ctx_text(t->ctx, g->result_names.data[n_new + k]);
  if (r->weights && ranks_any(t->ranks)) {
    r->turn = arena_array(arena, char, turn_bytes(r));
    r->turns = arena_array(arena, char, turn_bytes(r) * t->ranks->ranks);
  }
  r->params = arena_array(arena, void *, g->params.len + 1);
  r->results = arena_array(arena, void *, g->results.len + 1);
  uint32_t n_state = 0;
  for (uint32_t k = 0; k < g->params.len; k++) r->params[k] = given(t, g, k, &n_state);
  for (uint32_t k = 0; k < n_scalars; k++) r->results[n_new + k] = &r->logs[k];
  return bind(t, r);
}

bool routine_open_feeds(Trainer *t, Routine *r, const Graph *g, const TrainFeed *feeds,
                        uint32_t n) {
  if (!n) return true;
  if (!feeds_open(t->ctx, t->options->corpus, g, feeds, n, threefry_fold(t->seed_key, STREAM_DATA),
                  &r->feeds))
    return false;
  if (r->shards) shards_sizes(t->ctx, r->shards, t->ranks, &r->feeds.sizes);
  return true;
}

int routine_bind(Routine *r, int64_t i) {
  if (!r->feeds.n) return 1;
  int got = feeds_bind(&r->feeds, i, r->program, r->params);
  if (got > 0) program_pointers(r->program, r->params, r->results);
  return got;
}

int64_t routine_untouched(const Routine *r) {
  if (r->ran) return 0;
  ProgramStats stats = program_stats(r->program);
  return stats.arena_bytes + stats.workspace_bytes;
}

void routine_execute(Trainer *t, Routine *r, uint64_t key) {
  t->key = key;
  program_execute(r->program);
  for (uint32_t k = 0; k < r->n_logs; k++) r->values[k] = r->logs[k];
  r->ran = true;
}

/* ---- evaluations over batches ---- */

static void add_batch(Routine *r, const float *logs) {
  for (uint32_t k = 0; k < r->n_logs; k++) {
    double weight = logs[r->n_logs + k];
    if (weight != 0) r->values[k] += weight * logs[k];
    r->weights[k] += weight;
  }
}

enum { TRAPPED = 2 }; /* a batch in which --trap-nan found something: the last one */

static int64_t run_batch(Trainer *t, Routine *r, int64_t i) {
  int got = routine_bind(r, i);
  if (got <= 0) return got;
  program_execute(r->program);
  return t->options->compile.trap_nan && program_trap(r->program) ? TRAPPED : 1;
}

static bool over_alone(Trainer *t, Routine *r) {
  for (int64_t i = 0;; i++) {
    int64_t got = run_batch(t, r, i);
    if (got <= 0) return got == 0;
    add_batch(r, r->logs);
    if (got == TRAPPED) return true;
  }
}

/* Of as many batches as there are ranks each has one. What they gave goes to all, which add it up
 * in the order of the batches, as one that is alone does. */
static bool over_together(Trainer *t, Routine *r) {
  int64_t got, each = turn_bytes(r), bytes = each - (int64_t)sizeof got;
  for (int64_t i = t->ranks->rank;; i += t->ranks->ranks) {
    got = run_batch(t, r, i);
    memcpy(r->turn, &got, sizeof got);
    memcpy(r->turn + sizeof got, r->logs, (size_t)bytes);
    if (!ranks_collect(t->ranks, r->turn, each, r->turns)) return false;
    for (int rank = 0; rank < t->ranks->ranks; rank++) {
      const char *turn = r->turns + rank * each;
      memcpy(&got, turn, sizeof got);
      if (got < 0) ranks_tells(t->ranks, rank);
      if (got <= 0) return got == 0;
      memcpy(r->logs, turn + sizeof got, (size_t)bytes);
      add_batch(r, r->logs);
      if (got == TRAPPED) return true;
    }
  }
}

bool routine_execute_over(Trainer *t, Routine *r, uint64_t key) {
  for (uint32_t k = 0; k < r->n_logs; k++) r->values[k] = r->weights[k] = 0;
  t->key = key;
  if (!(ranks_any(t->ranks) ? over_together(t, r) : over_alone(t, r))) return false;
  for (uint32_t k = 0; k < r->n_logs; k++) r->values[k] /= r->weights[k];
  r->ran = true;
  return true;
}

const char *routine_text(Trainer *t, const Routine *r) {
  Text text = text_new(&t->ctx->arena);
  for (uint32_t k = 0; k < r->n_logs; k++) {
    if (k) text_puts(&text, "  ");
    text_put_escaped(&text, r->names[k], strlen(r->names[k]), "");
    text_printf(&text, " %.4g", r->values[k]);
  }
  return text_str(&text);
}

bool routine_open_section(Trainer *t, Routine *r) {
  r->metrics = t->metrics ? metrics_section(t->metrics, r->section, r->names, (int)r->n_logs) : 0;
  r->last_row = t->metrics && r->metrics >= 0 ? metrics_last(t->metrics, r->metrics) : -1;
  return r->metrics >= 0;
}
