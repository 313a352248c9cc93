/* What the name stands for that a command gives: a function of a spec, a graph of a training
 * program, a file of graph text. */
#ifndef ORDO_APP_ENTRY_H
#define ORDO_APP_ENTRY_H

#include "frontend/check.h"

/* The full name of a function: the name itself, a layer's call operator ("Linear" for "Linear.()"),
 * or the only one that ends in it ("net.sorted" for "sort.net.sorted"). NULL when there is none or
 * several; then, unless quiet, with a diagnostic that lists what there is. */
const char *function_find(Ctx *ctx, Spec *spec, const char *name, bool quiet);
/* The name of the only function; NULL after a diagnostic. */
const char *function_only(Ctx *ctx, Spec *spec);

/* What can be named: training programs, then functions; each once. */
typedef struct EntryName {
  const char *name;
  bool is_program;
  bool of_library; /* a function whose text is in a library folder */
} EntryName;
typedef VEC(EntryName) EntryNames;
EntryNames entry_names(Ctx *ctx, Spec *spec);

typedef struct Entry {
  const Graph *graph; /* NULL after a diagnostic */
  uint32_t n_state;   /* its first results are the new values of so many first parameters */
} Entry;
/* A function, or a graph of a training program: "sort" (its step), "sort.init", "sort.eval".
 * Without a name: the step of the only training program, or the only function. */
Entry entry_find(Ctx *ctx, Spec *spec, const char *name);

/* A file that may hold graph text: read and parsed when it does; *is_graph tells. NULL with a
 * diagnostic when it is graph text and wrong. */
const Graph *entry_read(Ctx *ctx, const char *path, bool *is_graph);

#endif
