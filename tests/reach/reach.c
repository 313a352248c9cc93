/* Tries to break the proofs of reach: random graphs, two runs that differ in some elements of the
 * cut axis only, the interpreter in f64.
 *
 *   reach [--seed S] [--count N] [--nodes N] [--show] [--wrong] [--file GRAPH --of EXTENT]
 *
 * For every value and every place of it: where no interval of its fact has a changed element, both
 * runs have the same number, to the bit; where it is said to be known, it is that; whole numbers
 * lie in their bounds. A fact that holds under a condition is looked at where nothing overflows
 * and nothing is NaN. For every value of which neither rows nor causality is proved along an axis,
 * that claim is tried in all runs: if it holds, it was missed. --wrong makes each rule wrong on
 * purpose, in several ways: this test has to notice. Exit code 1 when a fact does not hold.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp.h"
#include "passes/pipeline/pipeline.h"
#include "passes/reach/reach_inside.h"
#include "tests/reach/make.h"
#include "tests/wrong.h"

enum { TRIALS = 8, MORE_TRIALS = 24 };
static const double LARGE = 1e5;

typedef struct Settings {
  uint64_t seed;
  long count;
  int nodes;
  bool show, wrong, quiet;
  const char *file, *of;
  const ReachRule *rules;
} Settings;

typedef struct Tally {
  long graphs, values, looked_at, places, violated, proved, lost, missed, failed, falsified;
} Tally;

typedef struct Case {
  Ctx *ctx;
  Gen *gen;
  const Graph *g;
  const ReachCut *cut;
  const ReachProof *proof;
  int64_t n; /* elements */
  bool *changed;
  Tensor **args[2], **y[2];
  bool *wild, body_wild;                /* by node: NaN or very large, or made of such */
  bool *alive[N_REACH_CLAIMS], *varied; /* by result and axis: the claim held so far */
  uint64_t seed;
  const Settings *settings;
  Tally *tally;
} Case;

/* ---- runs ---- */

static void look(void *user, const InterpTrace *v) {
  Case *c = user;
  bool wild = false;
  for (int64_t i = 0; v->numbers && i < v->count && !wild; i++)
    wild = isnan(v->numbers[i]) || fabs(v->numbers[i]) > LARGE;
  if (v->graph != c->g) {
    c->body_wild |= wild && graph_node(v->graph, v->node)->op != OP_const;
    return;
  }
  const Node *n = graph_node(v->graph, v->node);
  bool from = c->body_wild;
  for (int k = 0; k < n->n_operands; k++) from |= c->wild[n->operands[k].i];
  c->body_wild = false;
  bool masked = n->op == OP_const || (n->op == OP_where && !from);
  c->wild[v->node.i] |= from || (wild && !masked);
}

static bool run(Case *c, int which) {
  Fault fault = {0};
  InterpOptions options = {.f64 = true, .trace = look, .user = c};
  c->body_wild = false;
  c->y[which] = arena_array(&c->ctx->arena, Tensor *, c->g->results.len + 1);
  return interp_run(c->ctx, c->g, (const Tensor *const *)c->args[which], c->y[which], &options,
                    &fault);
}

static void places_of(const Tensor *t, int64_t k, int64_t *axes) {
  for (int i = t->rank - 1; i >= 0; i--) {
    axes[i] = k % t->dims[i];
    k /= t->dims[i];
  }
}

/* Whether an entry of an argument belongs to a changed element. */
static bool touched(const Case *c, uint32_t param, const int64_t *axes) {
  for (uint32_t i = 0; i < c->cut->param.len; i++)
    if (c->cut->param.data[i] == param && c->changed[axes[c->cut->axis.data[i]]]) return true;
  return false;
}

static void draw_args(Case *c) {
  for (int which = 0; which < 2; which++) c->args[which] = gen_args(c->gen, c->g, -2, 2);
  for (uint32_t i = 0; i < c->g->params.len; i++) {
    Tensor *a = c->args[0][i], *b = c->args[1][i];
    int64_t axes[TENSOR_MAX_RANK] = {0};
    for (int64_t k = 0, count = tensor_count(a); k < count; k++) {
      places_of(a, k, axes);
      if (touched(c, i, axes)) continue;
      if (a->dtype == DT_key)
        ((uint64_t *)b->data)[k] = ((uint64_t *)a->data)[k];
      else
        tensor_set(b, k, tensor_get(a, k));
    }
  }
}

/* ---- facts ---- */

/* The sizes, to which the coordinates of places are added. */
static SizeEnv own_sizes(const Case *c) {
  SizeEnv env = c->gen->env;
  env.symbols.data = arena_copy(&c->ctx->arena, env.symbols.data, env.symbols.len * sizeof(Sz));
  env.values.data = arena_copy(&c->ctx->arena, env.values.data, env.values.len * sizeof(int64_t));
  env.symbols.cap = env.symbols.len;
  env.values.cap = env.values.len;
  return env;
}

static void set_place(const Case *c, const ReachFact *f, const Tensor *t, const int64_t *axes,
                      SizeEnv *env) {
  for (int axis = 0; axis < t->rank; axis++) {
    int64_t left = axes[axis];
    for (int i = f->n_atoms; i-- > 0;) {
      if (f->atoms[i].axis != axis) continue;
      int64_t extent = 1;
      ORDO_CHECK(size_eval(c->ctx, f->atoms[i].extent, &c->gen->env, &extent));
      size_env_set(c->ctx, env, c->proof->r->place[i], left % extent);
      left /= extent;
    }
  }
}

static int64_t value_of(const Case *c, Sz form, const SizeEnv *env) {
  int64_t value = 0;
  ORDO_CHECK(size_eval(c->ctx, form, env, &value));
  return value;
}

static bool may_differ(const Case *c, const ReachFact *f, const SizeEnv *env) {
  for (int i = 0; i < f->n_terms; i++) {
    const ReachTerm *t = &f->terms[i];
    bool on = true;
    for (int k = 0; k < t->n_guards && on; k++) on = value_of(c, t->guards[k], env) <= 0;
    int64_t lo = t->lo.i ? value_of(c, t->lo, env) : 0,
            hi = t->hi.i ? value_of(c, t->hi, env) : c->n - 1;
    for (int64_t e = lo < 0 ? 0 : lo; on && e <= hi && e < c->n; e++)
      if (c->changed[e]) return true;
  }
  return false;
}

static bool same_number(double x, double y) { return x == y || (isnan(x) && isnan(y)); }

static bool number_fits(const Case *c, const ReachFact *f, const SizeEnv *env, double x) {
  for (int i = 0; i < f->n_known; i++) {
    const ReachKnown *k = &f->known[i];
    if (value_of(c, k->form, env) <= 0) continue;
    if (x != k->value && !(fabs(x - k->value) <= (k->far ? 1e-2 : 1e-6) * fabs(k->value)))
      return false;
  }
  if (f->low.i && x < (double)value_of(c, f->low, env)) return false;
  return !f->high.i || x <= (double)value_of(c, f->high, env);
}

static const char *wrong_at(const Case *c, const ReachFact *f, uint32_t result, int64_t k,
                            SizeEnv *env) {
  const Tensor *a = c->y[0][result], *b = c->y[1][result];
  int64_t axes[TENSOR_MAX_RANK] = {0};
  places_of(a, k, axes);
  set_place(c, f, a, axes, env);
  double x = tensor_get(a, k), y = tensor_get(b, k);
  if (!same_number(x, y) && !may_differ(c, f, env)) return "depends on more";
  if (!number_fits(c, f, env, x)) return "is another number";
  return NULL;
}

static void check_fact(Case *c, uint32_t result) {
  Ref ref = c->g->results.data[result];
  const ReachFact *f = reach_fact(c->proof, c->g, ref);
  if (f->needs && c->wild[ref.i]) return;
  c->tally->looked_at++;
  SizeEnv env = own_sizes(c);
  for (int64_t k = 0, count = tensor_count(c->y[0][result]); k < count; k++) {
    const char *wrong = wrong_at(c, f, result, k, &env);
    c->tally->places++;
    if (!wrong) continue;
    c->tally->violated++;
    if (!c->settings->quiet)
      printf("seed %llu: result %u, %%%u = %s, %s at element %lld\n", (unsigned long long)c->seed,
             result, ref.i, op_info[graph_node(c->g, ref)->op].name, wrong, (long long)k);
    return;
  }
}

/* The claims along every axis of a result, against what changed. */
static void check_claims(Case *c, uint32_t result) {
  const Tensor *a = c->y[0][result], *b = c->y[1][result];
  if (c->wild[c->g->results.data[result].i]) return;
  int64_t axes[TENSOR_MAX_RANK] = {0}, first = 0;
  while (first < c->n && !c->changed[first]) first++;
  for (int64_t k = 0, count = tensor_count(a); k < count; k++) {
    if (same_number(tensor_get(a, k), tensor_get(b, k))) continue;
    c->varied[result] = true;
    places_of(a, k, axes);
    for (int i = 0; i < a->rank; i++) {
      bool *rows = &c->alive[REACH_rows][result * TENSOR_MAX_RANK + (uint32_t)i],
           *causal = &c->alive[REACH_causal][result * TENSOR_MAX_RANK + (uint32_t)i];
      *rows = *rows && axes[i] < c->n && c->changed[axes[i]];
      *causal = *causal && axes[i] >= first;
    }
  }
}

/* What is claimed of a result as a whole, against what the runs showed of that axis. */
static void check_axis(Case *c, uint32_t result, ReachClaim claim, int axis) {
  bool holds = axis == REACH_FREE ? !c->varied[result]
                                  : c->alive[claim][result * TENSOR_MAX_RANK + (uint32_t)axis];
  if (holds) return;
  c->tally->violated++;
  if (!c->settings->quiet)
    printf("seed %llu: result %u, %%%u = %s: %s along axis %d does not hold\n",
           (unsigned long long)c->seed, result, c->g->results.data[result].i,
           op_info[graph_node(c->g, c->g->results.data[result])->op].name, reach_claim_name[claim],
           axis);
}

static void count_claims(Case *c) {
  for (uint32_t i = 0; i < c->g->results.len; i++) {
    Ref ref = c->g->results.data[i];
    const TypeInfo *info = graph_info(c->g, ref);
    if (!c->varied[i] || graph_node(c->g, ref)->op == OP_param) continue;
    for (int claim = 0; claim < N_REACH_CLAIMS; claim++) {
      bool holds = false;
      for (int k = 0; k < info->rank && k < TENSOR_MAX_RANK; k++)
        holds |= sz_eq(info->dims[k], c->cut->extent) &&
                 c->alive[claim][i * TENSOR_MAX_RANK + (uint32_t)k];
      int axis = reach_axis(c->proof, c->g, ref, (ReachClaim)claim);
      bool proved = axis != REACH_MIXED;
      if (proved) check_axis(c, i, (ReachClaim)claim, axis);
      c->tally->proved += proved;
      c->tally->lost += !proved;
      c->tally->missed += !proved && holds;
      if (!proved && holds && c->settings->show)
        printf("seed %llu: missed: result %u, %%%u = %s, %s\n", (unsigned long long)c->seed, i,
               ref.i, op_info[graph_node(c->g, ref)->op].name,
               reach_text(c->proof, c->g, ref, (ReachClaim)claim));
    }
  }
}

/* ---- one graph ---- */

static bool try_runs(Case *c) {
  memset(c->changed, 0, (size_t)c->n);
  c->changed[gen_below(c->gen, (int)c->n)] = true;
  if (!gen_below(c->gen, 3)) c->changed[gen_below(c->gen, (int)c->n)] = true;
  draw_args(c);
  memset(c->wild, 0, c->g->nodes.len);
  bool good = run(c, 0);
  bool both = good && run(c, 1);
  for (uint32_t i = 0; i < c->g->nodes.len; i++)
    for (int k = 0; k < c->g->nodes.data[i].n_operands; k++)
      c->wild[i] |= c->wild[c->g->nodes.data[i].operands[k].i];
  for (uint32_t i = 0; both && i < c->g->results.len; i++) {
    check_fact(c, i);
    check_claims(c, i);
  }
  for (int which = 0; which < 2; which++) gen_free(c->args[which], c->g->params.len);
  if (good) gen_free(c->y[0], c->g->results.len);
  if (both) gen_free(c->y[1], c->g->results.len);
  return both;
}

static void try_cut(Case *c) {
  Arena *arena = &c->ctx->arena;
  c->proof = reach_prove_by(c->ctx, c->g, c->cut, c->settings->rules);
  c->tally->falsified += c->proof->r->wrong;
  if (!size_eval(c->ctx, c->cut->extent, &c->gen->env, &c->n) || c->n < 1) return;
  uint32_t n = c->g->results.len;
  c->changed = arena_array(arena, bool, c->n);
  c->wild = arena_array(arena, bool, c->g->nodes.len);
  c->varied = arena_array(arena, bool, n);
  for (int claim = 0; claim < N_REACH_CLAIMS; claim++) {
    c->alive[claim] = arena_array(arena, bool, n *TENSOR_MAX_RANK);
    memset(c->alive[claim], 1, n * TENSOR_MAX_RANK);
  }
  c->tally->graphs++;
  c->tally->values += n;
  int trials = TRIALS + (c->settings->rules == reach_rules && !c->settings->file ? MORE_TRIALS : 0);
  for (int i = 0; i < trials; i++)
    if (!try_runs(c)) {
      c->tally->failed++;
      return;
    }
  count_claims(c);
}

static void missing_size(void *user, Sz symbol) {
  Gen *gen = user;
  int64_t value;
  if (!size_env_get(&gen->env, symbol, &value))
    size_env_set(gen->ctx, &gen->env, symbol, 2 + gen_below(gen, 3));
}

static void try_graph(const Settings *s, long k, Tally *tally) {
  Ctx *ctx = ctx_new();
  uint64_t seed = s->seed + (uint64_t)k;
  GenOptions options = {.nodes = s->nodes, .symbolic = true, .regions = true, .random = true};
  Gen *gen = gen_new(ctx, seed, options);
  gen->env.values.data[0] = 3 + gen_below(gen, 3);
  Case c = {.ctx = ctx, .gen = gen, .seed = seed, .settings = s, .tally = tally};
  Graph *g = s->file ? proof_graph(gen, s->file) : make_places(gen, s->nodes);
  PassCtx *pc = pass_ctx_new(ctx, NULL);
  c.g = pipeline_run(pc, g, "inline,grad");
  pass_ctx_free(pc);
  if (c.g) {
    graph_symbols(c.g, missing_size, gen);
    Sz extent = s->of ? size_symbol(ctx, ctx_str(ctx, s->of)) : gen->env.symbols.data[0];
    c.cut = reach_cut(ctx, c.g, extent);
    if (s->show) printf("%s\n", graph_str(c.g));
    if (c.cut->param.len) try_cut(&c);
  }
  tally->failed += !c.g;
  ctx_free(ctx);
}

/* ---- rules made wrong ---- */

static ReachFact falsified(ReachStep *st, ReachFact (*change)(ReachStep *st, ReachFact f)) {
  ReachFact f = reach_rules[op_set_rule(st->node->op)](st);
  if (!f.items) return change(st, f);
  ReachFact *items = arena_array(st->r->arena, ReachFact, f.n_items);
  for (int i = 0; i < f.n_items; i++) items[i] = change(st, f.items[i]);
  f.items = items;
  return f;
}

static ReachFact less(ReachStep *st, ReachFact f) {
  if (!f.n_terms) return f;
  st->r->wrong++;
  f.n_terms--;
  return f;
}
static ReachFact one_term_less(ReachStep *st) { return falsified(st, less); }

static ReachFact change_ends(ReachStep *st, ReachFact f, bool high) {
  Reacher *r = st->r;
  ReachTerm *terms = arena_copy(r->arena, f.terms, (size_t)f.n_terms * sizeof *terms);
  for (int i = 0; i < f.n_terms; i++) {
    Sz last = reach_less_one(r, r->cut->extent);
    if (high)
      terms[i].hi = reach_less_one(r, terms[i].hi.i ? terms[i].hi : last);
    else
      terms[i].lo = reach_add(r, terms[i].lo.i ? terms[i].lo : r->zero, r->one);
  }
  st->r->wrong += f.n_terms;
  f.terms = terms;
  return f;
}
static ReachFact change_high(ReachStep *st, ReachFact f) { return change_ends(st, f, true); }
static ReachFact change_low(ReachStep *st, ReachFact f) { return change_ends(st, f, false); }
static ReachFact ends_early(ReachStep *st) { return falsified(st, change_high); }
static ReachFact begins_late(ReachStep *st) { return falsified(st, change_low); }

static ReachFact forget_elsewhere(ReachStep *st, ReachFact f) {
  if (!f.n_terms || !f.n_atoms) return f;
  st->r->wrong++;
  return reach_guard(st->r, &f, reach_less_one(st->r, st->r->place[f.n_atoms - 1]));
}
static ReachFact only_first_places(ReachStep *st) { return falsified(st, forget_elsewhere); }

static ReachFact know_zero(ReachStep *st, ReachFact f) {
  if (!f.n_terms || !f.n_atoms) return f;
  st->r->wrong++;
  f.n_known = 0;
  reach_know(st->r, &f, st->r->place[f.n_atoms - 1], 0, false);
  return f;
}
static ReachFact known_to_be_zero(ReachStep *st) { return falsified(st, know_zero); }

static ReachFact narrow(ReachStep *st, ReachFact f) {
  if (!f.high.i || !f.n_atoms) return f;
  st->r->wrong++;
  f.high = reach_less_one(st->r, f.high);
  return f;
}
static ReachFact smaller_bound(ReachStep *st) { return falsified(st, narrow); }

static bool wrong_noticed(const Settings *settings) {
  static const struct {
    const char *name;
    ReachRule rule;
  } ways[] = {{"one term less", one_term_less},       {"ends early", ends_early},
              {"begins late", begins_late},           {"only first places", only_first_places},
              {"known to be zero", known_to_be_zero}, {"smaller bound", smaller_bound}};
  enum { MANY = 400 };
  int tried = 0, caught = 0;
  bool good = true;
  for (int way = 0; way < 6; way++)
    for (int rule = 0; rule < N_SET_RULES; rule++) {
      if (!reach_rules[rule]) continue;
      ReachRule rules[N_SET_RULES];
      memcpy(rules, reach_rules, sizeof rules);
      rules[rule] = ways[way].rule;
      Settings s = *settings;
      s.rules = rules;
      s.quiet = true;
      Tally t = {0};
      for (long k = 0; k < s.count && !t.violated; k++) try_graph(&s, k, &t);
      if (!t.falsified) continue;
      tried++;
      caught += t.violated > 0;
      if (t.violated) continue;
      printf("not noticed: rule %d, %s (%ld facts falsified)\n", rule, ways[way].name, t.falsified);
      good = good && t.falsified < MANY;
    }
  printf("%d wrong rules, %d noticed\n", tried, caught);
  return good && caught > 0;
}

static bool read_options(int argc, char **argv, Settings *s) {
  for (int i = 1; i < argc; i++) {
    bool value = i + 1 < argc;
    if (!strcmp(argv[i], "--seed") && value)
      s->seed = strtoull(argv[++i], NULL, 10);
    else if (!strcmp(argv[i], "--count") && value)
      s->count = atol(argv[++i]);
    else if (!strcmp(argv[i], "--nodes") && value)
      s->nodes = atoi(argv[++i]);
    else if (!strcmp(argv[i], "--file") && value)
      s->file = argv[++i];
    else if (!strcmp(argv[i], "--of") && value)
      s->of = argv[++i];
    else if (!strcmp(argv[i], "--show"))
      s->show = true;
    else if (!strcmp(argv[i], "--wrong"))
      s->wrong = true;
    else
      return false;
  }
  return true;
}

int main(int argc, char **argv) {
  Settings s = {.seed = 1, .count = 300, .nodes = 14, .rules = reach_rules};
  if (!read_options(argc, argv, &s)) {
    printf("usage: reach [--seed S] [--count N] [--nodes N] [--show] [--wrong] [--file GRAPH --of "
           "EXTENT]\n");
    return 2;
  }
  if (s.wrong) return !wrong_noticed(&s);
  Tally t = {0};
  for (long k = 0; k < s.count; k++) try_graph(&s, k, &t);
  printf("%ld graphs, %ld values, looked at %ld times, %ld places: %ld facts violated; %ld graphs "
         "not run\n",
         t.graphs, t.values, t.looked_at, t.places, t.violated, t.failed);
  printf("claims about values that depend on the axis: %ld proved, %ld not; of these %ld hold "
         "numerically: missed %.2f %% of what holds\n",
         t.proved, t.lost, t.missed,
         100.0 * (double)t.missed / (double)(t.proved + t.missed + !t.proved));
  return t.violated || !t.proved;
}
