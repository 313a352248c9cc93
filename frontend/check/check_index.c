/* Subscripts: x[b, t + 1, :, tok[b, t], 0, new].
 *
 * Each subscript takes one axis of the base and becomes a Place. In order: steps of loops slice
 * values from outside the loop; ranges, constants and offsets are cuts; index variables turn own
 * axes into hidden ones; values of index type gather; 'new' inserts axes of extent 1.
 */
#include "frontend/check/checker.h"

typedef enum PlaceKind {
  PLACE_keep,
  PLACE_var,
  PLACE_step,
  PLACE_constant,
  PLACE_gather,
  PLACE_new
} PlaceKind;

typedef struct IndexPlace {
  PlaceKind kind;
  Span span;
  int axis;      /* own axis of the base */
  bool cut;      /* to [start, start + length) first */
  bool asserted; /* which lies inside by what is asserted: the cut checks it */
  Sz start, length;
  bool reversed;
  IndexVar *var; /* var, step */
  int sign;
  Sz offset;
  Value index; /* gather */
} IndexPlace;

typedef struct Places {
  IndexPlace *data;
  int n;
} Places;

/* ---- reading the subscripts ---- */

static void out_of_range(Check *c, const IndexPlace *p, Sz first, Sz last, Sz dim) {
  const char *axis = size_str(c->ctx, dim);
  bool never =
      size_ge_filled(c->ctx, last, dim) || size_ge_filled(c->ctx, size_const(c->ctx, -1), first);
  const char *how = never ? "does not lie" : "is not known to lie";
  if (sz_eq(first, last))
    diag_at(c->ctx, p->span, E_out_of_range, "the position %s %s in an axis of %s",
            size_str(c->ctx, first), how, axis);
  else
    diag_at(c->ctx, p->span, E_out_of_range,
            "the range of positions from %s to %s %s in an axis of %s", size_str(c->ctx, first),
            size_str(c->ctx, last), how, axis);
  if (p->var && p->var->loop)
    diag_help(c->ctx, "a loop over fewer steps stays inside: scan %s in ... - 1",
              ctx_text(c->ctx, p->var->name));
  else if (p->var) {
    Sz room = size_sub(c->ctx, dim, p->offset);
    if (p->sign < 0 || size_ge_filled(c->ctx, first, dim))
      room = size_sub(c->ctx, dim, size_const(c->ctx, 1));
    diag_help(c->ctx, "a shorter index stays inside: ... with %s in %s",
              ctx_text(c->ctx, p->var->name), size_str(c->ctx, room));
  }
  Str name;
  bool named = size_is_symbol(c->ctx, dim, &name) && scope_find(c->scope, name);
  Sz more = size_sub(c->ctx, last, dim);
  bool longer = named && !size_ge_filled(c->ctx, first, dim) && size_is_const(c->ctx, more, NULL);
  if (longer)
    diag_help(c->ctx, "so does a longer axis: declare it as [%s]",
              size_str(c->ctx, size_add(c->ctx, last, size_const(c->ctx, 1))));
  if (!never && sz_eq(first, last) && named)
    diag_help(c->ctx, "what is known of sizes is asserted: assert %s > %s", axis,
              size_str(c->ctx, last));
}

static bool in_range(Check *c, IndexPlace *p, Sz start, Sz length, Sz dim) {
  Sz zero = size_const(c->ctx, 0), end = size_add(c->ctx, start, length);
  p->cut = !(size_is(c->ctx, start, 0) && sz_eq(length, dim));
  p->start = start;
  p->length = length;
  p->asserted = !(size_ge_filled(c->ctx, start, zero) && size_ge_filled(c->ctx, length, zero) &&
                  size_ge_filled(c->ctx, dim, end));
  if (!p->asserted) return true;
  if (facts_ge(c, start, zero) && facts_ge(c, length, zero) && facts_ge(c, dim, end)) return true;
  out_of_range(c, p, start, size_sub(c->ctx, end, size_const(c->ctx, 1)), dim);
  return false;
}

static bool place_range(Check *c, const Sub *sub, Sz dim, IndexPlace *p) {
  Sz start = size_const(c->ctx, 0), end = dim;
  if (sub->expr && !elab_size(c, sub->expr, &start)) return false;
  if (sub->end && !elab_size(c, sub->end, &end)) return false;
  return in_range(c, p, start, size_sub(c->ctx, end, start), dim);
}

/* sign * var + offset runs over a part of the axis. */
static bool place_affine(Check *c, const Affine *a, Sz dim, IndexPlace *p) {
  Ctx *ctx = c->ctx;
  IndexVar *var = a->var;
  Sz one = size_const(ctx, 1);
  bool direct = a->sign > 0 && size_is(ctx, a->offset, 0);
  p->kind = var->loop ? PLACE_step : PLACE_var;
  p->var = var;
  p->sign = a->sign;
  p->offset = a->offset;
  p->reversed = a->sign < 0;
  if (direct && !index_extent(c, var, dim, p->span, size_str(ctx, dim))) return false;
  if (!var->extent.i)
    var->extent = a->sign > 0 ? size_sub(ctx, dim, a->offset) : size_add(ctx, a->offset, one);
  Sz start = a->sign > 0 ? a->offset : size_add(ctx, size_sub(ctx, a->offset, var->extent), one);
  return in_range(c, p, start, var->extent, dim);
}

/* A number computed from indices, at every place: proved to lie in the axis. Where that takes that
 * no axis is empty, the range is cut out first, and checked when the sizes are known. */
static bool place_computed(Check *c, const IndexRange *range, Value v, Sz dim, IndexPlace *p) {
  Ctx *ctx = c->ctx;
  Sz zero = size_const(ctx, 0), end = size_add(ctx, range->hi, size_const(ctx, 1));
  bool always = size_ge(ctx, range->lo, zero) && size_ge(ctx, dim, end);
  if (!always) {
    Sz length = size_sub(ctx, end, range->lo);
    if (!facts_ge(c, range->lo, zero) || !facts_ge(c, dim, end)) {
      out_of_range(c, p, range->lo, range->hi, dim);
      diag_help(ctx, "fewer places stay inside (... with t in ...), and so do more elements: "
                     "pad[t](x[b, t], 1, 1)");
      return false;
    }
    if (!in_range(c, p, range->lo, size_max(ctx, length, zero), dim)) return false;
    Value pair[2] = {v, value_size(ctx, range->lo)};
    v = apply_op(c, OP_sub, pair, 2, p->span);
    if (!value_ok(&v)) return false;
    dim = p->length;
  }
  const TypeInfo *info = value_info(c, &v);
  Ty type = type_index(ctx, dim, info->dims, info->rank);
  v.tensor.ref = build_op(graph_here(c, p->span), OP_cast, &v.tensor.ref, 1, NULL, 0, type);
  p->kind = PLACE_gather;
  p->index = v;
  return true;
}

static bool place_value(Check *c, const Expr *x, Sz dim, IndexPlace *p) {
  Value v = elab_expr(c, x);
  Sz at;
  if (value_is_size(&v, &at)) {
    p->kind = PLACE_constant;
    return in_range(c, p, at, size_const(c->ctx, 1), dim);
  }
  if (!value_ok(&v)) return false;
  const TypeInfo *info = v.kind == VAL_tensor ? value_info(c, &v) : NULL;
  p->kind = PLACE_gather;
  p->index = v;
  if (info && info->dtype == DT_idx && sz_eq(info->extent, dim)) return true;
  IndexRange range;
  if (info && info->dtype == DT_i32 && index_range(c, x, &range))
    return place_computed(c, &range, v, dim, p);
  bool index = info && info->dtype == DT_idx;
  diag_at(c->ctx, x->span, index ? E_index_type : E_bad_subscript,
          index ? "this index points into an axis of %s, not of %s" : "%s cannot be a subscript",
          index ? size_str(c->ctx, info->extent) : value_str(c, &v), size_str(c->ctx, dim));
  if (index) {
    diag_expected(c->ctx, "<%s>", size_str(c->ctx, dim));
    diag_got(c->ctx, "%s", value_str(c, &v));
  } else if (info && info->dtype == DT_i32)
    diag_fix_around(c->ctx, x->span, "index(", ctx_printf(c->ctx, ", %s)", size_str(c->ctx, dim)),
                    "index(e, %s) makes an index of it, cut into range", size_str(c->ctx, dim));
  return false;
}

static bool read_place(Check *c, const Sub *sub, Sz dim, IndexPlace *p) {
  Affine a;
  p->span = sub->span;
  switch (sub->kind) {
  case SUB_all:
    return true;
  case SUB_range:
    return place_range(c, sub, dim, p);
  case SUB_expr:
    if (index_affine(c, sub->expr, &a)) return place_affine(c, &a, dim, p);
    return place_value(c, sub->expr, dim, p);
  default:
    return false;
  }
}

static bool wrong_rank(Check *c, const Expr *x, const Value *base, int subs) {
  int rank = value_rank(c, base);
  diag_at(c->ctx, x->span, E_rank_mismatch, "%d %s for a tensor of %d %s", subs,
          subs == 1 ? "subscript" : "subscripts", rank, rank == 1 ? "axis" : "axes");
  diag_got(c->ctx, "%s", value_str(c, base));
  if (!span_none(base->span)) diag_note(c->ctx, base->span, "declared here");
  if (subs < rank)
    diag_help(c->ctx, "every axis gets a subscript; ':' keeps an axis, '..' all leading ones");
  return false;
}

/* '..' keeps the leading axes, or makes them the variables of the '..' on the left. */
static bool read_rest(Check *c, const Sub *sub, const Value *base, int n, int *axis, Places *out) {
  IndexVar **vars = NULL;
  if (c->lead && !(vars = lead_vars(c, value_dims(c, base) + *axis, n, sub->span))) return false;
  for (int i = 0; i < n; i++) {
    IndexPlace p = {.span = sub->span, .axis = (*axis)++};
    if (vars) p.kind = PLACE_var, p.var = vars[i], p.sign = 1;
    out->data[out->n++] = p;
  }
  return true;
}

static bool read_places(Check *c, const Expr *x, const Value *base, Places *out) {
  uint32_t n = x->subscript.n_subs;
  const Sub *subs = x->subscript.subs;
  int taken = 0, rank = value_rank(c, base), axis = 0;
  bool rest = false, ok = true;
  for (uint32_t i = 0; i < n; i++) {
    taken += subs[i].kind != SUB_new && subs[i].kind != SUB_rest;
    rest = rest || subs[i].kind == SUB_rest;
    if (subs[i].kind == SUB_poison) return false;
  }
  if (rest ? taken > rank : taken != rank) return wrong_rank(c, x, base, taken);
  out->data = alloc(c, sizeof(IndexPlace) * (n + (size_t)rank + 1));
  for (uint32_t i = 0; i < n; i++) {
    if (subs[i].kind == SUB_rest)
      ok = read_rest(c, &subs[i], base, rank - taken, &axis, out) && ok;
    else if (subs[i].kind == SUB_new)
      out->data[out->n++] = (IndexPlace){.kind = PLACE_new, .axis = -1};
    else {
      IndexPlace *p = &out->data[out->n++];
      p->axis = axis;
      ok = read_place(c, &subs[i], value_dims(c, base)[axis++], p) && ok;
    }
  }
  return ok;
}

/* ---- applying them ---- */

static bool encloses(const Frame *outer, const Frame *inner) {
  for (; inner; inner = inner->parent)
    if (inner == outer) return true;
  return false;
}

static void remove_axis(Places *places, int axis, int at) {
  for (int i = 0; i < places->n; i++)
    if (places->data[i].axis > axis) places->data[i].axis--;
  for (int i = at; i + 1 < places->n; i++) places->data[i] = places->data[i + 1];
  places->n--;
}

/* Steps of loops around slice what comes from outside of the loop; the outermost loop first. */
static Value slice_steps(Check *c, Value base, Places *places) {
  for (;;) {
    int best = -1;
    for (int i = 0; i < places->n; i++) {
      const IndexPlace *p = &places->data[i];
      if (p->kind != PLACE_step || base.tensor.frame == p->var->loop ||
          !encloses(base.tensor.frame, p->var->loop))
        continue;
      if (best < 0 || encloses(p->var->loop, places->data[best].var->loop)) best = i;
    }
    if (best < 0) return base;
    const IndexPlace p = places->data[best];
    base = scan_slice(c, base, p.axis, p.var, p.start, p.length, p.reversed, p.span);
    remove_axis(places, p.axis, best);
  }
}

/* A step of a loop whose value was made inside of the loop: gather at the step. */
static bool step_to_gather(Check *c, IndexPlace *p, Sz dim) {
  Value step = value_to_tensor(c, (Value){.kind = VAL_index, .index = p->var}, TY_NONE, p->span);
  Graph *g = graph_here(c, p->span);
  p->kind = PLACE_gather;
  if (p->asserted) { /* a place of the cut */
    p->index = step;
    return true;
  }
  if (!size_is(c->ctx, p->offset, 0) || p->sign < 0) {
    Ref at = build_cast(g, step.tensor.ref, DT_i32), offset = build_size(g, p->offset);
    at = p->sign > 0 ? build2(g, OP_add, at, offset) : build2(g, OP_sub, offset, at);
    step = value_tensor(c, at);
  }
  Ty type = type_index(c->ctx, dim, NULL, 0);
  if (!ty_eq(value_type(c, &step), type))
    step = value_tensor(c, build_op(g, OP_cast, &step.tensor.ref, 1, NULL, 0, type));
  p->cut = p->reversed = false;
  p->index = step;
  return true;
}

static Value cut(Check *c, Value v, const Places *places) {
  for (int i = 0; i < places->n; i++) {
    const IndexPlace *p = &places->data[i];
    int axis = p->axis + v.tensor.n_vars;
    Graph *g = graph_here(c, p->span);
    if (p->cut) v.tensor.ref = build_slice(g, v.tensor.ref, axis, p->start, p->length);
    if (!p->reversed) continue;
    Attr attr = attr_i(A_axis, axis);
    v.tensor.ref = build_op(g, OP_reverse, &v.tensor.ref, 1, &attr, 1, TY_NONE);
  }
  return v;
}

/* The same variable on a second axis (x[i, i]) picks the diagonal. */
static void second_use(Check *c, const Value *v, Places *places) {
  for (int i = 0; i < places->n; i++) {
    IndexPlace *p = &places->data[i];
    bool seen = p->kind == PLACE_var && shape_var_axis(v, p->var) >= 0;
    for (int j = 0; j < i && p->kind == PLACE_var; j++)
      seen = seen || (places->data[j].kind == PLACE_var && places->data[j].var == p->var);
    if (!seen) continue;
    p->kind = PLACE_gather;
    p->index = value_to_tensor(c, (Value){.kind = VAL_index, .index = p->var}, TY_NONE, p->span);
  }
}

/* Index variables become hidden axes, constants go. */
static Value hide(Check *c, Value v, Places *places) {
  const TypeInfo *info = value_info(c, &v);
  IndexVar **vars = alloc(c, sizeof(IndexVar *) * (size_t)(info->rank + 1));
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(info->rank + 1));
  int n = 0, own = 0, hidden = v.tensor.n_vars;
  for (; n < hidden; n++) {
    vars[n] = v.tensor.vars[n];
    dims[n] = info->dims[n];
  }
  for (int i = 0; i < places->n; i++) {
    IndexPlace *p = &places->data[i];
    if (p->kind == PLACE_constant || p->kind == PLACE_new) continue;
    vars[n] = p->kind == PLACE_var ? p->var : NULL;
    dims[n++] = info->dims[hidden + p->axis];
    p->axis = p->kind == PLACE_var ? -1 : own++;
  }
  if (n < info->rank) v.tensor.ref = build_reshape(c->frame->graph, v.tensor.ref, dims, n);
  Span span = v.span;
  v = hidden_first(c, v.tensor.ref, vars, n);
  v.span = span;
  return v;
}

static Value gather_places(Check *c, Value v, const Places *places, Span span) {
  int *axes = alloc(c, sizeof(int) * (size_t)(places->n + 1)), n = 0;
  Value *indices = alloc(c, sizeof(Value) * (size_t)(places->n + 1));
  for (int i = 0; i < places->n; i++) {
    if (places->data[i].kind != PLACE_gather) continue;
    axes[n] = places->data[i].axis;
    indices[n++] = places->data[i].index;
  }
  return n ? gather_axes(c, v, axes, indices, n, span) : v;
}

/* Inserts the axes of extent 1. 'wide' is the number of own axes that the gathers put at the first
 * of them. */
static Value insert_new(Check *c, Value v, const Places *places, int wide) {
  const TypeInfo *info = value_info(c, &v);
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(info->rank + places->n + 1));
  int n = 0, from = v.tensor.n_vars, fresh = 0;
  for (; n < from; n++) dims[n] = info->dims[n];
  for (int i = 0; i < places->n; i++) {
    PlaceKind kind = places->data[i].kind;
    int take = kind == PLACE_keep ? 1 : 0;
    if (kind == PLACE_gather) take = wide, wide = 0;
    for (int k = 0; k < take; k++) dims[n++] = info->dims[from++];
    if (kind == PLACE_new) dims[n++] = size_const(c->ctx, 1), fresh++;
  }
  if (fresh) v.tensor.ref = build_reshape(c->frame->graph, v.tensor.ref, dims, n);
  return v;
}

static Value apply_places(Check *c, Value base, Places *places, Span span) {
  base = value_import(c, slice_steps(c, base, places));
  int kept = 0;
  for (int i = 0; i < places->n; i++) {
    IndexPlace *p = &places->data[i];
    if (p->kind == PLACE_step && !step_to_gather(c, p, value_dims(c, &base)[p->axis]))
      return value_poison();
    if (p->kind == PLACE_gather && !value_ok(&p->index)) return value_poison();
  }
  Value v = cut(c, base, places);
  second_use(c, &v, places);
  v = hide(c, v, places);
  for (int i = 0; i < places->n; i++) kept += places->data[i].kind == PLACE_keep;
  v = gather_places(c, v, places, span);
  if (!value_ok(&v)) return v;
  v = insert_new(c, v, places, value_rank(c, &v) - kept);
  v.whole_name = false;
  return v;
}

/* ---- bases ---- */

/* block[0], pair[1] */
static Value pick_item(Check *c, const Expr *x, const Value *base) {
  int64_t i;
  const Sub *sub = &x->subscript.subs[0];
  if (x->subscript.n_subs != 1 || sub->kind != SUB_expr) {
    diag_at(c->ctx, x->span, E_bad_subscript, "%s takes one number as subscript",
            value_str(c, base));
    return value_poison();
  }
  if (!elab_int(c, sub->expr, &i)) return value_poison();
  if (i >= 0 && i < base->items.len) return base->items.data[i];
  diag_at(c->ctx, sub->span, E_out_of_range, "there is no item %lld in %s", (long long)i,
          value_str(c, base));
  return value_poison();
}

static Value elab_base(Check *c, const Expr *x) {
  if (x->kind == EX_name) return lookup_name(c, x->name, x->span);
  return elab_as(c, mode_index(c->mode, false), x);
}

Value elab_subscript(Check *c, const Expr *x) {
  Value base = elab_base(c, x->subscript.base);
  if (!value_ok(&base)) return base;
  if (base.kind == VAL_layers || base.kind == VAL_tuple || base.kind == VAL_list)
    return value_import(c, pick_item(c, x, &base));
  if (base.kind != VAL_tensor) {
    diag_at(c->ctx, x->span, E_not_tensor, "%s has no axes to subscript", value_str(c, &base));
    return value_poison();
  }
  Places places = {0};
  if (!read_places(c, x, &base, &places)) return value_poison();
  graph_here(c, x->span);
  Value v = apply_places(c, base, &places, x->span);
  v.span = base.span;
  return v;
}
