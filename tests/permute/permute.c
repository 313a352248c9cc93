/* Tries to break the proofs about sets: random graphs with set axes, random permutations, the
 * interpreter in f64.
 *
 *   permute [--seed S] [--count N] [--nodes N] [--plain] [--passes] [--show] [--wrong] [--file
 *   GRAPH]
 *
 * For every value of a graph and every fact proved about it: the value for the permuted set is
 * the value permuted as the fact says (all instances of it: each variable fixed, and moving).
 * For every value with no fact, all combinations of axes are tried: if one holds numerically for
 * all permutations, the proof was missed. A difference counts only where the value is
 * well-conditioned: arguments that differ in the last digits give the same; and where no two
 * elements compared are equal, if the fact says so. With --passes, the same is tried with the
 * graph that the passes make of it, and the facts proved before them; those that are not proved
 * again are counted. Every third graph is smooth and differentiated. Exit code 1 when a proved
 * fact does not hold; its seed is printed. --plain leaves out the harder half of the generator;
 * --file takes a graph's text, all its values, in place of random ones. With --wrong each rule
 * of the analysis is made wrong on purpose, in several ways: this test has to notice.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "passes/pipeline/pipeline.h"
#include "ir/bind.h"
#include "ir/interp.h"
#include "fuzz/gen.h"
#include "tests/permute/act.h"
#include "tests/wrong.h"

enum { TRIALS = 4, MOST_RESULTS = 40 };

typedef struct Tally {
  long graphs, facts, moving, violated, undecided, ties, lost, missed, trivial, given_up, failed,
      behind, kept, kept_in, lost_by_simplify, wrong;
} Tally;

typedef struct Case {
  Ctx *ctx;
  Gen *gen;
  const Graph *raw, *g; /* raw: before derivatives are taken */
  const SetProof *proof;
  Permutations p;
  Tensor **args, **y, **near; /* near: results for arguments that differ a little */
  bool had_ties;
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
  Ref grad = build_op(g, OP_grad, operands, n, NULL, 0, TY_NONE);
  for (int i = 0; i + 1 < n; i++) graph_result(g, build_item(g, grad, i), (Str){0});
  return g;
}

/* ---- running ---- */

typedef struct Watch {
  Case *c;
  VEC(InterpTrace) seen; /* last value of each node, numbers copied */
} Watch;

static bool compares(Op op) {
  return op_is(op, T_ARGREDUCE) || op == OP_assign || op == OP_argsort;
}

static bool equal_pair(const double *x, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < i; k++)
      if (x[i] == x[k] || (isnan(x[i]) && isnan(x[k]))) return true;
  return false;
}

/* How many matchings of n rows from row 'at' on have that cost at most; used: columns that are
 * taken. */
static int count_matchings(const double *cost, int64_t n, int64_t at, unsigned used, double sum,
                           double most) {
  int count = 0;
  if (at == n) return sum <= most;
  for (int64_t k = 0; k < n; k++)
    if (!(used >> k & 1))
      count += count_matchings(cost, n, at + 1, used | 1u << k, sum + cost[at * n + k], most);
  return count;
}

static double least_cost(const double *cost, int64_t n, int64_t at, unsigned used) {
  double least = at == n ? 0 : INFINITY;
  for (int64_t k = 0; at < n && k < n; k++)
    if (!(used >> k & 1))
      least = fmin(least, cost[at * n + k] + least_cost(cost, n, at + 1, used | 1u << k));
  return least;
}

/* What sums of costs are rounded to: large ones may cancel in the best matching. */
static double rounding_of(const double *cost, int64_t n) {
  double largest = 1;
  for (int64_t k = 0; k < n * n; k++) largest = fmax(largest, fabs(cost[k]));
  return 1e-9 * largest;
}

/* Whether another matching is as good as the best one; of many rows that is taken for granted. */
static bool equal_matchings(const Case *c, const Node *assign, const InterpTrace *costs) {
  const TypeInfo *info = type_info(c->ctx, assign->type);
  int64_t n = 0;
  if (!size_eval(c->ctx, info->dims[info->rank - 1], &c->gen->env, &n) || n > 5) return true;
  for (int64_t at = 0; n && at < costs->count; at += n * n) {
    const double *cost = costs->numbers + at;
    double best = least_cost(cost, n, 0, 0), most = best + rounding_of(cost, n);
    if (!isfinite(best) || count_matchings(cost, n, 0, 0, 0, most) != 1) return true;
  }
  return false;
}

/* Remembers operands of ops that compare elements; notes whether two were equal (anywhere in the
 * tensor: enough here). */
static void look(void *user, const InterpTrace *value) {
  Watch *w = user;
  const Node *n = graph_node(value->graph, value->node);
  Arena *arena = &w->c->ctx->arena;
  if (compares(n->op)) {
    const InterpTrace *found = NULL;
    for (uint32_t i = 0; i < w->seen.len && !found; i++)
      if (w->seen.data[i].graph == value->graph && ref_eq(w->seen.data[i].node, n->operands[0]))
        found = &w->seen.data[i];
    bool matches = n->op == OP_assign;
    w->c->had_ties |= !found || (matches ? equal_matchings(w->c, n, found)
                                         : equal_pair(found->numbers, found->count));
  }
  bool wanted = false;
  for (uint32_t i = 0; i < value->graph->nodes.len && !wanted; i++)
    wanted = compares(value->graph->nodes.data[i].op) &&
             ref_eq(value->graph->nodes.data[i].operands[0], value->node);
  if (!wanted || !value->numbers) return;
  InterpTrace copy = *value;
  copy.numbers = arena_copy(arena, value->numbers, (size_t)value->count * sizeof(double));
  for (uint32_t i = 0; i < w->seen.len; i++)
    if (w->seen.data[i].graph == copy.graph && ref_eq(w->seen.data[i].node, copy.node)) {
      w->seen.data[i] = copy;
      return;
    }
  vec_push(arena, &w->seen, copy);
}

static bool run(Case *c, Tensor **args, Tensor **results) {
  Fault fault = {0};
  Watch watch = {.c = c};
  for (uint32_t i = 0; i < c->g->params.len; i++) { /* parameters are not traced */
    int64_t n = tensor_count(args[i]);
    double *numbers = arena_array(&c->ctx->arena, double, n);
    for (int64_t k = 0; k < n; k++) numbers[k] = tensor_get(args[i], k);
    vec_push(&c->ctx->arena, &watch.seen,
             ((InterpTrace){
                 .graph = c->g, .node = c->g->params.data[i], .count = n, .numbers = numbers}));
  }
  InterpOptions options = {.f64 = true, .source = c->raw, .trace = look, .user = &watch};
  bool good = interp_run(c->ctx, c->g, (const Tensor *const *)args, results, &options, &fault);
  if (!good)
    printf("seed %llu: not run: %s\n", (unsigned long long)c->seed,
           fault.text ? fault.text : "it needs larger sizes");
  return good;
}

/* The arguments in f64, each float off by some units in its last places. */
static Tensor **widen(Case *c, Tensor **args, double off) {
  Tensor **out = arena_array(&c->ctx->arena, Tensor *, c->g->params.len);
  for (uint32_t i = 0; i < c->g->params.len; i++) {
    bool number = dtype_is_float(args[i]->dtype);
    out[i] = number ? tensor_new(DT_f64, args[i]->dims, args[i]->rank) : tensor_copy(args[i]);
    for (int64_t k = 0, n = tensor_count(args[i]); number && k < n; k++)
      tensor_set(out[i], k, tensor_get(args[i], k) * (1 + off * gen_between(c->gen, -1, 1)));
  }
  return out;
}

static bool same_number(double x, double y, double size) {
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return x == y || fabs(x - y) <= 1e-9 * (size + fabs(x)) + 1e-11;
}

static bool same_tensor(const Tensor *a, const Tensor *b) {
  double size = 0;
  if (a->dtype == DT_key) return !memcmp(a->data, b->data, tensor_bytes(a));
  for (int64_t i = 0, n = tensor_count(a); i < n; i++)
    if (isfinite(tensor_get(a, i))) size = fmax(size, fabs(tensor_get(a, i)));
  if (!dtype_is_float(a->dtype)) size = 0;
  for (int64_t i = 0, n = tensor_count(a); i < n; i++)
    if (!same_number(tensor_get(a, i), tensor_get(b, i), size)) return false;
  return true;
}

/* ---- permutations ---- */

static void draw(Case *c) {
  Permutations *p = &c->p;
  for (int64_t row = 0; row < p->n_rows; row++) {
    int64_t *to = p->to + row * p->n;
    for (int64_t i = 0; i < p->n; i++) to[i] = i;
    for (int64_t i = p->n - 1; i > 0; i--) {
      int64_t k = gen_below(c->gen, (int)i + 1), old = to[i];
      to[i] = to[k];
      to[k] = old;
    }
    for (int64_t i = 0; i < p->n; i++) p->back[row * p->n + to[i]] = i;
  }
}

/* Results for the permuted set. */
static Tensor **permuted(Case *c) {
  Tensor **args = arena_array(&c->ctx->arena, Tensor *, c->g->params.len);
  Tensor **y = arena_array(&c->ctx->arena, Tensor *, c->g->results.len);
  for (uint32_t i = 0; i < c->g->params.len; i++)
    args[i] = act(&c->p, sets_fact(c->proof, c->g, c->g->params.data[i]), c->args[i]);
  bool good = run(c, args, y);
  gen_free(args, c->g->params.len);
  return good ? y : NULL;
}

static bool holds(const Case *c, const Fact *f, uint32_t i, const Tensor *after) {
  Tensor *expected = act(&c->p, f, c->y[i]);
  bool same = same_tensor(expected, after);
  tensor_free(expected);
  return same;
}

/* ---- proved ---- */

static void violated(const Case *c, uint32_t i, const Fact *f) {
  if (c->settings->quiet) return;
  Text text = text_new(&c->ctx->arena);
  fact_print(f, 0, &text);
  printf("seed %llu: result %u of %s is not %s for %s\n", (unsigned long long)c->seed, i,
         ctx_text(c->ctx, c->g->name), text_str(&text), c->proof->set->name);
}

static void check_fact(Case *c, uint32_t i, Tensor *const *after) {
  const Fact *f = &c->proof->results[i];
  static const uint64_t moves[] = {0, UINT64_MAX, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa};
  bool fine = act_known(&c->p, f);
  if (!fine) c->tally->undecided++;
  if (!fine) return;
  fine = act_uniform(&c->p, f, c->y[i]);
  for (int k = 0; k < 4; k++) {
    Fact one = instance(&c->p, f, moves[k]);
    fine = fine && holds(c, &one, i, after[i]);
  }
  if (fine) return;
  if (!same_tensor(c->y[i], c->near[i])) {
    c->tally->undecided++;
  } else if (f->ties && c->had_ties) {
    c->tally->ties++;
  } else {
    c->tally->violated++;
    violated(c, i, f);
  }
}

/* ---- missed ---- */

/* Facts that may be tried on a value of no fact: each axis as long as the set fixed or moving,
 * values fixed or renamed. */
static bool candidate(const Case *c, uint32_t i, uint64_t choice, Fact *out) {
  const TypeInfo *info = graph_info(c->g, c->g->results.data[i]);
  Atom *atoms = arena_array(&c->ctx->arena, Atom, info->rank);
  Fact plain = {.atoms = atoms, .value = slot_fixed()};
  int n_moving = 0;
  for (int k = 0; k < info->rank; k++)
    if (!size_is(c->ctx, info->dims[k], 1))
      atoms[plain.n_atoms++] = atom_new(info->dims[k], k, slot_fixed());
  for (int k = 0; k < plain.n_atoms; k++)
    if (sz_eq(atoms[k].extent, c->proof->set->extent))
      atoms[k].slot = (Slot){.kind = SLOT_free, .var = ++n_moving};
  if (info->dtype == DT_idx && sz_eq(info->extent, c->proof->set->extent))
    plain.value = (Slot){.kind = SLOT_free, .var = ++n_moving};
  if (choice >> n_moving) return false;
  *out = instance(&c->p, &plain, choice);
  return true;
}

static bool constant(const Tensor *t) {
  for (int64_t i = 1, n = tensor_count(t); i < n; i++)
    if (!same_number(tensor_get(t, 0), tensor_get(t, i), 0)) return false;
  return true;
}

static void check_lost(Case *c, uint64_t *alive, uint32_t i, Tensor *const *after) {
  Fact f;
  for (uint64_t choice = 0; choice < 64; choice++)
    if ((alive[i] >> choice) & 1 && (!candidate(c, i, choice, &f) || !holds(c, &f, i, after[i])))
      alive[i] &= ~((uint64_t)1 << choice);
}

/* ---- one graph and set ---- */

/* Values that are computed from the set. */
static bool *reached(const Case *c) {
  bool *on = arena_array(&c->ctx->arena, bool, c->g->nodes.len);
  for (uint32_t i = 0; i < c->g->nodes.len; i++) {
    const Node *n = &c->g->nodes.data[i];
    if (n->op == OP_param) on[i] = fact_moves(sets_fact(c->proof, c->g, (Ref){i}));
    for (int k = 0; k < n->n_operands; k++) on[i] |= on[n->operands[k].i];
  }
  return on;
}

static void count_results(Case *c, const uint64_t *alive) {
  const bool *on = reached(c);
  for (uint32_t i = 0; i < c->g->results.len; i++) {
    const Fact *f = &c->proof->results[i];
    Ref r = c->g->results.data[i];
    if (!on[r.i] || graph_node(c->g, r)->op == OP_param) continue;
    if (!f->lost) {
      c->tally->facts++;
      c->tally->moving += fact_moves(f);
    } else if (f->lost->reason == SET_given_up || proof_between_ranks(f->lost)) {
      c->tally->given_up++;
    } else {
      c->tally->lost++;
      bool trivial = constant(c->y[i]);
      c->tally->missed += alive[i] != 0 && !trivial;
      if (c->settings->show && alive[i] && !trivial) proof_missed(c->ctx, c->proof, i);
      c->tally->trivial += alive[i] != 0 && trivial;
    }
  }
}

static void try_proof(Case *c, const SetProof *proof) {
  const SetAxis *set = proof->set;
  int64_t n = 0;
  c->proof = proof;
  if (c->settings->show) proof_shown(c->ctx, c->proof);
  ORDO_CHECK(size_eval(c->ctx, set->extent, &c->gen->env, &n));
  c->p = (Permutations){.ctx = c->ctx, .env = &c->gen->env, .proof = c->proof, .n = n, .n_rows = 1};
  for (int i = 0; i < set->n_rows; i++) {
    int64_t rows = 0;
    ORDO_CHECK(size_eval(c->ctx, set->rows[i], &c->gen->env, &rows));
    c->p.n_rows *= rows;
  }
  c->p.to = arena_array(&c->ctx->arena, int64_t, c->p.n_rows * n);
  c->p.back = arena_array(&c->ctx->arena, int64_t, c->p.n_rows * n);
  uint64_t *alive = arena_array(&c->ctx->arena, uint64_t, c->g->results.len + 1);
  for (uint32_t i = 0; i < c->g->results.len; i++) alive[i] = UINT64_MAX;
  for (int trial = 0; trial < TRIALS; trial++) {
    draw(c);
    Tensor **after = permuted(c);
    for (uint32_t i = 0; after && i < c->g->results.len; i++)
      if (c->proof->results[i].lost)
        check_lost(c, alive, i, after);
      else
        check_fact(c, i, after);
    if (after) gen_free(after, c->g->results.len);
  }
  count_results(c, alive);
}

static void try_set(Case *c, const SetAxis *set) {
  try_proof(c, c->settings->rules
                   ? sets_prove_by(c->ctx, c->g, set, c->settings->rules, NULL, &c->tally->wrong)
                   : sets_prove(c->ctx, c->g, set));
}

/* ---- one graph ---- */

/* Runs the graph with the arguments and others near them, and what is given for its sets. */
static bool try_runs(Case *c, Tensor **near, const SetClaims *claims) {
  c->y = arena_array(&c->ctx->arena, Tensor *, c->g->results.len + 1);
  c->near = arena_array(&c->ctx->arena, Tensor *, c->g->results.len + 1);
  c->had_ties = false;
  bool good = run(c, c->args, c->y), both = run(c, near, c->near);
  SetAxes sets = sets_declared(c->ctx, c->g);
  for (uint32_t i = 0; good && both && i < sets.len; i++)
    if (sets.data[i].padded)
      continue;
    else if (claims)
      try_proof(c, claims->proofs.data[i]);
    else
      try_set(c, &sets.data[i]);
  if (good) gen_free(c->y, c->g->results.len);
  if (both) gen_free(c->near, c->g->results.len);
  c->tally->graphs += good && both && sets.len;
  c->tally->failed += !(good && both);
  return good && both;
}

/* What was proved before a pass has to hold in the graph behind it, too. */
static void try_passes(Case *c, Tensor **near) {
  SetClaims claims = {0};
  Tally behind = {0}, *own = c->tally;
  const Graph *given = c->g;
  long lost = proof_lost_by_simplify(c->ctx, given);
  if (lost) printf("seed %llu: simplify loses %ld facts\n", (unsigned long long)c->seed, lost);
  own->lost_by_simplify += lost;
  c->g = proof_behind(c->ctx, c->raw, &claims, &behind.kept);
  c->tally = &behind;
  if (c->g) try_runs(c, near, &claims);
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
                        .sets = true,
                        .harder = !s->plain};
  Case c = {
      .ctx = ctx, .gen = gen_new(ctx, seed, options), .seed = seed, .settings = s, .tally = tally};
  c.raw = s->file ? proof_graph(c.gen, s->file) : make_graph(c.gen, smooth);
  c.g = proof_differentiated(ctx, c.raw);
  if (!c.g) {
    tally->failed++;
    ctx_free(ctx);
    return;
  }
  if (s->show) printf("%s\n", graph_str(c.g));
  Tensor **plain = gen_args(c.gen, c.g, -2, 2), **near;
  c.args = widen(&c, plain, 0);
  near = widen(&c, c.args, 1e-12);
  bool good = try_runs(&c, near, NULL);
  if (s->passes && good) try_passes(&c, near);
  gen_free(plain, c.g->params.len);
  gen_free(near, c.g->params.len);
  gen_free(c.args, c.g->params.len);
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
  if (!proof_test("permute", argc, argv, &s)) return 2;
  if (s.wrong) return !wrong_caught(&s, false, count_graph);
  Tally t = {0};
  printf("seeds %llu to %llu, %d nodes\n", (unsigned long long)s.seed,
         (unsigned long long)s.seed + (unsigned long long)s.count - 1, s.nodes);
  for (long k = 0; k < s.count; k++) try_graph(&s, k, &t);
  printf("%ld graphs with a set, %d permutations each; %ld not run\n", t.graphs, TRIALS, t.failed);
  printf("values computed from the set: proved %ld facts (%ld of them move): %ld violated, %ld "
         "undecided (ill-conditioned), %ld "
         "with ties\n",
         t.facts, t.moving, t.violated, t.undecided, t.ties);
  printf("not proved %ld: %ld hold numerically, %ld more are constant; %ld given up on purpose\n",
         t.lost, t.missed, t.trivial, t.given_up);
  printf("missed: %.2f %% of what holds\n",
         100.0 * (double)t.missed / (double)(t.facts + t.missed));
  if (s.passes) {
    printf("behind the passes: %ld facts, %ld of them proved before a pass only (in %ld graphs)\n",
           t.behind, t.kept, t.kept_in);
    printf("simplify: %ld facts are not proved again behind it\n", t.lost_by_simplify);
  }
  return t.violated || !t.facts;
}
