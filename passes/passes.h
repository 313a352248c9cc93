/* Passes and pipelines.
 *
 * A pass is a function from a graph to a new graph (or the same one when nothing changed);
 * passes.def lists them. A pipeline is a text: "inline,grad,simplify{rounds=4},fuse{max=64}".
 * Whatever a pass may be asked to skip, count or explain goes through the PassCtx:
 *
 *   pass_fuel(pc)          before each single transformation: false once the bisection limit is
 *                          reached
 *   remark(pc, ...)        what was done, or why not (passes/remarks.h)
 *   diag_at(pc->ctx, ...)  and NULL for the user's mistakes: E0600-E0609 of pipelines, E0610-E0629
 *                          of grad, E0630-E0639 of fuse
 *
 * Requirements for a pass: keep parameters and results (number, order, types, names, set axes and
 * masks; E0604 when it does not); keep span, name and scope of what it copies and stamp what it
 * makes (pass_stamp); be deterministic; never change its operand graph.
 */
#ifndef ORDO_PASSES_PASSES_H
#define ORDO_PASSES_PASSES_H

#include "base/trace.h"
#include "ir/ir.h"
#include "passes/remarks.h"
#include "passes/schedule.h"

/* Properties of a graph that a pass may require; each is "no node of that op, bodies included". */
enum {
  PROP_no_call = 1 << 0,
  PROP_no_grad = 1 << 1,
  PROP_no_kernel = 1 << 2,
};

typedef struct PassCtx PassCtx;
typedef struct PassInfo PassInfo;

/* The options given in braces; names and defaults are those of the pass's row:
 * "max=64[1..] how=auto[auto|none]". */
typedef struct PassOption {
  const char *name, *value;
  const char *allowed; /* "1..", "1..8", "auto|none"; NULL: any number, or any text */
  bool given;          /* the text of the pipeline gives it: no schedule sets it */
} PassOption;
typedef struct PassOptions {
  const PassInfo *pass;
  VEC(PassOption) values; /* every option of the row: as given, else its default */
} PassOptions;
/* A pass's options, all at their defaults. */
PassOptions pass_options(Ctx *ctx, const PassInfo *pass);
/* An option by name. The pipeline reader has checked that numbers are numbers, and what is
 * allowed. */
int64_t pass_option_int(const PassOptions *options, const char *name);
double pass_option_float(const PassOptions *options, const char *name);
const char *pass_option_str(const PassOptions *options, const char *name);

/* NULL means an error, which is in the diagnostics. */
typedef Graph *(*PassFn)(PassCtx *pc, const Graph *g, const PassOptions *options);

/* Prints what a pass has made of a graph that is no graph itself. */
typedef void (*PassShow)(PassCtx *pc, const Graph *g, Text *out);

struct PassInfo {
  const char *name;
  PassFn run;
  unsigned requires, ensures; /* PROP_* before and after */
  const char *options, *doc;
  bool rounds;   /* results differ by more than a sum in another order: it rounds by design */
  PassShow show; /* how what it leaves is shown; NULL: as a graph */
};

/* ---- the context of a pipeline run ---- */
/* What runs just now, for whoever has to explain a crash. */
typedef struct PassRun {
  const char *step;   /* as in the pipeline: "simplify{rounds=4}"; NULL while a plug-in is loaded */
  const char *pass;   /* its name, NULL like step */
  const char *plugin; /* path of the shared object, NULL for a built-in pass */
  const Graph *given; /* the graph that it got */
} PassRun;

/* A rewrite by a rule: what it found where, and what it made of that. The texts are only lent. */
typedef struct Rewrite {
  const char *rule, *before, *after;
  Span span;
} Rewrite;

/* Of the pass 'plan'. */
typedef struct PlanOptions {
  /* For each result the parameter whose memory it takes over (state updated in place), or -1;
   * NULL: none. */
  const int *result_param;
  bool other_products; /* somebody else may make products of f32 and f64: said in remarks */
  bool joins;          /* a product runs the kernel behind it on its rows */
  bool no_reuse;       /* give every value its own memory: to look at all of them after a run */
} PlanOptions;

typedef struct PipelineOptions {
  bool verify_each;   /* the contract of each pass (always on in development builds); that of a
                         plug-in is checked in any case */
  bool print_changed; /* dump only graphs that the pass changed */
  bool shown;         /* somebody looks at single passes: none may be left out, needed or not */
  bool trace_rules;   /* each rewrite to the trace callback */
  bool strict;        /* only rewrites that keep every bit: rules graded exact, no reordered sums */
  bool bf16;          /* the pass 'precision' rounds the operands of products of f32 to bf16 */
  bool fast; /* also rewrites that may change NaN, infinities and zeros: rules graded fast */
  const char *dump_after; /* "all" or names separated by commas; NULL: none */
  const char *stop_after; /* last pass to run; NULL: all */
  const char *disable;    /* passes to skip, names separated by commas; "simplify/RULE" switches one
                             rule off */
  const char *const *insert; /* steps for the pipeline: "mine{n=1}@before:fuse"; n_insert of them */
  uint32_t n_insert;
  const char
      *without; /* steps that the pipeline loses: "simplify@2,fuse" (passes/pipeline/steps.h) */
  const Schedule *schedule; /* how to compile; NULL: as passes see fit */
  uint32_t claims; /* so many of the last results are no values: they say whether the arguments are
                      as the text asserts, and may depend on an order or on padding */
  int64_t fuel;    /* how many transformations may be made in all; INT64_MAX: no limit */
  /* Called with a new context before its pipeline is read, to load plug-ins and enable remarks;
   * false after a diagnostic. */
  bool (*prepare)(void *user, PassCtx *pc);
  /* Receives the graph after each pass. */
  void (*watch)(void *watch_user, const char *pass, const Graph *g);
  /* Receives each rewrite; may be NULL. */
  void (*watch_rewrite)(void *watch_user, const Rewrite *rewrite);
  void *watch_user;
  const char *watched; /* passes that it waits for: they must stand in the pipeline; NULL: none */
  /* Called with the graph that a pipeline gets (pass NULL), and behind each pass that made another
   * one; false after a diagnostic: it is wrong. */
  bool (*judge)(void *judge_user, PassCtx *pc, const PassInfo *pass, const Graph *g);
  void *judge_user;
  Trace *spans; /* is told what each pass took; may be NULL */
  /* Receives the graph after a pass of dump_after; number counts from 1. */
  void (*dump)(void *user, PassCtx *pc, int number, const char *pass, const Graph *g);
  /* Called when a pipeline has run or has failed: statistics and remarks are in pc. */
  void (*report)(void *user, const Graph *g, const PassCtx *pc);
  /* Called before a pass runs or a plug-in is loaded, and with NULL behind it. */
  void (*enter)(void *user, const PassRun *run);
  /* Receives lines about single rewrites: rule, before, after. */
  void (*trace)(void *user, const char *line);
  void *user;
  PlanOptions plan;
} PipelineOptions;

/* What a pass counts while it runs: rules by their names, products that it merged. */
typedef struct PassCounter {
  const char *name;
  int64_t count;
} PassCounter;

typedef struct PassStat {
  const char *pass;
  uint32_t nodes_before, nodes_after; /* bodies included */
  int64_t microseconds;
  uint32_t transformations; /* how often pass_fuel said yes */
  const Graph *before, *after;
  VEC(PassCounter) counters;
} PassStat;

/* A rewrite rule of a plug-in: the columns of passes/rules/rules.def as text. */
typedef struct RuleText {
  const char *name, *left, *right;
  const char *grade; /* "exact", "rounds" or "fast" */
  const char *when;  /* a condition of rules.def: "if_finite"; NULL: always */
  bool canon;        /* the right side is a better form, though no cheaper */
} RuleText;

typedef struct SetClaims SetClaims; /* passes/sets/sets.h */
typedef struct Plugins Plugins;     /* passes/pipeline/plugin.c */

/* What a pass keeps from graph to graph of a context, under a key of its own (the address of its
 * function). */
typedef struct PassState {
  PassFn of;
  void *state;
} PassState;

struct PassCtx {
  Ctx *ctx;
  PipelineOptions options;
  const char *pass; /* the one that runs */
  const char *step; /* as it stands in the pipeline, */
  int number;       /* from 1; behind a pipeline that failed: what failed */
  Remarks remarks;
  VEC(PassStat) stats;
  int64_t fuel_used;
  VEC(PassCounter) counters; /* of the pass that runs */
  Plugins *plugins;
  VEC(const RuleText *) rules; /* of plug-ins */
  VEC(PassState) states;
  SetClaims *claims;        /* verify_each: what is proved about set axes so far */
  VEC(const Graph *) forms; /* earlier ones whose results are those of the graph */
};

/* ---- what passes share (passes/pass.c) ---- */
/* Whether one more transformation may be made; counts it. */
bool pass_fuel(PassCtx *pc);
/* Says what runs from here on; NULL: nothing that could be blamed. */
void pass_enter(const PassCtx *pc, const PassRun *run);
/* Adds to a counter of the pass that runs, shown with --time-passes. The name has to live as long
 * as the context. */
void pass_count(PassCtx *pc, const char *name, int64_t n);
bool pass_disabled(const PassCtx *pc, const char *name);
bool pass_dumped(const PassCtx *pc, const char *name);
/* Whether a list of names has it: "a,b". list may be NULL. */
bool pass_listed(const char *list, const char *name);
/* Where the state of a pass stands: NULL at first. */
void **pass_state(PassCtx *pc, PassFn of);
/* The properties that hold. */
unsigned graph_properties(const Graph *g);
/* Whether there are kernels already: it was read from a text behind the pass 'fuse'. */
bool graph_fused(const Graph *g);
/* Nodes, those of bodies included. */
uint32_t graph_count(const Graph *g);
/* How often each node is an operand or a result, by node. */
uint32_t *graph_uses(Arena *arena, const Graph *g);
/* Stamps what is built next in g with the place of node n of another graph. */
void pass_stamp(Graph *g, const Node *n);
/* Copies node r of old to g under the map with another body. */
Ref pass_copy(const Graph *old, Ref r, Graph *g, const RefMap *map, Graph *body);
/* Gives g the results of old under the map. */
void pass_results(const Graph *old, Graph *g, const RefMap *map);
/* A copy of g whose bodies (of scan and call) went through run; the same graph when none changed.
 */
Graph *pass_map_bodies(PassCtx *pc, const Graph *g, const PassOptions *options, PassFn run);

static inline bool remarks_on(const PassCtx *pc) { return pc->remarks.on; }
/* node may be REF_NONE. */
void remark(PassCtx *pc, const Graph *g, Ref node, RemarkKind kind, const char *code,
            const char *format, ...) __attribute__((format(printf, 6, 7)));
void remark_number(PassCtx *pc, const char *name, double value);

/* The passes of the table. */
#define PASS(name, function, ...)                                                                  \
  Graph *function(PassCtx *pc, const Graph *g, const PassOptions *options);
#include "passes/passes.def"
#undef PASS

#endif
