/* Formats. JSONL: {"step": 10, "section": "train", "loss": 0.25}; nan and infinities, which JSON
 * lacks, are the texts "nan", "inf" and "-inf". CSV: a line of names (step,loss), quoted as RFC
 * 4180 says, then numbers. Numbers are shortest round-trip. Names are what the program says, but
 * for those that a row has itself (metrics_column). */
#include "app/metrics.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"

/* What the rows of a section are in a file that is continued. */
typedef struct SeenRows {
  const char *section;
  int64_t rows, last; /* last: the step of the last one */
} SeenRows;

typedef struct MetricsSection {
  const char *name, *path;
  const char **columns;
  int n, fd;
} MetricsSection;

struct Metrics {
  Ctx *ctx;
  const char *dir, *path;
  int64_t keep;
  bool counted; /* the rows of metrics.jsonl are known */
  int fd;
  VEC(MetricsSection) sections;
  VEC(SeenRows) seen;
};

static SeenRows *seen(Metrics *m, const char *section) {
  for (uint32_t i = 0; i < m->seen.len; i++)
    if (!strcmp(m->seen.data[i].section, section)) return &m->seen.data[i];
  SeenRows none = {arena_strdup(&m->ctx->arena, section), 0, -1};
  vec_push(&m->ctx->arena, &m->seen, none);
  return &m->seen.data[m->seen.len - 1];
}

/* ---- names ---- */

/* "step" and "section" with any number of '_' behind them. */
static bool is_taken(const char *name) {
  static const char *const own[] = {"step", "section"};
  for (int i = 0; i < 2; i++) {
    size_t n = strlen(own[i]);
    if (!strncmp(name, own[i], n) && strspn(name + n, "_") == strlen(name + n)) return true;
  }
  return false;
}

static const char *metrics_column(Ctx *ctx, const char *log) {
  return is_taken(log) ? ctx_printf(ctx, "%s_", log) : log;
}

const char *metrics_log(Ctx *ctx, const char *column) {
  size_t n = strlen(column);
  bool escaped = is_taken(column) && column[n - 1] == '_';
  return escaped ? ctx_printf(ctx, "%.*s", (int)(n - 1), column) : column;
}

static void put_csv_name(Text *out, const char *name) {
  if (!name[strcspn(name, ",\"\r\n")]) {
    text_puts(out, name);
    return;
  }
  text_putc(out, '"');
  for (; *name; name++) {
    if (*name == '"') text_putc(out, '"');
    text_putc(out, *name);
  }
  text_putc(out, '"');
}

/* ---- cutting back ---- */

/* Takes a line of the file into account and gives its step; -1 when it is no row. n excludes the
 * newline. */
typedef int64_t (*StepOf)(Metrics *m, const char *line, size_t n);

static int64_t step_of_json(Metrics *m, const char *line, size_t n) {
  json_t *row = json_loadb(line, n, 0, NULL);
  const json_t *step = json_object_get(row, "step");
  const char *section = json_string_value(json_object_get(row, "section"));
  int64_t value = json_is_integer(step) ? json_integer_value(step) : -1;
  if (section && value >= 0 && value <= m->keep) {
    SeenRows *rows = seen(m, section);
    rows->rows++;
    rows->last = value;
  }
  json_decref(row);
  return value;
}

static int64_t step_of_csv(Metrics *m, const char *line, size_t n) {
  (void)m;
  char *end;
  long long value = strtoll(line, &end, 10);
  return end > line && (size_t)(end - line) < n && *end == ',' ? value : -1;
}

/* The length of the part of text[from, size) whose lines are whole and whose steps are at most
 * m->keep, of at most 'most' lines; -1 when a whole line is no row at all. */
static int64_t kept_length(Metrics *m, const char *text, size_t size, size_t from, int64_t most,
                           StepOf step_of) {
  size_t at = from;
  for (int64_t i = 0; at < size && i < most; i++) {
    const char *newline = memchr(text + at, '\n', size - at);
    if (!newline) break; /* the run was killed while it wrote this line */
    int64_t step = step_of(m, text + at, (size_t)(newline - (text + at)));
    if (step < 0) return -1;
    if (step > m->keep) break;
    at = (size_t)(newline - text) + 1;
  }
  return (int64_t)at;
}

static bool foreign_file(Ctx *ctx, const char *path, const char *what) {
  diag_at(ctx, (Span){0}, E_metrics_format, "cannot continue '%s': %s", path, what);
  return false;
}

/* Opens a metrics file for appending, cut back to 'keep' and 'most' rows. A CSV file starts with
 * the line 'header'; "" for JSONL. */
static bool open_at(Metrics *m, const char *path, const char *header, int64_t most, StepOf step_of,
                    int *fd) {
  int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | (m->keep < 0 ? O_TRUNC : 0);
  size_t size = 0, head = strlen(header);
  int64_t length = 0;
  if (m->keep >= 0 && !access(path, F_OK)) {
    char *text = file_read_all(m->ctx, path, (Span){0}, &size);
    if (!text) return false;
    bool ours = size < head ? !memcmp(text, header, size) : !memcmp(text, header, head);
    if (ours) length = size < head ? 0 : kept_length(m, text, size, head, most, step_of);
    heap_free(text);
    if (!ours) return foreign_file(m->ctx, path, "it has other columns");
    if (length < 0) return foreign_file(m->ctx, path, "it holds lines that are no metrics");
  }
  *fd = open(path, flags, 0666);
  bool good = *fd >= 0 && ((int64_t)size == length || !ftruncate(*fd, (off_t)length));
  if (good && !length) good = file_put_fd(*fd, header, head);
  if (!good) file_write_failed(m->ctx, path);
  return good;
}

Metrics *metrics_open(Ctx *ctx, const char *dir, int64_t keep) {
  Metrics *m = arena_new(&ctx->arena, Metrics);
  *m = (Metrics){.ctx = ctx, .dir = arena_strdup(&ctx->arena, dir), .keep = keep, .fd = -1};
  m->path = ctx_printf(ctx, "%s/metrics.jsonl", dir);
  m->counted = keep >= 0 && !access(m->path, F_OK);
  if (open_at(m, m->path, "", INT64_MAX, step_of_json, &m->fd)) return m;
  metrics_close(m);
  return NULL;
}

int metrics_section(Metrics *m, const char *name, const char *const *columns, int n) {
  Arena *arena = &m->ctx->arena;
  MetricsSection section = {.name = arena_strdup(arena, name), .n = n, .fd = -1};
  section.path = ctx_printf(m->ctx, "%s/%s.csv", m->dir, name);
  section.columns = arena_array(arena, const char *, n);
  Text header = text_new(arena);
  text_puts(&header, "step");
  for (int i = 0; i < n; i++) {
    section.columns[i] = arena_strdup(arena, metrics_column(m->ctx, columns[i]));
    text_putc(&header, ',');
    put_csv_name(&header, section.columns[i]);
  }
  text_putc(&header, '\n');
  int64_t most =
      m->counted ? seen(m, name)->rows : INT64_MAX; /* a row goes to the CSV file first */
  bool good = open_at(m, section.path, text_str(&header), most, step_of_csv, &section.fd);
  vec_push(arena, &m->sections, section);
  return good ? (int)m->sections.len - 1 : -1;
}

int64_t metrics_last(Metrics *m, int section) {
  return seen(m, m->sections.data[section].name)->last;
}

/* ---- rows ---- */

static void put_json_number(Text *out, double value) {
  if (!isfinite(value)) text_putc(out, '"');
  text_double(out, value);
  if (!isfinite(value)) text_putc(out, '"');
}

static bool append(Metrics *m, int fd, const char *path, const Text *row) {
  if (file_put_fd(fd, text_str(row), row->len)) return true;
  file_write_failed(m->ctx, path);
  return false;
}

bool metrics_row(Metrics *m, int section, int64_t step, const double *values) {
  const MetricsSection *s = &m->sections.data[section];
  Arena scratch;
  arena_scratch(&scratch, &m->ctx->arena);
  Text json = text_new(&scratch), csv = text_new(&scratch);
  text_printf(&json, "{\"step\": %lld, \"section\": \"%s\"", (long long)step, s->name);
  text_printf(&csv, "%lld", (long long)step);
  for (int i = 0; i < s->n; i++) {
    text_puts(&json, ", ");
    text_put_json(&json, s->columns[i]);
    text_puts(&json, ": ");
    put_json_number(&json, values[i]);
    text_putc(&csv, ',');
    text_double(&csv, values[i]);
  }
  text_puts(&json, "}\n");
  text_putc(&csv, '\n');
  bool good = append(m, s->fd, s->path, &csv) && append(m, m->fd, m->path, &json);
  arena_free(&scratch);
  return good;
}

static bool close_file(Metrics *m, int *fd, const char *path) {
  bool good = *fd < 0 || !close(*fd);
  *fd = -1;
  if (!good) file_write_failed(m->ctx, path);
  return good;
}

bool metrics_close(Metrics *m) {
  bool good = close_file(m, &m->fd, m->path);
  for (uint32_t i = 0; i < m->sections.len; i++)
    good = close_file(m, &m->sections.data[i].fd, m->sections.data[i].path) && good;
  return good;
}
