/* See plant.h. */
#include "tests/programs/plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/syntax/parse.h"
#include "tests/programs/gen.h"

/* A piece of the text and what stands there instead. */
typedef struct Edit {
  Span span;
  const char *text; /* with %s for what stood there */
} Edit;

enum { MOST_EDITS = 512, MOST_NAMES = 256 };

typedef struct Plant {
  Ctx *ctx;
  const Source *source;
  const struct Mistake *mistake;
  Edit edits[MOST_EDITS];
  int n_edits;
  Str carried[MOST_NAMES], outside[MOST_NAMES], variables[MOST_NAMES]; /* of the loop around */
  int n_carried, n_outside, n_variables;
  bool in_loop, in_repeat;
  const TrainMember *frozen[8]; /* models of the program that say it */
  int n_frozen;
} Plant;

typedef struct Mistake {
  const char *name;
  void (*expr)(Plant *p, const Expr *x);
  void (*stmt)(Plant *p, const Stmt *s);
} Mistake;

static void edit(Plant *p, Span span, const char *text) {
  if (p->n_edits < MOST_EDITS) p->edits[p->n_edits++] = (Edit){span, text};
}

static bool among(const Str *names, int n, Str name) {
  for (int i = 0; i < n; i++)
    if (str_eq(names[i], name)) return true;
  return false;
}

static bool is_call(Plant *p, const Expr *x, const char *name) {
  return x->kind == EX_call && x->call.callee->kind == EX_name &&
         !strcmp(ctx_text(p->ctx, x->call.callee->name), name);
}

/* ---- mistakes ---- */

static void constant(Plant *p, const Expr *x) { edit(p, x->span, "stop_gradient(%s)"); }

static void captured(Plant *p, const Expr *x) {
  if (p->in_loop && x->kind == EX_name && among(p->outside, p->n_outside, x->name) &&
      !among(p->variables, p->n_variables, x->name))
    constant(p, x);
}

static void carried(Plant *p, const Expr *x) {
  if (p->in_loop && x->kind == EX_name && among(p->carried, p->n_carried, x->name) &&
      !among(p->variables, p->n_variables, x->name))
    constant(p, x);
}

static void before_repeat(Plant *p, const Expr *x) {
  if (p->in_repeat && x->kind == EX_name && among(p->outside, p->n_outside, x->name))
    constant(p, x);
}

static void derivative(Plant *p, const Expr *x) {
  if (is_call(p, x, "grad")) constant(p, x);
}

static void of_call(Plant *p, const Expr *x) {
  if (x->kind != EX_call || x->call.callee->kind != EX_name) return;
  const char *name = ctx_text(p->ctx, x->call.callee->name); /* f12 */
  if (name[0] == 'f' && strspn(name + 1, "0123456789") == strlen(name + 1) && strcmp(name, "f32"))
    constant(p, x);
}

static void power(Plant *p, const Expr *x) {
  if (x->kind != EX_binary || x->binary.op != BIN_pow) return;
  const Span a = x->binary.a->span;
  const char *base = arena_printf(&p->ctx->arena, "%.*s", (int)(a.hi - a.lo),
                                  p->source->text + (a.lo - p->source->base));
  edit(p, x->span, arena_printf(&p->ctx->arena, "where(%s == 0, stop_gradient(%%s), %%s)", base));
}

static void remainder_of(Plant *p, const Expr *x) {
  if (x->kind != EX_binary || x->binary.op != BIN_mod) return;
  const Span a = x->binary.a->span, b = x->binary.b->span;
  const char *text = p->source->text - p->source->base;
  int na = (int)(a.hi - a.lo), nb = (int)(b.hi - b.lo);
  edit(p, x->span,
       arena_printf(&p->ctx->arena, "(%.*s - %.*s * floor(%.*s / %.*s))", na, text + a.lo, nb,
                    text + b.lo, na, text + a.lo, nb, text + b.lo));
}

static void product(Plant *p, const Expr *x) {
  if (!is_call(p, x, "prod") || x->call.args.data[0].value->kind != EX_name) return;
  const char *name = ctx_text(p->ctx, x->call.args.data[0].value->name);
  edit(p, x->span,
       arena_printf(&p->ctx->arena, "where(any(%s == 0), stop_gradient(%%s), %%s)", name));
}

static void larger(Plant *p, const Expr *x) {
  if (is_call(p, x, "max") && x->call.args.len == 2) constant(p, x);
}

/* The call with the branch of a condition in place of the function's: other slopes at 0 and
 * ties. */
static void as_branch(Plant *p, const Expr *x, const char *format) {
  const char *text = p->source->text - p->source->base;
  const Span a = x->call.args.data[0].value->span;
  const Span b = x->call.args.data[x->call.args.len - 1].value->span;
  int na = (int)(a.hi - a.lo), nb = (int)(b.hi - b.lo);
  edit(p, x->span,
       arena_printf(&p->ctx->arena, format, na, text + a.lo, nb, text + b.lo, na, text + a.lo, nb,
                    text + b.lo));
}

static void relu_of(Plant *p, const Expr *x) {
  if (is_call(p, x, "relu")) as_branch(p, x, "where(%.*s >= 0, %.*s, 0 * (%.*s))");
}

static void size_of(Plant *p, const Expr *x) {
  if (is_call(p, x, "abs")) as_branch(p, x, "where(%.*s >= 0, %.*s, -(%.*s))");
}

static void tie(Plant *p, const Expr *x) {
  if (is_call(p, x, "max") && x->call.args.len == 2)
    as_branch(p, x, "where(%.*s >= %.*s, %.*s, %.*s)");
}

static void shifted(Plant *p, const Expr *x) {
  if (x->kind != EX_subscript) return;
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *s = &x->subscript.subs[i];
    if (s->kind == SUB_expr && s->expr->kind == EX_binary && s->expr->binary.op == BIN_add)
      edit(p, s->expr->binary.b->span, "0");
  }
}

static void order(Plant *p, const Stmt *s) {
  if (s->kind == ST_scan && s->scan.reversed) {
    const Span e = s->scan.extent->span;
    edit(p, (Span){e.hi, e.hi + 9}, "");
  }
}

static void longer(Plant *p, const Stmt *s) {
  if (s->kind == ST_scan && s->scan.until) edit(p, s->scan.until->span, "(%s and false)");
}

static void two_nets(Plant *p, const Stmt *s) {
  if (s->kind == ST_minimize && s->minimize.nets.len == 2) {
    Span a = s->minimize.nets.data[0]->span, b = s->minimize.nets.data[1]->span;
    edit(p, (Span){a.hi, b.hi}, "");
  }
}

static void go_through(Plant *p, const Stmt *s) {
  bool update =
      (s->kind == ST_minimize && !s->minimize.through) || (s->kind == ST_move && !s->move.through);
  if (update) edit(p, (Span){s->span.hi, s->span.hi}, " through");
}

static void not_through(Plant *p, const Stmt *s) {
  bool update =
      (s->kind == ST_minimize && s->minimize.through) || (s->kind == ST_move && s->move.through);
  if (update) edit(p, (Span){s->span.hi - 7, s->span.hi}, "");
}

/* A model of the program that says 'frozen', by its name; NULL: it has none. */
static const TrainMember *frozen_model(Plant *p, const Expr *x) {
  for (int i = 0; x->kind == EX_name && i < p->n_frozen; i++)
    if (str_eq(p->frozen[i]->name.str, x->name)) return p->frozen[i];
  return NULL;
}

static void through_moves(Plant *p, const Stmt *s) {
  if (s->kind == ST_move && !s->move.through && !frozen_model(p, s->move.net)) go_through(p, s);
}

/* A model that is not frozen any more, so that the text may say 'through'. */
static void through_frozen(Plant *p, const Stmt *s) {
  const TrainMember *m = s->kind == ST_move ? frozen_model(p, s->move.net) : NULL;
  if (!m) return;
  edit(p, (Span){m->value->span.hi, m->value->span.hi + strlen(" frozen")}, "");
  edit(p, (Span){s->span.hi, s->span.hi}, " through");
}

static void copies(Plant *p, const Stmt *s) {
  if (s->kind == ST_move) edit(p, s->move.rule->span, "follow(keep = 0.0)");
}

static void of_frozen(Plant *p, const Expr *x) {
  if (x->kind == EX_call && frozen_model(p, x->call.callee)) constant(p, x);
}

/* The generator writes (N * 65537 * 32769), which is beyond 2^31 for each N; once around is
 * what 32 bits make of it. */
static void narrow(Plant *p, const Expr *x) {
  static const char last[] = "32769";
  if (x->kind != EX_binary || x->binary.op != BIN_mul) return;
  const Span b = x->binary.b->span;
  const char *text = p->source->text + (b.lo - p->source->base);
  if (b.hi - b.lo == strlen(last) && !memcmp(text, last, strlen(last)))
    edit(p, x->span, "(%s - 4294967296.0)");
}

static const Mistake mistakes[] = {
    {"captured values are constants", captured, NULL},
    {"carried values are constants", carried, NULL},
    {"values from before a repeat are constants", before_repeat, NULL},
    {"derivatives have no derivative", derivative, NULL},
    {"calls have no derivative", of_call, NULL},
    {"x ** n has none at 0", power, NULL},
    {"a product has none where it is 0", product, NULL},
    {"the remainder is made from a quotient", remainder_of, NULL},
    {"max(a, b) has no derivative", larger, NULL},
    {"relu has the slope 1 at 0", relu_of, NULL},
    {"abs has the slope 1 at 0", size_of, NULL},
    {"at a tie max is the first one", tie, NULL},
    {"x[i + 1] is x[i]", shifted, NULL},
    {"reversed is forgotten", NULL, order},
    {"until is forgotten", NULL, longer},
    {"minimize forgets the second model", NULL, two_nets},
    {"derivatives go through all updates", NULL, go_through},
    {"derivatives go through no update", NULL, not_through},
    {"derivatives go through moves", NULL, through_moves},
    {"derivatives go through moves into frozen models", NULL, through_frozen},
    {"what a frozen model gives is a constant", of_frozen, NULL},
    {"a move copies", NULL, copies},
    {"sizes have 32 bits", narrow, NULL},
};
enum { N_MISTAKES = sizeof mistakes / sizeof mistakes[0] };

/* ---- the tree ---- */

static void walk_expr(Plant *p, const Expr *x);

static void walk_args(Plant *p, const Args *args, uint32_t n) {
  for (uint32_t i = 0; i < args->len && i < n; i++) walk_expr(p, args->data[i].value);
}

static void walk_subs(Plant *p, const Expr *x) {
  for (uint32_t i = 0; i < x->subscript.n_subs; i++)
    if (x->subscript.subs[i].kind == SUB_expr) walk_expr(p, x->subscript.subs[i].expr);
}

/* What is replaced is not looked into. */
static void walk_expr(Plant *p, const Expr *x) {
  int before = p->n_edits;
  bool grad = is_call(p, x, "grad");
  if (p->mistake->expr) p->mistake->expr(p, x);
  if (p->n_edits > before && p->mistake->expr != shifted) return;
  switch (x->kind) {
  case EX_unary:
    walk_expr(p, x->unary.a);
    break;
  case EX_binary:
    walk_expr(p, x->binary.a);
    walk_expr(p, x->binary.b);
    break;
  case EX_call: /* the variable of a derivative stays */
    walk_args(p, &x->call.args, grad ? 1 : 99);
    break;
  case EX_reduce:
    walk_args(p, &x->reduce.args, 1);
    break;
  case EX_subscript:
    walk_expr(p, x->subscript.base);
    walk_subs(p, x);
    break;
  case EX_with:
    walk_expr(p, x->with.base);
    break;
  case EX_tuple:
    for (uint32_t i = 0; i < x->items.len; i++) walk_expr(p, x->items.data[i]);
    break;
  default:
    break;
  }
}

static void add_name(Str *names, int *n, Str name) {
  if (*n < MOST_NAMES && !among(names, *n, name)) names[(*n)++] = name;
}

/* Names that the statements give a value. */
static void assigned(const Block *b, Str *names, int *n) {
  for (uint32_t i = 0; i < b->len; i++) {
    const Stmt *s = b->data[i];
    if (s->kind == ST_for) assigned(&s->loop.body, names, n);
    if (s->kind == ST_if) assigned(&s->branch.then, names, n);
    if (s->kind == ST_if) assigned(&s->branch.otherwise, names, n);
    for (uint32_t k = 0; s->kind == ST_assign && k < s->assign.targets.len; k++)
      if (s->assign.targets.data[k]->kind == EX_name)
        add_name(names, n, s->assign.targets.data[k]->name);
  }
}

static void find_variables(Plant *p, const Expr *x) {
  if (is_call(p, x, "grad") && x->call.args.len == 2) {
    const Expr *v = x->call.args.data[1].value;
    if (v->kind == EX_name) add_name(p->variables, &p->n_variables, v->name);
    for (uint32_t i = 0; v->kind == EX_tuple && i < v->items.len; i++)
      if (v->items.data[i]->kind == EX_name)
        add_name(p->variables, &p->n_variables, v->items.data[i]->name);
  }
  if (x->kind == EX_binary) find_variables(p, x->binary.a), find_variables(p, x->binary.b);
}

static void walk_block(Plant *p, const Block *b);

/* The names that mean something around the loop are outside in it. */
static void walk_loop(Plant *p, const Stmt *s) {
  Plant before = *p;
  p->in_loop = s->kind == ST_scan;
  p->in_repeat = s->kind == ST_repeat;
  for (uint32_t i = 0; i < s->scan.body.len; i++) {
    const Stmt *inner = s->scan.body.data[i];
    if (inner->kind == ST_assign) find_variables(p, inner->assign.value);
  }
  for (uint32_t i = 0; i < s->scan.carries.len; i++)
    add_name(p->carried, &p->n_carried, s->scan.carries.data[i].name.str);
  Str own[MOST_NAMES];
  int n = 0, kept = 0;
  assigned(&s->scan.body, own, &n);
  for (uint32_t i = 0; i < s->scan.carries.len; i++)
    add_name(own, &n, s->scan.carries.data[i].name.str);
  for (int i = 0; i < p->n_outside; i++)
    if (!among(own, n, p->outside[i])) p->outside[kept++] = p->outside[i];
  p->n_outside = kept;
  walk_block(p, &s->scan.body);
  before.n_edits = p->n_edits;
  memcpy(before.edits, p->edits, sizeof p->edits);
  *p = before;
  for (uint32_t i = 0; i < s->scan.carries.len; i++)
    add_name(p->outside, &p->n_outside, s->scan.carries.data[i].name.str);
}

static void walk_stmt(Plant *p, const Stmt *s) {
  if (p->mistake->stmt) p->mistake->stmt(p, s);
  switch (s->kind) {
  case ST_assign:
    walk_expr(p, s->assign.value);
    for (uint32_t k = 0; k < s->assign.targets.len; k++)
      if (s->assign.targets.data[k]->kind == EX_name && !p->in_loop && !p->in_repeat)
        add_name(p->outside, &p->n_outside, s->assign.targets.data[k]->name);
    return;
  case ST_expr:
    walk_expr(p, s->expr.value);
    return;
  case ST_scan:
  case ST_repeat:
    walk_loop(p, s);
    return;
  case ST_for:
    walk_block(p, &s->loop.body);
    return;
  case ST_minimize:
    walk_expr(p, s->minimize.loss);
    return;
  default:
    return;
  }
}

static void walk_block(Plant *p, const Block *b) {
  for (uint32_t i = 0; i < b->len; i++) walk_stmt(p, b->data[i]);
}

static void walk_fn(Plant *p, const FnDecl *fn) {
  p->n_outside = 0;
  for (uint32_t i = 0; i < fn->params.len; i++)
    if (fn->params.data[i].type && !fn->params.data[i].type->index)
      add_name(p->outside, &p->n_outside, fn->params.data[i].name.str);
  walk_block(p, &fn->body);
}

static void walk_item(Plant *p, const Item *item) {
  if (item->kind == ITEM_fn) walk_fn(p, item->fn);
  for (uint32_t i = 0; item->kind == ITEM_layer && i < item->layer.members.len; i++)
    if (item->layer.members.data[i]->kind == MEM_fn) walk_fn(p, item->layer.members.data[i]->fn);
  p->n_outside = p->n_frozen = 0;
  for (uint32_t i = 0; item->kind == ITEM_train && i < item->train.len; i++) {
    const TrainMember *m = &item->train.data[i];
    if (m->kind == TM_setting && m->frozen && p->n_frozen < 8) p->frozen[p->n_frozen++] = m;
    if (m->kind == TM_step) walk_block(p, &m->body);
  }
}

/* ---- the text ---- */

static int by_place(const void *a, const void *b) {
  const Edit *x = a, *y = b;
  return x->span.lo < y->span.lo ? -1 : x->span.lo > y->span.lo;
}

static void put_edit(Plant *p, const Edit *e, Text *out) {
  const char *old = p->source->text + (e->span.lo - p->source->base);
  for (const char *c = e->text; *c; c++) {
    if (c[0] == '%' && c[1] == 's') {
      text_put(out, old, e->span.hi - e->span.lo);
      c++;
    } else {
      text_putc(out, *c);
    }
  }
}

/* NULL when there is no place for the mistake. */
static const char *planted(Ctx *ctx, const char *text, const Mistake *mistake) {
  Plant *p = arena_new(&ctx->arena, Plant);
  Text out = text_new(&ctx->arena);
  p->ctx = ctx;
  p->mistake = mistake;
  p->source = source_add(ctx, "program.ordo", text, strlen(text));
  const AstFile *file = parse_file(ctx, p->source);
  for (uint32_t i = 0; i < file->n_items; i++) walk_item(p, file->items[i]);
  if (!p->n_edits || file->failed) return NULL;
  qsort(p->edits, (size_t)p->n_edits, sizeof(Edit), by_place);
  uint32_t at = p->source->base;
  for (int i = 0; i < p->n_edits; i++) {
    const Edit *e = &p->edits[i];
    if (e->span.lo < at) continue;
    text_put(&out, text + (at - p->source->base), e->span.lo - at);
    put_edit(p, e, &out);
    at = e->span.hi;
  }
  text_puts(&out, text + (at - p->source->base));
  return text_str(&out);
}

/* ---- all mistakes ---- */

static bool plant_one(const Mistake *m, uint64_t seed, long count, GenSize size, long *tried) {
  Tally tally = {0};
  const Compare c = {.library = "models/lib", .quiet = true, .tally = &tally};
  *tried = 0;
  for (long i = 0; i < count; i++) {
    Ctx *ctx = ctx_new();
    Case k = gen_case(ctx, seed + (uint64_t)i, size);
    k.planted = planted(ctx, k.text, m);
    Verdict verdict = k.planted ? case_compare(&c, &k) : CASE_refused;
    *tried += verdict == CASE_fine || verdict == CASE_wrong;
    k.planted = NULL; /* has to be right without it */
    if (verdict == CASE_wrong && case_compare(&c, &k) != CASE_fine) verdict = CASE_refused;
    ctx_free(ctx);
    if (verdict != CASE_wrong) continue;
    printf("seed %llu: '%s' is noticed, in text %ld that has a place for it\n",
           (unsigned long long)(seed + (uint64_t)i), m->name, *tried);
    return true;
  }
  return false;
}

bool plant_all(uint64_t seed, long count, GenSize size) {
  int noticed = 0;
  for (int i = 0; i < N_MISTAKES; i++) {
    long tried;
    if (plant_one(&mistakes[i], seed, count, size, &tried))
      noticed++;
    else
      printf("not noticed: '%s' in %ld texts\n", mistakes[i].name, tried);
    fflush(stdout);
  }
  printf("%d mistakes planted, %d noticed\n", N_MISTAKES, noticed);
  return noticed == N_MISTAKES;
}
