/* Graphs: making nodes. build_op checks the types, brings the node to its canonical form
 * (attributes sorted and without defaults, operands of commutative ops in order), simplifies
 * (ir/simplify.c) and looks it up in the graph's hash table, so that equal nodes are one node.
 *
 * Canonical order of commutative operands: constants last, else the lower ref first.
 */
#include "ir/graph.h"

#include <string.h>

#include "ir/custom.h"
#include "ir/scalar.h"
#include "ir/tables.h"

Graph *graph_new(Ctx *ctx, Str name) {
  Graph *g = arena_new(&ctx->arena, Graph);
  g->ctx = ctx;
  g->name = name;
  g->n_slots = 64;
  g->slots = arena_array(&ctx->arena, uint32_t, g->n_slots);
  return g;
}

void graph_result(Graph *g, Ref value, Str name) {
  vec_push(&g->ctx->arena, &g->results, value);
  vec_push(&g->ctx->arena, &g->result_names, name);
}

/* ---- attributes ---- */

const Attr *node_attr(const Node *n, AttrName name) {
  for (int i = 0; i < n->n_attrs; i++)
    if (n->attrs[i].name == name) return &n->attrs[i];
  return NULL;
}

int64_t node_int(const Node *n, AttrName name, int64_t otherwise) {
  const Attr *a = node_attr(n, name);
  return a ? a->i : otherwise;
}

double node_float(const Node *n, AttrName name, double otherwise) {
  const Attr *a = node_attr(n, name);
  return a ? a->f : otherwise;
}

Str node_str(const Node *n, AttrName name) {
  const Attr *a = node_attr(n, name);
  return a ? a->s : (Str){0};
}

Sz node_size(const Node *n, AttrName name) {
  const Attr *a = node_attr(n, name);
  return a ? a->z : SZ_NONE;
}

bool attr_equal(const Attr *a, const Attr *b) {
  if (a->name != b->name || a->n != b->n) return false;
  switch (attr_kind[a->name]) {
  case ATTR_int:
    return a->i == b->i;
  case ATTR_float:
    return !memcmp(&a->f, &b->f, sizeof a->f);
  case ATTR_str:
    return str_eq(a->s, b->s);
  case ATTR_size:
    return sz_eq(a->z, b->z);
  case ATTR_ints:
    return !a->n || !memcmp(a->ints, b->ints, a->n * sizeof *a->ints);
  case ATTR_sizes:
    return !a->n || !memcmp(a->sizes, b->sizes, a->n * sizeof *a->sizes);
  }
  return false;
}

uint64_t attr_hash(const Attr *a) {
  uint64_t h = hash_mix(a->name, a->n), bits = 0;
  switch (attr_kind[a->name]) {
  case ATTR_int:
    return hash_mix(h, (uint64_t)a->i);
  case ATTR_float:
    memcpy(&bits, &a->f, sizeof bits);
    return hash_mix(h, bits);
  case ATTR_str:
    return hash_mix(h, a->s.i);
  case ATTR_size:
    return hash_mix(h, a->z.i);
  case ATTR_ints:
    return hash_bytes(a->ints, a->n * sizeof *a->ints, h);
  case ATTR_sizes:
    return hash_bytes(a->sizes, a->n * sizeof *a->sizes, h);
  }
  return h;
}

AttrUse op_attr_use(Op op, AttrName name) {
  size_t length = strlen(attr_name[name]);
  for (const char *at = op_info[op].attrs; at && *at;) {
    size_t n = strcspn(at, " ?");
    bool optional = at[n] == '?';
    if (n == length && !strncmp(at, attr_name[name], n))
      return optional ? ATTR_optional : ATTR_required;
    at += n + optional;
    at += *at == ' ';
  }
  return ATTR_unknown;
}

static bool is_default(const Attr *a) {
  switch (attr_kind[a->name]) {
  case ATTR_int:
    return a->i == 0;
  case ATTR_str:
    return str_none(a->s);
  case ATTR_ints:
    return a->n == 0;
  default:
    return false;
  }
}

/* Whether an attribute says nothing. */
static bool is_left_out(const Attr *a, uint64_t optional) {
  return is_default(a) && optional >> a->name & 1;
}

/* Sorted copy without optional attributes that say nothing; lists are copied to the graph's arena.
 */
static Attr *canonical_attrs(Graph *g, Op op, const Attr *attrs, int n, int *kept) {
  Arena *arena = &g->ctx->arena;
  uint64_t optional = ir_tables(g->ctx)->takes[op].optional;
  int count = 0, room = 0;
  for (int i = 0; i < n; i++) room += !is_left_out(&attrs[i], optional);
  Attr *made = arena_array(arena, Attr, room);
  for (int i = 0; i < n; i++) {
    Attr a = attrs[i];
    if (is_left_out(&a, optional)) continue;
    if (attr_kind[a.name] == ATTR_ints) a.ints = arena_copy(arena, a.ints, a.n * sizeof *a.ints);
    if (attr_kind[a.name] == ATTR_sizes)
      a.sizes = arena_copy(arena, a.sizes, a.n * sizeof *a.sizes);
    int at = count++;
    for (; at > 0 && made[at - 1].name > a.name; at--) made[at] = made[at - 1];
    made[at] = a;
  }
  *kept = count;
  return made;
}

/* ---- checks ---- */

static bool check_attr(const Attr *a, uint64_t taken, const char **problem) {
  bool sizes = attr_kind[a->name] == ATTR_sizes;
  *problem = "the op does not take it";
  if (!(taken >> a->name & 1)) return false;
  *problem = "the size is not known or does not fit 64 bits";
  if (attr_kind[a->name] == ATTR_size && !a->z.i) return false;
  for (int i = 0; sizes && i < a->n; i++)
    if (!a->sizes[i].i) return false;
  return true;
}

static bool check_attrs(Ctx *ctx, Op op, const Attr *attrs, int n, const char **why) {
  const char *name = op_info[op].name, *problem;
  uint64_t seen = 0, required = ir_tables(ctx)->takes[op].required;
  uint64_t taken = required | ir_tables(ctx)->takes[op].optional;
  for (int i = 0; i < n; i++) {
    bool known = attrs[i].name < N_ATTRS;
    if (!known || !check_attr(&attrs[i], taken, &problem) || seen >> attrs[i].name & 1) {
      *why = ctx_printf(ctx, "%s: attribute %s: %s", name, known ? attr_name[attrs[i].name] : "?",
                        !known                      ? "there is no such attribute"
                        : seen >> attrs[i].name & 1 ? "is given twice"
                                                    : problem);
      return false;
    }
    seen |= (uint64_t)1 << attrs[i].name;
  }
  for (int a = 0; a < N_ATTRS && required & ~seen; a++)
    if (required & ~seen & (uint64_t)1 << a) {
      *why = ctx_printf(ctx, "%s: expected the attribute %s", name, attr_name[a]);
      return false;
    }
  return true;
}

static bool check_operands(Graph *g, Op op, const Ref *operands, int n, const char **why) {
  const OpInfo *info = &op_info[op];
  if (n < info->arity_min || (info->arity_max >= 0 && n > info->arity_max)) {
    *why = ctx_printf(g->ctx, "%s: expected %d operands, got %d", info->name, info->arity_min, n);
    return false;
  }
  for (int i = 0; i < n; i++)
    if (operands[i].i >= g->nodes.len) {
      *why = ctx_printf(g->ctx, "%s: operand %d is not a node before this one", info->name, i);
      return false;
    }
  return true;
}

/* No size of the type is unknown. */
static bool type_known(const Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  for (int i = 0; i < info->rank; i++)
    if (info->is_tuple ? !type_known(ctx, info->items[i]) : !info->dims[i].i) return false;
  return info->is_tuple || info->dtype != DT_idx || info->extent.i;
}

static bool rank_fits(const Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  for (int i = 0; info->is_tuple && i < info->rank; i++)
    if (!rank_fits(ctx, info->items[i])) return false;
  return info->is_tuple || info->rank <= MAX_RANK;
}

Ty build_check(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs, int n_attrs,
               Graph *body, Ty given, const char **why) {
  Ctx *ctx = g->ctx;
  const OpInfo *info = &op_info[op];
  *why = NULL;
  if (!check_operands(g, op, operands, n_operands, why) ||
      !check_attrs(ctx, op, attrs, n_attrs, why))
    return TY_NONE;
  if (op_is(op, T_REGION) != (body != NULL)) {
    *why = ctx_printf(ctx, "%s: %s", info->name, body ? "takes no body" : "expected a body");
    return TY_NONE;
  }
  if (info->given && !given.i) {
    *why = ctx_printf(ctx, "%s: the result type has to be given", info->name);
    return TY_NONE;
  }
  TypeRuleArgs args = {ctx, g, op, operands, n_operands, attrs, n_attrs, body, given, why};
  Ty type = info->type(&args);
  if (type.i && given.i && !ty_eq(type, given)) {
    *why = ctx_printf(ctx, "%s: expected the result type %s, got %s", info->name,
                      type_str(ctx, type), type_str(ctx, given));
    return TY_NONE;
  }
  if (type.i && !rank_fits(ctx, type)) {
    *why = ctx_printf(ctx, "%s: a tensor has at most %d axes, got %s", info->name, MAX_RANK,
                      type_str(ctx, type));
    return TY_NONE;
  }
  if (type.i && !type_known(ctx, type)) {
    *why = ctx_printf(ctx, "%s: a size of %s is not known or does not fit 64 bits", info->name,
                      type_str(ctx, type));
    return TY_NONE;
  }
  return type;
}

/* ---- hash-consing ---- */

uint64_t draft_hash(const Draft *d) {
  uint64_t h = hash_mix((uint64_t)d->op, d->type.i);
  h = hash_bytes(d->operands, (size_t)d->n_operands * sizeof *d->operands, h);
  for (int i = 0; i < d->n_attrs; i++) h = hash_mix(h, attr_hash(&d->attrs[i]));
  return hash_mix(h, (uintptr_t)d->body);
}

bool draft_matches(const Node *n, const Draft *d) {
  if (n->op != d->op || !ty_eq(n->type, d->type) || n->body != d->body) return false;
  if (n->n_operands != d->n_operands || n->n_attrs != d->n_attrs) return false;
  for (int i = 0; i < d->n_operands; i++)
    if (!ref_eq(n->operands[i], d->operands[i])) return false;
  for (int i = 0; i < d->n_attrs; i++)
    if (!attr_equal(&n->attrs[i], &d->attrs[i])) return false;
  return true;
}

Draft draft_of(const Node *n) {
  return (Draft){n->op, n->type, n->n_operands, n->n_attrs, n->operands, n->attrs, n->body};
}

static uint32_t *node_slot(Graph *g, const Draft *d) {
  uint32_t mask = g->n_slots - 1, at = (uint32_t)draft_hash(d) & mask;
  while (g->slots[at] && !draft_matches(&g->nodes.data[g->slots[at] - 1], d)) at = (at + 1) & mask;
  return &g->slots[at];
}

static void set_slots(Graph *g, uint32_t n) {
  g->n_slots = n;
  g->slots = arena_array(&g->ctx->arena, uint32_t, g->n_slots);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Draft d = draft_of(&g->nodes.data[i]);
    *node_slot(g, &d) = i + 1;
  }
}

void graph_reserve(Graph *g, uint32_t params, uint32_t others) {
  uint32_t nodes = g->nodes.len + params + others, slots = g->n_slots;
  vec_reserve(&g->ctx->arena, &g->params, g->params.len + params);
  vec_reserve(&g->ctx->arena, &g->nodes, nodes);
  while (slots < nodes * 2) slots *= 2;
  if (slots != g->n_slots) set_slots(g, slots);
}

static Ref intern(Graph *g, const Draft *d) {
  uint32_t *slot = node_slot(g, d);
  if (*slot) return (Ref){*slot - 1};
  Arena *arena = &g->ctx->arena;
  Node node = {.op = d->op,
               .type = d->type,
               .n_operands = d->n_operands,
               .n_attrs = (uint16_t)d->n_attrs,
               .operands = arena_copy(arena, d->operands, (size_t)d->n_operands * sizeof(Ref)),
               .attrs = d->attrs,
               .body = d->body,
               .span = g->span,
               .scope = g->scope};
  Ref made = {g->nodes.len};
  *slot = made.i + 1;
  vec_push(arena, &g->nodes, node);
  if (g->nodes.len * 2 > g->n_slots) set_slots(g, g->n_slots * 2);
  return made;
}

/* ---- building ---- */

static bool goes_after(const Graph *g, Ref a, Ref b) {
  bool const_a = graph_node(g, a)->op == OP_const, const_b = graph_node(g, b)->op == OP_const;
  return const_a != const_b ? const_a : a.i > b.i;
}

/* A number in a node is a value of the node's element type; NaN has one form. */
static void round_value(const Ctx *ctx, Op op, Ty given, Attr *attrs, int n) {
  if ((op != OP_const && op != OP_pad) || !given.i) return;
  for (int i = 0; i < n; i++) {
    if (attrs[i].name != A_value) continue;
    attrs[i].f = scalar_round(type_info(ctx, given)->dtype, attrs[i].f);
    if (attrs[i].f != attrs[i].f) attrs[i].f = (double)__builtin_nan("");
  }
}

static bool type_fits(const Ctx *ctx, Ty type) { return !type.i || type_known(ctx, type); }

/* Whether a node cannot be built because a size does not fit 64 bits: a mistake of the text, not of
 * the compiler. */
static bool too_large(const Graph *g, const Draft *d, Ty given) {
  bool fits = type_fits(g->ctx, given) && type_fits(g->ctx, d->type);
  for (int i = 0; i < d->n_operands && fits; i++)
    fits = type_known(g->ctx, graph_type(g, d->operands[i]));
  for (int i = 0; i < d->n_attrs && fits; i++) {
    const Attr *a = &d->attrs[i];
    fits = attr_kind[a->name] != ATTR_size || a->z.i;
    for (int k = 0; fits && attr_kind[a->name] == ATTR_sizes && k < a->n; k++) fits = a->sizes[k].i;
  }
  return !fits;
}

/* What stands for a node with such a size, after a diagnostic; nothing is computed from it. */
static Ref build_too_large(Graph *g, Draft *d, Ty given, const char *why) {
  TypeRuleArgs args = {g->ctx,   g,          d->op,   d->operands, d->n_operands,
                       d->attrs, d->n_attrs, d->body, given,       &why};
  d->type = op_info[d->op].type(&args);
  if (!too_large(g, d, given)) ORDO_BUG("%s (in graph '%s')", why, ctx_text(g->ctx, g->name));
  diag_at(g->ctx, g->span, E_size_need, "a size does not fit 64 bits: %s", why);
  if (!d->type.i) d->type = given.i || !d->n_operands ? given : graph_type(g, d->operands[0]);
  return intern(g, d);
}

/* The node of a draft that is checked: in canonical order, simplified, shared. */
static Ref build_draft(Graph *g, Draft draft) {
  Ref swapped[2];
  if (op_is(draft.op, T_COMMUTES) && goes_after(g, draft.operands[0], draft.operands[1])) {
    swapped[0] = draft.operands[1];
    swapped[1] = draft.operands[0];
    draft.operands = swapped;
  }
  Ref simpler = draft_simplify(g, &draft);
  return ref_none(simpler) ? intern(g, &draft) : simpler;
}

Ref build_region(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs,
                 int n_attrs, Graph *body, Ty given) {
  const char *why = NULL;
  int kept;
  Attr *canonical = canonical_attrs(g, op, attrs, n_attrs, &kept);
  round_value(g->ctx, op, given, canonical, kept);
  Ty type = build_check(g, op, operands, n_operands, canonical, kept, body, given, &why);
  Draft draft = {op, type, n_operands, kept, operands, canonical, body};
  return type.i ? build_draft(g, draft) : build_too_large(g, &draft, given, why);
}

Ref build_op(Graph *g, Op op, const Ref *operands, int n_operands, const Attr *attrs, int n_attrs,
             Ty given) {
  return build_region(g, op, operands, n_operands, attrs, n_attrs, NULL, given);
}

/* ---- parameters ---- */

const char *const role_name[N_ROLES] = {
#define ROLE(name, doc) #name,
#include "ir/roles.def"
#undef ROLE
};

bool role_find(const char *name, ParamRole *out) {
  for (int i = 0; i < N_ROLES; i++)
    if (!strcmp(role_name[i], name)) {
      *out = (ParamRole)i;
      return true;
    }
  return false;
}

typedef struct ParamDecl {
  const int32_t *sets;
  int n_sets;
  bool mask;
  Str role; /* empty: an argument */
} ParamDecl;

static Ref add_param(Graph *g, Ty type, Str name, ParamDecl d) {
  Attr attrs[] = {attr_i(A_index, g->params.len), attr_is(A_sets, d.sets, d.n_sets),
                  attr_i(A_mask, d.mask), attr_s(A_role, d.role)};
  Ref made = build_op(g, OP_param, NULL, 0, attrs, 4, type);
  g->nodes.data[made.i].name = name;
  vec_push(&g->ctx->arena, &g->params, made);
  return made;
}

Ref graph_param(Graph *g, Ty type, Str name, const int32_t *sets, int n_sets) {
  return add_param(g, type, name, (ParamDecl){.sets = sets, .n_sets = n_sets});
}

Ref graph_mask_param(Graph *g, Ty type, Str name, const int32_t *sets, int n_sets) {
  return add_param(g, type, name, (ParamDecl){.sets = sets, .n_sets = n_sets, .mask = true});
}

Ref graph_role_param(Graph *g, Ty type, Str name, ParamRole role) {
  Str text = role == ROLE_argument ? (Str){0} : ctx_str(g->ctx, role_name[role]);
  return add_param(g, type, name, (ParamDecl){.role = text});
}

Ref graph_param_like(Graph *g, Ty type, const Node *param) {
  const Attr *sets = node_attr(param, A_sets), *role = node_attr(param, A_role);
  Ref made = add_param(g, type, param->name,
                       (ParamDecl){.sets = sets ? sets->ints : NULL,
                                   .n_sets = sets ? sets->n : 0,
                                   .mask = node_int(param, A_mask, 0),
                                   .role = role ? role->s : (Str){0}});
  facts_inherit(g, made, param->facts);
  return made;
}

ParamRole param_role(const Graph *g, Ref param) {
  const Attr *role = node_attr(graph_node(g, param), A_role);
  ParamRole found = ROLE_argument;
  if (role) role_find(ctx_text(g->ctx, role->s), &found); /* the verifier knows no others */
  return found;
}

uint32_t graph_count_params(const Graph *g, ParamRole role) {
  uint32_t n = 0;
  for (uint32_t k = 0; k < g->params.len; k++) n += param_role(g, g->params.data[k]) == role;
  return n;
}

uint32_t *graph_params_of(const Graph *g, ParamRole role) {
  uint32_t *out = arena_array(&g->ctx->arena, uint32_t, g->params.len + 1), n = 0;
  for (uint32_t k = 0; k < g->params.len; k++)
    if (param_role(g, g->params.data[k]) == role) out[n++] = k;
  return out;
}

static Ref build_again(Graph *g, const Node *n, const Ref *operands) {
  return build_region(g, n->op, operands, n->n_operands, n->attrs, n->n_attrs, n->body,
                      op_info[n->op].given ? n->type : TY_NONE);
}

/* A type rule looks at types of operands, attributes and the body alone. */
static Ref build_same(Graph *g, const Node *n, const Ref *operands) {
  Draft draft = draft_of(n);
  draft.operands = operands;
  return build_draft(g, draft);
}

static Ref copy_by(Graph *g, const Node *node, const Ref *operands,
                   Ref (*build)(Graph *, const Node *, const Ref *)) {
  Span span = g->span;
  Str scope = g->scope;
  uint32_t before = g->nodes.len;
  Node from = *node; /* node may lie in g, whose array moves */
  g->span = from.span;
  g->scope = from.scope;
  Ref made = build(g, &from, operands);
  g->span = span;
  g->scope = scope;
  if (made.i >= before) g->nodes.data[made.i].name = from.name;
  facts_inherit(g, made, from.facts);
  return made;
}

Ref build_copy(Graph *g, const Node *node, const Ref *operands) {
  return copy_by(g, node, operands, build_again);
}

Ref build_copy_same(Graph *g, const Node *node, const Ref *operands) {
  return copy_by(g, node, operands, build_same);
}
