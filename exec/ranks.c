/* What ranks do together: see ranks.h. */
#include "exec/ranks.h"

#include "base/dtype.h"
#include "exec/library.h"

#include <string.h>

int64_t ranks_middle(int64_t lo, int64_t hi) {
  int64_t left = 1;
  while (2 * left < hi - lo) left *= 2;
  return lo + left;
}

int64_t ranks_first(const Ranks *r, int rank) {
  return (rank * r->shards + r->ranks - 1) / r->ranks;
}

/* ---- messages ---- */

typedef struct Header {
  uint64_t message;
  int64_t bytes;
} Header;

static void lose(Ranks *r, int who, bool strange) {
  if (r->lost != RANKS_NOBODY) return;
  r->lost = who;
  r->strange = strange;
}

/* In place of a message number: the sender ends, 'bytes' is the rank that it misses. */
#define LEAVES UINT64_MAX

/* False when the header is none of a message that is wanted. */
static bool wanted(Ranks *r, int from, const Header *header, int64_t bytes) {
  if (header->message == LEAVES)
    lose(r, (int)header->bytes, false);
  else if (header->message != r->messages || header->bytes != bytes)
    lose(r, from, true);
  return r->lost == RANKS_NOBODY;
}

static void put(Ranks *r, int to, const void *data, int64_t bytes) {
  Header header = {r->messages, bytes}, last;
  if (r->lost != RANKS_NOBODY) return;
  if (r->link.send(r->link.link, to, &header, sizeof header) &&
      (!bytes || r->link.send(r->link.link, to, data, bytes)))
    return;
  /* perhaps it said before why it ends */
  if (r->link.receive(r->link.link, to, &last, sizeof last) && last.message == LEAVES)
    lose(r, (int)last.bytes, false);
  lose(r, to, false);
}

static void take(Ranks *r, int from, void *data, int64_t bytes) {
  Header header;
  if (r->lost != RANKS_NOBODY) return;
  if (!r->link.receive(r->link.link, from, &header, sizeof header))
    lose(r, from, false);
  else if (wanted(r, from, &header, bytes) && bytes &&
           !r->link.receive(r->link.link, from, data, bytes))
    lose(r, from, false);
}

/* From rank 0 along a binomial tree: rank r has it from r without its lowest bit. */
static void spread(Ranks *r, void *data, int64_t bytes) {
  int bit = 1;
  while (bit < r->ranks && !(r->rank & bit)) bit *= 2;
  if (r->rank) take(r, r->rank - bit, data, bytes);
  for (bit /= 2; bit; bit /= 2)
    if (r->rank + bit < r->ranks) put(r, r->rank + bit, data, bytes);
}

void ranks_leave(Ranks *r) {
  Header header = {LEAVES, r->lost == RANKS_NOBODY ? r->rank : r->lost};
  for (int i = 0; i < r->ranks; i++)
    if (i != r->rank && i != r->lost) r->link.send(r->link.link, i, &header, sizeof header);
}

bool ranks_tell(Ranks *r, void *data, int64_t bytes) {
  r->messages++;
  spread(r, data, bytes);
  return r->lost == RANKS_NOBODY;
}

bool ranks_collect(Ranks *r, const void *mine, int64_t each, void *all) {
  r->messages++;
  memcpy((char *)all + r->rank * each, mine, (size_t)each);
  for (int i = 1; i < r->ranks && !r->rank; i++) take(r, i, (char *)all + i * each, each);
  if (r->rank) put(r, 0, mine, each);
  spread(r, all, each * r->ranks);
  return r->lost == RANKS_NOBODY;
}

int64_t ranks_most(Ranks *r, int64_t mine) {
  int64_t other;
  r->messages++;
  for (int bit = 1; bit < r->ranks; bit *= 2) {
    if (r->rank & bit) {
      put(r, r->rank - bit, &mine, sizeof mine);
      break;
    }
    if (r->rank + bit >= r->ranks) continue;
    other = mine;
    take(r, r->rank + bit, &other, sizeof other);
    mine = other > mine ? other : mine;
  }
  spread(r, &mine, sizeof mine);
  return r->lost == RANKS_NOBODY ? mine : -1;
}

/* ---- all_gather: [a, y] [rows here, first row, all rows, bytes of a row,
 * shards, ranks] ---- */

/* Rows of each rank: those of all shards before it are known from its own first row. */
static void gather(Ranks *r, char *y, int64_t all, int64_t row) {
  int64_t of_shard = all / r->shards * row;
  r->messages++;
  for (int i = 1; i < r->ranks && !r->rank; i++)
    take(r, i, y + ranks_first(r, i) * of_shard, ranks_count(r, i) * of_shard);
  int64_t first = ranks_first(r, r->rank);
  if (r->rank) put(r, 0, y + first * of_shard, ranks_count(r, r->rank) * of_shard);
  spread(r, y, all * row);
}

INSTRUCTION(all_gather) {
  const char *a = (const char *)(uintptr_t)args[0];
  char *y = (char *)(uintptr_t)args[1];
  int64_t rows = (int64_t)args[2], first = (int64_t)args[3], all = (int64_t)args[4],
          row = (int64_t)args[5];
  Ranks *ranks = (Ranks *)(uintptr_t)args[7];
  (void)lo, (void)hi;
  bool fits = first >= 0 && rows <= all && first <= all - rows;
  if (!fits || rows < all) memset(y, 0, (size_t)(all * row));
  if (fits) memcpy(y + first * row, a, (size_t)(rows * row));
  if (!ranks) return;
  ranks->shards = (int64_t)args[6];
  gather(ranks, y, all, row);
}

/* ---- all_reduce: [a, y, scratch] [rows here, elements of a row, dtype, shards, ranks]
 * ---- */

typedef struct Tree {
  Ranks *ranks; /* NULL: this one is alone */
  char *rows;   /* of the shards here, and behind them room for one more */
  int64_t first, last, n;
  DType dtype;
} Tree;

static char *row_of(const Tree *t, int64_t shard) {
  return t->rows + (shard - t->first) * t->n * dtype_bytes[t->dtype];
}

#define ADD(T, ADD_UP)                                                                             \
  do {                                                                                             \
    T *x = (T *)(void *)to;                                                                        \
    const T *y = (const T *)(const void *)from;                                                    \
    for (int64_t i = 0; i < n; i++) x[i] = ADD_UP(x[i], y[i]);                                     \
  } while (0)
#define PLAIN(a, b)  ((a) + (b))
#define IN_F32(a, b) bf16_from_f32(bf16_to_f32(a) + bf16_to_f32(b))
static void add_row(DType dtype, char *to, const char *from, int64_t n) {
  if (dtype == DT_f32)
    ADD(float, PLAIN);
  else if (dtype == DT_f64)
    ADD(double, PLAIN);
  else if (dtype == DT_bf16)
    ADD(uint16_t, IN_F32);
  else
    ADD(uint32_t, PLAIN);
}

static int owner(const Tree *t, int64_t shard) {
  int rank = 0;
  while (ranks_first(t->ranks, rank + 1) <= shard) rank++;
  return rank;
}

/* The sum of shards lo..hi - 1 to the row of the first one, where that is here. */
static void add_up(const Tree *t, int64_t lo, int64_t hi) {
  if (hi - lo < 2 || hi <= t->first || lo >= t->last) return;
  int64_t middle = ranks_middle(lo, hi), bytes = t->n * dtype_bytes[t->dtype];
  bool left = lo >= t->first, right = middle >= t->first && middle < t->last;
  add_up(t, lo, middle);
  add_up(t, middle, hi);
  if (left && right)
    add_row(t->dtype, row_of(t, lo), row_of(t, middle), t->n);
  else if (right)
    put(t->ranks, owner(t, lo), row_of(t, middle), bytes);
  else if (left) {
    take(t->ranks, owner(t, middle), row_of(t, t->last), bytes);
    if (t->ranks->lost == RANKS_NOBODY) add_row(t->dtype, row_of(t, lo), row_of(t, t->last), t->n);
  }
}

INSTRUCTION(all_reduce) {
  Ranks *ranks = (Ranks *)(uintptr_t)args[7];
  int64_t here = (int64_t)args[3], shards = ranks ? (int64_t)args[6] : here;
  Tree t = {ranks, (char *)(uintptr_t)args[2], 0, here, (int64_t)args[4], (DType)args[5]};
  char *y = (char *)(uintptr_t)args[1];
  int64_t bytes = t.n * dtype_bytes[t.dtype];
  (void)lo, (void)hi;
  if (ranks) {
    ranks->shards = shards;
    t.first = ranks_first(ranks, ranks->rank);
    t.last = t.first + here;
    ranks->messages++;
  }
  memcpy(t.rows, (const void *)(uintptr_t)args[0], (size_t)(here * bytes));
  add_up(&t, 0, shards);
  if (here && t.first == 0)
    memcpy(y, t.rows, (size_t)bytes);
  else
    memset(y, 0, (size_t)bytes);
  if (ranks) spread(ranks, y, bytes);
}
