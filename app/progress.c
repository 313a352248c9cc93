/* The rate is measured between shown lines and smoothed (half the weight on the past), so that time
 * left follows a change of speed within a few lines without jumping. */
#include "base/clock.h"
#include "app/progress.h"

#include <math.h>

const char *progress_duration(double seconds, char buffer[24]) {
  if (!(seconds < 1e9)) return "-";
  long long whole = llround(seconds);
  if (seconds < 9.95)
    snprintf(buffer, 24, "%.1f s", seconds);
  else if (whole < 60)
    snprintf(buffer, 24, "%lld s", whole);
  else if (whole < 3600)
    snprintf(buffer, 24, "%lld:%02lld", whole / 60, whole % 60);
  else
    snprintf(buffer, 24, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  return buffer;
}

Progress progress_start(FILE *out, bool terminal, int64_t first, int64_t total) {
  double now = clock_seconds();
  return (Progress){.out = out,
                    .terminal = terminal,
                    .first = first,
                    .total = total,
                    .timed_step = first,
                    .start = now,
                    .last_shown = now,
                    .timed_at = now,
                    .pause = terminal ? 0.1 : 1.0};
}

bool progress_due(const Progress *p, int64_t step) {
  if (!p->out) return false;
  return step >= p->total || clock_seconds() - p->last_shown >= p->pause;
}

/* A terminal's line is wiped before anything else is printed. */
static void wipe(Progress *p) {
  if (p->line_open) fputs("\r\033[K", p->out);
  p->line_open = false;
}

static void measure(Progress *p, int64_t step, double now) {
  if (now <= p->timed_at || step <= p->timed_step) return;
  double rate = (double)(step - p->timed_step) / (now - p->timed_at);
  p->rate = p->rate > 0 ? 0.5 * p->rate + 0.5 * rate : rate;
  p->timed_at = now;
  p->timed_step = step;
}

static void print_rate(const Progress *p, double rate) {
  if (rate >= 10)
    fprintf(p->out, "%.0f steps/s", rate);
  else if (rate >= 0.1)
    fprintf(p->out, "%.2f steps/s", rate);
  else if (rate > 0)
    fprintf(p->out, "%.1f s/step", 1 / rate);
}

void progress_show(Progress *p, int64_t step, const char *text) {
  if (!p->out) return;
  char left[24];
  double now = clock_seconds();
  measure(p, step, now);
  wipe(p);
  fprintf(p->out, "step %lld/%lld  %s  ", (long long)step, (long long)p->total, text);
  print_rate(p, p->rate);
  if (p->rate > 0)
    fprintf(p->out, "  %s left", progress_duration((double)(p->total - step) / p->rate, left));
  if (p->terminal)
    p->line_open = true;
  else
    fputc('\n', p->out);
  fflush(p->out);
  p->last_shown = now;
  if (!p->terminal) p->pause = fmin(p->pause * 1.5, 10.0);
}

void progress_line(Progress *p, const char *text) {
  if (!p->out) return;
  wipe(p);
  fprintf(p->out, "%s\n", text);
  fflush(p->out);
}

void progress_finish(Progress *p, int64_t step, const char *text) {
  if (!p->out) return;
  char took[24];
  double seconds = clock_seconds() - p->start;
  wipe(p);
  fprintf(p->out, "step %lld/%lld  %s  %s", (long long)step, (long long)p->total, text,
          progress_duration(seconds, took));
  if (step > p->first && seconds > 0) {
    fputs(", ", p->out);
    print_rate(p, (double)(step - p->first) / seconds);
  }
  fputc('\n', p->out);
  fflush(p->out);
}
