/* Ranks on one machine without MPI: forked processes, each pair with a socket of its own. */
#ifndef ORDO_APP_RANKS_LOCAL_H
#define ORDO_APP_RANKS_LOCAL_H

#include "exec/ranks.h"

enum { RANKS_LOCAL_MOST = 64 };

/* Forks ranks - 1 times and returns in each process, the first one being rank 0, with *out filled
 * but for its shards. Before threads are made. silence: seconds that a rank waits for another one.
 * NULL, or the reason why it is impossible. */
const char *ranks_fork(int ranks, double silence, Ranks *out);

#endif
