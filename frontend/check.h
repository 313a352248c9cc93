/* The checker: from the text of a spec to typed graphs.
 *
 *   Spec *spec = spec_load(ctx, "model.ordo", &options);  parse, import; NULL when unreadable
 *   spec_check(spec);                                     elaborates everything, used or not
 *   const SpecFunction *f = spec_function_graph(spec, "Linear.()");
 *   const TrainProgram *t = spec_train(spec, "sort");
 *
 * Mistakes of the user are diagnostics of the context (diag_failed); what is returned then may be
 * incomplete, and must not be run.
 *
 * Graphs that come from here hold the ops of ir/ops.def up to 'grad' and 'call'; calls are not
 * inlined, derivatives not taken, products of index notation not yet contracted: that is the work
 * of passes/. A node's scope is relative to its graph; the scope of a call node is the path of the
 * layer instance or the name of the function that it calls, and an inliner prefixes it: "net" +
 * "process" = "net.process".
 */
#ifndef ORDO_FRONTEND_CHECK_H
#define ORDO_FRONTEND_CHECK_H

#include "frontend/data.h"

/* Files of folders that are read and parsed once, for many specs of one context. Specs that
 * import them take them as they are, and as checked: what they declare is elaborated where it is
 * used. Of the first folders, before 'first', only the names are known that they declare. */
typedef struct SpecLibrary SpecLibrary;
SpecLibrary *spec_library(Ctx *ctx, const char *const *folders, uint32_t n, uint32_t first);

typedef struct TextPlaces TextPlaces;
typedef struct SpecOptions {
  const char *const
      *library_dirs; /* where imports are looked up after the importing file's folder */
  uint32_t n_library_dirs;
  const char *const *defines; /* "H=256": overrides of constants */
  uint32_t n_defines;
  const SpecLibrary *library; /* may be NULL */
  /* The text of a file that an editor holds, by its canonical path; NULL: the file's own counts. */
  const char *(*text_of)(void *user, const char *path);
  void *text_user;
  /* Asked between two items: spec_check ends there when it says so. May be NULL. */
  bool (*stop)(void *user);
  void *stop_user;
  TextPlaces *places; /* what words stand for is kept there (frontend/places.h); may be NULL */
} SpecOptions;

/* Reads a file and everything it imports. options may be NULL. */
Spec *spec_load(Ctx *ctx, const char *path, const SpecOptions *options);
/* The same from memory; path is the name shown, and its folder is where imports are looked up. */
Spec *spec_load_text(Ctx *ctx, const char *path, const char *text, const SpecOptions *options);
/* Elaborates every function, layer and training program. True when no error was found; false also
 * when it was stopped, and the spec is of no use then. */
bool spec_check(Spec *spec);

/* ---- functions that need no import ---- */

/* Builtin functions: .builtin of an elementwise op, or a row of frontend/check/builtins.def. */
typedef struct SpecBuiltin {
  const char *name, *doc;
  uint32_t least, most; /* arguments; UINT32_MAX: any number */
} SpecBuiltin;
/* Index functions: a row of frontend/syntax/index_functions.def. */
typedef struct SpecIndexFn {
  const char *name, *doc;
  bool keeps, single;   /* the index stays in the result; exactly one index */
  const char *use;      /* of those that do not work along indices as others do, else NULL */
  const char *elements; /* that it takes */
  const char *text;     /* in Ordo, or NULL */
  const char *empty;    /* of no elements, or NULL */
} SpecIndexFn;
/* Row i; NULL behind the last one. */
const SpecBuiltin *spec_builtin(Ctx *ctx, uint32_t i);
const SpecIndexFn *spec_index_function(Ctx *ctx, uint32_t i);

bool spec_is_builtin(Ctx *ctx, Str name); /* one of either */
/* An op of a plug-in whose name another builtin function has; NULL: none. */
const char *spec_builtin_clash(Ctx *ctx);
/* Settings of training programs: row i of frontend/train/settings.def; NULL behind the last one. */
const char *spec_setting(uint32_t i, const char **doc);

/* A tensor of a model: a weight, or the state of an optimizer. */
typedef struct SpecWeight {
  Str path; /* "block.3.attn.q.W", relative to the model */
  Ty type;
  Graph *init; /* no parameter, or one: the key */
} SpecWeight;

/* What must hold of the arguments of a call from outside: an assertion of the text. */
typedef struct SpecClaim {
  const Graph *graph;     /* the function's arguments, whose types tell the sizes; a bool */
  const uint32_t *params; /* their places among the function's parameters */
  Span span;
  const char *message;
} SpecClaim;

typedef struct SpecFunction {
  Str name; /* "attend", "LSTM.()", "ReadProcessWrite.encode" */
  Graph *
      graph; /* parameters: weights, arguments, the key if it draws random numbers, as their roles say */
  const SpecWeight *weights;
  uint32_t n_weights;
  /* The same graph with the symbols of vocabularies in its types: which text an index is of. */
  const Graph *declared;
  uint32_t told; /* the state of the vocabularies that it was made with */
  const SpecClaim *claims;
  uint32_t n_claims;
  SpecDataList data; /* with the vocabularies that it points into */
} SpecFunction;

/* Names of what can be called from outside: functions, and methods of layers that the text
 * instantiates in a training program ("sort.net.loss") or whose constants all have defaults
 * ("Net.loss"). */
typedef struct SpecNames {
  const Str *names;
  const bool *of_library; /* of functions: whether their text is in a library folder */
  uint32_t count;
} SpecNames;
SpecNames spec_functions(Spec *spec);
/* Names of the training programs. */
SpecNames spec_programs(Spec *spec);
/* "net.loss" for "sort.net.loss" when 'sort' is a training program; else the name itself. */
const char *spec_name_in_program(Spec *spec, const char *name);
/* The graph of a function with the sizes of its signature as symbols; NULL with a diagnostic when
 * there is no such function or it has errors. "Layer" or "Layer.()" is the call operator of a
 * layer. */
const SpecFunction *spec_function_graph(Spec *spec, const char *name);

/* Functions and methods with a set axis in a parameter's type: what the pass 'sets' has to
 * prove. Of those known so far: all of them after spec_check, else those that are called. Each
 * stands here once, with the sizes of its signature as symbols where that is possible. */
typedef struct SpecClaims {
  Graph *const *graphs;
  const Str *names;
  uint32_t count;
} SpecClaims;
SpecClaims spec_claims(Spec *spec);

/* ---- training programs ---- */

/* Where a weight stands in a file of another program, and what is done to it there. */
typedef struct NameSource {
  Str name;
  bool transpose;     /* the last two axes change places, before everything else */
  int64_t part, of;   /* part number 'part' of 'of' equal ones of the last axis */
  double times, plus; /* then x * times + plus */
} NameSource;

/* A 'names' declaration as a model uses it. */
typedef struct NameMap {
  Str name;
  const Str *skipped; /* patterns of tensors that nothing reads */
  uint32_t n_skipped;
} NameMap;

typedef struct TrainState {
  Str path; /* "net.enc.W", "net.enc.W.adam.m", "adam.step" */
  Ty type;
  Str model;      /* the setting that the entry belongs to: "net"; empty for what is shared */
  bool trainable; /* changed by some minimize (a weight), or state of an optimizer */
  bool is_weight;
  bool kept; /* a state of a layer: no derivative moves it */
  bool frozen;
  Str file;      /* checkpoint to read it from, or empty */
  Str file_path; /* its name in that file: the path without the model's name */
  const NameMap
      *map; /* of a file of another program, else NULL; then the first of these that the */
  const NameSource *sources; /* file has */
  uint32_t n_sources;
} TrainState;

typedef struct TrainEval {
  Str name;      /* "eval" when it has none */
  int64_t every; /* 0: only at the end, with the best state */
  /* Parameters by roles (ir/roles.def), weights and states in the order of the program; results:
   * the logs, f32 scalars, named; of an eval over all batches of a split then the weight of each
   * log in the mean. */
  Graph *graph;
  uint32_t n_logs;
  const TrainFeed *feeds;
  uint32_t n_feeds;
  bool over; /* runs for each batch of feeds[0] */
} TrainEval;

/* Which state is kept as the best one. */
typedef struct TrainBest {
  bool wanted;
  uint32_t eval, log; /* the log of this eval decides */
  bool largest;       /* the largest value is the best */
  int64_t patience;   /* the run ends after so many evaluations without a better one; 0: never */
} TrainBest;

/* A constant or a setting that has a value: "0.1", "true", "\"pairs.tsv\"". */
typedef struct TrainConstant {
  Str name;
  const char *value;
} TrainConstant;

typedef struct TrainProgram {
  Str name;
  int64_t steps, seed;
  bool bf16; /* its products take operands of bf16 */
  bool f64;  /* what its text calls f32 is f64 */
  const TrainConstant *constants;
  uint32_t n_constants;
  const TrainState *state;
  uint32_t n_state;
  Graph *init; /* parameter: key; results: all state in order */
  /* Parameters by roles (ir/roles.def), weights and states in the order of state; results: new
   * state in order, then the logs, named. */
  Graph *step;
  uint32_t n_logs;
  const TrainFeed *feeds; /* of the step */
  uint32_t n_feeds;
  const TrainEval *evals;
  uint32_t n_evals;
  TrainBest best;
  SpecDataList data; /* that it takes batches from or has vocabularies of */
} TrainProgram;

/* The training program of a name, or the only one when name is NULL. NULL with a diagnostic
 * otherwise. */
const TrainProgram *spec_train(Spec *spec, const char *name);

/* "h.{i}.weight" fits "h.12.weight": each {name} stands for a number, the same one everywhere. */
bool name_fits(Ctx *ctx, Str pattern, const char *text);

#endif
