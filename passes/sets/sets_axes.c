/* Which axes of an op's operands and of its result are the same one. */
#include "passes/sets/sets_join.h"

int *step_ints(const SetStep *st, int n) { return arena_array(st->s->arena, int, n); }

int *step_axes(const SetStep *st, int n) {
  int *map = step_ints(st, n);
  for (int i = 0; i < n; i++) map[i] = i;
  return map;
}

Join join_one(SetStep *st, const int *map, int n_axes) {
  Join j = join_new(st, n_axes, 1);
  join_operand(&j, 0, &st->operands[0], map);
  join_start(&j);
  return j;
}

Join join_elementwise(SetStep *st) {
  int n = st->lead + step_type(st)->rank;
  Join j = join_new(st, n, st->node->n_operands);
  for (int k = 0; k < st->node->n_operands; k++)
    join_operand(&j, k, &st->operands[k], step_axes(st, n));
  join_start(&j);
  return j;
}

Join join_broadcast(SetStep *st) {
  const TypeInfo *info = step_type(st);
  const Attr *axes = node_attr(st->node, A_axes);
  int n = st->lead + info->rank, *map = step_axes(st, n);
  bool *old = arena_array(st->s->arena, bool, info->rank);
  for (int i = 0; i < axes->n; i++) {
    map[st->lead + i] = st->lead + axes->ints[i];
    old[axes->ints[i]] = true;
  }
  Join j = join_one(st, map, n);
  for (int i = 0; i < info->rank; i++)
    if (!old[i]) join_add(&j, st->lead + i, info->dims[i], SLOT_free);
  return j;
}

Join join_transpose(SetStep *st) {
  const Attr *perm = node_attr(st->node, A_perm);
  int n = st->lead + perm->n, *map = step_axes(st, n);
  for (int i = 0; i < perm->n; i++) map[st->lead + perm->ints[i]] = st->lead + i;
  return join_one(st, map, n);
}

/* The axes of the matrices are each operand's own; but an equation of solve is a row on both
 * sides, and what it finds a column of the left one: (P A Q) X' = P B for X' = Q^-1 X. */
Join join_matrices(SetStep *st, int **out) {
  int batch = st->lead + step_type(st)->rank - 2, n = batch + 2 * st->node->n_operands + 2;
  Join j = join_new(st, n, st->node->n_operands);
  for (int k = 0; k < st->node->n_operands; k++) {
    int *map = step_axes(st, batch + 2);
    for (int i = 0; i < 2; i++) map[batch + i] = batch + 2 * k + i;
    if (st->node->op == OP_solve) map[batch] = batch;
    join_operand(&j, k, &st->operands[k], map);
  }
  join_start(&j);
  *out = step_axes(st, batch + 2);
  for (int i = 0; i < 2; i++)
    (*out)[batch + i] = st->node->op == OP_solve ? batch + 1 + 2 * i : n - 2 + i;
  return j;
}

Join join_dot(SetStep *st, int **result, int *n_result) {
  const Attr *pairs[2][2] = {{node_attr(st->node, A_batch_a), node_attr(st->node, A_contract_a)},
                             {node_attr(st->node, A_batch_b), node_attr(st->node, A_contract_b)}};
  int lead = st->lead, n = lead + step_rank(st, 0) + step_rank(st, 1);
  int batch = pairs[0][0]->n, contract = pairs[0][1]->n, next = lead + batch + contract;
  int *out = step_ints(st, n), kept = 0;
  Join j = join_new(st, n, 2);
  for (int i = 0; i < lead + batch; i++) out[kept++] = i;
  for (int k = 0; k < 2; k++) {
    int *map = step_axes(st, n);
    for (int i = 0; i < step_rank(st, k); i++) map[lead + i] = -1;
    for (int i = 0; i < batch; i++) map[lead + pairs[k][0]->ints[i]] = lead + i;
    for (int i = 0; i < contract; i++) map[lead + pairs[k][1]->ints[i]] = lead + batch + i;
    for (int i = 0; i < step_rank(st, k); i++)
      if (map[lead + i] < 0) out[kept++] = map[lead + i] = next++;
    join_operand(&j, k, &st->operands[k], map);
  }
  join_start(&j);
  *result = out;
  *n_result = kept;
  return j;
}

/* ---- gather, scatter_add --------------------------------------------------------------------- */

/* Axes: n (shared), i, the one that is indexed, k; and j of the index. Joint axes: n i x k j. */
typedef struct AxisGroups {
  int lead, n, i, k, j;
} AxisGroups;

static AxisGroups groups_of(const SetStep *st, int rank, int index_rank) {
  int axis = (int)node_int(st->node, A_axis, 0), batch = (int)node_int(st->node, A_batch, 0);
  return (AxisGroups){st->lead, batch, axis - batch, rank - axis - 1, index_rank - batch};
}

static int *index_map(const SetStep *st, const AxisGroups *x) {
  int *map = step_axes(st, st->lead + x->n + x->j);
  for (int i = 0; i < x->j; i++) map[x->lead + x->n + i] = x->lead + x->n + x->i + 1 + x->k + i;
  return map;
}

/* n i j k: the axes of gather's result, and of what scatter_add adds. */
static int *looked_up(const SetStep *st, const AxisGroups *x) {
  int *map = step_ints(st, x->lead + x->n + x->i + x->j + x->k), at = 0,
      head = x->lead + x->n + x->i;
  for (int i = 0; i < head; i++) map[at++] = i;
  for (int i = 0; i < x->j; i++) map[at++] = head + 1 + x->k + i;
  for (int i = 0; i < x->k; i++) map[at++] = head + 1 + i;
  return map;
}

static Indexed indexed(const AxisGroups *x) {
  int head = x->lead + x->n + x->i;
  return (Indexed){.axis = head, .first = head + 1 + x->k, .n_index = x->j};
}

Join join_gather(SetStep *st, Indexed *out) {
  AxisGroups x = groups_of(st, step_rank(st, 0), step_rank(st, 1));
  *out = indexed(&x);
  int n = out->first + x.j;
  out->out = looked_up(st, &x);
  out->n_out = n - 1;
  Join j = join_new(st, n, 2);
  join_operand(&j, 0, &st->operands[0], step_axes(st, n));
  join_operand(&j, 1, &st->operands[1], index_map(st, &x));
  join_start(&j);
  return j;
}

Join join_scatter(SetStep *st, Indexed *out) {
  AxisGroups x = groups_of(st, step_type(st)->rank, step_rank(st, 0));
  *out = indexed(&x);
  out->out = step_axes(st, out->first);
  out->n_out = out->first;
  Join j = join_new(st, out->first + x.j, 2);
  join_operand(&j, 0, &st->operands[0], index_map(st, &x));
  join_operand(&j, 1, &st->operands[1], looked_up(st, &x));
  join_start(&j);
  return j;
}

Join join_update(SetStep *st, int *own, int **out) {
  int n = st->lead + step_type(st)->rank, axis = st->lead + (int)node_int(st->node, A_axis, 0);
  Join j = join_new(st, n + 3, 3);
  for (int k = 0; k < 2; k++) {
    int *map = step_axes(st, n);
    map[axis] = n + k;
    join_operand(&j, k, &st->operands[k], map);
  }
  join_operand(&j, 2, &st->operands[2], step_axes(st, st->lead));
  join_start(&j);
  *own = n;
  *out = step_axes(st, n);
  (*out)[axis] = n + 2;
  join_add(&j, n + 2, step_type(st)->dims[axis - st->lead], SLOT_fixed);
  return j;
}
