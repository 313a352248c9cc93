/* What a schedule says about kernels (passes/schedule.h), kept where fuse_groups.c may, and a
 * warning where not. */
#include "passes/fuse/fuse.h"

static const Schedule *schedule_of(const Fusion *f) { return f->pc->options.schedule; }

static bool is_named(const Fusion *f, const char *name, uint32_t i) {
  return schedule_names(f->g->ctx, name, &f->g->nodes.data[i]);
}

bool fuse_is_apart(const Fusion *f, uint32_t node) { return f->apart && f->apart[node]; }

/* A value that readers compute again takes those operands along that only it reads. */
static void recompute(Fusion *f, uint32_t i) {
  const Node *n = &f->g->nodes.data[i];
  if (!op_is(n->op, T_ELEMENTWISE) || f->is_result[i] || fuse_is_apart(f, i)) return;
  f->repeated[i] = true;
}

void fuse_schedule_names(Fusion *f) {
  const Schedule *s = schedule_of(f);
  if (!s || !s->rows.len) return;
  f->apart = arena_array(f->arena, bool, f->n);
  for (uint32_t k = 0; k < s->rows.len; k++)
    for (uint32_t i = 0; i < f->n; i++)
      if (s->rows.data[k].kind == SCHEDULE_apart && is_named(f, s->rows.data[k].name, i))
        f->apart[i] = true;
  for (uint32_t k = 0; k < s->rows.len; k++)
    for (uint32_t i = 0; i < f->n; i++)
      if (s->rows.data[k].kind == SCHEDULE_recompute && is_named(f, s->rows.data[k].name, i))
        recompute(f, i);
}

static bool reads_apart(const Fusion *f, uint32_t a, uint32_t b) {
  for (uint32_t k = 0; k < f->size[a]; k++) {
    uint32_t x = f->members[a][k];
    for (uint32_t r = 0; f->apart[x] && r < f->n_readers[x]; r++)
      if (fuse_find((Fusion *)f, f->readers[x][r]) == b) return true;
  }
  return false;
}

bool fuse_parts(const Fusion *f, uint32_t a, uint32_t b) {
  return f->apart && (reads_apart(f, a, b) || reads_apart(f, b, a));
}

/* The first pair of values of those names of which the second reads the first; false: none. */
static bool pair_of(const Fusion *f, const ScheduleRow *row, uint32_t *p, uint32_t *c) {
  for (*p = 0; *p < f->n; ++*p) {
    bool first = is_named(f, row->name, *p), second = is_named(f, row->with, *p);
    for (uint32_t r = 0; (first || second) && r < f->n_readers[*p]; r++) {
      *c = f->readers[*p][r];
      if (is_named(f, first ? row->with : row->name, *c) && f->role[*p] == FUSE_group &&
          f->role[*c] == FUSE_group)
        return true;
    }
  }
  return false;
}

void fuse_schedule_together(Fusion *f, int64_t max_size) {
  const Schedule *s = schedule_of(f);
  uint32_t p, c;
  for (uint32_t k = 0; s && k < s->rows.len; k++)
    if (s->rows.data[k].kind == SCHEDULE_together && pair_of(f, &s->rows.data[k], &p, &c))
      fuse_merge(f, p, c, max_size);
}

/* ---- what is not kept ---- */

static void broken(const Fusion *f, const ScheduleRow *row, uint32_t node, const char *why) {
  Ref at = node == UINT32_MAX ? REF_NONE : (Ref){node};
  remark(f->pc, f->g, at, REMARK_missed, "schedule", "'%s' is not kept: %s", row->name, why);
  diag_at(f->g->ctx, row->span, E_schedule_broken, "in '%s': %s", ctx_text(f->g->ctx, f->g->name),
          why);
}

/* Why a named value is not as the row says; NULL: it is. */
static const char *why_not(Fusion *f, const ScheduleRow *row, uint32_t i) {
  FuseRole role = f->role[i];
  if (row->kind == SCHEDULE_recompute)
    return role == FUSE_inline ? NULL
                               : "only elementwise values that are no results are computed again";
  if (row->kind == SCHEDULE_apart)
    return role != FUSE_inline || f->stored[i]
               ? NULL
               : "it only moves, or is one number: each kernel that reads it computes it";
  for (uint32_t k = 0; k < f->n; k++)
    if (is_named(f, row->with, k) && f->role[k] == FUSE_group && role == FUSE_group &&
        fuse_find(f, k) == fuse_find(f, i))
      return NULL;
  return "they cannot share a kernel: --remarks=not-fused says why";
}

void fuse_schedule_check(Fusion *f) {
  const Schedule *s = schedule_of(f);
  for (uint32_t k = 0; s && k < s->rows.len; k++) {
    const ScheduleRow *row = &s->rows.data[k];
    uint32_t found = UINT32_MAX;
    const char *why = NULL;
    for (uint32_t i = 0; i < f->n && !why; i++) {
      if (!is_named(f, row->name, i)) continue;
      found = i;
      why = why_not(f, row, i);
    }
    if (why) broken(f, row, found, why);
  }
}
