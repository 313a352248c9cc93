/* ordo show --kernels and --memory. */
#ifndef ORDO_CLI_SHOW_KERNELS_H
#define ORDO_CLI_SHOW_KERNELS_H

#include "cli/cli.h"

/* Compiles c, whose source is set, and prints what it consists of, or where its memory lies; the
 * format is that of --output: text, json, svg, png, pdf. False after a diagnostic. */
bool show_kernels(Cli *cli, Compile *c);

#endif
