/* See tune.h. One decision after the other: an option of a pass, or what is done with a named
 * value. Both versions run in turns, so that what else the machine does hits both. */
#include "app/tune.h"

#include <math.h>
#include <string.h>

#include "app/kernels.h"
#include "app/oracle.h"
#include "base/clock.h"

/* How much faster a version has to be, in each round. */
static const double ENOUGH = 0.97;
enum { ROUNDS = 3, LEAST_RUNS = 5 };
static const double ROUND_SECONDS = 0.02;

typedef struct Version {
  Program *program;
  Tensor **results;
} Version;

typedef struct Tuner {
  Compile *c;
  const TuneOptions *options;
  TuneResult *out;
  const Graph *graph;
  Tensor **args;
  Version best;
  double start;
} Tuner;

/* ---- versions ---- */

static void drop(Tuner *t, Version *v) {
  for (uint32_t i = 0; v->results && i < t->graph->results.len; i++) tensor_free(v->results[i]);
  program_free(v->program);
  *v = (Version){0};
}

/* Compiled under the schedule, and run once. Without a program: it cannot be compiled like that,
 * or a line is not kept. */
static Version make(Tuner *t, const Schedule *schedule, bool warned) {
  Ctx *ctx = t->c->ctx;
  CompileOptions options = t->c->options;
  Version v = {0};
  Fault fault = {0};
  DiagMark mark = diag_mark(ctx);
  uint32_t said = ctx->diags.list.len;
  options.passes.schedule = schedule;
  v.program = compile_graph(t->c->engine, ctx, t->graph, &options, NULL);
  bool kept = v.program && (warned || ctx->diags.list.len == said);
  if (kept) v.results = arena_array(&ctx->arena, Tensor *, t->graph->results.len + 1);
  if (kept && !program_call(v.program, (const Tensor *const *)t->args, v.results, &fault)) {
    v.results = NULL;
    kept = false;
    if (warned) fault_tell(ctx, &fault, "running '%s'", ctx_text(ctx, t->graph->name));
  }
  if (!kept) drop(t, &v);
  if (!warned) diag_rollback(ctx, mark);
  return v;
}

static bool same_results(const Tuner *t, const Version *a, const Version *b) {
  for (uint32_t i = 0; i < t->graph->results.len; i++)
    if (memcmp(a->results[i]->data, b->results[i]->data, tensor_bytes(a->results[i]))) return false;
  return true;
}

/* The fastest run of a round. */
static double fastest(const Version *v) {
  double best = INFINITY, start = clock_seconds(), before, after = start;
  for (int i = 0; i < LEAST_RUNS || after - start < ROUND_SECONDS; i++) {
    before = clock_seconds();
    program_execute(v->program);
    after = clock_seconds();
    if (after - before < best) best = after - before;
  }
  return best;
}

/* ---- decisions ---- */

static void note(Tuner *t, const char *line, const char *verdict, double with, double without) {
  Text text = text_new(&t->c->ctx->arena);
  text_printf(&text, "# %s: %s", line, verdict);
  if (with > 0) text_printf(&text, ", %.2f us against %.2f", 1e6 * with, 1e6 * without);
  text_putc(&text, '\n');
  text_puts(&t->out->log, text_str(&text));
  if (t->options->tell) t->options->tell(text_str(&text));
}

/* The pointers of a run are those of its last call: bound again before it is timed. */
static void try_schedule(Tuner *t, const Schedule *schedule, const char *line) {
  if (clock_seconds() - t->start > t->options->seconds) return;
  t->out->tried++;
  Version v = make(t, schedule, false);
  if (!v.program || !same_results(t, &t->best, &v)) {
    note(t, line, v.program ? "other bits" : "not kept", 0, 0);
    drop(t, &v);
    return;
  }
  double with = INFINITY, without = INFINITY;
  bool faster = true;
  for (int round = 0; round < ROUNDS && faster; round++) {
    double old = fastest(&t->best), new = fastest(&v);
    faster = new < ENOUGH *old;
    with = fmin(with, new);
    without = fmin(without, old);
  }
  note(t, line, faster ? "kept" : "no", with, without);
  if (faster) {
    drop(t, &t->best);
    t->best = v;
    t->out->schedule = schedule;
    t->out->kept++;
  } else {
    drop(t, &v);
  }
}

static void try_option(Tuner *t, const char *pass, const char *option, const char *value) {
  Ctx *ctx = t->c->ctx;
  ScheduleOption o = {pass, option, value, {0, 0}};
  try_schedule(t, schedule_with_option(ctx, t->out->schedule, o),
               ctx_printf(ctx, "set %s.%s %s", pass, option, value));
}

typedef VEC(const char *) ValueNames;

/* Names of values that are computed inside of kernels, each once; with the path where there is
 * one. */
static void add_names(Ctx *ctx, const Graph *g, bool inside, ValueNames *names) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->body) add_names(ctx, n->body, n->op == OP_kernel, names);
    if (!inside || str_none(n->name) || !op_is(n->op, T_ELEMENTWISE | T_REDUCE)) continue;
    const char *scope = ctx_text(ctx, n->scope), *own = ctx_text(ctx, n->name);
    const char *name = *scope ? ctx_printf(ctx, "%s.%s", scope, own) : own;
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.'")])
      continue; /* the path of an update: "adam over net.W" */
    bool known = false;
    for (uint32_t k = 0; k < names->len; k++) known |= !strcmp(names->data[k], name);
    if (!known) vec_push(&ctx->arena, names, name);
  }
}

static void try_values(Tuner *t) {
  static const struct {
    const char *word;
    ScheduleKind kind;
  } ways[] = {{"apart", SCHEDULE_apart}, {"recompute", SCHEDULE_recompute}};
  Ctx *ctx = t->c->ctx;
  ValueNames names = {0};
  add_names(ctx, program_graph(t->best.program), false, &names);
  for (uint32_t i = 0; i < names.len; i++)
    for (int k = 0; k < 2; k++) {
      ScheduleRow row = {ways[k].kind, names.data[i], NULL, {0, 0}};
      try_schedule(t, schedule_with_row(ctx, t->out->schedule, row),
                   ctx_printf(ctx, "%s %s", ways[k].word, names.data[i]));
    }
}

static void search(Tuner *t) {
  static const struct {
    const char *pass, *option, *value;
  } options[] = {{"plan", "joins", "0"},    {"fuse", "max", "8"},     {"fuse", "max", "24"},
                 {"fuse", "max", "256"},    {"contract", "min", "2"}, {"contract", "min", "16"},
                 {"grad", "remat", "none"}, {"grad", "remat", "full"}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    try_option(t, options[i].pass, options[i].option, options[i].value);
  try_values(t);
}

bool tune(Compile *c, const TuneOptions *options, TuneResult *out) {
  Ctx *ctx = c->ctx;
  Fault fault = {0};
  const Schedule *given = c->options.passes.schedule;
  *out = (TuneResult){.schedule = given ? given : arena_new(&ctx->arena, Schedule),
                      .sizes = kernels_sizes(c, options->sizes),
                      .log = text_new(&ctx->arena)};
  Tuner t = {.c = c, .options = options, .out = out, .graph = c->graph, .start = clock_seconds()};
  t.args = arena_array(&ctx->arena, Tensor *, c->graph->params.len + 1);
  if (!oracle_args(c->graph, &out->sizes, options->seed, -1, 1, t.args, &fault))
    return fault_tell(ctx, &fault, "there are no arguments to run '%s' on",
                      ctx_text(ctx, c->graph->name));
  t.best = make(&t, out->schedule, true);
  bool good = t.best.program != NULL;
  if (good) out->before = fastest(&t.best);
  if (good) search(&t);
  if (good) out->after = fastest(&t.best);
  for (uint32_t i = 0; i < c->graph->params.len; i++) tensor_free(t.args[i]);
  drop(&t, &t.best);
  return good;
}
