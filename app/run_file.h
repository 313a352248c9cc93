/* What a run was started with, as run.json in its folder: model, program, constants, seed,
 * options. It is for people and for 'ordo plot' and 'ordo report'; what a run goes on from is its
 * checkpoint alone. */
#ifndef ORDO_APP_RUN_FILE_H
#define ORDO_APP_RUN_FILE_H

#include "app/compile.h"

typedef struct RunStart {
  const char *folder, *model; /* model: its path, or NULL */
  const TrainProgram *program;
  const CompileOptions *options;
  const char *precision, *products;
  int64_t steps, seed;
} RunStart;
bool run_file_write(Ctx *ctx, const RunStart *start);

typedef struct RunEntry {
  const char *key, *value;
  bool constant; /* of the text; otherwise an option, or which program it is */
} RunEntry;
typedef struct RunEntries {
  VEC(RunEntry) list;
} RunEntries;
/* What the folder of a run says of it: run.json, or for older runs the checkpoint. Nothing, and no
 * diagnostic, when neither can be read. */
RunEntries run_file_read(Ctx *ctx, const char *folder);
const char *run_entry(const RunEntries *entries, const char *key); /* NULL: there is none */

/* Names for runs of these folders that say what differs between them: "a (LR = 0.1, seed = 3)". */
const char **run_names(Ctx *ctx, const char *const *folders, uint32_t n);

/* The passes that options ask for, in words. */
const char *run_passes_text(Ctx *ctx, const CompileOptions *options);

#endif
