/* Declarations and statements: one element, one line or more.
 *
 * An element that stands on one line of the source is written on one line, if it fits; otherwise
 * its blocks are opened up. Comments are placed by position: those before an element stand over it,
 * one behind it on the same line stays behind it, and one in the middle of an expression moves over
 * the whole element.
 */
#include "frontend/syntax/fmt.h"

#include <string.h>

#include "frontend/syntax/fmt_internal.h"

/* ---- lines and comments ---- */

static const char *source_at_position(const Fmt *f, uint32_t position) {
  return f->source->text + (position - f->source->base);
}

static void push_line(Fmt *f) {
  FmtLine line = {f->indent, text_str(&f->line), NULL, f->blank_before};
  vec_push(&f->ctx->arena, &f->lines, line);
  f->line = text_new(&f->ctx->arena);
  f->blank_before = f->fresh = false;
}

/* Whether the source has an empty line before this place. */
static bool after_blank(const Fmt *f, uint32_t position) {
  int line_ends = 0;
  for (const char *at = source_at_position(f, position); at > f->source->text; at--) {
    if (!strchr(" \t\r\n;", at[-1])) return line_ends > 1;
    line_ends += at[-1] == '\n';
  }
  return false;
}

static const Comment *next_comment(const Fmt *f) {
  return f->comment < f->file->n_comments ? &f->file->comments[f->comment] : NULL;
}

static const char *comment_text(const Fmt *f, const Comment *comment) {
  return ctx_printf(f->ctx, "%.*s", (int)(comment->span.hi - comment->span.lo),
                    source_at_position(f, comment->span.lo));
}

/* A comment as a line of its own: a line without text. */
static void put_comment(Fmt *f, const Comment *comment) {
  FmtLine line = {f->indent, "", comment_text(f, comment), f->blank_before};
  vec_push(&f->ctx->arena, &f->lines, line);
  f->comment++;
  f->blank_before = f->fresh = false;
}

/* All comments before the place, over the line being written. */
static void flush_comments(Fmt *f, uint32_t position) {
  for (const Comment *c; (c = next_comment(f)) && c->span.lo < position;) {
    bool keep = f->blank_before;
    f->blank_before = keep || (!f->fresh && after_blank(f, c->span.lo));
    put_comment(f, c);
  }
}

/* A comment that follows the place on the same line goes behind the last line. */
static void attach_comment(Fmt *f, uint32_t position) {
  const Comment *comment = next_comment(f);
  if (!comment || comment->own_line || comment->span.lo < position || f->lines.len == 0) return;
  for (const char *at = source_at_position(f, position);
       at < source_at_position(f, comment->span.lo); at++)
    if (!strchr(" \t;,", *at)) return;
  f->lines.data[f->lines.len - 1].comment = comment_text(f, comment);
  f->comment++;
}

/* ---- elements ---- */

typedef void Writer(Fmt *f, const void *node);

static bool stands_on_one_line(const Fmt *f, Span span) {
  const char *lo = source_at_position(f, span.lo);
  const Comment *comment = next_comment(f);
  return !memchr(lo, '\n', span.hi - span.lo) && (!comment || comment->span.lo >= span.hi);
}

static bool write_on_one_line(Fmt *f, Writer *write, const void *node) {
  f->one_line = true;
  write(f, node);
  f->one_line = false;
  if (f->indent * FMT_INDENT + fmt_width(text_str(&f->line)) <= FMT_WIDTH) return true;
  f->line = text_new(&f->ctx->arena);
  return false;
}

/* An element on lines of its own. 'head' is where its first block begins, or its end. */
static void element(Fmt *f, Span span, uint32_t head, Writer *write, const void *node) {
  flush_comments(f, span.lo);
  f->blank_before = !f->fresh && after_blank(f, span.lo);
  flush_comments(f, head);
  if (!stands_on_one_line(f, span) || !write_on_one_line(f, write, node)) write(f, node);
  push_line(f);
  attach_comment(f, span.hi);
}

/* An element in a list: on its own lines, or after the others on one line. */
static void in_list(Fmt *f, uint32_t i, const char *between, Span span, uint32_t head,
                    Writer *write, const void *node) {
  if (f->one_line) {
    fmt_put(f, i ? between : " ");
    write(f, node);
  } else {
    element(f, span, head, write, node);
  }
}

static void open_block(Fmt *f, Span braces) {
  fmt_put(f, " {");
  f->inside += f->one_line;
  if (f->one_line) return;
  push_line(f);
  attach_comment(f, braces.lo + 1);
  f->indent++;
  f->fresh = true;
}

static void close_block(Fmt *f, Span braces) {
  if (f->one_line) {
    fmt_put(f, " }");
    f->inside--;
    return;
  }
  flush_comments(f, braces.hi - 1);
  f->indent--;
  f->fresh = f->blank_before = false;
  fmt_put(f, "}");
}

/* Comments between a '}' and 'else' become the last ones of the block. */
static void put_else(Fmt *f, uint32_t position) {
  f->indent++;
  if (!f->one_line) flush_comments(f, position);
  f->indent--;
  fmt_put(f, " else");
}

/* ---- statements ---- */

static void write_stmt(Fmt *f, const void *node);

static uint32_t stmt_head(const Stmt *stmt) {
  switch (stmt->kind) {
  case ST_scan:
    return stmt->scan.body.span.lo;
  case ST_for:
    return stmt->loop.body.span.lo;
  case ST_if:
    return stmt->branch.then.span.lo;
  case ST_repeat:
    return stmt->scan.body.span.lo;
  default:
    return stmt->span.hi;
  }
}

static void block(Fmt *f, const Block *block) {
  open_block(f, block->span);
  for (uint32_t i = 0; i < block->len; i++)
    in_list(f, i, "; ", block->data[i]->span, stmt_head(block->data[i]), write_stmt,
            block->data[i]);
  close_block(f, block->span);
}

static void exprs(Fmt *f, const Exprs *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    if (i) fmt_put(f, ", ");
    fmt_expr(f, list->data[i]);
  }
}

static void with(Fmt *f, const With *with) {
  for (uint32_t i = 0; i < with->len; i++) {
    if (i) fmt_put(f, ",");
    fmt_break(f);
    if (!i) fmt_put(f, "with ");
    fmt_name(f, with->data[i].index);
    fmt_put(f, " in ");
    fmt_expr(f, with->data[i].extent);
  }
}

static void put_assign(Fmt *f, const Stmt *stmt) {
  if (stmt->assign.size) fmt_put(f, "size ");
  if (stmt->assign.tuple) fmt_put(f, "(");
  exprs(f, &stmt->assign.targets);
  fmt_put(f, stmt->assign.tuple ? ") = " : " = ");
  fmt_expr(f, stmt->assign.value);
  with(f, &stmt->assign.with);
}

static void put_expr(Fmt *f, const Stmt *stmt) {
  fmt_expr(f, stmt->expr.value);
  with(f, &stmt->expr.with);
}

/* scan and repeat */
static void put_scan(Fmt *f, const Stmt *stmt) {
  fmt_put(f, stmt->kind == ST_scan ? "scan " : "repeat ");
  fmt_name(f, stmt->scan.index);
  if (!str_none(stmt->scan.index.str)) fmt_put(f, " in ");
  fmt_expr(f, stmt->scan.extent);
  if (stmt->scan.reversed) fmt_put(f, " reversed");
  for (uint32_t i = 0; i < stmt->scan.carries.len; i++) {
    fmt_put(f, ",");
    fmt_break(f);
    fmt_name(f, stmt->scan.carries.data[i].name);
    fmt_put(f, " = ");
    fmt_expr(f, stmt->scan.carries.data[i].value);
  }
  if (stmt->scan.until) {
    fmt_break(f);
    fmt_put(f, "until ");
    fmt_expr(f, stmt->scan.until);
  }
  block(f, &stmt->scan.body);
}

static void put_for(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "for ");
  fmt_name(f, stmt->loop.var);
  fmt_put(f, " in ");
  fmt_expr(f, stmt->loop.over);
  block(f, &stmt->loop.body);
}

static void put_if(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "if ");
  fmt_expr(f, stmt->branch.condition);
  block(f, &stmt->branch.then);
  if (!stmt->branch.has_else) return;
  const Block *otherwise = &stmt->branch.otherwise;
  put_else(f, otherwise->span.lo);
  if (*source_at_position(f, otherwise->span.lo) == '{') {
    block(f, otherwise);
  } else {
    fmt_put(f, " ");
    write_stmt(f, otherwise->data[0]);
  }
}

static void put_assert(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "assert ");
  fmt_expr(f, stmt->check.condition);
  if (!stmt->check.message) return;
  fmt_put(f, ",");
  fmt_break(f);
  fmt_expr(f, stmt->check.message);
}

static void put_minimize(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "minimize ");
  fmt_expr(f, stmt->minimize.loss);
  fmt_break(f);
  fmt_put(f, "over ");
  exprs(f, &stmt->minimize.nets);
  fmt_break(f);
  fmt_put(f, "with ");
  fmt_expr(f, stmt->minimize.optimizer);
  if (stmt->minimize.every) {
    fmt_put(f, " every ");
    fmt_expr(f, stmt->minimize.every);
  }
  if (stmt->minimize.when) {
    fmt_put(f, " when ");
    fmt_expr(f, stmt->minimize.when);
  }
  if (stmt->minimize.through) fmt_put(f, " through");
}

static void put_move(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "move ");
  fmt_expr(f, stmt->move.net);
  fmt_put(f, " to ");
  fmt_expr(f, stmt->move.to);
  fmt_put(f, " with ");
  fmt_expr(f, stmt->move.rule);
  if (stmt->move.when) {
    fmt_put(f, " when ");
    fmt_expr(f, stmt->move.when);
  }
  if (stmt->move.through) fmt_put(f, " through");
}

static void put_log(Fmt *f, const Stmt *stmt) {
  fmt_put(f, "log ");
  for (uint32_t i = 0; i < stmt->log.len; i++) {
    if (i) {
      fmt_put(f, ",");
      fmt_break(f);
    }
    fmt_source(f, stmt->log.data[i].name.span);
    if (stmt->log.data[i].value) {
      fmt_put(f, " = ");
      fmt_expr(f, stmt->log.data[i].value);
    }
    if (stmt->log.data[i].per) {
      fmt_put(f, " per ");
      fmt_expr(f, stmt->log.data[i].per);
    }
  }
}

static void write_stmt(Fmt *f, const void *node) {
  static void (*const writers[])(Fmt * f, const Stmt *stmt) = {
      [ST_assign] = put_assign,     [ST_expr] = put_expr,   [ST_scan] = put_scan,
      [ST_for] = put_for,           [ST_if] = put_if,       [ST_assert] = put_assert,
      [ST_minimize] = put_minimize, [ST_repeat] = put_scan, [ST_log] = put_log,
      [ST_move] = put_move,
  };
  const Stmt *stmt = node;
  ORDO_CHECK(stmt->kind != ST_poison);
  writers[stmt->kind](f, stmt);
}

/* ---- functions and members ---- */

static void fn_head(Fmt *f, const FnDecl *fn) {
  fmt_put(f, "fn ");
  fmt_name(f, fn->name);
  fmt_params(f, &fn->params);
  if (!fn->result) return;
  fmt_put(f, " ->");
  fmt_break(f);
  fmt_type(f, fn->result);
}

static void put_fn(Fmt *f, const FnDecl *fn) {
  fn_head(f, fn);
  block(f, &fn->body);
}

static void write_member(Fmt *f, const void *node);

static uint32_t member_head(const Member *member) {
  if (member->kind == MEM_fn) return member->fn->body.span.lo;
  if (member->kind == MEM_if) return member->branch.then.span.lo;
  return member->span.hi;
}

static void members(Fmt *f, const Members *members) {
  open_block(f, members->span);
  for (uint32_t i = 0; i < members->len; i++)
    in_list(f, i, "; ", members->data[i]->span, member_head(members->data[i]), write_member,
            members->data[i]);
  close_block(f, members->span);
}

/* name: f32[I, O] ~ init, in three cells */
static void put_weight(Fmt *f, const Member *member) {
  if (member->weight.state) fmt_put(f, "state ");
  fmt_name(f, member->name);
  fmt_put(f, ": ");
  fmt_cell(f, FMT_CELL);
  fmt_type(f, member->weight.type);
  fmt_put(f, " ");
  fmt_cell(f, FMT_CELL);
  fmt_put(f, "~ ");
  fmt_expr(f, member->weight.init);
}

static void put_sublayer(Fmt *f, const Member *member) {
  fmt_name(f, member->name);
  fmt_put(f, ": ");
  fmt_cell(f, FMT_CELL);
  if (member->sublayer.count) {
    fmt_put(f, "[");
    if (!str_none(member->sublayer.index.str)) {
      fmt_name(f, member->sublayer.index);
      fmt_put(f, " in ");
    }
    fmt_expr(f, member->sublayer.count);
    fmt_put(f, "] ");
  }
  fmt_name(f, member->sublayer.layer);
  if (member->sublayer.args.len) fmt_args(f, &member->sublayer.args);
}

/* const name = value, in two cells */
static void put_const(Fmt *f, Name name, const Expr *value) {
  fmt_put(f, "const ");
  fmt_name(f, name);
  fmt_put(f, " ");
  fmt_cell(f, FMT_EQUALS);
  fmt_put(f, "= ");
  fmt_expr(f, value);
}

static void put_member_if(Fmt *f, const Member *member) {
  fmt_put(f, "if ");
  fmt_expr(f, member->branch.condition);
  members(f, &member->branch.then);
  if (!member->branch.has_else) return;
  const Members *otherwise = &member->branch.otherwise;
  put_else(f, otherwise->span.lo);
  if (*source_at_position(f, otherwise->span.lo) == '{') {
    members(f, otherwise);
  } else {
    fmt_put(f, " ");
    write_member(f, otherwise->data[0]);
  }
}

static void put_member_const(Fmt *f, const Member *member) {
  put_const(f, member->name, member->value);
}
static void put_member_fn(Fmt *f, const Member *member) { put_fn(f, member->fn); }

static void write_member(Fmt *f, const void *node) {
  static void (*const writers[])(Fmt * f, const Member *member) = {
      [MEM_weight] = put_weight, [MEM_layer] = put_sublayer, [MEM_const] = put_member_const,
      [MEM_fn] = put_member_fn,  [MEM_if] = put_member_if,
  };
  const Member *member = node;
  ORDO_CHECK(member->kind != MEM_poison);
  writers[member->kind](f, member);
}

/* ---- training programs and data ---- */

static void put_setting(Fmt *f, const TrainMember *member) {
  fmt_name(f, member->name);
  fmt_put(f, " ");
  fmt_cell(f, FMT_EQUALS);
  fmt_put(f, "= ");
  if (member->copy) fmt_put(f, "copy of ");
  fmt_expr(f, member->value);
  if (member->from) {
    fmt_break(f);
    fmt_put(f, "from ");
    fmt_expr(f, member->from);
  }
  if (member->at) {
    fmt_put(f, " at ");
    fmt_expr(f, member->at);
  }
  if (member->into) {
    fmt_put(f, " into ");
    fmt_expr(f, member->into);
  }
  if (!str_none(member->names.str)) {
    fmt_put(f, " names ");
    fmt_name(f, member->names);
  }
  if (member->frozen) fmt_put(f, " frozen");
}

static void put_state(Fmt *f, const TrainMember *member) {
  fmt_name(f, member->name);
  fmt_put(f, ": ");
  fmt_type(f, member->type);
  fmt_put(f, " ~ ");
  fmt_expr(f, member->value);
}

static void put_eval(Fmt *f, const TrainMember *member) {
  fmt_put(f, "eval");
  if (!str_none(member->name.str)) {
    fmt_put(f, " ");
    fmt_name(f, member->name);
  }
  if (member->every) {
    fmt_put(f, " every ");
    fmt_expr(f, member->every);
  }
  if (member->over) {
    fmt_put(f, " over ");
    fmt_name(f, member->batch);
    fmt_put(f, " in ");
    fmt_expr(f, member->over);
  }
  block(f, &member->body);
}

static void put_best(Fmt *f, const TrainMember *member) {
  fmt_put(f, "best by ");
  fmt_name(f, member->name);
  fmt_put(f, ".");
  fmt_name(f, member->log);
  if (member->largest) fmt_put(f, " max");
  if (!member->patience) return;
  fmt_put(f, " patience ");
  fmt_expr(f, member->patience);
}

static void write_train_member(Fmt *f, const void *node) {
  const TrainMember *member = node;
  ORDO_CHECK(member->kind != TM_poison);
  if (member->kind == TM_setting) {
    put_setting(f, member);
  } else if (member->kind == TM_state) {
    put_state(f, member);
  } else if (member->kind == TM_eval) {
    put_eval(f, member);
  } else if (member->kind == TM_best) {
    put_best(f, member);
  } else {
    fmt_put(f, "step");
    block(f, &member->body);
  }
}

static void put_train(Fmt *f, const Item *item) {
  fmt_put(f, "train ");
  fmt_name(f, item->name);
  open_block(f, item->braces);
  for (uint32_t i = 0; i < item->train.len; i++) {
    const TrainMember *member = &item->train.data[i];
    bool line = member->kind == TM_setting || member->kind == TM_state || member->kind == TM_best;
    uint32_t head = line ? member->span.hi : member->body.span.lo;
    in_list(f, i, "; ", member->span, head, write_train_member, member);
  }
  close_block(f, item->braces);
}

static void write_column(Fmt *f, const void *node) {
  const Column *column = node;
  fmt_name(f, column->name);
  fmt_put(f, ": ");
  fmt_cell(f, FMT_CELL);
  fmt_column_type(f, column->type, &column->args);
}

static void put_data(Fmt *f, const Item *item) {
  fmt_put(f, "data ");
  fmt_name(f, item->name);
  fmt_put(f, " = ");
  fmt_name(f, item->data.format);
  fmt_args(f, &item->data.args);
  open_block(f, item->braces);
  for (uint32_t i = 0; i < item->data.n_columns; i++) {
    const Column *column = &item->data.columns[i];
    in_list(f, i, "  ", column->span, column->span.hi, write_column, column);
  }
  close_block(f, item->braces);
}

static void put_number_of(Fmt *f, const char *word, const Expr *number) {
  if (!number) return;
  fmt_put(f, word);
  fmt_expr(f, number);
}

static void write_rule(Fmt *f, const void *node) {
  const NameRule *rule = node;
  if (str_none(rule->ours)) {
    fmt_put(f, "skip ");
  } else {
    fmt_source(f, rule->ours_span);
    fmt_put(f, " = ");
  }
  fmt_source(f, rule->theirs_span);
  if (rule->transpose) fmt_put(f, " transpose");
  put_number_of(f, " part ", rule->part);
  put_number_of(f, " of ", rule->of);
  put_number_of(f, " times ", rule->times);
  put_number_of(f, " plus ", rule->plus);
}

static void put_names(Fmt *f, const Item *item) {
  fmt_put(f, "names ");
  fmt_name(f, item->name);
  open_block(f, item->braces);
  for (uint32_t i = 0; i < item->names.len; i++) {
    const NameRule *rule = &item->names.data[i];
    in_list(f, i, "; ", rule->span, rule->span.hi, write_rule, rule);
  }
  close_block(f, item->braces);
}

/* ---- declarations ---- */

static void put_import(Fmt *f, const Item *item) {
  fmt_put(f, "import ");
  if (item->is_path)
    fmt_source(f, item->name.span);
  else
    fmt_name(f, item->name);
}

static void put_const_item(Fmt *f, const Item *item) { put_const(f, item->name, item->value); }
static void put_fn_item(Fmt *f, const Item *item) { put_fn(f, item->fn); }

static void put_layer(Fmt *f, const Item *item) {
  fmt_put(f, item->kind == ITEM_layer ? "layer " : "optimizer ");
  fmt_name(f, item->name);
  if (item->layer.constants.len) fmt_params(f, &item->layer.constants);
  members(f, &item->layer.members);
}

static void put_init(Fmt *f, const Item *item) {
  fmt_put(f, "init ");
  fmt_name(f, item->name);
  fmt_params(f, &item->init.constants);
  fmt_put(f, " -> ");
  fmt_type(f, item->init.result);
  block(f, &item->init.body);
}

static void put_extern(Fmt *f, const Item *item) {
  fmt_put(f, "extern ");
  fn_head(f, item->foreign.fn);
  fmt_break(f);
  fmt_put(f, "from ");
  fmt_source(f, item->foreign.library_span);
}

static void put_gradient(Fmt *f, const Item *item) {
  fmt_put(f, "gradient ");
  fmt_name(f, item->name);
  fmt_put(f, " = ");
  fmt_name(f, item->function);
}

static void write_item(Fmt *f, const void *node) {
  static void (*const writers[N_ITEM_KINDS])(Fmt * f, const Item *item) = {
      [ITEM_import] = put_import, [ITEM_const] = put_const_item,  [ITEM_fn] = put_fn_item,
      [ITEM_layer] = put_layer,   [ITEM_init] = put_init,         [ITEM_optimizer] = put_layer,
      [ITEM_extern] = put_extern, [ITEM_gradient] = put_gradient, [ITEM_train] = put_train,
      [ITEM_data] = put_data,     [ITEM_names] = put_names,
  };
  const Item *item = node;
  ORDO_CHECK(item->kind != ITEM_poison);
  writers[item->kind](f, item);
}

static uint32_t item_head(const Item *item) {
  switch (item->kind) {
  case ITEM_fn:
    return item->fn->body.span.lo;
  case ITEM_layer:
  case ITEM_optimizer:
    return item->layer.members.span.lo;
  case ITEM_init:
    return item->init.body.span.lo;
  case ITEM_train:
  case ITEM_data:
  case ITEM_names:
    return item->braces.lo;
  default:
    return item->span.hi;
  }
}

bool fmt_file(Ctx *ctx, const AstFile *file, Text *out) {
  if (file->failed) return false;
  Fmt f = {.ctx = ctx,
           .file = file,
           .source = file->source,
           .line = text_new(&ctx->arena),
           .fresh = true};
  for (uint32_t i = 0; i < file->n_items; i++)
    element(&f, file->items[i]->span, item_head(file->items[i]), write_item, file->items[i]);
  flush_comments(&f, file->source->base + file->source->length + 1);
  fmt_layout(&f, out);
  return true;
}
