/* Sections, their axes and lanes, and the loops of reductions. See the header. */
#include "codegen/kernel_plan.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/kernel_walk.h"
#include "ir/cost.h"

/* ---- reductions ---- */

/* The axes that a reduction or arg-reduction removes. */
static const int32_t *reduced_axes(const Node *node, int *n, int32_t *scratch) {
  if (op_is(node->op, T_ARGREDUCE)) {
    *scratch = (int32_t)node_int(node, A_axis, 0);
    *n = 1;
    return scratch;
  }
  const Attr *axes = node_attr(node, A_axes);
  *n = axes->n;
  return axes->ints;
}

/* Bit i: the reduction keeps axis i of its operand, which has no more than 64. */
static uint64_t kept_axes(const Node *node, int rank) {
  int n;
  int32_t scratch;
  const int32_t *axes = reduced_axes(node, &n, &scratch);
  uint64_t kept = rank < 64 ? ((uint64_t)1 << rank) - 1 : ~(uint64_t)0;
  for (int i = 0; i < n; i++) kept &= ~((uint64_t)1 << axes[i]);
  return kept;
}

static bool same_dims(const Sz *a, const Sz *b, int rank) {
  for (int i = 0; i < rank; i++)
    if (!sz_eq(a[i], b[i])) return false;
  return true;
}

static bool same_batch(KernelPlan *p, const int *depth, uint32_t a, uint32_t b) {
  const Node *x = &p->body->nodes.data[a], *y = &p->body->nodes.data[b];
  int n, m;
  int32_t x_axis, y_axis;
  const int32_t *x_axes = reduced_axes(x, &n, &x_axis), *y_axes = reduced_axes(y, &m, &y_axis);
  return depth[a] == depth[b] && n == m && !memcmp(x_axes, y_axes, sizeof *x_axes * (size_t)n) &&
         type_same_shape(p->ctx, graph_type(p->body, x->operands[0]),
                         graph_type(p->body, y->operands[0]));
}

/* Reductions of one batch have the same depth, so none depends on another. */
static void find_batches(KernelPlan *p) {
  uint32_t n = p->body->nodes.len;
  int *depth = p->depth = arena_array(p->ix.arena, int, n);
  p->batch = arena_array(p->ix.arena, int, n);
  for (uint32_t i = 0; i < n; i++) {
    const Node *node = &p->body->nodes.data[i];
    p->batch[i] = -1;
    for (int k = 0; k < node->n_operands; k++)
      if (depth[node->operands[k].i] > depth[i]) depth[i] = depth[node->operands[k].i];
    if (!op_is(node->op, T_REDUCE | T_ARGREDUCE)) continue;
    depth[i]++;
    p->batch[i] = (int)i;
    for (uint32_t k = 0; k < i; k++)
      if (p->batch[k] == (int)k && same_batch(p, depth, k, i)) {
        p->batch[i] = (int)k;
        break;
      }
  }
}

int reduction_operand_map(KernelPlan *p, Ref ref, int map, const int *reduced_forms) {
  const Node *node = graph_node(p->body, ref);
  int rank = graph_info(p->body, node->operands[0])->rank, n;
  int32_t scratch;
  const int32_t *axes = reduced_axes(node, &n, &scratch);
  int *forms = arena_array(p->ix.arena, int, rank);
  for (int i = 0; i < rank; i++) forms[i] = -1;
  for (int i = 0; i < n; i++) forms[axes[i]] = reduced_forms[i];
  for (int i = 0, kept = 0; i < rank; i++)
    if (forms[i] < 0) forms[i] = map_forms(&p->ix, map)[kept++];
  return map_intern(&p->ix, forms, rank);
}

const int *store_forms(KernelPlan *p, const Reduction *r) {
  int map = reduction_operand_map(p, (Ref){(uint32_t)r->batch}, r->map, r->domain.forms);
  return map_forms(&p->ix, map);
}

static void walk_store(KernelWalk *w, const Store *store, const int *axes, int rank);

static void walk_batch(KernelPlan *p, Reduction *r) {
  KernelWalk w = {.plan = p};
  for (uint32_t i = 0; r->makes_stores && i < p->section->stores.len; i++)
    if (p->section->stores.data[i].with == r->batch)
      walk_store(&w, &p->section->stores.data[i], store_forms(p, r), p->section->domain.rank);
  for (uint32_t i = (uint32_t)r->batch; i < p->body->nodes.len; i++) {
    if (p->batch[i] != r->batch) continue;
    const Node *node = &p->body->nodes.data[i];
    int map = reduction_operand_map(p, (Ref){i}, r->map, r->domain.forms);
    if (op_is(node->op, T_ARGREDUCE)) walk_form(&w, r->domain.forms[0]);
    walk_value(&w, node->operands[0], map, r->guard);
  }
  r->domain.accesses.data = w.accesses.data;
  r->domain.accesses.len = w.accesses.len;
}

static int best_lane(const KernelPlan *p, const Domain *d) {
  int best = -1, best_score = 0;
  for (int i = d->n_groups - 1; i >= 0; i--) {
    int score = domain_stride_score(&p->ix, d, d->groups[i].inner, NULL);
    if (best < 0 || score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

/* Whether a batch reduces just the inner axes of the section. An axis of extent 1 is an inner one
 * and an outer one alike. */
static bool reduces_inner(const KernelPlan *p, const Section *s, int batch) {
  const Node *node = &p->body->nodes.data[batch];
  const TypeInfo *t = graph_info(p->body, node->operands[0]);
  if (t->rank != s->domain.rank || t->rank > 64 || !same_dims(t->dims, s->dims, t->rank))
    return false;
  uint64_t kept = kept_axes(node, t->rank);
  for (int i = 0; i < t->rank; i++)
    if (!size_is(p->ctx, t->dims[i], 1) && (kept >> i & 1) != (s->walked >> i & 1)) return false;
  return true;
}

/* Whether a reduction at this index is the one of the rows of the section that is being planned. */
static bool makes_stores(KernelPlan *p, int batch, int map, int guard) {
  const Section *s = p->section;
  if (!s || guard || !reduces_inner(p, s, batch)) return false;
  int *forms = arena_array(p->ix.arena, int, s->domain.rank), n = 0;
  uint64_t kept = kept_axes(&p->body->nodes.data[batch], s->domain.rank);
  for (int i = 0; i < s->domain.rank; i++)
    if (kept >> i & 1) forms[n++] = s->domain.forms[i];
  return map == map_intern(&p->ix, forms, n);
}

const Reduction *plan_reduction(KernelPlan *p, Ref ref, int map, int guard) {
  int batch = p->batch[ref.i];
  bool stores = makes_stores(p, batch, map, guard);
  for (uint32_t i = 0; i < p->reductions.len; i++) {
    const Reduction *r = p->reductions.data[i];
    if (r->batch == batch && r->map == map && r->guard == guard && r->makes_stores == stores)
      return r;
  }
  const Node *node = graph_node(p->body, ref);
  const TypeInfo *type = graph_info(p->body, node->operands[0]);
  int n;
  int32_t scratch;
  const int32_t *axes = reduced_axes(node, &n, &scratch);
  Sz *dims = arena_array(p->ix.arena, Sz, n);
  for (int i = 0; i < n; i++) dims[i] = type->dims[axes[i]];
  Reduction *r = arena_new(p->ix.arena, Reduction);
  *r = (Reduction){.batch = batch, .map = map, .guard = guard, .makes_stores = stores};
  r->domain = domain_new(&p->ix, dims, n);
  do {
    walk_batch(p, r);
  } while (domain_refine(&p->ix, &r->domain));
  domain_group(&p->ix, &r->domain, NULL);
  r->lane = best_lane(p, &r->domain);
  vec_push(p->ix.arena, &p->reductions, r);
  return r;
}

/* ---- stores ---- */

typedef VEC(Store) Stores;

/* A concat at the root becomes a store for each part. */
static void collect_stores(KernelPlan *p, Stores *out, Ref value, int result, const Sz *offsets) {
  const Node *node = graph_node(p->body, value);
  int rank = graph_info(p->body, value)->rank;
  if (node->op != OP_concat) {
    vec_push(p->ix.arena, out, ((Store){value, result, offsets, -1}));
    return;
  }
  int axis = (int)node_int(node, A_axis, 0);
  Sz at = offsets[axis];
  for (int k = 0; k < node->n_operands; k++) {
    Sz *part = arena_copy(p->ix.arena, offsets, sizeof *offsets * (size_t)rank);
    part[axis] = at;
    at = size_add(p->ctx, at, graph_info(p->body, node->operands[k])->dims[axis]);
    collect_stores(p, out, node->operands[k], result, part);
  }
}

static const Sz *zero_offsets(KernelPlan *p, int rank) {
  Sz *zeros = arena_array(p->ix.arena, Sz, rank);
  for (int i = 0; i < rank; i++) zeros[i] = p->ix.zero;
  return zeros;
}

/* ---- the walk of a section ---- */

static void walk_store(KernelWalk *w, const Store *store, const int *axes, int rank) {
  KernelPlan *p = w->plan;
  const TypeInfo *type = graph_info(p->body, p->body->results.data[store->result]);
  int *forms = arena_array(p->ix.arena, int, type->rank);
  for (int i = 0; i < type->rank; i++) forms[i] = form_offset(&p->ix, axes[i], store->offsets[i]);
  walk_form(w, map_linear(&p->ix, map_intern(&p->ix, forms, type->rank), type->dims, type->rank));
  walk_value(w, store->value, map_intern(&p->ix, axes, rank), 0);
}

/* Marks the variables that the reductions depend on. */
static bool *reduction_vars(const KernelWalk *w) {
  const Index *ix = &w->plan->ix;
  bool *on = arena_array(ix->arena, bool, ix->vars.len);
  for (uint32_t i = 0; i < w->reductions.len; i++)
    for (int k = 0; k < ix->maps.data[w->reductions.data[i]->map].rank; k++)
      form_depends(ix, map_forms(ix, w->reductions.data[i]->map)[k], on);
  return on;
}

/* Bit i: a reduction depends on axis i. */
static uint64_t outer_axes(const KernelWalk *w, const Domain *d) {
  const Index *ix = &w->plan->ix;
  const bool *on = reduction_vars(w);
  uint64_t mask = 0;
  for (int axis = 0; axis < d->rank; axis++)
    for (int i = 0; i < d->n_vars; i++)
      if (on[d->vars[i]] && !size_is(ix->ctx, form_coef(ix, d->forms[axis], d->vars[i]), 0))
        mask |= (uint64_t)1 << (axis & 63);
  return mask;
}

/* ---- sections ---- */

/* Stores of equal shape share a section unless their reductions need other outer axes. */
static void place_store(KernelPlan *p, const Store *store) {
  const TypeInfo *type = graph_info(p->body, store->value);
  KernelWalk w = {.plan = p};
  Domain d = domain_new(&p->ix, type->dims, type->rank);
  walk_store(&w, store, d.forms, d.rank);
  uint64_t axes = outer_axes(&w, &d);
  bool reduces = w.reductions.len > 0;
  for (uint32_t i = 0; i < p->sections.len; i++) {
    Section *s = &p->sections.data[i];
    if (s->domain.rank != type->rank || !same_dims(s->dims, type->dims, type->rank)) continue;
    if (s->reduces && reduces && s->walked != axes) continue;
    s->walked |= axes;
    s->reduces |= reduces;
    vec_push(p->ix.arena, &s->stores, *store);
    return;
  }
  Section s = {.dims = type->dims, .domain = d, .walked = axes, .reduces = reduces};
  vec_push(p->ix.arena, &s.stores, *store);
  vec_push(p->ix.arena, &p->sections, s);
}

/* Whether the small section's axes are the outer axes of the large one, in order. Axes of extent 1
 * are left out: no reduction depends on them, and a result has or has not got them. */
static bool is_outer_part(KernelPlan *p, const Section *large, const Section *small) {
  int at = 0, inner = 0, small_rank = small->domain.rank;
  for (int i = 0; i < large->domain.rank; i++) {
    if (size_is(p->ctx, large->dims[i], 1)) continue;
    if (!(large->walked >> (i & 63) & 1)) {
      inner++;
      continue;
    }
    while (at < small_rank && size_is(p->ctx, small->dims[at], 1)) at++;
    if (at == small_rank || !sz_eq(small->dims[at++], large->dims[i])) return false;
  }
  while (at < small_rank && size_is(p->ctx, small->dims[at], 1)) at++;
  return at == small_rank && (inner || small_rank < large->domain.rank);
}

/* Whether the axes that are kept stand before those that are reduced. */
static bool is_leading(KernelPlan *p, const Section *s, uint64_t kept) {
  bool reduced = false;
  for (int i = 0; i < s->domain.rank; i++) {
    if (size_is(p->ctx, s->dims[i], 1)) continue;
    if (reduced && kept >> i & 1) return false;
    reduced |= !(kept >> i & 1);
  }
  return reduced;
}

/* Whether rows are worth a loop each: they fill vectors, and are enough for all threads. */
static bool many_rows(KernelPlan *p, const Section *s, uint64_t kept) {
  Sz rows = p->ix.one, row = p->ix.one;
  for (int i = 0; i < s->domain.rank; i++) {
    Sz *product = kept >> i & 1 ? &rows : &row;
    *product = size_mul(p->ctx, *product, s->dims[i]);
  }
  return size_guess(p->ctx, row) >= p->lanes && size_guess(p->ctx, rows) >= COST_ROWS;
}

/* The axes of a map section that a reduction of the small section keeps, when it reduces values of
 * the map's shape over the others, which are its last ones; 0: there is none. */
static uint64_t axes_of_rows(KernelPlan *p, const Section *map, const Section *small) {
  int own = map_intern(&p->ix, small->domain.forms, small->domain.rank), rank = map->domain.rank;
  KernelWalk w = {.plan = p};
  for (uint32_t i = 0; i < small->stores.len; i++)
    walk_store(&w, &small->stores.data[i], small->domain.forms, small->domain.rank);
  for (uint32_t i = 0; i < w.reductions.len && rank <= 64; i++) {
    const Reduction *r = w.reductions.data[i];
    const Node *node = &p->body->nodes.data[r->batch];
    const TypeInfo *t = graph_info(p->body, node->operands[0]);
    if (r->map != own || r->guard || t->rank != rank || !same_dims(t->dims, map->dims, rank))
      continue;
    uint64_t kept = kept_axes(node, rank);
    if (is_leading(p, map, kept) && many_rows(p, map, kept)) return kept;
  }
  return 0;
}

/* Makes rows of a map section whose rows the small section reduces: what both compute of an
 * element, usually all of it, is then computed once, in the loop of the reduction. */
static void make_rows(KernelPlan *p, Section *map, const Section *small) {
  uint64_t kept = axes_of_rows(p, map, small);
  for (int i = 0; i < map->domain.rank; i++)
    if (kept >> (i & 63) & 1 && !size_is(p->ctx, map->dims[i], 1)) map->walked |= (uint64_t)1 << i;
  map->reduces = kept != 0;
}

/* Per-row results are stored by the loop over rows that needs them anyway, or the loop over
 * elements becomes one over rows. */
static void attach_outer(KernelPlan *p) {
  for (uint32_t i = 0; i < p->sections.len; i++) {
    for (uint32_t k = 0; k < p->sections.len; k++) {
      Section *large = &p->sections.data[k], *small = &p->sections.data[i];
      if (i == k || small->outer_stores.len) continue;
      if (!large->reduces && small->reduces) make_rows(p, large, small);
      if (!large->reduces || !is_outer_part(p, large, small)) continue;
      for (uint32_t j = 0; j < small->stores.len; j++)
        vec_push(p->ix.arena, &large->outer_stores, small->stores.data[j]);
      memmove(small, small + 1, sizeof *small * (p->sections.len - 1 - i));
      p->sections.len--;
      i--;
      break;
    }
  }
}

/* ---- loops of a section ---- */

const int *outer_forms(KernelPlan *p, const Section *s, const TypeInfo *type) {
  int *forms = arena_array(p->ix.arena, int, type->rank), axis = 0;
  for (int i = 0; i < type->rank; i++) {
    bool unit = size_is(p->ctx, type->dims[i], 1);
    while (!unit && (size_is(p->ctx, s->dims[axis], 1) || !(s->walked >> (axis & 63) & 1))) axis++;
    forms[i] = unit ? form_const(&p->ix, p->ix.zero) : s->domain.forms[axis++];
  }
  return forms;
}

static KernelWalk walk_section(KernelPlan *p, Section *s) {
  KernelWalk w = {.plan = p};
  for (uint32_t i = 0; i < s->stores.len; i++)
    walk_store(&w, &s->stores.data[i], s->domain.forms, s->domain.rank);
  for (uint32_t i = 0; i < s->outer_stores.len; i++) {
    const TypeInfo *type = graph_info(p->body, s->outer_stores.data[i].value);
    walk_store(&w, &s->outer_stores.data[i], outer_forms(p, s, type), type->rank);
  }
  s->domain.accesses.data = w.accesses.data;
  s->domain.accesses.len = w.accesses.len;
  return w;
}

/* Lanes along the last outer group (col), against lanes inside the reductions (row). */
static bool prefers_columns(KernelPlan *p, const Section *s, const KernelWalk *w) {
  if (!s->domain.n_groups || !s->domain.groups[s->domain.n_groups - 1].outer) return false;
  const Group *last = &s->domain.groups[s->domain.n_groups - 1];
  int columns = 0, rows = 0;
  int64_t kept = INT64_MAX, reduced = 1;
  size_is_const(p->ctx, last->extent, &kept);
  for (uint32_t i = 0; i < w->reductions.len; i++) {
    const Reduction *r = w->reductions.data[i];
    columns += domain_stride_score(&p->ix, &r->domain, last->inner, NULL);
    int64_t extent = INT64_MAX;
    if (r->lane < 0) continue;
    rows += domain_stride_score(&p->ix, &r->domain, r->domain.groups[r->lane].inner, NULL);
    size_is_const(p->ctx, r->domain.groups[r->lane].extent, &extent);
    if (extent > reduced) reduced = extent;
  }
  if (reduced <= p->lanes / 2 && kept > reduced) return true;
  if (kept < p->lanes / 2 && reduced > kept) return false;
  return columns > rows;
}

static void choose_lanes(KernelPlan *p, Section *s, const KernelWalk *w) {
  int last = s->domain.n_groups - 1;
  s->kind = !s->reduces ? SECTION_map : prefers_columns(p, s, w) ? SECTION_col : SECTION_row;
  s->lane = last;
  if (s->kind == SECTION_row && last >= 0 && s->domain.groups[last].outer) s->lane = -1;
}

/* The group along which most accesses are contiguous of those that are not along the lanes. */
static void choose_tile(KernelPlan *p, Section *s) {
  s->tile = -1;
  if (s->kind != SECTION_map || s->lane < 0) return;
  int most = 0, lanes = s->domain.groups[s->lane].inner;
  for (int i = 0; i < s->domain.n_groups; i++) {
    int n = 0;
    for (uint32_t k = 0; k < s->domain.accesses.len && i != s->lane; k++) {
      int form = s->domain.accesses.data[k];
      Sz along = form_coef(&p->ix, form, lanes);
      if (size_is(p->ctx, along, 0) || size_is(p->ctx, along, 1)) continue;
      n += size_is(p->ctx, form_coef(&p->ix, form, s->domain.groups[i].inner), 1);
    }
    if (n > most) s->tile = i;
    if (n > most) most = n;
  }
}

static bool fits_copies(KernelPlan *p, const Section *s, int copies) {
  int64_t extent, step = (int64_t)copies * p->lanes;
  Sz e = s->domain.groups[s->lane].extent;
  if (s->kind == SECTION_col) return size_divides(p->ctx, e, step);
  return !size_is_const(p->ctx, e, &extent) || extent >= step;
}

static void choose_copies(KernelPlan *p, Section *s) {
  s->copies = 1;
  if (s->lane < 0) return;
  int most = s->kind == SECTION_col && !s->heavy ? 4 : 2;
  while (s->copies < most && fits_copies(p, s, 2 * s->copies)) s->copies *= 2;
}

Sz section_items(KernelPlan *p, const Section *s, int group) {
  Sz extent = s->domain.groups[group].extent;
  int64_t step = group == s->lane ? s->block : group == s->tile ? TILE_ROWS : 1;
  if (!step) return p->ix.one;
  extent = size_add(p->ctx, extent, size_const(p->ctx, step - 1));
  return size_div(p->ctx, extent, size_const(p->ctx, step));
}

static void choose_items(KernelPlan *p, Section *s) {
  s->range = p->ix.one;
  for (int i = 0; i < s->domain.n_groups; i++) {
    const Group *g = &s->domain.groups[i];
    bool lane = i == s->lane;
    if (lane && s->kind == SECTION_map) s->block = ITEM_ELEMENTS;
    if (lane && s->kind == SECTION_col) s->block = section_step(p, s);
    int64_t extent;
    if (lane && size_is_const(p->ctx, g->extent, &extent) && extent <= s->block) s->block = 0;
    if (s->kind != SECTION_map && !g->outer) continue;
    s->range = size_mul(p->ctx, s->range, section_items(p, s, i));
  }
}

static void mark_cone(KernelPlan *p, Section *s) {
  s->cone = arena_array(p->ix.arena, bool, p->body->nodes.len);
  for (uint32_t i = 0; i < s->stores.len; i++) s->cone[s->stores.data[i].value.i] = true;
  for (uint32_t i = 0; i < s->outer_stores.len; i++)
    s->cone[s->outer_stores.data[i].value.i] = true;
  int64_t flops = 0;
  for (uint32_t i = p->body->nodes.len; i-- > 0;) {
    if (!s->cone[i]) continue;
    const Node *node = &p->body->nodes.data[i];
    for (int k = 0; k < node->n_operands; k++) s->cone[node->operands[k].i] = true;
    if (!op_is(node->op, T_REDUCE | T_ARGREDUCE))
      flops += op_flops(node->op); /* that is the loop itself */
  }
  s->heavy = flops > COST_UNROLLED;
}

/* A store that needs no reduction, or only earlier ones, is made in the loop of the next: its
 * value is often a part of what is reduced, and would be computed again. */
static void place_in_loops(KernelPlan *p, Section *s) {
  for (uint32_t i = 0; i < s->stores.len; i++) {
    Store *store = &s->stores.data[i];
    for (uint32_t b = 0; b < p->body->nodes.len; b++) {
      bool first = p->batch[b] == (int)b && s->cone[b];
      if (!first || p->depth[store->value.i] >= p->depth[b] || !reduces_inner(p, s, (int)b))
        continue;
      if (store->with < 0 || p->depth[b] < p->depth[store->with]) store->with = (int)b;
    }
  }
}

/* Whether the section has the loop: a batch may be needed at other places only. */
static bool has_loop(const KernelWalk *w, int batch) {
  for (uint32_t i = 0; i < w->reductions.len; i++)
    if (w->reductions.data[i]->makes_stores && w->reductions.data[i]->batch == batch) return true;
  return false;
}

static void plan_section(KernelPlan *p, Section *s) {
  mark_cone(p, s);
  if (s->reduces) place_in_loops(p, s);
  p->section = s;
  KernelWalk w;
  do {
    w = walk_section(p, s);
  } while (domain_refine(&p->ix, &s->domain));
  bool *outer = reduction_vars(&w);
  if (s->reduces) {
    domain_group(&p->ix, &s->domain, outer);
  } else { /* all axes are alike */
    domain_group(&p->ix, &s->domain, NULL);
  }
  choose_lanes(p, s, &w);
  choose_copies(p, s);
  choose_tile(p, s);
  choose_items(p, s);
  for (uint32_t i = 0; i < s->stores.len; i++)
    if (s->kind != SECTION_row || !has_loop(&w, s->stores.data[i].with))
      s->stores.data[i].with = -1;
  p->section = NULL;
}

/* ---- the plan ---- */

static bool fits_kernel(Op op) {
  return op_is(op, T_ELEMENTWISE | T_MOVEMENT | T_REDUCE | T_ARGREDUCE | T_RANDOM) ||
         op == OP_gather || op == OP_param || op == OP_const || op == OP_iota || op == OP_size;
}

KernelPlan *kernel_plan(Ctx *ctx, const Graph *body, int lanes, Fault *fault) {
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *node = &body->nodes.data[i];
    if (fits_kernel(node->op)) continue;
    fault_set(fault, E_compile_failed, node->span,
              ctx_printf(ctx, "'%s' does not belong in a kernel", op_info[node->op].name));
    return NULL;
  }
  KernelPlan *p = arena_new(&ctx->arena, KernelPlan);
  *p = (KernelPlan){.ctx = ctx, .body = body, .lanes = lanes};
  index_init(&p->ix, ctx, body);
  find_batches(p);
  Stores stores = {0};
  for (uint32_t i = 0; i < body->results.len; i++) {
    Ref value = body->results.data[i];
    collect_stores(p, &stores, value, (int)i, zero_offsets(p, graph_info(body, value)->rank));
  }
  for (uint32_t i = 0; i < stores.len; i++) place_store(p, &stores.data[i]);
  attach_outer(p);
  for (uint32_t i = 0; i < p->sections.len; i++) plan_section(p, &p->sections.data[i]);
  return p;
}
