/* Loading plug-ins: version check, tables compared, what they bring checked and registered
 * (passes/plugin.h). */
#include "passes/pipeline/pipeline.h"
#include "passes/plugin.h"
#include "base/open.h"
#include "passes/pipeline/plugins.h"
#include "passes/rules/rewrite.h"

#include <dlfcn.h>
#include <string.h>

static bool refuse(PassCtx *pc, const char *path, const char *reason) {
  diag_at(pc->ctx, (Span){0}, E_pass_plugin, "cannot load the plug-in '%s': %s", path, reason);
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

static const char *not_built_for(PassCtx *pc, uint32_t version) {
  return ctx_printf(pc->ctx, "it was built for interface version %u, this is version %d", version,
                    ORDO_PLUGIN_API);
}

/* NULL, or why the object does not fit. */
static const char *mismatch(PassCtx *pc, const OrdoPlugin *p) {
  if (p->api_version != ORDO_PLUGIN_API) return not_built_for(pc, p->api_version);
  const char *other = p->abi ? other_tables(pc, p->abi, p->n_abi) : "none at all";
  if (other)
    return ctx_printf(pc->ctx, "it was built against other tables; build it again (%s)", other);
  return p->passes || p->rules || p->ops || p->facts ? NULL : "it brings nothing";
}

/* ---- what it brings: each NULL, or what is wrong ---- */

static const char *add_pass(PassCtx *pc, const PassInfo *given, const char *path) {
  Arena *arena = &pc->ctx->arena;
  if (!*given->name || !given->run) return "a pass lacks a name or a function";
  if (pass_find(pc, given->name))
    return ctx_printf(pc->ctx, "a pass '%s' exists already", given->name);
  if (pipeline_find(given->name))
    return ctx_printf(pc->ctx, "a pipeline '%s' exists already", given->name);
  PassInfo *info = arena_copy(arena, given, sizeof *given);
  if (!info->options) info->options = "";
  if (!info->doc) info->doc = "";
  vec_push(arena, &pc->plugins->list, ((Plugin){path, info}));
  return NULL;
}

/* The texts of a row, once all ops are there that they may call. */
static const char *check_texts(PassCtx *pc, const CustomOp *op) {
  const char *why = NULL;
  if (op->code && !expr_parse(&pc->ctx->arena, op->code, &why))
    return ctx_printf(pc->ctx, "op '%s': .code: %s", op->name, why);
  for (int k = 0; k < 3; k++)
    if (op->grad[k] && !expr_parse_in(pc->ctx, op->grad[k], &why))
      return ctx_printf(pc->ctx, "op '%s': .grad: %s", op->name, why);
  return NULL;
}

static const char *add_ops(PassCtx *pc, const CustomOp *ops, const char *file) {
  const char *wrong = NULL;
  for (const CustomOp *op = ops; op && op->name && !wrong; op++)
    wrong = custom_add(pc->ctx, op, file);
  for (const CustomOp *op = ops; op && op->name && !wrong; op++) wrong = check_texts(pc, op);
  return wrong;
}

/* path: as long as the context lives; file: for dlopen. */
static const char *add_all(PassCtx *pc, const OrdoPlugin *p, const char *path, const char *file) {
  const char *wrong = NULL;
  for (const FactKind *kind = p->facts; kind && kind->name && !wrong; kind++)
    wrong = custom_add_fact(pc->ctx, kind);
  if (!wrong) wrong = add_ops(pc, p->ops, file);
  for (const PassInfo *pass = p->passes; pass && pass->name && !wrong; pass++)
    wrong = add_pass(pc, pass, path);
  for (const RuleText *rule = p->rules; rule && rule->name && !wrong; rule++)
    wrong = rules_add(pc, rule);
  return wrong;
}

/* The object's own start-up code runs here, too. It stays: the context keeps rows of it. */
static bool load(PassCtx *pc, const char *path, const char *file) {
  Arena *arena = &pc->ctx->arena;
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle) return refuse(pc, path, dlerror());
  if (!pc->plugins) pc->plugins = arena_new(arena, Plugins);
  vec_push(arena, &pc->plugins->handles, handle);
  const OrdoPlugin *plugin = dlsym(handle, "ordo_plugin");
  const char *reason = plugin                              ? mismatch(pc, plugin)
                       : dlsym(handle, "ordo_pass_plugin") ? not_built_for(pc, 2)
                                                           : "it has no symbol 'ordo_plugin'";
  if (!reason) reason = add_all(pc, plugin, arena_strdup(arena, path), file);
  return !reason || refuse(pc, path, reason);
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
  for (uint32_t i = 0; plugins && i < plugins->handles.len; i++) dlclose(plugins->handles.data[i]);
}
