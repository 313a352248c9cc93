/* Crashes: what runs just now, so that a broken invariant or a bad access can be told from the
 * user's mistakes, blamed on a pass or a plug-in, and replayed. */
#ifndef ORDO_CLI_BUGS_H
#define ORDO_CLI_BUGS_H

#include "passes/passes.h"

/* Reports SIGSEGV and the like from here on; argv is what the replay line repeats. */
void catch_bugs(char **argv);
/* What runs from here on; NULL: ordo itself. Passes that have a graph leave it in a file when they
 * crash. */
void bugs_blame(const PassRun *run);

#endif
