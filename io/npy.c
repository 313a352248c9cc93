/* Layout: 93 'NUMPY', major, minor, length of the header (u16 in version 1, u32 later;
 * little-endian), the header, the elements. The header is a Python dictionary with exactly three
 * entries:
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 * A small strict reader takes it apart; nothing else of Python is understood. */
#include "io/npy.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "io/numbers.h"

static const char MAGIC[] = "\x93NUMPY";
enum { MAGIC_LENGTH = 6, HEADER_LIMIT = 1 << 20 };

typedef struct Npy {
  Ctx *ctx;
  const char *path;
  const char *at; /* next character of the header */
  uint64_t data;  /* offset of the elements */
  Number number;
  bool swap, fortran;
  bool has_descr, has_order, has_shape;
  int rank;
  int64_t dims[TENSOR_MAX_RANK];
} Npy;

__attribute__((format(printf, 2, 3))) static bool malformed(const Npy *npy, const char *format,
                                                            ...) {
  va_list args;
  va_start(args, format);
  const char *what = arena_vprintf(&npy->ctx->arena, format, args);
  va_end(args);
  diag_at(npy->ctx, (Span){0}, E_npy_format, "'%s' is no valid .npy file: %s", npy->path, what);
  return false;
}

/* ---- header ---- */

/* The header's text in the arena, NUL-terminated; NULL after a diagnostic. */
static const char *load_header(Npy *npy, const FileIn *in) {
  unsigned char start[12];
  bool known = in->size >= 10 && file_get(npy->ctx, in, 0, start, 10);
  if (!known || memcmp(start, MAGIC, MAGIC_LENGTH)) {
    malformed(npy, "it does not start with \\x93NUMPY");
    return NULL;
  }
  int version = start[6];
  if (version < 1 || version > 3) {
    malformed(npy, "version %d is unknown", version);
    return NULL;
  }
  int length_bytes = version == 1 ? 2 : 4;
  if (!file_get(npy->ctx, in, 8, start + 8, (size_t)length_bytes)) return NULL;
  uint32_t length = 0;
  for (int i = length_bytes - 1; i >= 0; i--) length = length << 8 | start[8 + i];
  if (length > HEADER_LIMIT) {
    malformed(npy, "the header's length is %u bytes", length);
    return NULL;
  }
  npy->data = 8 + (uint64_t)length_bytes + length;
  char *text = arena_alloc(&npy->ctx->arena, length + 1);
  return file_get(npy->ctx, in, 8 + (uint64_t)length_bytes, text, length) ? text : NULL;
}

static void skip_space(Npy *npy) { npy->at += strspn(npy->at, " \t\r\n"); }

/* Takes one character, after white space. */
static bool take(Npy *npy, char c) {
  skip_space(npy);
  if (*npy->at != c) return false;
  npy->at++;
  return true;
}

static bool take_word(Npy *npy, const char *word) {
  skip_space(npy);
  size_t n = strlen(word);
  if (strncmp(npy->at, word, n) || isalnum((unsigned char)npy->at[n])) return false;
  npy->at += n;
  return true;
}

/* A quoted text without escapes; NULL when there is none. */
static const char *take_string(Npy *npy) {
  skip_space(npy);
  char quote = *npy->at;
  if (quote != '\'' && quote != '"') return NULL;
  const char *start = npy->at + 1, *end = strchr(start, quote);
  if (!end) return NULL;
  npy->at = end + 1;
  return ctx_printf(npy->ctx, "%.*s", (int)(end - start), start);
}

static bool parse_descr(Npy *npy) {
  const char *descr = take_string(npy);
  if (!descr) return malformed(npy, "its elements are records, not numbers");
  char order = *descr;
  if (order && strchr("<>|=", order)) descr++;
  npy->swap = order == '>';
  if (number_find_npy(descr, &npy->number)) return true;
  diag_at(npy->ctx, (Span){0}, E_number_dtype, "'%s' has elements of type '%s'", npy->path, descr);
  diag_expected(npy->ctx, "numbers: f2 f4 f8, i1 i2 i4 i8, u1 u2 u4 u8, b1");
  return false;
}

static bool parse_order(Npy *npy) {
  npy->fortran = take_word(npy, "True");
  return npy->fortran || take_word(npy, "False") ||
         malformed(npy, "fortran_order is neither True nor False");
}

static bool parse_extent(Npy *npy, int64_t *extent) {
  skip_space(npy);
  *extent = 0;
  if (!isdigit((unsigned char)*npy->at))
    return malformed(npy, "an extent of the shape is not a number");
  for (; isdigit((unsigned char)*npy->at); npy->at++)
    if (__builtin_mul_overflow(*extent, 10, extent) ||
        __builtin_add_overflow(*extent, *npy->at - '0', extent))
      return malformed(npy, "an extent of the shape is too large");
  if (*npy->at == 'L') npy->at++; /* Python 2 wrote long integers so */
  return true;
}

static bool parse_shape(Npy *npy) {
  if (!take(npy, '(')) return malformed(npy, "the shape is not a tuple");
  while (!take(npy, ')')) {
    if (npy->rank == TENSOR_MAX_RANK)
      return malformed(npy, "it has more than %d axes", TENSOR_MAX_RANK);
    if (!parse_extent(npy, &npy->dims[npy->rank++])) return false;
    if (!take(npy, ',') && (npy->rank < 2 || *npy->at != ')'))
      return malformed(npy, "the shape is not a tuple");
  }
  return true;
}

static bool parse_header(Npy *npy) {
  static const struct {
    const char *name;
    size_t seen; /* offset of the flag */
    bool (*parse)(Npy *npy);
  } keys[] = {{"descr", offsetof(Npy, has_descr), parse_descr},
              {"fortran_order", offsetof(Npy, has_order), parse_order},
              {"shape", offsetof(Npy, has_shape), parse_shape}};
  if (!take(npy, '{')) return malformed(npy, "the header is not a dictionary");
  while (!take(npy, '}')) {
    const char *name = take_string(npy);
    size_t i = 0;
    while (name && i < 3 && strcmp(name, keys[i].name)) i++;
    if (!name || i == 3 || !take(npy, ':'))
      return malformed(npy, "the header has an unknown entry");
    bool *seen = (bool *)((char *)npy + keys[i].seen);
    if (*seen) return malformed(npy, "the header has '%s' twice", name);
    *seen = true;
    if (!keys[i].parse(npy)) return false;
    if (!take(npy, ',') && *npy->at != '}') return malformed(npy, "the header ends early");
  }
  if (!npy->has_descr || !npy->has_order || !npy->has_shape)
    return malformed(npy, "the header lacks descr, fortran_order or shape");
  return true;
}

/* ---- elements ---- */

/* Fortran order to C order: the file has the first axis fastest. */
static Tensor *to_row_major(Ctx *ctx, const Tensor *columns, const char *what) {
  Tensor *rows = tensor_new_or_report(ctx, columns->dtype, columns->dims, columns->rank, what);
  if (!rows) return NULL;
  size_t width = (size_t)dtype_bytes[rows->dtype];
  int64_t at[TENSOR_MAX_RANK] = {0}, stride[TENSOR_MAX_RANK], from = 0;
  for (int i = 0; i < rows->rank; i++) stride[i] = i ? stride[i - 1] * rows->dims[i - 1] : 1;
  for (int64_t to = 0, n = tensor_count(rows); to < n; to++) {
    memcpy((char *)rows->data + (size_t)to * width,
           (const char *)columns->data + (size_t)from * width, width);
    for (int axis = rows->rank - 1; axis >= 0; axis--) { /* the next place in row-major order */
      from += stride[axis];
      if (++at[axis] < rows->dims[axis]) break;
      from -= stride[axis] * rows->dims[axis];
      at[axis] = 0;
    }
  }
  return rows;
}

static bool check_size(Npy *npy, const FileIn *in) {
  uint64_t bytes;
  if (!number_size(npy->number, npy->dims, npy->rank, &bytes))
    return malformed(npy, "the size overflows");
  if (in->size - npy->data == bytes) return true;
  bool cut = in->size - npy->data < bytes;
  diag_at(npy->ctx, (Span){0}, cut ? E_file_truncated : E_npy_format, "'%s' %s", npy->path,
          cut ? "ends early: it was cut short" : "has bytes behind its last element");
  diag_expected(npy->ctx, "%llu bytes", (unsigned long long)(npy->data + bytes));
  diag_got(npy->ctx, "%llu bytes", (unsigned long long)in->size);
  return false;
}

Tensor *npy_decode(Ctx *ctx, const FileIn *in, DType want) {
  Npy npy = {.ctx = ctx, .path = in->path};
  npy.at = load_header(&npy, in);
  if (!npy.at || !parse_header(&npy) || !check_size(&npy, in)) return NULL;
  const char *what = ctx_printf(ctx, "'%s'", in->path);
  Tensor *tensor =
      tensor_new_or_report(ctx, number_dtype(npy.number, want), npy.dims, npy.rank, what);
  NumberSource from = {in, npy.data, npy.number, npy.swap, what};
  if (!tensor) return NULL;
  if (!number_read(ctx, &from, tensor, NULL)) {
    tensor_free(tensor);
    return NULL;
  }
  if (!npy.fortran || npy.rank < 2) return tensor;
  Tensor *rows = to_row_major(ctx, tensor, what);
  tensor_free(tensor);
  return rows;
}

bool npy_look(Ctx *ctx, const FileIn *in, Number *number, int *rank, int64_t *dims) {
  Npy npy = {.ctx = ctx, .path = in->path};
  npy.at = load_header(&npy, in);
  if (!npy.at || !parse_header(&npy)) return false;
  *number = npy.number;
  *rank = npy.rank;
  memcpy(dims, npy.dims, sizeof npy.dims);
  return true;
}

Tensor *npy_read(Ctx *ctx, const char *path, DType want) {
  FileIn in;
  if (!file_open(ctx, path, (Span){0}, &in)) return NULL;
  Tensor *tensor = npy_decode(ctx, &in, want);
  file_close(&in);
  return tensor;
}

/* ---- writing ---- */

void npy_print_header(Ctx *ctx, const Tensor *tensor, Text *out) {
  const NumberInfo *info = &number_info[number_of(tensor->dtype)];
  Text dict = text_new(&ctx->arena);
  char order = info->bytes == 1 ? '|' : '<';
  text_printf(&dict, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order, info->npy);
  for (int i = 0; i < tensor->rank; i++) /* (), (3,), (3, 4) */
    text_printf(&dict, "%s%lld%s", i ? ", " : "", (long long)tensor->dims[i],
                tensor->rank == 1 ? "," : "");
  text_puts(&dict, "), }");
  while ((10 + dict.len + 1) % 64) text_putc(&dict, ' ');
  text_putc(&dict, '\n');
  text_put(out, MAGIC, MAGIC_LENGTH);
  text_put(out, "\x01\x00", 2);
  text_putc(out, (char)(dict.len & 255));
  text_putc(out, (char)(dict.len >> 8));
  text_put(out, text_str(&dict), dict.len);
}

Tensor *npy_writable(Ctx *ctx, const Tensor *tensor, const char *path) {
  DType dtype = tensor->dtype == DT_bf16 ? DT_f32 : tensor->dtype;
  return tensor_convert(ctx, tensor, dtype, ctx_printf(ctx, "'%s'", path));
}

bool npy_write(Ctx *ctx, const char *path, const Tensor *tensor) {
  Tensor *copy = npy_writable(ctx, tensor, path);
  FileOut out;
  if (!copy) return false;
  bool good = file_create(ctx, path, &out);
  if (good) {
    Text header = text_new(&ctx->arena);
    npy_print_header(ctx, copy, &header);
    file_put(&out, text_str(&header), header.len);
    file_put(&out, copy->data, tensor_bytes(copy));
    good = file_commit(&out);
  }
  tensor_free(copy);
  return good;
}

static Tensor *read_array(Ctx *ctx, const char *path, DType want, int rank) {
  (void)rank; /* the file says it */
  return npy_read(ctx, path, want);
}

const FormatCode format_npy = {.read = read_array, .write = npy_write};
