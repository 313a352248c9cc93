#include "app/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/compile.h"
#include "app/run_file.h"
#include "io/file.h"
#include "io/formats.h"
#include "ir/picture.h"

typedef struct Report {
  Ctx *ctx;
  const ReportOptions *options;
  SeriesSet set;
  RunEntries *entries; /* of each run */
  Text *out;
} Report;

static const char style[] =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;"
    "color:#222;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #ccc}"
    "table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em .8em;text-align:left;"
    "border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right;"
    "font-variant-numeric:tabular-nums}tr.differs td{background:#fff3c4;color:#222}"
    ".picture{overflow:auto;background:#fff}.picture svg{max-width:100%;height:auto}"
    "pre{overflow:auto;background:#f4f5f6;color:#222;padding:1em}.note{color:#666}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1d1f}.note{color:#999}"
    "th,td{border-color:#444}}"
    "@media print{body{max-width:none}.picture,pre{overflow:visible}}";

/* ---- pieces ---- */

static void put_cell(Report *r, const char *tag, const char *attributes, const char *text) {
  text_printf(r->out, "<%s%s>", tag, attributes);
  text_put_xml(r->out, text);
  text_printf(r->out, "</%s>", tag);
}

static void put_head(Report *r, const char *level, const char *text) {
  put_cell(r, level, "", text);
  text_putc(r->out, '\n');
}

/* A heading of a part of one run; with several runs its name stands in it. */
static void put_part(Report *r, const char *what, uint32_t run) {
  put_head(r, "h2",
           r->options->n > 1 ? ctx_printf(r->ctx, "%s: %s", what, r->options->names[run]) : what);
}

static void put_note(Report *r, const char *text) {
  put_cell(r, "p", " class=\"note\"", text);
  text_putc(r->out, '\n');
}

/* An SVG without what stands before it in a file. */
static void put_svg(Report *r, const char *svg) {
  const char *begin = strstr(svg, "<svg");
  text_puts(r->out, "<div class=\"picture\">\n");
  text_puts(r->out, begin ? begin : "");
  text_puts(r->out, "</div>\n");
}

static const char *number(Ctx *ctx, double value) { return ctx_printf(ctx, "%.6g", value); }

/* What the last diagnostics say, which are no mistakes of who asks for a report. */
static const char *taken_back(Ctx *ctx, DiagMark mark) {
  const char *text = ctx->diags.list.len > mark.len ? ctx->diags.list.data[mark.len]->message
                                                    : "no reason is known";
  diag_rollback(ctx, mark);
  return text;
}

/* ---- configuration ---- */

static bool listed(const Report *r, uint32_t run, uint32_t at) {
  const char *key = r->entries[run].list.data[at].key;
  for (uint32_t i = 0; i <= run; i++)
    for (uint32_t k = 0; k < r->entries[i].list.len && (i < run || k < at); k++)
      if (!strcmp(r->entries[i].list.data[k].key, key)) return true;
  return false;
}

static void put_row(Report *r, const char *key, bool constant) {
  bool differs = false;
  const char *first = run_entry(&r->entries[0], key);
  for (uint32_t i = 1; i < r->options->n; i++) {
    const char *other = run_entry(&r->entries[i], key);
    differs = differs || !first != !other || (first && strcmp(first, other));
  }
  text_puts(r->out, differs ? "<tr class=\"differs\">" : "<tr>");
  put_cell(r, "td", "", constant ? ctx_printf(r->ctx, "const %s", key) : key);
  for (uint32_t i = 0; i < r->options->n; i++) {
    const char *value = run_entry(&r->entries[i], key);
    put_cell(r, "td", "", value ? value : "");
  }
  text_puts(r->out, "</tr>\n");
}

static void put_configuration(Report *r) {
  put_head(r, "h2", "Configuration");
  text_puts(r->out, "<table>\n<tr><th></th>");
  for (uint32_t i = 0; i < r->options->n; i++) put_cell(r, "th", "", r->options->names[i]);
  text_puts(r->out, "</tr>\n");
  bool any = false;
  for (uint32_t i = 0; i < r->options->n; i++)
    for (uint32_t k = 0; k < r->entries[i].list.len; k++) {
      const RunEntry *e = &r->entries[i].list.data[k];
      if (!listed(r, i, k)) put_row(r, e->key, e->constant);
      any = true;
    }
  text_puts(r->out, "</table>\n");
  if (!any) put_note(r, "The folders hold no run.json and no checkpoint.");
}

/* ---- values ---- */

static void put_values(Report *r) {
  put_head(r, "h2", "Values");
  text_puts(r->out, "<table>\n<tr><th>run</th><th>metric</th><th>last</th><th>at step</th>"
                    "<th>smallest</th><th>at step</th><th>largest</th><th>at step</th></tr>\n");
  for (uint32_t i = 0; i < r->set.list.len; i++) {
    const Series *s = &r->set.list.data[i];
    if (!s->points.len) continue;
    const SeriesPoint *last = &s->points.data[s->points.len - 1], *low = NULL, *high = NULL;
    for (uint32_t k = 0; k < s->points.len; k++) {
      const SeriesPoint *p = &s->points.data[k];
      if (isfinite(p->value) && (!low || p->value < low->value)) low = p;
      if (isfinite(p->value) && (!high || p->value > high->value)) high = p;
    }
    text_puts(r->out, "<tr>");
    put_cell(r, "td", "", s->run);
    put_cell(r, "td", "", ctx_printf(r->ctx, "%s.%s", s->section, s->metric));
    const SeriesPoint *shown[3] = {last, low, high};
    for (int k = 0; k < 3; k++) {
      put_cell(r, "td", " class=\"n\"", shown[k] ? number(r->ctx, shown[k]->value) : "");
      put_cell(r, "td", " class=\"n\"", shown[k] ? number(r->ctx, shown[k]->step) : "");
    }
    text_puts(r->out, "</tr>\n");
  }
  text_puts(r->out, "</table>\n");
}

/* ---- the graph ---- */

/* The constants of the run, as the command line gives them. */
static SpecOptions with_constants(Report *r, uint32_t run) {
  const RunEntries *entries = &r->entries[run];
  const ModelDirs *dirs = r->options->dirs;
  SpecOptions options = {.library_dirs = dirs->dirs.data, .n_library_dirs = dirs->dirs.len};
  const char **defines = arena_array(&r->ctx->arena, const char *, entries->list.len + 1);
  for (uint32_t i = 0; i < entries->list.len; i++) {
    const RunEntry *e = &entries->list.data[i];
    if (e->constant) defines[options.n_defines++] = ctx_printf(r->ctx, "%s=%s", e->key, e->value);
  }
  options.defines = defines;
  return options;
}

static bool draw(Report *r, uint32_t run, const char *model, Text *svg) {
  CompileOptions options = compile_options();
  Compile c = compile_model(r->ctx, r->options->dirs, model, COMPILE_training, &options);
  c.spec_options = with_constants(r, run);
  c.name = run_entry(&r->entries[run], "program");
  bool good = compile(&c, PHASE_check) && c.graph && picture_put(r->ctx, c.graph, NULL, "svg", svg);
  compile_free(&c);
  return good;
}

static void put_graph(Report *r, uint32_t run) {
  const char *model = run_entry(&r->entries[run], "model");
  Text svg = text_new(&r->ctx->arena);
  put_part(r, "Graph of a step", run);
  if (!model) {
    put_note(r, "The run does not say which text it is of.");
    return;
  }
  DiagMark mark = diag_mark(r->ctx);
  if (draw(r, run, model, &svg))
    put_svg(r, text_str(&svg));
  else
    put_note(r, ctx_printf(r->ctx, "%s cannot be drawn: %s", model, taken_back(r->ctx, mark)));
}

/* ---- the profile ---- */

static void put_profile(Report *r, uint32_t run) {
  const char *path = ctx_printf(r->ctx, "%s/profile.txt", r->options->runs[run]);
  size_t size;
  put_part(r, "Profile", run);
  if (access(path, R_OK)) {
    put_note(r, "ordo train --profile writes where the time of the steps goes.");
    return;
  }
  DiagMark mark = diag_mark(r->ctx);
  char *text = file_read_all(r->ctx, path, (Span){0}, &size);
  if (text) {
    text_puts(r->out, "<pre>");
    for (const char *line = text;
         *line;) { /* control characters are no text of HTML, line ends are */
      size_t n = strcspn(line, "\n");
      text_put_xml(r->out, ctx_printf(r->ctx, "%.*s", (int)n, line));
      text_putc(r->out, '\n');
      line += n + (line[n] == '\n');
    }
    text_puts(r->out, "</pre>\n");
  }
  heap_free(text);
  if (!text) put_note(r, taken_back(r->ctx, mark));
}

/* ---- checkpoints ---- */

static void put_tensors(Report *r, const StoredFile *file) {
  text_printf(r->out, "<details><summary>%u tensors</summary>\n<table>\n", file->tensors.len);
  for (uint32_t i = 0; i < file->tensors.len; i++) {
    Text type = text_new(&r->ctx->arena);
    stored_print_type(&file->tensors.data[i], &type);
    text_puts(r->out, "<tr>");
    put_cell(r, "td", "", file->tensors.data[i].name);
    put_cell(r, "td", "", text_str(&type));
    text_puts(r->out, "</tr>\n");
  }
  text_puts(r->out, "</table></details>\n");
}

static void put_checkpoint(Report *r, const char *path, const char *name) {
  struct stat info;
  StoredFile file;
  DiagMark mark = diag_mark(r->ctx);
  if (stat(path, &info)) return;
  if (!stored_open(r->ctx, path, &file)) {
    put_note(r, ctx_printf(r->ctx, "%s cannot be read: %s", name, taken_back(r->ctx, mark)));
    return;
  }
  const char *step = tensors_find_meta(&file.meta, "ordo.step");
  const char *best = tensors_find_meta(&file.meta, "ordo.best");
  const char *best_step = tensors_find_meta(&file.meta, "ordo.best_step");
  text_puts(r->out, "<p>");
  text_put_xml(r->out, ctx_printf(r->ctx, "%s: %lld bytes, step %s", name, (long long)info.st_size,
                                  step ? step : "unknown"));
  if (best && best_step)
    text_put_xml(r->out, ctx_printf(r->ctx, "; the best evaluation so far is %s at step %s", best,
                                    best_step));
  text_puts(r->out, "</p>\n");
  put_tensors(r, &file);
  stored_close(&file);
}

static void put_checkpoints(Report *r, uint32_t run) {
  static const char *const names[] = {"checkpoint.safetensors", "best.safetensors"};
  put_part(r, "Checkpoints", run);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    put_checkpoint(r, ctx_printf(r->ctx, "%s/%s", r->options->runs[run], names[i]), names[i]);
}

/* ---- the page ---- */

static const char *title_of(const Report *r) {
  Text title = text_new(&r->ctx->arena);
  for (uint32_t i = 0; i < r->options->n; i++)
    text_printf(&title, "%s%s", i ? ", " : "", r->options->names[i]);
  return text_str(&title);
}

static void put_page(Report *r, const Text *curves) {
  text_puts(r->out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
  text_put_xml(r->out, title_of(r));
  text_printf(r->out, "</title>\n<style>%s</style></head><body>\n", style);
  put_head(r, "h1", title_of(r));
  put_head(r, "h2", "Curves");
  put_svg(r, text_str(curves));
  put_values(r);
  put_configuration(r);
  for (uint32_t i = 0; i < r->options->n; i++) put_graph(r, i);
  for (uint32_t i = 0; i < r->options->n; i++) put_profile(r, i);
  for (uint32_t i = 0; i < r->options->n; i++) put_checkpoints(r, i);
  text_puts(r->out, "</body></html>\n");
}

bool report_html(Ctx *ctx, const ReportOptions *options, Text *out) {
  Report r = {.ctx = ctx, .options = options, .out = out};
  Text curves = text_new(&ctx->arena);
  r.entries = arena_array(&ctx->arena, RunEntries, options->n + 1);
  for (uint32_t i = 0; i < options->n; i++) {
    r.entries[i] = run_file_read(ctx, options->runs[i]);
    if (!series_read(ctx, options->runs[i], options->names[i], &r.set)) return false;
  }
  if (!plot_svg(ctx, &r.set, &options->plot, &curves)) return false;
  put_page(&r, &curves);
  return true;
}
