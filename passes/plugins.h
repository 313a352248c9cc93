/* The plug-ins that a PassCtx holds. */
#ifndef ORDO_PASSES_PLUGINS_H
#define ORDO_PASSES_PLUGINS_H

#include "passes/passes.h"

typedef struct Plugin {
  void *handle; /* of dlopen; closed with the context */
  const PassInfo *info;
} Plugin;
struct Plugins {
  VEC(Plugin) list;
};
void plugins_close(Plugins *plugins);

#endif
