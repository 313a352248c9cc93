/* Offsets in the arena by first fit over lifetimes, and the plan as text. */
#include "passes/plan/plan.h"

#include <stdlib.h>

enum { ALIGNMENT = 64 }; /* bytes; a cache line, and the widest vector */

typedef struct Interval {
  int64_t bytes, offset;
  int buffer, first, last;
} Interval;

static int by_size(const void *a, const void *b) {
  const Interval *x = a, *y = b;
  if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
  return x->buffer - y->buffer;
}

static int by_offset(const void *a, const void *b) {
  const Interval *const *x = a, *const *y = b;
  if ((*x)->offset != (*y)->offset) return (*x)->offset < (*y)->offset ? -1 : 1;
  return (*x)->buffer - (*y)->buffer;
}

/* The lowest gap among the placed intervals that live at the same time. */
static int64_t first_fit(const Interval *wanted, const Interval *placed, int n,
                         const Interval **live) {
  int n_live = 0;
  for (int i = 0; i < n; i++)
    if (placed[i].first <= wanted->last && wanted->first <= placed[i].last)
      live[n_live++] = &placed[i];
  qsort(live, (size_t)n_live, sizeof *live, by_offset);
  int64_t at = 0;
  for (int i = 0; i < n_live; i++) {
    if (live[i]->offset - at >= wanted->bytes) break;
    int64_t end = live[i]->offset + live[i]->bytes;
    if (end > at) at = end;
  }
  return at;
}

int64_t plan_offsets(const Plan *plan, const SizeEnv *sizes, int64_t *offsets, Arena *scratch,
                     Fault *fault) {
  Ctx *ctx = plan->graph->ctx;
  Interval *intervals = arena_array(scratch, Interval, plan->buffers.len);
  const Interval **live = arena_array(scratch, const Interval *, plan->buffers.len);
  int n = 0;
  for (uint32_t b = 0; b < plan->buffers.len; b++) {
    const Buffer *buffer = &plan->buffers.data[b];
    offsets[b] = -1;
    if ((buffer->kind != BUF_arena && buffer->kind != BUF_const) || buffer->alias >= 0) continue;
    int64_t bytes;
    if (!size_eval(ctx, buffer->bytes, sizes, &bytes) || bytes < 0 || bytes > INT64_MAX / 4) {
      const char *type = type_str(ctx, buffer->type);
      fault_set(fault, E_run_failed, buffer->span,
                ctx_printf(ctx, "a size of %s has no value or is too large", type));
      return -1;
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    bool always = buffer->kind == BUF_const;
    intervals[n++] = (Interval){bytes ? bytes : ALIGNMENT, 0, (int)b, always ? -1 : buffer->first,
                                always ? plan->end : buffer->last};
  }
  qsort(intervals, (size_t)n, sizeof *intervals, by_size);
  int64_t total = 0;
  for (int i = 0; i < n; i++) {
    intervals[i].offset = first_fit(&intervals[i], intervals, i, live);
    offsets[intervals[i].buffer] = intervals[i].offset;
    int64_t end = intervals[i].offset + intervals[i].bytes;
    if (end > total) total = end;
  }
  for (uint32_t b = 0; b < plan->buffers.len; b++) offsets[b] = offsets[plan_root(plan, (int)b)];
  return total;
}

static void print_block(const Plan *plan, const PlanBlock *block, int depth, Text *out) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    text_printf(out, "%4d %*s%s", instr->position, 2 * depth, "", instr_info[instr->kind].name);
    for (int k = 0; k < instr->n_in; k++) text_printf(out, " b%d", instr->in[k]);
    text_puts(out, " ->");
    for (int k = 0; k < instr->n_out; k++) text_printf(out, " b%d", instr->out[k]);
    text_putc(out, '\n');
    if (instr->scan) print_block(plan, instr->scan->body, depth + 1, out);
  }
}

void plan_print(const Plan *plan, Text *out) {
  static const char *const kinds[] = {"arena", "param", "result", "const", "view"};
  const Ctx *ctx = plan->graph->ctx;
  text_puts(out, "instructions\n");
  print_block(plan, plan->block, 0, out);
  text_puts(out, "buffers\n");
  for (uint32_t b = 0; b < plan->buffers.len; b++) {
    const Buffer *buffer = &plan->buffers.data[b];
    text_printf(out, "  b%u %s", b, kinds[buffer->kind]);
    if (buffer->index >= 0) text_printf(out, " %d", buffer->index);
    text_puts(out, " : ");
    type_print(ctx, buffer->type, out);
    if (buffer->alias >= 0) text_printf(out, " in b%d", buffer->alias);
    if (buffer->kind == BUF_arena) text_printf(out, " [%d, %d]", buffer->first, buffer->last);
    if (!str_none(buffer->name)) text_printf(out, " \"%s\"", ctx_text(ctx, buffer->name));
    text_putc(out, '\n');
  }
}
