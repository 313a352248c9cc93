/* Pipelines: running the passes, checking what each requires, statistics.
 *
 * Around each pass: properties checked, pass run, its contract checked (plug-ins; all of them with
 * verify_each), dead nodes swept, what it ensures and proofs checked, dumped. The text
 * (passes/pipeline/steps.h) is checked as a whole before anything runs.
 */
#include "passes/pipeline/pipeline.h"
#include "base/phases.h"
#include "ir/print.h"
#include "passes/pipeline/plugins.h"
#include "passes/pipeline/steps.h"
#include "passes/sets/sets.h"
#include "passes/signature.h"

#include <string.h>

#ifndef ORDO_VERIFY_EACH
#define ORDO_VERIFY_EACH 0
#endif

PipelineOptions pipeline_options(void) {
  return (PipelineOptions){.fuel = INT64_MAX, .verify_each = ORDO_VERIFY_EACH};
}

PassCtx *pass_ctx_new(Ctx *ctx, const PipelineOptions *options) {
  PassCtx *pc = arena_new(&ctx->arena, PassCtx);
  pc->ctx = ctx;
  pc->options = options ? *options : pipeline_options();
  return pc;
}

void pass_ctx_free(PassCtx *pc) {
  remarks_free(&pc->remarks);
  plugins_close(pc->plugins);
  pc->plugins = NULL;
}

bool pipeline_check(PassCtx *pc, const char *pipeline) {
  PipelineSteps steps = {0};
  return steps_read(pc, pipeline, &steps);
}

const char *pipeline_passes(PassCtx *pc, const char *pipeline) {
  PipelineSteps steps = {0};
  return steps_of_text(pc, pipeline, &steps) ? steps_text(pc->ctx, &steps) : NULL;
}

/* ---- running ---- */

static const struct {
  unsigned prop;
  const char *what, *remedy;
} property_texts[] = {
    {PROP_no_call, "calls", "run 'inline' before it"},
    {PROP_no_grad, "grad nodes", "run 'grad' before it"},
    {PROP_no_kernel, "kernels", "run it before 'fuse'"},
};

static bool check_required(PassCtx *pc, const PassInfo *pass, const Graph *g) {
  unsigned missing = pass->requires & ~graph_properties(g);
  for (size_t i = 0; missing && i < sizeof property_texts / sizeof *property_texts; i++) {
    if (!(missing & property_texts[i].prop)) continue;
    diag_at(pc->ctx, (Span){0}, E_pass_requires,
            "pass '%s' cannot run on '%s': the graph still has %s", pass->name,
            ctx_text(pc->ctx, g->name), property_texts[i].what);
    diag_help(pc->ctx, "%s", property_texts[i].remedy);
  }
  return !missing;
}

/* What the row of a pass promises. */
static bool check_ensured(PassCtx *pc, const PassInfo *pass, const Graph *g) {
  unsigned missing = pass->ensures & ~graph_properties(g);
  for (size_t i = 0; missing && i < sizeof property_texts / sizeof *property_texts; i++)
    if (missing & property_texts[i].prop)
      diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "pass '%s' left %s in '%s'", pass->name,
              property_texts[i].what, ctx_text(pc->ctx, g->name));
  return !missing;
}

/* What is proved of results before the pass is true of them behind it: not where more than
 * rounding may change, nor in a plug-in. */
static bool keeps_proofs(const PassCtx *pc, const PassInfo *pass) {
  return !pc->options.fast && !plugin_path(pc->plugins, pass);
}

static void remember(PassCtx *pc, const PassInfo *pass, const Graph *g) {
  if (keeps_proofs(pc, pass))
    vec_push(&pc->ctx->arena, &pc->forms, g);
  else
    pc->forms.len = 0;
}

/* A plug-in has to leave provable what was proved about set axes before it. */
static bool verify_sets(PassCtx *pc, const PassInfo *pass, const Graph *g) {
  SetClaims *after = arena_new(&pc->ctx->arena, SetClaims);
  const char *lost = NULL;
  *after = sets_claims_after(pc->ctx, g, pc->claims, keeps_proofs(pc, pass), &lost);
  pc->claims = after;
  if (!lost || !plugin_path(pc->plugins, pass)) return true;
  diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "pass '%s' lost a proof: %s", pass->name, lost);
  return false;
}

/* "pass 'count'", "pass 'count' of the plug-in 'count.so'". */
static const char *pass_title(PassCtx *pc, const PassInfo *pass) {
  const char *plugin = plugin_path(pc->plugins, pass);
  return plugin ? ctx_printf(pc->ctx, "pass '%s' of the plug-in '%s'", pass->name, plugin)
                : ctx_printf(pc->ctx, "pass '%s'", pass->name);
}

/* What a checked pass got, as it was before it ran. */
typedef struct Given {
  Signature signature;
  uint64_t hash;
} Given;

/* The contract of passes.h. What comes from a plug-in is read only behind the verifier. */
static bool keeps_contract(PassCtx *pc, const PassInfo *pass, const Graph *g, const Given *given,
                           const Graph *after) {
  const char *title = pass_title(pc, pass), *wrong = NULL;
  if (after->ctx != pc->ctx)
    wrong = "it belongs to another context";
  else
    wrong = graph_verify(after);
  if (wrong) {
    diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "%s made a wrong graph: %s", title, wrong);
    return false;
  }
  wrong = signature_broken(&given->signature, after);
  if (!wrong && graph_hash(g) != given->hash) wrong = "it changed the graph it was given";
  if (wrong) diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "%s: %s", title, wrong);
  return !wrong;
}

/* A pass gives a graph or a diagnostic. */
static bool says_why(PassCtx *pc, const PassInfo *pass, uint32_t said_before) {
  if (pc->ctx->diags.said == said_before)
    diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "%s gave no graph, and no reason",
            pass_title(pc, pass));
  return false;
}

/* Nothing is promised once the limit of a bisection is reached. */
static bool ran_dry(const PassCtx *pc) { return pc->fuel_used >= pc->options.fuel; }

/* Runs the pass, checked where it has to be: plug-ins always, others when asked for. NULL after a
 * diagnostic. */
static Graph *run_checked(PassCtx *pc, const PipelineStep *step, const Graph *g) {
  const PassInfo *pass = step->pass;
  const char *plugin = plugin_path(pc->plugins, pass);
  bool checked = plugin || pc->options.verify_each;
  uint32_t said = pc->ctx->diags.said;
  Given given = {0};
  if (checked) given = (Given){signature_of(g), graph_hash(g)};
  pass_enter(pc, &(PassRun){step->text, pass->name, plugin, g});
  Graph *out = pass->run(pc, g, &step->options);
  bool good = out ? !checked || keeps_contract(pc, pass, g, &given, out) : says_why(pc, pass, said);
  if (good && out != g) out = graph_sweep(out);
  if (good && !ran_dry(pc)) good = check_ensured(pc, pass, out);
  pass_enter(pc, NULL);
  return good ? out : NULL;
}

/* The counters are the run's own from here on. */
static void keep_counters(PassCtx *pc, PassStat *stat) {
  for (uint32_t i = 0; i < pc->counters.len; i++)
    vec_push(&pc->ctx->arena, &stat->counters, pc->counters.data[i]);
  pc->counters.len = 0;
}

/* Whether a pass made another graph, by structural hash. */
static bool pass_changed(const PassStat *stat) {
  return stat->after != stat->before && graph_hash(stat->after) != graph_hash(stat->before);
}

static Graph *run_step(PassCtx *pc, const PipelineStep *step, const Graph *g, int number) {
  if (!check_required(pc, step->pass, g)) return NULL;
  pc->pass = step->pass->name;
  pc->step = step->text;
  pc->number = number;
  pc->counters.len = 0;
  double start = clock_seconds();
  int64_t fuel = pc->fuel_used;
  PassStat stat = {.pass = pc->pass, .nodes_before = graph_count(g)};
  remember(pc, step->pass, g);
  Graph *out = run_checked(pc, step, g);
  if (!out) return NULL;
  double end = clock_seconds();
  stat.microseconds = (int64_t)(1e6 * (end - start));
  trace_span(pc->options.spans, TRACE_pass, pc->pass, ctx_text(pc->ctx, g->name), start, end);
  stat.nodes_after = graph_count(out);
  stat.transformations = (uint32_t)(pc->fuel_used - fuel);
  keep_counters(pc, &stat);
  stat.before = g;
  stat.after = out;
  vec_push(&pc->ctx->arena, &pc->stats, stat);
  if (pc->options.verify_each && out != g && !verify_sets(pc, step->pass, out)) return NULL;
  if (out != g && pc->options.judge &&
      !pc->options.judge(pc->options.judge_user, pc, step->pass, out))
    return NULL;
  if (pc->options.watch) pc->options.watch(pc->options.watch_user, pc->pass, out);
  if (pc->options.dump && pass_dumped(pc, pc->pass) &&
      (!pc->options.print_changed || pass_changed(&stat)))
    pc->options.dump(pc->options.user, pc, number, pc->pass, out);
  return out;
}

/* The graph that the pipeline gets, and what is proved about its set axes. */
static bool verify_given(PassCtx *pc, const Graph *g) {
  const char *wrong = graph_verify(g);
  if (wrong)
    diag_at(pc->ctx, (Span){0}, E_pass_broke_graph, "the graph before the first pass is wrong: %s",
            wrong);
  pc->claims = arena_new(&pc->ctx->arena, SetClaims);
  if (!wrong) *pc->claims = sets_claims(pc->ctx, g);
  return !wrong;
}

static bool has_name(const Graph *g, const char *name) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (schedule_names(g->ctx, name, n) || (n->body && has_name(n->body, name))) return true;
  }
  return false;
}

/* A line about a value that there is not, or not any more, is a mistake. */
static void check_schedule(PassCtx *pc, const Graph *g) {
  const Schedule *s = pc->options.schedule;
  for (uint32_t i = 0; s && graph_fused(g) && i < s->rows.len; i++) {
    const ScheduleRow *row = &s->rows.data[i];
    bool known = has_name(g, row->name);
    const char *missing = !known                                 ? row->name
                          : row->with && !has_name(g, row->with) ? row->with
                                                                 : NULL;
    if (!missing) continue;
    diag_at(pc->ctx, row->span, E_schedule_broken,
            "'%s' has no value '%s', or rewriting took it away", ctx_text(pc->ctx, g->name),
            missing);
  }
}

static Graph *run_all(PassCtx *pc, const Graph *g, const char *pipeline) {
  PipelineSteps steps = {0};
  if (!steps_read(pc, pipeline, &steps)) return NULL;
  Graph *out = (Graph *)g;
  pc->claims = NULL;
  pc->forms.len = 0;
  if (pc->options.verify_each && !verify_given(pc, g)) return NULL;
  if (pc->options.judge && !pc->options.judge(pc->options.judge_user, pc, NULL, g)) return NULL;
  for (uint32_t i = 0; i < steps.len && out; i++) {
    const PipelineStep *step = &steps.data[i];
    if (!pass_disabled(pc, step->pass->name)) out = run_step(pc, step, out, (int)i + 1);
    if (pc->options.stop_after && !strcmp(pc->options.stop_after, step->pass->name)) break;
  }
  pc->pass = NULL;
  if (out) pc->step = NULL;
  if (out) check_schedule(pc, out);
  return out;
}

Graph *pipeline_run(PassCtx *pc, const Graph *g, const char *pipeline) {
  const PipelineOptions *options = &pc->options;
  if (options->prepare && !options->prepare(options->user, pc)) return NULL;
  if (!inline_fits(pc, g)) return NULL;
  Graph *out = run_all(pc, g, pipeline);
  if (options->report) options->report(options->user, g, pc);
  return out;
}

void pipeline_show(PassCtx *pc, const char *pass, const Graph *g, bool spans, Text *out) {
  const PassInfo *info = pass ? pass_find(pc, pass) : NULL;
  if (info && info->show)
    info->show(pc, g, out);
  else
    graph_print_with(g, spans, out);
}

/* ---- statistics ---- */

void pipeline_stats(const PassCtx *pc, Text *out) {
  int64_t total = 0;
  text_printf(out, "%-14s %8s %8s %8s %10s\n", "pass", "before", "after", "changes", "ms");
  for (uint32_t i = 0; i < pc->stats.len; i++) {
    const PassStat *s = &pc->stats.data[i];
    text_printf(out, "%-14s %8u %8u %8u %10.3f\n", s->pass, s->nodes_before, s->nodes_after,
                s->transformations, (double)s->microseconds / 1000);
    for (uint32_t k = 0; k < s->counters.len; k++)
      text_printf(out, "  %-30s %10lld\n", s->counters.data[k].name,
                  (long long)s->counters.data[k].count);
    total += s->microseconds;
  }
  text_printf(out, "%-14s %8s %8s %8s %10.3f\n", phase_title(PHASE_passes), "", "", "",
              (double)total / 1000);
}

void pipeline_stats_json(const PassCtx *pc, Text *out) {
  text_putc(out, '[');
  for (uint32_t i = 0; i < pc->stats.len; i++) {
    const PassStat *s = &pc->stats.data[i];
    text_printf(
        out,
        "%s{\"pass\": \"%s\", \"nodes_before\": %u, \"nodes_after\": %u, \"transformations\": %u, "
        "\"changed\": %s, \"microseconds\": %lld, \"counters\": {",
        i ? ",\n " : "", s->pass, s->nodes_before, s->nodes_after, s->transformations,
        pass_changed(s) ? "true" : "false", (long long)s->microseconds);
    for (uint32_t k = 0; k < s->counters.len; k++)
      text_printf(out, "%s\"%s\": %lld", k ? ", " : "", s->counters.data[k].name,
                  (long long)s->counters.data[k].count);
    text_puts(out, "}}");
  }
  text_puts(out, "]\n");
}
