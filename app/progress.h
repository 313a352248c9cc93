/* Progress of a long run for a person: step, rate, time left, the logged numbers.
 *
 * On a terminal one line is rewritten in place about ten times a second; elsewhere (a file, a CI
 * log) a whole line appears every few seconds, starting soon and then less often. Lines of their
 * own (results of an evaluation) appear at once in both cases.
 */
#ifndef ORDO_APP_PROGRESS_H
#define ORDO_APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Progress {
  FILE *out; /* NULL: says nothing */
  bool terminal;
  bool line_open; /* a rewritten line stands on the terminal */
  int64_t first, total, timed_step;
  double start, last_shown, timed_at, rate, pause;
} Progress;

/* Steps first..total are ahead. */
Progress progress_start(FILE *out, bool terminal, int64_t first, int64_t total);
/* Whether it is time to show something: cheap, asked after every step, so that numbers are
 * formatted only then. */
bool progress_due(const Progress *progress, int64_t step);
/* Shows that 'step' steps are done; text holds the logged numbers ("loss 0.25"). */
void progress_show(Progress *progress, int64_t step, const char *text);
/* A line of its own. */
void progress_line(Progress *progress, const char *text);
/* The last line: steps done, whole time, mean rate. */
void progress_finish(Progress *progress, int64_t step, const char *text);

/* "1:02:03", "4:05", "12 s", "0.8 s" into buffer. */
const char *progress_duration(double seconds, char buffer[24]);

#endif
