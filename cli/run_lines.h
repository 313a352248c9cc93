/* 'ordo run' on lines of text: from a file, a pipe or a terminal. */
#ifndef ORDO_CLI_RUN_LINES_H
#define ORDO_CLI_RUN_LINES_H

#include "cli/cli.h"
#include "app/texts.h"

/* Whether what is given says that examples come line by line: "-", "@FILE", or nothing at all. */
bool lines_wanted(const Texts *texts, const char *const *given, uint32_t n);

typedef struct RunLines {
  Cli *cli;
  Function *function; /* compiled, with weights */
  Texts *texts;
  bool interpret;
  int64_t seed;
} RunLines;

/* One line of output for each line of input, in the same order; lines are run in batches, those
 * of a terminal one by one. A function of several texts takes them with tabs between them. False
 * after a diagnostic. */
bool run_lines(const RunLines *run, const char *given);

#endif
