/* Ranks that MPI has begun: see app/ranks_plugin.h. Messages between two ranks keep their order,
 * as one tag has them. A rank that waits sleeps in between, so that more ranks than processors get
 * on. */
#include "app/ranks_plugin.h"

#include <mpi.h>
#include <time.h>

enum { MOST_BYTES = 1 << 30, SPINS = 200, TAG = 1, GRACE = 2 };

typedef struct Mpi {
  MPI_Comm comm;
  double silence;
} Mpi;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A little longer each time, up to a millisecond. */
static void pause_for(int turn) {
  long most = 1000000, wanted = 1000L * (turn - SPINS);
  if (turn < SPINS) return;
  nanosleep(&(struct timespec){.tv_nsec = wanted < most ? wanted : most}, NULL);
}

/* False, and the request is no more: what it works on goes out of use. */
static bool give_up(MPI_Request *request) {
  if (*request == MPI_REQUEST_NULL) return false;
  MPI_Cancel(request);
  MPI_Request_free(request);
  return false;
}

static bool finish(const Mpi *m, MPI_Request *request) {
  double start = seconds();
  for (int turn = 0;; turn += turn < 10000) {
    int done = 0;
    if (MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return give_up(request);
    if (done) return true;
    if (seconds() - start > m->silence) return give_up(request);
    pause_for(turn);
  }
}

static bool mpi_send(void *link, int to, const void *data, int64_t bytes) {
  const Mpi *m = link;
  for (const char *at = data; bytes > 0;) {
    MPI_Request request;
    int n = bytes < MOST_BYTES ? (int)bytes : MOST_BYTES;
    if (MPI_Isend(at, n, MPI_BYTE, to, TAG, m->comm, &request) != MPI_SUCCESS) return false;
    if (!finish(m, &request)) return false;
    at += n;
    bytes -= n;
  }
  return true;
}

static bool mpi_receive(void *link, int from, void *data, int64_t bytes) {
  const Mpi *m = link;
  for (char *at = data; bytes > 0;) {
    MPI_Request request;
    int n = bytes < MOST_BYTES ? (int)bytes : MOST_BYTES;
    if (MPI_Irecv(at, n, MPI_BYTE, from, TAG, m->comm, &request) != MPI_SUCCESS) return false;
    if (!finish(m, &request)) return false;
    at += n;
    bytes -= n;
  }
  return true;
}

/* A rank that ends without it is missed by who began it, which ends the others: rank 0, which
 * speaks for all, gets the time for it. */
static void mpi_close(void *link, bool good) {
  const Mpi *m = link;
  int rank = 0;
  if (good) {
    MPI_Finalize();
    return;
  }
  MPI_Comm_rank(m->comm, &rank);
  if (rank) nanosleep(&(struct timespec){.tv_sec = GRACE}, NULL);
}

static bool mpi_open(double silence, Ranks *out) {
  static Mpi mpi; /* allowed: MPI itself is begun once in a process */
  int provided, rank, ranks;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) return false;
  if (MPI_Comm_dup(MPI_COMM_WORLD, &mpi.comm) != MPI_SUCCESS) return false;
  MPI_Comm_set_errhandler(mpi.comm, MPI_ERRORS_RETURN);
  MPI_Comm_rank(mpi.comm, &rank);
  MPI_Comm_size(mpi.comm, &ranks);
  mpi.silence = silence;
  *out = (Ranks){.rank = rank,
                 .ranks = ranks,
                 .link = {mpi_send, mpi_receive, mpi_close, &mpi},
                 .lost = RANKS_NOBODY};
  return true;
}

__attribute__((visibility("default"))) RanksPluginFn ordo_ranks;
const RanksPlugin *ordo_ranks(void) {
  static const RanksPlugin plugin = {RANKS_PLUGIN_ABI,
#ifdef OPEN_MPI
                                     "Open MPI",
#else
                                     "MPICH",
#endif
                                     mpi_open};
  return &plugin;
}
