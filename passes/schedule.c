/* See schedule.h. */
#include "passes/schedule.h"

#include <ctype.h>
#include <string.h>

static const struct {
  const char *word;
  ScheduleKind kind;
} words[] = {
    {"apart", SCHEDULE_apart}, {"recompute", SCHEDULE_recompute}, {"together", SCHEDULE_together}};
enum { N_WORDS = sizeof words / sizeof *words };

typedef struct ScheduleReader {
  Ctx *ctx;
  const Source *source;
  const char *at, *end; /* of the line */
  Schedule *out;
} ScheduleReader;

static Span place(const ScheduleReader *r, const char *from) {
  uint32_t base = r->source->base;
  return (Span){base + (uint32_t)(from - r->source->text),
                base + (uint32_t)(r->end - r->source->text)};
}

static bool wrong(ScheduleReader *r, const char *wanted) {
  diag_at(r->ctx, place(r, r->at), E_pipeline_syntax, "a schedule: expected %s", wanted);
  diag_help(r->ctx, "lines are: apart NAME, recompute NAME, together NAME, NAME, set PASS.OPTION "
                    "VALUE; # begins a comment");
  return false;
}

static void skip(ScheduleReader *r) {
  while (r->at < r->end && isspace((unsigned char)*r->at)) r->at++;
}

/* NULL when there is none. */
static const char *word(ScheduleReader *r, const char *extra) {
  skip(r);
  const char *start = r->at;
  while (r->at < r->end && (isalnum((unsigned char)*r->at) || strchr(extra, *r->at))) r->at++;
  return r->at > start ? ctx_printf(r->ctx, "%.*s", (int)(r->at - start), start) : NULL;
}

static bool eat(ScheduleReader *r, char c) {
  skip(r);
  if (r->at == r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool read_set(ScheduleReader *r, const char *start) {
  const char *pass = word(r, "_-");
  if (!pass || !eat(r, '.')) return wrong(r, "PASS.OPTION VALUE");
  const char *option = word(r, "_-");
  const char *value = option ? word(r, "_-+.|") : NULL;
  if (!value) return wrong(r, "PASS.OPTION VALUE");
  ScheduleOption made = {pass, option, value, place(r, start)};
  vec_push(&r->ctx->arena, &r->out->options, made);
  return true;
}

static bool read_row(ScheduleReader *r, ScheduleKind kind, const char *start) {
  static const char in_names[] = "_.'";
  const char *first = word(r, in_names), *with = NULL;
  if (!first) return wrong(r, "the name of a value");
  if (kind == SCHEDULE_together && (!eat(r, ',') || !(with = word(r, in_names))))
    return wrong(r, "two names");
  do {
    ScheduleRow row = {kind, first, with, place(r, start)};
    vec_push(&r->ctx->arena, &r->out->rows, row);
    if (kind == SCHEDULE_together || !eat(r, ',')) return true;
    first = word(r, in_names);
  } while (first);
  return wrong(r, "the name of a value");
}

static bool read_line(ScheduleReader *r) {
  skip(r);
  const char *start = r->at, *name = word(r, "");
  bool good = false, known = false;
  if (start == r->end) return true;
  if (name && !strcmp(name, "set")) good = read_set(r, start), known = true;
  for (int i = 0; name && i < N_WORDS; i++)
    if (!strcmp(words[i].word, name)) good = read_row(r, words[i].kind, start), known = true;
  skip(r);
  if (!known) r->at = start;
  return known ? good && (r->at == r->end || wrong(r, "the end of the line"))
               : wrong(r, "apart, recompute, together or set");
}

Schedule *schedule_read(Ctx *ctx, const Source *source) {
  ScheduleReader r = {.ctx = ctx, .source = source, .out = arena_new(&ctx->arena, Schedule)};
  for (const char *line = source->text; *line;) {
    size_t length = strcspn(line, "\n"), text = strcspn(line, "#\n");
    r.at = line;
    r.end = line + text;
    while (r.end > r.at && isspace((unsigned char)r.end[-1])) r.end--;
    if (!read_line(&r)) return NULL;
    line += length + (line[length] == '\n');
  }
  return r.out;
}

bool schedule_names(const Ctx *ctx, const char *name, const Node *n) {
  if (str_none(n->name)) return false;
  const char *own = ctx_text(ctx, n->name), *scope = ctx_text(ctx, n->scope);
  if (!strcmp(own, name)) return true;
  size_t path = strlen(scope);
  return path && !strncmp(name, scope, path) && name[path] == '.' && !strcmp(name + path + 1, own);
}

static Schedule *copy(Ctx *ctx, const Schedule *s) {
  Schedule *out = arena_new(&ctx->arena, Schedule);
  for (uint32_t i = 0; i < s->rows.len; i++) vec_push(&ctx->arena, &out->rows, s->rows.data[i]);
  for (uint32_t i = 0; i < s->options.len; i++)
    vec_push(&ctx->arena, &out->options, s->options.data[i]);
  return out;
}

Schedule *schedule_with_row(Ctx *ctx, const Schedule *s, ScheduleRow row) {
  Schedule *out = copy(ctx, s);
  vec_push(&ctx->arena, &out->rows, row);
  return out;
}

Schedule *schedule_with_option(Ctx *ctx, const Schedule *s, ScheduleOption option) {
  Schedule *out = copy(ctx, s);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < out->options.len; i++) {
    const ScheduleOption *o = &out->options.data[i];
    if (strcmp(o->pass, option.pass) || strcmp(o->option, option.option))
      out->options.data[kept++] = *o;
  }
  out->options.len = kept;
  vec_push(&ctx->arena, &out->options, option);
  return out;
}

void schedule_print(const Schedule *s, Text *out) {
  for (uint32_t i = 0; i < s->options.len; i++) {
    const ScheduleOption *o = &s->options.data[i];
    text_printf(out, "set %s.%s %s\n", o->pass, o->option, o->value);
  }
  for (uint32_t i = 0; i < s->rows.len; i++) {
    const ScheduleRow *row = &s->rows.data[i];
    text_printf(out, "%s %s%s%s\n", words[row->kind].word, row->name, row->with ? ", " : "",
                row->with ? row->with : "");
  }
}
