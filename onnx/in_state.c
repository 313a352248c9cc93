/* What the import keeps: names, scopes, attributes, what was refused. */
#include <stdarg.h>
#include <string.h>

#include "onnx/in.h"

/* ---- what is refused ---- */

bool in_refuse(OnnxIn *o, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *why = arena_vprintf(&o->ctx->arena, format, list);
  va_end(list);
  const ModelNode *n = o->node;
  const char *first = n->outputs.len ? n->outputs.data[0] : "";
  const char *name = *n->name ? n->name : first;
  if (!o->again)
    diag_at(o->ctx, (Span){0}, E_import_failed, "%s: the node '%s' (%s) %s", o->model->path, name,
            n->op, why);
  o->failed = true;
  return false;
}

bool in_needs(OnnxIn *o, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (i >= o->n_in || !o->in[i]) return in_refuse(o, "lacks an input");
  return true;
}

/* ---- names of values ---- */

void in_push_scope(OnnxIn *o, InScope *scope) {
  *scope = (InScope){.outer = o->scope};
  o->scope = scope;
}

void in_pop_scope(OnnxIn *o) { o->scope = o->scope->outer; }

InValue *in_find(OnnxIn *o, const char *name) {
  uint32_t at;
  for (const InScope *s = o->scope; s; s = s->outer)
    if (map_get(&s->places, ctx_str(o->ctx, name).i, &at)) return o->values.data[at];
  return NULL;
}

void in_bind(OnnxIn *o, const char *name, InValue *value) {
  vec_push(&o->ctx->arena, &o->values, value);
  map_set(&o->ctx->arena, &o->scope->places, ctx_str(o->ctx, name).i, o->values.len - 1);
}

/* ---- sizes that turn out to be one ---- */

bool in_same_size(OnnxIn *o, Sz a, Sz b) {
  Str name;
  if (sz_eq(a, b)) return true;
  bool left = size_is_symbol(o->ctx, a, &name), right = size_is_symbol(o->ctx, b, &name);
  if (!left && !right) return false;
  Sz whole = left ? b : a, part = left ? a : b, other = size_const(o->ctx, 7);
  if (!sz_eq(size_subst(o->ctx, whole, &part, &other, 1), whole)) return false; /* T = T + 1 */
  vec_push(&o->ctx->arena, &o->merged_from, left ? a : b);
  vec_push(&o->ctx->arena, &o->merged_to, left ? b : a);
  o->again = true;
  return false;
}

/* ---- attributes ---- */

static const ModelAttr *find_attr(const ModelAttr *list, uint32_t n, const char *name) {
  for (uint32_t i = 0; i < n; i++)
    if (!strcmp(list[i].name, name)) return &list[i];
  return NULL;
}

const ModelAttr *in_attr(OnnxIn *o, const char *name) {
  const ModelAttr *a = model_attr(o->node, name);
  if (a && o->seen) *o->seen |= (uint64_t)1 << ((a - o->node->attrs.data) & 63);
  if (!a || !*a->refers) return a;
  const ModelAttr *given = find_attr(o->given, o->n_given, a->refers);
  if (given || !o->function) return given;
  return find_attr(o->function->defaults.data, o->function->defaults.len, a->refers);
}

int64_t in_attr_int(OnnxIn *o, const char *name, int64_t otherwise) {
  const ModelAttr *a = in_attr(o, name);
  return a ? a->i : otherwise;
}

double in_attr_float(OnnxIn *o, const char *name, double otherwise) {
  const ModelAttr *a = in_attr(o, name);
  return a ? a->f : otherwise;
}

const char *in_attr_text(OnnxIn *o, const char *name, const char *otherwise) {
  const ModelAttr *a = in_attr(o, name);
  return a ? a->s : otherwise;
}

const ModelInts *in_attr_ints(OnnxIn *o, const char *name) {
  const ModelAttr *a = in_attr(o, name);
  return a ? &a->ints : NULL;
}

/* ---- marks ---- */

uint32_t in_new_id(OnnxIn *o, const char *hint, bool nice) {
  InName none = {0}, name = {.hint = hint, .nice = nice};
  if (!o->names.len) vec_push(&o->ctx->arena, &o->names, none);
  vec_push(&o->ctx->arena, &o->names, name);
  return o->names.len - 1;
}
