/* Moving the pointers of a loop: see loop.h. */
#include "exec/loop.h"

#include <string.h>

static void set(const ViewSlots *view, uint64_t *frame, uint64_t pointer) {
  for (uint32_t i = 0; i < view->n; i++) frame[view->slots[i]] = pointer;
}

static int64_t step_number(const Loop *scan, int64_t i) {
  return scan->reverse ? scan->length - 1 - i : i;
}

static uint64_t at_step(const LoopSlice *slice, const uint64_t *frame, int64_t t) {
  return frame[slice->whole] + (uint64_t)(t * slice->stride);
}

void loop_begin(Loop *scan, uint64_t *frame) {
  scan->runs++;
  for (int k = 0; k < scan->n_carries; k++) {
    LoopCarry *carry = &scan->carries[k];
    carry->current = frame[carry->init];
    if (!carry->in_place) continue;
    memmove((void *)(uintptr_t)frame[carry->ping], (const void *)(uintptr_t)carry->current,
            (size_t)carry->bytes);
    carry->current = frame[carry->ping];
  }
}

static void advance_carry(const Loop *scan, LoopCarry *carry, uint64_t *frame, int64_t t) {
  set(&carry->in, frame, carry->current);
  uint64_t next;
  if (carry->in_place)
    next = carry->current;
  else if (carry->merged >= 0)
    next = at_step(&scan->collected[carry->merged], frame, t);
  else
    next = carry->current == frame[carry->ping] ? frame[carry->pong] : frame[carry->ping];
  set(&carry->out, frame, next);
  carry->current = next;
}

void loop_advance(Loop *scan, uint64_t *frame, int64_t i) {
  int64_t t = step_number(scan, i);
  *(int32_t *)(uintptr_t)frame[scan->step] = (int32_t)t;
  for (int k = 0; k < scan->n_slices; k++)
    set(&scan->slices[k].view, frame, at_step(&scan->slices[k], frame, t));
  for (int k = 0; k < scan->n_collected; k++)
    set(&scan->collected[k].view, frame, at_step(&scan->collected[k], frame, t));
  for (int k = 0; k < scan->n_carries; k++) advance_carry(scan, &scan->carries[k], frame, t);
}

static void zero_rest(const Loop *scan, const LoopSlice *slice, const uint64_t *frame,
                      int64_t done) {
  int64_t from = scan->reverse ? 0 : done;
  memset((char *)(uintptr_t)frame[slice->whole] + from * slice->stride, 0,
         (size_t)((scan->length - done) * slice->stride));
}

void loop_end(Loop *scan, uint64_t *frame, int64_t done) {
  for (int k = 0; k < scan->n_carries; k++) {
    const LoopCarry *carry = &scan->carries[k];
    if (frame[carry->final] != carry->current)
      memmove((void *)(uintptr_t)frame[carry->final], (const void *)(uintptr_t)carry->current,
              (size_t)carry->bytes);
  }
  if (done >= scan->length) return;
  for (int k = 0; k < scan->n_collected; k++) zero_rest(scan, &scan->collected[k], frame, done);
}
