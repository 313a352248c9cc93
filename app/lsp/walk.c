#include "app/lsp/walk.h"

static void walk_expr(const TreeWalk *w, const Expr *x);
static void walk_block(const TreeWalk *w, const Block *block);

static void walk_args(const TreeWalk *w, const Args *args) {
  for (uint32_t i = 0; i < args->len; i++) walk_expr(w, args->data[i].value);
}

static void walk_exprs(const TreeWalk *w, const Exprs *list) {
  for (uint32_t i = 0; i < list->len; i++) walk_expr(w, list->data[i]);
}

static void walk_subscript(const TreeWalk *w, const Expr *x) {
  walk_expr(w, x->subscript.base);
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    walk_expr(w, x->subscript.subs[i].expr);
    walk_expr(w, x->subscript.subs[i].end);
  }
}

static void walk_expr(const TreeWalk *w, const Expr *x) {
  if (!x) return;
  if (w->expr) w->expr(w->user, x);
  switch (x->kind) {
  case EX_unary:
    walk_expr(w, x->unary.a);
    return;
  case EX_binary:
    walk_expr(w, x->binary.a);
    walk_expr(w, x->binary.b);
    return;
  case EX_call:
    walk_expr(w, x->call.callee);
    walk_args(w, &x->call.args);
    return;
  case EX_reduce:
    walk_expr(w, x->reduce.axis);
    walk_args(w, &x->reduce.args);
    return;
  case EX_member:
    walk_expr(w, x->member.base);
    return;
  case EX_subscript:
    walk_subscript(w, x);
    return;
  case EX_with:
    walk_expr(w, x->with.base);
    walk_expr(w, x->with.weights);
    return;
  case EX_tuple:
  case EX_list:
    walk_exprs(w, &x->items);
    return;
  default:
    return;
  }
}

static void walk_type(const TreeWalk *w, const TypeExpr *t) {
  if (!t) return;
  walk_expr(w, t->index);
  walk_expr(w, t->count);
  for (uint32_t i = 0; i < t->n_dims; i++) walk_expr(w, t->dims[i].size);
  for (uint32_t i = 0; i < t->n_items; i++) walk_type(w, t->items[i]);
}

static void walk_with(const TreeWalk *w, const With *with) {
  for (uint32_t i = 0; i < with->len; i++) walk_expr(w, with->data[i].extent);
}

static void walk_update(const TreeWalk *w, const Stmt *s) {
  if (s->kind == ST_move) {
    walk_expr(w, s->move.net);
    walk_expr(w, s->move.to);
    walk_expr(w, s->move.rule);
    walk_expr(w, s->move.when);
    return;
  }
  walk_expr(w, s->minimize.loss);
  walk_exprs(w, &s->minimize.nets);
  walk_expr(w, s->minimize.optimizer);
  walk_expr(w, s->minimize.every);
  walk_expr(w, s->minimize.when);
}

static void walk_log(const TreeWalk *w, const Stmt *s) {
  for (uint32_t i = 0; i < s->log.len; i++) {
    walk_expr(w, s->log.data[i].value);
    walk_expr(w, s->log.data[i].per);
  }
}

static void walk_stmt(const TreeWalk *w, const Stmt *s) {
  if (w->stmt) w->stmt(w->user, s);
  switch (s->kind) {
  case ST_poison:
    return;
  case ST_assign:
    walk_exprs(w, &s->assign.targets);
    walk_expr(w, s->assign.value);
    walk_with(w, &s->assign.with);
    return;
  case ST_expr:
    walk_expr(w, s->expr.value);
    walk_with(w, &s->expr.with);
    return;
  case ST_scan:
  case ST_repeat:
    walk_expr(w, s->scan.extent);
    walk_args(w, &s->scan.carries);
    walk_expr(w, s->scan.until);
    walk_block(w, &s->scan.body);
    return;
  case ST_for:
    walk_expr(w, s->loop.over);
    walk_block(w, &s->loop.body);
    return;
  case ST_if:
    walk_expr(w, s->branch.condition);
    walk_block(w, &s->branch.then);
    walk_block(w, &s->branch.otherwise);
    return;
  case ST_assert:
    walk_expr(w, s->check.condition);
    return;
  case ST_minimize:
  case ST_move:
    walk_update(w, s);
    return;
  case ST_log:
    walk_log(w, s);
    return;
  }
}

static void walk_block(const TreeWalk *w, const Block *block) {
  for (uint32_t i = 0; i < block->len; i++) walk_stmt(w, block->data[i]);
}

static void walk_params(const TreeWalk *w, const Params *params) {
  for (uint32_t i = 0; i < params->len; i++) {
    walk_type(w, params->data[i].type);
    walk_expr(w, params->data[i].value);
  }
}

static void walk_fn(const TreeWalk *w, const FnDecl *fn) {
  walk_params(w, &fn->params);
  walk_type(w, fn->result);
  walk_block(w, &fn->body);
}

static void walk_members(const TreeWalk *w, const Item *owner, const Members *members);

static void walk_member(const TreeWalk *w, const Item *owner, const Member *m) {
  if (w->member) w->member(w->user, owner, m);
  if (m->kind == MEM_weight) {
    walk_type(w, m->weight.type);
    walk_expr(w, m->weight.init);
  } else if (m->kind == MEM_layer) {
    walk_expr(w, m->sublayer.count);
    walk_args(w, &m->sublayer.args);
  } else if (m->kind == MEM_const) {
    walk_expr(w, m->value);
  } else if (m->kind == MEM_fn) {
    walk_fn(w, m->fn);
  } else if (m->kind == MEM_if) {
    walk_expr(w, m->branch.condition);
    walk_members(w, owner, &m->branch.then);
    walk_members(w, owner, &m->branch.otherwise);
  }
}

static void walk_members(const TreeWalk *w, const Item *owner, const Members *members) {
  for (uint32_t i = 0; i < members->len; i++) walk_member(w, owner, members->data[i]);
}

static void walk_part(const TreeWalk *w, const Item *program, const TrainMember *m) {
  if (w->part) w->part(w->user, program, m);
  if (m->kind == TM_state) walk_type(w, m->type);
  walk_expr(w, m->value);
  walk_expr(w, m->from);
  walk_expr(w, m->at);
  walk_expr(w, m->every);
  walk_expr(w, m->over);
  walk_expr(w, m->patience);
  if (m->kind == TM_step || m->kind == TM_eval) walk_block(w, &m->body);
}

static void walk_item(const TreeWalk *w, const Item *item) {
  if (w->item) w->item(w->user, item);
  switch (item->kind) {
  case ITEM_const:
    walk_expr(w, item->value);
    return;
  case ITEM_fn:
    walk_fn(w, item->fn);
    return;
  case ITEM_extern:
    walk_fn(w, item->foreign.fn);
    return;
  case ITEM_layer:
  case ITEM_optimizer:
    walk_params(w, &item->layer.constants);
    walk_members(w, item, &item->layer.members);
    return;
  case ITEM_init:
    walk_params(w, &item->init.constants);
    walk_type(w, item->init.result);
    walk_block(w, &item->init.body);
    return;
  case ITEM_train:
    for (uint32_t i = 0; i < item->train.len; i++) walk_part(w, item, &item->train.data[i]);
    return;
  default:
    return;
  }
}

void walk_file(const TreeWalk *w, const AstFile *file) {
  for (uint32_t i = 0; i < file->n_items; i++) walk_item(w, file->items[i]);
}

/* ---- what is around a place ---- */

typedef struct Around {
  uint32_t at;
  Span fn;
} Around;

static void item_around(void *user, const Item *item) {
  Around *a = user;
  if (item->kind == ITEM_fn && a->at >= item->span.lo && a->at < item->span.hi) a->fn = item->span;
}

static void member_around(void *user, const Item *owner, const Member *m) {
  (void)owner;
  Around *a = user;
  if (m->kind == MEM_fn && a->at >= m->span.lo && a->at < m->span.hi) a->fn = m->span;
}

Span walk_function_at(const AstFile *file, uint32_t position) {
  Around around = {.at = position};
  walk_file(&(TreeWalk){.user = &around, .item = item_around, .member = member_around}, file);
  return around.fn;
}

Span walk_item_at(const AstFile *file, uint32_t position) {
  for (uint32_t i = 0; i < file->n_items; i++) {
    Span span = file->items[i]->span;
    if (position >= span.lo && position < span.hi) return span;
  }
  return (Span){0};
}
