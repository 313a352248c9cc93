/* The dry run: walks the body with index forms and notes every form that the code will need, to
 * find out which axes can be one loop and which must be two. */
#include "codegen/kernel_walk.h"

/* ---- a set of (node, map, guard) ---- */

static bool seen_before(KernelWalk *w, Ref node, int map, int guard) {
  uint64_t key = hash_mix(hash_mix(node.i + 1, (uint64_t)map), (uint64_t)guard) | 1;
  if (2 * (w->count + 1) > w->n_slots) {
    uint32_t old_n = w->n_slots;
    uint64_t *old = w->slots;
    w->n_slots = old_n ? 2 * old_n : 64;
    w->slots = arena_array(w->plan->ix.arena, uint64_t, w->n_slots);
    for (uint32_t i = 0; i < old_n; i++) {
      if (!old[i]) continue;
      uint32_t at = (uint32_t)old[i] & (w->n_slots - 1);
      while (w->slots[at]) at = (at + 1) & (w->n_slots - 1);
      w->slots[at] = old[i];
    }
  }
  uint32_t at = (uint32_t)key & (w->n_slots - 1);
  for (; w->slots[at]; at = (at + 1) & (w->n_slots - 1))
    if (w->slots[at] == key) return true;
  w->slots[at] = key;
  w->count++;
  return false;
}

/* ---- notes ---- */

void walk_form(KernelWalk *w, int form) {
  Index *ix = &w->plan->ix;
  for (uint32_t i = 0; i < w->accesses.len; i++)
    if (w->accesses.data[i] == form) return;
  vec_push(ix->arena, &w->accesses, form);
  Form f = ix->forms.data[form];
  for (int i = 0; i < f.n; i++) {
    const KernelIndexVar *v = &ix->vars.data[f.terms[i].var];
    if (v->kind == IX_div || v->kind == IX_mod) walk_form(w, v->form);
  }
}

static void walk_guard(KernelWalk *w, int guard) {
  for (; guard; guard = w->plan->ix.guards.data[guard].parent)
    walk_form(w, w->plan->ix.guards.data[guard].form);
}

void form_depends(const Index *ix, int form, bool *on) {
  const Form *f = &ix->forms.data[form];
  for (int i = 0; i < f->n; i++) {
    const KernelIndexVar *v = &ix->vars.data[f->terms[i].var];
    if (v->kind == IX_axis) on[f->terms[i].var] = true;
    if (v->kind == IX_div || v->kind == IX_mod) form_depends(ix, v->form, on);
    if (v->kind == IX_data)
      for (int k = 0; k < ix->maps.data[v->map].rank; k++)
        form_depends(ix, map_forms(ix, v->map)[k], on);
  }
}

/* ---- the walk ---- */

static void walk_reduction(KernelWalk *w, Ref node, int map, int guard) {
  Index *ix = &w->plan->ix;
  const Reduction *r = plan_reduction(w->plan, node, map, guard);
  for (uint32_t i = 0; i < r->domain.accesses.len; i++) walk_form(w, r->domain.accesses.data[i]);
  vec_push(ix->arena, &w->reductions, r);
}

static void walk_movement(KernelWalk *w, Ref ref, int map, int guard) {
  Index *ix = &w->plan->ix;
  const Node *node = graph_node(w->plan->body, ref);
  int axis = (int)node_int(node, A_axis, 0);
  for (int k = 0; k < node->n_operands; k++) {
    int inner = map_operand(ix, ref, k, map, guard), under = guard;
    if (node->op == OP_pad) under = map_pad_guard(ix, ref, inner, guard);
    if (node->op == OP_concat)
      under = guard_and(ix, guard, map_forms(ix, inner)[axis],
                        graph_info(w->plan->body, node->operands[k])->dims[axis]);
    walk_guard(w, under);
    walk_value(w, node->operands[k], inner, under);
  }
}

void walk_value(KernelWalk *w, Ref ref, int map, int guard) {
  if (seen_before(w, ref, map, guard)) return;
  Index *ix = &w->plan->ix;
  const Node *node = graph_node(w->plan->body, ref);
  const TypeInfo *type = graph_info(w->plan->body, ref);
  if (op_is(node->op, T_REDUCE | T_ARGREDUCE)) {
    walk_reduction(w, ref, map, guard);
  } else if (op_is(node->op, T_MOVEMENT)) {
    walk_movement(w, ref, map, guard);
  } else if (node->op == OP_gather) {
    walk_value(w, node->operands[1], map_gather_index(ix, ref, map), guard);
    walk_value(w, node->operands[0], map_operand(ix, ref, 0, map, guard), guard);
  } else if (node->op == OP_iota) {
    walk_form(w, map_forms(ix, map)[node_int(node, A_axis, 0)]);
  } else if (node->op == OP_param || node->op == OP_random) {
    walk_form(w, map_linear(ix, map, type->dims, type->rank));
    if (node->op == OP_random) walk_value(w, node->operands[0], map_intern(ix, NULL, 0), guard);
  } else {
    for (int k = 0; k < node->n_operands; k++) walk_value(w, node->operands[k], map, guard);
  }
}

/* ---- domains ---- */

/* One variable per axis of extent other than 1. */
Domain domain_new(Index *ix, const Sz *dims, int rank) {
  Domain d = {.rank = rank,
              .forms = arena_array(ix->arena, int, rank),
              .vars = arena_array(ix->arena, int, rank)};
  for (int i = 0; i < rank; i++) {
    if (size_is(ix->ctx, dims[i], 1)) {
      d.forms[i] = form_const(ix, ix->zero);
      continue;
    }
    d.vars[d.n_vars] = index_axis(ix, dims[i]);
    d.forms[i] = form_var(ix, d.vars[d.n_vars++]);
  }
  return d;
}

/* Replaces variable v by outer * inner_extent + inner in all forms. */
static void split_var(Index *ix, Domain *d, int at, Sz inner_extent) {
  int v = d->vars[at];
  int outer = index_axis(ix, size_div(ix->ctx, ix->vars.data[v].extent, inner_extent));
  int inner = index_axis(ix, inner_extent);
  int both = form_add(ix, form_scale(ix, form_var(ix, outer), inner_extent), form_var(ix, inner));
  for (int i = 0; i < d->rank; i++) {
    Sz coef = form_coef(ix, d->forms[i], v);
    if (size_is(ix->ctx, coef, 0)) continue;
    d->forms[i] = form_add(ix, form_without(ix, d->forms[i], v), form_scale(ix, both, coef));
  }
  int *vars = arena_array(ix->arena, int, d->n_vars + 1);
  for (int i = 0; i < d->n_vars; i++) vars[i + (i > at)] = d->vars[i];
  vars[at] = outer;
  vars[at + 1] = inner;
  d->vars = vars;
  d->n_vars++;
}

bool domain_refine(Index *ix, Domain *d) {
  for (int i = 0; i < d->n_vars; i++) {
    int wanted = ix->vars.data[d->vars[i]].split_by;
    if (!wanted) continue;
    split_var(ix, d, i, (Sz){(uint32_t)wanted});
    return true;
  }
  return false;
}

static bool same_stride(Index *ix, const Domain *d, int outer, int inner) {
  Sz extent = ix->vars.data[inner].extent;
  for (uint32_t i = 0; i < d->accesses.len; i++) {
    Sz a = form_coef(ix, d->accesses.data[i], outer), b = form_coef(ix, d->accesses.data[i], inner);
    if (!sz_eq(a, size_mul(ix->ctx, b, extent))) return false;
  }
  return true;
}

void domain_group(Index *ix, Domain *d, const bool *outer) {
  d->groups = arena_array(ix->arena, Group, d->n_vars);
  d->n_groups = 0;
  for (int i = 0; i < d->n_vars; i++) {
    int v = d->vars[i];
    bool is_outer = outer && outer[v];
    Group *last = d->n_groups ? &d->groups[d->n_groups - 1] : NULL;
    if (last && last->outer == is_outer && same_stride(ix, d, last->inner, v)) {
      last->extent = size_mul(ix->ctx, last->extent, ix->vars.data[v].extent);
      last->inner = v;
      last->count++;
    } else {
      d->groups[d->n_groups++] = (Group){v, i, 1, ix->vars.data[v].extent, is_outer};
    }
  }
}

int domain_stride_score(const Index *ix, const Domain *d, int var, const bool *relevant) {
  int score = 0;
  for (uint32_t i = 0; i < d->accesses.len; i++) {
    if (relevant && !relevant[i]) continue;
    Sz coef = form_coef(ix, d->accesses.data[i], var);
    score += size_is(ix->ctx, coef, 1) ? 2 : size_is(ix->ctx, coef, 0) ? 1 : -4;
  }
  return score;
}
