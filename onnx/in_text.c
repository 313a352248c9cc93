/* Statements of what is imported, and their names. Marks in a text: \1 ID \2 where a value is
 * used, \3 ID \2 where it is made. */
#include "onnx/in.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 88 }; /* of an expression that others are put into */

bool in_next_mark(const char **at, const char **begin, uint32_t *id, bool *def) {
  for (; **at; (*at)++) {
    if (**at != '\1' && **at != '\3') continue;
    *begin = *at;
    *def = **at == '\3';
    *id = (uint32_t)strtoul(*at + 1, (char **)at, 10);
    (*at)++; /* \2 */
    return true;
  }
  return false;
}

/* ---- statements ---- */

static void push(OnnxIn *o, InStmt stmt) { vec_push(&o->ctx->arena, o->out, stmt); }

#define FORMATTED(text)                                                                            \
  va_list list;                                                                                    \
  va_start(list, format);                                                                          \
  const char *text = arena_vprintf(&o->ctx->arena, format, list);                                  \
  va_end(list)

void in_let(OnnxIn *o, InValue *y, const char *format, ...) {
  FORMATTED(text);
  const char *def = in_def(o, y);
  push(o, (InStmt){.text = ctx_printf(o->ctx, "%s = %s", def, text), .def = y->id, .plain = true});
}

void in_equation(OnnxIn *o, InValue *y, const char *places, const char *format, ...) {
  FORMATTED(text);
  if (!places) places = in_letters(o, y->rank);
  const char *open = *places ? "[" : "", *close = *places ? "]" : "";
  push(o, (InStmt){.text = ctx_printf(o->ctx, "%s%s%s%s = %s", in_def(o, y), open, places, close,
                                      text)});
}

void in_say(OnnxIn *o, const char *format, ...) {
  FORMATTED(text);
  push(o, (InStmt){.text = text});
}

const char *in_join(OnnxIn *o, const InStmts *stmts) {
  Text out = text_new(&o->ctx->arena);
  for (uint32_t i = 0; i < stmts->len; i++) text_printf(&out, "%s\n", stmts->data[i].text);
  return text_str(&out);
}

/* ---- expressions put into each other ---- */

void in_count_uses(OnnxIn *o, const char *text, uint32_t *uses) {
  const char *begin;
  uint32_t id;
  bool def;
  (void)o;
  while (in_next_mark(&text, &begin, &id, &def)) uses[id] += !def;
}

/* How tightly the operator at a place binds; 0: there is none. */
static int binds(const char *at) {
  static const struct {
    const char *word;
    int level;
  } operators[] = {{" or ", 1}, {" and ", 1}, {" == ", 2}, {" != ", 2}, {" <= ", 2},
                   {" >= ", 2}, {" < ", 2},   {" > ", 2},  {" + ", 3},  {" - ", 3},
                   {" * ", 4},  {" / ", 4},   {" % ", 4},  {" @ ", 4},  {" ** ", 6}};
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (!strncmp(at, operators[i].word, strlen(operators[i].word))) return operators[i].level;
  return 0;
}

/* The loosest operator of an expression; 9: it has none outside of brackets. */
static int loosest(const char *text) {
  int depth = 0, least = 9;
  if (*text == '-') least = 5;
  if (!strncmp(text, "not ", 4)) least = 1;
  for (const char *at = text; *at; at++) {
    depth += *at == '(' || *at == '[';
    depth -= *at == ')' || *at == ']';
    int level = depth ? 0 : binds(at);
    if (level && level < least) least = level;
  }
  return least;
}

/* The operator that ends before a place, and the one that begins behind another; 0: a bracket, a
 * comma, the end; -1: something else. */
static int before(const char *text, const char *at) {
  if (at == text) return 0;
  if (at[-1] == '(' || at[-1] == '[') return 0;
  if (at[-1] != ' ') return -1;
  if (at - text >= 2 && (at[-2] == ',' || at[-2] == '=')) return 0;
  for (int back = 3; back <= 5; back++)
    if (at - text >= back && binds(at - back) && strchr(at - back + 1, ' ') == at - 1)
      return binds(at - back);
  return -1;
}

static int behind(const char *at) {
  if (!*at || *at == ')' || *at == ',' || *at == '\n') return 0;
  int level = binds(at);
  return level ? level : -1;
}

static bool bare_here(const char *text, const char *begin, const char *end, const char *inner) {
  int least = loosest(inner), left = before(text, begin), right = behind(end);
  if (least == 9) return true;
  if (left < 0 || right < 0) return false;
  if (least <= 2) return !left && !right;
  return (!left || (left < least && left < 5)) && (!right || (right <= least && right < 5));
}

typedef struct Merger {
  OnnxIn *o;
  InStmts *stmts;
  uint32_t *uses, *made_by; /* by id; made_by: a statement + 1 */
  bool *gone;
} Merger;

static bool goes_in(const Merger *in, const InStmt *user, const char *end, uint32_t id,
                    size_t length) {
  uint32_t at = in->made_by[id];
  if (!at || in->uses[id] != 1 || in->o->names.data[id].nice || *end == '[') return false;
  const InStmt *s = &in->stmts->data[at - 1];
  return user->plain && s->plain && length + strlen(strchr(s->text, '=') + 2) <= LONGEST;
}

static void inline_into(Merger *in, InStmt *user) {
  Text out = text_new(&in->o->ctx->arena);
  const char *at = user->text, *from = at, *begin;
  uint32_t id;
  bool def;
  while (in_next_mark(&at, &begin, &id, &def)) {
    text_put(&out, from, (size_t)(begin - from));
    from = at;
    if (def || !goes_in(in, user, at, id, strlen(text_str(&out)) + strlen(at))) {
      text_put(&out, begin, (size_t)(at - begin));
      continue;
    }
    const char *inner = strchr(in->stmts->data[in->made_by[id] - 1].text, '=') + 2;
    bool bare = bare_here(user->text, begin, at, inner);
    text_printf(&out, bare ? "%s" : "(%s)", inner);
    in->gone[in->made_by[id] - 1] = true;
  }
  text_puts(&out, from);
  user->text = text_str(&out);
}

/* A statement that makes no value, as the end of a loop's turn, is needed. */
void in_drop_unused(OnnxIn *o, InStmts *stmts, const char *const *roots, uint32_t n_roots) {
  uint32_t *uses = arena_array(&o->ctx->arena, uint32_t, o->names.len + 1), kept = stmts->len;
  for (uint32_t i = 0; i < n_roots; i++) in_count_uses(o, roots[i], uses);
  for (uint32_t i = stmts->len; i-- > 0;) {
    const char *at = stmts->data[i].text, *begin;
    uint32_t id;
    bool def, makes = false, needed = false;
    while (in_next_mark(&at, &begin, &id, &def)) {
      makes |= def;
      needed |= def && uses[id];
    }
    if (makes && !needed) continue;
    in_count_uses(o, stmts->data[i].text, uses);
    stmts->data[--kept] = stmts->data[i];
  }
  stmts->len -= kept;
  if (kept) memmove(stmts->data, stmts->data + kept, sizeof *stmts->data * stmts->len);
}

void in_inline(OnnxIn *o, InStmts *stmts, const char *const *roots, uint32_t n_roots) {
  Arena *arena = &o->ctx->arena;
  Merger in = {.o = o,
               .stmts = stmts,
               .uses = arena_array(arena, uint32_t, o->names.len + 1),
               .made_by = arena_array(arena, uint32_t, o->names.len + 1),
               .gone = arena_array(arena, bool, stmts->len + 1)};
  in_drop_unused(o, stmts, roots, n_roots);
  for (uint32_t i = 0; i < stmts->len; i++) in_count_uses(o, stmts->data[i].text, in.uses);
  for (uint32_t i = 0; i < n_roots; i++) in_count_uses(o, roots[i], in.uses);
  for (uint32_t i = 0; i < stmts->len; i++) {
    InStmt *s = &stmts->data[i];
    inline_into(&in, s);
    if (s->plain) in.made_by[s->def] = i + 1;
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < stmts->len; i++)
    if (!in.gone[i]) stmts->data[kept++] = stmts->data[i];
  stmts->len = kept;
}

/* ---- names ---- */

const char *in_identifier(OnnxIn *o, const char *text) {
  Text out = text_new(&o->ctx->arena);
  for (const char *c = text; *c; c++) {
    bool fine = isalnum((unsigned char)*c) || *c == '_';
    bool gap = out.len && out.data[out.len - 1] == '_';
    if (fine && !(gap && *c == '_')) text_putc(&out, *c);
    if (!fine && out.len && !gap && c[1]) text_putc(&out, '_');
  }
  while (out.len && out.data[out.len - 1] == '_') out.data[--out.len] = 0;
  const char *name = text_str(&out);
  if (isdigit((unsigned char)*name)) name = ctx_printf(o->ctx, "w%s", name);
  return *name && out.len < 60 ? name : "value";
}

bool in_is_free(OnnxIn *o, const char *name) {
  return !(map_get(&o->used, ctx_str(o->ctx, name).i, &(uint32_t){0}) ||
           (o->what->taken && o->what->taken(o->what->user, name)));
}

void in_reserve(OnnxIn *o, const char *name) {
  map_set(&o->ctx->arena, &o->used, ctx_str(o->ctx, name).i, 1);
}

static const char *lower(OnnxIn *o, const char *name) {
  char *out = arena_strdup(&o->ctx->arena, name);
  for (char *c = out; *c; c++) *c = (char)tolower((unsigned char)*c);
  return out;
}

const char *in_name(OnnxIn *o, uint32_t id) {
  InName *n = &o->names.data[id];
  if (n->name) return n->name;
  const char *base = in_identifier(o, n->hint), *name = NULL;
  if (!n->nice) base = lower(o, base);
  bool letter = strlen(base) == 1 && *base >= 'i' && *base <= 'w'; /* of an index */
  const char *gap = isdigit((unsigned char)base[strlen(base) - 1]) ? "_" : "";
  name = letter ? ctx_printf(o->ctx, "%s1", base) : base;
  for (uint32_t k = 2; !in_is_free(o, name); k++) name = ctx_printf(o->ctx, "%s%s%u", base, gap, k);
  in_reserve(o, name);
  return n->name = name;
}

const char *in_named(OnnxIn *o, const char *text) {
  Text out = text_new(&o->ctx->arena);
  const char *from = text, *begin;
  uint32_t id;
  bool def;
  while (in_next_mark(&text, &begin, &id, &def)) {
    text_put(&out, from, (size_t)(begin - from));
    text_puts(&out, in_name(o, id));
    from = text;
  }
  text_puts(&out, from);
  return text_str(&out);
}
