/* The plan of memory: where the values of a run lie, and from when to when. See kernels.h. */
#include <stdlib.h>
#include <string.h>

#include "app/kernels.h"
#include "app/kernel_times.h"
#include "base/text.h"
#include "base/utf8.h"
#include "runtime/engine.h"

typedef struct MemoryRow {
  int64_t at, bytes;
  int first, last;
  const Buffer *buffer;
} MemoryRow;

typedef struct MemoryPlan {
  SizeEnv sizes;
  int64_t bytes, workspace; /* of all; for packing products */
  int64_t values;           /* what the values would take if none shared its place */
  int end;
  VEC(MemoryRow) rows; /* by place */
} MemoryPlan;

static int by_place(const void *a, const void *b) {
  const MemoryRow *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->first != y->first ? (x->first < y->first ? -1 : 1) : 0;
}

static bool memory_of(Compile *c, const SizeEnv *given, MemoryPlan *out) {
  Fault fault = {0};
  Program *p = c->program;
  *out = (MemoryPlan){.sizes = kernels_sizes(c, given), .end = c->plan->end};
  if (!program_bind(p, &out->sizes, &fault))
    return fault_tell(c->ctx, &fault, "the memory of '%s' cannot be laid out",
                      ctx_text(c->ctx, c->graph->name));
  const ImageState *s = p->state;
  for (uint32_t i = 0; i < s->image->n_areas; i++) {
    const ImageArea *area = &s->image->areas[i];
    MemoryRow row = {s->offsets[i], s->values[area->bytes], area->first, area->last,
                     &c->plan->buffers.data[p->lowered.area_buffers.data[i]]};
    out->values += row.bytes;
    vec_push(&c->ctx->arena, &out->rows, row);
  }
  if (out->rows.len) qsort(out->rows.data, out->rows.len, sizeof *out->rows.data, by_place);
  ProgramStats stats = program_stats(p);
  out->bytes = stats.arena_bytes;
  out->workspace = stats.workspace_bytes;
  return true;
}

static const char *place_of(Ctx *ctx, Span span) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d", source->path, line) : NULL;
}

static void put_title(const Compile *c, const MemoryPlan *plan, Text *out) {
  text_printf(out, "memory of '%s'", ctx_text(c->ctx, c->graph->name));
  for (uint32_t i = 0; i < plan->sizes.symbols.len; i++)
    text_printf(out, "%s%s = %lld", i ? ", " : ", for ",
                size_str(c->ctx, plan->sizes.symbols.data[i]),
                (long long)plan->sizes.values.data[i]);
  text_printf(out, ": %lld bytes for values of %lld, %lld to pack products", (long long)plan->bytes,
              (long long)plan->values, (long long)plan->workspace);
}

bool memory_print(Compile *c, const SizeEnv *sizes, Text *out) {
  MemoryPlan plan;
  if (!memory_of(c, sizes, &plan)) return false;
  put_title(c, &plan, out);
  text_puts(out, "\n          at       bytes  from    to  value\n");
  for (uint32_t i = 0; i < plan.rows.len; i++) {
    const MemoryRow *r = &plan.rows.data[i];
    text_printf(out, "%12lld%12lld %5d %5d  %s", (long long)r->at, (long long)r->bytes, r->first,
                r->last, type_str(c->ctx, r->buffer->type));
    if (!str_none(r->buffer->name)) text_printf(out, " '%s'", ctx_text(c->ctx, r->buffer->name));
    const char *place = place_of(c->ctx, r->buffer->span);
    text_printf(out, "%s%s\n", place ? "  " : "", place ? place : "");
  }
  return true;
}

json_t *memory_json(Compile *c, const SizeEnv *sizes) {
  MemoryPlan plan;
  if (!memory_of(c, sizes, &plan)) return NULL;
  json_t *rows = json_array();
  for (uint32_t i = 0; i < plan.rows.len; i++) {
    const MemoryRow *r = &plan.rows.data[i];
    json_array_append_new(rows,
                          json_pack("{s:I, s:I, s:i, s:i, s:s, s:s, s:s?}", "at", (json_int_t)r->at,
                                    "bytes", (json_int_t)r->bytes, "first", r->first, "last",
                                    r->last, "type", type_str(c->ctx, r->buffer->type), "name",
                                    ctx_text(c->ctx, r->buffer->name), "place",
                                    place_of(c->ctx, r->buffer->span)));
  }
  return json_pack("{s:s, s:I, s:I, s:I, s:i, s:o}", "function", ctx_text(c->ctx, c->graph->name),
                   "bytes", (json_int_t)plan.bytes, "values_bytes", (json_int_t)plan.values,
                   "workspace_bytes", (json_int_t)plan.workspace, "positions", plan.end, "values",
                   rows);
}

/* ---- the picture: positions to the right, memory upwards ---- */

enum { WIDTH = 960, HEIGHT = 540, MARGIN = 60, N_COLOURS = 6 };

static void put_box(const Compile *c, const MemoryPlan *plan, const MemoryRow *r, uint32_t colour,
                    Text *out) {
  static const char *const colours[N_COLOURS] = {"#b9d7f2", "#cfe8c6", "#fdf6d0",
                                                 "#d9c8ee", "#f4b6ae", "#dddddd"};
  double across = (double)WIDTH / (plan->end > 0 ? plan->end : 1),
         up = plan->bytes ? (double)HEIGHT / (double)plan->bytes : 0;
  int first = r->first < 0 ? 0 : r->first, end = r->last < plan->end ? r->last + 1 : plan->end;
  double x = MARGIN + across * first, w = across * (end - first);
  double h = up * (double)r->bytes, y = MARGIN + HEIGHT - up * (double)r->at - h;
  const char *name = str_none(r->buffer->name) ? type_str(c->ctx, r->buffer->type)
                                               : ctx_text(c->ctx, r->buffer->name);
  text_printf(out,
              "<g><rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\" "
              "stroke=\"#5b6770\" stroke-width=\"0.5\"/><title>",
              x, y, w, h, colours[colour % N_COLOURS]);
  text_put_xml(out, name);
  text_printf(out, ", %lld bytes at %lld, from %d to %d</title>", (long long)r->bytes,
              (long long)r->at, r->first, r->last);
  if (h >= 11 && w >= 6 * 8) {
    text_printf(out, "<text x=\"%.2f\" y=\"%.2f\">", x + 3, y + h / 2 + 3.5);
    size_t most = (size_t)(w / 6.2), n = strlen(name);
    n = utf8_valid(name, n < most ? n : most);
    text_put_xml(out, ctx_printf(c->ctx, "%.*s", (int)n, name));
    text_puts(out, "</text>");
  }
  text_puts(out, "</g>\n");
}

bool memory_svg(Compile *c, const SizeEnv *sizes, Text *out) {
  MemoryPlan plan;
  if (!memory_of(c, sizes, &plan)) return false;
  Text title = text_new(&c->ctx->arena);
  put_title(c, &plan, &title);
  text_printf(out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
              "font-family=\"sans-serif\" font-size=\"10\">\n"
              "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
              "<text x=\"%d\" y=\"30\" font-size=\"14\">",
              WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN, MARGIN);
  text_put_xml(out, text_str(&title));
  text_printf(out,
              "</text>\n<text x=\"%d\" y=\"%d\">instructions, 0 to %d</text>\n"
              "<text transform=\"translate(%d %d) rotate(-90)\">bytes, 0 to %lld</text>\n",
              MARGIN, MARGIN + HEIGHT + 20, plan.end - 1, MARGIN - 10, MARGIN + HEIGHT,
              (long long)plan.bytes);
  for (uint32_t i = 0; i < plan.rows.len; i++) put_box(c, &plan, &plan.rows.data[i], i, out);
  text_puts(out, "</svg>\n");
  return true;
}
