/* Values of a file that is imported: what is known of them, and how they are written. */
#include "onnx/in.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/numbers.h"

/* Larger tensors of numbers are weights. */
enum { MOST_WRITTEN = 8 };

/* ---- element types ---- */

bool in_dtype(int64_t elem, DType *out) {
  switch (elem) {
  case ELEM_float:
  case ELEM_float16:
    *out = DT_f32;
    return true;
  case ELEM_double:
    *out = DT_f64;
    return true;
  case ELEM_bfloat16:
    *out = DT_bf16;
    return true;
  case ELEM_bool:
    *out = DT_bool;
    return true;
  case ELEM_int32:
  case ELEM_int64:
    *out = DT_i32;
    return true;
  default:
    *out = DT_i32;
    return in_narrow(elem);
  }
}

bool in_narrow(int64_t elem) {
  return elem == ELEM_uint8 || elem == ELEM_int8 || elem == ELEM_uint16 || elem == ELEM_int16 ||
         elem == ELEM_uint32 || elem == ELEM_uint64;
}

static int64_t elem_of(DType dtype) {
  switch (dtype) {
  case DT_f64:
    return ELEM_double;
  case DT_bf16:
    return ELEM_bfloat16;
  case DT_bool:
    return ELEM_bool;
  case DT_i32:
    return ELEM_int64;
  default:
    return ELEM_float;
  }
}

/* ---- making values ---- */

static InValue *new_value(OnnxIn *o, const char *name, DType dtype, int rank, const Sz *dims) {
  InValue *v = arena_new(&o->ctx->arena, InValue);
  *v = (InValue){.name = name, .dtype = dtype, .elem = elem_of(dtype), .rank = rank};
  if (rank > MAX_RANK) {
    v->rank = 0;
    o->unknown = true;
    return v;
  }
  for (int k = 0; k < rank; k++) {
    v->dims[k] = dims[k];
    o->unknown |= !dims[k].i;
  }
  return v;
}

InValue *in_temp(OnnxIn *o, const char *hint, DType dtype, int rank, const Sz *dims) {
  return new_value(o, hint, dtype, rank, dims);
}

bool in_has_output(const OnnxIn *o, uint32_t i) {
  return i < o->node->outputs.len && *o->node->outputs.data[i];
}

InValue *in_output(OnnxIn *o, uint32_t i, DType dtype, int rank, const Sz *dims) {
  const char *name = in_has_output(o, i) ? o->node->outputs.data[i] : "";
  InValue *v = new_value(o, name, dtype, rank, dims);
  if (*name) in_bind(o, name, v);
  return v;
}

InValue *in_like(OnnxIn *o, uint32_t i, const InValue *v) {
  InValue *y = in_output(o, i, v->dtype, v->rank, v->dims);
  y->elem = v->elem;
  return y;
}

void in_alias(OnnxIn *o, uint32_t i, const InValue *v) {
  if (in_has_output(o, i)) in_bind(o, o->node->outputs.data[i], (InValue *)v);
}

void in_set_whole(InValue *v, const Sz *whole, int64_t count) {
  v->whole = whole;
  v->count = count;
}

void in_set_real(InValue *v, const double *real, int64_t count) {
  v->real = real;
  v->count = count;
}

bool in_is_number(const InValue *v) { return in_known(v) && v->count == 1 && !v->id && !v->held; }

bool in_known(const InValue *v) { return v->whole || v->real; }

int64_t in_count(OnnxIn *o, const InValue *v) {
  int64_t count = 1, extent;
  for (int k = 0; k < v->rank; k++)
    if (!size_is_const(o->ctx, v->dims[k], &extent) ||
        __builtin_mul_overflow(count, extent, &count))
      return -1;
  return count;
}

Sz in_elements(OnnxIn *o, const InValue *v) {
  Sz n = size_const(o->ctx, 1);
  for (int k = 0; k < v->rank; k++) n = size_mul(o->ctx, n, v->dims[k]);
  return n;
}

bool in_axis(OnnxIn *o, int64_t axis, int rank, int *out) {
  if (axis < 0) axis += rank;
  *out = (int)axis;
  return (axis >= 0 && axis < rank) || in_refuse(o, "has no axis %lld", (long long)axis);
}

/* ---- tensors of the file ---- */

static int64_t whole_of(const ProtoField *f, uint64_t bits) {
  return f->number == 5 ? (int32_t)bits : (int64_t)bits;
}

/* Element types that stand in int32_data hold bits of floats there. */
static double real_of(int64_t elem, const ProtoField *f, uint64_t bits) {
  if (f->number == 4) return proto_as_float(bits);
  if (f->number == 10) return proto_as_double(bits);
  if (f->number == 11) return (double)bits; /* without a sign */
  if (elem == ELEM_bfloat16) return bf16_to_f32((uint16_t)bits);
  if (elem == ELEM_float16) {
    int exponent = (int)(bits >> 10 & 31), rest = (int)(bits & 1023);
    double size = exponent == 31  ? (rest ? NAN : INFINITY)
                  : exponent == 0 ? ldexp(rest, -24)
                                  : ldexp(1024 + rest, exponent - 25);
    return bits & 0x8000 ? -size : size;
  }
  return (double)whole_of(f, bits);
}

typedef struct Typed {
  const ModelTensor *t;
  uint32_t at;
  ProtoIn left;
} Typed;

static bool typed_next(Typed *in, const ProtoField **field, uint64_t *bits) {
  for (; in->at < in->t->typed.len; in->at++) {
    const ProtoField *f = *field = &in->t->typed.data[in->at];
    int bytes = f->number == 4 ? 4 : f->number == 10 ? 8 : 0;
    if (f->wire != WIRE_bytes) {
      *bits = f->value;
      in->at++;
      return true;
    }
    if (!in->left.at) in->left = f->bytes;
    if (bytes ? proto_fixed(&in->left, bytes, bits) : proto_varint(&in->left, bits)) return true;
    in->left = (ProtoIn){0};
  }
  return false;
}

static const char *tensor_what(OnnxIn *o, const ModelTensor *t) {
  return ctx_printf(o->ctx, "'%s': tensor '%s'", o->model->path, t->name);
}

static bool tensor_wrong(OnnxIn *o, const ModelTensor *t, const char *what) {
  diag_at(o->ctx, (Span){0}, E_onnx_format, "%s %s", tensor_what(o, t), what);
  o->failed = true;
  return false;
}

/* A file beside the model, which may not lead out of its folder. */
static bool open_beside(OnnxIn *o, const ModelTensor *t, FileIn *in, uint64_t *offset) {
  const char *slash = strrchr(o->model->path, '/'), *where = t->location ? t->location : "";
  if (!*where || *where == '/' || strstr(where, ".."))
    return tensor_wrong(o, t, "lies in a file outside of the model's folder");
  *offset = t->offset ? strtoull(t->offset, NULL, 10) : 0;
  int folder = slash ? (int)(slash - o->model->path + 1) : 0;
  return file_open(o->ctx, ctx_printf(o->ctx, "%.*s%s", folder, o->model->path, where), (Span){0},
                   in);
}

static bool elem_number(int64_t elem, Number *out) {
  const char *names[] = {
      [ELEM_float] = "f32",    [ELEM_uint8] = "u8",   [ELEM_int8] = "i8",    [ELEM_uint16] = "u16",
      [ELEM_int16] = "i16",    [ELEM_int32] = "i32",  [ELEM_int64] = "i64",  [ELEM_bool] = "bool",
      [ELEM_float16] = "f16",  [ELEM_double] = "f64", [ELEM_uint32] = "u32", [ELEM_uint64] = "u64",
      [ELEM_bfloat16] = "bf16"};
  return elem > 0 && elem <= ELEM_bfloat16 && names[elem] && number_find(names[elem], out);
}

/* Its elements as those of 'into', which has its shape. False after a diagnostic. */
static bool read_raw(OnnxIn *o, const ModelTensor *t, Tensor *into) {
  FileIn in = file_memory(o->model->path, t->raw.at, proto_left(&t->raw));
  NumberSource from = {.in = &in, .what = tensor_what(o, t)};
  uint64_t bytes, offset = 0;
  bool beside = t->beside;
  if (!elem_number(t->elem, &from.number)) return tensor_wrong(o, t, "has unknown elements");
  if (!number_size(from.number, into->dims, into->rank, &bytes))
    return tensor_wrong(o, t, "is too large");
  if (beside && !open_beside(o, t, &in, &offset)) return false;
  from.offset = offset;
  bool good = beside ? offset <= in.size && bytes <= in.size - offset : in.size == bytes;
  if (!good) tensor_wrong(o, t, "has not as many bytes as its shape says");
  good = good && number_read(o->ctx, &from, into, NULL);
  if (beside) file_close(&in);
  return good;
}

static bool read_typed(OnnxIn *o, const ModelTensor *t, Tensor *into) {
  Typed in = {.t = t};
  const ProtoField *f;
  uint64_t bits;
  int64_t n = 0, count = tensor_count(into);
  for (; typed_next(&in, &f, &bits); n++) {
    double value = real_of(t->elem, f, bits);
    if (n == count) return tensor_wrong(o, t, "has not as many numbers as its shape says");
    if (into->dtype == DT_i32 && !(value >= -2147483648.0 && value <= 2147483647.0))
      return tensor_wrong(o, t, "has a number that i32 does not hold");
    tensor_set(into, n, value);
  }
  return (n == count && !in.left.broken) ||
         tensor_wrong(o, t, "has not as many numbers as its shape says");
}

Tensor *in_read_tensor(OnnxIn *o, const ModelTensor *t) {
  DType dtype;
  if (!in_dtype(t->elem, &dtype)) {
    tensor_wrong(o, t, ctx_printf(o->ctx, "has elements of %s", model_elem_name(t->elem)));
    return NULL;
  }
  Tensor *into =
      t->dims.len <= TENSOR_MAX_RANK
          ? tensor_new_or_report(o->ctx, dtype, t->dims.data, (int)t->dims.len, tensor_what(o, t))
          : NULL;
  if (!into) return NULL;
  if (t->has_raw || t->beside ? read_raw(o, t, into) : read_typed(o, t, into)) return into;
  tensor_free(into);
  return NULL;
}

/* Whole numbers of 64 bits are read as they are: ends of parts are often the largest of them. */
static bool read_whole(OnnxIn *o, const ModelTensor *t, InValue *v, int64_t n) {
  Sz *whole = arena_array(&o->ctx->arena, Sz, n + 1);
  ProtoIn raw = t->raw;
  Typed in = {.t = t};
  const ProtoField *f;
  uint64_t bits;
  int64_t i = 0;
  if (t->has_raw)
    for (; i < n && proto_fixed(&raw, 8, &bits); i++) whole[i] = size_const(o->ctx, (int64_t)bits);
  else
    for (; i < n && typed_next(&in, &f, &bits); i++)
      whole[i] = size_const(o->ctx, whole_of(f, bits));
  if (i < n || proto_left(&raw) || (!t->has_raw && typed_next(&in, &f, &bits)))
    return tensor_wrong(o, t, "has not as many numbers as its shape says");
  in_set_whole(v, whole, n);
  return true;
}

static bool know(OnnxIn *o, const ModelTensor *t, InValue *v, int64_t n) {
  if (t->elem == ELEM_int64 && !t->beside) return read_whole(o, t, v, n);
  Tensor *tensor = in_read_tensor(o, t);
  if (!tensor) return false;
  Sz *whole = arena_array(&o->ctx->arena, Sz, n + 1);
  double *real = arena_array(&o->ctx->arena, double, n + 1);
  for (int64_t i = 0; i < n; i++) {
    real[i] = tensor_get(tensor, i);
    if (!dtype_is_float(v->dtype)) whole[i] = size_const(o->ctx, (int64_t)real[i]);
  }
  if (dtype_is_float(v->dtype))
    in_set_real(v, real, n);
  else
    in_set_whole(v, whole, n);
  tensor_free(tensor);
  return true;
}

InValue *in_constant(OnnxIn *o, const ModelTensor *t, const char *name) {
  Sz dims[MAX_RANK];
  DType dtype;
  int64_t count = 1;
  if (t->dims.len > MAX_RANK) return tensor_wrong(o, t, "has too many axes"), NULL;
  for (uint32_t k = 0; k < t->dims.len; k++) {
    dims[k] = size_const(o->ctx, t->dims.data[k]);
    if (t->dims.data[k] < 0 || __builtin_mul_overflow(count, t->dims.data[k], &count))
      return tensor_wrong(o, t, "has a shape that no tensor can have"), NULL;
  }
  if (!in_dtype(t->elem, &dtype)) {
    tensor_wrong(o, t, ctx_printf(o->ctx, "has elements of %s", model_elem_name(t->elem)));
    return NULL;
  }
  InValue *v = new_value(o, name, dtype, (int)t->dims.len, dims);
  v->elem = t->elem;
  v->tensor = t;
  bool small = count <= (dtype_is_float(dtype) ? MOST_WRITTEN : IN_MOST_KNOWN);
  return small && !know(o, t, v, count) ? NULL : v;
}

bool in_ints(OnnxIn *o, const InValue *v, int64_t *out, int64_t most, int64_t *n) {
  if (!v || !v->whole || v->count > most) return false;
  for (int64_t i = 0; i < v->count; i++)
    if (!size_is_const(o->ctx, v->whole[i], &out[i])) return false;
  *n = v->count;
  return true;
}

bool in_is_const(OnnxIn *o, const InValue *v, int64_t i, int64_t *value) {
  return v && v->whole && i < v->count && size_is_const(o->ctx, v->whole[i], value);
}

/* ---- text ---- */

const char *in_letter(int axis) {
  static const char *const letters[MAX_RANK] = {"i", "j", "k", "l", "m",  "n",  "p",  "q",
                                                "r", "s", "u", "v", "i2", "j2", "k2", "l2"};
  return axis >= 0 && axis < MAX_RANK ? letters[axis] : "i";
}

const char *in_letters(OnnxIn *o, int rank) {
  Text out = text_new(&o->ctx->arena);
  for (int k = 0; k < rank; k++) text_printf(&out, "%s%s", k ? ", " : "", in_letter(k));
  return text_str(&out);
}

const char *in_dims(OnnxIn *o, const Sz *dims, int rank) {
  Text out = text_new(&o->ctx->arena);
  for (int k = 0; k < rank; k++) {
    text_puts(&out, k ? ", " : "");
    size_print(o->ctx, dims[k], &out);
  }
  return text_str(&out);
}

const char *in_size(OnnxIn *o, Sz size) {
  const char *text = size_str(o->ctx, size);
  int64_t value;
  bool sum = size_is_const(o->ctx, size, &value) ? value < 0 : strpbrk(text, " *+-") != NULL;
  return sum ? ctx_printf(o->ctx, "(%s)", text) : text;
}

const char *in_typed(OnnxIn *o, DType dtype, const char *number) {
  if (dtype == DT_f32 && !strchr(number, '(') && strpbrk(number, "0123456789") == number)
    return ctx_printf(o->ctx, "f32(%s)", number);
  return dtype == DT_bool ? number : ctx_printf(o->ctx, "%s(%s)", dtype_name[dtype], number);
}

const char *in_real(OnnxIn *o, double value, DType dtype) {
  Text out = text_new(&o->ctx->arena);
  if (dtype == DT_f64)
    text_double(&out, value);
  else
    text_float(&out, (float)value);
  const char *text = text_str(&out);
  return *text == '-' ? ctx_printf(o->ctx, "(%s)", text) : text;
}

/* Element i of what is known, as a number without a type. */
static const char *element(OnnxIn *o, const InValue *v, int64_t i) {
  int64_t value;
  if (v->real) return in_real(o, v->real[i], v->dtype);
  if (v->dtype != DT_bool) return in_size(o, v->whole[i]);
  return size_is_const(o->ctx, v->whole[i], &value) && value ? "true" : "false";
}

static bool all_equal(const InValue *v) {
  for (int64_t i = 1; i < v->count; i++)
    if (v->real ? memcmp(&v->real[i], &v->real[0], sizeof *v->real) != 0
                : !sz_eq(v->whole[i], v->whole[0]))
      return false;
  return v->count > 0;
}

static bool holds_sizes(OnnxIn *o, const InValue *v) {
  for (int64_t i = 0; v->whole && i < v->count; i++)
    if (!size_is_const(o->ctx, v->whole[i], NULL)) return true;
  return false;
}

static const char *weight(OnnxIn *o, InValue *v) {
  InWeight w = {.name = v->name, .dtype = v->dtype, .rank = v->rank, .tensor = v->tensor};
  if (!v->id) {
    v->id = in_new_id(o, v->name, true);
    w.id = v->id;
    o->names.data[v->id].value = v;
    if (!v->tensor) w.value = v;
    for (int k = 0; k < v->rank; k++) size_is_const(o->ctx, v->dims[k], &w.dims[k]);
    vec_push(&o->ctx->arena, &o->weights, w);
  }
  const char *mark = ctx_printf(o->ctx, "\1%u\2", v->id);
  return v->dtype == DT_bool ? ctx_printf(o->ctx, "bool(%s)", mark) : mark;
}

/* What is known, as an expression with its shape. */
static const char *known_text(OnnxIn *o, const InValue *v) {
  const char *dims = in_dims(o, v->dims, v->rank);
  if (all_equal(v))
    return ctx_printf(o->ctx, "full(%s, %s)", in_typed(o, v->dtype, element(o, v, 0)), dims);
  Text out = text_new(&o->ctx->arena);
  for (int64_t i = 0; i < v->count; i++)
    text_printf(&out, "%s%s", i ? ", " : "", in_typed(o, v->dtype, element(o, v, i)));
  const char *list = ctx_printf(o->ctx, "stack(%s)", text_str(&out));
  return v->rank == 1 ? list : ctx_printf(o->ctx, "reshape(%s, [%s])", list, dims);
}

const char *in_use(OnnxIn *o, const InValue *given) {
  InValue *v = (InValue *)given; /* which learns how it is called */
  if (!v->id && in_known(v) && !v->held) {
    if (!v->rank) return in_typed(o, v->dtype, element(o, v, 0));
    if (!v->count)
      return ctx_printf(o->ctx, "full(%s, %s)",
                        in_typed(o, v->dtype, v->dtype == DT_bool ? "false" : "0"),
                        in_dims(o, v->dims, v->rank));
    bool sizes = holds_sizes(o, v);
    if (sizes && v->count > 8 * MOST_WRITTEN)
      in_refuse(o, "uses %lld sizes as numbers", (long long)v->count);
    if (all_equal(v) || v->count <= MOST_WRITTEN || sizes) return known_text(o, v);
  }
  if (!v->id && (v->tensor || in_known(v))) return weight(o, v);
  if (v->tensor || (in_known(v) && v->id)) return weight(o, v);
  if (!v->id) {
    in_refuse(o, "uses a value that has no text: '%s'", v->name);
    return "0";
  }
  o->names.data[v->id].value = v;
  const char *mark = ctx_printf(o->ctx, "\1%u\2", v->id);
  return v->below.i ? ctx_printf(o->ctx, "i32(%s)", mark) : mark;
}

const char *in_first(OnnxIn *o, const InValue *v) { return element(o, v, 0); }

const char *in_number(OnnxIn *o, const InValue *v) {
  return in_is_number(v) ? element(o, v, 0) : in_use(o, v);
}

/* "y_12" and "y.3" are called y, with a number where there are several. */
static const char *without_number(OnnxIn *o, const char *hint) {
  size_t n = strlen(hint), k = n;
  while (k && hint[k - 1] >= '0' && hint[k - 1] <= '9') k--;
  bool apart = k < n && k > 1 && (hint[k - 1] == '_' || hint[k - 1] == '.');
  return apart ? ctx_printf(o->ctx, "%.*s", (int)k - 1, hint) : hint;
}

const char *in_def(OnnxIn *o, InValue *v) {
  bool nice = false;
  const char *hint = v->name, *slash = strrchr(hint, '/');
  if (slash) hint = slash + 1;
  const char *op = o->node ? o->node->op : "";
  size_t n = strlen(op);
  if (!*hint || (*hint >= '0' && *hint <= '9') || strstr(hint, "::")) hint = op;
  nice = strncmp(hint, op, n) != 0 && !strstr(hint, "output");
  hint = without_number(o, nice ? hint : op);
  if (!v->id) v->id = in_new_id(o, hint, nice);
  o->names.data[v->id].value = v;
  return ctx_printf(o->ctx, "\3%u\2", v->id);
}

void in_put_type(OnnxIn *o, const InValue *v, Text *out) {
  if (v->below.i)
    text_printf(out, "<%s>", size_str(o->ctx, v->below));
  else
    text_puts(out, dtype_name[v->dtype]);
  if (v->rank) text_printf(out, "[%s]", in_dims(o, v->dims, v->rank));
}

void in_put_weight_type(const InWeight *w, Text *out) {
  text_puts(out, dtype_name[w->dtype == DT_bool ? DT_i32 : w->dtype]);
  for (int k = 0; k < w->rank; k++)
    text_printf(out, "%s%lld", k ? ", " : "[", (long long)w->dims[k]);
  text_puts(out, w->rank ? "]" : "");
}
