/* A fault in a file: graph text whose first comments say how it came about.
 *
 *   # ordo 0.1.0
 *   # LLVM 19.1.4
 *   # processor sapphirerapids: avx512, ...
 *   # option: --passes=simplify
 *   # option: --define=N=3
 *   graph &0 "main" { ... }
 *
 * Commands that run passes take these options from the file unless the command line gives them.
 * Only options that say what is computed: none that reads or writes other files.
 */
#ifndef ORDO_CLI_BUNDLE_H
#define ORDO_CLI_BUNDLE_H

#include "cli/cli.h"

/* The options of the file that the first argument names, if it is such a file. False after a
 * diagnostic. */
bool bundle_read(Cli *cli);

typedef struct Bundle {
  const Graph *graph;
  const char *passes; /* NULL: as the command line has it */
  int64_t fuel;       /* 0: no limit */
  uint64_t seed;
  const SizeEnv *sizes;
} Bundle;
void bundle_put(Cli *cli, const Bundle *bundle, Text *out);

/* The open sizes of c's graph, which is there: of graph text those that -D gives, and those of
 * --sizes, which go first. False after a diagnostic. */
bool sizes_given(Cli *cli, const Compile *c, SizeEnv *env);

#endif
