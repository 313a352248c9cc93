/* Renaming. The new text has to say the same as the old one: it is checked, and every word of it
 * has to stand for the same thing as before, in all texts that see the name. What cannot be known
 * to stay right is refused. */
#include <stdlib.h>
#include <string.h>

#include "app/lsp/search.h"
#include "app/lsp/walk.h"
#include "base/map.h"
#include "frontend/syntax/lex.h"

typedef struct Edit {
  Document *doc;
  uint32_t lo, hi;
  const char *text;
} Edit;

typedef struct SeeingText { /* a text that sees the name */
  Document *doc;
  char *before;
  size_t length;
  const uint32_t *classes; /* of its words */
  uint32_t n_words;
} SeeingText;

typedef struct Rename {
  Session *session;
  UseSearch search;
  const char *name; /* the new one */
  VEC(Edit) edits;
  VEC(SeeingText) targets;
  const char *why; /* it is refused; NULL: it is not */
} Rename;

static void refuse(Rename *r, const Document *doc, uint32_t offset, const char *what) {
  if (r->why) return;
  TextLines lines = document_lines(doc);
  r->why = arena_printf(&r->session->arena, "%s:%lld: %s", doc->path,
                        (long long)position_of(&lines, offset).line + 1, what);
}

/* ---- which names ---- */

static bool is_name(Session *session, const char *text) {
  Ctx *ctx = ctx_new();
  Tokens tokens = lex_source(ctx, source_add(ctx, "name", text, strlen(text)));
  bool good = tokens.len == 2 && tokens.data[0].kind == TK_name && !diag_failed(ctx) &&
              tokens.data[0].span.hi - tokens.data[0].span.lo == strlen(text);
  ctx_free(ctx);
  if (!good) session_refuse(session, RPC_request_failed, "this cannot be a name in Ordo");
  return good;
}

/* Settings of a training program that have a meaning of their own. */
static bool is_setting(const Document *doc, const TextPlace *place) {
  const AstFile *file = spec_text_at(doc->spec, place->declared.lo);
  const char *name = ctx_text(doc->ctx, place->name);
  const char *doc_text, *known = NULL;
  for (uint32_t i = 0; (known = spec_setting(i, &doc_text)) && strcmp(known, name);) i++;
  if (!known) return false;
  for (uint32_t i = 0; file && i < file->n_items; i++)
    for (uint32_t k = 0; file->items[i]->kind == ITEM_train && k < file->items[i]->train.len; k++)
      if (file->items[i]->train.data[k].name.span.lo == place->declared.lo) return true;
  return false;
}

static bool may_rename(Session *session, const Document *doc, uint32_t offset, WordHere *word) {
  if (!word_at(doc, offset, word))
    return session_refuse(session, RPC_request_failed, "there is no name here that can be changed");
  if (word->place->kind == WORD_column)
    return session_refuse(session, RPC_request_failed,
                          "the names of columns are those of the file");
  if (is_setting(doc, word->place))
    return session_refuse(session, RPC_request_failed, "this setting has its name from Ordo");
  return true;
}

json_t *lsp_prepare_rename(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  WordHere word;
  if (!params_offset(session, doc, params, &offset) || !may_rename(session, doc, offset, &word))
    return NULL;
  UseSearch search = search_begin(session, doc, word.place);
  if (search.foreign)
    return session_refuse(session, RPC_request_failed, "this name belongs to the library");
  return json_pack("{s:o, s:s}", "range", range_json(doc, word.lo, word.hi), "placeholder",
                   search.name);
}

/* ---- edits ---- */

typedef struct Label {
  Span span; /* of a word */
  bool found;
} Label;

/* 'log loss' says the name of a log as well. */
static void look_at_log(void *user, const Stmt *s) {
  Label *label = user;
  for (uint32_t i = 0; s->kind == ST_log && i < s->log.len; i++)
    label->found =
        label->found || (!s->log.data[i].value && s->log.data[i].name.span.lo == label->span.lo);
}

static void add_edit(void *user, Document *doc, const TextPlace *place) {
  Rename *r = user;
  Arena *arena = &r->session->arena;
  Label label = {.span = place->span};
  walk_file(&(TreeWalk){.user = &label, .stmt = look_at_log}, spec_text(doc->spec));
  uint32_t lo = document_offset(doc, place->span);
  const char *text =
      label.found ? arena_printf(arena, "%s = %s", r->search.name, r->name) : r->name;
  vec_push(arena, &r->edits, ((Edit){doc, lo, lo + place->span.hi - place->span.lo, text}));
}

/* ---- uses that nobody has looked at ---- */

typedef struct Unseen {
  Rename *rename;
  Document *doc;
  Span reach; /* where the name can be meant; none: everywhere */
} Unseen;

/* A name of a function means itself in that function only; one of a layer or a program in that. */
static Span reach_of(const Rename *r, const Document *doc) {
  const TextPlace *place = r->search.place;
  if (r->search.path || doc != r->search.doc) return (Span){0};
  const AstFile *file = spec_text(doc->spec);
  Span fn = walk_function_at(file, place->declared.lo);
  return span_none(fn) ? walk_item_at(file, place->declared.lo) : fn;
}

static void look_at_use(void *user, const Expr *x) {
  const Unseen *u = user;
  Name name = x->kind == EX_member ? x->member.name : (Name){x->name, x->span};
  if (x->kind != EX_name && x->kind != EX_member) return;
  if (strcmp(ctx_text(u->doc->ctx, name.str), u->rename->search.name)) return;
  if (!span_none(u->reach) && (name.span.lo < u->reach.lo || name.span.hi > u->reach.hi)) return;
  if (place_of_word(u->doc->places, name.span)) return;
  if (x->kind == EX_name && spec_is_builtin(u->doc->ctx, name.str)) return;
  refuse(u->rename, u->doc, document_offset(u->doc, name.span),
         "what this name stands for is not known: nothing uses the text around it");
}

static void take_target(Rename *r, Document *doc) {
  Arena *arena = &r->session->arena;
  if (!search_sees(&r->search, doc)) return;
  if (diag_failed(doc->ctx)) {
    Span span = doc->ctx->diags.list.len ? doc->ctx->diags.list.data[0]->span : (Span){0};
    refuse(r, doc, document_has(doc, span) ? document_offset(doc, span) : 0,
           "mend the mistakes first: what names stand for is not known there");
    return;
  }
  Unseen unseen = {r, doc, reach_of(r, doc)};
  walk_file(&(TreeWalk){.user = &unseen, .expr = look_at_use}, spec_text(doc->spec));
  PlaceList words = places_words(doc->places);
  uint32_t *classes = arena_array(arena, uint32_t, words.len + 1);
  for (uint32_t i = 0; i < words.len; i++) classes[i] = place_class(doc->places, words.data[i]);
  char *before = arena_copy(arena, doc->text, doc->length + 1);
  vec_push(arena, &r->targets, ((SeeingText){doc, before, doc->length, classes, words.len}));
}

static void take_targets(Rename *r) {
  take_target(r, r->search.doc);
  for (Document *d = r->session->docs.first; d && r->search.path; d = d->next) {
    if (d == r->search.doc || !document_begin(d)) continue;
    take_target(r, d);
    document_end(d);
  }
}

/* ---- trying ---- */

static int by_place(const void *a, const void *b) {
  const Edit *x = a, *y = b;
  return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static const char *edited(Rename *r, const SeeingText *t) {
  Text out = text_new(&r->session->arena);
  uint32_t at = 0;
  for (uint32_t i = 0; i < r->edits.len; i++) {
    const Edit *e = &r->edits.data[i];
    if (e->doc != t->doc) continue;
    text_put(&out, t->before + at, e->lo - at);
    text_puts(&out, e->text);
    at = e->hi;
  }
  text_puts(&out, t->before + at);
  return text_str(&out);
}

/* Words that were one thing are one thing, and those that were two are two. */
static bool same_classes(Rename *r, const SeeingText *t) {
  Arena *arena = &r->session->arena;
  PlaceList words = places_words(t->doc->places);
  Map there = {0}, back = {0};
  uint32_t k;
  if (words.len != t->n_words) return false;
  for (uint32_t i = 0; i < words.len; i++) {
    uint32_t was = t->classes[i], is = place_class(t->doc->places, words.data[i]);
    if (!map_get(&there, was, &k)) map_set(arena, &there, was, is);
    if (!map_get(&back, is, &k)) map_set(arena, &back, is, was);
    map_get(&there, was, &k);
    if (k != is) return false;
    map_get(&back, is, &k);
    if (k != was) return false;
  }
  return true;
}

static void look_again(Rename *r, const SeeingText *t) {
  document_check(t->doc, false);
  const Diags *diags = t->doc->ctx ? &t->doc->ctx->diags : NULL;
  if (diags && !diags->errors && t->doc->spec && same_classes(r, t)) return;
  const Diag *first = diags && diags->list.len ? diags->list.data[0] : NULL;
  const char *what = first ? first->message : "other names would stand for something else";
  refuse(r, t->doc,
         first && document_has(t->doc, first->span) ? document_offset(t->doc, first->span) : 0,
         arena_printf(&r->session->arena, "'%s' clashes: %s", r->name, what));
}

static void try_texts(Rename *r) {
  for (uint32_t i = 0; i < r->targets.len; i++) {
    const char *text = edited(r, &r->targets.data[i]);
    document_end(r->targets.data[i].doc);
    if (!document_set(r->targets.data[i].doc, text, strlen(text))) r->why = "there is no memory";
  }
  for (uint32_t i = 0; i < r->targets.len && !r->why; i++) look_again(r, &r->targets.data[i]);
  for (uint32_t i = 0; i < r->targets.len; i++)
    document_set(r->targets.data[i].doc, r->targets.data[i].before, r->targets.data[i].length);
}

/* ---- the answer ---- */

static json_t *edits_json(const Rename *r) {
  json_t *changes = json_object();
  for (uint32_t i = 0; i < r->edits.len; i++) {
    const Edit *e = &r->edits.data[i];
    json_t *list = json_object_get(changes, e->doc->uri);
    if (!list) {
      list = json_array();
      json_object_set_new(changes, e->doc->uri, list);
    }
    json_array_append_new(list, text_edit(e->doc, e->lo, e->hi, e->text));
  }
  return json_pack("{s:o}", "changes", changes);
}

json_t *lsp_rename(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  WordHere word;
  const char *name = json_text(params, "newName");
  if (!name) return session_refuse(session, RPC_invalid_params, "there is no 'newName'");
  if (!params_offset(session, doc, params, &offset) || !may_rename(session, doc, offset, &word) ||
      !is_name(session, name))
    return NULL;
  bool item = word.place->kind == WORD_item;
  if (item && spec_is_builtin(doc->ctx, ctx_str(doc->ctx, name)))
    return session_refuse(session, RPC_request_failed, "'%s' is a function of Ordo", name);
  Rename r = {.session = session, .name = name};
  r.search = search_begin(session, doc, word.place);
  if (r.search.foreign)
    return session_refuse(session, RPC_request_failed, "this name belongs to the library");
  search_uses(&r.search, add_edit, &r);
  if (r.edits.len) qsort(r.edits.data, r.edits.len, sizeof *r.edits.data, by_place);
  take_targets(&r);
  if (!r.why) try_texts(&r);
  json_t *result =
      r.why ? session_refuse(session, RPC_request_failed, "%s", r.why) : edits_json(&r);
  search_end(&r.search);
  return result;
}
