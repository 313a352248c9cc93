/* Declarations of how weights are called in files of other programs. */
#include "frontend/syntax/parse_internal.h"

static Str parse_pattern(Parser *p, const char *what, Span *span) {
  const Token *token = parse_peek(p);
  *span = token->span;
  return parse_expect(p, TK_string, what) ? token->text : (Str){0};
}

/* {"transpose" | "part" expr "of" expr | "times" expr | "plus" expr} */
static void parse_changes(Parser *p, NameRule *rule) {
  while (!p->panic && !parse_peek(p)->newline_before) {
    if (parse_accept_word(p, "transpose")) {
      rule->transpose = true;
    } else if (parse_accept_word(p, "part")) {
      rule->part = parse_expr(p);
      if (!parse_accept_word(p, "of")) parse_unexpected(p, "'of' and the number of parts");
      rule->of = parse_expr(p);
    } else if (parse_accept_word(p, "times")) {
      rule->times = parse_expr(p);
    } else if (parse_accept_word(p, "plus")) {
      rule->plus = parse_expr(p);
    } else {
      return;
    }
  }
}

/* rule = string "=" string changes | "skip" string */
static NameRule parse_rule(Parser *p) {
  uint32_t start = p->at;
  NameRule rule = {0};
  if (!parse_accept_word(p, "skip")) {
    rule.ours =
        parse_pattern(p, "weights of the model, \"block.{i}.attn.q.W\", or skip", &rule.ours_span);
    parse_expect(p, TK_assign, "'=' and their name in the file");
  }
  rule.theirs =
      parse_pattern(p, "a name in the file, \"h.{i}.attn.c_attn.weight\"", &rule.theirs_span);
  if (!str_none(rule.ours)) parse_changes(p, &rule);
  rule.span = parse_span(p, start);
  return rule;
}

/* "names" name "{" {rule (";" | line end)} "}" */
void parse_names(Parser *p, Item *item) {
  VEC(NameRule) rules = {0};
  parse_advance(p);
  item->name = parse_name(p, "a name for how weights are called");
  uint32_t start = p->at;
  BlockFrame frame = parse_block_open(p);
  while (parse_block_more(p, &frame, false)) {
    uint32_t first = p->first = p->at;
    if (!parse_at(p, TK_semicolon)) {
      NameRule rule = parse_rule(p);
      vec_push(&p->ctx->arena, &rules, rule);
    }
    parse_sync(p, first);
  }
  parse_block_close(p, &frame);
  item->braces = parse_span(p, start);
  item->names.data = rules.data;
  item->names.len = rules.len;
}
