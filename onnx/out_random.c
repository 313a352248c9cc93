/* Random numbers: the same bits as base/threefry.h, as functions of the model (domain "ordo").
 *
 *   threefry(key, c0, c1) -> (x0, x1)      int32 words of a block; a key is a uint64
 *   key_of_block(key, c0, c1) -> key
 *   key_of_seed(seed) -> key               of a run: folded with STREAM_RUN
 *
 * Additions are of int32, which wrap around; shifts are of uint32. */
#include "onnx/out.h"

#include "base/threefry.h"
#include "onnx/proto.h"

/* ---- in graphs ---- */

static const char *call(OnnxOut *o, const char *function, const char *const *in, int n,
                        const char *like, int which) {
  const char *out[2] = {onnx_name(o, like), onnx_name(o, like)};
  bool block = which >= 0;
  o->functions = true;
  onnx_node(o, "ordo", function, in, n, out, block ? 2 : 1, NULL, 0);
  return out[block ? which : 0];
}

static double word(uint32_t bits) { return (int32_t)bits; }

const char *scalar_fold(OnnxOut *o, const Node *n, const char *const *a) {
  (void)n;
  const char *in[3] = {a[0], a[1], onnx_constant(o, ONNX_int32, word(THREEFRY_FOLD))};
  return call(o, "key_of_block", in, 3, "key", -1);
}

const char *scalar_seed(OnnxOut *o, const Node *n, const char *const *a) {
  (void)n;
  const char *in[3] = {onnx_constant(o, ONNX_uint64, 0), a[0],
                       onnx_constant(o, ONNX_int32, word(THREEFRY_SEED))};
  return call(o, "key_of_block", in, 3, "key", -1);
}

bool out_random(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type);
  const char *places = onnx_range(o, type_count(o->ctx, n->type), ONNX_int64);
  places = onnx_reshape(o, onnx_cast(o, places, ONNX_int32), type->dims, type->rank);
  double stream = word((uint32_t)node_int(n, A_stream, 0));
  const char *in[3] = {onnx_whole(o, n, 0), places, onnx_constant(o, ONNX_int32, stream)};
  return onnx_done(y, type, call(o, "threefry", in, 3, "bits", (int)(node_int(n, A_word, 0) & 1)));
}

/* ---- the functions ---- */

typedef struct OnnxBody {
  Arena *arena;
  Text nodes;
  int n; /* of names */
} OnnxBody;

static const char *step(OnnxBody *f, const char *type, const char *a, const char *b,
                        const char *attr, int64_t value, const char *text) {
  Text node = text_new(f->arena), at = text_new(f->arena);
  const char *name = arena_printf(f->arena, "t%d", f->n++);
  if (a) proto_text(&node, 1, a);
  if (b) proto_text(&node, 1, b);
  proto_text(&node, 2, name);
  proto_text(&node, 4, type);
  if (attr) {
    proto_text(&at, 1, attr);
    if (text)
      proto_text(&at, 4, text);
    else
      proto_int(&at, 3, value);
    proto_int(&at, 20, text ? 3 : 2);
    proto_message(&node, 5, &at);
  }
  proto_message(&f->nodes, 7, &node);
  return name;
}

static const char *cast(OnnxBody *f, const char *a, OnnxType to) {
  return step(f, "Cast", a, NULL, "to", to, NULL);
}

/* A constant of 64 bits, cast. */
static const char *number(OnnxBody *f, OnnxType type, uint32_t bits) {
  const char *wide = step(f, "Constant", NULL, NULL, "value_int",
                          type == ONNX_int32 ? (int32_t)bits : (int64_t)bits, NULL);
  return cast(f, wide, type);
}

static const char *shift(OnnxBody *f, const char *a, const char *by, const char *direction) {
  return step(f, "BitShift", a, by, "direction", 0, direction);
}

static const char *plain(OnnxBody *f, const char *type, const char *a, const char *b) {
  return step(f, type, a, b, NULL, 0, NULL);
}

static const char *rotate(OnnxBody *f, const char *a, uint32_t bits) {
  const char *wide = cast(f, a, ONNX_uint32);
  const char *left = shift(f, wide, number(f, ONNX_uint32, bits), "LEFT");
  const char *right = shift(f, wide, number(f, ONNX_uint32, 32 - bits), "RIGHT");
  return cast(f, plain(f, "BitwiseOr", left, right), ONNX_int32);
}

/* The words of a key. */
static void words(OnnxBody *f, const char *key, const char **k) {
  const char *wide = number(f, ONNX_uint64, 32);
  const char *high = shift(f, key, wide, "RIGHT"), *low = shift(f, key, wide, "LEFT");
  k[0] = cast(f, cast(f, shift(f, low, wide, "RIGHT"), ONNX_uint32), ONNX_int32);
  k[1] = cast(f, cast(f, high, ONNX_uint32), ONNX_int32);
}

static void block(OnnxBody *f, const char **x) {
  static const uint32_t rotation[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const char *k[3];
  words(f, "key", k);
  k[2] = plain(f, "BitwiseXor", plain(f, "BitwiseXor", k[0], k[1]),
               number(f, ONNX_int32, THREEFRY_PARITY));
  x[0] = plain(f, "Add", "c0", k[0]);
  x[1] = plain(f, "Add", "c1", k[1]);
  for (uint32_t round = 0; round < 20; round++) {
    x[0] = plain(f, "Add", x[0], x[1]);
    x[1] = plain(f, "BitwiseXor", rotate(f, x[1], rotation[round % 8]), x[0]);
    if (round % 4 != 3) continue;
    uint32_t group = round / 4 + 1;
    x[0] = plain(f, "Add", x[0], k[group % 3]);
    x[1] = plain(f, "Add", x[1], plain(f, "Add", k[(group + 1) % 3], number(f, ONNX_int32, group)));
  }
}

/* c0 and c1 take the shape of both where only one has it. */
static void put_function(Text *model, OnnxBody *f, const char *name, const char *const *in,
                         const char *const *out) {
  Text function = text_new(f->arena);
  proto_text(&function, 1, name);
  for (; *in; in++) proto_text(&function, 4, *in);
  for (; *out; out++) proto_text(&function, 5, *out);
  text_put(&function, f->nodes.data, f->nodes.len);
  for (int i = 0; i < 2; i++) {
    Text set = text_new(f->arena);
    proto_text(&set, 1, i ? "ordo" : "");
    proto_int(&set, 2, i ? 1 : ONNX_OPSET);
    proto_message(&function, 9, &set);
  }
  proto_text(&function, 10, "ordo");
  proto_message(model, 25, &function);
}

static OnnxBody function_new(OnnxOut *o) {
  return (OnnxBody){.arena = &o->ctx->arena, .nodes = text_new(&o->ctx->arena)};
}

/* A node of the function that names its result itself. */
static void named(OnnxBody *f, const char *domain, const char *type, const char *const *in,
                  const char *const *out) {
  Text node = text_new(f->arena);
  for (; *in; in++) proto_text(&node, 1, *in);
  for (; *out; out++) proto_text(&node, 2, *out);
  proto_text(&node, 4, type);
  if (*domain) proto_text(&node, 7, domain);
  proto_message(&f->nodes, 7, &node);
}

static void put_threefry(OnnxOut *o, Text *model) {
  OnnxBody f = function_new(o);
  const char *x[2], *none = NULL;
  block(&f, x);
  named(&f, "", "Identity", (const char *[]){x[0], none}, (const char *[]){"x0", none});
  named(&f, "", "Identity", (const char *[]){x[1], none}, (const char *[]){"x1", none});
  put_function(model, &f, "threefry", (const char *[]){"key", "c0", "c1", none},
               (const char *[]){"x0", "x1", none});
}

static void put_key_of_block(OnnxOut *o, Text *model) {
  OnnxBody f = function_new(o);
  const char *none = NULL, *wide = number(&f, ONNX_uint64, 32);
  named(&f, "ordo", "threefry", (const char *[]){"key", "c0", "c1", none},
        (const char *[]){"x0", "x1", none});
  const char *low = cast(&f, cast(&f, "x0", ONNX_uint32), ONNX_uint64);
  const char *high = cast(&f, cast(&f, "x1", ONNX_uint32), ONNX_uint64);
  high = shift(&f, high, wide, "LEFT");
  named(&f, "", "BitwiseOr", (const char *[]){high, low, none}, (const char *[]){"made", none});
  put_function(model, &f, "key_of_block", (const char *[]){"key", "c0", "c1", none},
               (const char *[]){"made", none});
}

static void put_key_of_seed(OnnxOut *o, Text *model) {
  OnnxBody f = function_new(o);
  const char *none = NULL, *zero = number(&f, ONNX_uint64, 0);
  const char *seed = number(&f, ONNX_int32, THREEFRY_SEED);
  const char *fold = number(&f, ONNX_int32, THREEFRY_FOLD);
  const char *run = number(&f, ONNX_int32, STREAM_RUN);
  named(&f, "ordo", "key_of_block", (const char *[]){zero, "seed", seed, none},
        (const char *[]){"first", none});
  named(&f, "ordo", "key_of_block", (const char *[]){"first", run, fold, none},
        (const char *[]){"made", none});
  put_function(model, &f, "key_of_seed", (const char *[]){"seed", none},
               (const char *[]){"made", none});
}

void onnx_random_functions(OnnxOut *o, Text *model) {
  put_threefry(o, model);
  put_key_of_block(o, model);
  put_key_of_seed(o, model);
}
