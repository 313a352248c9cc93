#include "passes/pipeline/pipeline.h"
#include "tests/wrong.h"
#include "io/file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Fact right(SetStep *st) {
  return (st->s->set->padded ? padding_rules : order_rules)[op_set_rule(st->node->op)](st);
}

/* Applies a change to a fact, or to each of a tuple's. */
static Fact changed(SetStep *st, Fact f,
                    Fact (*change)(SetStep *st, Fact f, const TypeInfo *info)) {
  const TypeInfo *info = step_type(st);
  if (!info->is_tuple) return change(st, f, info);
  Fact *items = arena_array(st->s->arena, Fact, info->rank);
  for (int i = 0; i < info->rank; i++)
    items[i] = change(st, f.items[i], type_info(st->s->ctx, info->items[i]));
  f.items = items;
  return f;
}

/* What is lost is claimed to be the same, always. */
static Fact claim_lost(SetStep *st, Fact f, const TypeInfo *info) {
  SetStep flat = *st;
  if (!f.lost || f.lost->reason == SET_given_up) return f;
  st->s->wrong++;
  return fact_plain(&flat, info, SLOT_fixed);
}
static Fact lost_is_fixed(SetStep *st) { return changed(st, right(st), claim_lost); }

/* A fixed axis as long as the set is claimed to be the same in all places. */
static Fact claim_uniform(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost; i++) {
    if (atoms[i].slot.kind != SLOT_fixed || !sz_eq(atoms[i].extent, st->s->set->extent)) continue;
    atoms[i].slot = slot_fresh(st->s);
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact fixed_is_uniform(SetStep *st) { return changed(st, right(st), claim_uniform); }

/* Indices that are renamed are claimed to be numbers. */
static Fact claim_number(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  if (f.lost || f.value.kind == SLOT_fixed) return f;
  st->s->wrong++;
  f.value = slot_fixed();
  return f;
}
static Fact index_is_number(SetStep *st) { return changed(st, right(st), claim_number); }

/* An axis that moves is claimed to stay. */
static Fact claim_place(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost; i++) {
    if (atoms[i].slot.kind != SLOT_moves) continue;
    atoms[i].slot = slot_fixed();
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact moving_is_fixed(SetStep *st) { return changed(st, right(st), claim_place); }

/* What may be anything at padding is claimed to be 0. */
static Fact claim_zero(SetStep *st, Fact f, const TypeInfo *info) {
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost && info->dtype != DT_idx; i++) {
    if (atoms[i].slot.kind != SLOT_moves || atoms[i].fill.kind != FILL_unknown) continue;
    atoms[i].fill = (Fill){.kind = FILL_number};
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact padding_is_zero(SetStep *st) { return changed(st, right(st), claim_zero); }

/* What a proof needs is forgotten, at last. */
static Fact claim_all(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  unsigned operands = 0;
  for (int k = 0; k < st->node->n_operands; k++) operands |= st->operands[k].needs;
  operands |= PAD_far; /* no test makes numbers that large */
  if (f.lost || !(f.needs & ~operands)) return f;
  st->s->wrong++;
  f.needs &= operands;
  return f;
}
static Fact needs_nothing(SetStep *st) { return changed(st, right(st), claim_all); }

const Wrong wrong_ways[] = {
    {"lost is the same", lost_is_fixed, false},
    {"fixed is the same in all places", fixed_is_uniform, false},
    {"an index is a number", index_is_number, false},
    {"moving is fixed", moving_is_fixed, false},
    {"padding is 0", padding_is_zero, true},
    {"needs nothing", needs_nothing, true},
};
const int n_wrong_ways = sizeof wrong_ways / sizeof *wrong_ways;

void wrong_rules(bool padded, int way, int rule, SetRuleFn out[N_SET_RULES]) {
  for (int i = 0; i < N_SET_RULES; i++)
    out[i] = i == rule ? wrong_ways[way].rule : (padded ? padding_rules : order_rules)[i];
}

/* The first op that the rule is for. */
const char *wrong_rule_name(int rule) {
  for (int op = 0; op < N_OPS; op++)
    if ((int)op_set_rule((Op)op) == rule) return op_info[op].name;
  return "";
}

bool proof_test(const char *name, int argc, char **argv, ProofTest *out) {
  *out = (ProofTest){.seed = 1, .count = 200, .nodes = 24};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--passes"))
      out->passes = true;
    else if (!strcmp(argv[i], "--plain"))
      out->plain = true;
    else if (i + 1 < argc && !strcmp(argv[i], "--file"))
      out->file = argv[++i];
    else if (!strcmp(argv[i], "--show"))
      out->show = true;
    else if (!strcmp(argv[i], "--wrong"))
      out->wrong = true;
    else if (i + 1 < argc && !strcmp(argv[i], "--seed"))
      out->seed = strtoull(argv[++i], NULL, 10);
    else if (i + 1 < argc && !strcmp(argv[i], "--count"))
      out->count = atol(argv[++i]);
    else if (i + 1 < argc && !strcmp(argv[i], "--nodes"))
      out->nodes = atoi(argv[++i]);
    else
      return fprintf(stderr, "%s: unknown argument '%s'\n", name, argv[i]), false;
  }
  return true;
}

const Graph *proof_differentiated(Ctx *ctx, const Graph *g) {
  PassCtx *pc = pass_ctx_new(ctx, NULL);
  const Graph *out = pipeline_run(pc, g, "inline,grad");
  pass_ctx_free(pc);
  if (out) return out;
  Text said = text_new(&ctx->arena);
  diag_print(ctx, false, &said);
  printf("not differentiated: %s", text_str(&said));
  return NULL;
}

/* Without 'sets', which refuses graphs that depend on the order. */
static const Graph *behind(Ctx *ctx, const Graph *g, const char *passes, SetClaims *claims,
                           long *kept) {
  PipelineOptions options = pipeline_options();
  options.verify_each = true;
  PassCtx *pc = pass_ctx_new(ctx, &options);
  DiagMark mark = diag_mark(ctx);
  const Graph *out = pipeline_run(pc, g, passes);
  Text said = text_new(&ctx->arena);
  diag_print(ctx, false, &said);
  if (!out) printf("broken by a pass: %s", text_str(&said));
  if (out) *claims = *pc->claims;
  for (uint32_t k = 0; out && k < claims->proofs.len; k++) *kept += claims->proofs.data[k]->kept;
  pass_ctx_free(pc);
  diag_rollback(ctx, mark);
  return out;
}

const Graph *proof_behind(Ctx *ctx, const Graph *g, SetClaims *claims, long *kept) {
  SetClaims kernels = {0};
  g = behind(ctx, g,
             "inline,grad,simplify,contract,scan-hoist,scan-defer,scan-rows,simplify,contract",
             claims, kept);
  return g && behind(ctx, g, "fuse", &kernels, kept) ? g : NULL;
}

long proof_lost_by_simplify(Ctx *ctx, const Graph *g) {
  SetClaims claims = {0};
  long lost = 0;
  return behind(ctx, g, "simplify", &claims, &lost) ? lost : LONG_MAX;
}

void proof_shown(Ctx *ctx, const SetProof *proof) {
  for (uint32_t i = 0; i < proof->graph->results.len; i++) {
    const Fact *f = &proof->results[i];
    Text text = text_new(&ctx->arena);
    (proof->set->padded ? padding_print : fact_print)(f, 0, &text);
    printf("result %u, %%%u: %s %s\n", i, proof->graph->results.data[i].i, proof->set->name,
           text_str(&text));
    for (int k = 0; k < f->n_atoms && !f->lost && proof->set->padded; k++)
      printf("  axis %d, %s: slot %d shift %d, fill %d = %g if %u\n", f->atoms[k].axis,
             size_str(ctx, f->atoms[k].extent), f->atoms[k].slot.kind, f->atoms[k].slot.shift,
             f->atoms[k].fill.kind, f->atoms[k].fill.number, f->atoms[k].fill.needs);
  }
}

void proof_missed(Ctx *ctx, const SetProof *proof, uint32_t i) {
  const Lost *lost = proof->results[i].lost;
  printf("missed: result %u, %%%u; lost at %%%u = %s of %s: %s\n", i,
         proof->graph->results.data[i].i, lost->node.i,
         op_info[graph_node(lost->graph, lost->node)->op].name, ctx_text(ctx, lost->graph->name),
         set_reason_text(ctx, proof, lost));
}

bool proof_between_ranks(const Lost *lost) {
  return op_info[graph_node(lost->graph, lost->node)->op].traits & T_RANKS;
}

static void give_size(void *user, Sz symbol) {
  Gen *gen = user;
  for (uint32_t i = 0; i < gen->env.symbols.len; i++)
    if (sz_eq(gen->env.symbols.data[i], symbol)) return;
  size_env_set(gen->ctx, &gen->env, symbol, 2 + gen_below(gen, 3));
}

Graph *proof_graph(Gen *gen, const char *path) {
  size_t size;
  char *text = file_read_all(gen->ctx, path, (Span){0}, &size);
  Graph *g = text ? graph_read(gen->ctx, source_add(gen->ctx, path, text, size)) : NULL;
  heap_free(text);
  if (!g) {
    Text said = text_new(&gen->ctx->arena);
    diag_print(gen->ctx, false, &said);
    fprintf(stderr, "%s%s: no graph\n", text_str(&said), path);
    exit(2);
  }
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    for (int k = 0; k < info->rank; k++) size_symbols(gen->ctx, info->dims[k], give_size, gen);
    if (info->dtype == DT_idx) size_symbols(gen->ctx, info->extent, give_size, gen);
  }
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const TypeInfo *info = graph_info(g, (Ref){i});
    if (!info->is_tuple && info->dtype != DT_key) graph_result(g, (Ref){i}, (Str){0});
  }
  return g;
}

bool wrong_caught(const ProofTest *test, bool padded, ProofGraphFn *graph) {
  enum { MANY = 30 }; /* facts that were wrong: one should have shown */
  int caught = 0, tried = 0;
  bool fine = true;
  for (int way = 0; way < n_wrong_ways; way++)
    for (int rule = SETS_by_class + 1; rule < N_SET_RULES; rule++) {
      if (wrong_ways[way].padded && !padded) continue;
      SetRuleFn rules[N_SET_RULES];
      ProofTest one = *test;
      long violated = 0, falsified = 0;
      wrong_rules(padded, way, rule, rules);
      one.rules = rules;
      one.quiet = true;
      for (long k = 0; k < test->count && !violated && rules[rule]; k++)
        graph(&one, k, &violated, &falsified);
      if (!falsified) continue;
      fine = fine && (violated || falsified < MANY);
      tried++;
      caught += violated > 0;
      if (!violated)
        printf("not caught: '%s' of %s, %ld facts falsified\n", wrong_ways[way].name,
               wrong_rule_name(rule), falsified);
    }
  printf("%d rules made wrong, %d caught\n", tried, caught);
  return fine;
}
