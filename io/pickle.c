/* A stack machine whose steps are a table by opcode; those without one are refused. Each step adds
 * a bounded number of values to the arena, so that memory grows with the file only. */
#include "io/pickle.h"

#include <string.h>

#include "base/map.h"

typedef struct Unpickler {
  Ctx *ctx;
  const unsigned char *at, *end;
  VEC(Pickle *) stack;
  VEC(uint32_t) marks;
  VEC(Pickle *) memo; /* in the order of being kept */
  Map places;         /* in memo, by number */
  uint32_t kept;      /* for MEMOIZE */
  const char *why;
  bool done;
} Unpickler;

static bool fail(Unpickler *u, const char *why) {
  if (!u->why) u->why = why;
  return false;
}

/* ---- values ---- */

static Pickle *value(Unpickler *u, PickleKind kind) {
  Pickle *p = arena_new(&u->ctx->arena, Pickle);
  p->kind = kind;
  return p;
}

static bool push(Unpickler *u, Pickle *p) {
  vec_push(&u->ctx->arena, &u->stack, p);
  return true;
}

static void add(Unpickler *u, Pickle *to, Pickle *item) {
  vec_push(&u->ctx->arena, &to->items, item);
}

/* Values above the last mark are not for steps that take from the top. */
static uint32_t floor_of(const Unpickler *u) {
  return u->marks.len ? u->marks.data[u->marks.len - 1] : 0;
}

static Pickle *pop(Unpickler *u) {
  if (u->stack.len > floor_of(u)) return u->stack.data[--u->stack.len];
  fail(u, "its stack is empty");
  return NULL;
}

static Pickle *top(Unpickler *u) {
  Pickle *p = pop(u);
  if (p) u->stack.len++;
  return p;
}

/* Where the values behind the last mark begin; they leave the stack and stay readable until
 * something is pushed. */
static bool pop_mark(Unpickler *u, uint32_t *from, uint32_t *to) {
  if (!u->marks.len) return fail(u, "a mark is missing");
  *from = u->marks.data[--u->marks.len];
  *to = u->stack.len;
  u->stack.len = *from;
  return true;
}

/* ---- operands ---- */

static bool take(Unpickler *u, size_t n, const unsigned char **out) {
  if ((size_t)(u->end - u->at) < n) return fail(u, "it ends early");
  *out = u->at;
  u->at += n;
  return true;
}

static bool take_number(Unpickler *u, int bytes, uint64_t *out) {
  const unsigned char *b;
  if (!take(u, (size_t)bytes, &b)) return false;
  *out = 0;
  for (int i = bytes - 1; i >= 0; i--) *out = *out << 8 | b[i];
  return true;
}

/* Up to a line end. */
static const char *take_line(Unpickler *u) {
  const unsigned char *end = memchr(u->at, '\n', (size_t)(u->end - u->at));
  if (!end) fail(u, "it ends early");
  if (!end) return NULL;
  const char *line = ctx_printf(u->ctx, "%.*s", (int)(end - u->at), (const char *)u->at);
  u->at = end + 1;
  return line;
}

static bool push_int(Unpickler *u, int64_t number) {
  Pickle *p = value(u, PICKLE_int);
  p->number = number;
  return push(u, p);
}

static bool push_text(Unpickler *u, int bytes) {
  const unsigned char *from;
  uint64_t n;
  if (!take_number(u, bytes, &n) || !take(u, (size_t)n, &from)) return false;
  Pickle *p = value(u, PICKLE_text);
  char *text = arena_alloc(&u->ctx->arena, (size_t)n + 1);
  if (n) memcpy(text, from, (size_t)n);
  p->text = text;
  return push(u, p);
}

/* ---- steps: numbers and texts ---- */

static bool step_none(Unpickler *u) { return push(u, value(u, PICKLE_none)); }
static bool step_true(Unpickler *u) { return push_int(u, 1); }
static bool step_false(Unpickler *u) { return push_int(u, 0); }

static bool unsigned_int(Unpickler *u, int bytes) {
  uint64_t n;
  return take_number(u, bytes, &n) && push_int(u, (int64_t)n);
}
static bool step_int1(Unpickler *u) { return unsigned_int(u, 1); }
static bool step_int2(Unpickler *u) { return unsigned_int(u, 2); }
static bool step_int4(Unpickler *u) {
  uint64_t n;
  return take_number(u, 4, &n) && push_int(u, (int32_t)(uint32_t)n);
}

/* Two's complement of up to 8 bytes; longer ones are no size of anything. */
static bool step_long(Unpickler *u) {
  uint64_t n, bits;
  if (!take_number(u, 1, &n)) return false;
  if (n > 8) return fail(u, "it has a number of more than 64 bits");
  if (!take_number(u, (int)n, &bits)) return false;
  if (n && n < 8 && bits >> (8 * n - 1)) bits |= ~(uint64_t)0 << (8 * n);
  return push_int(u, (int64_t)bits);
}

static bool step_float(Unpickler *u) {
  const unsigned char *b;
  return take(u, 8, &b) && push(u, value(u, PICKLE_float));
}

static bool step_text1(Unpickler *u) { return push_text(u, 1); }
static bool step_text4(Unpickler *u) { return push_text(u, 4); }
static bool step_text8(Unpickler *u) { return push_text(u, 8); }

/* ---- steps: lists and dictionaries ---- */

static bool step_list(Unpickler *u) { return push(u, value(u, PICKLE_list)); }
static bool step_dict(Unpickler *u) { return push(u, value(u, PICKLE_dict)); }

static bool step_mark(Unpickler *u) {
  vec_push(&u->ctx->arena, &u->marks, u->stack.len);
  return true;
}

/* Everything behind the mark, as a list or into what stands before it. */
static bool gather(Unpickler *u, Pickle *to) {
  uint32_t from, end;
  if (!pop_mark(u, &from, &end)) return false;
  for (uint32_t i = from; i < end; i++) add(u, to, u->stack.data[i]);
  return true;
}

static bool step_tuple(Unpickler *u) {
  Pickle *list = value(u, PICKLE_list);
  return gather(u, list) && push(u, list);
}

static bool small_tuple(Unpickler *u, uint32_t n) {
  Pickle *list = value(u, PICKLE_list);
  if (u->stack.len - floor_of(u) < n) return fail(u, "its stack is empty");
  u->stack.len -= n;
  for (uint32_t i = 0; i < n; i++) add(u, list, u->stack.data[u->stack.len + i]);
  return push(u, list);
}
static bool step_tuple1(Unpickler *u) { return small_tuple(u, 1); }
static bool step_tuple2(Unpickler *u) { return small_tuple(u, 2); }
static bool step_tuple3(Unpickler *u) { return small_tuple(u, 3); }

static bool step_append(Unpickler *u) {
  Pickle *item = pop(u), *list = item ? top(u) : NULL;
  if (!list) return false;
  if (list->kind == PICKLE_list) add(u, list, item);
  return true;
}

/* Into a list, a dictionary, or a made value, whose items do not matter. */
static bool fill(Unpickler *u, PickleKind kind) {
  uint32_t from, end;
  if (!pop_mark(u, &from, &end)) return false;
  Pickle *to = top(u);
  if (!to) return false;
  if (kind == PICKLE_dict && (end - from) % 2) return fail(u, "a key has no value");
  bool items = to->kind == kind;
  for (uint32_t i = from; items && i < end; i++) add(u, to, u->stack.data[i]);
  return true;
}
static bool step_appends(Unpickler *u) { return fill(u, PICKLE_list); }
static bool step_set_items(Unpickler *u) { return fill(u, PICKLE_dict); }

static bool step_set_item(Unpickler *u) {
  Pickle *item = pop(u), *key = item ? pop(u) : NULL, *dict = key ? top(u) : NULL;
  if (!dict) return false;
  if (dict->kind != PICKLE_dict) return true;
  add(u, dict, key);
  add(u, dict, item);
  return true;
}

static bool step_pop(Unpickler *u) {
  if (u->marks.len && u->stack.len == floor_of(u)) {
    u->marks.len--;
    return true;
  }
  return pop(u) != NULL;
}

static bool step_pop_mark(Unpickler *u) {
  uint32_t from, end;
  return pop_mark(u, &from, &end);
}

static bool step_dup(Unpickler *u) {
  Pickle *p = top(u);
  return p && push(u, p);
}

/* ---- steps: what was kept ---- */

static bool keep(Unpickler *u, uint64_t number) {
  Pickle *p = top(u);
  if (!p) return false;
  vec_push(&u->ctx->arena, &u->memo, p);
  map_set(&u->ctx->arena, &u->places, number, u->memo.len - 1);
  return true;
}

static bool recall(Unpickler *u, int bytes) {
  uint64_t number;
  uint32_t at;
  if (!take_number(u, bytes, &number)) return false;
  if (!map_get(&u->places, number, &at)) return fail(u, "it asks for what it did not keep");
  return push(u, u->memo.data[at]);
}

static bool keep_as(Unpickler *u, int bytes) {
  uint64_t number;
  return take_number(u, bytes, &number) && keep(u, number);
}
static bool step_put1(Unpickler *u) { return keep_as(u, 1); }
static bool step_put4(Unpickler *u) { return keep_as(u, 4); }
static bool step_get1(Unpickler *u) { return recall(u, 1); }
static bool step_get4(Unpickler *u) { return recall(u, 4); }
static bool step_memoize(Unpickler *u) { return keep(u, u->kept++); }

/* ---- steps: names and calls, of which nothing is done ---- */

static bool push_global(Unpickler *u, const char *module, const char *name) {
  Pickle *p = value(u, PICKLE_global);
  p->text = ctx_printf(u->ctx, "%s %s", module, name);
  return push(u, p);
}

static bool step_global(Unpickler *u) {
  const char *module = take_line(u), *name = module ? take_line(u) : NULL;
  return name && push_global(u, module, name);
}

static bool step_stack_global(Unpickler *u) {
  Pickle *name = pop(u), *module = name ? pop(u) : NULL;
  if (!module) return false;
  if (name->kind != PICKLE_text || module->kind != PICKLE_text) return fail(u, "a name is no text");
  return push_global(u, module->text, name->text);
}

/* collections.OrderedDict() is a dictionary; all else stays as it is. */
static bool step_call(Unpickler *u) {
  Pickle *args = pop(u), *callee = args ? pop(u) : NULL;
  if (!callee) return false;
  if (pickle_is_global(callee, "collections OrderedDict") && args->kind == PICKLE_list &&
      !args->items.len)
    return push(u, value(u, PICKLE_dict));
  Pickle *made = value(u, PICKLE_made);
  add(u, made, callee);
  add(u, made, args);
  return push(u, made);
}

static bool step_call_named(Unpickler *u) { return pop(u) && step_call(u); }

static bool step_build(Unpickler *u) {
  Pickle *state = pop(u), *object = state ? top(u) : NULL;
  if (!object) return false;
  if (object->kind == PICKLE_made) object->state = state;
  return true;
}

static bool step_stored(Unpickler *u) {
  Pickle *id = pop(u);
  if (!id) return false;
  Pickle *p = value(u, PICKLE_stored);
  add(u, p, id);
  return push(u, p);
}

static bool step_protocol(Unpickler *u) {
  const unsigned char *version;
  return take(u, 1, &version) && (*version <= 5 || fail(u, "its protocol is unknown"));
}

static bool step_frame(Unpickler *u) {
  const unsigned char *length;
  return take(u, 8, &length);
}

static bool step_stop(Unpickler *u) {
  u->done = true;
  return true;
}

static bool (*const steps[256])(Unpickler *u) = {
    [0x80] = step_protocol, [0x95] = step_frame,        ['.'] = step_stop,
    ['N'] = step_none,      [0x88] = step_true,         [0x89] = step_false,
    ['K'] = step_int1,      ['M'] = step_int2,          ['J'] = step_int4,
    [0x8a] = step_long,     ['G'] = step_float,         ['X'] = step_text4,
    [0x8c] = step_text1,    [0x8d] = step_text8,        ['U'] = step_text1,
    ['T'] = step_text4,     ['C'] = step_text1,         ['B'] = step_text4,
    [0x8e] = step_text8,    ['('] = step_mark,          ['0'] = step_pop,
    ['1'] = step_pop_mark,  ['2'] = step_dup,           [']'] = step_list,
    [')'] = step_list,      [0x8f] = step_list,         ['}'] = step_dict,
    ['t'] = step_tuple,     [0x91] = step_tuple,        [0x85] = step_tuple1,
    [0x86] = step_tuple2,   [0x87] = step_tuple3,       ['a'] = step_append,
    ['e'] = step_appends,   [0x90] = step_appends,      ['s'] = step_set_item,
    ['u'] = step_set_items, ['q'] = step_put1,          ['r'] = step_put4,
    [0x94] = step_memoize,  ['h'] = step_get1,          ['j'] = step_get4,
    ['c'] = step_global,    [0x93] = step_stack_global, ['R'] = step_call,
    [0x81] = step_call,     [0x92] = step_call_named,   ['b'] = step_build,
    ['Q'] = step_stored,
};

const Pickle *pickle_read(Ctx *ctx, const void *bytes, size_t size, const char **why) {
  Unpickler u = {.ctx = ctx, .at = bytes, .end = (const unsigned char *)bytes + size};
  *why = NULL;
  while (!u.done && u.at < u.end) {
    unsigned char code = *u.at++;
    if (!steps[code])
      fail(&u, ctx_printf(ctx, "it has the opcode 0x%02x, which no tensor needs", code));
    if (u.why || !steps[code](&u)) break;
  }
  if (!u.done || u.stack.len != 1) fail(&u, "it ends early");
  *why = u.why;
  return u.why ? NULL : u.stack.data[0];
}

const Pickle *pickle_get(const Pickle *dict, const char *key) {
  for (uint32_t i = 0; dict->kind == PICKLE_dict && i + 1 < dict->items.len; i += 2) {
    const Pickle *k = dict->items.data[i];
    if (k->kind == PICKLE_text && !strcmp(k->text, key)) return dict->items.data[i + 1];
  }
  return NULL;
}
