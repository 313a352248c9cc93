/* Nodes of a file that is imported, one after another: see in.h. */
#include "onnx/in.h"

#include <string.h>

enum { MOST_DEPTH = 24, MOST_NODES = 200000 };

static const InRow rows[] = {
#define FROM_ONNX(name, ...) {.op = #name, .domain = "", __VA_ARGS__},
#include "onnx/ops_in.def"
#undef FROM_ONNX
};

/* The row of an operator, or NULL. */
static const InRow *row_of(const char *op, const char *domain) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (!strcmp(rows[i].op, op) && !strcmp(rows[i].domain, domain)) return &rows[i];
  return NULL;
}

/* ---- functions of the file ---- */

static const ModelFunction *find_function(const OnnxIn *o, const ModelNode *n) {
  for (uint32_t i = 0; i < o->model->functions.len; i++) {
    const ModelFunction *f = &o->model->functions.data[i];
    if (!strcmp(f->name, n->op) && !strcmp(f->domain, n->domain)) return f;
  }
  return NULL;
}

/* Attributes of the call, with those that it hands on from a call around it. */
static void given_attrs(OnnxIn *o, const ModelAttr **list, uint32_t *len) {
  const ModelNode *n = o->node;
  ModelAttr *all = arena_array(&o->ctx->arena, ModelAttr, n->attrs.len + 1);
  for (uint32_t i = 0; i < n->attrs.len; i++) {
    const ModelAttr *a = in_attr(o, n->attrs.data[i].name);
    if (!a) continue;
    all[*len] = *a;
    all[(*len)++].name = n->attrs.data[i].name;
  }
  *list = all;
}

static bool call_function(OnnxIn *o, const ModelFunction *f) {
  OnnxIn was = *o;
  const ModelNode *call = o->node;
  const ModelAttr *given = NULL;
  uint32_t n_given = 0;
  InScope scope;
  given_attrs(o, &given, &n_given);
  in_push_scope(o, &scope);
  scope.outer = NULL;
  for (uint32_t i = 0; i < f->inputs.len && i < o->n_in; i++)
    if (o->in[i]) in_bind(o, f->inputs.data[i], o->in[i]);
  o->given = given;
  o->n_given = n_given;
  o->function = f;
  bool good = in_graph(o, &f->body);
  InValue **results = arena_array(&o->ctx->arena, InValue *, f->outputs.len + 1);
  for (uint32_t i = 0; i < f->outputs.len; i++) results[i] = in_find(o, f->outputs.data[i]);
  o->scope = was.scope;
  o->given = was.given;
  o->n_given = was.n_given;
  o->function = was.function;
  o->node = call;
  for (uint32_t i = 0; i < f->outputs.len && i < call->outputs.len; i++)
    if (results[i] && *call->outputs.data[i]) in_bind(o, call->outputs.data[i], results[i]);
  return good;
}

/* ---- a node ---- */

static void poison_outputs(OnnxIn *o, const ModelNode *n) {
  InValue *v = arena_new(&o->ctx->arena, InValue);
  v->name = "";
  v->poisoned = true;
  for (uint32_t i = 0; i < n->outputs.len; i++)
    if (*n->outputs.data[i]) in_bind(o, n->outputs.data[i], v);
}

/* False: one of them is poisoned, or not there. */
static bool look_up_inputs(OnnxIn *o, const ModelNode *n) {
  bool good = n->inputs.len <= sizeof o->in / sizeof *o->in;
  o->n_in = good ? n->inputs.len : 0;
  if (!good) return in_refuse(o, "has more inputs than are read");
  for (uint32_t i = 0; i < n->inputs.len; i++) {
    const char *name = n->inputs.data[i];
    o->in[i] = *name ? in_find(o, name) : NULL;
    if (*name && !o->in[i] && !o->function) /* of a function: left out by the call */
      return in_refuse(o, "uses '%s', which nothing before it makes", name);
    good = good && !(o->in[i] && o->in[i]->poisoned);
  }
  return good;
}

/* Attributes that change nothing of what is imported: hints, sizes that other things tell, what
 * counts only where it is asked for. */
static bool is_harmless(const char *name) {
  static const char *const names[] = {"hidden_size",
                                      "kernel_shape",
                                      "momentum",
                                      "seed",
                                      "sorted",
                                      "stash_type",
                                      "pads",
                                      "saturate",
                                      "round_mode",
                                      "storage_order",
                                      "softmax_precision",
                                      "qk_matmul_output_mode",
                                      "consumed_inputs",
                                      "noop_with_empty_axes",
                                      "broadcast",
                                      "num_outputs"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return true;
  return !strncmp(name, "_", 1);
}

/* What a node says and nobody has asked for would be lost in silence. */
static bool attrs_are_seen(OnnxIn *o, uint64_t seen) {
  for (uint32_t i = 0; i < o->node->attrs.len; i++) {
    const char *name = o->node->attrs.data[i].name;
    if (!(seen >> (i & 63) & 1) && !is_harmless(name))
      return in_refuse(o, "has '%s', which is not supported here", name);
  }
  return true;
}

static bool row_node(OnnxIn *o, const InRow *row) {
  uint64_t seen = 0, *outer = o->seen;
  const ModelNode *node = o->node;
  o->unknown = false;
  if (row->since && o->opset < row->since)
    return in_refuse(o, "had another meaning before version %d of the operators", row->since);
  for (uint32_t i = 0; i < o->n_in; i++)
    if (o->in[i] && in_narrow(o->in[i]->elem) && !(row->flags & IN_exact))
      return in_refuse(o, "computes with %s, whose numbers wrap around",
                       model_elem_name(o->in[i]->elem));
  o->seen = &seen;
  bool good = row->emit ? row->emit(o) : in_elementwise(o, row);
  o->seen = outer;
  o->node = node;
  if (!good && !o->failed && !o->again)
    return in_refuse(o, "cannot be imported"); /* never silent */
  if (good && !attrs_are_seen(o, seen)) return false;
  if (good && o->unknown)
    return in_refuse(o, "has an axis whose extent is not known before it runs");
  return good;
}

static bool has_form(OnnxIn *o, const ModelNode *n) {
  o->node = n;
  if (find_function(o, n) || row_of(n->op, n->domain)) return true;
  return *n->domain ? in_refuse(o, "of '%s' is not supported", n->domain)
                    : in_refuse(o, "is not supported");
}

/* A node that is not reached, for what it takes was refused: its operators are looked at all the
 * same. */
static void look_for_refused(OnnxIn *o, const ModelNode *n) {
  for (uint32_t i = 0; i < n->attrs.len; i++) {
    const ModelGraph *g = n->attrs.data[i].g;
    for (uint32_t k = 0; g && k < g->nodes.len; k++)
      if (has_form(o, &g->nodes.data[k])) look_for_refused(o, &g->nodes.data[k]);
  }
}

static bool put_node(OnnxIn *o, const ModelNode *n) {
  if (++o->n_nodes > MOST_NODES) return in_refuse(o, "is one too many");
  if (!has_form(o, n)) return false;
  if (!look_up_inputs(o, n)) {
    look_for_refused(o, n);
    return false;
  }
  const ModelFunction *f = find_function(o, n);
  return f ? call_function(o, f) : row_node(o, row_of(n->op, n->domain));
}

bool in_graph(OnnxIn *o, const ModelGraph *g) {
  bool good = true;
  if (++o->depth > MOST_DEPTH) {
    o->depth--;
    return in_refuse(o, "nests graphs too deeply");
  }
  for (uint32_t i = 0; i < g->initializers.len; i++) {
    InValue *v = in_constant(o, &g->initializers.data[i], g->initializers.data[i].name);
    if (v) v->held = v->rank && dtype_is_float(v->dtype);
    if (v) in_bind(o, v->name, v);
    good = good && v;
  }
  for (uint32_t i = 0; i < g->nodes.len && !o->again; i++)
    if (!put_node(o, &g->nodes.data[i])) {
      poison_outputs(o, &g->nodes.data[i]);
      good = false;
    }
  o->depth--;
  return good;
}
