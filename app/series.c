/* Reading metrics: see series.h. The forms are those that metrics.c writes; numbers that JSON lacks
 * are the texts "nan", "inf" and "-inf". A last line without its end is left out: the run may be
 * writing it. */
#include "app/series.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/file.h"
#include "io/formats.h"
#include "app/metrics.h"

static bool malformed(Ctx *ctx, const char *path, int line, const char *what) {
  diag_at(ctx, (Span){0}, E_metrics_format, "%s:%d: %s", path, line, what);
  return false;
}

static Series *find(Ctx *ctx, SeriesSet *set, const char *run, const char *section,
                    const char *metric) {
  for (uint32_t i = 0; i < set->list.len; i++) {
    Series *s = &set->list.data[i];
    if (!strcmp(s->run, run) && !strcmp(s->section, section) && !strcmp(s->metric, metric))
      return s;
  }
  Series new = {.run = run,
                .section = arena_strdup(&ctx->arena, section),
                .metric = arena_strdup(&ctx->arena, metric)};
  vec_push(&ctx->arena, &set->list, new);
  return &set->list.data[set->list.len - 1];
}

static void add(Ctx *ctx, SeriesSet *set, const char *run, const char *section, const char *metric,
                SeriesPoint point) {
  Series *s = find(ctx, set, run, section, metric);
  vec_push(&ctx->arena, &s->points, point);
}

static bool number(const json_t *value, double *out) {
  char *end;
  if (json_is_number(value)) {
    *out = json_number_value(value);
    return true;
  }
  if (!json_is_string(value)) return false;
  const char *text = json_string_value(value);
  *out = strtod(text, &end);
  return end > text && !*end && !isfinite(*out);
}

static bool read_json_line(Ctx *ctx, const char *path, int line, const char *text, size_t n,
                           const char *run, SeriesSet *set) {
  json_t *row = json_loadb(text, n, 0, NULL), *value;
  const char *key, *section = json_string_value(json_object_get(row, "section"));
  double step = 0, y;
  bool good = section && number(json_object_get(row, "step"), &step);
  json_object_foreach(row, key, value) {
    if (!good || !strcmp(key, "step") || !strcmp(key, "section")) continue;
    if (number(value, &y))
      add(ctx, set, run, section, metrics_log(ctx, key), (SeriesPoint){step, y});
  }
  json_decref(row);
  return good || malformed(ctx, path, line, "this line is no row of metrics");
}

static bool read_json(Ctx *ctx, const char *path, const char *text, size_t size, const char *run,
                      SeriesSet *set) {
  int line = 1;
  for (size_t at = 0; at < size; line++) {
    const char *end = memchr(text + at, '\n', size - at);
    if (!end) break;
    size_t n = (size_t)(end - text) - at;
    if (n && !read_json_line(ctx, path, line, text + at, n, run, set)) return false;
    at += n + 1;
  }
  return true;
}

/* One name of the first line, and what is behind it; quoted or not (RFC 4180). */
static const char *take_name(Ctx *ctx, const char *at, const char *end, const char **name) {
  Text text = text_new(&ctx->arena);
  bool quoted = at < end && *at == '"';
  for (at += quoted; at < end; at++) {
    if (quoted && *at == '"' && !(at + 1 < end && at[1] == '"')) {
      at++;
      break;
    }
    if (!quoted && strchr(",\r\n", *at)) break;
    at += quoted && *at == '"';
    text_putc(&text, *at);
  }
  *name = metrics_log(ctx, text_str(&text));
  return at;
}

/* The names in the first line, which ends at *at then; the first of them is the step's. */
static uint32_t read_header(Ctx *ctx, const char **at, const char *end, const char ***names) {
  VEC(const char *) list = {0};
  for (bool more = true; more;) {
    const char *name;
    *at = take_name(ctx, *at, end, &name);
    vec_push(&ctx->arena, &list, name);
    more = *at < end && **at == ',';
    if (more) ++*at;
  }
  while (*at < end && **at != '\n') ++*at;
  *names = list.data;
  return list.len;
}

static bool read_csv(Ctx *ctx, const char *path, const char *text, size_t size, const char *run,
                     const char *section, SeriesSet *set) {
  const char *end = text, *stop = text + size, **names;
  uint32_t n = read_header(ctx, &end, stop, &names);
  if (end == stop) return malformed(ctx, path, 1, "there is no line of names");
  if (n < 2) return malformed(ctx, path, 1, "expected the names of a step and of metrics");
  for (int line = 2; (text = end + 1) < stop; line++) {
    end = memchr(text, '\n', (size_t)(stop - text));
    if (!end) break;
    double row[2] = {0, 0};
    for (uint32_t k = 0; k < n; k++) {
      char *after;
      row[k > 0] = strtod(text, &after);
      if (after == text || *after != (k + 1 < n ? ',' : '\n'))
        return malformed(ctx, path, line, "this line is no row of numbers");
      if (k) add(ctx, set, run, section, names[k], (SeriesPoint){row[0], row[1]});
      text = after + 1;
    }
  }
  return true;
}

/* The last part of a path, without these endings. */
static const char *stem(Ctx *ctx, const char *path) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  size_t start = n;
  while (start && path[start - 1] != '/') start--;
  const char *name = ctx_printf(ctx, "%.*s", (int)(n - start), path + start);
  const Format *format = format_of(name, FOR_curves);
  return format ? ctx_printf(ctx, "%.*s", (int)(strlen(name) - strlen(format->suffix)), name)
                : name;
}

bool series_read(Ctx *ctx, const char *path, const char *name, SeriesSet *set) {
  struct stat info;
  size_t size;
  bool folder = !stat(path, &info) && S_ISDIR(info.st_mode);
  const char *file = folder ? ctx_printf(ctx, "%s/metrics.jsonl", path) : path;
  const Format *format = format_of(file, FOR_curves);
  char *text = file_read_all(ctx, file, (Span){0}, &size);
  if (!text) return false;
  const char *run = name ? arena_strdup(&ctx->arena, name) : stem(ctx, path);
  bool csv = format && !strcmp(format->name, "table");
  bool good = csv ? read_csv(ctx, file, text, size, run, stem(ctx, file), set)
                  : read_json(ctx, file, text, size, run, set);
  heap_free(text);
  return good;
}
