/* Instances of functions: elaborations for given sizes, element types, layer and static
 * arguments. */
#ifndef ORDO_FRONTEND_CHECK_INSTANCE_H
#define ORDO_FRONTEND_CHECK_INSTANCE_H

#include "frontend/check/layer.h"

typedef struct ParamInfo {
  Str name;
  Ty type;
} ParamInfo;

/* An assertion that the arguments of a call decide. */
typedef struct Claim {
  const Stmt *stmt;
  Ref condition;        /* in the instance's graph, until that is swept */
  Graph *graph;         /* then: the parameters that it is about, and the condition as result */
  VEC(uint32_t) params; /* which ones of the instance's they are */
} Claim;

/* A layer that an instance has as parameters, and what its weights were at the beginning. */
typedef struct LayerParam {
  Layer *layer;
  Ref *before;
} LayerParam;

/* A state of a layer that the instance gives a new value: a result behind the others. */
typedef struct NewState {
  uint32_t layer, weight; /* of the instance's 'layers'; in its flat list */
} NewState;

struct Instance {
  Str key, name;
  const FnDecl *decl;
  const Item *item; /* extern, init: the item */
  LayerShape *self;
  Graph *graph;
  Value result; /* template: tensors of the graph in tuples */
  bool alone;   /* with the sizes of its signature as symbols, not called */
  bool needs_key, busy, failed;
  bool training, mode_matters; /* elaborated for a step; whether that makes a difference */
  bool wide;                   /* elaborated in f64: Spec.wide */
  VEC(LayerParam) layers;      /* self, if it is a method, and the parameters */
  VEC(NewState) states;
  VEC(Claim) claims;
  bool stopped;         /* an assertion failed: what follows may not make sense */
  Span undecided;       /* an 'if', here or in what is called, whose condition hangs on a size */
  uint32_t places;      /* random places so far */
  uint32_t busy_inline; /* functions being applied in index notation, one inside the other */
};

typedef struct Rest {
  bool bound;
  Sz *dims;
  int n;
  Span span;
} Rest;

/* y[.., d] = ...: the leading axes of all tensors in the definition, as unnamed index variables. */
typedef struct Lead {
  bool known;
  IndexVar **vars;
  int n;
  uint32_t order;
  Span span;
} Lead;

/* check_instance.c */
typedef struct Actual {
  Value value;
  Span span;
  bool given; /* otherwise the default */
} Actual;
/* A function of the text, or an extern one (item), applied to one actual for each parameter. */
typedef struct Callee {
  const FnDecl *fn;
  const Item *item; /* of an extern function, else NULL */
  Layer *self;      /* of a method, else NULL */
} Callee;
Value instance_call(Check *c, const Callee *callee, Actual *actuals, Span span);
/* An elaboration with the sizes of the signature as symbols. */
Instance *instance_alone(Spec *spec, const FnDecl *fn, LayerShape *self, const Value *given);
Check check_new(Spec *spec, Scope *scope);
Str callee_name(Ctx *ctx, const FnDecl *fn, const LayerShape *self);
Instance *instance_new(Check *c, Str key, Str name);
/* Keeps the instance, to be found by its key. */
void instance_add(Spec *spec, Instance *in);
/* An instance that never asked for the mode serves both. NULL when there is none. */
Instance *instance_find(Spec *spec, Str key, bool training);
/* Evaluates a body and makes the results of the graph of it. */
void instance_finish(Check *c, Instance *in, const Block *body, const TypeExpr *result, Span span);
/* False with diagnostics when no sizes fit what a graph needs (ir/needs.h). */
bool sizes_possible(Spec *spec, const Graph *g);

/* check_kept.c */
/* Whether the name is a state of the function's own layer; its new value is kept in a step. */
bool keep_state(Check *c, Name name, Value v);
/* The states that the body has given new values become results of the instance. */
void states_finish(Check *c, Instance *in);
/* After a call: the layers that were given to it have these new values of their states. */
void states_give(Check *c, const Callee *callee, const Instance *in, const Actual *actuals,
                 const Ref *values, Span span);

/* check_assert.c */
/* Says that an assertion failed, or (call) that a call's arguments break it. Always false. */
bool assertion_failed(Ctx *ctx, const Stmt *s, Str name, const Span *call);
/* Once the instance is elaborated: the condition of each claim as a graph of its own. */
void settle_claims(Instance *in);
/* A claim over all arguments of the instance, whose types tell the sizes; *params: their places
 * among its parameters. Weights are none: there may be thousands. */
Graph *claim_of_arguments(const Instance *in, const Claim *claim, const uint32_t **params);
/* Whether the graph of a claim is the constant false. */
bool claim_false(const Graph *g);
/* The claims of what is called, for these arguments: false with a diagnostic when one is broken;
 * those that are still open become claims of the caller. */
bool claims_hold(Check *c, const Instance *in, const RefList *arguments, Span span);
/* The same for what nobody calls, with the sizes of vocabularies that are known. Settles. */
bool claims_told(Spec *spec, Instance *in);

/* check_claims.c */
/* False after a diagnostic when a parameter declared as a sequence is passed as a set. */
bool check_set_argument(Check *c, const Param *p, const Value *v, Span span);

#endif
