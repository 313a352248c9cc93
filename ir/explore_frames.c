/* Frames of all stages: a layer that is called and the same layer spliced into its caller are one;
 * loops and kernels of one name in one frame are told apart by their order. */
#include <string.h>

#include "ir/cost.h"
#include "ir/explore_model.h"

static uint32_t name_number(ExploreFrames *f, const char *name) {
  return str_intern(&f->names, name).i;
}

/* The title of a call says the class, too, which that of a spliced layer does not. */
static void improve(ExploreFrame *frame, const Cluster *c) {
  if (c->kind == CLUSTER_call && !strchr(frame->title, ':')) frame->title = c->title;
  if (span_none(frame->span)) frame->span = c->span;
}

/* The frame in a parent; order: 0, 1, ... of those of one name that are no layers. */
static int frame_in(ExploreFrames *f, int parent, const Cluster *c, uint32_t order) {
  bool layer = c->kind == CLUSTER_scope || c->kind == CLUSTER_call, is_new;
  ClusterKind kind = layer ? CLUSTER_scope : c->kind;
  const char *name = c->kind == CLUSTER_kernel ? c->title : c->name;
  uint64_t key[4] = {(uint64_t)parent, kind, name_number(f, name), order};
  uint32_t at = number_of_key(&f->numbers, key, &is_new) + 1;
  if (!is_new) {
    improve(&f->list.data[at], c);
    return (int)at;
  }
  ExploreFrame frame = {parent, kind, c->title, c->path, c->span, 1};
  if (c->kind == CLUSTER_scan && c->length.i) frame.repeat = size_guess(f->ctx, c->length);
  vec_push(&f->ctx->arena, &f->list, frame);
  return (int)at;
}

typedef VEC(uint32_t) Counts;

/* How many loops or kernels of its name the frame has had in this picture. */
static uint32_t order_of(ExploreFrames *f, Numbering *seen, Counts *counts, int parent,
                         const Cluster *c) {
  bool is_new;
  const char *name = c->kind == CLUSTER_kernel ? c->title : c->name;
  uint64_t key[4] = {(uint64_t)parent, c->kind, name_number(f, name), 0};
  uint32_t at = number_of_key(seen, key, &is_new);
  if (is_new) vec_push(&f->ctx->arena, counts, 0);
  return counts->data[at]++;
}

static bool is_layer(const Cluster *c) {
  return c->kind == CLUSTER_scope || c->kind == CLUSTER_call;
}

FramesOf explore_frames(ExploreFrames *f, const Picture *p) {
  uint32_t n = p->clusters.len;
  FramesOf of = {arena_array(&f->ctx->arena, int, n + 1), arena_array(&f->ctx->arena, int, n + 1)};
  Numbering seen = {.arena = &f->ctx->arena};
  Counts counts = {0};
  if (!f->list.len) {
    ExploreFrame all = {-1, CLUSTER_root, "", "", {0}, 1};
    vec_push(&f->ctx->arena, &f->list, all);
  }
  of.kernel[0] = -1;
  for (uint32_t i = 1; i < n; i++) {
    const Cluster *c = &p->clusters.data[i];
    int parent = of.frame[c->parent];
    of.kernel[i] = of.kernel[c->parent];
    of.frame[i] = parent;
    uint32_t order = is_layer(c) ? 0 : order_of(f, &seen, &counts, parent, c);
    int at = frame_in(f, parent, c, order);
    if (c->kind == CLUSTER_kernel)
      of.kernel[i] = at;
    else
      of.frame[i] = at;
  }
  return of;
}
