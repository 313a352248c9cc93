/* What a plug-in gives that reaches ranks through MPI (mpi/plugin.c, built once for each MPI). */
#ifndef ORDO_APP_RANKS_PLUGIN_H
#define ORDO_APP_RANKS_PLUGIN_H

#include "exec/ranks.h"

enum { RANKS_PLUGIN_ABI = 1 };

typedef struct RanksPlugin {
  int abi;
  const char *library; /* what MPI says it is */
  /* Fills rank, ranks and link. silence: seconds that a rank waits for another one. */
  bool (*open)(double silence, Ranks *out);
} RanksPlugin;

/* The name under which a plug-in has it: const RanksPlugin *ordo_ranks(void). */
#define RANKS_PLUGIN_SYMBOL "ordo_ranks"
typedef const RanksPlugin *RanksPluginFn(void);

#endif
