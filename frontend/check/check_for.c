/* Loops that are written out: for i in 3 { ... }, for f in block { ... }.
 *
 * 'k[i] = e' with the loop's number i gives a tuple its item of this turn; after the loop k is the
 * tuple. Such tuples hold what differs from turn to turn, as the caches of an array of blocks do.
 */
#include "frontend/check/checker.h"

/* ---- tuples, item by item ---- */

static bool is_turn(const Check *c, const Expr *target) {
  if (!c->turn || target->kind != EX_subscript || target->subscript.n_subs != 1) return false;
  const Sub *sub = &target->subscript.subs[0];
  if (target->subscript.base->kind != EX_name || sub->kind != SUB_expr) return false;
  return sub->expr->kind == EX_name && str_eq(sub->expr->name, c->turn->var);
}

bool builds_item(Check *c, const Expr *target) {
  if (!is_turn(c, target)) return false;
  const Binding *b = scope_find(c->scope, c->turn->var);
  return b && (b->value.kind == VAL_number || !value_ok(&b->value));
}

static Built *find_built(Check *c, Name name) {
  Turn *turn = c->turn;
  for (uint32_t i = 0; i < turn->built.len; i++)
    if (str_eq(turn->built.data[i].name.str, name.str)) return &turn->built.data[i];
  vec_push(&c->ctx->arena, &turn->built, ((Built){.name = name}));
  return &turn->built.data[turn->built.len - 1];
}

void build_item_of(Check *c, const Expr *target, Value value) {
  const Expr *base = target->subscript.base;
  Built *built = find_built(c, (Name){base->name, base->span});
  const Expr *at = target->subscript.subs[0].expr;
  Binding *turn = scope_find(c->scope, at->name);
  if (turn)
    place_word(c->scope->places, WORD_name, (Name){at->name, at->span}, turn->declared, NULL);
  value.whole_name = false;
  if (built->items.len == c->turn->at) {
    vec_push(&c->ctx->arena, &built->items, value);
    return;
  }
  diag_at(c->ctx, target->span, E_tuple_mismatch, "item %u of '%s' is given in turn %u of the loop",
          built->items.len, ctx_text(c->ctx, base->name), c->turn->at);
  diag_help(c->ctx, "each turn gives its item once");
}

/* A loop without turns makes empty tuples. */
static void build_none(Check *c, const Block *body) {
  for (uint32_t i = 0; i < body->len; i++) {
    const Stmt *s = body->data[i];
    for (uint32_t k = 0; s->kind == ST_assign && k < s->assign.targets.len; k++) {
      const Expr *target = s->assign.targets.data[k];
      if (is_turn(c, target))
        find_built(c, (Name){target->subscript.base->name, target->subscript.base->span});
    }
  }
}

static void bind_built(Check *c, const Turn *turn, uint32_t turns, bool sound) {
  for (uint32_t i = 0; i < turn->built.len; i++) {
    const Built *b = &turn->built.data[i];
    bool whole = b->items.len == turns;
    if (loses_value(c, b->name)) whole = sound = false;
    if (!whole && sound)
      diag_at(c->ctx, b->name.span, E_tuple_mismatch, "'%s' gets %u items in %u turns",
              ctx_text(c->ctx, b->name.str), b->items.len, turns);
    Value v = whole && sound ? value_tuple((Values){b->items.data, b->items.len}) : value_poison();
    scope_bind(c->ctx, c->scope, b->name.str, b->name.span, v);
  }
}

/* ---- turns ---- */

/* The number of turns; -1 when it is not known. */
static int64_t count_turns(Check *c, const Value *over, const Expr *x) {
  int64_t n = -1;
  if (over->kind == VAL_layers || over->kind == VAL_tuple) return over->items.len;
  if (!value_ok(over) || over->kind == VAL_unknown) return -1;
  if (!elab_int(c, x, &n)) {
    if (over->kind == VAL_number)
      diag_help(c->ctx, "a loop over a size is a scan: scan t in T, h = first { ... }");
    return -1;
  }
  if (n <= MOST_ITEMS) return n > 0 ? n : 0;
  diag_at(c->ctx, x->span, E_not_static, "%lld turns are too many for a loop that is written out",
          (long long)n);
  diag_help(c->ctx, "scan t in %lld { ... } loops while running", (long long)n);
  return -1;
}

/* A loop whose turns are not known is checked once. */
void elab_for(Check *c, const Stmt *s) {
  Value over = elab_expr(c, s->loop.over);
  bool items = over.kind == VAL_layers || over.kind == VAL_tuple, found;
  int64_t n = count_turns(c, &over, s->loop.over);
  uint32_t errors = c->ctx->diags.errors;
  Span where;
  Turn turn = {.outer = c->turn, .var = s->loop.var.str};
  c->turn = &turn;
  if (n == 0) build_none(c, &s->loop.body);
  for (int64_t i = 0; i < (n < 0 ? 1 : n) && c->ctx->diags.errors == errors; i++) {
    Value v = n < 0 ? value_poison() : items ? over.items.data[i] : value_number(c->ctx, (double)i);
    scope_bind(c->ctx, c->scope, s->loop.var.str, s->loop.var.span, v);
    turn.at = (uint32_t)i;
    elab_block(c, &s->loop.body, &found, &where);
  }
  c->turn = turn.outer;
  bind_built(c, &turn, (uint32_t)(n < 0 ? 0 : n), c->ctx->diags.errors == errors && n >= 0);
}
