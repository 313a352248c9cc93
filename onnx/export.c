/* The model and its file: see export.h. */
#include "onnx/export.h"

#include <math.h>
#include <string.h>

#include "io/file.h"
#include "onnx/out.h"
#include "onnx/proto.h"

const OnnxRow onnx_rows[N_OPS] = {
#define TO_ONNX(op, ...) [OP_##op] = {__VA_ARGS__},
#include "onnx/ops_out.def"
#undef TO_ONNX
};

const char *onnx_refusal(Op op) {
  const OnnxRow *row = &onnx_rows[op];
  return row->type || row->scalar || row->emit ? NULL : row->refused ? row->refused : "";
}

/* ---- nodes ---- */

static bool put_node(OnnxOut *o, const Node *n, OnnxValue *y) {
  const OnnxRow *row = &onnx_rows[n->op];
  const char *refused = onnx_refusal(n->op);
  o->node = n;
  if (refused)
    return onnx_refuse(o, ctx_printf(o->ctx, "ONNX has no operator for '%s'%s%s",
                                     op_info[n->op].name, *refused ? ", " : "", refused));
  return row->emit ? row->emit(o, n, y) : onnx_elementwise(o, n, y);
}

bool onnx_level(OnnxOut *o, OnnxLevel *level) {
  const Graph *g = level->graph;
  const Node *outer = o->node;
  const bool *live = graph_live(g);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (live[i] && !put_node(o, &g->nodes.data[i], &level->values[i])) return false;
  o->node = outer;
  return true;
}

/* ---- the file ---- */

/* External data begins at multiples of this, so that it can be mapped. */
enum { ALIGNED = 4096 };

static uint64_t aligned(uint64_t at) { return (at + ALIGNED - 1) / ALIGNED * ALIGNED; }

/* What is small stays inside in any case. */
static bool is_beside(const OnnxTensor *t) { return t->bytes >= 1024; }

static void put_entry(Text *out, const char *key, const char *value) {
  Text entry = text_new(out->arena);
  proto_text(&entry, 1, key);
  proto_text(&entry, 2, value);
  proto_message(out, 13, &entry);
}

/* A TensorProto; of one inside the bytes follow. */
static Text tensor_head(OnnxOut *o, const OnnxTensor *t, const char *location, uint64_t *offset) {
  Text out = text_new(&o->ctx->arena);
  for (int i = 0; i < t->rank; i++) proto_int(&out, 1, t->dims[i]);
  proto_int(&out, 2, t->type);
  proto_text(&out, 8, t->name);
  if (!location || !is_beside(t)) {
    proto_head(&out, 9, t->bytes);
    return out;
  }
  put_entry(&out, "location", location);
  put_entry(&out, "offset", ctx_printf(o->ctx, "%llu", (unsigned long long)*offset));
  put_entry(&out, "length", ctx_printf(o->ctx, "%llu", (unsigned long long)t->bytes));
  proto_int(&out, 14, 1);
  *offset = aligned(*offset + t->bytes);
  return out;
}

typedef struct Parts {
  Text *heads;      /* a tensor each: tag, length and fields of the initializer */
  bool *inside;     /* its bytes follow */
  uint64_t n_bytes; /* of all of them in the graph */
} Parts;

static Parts put_tensors(OnnxOut *o, const char *location) {
  uint32_t n = o->tensors.len;
  uint64_t offset = 0;
  Parts p = {arena_array(&o->ctx->arena, Text, n + 1), arena_array(&o->ctx->arena, bool, n + 1), 0};
  for (uint32_t i = 0; i < n; i++) {
    const OnnxTensor *t = &o->tensors.data[i];
    p.inside[i] = !location || !is_beside(t);
    Text fields = tensor_head(o, t, location, &offset);
    uint64_t bytes = p.inside[i] ? t->bytes : 0;
    p.heads[i] = text_new(&o->ctx->arena);
    proto_head(&p.heads[i], 5, fields.len + bytes);
    text_put(&p.heads[i], fields.data, fields.len);
    p.n_bytes += p.heads[i].len + bytes;
  }
  return p;
}

static void put_opset(Text *model, const char *domain, int version) {
  Text set = text_new(model->arena);
  proto_text(&set, 1, domain);
  proto_int(&set, 2, version);
  proto_message(model, 8, &set);
}

/* Everything of the model but its graph. */
static Text model_head(OnnxOut *o) {
  Text out = text_new(&o->ctx->arena);
  proto_int(&out, 1, ONNX_IR);
  proto_text(&out, 2, "ordo");
  proto_text(&out, 3, ORDO_VERSION);
  proto_text(&out, 6, o->what->what);
  put_opset(&out, "", ONNX_OPSET);
  if (o->functions) {
    put_opset(&out, "ordo", 1);
    onnx_random_functions(o, &out);
  }
  return out;
}

/* The graph's fields around the initializers. */
static Text graph_fields(OnnxOut *o) {
  Text out = text_new(&o->ctx->arena);
  text_put(&out, o->sizes.nodes.data, o->sizes.nodes.len);
  text_put(&out, o->level->nodes.data, o->level->nodes.len);
  proto_text(&out, 2, o->what->what);
  text_put(&out, o->inputs.data, o->inputs.len);
  text_put(&out, o->outputs.data, o->outputs.len);
  return out;
}

static bool write_beside(OnnxOut *o, const char *path) {
  static const char zeros[ALIGNED];
  FileOut out;
  uint64_t at = 0;
  if (!file_create(o->ctx, path, &out)) return false;
  for (uint32_t i = 0; i < o->tensors.len; i++) {
    const OnnxTensor *t = &o->tensors.data[i];
    if (!is_beside(t)) continue;
    file_put(&out, zeros, aligned(at) - at);
    file_put(&out, t->data, t->bytes);
    at = aligned(at) + t->bytes;
  }
  return file_commit(&out);
}

/* Protocol buffers end at 2 GB, with room for what is no tensor. */
static bool too_large(const OnnxOut *o) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < o->tensors.len; i++) bytes += o->tensors.data[i].bytes;
  return bytes > ((uint64_t)1 << 31) - ((uint64_t)1 << 28);
}

static bool write_model(OnnxOut *o, const char *path) {
  FileOut out;
  bool beside = o->what->beside || too_large(o);
  const char *data = beside ? ctx_printf(o->ctx, "%s.data", path) : NULL;
  const char *slash = data ? strrchr(data, '/') : NULL;
  Parts parts = put_tensors(o, slash ? slash + 1 : data);
  Text fields = graph_fields(o), model = model_head(o);
  proto_head(&model, 7, fields.len + parts.n_bytes);
  text_put(&model, fields.data, fields.len);
  if (beside && !write_beside(o, data)) return false;
  if (!file_create(o->ctx, path, &out)) return false;
  file_put(&out, model.data, model.len);
  for (uint32_t i = 0; i < o->tensors.len; i++) {
    file_put(&out, parts.heads[i].data, parts.heads[i].len);
    if (parts.inside[i]) file_put(&out, o->tensors.data[i].data, o->tensors.data[i].bytes);
  }
  return file_commit(&out);
}

bool onnx_export(Ctx *ctx, const OnnxExport *what, const char *path) {
  OnnxOut o = {.ctx = ctx, .what = what};
  OnnxLevel top = {.graph = what->graph, .nodes = text_new(&ctx->arena)};
  top.values = arena_array(&ctx->arena, OnnxValue, what->graph->nodes.len);
  o.level = &top;
  o.sizes.nodes = text_new(&ctx->arena);
  o.inputs = text_new(&ctx->arena);
  o.outputs = text_new(&ctx->arena);
  onnx_inputs(&o);
  if (!onnx_level(&o, &top)) return false;
  onnx_results(&o);
  return write_model(&o, path);
}
