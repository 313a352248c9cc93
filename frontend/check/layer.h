/* Layers: shapes that instances share, and instances. */
#ifndef ORDO_FRONTEND_CHECK_LAYER_H
#define ORDO_FRONTEND_CHECK_LAYER_H

#include "frontend/check/scope.h"

typedef struct WeightInfo {
  Str path;
  Ty type;
  const Member *decl;
  LayerShape *owner; /* the layer that declares it: its constants are visible in the initialiser */
  bool state;        /* kept from step to step by the layer's functions, not trained */
} WeightInfo;

typedef struct LayerMember {
  Name name;
  const Member *decl;
  LayerShape *shape;      /* sublayer; NULL for a weight */
  uint32_t first;         /* of its weights in the flat list */
  int64_t count;          /* array of layers: number; -1 otherwise */
  LayerShape **shapes;    /* of an array whose layers differ, else NULL: 'shape' serves all */
  const uint32_t *firsts; /* and their first weights */
} LayerMember;

struct LayerShape {
  const Item *item;
  Scope *constants;
  Str key, name; /* name: "LSTM(128, 256)" */
  VEC(LayerMember) members;
  VEC(WeightInfo) weights;
  VEC(const FnDecl *) methods;
  bool wide; /* its f32 are f64: Spec.wide */
  bool busy;
  bool failed;
};

/* A layer instance: a shape and its weights as values of a frame. */
struct Layer {
  LayerShape *shape;
  Str path; /* in the enclosing graph */
  Frame *frame;
  Ref *weights;
  Value
      *members; /* by member of the shape: layers and arrays of layers, once they were asked for */
  Frame *asked_in; /* the frame that they stand in */
  bool frozen;     /* a model of a program that is not trained: never 'training' inside */
  bool other;      /* with other weights than those of its model: 'net with w' */
};

/* check_layer.c */
LayerShape *layer_shape(Check *c, const Item *item, const Args *args, Span span);
LayerShape *layer_shape_of(Check *c, const Item *item, Scope *constants);
Layer *layer_member(Check *c, Layer *layer, const LayerMember *member, int64_t element);
const FnDecl *layer_method(const LayerShape *shape, Str name);
/* Constants of a layer, optimizer or initialiser from arguments evaluated in c; NULL with a
 * diagnostic. */
Scope *bind_constants(Check *c, const Params *params, const Args *args, const char *what,
                      Span span);
const char *constants_key(Check *c, const Params *params, Scope *scope);

/* check_weights.c */
/* The weights without states, as a tuple. */
Value layer_weights(Check *c, const Layer *layer);
/* The layer with other weights: a tuple, or those of a layer of the same shape. NULL after a
 * diagnostic. */
Layer *layer_with(Check *c, const Layer *layer, Value weights, Span span);

/* check_init.c */
/* The graph that draws the first value of a weight: no parameter, or the key. NULL with a
 * diagnostic. */
Graph *init_graph(Spec *spec, const Expr *init, Scope *constants, Ty type);

#endif
