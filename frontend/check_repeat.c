/* repeat K { ... } in a step: a loop that carries all state that its statements change.
 *
 * Which state that is shows only when the statements have been elaborated: so this is done twice,
 * first quietly to find out, then in earnest. What is logged inside has the value of the last turn.
 */
#include "frontend/check_train.h"

typedef struct Repeat {
  const Stmt *stmt;
  Sz length;
  Frame *frame;
  bool *changed; /* by slot */
  uint32_t n_changed;
  RefList init, inner;
  uint32_t first_log;
} Repeat;

static TrainSlot *save_slots(Check *c) {
  const TrainBuild *b = c->train;
  return arena_copy(&c->ctx->arena, b->slots.data, sizeof(TrainSlot) * b->slots.len);
}

static void run_body(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  Name name = {ctx_str(c->ctx, "turn"), r->stmt->span};
  Check inner = *c;
  inner.frame = b->frame = r->frame = scan_frame(c, name, r->length, r->stmt->span);
  inner.scope = scope_new(c->ctx, c->scope);
  for (uint32_t i = 0; r->changed && i < r->n_changed; i++) {
    TrainSlot *s = &b->slots.data[i];
    if (!r->changed[i]) continue;
    vec_push(&c->ctx->arena, &r->init.refs, frame_import(c, s->frame, s->ref));
    s->ref = graph_param(r->frame->graph, s->state.type, s->state.path, NULL, 0);
    s->frame = r->frame;
    vec_push(&c->ctx->arena, &r->inner.refs, s->ref);
  }
  train_sync(&inner);
  bool found;
  Span where;
  elab_block(&inner, &r->stmt->repeat.body, &found, &where);
  b->frame = c->frame;
  c->next_order = inner.next_order;
}

/* Elaborates quietly and notes which slots get a new value. */
static void find_changed(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  Quiet quiet = quiet_begin(c);
  TrainSlot *before = save_slots(c);
  uint32_t n = b->slots.len, site = b->next_site, places = c->instance->places, logs = b->logs.len;
  run_body(c, r);
  quiet_end(c, quiet);
  r->n_changed = b->slots.len;
  r->changed = alloc(c, b->slots.len + 1);
  for (uint32_t i = 0; i < b->slots.len; i++) {
    TrainSlot *s = &b->slots.data[i];
    r->changed[i] = s->frame == r->frame;
    if (i < n) {
      s->frame = before[i].frame;
      s->ref = before[i].ref;
    } else {
      s->frame = b->root;
      s->ref = s->param;
    }
  }
  b->next_site = site;
  b->logs.len = logs;
  c->instance->places = places;
  train_sync(c);
}

/* The last of the values that a log had. */
static Ref last_of(Check *c, Ref all, Sz length) {
  Graph *g = c->frame->graph;
  Sz one = size_const(c->ctx, 1);
  return build_reshape(g, build_slice(g, all, 0, size_sub(c->ctx, length, one), one), NULL, 0);
}

static void finish(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  Graph *body = r->frame->graph, *g = graph_here(c, r->stmt->span);
  for (uint32_t i = 0; i < r->n_changed; i++)
    if (r->changed[i]) {
      TrainSlot *s = &b->slots.data[i];
      graph_result(body, frame_import_to(c, r->frame, s->frame, s->ref), s->state.path);
    }
  for (uint32_t i = r->first_log; i < b->logs.len; i++)
    graph_result(body, b->logs.data[i].ref, b->logs.data[i].name);
  Ref y = scan_build(c, r->frame, &r->init, &r->inner, false, false, r->stmt->span);
  int item = 0;
  for (uint32_t i = 0; i < r->n_changed; i++) {
    if (!r->changed[i]) continue;
    b->slots.data[i].ref = build_item(g, y, item++);
    b->slots.data[i].frame = c->frame;
  }
  for (uint32_t i = r->first_log; i < b->logs.len; i++)
    b->logs.data[i].ref = last_of(c, build_item(g, y, item++), r->length);
  train_sync(c);
}

void train_repeat(Check *c, const Stmt *s) {
  TrainBuild *b = c->train;
  Repeat r = {.stmt = s};
  if (c->frame != b->frame || b->is_eval) {
    diag_at(c->ctx, s->span, E_outside_train,
            "repeat stands in the step of a training program, not in an eval or a scan");
    return;
  }
  if (!elab_size(c, s->repeat.count, &r.length)) return;
  if (!size_ge(c->ctx, r.length, size_const(c->ctx, 1))) {
    diag_at(c->ctx, s->repeat.count->span, E_not_size, "repeat wants at least one turn, not %s",
            size_str(c->ctx, r.length));
    return;
  }
  find_changed(c, &r);
  r.first_log = b->logs.len;
  uint32_t errors = c->ctx->diags.errors;
  run_body(c, &r);
  if (c->ctx->diags.errors == errors)
    finish(c, &r);
  else
    train_sync(c);
}
