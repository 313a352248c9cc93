/* Training on shards: see train_ranks.h. */
#include "app/train_ranks.h"

#include <string.h>

#include "app/resume.h"
#include "app/run_file.h"
#include "io/file.h"
#include "passes/pipeline/pipeline.h"
#include "passes/pipeline/steps.h"
#include "ir/shards.h"
#include "passes/ranks/distribute.h"

/* ---- shards ---- */

/* The rows that a graph is cut by, with its calls written out and as nothing has changed it yet: 0
 * for none, -1 after a diagnostic. */
static int64_t rows_of(Ctx *ctx, const Graph *g) {
  PipelineOptions options = pipeline_options();
  PassCtx *pc = pass_ctx_new(ctx, &options);
  const Graph *whole = pipeline_run(pc, g, "inline");
  pass_ctx_free(pc);
  return whole ? distribute_rows(graph_sweep(whole)) : -1;
}

int64_t shards_rows(Ctx *ctx, const Graph *eval, int64_t shards) {
  int64_t rows = shards ? rows_of(ctx, eval) : 0;
  return rows > 0 && rows % shards == 0 ? rows : 0;
}

int64_t shards_of_eval(Ctx *ctx, const Graph *g, int64_t shards, int64_t *rows) {
  *rows = shards ? rows_of(ctx, g) : 0;
  if (*rows < 1) return 0;
  int64_t own = *rows % shards ? distribute_shards(*rows) : shards;
  return own > 1 ? own : 0;
}

static int64_t allowed(Ctx *ctx, const Graph *step) {
  int64_t rows = rows_of(ctx, step), shards = rows < 0 ? -1 : distribute_shards(rows);
  if (shards < 0 || shards > 1) return shards;
  diag_at(ctx, (Span){0}, E_no_shards, "the batch of '%s' cannot be cut for several ranks",
          ctx_text(ctx, step->name));
  diag_expected(ctx, shards ? "a number of rows that something from 2 to 8 divides"
                            : "data, or random numbers, with an axis of a known extent in front");
  if (shards) diag_help(ctx, "--shards N cuts them into N parts");
  return -1;
}

bool shards_settle(Ctx *ctx, Checkpoint *c, const TrainOptions *options, const Ranks *ranks) {
  bool cut = c->shards || !ranks_any(ranks);
  if (cut) return true;
  c->shards = allowed(ctx, c->program->step);
  if (c->shards < 0) return false;
  if (!options->resume || options->changed) return true;
  return resume_shards(ctx, c->shards, 0, c->path ? c->path : "the checkpoint");
}

/* In front of which step a graph is cut: the first one that knows nothing of shards but takes them
 * as they are. 'plan' stands in every pipeline that makes code. */
static const char *place_of(Ctx *ctx, const CompileOptions *options) {
  static const char *const behind[] = {"blocks", "precision", "fuse", "plan"};
  const char *text = options->pipeline ? options->pipeline : pipeline_default(options->level);
  const char *place = "plan";
  DiagMark mark = diag_mark(ctx);
  PassCtx *pc = pass_ctx_new(ctx, &options->passes);
  PipelineSteps steps = {0};
  bool good = !pc->options.prepare || pc->options.prepare(pc->options.user, pc);
  good = good && steps_of_text(pc, text, &steps);
  for (uint32_t i = steps.len; good && i-- > 0;)
    for (size_t k = 0; k < sizeof behind / sizeof *behind; k++)
      if (!strcmp(steps.data[i].pass->name, behind[k])) place = behind[k];
  pass_ctx_free(pc);
  diag_rollback(ctx, mark); /* who compiles it is told the same */
  return place;
}

void shards_compile(Ctx *ctx, int64_t shards, int64_t rows, CompileOptions *options) {
  PipelineOptions *passes = &options->passes;
  uint32_t n = passes->n_insert;
  const char **insert = arena_array(&ctx->arena, const char *, n + 1);
  for (uint32_t i = 0; i < n; i++) insert[i] = passes->insert[i];
  /* contract: products of shards in the form of kernels */
  insert[n] = ctx_printf(ctx, "distribute{shards=%lld,rows=%lld},contract@before:%s",
                         (long long)shards, (long long)rows, place_of(ctx, options));
  passes->insert = insert;
  passes->n_insert = n + 1;
}

void shards_sizes(Ctx *ctx, int64_t shards, Ranks *ranks, SizeEnv *sizes) {
  bool several = ranks_any(ranks);
  if (several) ranks->shards = shards;
  int64_t first = several ? ranks_first(ranks, ranks->rank) : 0;
  int64_t count = several ? ranks_count(ranks, ranks->rank) : shards;
  size_env_set(ctx, sizes, shard_first(ctx), first);
  size_env_set(ctx, sizes, shard_count(ctx), count);
}

/* ---- what ranks have in common ---- */

static const char *version_of(Ctx *ctx) {
  size_t size = 0;
  DiagMark mark = diag_mark(ctx);
  char *own = file_read_all(ctx, "/proc/self/exe", (Span){0}, &size);
  diag_rollback(ctx, mark);
  uint64_t hash = own ? hash_bytes(own, size, 0) : 0;
  heap_free(own);
  return ctx_printf(ctx, "%s %016llx %s", ORDO_VERSION, (unsigned long long)hash,
                    target_llvm(&ctx->arena));
}

static const char *processor_of(Ctx *ctx, const Engine *engine) {
  const Target *target = jit_target(engine_jit((Engine *)engine));
  return ctx_printf(ctx, "%s %s %d", target->cpu, target->features, target->vector_bytes);
}

static const char *meta_of(Ctx *ctx, const Tensors *set) {
  Text out = text_new(&ctx->arena);
  for (uint32_t i = 0; i < set->meta.len; i++)
    text_printf(&out, "%s=%s\n", set->meta.data[i].key, set->meta.data[i].value);
  return text_str(&out);
}

static const char *text_or(const char *text) { return text ? text : ""; }

static void put_file(Ctx *ctx, const char *path, Text *out) {
  size_t size = 0;
  DiagMark mark = diag_mark(ctx);
  char *bytes = file_read_all(ctx, path, (Span){0}, &size);
  diag_rollback(ctx, mark);
  text_printf(out, " %016llx", (unsigned long long)(bytes ? hash_bytes(bytes, size, 0) : 0));
  heap_free(bytes);
}

/* All that passes are told and that changes what they make. */
static const char *passes_of(Ctx *ctx, const TrainOptions *o) {
  const PipelineOptions *p = &o->compile.passes;
  Text out = text_new(&ctx->arena);
  text_printf(&out, "%s\n%s\n%d %d %d %d %lld\n", run_passes_text(ctx, &o->compile),
              text_or(p->disable), p->strict, p->fast, p->shown, o->compile.trap_nan,
              (long long)p->fuel);
  text_printf(&out, "%s\n", text_or(p->stop_after));
  if (p->schedule) schedule_print(p->schedule, &out);
  for (uint32_t i = 0; i < o->n_plugins; i++) put_file(ctx, o->plugins[i], &out);
  return text_str(&out);
}

bool ranks_start(Ctx *ctx, Ranks *ranks, const RanksStart *s) {
  Tensors program = {0}, data = {0};
  if (!ranks_any(ranks)) return true;
  const char *products = engine_products_by(s->engine);
  resume_describe(ctx, s->program, s->precision, products, &program);
  if (s->options->corpus) corpus_meta(s->options->corpus, &data);
  RanksText texts[] = {
      {"version of Ordo", version_of(ctx)},
      {"processor", processor_of(ctx, s->engine)},
      {"program, or other constants, precision or products", meta_of(ctx, &program)},
      {"set of data", meta_of(ctx, &data)},
      {"pipeline of passes, or other options of passes", passes_of(ctx, s->options)},
      {"number of steps or of shards, or another seed",
       ctx_printf(ctx, "%lld %lld %lld", (long long)s->steps, (long long)s->options->shards,
                  (long long)s->options->seed)},
      {"beginning: --resume or --changed",
       ctx_printf(ctx, "%d %d", s->options->resume, s->options->changed)},
  };
  return ranks_same(ctx, ranks, texts, sizeof texts / sizeof *texts);
}
