/* Messages of ONNX, by the numbers of their fields (onnx.proto): see model_in.h. */
#include "onnx/model_in.h"

#include <string.h>

/* Graphs stand in attributes of nodes of graphs. */
enum { MOST_DEPTH = 32 };

typedef struct ModelReader {
  Ctx *ctx;
  const char *path, *wrong; /* what is wrong, the first time */
  int depth;
} ModelReader;

static void fail(ModelReader *r, const char *what) {
  if (!r->wrong) r->wrong = what;
}

static void done(ModelReader *r, const ProtoIn *in, const char *what) {
  if (in->broken) fail(r, ctx_printf(r->ctx, "%s ends early or is damaged", what));
}

static const char *text_of(ModelReader *r, const ProtoField *f) {
  size_t n = proto_left(&f->bytes);
  if (f->wire != WIRE_bytes) return fail(r, "a name is no text"), "";
  if (n && memchr(f->bytes.at, 0, n)) return fail(r, "a name has a zero byte"), "";
  char *text = arena_alloc(&r->ctx->arena, n + 1);
  if (n) memcpy(text, f->bytes.at, n);
  return text;
}

/* The message of a field; empty when it is none. */
static ProtoIn message_of(ModelReader *r, const ProtoField *f, const char *what) {
  if (f->wire == WIRE_bytes) return f->bytes;
  fail(r, ctx_printf(r->ctx, "%s is no message", what));
  return proto_in(NULL, 0);
}

/* ---- repeated numbers, packed or not ---- */
static void add_ints(ModelReader *r, const ProtoField *f, ModelInts *out) {
  ProtoIn packed = f->bytes;
  uint64_t value = f->value;
  if (f->wire == WIRE_varint) vec_push(&r->ctx->arena, out, (int64_t)value);
  while (f->wire == WIRE_bytes && proto_varint(&packed, &value))
    vec_push(&r->ctx->arena, out, (int64_t)value);
  done(r, &packed, "a list of whole numbers");
}

static void add_floats(ModelReader *r, const ProtoField *f, ModelReals *out) {
  ProtoIn packed = f->bytes;
  uint64_t value = f->value;
  if (f->wire == WIRE_four) vec_push(&r->ctx->arena, out, (double)proto_as_float(value));
  while (f->wire == WIRE_bytes && proto_fixed(&packed, 4, &value))
    vec_push(&r->ctx->arena, out, (double)proto_as_float(value));
  done(r, &packed, "a list of numbers");
}

/* ---- tensors ---- */

static void read_entry(ModelReader *r, ProtoIn in, ModelTensor *t) {
  const char *key = "", *value = "";
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) key = text_of(r, &f);
    if (f.number == 2) value = text_of(r, &f);
  }
  done(r, &in, "the place of a tensor");
  if (!strcmp(key, "location")) t->location = value;
  if (!strcmp(key, "offset")) t->offset = value;
  if (!strcmp(key, "length")) t->length = value;
}

static ModelTensor read_tensor(ModelReader *r, ProtoIn in) {
  ModelTensor t = {.name = ""};
  for (ProtoField f; proto_next(&in, &f);) switch (f.number) {
    case 1:
      add_ints(r, &f, &t.dims);
      break;
    case 2:
      t.elem = (int64_t)f.value;
      break;
    case 3:
      fail(r, "a tensor is cut into segments");
      break;
    case 4:
    case 5:
    case 7:
    case 10:
    case 11:
      vec_push(&r->ctx->arena, &t.typed, f);
      break;
    case 8:
      t.name = text_of(r, &f);
      break;
    case 9:
      t.has_raw = true;
      t.raw = message_of(r, &f, "the bytes of a tensor");
      break;
    case 13:
      read_entry(r, message_of(r, &f, "the place of a tensor"), &t);
      break;
    case 14:
      t.beside = f.value == 1;
      break;
    default:
      break;
    }
  done(r, &in, "a tensor");
  return t;
}

/* ---- types of inputs and outputs ---- */

static ModelDim read_dim(ModelReader *r, ProtoIn in) {
  ModelDim dim = {0};
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) dim = (ModelDim){.known = true, .value = (int64_t)f.value};
    if (f.number == 2) dim.name = text_of(r, &f);
  }
  done(r, &in, "an axis");
  if (dim.known && dim.value < 0) dim.known = false;
  if (dim.name && !*dim.name) dim.name = NULL;
  return dim;
}

static void read_tensor_type(ModelReader *r, ProtoIn in, ModelInfo *info) {
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) info->elem = (int64_t)f.value;
    if (f.number != 2) continue;
    info->has_shape = true;
    ProtoIn shape = message_of(r, &f, "a shape");
    for (ProtoField d; proto_next(&shape, &d);)
      if (d.number == 1)
        vec_push(&r->ctx->arena, &info->dims, read_dim(r, message_of(r, &d, "an axis")));
    done(r, &shape, "a shape");
  }
  done(r, &in, "a type");
}

static void read_type(ModelReader *r, ProtoIn in, ModelInfo *info) {
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) read_tensor_type(r, message_of(r, &f, "a type"), info);
    if (f.number == 4) info->kind = "a sequence";
    if (f.number == 5) info->kind = "a map";
    if (f.number == 8) info->kind = "a sparse tensor";
    if (f.number == 9) info->kind = "an optional value";
  }
  done(r, &in, "a type");
}

static ModelInfo read_info(ModelReader *r, ProtoIn in) {
  ModelInfo info = {.name = "", .doc = ""};
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) info.name = text_of(r, &f);
    if (f.number == 2) read_type(r, message_of(r, &f, "a type"), &info);
    if (f.number == 3) info.doc = text_of(r, &f);
  }
  done(r, &in, "an input or output");
  return info;
}

/* ---- nodes and graphs ---- */

static ModelGraph read_graph(ModelReader *r, ProtoIn in);

static void read_attr_field(ModelReader *r, const ProtoField *f, ModelAttr *a) {
  Arena *arena = &r->ctx->arena;
  switch (f->number) {
  case 1:
    a->name = text_of(r, f);
    break;
  case 2:
    a->f = (double)proto_as_float(f->value);
    break;
  case 3:
    a->i = (int64_t)f->value;
    break;
  case 4:
    a->s = text_of(r, f);
    break;
  case 5: {
    ModelTensor *t = arena_new(arena, ModelTensor);
    *t = read_tensor(r, message_of(r, f, "a tensor"));
    a->t = t;
    break;
  }
  case 6: {
    ModelGraph *g = arena_new(arena, ModelGraph);
    *g = read_graph(r, message_of(r, f, "a graph"));
    a->g = g;
    break;
  }
  case 7:
    add_floats(r, f, &a->floats);
    break;
  case 8:
    add_ints(r, f, &a->ints);
    break;
  case 9:
    vec_push(arena, &a->strings, text_of(r, f));
    break;
  case 10:
  case 11:
  case 14:
  case 15:
  case 22:
  case 23:
    a->other = true;
    break;
  case 21:
    a->refers = text_of(r, f);
    break;
  default:
    break;
  }
}

static ModelAttr read_attr(ModelReader *r, ProtoIn in) {
  ModelAttr a = {.name = "", .refers = "", .s = ""};
  for (ProtoField f; proto_next(&in, &f);) read_attr_field(r, &f, &a);
  done(r, &in, "an attribute");
  return a;
}

static ModelNode read_node(ModelReader *r, ProtoIn in) {
  ModelNode n = {.name = "", .op = "", .domain = ""};
  Arena *arena = &r->ctx->arena;
  for (ProtoField f; proto_next(&in, &f);) switch (f.number) {
    case 1:
      vec_push(arena, &n.inputs, text_of(r, &f));
      break;
    case 2:
      vec_push(arena, &n.outputs, text_of(r, &f));
      break;
    case 3:
      n.name = text_of(r, &f);
      break;
    case 4:
      n.op = text_of(r, &f);
      break;
    case 5:
      vec_push(arena, &n.attrs, read_attr(r, message_of(r, &f, "an attribute")));
      break;
    case 7:
      n.domain = text_of(r, &f);
      break;
    default:
      break;
    }
  done(r, &in, "a node");
  if (!strcmp(n.domain, "ai.onnx")) n.domain = "";
  return n;
}

static ModelGraph read_graph(ModelReader *r, ProtoIn in) {
  ModelGraph g = {.name = ""};
  Arena *arena = &r->ctx->arena;
  if (++r->depth > MOST_DEPTH) {
    fail(r, "graphs are nested too deeply");
    in.at = in.end;
  }
  for (ProtoField f; proto_next(&in, &f);) switch (f.number) {
    case 1:
      vec_push(arena, &g.nodes, read_node(r, message_of(r, &f, "a node")));
      break;
    case 2:
      g.name = text_of(r, &f);
      break;
    case 5:
      vec_push(arena, &g.initializers, read_tensor(r, message_of(r, &f, "a tensor")));
      break;
    case 11:
      vec_push(arena, &g.inputs, read_info(r, message_of(r, &f, "an input")));
      break;
    case 12:
      vec_push(arena, &g.outputs, read_info(r, message_of(r, &f, "an output")));
      break;
    case 15:
      g.sparse = true;
      break;
    default:
      break;
    }
  r->depth--;
  done(r, &in, "the graph");
  return g;
}

static ModelOpset read_opset(ModelReader *r, ProtoIn in) {
  ModelOpset set = {.domain = ""};
  for (ProtoField f; proto_next(&in, &f);) {
    if (f.number == 1) set.domain = text_of(r, &f);
    if (f.number == 2) set.version = (int64_t)f.value;
  }
  done(r, &in, "a set of operators");
  if (!strcmp(set.domain, "ai.onnx")) set.domain = "";
  return set;
}

static void add_opset(ModelReader *r, const ProtoField *f, ModelOpsets *sets) {
  vec_push(&r->ctx->arena, sets, read_opset(r, message_of(r, f, "a set of operators")));
}

static ModelFunction read_function(ModelReader *r, ProtoIn in) {
  ModelFunction fn = {.name = "", .domain = ""};
  Arena *arena = &r->ctx->arena;
  for (ProtoField f; proto_next(&in, &f);) switch (f.number) {
    case 1:
      fn.name = text_of(r, &f);
      break;
    case 4:
      vec_push(arena, &fn.inputs, text_of(r, &f));
      break;
    case 5:
      vec_push(arena, &fn.outputs, text_of(r, &f));
      break;
    case 7:
      vec_push(arena, &fn.body.nodes, read_node(r, message_of(r, &f, "a node")));
      break;
    case 9:
      add_opset(r, &f, &fn.opsets);
      break;
    case 10:
      fn.domain = text_of(r, &f);
      break;
    case 11:
      vec_push(arena, &fn.defaults, read_attr(r, message_of(r, &f, "an attribute")));
      break;
    default:
      break;
    }
  done(r, &in, "a function");
  return fn;
}

bool model_read(Ctx *ctx, const char *path, const void *bytes, size_t n, Model *out) {
  ModelReader r = {.ctx = ctx, .path = path};
  ProtoIn in = proto_in(bytes, n);
  bool has_graph = false;
  *out = (Model){.path = path, .producer = ""};
  for (ProtoField f; proto_next(&in, &f) && !r.wrong;) switch (f.number) {
    case 2:
      out->producer = text_of(&r, &f);
      break;
    case 7:
      has_graph = true;
      out->graph = read_graph(&r, message_of(&r, &f, "the graph"));
      break;
    case 8:
      add_opset(&r, &f, &out->opsets);
      break;
    case 25:
      vec_push(&ctx->arena, &out->functions, read_function(&r, message_of(&r, &f, "a function")));
      break;
    default:
      break;
    }
  done(&r, &in, "it");
  if (!r.wrong && !has_graph) r.wrong = "it has no graph";
  if (!r.wrong) return true;
  diag_at(ctx, (Span){0}, E_onnx_format, "'%s' is no ONNX model: %s", path, r.wrong);
  return false;
}

const ModelAttr *model_attr(const ModelNode *node, const char *name) {
  for (uint32_t i = 0; i < node->attrs.len; i++)
    if (!strcmp(node->attrs.data[i].name, name)) return &node->attrs.data[i];
  return NULL;
}

const char *model_elem_name(int64_t elem) {
  static const char *const names[] = {
      "none",     "float",  "uint8",   "int8",   "uint16", "int16",  "int32",     "int64",
      "string",   "bool",   "float16", "double", "uint32", "uint64", "complex64", "complex128",
      "bfloat16", "float8", "float8",  "float8", "float8", "uint4",  "int4",      "float4"};
  return elem >= 0 && elem < (int64_t)(sizeof names / sizeof *names) ? names[elem] : "unknown";
}
