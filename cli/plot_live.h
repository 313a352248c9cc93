/* Curves on the terminal that follow the runs. */
#ifndef ORDO_CLI_PLOT_LIVE_H
#define ORDO_CLI_PLOT_LIVE_H

#include "app/plot.h"
#include "cli/cli.h"

/* Until 'q', Ctrl-C or the end of the terminal. On what is no terminal: one picture of 80
 * columns. */
int plot_live(Cli *cli, const PlotOptions *options);

#endif
