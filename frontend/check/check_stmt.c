/* Statements: assignment, static control, results of blocks. */
#include "frontend/check/checker.h"

/* ---- assignment ---- */

static bool is_active(Check *c, const IndexVar *var) {
  for (uint32_t i = 0; i < c->active.len; i++)
    if (c->active.data[i] == var) return true;
  return false;
}

static bool escapes(Check *c, const Value *v, Span span) {
  for (int i = 0; v->kind == VAL_tensor && i < v->tensor.n_vars; i++) {
    if (is_active(c, v->tensor.vars[i])) continue;
    const char *name = ctx_text(c->ctx, v->tensor.vars[i]->name);
    diag_at(c->ctx, span, E_index_escapes, "the right side depends on the index '%s'", name);
    diag_help(c->ctx, "name the axis on the left: y[%s] = ...", name);
    return true;
  }
  return false;
}

/* The first name that a node gets is the one that messages and pictures show. */
static void name_node(Check *c, const Value *v, Str name) {
  if (v->kind != VAL_tensor || v->tensor.frame != c->frame) return;
  Node *n = &c->frame->graph->nodes.data[v->tensor.ref.i];
  if (str_none(n->name) && n->op != OP_const) n->name = name;
}

void assign_name(Check *c, Name name, Value value) {
  if (str_none(name.str)) return;
  if (value.kind == VAL_list || escapes(c, &value, name.span)) value = value_poison();
  if (loses_value(c, name)) value = value_poison();
  if (keep_state(c, name, value)) return;
  value.whole_name = false;
  value = variable_of(c, name.str, c->assigned, value, name.span);
  if (c->train && !c->spec->train_rules->assign(c, name, &value)) value = value_poison();
  name_node(c, &value, name.str);
  scope_bind(c->ctx, c->scope, name.str, name.span, value);
}

static Name target_name(const Expr *target) {
  if (target->kind != EX_name) return (Name){0};
  return (Name){target->name, target->span};
}

static void assign_target(Check *c, const Expr *target, Value value) {
  if (builds_item(c, target))
    build_item_of(c, target, value);
  else if (updates_part(c, target))
    update_part(c, target, value);
  else if (target->kind == EX_subscript)
    define_value(c, target, value);
  else
    assign_name(c, target_name(target), value);
}

static void assign_tuple(Check *c, const Stmt *s, Value value) {
  const Exprs *targets = &s->assign.targets;
  bool fits = value.kind == VAL_tuple && value.items.len == targets->len;
  if (!fits && value_ok(&value)) {
    diag_at(c->ctx, s->span, E_tuple_mismatch, "%u names on the left", targets->len);
    diag_got(c->ctx, "%s", value_str(c, &value));
  }
  const Expr *x = c->assigned;
  bool each = x->kind == EX_tuple && x->items.len == targets->len;
  for (uint32_t i = 0; i < targets->len; i++) {
    c->assigned = each ? x->items.data[i] : x;
    assign_target(c, targets->data[i], fits ? value.items.data[i] : value_poison());
  }
}

/* Whether a name on the left stands for something that the statement would not change. */
static bool loses_target(Check *c, const Exprs *targets) {
  bool loses = false;
  Name *names = alloc(c, sizeof(Name) * (targets->len + 1));
  for (uint32_t i = 0; i < targets->len; i++) {
    const Expr *x = targets->data[i];
    names[i] = target_name(x->kind == EX_subscript ? x->subscript.base : x);
    loses = (!str_none(names[i].str) && loses_value(c, names[i])) || loses;
  }
  for (uint32_t i = 0; loses && i < targets->len; i++)
    if (!str_none(names[i].str))
      scope_bind(c->ctx, c->scope, names[i].str, names[i].span, value_poison());
  return loses;
}

/* size M = T / C: rounded down, and a size from then on. */
static Value local_size(Check *c, const Expr *x) {
  Sz size;
  return elab_size(c, x, &size) ? value_size(c->ctx, size) : value_poison();
}

static void elab_assign(Check *c, const Stmt *s) {
  const Exprs *targets = &s->assign.targets;
  if (loses_target(c, targets)) return;
  const With *before = c->with;
  c->with = &s->assign.with;
  if (scatters(s))
    elab_scatter(c, s);
  else if (!s->assign.tuple && targets->len == 1 && targets->data[0]->kind == EX_subscript &&
           !builds_item(c, targets->data[0]) && !updates_part(c, targets->data[0]))
    define_index(c, targets->data[0], s->assign.value);
  else {
    Value v = s->assign.size ? local_size(c, s->assign.value) : elab_expr(c, s->assign.value);
    c->assigned = s->assign.value;
    if (s->assign.tuple)
      assign_tuple(c, s, v);
    else if (targets->len)
      assign_target(c, targets->data[0], v);
    c->assigned = NULL;
  }
  c->with = before;
}

/* ---- static control ---- */

/* A condition that only a caller can decide, or that is wrong: both branches are checked. Such a
 * graph does both, and is not to be run. */
static Value elab_branch(Check *c, const Stmt *s, bool *found, Span *where) {
  Value condition, v = value_poison();
  *found = false;
  bool wrong = !elab_static_bool(c, s->branch.condition, &condition);
  bool unknown = wrong || condition.kind == VAL_unknown;
  if (unknown && span_none(c->instance->undecided))
    c->instance->undecided = s->branch.condition->span;
  if (unknown || condition.boolean) v = elab_block(c, &s->branch.then, found, where);
  if (unknown || !condition.boolean) v = elab_block(c, &s->branch.otherwise, found, where);
  return v;
}

bool check_undecided(Ctx *ctx, Span condition) {
  diag_at(ctx, condition, E_not_static,
          "this condition hangs on a size that is known only when the program runs");
  diag_help(ctx, "give the size by a constant or a parameter of type size; where(...) chooses "
                 "between values while running");
  return false;
}

/* What sizes and single numbers decide while running is left to the calls of the instance. */
static void elab_check(Check *c, const Stmt *s) {
  Value condition;
  Claim claim = {.stmt = s};
  if (!elab_claim(c, s->check.condition, &condition, &claim.condition)) return;
  if (!ref_none(claim.condition)) vec_push(&c->ctx->arena, &c->instance->claims, claim);
  if (condition.kind == VAL_unknown && condition.condition)
    facts_learn(c, condition.condition, s->check.condition->span);
  if (condition.kind != VAL_bool || condition.boolean) return;
  c->instance->stopped = true;
  assertion_failed(c->ctx, s, c->instance->name, NULL);
}

static Value elab_result(Check *c, const Stmt *s) {
  const With *before = c->with;
  c->with = &s->expr.with;
  Value v = elab_expr(c, s->expr.value);
  c->with = before;
  v.whole_name = false;
  return escapes(c, &v, s->span) ? value_poison() : v;
}

static void elab_stmt(Check *c, const Stmt *s) {
  bool found;
  Span where;
  switch (s->kind) {
  case ST_poison:
    return;
  case ST_assign:
    elab_assign(c, s);
    return;
  case ST_expr:
    elab_result(c, s);
    return;
  case ST_scan:
    elab_scan(c, s);
    return;
  case ST_for:
    elab_for(c, s);
    return;
  case ST_if:
    elab_branch(c, s, &found, &where);
    return;
  case ST_assert:
    elab_check(c, s);
    return;
  case ST_minimize:
  case ST_move:
  case ST_repeat:
  case ST_log:
    if (c->train)
      c->spec->train_rules->stmt(c, s);
    else
      diag_at(c->ctx, s->span, E_outside_train, "this statement belongs into a training program");
    return;
  }
}

static Value elab_stmts(Check *c, const Block *block, bool *found, Span *where) {
  Value v = value_poison();
  *found = false;
  if (block->n_variables) c->body = block;
  for (uint32_t i = 0; i < block->len; i++) {
    const Stmt *s = block->data[i];
    bool last = i + 1 == block->len;
    if (last && s->kind == ST_expr) {
      *found = true;
      *where = s->span;
      return elab_result(c, s);
    }
    if (last && s->kind == ST_if) return elab_branch(c, s, found, where);
    elab_stmt(c, s);
    *found = c->instance->stopped || (last && s->kind == ST_poison);
    if (c->instance->stopped) return value_poison();
  }
  return v;
}

Value elab_block(Check *c, const Block *block, bool *found, Span *where) {
  uint32_t facts = c->facts.len;
  Value v = elab_stmts(c, block, found, where);
  c->facts.len = facts;
  return v;
}
