#include "io/csv.h"
#include "io/formats.h"

#include <string.h>

#include "io/file.h"
#include "io/literal.h"

typedef struct Csv {
  Ctx *ctx;
  const char *path, *at; /* start of the next line */
  long line;             /* counts from 1 */
  char separator;        /* ' ' for any white space */
  VEC(double) values;
  NumberLook look;
  DType want; /* DTYPE_BY_LOOK: none */
  int64_t rows, columns;
} Csv;

typedef struct CsvField {
  const char *text;
  size_t n;
} CsvField;

static bool malformed(const Csv *csv, int64_t column, const char *expected, const char *got) {
  diag_at(csv->ctx, (Span){0}, E_csv_format,
          "'%s', line %ld, column %lld: this is no row of numbers", csv->path, csv->line,
          (long long)column);
  diag_expected(csv->ctx, "%s", expected);
  diag_got(csv->ctx, "%s", got);
  return false;
}

static char separator_of(const char *line, size_t n) {
  for (const char *candidate = "\t,;"; *candidate; candidate++)
    if (memchr(line, *candidate, n)) return *candidate;
  return ' ';
}

/* Cuts the field at *at out of the line that ends at 'end', without white space and quotes
 * around it. */
static CsvField take_field(const Csv *csv, const char **at, const char *end) {
  const char *stop = *at;
  if (csv->separator == ' ') {
    while (*at < end && strchr(" \t", **at)) ++*at;
    for (stop = *at; stop < end && !strchr(" \t", *stop);) stop++;
  } else {
    stop = memchr(*at, csv->separator, (size_t)(end - *at));
    if (!stop) stop = end;
  }
  const char *lo = *at, *hi = stop;
  while (lo < hi && strchr(" \t\"", *lo)) lo++;
  while (hi > lo && strchr(" \t\"", hi[-1])) hi--;
  *at = stop;
  return (CsvField){lo, (size_t)(hi - lo)};
}

/* Moves behind a separator; false at the end of the line. */
static bool next_field(const Csv *csv, const char **at, const char *end) {
  if (csv->separator == ' ')
    while (*at < end && strchr(" \t", **at)) ++*at;
  if (*at == end) return false;
  if (csv->separator != ' ') ++*at;
  return true;
}

/* A field for a message. */
static const char *shown(const Csv *csv, CsvField field) {
  enum { MOST = 60 };
  if (!field.n) return "nothing";
  return ctx_printf(csv->ctx, "'%.*s'%s", (int)(field.n < MOST ? field.n : MOST), field.text,
                    field.n > MOST ? "..." : "");
}

/* A first row without any number is a row of names. */
static bool is_header(const Csv *csv, const char *at, const char *end) {
  NumText number;
  do {
    CsvField field = take_field(csv, &at, end);
    if (numtext_scan_all(field.text, field.n, &number)) return false;
  } while (next_field(csv, &at, end));
  return true;
}

static bool unusable(const Csv *csv, int64_t column, CsvField field, const char *why) {
  diag_at(csv->ctx, (Span){0}, E_number_dtype, "'%s', line %ld, column %lld: this number %s",
          csv->path, csv->line, (long long)column, why);
  diag_got(csv->ctx, "%s", shown(csv, field));
  return false;
}

static bool read_row(Csv *csv, const char *at, const char *end) {
  int64_t column = 0;
  do {
    NumText number;
    CsvField field = take_field(csv, &at, end);
    column++;
    if (!numtext_scan_all(field.text, field.n, &number))
      return malformed(csv, column, "a number", shown(csv, field));
    if (!csv->values.len || number.look > csv->look) csv->look = number.look;
    bool by_look = csv->want == DTYPE_BY_LOOK;
    const char *why = numtext_fault(&number, by_look ? numtext_dtype(number.look) : csv->want);
    if (why) return unusable(csv, column, field, why);
    vec_push(&csv->ctx->arena, &csv->values, numtext_value(&number, csv->want));
  } while (next_field(csv, &at, end));
  if (!csv->rows++) csv->columns = column;
  if (column == csv->columns) return true;
  return malformed(
      csv, column,
      ctx_printf(csv->ctx, "%lld numbers, as in the first row", (long long)csv->columns),
      ctx_printf(csv->ctx, "%lld", (long long)column));
}

static bool read_rows(Csv *csv) {
  bool first = true;
  while (*csv->at) {
    const char *line = csv->at, *end = line + strcspn(line, "\n");
    csv->at = *end ? end + 1 : end;
    csv->line++;
    while (end > line && strchr("\r \t", end[-1])) end--;
    const char *start = line + strspn(line, " ");
    if (start >= end || *start == '#') continue;
    if (first) csv->separator = separator_of(start, (size_t)(end - start));
    bool skip = first && is_header(csv, start, end);
    first = false;
    if (!skip && !read_row(csv, start, end)) return false;
  }
  if (csv->rows) return true;
  if (!csv->line) csv->line = 1; /* the one that an empty file lacks */
  return malformed(csv, 1, "at least one row of numbers", "none");
}

Tensor *csv_decode(Ctx *ctx, const char *path, const char *text, DType want, int rank) {
  Csv csv = {.ctx = ctx, .path = path, .at = text, .want = want};
  if (!strncmp(text, "\xef\xbb\xbf", 3)) csv.at += 3; /* byte order mark */
  if (!read_rows(&csv)) return NULL;
  int64_t dims[2] = {csv.rows, csv.columns};
  int axes = 2;
  if (rank == 1 && (csv.rows == 1 || csv.columns == 1)) {
    dims[0] = csv.rows * csv.columns;
    axes = 1;
  } else if (rank == 0 && csv.rows == 1 && csv.columns == 1) {
    axes = 0;
  }
  return numtext_tensor(ctx, csv.values.data, dims, axes, csv.look, want,
                        ctx_printf(ctx, "'%s'", path));
}

Tensor *csv_read(Ctx *ctx, const char *path, DType want, int rank) {
  size_t size;
  char *text = file_read_all(ctx, path, (Span){0}, &size);
  if (!text) return NULL;
  const char *name = strcmp(path, "-") ? path : "standard input";
  Tensor *tensor = NULL;
  if (strlen(text) != size)
    diag_at(ctx, (Span){0}, E_csv_format, "'%s' is no text: it holds a zero byte", name);
  else
    tensor = csv_decode(ctx, name, text, want, rank);
  heap_free(text);
  return tensor;
}

bool csv_write(Ctx *ctx, const char *path, const Tensor *tensor) {
  if (tensor->rank > 2) {
    diag_at(ctx, (Span){0}, E_csv_format, "cannot write '%s': a CSV file holds two axes", path);
    diag_got(ctx, "a tensor of %d axes", tensor->rank);
    diag_help(ctx, "write a .npy file");
    return false;
  }
  int64_t columns = tensor->rank ? tensor->dims[tensor->rank - 1] : 1, n = tensor_count(tensor);
  Text out = text_new(&ctx->arena);
  for (int64_t i = 0; i < n; i++) {
    Tensor one = {.dtype = tensor->dtype,
                  .data = (char *)tensor->data + (size_t)i * (size_t)dtype_bytes[tensor->dtype]};
    literal_print(&one, 0, 0, &out);
    text_putc(&out, (i + 1) % columns ? ',' : '\n');
  }
  return file_write(ctx, path, text_str(&out), out.len);
}

const FormatCode format_csv = {.read = csv_read, .write = csv_write};
const FormatCode format_tsv = {.read = csv_read, .write = csv_write};
