/* Statements. */
#include <string.h>

#include "frontend/syntax/parse_internal.h"

static Stmt *parse_stmt(Parser *p);

static Stmt *new_stmt(Parser *p, StmtKind kind) {
  Stmt *stmt = arena_new(&p->ctx->arena, Stmt);
  stmt->kind = kind;
  return stmt;
}

/* ---- blocks ---- */

static void refuse_unused(Parser *p, const Stmt *stmt) {
  const Expr *value = stmt->expr.value;
  if (stmt->kind != ST_expr || value->kind == EX_poison) return;
  if (!parse_report(p, stmt->span, E_unused_value, "nobody uses this value")) return;
  if (value->kind == EX_binary && value->binary.op == BIN_eq)
    diag_fix(p->ctx, value->binary.op_span, "=", "'==' compares; a name gets a value with '='");
  else if (value->kind == EX_unary && value->unary.op == UN_neg)
    diag_help(p->ctx, "if it belongs to the line before, end that line with the operator");
  else
    diag_help(
        p->ctx,
        "only the last expression of a function is its result; give this one a name, or remove it");
}

/* block = "{" {stmt (";" | line end)} "}". With has_result the last statement may be an expression.
 */
Block parse_block(Parser *p, bool has_result) {
  VEC(Stmt *) stmts = {0};
  uint32_t start = p->at;
  if (!parse_enter(p)) {
    parse_leave(p);
    return (Block){.span = parse_peek(p)->span};
  }
  BlockFrame frame = parse_block_open(p);
  while (parse_block_more(p, &frame, false)) {
    uint32_t first = p->first = p->at;
    if (!parse_at(p, TK_semicolon)) {
      Stmt *stmt = parse_stmt(p);
      vec_push(&p->ctx->arena, &stmts, stmt);
    }
    parse_sync(p, first);
  }
  parse_block_close(p, &frame);
  parse_leave(p);
  for (uint32_t i = 0; i < stmts.len && !p->unbalanced; i++)
    if (i + 1 < stmts.len || !has_result) refuse_unused(p, stmts.data[i]);
  return (Block){.data = stmts.data, .len = stmts.len, .span = parse_span(p, start)};
}

/* ---- assignments ---- */

/* with = "with" name "in" expr {"," name "in" expr} */
static With parse_with(Parser *p) {
  VEC(WithItem) items = {0};
  if (p->panic || !parse_at(p, KW_with)) return (With){0};
  parse_advance(p);
  do {
    WithItem item = {.index = parse_name(p, "the name of an index after 'with'")};
    parse_expect(p, KW_in, "'in' and the extent of the index");
    item.extent = parse_expr(p);
    vec_push(&p->ctx->arena, &items, item);
  } while (parse_accept(p, TK_comma));
  return (With){items.data, items.len};
}

static bool is_target(const Expr *expr) {
  if (expr->kind == EX_subscript) expr = expr->subscript.base;
  return expr->kind == EX_name || expr->kind == EX_poison;
}

static void refuse_target(Parser *p, const Expr *target) {
  if (!parse_report(p, target->span, E_bad_target, "this cannot be given a value")) return;
  diag_expected(p->ctx, "a name, a name with indices, or several of them: (a, b)");
  if (target->kind == EX_member)
    diag_help(p->ctx, "members of a layer change only by 'minimize' and 'move'");
  else if (target->kind == EX_binary || target->kind == EX_call)
    diag_help(p->ctx, "equality is written ==");
}

static Exprs targets_of(Parser *p, Expr *left) {
  Exprs targets = left->items;
  if (left->kind != EX_tuple) {
    targets.data = arena_copy(&p->ctx->arena, &left, sizeof left);
    targets.len = 1;
  }
  for (uint32_t i = 0; i < targets.len; i++)
    if (!is_target(targets.data[i])) {
      refuse_target(p, targets.data[i]);
      targets.data[i] = parse_poison(p, targets.data[i]->span);
    }
  return targets;
}

/* expr [with] | target "=" expr [with]      target = name | name subscript | "(" target {","
 * target} ")" */
static Stmt *parse_simple(Parser *p) {
  Expr *left = parse_expr(p);
  if (parse_next_is(p, TK_comma) && !p->panic &&
      parse_unexpected(p, "an operator or the end of the statement"))
    diag_help(p->ctx, "several names or values stand in parentheses: (a, b) = f(x)");
  if (!parse_accept(p, TK_assign)) {
    Stmt *stmt = new_stmt(p, ST_expr);
    stmt->expr.value = left;
    stmt->expr.with = parse_with(p);
    return stmt;
  }
  Stmt *stmt = new_stmt(p, ST_assign);
  stmt->assign.tuple = left->kind == EX_tuple;
  stmt->assign.targets = targets_of(p, left);
  stmt->assign.value = parse_expr(p);
  stmt->assign.with = parse_with(p);
  return stmt;
}

/* 'size' is also a function: the statement has a name and '=' after it. */
static bool at_size(const Parser *p) {
  const Token *next = parse_peek_next(p);
  return parse_at_word(p, "size") && next->kind == TK_name && !next->newline_before &&
         p->tokens[p->at + 2].kind == TK_assign;
}

/* "size" name "=" expr */
static Stmt *parse_size_stmt(Parser *p) {
  Stmt *stmt = new_stmt(p, ST_assign);
  parse_advance(p);
  stmt->assign.size = true;
  stmt->assign.targets = targets_of(p, parse_expr(p));
  parse_advance(p);
  stmt->assign.value = parse_expr(p);
  return stmt;
}

/* ---- control ---- */

/* An expression before a block; '=' in it is a slip. */
Expr *parse_condition(Parser *p) {
  Expr *condition = parse_expr(p);
  Span span = parse_peek(p)->span;
  if (!parse_accept(p, TK_assign)) return condition;
  if (parse_report(p, span, E_assign_in_expression, "'=' gives a value; this is a condition"))
    diag_fix(p->ctx, span, "==", "equality is written ==");
  parse_expr(p);
  return parse_poison(p, condition->span);
}

/* carry = name "=" expr */
static Arg parse_carry(Parser *p) {
  uint32_t start = p->at;
  Arg carry = {.name = parse_name(p, "the name of a carried value")};
  if (parse_accept(p, TK_assign)) {
    carry.value = parse_expr(p);
  } else {
    carry.value = parse_poison(p, carry.name.span);
    const char *name = ctx_text(p->ctx, carry.name.str);
    if (parse_report(p, carry.name.span, E_carry_value, "'%s' has no first value", name))
      diag_help(p->ctx, "say what it is before the first step: %s = zeros(B, H)", name);
  }
  carry.span = parse_span(p, start);
  return carry;
}

/* {"," carry} ["until" expr] block */
static void parse_loop(Parser *p, Stmt *stmt) {
  VEC(Arg) carries = {0};
  while (parse_accept(p, TK_comma)) {
    Arg carry = parse_carry(p);
    vec_push(&p->ctx->arena, &carries, carry);
  }
  stmt->scan.carries = (Args){carries.data, carries.len};
  if (parse_accept_word(p, "until")) stmt->scan.until = parse_condition(p);
  stmt->scan.body = parse_block(p, false);
}

/* "scan" name "in" expr ["reversed"] {"," carry} ["until" expr] block */
static Stmt *parse_scan(Parser *p) {
  Stmt *stmt = new_stmt(p, ST_scan);
  parse_advance(p);
  stmt->scan.index = parse_name(p, "the name of an index after 'scan'");
  parse_expect(p, KW_in, "'in' and the number of steps");
  stmt->scan.extent = parse_expr(p);
  stmt->scan.reversed = parse_accept_word(p, "reversed");
  parse_loop(p, stmt);
  return stmt;
}

/* range(n) is read as n after the error. */
static Expr *refuse_range(Parser *p, Expr *over) {
  bool is_call = over->kind == EX_call && over->call.callee->kind == EX_name;
  if (!is_call || strcmp(ctx_text(p->ctx, over->call.callee->name), "range")) return over;
  if (parse_report(p, over->span, E_foreign_word, "'range' is not a word of Ordo"))
    diag_help(p->ctx, "write the count: for i in 3 { ... }");
  return parse_poison(p, over->span);
}

/* "for" name "in" expr block */
static Stmt *parse_for(Parser *p) {
  Stmt *stmt = new_stmt(p, ST_for);
  parse_advance(p);
  stmt->loop.var = parse_name(p, "a name after 'for'");
  parse_expect(p, KW_in, "'in' and an array of layers or a count");
  stmt->loop.over = refuse_range(p, parse_expr(p));
  stmt->loop.body = parse_block(p, false);
  return stmt;
}

static Stmt *parse_if(Parser *p);

/* The 'if' of 'else if', as a block of one statement. */
static Block parse_else_if(Parser *p) {
  uint32_t start = p->at;
  bool entered = parse_enter(p);
  Stmt *inner = entered ? parse_if(p) : new_stmt(p, ST_poison);
  parse_leave(p);
  inner->span = parse_span(p, start);
  Stmt **only = arena_copy(&p->ctx->arena, &inner, sizeof inner);
  return (Block){.data = only, .len = 1, .span = inner->span};
}

/* "if" expr block ["else" (if | block)] */
static Stmt *parse_if(Parser *p) {
  Stmt *stmt = new_stmt(p, ST_if);
  parse_advance(p);
  stmt->branch.condition = parse_condition(p);
  stmt->branch.then = parse_block(p, true);
  if (p->panic || p->unwinding) return stmt;
  if (parse_at_word(p, "elif")) {
    if (parse_report(p, parse_peek(p)->span, E_foreign_word, "'elif' is not a word of Ordo"))
      diag_fix(p->ctx, parse_peek(p)->span, "else if", "write 'else if'");
    stmt->branch.has_else = true;
    stmt->branch.otherwise = parse_else_if(p);
  } else if (parse_at(p, KW_else)) {
    parse_advance(p);
    stmt->branch.has_else = true;
    stmt->branch.otherwise = parse_next_is(p, KW_if) ? parse_else_if(p) : parse_block(p, true);
  }
  return stmt;
}

/* "assert" expr ["," expr] */
static Stmt *parse_assert(Parser *p) {
  Stmt *stmt = new_stmt(p, ST_assert);
  parse_advance(p);
  stmt->check.condition = parse_condition(p);
  if (parse_accept(p, TK_comma)) stmt->check.message = parse_expr(p);
  return stmt;
}

/* ---- statements of training steps ---- */

static void refuse_outside(Parser *p, const char *word, bool allowed) {
  if (allowed) return;
  if (parse_report(p, parse_peek(p)->span, E_outside_train, "'%s' cannot stand here", word))
    diag_help(p->ctx, "it belongs in the step%s of a training program",
              strcmp(word, "log") ? "" : ", or an eval,");
}

/* "minimize" expr "over" expr {"," expr} "with" expr ["every" expr | "when" expr] ["through"] */
static Stmt *parse_minimize(Parser *p) {
  refuse_outside(p, "minimize", p->body == BODY_step);
  Stmt *stmt = new_stmt(p, ST_minimize);
  parse_advance(p);
  p->rule_follows = true;
  stmt->minimize.loss = parse_expr(p);
  if (!parse_accept_word(p, "over") &&
      parse_unexpected(p, "'over' and the models whose weights are trained"))
    diag_help(p->ctx, "minimize loss over net with adam(lr = 1e-3)");
  stmt->minimize.nets = parse_expr_list(p);
  p->rule_follows = false;
  if (!p->panic && parse_at(p, KW_with))
    parse_advance(p);
  else if (parse_unexpected(p, "'with' and an optimizer"))
    diag_help(p->ctx, "minimize loss over net with adam(lr = 1e-3)");
  stmt->minimize.optimizer = parse_expr(p);
  if (parse_accept_word(p, "every")) stmt->minimize.every = parse_expr(p);
  if (parse_accept_word(p, "when")) stmt->minimize.when = parse_expr(p);
  stmt->minimize.through = parse_accept_word(p, "through");
  return stmt;
}

/* "move" expr "to" expr "with" expr ["when" expr] ["through"] */
static Stmt *parse_move(Parser *p) {
  refuse_outside(p, "move", p->body == BODY_step);
  Stmt *stmt = new_stmt(p, ST_move);
  parse_advance(p);
  p->rule_follows = true;
  stmt->move.net = parse_expr(p);
  if (!parse_accept_word(p, "to") && parse_unexpected(p, "'to' and the model that is followed"))
    diag_help(p->ctx, "move average to net with ema(decay = 0.999)");
  stmt->move.to = parse_expr(p);
  p->rule_follows = false;
  if (!p->panic && parse_at(p, KW_with))
    parse_advance(p);
  else if (parse_unexpected(p, "'with' and a rule"))
    diag_help(p->ctx, "move average to net with ema(decay = 0.999)");
  stmt->move.rule = parse_expr(p);
  if (parse_accept_word(p, "when")) stmt->move.when = parse_expr(p);
  stmt->move.through = parse_accept_word(p, "through");
  return stmt;
}

/* "repeat" [name "in"] expr {"," carry} ["until" expr] block */
static Stmt *parse_repeat(Parser *p) {
  refuse_outside(p, "repeat", p->body == BODY_step);
  Stmt *stmt = new_stmt(p, ST_repeat);
  parse_advance(p);
  if (parse_peek_next(p)->kind == KW_in) {
    stmt->scan.index = parse_name(p, "the name of an index");
    parse_advance(p);
  }
  stmt->scan.extent = parse_expr(p);
  parse_loop(p, stmt);
  return stmt;
}

/* A name or a string: "objective/kl". */
static LogItem parse_log_item(Parser *p) {
  const Token *t = parse_peek(p);
  LogItem item = {0};
  if (t->kind != TK_string) {
    item.name = parse_name(p, "a name to log");
    if (parse_accept(p, TK_assign)) item.value = parse_expr(p);
    return item;
  }
  item.name = (Name){t->text, t->span};
  parse_advance(p);
  if (parse_expect(p, TK_assign, "'=' and the value to log")) item.value = parse_expr(p);
  return item;
}

/* "log" item ["per" expr] {"," item ["per" expr]}, item = name ["=" expr] | string "=" expr */
static Stmt *parse_log(Parser *p) {
  VEC(LogItem) items = {0};
  refuse_outside(p, "log", p->body != BODY_fn);
  Stmt *stmt = new_stmt(p, ST_log);
  parse_advance(p);
  do {
    LogItem item = parse_log_item(p);
    if (parse_accept_word(p, "per")) item.per = parse_expr(p);
    vec_push(&p->ctx->arena, &items, item);
  } while (parse_accept(p, TK_comma));
  stmt->log.data = items.data;
  stmt->log.len = items.len;
  return stmt;
}

/* ---- words that are reserved only here, and words of other languages ---- */

/* 'log' is also a function: the statement has a name after it. */
static bool at_log(const Parser *p) {
  const Token *next = parse_peek_next(p);
  bool item = next->kind == TK_name || next->kind == TK_string;
  return parse_at_word(p, "log") && item && !next->newline_before;
}

/* 'move' may be a name: the statement has another name after it. */
static bool at_move(const Parser *p) {
  const Token *next = parse_peek_next(p);
  return parse_at_word(p, "move") && next->kind == TK_name && !next->newline_before;
}

/* 'repeat' may be a function: the statement has a block after its count. */
static bool at_repeat(const Parser *p) {
  const Token *next = parse_peek_next(p);
  if (!parse_at_word(p, "repeat") || next->newline_before) return false;
  uint32_t close = p->partner[p->at + 1];
  if (next->kind == TK_lparen) return close && p->tokens[close + 1].kind == TK_lbrace;
  return next->kind == TK_name || next->kind == TK_int;
}

typedef enum Repair { REPAIR_drop_word, REPAIR_as_if, REPAIR_none } Repair;

typedef struct ForeignStmt {
  const char *word;
  Repair repair;
  bool call, alone; /* also foreign when '(' follows; when nothing follows */
  const char *help;
} ForeignStmt;

static const ForeignStmt foreign_stmts[] = {
    {"return", REPAIR_drop_word, true, true,
     "the last expression of a function is its result: write it alone"},
    {"let", REPAIR_drop_word, false, false, "a name gets its value with = alone: x = ..."},
    {"var", REPAIR_drop_word, false, false, "a name gets its value with = alone: x = ..."},
    {"while", REPAIR_as_if, true, false,
     "a loop over time is: scan t in T, h = h0 until done { ... }"},
    {"def", REPAIR_none, false, false,
     "functions begin with 'fn' and stand at the top of a file or in a layer"},
    {"function", REPAIR_none, false, false,
     "functions begin with 'fn' and stand at the top of a file or in a layer"},
    {"class", REPAIR_none, false, false,
     "a layer holds weights and functions: layer Name(H) { ... }"},
    {"pass", REPAIR_none, false, true, "an empty block is written { }"},
    {"break", REPAIR_none, false, true,
     "a scan stops early with 'until': scan t in T, h = h0 until done { ... }"},
    {"continue", REPAIR_none, false, true, "choose values with where(condition, a, b)"},
    {"elif", REPAIR_none, false, false, "write 'else if' after the '}' of an if"},
};

static const ForeignStmt *find_foreign(const Parser *p) {
  const Token *next = parse_peek_next(p);
  bool alone = next->newline_before || next->kind == TK_rbrace || next->kind == TK_semicolon;
  bool operand = next->kind == TK_name || next->kind == TK_int || next->kind == TK_float ||
                 next->kind == TK_minus || next->kind == KW_not || next->kind == KW_true;
  for (size_t i = 0; i < sizeof foreign_stmts / sizeof *foreign_stmts; i++) {
    const ForeignStmt *row = &foreign_stmts[i];
    bool fits = alone ? row->alone : operand || (row->call && next->kind == TK_lparen);
    if (fits && parse_at_word(p, row->word)) return row;
  }
  return NULL;
}

/* The word, and what is between it and the next one of its line. */
static Span word_and_blanks(const Parser *p) {
  Span span = parse_peek(p)->span;
  const Token *next = parse_peek_next(p);
  if (!next->newline_before) span.hi = next->span.lo;
  return span;
}

static Stmt *parse_foreign(Parser *p, const ForeignStmt *row) {
  if (parse_report(p, parse_peek(p)->span, E_foreign_word, "'%s' is not a word of Ordo", row->word))
    diag_fix(p->ctx, word_and_blanks(p), row->repair == REPAIR_drop_word ? "" : NULL, "%s",
             row->help);
  Stmt *poison = new_stmt(p, ST_poison);
  if (row->repair == REPAIR_none) {
    p->panic = true;
    p->panic_outer = UINT32_MAX;
    parse_advance(p);
    return poison;
  }
  bool more = !parse_peek_next(p)->newline_before;
  parse_advance(p);
  if (row->repair == REPAIR_as_if) {
    parse_condition(p);
    parse_block(p, false);
    return poison;
  }
  return more ? parse_simple(p) : poison;
}

/* A declaration in the middle of a body of a file whose braces match: read, so that it is skipped
 * as a whole. */
static Stmt *parse_misplaced(Parser *p) {
  const Token *token = parse_peek(p);
  const char *word = ctx_text(p->ctx, token->text);
  if (parse_report(p, token->span, E_misplaced, "'%s' cannot stand in the body of a function",
                   word)) {
    if (token->kind == KW_const)
      diag_help(p->ctx, "a name in a body gets its value with = alone: x = ...");
    else
      diag_help(p->ctx, "declarations stand at the top of a file; methods stand in a layer, "
                        "outside other functions");
  }
  BodyKind body = p->body;
  parse_item(p);
  p->body = body;
  return new_stmt(p, ST_poison);
}

static Stmt *dispatch(Parser *p) {
  const ForeignStmt *foreign = find_foreign(p);
  if (foreign) return parse_foreign(p, foreign);
  if (at_log(p)) return parse_log(p);
  if (at_size(p)) return parse_size_stmt(p);
  if (at_repeat(p)) return parse_repeat(p);
  if (at_move(p)) return parse_move(p);
  if (parse_at_item(p)) return parse_misplaced(p);
  switch (parse_peek(p)->kind) {
  case KW_scan:
    return parse_scan(p);
  case KW_for:
    return parse_for(p);
  case KW_if:
    return parse_if(p);
  case KW_assert:
    return parse_assert(p);
  case KW_minimize:
    return parse_minimize(p);
  default:
    return parse_simple(p);
  }
}

/* stmt = scan | for | if | assert | minimize | move | repeat | log | simple */
static Stmt *parse_stmt(Parser *p) {
  uint32_t start = p->at;
  Stmt *stmt = dispatch(p);
  stmt->span = parse_span(p, start);
  if (p->panic) stmt->kind = ST_poison;
  return stmt;
}
