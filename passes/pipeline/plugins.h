/* The plug-ins that a PassCtx holds. */
#ifndef ORDO_PASSES_PIPELINE_PLUGINS_H
#define ORDO_PASSES_PIPELINE_PLUGINS_H

#include "passes/passes.h"

typedef struct Plugin {
  const char *path;
  const PassInfo *info;
} Plugin;
struct Plugins {
  VEC(Plugin) list;    /* a row for each pass */
  VEC(void *) handles; /* of dlopen; closed with the context */
};
void plugins_close(Plugins *plugins);
/* Where a pass comes from; NULL when it is built in. */
const char *plugin_path(const Plugins *plugins, const PassInfo *pass);

#endif
