/* Graphs between passes. */
#ifndef ORDO_APP_PICK_H
#define ORDO_APP_PICK_H

#include "app/compile.h"

/* The graph before or after a pass; as the text says it when both are NULL. A pass may stand in the
 * pipeline twice: 'before' means its first run, 'after' its last one. NULL after a diagnostic. */
const Graph *compile_pick(Compile *c, const char *before, const char *after);

#endif
