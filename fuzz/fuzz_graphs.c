/* Random graphs through a pipeline with plug-ins: see fuzz.h. */
#include "fuzz/fuzz.h"
#include "fuzz/gen.h"
#include "passes/pipeline/pipeline.h"
#include "passes/pipeline/plugins.h"
#include "passes/pipeline/steps.h"

/* The steps that insert each pass of a plug-in somewhere, by the seed. */
static const char *const *insertions(Fuzz *f, uint64_t seed, uint32_t *n) {
  static const char *const places[] = {"after:inline", "before:simplify", "after:simplify",
                                       "before:contract", "before:fuse"};
  enum { PLACES = sizeof places / sizeof *places };
  VEC(const char *) list = {0};
  const PassInfo *pass;
  for (uint32_t i = 0; f->inserts && (pass = pass_at(f->plugins, i)) != NULL; i++)
    if (plugin_path(f->plugins->plugins, pass))
      vec_push(&f->ctx->arena, &list,
               ctx_printf(f->ctx, "%s@%s", pass->name, places[(seed + i) % PLACES]));
  *n = list.len;
  return list.data;
}

static CompileOptions options_for(Fuzz *f, uint64_t seed) {
  CompileOptions options = *f->options;
  uint32_t n;
  const char *const *list = insertions(f, seed, &n);
  options.passes.verify_each = true;
  if (n) options.passes.insert = list, options.passes.n_insert = n;
  return options;
}

/* The passes that ran, as a text that --passes takes. */
static const char *passes_of(Fuzz *f, const CompileOptions *options) {
  PipelineSteps steps = {0};
  PassCtx pc = *f->plugins;
  pc.options = options->passes;
  const char *text = options->pipeline ? options->pipeline : pipeline_default(options->level);
  return steps_read(&pc, text, &steps) ? steps_text(f->ctx, &steps) : text;
}

static const char *words(Ctx *ctx, OracleVerdict verdict, const OracleReport *r) {
  if (verdict == ORACLE_differs)
    return ctx_printf(ctx, "result %u, element %lld: expected %.9g, got %.9g", r->result + 1,
                      (long long)r->element, r->want, r->got);
  const Diags *diags = &ctx->diags;
  return diags->list.len ? diags->list.data[0]->message
         : r->fault.text ? r->fault.text
                         : "it was not compiled";
}

/* 'distribute' takes graphs with rows alone. */
static bool has_no_rows(const Ctx *ctx, OracleVerdict verdict) {
  const Diags *diags = &ctx->diags;
  return verdict == ORACLE_failed && diags->list.len && diags->list.data[0]->code == E_no_shards;
}

static bool compare(Fuzz *f, const Oracle *oracle, uint64_t seed, FuzzFault *fault) {
  CompileOptions options = options_for(f, seed);
  OracleReport report = {0};
  OracleVerdict verdict = oracle_compare(oracle, f->engine, &options, &report);
  f->results += report.compared;
  f->undecided += report.undecided;
  if (verdict == ORACLE_agrees) return true;
  if (has_no_rows(f->ctx, verdict)) {
    f->refused++;
    f->graphs--;
    diag_rollback(f->ctx, (DiagMark){0});
    return true;
  }
  fault->what = words(f->ctx, verdict, &report);
  diag_rollback(f->ctx, (DiagMark){0});
  fault->pipeline = passes_of(f, &options);
  return false;
}

bool fuzz_graph(Fuzz *f, uint64_t seed, FuzzFault *fault) {
  Gen *gen = gen_new(f->ctx, seed,
                     (GenOptions){.nodes = f->nodes,
                                  .symbolic = seed & 1,
                                  .regions = true,
                                  .random = true,
                                  .calls = true,
                                  .empty = seed % 4 == 1});
  Graph *g = gen_graph(gen);
  gen_results(g);
  *fault = (FuzzFault){.graph = g, .seed = seed, .sizes = gen->env};
  Tensor **args = arena_array(&f->ctx->arena, Tensor *, g->params.len + 1);
  Oracle oracle;
  Fault why = {0};
  bool good = true;
  if (!oracle_args(g, &gen->env, seed, -2, 2, args, &why)) {
    f->refused++; /* an index into an axis without places */
    return true;
  }
  if (oracle_open(&oracle, f->ctx, g, (const Tensor *const *)args, &why)) {
    f->graphs++;
    good = compare(f, &oracle, seed, fault);
    oracle_close(&oracle);
  } else if (why.text) {
    fault->what = ctx_printf(f->ctx, "the graph cannot be interpreted: %s", why.text);
    fault->pipeline = passes_of(f, f->options);
    good = false;
  } else {
    f->refused++; /* its sizes are no sizes that it takes */
    diag_rollback(f->ctx, (DiagMark){0});
  }
  gen_free(args, g->params.len);
  return good;
}
