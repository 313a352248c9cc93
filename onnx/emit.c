/* Names, constants and nodes: see emit.h. */
#include "onnx/emit.h"

#include <string.h>

#include "onnx/proto.h"

bool onnx_refuse(OnnxOut *o, const char *why) {
  Span span = o->node ? o->node->span : (Span){0};
  if (!o->failed) diag_at(o->ctx, span, E_export_failed, "%s", why);
  o->failed = true;
  return false;
}

OnnxType onnx_outside(DType dtype) {
  static const OnnxType types[N_DTYPES] = {
      [DT_bool] = ONNX_bool,     [DT_key] = ONNX_uint64, [DT_idx] = ONNX_int32,
      [DT_i32] = ONNX_int32,     [DT_f32] = ONNX_float,  [DT_f64] = ONNX_double,
      [DT_bf16] = ONNX_bfloat16,
  };
  return types[dtype];
}

OnnxType onnx_type(DType dtype) { return dtype == DT_bf16 ? ONNX_float : onnx_outside(dtype); }

/* ---- names ---- */

const char *onnx_name(OnnxOut *o, const char *like) {
  for (uint32_t k = 0;; k++) {
    const char *name = k ? ctx_printf(o->ctx, "%s.%u", like, k) : like;
    uint64_t key = ctx_str(o->ctx, name).i;
    uint32_t next;
    if (!map_get(&o->names, key, &next)) {
      map_set(&o->ctx->arena, &o->names, key, 1);
      return k ? name : arena_strdup(&o->ctx->arena, like);
    }
    if (next > k + 1) k = next - 1; /* those before are taken */
    map_set(&o->ctx->arena, &o->names, ctx_str(o->ctx, like).i, k + 2);
  }
}

/* "/net/process/": the scope of the node that is written, for viewers that fold by it. */
static void put_scope(const OnnxOut *o, Text *out) {
  const char *scope = o->node ? ctx_text(o->ctx, o->node->scope) : "";
  text_putc(out, '/');
  for (const char *c = scope; *c; c++) text_putc(out, *c == '.' ? '/' : *c);
  if (*scope) text_putc(out, '/');
}

/* ---- nodes ---- */

static void put_attr(Text *out, const OnnxAttr *attr) {
  Text one = text_new(out->arena);
  proto_text(&one, 1, attr->name);
  if (attr->kind == ONNX_f) proto_float(&one, 2, attr->f);
  if (attr->kind == ONNX_i) proto_int(&one, 3, attr->i);
  if (attr->kind == ONNX_s) proto_text(&one, 4, attr->s);
  if (attr->kind == ONNX_g) proto_message(&one, 6, attr->g);
  if (attr->kind == ONNX_ints) proto_ints(&one, 8, attr->ints, attr->n);
  proto_int(&one, 20, attr->kind);
  proto_message(out, 5, &one);
}

void onnx_node(OnnxOut *o, const char *domain, const char *type, const char *const *in, int n,
               const char *const *out, int n_out, const OnnxAttr *attrs, int n_attrs) {
  Text node = text_new(&o->ctx->arena), name = text_new(&o->ctx->arena);
  while (n && !in[n - 1]) n--;
  for (int i = 0; i < n; i++) proto_text(&node, 1, in[i] ? in[i] : "");
  for (int i = 0; i < n_out; i++) proto_text(&node, 2, out[i]);
  put_scope(o, &name);
  text_puts(&name, out[0]);
  proto_text(&node, 3, text_str(&name));
  proto_text(&node, 4, type);
  for (int i = 0; i < n_attrs; i++) put_attr(&node, &attrs[i]);
  if (domain) proto_text(&node, 7, domain);
  proto_message(&o->level->nodes, 1, &node);
}

const char *onnx_put(OnnxOut *o, const char *type, const char *const *in, int n,
                     const OnnxAttr *attrs, int n_attrs) {
  const Node *node = o->node;
  const char *like = node && !str_none(node->name) ? ctx_text(o->ctx, node->name) : type;
  const char *name = onnx_name(o, like);
  onnx_node(o, NULL, type, in, n, &name, 1, attrs, n_attrs);
  return name;
}

const char *onnx_1(OnnxOut *o, const char *type, const char *a) {
  return onnx_put(o, type, &a, 1, NULL, 0);
}

const char *onnx_2(OnnxOut *o, const char *type, const char *a, const char *b) {
  const char *in[2] = {a, b};
  return onnx_put(o, type, in, 2, NULL, 0);
}

const char *onnx_3(OnnxOut *o, const char *type, const char *a, const char *b, const char *c) {
  const char *in[3] = {a, b, c};
  return onnx_put(o, type, in, 3, NULL, 0);
}

const char *onnx_cast(OnnxOut *o, const char *a, OnnxType to) {
  OnnxAttr attr = ONNX_INT("to", to);
  return onnx_put(o, "Cast", &a, 1, &attr, 1);
}

const char *onnx_round_bf16(OnnxOut *o, const char *a) {
  return onnx_cast(o, onnx_cast(o, a, ONNX_bfloat16), ONNX_float);
}

static const char *onnx_axes(OnnxOut *o, const int32_t *values, int n);

const char *onnx_is_nan(OnnxOut *o, const char *a) { return onnx_1(o, "IsNaN", a); }

const char *onnx_reduce(OnnxOut *o, const char *type, const char *a, const int32_t *axes, int n) {
  OnnxAttr attr = ONNX_INT("keepdims", 0);
  const char *in[2] = {a, n < 0 ? NULL : onnx_axes(o, axes, n)};
  return n ? onnx_put(o, type, in, 2, &attr, 1) : a;
}

/* ---- constants ---- */

static const char *kept(OnnxOut *o, uint64_t key) {
  uint32_t at;
  return map_get(&o->constants, key, &at) ? o->made.data[at] : NULL;
}

static const char *keep(OnnxOut *o, uint64_t key, OnnxTensor tensor) {
  Arena *arena = &o->ctx->arena;
  tensor.data = arena_copy(arena, tensor.data, tensor.bytes);
  vec_push(arena, &o->tensors, tensor);
  vec_push(arena, &o->made, tensor.name);
  map_set(arena, &o->constants, key, o->made.len - 1);
  return tensor.name;
}

static uint32_t put_number(OnnxType type, double value, unsigned char *bytes) {
  int64_t whole = value >= -0x1p63 && value < 0x1p63 ? (int64_t)value : 0;
  float single = (float)value;
  switch (type) {
  case ONNX_bool:
    bytes[0] = value != 0;
    return 1;
  case ONNX_float:
    memcpy(bytes, &single, 4);
    return 4;
  case ONNX_double:
    memcpy(bytes, &value, 8);
    return 8;
  case ONNX_int32:
  case ONNX_uint32:
    memcpy(bytes, &whole, 4);
    return 4;
  default:
    memcpy(bytes, &whole, 8);
    return 8;
  }
}

static const char *constant(OnnxOut *o, OnnxType type, double value) {
  unsigned char bytes[8] = {0};
  uint32_t n = put_number(type, value, bytes);
  uint64_t key = hash_bytes(bytes, n, hash_mix((uint64_t)type, 1));
  const char *name = kept(o, key);
  if (name) return name;
  Text like = text_new(&o->ctx->arena);
  text_puts(&like, "constant ");
  text_double(&like, value);
  name = onnx_name(o, text_str(&like));
  return keep(o, key, (OnnxTensor){.name = name, .type = type, .data = bytes, .bytes = n});
}

const char *onnx_constant(OnnxOut *o, OnnxType type, double value) {
  return constant(o, type, value);
}

const char *onnx_number(OnnxOut *o, DType dtype, double value) {
  return constant(o, onnx_type(dtype), value);
}

const char *onnx_ints(OnnxOut *o, const int64_t *values, int n) {
  uint64_t key = hash_bytes(values, sizeof *values * (size_t)n, hash_mix((uint64_t)n, 2));
  const char *name = kept(o, key);
  if (name) return name;
  int64_t *dims = arena_array(&o->ctx->arena, int64_t, 1);
  dims[0] = n;
  Text like = text_new(&o->ctx->arena);
  text_puts(&like, "numbers");
  for (int i = 0; i < n; i++) text_printf(&like, " %lld", (long long)values[i]);
  name = onnx_name(o, text_str(&like));
  return keep(o, key,
              (OnnxTensor){.name = name,
                           .type = ONNX_int64,
                           .rank = 1,
                           .dims = dims,
                           .data = values,
                           .bytes = sizeof *values * (size_t)n});
}

/* ---- values ---- */

const char *onnx_whole_value(OnnxOut *o, OnnxValue *value, Ty type) {
  const TypeInfo *info = type_info(o->ctx, type);
  if (value->whole) return value->whole;
  if (value->have == onnx_all(info->rank) && !(value->scalar && info->rank)) return value->name;
  return value->whole = onnx_2(o, "Expand", value->name, onnx_shape(o, info->dims, info->rank));
}

const char *onnx_whole(OnnxOut *o, const Node *n, int k) {
  Ref r = n->operands[k];
  return onnx_whole_value(o, onnx_value(o, r), graph_type(o->level->graph, r));
}

bool onnx_done(OnnxValue *y, const TypeInfo *type, const char *name) {
  *y = (OnnxValue){.name = name, .have = onnx_all(type->rank), .scalar = !type->rank};
  return true;
}

static const char *onnx_axes(OnnxOut *o, const int32_t *values, int n) {
  int64_t axes[MAX_RANK] = {0};
  for (int i = 0; i < n; i++) axes[i] = values[i];
  return onnx_ints(o, axes, n);
}
