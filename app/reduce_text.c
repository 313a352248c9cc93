/* See reduce_text.h. A step is a list of cuts: pieces of the text that go, or are replaced. All
 * steps that a tree offers are listed, then tried in order; when one is kept, the tree is made
 * anew and the list goes on at the same place. */
#include "app/reduce_text.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/syntax/fmt.h"
#include "frontend/syntax/parse.h"

typedef struct Cut {
  Span span;
  const char *text; /* what stands there instead */
} Cut;

typedef struct TextStep {
  uint32_t first, n; /* cuts */
} TextStep;

typedef struct TextReducer {
  Ctx *ctx;
  const Source *source;
  const AstFile *file;
  VEC(Cut) cuts;
  VEC(TextStep) steps;
  TextTest test;
  void *user;
  TextReduction stats;
} TextReducer;

/* ---- steps ---------------------------------------------------------------------------------- */

static const char *text_of(const TextReducer *r, Span span) {
  return ctx_printf(r->ctx, "%.*s", (int)(span.hi - span.lo),
                    r->source->text + (span.lo - r->source->base));
}

static void begin_step(TextReducer *r) {
  vec_push(&r->ctx->arena, &r->steps, ((TextStep){r->cuts.len, 0}));
}

static void cut(TextReducer *r, Span span, const char *text) {
  vec_push(&r->ctx->arena, &r->cuts, ((Cut){span, text}));
  r->steps.data[r->steps.len - 1].n++;
}

static void replace(TextReducer *r, Span span, const char *text) {
  begin_step(r);
  cut(r, span, text);
}

/* A list without item i, and its comma. */
static Span in_list(const Span *spans, uint32_t n, uint32_t i) {
  if (i + 1 < n) return (Span){spans[i].lo, spans[i + 1].lo};
  if (i) return (Span){spans[i - 1].hi, spans[i].hi};
  return spans[i];
}

static void shorten(TextReducer *r, const Span *spans, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) replace(r, in_list(spans, n, i), "");
}

static Span *spans_new(TextReducer *r, uint32_t n) {
  return arena_array(&r->ctx->arena, Span, n + 1);
}

/* ---- expressions ---------------------------------------------------------------------------- */

static void expr_steps(TextReducer *r, const Expr *x);

static void args_steps(TextReducer *r, const Args *args) {
  Span *spans = spans_new(r, args->len);
  for (uint32_t i = 0; i < args->len; i++) {
    spans[i] = args->data[i].span;
    expr_steps(r, args->data[i].value);
  }
  shorten(r, spans, args->len);
}

static void number_steps(TextReducer *r, const Expr *x) {
  if (!x->number.is_int) {
    const char *whole = ctx_printf(r->ctx, "%.0f.0", x->number.f);
    if (strcmp(text_of(r, x->span), whole) && x->number.f < 1e6) replace(r, x->span, whole);
    return;
  }
  const int64_t smaller[] = {0, 1, 2, x->number.i / 2, x->number.i - 1};
  for (int k = 0; k < 5; k++)
    if (smaller[k] < x->number.i && (k < 3 || smaller[k] > 2))
      replace(r, x->span, ctx_printf(r->ctx, "%lld", (long long)smaller[k]));
}

static void instead(TextReducer *r, const Expr *x, const Expr *part) {
  const char *text = text_of(r, part->span);
  replace(r, x->span,
          part->kind == EX_binary && !part->parens ? ctx_printf(r->ctx, "(%s)", text) : text);
}

static void subs_steps(TextReducer *r, const Expr *x) {
  Span *spans = spans_new(r, x->subscript.n_subs);
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *s = &x->subscript.subs[i];
    spans[i] = s->span;
    if (s->expr) expr_steps(r, s->expr);
    if (s->end) expr_steps(r, s->end);
  }
  shorten(r, spans, x->subscript.n_subs);
}

static void items_steps(TextReducer *r, const Exprs *items) {
  Span *spans = spans_new(r, items->len);
  for (uint32_t i = 0; i < items->len; i++) spans[i] = items->data[i]->span;
  shorten(r, spans, items->len);
  for (uint32_t i = 0; i < items->len; i++) expr_steps(r, items->data[i]);
}

static void expr_steps(TextReducer *r, const Expr *x) {
  switch (x->kind) {
  case EX_number:
    number_steps(r, x);
    return;
  case EX_unary:
    instead(r, x, x->unary.a);
    expr_steps(r, x->unary.a);
    return;
  case EX_binary:
    instead(r, x, x->binary.a);
    instead(r, x, x->binary.b);
    expr_steps(r, x->binary.a);
    expr_steps(r, x->binary.b);
    return;
  case EX_call:
    for (uint32_t i = 0; i < x->call.args.len; i++) instead(r, x, x->call.args.data[i].value);
    replace(r, x->span, "1.0");
    args_steps(r, &x->call.args);
    return;
  case EX_reduce:
    for (uint32_t i = 0; i < x->reduce.args.len; i++) instead(r, x, x->reduce.args.data[i].value);
    replace(r, x->span, "1.0");
    args_steps(r, &x->reduce.args);
    return;
  case EX_member:
    expr_steps(r, x->member.base);
    return;
  case EX_subscript:
    instead(r, x, x->subscript.base);
    replace(r, x->span, "1.0");
    subs_steps(r, x);
    expr_steps(r, x->subscript.base);
    return;
  case EX_with:
    instead(r, x, x->with.base);
    expr_steps(r, x->with.base);
    expr_steps(r, x->with.weights);
    return;
  case EX_tuple:
    for (uint32_t i = 0; i < x->items.len; i++) instead(r, x, x->items.data[i]);
    items_steps(r, &x->items);
    return;
  case EX_list:
    items_steps(r, &x->items);
    return;
  default:
    return;
  }
}

/* ---- statements ----------------------------------------------------------------------------- */

static void block_steps(TextReducer *r, const Block *b);

/* Half of them, a quarter, ... one: the last ones first, since others need what comes before. */
static void remove_some(TextReducer *r, const Span *spans, uint32_t n) {
  for (uint32_t size = n > 1 ? n / 2 : n; size; size /= 2)
    for (uint32_t end = n; end >= size; end -= size)
      replace(r, (Span){spans[end - size].lo, spans[end - 1].hi}, "");
}

static Span inside(const Block *b) { return (Span){b->span.lo + 1, b->span.hi - 1}; }

/* The statement becomes what stands in its block. */
static void unwrap(TextReducer *r, const Stmt *s, const Block *b) {
  if (b->span.hi > b->span.lo + 1)
    replace(r, s->span, ctx_printf(r->ctx, "\n%s\n", text_of(r, inside(b))));
}

static void scan_steps(TextReducer *r, const Stmt *s) {
  const Args *carries = &s->scan.carries;
  unwrap(r, s, &s->scan.body);
  for (uint32_t i = 0; i < carries->len; i++) {
    uint32_t before = i ? carries->data[i - 1].span.hi : s->scan.extent->span.hi;
    if (!s->scan.reversed || i) replace(r, (Span){before, carries->data[i].span.hi}, "");
    expr_steps(r, carries->data[i].value);
  }
  if (s->scan.reversed) {
    const char *word = "reversed",
               *at = r->source->text + (s->scan.extent->span.hi - r->source->base);
    const char *found = strstr(at, word);
    uint32_t lo = s->scan.extent->span.hi + (uint32_t)(found ? found - at : 0);
    if (found) replace(r, (Span){lo, lo + (uint32_t)strlen(word)}, "");
  }
  if (s->scan.until) {
    uint32_t from =
        carries->len ? carries->data[carries->len - 1].span.hi : s->scan.extent->span.hi;
    if (!s->scan.reversed || carries->len) replace(r, (Span){from, s->scan.until->span.hi}, "");
    expr_steps(r, s->scan.until);
  }
  expr_steps(r, s->scan.extent);
  block_steps(r, &s->scan.body);
}

static void assign_steps(TextReducer *r, const Stmt *s) {
  const With *with = &s->assign.with;
  if (s->assign.tuple) {
    items_steps(r, &s->assign.targets);
    for (uint32_t i = 0; i < s->assign.targets.len; i++) /* (a, b) = e becomes a = e */
      replace(r, (Span){s->span.lo, s->assign.value->span.lo},
              ctx_printf(r->ctx, "%s = ", text_of(r, s->assign.targets.data[i]->span)));
  }
  for (uint32_t i = 0; i < s->assign.targets.len && !s->assign.tuple; i++)
    if (s->assign.targets.data[i]->kind == EX_subscript) subs_steps(r, s->assign.targets.data[i]);
  expr_steps(r, s->assign.value);
  if (with->len) replace(r, (Span){s->assign.value->span.hi, s->span.hi}, "");
  for (uint32_t i = 0; i < with->len; i++) expr_steps(r, with->data[i].extent);
}

static void minimize_steps(TextReducer *r, const Stmt *s) {
  Span *spans = spans_new(r, s->minimize.nets.len);
  for (uint32_t i = 0; i < s->minimize.nets.len; i++) spans[i] = s->minimize.nets.data[i]->span;
  shorten(r, spans, s->minimize.nets.len);
  if (s->minimize.every || s->minimize.when)
    replace(r, (Span){s->minimize.optimizer->span.hi, s->span.hi}, "");
  expr_steps(r, s->minimize.loss);
  expr_steps(r, s->minimize.optimizer);
}

static void log_steps(TextReducer *r, const Stmt *s) {
  Span *spans = spans_new(r, s->log.len);
  for (uint32_t i = 0; i < s->log.len; i++) {
    const LogItem *item = &s->log.data[i];
    spans[i] = item->value ? span_join(item->name.span, item->value->span) : item->name.span;
    if (item->value) expr_steps(r, item->value);
  }
  shorten(r, spans, s->log.len);
}

static void stmt_steps(TextReducer *r, const Stmt *s) {
  switch (s->kind) {
  case ST_assign:
    assign_steps(r, s);
    return;
  case ST_expr:
    expr_steps(r, s->expr.value);
    return;
  case ST_scan:
  case ST_repeat:
    scan_steps(r, s);
    return;
  case ST_for:
    unwrap(r, s, &s->loop.body);
    expr_steps(r, s->loop.over);
    block_steps(r, &s->loop.body);
    return;
  case ST_if:
    unwrap(r, s, &s->branch.then);
    if (s->branch.has_else) unwrap(r, s, &s->branch.otherwise);
    block_steps(r, &s->branch.then);
    block_steps(r, &s->branch.otherwise);
    return;
  case ST_minimize:
    minimize_steps(r, s);
    return;
  case ST_move:
    expr_steps(r, s->move.rule);
    return;
  case ST_log:
    log_steps(r, s);
    return;
  default:
    return;
  }
}

static void block_steps(TextReducer *r, const Block *b) {
  Span *spans = spans_new(r, b->len);
  for (uint32_t i = 0; i < b->len; i++) spans[i] = b->data[i]->span;
  remove_some(r, spans, b->len);
  for (uint32_t i = b->len; i-- > 0;) stmt_steps(r, b->data[i]);
}

/* ---- declarations --------------------------------------------------------------------------- */

/* Calls of a function by name: an argument goes with its parameter. */
typedef struct Calls {
  TextReducer *r;
  Str name;
  uint32_t at;
} Calls;

static void cut_arg(Calls *c, const Expr *x);

static void cut_args(Calls *c, const Args *args) {
  for (uint32_t i = 0; i < args->len; i++) cut_arg(c, args->data[i].value);
}

static void cut_arg(Calls *c, const Expr *x) {
  switch (x->kind) {
  case EX_unary:
    cut_arg(c, x->unary.a);
    return;
  case EX_binary:
    cut_arg(c, x->binary.a);
    cut_arg(c, x->binary.b);
    return;
  case EX_call: {
    const Args *args = &x->call.args;
    bool here = x->call.callee->kind == EX_name && str_eq(x->call.callee->name, c->name);
    Span *spans = spans_new(c->r, args->len);
    for (uint32_t i = 0; i < args->len; i++) spans[i] = args->data[i].span;
    if (here && c->at < args->len) cut(c->r, in_list(spans, args->len, c->at), "");
    for (uint32_t i = 0; i < args->len; i++)
      if (!here || i != c->at) cut_arg(c, args->data[i].value);
    return;
  }
  case EX_reduce:
    cut_args(c, &x->reduce.args);
    return;
  case EX_subscript:
    cut_arg(c, x->subscript.base);
    return;
  case EX_with:
    cut_arg(c, x->with.base);
    cut_arg(c, x->with.weights);
    return;
  case EX_tuple:
    for (uint32_t i = 0; i < x->items.len; i++) cut_arg(c, x->items.data[i]);
    return;
  default:
    return;
  }
}

static void cut_in_block(Calls *c, const Block *b) {
  for (uint32_t i = 0; i < b->len; i++) {
    const Stmt *s = b->data[i];
    if (s->kind == ST_assign) cut_arg(c, s->assign.value);
    if (s->kind == ST_expr) cut_arg(c, s->expr.value);
    if (s->kind == ST_minimize) cut_arg(c, s->minimize.loss);
    if (s->kind == ST_for) cut_in_block(c, &s->loop.body);
    if (s->kind == ST_if) cut_in_block(c, &s->branch.then);
    if (s->kind == ST_if) cut_in_block(c, &s->branch.otherwise);
    if (s->kind != ST_scan && s->kind != ST_repeat) continue;
    cut_args(c, &s->scan.carries);
    cut_in_block(c, &s->scan.body);
  }
}

static void cut_in_members(Calls *c, const Members *members) {
  for (uint32_t i = 0; i < members->len; i++)
    if (members->data[i]->kind == MEM_fn) cut_in_block(c, &members->data[i]->fn->body);
}

static void cut_calls(TextReducer *r, Str name, uint32_t at) {
  Calls c = {r, name, at};
  for (uint32_t i = 0; i < r->file->n_items; i++) {
    const Item *item = r->file->items[i];
    if (item->kind == ITEM_fn) cut_in_block(&c, &item->fn->body);
    if (item->kind == ITEM_layer) cut_in_members(&c, &item->layer.members);
    for (uint32_t k = 0; item->kind == ITEM_train && k < item->train.len; k++)
      cut_in_block(&c, &item->train.data[k].body);
  }
}

static void type_steps(TextReducer *r, const TypeExpr *t) {
  Span *spans = spans_new(r, t ? t->n_dims : 0);
  for (uint32_t i = 0; t && i < t->n_dims; i++) {
    spans[i] = t->dims[i].span;
    if (t->dims[i].size) expr_steps(r, t->dims[i].size);
  }
  if (t) shorten(r, spans, t->n_dims);
}

static void fn_steps(TextReducer *r, const FnDecl *fn) {
  Span *spans = spans_new(r, fn->params.len);
  for (uint32_t i = 0; i < fn->params.len; i++) spans[i] = fn->params.data[i].span;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    begin_step(r);
    cut(r, in_list(spans, fn->params.len, i), "");
    if (!str_none(fn->name.str)) cut_calls(r, fn->name.str, i);
  }
  if (fn->result) { /* with its arrow */
    uint32_t lo = fn->result->span.lo;
    while (lo > fn->span.lo && r->source->text[lo - r->source->base] != ')') lo--;
    replace(r, (Span){lo + 1, fn->result->span.hi}, "");
  }
  block_steps(r, &fn->body);
  for (uint32_t i = 0; i < fn->params.len; i++) type_steps(r, fn->params.data[i].type);
}

static void members_steps(TextReducer *r, const Members *members) {
  Span *spans = spans_new(r, members->len);
  for (uint32_t i = 0; i < members->len; i++) spans[i] = members->data[i]->span;
  remove_some(r, spans, members->len);
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *m = members->data[i];
    if (m->kind == MEM_fn) fn_steps(r, m->fn);
    if (m->kind == MEM_weight) type_steps(r, m->weight.type);
    if (m->kind == MEM_weight && m->weight.init->kind == EX_call)
      replace(r, m->weight.init->span, "ones");
    if (m->kind == MEM_const) expr_steps(r, m->value);
    if (m->kind == MEM_layer) args_steps(r, &m->sublayer.args);
    if (m->kind == MEM_if) members_steps(r, &m->branch.then);
    if (m->kind == MEM_if) members_steps(r, &m->branch.otherwise);
  }
}

static void train_steps(TextReducer *r, const Item *item) {
  Span *spans = spans_new(r, item->train.len);
  for (uint32_t i = 0; i < item->train.len; i++) spans[i] = item->train.data[i].span;
  remove_some(r, spans, item->train.len);
  for (uint32_t i = 0; i < item->train.len; i++) {
    const TrainMember *m = &item->train.data[i];
    if (m->kind == TM_setting) expr_steps(r, m->value);
    if (m->kind == TM_state) type_steps(r, m->type);
    if (m->kind == TM_step || m->kind == TM_eval) block_steps(r, &m->body);
  }
}

static void item_steps(TextReducer *r, const Item *item) {
  if (item->kind == ITEM_const) expr_steps(r, item->value);
  if (item->kind == ITEM_fn) fn_steps(r, item->fn);
  if (item->kind == ITEM_layer || item->kind == ITEM_optimizer)
    members_steps(r, &item->layer.members);
  if (item->kind == ITEM_init) block_steps(r, &item->init.body);
  if (item->kind == ITEM_train) train_steps(r, item);
}

static void list_steps(TextReducer *r) {
  Span *spans = spans_new(r, r->file->n_items);
  r->cuts.len = r->steps.len = 0;
  for (uint32_t i = 0; i < r->file->n_items; i++) spans[i] = r->file->items[i]->span;
  remove_some(r, spans, r->file->n_items);
  for (uint32_t i = 0; i < r->file->n_comments; i++) replace(r, r->file->comments[i].span, "");
  for (uint32_t i = r->file->n_items; i-- > 0;) item_steps(r, r->file->items[i]);
}

/* ---- trying them ---------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b) {
  const Cut *x = a, *y = b;
  return x->span.lo < y->span.lo ? -1 : x->span.lo > y->span.lo;
}

static const char *after_cuts(TextReducer *r, const TextStep *step) {
  Cut *cuts = arena_copy(&r->ctx->arena, r->cuts.data + step->first, sizeof(Cut) * step->n);
  Text out = text_new(&r->ctx->arena);
  uint32_t at = r->source->base;
  qsort(cuts, step->n, sizeof(Cut), by_place);
  for (uint32_t i = 0; i < step->n; i++) {
    if (cuts[i].span.lo < at) continue;
    text_put(&out, r->source->text + (at - r->source->base), cuts[i].span.lo - at);
    text_puts(&out, cuts[i].text);
    at = cuts[i].span.hi;
  }
  text_puts(&out, r->source->text + (at - r->source->base));
  return text_str(&out);
}

/* The text in the standard layout; NULL when it has syntax errors. What is read on the way is
 * freed. */
static const char *formatted(TextReducer *r, const char *text) {
  Ctx *ctx = ctx_new();
  const Source *source = source_add(ctx, r->source->path, text, strlen(text));
  const AstFile *file = parse_file(ctx, source);
  Text out = text_new(&ctx->arena);
  bool good = !file->failed && fmt_file(ctx, file, &out);
  const char *copy = good ? arena_strdup(&r->ctx->arena, text_str(&out)) : NULL;
  ctx_free(ctx);
  return copy;
}

static void take(TextReducer *r, const char *text) {
  r->source = source_add(r->ctx, r->source->path, text, strlen(text));
  r->file = parse_file(r->ctx, r->source);
  list_steps(r);
}

/* Shorter, or as long with smaller numbers: so that this ends. */
static bool smaller(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  return n < m || (n == m && strcmp(a, b) < 0);
}

static bool try_step(TextReducer *r, const TextStep *step) {
  const char *text = formatted(r, after_cuts(r, step));
  if (!text || !smaller(text, r->source->text)) return false;
  r->stats.tried++;
  if (!r->test(r->user, text)) return false;
  r->stats.kept++;
  take(r, text);
  return true;
}

const char *text_reduce(Ctx *ctx, const Source *source, TextTest test, void *user,
                        TextReduction *stats) {
  TextReducer r = {.ctx = ctx, .source = source, .test = test, .user = user};
  if (parse_file(ctx, source)->failed) return NULL;
  take(&r, formatted(&r, source->text));
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < r.steps.len;) {
      const TextStep step = r.steps.data[i];
      if (try_step(&r, &step))
        again = true;
      else
        i++;
    }
  }
  if (stats) *stats = r.stats;
  return r.source->text;
}
