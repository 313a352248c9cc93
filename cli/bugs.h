/* Crashes: what runs just now, so that a broken invariant or a bad access can be told from the
 * user's mistakes, blamed on a pass or a plug-in, and replayed. */
#ifndef ORDO_CLI_BUGS_H
#define ORDO_CLI_BUGS_H

#include "passes/passes.h"

/* Reports SIGSEGV and the like, and an interruption, from here on; argv is what the replay line
 * repeats. */
void catch_bugs(char **argv);
/* Of a signal that asks to end: while a pass or a plug-in runs, which may never return, says so
 * and ends the process; else returns. */
void bugs_interrupted(int sig);
/* What runs from here on; NULL: ordo itself. Passes that have a graph leave it in a file when they
 * crash. */
void bugs_blame(const PassRun *run);

#endif
