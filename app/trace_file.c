#include "app/trace_file.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { MOST_INSTRUCTIONS = 1000000 };

static void flush(TraceFile *f) {
  file_put(&f->out, f->buffer, f->n);
  f->n = 0;
}

static void put(TraceFile *f, const Text *text) {
  if (f->n + text->len > sizeof f->buffer) flush(f);
  if (text->len > sizeof f->buffer) {
    file_put(&f->out, text_str(text), text->len);
    return;
  }
  memcpy(f->buffer + f->n, text_str(text), text->len);
  f->n += text->len;
}

/* {"name": ..., "cat": ..., and what the kind of event adds; of may be NULL. */
static void put_event(TraceFile *f, TraceKind kind, const char *name, const char *more,
                      const char *of) {
  static const struct {
    const char *category, *argument;
  } kinds[N_TRACE_KINDS] = {{"phase", "of"}, {"pass", "of"}, {"instruction", "at"}};
  Text text = text_new(&f->line);
  text_puts(&text, ",\n{\"name\": ");
  text_put_json(&text, name);
  text_printf(&text, ", \"cat\": \"%s\", \"pid\": 1, \"tid\": 1, %s", kinds[kind].category, more);
  if (of && *of) {
    text_printf(&text, ", \"args\": {\"%s\": ", kinds[kind].argument);
    text_put_json(&text, of);
    text_putc(&text, '}');
  }
  text_putc(&text, '}');
  put(f, &text);
  arena_reset(&f->line);
}

static double micro(const TraceFile *f, double seconds) { return 1e6 * (seconds - f->begin); }

static void span(Trace *trace, TraceKind kind, const char *name, const char *of, double start,
                 double end) {
  TraceFile *f = (TraceFile *)(void *)trace;
  char more[96];
  if (kind == TRACE_instruction && f->instructions++ >= MOST_INSTRUCTIONS) {
    if (f->instructions > MOST_INSTRUCTIONS + 1) return;
    snprintf(more, sizeof more, "\"ph\": \"i\", \"s\": \"g\", \"ts\": %.3f", micro(f, start));
    put_event(f, kind, "instructions are left out from here on", more, NULL);
    return;
  }
  snprintf(more, sizeof more, "\"ph\": \"X\", \"ts\": %.3f, \"dur\": %.3f", micro(f, start),
           1e6 * (end - start));
  put_event(f, kind, name, more, of);
}

bool trace_open(Ctx *ctx, const char *path, const char *what, TraceFile *f) {
  *f = (TraceFile){.trace = {span}, .begin = clock_seconds()};
  if (!file_create(ctx, path, &f->out)) return false;
  arena_guard(&f->line, ctx->arena.escape);
  Text head = text_new(&ctx->arena);
  text_puts(&head,
            "[{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": 1, \"args\": {\"name\": ");
  text_put_json(&head, what);
  text_puts(&head, "}}");
  put(f, &head);
  return true;
}

bool trace_close(TraceFile *f) {
  static const char end[] = "\n]\n";
  flush(f);
  file_put(&f->out, end, sizeof end - 1);
  arena_free(&f->line);
  return file_commit(&f->out);
}
