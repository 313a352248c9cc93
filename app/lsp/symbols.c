/* What a text declares, as an outline; and "show graph" above what can be drawn. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/entry.h"
#include "app/lsp/session.h"
#include "app/lsp/walk.h"
#include "ir/picture.h"

/* ---- outline ---- */

enum {
  SYMBOL_module = 2,
  SYMBOL_class = 5,
  SYMBOL_method,
  SYMBOL_property,
  SYMBOL_field,
  SYMBOL_constructor,
  SYMBOL_function = 12,
  SYMBOL_variable,
  SYMBOL_constant,
  SYMBOL_object = 19,
  SYMBOL_event = 24
};

static json_t *symbol(const Document *doc, const char *name, int kind, Span whole, Span word) {
  uint32_t lo = document_offset(doc, whole), hi = lo + whole.hi - whole.lo;
  if (word.lo < whole.lo || word.hi > whole.hi) word = whole;
  uint32_t at = document_offset(doc, word);
  return json_pack("{s:s, s:i, s:o, s:o, s:[]}", "name", *name ? name : "()", "kind", kind, "range",
                   range_json(doc, lo, hi), "selectionRange",
                   range_json(doc, at, at + word.hi - word.lo), "children");
}

static void add_child(json_t *parent, json_t *child) {
  json_array_append_new(json_object_get(parent, "children"), child);
}

static void add_members(const Document *doc, json_t *parent, const Members *members) {
  static const int kinds[] = {[MEM_weight] = SYMBOL_field,
                              [MEM_layer] = SYMBOL_property,
                              [MEM_const] = SYMBOL_constant,
                              [MEM_fn] = SYMBOL_method};
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *m = members->data[i];
    if (m->kind == MEM_if) {
      add_members(doc, parent, &m->branch.then);
      add_members(doc, parent, &m->branch.otherwise);
    } else if (m->kind != MEM_poison) {
      Name name = m->kind == MEM_fn ? m->fn->name : m->name;
      add_child(parent,
                symbol(doc, ctx_text(doc->ctx, name.str), kinds[m->kind], m->span, name.span));
    }
  }
}

static void add_parts(const Document *doc, json_t *parent, const Item *item) {
  for (uint32_t i = 0; i < item->train.len; i++) {
    const TrainMember *m = &item->train.data[i];
    const char *name = ctx_text(doc->ctx, m->name.str);
    if (m->kind == TM_setting || m->kind == TM_state)
      add_child(parent, symbol(doc, name, SYMBOL_variable, m->span, m->name.span));
    if (m->kind == TM_step) add_child(parent, symbol(doc, "step", SYMBOL_event, m->span, m->span));
    if (m->kind == TM_eval)
      add_child(parent, symbol(doc, *name ? name : "eval", SYMBOL_event, m->span,
                               *name ? m->name.span : m->span));
  }
}

static json_t *item_symbol(const Document *doc, const Item *item) {
  static const int kinds[N_ITEM_KINDS] = {
      [ITEM_const] = SYMBOL_constant,    [ITEM_fn] = SYMBOL_function,
      [ITEM_layer] = SYMBOL_class,       [ITEM_init] = SYMBOL_function,
      [ITEM_optimizer] = SYMBOL_class,   [ITEM_extern] = SYMBOL_function,
      [ITEM_gradient] = SYMBOL_function, [ITEM_train] = SYMBOL_module,
      [ITEM_data] = SYMBOL_object,       [ITEM_names] = SYMBOL_object};
  if (!kinds[item->kind] || str_none(item->name.str)) return NULL;
  json_t *json = symbol(doc, ctx_text(doc->ctx, item->name.str), kinds[item->kind], item->span,
                        item->name.span);
  if (item->kind == ITEM_layer || item->kind == ITEM_optimizer)
    add_members(doc, json, &item->layer.members);
  if (item->kind == ITEM_train) add_parts(doc, json, item);
  for (uint32_t i = 0; item->kind == ITEM_data && i < item->data.n_columns; i++) {
    const Column *c = &item->data.columns[i];
    add_child(json,
              symbol(doc, ctx_text(doc->ctx, c->name.str), SYMBOL_field, c->span, c->name.span));
  }
  return json;
}

json_t *lsp_symbols(Session *session, Document *doc, const json_t *params) {
  (void)session;
  (void)params;
  const AstFile *file = spec_text(doc->spec);
  json_t *list = json_array();
  for (uint32_t i = 0; file && i < file->n_items; i++) {
    json_t *json = item_symbol(doc, file->items[i]);
    if (json) json_array_append_new(list, json);
  }
  return list;
}

/* ---- pictures ---- */

static void add_lens(const Document *doc, json_t *list, const char *name, Span at) {
  uint32_t lo = document_offset(doc, at);
  json_array_append_new(list, json_pack("{s:o, s:{s:s, s:s, s:[s, s]}}", "range",
                                        range_json(doc, lo, lo), "command", "title", "show graph",
                                        "command", "ordo.showGraph", "arguments", doc->uri, name));
}

/* Methods are drawn of layers whose constants are known: "sort.net.loss", or "Net.loss". */
static const char *drawn_as(const Document *doc, const EntryNames *names, const Item *layer,
                            const FnDecl *fn) {
  const char *method = str_none(fn->name.str) ? "()" : ctx_text(doc->ctx, fn->name.str);
  const char *plain = ctx_printf(doc->ctx, "%s.%s", ctx_text(doc->ctx, layer->name.str), method);
  for (uint32_t i = 0; i < names->len; i++)
    if (!strcmp(names->data[i].name, plain)) return plain;
  return NULL;
}

json_t *lsp_lenses(Session *session, Document *doc, const json_t *params) {
  (void)session;
  (void)params;
  const AstFile *file = spec_text(doc->spec);
  json_t *list = json_array();
  if (!file || diag_failed(doc->ctx)) return list;
  EntryNames names = document_entries(doc);
  for (uint32_t i = 0; i < file->n_items; i++) {
    const Item *item = file->items[i];
    const char *name = ctx_text(doc->ctx, item->name.str);
    for (uint32_t k = 0; k < names.len; k++)
      if ((item->kind == ITEM_fn || item->kind == ITEM_train) && !strcmp(names.data[k].name, name))
        add_lens(doc, list, name, item->span);
    for (uint32_t k = 0; item->kind == ITEM_layer && k < item->layer.members.len; k++) {
      const Member *m = item->layer.members.data[k];
      const char *method = m->kind == MEM_fn ? drawn_as(doc, &names, item, m->fn) : NULL;
      if (method) add_lens(doc, list, method, m->span);
    }
  }
  return list;
}

/* A folder for pictures of this session, away from all others. */
static const char *picture_folder(Session *s) {
  if (s->pictures) return s->pictures;
  const char *base = getenv("TMPDIR");
  char path[400];
  int n = snprintf(path, sizeof path, "%s/ordo-XXXXXX", base && *base ? base : "/tmp");
  if (n >= (int)sizeof path || !mkdtemp(path)) return NULL;
  s->pictures = heap_alloc((size_t)n + 1);
  if (s->pictures) strcpy(s->pictures, path);
  return s->pictures;
}

static const char *picture_path(Session *s, const char *name) {
  const char *folder = picture_folder(s);
  if (!folder) return NULL;
  char *path = arena_printf(&s->arena, "%s/%.200s.svg", folder, name);
  for (char *c = path + strlen(folder) + 1; *c; c++)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-", *c)) *c = '_';
  return path;
}

static json_t *show(Session *s, Document *doc, const char *name) {
  DiagMark mark = diag_mark(doc->ctx);
  const Graph *g = document_graph(doc, name);
  const char *path = picture_path(s, name);
  if (!path)
    return session_refuse(s, RPC_request_failed, "no folder for pictures: %s", strerror(errno));
  bool drawn = g && picture_write(doc->ctx, g, NULL, "svg", path);
  const Diags *diags = &doc->ctx->diags;
  if (!drawn)
    session_refuse(s, RPC_request_failed, "%s",
                   diags->list.len > mark.len ? utf8_text(s, diags->list.data[mark.len]->message)
                                              : "the text has mistakes");
  if (!drawn) return NULL;
  const char *uri = uri_of_path(&s->arena, path);
  if (s->shows)
    rpc_send(&s->rpc,
             json_pack("{s:s, s:s, s:{s:s, s:b}}", "id",
                       arena_printf(&s->arena, "show-%lld", (long long)++s->asked), "method",
                       "window/showDocument", "params", "uri", uri, "external", 1));
  return json_pack("{s:s}", "uri", uri);
}

json_t *lsp_command(Session *s, const json_t *params) {
  const char *command = json_text(params, "command");
  const json_t *arguments = json_at(params, "arguments");
  const char *uri = json_string_value(json_array_get(arguments, 0));
  const char *name = json_string_value(json_array_get(arguments, 1));
  if (!command || strcmp(command, "ordo.showGraph"))
    return session_refuse(s, RPC_invalid_params, "there is no such command");
  Document *doc = uri && name ? document_find(&s->docs, uri) : NULL;
  if (!doc || !doc->open)
    return session_refuse(s, RPC_invalid_params, "ordo.showGraph takes an open text and a name");
  return session_about(s, doc, show, name);
}
