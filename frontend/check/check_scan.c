/* Loops: scan t in T, h = h0 { ... }.
 *
 * The body is a graph of its own. What it uses from outside becomes a parameter: values subscripted
 * with the counter are cut step by step (slices, time axis first), others are captured whole.
 * Parameters are found in the order of their use, so the body is copied at the end with them in the
 * order that scan wants: step, carries, slices, captured values. What is collected is stacked along
 * axis 0 and moved to its place after the loop.
 */
#include "frontend/check/check_loop.h"

/* ---- slices and captures ---- */

static Ref to_front(Graph *g, Arena *arena, Ref x, int axis) {
  int rank = graph_info(g, x)->rank;
  if (axis == 0) return x;
  int32_t *perm = arena_array(arena, int32_t, rank);
  for (int i = 0; i < rank; i++) perm[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
  return build_transpose(g, x, perm);
}

Value scan_slice(Check *c, Value v, int axis, IndexVar *var, Sz start, Sz length, bool reversed,
                 Span span) {
  Frame *loop = var->loop;
  Graph *outside = loop->parent->graph;
  outside->span = span;
  Ref x = frame_import_to(c, loop->parent, v.tensor.frame, v.tensor.ref);
  int at = v.tensor.n_vars + axis;
  bool whole = size_is(c->ctx, start, 0) && sz_eq(length, graph_info(outside, x)->dims[at]);
  if (!whole) x = build_slice(outside, x, at, start, length);
  Attr attr = attr_i(A_axis, at);
  if (reversed) x = build_op(outside, OP_reverse, &x, 1, &attr, 1, TY_NONE);
  Str name = graph_node(outside, x)->name;
  x = to_front(outside, &c->ctx->arena, x, at);
  v.tensor.frame = loop;
  for (uint32_t i = 0; i < loop->slices.len; i++)
    if (ref_eq(loop->slices.data[i].outer, x)) {
      v.tensor.ref = loop->slices.data[i].inner;
      return v;
    }
  const TypeInfo *info = graph_info(outside, x);
  Ty type = type_with_dims(c->ctx, graph_type(outside, x), info->dims + 1, info->rank - 1);
  v.tensor.ref = graph_param(loop->graph, type, name, NULL, 0);
  vec_push(&c->ctx->arena, &loop->slices, ((Capture){x, v.tensor.ref}));
  return v;
}

/* ---- carries ---- */

static void bind_carries(Check *c, Check *inner, ScanLoop *loop) {
  for (uint32_t i = 0; i < loop->n_carries; i++) {
    Carry *k = &loop->carries[i];
    uint32_t next = k->first;
    for (uint32_t j = 0; j < k->n; j++) {
      Ref outside = loop->init.refs.data[k->first + j];
      Ref p = graph_param(loop->frame->graph, graph_type(c->frame->graph, outside), k->name.str,
                          NULL, 0);
      vec_push(&c->ctx->arena, &loop->inner.refs, p);
      vec_push(&c->ctx->arena, &loop->frame->firsts, ((Capture){outside, p}));
    }
    Value v =
        k->n ? value_rebuild(inner, &k->template, loop->inner.refs.data, &next) : value_poison();
    scope_bind(c->ctx, inner->scope, k->name.str, k->name.span, v);
  }
}

void turns_first_values(Check *c, ScanLoop *loop) {
  const Args *args = &loop->stmt->scan.carries;
  loop->n_carries = args->len;
  loop->carries = alloc(c, sizeof(Carry) * (args->len + 1));
  for (uint32_t i = 0; i < args->len; i++) {
    Carry *k = &loop->carries[i];
    *k = (Carry){
        .name = args->data[i].name, .span = args->data[i].span, .first = loop->init.refs.len};
    Value v = elab_expr(c, args->data[i].value);
    if (loop->stmt->kind == ST_repeat)
      v = variable_of(c, k->name.str, args->data[i].value, v, k->span);
    bool ok = value_ok(&v) && value_flatten(c, v, k->span, &loop->init, &k->template);
    loop->failed = loop->failed || !ok;
    k->n = loop->init.refs.len - k->first;
    if (!ok) loop->init.refs.len = k->first, k->n = 0;
  }
}

static void carry_differs(Check *c, const Carry *k, Ty first, Ty last, Span span) {
  const char *name = ctx_text(c->ctx, k->name.str);
  diag_at(c->ctx, span, E_carry_mismatch, "the carried value '%s' changes its type in the loop",
          name);
  diag_expected(c->ctx, "%s, as before the first step", type_str(c->ctx, first));
  diag_got(c->ctx, "%s after a step", type_str(c->ctx, last));
  diag_note(c->ctx, k->span, "'%s' gets its first value here", name);
}

static bool last_value(Check *inner, ScanLoop *loop, const Carry *k) {
  Binding *b = scope_find_here(inner->scope, k->name.str);
  uint32_t from = loop->last.refs.len;
  Value v = b->value, template;
  if (!k->n || !value_ok(&v)) return false;
  const Graph *g = loop->frame->graph;
  if (v.kind == VAL_number)
    v = value_to_tensor(
        inner, v,
        type_with_dims(inner->ctx, graph_type(g, loop->inner.refs.data[k->first]), NULL, 0),
        b->span);
  if (!value_ok(&v) ||
      !value_flatten(inner, value_import(inner, v), b->span, &loop->last, &template))
    return false;
  if (loop->last.refs.len - from != k->n) {
    diag_at(inner->ctx, b->span, E_carry_mismatch,
            "the carried value '%s' is another kind of tuple after a step",
            ctx_text(inner->ctx, k->name.str));
    return false;
  }
  for (uint32_t i = 0; i < k->n; i++) {
    Ty first = graph_type(g, loop->inner.refs.data[k->first + i]);
    Ty last = graph_type(g, loop->last.refs.data[from + i]);
    if (ty_eq(first, last)) continue;
    carry_differs(inner, k, first, last, b->span);
    return false;
  }
  return true;
}

/* ---- collected values ---- */

void loop_collect(Check *c, Name name, Step *steps, int n_steps, Value v) {
  Collect collect = {.name = name, .steps = steps, .n_steps = n_steps, .value = REF_NONE};
  if (value_ok(&v)) {
    if (v.tensor.n_vars) {
      diag_at(c->ctx, name.span, E_index_escapes,
              "a loop inside of a function applied at every place cannot collect");
      return;
    }
    collect.value = v.tensor.ref;
  }
  for (uint32_t i = 0; i < c->frame->collects.len; i++)
    if (str_eq(c->frame->collects.data[i].name.str, name.str)) {
      diag_at(c->ctx, name.span, E_duplicate_name, "'%s' is collected twice in this loop",
              ctx_text(c->ctx, name.str));
      return;
    }
  vec_push(&c->ctx->arena, &c->frame->collects, collect);
}

/* The stacked value with its first axis at the place it has on the left; then the name, or the loop
 * around. */
static void deliver(Check *c, const Collect *k, const IndexVar *counter, Ref stacked) {
  int axis = 0, before = 0;
  for (int i = 0; i < k->n_steps; i++)
    if (k->steps[i].var == counter) axis = k->steps[i].axis;
  Step *left = alloc(c, sizeof(Step) * (size_t)(k->n_steps + 1));
  int n_left = 0;
  for (int i = 0; i < k->n_steps; i++) {
    if (k->steps[i].var == counter) continue;
    left[n_left++] = k->steps[i];
    before += k->steps[i].axis < axis;
  }
  Graph *g = c->frame->graph;
  int rank = graph_info(g, stacked)->rank;
  int at = axis - before;
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
  for (int i = 0; i < rank; i++) perm[i] = i == at ? 0 : i < at ? i + 1 : i;
  if (at > 0) stacked = build_transpose(g, stacked, perm);
  Value v = value_tensor(c, stacked);
  if (!n_left)
    assign_name(c, k->name, v);
  else if (c->frame->counter)
    loop_collect(c, k->name, left, n_left, v);
}

/* ---- the body in order ---- */

static void move_param(const Graph *from, Graph *to, RefMap *map, Ref old) {
  const Node *n = graph_node(from, old);
  to->span = n->span;
  map->to[old.i] = graph_param(to, n->type, n->name, NULL, 0);
}

static void move_captures(Check *c, const Graph *old, Graph *g, RefMap *map, const Capture *list,
                          uint32_t n, const bool *reached, RefList *operands) {
  for (uint32_t i = 0; i < n; i++) {
    if (!reached[list[i].inner.i]) continue;
    move_param(old, g, map, list[i].inner);
    vec_push(&c->ctx->arena, &operands->refs, list[i].outer);
  }
}

/* The body with its parameters in order, without what nothing needs. Returns the number of slices.
 */
static Graph *order_body(Check *c, const Frame *f, const RefList *init, const RefList *inner,
                         RefList *operands, int64_t *n_slices) {
  const Graph *old = f->graph;
  const bool *reached = graph_live(old);
  RefMap map = refmap_new(&c->ctx->arena, old);
  Graph *g = graph_new(c->ctx, old->name);
  move_param(old, g, &map, f->counter->step);
  for (uint32_t i = 0; i < inner->refs.len; i++) move_param(old, g, &map, inner->refs.data[i]);
  for (uint32_t i = 0; i < init->refs.len; i++)
    vec_push(&c->ctx->arena, &operands->refs, init->refs.data[i]);
  move_captures(c, old, g, &map, f->slices.data, f->slices.len, reached, operands);
  *n_slices = operands->refs.len - init->refs.len;
  move_captures(c, old, g, &map, f->captures.data, f->captures.len, reached, operands);
  graph_fill(old, g, &map);
  return g;
}

static Ref build_node(Check *c, const ScanLoop *loop) {
  const Stmt *s = loop->stmt;
  bool repeat = s->kind == ST_repeat;
  Span span = repeat ? s->span : s->scan.index.span;
  Frame *frame = loop->frame;
  RefList operands = {0};
  int64_t n_slices = 0;
  Graph *body = order_body(c, frame, &loop->init, &loop->inner, &operands, &n_slices);
  Attr attrs[6] = {attr_z(A_length, frame->counter->extent), attr_i(A_carries, loop->init.refs.len),
                   attr_i(A_slices, n_slices)};
  int n = 3;
  if (repeat) attrs[n++] = attr_i(A_repeat, 1);
  if (s->scan.reversed) attrs[n++] = attr_i(A_reverse, 1);
  if (!ref_none(loop->stop)) attrs[n++] = attr_i(A_until, 1);
  return build_region(graph_here(c, span), OP_scan, operands.refs.data, (int)operands.refs.len,
                      attrs, n, body, TY_NONE);
}

/* The frame of a loop's body with its counter. */
static Frame *scan_frame(Check *c, Name name, Sz length, Span told) {
  Frame *frame = frame_new(c, c->frame, name.str);
  IndexVar *t = arena_new(&c->ctx->arena, IndexVar);
  *t = (IndexVar){.name = name.str,
                  .span = name.span,
                  .extent = length,
                  .told = told,
                  .fixed = true,
                  .loop = frame,
                  .order = c->next_order++};
  t->step = graph_param(frame->graph, type_index(c->ctx, length, NULL, 0), name.str, NULL, 0);
  frame->counter = t;
  return frame;
}

/* ---- the whole ---- */

static void elab_until(Check *inner, ScanLoop *loop) {
  const Expr *until = loop->stmt->scan.until;
  loop->stop = REF_NONE;
  if (!until) return;
  Value v = elab_tensor(inner, until);
  if (value_ok(&v) && !v.tensor.n_vars &&
      ty_eq(value_type(inner, &v), type_scalar(inner->ctx, DT_bool))) {
    loop->stop = v.tensor.ref;
    return;
  }
  if (value_ok(&v))
    diag_at(inner->ctx, until->span, E_wrong_dtype,
            "'until' wants one bool, not %s: use all(...) or any(...)", value_str(inner, &v));
  loop->failed = true;
}

Check turns_begin(Check *c, ScanLoop *loop) {
  const Stmt *s = loop->stmt;
  Check inner = *c;
  Name name = s->scan.index;
  if (str_none(name.str)) name = (Name){ctx_str(c->ctx, "turn"), s->span};
  inner.frame = loop->frame = scan_frame(c, name, loop->length, s->scan.extent->span);
  loop->frame->repeats = s->kind == ST_repeat;
  inner.scope = scope_new(c->ctx, c->scope);
  inner.turn = NULL;
  Value counter = {.kind = VAL_index, .index = loop->frame->counter};
  if (!str_none(s->scan.index.str)) scope_bind(c->ctx, inner.scope, name.str, name.span, counter);
  bind_carries(c, &inner, loop);
  return inner;
}

void turns_end(Check *c, Check *inner, ScanLoop *loop) {
  for (uint32_t i = 0; i < loop->n_carries; i++)
    loop->failed = !last_value(inner, loop, &loop->carries[i]) || loop->failed;
  elab_until(inner, loop);
  for (uint32_t i = 0; i < loop->frame->collects.len; i++)
    loop->failed = loop->failed || ref_none(loop->frame->collects.data[i].value);
  c->next_order = inner->next_order;
}

Ref turns_build(Check *c, ScanLoop *loop) {
  Graph *body = loop->frame->graph;
  uint32_t k = 0;
  for (uint32_t i = 0; i < loop->n_carries; i++)
    for (uint32_t j = 0; j < loop->carries[i].n; j++)
      graph_result(body, loop->last.refs.data[k++], loop->carries[i].name.str);
  for (uint32_t i = 0; i < loop->more.len; i++)
    graph_result(body, loop->last.refs.data[k++], loop->more.data[i]);
  for (uint32_t i = 0; i < loop->frame->collects.len; i++)
    graph_result(body, loop->frame->collects.data[i].value, loop->frame->collects.data[i].name.str);
  if (!ref_none(loop->stop)) graph_result(body, loop->stop, ctx_str(c->ctx, "until"));
  return build_node(c, loop);
}

void turns_bind_after(Check *c, ScanLoop *loop, Ref scan) {
  Graph *g = c->frame->graph;
  uint32_t n = loop->init.refs.len, next = 0;
  Ref *last = alloc(c, sizeof(Ref) * (n + 1));
  for (uint32_t i = 0; i < n && !loop->failed; i++) last[i] = build_item(g, scan, (int)i);
  for (uint32_t i = 0; i < loop->n_carries; i++) {
    Carry *k = &loop->carries[i];
    assign_name(c, k->name,
                loop->failed ? value_poison() : value_rebuild(c, &k->template, last, &next));
  }
  for (uint32_t i = 0; i < loop->frame->collects.len; i++) {
    const Collect *k = &loop->frame->collects.data[i];
    if (loop->failed)
      assign_name(c, k->name, value_poison());
    else
      deliver(c, k, loop->frame->counter, build_item(g, scan, (int)(n + i)));
  }
}

void elab_scan(Check *c, const Stmt *s) {
  ScanLoop loop = {.stmt = s};
  loop.failed = !elab_extent(c, s->scan.extent, &loop.length);
  if (loop.failed) loop.length = size_fresh(c->ctx, "T");
  turns_first_values(c, &loop);
  Check inner = turns_begin(c, &loop);
  bool found;
  Span where;
  uint32_t errors = c->ctx->diags.errors;
  elab_block(&inner, &s->scan.body, &found, &where);
  turns_end(c, &inner, &loop);
  loop.failed = loop.failed || c->ctx->diags.errors > errors;
  if (!loop.failed && loop.n_carries + loop.frame->collects.len == 0) {
    if (spec_unread(c->spec)) return;
    diag_at(c->ctx, s->span, E_no_result,
            "the loop carries and collects nothing: it has no effect");
    diag_help(c->ctx, "carry a value, scan t in T, h = h0 { h = ... }, or collect one: y[t] = ...");
    return;
  }
  turns_bind_after(c, &loop, loop.failed ? REF_NONE : turns_build(c, &loop));
}
