/* The plug-ins that a PassCtx holds. */
#ifndef ORDO_PASSES_PIPELINE_PLUGINS_H
#define ORDO_PASSES_PIPELINE_PLUGINS_H

#include "passes/passes.h"

typedef struct Plugin {
  void *handle; /* of dlopen; closed with the context */
  const char *path;
  const PassInfo *info;
} Plugin;
struct Plugins {
  VEC(Plugin) list;
};
void plugins_close(Plugins *plugins);
/* Where a pass comes from; NULL when it is built in. */
const char *plugin_path(const Plugins *plugins, const PassInfo *pass);

#endif
