/* Training programs under construction: what check_train.c, check_minimize.c and check_repeat.c
 * share.
 *
 * All state of a program (weights, then state of optimizers in the order of their first use) is a
 * list of slots. A slot knows its current value while a step is elaborated; minimize gives it a new
 * one. Layers see the values through their weights, which train_sync brings up to date. */
#ifndef ORDO_FRONTEND_TRAIN_CHECK_TRAIN_H
#define ORDO_FRONTEND_TRAIN_CHECK_TRAIN_H

#include "frontend/check/checker.h"
#include "frontend/train/check_data.h"

typedef struct TrainSlot {
  TrainState state;
  Graph *init;
  Frame *frame; /* of the current value */
  Ref ref;
  Ref param;            /* in the graph of the step */
  const uint32_t *copy; /* the slot whose first value it has, too; or NULL */
} TrainSlot;

typedef struct TrainNet {
  Name name;
  LayerShape *shape;
  Layer *layer;   /* in the graph being built */
  uint32_t first; /* slot of its first weight */
  bool frozen;
  bool copy;            /* begins as a copy: */
  uint32_t copied;      /* of this model of the program, */
  uint32_t copied_from; /* from this weight of it on */
  Str file;             /* of its weights, or empty */
  const Item *names;    /* how they are called there, or NULL */
  const NameMap *map;
  Str at, into; /* their prefix in the file, the member that they belong to; or empty */
} TrainNet;

/* A member of the program that is neither model nor constant: coef: f32 ~ full(0.2). */
typedef struct TrainVar {
  const TrainMember *member;
  Ty type;
  uint32_t slot;
} TrainVar;

typedef struct LoggedRef {
  Str name;
  Ref ref;
} LoggedRef;

/* The slots that one minimize statement uses, in the order of use: found again when it is
 * elaborated again. */
typedef struct TrainSite {
  VEC(uint32_t) slots;
} TrainSite;

typedef struct TrainBuild {
  const Item *item;
  Scope *scope; /* constants of the program */
  VEC(TrainNet) nets;
  VEC(TrainVar) vars;
  VEC(TrainSlot) slots;
  VEC(bool) paths; /* of the slots, by text: taken */
  VEC(TrainSite *) sites;
  uint32_t next_site;
  VEC(LoggedRef) logs;
  VEC(Ref) weights; /* of the logs, in an eval over batches */
  VEC(TrainFeed) feeds;
  VEC(Ref) feed_params; /* in the graph of the part */
  Frame *root,
      *frame; /* of the step; where statements of the step stand now: the root or a repeat */
  int64_t steps, seed;
  bool bf16; /* precision = "bf16" */
  bool wide; /* precision = "f64" */
  Kept kept; /* its states */
  DataUse data;
  bool is_eval, failed;
  bool at_over; /* what stands after 'over' is being elaborated */
  bool over;    /* an eval over batches: logs are means over all of them */
} TrainBuild;

/* check_constants.c */
const TrainConstant *train_constants(Spec *spec, const TrainBuild *b, const Item *program,
                                     uint32_t *n);
/* check_state.c */
/* Whether the name has been set before: a diagnostic then. */
bool train_set_twice(Check *c, TrainBuild *b, const TrainMember *m);
void train_add_var(Check *c, TrainBuild *b, const TrainMember *m);
void train_var_slots(Check *c); /* makes their slots */
/* The weights of all layers and the state members as values of the current frame. */
void train_sync(Check *c);
uint32_t train_slot(Check *c, TrainState state, Graph *init);
Ref train_state_param(Graph *g, const TrainState *state);
extern const TrainRules train_rules;
/* Keeps a new value of a state member of the program: see TrainRules. */
bool train_assign(Check *c, Name name, Value *v);
/* The model that a layer is, or is a part of; NULL when it is of none. */
const TrainNet *train_net_of(const TrainBuild *b, const Layer *layer);
void train_keep(Check *c, const Layer *layer, uint32_t at, Ref ref);
void train_minimize(Check *c, const Stmt *s);
void train_move(Check *c, const Stmt *s);
void train_repeat(Check *c, const Stmt *s);

/* check_names.c: weights from files of other programs */
void names_find(Check *c, const TrainMember *m, TrainNet *net);
/* The sources of one weight; a weight that has none is an error. */
void names_of_weight(Check *c, const TrainNet *net, Str path, TrainState *state);

#endif
