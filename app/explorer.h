/* A page (HTML) that explores a graph through all stages of its pipeline; docs/explorer.md.
 * The page itself is app/explorer/: page.html, page.css and scripts, which the build puts together.
 */
#ifndef ORDO_APP_EXPLORER_H
#define ORDO_APP_EXPLORER_H

#include "app/compile.h"

typedef struct ExplorerOptions {
  const char *title;
  const char *before, *after; /* the stage that is shown first; both NULL: the first one */
  const char *profile; /* a file that --profile --trace wrote: times of kernels; NULL: none */
} ExplorerOptions;

/* Runs the passes of c, a COMPILE_graph, and puts the page. False after a diagnostic. */
bool explorer_page(Compile *c, const ExplorerOptions *options, Text *out);

#endif
