/* Files of numbers: what is written reads back the same; what is damaged is refused with a
 * diagnostic. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/csv.h"
#include "io/literal.h"
#include "app/metrics.h"
#include "io/formats.h"
#include "io/npy.h"
#include "io/numbers.h"
#include "app/progress.h"
#include "io/safetensors.h"

typedef struct Env {
  Ctx *ctx;
  char dir[64];
} Env;

static int setup(void **state) {
  Env *env = calloc(1, sizeof *env);
  strcpy(env->dir, "/tmp/ordo-test-files-XXXXXX");
  env->ctx = ctx_new();
  *state = env;
  return mkdtemp(env->dir) ? 0 : -1;
}

static int teardown(void **state) {
  Env *env = *state;
  char command[96];
  snprintf(command, sizeof command, "rm -rf %s", env->dir);
  int failed = system(command);
  ctx_free(env->ctx);
  free(env);
  return failed;
}

static char *in_dir(Env *env, const char *name) {
  return ctx_printf(env->ctx, "%s/%s", env->dir, name);
}

/* The only diagnostic so far has this code; forgets it. */
static void expect_code(Ctx *ctx, DiagCode code) {
  assert_true(diag_failed(ctx));
  assert_string_equal(diag_info[ctx->diags.list.data[0]->code].code, diag_info[code].code);
  diag_rollback(ctx, (DiagMark){0});
}

static Tensor *counting(DType dtype, const int64_t *dims, int rank) {
  Tensor *tensor = tensor_new(dtype, dims, rank);
  for (int64_t i = 0, n = tensor_count(tensor); i < n; i++)
    tensor_set(tensor, i, dtype == DT_bool ? (double)(i % 2) : (double)(i * 3));
  return tensor;
}

static void assert_same(const Tensor *a, const Tensor *b) {
  assert_non_null(a);
  assert_int_equal(a->dtype, b->dtype);
  assert_int_equal(a->rank, b->rank);
  for (int i = 0; i < a->rank; i++) assert_int_equal(a->dims[i], b->dims[i]);
  assert_memory_equal(a->data, b->data, tensor_bytes(b));
}

/* ---- safetensors ---- */

static const DType stored[] = {DT_bool, DT_key, DT_i32, DT_bf16, DT_f32, DT_f64};
enum { N_STORED = sizeof stored / sizeof *stored };

static void fill(Ctx *ctx, Tensors *set) {
  *set = (Tensors){0};
  for (int i = 0; i < N_STORED; i++) {
    char name[16];
    snprintf(name, sizeof name, "net.%d.W", i);
    tensors_add(ctx, set, name, counting(stored[i], (int64_t[]){2, 3}, 2));
  }
  tensors_add(ctx, set, "scalar", counting(DT_f32, NULL, 0));
  tensors_add(ctx, set, "empty", counting(DT_f32, (int64_t[]){0, 4}, 2));
  tensors_set_meta(ctx, set, "step", "120");
  tensors_set_meta(ctx, set, "note", "a \"quoted\" text");
}

static void safetensors_round_trip(void **state) {
  Env *env = *state;
  Tensors set;
  SafeFile back;
  fill(env->ctx, &set);
  char *path = in_dir(env, "a.safetensors");
  assert_true(safetensors_write(env->ctx, path, &set));
  assert_true(safetensors_open(env->ctx, path, (Span){0}, &back));
  assert_int_equal(back.n, set.list.len);
  for (uint32_t i = 0; i < set.list.len; i++) {
    const SafeTensor *found = safetensors_find(&back, set.list.data[i].name);
    assert_non_null(found);
    assert_true(found->has_crc);
    Tensor *tensor = safetensors_get(&back, found, DTYPE_BY_LOOK);
    assert_same(tensor, set.list.data[i].tensor);
    tensor_free(tensor);
  }
  assert_string_equal(tensors_find_meta(&back.meta, "step"), "120");
  assert_string_equal(tensors_find_meta(&back.meta, "note"), "a \"quoted\" text");
  tensors_free(&set);
  safetensors_close(&back);
}

static void safetensors_refuses_bad_names(void **state) {
  Env *env = *state;
  static const char *const names[] = {"__metadata__", "twice", "bad utf-8 \xff"};
  for (size_t i = 0; i < 3; i++) {
    Tensors set = {0};
    tensors_add(env->ctx, &set, "twice", counting(DT_f32, NULL, 0));
    tensors_add(env->ctx, &set, names[i], counting(DT_f32, NULL, 0));
    assert_false(safetensors_write(env->ctx, in_dir(env, "b.safetensors"), &set));
    expect_code(env->ctx, E_safetensors_format);
    tensors_free(&set);
  }
}

/* Every prefix of a valid file is refused. */
static void safetensors_truncated(void **state) {
  Env *env = *state;
  Tensors set;
  SafeFile back;
  size_t size;
  fill(env->ctx, &set);
  char *path = in_dir(env, "c.safetensors");
  assert_true(safetensors_write(env->ctx, path, &set));
  tensors_free(&set);
  char *bytes = file_read_all(env->ctx, path, (Span){0}, &size);
  for (size_t n = 0; n < size; n++) {
    assert_false(safetensors_open_in(env->ctx, file_memory("cut", bytes, n), &back));
    assert_true(diag_failed(env->ctx));
    diag_rollback(env->ctx, (DiagMark){0});
  }
  heap_free(bytes);
}

/* Whether everything in the file is read as the set has it. */
static bool all_there(Ctx *ctx, const char *bytes, size_t size, const Tensors *set) {
  SafeFile back;
  bool good = safetensors_open_in(ctx, file_memory("flipped", bytes, size), &back);
  for (uint32_t i = 0; good && i < set->list.len; i++) {
    const Tensor *want = set->list.data[i].tensor;
    const SafeTensor *found = safetensors_find(&back, set->list.data[i].name);
    Tensor *got = found ? safetensors_get(&back, found, DTYPE_BY_LOOK) : NULL;
    good = got && got->dtype == want->dtype && got->rank == want->rank &&
           tensor_bytes(got) == tensor_bytes(want) &&
           !memcmp(got->data, want->data, tensor_bytes(want));
    tensor_free(got);
  }
  const char *step = good ? tensors_find_meta(&back.meta, "step") : NULL;
  if (good) safetensors_close(&back);
  return step && !strcmp(step, "120");
}

/* A flipped bit is noticed wherever it is, or changes nothing that is read. */
static void safetensors_flipped(void **state) {
  Env *env = *state;
  Tensors set;
  size_t size;
  fill(env->ctx, &set);
  char *path = in_dir(env, "f.safetensors");
  assert_true(safetensors_write(env->ctx, path, &set));
  char *bytes = file_read_all(env->ctx, path, (Span){0}, &size);
  assert_true(all_there(env->ctx, bytes, size, &set));
  size_t header = 8 + (unsigned char)bytes[0] + 256u * (unsigned char)bytes[1], noticed = 0;
  for (size_t bit = 0; bit < 8 * size; bit++) {
    bytes[bit / 8] ^= (char)(1 << bit % 8);
    bool same = all_there(env->ctx, bytes, size, &set);
    if (!same) noticed++;
    if (same && diag_failed(env->ctx)) fail_msg("bit %zu: an error of what is right", bit);
    if (!same && !diag_failed(env->ctx) && bit / 8 >= header)
      fail_msg("bit %zu is not noticed", bit);
    diag_rollback(env->ctx, (DiagMark){0});
    bytes[bit / 8] ^= (char)(1 << bit % 8);
  }
  assert_true(noticed >= 8 * (size - header));
  heap_free(bytes);
  tensors_free(&set);
}

static void safetensors_malformed(void **state) {
  Env *env = *state;
#define F32(shape, lo, hi)                                                                         \
  "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" lo "," hi "]}"
  static const struct {
    const char *header;
    DiagCode code;
  } cases[] = {
      {"{\"a\":" F32("[2]", "0", "8") ",\"b\":" F32("[1]", "4", "8") "}",
       E_safetensors_format}, /* overlap */
      {"{\"a\":" F32("[1]", "0", "4") ",\"b\":" F32("[1]", "8", "12") "}",
       E_safetensors_format},                                     /* hole */
      {"{\"a\":" F32("[1]", "0", "4") "}", E_safetensors_format}, /* bytes left over */
      {"{\"a\":" F32("[9]", "0", "36") "}", E_file_truncated},    /* beyond the end */
      {"{\"a\":" F32("[3]", "0", "8") "}", E_safetensors_format}, /* size and shape differ */
      {"{\"a\":" F32("[2]", "8", "0") "}", E_safetensors_format}, /* backwards */
      {"{\"a\":" F32("[-2]", "0", "8") "}", E_safetensors_format},
      {"{\"a\":" F32("[2.0]", "0", "8") "}", E_safetensors_format},
      {"{\"a\":" F32("[4294967296,4294967296,4294967296]", "0", "0") "}", E_safetensors_format},
      {"{\"a\":" F32("[2]", "0", "18446744073709551624") "}", E_safetensors_format},
      {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", E_safetensors_format},
      {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", E_safetensors_format},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", E_safetensors_format},
      {"{\"a\":7}", E_safetensors_format},
      {"{\"a\":" F32("[2]", "0", "8") ",\"a\":" F32("[2]", "0", "8") "}",
       E_safetensors_format}, /* twice */
      {"{\"__metadata__\":{\"x\":1},\"a\":" F32("[2]", "0", "8") "}", E_safetensors_format},
      {"{\"__metadata__\":[],\"a\":" F32("[2]", "0", "8") "}", E_safetensors_format},
      {"[]", E_safetensors_format},
      {"{\"a\":", E_safetensors_format},
      {" {}", E_safetensors_format},
  };
#undef F32
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned char bytes[512] = {0};
    size_t n = strlen(cases[i].header);
    bytes[0] = (unsigned char)n, bytes[1] = (unsigned char)(n >> 8);
    memcpy(bytes + 8, cases[i].header, n);
    SafeFile file;
    assert_false(safetensors_open_in(env->ctx, file_memory("bad", bytes, 8 + n + 8), &file));
    expect_code(env->ctx, cases[i].code);
  }
}

/* ---- npy, npz ---- */

static void npy_round_trip(void **state) {
  Env *env = *state;
  for (int i = 0; i < N_STORED; i++)
    for (int rank = 0; rank < 4; rank++) {
      Tensor *tensor = counting(stored[i], (int64_t[]){2, 3, 4}, rank);
      char *path = in_dir(env, "a.npy");
      assert_true(npy_write(env->ctx, path, tensor));
      Tensor *back = npy_read(env->ctx, path, DTYPE_BY_LOOK);
      Tensor *wanted =
          tensor_convert(env->ctx, tensor, stored[i] == DT_bf16 ? DT_f32 : stored[i], "test");
      assert_same(back, wanted);
      tensor_free(tensor);
      tensor_free(back);
      tensor_free(wanted);
    }
}

/* ---- formats.def ---- */

static Tensor *read_back(Env *env, const Format *format, const char *path, DType want, int rank) {
  if (format->code->read) return format->code->read(env->ctx, path, want, rank);
  Tensors set;
  assert_true(format->code->read_set(env->ctx, path, NULL, &set));
  assert_int_equal(set.list.len, 1);
  assert_string_equal(set.list.data[0].name, "x");
  Tensor *x = tensor_convert(env->ctx, set.list.data[0].tensor, want, "test");
  tensors_free(&set);
  return x;
}

static bool write_x(Env *env, const Format *format, const char *path, Tensor *x) {
  if (format->code->write) return format->code->write(env->ctx, path, x);
  Tensors set = {0};
  tensors_add(env->ctx, &set, "x", x);
  return format->code->write_set(env->ctx, path, &set);
}

/* What a format writes it reads again; a name is looked up by its end; no two rows of one use
 * end alike. */
static void every_format(void **state) {
  Env *env = *state;
  const Format *format;
  int read = 0;
  for (unsigned i = 0; (format = format_row(i)); i++) {
    for (unsigned use = 1; use <= FOR_picture; use *= 2) {
      const Format *found = format_of(ctx_printf(env->ctx, "some/x%s", format->suffix), use);
      bool part = strchr(format->suffix + 1, '.'); /* "x.me.json" is a .json called "x.me", too */
      if (part && !(format->uses & use)) continue;
      assert_ptr_equal(found, format_named(format->suffix + 1, use));
      if (found) assert_non_null(strstr(formats_known(env->ctx, use, true), format->suffix));
      if (format->uses & use) assert_ptr_equal(found, format);
    }
    if (!strchr(format->suffix + 1, '.'))          /* ".me.json" is a .json called ".me" */
      assert_null(format_of(format->suffix, ~0U)); /* a name before the end */
    const FormatCode *code = format->code;
    if (!code || !(code->read || code->read_set) || !(code->write || code->write_set)) continue;
    read++;
    for (int k = 0; k < N_STORED; k++) {
      Tensor *x = counting(stored[k], (int64_t[]){2, 3}, 2);
      char *path = in_dir(env, ctx_printf(env->ctx, "a%s", format->suffix));
      assert_true(write_x(env, format, path, x));
      Tensor *back = read_back(env, format, path, stored[k], 2);
      assert_same(back, x);
      tensor_free(x);
      tensor_free(back);
    }
  }
  assert_true(read >= 4);
}

/* Files that NumPy wrote. */
static void npy_from_numpy(void **state) {
  Env *env = *state;
  static const struct {
    const char *file;
    DType dtype;
    int rank;
    double values[6];
  } cases[] = {
      {"f4", DT_f32, 2, {0, 1, 2, 3, 4, 5}}, {"fortran", DT_f64, 2, {0, 1, 2, 3, 4, 5}},
      {"i8", DT_i32, 1, {0, 1, 2}},          {"bigendian", DT_f32, 1, {0, 1, 2, 3}},
      {"scalar", DT_f32, 0, {1.5}},          {"bool", DT_bool, 1, {1, 0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Tensor *tensor =
        npy_read(env->ctx, ctx_printf(env->ctx, "tests/fuzz/corpus/fuzz_npy/%s.npy", cases[i].file),
                 DTYPE_BY_LOOK);
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, cases[i].dtype);
    assert_int_equal(tensor->rank, cases[i].rank);
    for (int64_t j = 0; j < tensor_count(tensor); j++)
      assert_true(tensor_get(tensor, j) == cases[i].values[j]);
    tensor_free(tensor);
  }
  Tensors set;
  assert_true(npz_read(env->ctx, "tests/fuzz/corpus/fuzz_npy/two.npz", NULL, &set));
  assert_int_equal(tensors_find(&set, "x")->dims[0], 3);
  assert_int_equal(tensors_find(&set, "y")->rank, 2);
  tensors_free(&set);
  assert_true(npz_read(env->ctx, "tests/fuzz/corpus/fuzz_npy/deflated.npz", NULL, &set));
  assert_int_equal(tensor_count(tensors_find(&set, "x")), 400);
  tensors_free(&set);
}

static void npz_round_trip(void **state) {
  Env *env = *state;
  Tensors set = {0}, back;
  tensors_add(env->ctx, &set, "x", counting(DT_f32, (int64_t[]){3, 5}, 2));
  tensors_add(env->ctx, &set, "layer.W", counting(DT_i32, (int64_t[]){7}, 1));
  char *path = in_dir(env, "a.npz");
  assert_true(npz_write(env->ctx, path, &set));
  assert_true(npz_read(env->ctx, path, NULL, &back));
  assert_int_equal(back.list.len, 2);
  for (int i = 0; i < 2; i++)
    assert_same(tensors_find(&back, set.list.data[i].name), set.list.data[i].tensor);
  tensors_free(&set);
  tensors_free(&back);
}

static void npy_malformed(void **state) {
  Env *env = *state;
  static const struct {
    const char *header;
    DiagCode code;
  } cases[] = {
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", E_file_truncated},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
       E_npy_format}, /* bytes left over */
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", E_npy_format},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", E_npy_format},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
       E_npy_format},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
       E_npy_format},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", E_npy_format},
      {"{'descr': '<f4', 'shape': (2,), }", E_npy_format},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", E_npy_format},
      {"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }", E_npy_format},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", E_number_dtype},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", E_number_dtype},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", E_npy_format},
      {"(1, 2)", E_npy_format},
      {"", E_npy_format},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned char bytes[256] = "\x93NUMPY\x01";
    size_t n = strlen(cases[i].header);
    bytes[8] = (unsigned char)n;
    memcpy(bytes + 10, cases[i].header, n);
    FileIn in = file_memory("bad", bytes, 10 + n + 8);
    assert_null(npy_decode(env->ctx, &in, DTYPE_BY_LOOK));
    expect_code(env->ctx, cases[i].code);
  }
}

static void npy_integers_must_fit(void **state) {
  Env *env = *state;
  unsigned char bytes[256] = "\x93NUMPY\x01";
  const char *header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }";
  size_t n = strlen(header);
  bytes[8] = (unsigned char)n;
  memcpy(bytes + 10, header, n);
  bytes[10 + n + 4] = 1; /* 2^32 */
  FileIn in = file_memory("big", bytes, 10 + n + 8);
  assert_null(npy_decode(env->ctx, &in, DTYPE_BY_LOOK));
  expect_code(env->ctx, E_number_dtype);
}

/* ---- literals, CSV, conversion ---- */

static void literals(void **state) {
  Env *env = *state;
  static const struct {
    const char *text;
    DType want, dtype;
    int rank;
    double first, last;
  } cases[] = {
      {"[[0.3, 0.1], [1, 2]]", DTYPE_BY_LOOK, DT_f32, 2, 0.3f, 2},
      {"[1,2,3]", DTYPE_BY_LOOK, DT_i32, 1, 1, 3},
      {" -0.5 ", DTYPE_BY_LOOK, DT_f32, 0, -0.5, -0.5},
      {"true", DTYPE_BY_LOOK, DT_bool, 0, 1, 1},
      {"[1, 0]", DT_bool, DT_bool, 1, 1, 0},
      {"[1, 2]", DT_f64, DT_f64, 1, 1, 2},
      {"[-inf, 1e3]", DTYPE_BY_LOOK, DT_f32, 1, -INFINITY, 1000},
      {"[2.0]", DT_idx, DT_idx, 1, 2, 2},
      {"[[[1]],[[2]]]", DTYPE_BY_LOOK, DT_i32, 3, 1, 2},
      {"0.1", DT_f64, DT_f64, 0, 0.1, 0.1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Tensor *tensor = literal_read(env->ctx, cases[i].text, cases[i].want, "argument");
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, cases[i].dtype);
    assert_int_equal(tensor->rank, cases[i].rank);
    assert_true(tensor_get(tensor, 0) == cases[i].first);
    assert_true(tensor_get(tensor, tensor_count(tensor) - 1) == cases[i].last);
    tensor_free(tensor);
  }
  static const char *const wrong[] = {
      "",       "[",       "[1, 2",       "[1 2]", "[[1], 2]",        "[1, [2]]",
      "[1]]",   "0x10",    "[[1],[2,3]]", "[one]", "1.2.3",           "--1",
      "[1,,2]", "[1, 2,]", "12abc",       "1e",    "[[[1],[2]], [3]]"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_null(literal_read(env->ctx, wrong[i], DTYPE_BY_LOOK, "argument"));
    expect_code(env->ctx, E_literal_format);
  }
  assert_null(literal_read(env->ctx, "[0.5]", DT_i32, "argument"));
  expect_code(env->ctx, E_number_dtype);
  assert_null(literal_read(env->ctx, "3000000000", DT_i32, "argument"));
  expect_code(env->ctx, E_number_dtype);
}

static void literal_text(void **state) {
  Env *env = *state;
  static const char *const texts[] = {"[[1.5, 2],\n [0.1, -inf]]", "[true, false]", "7",
                                      "[[[1],\n  [2]],\n [[3],\n  [4]]]"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Tensor *tensor = literal_read(env->ctx, texts[i], DTYPE_BY_LOOK, "argument");
    Text out = text_new(&env->ctx->arena);
    literal_print(tensor, 0, 0, &out);
    assert_string_equal(text_str(&out), texts[i]);
    tensor_free(tensor);
  }
  Tensor *many = counting(DT_i32, (int64_t[]){100}, 1);
  Text out = text_new(&env->ctx->arena);
  literal_print(many, 0, 6, &out);
  assert_string_equal(text_str(&out), "[0, 3, 6, ..., 291, 294, 297]");
  tensor_free(many);
}

static void csv(void **state) {
  Env *env = *state;
  static const struct {
    const char *text;
    int rank;
    int64_t rows, columns;
  } good[] = {
      {"1,2,3\n4,5,6\n", 2, 2, 3},         {"a,b\n1.5,2\n", 2, 1, 2}, {"1\t2\n3\t4", 2, 2, 2},
      {"# c\n1 2\n\n3   4\r\n", 2, 2, 2},  {"1;2\n", 2, 1, 2},        {"\"1\",\"2\"\n", 2, 1, 2},
      {"\xef\xbb\xbfx\n5\n6\n", -1, 2, 1},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    Tensor *tensor = csv_decode(env->ctx, "good.csv", good[i].text, DT_f32, good[i].rank);
    assert_non_null(tensor);
    assert_int_equal(tensor->dims[0], good[i].rows);
    assert_int_equal(tensor->dims[1], good[i].columns);
    tensor_free(tensor);
  }
  Tensor *vector = csv_decode(env->ctx, "v.csv", "1\n2\n3\n", DTYPE_BY_LOOK, 1);
  assert_int_equal(vector->rank, 1);
  assert_int_equal(vector->dtype, DT_i32);
  tensor_free(vector);
  static const char *const wrong[] = {"", "a,b\n", "1,2\n3\n", "1,two\n", "1,,2\n", "1,2\n3,x\n"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_null(csv_decode(env->ctx, "wrong.csv", wrong[i], DT_f32, 2));
    expect_code(env->ctx, E_csv_format);
  }
}

static void csv_round_trip(void **state) {
  Env *env = *state;
  Tensor *tensor = counting(DT_f32, (int64_t[]){2, 3}, 2);
  tensor_set(tensor, 1, 0.1f);
  assert_true(csv_write(env->ctx, in_dir(env, "a.csv"), tensor));
  Tensor *back = csv_read(env->ctx, in_dir(env, "a.csv"), DT_f32, 2);
  assert_same(back, tensor);
  tensor_free(tensor);
  tensor_free(back);
}

/* ---- atomic writes ---- */

static long count_entries(const char *dir) {
  struct stat info;
  char command[128];
  snprintf(command, sizeof command, "test $(ls -A %s | wc -l) -eq 1", dir);
  return stat(dir, &info) ? -1 : system(command);
}

/* A write that cannot finish leaves the old file and nothing else. */
static void full_disk(void **state) {
  Env *env = *state;
  char *path = in_dir(env, "old"), *big = calloc(1, 1 << 20);
  size_t size;
  assert_true(file_write(env->ctx, path, "old contents", 12));
  struct rlimit before, small = {.rlim_cur = 65536};
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  bool written = file_write(env->ctx, path, big, 1 << 20);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_false(written);
  expect_code(env->ctx, E_file_write);
  char *now = file_read_all(env->ctx, path, (Span){0}, &size);
  assert_string_equal(now, "old contents");
  assert_int_equal(count_entries(env->dir), 0);
  heap_free(now);
  free(big);
  assert_false(file_write(env->ctx, "/dev/full", "x", 1));
  expect_code(env->ctx, E_file_write);
  assert_false(file_write(env->ctx, in_dir(env, "no/such/folder"), "x", 1));
  expect_code(env->ctx, E_file_write);
}

static void missing_files(void **state) {
  Env *env = *state;
  SafeFile file;
  assert_false(safetensors_open(env->ctx, in_dir(env, "none"), (Span){0}, &file));
  expect_code(env->ctx, E_file_missing);
  assert_null(npy_read(env->ctx, env->dir, DTYPE_BY_LOOK)); /* a folder */
  expect_code(env->ctx, E_file_missing);
  assert_null(csv_read(env->ctx, in_dir(env, "none"), DT_f32, 2));
  expect_code(env->ctx, E_file_missing);
  assert_true(file_make_dir(env->ctx, in_dir(env, "a/b/c")));
  assert_true(file_make_dir(env->ctx, in_dir(env, "a/b/c")));
  assert_true(file_write(env->ctx, in_dir(env, "a/file"), "", 0));
  assert_false(file_make_dir(env->ctx, in_dir(env, "a/file/d")));
  expect_code(env->ctx, E_file_write);
}

/* ---- metrics, progress ---- */

static void write_metrics(Env *env, int64_t keep, int from, int to) {
  static const char *const columns[] = {"loss", "kl"};
  static const char *const accuracy[] = {"accuracy"};
  Metrics *m = metrics_open(env->ctx, env->dir, keep);
  assert_non_null(m);
  int train = metrics_section(m, "train", columns, 2),
      eval = metrics_section(m, "eval", accuracy, 1);
  assert_true(train >= 0 && eval >= 0);
  for (int step = from; step <= to; step++) {
    assert_true(metrics_row(m, train, step, (double[]){1.0 / step, step == 3 ? NAN : 0}));
    if (step % 5 == 0) assert_true(metrics_row(m, eval, step, (double[]){step * 0.1}));
  }
  assert_true(metrics_close(m));
}

static char *all_metrics(Env *env) {
  size_t size;
  Text text = text_new(&env->ctx->arena);
  static const char *const files[] = {"metrics.jsonl", "train.csv", "eval.csv"};
  for (int i = 0; i < 3; i++) {
    char *one = file_read_all(env->ctx, in_dir(env, files[i]), (Span){0}, &size);
    assert_non_null(one);
    text_puts(&text, one);
    heap_free(one);
  }
  return arena_strdup(&env->ctx->arena, text_str(&text));
}

static void append_raw(Env *env, const char *name, const char *text) {
  FILE *file = fopen(in_dir(env, name), "a");
  fputs(text, file);
  fclose(file);
}

static void metrics_resume(void **state) {
  Env *env = *state;
  write_metrics(env, -1, 1, 10);
  char *whole = all_metrics(env);
  write_metrics(env, -1, 1, 8);
  append_raw(env, "metrics.jsonl", "{\"step\": 9, \"sec"); /* killed in the middle of a row */
  append_raw(env, "train.csv", "9,0.1");
  write_metrics(env, 6, 7, 10); /* the checkpoint was made after step 6 */
  assert_string_equal(all_metrics(env), whole);
  append_raw(env, "metrics.jsonl", "no metrics\n");
  assert_null(metrics_open(env->ctx, env->dir, 10));
  expect_code(env->ctx, E_metrics_format);
}

static void metrics_other_columns(void **state) {
  Env *env = *state;
  static const char *const other[] = {"reward"};
  write_metrics(env, -1, 1, 3);
  Metrics *m = metrics_open(env->ctx, env->dir, 3);
  assert_int_equal(metrics_section(m, "train", other, 1), -1);
  expect_code(env->ctx, E_metrics_format);
  metrics_close(m);
}

static void durations(void **state) {
  (void)state;
  char buffer[24];
  assert_string_equal(progress_duration(0.84, buffer), "0.8 s");
  assert_string_equal(progress_duration(42, buffer), "42 s");
  assert_string_equal(progress_duration(245, buffer), "4:05");
  assert_string_equal(progress_duration(3723, buffer), "1:02:03");
  assert_string_equal(progress_duration(INFINITY, buffer), "-");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(safetensors_round_trip), TEST(safetensors_refuses_bad_names),
      TEST(safetensors_truncated),  TEST(safetensors_malformed),
      TEST(safetensors_flipped),    TEST(every_format),
      TEST(npy_round_trip),         TEST(npy_from_numpy),
      TEST(npz_round_trip),         TEST(npy_malformed),
      TEST(npy_integers_must_fit),  TEST(literals),
      TEST(literal_text),           TEST(csv),
      TEST(csv_round_trip),         TEST(full_disk),
      TEST(missing_files),          TEST(metrics_resume),
      TEST(metrics_other_columns),  TEST(durations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
