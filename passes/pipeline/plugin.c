/* Loading passes from shared objects: version check, name clash check, registration
 * (passes/plugin.h). */
#include "passes/pipeline/pipeline.h"
#include "passes/plugin.h"
#include "base/open.h"
#include "passes/pipeline/plugins.h"

#include <dlfcn.h>
#include <string.h>

static bool refuse(PassCtx *pc, const char *path, const char *reason) {
  diag_at(pc->ctx, (Span){0}, E_pass_plugin, "cannot load the pass '%s': %s", path, reason);
  return false;
}

/* NULL, or the first row in which the plug-in's tables are not ours. */
static const char *other_tables(PassCtx *pc, const OrdoPassAbi *rows, uint32_t n) {
  for (uint32_t i = 0; i < n && i < ORDO_PASS_ABI_ROWS; i++) {
    const OrdoPassAbi *ours = &ordo_pass_abi[i], *its = &rows[i];
    if (strcmp(ours->what, its->what))
      return ctx_printf(pc->ctx, "'%s' where this ordo has '%s'", its->what, ours->what);
    if (ours->at != its->at || ours->size != its->size)
      return ctx_printf(pc->ctx, "%s: %u, %u where this ordo has %u, %u", ours->what, its->at,
                        its->size, ours->at, ours->size);
  }
  if (n == ORDO_PASS_ABI_ROWS) return NULL;
  return ctx_printf(pc->ctx, "%u rows where this ordo has %d", n, ORDO_PASS_ABI_ROWS);
}

/* NULL, or why the object does not fit. */
static const char *mismatch(PassCtx *pc, const OrdoPassPlugin *p) {
  if (p->api_version != ORDO_PASS_API)
    return ctx_printf(pc->ctx, "it was built for interface version %u, this is version %d",
                      p->api_version, ORDO_PASS_API);
  const char *other = p->abi ? other_tables(pc, p->abi, p->n_abi) : "none at all";
  if (other)
    return ctx_printf(pc->ctx, "it was built against other tables; build it again (%s)", other);
  if (!p->info.name || !*p->info.name || !p->info.run) return "it lacks a name or a function";
  if (pass_find(pc, p->info.name))
    return ctx_printf(pc->ctx, "a pass '%s' exists already", p->info.name);
  if (pipeline_find(p->info.name))
    return ctx_printf(pc->ctx, "a pipeline '%s' exists already", p->info.name);
  return NULL;
}

static bool add(PassCtx *pc, const char *path, const PassInfo *given, void *handle) {
  Arena *arena = &pc->ctx->arena;
  if (!pc->plugins) pc->plugins = arena_new(arena, Plugins);
  PassInfo *info = arena_copy(arena, given, sizeof *given);
  if (!info->options) info->options = "";
  if (!info->doc) info->doc = "";
  vec_push(arena, &pc->plugins->list, ((Plugin){handle, arena_strdup(arena, path), info}));
  return true;
}

/* The object's own start-up code runs here, too. */
static bool load(PassCtx *pc, const char *path, const char *file) {
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return refuse(pc, path, dlerror());
  const OrdoPassPlugin *plugin = dlsym(handle, "ordo_pass_plugin");
  const char *reason = plugin ? mismatch(pc, plugin) : "it has no symbol 'ordo_pass_plugin'";
  if (!reason) return add(pc, path, &plugin->info, handle);
  dlclose(handle);
  return refuse(pc, path, reason);
}

bool pipeline_load_plugin(PassCtx *pc, const char *path) {
  /* Without a slash dlopen would search the system's libraries. */
  const char *file = strchr(path, '/') ? path : ctx_printf(pc->ctx, "./%s", path);
  const char *other = irregular(file); /* dlopen would wait for the writer of a pipe */
  if (other) return refuse(pc, path, other);
  pass_enter(pc, &(PassRun){NULL, NULL, path, NULL});
  bool good = load(pc, path, file);
  pass_enter(pc, NULL);
  return good;
}

const char *plugin_path(const Plugins *plugins, const PassInfo *pass) {
  for (uint32_t i = 0; plugins && i < plugins->list.len; i++)
    if (plugins->list.data[i].info == pass) return plugins->list.data[i].path;
  return NULL;
}

void plugins_close(Plugins *plugins) {
  for (uint32_t i = 0; plugins && i < plugins->list.len; i++) dlclose(plugins->list.data[i].handle);
}
