/* What stands here: the type that was inferred, what a declaration says, what is proved of sets.
 * And the types that the text does not say, beside it. */
#include <string.h>

#include "app/lsp/search.h"
#include "app/lsp/walk.h"
#include "frontend/syntax/lex.h"
#include "passes/sets/sets.h"

/* ---- declarations ---- */

static const char *line_of(const Source *s, uint32_t offset, uint32_t *length) {
  uint32_t lo = offset, hi = offset;
  while (lo > 0 && s->text[lo - 1] != '\n') lo--;
  while (hi < s->length && s->text[hi] != '\n') hi++;
  while (lo < hi && (s->text[lo] == ' ' || s->text[lo] == '\t')) lo++;
  *length = hi - lo;
  return s->text + lo;
}

/* Comments on lines of their own that end on the line before the declaration. */
static void put_comments(const AstFile *file, uint32_t offset, Text *out) {
  const Source *s = file->source;
  uint32_t first = file->n_comments, line = offset;
  while (line > 0 && s->text[line - 1] != '\n') line--;
  for (uint32_t i = file->n_comments; i-- > 0;) {
    const Comment *c = &file->comments[i];
    uint32_t hi = c->span.hi - s->base;
    if (hi >= line || !c->own_line) continue;
    if (line - hi > 2) break; /* a blank line is between them */
    first = i;
    line = c->span.lo - s->base;
    while (line > 0 && s->text[line - 1] != '\n') line--;
  }
  for (uint32_t i = first; i < file->n_comments && file->comments[i].span.lo - s->base < offset;
       i++) {
    const Comment *c = &file->comments[i];
    const char *text = s->text + (c->span.lo - s->base) + 1;
    uint32_t n = c->span.hi - c->span.lo - 1;
    while (n && *text == ' ') text++, n--;
    text_printf(out, "\n%.*s", (int)n, text);
  }
}

typedef struct HeadOf {
  Span name, until;
} HeadOf;

static void item_signature(void *user, const Item *item) {
  HeadOf *sig = user;
  if (item->name.span.lo != sig->name.lo) return;
  sig->until = item->span;
  if (item->kind == ITEM_fn) sig->until.hi = item->fn->body.span.lo;
  if (item->kind == ITEM_layer || item->kind == ITEM_optimizer)
    sig->until.hi = item->layer.members.span.lo;
  if (item->kind == ITEM_init) sig->until.hi = item->init.body.span.lo;
  if (item->kind == ITEM_train || item->kind == ITEM_data || item->kind == ITEM_names)
    sig->until.hi = item->braces.lo;
}

static void member_signature(void *user, const Item *owner, const Member *m) {
  (void)owner;
  HeadOf *sig = user;
  Span name = m->kind == MEM_fn ? m->fn->name.span : m->name.span;
  if (m->kind == MEM_if || m->kind == MEM_poison || name.lo != sig->name.lo) return;
  sig->until = m->span;
  if (m->kind == MEM_fn) sig->until.hi = m->fn->body.span.lo;
}

/* The head of a function, layer or member as it is written; else the line. */
static void put_declaration(Session *session, Document *doc, Span name, Text *out) {
  const AstFile *file = spec_text_at(doc->spec, name.lo);
  if (!file) return;
  const Source *s = file->source;
  uint32_t length, offset = name.lo - s->base;
  HeadOf sig = {.name = name};
  TreeWalk walk = {.user = &sig, .item = item_signature, .member = member_signature};
  walk_file(&walk, file);
  const char *text = line_of(s, offset, &length);
  if (!span_none(sig.until) && sig.until.hi > sig.until.lo) {
    text = s->text + (sig.until.lo - s->base);
    length = sig.until.hi - sig.until.lo;
  }
  while (length && strchr(" \t\r\n", text[length - 1])) length--;
  text_printf(out, session->renders ? "```ordo\n%.*s\n```" : "%.*s", (int)length, text);
  put_comments(file, offset, out);
}

/* ---- values ---- */

static void put_values(Document *doc, const TextPlace *place, Text *out) {
  const char *text;
  for (uint32_t i = 0; (text = place_text(doc->places, place, i)); i++)
    text_printf(out, i ? ",\nor %s" : "%s", text);
}

/* ---- proofs ---- */

typedef struct Prove {
  Document *doc;
  Str name;
  Span span, within; /* of the value; of the function around it */
  const SetProof *proof;
  Text *out;
  bool said;
} Prove;

static bool is_value(const Prove *p, const Node *n) {
  bool inside = n->span.lo >= p->within.lo && n->span.hi <= p->within.hi;
  if (!str_none(p->name)) return inside && str_eq(n->name, p->name);
  return n->span.lo == p->span.lo && n->span.hi == p->span.hi;
}

/* The weakest that is known of the nodes of the value. */
static void prove_in(Prove *p, const Graph *g, int lead) {
  for (uint32_t i = 1; i < g->nodes.len && !p->said; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->body && n->op != OP_call) prove_in(p, n->body, lead + (n->op == OP_scan));
    const Fact *fact = is_value(p, n) ? sets_fact(p->proof, g, (Ref){i}) : NULL;
    if (!fact || fact->items || p->said) continue;
    const SetAxis *set = p->proof->set;
    text_printf(p->out, "\n%s %s: ", set->padded ? "padding of" : "set", set->name);
    (set->padded ? padding_print : fact_print)(fact, lead, p->out);
    p->said = true;
  }
}

/* What is proved of a value as its function is written, for each set that the function declares. */
static void put_proofs(Document *doc, const TextPlace *place, Text *out) {
  Span fn = walk_function_at(spec_text(doc->spec), place->span.lo);
  if (span_none(fn) || diag_failed(doc->ctx)) return;
  SpecClaims claims = document_claims(doc);
  bool any = false;
  for (uint32_t i = 0; i < claims.count && !any; i++) {
    const Graph *g = claims.graphs[i];
    Ref first = g->params.len ? g->params.data[0] : REF_NONE;
    for (uint32_t k = 0; k < g->params.len && span_none(graph_node(g, first)->span); k++)
      first = g->params.data[k];
    if (ref_none(first) || graph_node(g, first)->span.lo < fn.lo ||
        graph_node(g, first)->span.hi > fn.hi)
      continue;
    SetClaims proved = sets_claims(doc->ctx, g);
    for (uint32_t k = 0; k < proved.proofs.len; k++) {
      Prove p = {doc, place->name, place->span, fn, proved.proofs.data[k], out, false};
      prove_in(&p, g, 0);
      any = any || p.said;
    }
  }
}

/* ---- words of the language ---- */

static bool put_builtin(Document *doc, const char *word, Text *out) {
  const SpecIndexFn *f;
  const SpecBuiltin *b;
  const char *setting, *about;
  for (uint32_t i = 0; (f = spec_index_function(doc->ctx, i)); i++)
    if (!strcmp(f->name, word)) {
      text_printf(out, "%s: %s", f->use ? f->use : ctx_printf(doc->ctx, "%s[n](x[b, n])", word),
                  f->doc);
      return true;
    }
  for (uint32_t i = 0; (b = spec_builtin(doc->ctx, i)); i++)
    if (!strcmp(b->name, word)) return text_printf(out, "%s(...): %s", word, b->doc), true;
  for (uint32_t i = 0; (setting = spec_setting(i, &about)); i++)
    if (!strcmp(setting, word)) return text_puts(out, about), true;
  return false;
}

static const char *letters_at(Session *session, const Document *doc, uint32_t offset, uint32_t *lo,
                              uint32_t *hi) {
  static const char *const letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'";
  *lo = *hi = offset;
  while (*lo > 0 && strchr(letters, doc->text[*lo - 1])) --*lo;
  while (*hi < doc->length && strchr(letters, doc->text[*hi])) ++*hi;
  return arena_printf(&session->arena, "%.*s", (int)(*hi - *lo), doc->text + *lo);
}

/* ---- hover ---- */

static void put_word(Session *session, Document *doc, const TextPlace *place, Text *out) {
  Text values = text_new(&session->arena);
  put_values(doc, place, &values);
  bool variable = place->kind == WORD_name || place->kind == WORD_index ||
                  place->kind == WORD_member || place->kind == WORD_column;
  if (variable && values.len) {
    text_printf(out, session->renders ? "```ordo\n%s: %s\n```" : "%s: %s",
                ctx_text(doc->ctx, place->name), text_str(&values));
    put_proofs(doc, place, out);
  }
  if (values.len && place->kind != WORD_member) return;
  if (out->len) text_puts(out, "\n");
  put_declaration(session, doc, place->declared, out);
}

json_t *lsp_hover(Session *session, Document *doc, const json_t *params) {
  uint32_t offset, lo = 0, hi = 0;
  WordHere word;
  Text out = text_new(&session->arena);
  if (!params_offset(session, doc, params, &offset)) return NULL;
  if (word_at(doc, offset, &word)) {
    lo = word.lo, hi = word.hi;
    put_word(session, doc, word.place, &out);
  } else {
    const char *text = letters_at(session, doc, offset, &lo, &hi);
    const TextPlace *place = place_around(doc->places, document_place(doc, offset));
    bool builtin = *text && put_builtin(doc, text, &out);
    if (builtin) text_puts(&out, place ? "\n" : "");
    if (place) {
      if (!builtin)
        lo = document_offset(doc, place->span), hi = lo + place->span.hi - place->span.lo;
      put_values(doc, place, &out);
      put_proofs(doc, place, &out);
    }
  }
  if (!out.len) return NULL;
  return json_pack("{s:{s:s, s:s}, s:o}", "contents", "kind",
                   session->renders ? "markdown" : "plaintext", "value",
                   utf8_text(session, text_str(&out)), "range", range_json(doc, lo, hi));
}

/* ---- hints ---- */

typedef struct Hints {
  Session *session;
  Document *doc;
  json_t *list;
  uint32_t lo, hi; /* the part of the text that is shown */
} Hints;

static void add_hint(Hints *h, uint32_t at, const char *before, const char *type) {
  if (!type || at < h->lo || at > h->hi) return;
  TextLines lines = document_lines(h->doc);
  TextPosition p = position_of(&lines, at);
  json_array_append_new(
      h->list, json_pack("{s:{s:I, s:I}, s:s, s:i}", "position", "line", (json_int_t)p.line,
                         "character", (json_int_t)p.character, "label",
                         arena_printf(&h->session->arena, "%s%s", before, type), "kind", 1));
}

/* The type of the name that a statement gives a value to. */
static void hint_target(Hints *h, const Expr *target) {
  const Expr *base = target->kind == EX_subscript ? target->subscript.base : target;
  if (base->kind != EX_name) return;
  const TextPlace *place = place_of_word(h->doc->places, base->span);
  if (place && place->kind == WORD_name)
    add_hint(h, document_offset(h->doc, target->span) + target->span.hi - target->span.lo, ": ",
             place_type(h->doc->places, place));
}

static void hint_stmt(void *user, const Stmt *s) {
  Hints *h = user;
  for (uint32_t i = 0; s->kind == ST_assign && i < s->assign.targets.len; i++)
    hint_target(h, s->assign.targets.data[i]);
}

/* The type of a result that the head does not tell. */
static void hint_fn(Hints *h, const FnDecl *fn) {
  const Stmt *last = fn->body.len ? fn->body.data[fn->body.len - 1] : NULL;
  if (fn->result || !last || last->kind != ST_expr) return;
  Span value = last->expr.value->span;
  const TextPlace *place = place_of_expr(h->doc->places, value);
  if (!place) place = place_of_word(h->doc->places, value); /* a name alone */
  uint32_t brace = document_offset(h->doc, fn->body.span), at = brace;
  while (at > 0 && strchr(" \t\r\n", h->doc->text[at - 1])) at--;
  if (place) add_hint(h, at, " -> ", place_type(h->doc->places, place));
}

static void hint_item(void *user, const Item *item) {
  if (item->kind == ITEM_fn) hint_fn(user, item->fn);
}

static void hint_member(void *user, const Item *owner, const Member *m) {
  if (m->kind == MEM_fn && owner->kind == ITEM_layer) hint_fn(user, m->fn);
}

json_t *lsp_hints(Session *session, Document *doc, const json_t *params) {
  Hints h = {session, doc, json_array(), 0, (uint32_t)doc->length};
  TextLines lines = document_lines(doc);
  uint32_t at;
  if (position_offset(&lines, json_position(json_at(params, "range.start")), &at)) h.lo = at;
  if (position_offset(&lines, json_position(json_at(params, "range.end")), &at)) h.hi = at;
  TreeWalk walk = {.user = &h, .stmt = hint_stmt, .item = hint_item, .member = hint_member};
  walk_file(&walk, spec_text(doc->spec));
  return h.list;
}
