/* Tries to break the proofs about padding: random graphs with a mask, two runs with the same
 * elements and other padding, the interpreter in f64.
 *
 *   masks [--seed S] [--count N] [--nodes N] [--plain] [--passes] [--show] [--wrong] [--file
 *   GRAPH]
 *
 * For every value of a graph and every fact proved about it: the two runs have the same at the
 * places of elements, and the number that is said to stand at padding does. Padding at the end
 * and anywhere, rows without elements, padding that is infinite or NaN: a fact is looked at
 * where what it needs holds. Values that overflow or are NaN without padding's doing are not
 * decided. For every value without a fact, the weakest one is tried: if it holds in all runs,
 * the proof was missed. With --passes, the same is tried with the graph that the passes make of
 * it, and the facts proved before them; those that are not proved again are counted. Exit code 1
 * when a proved fact does not hold; its seed is printed. --plain leaves out the harder half of
 * the generator; --file takes a graph's text, all its values, in place of random ones. With
 * --wrong each rule of the analysis is made wrong on purpose, in several ways: this test has to
 * notice.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "passes/pipeline/pipeline.h"
#include "ir/bind.h"
#include "ir/interp.h"
#include "fuzz/gen.h"
#include "tests/masks/pair.h"
#include "tests/wrong.h"

enum { TRIALS = 6, LOST_TRIALS = 2, MORE_TRIALS = 30, MOST_RESULTS = 40 };
static const double LARGE = 1e5;

typedef struct Tally {
  long graphs, facts, padded, looked_at, violated, undecided, unseen, lost, missed, trivial, failed,
      behind, kept, kept_in, lost_by_simplify, wrong;
} Tally;

typedef struct Case {
  Ctx *ctx;
  Gen *gen;
  const Graph *raw, *g; /* raw: before derivatives are taken */
  const SetProof *proof;
  Pair p;
  Tensor **args[2], **y[2];
  bool *wild;  /* by node: overflowed or NaN, or computed from such, in a run with finite padding */
  bool *seen;  /* by result: a fact was looked at */
  bool *alive; /* by result without a fact: the weakest one held so far */
  bool *varied;   /* and it was not one number everywhere, in all runs */
  double *first;  /* which it was at first; NaN: there was none */
  bool body_wild; /* in a body since the last node of the graph itself */
  unsigned holds; /* conditions, PadCondition */
  uint64_t seed;
  const ProofTest *settings;
  Tally *tally;
} Case;

/* ---- graphs ---- */

/* Every value a result, and the derivative of a sum of them by the parameters. */
static Graph *make_graph(Gen *gen, bool smooth) {
  Graph *g = gen_graph(gen);
  Ref loss = REF_NONE;
  uint32_t first = gen->pool.len > MOST_RESULTS ? gen->pool.len - MOST_RESULTS : 0;
  for (uint32_t i = first; i < gen->pool.len; i++) {
    Ref r = gen->pool.data[i];
    const TypeInfo *info = graph_info(g, r);
    if (info->dtype != DT_key) graph_result(g, r, (Str){0});
    if (!smooth || info->dtype != DT_f64 || i + 6 < gen->pool.len) continue;
    int32_t axes[TENSOR_MAX_RANK];
    for (int k = 0; k < info->rank; k++) axes[k] = k;
    Ref sum = info->rank ? build_reduce(g, OP_sum, r, axes, info->rank) : r;
    loss = ref_none(loss) ? sum : build2(g, OP_add, loss, sum);
  }
  if (ref_none(loss)) return g;
  Ref *operands = arena_array(&g->ctx->arena, Ref, g->params.len + 1);
  int n = 0;
  operands[n++] = loss;
  for (uint32_t i = 0; i < g->params.len; i++)
    if (graph_info(g, g->params.data[i])->dtype == DT_f64) operands[n++] = g->params.data[i];
  if (n == 1) return g;
  Ref grad = build_op(g, OP_grad, operands, n, NULL, 0, TY_NONE);
  for (int i = 0; i + 1 < n; i++) graph_result(g, build_item(g, grad, i), (Str){0});
  return g;
}

/* ---- runs ---- */

static bool has_large(const InterpTrace *v, bool *nan) {
  bool large = false;
  for (int64_t i = 0; v->numbers && i < v->count; i++) {
    *nan |= isnan(v->numbers[i]);
    large |= fabs(v->numbers[i]) > LARGE;
  }
  return large;
}

typedef struct Watch {
  Case *c;
  bool *large; /* by node of the graph */
} Watch;

/* Wild: NaN, or a large number made of such that are not. -inf and -1e30 that come from
 * constants are not. */
static void look(void *user, const InterpTrace *v) {
  Watch *w = user;
  bool nan = false, large = dtype_is_float(v->dtype) && has_large(v, &nan), from_large = false;
  if (v->graph != w->c->g) {
    w->c->body_wild |= nan || large;
    return;
  }
  const Node *n = graph_node(v->graph, v->node);
  bool wild = nan || w->c->body_wild;
  w->c->body_wild = false;
  for (int k = 0; k < n->n_operands; k++) {
    wild |= w->c->wild[n->operands[k].i];
    from_large |= w->large[n->operands[k].i];
  }
  w->large[v->node.i] = large;
  w->c->wild[v->node.i] |= wild || (large && !from_large && n->op != OP_const);
}

static bool run(Case *c, int which, bool watch) {
  Fault fault = {0};
  Watch w = {c, arena_array(&c->ctx->arena, bool, c->g->nodes.len)};
  InterpOptions options = {.f64 = true, .source = c->raw, .trace = watch ? look : NULL, .user = &w};
  c->body_wild = false;
  c->y[which] = arena_array(&c->ctx->arena, Tensor *, c->g->results.len + 1);
  bool good = interp_run(c->ctx, c->g, (const Tensor *const *)c->args[which], c->y[which], &options,
                         &fault);
  if (!good)
    printf("seed %llu: not run: %s\n", (unsigned long long)c->seed,
           fault.text ? fault.text : "it needs larger sizes");
  return good;
}

/* Wild values pass through items and the like, which are not traced. */
static void spread_wild(Case *c) {
  for (uint32_t i = 0; i < c->g->nodes.len; i++)
    for (int k = 0; k < c->g->nodes.data[i].n_operands; k++)
      c->wild[i] |= c->wild[c->g->nodes.data[i].operands[k].i];
}

/* ---- elements and padding ---- */

static void place_elements(Case *c, int64_t row, int64_t len, bool end) {
  Pair *p = &c->p;
  int64_t at[2][64];
  for (int run = 0; run < 2; run++) {
    int64_t n = p->n[run], left = len, k = 0;
    for (int64_t i = 0; i < n; i++) {
      bool real = left && (end || left == n - i || gen_below(c->gen, (int)(n - i)) < left);
      p->real[run][row * n + i] = real;
      p->across[run][row * n + i] = -1;
      if (real) at[run][k++] = i;
      left -= real;
    }
  }
  for (int64_t k = 0; k < len; k++) {
    p->across[0][row * p->n[0] + at[0][k]] = at[1][k];
    p->across[1][row * p->n[1] + at[1][k]] = at[0][k];
  }
}

static void draw_masks(Case *c, bool end, bool some) {
  Pair *p = &c->p;
  for (int run = 0; run < 2; run++) {
    p->real[run] = arena_array(&c->ctx->arena, bool, p->n_rows * p->n[run]);
    p->across[run] = arena_array(&c->ctx->arena, int64_t, p->n_rows * p->n[run]);
  }
  int64_t most = p->n[0] < p->n[1] ? p->n[0] : p->n[1];
  for (int64_t row = 0; row < p->n_rows; row++)
    place_elements(c, row, some + gen_below(c->gen, (int)(most - some) + 1), end);
}

static void places_of(const Tensor *t, int64_t k, int64_t *axes) {
  for (int i = t->rank - 1; i >= 0; i--) {
    axes[i] = k % t->dims[i];
    k /= t->dims[i];
  }
}

static int64_t offset_of(const Tensor *t, const int64_t *axes) {
  int64_t offset = 0;
  for (int i = 0; i < t->rank; i++) offset = offset * t->dims[i] + axes[i];
  return offset;
}

static double nonsense(Gen *gen) {
  static const double numbers[] = {NAN, INFINITY, -INFINITY, 1e38};
  return numbers[gen_below(gen, 4)];
}

/* An element of the row that an index of the first run points to. False when the row has none. */
static bool point(const Case *c, const Fact *f, const int64_t *axes, double *x) {
  const Pair *p = &c->p;
  Fact one = *f;
  for (int64_t i = 0; i < p->n[0]; i++) {
    double at = fmod(*x + (double)i, (double)p->n[0]);
    if (isnan(pair_value(p, &one, axes, at))) continue;
    *x = at;
    return true;
  }
  return false;
}

/* An index that is one in both runs, whose axes may be of other extents. */
static double in_both(const Case *c, const Node *n, double x) {
  const TypeInfo *info = type_info(c->ctx, n->type);
  for (int run = 0; run < 2 && info->dtype == DT_idx; run++) {
    int64_t extent = 0;
    ORDO_CHECK(size_eval(c->ctx, info->extent, &c->p.env[run], &extent));
    x = extent ? fmod(x, (double)extent) : x;
  }
  return x;
}

/* Argument i of the second run: what the declared fact says, else what stands there. The first
 * run's padding, too, may be nonsense. */
static void relate(Case *c, uint32_t i, bool finite) {
  const Node *n = graph_node(c->g, c->g->params.data[i]);
  const Fact *f = sets_fact(c->proof, c->g, c->g->params.data[i]);
  Tensor *a = c->args[0][i], *b = c->args[1][i];
  int64_t axes[TENSOR_MAX_RANK] = {0}, from[TENSOR_MAX_RANK] = {0};
  bool mask = ref_eq(c->g->params.data[i], c->proof->set->param), number = dtype_is_float(a->dtype);
  bool *used = arena_array(&c->ctx->arena, bool, tensor_count(a) + 1);
  for (int64_t k = 0, count = tensor_count(b); k < count; k++) {
    places_of(b, k, axes);
    bool same = pair_place(&c->p, f, axes, b->rank, from);
    if (same && a->dtype != DT_key) {
      double x = in_both(c, n, tensor_get(a, offset_of(a, from)));
      tensor_set(a, offset_of(a, from), x);
      if (f->value.kind == SLOT_moves && point(c, f, axes, &x)) {
        tensor_set(a, offset_of(a, from), x);
        x = pair_value(&c->p, f, axes, x);
      }
      tensor_set(b, k, x);
    } else if (same) {
      ((uint64_t *)b->data)[k] = ((uint64_t *)a->data)[offset_of(a, from)];
    } else if (number && !finite && gen_below(c->gen, 2)) {
      tensor_set(b, k, nonsense(c->gen));
    }
    if (same) used[offset_of(a, from)] = true;
  }
  for (int64_t k = 0, count = tensor_count(a); k < count && fact_moves(f); k++)
    if (!used[k] && number && !finite && gen_below(c->gen, 2)) tensor_set(a, k, nonsense(c->gen));
  for (int run = 0; run < 2 && mask; run++)
    for (int64_t k = 0; k < tensor_count(c->args[run][i]); k++)
      tensor_set(c->args[run][i], k, c->p.real[run][k]);
}

static void widen(Case *c, Tensor **args) {
  for (uint32_t i = 0; i < c->g->params.len; i++) {
    if (!dtype_is_float(args[i]->dtype)) continue;
    Tensor *wide = tensor_new(DT_f64, args[i]->dims, args[i]->rank);
    for (int64_t k = 0, n = tensor_count(wide); k < n; k++)
      tensor_set(wide, k, tensor_get(args[i], k));
    tensor_free(args[i]);
    args[i] = wide;
  }
}

static void make_args(Case *c) {
  for (int run = 0; run < 2; run++) {
    c->gen->env = c->p.env[run];
    c->args[run] = gen_args(c->gen, c->g, -2, 2);
    widen(c, c->args[run]);
  }
  c->gen->env = c->p.env[0];
  for (uint32_t i = 0; i < c->g->params.len; i++) relate(c, i, true);
}

/* Puts nonsense at padding. What is NaN of elements alone is found out before. */
static bool spoil(Case *c) {
  bool good = run(c, 0, true);
  if (good) gen_free(c->y[0], c->g->results.len);
  for (uint32_t i = 0; i < c->g->params.len; i++) relate(c, i, false);
  return good;
}

/* ---- facts ---- */

static bool same_number(double x, double y) {
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return x == y || fabs(x - y) <= 1e-9 * (1 + fabs(x));
}

static bool agrees(const Case *c, const Fact *f, uint32_t i) {
  const Tensor *a = c->y[0][i], *b = c->y[1][i];
  int64_t axes[TENSOR_MAX_RANK] = {0}, from[TENSOR_MAX_RANK] = {0};
  for (int64_t k = 0, count = tensor_count(b); k < count; k++) {
    places_of(b, k, axes);
    if (!pair_place(&c->p, f, axes, b->rank, from)) continue;
    double expected = pair_value(&c->p, f, axes, tensor_get(a, offset_of(a, from)));
    if (!same_number(expected, tensor_get(b, k))) return false;
  }
  return true;
}

static bool filled(const Case *c, const Fact *f, uint32_t i) {
  int64_t axes[TENSOR_MAX_RANK] = {0};
  double number;
  for (int run = 0; run < 2; run++) {
    const Tensor *t = c->y[run][i];
    for (int64_t k = 0, count = tensor_count(t); k < count; k++) {
      places_of(t, k, axes);
      if (pair_filled(&c->p, f, run, axes, c->holds, &number) && tensor_get(t, k) != number &&
          !(fabs(tensor_get(t, k) - number) <= 1e-2 * fabs(number)))
        return false;
    }
  }
  return true;
}

static void check_fact(Case *c, uint32_t i) {
  const Fact *f = &c->proof->results[i];
  if (f->needs & ~c->holds) return;
  if (c->wild[c->g->results.data[i].i]) return;
  c->seen[i] = true;
  c->tally->looked_at++;
  c->p.turn = gen_below(c->gen, 5);
  c->p.holds = c->holds;
  Fact moving = pair_instance(&c->p, f);
  bool same = agrees(c, f, i) && agrees(c, &moving, i), full = filled(c, f, i);
  if (same && full) return;
  Text text = text_new(&c->ctx->arena);
  padding_print(f, 0, &text);
  c->tally->violated++;
  if (c->settings->quiet) return;
  printf("seed %llu: result %u, %%%u = %s, is not %s for padding of %s (%s; conditions %u)\n",
         (unsigned long long)c->seed, i, c->g->results.data[i].i,
         op_info[graph_node(c->g, c->g->results.data[i])->op].name, text_str(&text),
         c->proof->set->name, same ? "padding" : "elements", c->holds);
}

/* The weakest fact that a value may have: known at elements where it has the mask's rows, else
 * at the same places. */
static Fact weakest(const Case *c, uint32_t i) {
  const TypeInfo *info = graph_info(c->g, c->g->results.data[i]);
  const SetAxis *set = c->proof->set;
  Atom *atoms = arena_array(&c->ctx->arena, Atom, info->rank);
  Fact f = {.atoms = atoms, .value = slot_fixed()};
  int row = -1;
  for (int k = 0; k < info->rank; k++) {
    if (size_is(c->ctx, info->dims[k], 1)) continue;
    if (set->n_rows && sz_eq(info->dims[k], set->rows[0])) row = f.n_atoms;
    atoms[f.n_atoms++] = atom_new(info->dims[k], k, slot_fixed());
  }
  int *rows = arena_copy(&c->ctx->arena, &row, sizeof row);
  for (int k = 0; k < f.n_atoms; k++)
    if (sz_eq(atoms[k].extent, set->extent) && (row >= 0 || !set->n_rows))
      atoms[k].slot = (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = set->n_rows};
  return f;
}

/* Whether something but that one number stands there; NaN is replaced by the first one. */
static bool varies(const Tensor *t, double *one) {
  int64_t n = tensor_count(t);
  if (n && isnan(*one)) *one = tensor_get(t, 0);
  for (int64_t i = 0; i < n; i++)
    if (!same_number(*one, tensor_get(t, i))) return true;
  return false;
}

static void check_lost(Case *c, uint32_t i) {
  Fact f = weakest(c, i);
  unsigned most = PAD_end | PAD_some | PAD_finite | PAD_far;
  if (c->holds != most || c->wild[c->g->results.data[i].i]) return;
  c->alive[i] = c->alive[i] && agrees(c, &f, i);
  for (int run = 0; run < 2; run++)
    c->varied[i] = c->varied[i] || varies(c->y[run][i], &c->first[i]);
}

/* Whether there are results without a fact that might have one. */
static bool some_alive(const Case *c) {
  for (uint32_t i = 0; i < c->g->results.len; i++)
    if (c->proof->results[i].lost && c->alive[i] && !c->wild[c->g->results.data[i].i]) return true;
  return false;
}

/* ---- one graph ---- */

/* Values that are computed from what is padded. */
static bool *reached(const Case *c) {
  bool *on = arena_array(&c->ctx->arena, bool, c->g->nodes.len);
  for (uint32_t i = 0; i < c->g->nodes.len; i++) {
    const Node *n = &c->g->nodes.data[i];
    if (n->op == OP_param) on[i] = fact_moves(sets_fact(c->proof, c->g, (Ref){i}));
    for (int k = 0; k < n->n_operands; k++) on[i] |= on[n->operands[k].i];
  }
  return on;
}

static void count_results(Case *c) {
  const bool *on = reached(c);
  for (uint32_t i = 0; i < c->g->results.len; i++) {
    const Fact *f = &c->proof->results[i];
    Ref r = c->g->results.data[i];
    if (!on[r.i] || graph_node(c->g, r)->op == OP_param) continue;
    if (!f->lost) {
      c->tally->facts++;
      c->tally->padded += fact_moves(f);
      c->tally->unseen += !c->seen[i];
      continue;
    }
    if (proof_between_ranks(f->lost)) continue;
    c->tally->lost++;
    if (c->wild[r.i] || !c->alive[i]) continue;
    c->tally->missed += c->varied[i];
    if (c->settings->show && c->varied[i]) proof_missed(c->ctx, c->proof, i);
    c->tally->trivial += !c->varied[i];
  }
}

static void free_runs(Case *c, bool results) {
  for (int run = 0; run < 2; run++) {
    gen_free(c->args[run], c->g->params.len);
    if (results) gen_free(c->y[run], c->g->results.len);
  }
}

/* Whether an argument points to elements: then there are some. */
static bool points(const Case *c) {
  bool any = false;
  for (uint32_t i = 0; i < c->g->params.len; i++)
    any |= sets_fact(c->proof, c->g, c->g->params.data[i])->value.kind == SLOT_moves;
  return any;
}

/* Trials 0 to 3 have finite padding: at the end or anywhere, each row with elements or some
 * without; the last ones have any padding. */
static bool try_runs(Case *c, int trial, Sz symbol) {
  bool end = trial % 2 == 0, some = trial / 2 != 1 || points(c), finite = trial < 4;
  for (int run = 0; run < 2; run++) {
    c->p.n[run] = 2 + gen_below(c->gen, 4);
    c->p.env[run] = c->gen->env;
    c->p.env[run].values.data = arena_copy(&c->ctx->arena, c->gen->env.values.data,
                                           c->gen->env.values.len * sizeof(int64_t));
    size_env_set(c->ctx, &c->p.env[run], symbol, c->p.n[run]);
  }
  draw_masks(c, end, some);
  c->holds = PAD_far | (end ? PAD_end : 0) | (some ? PAD_some : 0) | (finite ? PAD_finite : 0);
  make_args(c);
  bool good = (finite || spoil(c)) && run(c, 0, finite) && run(c, 1, finite);
  if (good) spread_wild(c);
  for (uint32_t i = 0; good && i < c->g->results.len; i++)
    if (c->proof->results[i].lost)
      check_lost(c, i);
    else
      check_fact(c, i);
  return good;
}

static void try_proof(Case *c, const SetProof *proof) {
  const SetAxis *set = proof->set;
  if (!set->padded || size_is_const(c->ctx, set->extent, NULL)) return; /* else the same in both */
  c->proof = proof;
  if (c->settings->show) proof_shown(c->ctx, c->proof);
  c->p = (Pair){.ctx = c->ctx, .proof = c->proof, .n_rows = 1};
  for (int i = 0; i < set->n_rows; i++) {
    int64_t rows = 0;
    ORDO_CHECK(size_eval(c->ctx, set->rows[i], &c->gen->env, &rows));
    c->p.n_rows *= rows;
  }
  c->wild = arena_array(&c->ctx->arena, bool, c->g->nodes.len);
  c->seen = arena_array(&c->ctx->arena, bool, c->g->results.len + 1);
  c->alive = arena_array(&c->ctx->arena, bool, c->g->results.len + 1);
  c->varied = arena_array(&c->ctx->arena, bool, c->g->results.len + 1);
  c->first = arena_array(&c->ctx->arena, double, c->g->results.len + 1);
  for (uint32_t i = 0; i < c->g->results.len; i++) {
    c->alive[i] = true;
    c->first[i] = NAN;
  }
  SizeEnv own = c->gen->env;
  for (int trial = 0; trial < TRIALS + LOST_TRIALS + MORE_TRIALS; trial++) {
    if (trial >= TRIALS + LOST_TRIALS && (c->settings->rules || !some_alive(c))) break;
    c->gen->env = own;
    bool good = try_runs(c, trial < TRIALS ? trial : 0, set->extent);
    c->tally->failed += !good;
    free_runs(c, good);
    if (!good) return;
  }
  count_results(c);
  c->gen->env = own;
}

static void try_set(Case *c, const SetAxis *set) {
  try_proof(c, c->settings->rules
                   ? sets_prove_by(c->ctx, c->g, set, c->settings->rules, NULL, &c->tally->wrong)
                   : sets_prove(c->ctx, c->g, set));
}

/* What was proved before a pass has to hold in the graph behind it, too. */
static void try_passes(Case *c) {
  SetClaims claims = {0};
  Tally behind = {0}, *own = c->tally;
  const Graph *given = c->g;
  long lost = proof_lost_by_simplify(c->ctx, given);
  if (lost) printf("seed %llu: simplify loses %ld facts\n", (unsigned long long)c->seed, lost);
  own->lost_by_simplify += lost;
  c->g = proof_behind(c->ctx, c->raw, &claims, &behind.kept);
  c->tally = &behind;
  for (uint32_t k = 0; c->g && k < claims.proofs.len; k++) try_proof(c, claims.proofs.data[k]);
  own->violated += behind.violated + !c->g;
  own->behind += behind.facts;
  own->kept += behind.kept;
  own->kept_in += behind.kept > 0;
  if (behind.kept) printf("seed %llu: kept %ld\n", (unsigned long long)c->seed, behind.kept);
  c->g = given;
  c->tally = own;
}

static void try_graph(const ProofTest *s, long k, Tally *tally) {
  Ctx *ctx = ctx_new();
  uint64_t seed = s->seed + (uint64_t)k;
  bool smooth = seed % 3 == 0;
  GenOptions options = {.nodes = s->nodes,
                        .symbolic = true,
                        .regions = true,
                        .smooth = smooth,
                        .masks = true,
                        .harder = !s->plain};
  Case c = {
      .ctx = ctx, .gen = gen_new(ctx, seed, options), .seed = seed, .settings = s, .tally = tally};
  c.raw = s->file ? proof_graph(c.gen, s->file) : make_graph(c.gen, smooth);
  c.g = proof_differentiated(ctx, c.raw);
  if (s->show && c.g) printf("%s\n", graph_str(c.g));
  SetAxes sets = {0};
  if (c.g) sets = sets_declared(ctx, c.g);
  tally->failed += !c.g;
  tally->graphs += sets.len > 0;
  for (uint32_t i = 0; i < sets.len; i++) try_set(&c, &sets.data[i]);
  if (s->passes && c.g) try_passes(&c);
  ctx_free(ctx);
}

/* One graph of a test of wrong rules. */
static void count_graph(const ProofTest *test, long k, long *violated, long *falsified) {
  Tally t = {0};
  try_graph(test, k, &t);
  *violated += t.violated;
  *falsified += t.wrong;
}

int main(int argc, char **argv) {
  ProofTest s;
  if (!proof_test("masks", argc, argv, &s)) return 2;
  if (s.wrong) return !wrong_caught(&s, true, count_graph);
  Tally t = {0};
  printf("seeds %llu to %llu, %d nodes\n", (unsigned long long)s.seed,
         (unsigned long long)s.seed + (unsigned long long)s.count - 1, s.nodes);
  for (long k = 0; k < s.count; k++) try_graph(&s, k, &t);
  printf("%ld graphs with a mask, %d pairs of runs each; %ld not run\n", t.graphs, TRIALS + 2,
         t.failed);
  printf(
      "values computed from the padded axis: proved %ld facts (%ld of them have the axis), looked "
      "at %ld times: %ld violated; %ld never looked at (NaN, overflow)\n",
      t.facts, t.padded, t.looked_at, t.violated, t.unseen);
  printf("not proved %ld: %ld hold numerically, %ld more are constant\n", t.lost, t.missed,
         t.trivial);
  printf("missed: %.2f %% of what holds\n",
         100.0 * (double)t.missed / (double)(t.facts + t.missed));
  if (s.passes) {
    printf("behind the passes: %ld facts, %ld of them proved before a pass only (in %ld graphs)\n",
           t.behind, t.kept, t.kept_in);
    printf("simplify: %ld facts are not proved again behind it\n", t.lost_by_simplify);
  }
  return t.violated || !t.facts;
}
