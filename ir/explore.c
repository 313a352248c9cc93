/* Writes what explore.h says. All texts, costs, places and frames stand once, in tables; the
 * records of a stage are one array of whole numbers:
 *
 *   length of the rest, id, kind (BoxKind), colour (row of "kinds", or -1), op, title, name, type,
 *   attributes, frame, kernel (a frame, or -1), place, verdict (or -1), fact, flops, bytes,
 *   number of arrows, for each: 2 * id of the box it comes from + (1: back to a loop's beginning),
 *   1 + operand (0: it does not matter); then the weights it takes or makes
 *
 * where op to attributes, fact and weights are places in "strings", flops and bytes in "costs", and
 * place in "places".
 */
#include "ir/explore.h"

#include <string.h>
#include <unistd.h>

#include "ir/cost.h"
#include "ir/explore_model.h"
#include "ir/print.h"

typedef VEC(int64_t) Record;

typedef struct Explorer {
  Ctx *ctx;
  Text *out;
  const ExploreOptions *options;
  ExploreFrames frames;
  Strings strings;
  Numbering costs, places;
  VEC(Sz) cost_sizes;
  VEC(Span) spans;
  VEC(Record) latest; /* by id: as it was written last, empty when it is gone */
  VEC(bool) here;     /* by id: in the stage that is written */
  uint32_t next;
} Explorer;

static int64_t string_of(Explorer *x, const char *text) { return str_intern(&x->strings, text).i; }

static int64_t cost_of(Explorer *x, Sz size) {
  bool is_new;
  uint64_t key[4] = {size.i};
  uint32_t at = number_of_key(&x->costs, key, &is_new);
  if (is_new) vec_push(&x->ctx->arena, &x->cost_sizes, size);
  return at;
}

/* 0: no place. */
static int64_t place_of(Explorer *x, Span span) {
  bool is_new;
  uint64_t key[4] = {span.lo, span.hi};
  if (span_none(span)) return 0;
  uint32_t at = number_of_key(&x->places, key, &is_new);
  if (is_new) vec_push(&x->ctx->arena, &x->spans, span);
  return 1 + (int64_t)at;
}

/* ---- costs ---- */

static Sz type_bytes(Ctx *ctx, Ty type) {
  const TypeInfo *t = type_info(ctx, type);
  if (!t->is_tuple)
    return size_mul(ctx, type_count(ctx, type), size_const(ctx, dtype_bytes[t->dtype]));
  Sz sum = size_const(ctx, 0);
  for (int i = 0; i < t->rank; i++) sum = size_add(ctx, sum, type_bytes(ctx, t->items[i]));
  return sum;
}

Sz explore_bytes(const Graph *g, const Node *n) {
  Sz sum = type_bytes(g->ctx, n->type);
  for (int i = 0; i < n->n_operands; i++)
    sum = size_add(g->ctx, sum, type_bytes(g->ctx, graph_type(g, n->operands[i])));
  return sum;
}

/* ---- boxes ---- */

static void group_arrows(Ctx *ctx, Walked *w) {
  const Picture *p = &w->picture;
  uint32_t n = p->boxes.len, m = p->edges.len;
  w->first = arena_array(&ctx->arena, uint32_t, n + 2);
  w->edges = arena_array(&ctx->arena, uint32_t, m + 1);
  for (uint32_t k = 0; k < m; k++) w->first[p->edges.data[k].to + 2]++;
  for (uint32_t i = 2; i < n + 2; i++) w->first[i] += w->first[i - 1];
  for (uint32_t k = 0; k < m; k++) w->edges[w->first[p->edges.data[k].to + 1]++] = k;
}

static void group_uses(Ctx *ctx, Walked *w) {
  const Picture *p = &w->picture;
  uint32_t n = p->boxes.len, m = p->uses.len;
  w->first_use = arena_array(&ctx->arena, uint32_t, n + 2);
  w->uses = arena_array(&ctx->arena, uint32_t, m + 1);
  for (uint32_t k = 0; k < m; k++) w->first_use[p->uses.data[k].box + 2]++;
  for (uint32_t i = 2; i < n + 2; i++) w->first_use[i] += w->first_use[i - 1];
  for (uint32_t k = 0; k < m; k++)
    w->uses[w->first_use[p->uses.data[k].box + 1]++] = (uint32_t)p->uses.data[k].folded;
}

static int64_t colour_row(const Box *b) {
  const PictureColour *colour = picture_colour(b);
  for (int i = 0; colour && picture_colours(i); i++)
    if (picture_colours(i) == colour) return i;
  return -1;
}

static const char *attrs_text(Ctx *ctx, const Node *n) {
  Text text = text_new(&ctx->arena);
  for (int i = 0; i < n->n_attrs; i++) {
    if (i) text_puts(&text, ", ");
    attr_print(ctx, n, &n->attrs[i], &text);
  }
  return text_str(&text);
}

static void add(Explorer *x, Record *r, int64_t value) { vec_push(&x->ctx->arena, r, value); }

static void add_what(Explorer *x, Record *r, const Box *b, int stage) {
  const Node *n = graph_node(b->graph, b->node);
  bool op = b->kind == BOX_op;
  ExploreFact fact = {-1, ""};
  PictureValue value = {b->graph, b->node};
  if (x->options->fact) fact = x->options->fact(x->options->user, stage, &value);
  add(x, r, place_of(x, n->span));
  add(x, r, fact.verdict);
  add(x, r, string_of(x, fact.text));
  add(x, r, cost_of(x, op ? node_flops(b->graph, n) : size_const(x->ctx, 0)));
  add(x, r, cost_of(x, op ? explore_bytes(b->graph, n) : size_const(x->ctx, 0)));
}

static void add_arrows(Explorer *x, Record *r, const Walked *w, uint32_t box) {
  const Picture *p = &w->picture;
  uint32_t count = r->len;
  add(x, r, 0);
  for (uint32_t k = w->first[box]; k < w->first[box + 1]; k++) {
    const Edge *e = &p->edges.data[w->edges[k]];
    if (p->boxes.data[e->from].hidden) continue;
    add(x, r, 2 * (int64_t)w->id[e->from] + e->back);
    add(x, r, e->operand + 1);
    r->data[count]++;
  }
  for (uint32_t k = w->first_use[box]; k < w->first_use[box + 1]; k++) {
    const Folded *f = &p->folded.data[w->uses[k]];
    const char *text = ctx_printf(x->ctx, "%s: %s", f->name, type_str(x->ctx, f->type));
    add(x, r, string_of(x, text));
  }
}

static Record record_of(Explorer *x, const Walked *w, uint32_t box, int stage) {
  const Box *b = &w->picture.boxes.data[box];
  const Node *n = graph_node(b->graph, b->node);
  const char *op = b->kind == BOX_op      ? op_info[b->op].name
                   : b->kind == BOX_carry ? "value of a loop"
                   : b->kind == BOX_param ? "parameter"
                                          : "result";
  Record r = {0};
  add(x, &r, b->kind);
  add(x, &r, colour_row(b));
  add(x, &r, string_of(x, op));
  add(x, &r, string_of(x, b->title));
  add(x, &r, string_of(x, b->name));
  add(x, &r, string_of(x, b->type.i ? type_str(x->ctx, b->type) : ""));
  add(x, &r, string_of(x, b->kind == BOX_op ? attrs_text(x->ctx, n) : ""));
  add(x, &r, w->frames.frame[b->home]);
  add(x, &r, w->frames.kernel[b->cluster]);
  add_what(x, &r, b, stage);
  add_arrows(x, &r, w, box);
  return r;
}

/* ---- stages ---- */

static bool records_equal(const Record *a, const Record *b) {
  return a->len == b->len && !memcmp(a->data, b->data, a->len * sizeof *a->data);
}

static void put_records(Explorer *x, const Walked *w, int stage) {
  static const Record none = {0};
  bool first = true;
  while (x->latest.len < x->next) vec_push(&x->ctx->arena, &x->latest, none);
  while (x->here.len < x->next) vec_push(&x->ctx->arena, &x->here, false);
  for (uint32_t i = 0; i < x->here.len; i++) x->here.data[i] = false;
  text_puts(x->out, ",\n\"records\":[");
  for (uint32_t i = 0; i < w->picture.boxes.len; i++) {
    if (w->picture.boxes.data[i].hidden) continue;
    uint32_t id = w->id[i];
    Record r = record_of(x, w, i, stage);
    x->here.data[id] = true;
    if (records_equal(&r, &x->latest.data[id])) continue;
    x->latest.data[id] = r;
    text_printf(x->out, "%s%u,%u", first ? "" : ",\n", r.len + 1, id);
    for (uint32_t k = 0; k < r.len; k++) text_printf(x->out, ",%lld", (long long)r.data[k]);
    first = false;
  }
  text_puts(x->out, "],\n\"gone\":[");
  first = true;
  for (uint32_t id = 0; id < x->here.len; id++) {
    if (x->here.data[id] || !x->latest.data[id].len) continue;
    x->latest.data[id] = none;
    text_printf(x->out, "%s%u", first ? "" : ",", id);
    first = false;
  }
  text_putc(x->out, ']');
}

/* The id of what was timed; of a kernel -1 - its frame. False: it is not drawn. */
static bool timed(const Walked *w, const ExploreTime *t, int64_t *id) {
  const Picture *p = &w->picture;
  for (uint32_t i = 0; ref_none(t->node) && i < p->clusters.len; i++)
    if (p->clusters.data[i].kind == CLUSTER_kernel && p->clusters.data[i].body == t->graph)
      return *id = -1 - (int64_t)w->frames.kernel[i], true;
  for (uint32_t i = 0; !ref_none(t->node) && i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    if (b->kind == BOX_op && b->graph == t->graph && ref_eq(b->node, t->node) && !b->hidden)
      return *id = w->id[i], true;
  }
  return false;
}

static void put_times(Explorer *x, const Walked *w, const ExploreStage *stage) {
  bool first = true;
  text_puts(x->out, ",\n\"times\":[");
  for (uint32_t i = 0; i < stage->times.len; i++) {
    const ExploreTime *t = &stage->times.data[i];
    int64_t id;
    if (!timed(w, t, &id)) continue;
    text_printf(x->out, "%s[%lld,%.9g,%.9g,%d]", first ? "" : ",", (long long)id, t->seconds,
                t->calls, t->shared);
    first = false;
  }
  text_putc(x->out, ']');
}

static void put_told(Explorer *x, const ExploreStage *stage) {
  text_puts(x->out, ",\n\"rewrites\":[");
  for (uint32_t i = 0; i < stage->rewrites.len; i++) {
    const ExploreRewrite *r = &stage->rewrites.data[i];
    text_printf(x->out, "%s[%d,%d,%d,%d,%u]", i ? "," : "", (int)string_of(x, r->rule),
                (int)string_of(x, r->before), (int)string_of(x, r->after),
                (int)place_of(x, r->span), r->count);
  }
  text_puts(x->out, "],\n\"remarks\":[");
  for (uint32_t i = 0; i < stage->remarks.len; i++) {
    const ExploreRemark *r = &stage->remarks.data[i];
    text_printf(x->out, "%s[%d,%d,%d,%d,%d,%d,%u]", i ? "," : "", (int)string_of(x, r->kind),
                (int)string_of(x, r->code), (int)string_of(x, r->reason),
                (int)string_of(x, r->node), (int)string_of(x, r->scope), (int)place_of(x, r->span),
                r->count);
  }
  text_putc(x->out, ']');
}

/* JSON in a page: what could end its element is written otherwise. */
static void put_string(Text *out, const char *text) {
  Text json = text_new(out->arena);
  text_put_json(&json, text);
  for (const char *at = text_str(&json); *at; at++) {
    if (*at == '<' || *at == '>' || *at == '&')
      text_printf(out, "\\u%04x", (unsigned)*at);
    else
      text_putc(out, *at);
  }
}

void explore_walk(Ctx *ctx, const Graph *g, Walked *w) {
  static const PictureOptions plain = {0};
  *w = (Walked){.picture = {.ctx = ctx, .opt = &plain, .homes = true}};
  picture_walk(&w->picture, g);
  group_arrows(ctx, w);
  group_uses(ctx, w);
}

static Walked *walked(Explorer *x, const Graph *g) {
  Walked *w = arena_new(&x->ctx->arena, Walked);
  explore_walk(x->ctx, g, w);
  w->frames = explore_frames(&x->frames, &w->picture);
  return w;
}

static void put_stage(Explorer *x, const ExploreStage *stage, const Walked *w, int at) {
  text_puts(x->out, at ? ",\n{\"name\":" : "\n{\"name\":");
  put_string(x->out, stage->name);
  text_puts(x->out, ",\"doc\":");
  put_string(x->out, stage->doc);
  text_printf(x->out, ",\"ms\":%.6g", 1e3 * stage->seconds);
  put_records(x, w, at);
  put_times(x, w, stage);
  put_told(x, stage);
  text_putc(x->out, '}');
}

/* ---- tables ---- */

static void put_frames(Explorer *x) {
  text_puts(x->out, "],\n\"frames\":[");
  for (uint32_t i = 0; i < x->frames.list.len; i++) {
    const ExploreFrame *f = &x->frames.list.data[i];
    text_printf(x->out, "%s[%d,%d,%d,%d,%.9g,%d]", i ? "," : "", f->parent, (int)f->kind,
                (int)string_of(x, f->title), (int)string_of(x, f->path), f->repeat,
                (int)place_of(x, f->span));
  }
}

static void put_costs(Explorer *x) {
  text_puts(x->out, "],\n\"costs\":[");
  for (uint32_t i = 0; i < x->cost_sizes.len; i++) {
    Sz size = x->cost_sizes.data[i];
    text_puts(x->out, i ? ",[" : "[");
    put_string(x->out, size.i ? size_str(x->ctx, size) : "not known");
    text_printf(x->out, ",%.9g]", size.i ? size_guess(x->ctx, size) : 0.0);
  }
}

/* File, line and column of each place. shown: by file the lines that are near one. */
static void put_places(Explorer *x, bool **shown) {
  enum { NEAR = 2 };
  Ctx *ctx = x->ctx;
  text_puts(x->out, "],\n\"places\":[-1,0,0");
  for (uint32_t i = 0; i < x->spans.len; i++) {
    int line = 0, column = 0, file = -1;
    const Source *s = source_at(ctx, x->spans.data[i].lo, &line, &column);
    for (uint32_t k = 0; k < ctx->sources.len; k++)
      if (ctx->sources.data[k] == s) file = (int)k;
    text_printf(x->out, ",%d,%d,%d", file, line, column);
    if (file < 0) continue;
    if (!shown[file]) shown[file] = arena_array(&ctx->arena, bool, s->n_lines + 1);
    for (int k = line - NEAR; k <= line + NEAR; k++)
      if (k >= 1 && (uint32_t)k <= s->n_lines) shown[file][k] = true;
  }
}

/* As seen from the current folder, if it is in that. */
static const char *shown_path(const Source *s) {
  char current[4096];
  size_t n = getcwd(current, sizeof current) ? strlen(current) : 0;
  return n && !strncmp(s->path, current, n) && s->path[n] == '/' ? s->path + n + 1 : s->path;
}

/* Of each file the numbers of its lines that are shown, and these in one text. */
static void put_files(Explorer *x, bool **shown, Text *out) {
  Ctx *ctx = x->ctx;
  for (uint32_t k = 0; k < ctx->sources.len; k++) {
    const Source *s = ctx->sources.data[k];
    Text lines = text_new(&ctx->arena);
    text_puts(out, k ? ",\n{\"path\":" : "[{\"path\":");
    put_string(out, shown_path(s));
    text_puts(out, ",\"numbers\":[");
    for (uint32_t i = 1; shown[k] && i <= s->n_lines; i++) {
      if (!shown[k][i]) continue;
      const char *line = s->text + s->lines[i - 1];
      text_printf(out, "%s%u", lines.len ? "," : "", i);
      text_put(&lines, line, strcspn(line, "\r\n"));
      text_putc(&lines, '\n');
    }
    text_puts(out, "],\"text\":");
    put_string(out, text_str(&lines));
    text_putc(out, '}');
  }
  text_puts(out, ctx->sources.len ? "]" : "[]");
}

static void put_strings(Explorer *x) {
  text_puts(x->out, "],\n\"strings\":[");
  for (uint32_t i = 0; i < x->strings.count; i++) {
    text_puts(x->out, i ? ",\n" : "");
    put_string(x->out, str_text(&x->strings, (Str){i}));
  }
  text_puts(x->out, "]}");
}

static void put_head(Explorer *x) {
  text_puts(x->out, "{\"format\":\"ordo-explorer\",\"version\":1,\"title\":");
  put_string(x->out, x->options->title);
  text_printf(x->out, ",\"openAt\":%d,\n\"kinds\":[", x->options->open_at);
  for (int i = 0; picture_colours(i); i++) {
    text_puts(x->out, i ? "," : "");
    put_string(x->out, picture_colours(i)->means);
  }
  text_puts(x->out, "],\n\"verdicts\":[");
  for (int i = 0; x->options->verdicts && x->options->verdicts[i]; i++) {
    text_puts(x->out, i ? "," : "");
    put_string(x->out, x->options->verdicts[i]);
  }
  text_puts(x->out, "],\n\"stages\":[");
}

void explore_json(Ctx *ctx, const ExploreStage *stages, int n, const ExploreOptions *options,
                  Text *out, Text *files) {
  Explorer x = {.ctx = ctx, .out = out, .options = options};
  x.frames = (ExploreFrames){.ctx = ctx, .numbers = {.arena = &ctx->arena}};
  x.costs.arena = x.places.arena = &ctx->arena;
  strings_init(&x.strings, &ctx->arena);
  strings_init(&x.frames.names, &ctx->arena);
  put_head(&x);
  const Walked *before = NULL;
  bool **shown = arena_array(&ctx->arena, bool *, ctx->sources.len + 1);
  for (int i = 0; i < n; i++) {
    Walked *w = walked(&x, stages[i].graph);
    explore_match(ctx, before, w, &x.next);
    put_stage(&x, &stages[i], w, i);
    before = w;
  }
  put_frames(&x);
  put_costs(&x);
  put_places(&x, shown);
  put_strings(&x);
  put_files(&x, shown, files);
}
