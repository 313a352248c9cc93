/* From when to when each buffer is needed: positions of its first write and its last read. */
#include "passes/plan/planner.h"

#include <limits.h>

void plan_touch(Planner *p, int b, int position) {
  Buffer *buffer = buffer_at(p, b);
  if (position < buffer->first) buffer->first = position;
  if (position > buffer->last) buffer->last = position;
}

/* Marks reads and writes. Inside a loop that starts at loop_start, a buffer made before the loop
 * lives to its end. */
static void mark_uses(Planner *p, const PlanBlock *block, int loop_start, int loop_end);

static void mark_use(Planner *p, int b, int position, int loop_start, int loop_end) {
  bool outside = loop_start >= 0 && buffer_at(p, b)->first <= loop_start;
  plan_touch(p, b, outside ? loop_end : position);
}

int plan_block_end(const PlanBlock *block, int start) {
  if (!block->instrs.len) return start + 1;
  const PlanInstr *last = &block->instrs.data[block->instrs.len - 1];
  return last->scan ? plan_block_end(last->scan->body, last->position) + 1 : last->position + 1;
}

/* First positions: where a buffer is written first. A loop's carries and results are written from
 * its start on. */
static void mark_writes(Planner *p, const PlanBlock *block) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    for (int k = 0; k < instr->n_out; k++) plan_touch(p, instr->out[k], instr->position);
    if (!instr->scan) continue;
    plan_touch(p, instr->scan->step, instr->position);
    for (int k = 0; k < instr->scan->n_carries; k++) {
      const PlanCarry *carry = &instr->scan->carries[k];
      if (carry->ping >= 0) plan_touch(p, carry->ping, instr->position);
      if (carry->pong >= 0) plan_touch(p, carry->pong, instr->position);
    }
    mark_writes(p, instr->scan->body);
  }
}

static void mark_scan(Planner *p, const PlanInstr *instr, int loop_start, int loop_end) {
  const PlanScan *scan = instr->scan;
  int start = instr->position, end = plan_block_end(scan->body, start);
  mark_uses(p, scan->body, start, end);
  for (int k = 0; k < scan->n_carries; k++) {
    const PlanCarry *carry = &scan->carries[k];
    const int held[] = {carry->ping, carry->pong, carry->final};
    for (int h = 0; h < 3; h++)
      if (held[h] >= 0) plan_touch(p, held[h], end);
  }
  for (int k = 0; k < instr->n_in; k++) mark_use(p, instr->in[k], end, loop_start, loop_end);
  for (int k = 0; k < instr->n_out; k++) plan_touch(p, instr->out[k], end);
  plan_touch(p, scan->step, end);
  if (scan->stop >= 0) plan_touch(p, scan->stop, end);
}

static void mark_uses(Planner *p, const PlanBlock *block, int loop_start, int loop_end) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr->scan) {
      mark_scan(p, instr, loop_start, loop_end);
      continue;
    }
    for (int k = 0; k < instr->n_in; k++)
      mark_use(p, instr->in[k], instr->position, loop_start, loop_end);
    for (int k = 0; k < instr->n_out; k++) plan_touch(p, instr->out[k], instr->position);
  }
}

void plan_lifetimes(Planner *p, const PlanBlock *block) {
  for (uint32_t b = 0; b < p->plan->buffers.len; b++) {
    Buffer *buffer = buffer_at(p, (int)b);
    bool from_start = buffer->kind == BUF_param || buffer->kind == BUF_const;
    buffer->first = from_start ? -1 : INT_MAX;
    buffer->last = -1;
  }
  mark_writes(p, block);
  mark_uses(p, block, -1, -1);
}
