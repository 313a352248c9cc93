/* Loading passes from shared objects: version check, name clash check, registration
 * (passes/plugin.h). */
#include "passes/plugin.h"
#include "passes/plugins.h"

#include <dlfcn.h>
#include <string.h>

static bool refuse(PassCtx *pc, const char *path, const char *reason) {
  diag_at(pc->ctx, (Span){0}, E_pass_plugin, "cannot load the pass '%s': %s", path, reason);
  return false;
}

/* NULL, or why the object does not fit. */
static const char *mismatch(PassCtx *pc, const OrdoPassPlugin *p) {
  if (p->api_version != ORDO_PASS_API)
    return ctx_printf(pc->ctx, "it was built for interface version %u, this is version %d",
                      p->api_version, ORDO_PASS_API);
  if (p->n_ops != N_OPS || p->n_attrs != N_ATTRS || p->node_size != sizeof(Node))
    return "it was built against other op tables; build it again";
  if (!p->info.name || !*p->info.name || !p->info.run) return "it lacks a name or a function";
  if (pass_find(pc, p->info.name))
    return ctx_printf(pc->ctx, "a pass '%s' exists already", p->info.name);
  return NULL;
}

bool pipeline_load_plugin(PassCtx *pc, const char *path) {
  /* Without a slash dlopen would search the system's libraries. */
  const char *file = strchr(path, '/') ? path : ctx_printf(pc->ctx, "./%s", path);
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return refuse(pc, path, dlerror());
  const OrdoPassPlugin *plugin = dlsym(handle, "ordo_pass_plugin");
  const char *reason = plugin ? mismatch(pc, plugin) : "it has no symbol 'ordo_pass_plugin'";
  if (reason) {
    dlclose(handle);
    return refuse(pc, path, reason);
  }
  if (!pc->plugins) pc->plugins = arena_new(&pc->ctx->arena, Plugins);
  PassInfo *info = arena_copy(&pc->ctx->arena, &plugin->info, sizeof plugin->info);
  if (!info->options) info->options = "";
  if (!info->doc) info->doc = "";
  vec_push(&pc->ctx->arena, &pc->plugins->list, ((Plugin){handle, info}));
  return true;
}

void plugins_close(Plugins *plugins) {
  for (uint32_t i = 0; plugins && i < plugins->list.len; i++) dlclose(plugins->list.data[i].handle);
}
