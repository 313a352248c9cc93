/* See explorer.h: what the passes of a compilation do, collected for ir/explore.h. */
#include "app/explorer.h"

#include <string.h>

#include "app/explorer_page.h"
#include "app/explorer_times.h"
#include "ir/explore.h"
#include "passes/pipeline/pipeline.h"
#include "passes/sets/sets.h"

typedef VEC(ExploreStage) Stages;

/* How many loops are around a graph. */
typedef struct LoopDepth {
  const Graph *graph;
  int loops;
} LoopDepth;

typedef struct Collector {
  Ctx *ctx;
  Stages stages;
  VEC(ExploreRewrite) rewrites; /* of the pass that runs */
  VEC(SetClaims) claims;        /* by stage */
  VEC(LoopDepth) depths;        /* of the graphs of all stages */
  uint32_t last;                /* the place in depths that was asked for last */
  bool (*prepare)(void *user, PassCtx *pc);
} Collector;

static void add_stage(Collector *c, const char *name, const char *doc, const Graph *g) {
  ExploreStage stage = {.name = name, .doc = doc, .graph = g};
  for (uint32_t i = 0; i < c->rewrites.len; i++)
    vec_push(&c->ctx->arena, &stage.rewrites, c->rewrites.data[i]);
  c->rewrites.len = 0;
  vec_push(&c->ctx->arena, &c->stages, stage);
}

static void see_pass(void *user, const char *pass, const Graph *g) {
  Collector *c = user;
  const char *doc = "";
  for (int i = 0; i < n_passes; i++)
    if (!strcmp(pass_info[i].name, pass)) doc = pass_info[i].doc;
  add_stage(c, arena_strdup(&c->ctx->arena, pass), doc, g);
}

/* Equal rewrites that follow each other are one. */
static void see_rewrite(void *user, const Rewrite *done) {
  Collector *c = user;
  Arena *arena = &c->ctx->arena;
  ExploreRewrite *last = c->rewrites.len ? &c->rewrites.data[c->rewrites.len - 1] : NULL;
  bool same = last && last->span.lo == done->span.lo && last->span.hi == done->span.hi &&
              !strcmp(last->rule, done->rule) && !strcmp(last->before, done->before) &&
              !strcmp(last->after, done->after);
  if (same) {
    last->count++;
    return;
  }
  ExploreRewrite rewrite = {arena_strdup(arena, done->rule), arena_strdup(arena, done->before),
                            arena_strdup(arena, done->after), done->span, 1};
  vec_push(arena, &c->rewrites, rewrite);
}

/* ---- what is proved ---- */

/* The weakest first. */
static const SetVerdict weakest_first[] = {VERDICT_ordered, VERDICT_given_up, VERDICT_pointer,
                                           VERDICT_equivariant, VERDICT_invariant};
enum { N_VERDICTS = sizeof weakest_first / sizeof *weakest_first };
static const char *const verdict_names[] = {"ordered",     "order given up", "pointer",
                                            "equivariant", "invariant",      NULL};

static int rank_of(const Fact *f) {
  for (int k = 0; k < N_VERDICTS; k++)
    if (fact_verdict(f) == weakest_first[k]) return k;
  return N_VERDICTS - 1;
}

static void note_depths(Collector *c, const Graph *g, int loops) {
  LoopDepth depth = {g, loops};
  vec_push(&c->ctx->arena, &c->depths, depth);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->body) note_depths(c, n->body, loops + (n->op == OP_scan));
  }
}

/* Values come graph by graph. */
static int loops_around(Collector *c, const Graph *g) {
  for (uint32_t k = 0; k < c->depths.len; k++) {
    uint32_t at = (c->last + k) % c->depths.len;
    if (c->depths.data[at].graph != g) continue;
    c->last = at;
    return c->depths.data[at].loops;
  }
  return 0;
}

static ExploreFact fact_about(void *user, int stage, const PictureValue *value) {
  Collector *c = user;
  const SetClaims *claims = &c->claims.data[stage];
  ExploreFact fact = {-1, ""};
  Text text = text_new(&c->ctx->arena);
  for (uint32_t i = 0; i < claims->proofs.len; i++) {
    const SetProof *proof = claims->proofs.data[i];
    const Fact *f = sets_fact(proof, value->graph, value->node);
    if (!f || f->items) continue;
    const char *what = proof->set->padded ? "padding of" : "set";
    text_printf(&text, "%s%s %s: %s", text.len ? "\n" : "", what, proof->set->name,
                set_fact_text(proof, f, loops_around(c, value->graph)));
    if (proof->set->padded) continue;
    int rank = rank_of(f);
    if (fact.verdict < 0 || rank < fact.verdict) fact.verdict = rank;
  }
  fact.text = text_str(&text);
  return fact;
}

/* Proofs of equal graphs are made once. */
static void prove_stages(Collector *c) {
  for (uint32_t i = 0; i < c->stages.len; i++) {
    const Graph *g = c->stages.data[i].graph;
    bool again = i && c->stages.data[i - 1].graph == g;
    SetClaims claims = again ? c->claims.data[i - 1] : sets_claims(c->ctx, g);
    vec_push(&c->ctx->arena, &c->claims, claims);
    if (!again) note_depths(c, g, 0);
  }
}

/* ---- what passes told ---- */

/* Times and remarks of the passes; the same pass may have run several times, and what it told is
 * told of the first. */
static void take_told(Collector *c, const PassCtx *pc) {
  for (uint32_t i = 0; i < pc->stats.len && i + 1 < c->stages.len; i++)
    c->stages.data[i + 1].seconds = 1e-6 * (double)pc->stats.data[i].microseconds;
  for (uint32_t i = 0; i < pc->remarks.list.len; i++) {
    const Remark *r = &pc->remarks.list.data[i];
    ExploreRemark told = {
        remark_kind_text(r->kind), r->code, r->reason, r->node, r->scope, r->span, r->count};
    for (uint32_t k = 1; k < c->stages.len; k++)
      if (!strcmp(c->stages.data[k].name, r->pass)) {
        vec_push(&c->ctx->arena, &c->stages.data[k].remarks, told);
        break;
      }
  }
}

/* The stage before or behind a pass; -1 after a diagnostic. */
static int stage_of(Collector *c, const ExplorerOptions *options) {
  const char *wanted = options->before ? options->before : options->after;
  int found = wanted ? -1 : 0;
  for (uint32_t i = 1; wanted && i < c->stages.len; i++) {
    if (strcmp(c->stages.data[i].name, wanted)) continue;
    if (options->before) return (int)i - 1;
    found = (int)i;
  }
  if (found < 0)
    diag_at(c->ctx, (Span){0}, E_command_line, "the pipeline does not run the pass '%s'", wanted);
  return found;
}

/* ---- the whole ---- */

/* Remarks are kept in any case; who asks for some gets only these. */
static bool prepare(void *user, PassCtx *pc) {
  Collector *c = pc->options.watch_user;
  const char *why;
  if (c->prepare && !c->prepare(user, pc)) return false;
  return pc->remarks.on || remarks_enable(&pc->remarks, &c->ctx->arena, NULL, &why);
}

static bool collect(Compile *compilation, Collector *c) {
  if (!compile(compilation, PHASE_check)) return false;
  add_stage(c, "as written", "the graph as the text says it", compilation->graph);
  PipelineOptions *passes = &compilation->options.passes;
  passes->watch = see_pass;
  passes->watch_rewrite = see_rewrite;
  passes->watch_user = c;
  passes->shown = true;
  c->prepare = passes->prepare;
  passes->prepare = prepare;
  if (!compile(compilation, PHASE_passes)) return false;
  take_told(c, compilation->passes);
  prove_stages(c);
  return true;
}

bool explorer_page(Compile *compilation, const ExplorerOptions *options, Text *out) {
  Collector c = {.ctx = compilation->ctx};
  if (!collect(compilation, &c)) return false;
  int open_at = stage_of(&c, options);
  if (open_at < 0) return false;
  if (options->profile &&
      !explorer_times(compilation, options->profile, c.stages.data, (int)c.stages.len))
    return false;
  ExploreOptions explore = {options->title, open_at, verdict_names, fact_about, &c};
  Text files = text_new(&c.ctx->arena);
  text_put(out, explorer_head, explorer_head_size);
  explore_json(c.ctx, c.stages.data, (int)c.stages.len, &explore, out, &files);
  text_put(out, explorer_middle, explorer_middle_size);
  text_put(out, text_str(&files), files.len);
  text_put(out, explorer_tail, explorer_tail_size);
  return true;
}
