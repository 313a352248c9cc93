/* A whole file of ONNX as a spec: see import.h. */
#include "onnx/import.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/numbers.h"
#include "onnx/in.h"

/* ---- sizes ---- */

/* Extents as other programs write them: "batch", "2*N + 1", "floor(T/2)". */
typedef struct SizeText {
  OnnxIn *o;
  const char *at;
  int depth;
  bool wrong;
} SizeText;

static Sz size_sum_text(SizeText *s);

static void skip_blanks(SizeText *s) {
  while (*s->at == ' ') s->at++;
}

static bool take(SizeText *s, const char *word) {
  skip_blanks(s);
  if (strncmp(s->at, word, strlen(word)) != 0) return false;
  s->at += strlen(word);
  return true;
}

/* What -D gives an axis, by its letter or by its name in the file. */
static bool is_given(OnnxIn *o, const char *name, int64_t *value) {
  size_t n = strlen(name);
  bool given = false; /* the first one counts, as for models */
  for (uint32_t i = o->what->n_defines; i-- > 0;) {
    const char *define = o->what->defines[i];
    if (strncmp(define, name, n) != 0 || define[n] != '=') continue;
    char *end;
    int64_t extent = strtoll(define + n + 1, &end, 10);
    if (end == define + n + 1 || *end || extent < 0 || extent > INT32_MAX) continue;
    o->defined[i] = given = true;
    *value = extent;
  }
  return given;
}

static bool all_defined(const OnnxIn *o) {
  bool good = true;
  for (uint32_t i = 0; i < o->what->n_defines; i++) {
    if (o->defined[i]) continue;
    good = false;
    diag_at(o->ctx, (Span){0}, E_import_failed, "%s: -D %s gives no open axis of it an extent",
            o->what->path, o->what->defines[i]);
  }
  return good;
}

/* A size is a letter, that with which its name begins, if that is free. */
static Sz named_size(OnnxIn *o, const char *name, size_t n) {
  const char *whole = ctx_printf(o->ctx, "%.*s", (int)n, name);
  Str key = ctx_str(o->ctx, ctx_printf(o->ctx, "size %s", whole));
  uint32_t at;
  if (map_get(&o->sizes, key.i, &at)) return o->size_list.data[at];
  const char *text = in_identifier(o, whole);
  const char *letter = ctx_printf(o->ctx, "%c", toupper((unsigned char)*text));
  const char *chosen = in_is_free(o, letter) ? letter : text;
  for (int k = 2; !in_is_free(o, chosen); k++) chosen = ctx_printf(o->ctx, "%s%d", letter, k);
  in_reserve(o, chosen);
  int64_t value;
  bool given = is_given(o, chosen, &value) || is_given(o, whole, &value);
  Sz size = given ? size_const(o->ctx, value) : size_symbol(o->ctx, ctx_str(o->ctx, chosen));
  vec_push(&o->ctx->arena, &o->size_list, size);
  map_set(&o->ctx->arena, &o->sizes, key.i, o->size_list.len - 1);
  return size;
}

static Sz two_of(SizeText *s, Sz (*make)(Ctx *, Sz, Sz), const char *between) {
  Sz a = size_sum_text(s), b = SZ_NONE;
  s->wrong |= !take(s, between);
  if (!s->wrong) b = size_sum_text(s);
  s->wrong |= !take(s, ")");
  return make(s->o->ctx, a, b);
}

static Sz size_atom_text(SizeText *s) {
  Ctx *ctx = s->o->ctx;
  if (++s->depth > 40) s->wrong = true;
  if (s->wrong) return SZ_NONE;
  if (take(s, "min(")) return two_of(s, size_min, ",");
  if (take(s, "max(")) return two_of(s, size_max, ",");
  if (take(s, "floor(") || take(s, "(")) {
    Sz a = size_sum_text(s);
    s->wrong |= !take(s, ")");
    return a;
  }
  skip_blanks(s);
  const char *begin = s->at;
  int64_t value = 0;
  if (isdigit((unsigned char)*begin)) {
    for (; isdigit((unsigned char)*s->at) && value < 1000000000000; s->at++)
      value = value * 10 + (*s->at - '0');
    return size_const(ctx, value);
  }
  while (isalnum((unsigned char)*s->at) || *s->at == '_' || *s->at == '.') s->at++;
  s->wrong |= s->at == begin;
  return s->wrong ? SZ_NONE : named_size(s->o, begin, (size_t)(s->at - begin));
}

static Sz size_product_text(SizeText *s) {
  Sz a = size_atom_text(s);
  for (; !s->wrong;) {
    if (take(s, "*"))
      a = size_mul(s->o->ctx, a, size_atom_text(s));
    else if (take(s, "//") || take(s, "/"))
      a = size_div(s->o->ctx, a, size_atom_text(s));
    else
      return a;
  }
  return SZ_NONE;
}

static Sz size_sum_text(SizeText *s) {
  bool minus = take(s, "-");
  Sz a = size_product_text(s);
  if (minus) a = size_sub(s->o->ctx, size_const(s->o->ctx, 0), a);
  for (; !s->wrong;) {
    if (take(s, "+"))
      a = size_add(s->o->ctx, a, size_product_text(s));
    else if (take(s, "-"))
      a = size_sub(s->o->ctx, a, size_product_text(s));
    else
      return a;
  }
  return SZ_NONE;
}

static bool is_plain(const char *name) {
  for (; *name; name++)
    if (!isalnum((unsigned char)*name) && *name != '_') return false;
  return true;
}

static Sz merged(OnnxIn *o, Sz size) {
  for (uint32_t i = 0; i < o->merged_from.len; i++)
    size = size_subst(o->ctx, size, &o->merged_from.data[i], &o->merged_to.data[i], 1);
  return size;
}

static Sz read_size(OnnxIn *o, const ModelDim *dim, const char *input, int axis) {
  if (dim->known) return size_const(o->ctx, dim->value);
  if (!dim->name) {
    const char *name = ctx_printf(o->ctx, "N of %s %d", input, axis);
    return merged(o, named_size(o, name, strlen(name)));
  }
  SizeText text = {.o = o, .at = dim->name};
  bool plain = is_plain(dim->name) && !isdigit((unsigned char)*dim->name);
  Sz size = plain ? SZ_NONE : size_sum_text(&text);
  skip_blanks(&text);
  bool whole = !plain && !text.wrong && !*text.at && size.i;
  return merged(o, whole ? size : named_size(o, dim->name, strlen(dim->name)));
}

/* ---- inputs ---- */

static const ModelTensor *initializer(const ModelGraph *g, const char *name) {
  for (uint32_t i = 0; i < g->initializers.len; i++)
    if (!strcmp(g->initializers.data[i].name, name)) return &g->initializers.data[i];
  return NULL;
}

static bool mentions(const ModelGraph *g, const char *name) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const ModelNode *n = &g->nodes.data[i];
    for (uint32_t k = 0; k < n->inputs.len; k++)
      if (!strcmp(n->inputs.data[k], name)) return true;
    for (uint32_t k = 0; k < n->attrs.len; k++)
      if (n->attrs.data[k].g && mentions(n->attrs.data[k].g, name)) return true;
  }
  for (uint32_t i = 0; i < g->outputs.len; i++)
    if (!strcmp(g->outputs.data[i].name, name)) return true;
  return false;
}

/* The extent of the axis of a weight that an input looks up and does nothing else; or -1. */
static int64_t looked_up(const ModelGraph *g, const char *name) {
  int64_t extent = -1;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const ModelNode *n = &g->nodes.data[i];
    for (uint32_t k = 0; k < n->attrs.len; k++)
      if (n->attrs.data[k].g && mentions(n->attrs.data[k].g, name)) return -1;
    for (uint32_t k = 0; k < n->inputs.len; k++) {
      if (strcmp(n->inputs.data[k], name) != 0) continue;
      const ModelTensor *table = initializer(g, n->inputs.data[0]);
      const ModelAttr *axis = model_attr(n, "axis");
      int64_t at = axis ? axis->i : 0;
      if (strcmp(n->op, "Gather") != 0 || k != 1 || !table) return -1;
      if (at < 0) at += table->dims.len;
      if (at < 0 || at >= table->dims.len) return -1;
      if (extent >= 0 && extent != table->dims.data[at]) return -1;
      extent = table->dims.data[at];
    }
  }
  for (uint32_t i = 0; i < g->outputs.len; i++)
    if (!strcmp(g->outputs.data[i].name, name)) return -1;
  return extent;
}

static bool wrong_input(OnnxIn *o, const ModelInfo *info, const char *what) {
  diag_at(o->ctx, (Span){0}, E_import_failed, "%s: the input '%s' %s", o->model->path, info->name,
          what);
  o->failed = true;
  return false;
}

static InValue *read_input(OnnxIn *o, const ModelInfo *info) {
  Sz dims[MAX_RANK];
  DType dtype;
  if (info->kind) return wrong_input(o, info, ctx_printf(o->ctx, "is %s", info->kind)), NULL;
  if (!in_dtype(info->elem, &dtype))
    return wrong_input(o, info,
                       ctx_printf(o->ctx, "has elements of %s", model_elem_name(info->elem))),
           NULL;
  if (!info->has_shape || info->dims.len > MAX_RANK)
    return wrong_input(o, info, "has no shape that is known"), NULL;
  for (uint32_t k = 0; k < info->dims.len; k++)
    dims[k] = read_size(o, &info->dims.data[k], info->name, (int)k);
  InValue *v = in_temp(o, info->name, dtype, (int)info->dims.len, dims);
  v->elem = info->elem;
  v->id = in_new_id(o, info->name, true);
  o->names.data[v->id].value = v;
  int64_t below = dtype == DT_i32 ? looked_up(&o->model->graph, info->name) : -1;
  if (below > 0) v->below = size_const(o->ctx, below);
  return v;
}

/* ---- the text ---- */

static void put_weights(OnnxIn *o, Text *out) {
  for (uint32_t i = 0; i < o->weights.len; i++) {
    InWeight *w = &o->weights.data[i];
    if (w->path) continue;
    w->path = in_name(o, w->id);
    text_printf(out, "  %s: ", w->path);
    in_put_weight_type(w, out);
    text_puts(out, " ~ zeros\n");
  }
  for (uint32_t i = 0; i < o->members.len; i++) text_printf(out, "  %s\n", o->members.data[i]);
}

static const char *head(OnnxIn *o) {
  const char *slash = strrchr(o->model->path, '/');
  Text out = text_new(&o->ctx->arena), who = text_new(&o->ctx->arena);
  text_put_escaped(&who, o->model->producer, strlen(o->model->producer), "");
  text_printf(&out, "# Imported from %s", slash ? slash + 1 : o->model->path);
  if (*o->model->producer) text_printf(&out, " (made by %s)", text_str(&who));
  text_puts(&out, ".\n\n");
  return text_str(&out);
}

static const char *results_text(OnnxIn *o, InValue *const *results, uint32_t n, Text *types) {
  Text out = text_new(&o->ctx->arena);
  text_puts(types, n == 1 ? "" : "(");
  text_puts(&out, n == 1 ? "" : "(");
  for (uint32_t i = 0; i < n; i++) {
    InValue shown = *results[i];
    shown.below = SZ_NONE;
    text_puts(types, i ? ", " : "");
    in_put_type(o, &shown, types);
    text_printf(&out, "%s%s", i ? ", " : "", in_use(o, results[i]));
  }
  text_puts(types, n == 1 ? "" : ")");
  text_puts(&out, n == 1 ? "" : ")");
  return text_str(&out);
}

static const char *write_text(OnnxIn *o, InStmts *body, InValue *const *inputs, uint32_t n_inputs,
                              InValue *const *results, uint32_t n_results) {
  Ctx *ctx = o->ctx;
  Text out = text_new(&ctx->arena), weights = text_new(&ctx->arena), types = text_new(&ctx->arena);
  InStmts *was = o->out;
  o->out = body; /* a result may need a statement yet */
  const char *end = results_text(o, results, n_results, &types);
  o->out = was;
  for (uint32_t i = 0; i < n_inputs; i++) in_name(o, inputs[i]->id);
  if (!o->what->flat) in_repeat(o, body, &end, 1);
  in_inline(o, body, &end, 1);
  const char *text = in_named(o, in_join(o, body));
  const char *last = in_named(o, end);
  put_weights(o, &weights);
  text_puts(&out, head(o));
  for (uint32_t i = 0; i < o->parts.len; i++) text_printf(&out, "%s\n\n", o->parts.data[i]);
  text_printf(&out, "layer %s() {\n%s%s  fn (", o->what->layer, text_str(&weights),
              weights.len ? "\n" : "");
  for (uint32_t i = 0; i < n_inputs; i++) {
    text_printf(&out, "%s%s: ", i ? ", " : "", in_name(o, inputs[i]->id));
    in_put_type(o, inputs[i], &out);
  }
  text_printf(&out, ") -> %s {\n%s%s\n}\n}\n", text_str(&types), text, last);
  return text_str(&out);
}

/* ---- weights ---- */

static Tensor *weight_tensor(OnnxIn *o, const InWeight *w) {
  DType dtype = w->dtype == DT_bool ? DT_i32 : w->dtype;
  Tensor *t = NULL;
  if (!w->tensor) t = tensor_new_or_report(o->ctx, dtype, w->dims, w->rank, w->path);
  for (int64_t i = 0, value; t && i < w->value->count; i++)
    tensor_set(t, i,
               w->value->real                                      ? w->value->real[i]
               : size_is_const(o->ctx, w->value->whole[i], &value) ? (double)value
                                                                   : 0);
  if (!w->tensor) return t;
  Tensor *read = in_read_tensor(o, w->tensor);
  if (!read || w->dtype == dtype) return read;
  t = tensor_convert(o->ctx, read, dtype, w->path);
  tensor_free(read);
  return t;
}

static bool take_weights(OnnxIn *o, Tensors *set) {
  for (uint32_t i = 0; i < o->weights.len; i++) {
    Tensor *t = weight_tensor(o, &o->weights.data[i]);
    if (!t) return false;
    tensors_add(o->ctx, set, o->weights.data[i].path, t);
  }
  return true;
}

/* ---- all of it ---- */

static bool read_inputs(OnnxIn *o, InValue **inputs, uint32_t *n) {
  const ModelGraph *g = &o->model->graph;
  bool good = true;
  for (uint32_t i = 0; i < g->inputs.len; i++) {
    const ModelInfo *info = &g->inputs.data[i];
    if (initializer(g, info->name)) continue; /* a weight, as old files list them */
    InValue *v = read_input(o, info);
    good = good && v;
    if (!v) continue;
    in_bind(o, info->name, v);
    inputs[(*n)++] = v;
  }
  return good;
}

static bool find_results(OnnxIn *o, InValue **results) {
  const ModelGraph *g = &o->model->graph;
  bool good = true;
  for (uint32_t i = 0; i < g->outputs.len; i++) {
    results[i] = in_find(o, g->outputs.data[i].name);
    if (results[i] && !results[i]->poisoned) continue;
    good = false;
    if (!results[i])
      diag_at(o->ctx, (Span){0}, E_import_failed, "%s: nothing makes the output '%s'",
              o->model->path, g->outputs.data[i].name);
  }
  if (!g->outputs.len)
    diag_at(o->ctx, (Span){0}, E_import_failed, "%s: the graph has no outputs", o->model->path);
  return good && g->outputs.len;
}

static int64_t opset_of(const Model *model) {
  for (uint32_t i = 0; i < model->opsets.len; i++)
    if (!*model->opsets.data[i].domain) return model->opsets.data[i].version;
  return 1;
}

/* Once through; o->again: sizes were found to be equal, and it has to begin anew. */
static bool import_once(OnnxIn *o, OnnxImported *out) {
  const ModelGraph *g = &o->model->graph;
  InValue **inputs = arena_array(&o->ctx->arena, InValue *, g->inputs.len + 1);
  InValue **results = arena_array(&o->ctx->arena, InValue *, g->outputs.len + 1);
  uint32_t n_inputs = 0;
  InStmts body = {0};
  InScope scope;
  ModelNode none = {.name = "", .op = "", .domain = ""};
  o->node = &none;
  o->out = &body;
  o->defined = arena_array(&o->ctx->arena, bool, o->what->n_defines + 1);
  in_new_id(o, "", false);
  in_reserve(o, o->what->layer);
  in_push_scope(o, &scope);
  bool good = read_inputs(o, inputs, &n_inputs);
  good = in_graph(o, g) && good;
  if (o->again) return false;
  good = good && find_results(o, results) && !o->failed;
  o->node = &none;
  good = good && all_defined(o);
  if (good) out->text = write_text(o, &body, inputs, n_inputs, results, g->outputs.len);
  good = good && take_weights(o, &out->weights);
  out->n_nodes = o->n_nodes;
  out->n_weights = o->weights.len;
  if (!good) tensors_free(&out->weights);
  return good;
}

bool onnx_import_bytes(Ctx *ctx, const OnnxImport *what, const void *bytes, size_t n,
                       OnnxImported *out) {
  Model model;
  OnnxIn o = {0};
  *out = (OnnxImported){0};
  if (!model_read(ctx, what->path, bytes, n, &model)) return false;
  if (model.graph.sparse) {
    diag_at(ctx, (Span){0}, E_import_failed, "%s: it has sparse initializers", what->path);
    return false;
  }
  for (int turn = 0; turn < 100; turn++) {
    OnnxIn next = {.ctx = ctx, .what = what, .model = &model, .opset = opset_of(&model)};
    DiagMark mark = diag_mark(ctx);
    next.merged_from.data = o.merged_from.data;
    next.merged_from.len = next.merged_from.cap = o.merged_from.len;
    next.merged_to.data = o.merged_to.data;
    next.merged_to.len = next.merged_to.cap = o.merged_to.len;
    o = next;
    if (import_once(&o, out)) return true;
    if (!o.again) break;
    diag_rollback(ctx, mark);
  }
  if (o.again)
    diag_at(ctx, (Span){0}, E_import_failed, "%s: its sizes cannot be told apart", what->path);
  return false;
}

bool onnx_import(Ctx *ctx, const OnnxImport *what, OnnxImported *out) {
  size_t n;
  char *bytes = file_read_all(ctx, what->path, (Span){0}, &n);
  if (!bytes) return false;
  ArenaCleanup cleanup;
  arena_defer(&ctx->arena, &cleanup, heap_free, bytes);
  bool good = onnx_import_bytes(ctx, what, bytes, n, out);
  arena_done(&ctx->arena, &cleanup);
  return good;
}
