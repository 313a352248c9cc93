/* Code as text, as --dump-after and --stop-after ask for it: llvm, asm. */
#ifndef ORDO_CLI_CODE_DUMP_H
#define ORDO_CLI_CODE_DUMP_H

#include "cli/cli.h"

/* A graph's name as part of a file's name. */
const char *dump_name(Cli *cli, const Graph *g);
/* All code of a program at a stage (code_stage_find), into a text, or with NULL into files of
 * --dump-dir: one for each unit, named by the line that it was made for. False after a
 * diagnostic. */
bool put_code(Cli *cli, Program *program, int stage, Text *out);
/* The CompileOptions.laid_out of a command line: what --dump-after asks for. */
bool dump_code_given(void *cli, Program *program);

#endif
