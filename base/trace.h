/* Spans of time, told as they end to whoever writes them down (app/trace_file.h for --trace).
 *
 * Spans lie in each other as their times do. Who may be traced holds a Trace that is NULL when
 * nobody looks.
 */
#ifndef ORDO_BASE_TRACE_H
#define ORDO_BASE_TRACE_H

#include <stddef.h>

typedef enum TraceKind { TRACE_phase, TRACE_pass, TRACE_instruction, N_TRACE_KINDS } TraceKind;

typedef struct Trace Trace;
struct Trace {
  /* of: what it is a span of, may be NULL; both texts are only lent. Times are those of
   * clock_seconds. */
  void (*span)(Trace *trace, TraceKind kind, const char *name, const char *of, double start,
               double end);
};

static inline void trace_span(Trace *trace, TraceKind kind, const char *name, const char *of,
                              double start, double end) {
  if (trace) trace->span(trace, kind, name, of, start, end);
}

#endif
