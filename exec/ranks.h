/* Ranks: processes that run one graph together, each on some of the shards of a batch.
 *
 * A batch is cut into a fixed number of shards; a rank has some that lie one behind another. What
 * is summed over the batch is summed within each shard, and then over the shards by one binary tree
 * (ranks_middle), which depends on their number alone: the rank that has a node's right side sends
 * its row to the one that has the left, and the bits are those of one rank that has all shards. The
 * last sum goes from rank 0 to all.
 *
 * How bytes go is the link's business (app/ranks_local.c, mpi/plugin.c): it keeps the order of what
 * one rank sends to another. Every message says which it is and how long, so that ranks that do not
 * run the same never take one number for another. A rank that is lost is named in 'lost'; what
 * comes later returns at once and is no result: who runs the graph has to look.
 */
#ifndef ORDO_EXEC_RANKS_H
#define ORDO_EXEC_RANKS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct RanksLink {
  /* false when the other one is gone, or was silent for too long. */
  bool (*send)(void *link, int to, const void *data, int64_t bytes);
  bool (*receive)(void *link, int from, void *data, int64_t bytes);
  void (*close)(void *link, bool good); /* good: all ranks are through */
  void *link;
} RanksLink;

enum { RANKS_NOBODY = -1 };

typedef struct Ranks {
  int rank, ranks;
  int64_t shards; /* of the graph that runs */
  RanksLink link;
  uint64_t messages; /* calls so far: the same number on all ranks */
  int lost;          /* the rank that did not answer, or answered something else; RANKS_NOBODY */
  bool strange;      /* it did answer: ranks do not run the same */
  bool silent;       /* another rank says what is wrong */
  bool agreed;       /* all know that something is */
} Ranks;

/* Where the tree over lo..hi - 1, of two shards at least, is divided: the left side is the largest
 * power of two that leaves something to the right. */
int64_t ranks_middle(int64_t lo, int64_t hi);
/* The first shard of a rank; that of the rank behind the last one is the number of shards. */
int64_t ranks_first(const Ranks *r, int rank);
static inline int64_t ranks_count(const Ranks *r, int rank) {
  return ranks_first(r, rank + 1) - ranks_first(r, rank);
}

/* Bytes of rank 0 to all; false when somebody is lost. */
bool ranks_tell(Ranks *r, void *data, int64_t bytes);
/* Bytes of each rank, 'each' of them, one behind the other at rank 0; all: on every rank. */
bool ranks_collect(Ranks *r, const void *mine, int64_t each, void *all);
/* Says to all others which rank is lost, or that this one ends, so that they name the right one. */
void ranks_leave(Ranks *r);
/* The largest of all ranks' numbers, on all of them; -1 when somebody is lost. */
int64_t ranks_most(Ranks *r, int64_t mine);

#endif
