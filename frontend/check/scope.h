/* Graphs under construction (frames) and names (scopes). */
#ifndef ORDO_FRONTEND_CHECK_SCOPE_H
#define ORDO_FRONTEND_CHECK_SCOPE_H

#include "frontend/check/value.h"
#include "frontend/places.h"

typedef struct Capture {
  Ref outer, inner;
} Capture;

/* The counter of a loop on the left of '=' and its axis in the finished tensor. */
typedef struct Step {
  IndexVar *var;
  int axis;
} Step;

/* 'out[:, t, :] = h' in a loop: the value of each step, to be stacked. */
typedef struct Collect {
  Name name;
  Ref value;   /* in the body; REF_NONE when something was wrong with it */
  Step *steps; /* of this loop and, in nested loops, of those around */
  int n_steps;
} Collect;

struct Frame {
  Frame *parent; /* the graph around a loop's body; NULL for a function */
  Graph *graph;
  Instance *instance;
  IndexVar *counter; /* of the loop */
  Ref key;           /* random key of this frame, REF_NONE until wanted */
  VEC(Capture) captures, slices;
  VEC(Capture) firsts; /* carries: their first values, and what they are in the body */
  bool repeats;        /* the body of a repeat */
  VEC(Collect) collects;
};

typedef struct Binding {
  Str name;
  Span span;     /* of the latest value */
  Span declared; /* the word that the name is declared by */
  Value value;
} Binding;

struct Scope {
  Scope *parent;
  VEC(Binding) names;
  Map by_name;        /* once there are many */
  TextPlaces *places; /* of the spec; may be NULL */
  bool symbols; /* unknown sizes in types become symbols here (signature checked on its own) */
};

/* check_scope.c */
Scope *scope_new(Ctx *ctx, Scope *parent);
void scope_bind(Ctx *ctx, Scope *scope, Str name, Span span, Value value);
/* The same where the value comes from another place than the word that declares the name: the
 * constant of a layer, a size of a signature. */
void scope_bind_declared(Ctx *ctx, Scope *scope, Name declared, Span span, Value value);
Binding *scope_find(Scope *scope, Str name);
Binding *scope_find_here(Scope *scope, Str name);
Frame *frame_new(Check *c, Frame *parent, Str name);
Graph *graph_here(Check *c, Span span);           /* the graph of the current frame, stamped */
Ref frame_import(Check *c, Frame *from, Ref ref); /* to the current frame */
Ref frame_import_to(Check *c, Frame *to, Frame *from, Ref ref);
Value value_import(Check *c, Value v);
/* Notes of a diagnostic about two sizes: those that hide a constant of the same name. */
void note_constants(Check *c, Sz a, Sz b);
/* All names that are known here. */
typedef struct KnownName {
  Str name;
  WordKind kind;
  const Value *value; /* or NULL */
  const Item *item;   /* or NULL */
  bool own;           /* of the function or layer, not of the whole file */
} KnownName;
void names_known(Check *c, void (*visit)(void *user, const KnownName *known), void *user);
/* The nearest known name, as a help of the diagnostic just made. */
void suggest_name(Check *c, Str wanted);

/* check_places.c: nothing where no places are kept. v may be NULL */
void place_word(TextPlaces *places, WordKind kind, Name name, Span declared, const Value *v);
void place_expr(TextPlaces *places, Span span, const Value *v);
void places_begin(TextPlaces *places, const Source *source);
/* At a name that is not known: whether it is the one at which names are to be offered; then they
 * are. base: what stands before the dot, or NULL. */
bool places_offer(Check *c, Str name, const Value *base);
/* How a function of other systems is written here; false when it is not known. */
bool suggest_form(Check *c, Str name);
/* "import linear" for what a file of the library declares (check_suggest.c). */
void suggest_import(Check *c, Str name);
Item *spec_item(Spec *spec, ItemKind kind, Str name);
/* The item that holds the name in the space of names of that kind. */
Item *spec_namesake(Spec *spec, ItemKind kind, Str name);
void spec_add_item(Spec *spec, Item *item);

#endif
