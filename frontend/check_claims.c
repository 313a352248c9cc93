/* Set axes, as far as they belong to types: which functions declare them. What is proved about them is the matter of the
 * pass 'sets'. */
#include "frontend/checker.h"

static bool type_declares(const TypeExpr *t) {
  for (uint32_t i = 0; t && t->kind == TY_tuple && i < t->n_items; i++)
    if (type_declares(t->items[i])) return true;
  for (uint32_t i = 0; t && t->kind == TY_tensor && i < t->n_dims; i++)
    if (t->dims[i].kind == DIM_set) return true;
  return false;
}

bool declares_set(const FnDecl *fn) {
  for (uint32_t i = 0; i < fn->params.len; i++)
    if (type_declares(fn->params.data[i].type)) return true;
  return false;
}

/* The instance with symbols for sizes, quietly; NULL when only a caller can say what its parameters are. */
static Instance *general_instance(Spec *spec, Instance *called) {
  Check c = check_scratch(spec, spec->globals);
  Quiet quiet = quiet_begin(&c);
  Instance *general = instance_alone(spec, called->decl, called->self, NULL);
  if (general && !general->failed) return general;
  quiet_end(&c, quiet);
  return NULL;
}

typedef struct Claims {
  VEC(Graph *) graphs;
  VEC(Str) names;
} Claims;

static void add_claim(Spec *spec, Claims *claims, const Instance *in) {
  for (uint32_t i = 0; i < claims->graphs.len; i++)
    if (claims->graphs.data[i] == in->graph) return;
  vec_push(&spec->ctx->arena, &claims->graphs, in->graph);
  vec_push(&spec->ctx->arena, &claims->names, in->name);
}

SpecClaims spec_claims(Spec *spec) {
  Claims claims = {0};
  for (uint32_t i = 0; i < spec->instances.len; i++) {
    Instance *in = spec->instances.data[i];
    if (!in->decl || in->failed || !declares_set(in->decl)) continue;
    Instance *general = in->alone ? in : general_instance(spec, in);
    add_claim(spec, &claims, general ? general : in);
  }
  return (SpecClaims){claims.graphs.data, claims.names.data, claims.graphs.len};
}
