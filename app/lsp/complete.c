/* Completion. The word at the cursor is replaced by one that is no name; where the checker asks
 * what that name is, it offers all that would be right there (places_offer). What the grammar
 * wants at the place, keywords and names of arguments, comes from the syntax tree. */
#include <dirent.h>
#include <string.h>

#include "app/lsp/session.h"
#include "app/lsp/walk.h"
#include "base/dtype.h"
#include "frontend/syntax/lex.h"

static const char *const marker = "completion__here";

typedef enum CompletionKind {
  KIND_method = 2,
  KIND_function = 3,
  KIND_field = 5,
  KIND_variable = 6,
  KIND_class = 7,
  KIND_module = 9,
  KIND_property = 10,
  KIND_keyword = 14,
  KIND_constant = 21,
  KIND_type = 25
} CompletionKind;

typedef struct Completion {
  Session *session;
  Document *doc;
  json_t *list, *seen;
  uint32_t lo, hi; /* the word, in the text of the editor */
  Token before;    /* the token before it */
  bool first;      /* nothing of the statement stands before it */
} Completion;

static void add(Completion *c, const char *label, CompletionKind kind, const char *detail,
                const char *text, char rank) {
  if (!*label || json_object_get(c->seen, label)) return;
  json_object_set_new(c->seen, label, json_true());
  const char *sort = arena_printf(&c->session->arena, "%c%s", rank, label);
  json_t *item = json_pack("{s:s, s:i, s:s, s:o}", "label", label, "kind", (int)kind, "sortText",
                           sort, "textEdit", text_edit(c->doc, c->lo, c->hi, text));
  if (*detail) json_object_set_new(item, "detail", json_string(utf8_text(c->session, detail)));
  json_array_append_new(c->list, item);
}

/* ---- words of the language ---- */

static void add_words(Completion *c, const char *const *words) {
  for (; *words; words++) add(c, *words, KIND_keyword, "", *words, '4');
}

static void add_types(Completion *c) {
  static const char *const more[] = {"mask", "size", "layer", NULL};
  for (int i = 0; i < N_DTYPES; i++)
    if (i != DT_idx && i != DT_key) add(c, dtype_name[i], KIND_type, "", dtype_name[i], '1');
  for (int i = 0; more[i]; i++) add(c, more[i], KIND_type, "", more[i], '1');
}

static void add_settings(Completion *c) {
  const char *name, *about;
  for (uint32_t i = 0; (name = spec_setting(i, &about)); i++)
    add(c, name, KIND_property, about, arena_printf(&c->session->arena, "%s = ", name), '0');
}

static void add_builtins(Completion *c) {
  const SpecIndexFn *f;
  const SpecBuiltin *b;
  for (uint32_t i = 0; (f = spec_index_function(c->doc->ctx, i)); i++)
    add(c, f->name, KIND_function, f->doc, f->name, '3');
  for (uint32_t i = 0; (b = spec_builtin(c->doc->ctx, i)); i++)
    add(c, b->name, KIND_function, b->doc, b->name, '3');
}

static void add_modules(Completion *c, const char *folder) {
  DIR *dir = opendir(*folder ? folder : ".");
  for (struct dirent *item; dir && (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (n <= 5 || strcmp(item->d_name + n - 5, ".ordo")) continue;
    const char *name = arena_printf(&c->session->arena, "%.*s", (int)(n - 5), item->d_name);
    add(c, utf8_text(c->session, name), KIND_module, "", name, '1');
  }
  if (dir) closedir(dir);
}

/* ---- names ---- */

static CompletionKind kind_of(const Completion *c, const PlaceOffer *o) {
  static const CompletionKind kinds[] = {
      [WORD_name] = KIND_variable, [WORD_index] = KIND_variable, [WORD_member] = KIND_field,
      [WORD_method] = KIND_method, [WORD_item] = KIND_function,  [WORD_argument] = KIND_property,
      [WORD_column] = KIND_field};
  bool item = o->kind == WORD_item;
  if (item && (!strcmp(o->text, "layer") || !strcmp(o->text, "optimizer"))) return KIND_class;
  (void)c;
  return kinds[o->kind];
}

static void add_offers(Completion *c) {
  PlaceOffers offers = places_offered(c->doc->places);
  for (uint32_t i = 0; i < offers.len; i++) {
    const PlaceOffer *o = &offers.data[i];
    const char *name = ctx_text(c->doc->ctx, o->name);
    bool builtin = spec_is_builtin(c->doc->ctx, o->name) && !*o->text;
    if (!builtin) add(c, name, kind_of(c, o), o->text, name, o->own ? '1' : '2');
  }
  bool members = c->before.kind == TK_dot;
  if (offers.len && !members) add_builtins(c);
}

/* ---- arguments ---- */

typedef struct CallAround {
  Completion *completion;
  uint32_t at;
  Span best, callee;
} CallAround;

static void look_at_call(void *user, const Expr *x) {
  CallAround *call = user;
  if (x->kind != EX_call || call->at <= x->call.callee->span.hi || call->at > x->span.hi) return;
  Name name = x->call.callee->kind == EX_member
                  ? x->call.callee->member.name
                  : (Name){x->call.callee->name, x->call.callee->span};
  call->callee = name.span;
  call->best = x->span;
}

static void look_at_sublayer(void *user, const Item *owner, const Member *m) {
  (void)owner;
  CallAround *call = user;
  if (m->kind == MEM_layer && call->at > m->sublayer.layer.span.hi && call->at <= m->span.hi)
    call->callee = m->sublayer.layer.span;
}

typedef struct Heads {
  Span name;
  const Params *params;
} Heads;

static void head_of_item(void *user, const Item *item) {
  Heads *h = user;
  if (item->name.span.lo != h->name.lo) return;
  if (item->kind == ITEM_fn) h->params = &item->fn->params;
  if (item->kind == ITEM_extern) h->params = &item->foreign.fn->params;
  if (item->kind == ITEM_layer || item->kind == ITEM_optimizer) h->params = &item->layer.constants;
  if (item->kind == ITEM_init) h->params = &item->init.constants;
}

static void head_of_method(void *user, const Item *owner, const Member *m) {
  (void)owner;
  Heads *h = user;
  if (m->kind == MEM_fn && m->fn->name.span.lo == h->name.lo) h->params = &m->fn->params;
}

static void add_arguments(Completion *c) {
  CallAround call = {.completion = c, .at = document_place(c->doc, c->lo)};
  walk_file(&(TreeWalk){.user = &call, .expr = look_at_call, .member = look_at_sublayer},
            spec_text(c->doc->spec));
  if (span_none(call.callee)) return;
  const TextPlace *place = place_of_word(c->doc->places, call.callee);
  const AstFile *file = place ? spec_text_at(c->doc->spec, place->declared.lo) : NULL;
  Heads heads = {.name = place ? place->declared : (Span){0}};
  if (file)
    walk_file(&(TreeWalk){.user = &heads, .item = head_of_item, .member = head_of_method}, file);
  for (uint32_t i = 0; heads.params && i < heads.params->len; i++) {
    const char *name = ctx_text(c->doc->ctx, heads.params->data[i].name.str);
    add(c, arena_printf(&c->session->arena, "%s =", name), KIND_property, "argument",
        arena_printf(&c->session->arena, "%s = ", name), '0');
  }
}

/* ---- places of the grammar ---- */

typedef struct Inside {
  uint32_t at;
  bool item, program, part, layer, method, import, other;
} Inside;

static bool holds(Span span, uint32_t at) { return at >= span.lo && at <= span.hi; }

static void look_at_item(void *user, const Item *item) {
  Inside *in = user;
  if (!holds(item->span, in->at)) return;
  in->item = true;
  in->import = item->kind == ITEM_import;
  in->program = item->kind == ITEM_train && holds(item->braces, in->at);
  in->layer = (item->kind == ITEM_layer || item->kind == ITEM_optimizer) &&
              holds(item->layer.members.span, in->at);
}

static void look_at_part(void *user, const Item *program, const TrainMember *m) {
  (void)program;
  Inside *in = user;
  bool body = m->kind == TM_step || m->kind == TM_eval;
  in->part = in->part || (body && holds(m->body.span, in->at));
}

static void look_at_method(void *user, const Item *owner, const Member *m) {
  (void)owner;
  Inside *in = user;
  in->method = in->method || (m->kind == MEM_fn && holds(m->fn->body.span, in->at));
}

static void add_grammar(Completion *c) {
  static const char *const items[] = {"import", "const",    "fn",   "layer", "init",  "optimizer",
                                      "extern", "gradient", "data", "names", "train", NULL};
  static const char *const parts[] = {"step", "eval", "best by", NULL};
  static const char *const members[] = {"fn", "const", "if", NULL};
  static const char *const statements[] = {"scan", "for", "if", "assert", NULL};
  static const char *const steps[] = {"minimize", "move", "repeat", "log", NULL};
  Inside in = {.at = document_place(c->doc, c->lo)};
  TreeWalk walk = {
      .user = &in, .item = look_at_item, .part = look_at_part, .member = look_at_method};
  walk_file(&walk, spec_text(c->doc->spec));
  bool begins = c->first;
  if (in.program && !in.part) {
    if (begins) add_settings(c), add_words(c, parts);
  } else if (in.layer && !in.method) {
    if (begins) add_words(c, members);
  } else if (in.item && begins) {
    add_words(c, statements);
    if (in.part) add_words(c, steps);
  }
  if (!in.item && begins) add_words(c, items);
}

static void add_imports(Completion *c) {
  const ModelDirs *dirs = c->session->docs.dirs;
  const char *slash = strrchr(c->doc->path, '/');
  if (slash)
    add_modules(
        c, arena_printf(&c->session->arena, "%.*s", (int)(slash - c->doc->path), c->doc->path));
  for (uint32_t i = 0; i < dirs->dirs.len; i++) add_modules(c, dirs->dirs.data[i]);
}

/* What is known where nothing is elaborated: what stands at the top of the files. */
static void add_items(Completion *c) {
  const AstFile *file = spec_text(c->doc->spec);
  for (uint32_t i = 0; file && i < file->n_items; i++) {
    const Item *item = file->items[i];
    if (item->kind == ITEM_import || item->kind == ITEM_poison) continue;
    const char *name = ctx_text(c->doc->ctx, item->name.str);
    if (strcmp(name, marker)) add(c, name, KIND_function, "", name, '2');
  }
  add_builtins(c);
}

static bool takes_type(const Completion *c) {
  return c->before.kind == TK_arrow || (c->before.kind == TK_colon && !c->first);
}

/* ---- the cursor ---- */

static bool is_letter(char ch) {
  return ch && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'", ch);
}

/* The token before the word; false: the cursor is in a comment or a text, where no names are. */
static bool look_around(Completion *c) {
  const AstFile *file = spec_text(c->doc->spec);
  if (!file) return false;
  uint32_t base = file->source->base;
  DiagMark mark = diag_mark(c->doc->ctx);
  Tokens tokens = lex_source(c->doc->ctx, file->source);
  diag_rollback(c->doc->ctx, mark);
  for (uint32_t i = 0; i < tokens.n_comments; i++)
    if (c->lo + base > tokens.comments[i].span.lo && c->lo + base <= tokens.comments[i].span.hi)
      return false;
  c->first = true;
  for (uint32_t i = 0; i < tokens.len && tokens.data[i].span.hi <= c->lo + base; i++) {
    c->before = tokens.data[i];
    const Token *next = &tokens.data[i + 1 < tokens.len ? i + 1 : i];
    bool opens = c->before.kind == TK_lbrace || c->before.kind == TK_rbrace ||
                 c->before.kind == TK_semicolon;
    c->first = opens || next->newline_before || next->kind == TK_end;
  }
  for (uint32_t i = 0; i < tokens.len; i++)
    if (tokens.data[i].kind == TK_string && c->lo + base > tokens.data[i].span.lo &&
        c->lo + base < tokens.data[i].span.hi)
      return false;
  uint32_t at = c->lo; /* the last token may stand on another line */
  while (at > 0 && (c->doc->text[at - 1] == ' ' || c->doc->text[at - 1] == '\t')) at--;
  bool line = at == 0 || c->doc->text[at - 1] == '\n';
  c->first = line || c->before.kind == TK_lbrace || c->before.kind == TK_semicolon;
  return true;
}

static void fill(Completion *c) {
  if (c->before.kind == KW_import) {
    add_imports(c);
    return;
  }
  if (takes_type(c)) add_types(c);
  if (c->before.kind != TK_dot) add_arguments(c);
  add_offers(c);
  if (c->before.kind == TK_dot) return;
  add_grammar(c);
  if (!json_array_size(c->list)) add_items(c);
}

json_t *lsp_completion(Session *session, Document *doc, const json_t *params) {
  uint32_t offset;
  if (!params_offset(session, doc, params, &offset)) return NULL;
  Completion c = {.session = session, .doc = doc, .lo = offset, .hi = offset};
  while (c.lo > 0 && is_letter(doc->text[c.lo - 1])) c.lo--;
  while (c.hi < doc->length && is_letter(doc->text[c.hi])) c.hi++;
  if (!look_around(&c)) return NULL;
  const char *text =
      arena_printf(&session->arena, "%.*s%s%s", (int)c.lo, doc->text, marker, doc->text + c.hi);
  document_check_as(doc, text, marker);
  c.list = json_array();
  c.seen = json_object();
  if (doc->spec) fill(&c);
  json_decref(c.seen);
  return json_pack("{s:b, s:o}", "isIncomplete", 0, "items", c.list);
}
