/* Pipelines: reading the text, running the passes, checking what each requires, statistics.
 *
 *   pipeline := pass {"," pass}        pass := name ["{" [name "=" value {"," ...}] "}"]
 *
 * or the name of a row of pipelines.def for a pass. Around each pass: properties checked, pass run,
 * its contract checked (plug-ins; all of them with verify_each), dead nodes swept, what it ensures
 * and proofs checked, dumped. The text is checked as a whole before
 * anything runs.
 */
#include "passes/pipeline/pipeline.h"
#include "base/phases.h"
#include "ir/print.h"
#include "passes/pipeline/plugins.h"
#include "passes/sets/sets.h"
#include "passes/signature.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#ifndef ORDO_VERIFY_EACH
#define ORDO_VERIFY_EACH 0
#endif

const char *pipeline_default(int level) {
  static const char *const names[] = {"O0", "O1", "O2"};
  return names[level < 0 ? 0 : level > 2 ? 2 : level];
}

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

/* ---- reading ---- */

typedef struct PipelineStep {
  const PassInfo *pass;
  PassOptions options;
  const char *text; /* as it stands in the pipeline: "fuse{max=1}" */
} PipelineStep;
typedef VEC(PipelineStep) Steps;

typedef struct PipelineReader {
  PassCtx *pc;
  const char *text, *at;
} PipelineReader;

static void skip(PipelineReader *r) {
  while (isspace((unsigned char)*r->at)) r->at++;
}

static bool eat(PipelineReader *r, char c) {
  skip(r);
  if (*r->at != c) return false;
  r->at++;
  return true;
}

/* A word of letters, digits and the characters in extra; NULL when there is none. */
static const char *word(PipelineReader *r, const char *extra) {
  skip(r);
  const char *start = r->at;
  while (*r->at && (isalnum((unsigned char)*r->at) || strchr(extra, *r->at))) r->at++;
  size_t n = (size_t)(r->at - start);
  return n ? arena_printf(&r->pc->ctx->arena, "%.*s", (int)n, start) : NULL;
}

static bool syntax_error(PipelineReader *r, const char *wanted) {
  diag_at(r->pc->ctx, (Span){0}, E_pipeline_syntax, "pipeline '%s': expected %s at '%s'", r->text,
          wanted, *r->at ? r->at : "the end");
  diag_help(r->pc->ctx,
            "for example: inline,grad,simplify{rounds=4},contract,fuse; the default is %s",
            pipeline_default(2));
  return false;
}

static bool is_number(const char *text) {
  char *end;
  (void)strtod(text, &end);
  return *text && !*end;
}

static bool set_option(PipelineReader *r, PassOptions *options, const char *name,
                       const char *value) {
  for (uint32_t i = 0; i < options->values.len; i++) {
    PassOption *o = &options->values.data[i];
    if (strcmp(o->name, name)) continue;
    if (is_number(o->value) && !is_number(value)) {
      diag_at(r->pc->ctx, (Span){0}, E_pass_option,
              "option '%s' of pass '%s' is a number, got '%s'", name, options->pass->name, value);
      return false;
    }
    o->value = value;
    return true;
  }
  diag_at(r->pc->ctx, (Span){0}, E_pass_option, "pass '%s' has no option '%s'", options->pass->name,
          name);
  diag_help(r->pc->ctx, "it takes: %s",
            *options->pass->options ? options->pass->options : "no options");
  return false;
}

static bool read_options(PipelineReader *r, PassOptions *options) {
  if (!eat(r, '{') || eat(r, '}')) return true;
  do {
    const char *name = word(r, "_-");
    if (!name) return syntax_error(r, "the name of an option");
    if (!eat(r, '=')) return syntax_error(r, "'='");
    const char *value = word(r, "_-+./");
    if (!value) return syntax_error(r, "a value");
    if (!set_option(r, options, name, value)) return false;
  } while (eat(r, ','));
  return eat(r, '}') || syntax_error(r, "',' or '}'");
}

static bool unknown_pass(PassCtx *pc, const char *name) {
  diag_at(pc->ctx, (Span){0}, E_unknown_pass, "there is no pass '%s'", name);
  Text names = text_new(&pc->ctx->arena);
  for (int i = 0; i < n_passes; i++) text_printf(&names, "%s%s", i ? ", " : "", pass_info[i].name);
  text_puts(&names, "; pipelines of them: ");
  for (int i = 0; i < n_pipelines; i++)
    text_printf(&names, "%s%s", i ? ", " : "", pipeline_info[i].name);
  diag_help(pc->ctx, "the passes are: %s", text_str(&names));
  return false;
}

static bool read_steps(PassCtx *pc, const char *text, Steps *steps);

/* One pass with its options, or the steps of a named pipeline. */
static bool read_step(PipelineReader *r, Steps *steps) {
  skip(r);
  const char *start = r->at, *name = word(r, "_-");
  if (!name) return syntax_error(r, "the name of a pass");
  const PassInfo *pass = pass_find(r->pc, name);
  const PipelineInfo *pipeline = pass ? NULL : pipeline_find(name);
  if (pipeline) return read_steps(r->pc, pipeline->text, steps);
  if (!pass) return unknown_pass(r->pc, name);
  PipelineStep step = {pass, pass_options(r->pc->ctx, pass), NULL};
  if (!read_options(r, &step.options)) return false;
  step.text = ctx_printf(r->pc->ctx, "%.*s", (int)(r->at - start), start);
  vec_push(&r->pc->ctx->arena, steps, step);
  return true;
}

static bool read_steps(PassCtx *pc, const char *text, Steps *steps) {
  PipelineReader r = {pc, text, text};
  skip(&r);
  if (!*r.at) return true; /* the empty pipeline does nothing */
  do {
    if (!read_step(&r, steps)) return false;
  } while (eat(&r, ','));
  skip(&r);
  return !*r.at || syntax_error(&r, "',' or the end");
}

/* Every name in a list of passes ("all", and "simplify/RULE" in part) must exist. */
static bool check_names(PassCtx *pc, const char *list) {
  PipelineReader r = {pc, list, list};
  for (const char *name; list && (name = word(&r, "_-/")) != NULL; (void)eat(&r, ','))
    if (strcmp(name, "all") && !strchr(name, '/') && !pass_find(pc, name))
      return unknown_pass(pc, name);
  return true;
}

static bool read_all(PassCtx *pc, const char *text, Steps *steps) {
  return check_names(pc, pc->options.dump_after) && check_names(pc, pc->options.disable) &&
         check_names(pc, pc->options.stop_after) && read_steps(pc, text, steps);
}

bool pipeline_check(PassCtx *pc, const char *pipeline) {
  Steps steps = {0};
  return read_all(pc, pipeline, &steps);
}

const char *pipeline_passes(PassCtx *pc, const char *pipeline) {
  Steps steps = {0};
  if (!read_steps(pc, pipeline, &steps)) return NULL;
  Text out = text_new(&pc->ctx->arena);
  for (uint32_t i = 0; i < steps.len; i++)
    text_printf(&out, "%s%s", i ? "," : "", steps.data[i].text);
  return text_str(&out);
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

static Graph *run_step(PassCtx *pc, const PipelineStep *step, const Graph *g, int number) {
  if (!check_required(pc, step->pass, g)) return NULL;
  pc->pass = step->pass->name;
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
  stat.changed = out != g && graph_hash(out) != graph_hash(g);
  vec_push(&pc->ctx->arena, &pc->stats, stat);
  if (pc->options.verify_each && out != g && !verify_sets(pc, step->pass, out)) return NULL;
  if (pc->options.watch) pc->options.watch(pc->options.watch_user, pc->pass, out);
  if (pc->options.dump && pass_dumped(pc, pc->pass) && (stat.changed || !pc->options.print_changed))
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

static Graph *run_all(PassCtx *pc, const Graph *g, const char *pipeline) {
  Steps steps = {0};
  if (!read_all(pc, pipeline, &steps)) return NULL;
  Graph *out = (Graph *)g;
  pc->claims = NULL;
  pc->forms.len = 0;
  if (pc->options.verify_each && !verify_given(pc, g)) return NULL;
  for (uint32_t i = 0; i < steps.len && out; i++) {
    const PipelineStep *step = &steps.data[i];
    if (!pass_disabled(pc, step->pass->name)) out = run_step(pc, step, out, (int)i + 1);
    if (pc->options.stop_after && !strcmp(pc->options.stop_after, step->pass->name)) break;
  }
  pc->pass = NULL;
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
        "\"changed\": %s, \"microseconds\": %lld}",
        i ? ",\n " : "", s->pass, s->nodes_before, s->nodes_after, s->transformations,
        s->changed ? "true" : "false", (long long)s->microseconds);
  }
  text_puts(out, "]\n");
}
