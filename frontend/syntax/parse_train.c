/* Training programs and data declarations. */
#include "frontend/syntax/parse_internal.h"

#include <string.h>

/* ---- train ---- */

/* name ":" type "~" expr */
static void parse_state(Parser *p, TrainMember *member) {
  member->kind = TM_state;
  member->name = parse_name(p, "a name");
  parse_advance(p);
  member->type = parse_type(p);
  if (!p->panic) member->value = parse_initialiser(p, member->name);
}

/* "copy" "of" and a model; 'copy' alone is a name like others. */
static bool accept_copy(Parser *p) {
  const Token *next = parse_peek_next(p);
  bool of = next->kind == TK_name && !strcmp(ctx_text(p->ctx, next->text), "of");
  return of && parse_accept_word(p, "copy") && parse_accept_word(p, "of");
}

/* name "=" (expr ["from" expr ["at" expr] ["into" expr] ["names" name]] | "copy" "of" expr)
 * ["frozen"] */
static void parse_setting(Parser *p, TrainMember *member) {
  member->kind = TM_setting;
  member->name = parse_name(p, "a setting, 'step' or 'eval'");
  parse_expect(p, TK_assign, "'=' and a value");
  member->copy = accept_copy(p);
  member->value = parse_expr(p);
  if (!member->copy && parse_accept_word(p, "from")) {
    member->from = parse_expr(p);
    if (parse_accept_word(p, "at")) member->at = parse_expr(p);
    if (parse_accept_word(p, "into")) member->into = parse_expr(p);
    if (parse_accept_word(p, "names"))
      member->names = parse_name(p, "the name of a 'names' declaration");
  }
  member->frozen = parse_accept_word(p, "frozen");
}

/* The word begins a clause of an eval, unless what follows shows that it is the eval's name. */
static bool is_clause(Parser *p) {
  if (!parse_at_word(p, "every") && !parse_at_word(p, "over")) return false;
  const Token *next = parse_peek_next(p);
  const char *word = next->kind == TK_name ? ctx_text(p->ctx, next->text) : "";
  return strcmp(word, "every") != 0 && strcmp(word, "over") != 0;
}

/* "eval" [name] ["every" expr] ["over" name "in" expr] block */
static void parse_eval(Parser *p, TrainMember *member) {
  member->kind = TM_eval;
  parse_advance(p);
  if (parse_at(p, TK_name) && !is_clause(p)) member->name = parse_name(p, "a name");
  if (parse_accept_word(p, "every")) {
    member->every = parse_expr(p);
  } else if (!parse_at(p, TK_lbrace) && !parse_at_word(p, "over") &&
             parse_unexpected(p, "'every' and a number of steps")) {
    diag_help(p->ctx, "eval every 500 { ... }, or with a name: eval test every 500 { ... }");
  }
  if (parse_accept_word(p, "over")) {
    member->batch = parse_name(p, "a name for the batch");
    parse_expect(p, KW_in, "'in' and the batches");
    member->over = parse_expr(p);
  }
  member->body = parse_body(p, BODY_eval);
}

/* "best" "by" name ["." name] ["min" | "max"] ["patience" expr] */
static void parse_best(Parser *p, TrainMember *member) {
  member->kind = TM_best;
  parse_advance(p);
  parse_advance(p);
  member->name = parse_name(p, "the name of an eval");
  if (!parse_accept(p, TK_dot) && parse_unexpected(p, "'.' and the name of a log"))
    diag_help(p->ctx, "best by valid.loss, or  best by valid.accuracy max patience 5");
  member->log = parse_name(p, "the name of a log");
  member->largest = parse_accept_word(p, "max");
  if (!member->largest) parse_accept_word(p, "min");
  if (parse_accept_word(p, "patience")) member->patience = parse_expr(p);
}

/* member = "step" block | eval | best | state | setting */
static TrainMember parse_train_member(Parser *p) {
  uint32_t start = p->at;
  TrainMember member = {0};
  TokenKind next = parse_peek_next(p)->kind;
  if (parse_at_word(p, "step") && next != TK_assign) {
    member.kind = TM_step;
    parse_advance(p);
    member.body = parse_body(p, BODY_step);
  } else if (parse_at_word(p, "eval") && next != TK_assign) {
    parse_eval(p, &member);
  } else if (parse_at_word(p, "best") && next == TK_name) {
    parse_best(p, &member);
  } else if (parse_at_item(p)) {
    if (parse_report(p, parse_peek(p)->span, E_misplaced,
                     "a declaration cannot stand in a training program"))
      diag_help(p->ctx,
                "declarations stand at the top of a file; a setting is written  name = value");
    parse_item(p);
  } else if (next == TK_colon) {
    parse_state(p, &member);
  } else {
    parse_setting(p, &member);
  }
  member.span = parse_span(p, start);
  if (p->panic) member.kind = TM_poison;
  return member;
}

/* "train" name "{" {member (";" | line end)} "}" */
void parse_train(Parser *p, Item *item) {
  VEC(TrainMember) members = {0};
  parse_advance(p);
  item->name = parse_name(p, "the name of a training program");
  if (!parse_enter(p)) {
    parse_leave(p);
    return;
  }
  uint32_t start = p->at;
  BlockFrame frame = parse_block_open(p);
  while (parse_block_more(p, &frame, false)) {
    uint32_t first = p->first = p->at;
    if (!parse_at(p, TK_semicolon)) {
      TrainMember member = parse_train_member(p);
      vec_push(&p->ctx->arena, &members, member);
    }
    parse_sync(p, first);
  }
  parse_block_close(p, &frame);
  item->braces = parse_span(p, start);
  parse_leave(p);
  item->train.data = members.data;
  item->train.len = members.len;
}

/* ---- data ---- */

/* column = name ":" column-type */
static Column parse_column_decl(Parser *p) {
  uint32_t start = p->at;
  Column column = {.name = parse_name(p, "the name of a column")};
  if (!parse_accept(p, TK_colon) && parse_unexpected(p, "':' and how the column is read"))
    diag_help(p->ctx, "src: chars[S]");
  column.type = parse_column_type(p, &column.args);
  column.span = parse_span(p, start);
  return column;
}

/* "data" name "=" name args "{" {column [";" | "," | line end]} "}": columns may share a line */
void parse_data(Parser *p, Item *item) {
  VEC(Column) columns = {0};
  parse_advance(p);
  item->name = parse_name(p, "the name of the data");
  parse_expect(p, TK_assign, "'=' and a file: tsv(\"pairs.tsv\")");
  item->data.format = parse_name(p, "the format of the file: tsv, jsonl, ...");
  if (!p->panic && parse_next_is(p, TK_lparen))
    item->data.args = parse_args(p);
  else
    parse_unexpected(p, "'(' and the file's path");
  uint32_t start = p->at;
  BlockFrame frame = parse_block_open(p);
  while (parse_block_more(p, &frame, false)) {
    uint32_t first = p->first = p->at;
    if (!parse_at(p, TK_semicolon) && !parse_at(p, TK_comma)) {
      Column column = parse_column_decl(p);
      vec_push(&p->ctx->arena, &columns, column);
    } else {
      parse_advance(p);
    }
    if (p->panic) parse_sync(p, first);
  }
  parse_block_close(p, &frame);
  item->braces = parse_span(p, start);
  item->data.columns = columns.data;
  item->data.n_columns = columns.len;
}
