/* --trace FILE: what took how long, as Chrome's trace-event JSON, which ui.perfetto.dev and
 * chrome://tracing open.
 *
 * An event a line, as spans end; only what is buffered is held in memory, however long the run.
 * Times are microseconds since the trace began. Instructions beyond the first million are left
 * out, and an event says where that begins.
 */
#ifndef ORDO_APP_TRACE_FILE_H
#define ORDO_APP_TRACE_FILE_H

#include "base/trace.h"
#include "io/file.h"

typedef struct TraceFile {
  Trace trace; /* first: what others are given */
  FileOut out;
  Arena line;
  double begin;
  uint64_t instructions;
  size_t n;
  char buffer[1 << 15];
} TraceFile;

/* what: the command that is traced ("ordo run sort"). False after a diagnostic. */
bool trace_open(Ctx *ctx, const char *path, const char *what, TraceFile *out);
/* Writes the rest; the file takes its name. False after a diagnostic. */
bool trace_close(TraceFile *file);

#endif
