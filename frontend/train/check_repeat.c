/* repeat K { ... } in a step: a loop that carries all state that its statements change.
 *
 * Which state that is shows only when the statements have been elaborated: so this is done twice,
 * first quietly to find out, then in earnest. What is logged inside has the value of the last turn.
 */
#include <string.h>

#include "frontend/check/check_loop.h"
#include "frontend/train/check_train.h"

typedef struct Repeat {
  const Stmt *stmt;
  ScanLoop loop;
  bool *changed; /* by slot */
  uint32_t n_changed;
  uint32_t first_log;
} Repeat;

static TrainSlot *save_slots(Check *c) {
  const TrainBuild *b = c->train;
  return arena_copy(&c->ctx->arena, b->slots.data, sizeof(TrainSlot) * b->slots.len);
}

/* The slots that change become parameters of the body. */
static void enter_slots(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  for (uint32_t i = 0; r->changed && i < r->n_changed; i++) {
    TrainSlot *s = &b->slots.data[i];
    if (!r->changed[i]) continue;
    Ref first = frame_import(c, s->frame, s->ref);
    vec_push(&c->ctx->arena, &r->loop.init.refs, first);
    s->ref = graph_param(r->loop.frame->graph, s->state.type, s->state.path, NULL, 0);
    s->frame = r->loop.frame;
    vec_push(&c->ctx->arena, &r->loop.inner.refs, s->ref);
    vec_push(&c->ctx->arena, &r->loop.frame->firsts, ((Capture){first, s->ref}));
    vec_push(&c->ctx->arena, &r->loop.more, s->state.path);
  }
}

static void run_body(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  Check inner = turns_begin(c, &r->loop);
  b->frame = inner.frame;
  enter_slots(c, r);
  train_sync(&inner);
  bool found;
  Span where;
  elab_block(&inner, &r->stmt->scan.body, &found, &where);
  turns_end(c, &inner, &r->loop);
  b->frame = c->frame;
}

/* Elaborates quietly and notes which slots get a new value; false when there were mistakes. */
static bool try_body(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  Quiet quiet = quiet_begin(c);
  TrainSlot *before = save_slots(c);
  ScanLoop loop = r->loop;
  uint32_t n = b->slots.len, site = b->next_site, places = c->instance->places, logs = b->logs.len;
  uint32_t feeds = b->feeds.len, feed_params = b->feed_params.len;
  run_body(c, r);
  bool good = c->ctx->diags.errors == quiet.mark.errors;
  quiet_end(c, quiet);
  const Frame *body = r->loop.frame;
  r->loop = loop;
  r->n_changed = b->slots.len;
  r->changed = alloc(c, b->slots.len + 1);
  for (uint32_t i = 0; i < b->slots.len; i++) {
    TrainSlot *s = &b->slots.data[i];
    r->changed[i] = s->frame == body;
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
  b->feeds.len = feeds;
  b->feed_params.len = feed_params;
  c->instance->places = places;
  train_sync(c);
  return good;
}

static uint32_t count_changed(const Repeat *r) {
  uint32_t n = 0;
  for (uint32_t i = 0; r->changed && i < r->n_changed; i++) n += r->changed[i];
  return n;
}

/* A statement may be a mistake only as long as it is not known what the turns hand on: that a loss
 * does not depend on a weight. Then others are found behind it when that is known. */
static void find_changed(Check *c, Repeat *r) {
  uint32_t known;
  do known = count_changed(r);
  while (!try_body(c, r) && count_changed(r) > known);
}

/* What the slots and the logs of the body are after a turn. */
static void leave_slots(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  ScanLoop *loop = &r->loop;
  Graph *body = loop->frame->graph, *g = c->frame->graph;
  for (uint32_t i = 0; i < r->n_changed; i++) {
    const TrainSlot *s = &b->slots.data[i];
    if (!r->changed[i]) continue;
    Ref last = frame_import_to(c, loop->frame, s->frame, s->ref);
    vec_push(&c->ctx->arena, &loop->last.refs, last);
  }
  for (uint32_t i = r->first_log; i < b->logs.len; i++) {
    Ty type = type_scalar(c->ctx, DT_f32);
    vec_push(&c->ctx->arena, &loop->init.refs, build_scalar(g, DT_f32, 0));
    vec_push(&c->ctx->arena, &loop->inner.refs,
             graph_param(body, type, b->logs.data[i].name, NULL, 0));
    vec_push(&c->ctx->arena, &loop->last.refs, b->logs.data[i].ref);
    vec_push(&c->ctx->arena, &loop->more, b->logs.data[i].name);
  }
}

static void finish(Check *c, Repeat *r) {
  TrainBuild *b = c->train;
  ScanLoop *loop = &r->loop;
  leave_slots(c, r);
  Graph *g = graph_here(c, r->stmt->span);
  Ref y = turns_build(c, loop);
  int item = (int)(loop->init.refs.len - loop->more.len);
  for (uint32_t i = 0; i < r->n_changed; i++) {
    if (!r->changed[i]) continue;
    b->slots.data[i].ref = build_item(g, y, item++);
    b->slots.data[i].frame = c->frame;
  }
  for (uint32_t i = r->first_log; i < b->logs.len; i++)
    b->logs.data[i].ref = build_item(g, y, item++);
  train_sync(c);
  turns_bind_after(c, loop, y);
}

void train_repeat(Check *c, const Stmt *s) {
  TrainBuild *b = c->train;
  Repeat r = {.stmt = s, .loop = {.stmt = s}};
  Sz *length = &r.loop.length;
  if (c->frame != b->frame || b->is_eval) {
    diag_at(c->ctx, s->span, E_outside_train,
            "repeat stands in the step of a training program, not in an eval or a scan");
    return;
  }
  if (!elab_size(c, s->scan.extent, length)) return;
  if (!size_ge_filled(c->ctx, *length, size_const(c->ctx, 1))) {
    diag_at(c->ctx, s->scan.extent->span, E_not_size, "repeat wants at least one turn, not %s",
            size_str(c->ctx, *length));
    return;
  }
  uint32_t errors = c->ctx->diags.errors;
  turns_first_values(c, &r.loop);
  find_changed(c, &r);
  r.first_log = b->logs.len;
  TrainSlot *before = save_slots(c);
  uint32_t n = b->slots.len;
  run_body(c, &r);
  if (c->ctx->diags.errors == errors && !r.loop.failed) {
    finish(c, &r);
    return;
  }
  memcpy(b->slots.data, before, sizeof *before * n); /* values of the body mean nothing here */
  b->logs.len = r.first_log;
  train_sync(c);
}
