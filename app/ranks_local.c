/* Forked ranks: see ranks_local.h. A process that ends, however, closes its sockets, so that
 * whoever waits for it knows at once. */
#include "app/ranks_local.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

enum { LOOK_MS = 1000 }; /* how often the clock is looked at while nothing comes */
enum { GRACE = 5 };      /* seconds that a rank has to end in when the others do */

typedef struct LocalRank {
  int rank, ranks;
  double silence;
  int sockets[RANKS_LOCAL_MOST]; /* by rank; -1 */
  pid_t children[RANKS_LOCAL_MOST];
} LocalRank;

/* Until a socket is ready for what is wanted; false when it was silent for too long. */
static bool ready(const LocalRank *l, int fd, short events) {
  struct pollfd wanted = {.fd = fd, .events = events};
  double start = clock_seconds();
  for (;;) {
    int n = poll(&wanted, 1, LOOK_MS);
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
    if (clock_seconds() - start > l->silence) return false;
  }
}

static bool local_send(void *link, int to, const void *data, int64_t bytes) {
  const LocalRank *l = link;
  const char *at = data;
  while (bytes) {
    ssize_t n = send(l->sockets[to], at, (size_t)bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!ready(l, l->sockets[to], POLLOUT)) return false;
      continue;
    }
    if (n < 0) return false;
    at += n;
    bytes -= n;
  }
  return true;
}

static bool local_receive(void *link, int from, void *data, int64_t bytes) {
  const LocalRank *l = link;
  char *at = data;
  while (bytes) {
    ssize_t n = recv(l->sockets[from], at, (size_t)bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!ready(l, l->sockets[from], POLLIN)) return false;
      continue;
    }
    if (n <= 0) return false;
    at += n;
    bytes -= n;
  }
  return true;
}

static void close_sockets(LocalRank *l) {
  for (int i = 0; i < l->ranks; i++)
    if (l->sockets[i] >= 0) close(l->sockets[i]);
}

/* Until a child has ended, which one that hangs does not do by itself. */
static void await(pid_t child, double until) {
  for (;;) {
    pid_t ended = waitpid(child, NULL, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return;
    if (clock_seconds() > until) break;
    poll(NULL, 0, 10);
  }
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
}

static void local_close(void *link, bool good) {
  LocalRank *l = link;
  double until = clock_seconds() + (good ? l->silence : GRACE);
  close_sockets(l);
  for (int i = 1; i < l->ranks && !l->rank; i++) await(l->children[i], until);
  heap_free(l);
}

/* Sockets between all pairs are open at one time before each rank closes those of the others: more
 * than a process may have by default (1024) from 32 ranks on. Gives the limit that there was. */
static struct rlimit allow_sockets(int ranks) {
  enum { OTHER_FILES = 64 };
  struct rlimit was = {0}, now;
  if (getrlimit(RLIMIT_NOFILE, &was)) return was;
  rlim_t wanted = (rlim_t)ranks * (rlim_t)(ranks - 1) + OTHER_FILES;
  now = was;
  if (now.rlim_cur < wanted) now.rlim_cur = wanted < now.rlim_max ? wanted : now.rlim_max;
  setrlimit(RLIMIT_NOFILE, &now);
  return was;
}

/* Both ends of every pair: ends[i][j] is rank i's socket to rank j. */
typedef int Ends[RANKS_LOCAL_MOST][RANKS_LOCAL_MOST];

static bool make_pairs(int ranks, Ends ends) {
  memset(ends, -1, sizeof(Ends));
  for (int i = 0; i < ranks; i++)
    for (int k = i + 1; k < ranks; k++) {
      int pair[2];
      if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) return false;
      ends[i][k] = pair[0];
      ends[k][i] = pair[1];
    }
  return true;
}

static void close_others(int ranks, Ends ends, int own) {
  for (int i = 0; i < ranks; i++)
    for (int k = 0; k < ranks; k++)
      if (i != own && ends[i][k] >= 0) close(ends[i][k]);
}

/* The others; false in rank 0 when one could not be begun. */
static bool begin(LocalRank *l) {
  for (int i = 1; i < l->ranks; i++) {
    l->children[i] = fork();
    if (l->children[i] < 0) return false;
    if (l->children[i]) continue;
    l->rank = i;
    return true;
  }
  return true;
}

const char *ranks_fork(int ranks, double silence, Ranks *out) {
  Ends ends;
  LocalRank *l = heap_alloc(sizeof *l);
  if (!l) return "out of memory";
  *l = (LocalRank){.ranks = ranks, .silence = silence};
  struct rlimit files = allow_sockets(ranks);
  bool good = make_pairs(ranks, ends) && begin(l);
  int why = errno;
  close_others(ranks, ends, good ? l->rank : ranks);
  if (files.rlim_cur) setrlimit(RLIMIT_NOFILE, &files);
  if (!good) {
    heap_free(l);
    return strerror(why);
  }
  memcpy(l->sockets, ends[l->rank], sizeof l->sockets);
  *out = (Ranks){.rank = l->rank,
                 .ranks = ranks,
                 .link = {local_send, local_receive, local_close, l},
                 .lost = RANKS_NOBODY};
  return NULL;
}
