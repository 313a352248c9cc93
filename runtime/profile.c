/* --profile: the time of every instruction of the compiled function.
 *
 * Compiled code calls profile_tick behind each instruction. The time since the tick before is
 * its own; what a loop does between its steps (moving pointers, copying carried values) counts
 * for the first instruction of its body, and a loop's own row is what it does behind its last
 * step. A tick costs about 30 ns.
 */
#include "base/clock.h"
#include "runtime/engine.h"

#include <stdlib.h>

void profile_start(Program *p) {
  p->runs++;
  if (p->after) p->tick = clock_seconds();
}

void profile_tick(uint64_t *frame, uint32_t id) {
  Program *p = (Program *)(uintptr_t)frame[0];
  Timing *timing = &p->timings[id];
  double now = clock_seconds();
  double seconds = now - p->tick;
  timing->seconds += seconds;
  if (!timing->calls++ || seconds < timing->best) timing->best = seconds;
  if (p->trace) {
    trace_span(p->trace, TRACE_instruction, timing->what, timing->place, p->tick, now);
    now = clock_seconds(); /* to write it down is no time of the next one */
  }
  p->tick = now;
}

static int slower_first(const void *a, const void *b) {
  double x = (*(const Timing *const *)a)->seconds, y = (*(const Timing *const *)b)->seconds;
  return (x < y) - (x > y);
}

static const GemmArgs *product_of(const Program *p, const Watch *w) {
  return w->product < 0 ? NULL : &p->state->products[w->product].args;
}

/* At its fastest: billions of floating-point operations a second for products, of bytes read and
 * written for the rest. */
static void put_rate(const Program *p, const Watch *w, double best, Text *out) {
  const GemmArgs *a = product_of(p, w);
  if (a) {
    double flops = 2.0 * (double)a->m * (double)a->n * (double)a->k * (double)gemm_items(a);
    text_printf(out, "%7.1f GFLOP/s", 1e-9 * flops / best);
    return;
  }
  int64_t bytes = 0, one;
  for (int k = 0; k < w->instr->n_in + w->instr->n_out; k++) {
    int b = k < w->instr->n_in ? w->instr->in[k] : w->instr->out[k - w->instr->n_in];
    if (size_eval(p->ctx, p->plan->buffers.data[b].bytes, &p->sizes, &one)) bytes += one;
  }
  text_printf(out, "%7.1f GB/s   ", 1e-9 * (double)bytes / best);
}

/* "models/lib/linear.ordo:7", or NULL. */
static const char *place_of(const Program *p, const PlanInstr *instr) {
  int line, column;
  Span span = instr_place(instr);
  const Source *source = span_none(span) ? NULL : source_at(p->ctx, span.lo, &line, &column);
  return source ? ctx_printf(p->ctx, "%s:%d", source->path, line) : NULL;
}

void profile_name(Program *p) {
  for (uint32_t i = 0; i < p->lowered.watches.len; i++) {
    const PlanInstr *instr = p->timings[i].watch->instr;
    p->timings[i].what = instr_describe(p->ctx, instr);
    p->timings[i].place = place_of(p, instr);
  }
}

static void put_what(const Program *p, const Watch *w, Text *out) {
  const char *place = place_of(p, w->instr);
  if (place) text_printf(out, "  %s:", place);
  text_printf(out, "  %s", instr_describe(p->ctx, w->instr));
  const GemmArgs *a = product_of(p, w);
  if (a) {
    text_printf(out, " %lld x %lld x %lld", (long long)a->m, (long long)a->k, (long long)a->n);
    if (gemm_items(a) > 1) text_printf(out, ", %lld times", (long long)gemm_items(a));
  }
  text_putc(out, '\n');
}

void program_profile(const Program *p, uint32_t n_rows, PhaseId whole, Text *out) {
  uint32_t n = p->lowered.watches.len;
  const Timing **rows = arena_array(&p->ctx->arena, const Timing *, n + 1);
  double total = 0;
  for (uint32_t i = 0; i < n; i++) {
    rows[i] = &p->timings[i];
    total += rows[i]->seconds;
  }
  qsort(rows, n, sizeof *rows, slower_first);
  double runs = p->runs ? (double)p->runs : 1;
  text_printf(out, "  share  ms a run  calls  us a call    fastest           rate\n");
  for (uint32_t i = 0; i < n && (!n_rows || i < n_rows); i++) {
    const Timing *w = rows[i];
    if (!w->calls) continue;
    text_printf(out, "%6.2f%% %9.4f %6.0f %10.2f %10.2f ", 100 * w->seconds / total,
                1e3 * w->seconds / runs, (double)w->calls / runs,
                1e6 * w->seconds / (double)w->calls, 1e6 * w->best);
    put_rate(p, w->watch, w->best, out);
    put_what(p, w->watch, out);
  }
  text_printf(out, "100.00%% %9.4f %*s  %s\n", 1e3 * total / runs, 44, "", phase_title(whole));
}
