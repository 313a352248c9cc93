/* ordo build: functions of a spec as a library that runs without a compiler.
 *
 * A folder gets the object and its archive (codegen/library.h), a C header, a manifest in JSON, a
 * pkg-config file, and a copy of libordort and its header (exec/ordort.h).
 */
#ifndef ORDO_APP_BUILD_H
#define ORDO_APP_BUILD_H

#include "app/function.h"

typedef struct BuildOptions {
  const char *prefix;  /* of all symbols and files; a C identifier */
  const char *folder;  /* made when it is not there */
  const char *targets; /* names of targets with commas (codegen/target.h); NULL: all of them */
  const char *weights; /* checkpoint whose weights go into the library; NULL: none do */
  bool shared;         /* also a shared library, which needs the C compiler */
} BuildOptions;

/* functions are behind PHASE_passes: functions of the spec, and graphs of training programs (the
 * step, and init with its program in 'training'). False after diagnostics; then no file has
 * changed. */
bool build_library(Ctx *ctx, Compile *functions, uint32_t n, const BuildOptions *options);
/* Where a file of the runtime library is ("libordort.a", "ordort.h"); the name when nowhere. */
const char *build_runtime_file(Ctx *ctx, const char *name);
/* A name that C takes: other characters become underscores. */
const char *build_symbol(Ctx *ctx, const char *name);
/* Behind PHASE_check: makes the graph also tell what the text asserts of its arguments, as further
 * results. */
void build_add_claims(Compile *function);

#endif
