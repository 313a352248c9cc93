/* Ranks that train together (exec/ranks.h): how they find each other, and what they agree on
 * and between steps.
 *
 * Who began the process tells how: mpirun and srun set variables, and a plug-in for their MPI is
 * opened (app/ranks_plugin.h); else --ranks forks (app/ranks_local.h). Rank 0 alone writes files
 * and says what is wrong for all; another one speaks when the mistake is its own.
 */
#ifndef ORDO_APP_RANKS_H
#define ORDO_APP_RANKS_H

#include "app/checkpoint.h"
#include "exec/ranks.h"

/* Opens what reaches the ranks: 'wanted' processes of this machine (0: as who began this one says).
 * *out stays without ranks when this one is alone. False after a diagnostic. */
bool ranks_open(Ctx *ctx, int64_t wanted, Ranks *out);
/* At the end; when something is wrong behind what this one had to say of it. Where all know it they
 * end together, so that none is ended by who began it before it has spoken. */
void ranks_close(Ranks *r, bool good);
static inline bool ranks_any(const Ranks *r) { return r && r->ranks > 0; }
/* Whether another rank says what is wrong. */
bool ranks_silent(const Ranks *r);

/* False when one of them is not; that one says why. */
bool ranks_good(Ranks *r, bool good);
/* All know that something is wrong, and that this rank says what. */
void ranks_tells(Ranks *r, int rank);
/* Texts that have to be the same on all ranks: false after a diagnostic of rank 0. */
typedef struct RanksText {
  const char *name, *text;
} RanksText;
bool ranks_same(Ctx *ctx, Ranks *r, const RanksText *texts, int n);
/* The outcome of what rank 0 did with its state, and that state, to all. */
bool ranks_state(Ctx *ctx, Ranks *r, bool good, Checkpoint *c, CheckpointMark *mark);
/* False after a diagnostic when somebody is lost. */
bool ranks_here(Ctx *ctx, const Ranks *r);

#endif
