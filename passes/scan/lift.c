/* Lifting values out of a loop: every op gets a first axis, time, on the operands that vary with
 * it. */
#include "passes/scan/lift.h"

#include "ir/needs.h"
#include "ir/tensor.h"

#include <string.h>

#define MAX_RANK 32

/* ---- classes ---- */

ScanClass *scan_classes(Arena *arena, const Scan *s) {
  ScanClass *classes = arena_array(arena, ScanClass, s->body->nodes.len);
  classes[scan_step_param(s).i] = CLASS_seq;
  for (int i = 0; i < s->carries; i++) classes[scan_carry_param(s, i).i] = CLASS_state;
  for (int i = 0; i < s->slices; i++) classes[scan_slice_param(s, i).i] = CLASS_seq;
  for (uint32_t i = 0; i < s->body->nodes.len; i++) {
    const Node *n = &s->body->nodes.data[i];
    for (int k = 0; k < n->n_operands; k++)
      if (classes[n->operands[k].i] > classes[i]) classes[i] = classes[n->operands[k].i];
  }
  return classes;
}

Ref scan_blocking_carry(Arena *arena, const Scan *s, Ref r) {
  bool *needed = arena_array(arena, bool, r.i + 1);
  needed[r.i] = true;
  for (uint32_t i = r.i + 1; i-- > 0;) {
    const Node *n = &s->body->nodes.data[i];
    for (int k = 0; needed[i] && k < n->n_operands; k++) needed[n->operands[k].i] = true;
  }
  for (int i = 0; i < s->carries; i++)
    if (scan_carry_param(s, i).i <= r.i && needed[scan_carry_param(s, i).i])
      return scan_carry_param(s, i);
  return REF_NONE;
}

/* ---- helpers ---- */

Lift lift_new(Walk *w, const Scan *s, const ScanClass *classes) {
  Lift l = {.w = w, .s = s, .classes = classes};
  l.lifted = arena_array(&w->pc->ctx->arena, Ref, s->body->nodes.len);
  for (uint32_t i = 0; i < s->body->nodes.len; i++) l.lifted[i] = REF_NONE;
  return l;
}

static const TypeInfo *info_of(const Lift *l, Ref r) { return graph_info(l->s->body, r); }

/* The type of a body value with a first axis of time. */
static Ty timed(const Lift *l, Ty type) {
  const TypeInfo *info = type_info(l->w->pc->ctx, type);
  Sz dims[MAX_RANK];
  dims[0] = l->s->length;
  for (int i = 0; i < info->rank; i++) dims[i + 1] = info->dims[i];
  return type_with_dims(l->w->pc->ctx, type, dims, info->rank + 1);
}

Ref lift_over_time(Lift *l, Ref r) {
  Ref value = lift_value(l, r);
  if (l->classes[r.i] == CLASS_seq) return value;
  const TypeInfo *info = info_of(l, r),
                 *wide = type_info(l->w->pc->ctx, timed(l, graph_type(l->s->body, r)));
  int32_t axes[MAX_RANK];
  for (int i = 0; i < info->rank; i++) axes[i] = i + 1;
  return build_broadcast(l->w->g, value, wide->dims, wide->rank, axes);
}

/* An axis list for the operand with time: each axis one further; with_time puts axis 0 in front. */
static Attr shifted(Arena *arena, const Attr *attr, bool with_time) {
  int32_t *axes = arena_array(arena, int32_t, attr->n + 1);
  if (with_time) axes[0] = 0;
  for (int i = 0; i < attr->n; i++) axes[i + with_time] = attr->ints[i] + 1;
  return attr_is((AttrName)attr->name, axes, attr->n + with_time);
}

static Attr shifted_sizes(Ctx *ctx, const Attr *attr) {
  Sz *sizes = arena_array(&ctx->arena, Sz, attr->n + 1);
  sizes[0] = size_const(ctx, 0);
  memcpy(sizes + 1, attr->sizes, (size_t)attr->n * sizeof(Sz));
  return attr_zs((AttrName)attr->name, sizes, attr->n + 1);
}

/* ---- ops ---- */

/* Ops that keep working when every operand gets a first axis, with their axis attributes moved by
 * one. */
static Ref lift_uniform(Lift *l, const Node *n) {
  Ctx *ctx = l->w->pc->ctx;
  Ref *operands = arena_array(&ctx->arena, Ref, n->n_operands);
  Attr *attrs = arena_array(&ctx->arena, Attr, n->n_attrs + 1);
  for (int i = 0; i < n->n_operands; i++) operands[i] = lift_over_time(l, n->operands[i]);
  for (int i = 0; i < n->n_attrs; i++) {
    attrs[i] = n->attrs[i];
    switch ((AttrName)n->attrs[i].name) {
    case A_axis:
    case A_batch: /* scatter_add: time is a batch axis */
      attrs[i].i++;
      break;
    case A_axes:
      attrs[i] = shifted(&ctx->arena, &n->attrs[i], n->op == OP_broadcast);
      break;
    case A_perm:
      attrs[i] = shifted(&ctx->arena, &n->attrs[i], true);
      break;
    case A_starts:
    case A_lo:
      attrs[i] = shifted_sizes(ctx, &n->attrs[i]);
      break;
    default:
      break;
    }
  }
  Ty given = op_info[n->op].given ? timed(l, n->type) : TY_NONE;
  return build_op(l->w->g, n->op, operands, n->n_operands, attrs, n->n_attrs, given);
}

/* The axis of the value moves to the front. */
static Ref axis_to_front(Lift *l, Ref value, int axis) {
  int32_t perm[MAX_RANK];
  int rank = graph_info(l->w->g, value)->rank;
  perm[0] = axis;
  for (int i = 1; i < rank; i++) perm[i] = i <= axis ? i - 1 : i;
  return build_transpose(l->w->g, value, perm);
}

/* The first axis moves behind 'count' others. */
static Ref axis_from_front(Lift *l, Ref value, int count) {
  int32_t perm[MAX_RANK];
  int rank = graph_info(l->w->g, value)->rank;
  for (int i = 0; i < rank; i++) perm[i] = i < count ? i + 1 : i == count ? 0 : i;
  return build_transpose(l->w->g, value, perm);
}

/* A table that does not vary: time is one more axis of the index, behind the batch axes. */
static Ref lift_gather(Lift *l, const Node *n) {
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  bool varies = l->classes[n->operands[0].i] == CLASS_seq;
  Ref index = lift_over_time(l, n->operands[1]);
  Ref operands[] = {varies ? lift_over_time(l, n->operands[0]) : lift_value(l, n->operands[0]),
                    varies ? index : axis_from_front(l, index, batch)};
  Attr attrs[] = {attr_i(A_axis, axis + varies), attr_i(A_batch, batch + varies)};
  Ref y = build_op(l->w->g, OP_gather, operands, 2, attrs, 2, TY_NONE);
  return varies ? y : axis_to_front(l, y, axis);
}

/* Both operands vary: time is a batch axis. */
static Ref lift_dot_both(Lift *l, const Node *n) {
  Arena *arena = &l->w->pc->ctx->arena;
  Ref operands[] = {lift_over_time(l, n->operands[0]), lift_over_time(l, n->operands[1])};
  Attr attrs[] = {shifted(arena, node_attr(n, A_batch_a), true),
                  shifted(arena, node_attr(n, A_batch_b), true),
                  shifted(arena, node_attr(n, A_contract_a), false),
                  shifted(arena, node_attr(n, A_contract_b), false), dot_precision(n)};
  return build_op(l->w->g, OP_dot, operands, 2, attrs, 5, TY_NONE);
}

/* One operand varies: time is one more free axis of it, and comes to the front of the result. */
static Ref lift_dot(Lift *l, const Node *n) {
  int side = l->classes[n->operands[0].i] == CLASS_seq ? 0 : 1;
  if (l->classes[n->operands[1 - side].i] == CLASS_seq) return lift_dot_both(l, n);
  Arena *arena = &l->w->pc->ctx->arena;
  const AttrName batch[] = {A_batch_a, A_batch_b}, contract[] = {A_contract_a, A_contract_b};
  Ref operands[2];
  Attr attrs[5] = {[4] = dot_precision(n)};
  for (int i = 0; i < 2; i++) {
    operands[i] = lift_value(l, n->operands[i]);
    const Attr *b = node_attr(n, batch[i]), *c = node_attr(n, contract[i]);
    attrs[i] = i == side ? shifted(arena, b, false) : *b;
    attrs[2 + i] = i == side ? shifted(arena, c, false) : *c;
  }
  int time = attrs[0].n;
  if (side == 1) time += info_of(l, n->operands[0])->rank - attrs[0].n - attrs[2].n;
  Ref y = build_op(l->w->g, OP_dot, operands, 2, attrs, 5, TY_NONE);
  return axis_to_front(l, y, time);
}

static Ref lift_step(Lift *l) {
  Ref step = scan_step_param(l->s);
  return build_iota(l->w->g, timed(l, graph_type(l->s->body, step)), 0);
}

/* The operand of the scan that a parameter of the body stands for. */
static Ref lift_param(Lift *l, const Node *n) {
  int64_t index = node_int(n, A_index, 0);
  return index == 0 ? lift_step(l) : walk_get(l->w, l->s->node->operands[index - 1]);
}

static Ref lift_inv(Lift *l, const Node *n) {
  Ref *operands = arena_array(&l->w->pc->ctx->arena, Ref, n->n_operands);
  for (int i = 0; i < n->n_operands; i++) operands[i] = lift_value(l, n->operands[i]);
  return build_copy(l->w->g, n, operands);
}

Ref lift_value(Lift *l, Ref r) {
  Ref *to = &l->lifted[r.i];
  if (!ref_none(*to)) return *to;
  const Node *n = graph_node(l->s->body, r);
  ScanClass class = l->classes[r.i];
  ORDO_CHECK(class != CLASS_state);
  if (n->op == OP_param)
    *to = lift_param(l, n);
  else if (class == CLASS_inv)
    *to = lift_inv(l, n);
  else if (n->op == OP_gather)
    *to = lift_gather(l, n);
  else if (n->op == OP_dot)
    *to = lift_dot(l, n);
  else
    *to = lift_uniform(l, n);
  return *to;
}

/* ---- what can be lifted ---- */

bool lift_can(const Node *n) {
  return op_is(n->op, T_ELEMENTWISE | T_MOVEMENT | T_REDUCE | T_ARGREDUCE | T_CONTRACT | T_ALONG) ||
         (op_is(n->op, T_INDEXED) && n->op != OP_update) || n->op == OP_param;
}

/* In front of the loop an invariant value is computed even when the loop has no turn. */
static bool may_run(const Lift *l, const Node *n) {
  Ctx *ctx = l->w->pc->ctx;
  return size_ge(ctx, l->s->length, size_const(ctx, 1)) || node_may_run(l->s->body, n);
}

const char *lift_obstacle(const Lift *l, Ref r) {
  bool *needed = arena_array(&l->w->pc->ctx->arena, bool, r.i + 1);
  needed[r.i] = true;
  for (uint32_t i = r.i + 1; i-- > 0;) {
    const Node *n = &l->s->body->nodes.data[i];
    bool inv = l->classes[i] == CLASS_inv;
    if (!needed[i]) continue;
    if (l->classes[i] == CLASS_state || (inv ? !may_run(l, n) : !lift_can(n)))
      return op_info[n->op].name;
    if (!inv && type_info(l->w->pc->ctx, n->type)->rank >= TENSOR_MAX_RANK)
      return "a tensor of the highest rank";
    for (int k = 0; k < n->n_operands; k++) needed[n->operands[k].i] = true;
  }
  return NULL;
}
