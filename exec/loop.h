/* What a scan does between steps: moves the pointers that its body reads and writes.
 *
 * All pointers of a compiled function live in slots of one frame. A view (slice of step t,
 * collected value, carry) is a list of slots that get a new pointer before each step. The memory
 * itself never moves:
 *
 *   slice, collected   whole + t * stride
 *   carry, separate    reads init, then alternately ping and pong; writes the other one
 *   carry, collected   writes its collected view; reads what the step before wrote there
 */
#ifndef ORDO_EXEC_LOOP_H
#define ORDO_EXEC_LOOP_H

#include <stdint.h>

typedef struct ViewSlots {
  const uint32_t *slots; /* frame slots that hold the view's pointer */
  uint32_t n;
} ViewSlots;

typedef struct LoopSlice {
  uint32_t whole; /* slot of the pointer to the whole */
  int64_t stride; /* bytes of one step, set when sizes are bound */
  ViewSlots view;
} LoopSlice;

typedef struct LoopCarry {
  uint32_t init, final, ping, pong; /* slots */
  int merged;                       /* number of the collected value that is this carry, or -1 */
  int in_place;                     /* stays in ping */
  int64_t bytes;                    /* set when sizes are bound */
  ViewSlots in, out;
  uint64_t current; /* where the value of the last step is */
} LoopCarry;

typedef struct Loop {
  int64_t length; /* set when sizes are bound */
  uint64_t runs;  /* how often it was begun: what is kept for the turns of one run knows its run */
  int reverse;
  uint32_t step; /* slot of the pointer to the step number */
  int n_slices, n_collected, n_carries;
  LoopSlice *slices, *collected;
  LoopCarry *carries;
} Loop;

/* Called by compiled code: before the first step, before step i (0, 1, ...), after the last one. */
void loop_begin(Loop *scan, uint64_t *frame);
void loop_advance(Loop *scan, uint64_t *frame, int64_t i);
/* done: number of steps that ran; what a stopped loop did not collect is zeroed. */
void loop_end(Loop *scan, uint64_t *frame, int64_t done);

#endif
