/* Ranks find each other and agree: see ranks.h. */
#include "app/ranks.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ranks_local.h"
#include "app/ranks_plugin.h"
#include "io/file.h"

static const Span NOWHERE = {0, 0};
enum { SILENCE = 600 }; /* seconds; ORDO_RANKS_SILENCE */

/* ---- finding each other ---- */

/* Who sets a variable when it begins processes, what says how many, and the plug-in for it. */
static const struct {
  const char *variable, *sizes[2], *plugin;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", {"OMPI_COMM_WORLD_SIZE"}, "ordo-mpi-openmpi.so"},
    {"PMIX_RANK", {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}, "ordo-mpi-openmpi.so"},
    {"PMI_SIZE", {"PMI_SIZE"}, "ordo-mpi-mpich.so"},
};

/* NULL where it is not set, or to nothing. */
static const char *variable(const char *name) {
  const char *value = name ? getenv(name) : NULL;
  return value && *value ? value : NULL;
}

/* NULL: this process is alone. */
static const char *launched_for(void) {
  for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++) {
    if (!variable(launchers[i].variable)) continue;
    const char *size = variable(launchers[i].sizes[0]);
    if (!size) size = variable(launchers[i].sizes[1]);
    return size && !strcmp(size, "1") ? NULL : launchers[i].plugin;
  }
  return NULL;
}

static bool cannot(Ctx *ctx, const char *why, const char *help) {
  diag_at(ctx, NOWHERE, E_no_ranks, "the ranks cannot be reached: %s", why);
  if (help) diag_help(ctx, "%s", help);
  return false;
}

static bool silence(Ctx *ctx, double *seconds) {
  const char *text = variable("ORDO_RANKS_SILENCE");
  char *end = NULL;
  *seconds = text ? strtod(text, &end) : SILENCE;
  if (!text || (!*end && *seconds > 0)) return true;
  return cannot(ctx, ctx_printf(ctx, "ORDO_RANKS_SILENCE is '%s'", text),
                "it says for how many seconds a rank may be silent");
}

static void *open_file(const char *file, Text *tried) {
  void *handle = dlopen(file, RTLD_NOW | RTLD_GLOBAL); /* MPI opens parts of its own */
  if (handle) return handle;
  const char *why = dlerror();
  text_printf(tried, "%s%s", tried->len ? "; " : "", why ? why : file);
  return NULL;
}

static void *open_plugin(Ctx *ctx, const char *name, Text *tried) {
  const char *given = variable("ORDO_MPI");
  if (given) return open_file(given, tried);
  char own[PATH_MAX];
  if (!file_own(own)) return open_file(name, tried);
  *strrchr(own, '/') = 0;
  static const char *const places[] = {"", "../lib/ordo/"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const char *file = ctx_printf(ctx, "%s/%s%s", own, places[i], name);
    if (access(file, F_OK)) continue;
    void *handle = open_file(file, tried);
    if (handle) return handle;
  }
  return open_file(name, tried);
}

static bool open_mpi(Ctx *ctx, const char *name, Ranks *out) {
  Text tried = text_new(&ctx->arena);
  double seconds;
  if (!silence(ctx, &seconds)) return false;
  void *handle = open_plugin(ctx, name, &tried);
  if (!handle)
    return cannot(ctx, text_str(&tried),
                  "ORDO_MPI=FILE names the plug-in; --ranks=N needs none, on one machine");
  void *symbol = dlsym(handle, RANKS_PLUGIN_SYMBOL);
  RanksPluginFn *entry = NULL;
  memcpy(&entry, &symbol, sizeof entry);
  const RanksPlugin *plugin = entry ? entry() : NULL;
  if (!plugin || plugin->abi != RANKS_PLUGIN_ABI)
    return cannot(ctx, "the plug-in is of another version of Ordo", NULL);
  if (!plugin->open(seconds, out))
    return cannot(ctx, ctx_printf(ctx, "%s does not begin", plugin->library), NULL);
  if (out->ranks > 1) return true;
  out->link.close(out->link.link, true); /* alone: nothing of it is needed */
  *out = (Ranks){0};
  return true;
}

static bool open_local(Ctx *ctx, int64_t wanted, Ranks *out) {
  if (wanted < 1 || wanted > RANKS_LOCAL_MOST) {
    diag_at(ctx, NOWHERE, E_command_line, "'--ranks' takes a number from 1 to %d, got %lld",
            RANKS_LOCAL_MOST, (long long)wanted);
    return false;
  }
  double seconds;
  if (!silence(ctx, &seconds)) return false;
  const char *why = wanted > 1 ? ranks_fork((int)wanted, seconds, out) : NULL;
  return !why || cannot(ctx, why, NULL);
}

bool ranks_open(Ctx *ctx, int64_t wanted, Ranks *out) {
  const char *plugin = launched_for();
  *out = (Ranks){0};
  if (wanted && plugin)
    return cannot(ctx, "--ranks=N begins processes itself, and this one was begun with others",
                  "leave --ranks out: the launcher says how many there are");
  if (wanted) return open_local(ctx, wanted, out);
  return !plugin || open_mpi(ctx, plugin, out);
}

void ranks_close(Ranks *r, bool good) {
  if (!ranks_any(r)) return;
  if (!good && r->agreed && r->lost == RANKS_NOBODY) good = ranks_most(r, 0) == 0;
  if (!good) ranks_leave(r);
  r->link.close(r->link.link, good);
  r->ranks = 0;
}

bool ranks_silent(const Ranks *r) {
  if (!ranks_any(r)) return false;
  if (r->lost == RANKS_NOBODY) return r->silent;
  return r->rank > (r->lost == 0);
}

/* ---- agreeing ---- */

bool ranks_here(Ctx *ctx, const Ranks *r) {
  if (!ranks_any(r) || r->lost == RANKS_NOBODY) return true;
  diag_at(ctx, NOWHERE, E_rank_lost, "rank %d of %d %s", r->lost, r->ranks,
          r->strange ? "does not run the same" : "has gone, or was silent for too long");
  diag_help(ctx, "--resume goes on from the last checkpoint, with any number of ranks");
  return false;
}

void ranks_tells(Ranks *r, int rank) {
  r->silent = r->rank != rank;
  r->agreed = true;
}

bool ranks_good(Ranks *r, bool good) {
  if (!ranks_any(r)) return good;
  int64_t most = ranks_most(r, good ? 0 : r->ranks - r->rank); /* of the first one that is not */
  r->agreed = false;
  if (most > 0) ranks_tells(r, (int)(r->ranks - most));
  return most == 0;
}

enum { MOST_TEXTS = 16 };

bool ranks_same(Ctx *ctx, Ranks *r, const RanksText *texts, int n) {
  uint64_t mine[MOST_TEXTS];
  if (!ranks_any(r)) return true;
  if (n > MOST_TEXTS) ORDO_BUG("more than %d texts of ranks", MOST_TEXTS);
  for (int i = 0; i < n; i++) mine[i] = hash_bytes(texts[i].text, strlen(texts[i].text), 0);
  int64_t each = n * (int64_t)sizeof *mine;
  uint64_t *all = arena_array(&ctx->arena, uint64_t, n * r->ranks);
  if (!ranks_collect(r, mine, each, all)) return ranks_here(ctx, r);
  for (int rank = 1; rank < r->ranks; rank++)
    for (int i = 0; i < n; i++) {
      if (all[rank * n + i] == all[i]) continue;
      ranks_tells(r, 0);
      diag_at(ctx, NOWHERE, E_ranks_differ, "rank %d is not about to compute the same as rank 0",
              rank);
      diag_got(ctx, "another %s", texts[i].name);
      return false;
    }
  return true;
}

/* Text of rank 0 to all, in ctx; NULL when somebody is lost. */
static const char *ranks_text(Ctx *ctx, Ranks *r, const char *text) {
  int64_t n = r->rank ? 0 : (int64_t)strlen(text);
  if (!ranks_tell(r, &n, sizeof n)) return NULL;
  char *copy = arena_array(&ctx->arena, char, n + 1);
  if (!r->rank) memcpy(copy, text, (size_t)n);
  return ranks_tell(r, copy, n) ? copy : NULL;
}

bool ranks_state(Ctx *ctx, Ranks *r, bool good, Checkpoint *c, CheckpointMark *mark) {
  if (!ranks_any(r)) return good;
  if (!ranks_good(r, good)) return ranks_here(ctx, r) && false;
  c->products = ranks_text(ctx, r, c->products ? c->products : "");
  if (c->products && !*c->products) c->products = NULL;
  ranks_tell(r, mark, sizeof *mark);
  ranks_tell(r, &c->shards, sizeof c->shards);
  for (uint32_t k = 0; k < c->program->n_state; k++)
    ranks_tell(r, c->state[k]->data, (int64_t)tensor_bytes(c->state[k]));
  return ranks_here(ctx, r);
}
