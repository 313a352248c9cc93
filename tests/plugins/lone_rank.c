/* In place of MPI: rank 0 of two whose other rank is not there (LONE_RANK=gone), or answers with
 * zeros, so that it differs in all that ranks compare. */
#include <stdlib.h>
#include <string.h>

#include "app/ranks_plugin.h"

enum { COMPARE = 4, TEXTS = 7 }; /* the message in which texts are compared, and how many */

static bool send_to(void *link, int to, const void *data, int64_t bytes) {
  (void)link, (void)to, (void)data, (void)bytes;
  return true;
}

/* A header of 16 bytes, then what it says. */
static bool receive_from(void *link, int from, void *data, int64_t bytes) {
  const Ranks *ranks = link;
  const char *how = getenv("LONE_RANK");
  int64_t header[2] = {(int64_t)ranks->messages, ranks->messages < COMPARE ? 8 : 8 * TEXTS};
  (void)from;
  memset(data, 0, (size_t)bytes);
  if (bytes == sizeof header) memcpy(data, header, sizeof header);
  return !how || strcmp(how, "gone") != 0;
}

static void close_link(void *link, bool good) { (void)link, (void)good; }

static bool open_link(double silence, Ranks *out) {
  (void)silence;
  *out =
      (Ranks){.ranks = 2, .link = {send_to, receive_from, close_link, out}, .lost = RANKS_NOBODY};
  return true;
}

RanksPluginFn ordo_ranks;
const RanksPlugin *ordo_ranks(void) {
  static const RanksPlugin plugin = {RANKS_PLUGIN_ABI, "a test", open_link};
  return &plugin;
}
