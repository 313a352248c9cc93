/* Set axes and masks, as far as they belong to types: which functions declare them. What is
 * proved about them is the matter of the pass 'sets'. */
#include "frontend/check/checker.h"

static bool type_declares(const TypeExpr *t) {
  for (uint32_t i = 0; t && t->kind == TY_tuple && i < t->n_items; i++)
    if (type_declares(t->items[i])) return true;
  for (uint32_t i = 0; t && t->kind == TY_tensor && i < t->n_dims; i++)
    if (t->dims[i].kind == DIM_set) return true;
  return false;
}

static bool declares_claim(const Ctx *ctx, const FnDecl *fn) {
  for (uint32_t i = 0; i < fn->params.len; i++) {
    const TypeExpr *t = fn->params.data[i].type;
    if (type_declares(t) || (t && type_is_mask(ctx, t))) return true;
  }
  return false;
}

/* The instance with symbols for sizes, quietly; NULL when only a caller can say what its
 * parameters are. */
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
    if (!in->decl || in->failed || !declares_claim(spec->ctx, in->decl)) continue;
    Instance *general = in->alone ? in : general_instance(spec, in);
    add_claim(spec, &claims, general ? general : in);
  }
  return (SpecClaims){claims.graphs.data, claims.names.data, claims.graphs.len};
}

/* ---- sequences passed as sets ---- */

/* The node of a value that is a parameter of the function around, as declared in the text. */
static const Node *declared_param(const Check *c, const Value *v) {
  if (v->kind != VAL_tensor || v->as_set || v->tensor.n_vars || v->tensor.frame->parent || c->train)
    return NULL;
  const Node *n = graph_node(v->tensor.frame->graph, v->tensor.ref);
  return n->op == OP_param && !span_none(n->span) ? n : NULL;
}

static bool is_set(const Node *param, int axis) {
  const Attr *sets = node_attr(param, A_sets);
  for (int i = 0; sets && i < sets->n; i++)
    if (sets->ints[i] == axis) return true;
  return false;
}

bool check_set_argument(Check *c, const Param *p, const Value *v, Span span) {
  const Node *n = declared_param(c, v);
  if (!n || !type_declares(p->type) || p->type->kind != TY_tensor) return true;
  int rank = type_info(c->ctx, n->type)->rank, wanted = (int)p->type->n_dims;
  for (int i = 0; i < wanted; i++) {
    if (p->type->dims[i].kind != DIM_set || is_set(n, rank - wanted + i)) continue;
    diag_at(c->ctx, span, E_sequence_as_set,
            "'%s' is a sequence; passed as a set, its order is lost", ctx_text(c->ctx, n->name));
    diag_note(c->ctx, n->span, "declared here without braces");
    diag_note(c->ctx, p->span, "the parameter '%s' is a set", ctx_text(c->ctx, p->name.str));
    diag_help(c->ctx,
              "declare it with braces if its elements have no order, write as_set(%s) if the order "
              "may be lost, or "
              "give each element its position as data",
              ctx_text(c->ctx, n->name));
    return false;
  }
  return true;
}
