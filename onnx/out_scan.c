/* Loops. A scan becomes Scan, one with a stop condition Loop: there the rows that were not reached
 * are added behind it. What the body captures it sees by name. */
#include "onnx/out.h"
#include "onnx/proto.h"

typedef struct OnnxLoop {
  OnnxOut *o;
  const Node *n;
  const Graph *body;
  int carries, slices, collected;
  bool reverse, until;
  Sz length;
  OnnxLevel level;
  Text inputs, outputs;   /* of the body */
  const char **in, **out; /* of the node: room for all */
  int n_in, n_out;
} OnnxLoop;

static Ref parameter(const OnnxLoop *t, int k) { return t->body->params.data[k]; }

static const char *declare(OnnxLoop *t, Text *list, uint32_t field, const char *like, Ref r) {
  const TypeInfo *info = graph_info(t->body, r);
  const char *name = onnx_name(t->o, like);
  onnx_value_info(t->o, list, field, name, NULL, onnx_type(info->dtype), info->dims, info->rank);
  return name;
}

static const char *name_of(const OnnxLoop *t, Ref r, const char *otherwise) {
  Str name = graph_node(t->body, r)->name;
  return str_none(name) ? otherwise : ctx_text(t->o->ctx, name);
}

static void whole_parameter(OnnxLoop *t, int k, const char *name) {
  Ref r = parameter(t, k);
  onnx_done(&t->level.values[r.i], graph_info(t->body, r), name);
}

/* Carries and what is captured: alike in both kinds. */
static void bind_carries(OnnxLoop *t) {
  for (int k = 0; k < t->carries; k++) {
    Ref r = parameter(t, k + 1);
    t->in[t->n_in++] = onnx_whole(t->o, t->n, k);
    whole_parameter(t, k + 1, declare(t, &t->inputs, 11, name_of(t, r, "carry"), r));
  }
  for (int k = t->carries + t->slices; k < t->n->n_operands; k++)
    t->level.values[parameter(t, k + 1).i] = *onnx_value(t->o, t->n->operands[k]);
}

/* The turn's number and its slices are what a Scan runs over. */
static void bind_scanned(OnnxLoop *t) {
  t->in[t->n_in++] = onnx_range(t->o, t->length, ONNX_int32);
  whole_parameter(t, 0,
                  declare(t, &t->inputs, 11, name_of(t, parameter(t, 0), "turn"), parameter(t, 0)));
  for (int k = t->carries; k < t->carries + t->slices; k++) {
    Ref r = parameter(t, k + 1);
    t->in[t->n_in++] = onnx_whole(t->o, t->n, k);
    whole_parameter(t, k + 1, declare(t, &t->inputs, 11, name_of(t, r, "slice"), r));
  }
}

/* A Loop counts turns; slices are taken at the place. */
static void bind_counted(OnnxLoop *t, const char *turn) {
  OnnxOut *o = t->o;
  OnnxAttr axis = ONNX_INT("axis", 0);
  const char *place = turn;
  if (t->reverse) {
    Sz last = size_sub(o->ctx, t->length, size_const(o->ctx, 1));
    place = onnx_2(o, "Sub", onnx_size_scalar(o, last), turn);
  }
  whole_parameter(t, 0, onnx_cast(o, place, ONNX_int32));
  for (int k = t->carries; k < t->carries + t->slices; k++) {
    const char *in[2] = {t->in[t->carries + 2 + k - t->carries], place};
    whole_parameter(t, k + 1, onnx_put(o, "Gather", in, 2, &axis, 1));
  }
}

static void put_body_results(OnnxLoop *t) {
  OnnxOut *o = t->o;
  int n = t->carries + t->collected;
  for (int k = 0; k < n; k++) {
    Ref r = t->body->results.data[k];
    const char *value = onnx_whole_value(o, &t->level.values[r.i], graph_type(t->body, r));
    const char *name = declare(t, &t->outputs, 12, k < t->carries ? "next" : "row", r);
    onnx_node(o, NULL, "Identity", &value, 1, &name, 1, NULL, 0);
    t->out[t->n_out++] = onnx_name(o, k < t->carries ? "last" : "rows");
  }
}

static void put_body(OnnxLoop *t, Text *graph) {
  text_put(graph, t->level.nodes.data, t->level.nodes.len);
  proto_text(graph, 2, onnx_name(t->o, "body"));
  text_put(graph, t->inputs.data, t->inputs.len);
  text_put(graph, t->outputs.data, t->outputs.len);
}

static void put_scan(OnnxLoop *t) {
  OnnxOut *o = t->o;
  OnnxLevel *outer = o->level;
  Text graph = text_new(&o->ctx->arena);
  bind_carries(t);
  bind_scanned(t);
  o->level = &t->level;
  if (onnx_level(o, &t->level)) put_body_results(t);
  o->level = outer;
  if (o->failed) return;
  put_body(t, &graph);
  int64_t *back = arena_array(&o->ctx->arena, int64_t, t->slices + t->collected + 1);
  for (int i = 0; i < t->slices + t->collected + 1; i++) back[i] = t->reverse;
  OnnxAttr attrs[4] = {ONNX_GRAPH("body", &graph), ONNX_INT("num_scan_inputs", t->slices + 1),
                       ONNX_INTS("scan_input_directions", back, (size_t)t->slices + 1),
                       ONNX_INTS("scan_output_directions", back, (size_t)t->collected)};
  onnx_node(o, NULL, "Scan", t->in, t->n_in, t->out, t->n_out, attrs, t->collected ? 4 : 3);
}

/* The condition to go on comes first among a Loop's results, the number of turns and that it shall
 * begin first among its inputs. */
static void put_loop(OnnxLoop *t) {
  OnnxOut *o = t->o;
  OnnxLevel *outer = o->level;
  Text graph = text_new(&o->ctx->arena);
  t->in[t->n_in++] = onnx_size_scalar(o, t->length);
  t->in[t->n_in++] = onnx_constant(o, ONNX_bool, 1);
  const char *turn = onnx_name(o, "turn"), *on = onnx_name(o, "on"), *go = onnx_name(o, "go");
  onnx_value_info(o, &t->inputs, 11, turn, NULL, ONNX_int64, NULL, 0);
  onnx_value_info(o, &t->inputs, 11, on, NULL, ONNX_bool, NULL, 0);
  bind_carries(t);
  for (int k = t->carries; k < t->carries + t->slices; k++)
    t->in[t->n_in + k - t->carries] = onnx_whole(o, t->n, k); /* not inputs: seen by name */
  o->level = &t->level;
  bind_counted(t, turn);
  if (onnx_level(o, &t->level)) {
    Ref r = t->body->results.data[t->carries + t->collected];
    const char *stop = onnx_whole_value(o, &t->level.values[r.i], graph_type(t->body, r));
    onnx_value_info(o, &t->outputs, 12, go, NULL, ONNX_bool, NULL, 0);
    onnx_node(o, NULL, "Not", &stop, 1, &go, 1, NULL, 0);
    put_body_results(t);
  }
  o->level = outer;
  if (o->failed) return;
  put_body(t, &graph);
  OnnxAttr attr = ONNX_GRAPH("body", &graph);
  onnx_node(o, NULL, "Loop", t->in, t->n_in, t->out, t->n_out, &attr, 1);
}

/* The rows of the turns that ran, as they come, with zeros for the others. */
static const char *all_rows(OnnxLoop *t, const char *rows, const TypeInfo *type) {
  OnnxOut *o = t->o;
  OnnxAttr ends[2] = {ONNX_INT("start", 0), ONNX_INT("end", 1)}, axis = ONNX_INT("axis", 0);
  const char *ran = onnx_put(o, "Shape", &rows, 1, ends, 2);
  const char *left = onnx_2(o, "Sub", onnx_size(o, t->length), ran);
  const char *shape[2] = {ran, left}, *dims = NULL;
  if (type->rank > 1) dims = onnx_shape(o, type->dims + 1, type->rank - 1);
  for (int i = 0; i < 2 && dims; i++) {
    const char *both[2] = {shape[i], dims};
    shape[i] = onnx_put(o, "Concat", both, 2, &axis, 1);
  }
  OnnxAttr zero = ONNX_INT("allowzero", 1); /* without turns the rows may have any shape */
  const char *in[2] = {rows, shape[0]};
  rows = onnx_put(o, "Reshape", in, 2, &zero, 1);
  const char *none = onnx_2(o, "Expand", onnx_number(o, type->dtype, 0), shape[1]);
  if (t->reverse) rows = onnx_reversed(o, rows, 0);
  const char *parts[2] = {t->reverse ? none : rows, t->reverse ? rows : none};
  return onnx_put(o, "Concat", parts, 2, &axis, 1);
}

bool out_scan(OnnxOut *o, const Node *n, OnnxValue *y) {
  Arena *arena = &o->ctx->arena;
  const TypeInfo *tuple = type_info(o->ctx, n->type);
  OnnxLoop t = {.o = o,
                .n = n,
                .body = n->body,
                .carries = (int)node_int(n, A_carries, 0),
                .slices = (int)node_int(n, A_slices, 0),
                .reverse = node_int(n, A_reverse, 0) != 0,
                .until = node_int(n, A_until, 0) != 0,
                .length = node_size(n, A_length)};
  t.collected = tuple->rank - t.carries;
  t.level.graph = t.body;
  t.level.values = arena_array(arena, OnnxValue, t.body->nodes.len);
  t.level.nodes = text_new(arena);
  t.inputs = text_new(arena);
  t.outputs = text_new(arena);
  t.in = arena_array(arena, const char *, n->n_operands + 3);
  t.out = arena_array(arena, const char *, tuple->rank + 1);
  if (t.until)
    put_loop(&t);
  else
    put_scan(&t);
  if (o->failed) return false;
  for (int k = t.carries; k < tuple->rank && t.until; k++)
    t.out[k] = all_rows(&t, t.out[k], type_info(o->ctx, tuple->items[k]));
  *y = (OnnxValue){.items = t.out};
  return true;
}

bool out_item(OnnxOut *o, const Node *n, OnnxValue *y) {
  const OnnxValue *tuple = onnx_value(o, n->operands[0]);
  return onnx_done(y, type_info(o->ctx, n->type), tuple->items[node_int(n, A_index, 0)]);
}
