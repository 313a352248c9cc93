/* Parts of a file that repeat, as a layer and an array of it.
 *
 * A run of statements that comes several times in a row, with other weights and otherwise alike, is
 * one layer. What a turn takes from the one before is a parameter and the result; what all turns
 * take from before the first is a further parameter. Statements are compared as texts in which
 * values have no names. */
#include <ctype.h>
#include <string.h>

#include "onnx/in_tools.h"

/* MOST_WORK: uses that are looked at; a file is not to take longer than it takes to read it. */
enum {
  LEAST_STATEMENTS = 3,
  MOST_STATEMENTS = 6000,
  MOST_ROUNDS = 16,
  MOST_HANDED = 24,
  MOST_WORK = 20000000
};

typedef struct Uses {
  const uint32_t *ids;
  uint32_t n;
} Uses;

typedef struct MadeAt {
  uint32_t stmt, which; /* of a definition; stmt counts from 1, 0: none */
} MadeAt;

typedef struct InRepeat {
  OnnxIn *o;
  InStmts *stmts;
  const char **roots;
  uint32_t n_roots;
  uint64_t *keys;
  Uses *uses;
  MadeAt *made;     /* by id */
  uint32_t *weight; /* by id: place in o->weights + 1 */
  uint32_t *work;   /* done so far */
  uint32_t begin, period, turns;
  /* of the candidate */
  MadeAt handed[MOST_HANDED];  /* taken from the turn before */
  uint32_t first[MOST_HANDED]; /* what the first turn takes instead */
  uint32_t n_handed;
  uint32_t taken[MOST_HANDED], n_taken; /* from before, by all turns */
  uint32_t misnamed;                    /* weights whose names do not differ in a number */
  uint32_t parameter[2 * MOST_HANDED];  /* ids inside of the layer: handed, then taken */
} InRepeat;

/* ---- what statements are alike ---- */

static void look_at(InRepeat *r, uint32_t i) {
  OnnxIn *o = r->o;
  Text key = text_new(&o->ctx->arena);
  VEC(uint32_t) ids = {0};
  const char *at = r->stmts->data[i].text, *from = at, *begin;
  uint32_t id, which = 0;
  bool def;
  while (in_next_mark(&at, &begin, &id, &def)) {
    text_put(&key, from, (size_t)(begin - from));
    const InWeight *w = r->weight[id] ? &o->weights.data[r->weight[id] - 1] : NULL;
    text_puts(&key, def ? "\3" : "\1");
    if (w) text_printf(&key, "%d", w->dtype);
    for (int k = 0; w && k < w->rank; k++) text_printf(&key, ",%lld", (long long)w->dims[k]);
    if (def && !r->made[id].stmt) r->made[id] = (MadeAt){i + 1, which++};
    if (!def) vec_push(&o->ctx->arena, &ids, id);
    from = at;
  }
  text_puts(&key, from);
  r->uses[i] = (Uses){ids.data, ids.len};
  r->keys[i] = hash_bytes(text_str(&key), key.len, 1);
}

static bool prepare(InRepeat *r) {
  Arena *arena = &r->o->ctx->arena;
  uint32_t n = r->stmts->len, n_ids = r->o->names.len;
  if (n > MOST_STATEMENTS) return false;
  r->keys = arena_array(arena, uint64_t, n + 1);
  r->uses = arena_array(arena, Uses, n + 1);
  r->made = arena_array(arena, MadeAt, n_ids + 1);
  r->weight = arena_array(arena, uint32_t, n_ids + 1);
  for (uint32_t i = 0; i < r->o->weights.len; i++) r->weight[r->o->weights.data[i].id] = i + 1;
  for (uint32_t i = 0; i < n; i++) look_at(r, i);
  return true;
}

/* ---- names of weights ---- */

/* "encoder.layer.0.q.W" and "encoder.layer.1.q.W" differ in a number; what stands behind it, and
 * the word before it. */
static const char *behind_number(const char *a, const char *b, const char **word) {
  size_t k = 0;
  while (a[k] && a[k] == b[k]) k++;
  while (k && isdigit((unsigned char)a[k - 1])) k--;
  if (!isdigit((unsigned char)a[k]) || !isdigit((unsigned char)b[k])) return a;
  const char *end_a = a + k, *end_b = b + k, *begin = a + k;
  while (isdigit((unsigned char)*end_a)) end_a++;
  while (isdigit((unsigned char)*end_b)) end_b++;
  if (strcmp(end_a, end_b) != 0 || !*end_a) return a;
  while (begin > a && !isalnum((unsigned char)begin[-1])) begin--;
  const char *stop = begin;
  while (begin > a && isalpha((unsigned char)begin[-1])) begin--;
  if (stop > begin) *word = begin;
  return end_a;
}

/* ---- whether a run of them is a loop ---- */

static uint32_t start_of(const InRepeat *r, uint32_t turn) { return r->begin + turn * r->period; }

/* In which turn a value is made, -1 before the first. */
static int64_t turn_of(const InRepeat *r, uint32_t id) {
  uint32_t stmt = r->made[id].stmt;
  if (!stmt || stmt - 1 < r->begin) return -1;
  return (stmt - 1 - r->begin) / r->period;
}

static MadeAt place_in_turn(const InRepeat *r, uint32_t id) {
  MadeAt p = r->made[id];
  return (MadeAt){(p.stmt - 1 - r->begin) % r->period, p.which};
}

static bool same_place(MadeAt a, MadeAt b) { return a.stmt == b.stmt && a.which == b.which; }

static bool add_taken(InRepeat *r, uint32_t id) {
  for (uint32_t i = 0; i < r->n_taken; i++)
    if (r->taken[i] == id) return true;
  if (r->n_taken == MOST_HANDED) return false;
  r->taken[r->n_taken++] = id;
  return true;
}

static bool add_handed(InRepeat *r, MadeAt place, uint32_t first) {
  for (uint32_t i = 0; i < r->n_handed; i++)
    if (same_place(r->handed[i], place)) return r->first[i] == first;
  if (r->n_handed == MOST_HANDED) return false;
  r->handed[r->n_handed] = place;
  r->first[r->n_handed++] = first;
  return true;
}

/* One use, in all turns. */
static bool use_fits(InRepeat *r, uint32_t statement, uint32_t k, bool *weights) {
  uint32_t first = r->uses[r->begin + statement].ids[k];
  bool same = true, inside = true, handed = true, differ = true;
  if ((*r->work += r->turns) > MOST_WORK) return false;
  for (uint32_t turn = 0; turn < r->turns; turn++) {
    uint32_t id = r->uses[start_of(r, turn) + statement].ids[k];
    int64_t where = r->weight[id] ? -1 : turn_of(r, id);
    same &= id == first;
    differ &= r->weight[id] && (!turn || id != first);
    inside &= where == turn && same_place(place_in_turn(r, id), place_in_turn(r, first));
    handed &= !turn ? !r->weight[id] && where < 0 : where == (int64_t)turn - 1;
  }
  if (r->weight[first]) {
    *weights |= differ;
    return differ || (same && add_taken(r, first));
  }
  if (inside) return true;
  if (same) return turn_of(r, first) < 0 && add_taken(r, first);
  if (!handed) return false;
  MadeAt place = place_in_turn(r, r->uses[start_of(r, 1) + statement].ids[k]);
  for (uint32_t turn = 2; turn < r->turns; turn++)
    if (!same_place(place, place_in_turn(r, r->uses[start_of(r, turn) + statement].ids[k])))
      return false;
  return add_handed(r, place, first);
}

/* A weight is one member of one turn, and each member of a turn is one weight. */
static bool add_weight(const InRepeat *r, Map *of, uint32_t turn, uint32_t member, uint32_t id) {
  uint32_t n = r->o->names.len, at = turn * n + member, was;
  uint64_t key = (uint64_t)n * r->turns + id; /* behind all members of all turns */
  if ((map_get(of, at, &was) && was != id) || (map_get(of, key, &was) && was != at)) return false;
  map_set(&r->o->ctx->arena, of, at, id);
  map_set(&r->o->ctx->arena, of, key, at);
  return true;
}

/* Weights that differ from turn to turn; nothing but their turn uses them. */
static bool weights_fit(const InRepeat *r) {
  Map of = {0};
  uint32_t *uses = arena_array(&r->o->ctx->arena, uint32_t, r->o->names.len + 1);
  for (uint32_t i = 0; i < r->n_roots; i++) in_count_uses(r->o, r->roots[i], uses);
  for (uint32_t i = 0; i < r->n_taken; i++) uses[r->taken[i]]++;
  for (uint32_t i = 0; i < r->stmts->len; i++)
    if (i < r->begin || i >= start_of(r, r->turns))
      for (uint32_t k = 0; k < r->uses[i].n; k++) uses[r->uses[i].ids[k]]++;
  for (uint32_t turn = 0; turn < r->turns; turn++)
    for (uint32_t q = 0; q < r->period; q++)
      for (uint32_t k = 0; k < r->uses[r->begin + q].n; k++) {
        uint32_t first = r->uses[r->begin + q].ids[k], id = r->uses[start_of(r, turn) + q].ids[k];
        if (!r->weight[id] || id == r->uses[start_of(r, !turn) + q].ids[k]) continue;
        if (uses[id] || !add_weight(r, &of, turn, first, id)) return false;
      }
  return true;
}

static bool is_handed(const InRepeat *r, MadeAt place) {
  for (uint32_t i = 0; i < r->n_handed; i++)
    if (same_place(r->handed[i], place)) return true;
  return false;
}

/* What comes behind takes only what the last turn hands on. */
static bool rest_fits(const InRepeat *r) {
  uint32_t end = start_of(r, r->turns),
           *uses = arena_array(&r->o->ctx->arena, uint32_t, r->o->names.len + 1);
  for (uint32_t i = end; i < r->stmts->len; i++) in_count_uses(r->o, r->stmts->data[i].text, uses);
  for (uint32_t i = 0; i < r->n_roots; i++) in_count_uses(r->o, r->roots[i], uses);
  for (uint32_t id = 1; id < r->o->names.len; id++) {
    if (!uses[id] || turn_of(r, id) < 0 || r->made[id].stmt > end) continue;
    if (turn_of(r, id) != (int64_t)r->turns - 1 || !is_handed(r, place_in_turn(r, id)))
      return false;
  }
  return true;
}

static const InValue *value_of(const InRepeat *r, uint32_t id) {
  return r->o->names.data[id].value;
}

/* The id that is made at a place of a turn. */
static uint32_t id_at(const InRepeat *r, uint32_t turn, MadeAt place) {
  const char *at = r->stmts->data[start_of(r, turn) + place.stmt].text, *begin;
  uint32_t id, seen[64], n = 0;
  bool def;
  while (in_next_mark(&at, &begin, &id, &def)) {
    bool known = !def;
    for (uint32_t i = 0; i < n && !known; i++) known = seen[i] == id;
    if (known) continue;
    if (n == place.which) return id;
    if (n < 64) seen[n++] = id;
  }
  return 0;
}

/* The value that a turn begins with is of the type of the one that it hands on. */
static bool types_fit(const InRepeat *r) {
  for (uint32_t i = 0; i < r->n_taken; i++)
    if (!value_of(r, r->taken[i])) return false;
  for (uint32_t i = 0; i < r->n_handed; i++) {
    uint32_t id = id_at(r, 0, r->handed[i]);
    const InValue *a = value_of(r, r->first[i]), *b = id ? value_of(r, id) : NULL;
    bool same = a && b && a->dtype == b->dtype && a->rank == b->rank && sz_eq(a->below, b->below);
    for (int k = 0; same && k < a->rank; k++) same = sz_eq(a->dims[k], b->dims[k]);
    if (!same) return false;
  }
  return r->n_handed > 0;
}

static uint32_t misnamed(const InRepeat *r) {
  uint32_t n = 0;
  for (uint32_t q = 0; q < r->period; q++)
    for (uint32_t k = 0; k < r->uses[r->begin + q].n; k++) {
      uint32_t a = r->uses[r->begin + q].ids[k], b = r->uses[start_of(r, 1) + q].ids[k];
      const char *word = NULL,
                 *name = r->weight[a] ? r->o->weights.data[r->weight[a] - 1].name : "";
      if (!r->weight[a] || a == b) continue;
      n += behind_number(name, r->o->weights.data[r->weight[b] - 1].name, &word) == name;
    }
  return n;
}

static bool fits(InRepeat *r) {
  bool weights = false;
  r->n_handed = r->n_taken = 0;
  for (uint32_t q = 0; q < r->period; q++)
    for (uint32_t k = 0; k < r->uses[r->begin + q].n; k++)
      if (!use_fits(r, q, k, &weights)) return false;
  r->misnamed = misnamed(r);
  return weights && types_fit(r) && rest_fits(r) && weights_fit(r);
}

/* What covers more is better, then what hands on less, then what the file calls a part. */
static bool better(const InRepeat *r, const InRepeat *best) {
  uint32_t covers = r->turns * r->period, most = best->turns * best->period;
  return covers > most ||
         (covers == most && r->n_handed + r->n_taken < best->n_handed + best->n_taken);
}

/* Runs in which each statement is like the one a period before it: 'length' more of them. */
static void try_run(InRepeat *r, uint32_t begin, uint32_t length, InRepeat *best) {
  uint32_t p = r->period, most = best->turns * best->period;
  for (uint32_t turns = length / p + 1; turns >= 2 && turns * p >= most && *r->work < MOST_WORK;
       turns--)
    for (uint32_t shift = 0; shift <= length + p - turns * p && shift <= p; shift++) {
      r->begin = begin + shift;
      r->turns = turns;
      if (fits(r) && better(r, best)) *best = *r;
      most = best->turns * best->period;
    }
}

static bool find(InRepeat *r) {
  uint32_t n = r->stmts->len;
  InRepeat best = *r;
  for (uint32_t p = LEAST_STATEMENTS; p <= n / 2; p++)
    for (uint32_t i = 0; i + 2 * p <= n; i++) {
      uint32_t length = 0;
      while (i + p + length < n && r->keys[i + length] == r->keys[i + p + length]) length++;
      r->period = p;
      if (length >= p) try_run(r, i, length, &best);
      i += length;
    }
  *r = best;
  return best.turns > 0;
}

/* What is computed from inputs alone, as masks are, stands in front: else the first turn has it. */
static void hoist(OnnxIn *o, InStmts *stmts) {
  uint8_t *made = arena_array(&o->ctx->arena, uint8_t, o->names.len + 1); /* 1: late, 2: early */
  InStmts early = {0}, late = {0};
  for (uint32_t i = 0; i < o->weights.len; i++) made[o->weights.data[i].id] = 1;
  for (uint32_t i = 0; i < stmts->len; i++) {
    const char *at = stmts->data[i].text, *begin;
    uint32_t id;
    bool def, is_late = false;
    while (in_next_mark(&at, &begin, &id, &def)) is_late |= !def && made[id] == 1;
    for (at = stmts->data[i].text; in_next_mark(&at, &begin, &id, &def);)
      if (def) made[id] = is_late ? 1 : 2;
    vec_push(&o->ctx->arena, is_late ? &late : &early, stmts->data[i]);
  }
  for (uint32_t i = 0; i < late.len; i++) vec_push(&o->ctx->arena, &early, late.data[i]);
  *stmts = early;
}

/* ---- the layer ---- */

static const char *free_name(OnnxIn *o, const char *base) {
  const char *name = base;
  for (int k = 2; !in_is_free(o, name); k++) name = ctx_printf(o->ctx, "%s%d", base, k);
  in_reserve(o, name);
  return name;
}

static const char *word_name(OnnxIn *o, const char *word, bool capital) {
  size_t n = 0;
  while (word && isalpha((unsigned char)word[n])) n++;
  char *name = n > 1 && n < 30
                   ? arena_strdup(&o->ctx->arena, ctx_printf(o->ctx, "%.*s", (int)n, word))
                   : arena_strdup(&o->ctx->arena, "block");
  name[0] = (char)(capital ? toupper((unsigned char)name[0]) : tolower((unsigned char)name[0]));
  if (!capital && !in_is_free(o, name)) return free_name(o, "block");
  return free_name(o, name);
}

/* Weights of the first turn become members; those of the others get their paths. */
static void put_members(InRepeat *r, Text *out, const char **word) {
  OnnxIn *o = r->o;
  for (uint32_t q = 0; q < r->period; q++)
    for (uint32_t k = 0; k < r->uses[r->begin + q].n; k++) {
      uint32_t id = r->uses[r->begin + q].ids[k], other = r->uses[start_of(r, 1) + q].ids[k];
      if (!r->weight[id] || id == other) continue;
      InWeight *w = &o->weights.data[r->weight[id] - 1];
      const char *file = w->name, *next = o->weights.data[r->weight[other] - 1].name;
      if (o->names.data[id].name) continue;
      o->names.data[id].hint = behind_number(file, next, word);
      text_printf(out, "  %s: ", in_name(o, id));
      in_put_weight_type(w, out);
      text_puts(out, " ~ zeros\n");
    }
}

static void set_paths(InRepeat *r, const char *member) {
  OnnxIn *o = r->o;
  for (uint32_t turn = 0; turn < r->turns; turn++)
    for (uint32_t q = 0; q < r->period; q++)
      for (uint32_t k = 0; k < r->uses[r->begin + q].n; k++) {
        uint32_t id = r->uses[r->begin + q].ids[k], own = r->uses[start_of(r, turn) + q].ids[k];
        if (!r->weight[id] || id == r->uses[start_of(r, 1) + q].ids[k]) continue;
        o->weights.data[r->weight[own] - 1].path =
            ctx_printf(o->ctx, "%s.%u.%s", member, turn, in_name(o, id));
      }
}

/* A text with ids in the place of others. */
static const char *replaced(OnnxIn *o, const char *text, const uint32_t *to) {
  Text out = text_new(&o->ctx->arena);
  const char *from = text, *begin;
  uint32_t id;
  bool def;
  while (in_next_mark(&text, &begin, &id, &def)) {
    text_put(&out, from, (size_t)(begin - from));
    text_printf(&out, "%c%u\2", def ? '\3' : '\1', to[id] ? to[id] : id);
    from = text;
  }
  text_puts(&out, from);
  return text_str(&out);
}

static const char *results_of(InRepeat *r) {
  Text out = text_new(&r->o->ctx->arena);
  text_puts(&out, r->n_handed > 1 ? "(" : "");
  for (uint32_t i = 0; i < r->n_handed; i++)
    text_printf(&out, "%s\1%u\2", i ? ", " : "", id_at(r, 0, r->handed[i]));
  text_puts(&out, r->n_handed > 1 ? ")" : "");
  return text_str(&out);
}

/* The first turn as the function of a layer. */
static const char *put_layer(InRepeat *r, const char *members, const char *layer) {
  OnnxIn *o = r->o;
  uint32_t *to = arena_array(&o->ctx->arena, uint32_t, o->names.len + 2 * MOST_HANDED + 1);
  Text out = text_new(&o->ctx->arena), body = text_new(&o->ctx->arena);
  InStmts stmts = {0};
  text_printf(&out, "layer %s() {\n%s\n  fn (", layer, members);
  for (uint32_t i = 0; i < r->n_handed + r->n_taken; i++) {
    bool handed = i < r->n_handed;
    uint32_t id = handed ? r->first[i] : r->taken[i - r->n_handed];
    const InName was = o->names.data[id];
    r->parameter[i] = in_new_id(o, was.hint, was.nice);
    to[id] = r->parameter[i];
    text_printf(&out, "%s%s: ", i ? ", " : "", in_name(o, r->parameter[i]));
    in_put_type(o, value_of(r, id), &out);
  }
  text_puts(&out, r->n_handed > 1 ? ") -> (" : ") -> ");
  for (uint32_t i = 0; i < r->n_handed; i++) {
    text_puts(&out, i ? ", " : "");
    in_put_type(o, value_of(r, r->first[i]), &out);
  }
  text_puts(&out, r->n_handed > 1 ? ") {\n" : " {\n");
  for (uint32_t q = 0; q < r->period; q++) {
    InStmt s = r->stmts->data[r->begin + q];
    s.text = replaced(o, s.text, to);
    vec_push(&o->ctx->arena, &stmts, s);
  }
  const char *results = results_of(r);
  in_inline(o, &stmts, &results, 1);
  text_printf(&body, "%s%s\n", in_join(o, &stmts), results);
  text_printf(&out, "%s}\n}", in_named(o, text_str(&body)));
  return text_str(&out);
}

/* Whether the value that the first turn begins with is used by nothing else: then it may be given
 * the new ones itself. */
static bool begins_only(const InRepeat *r, uint32_t i) {
  uint32_t *uses = arena_array(&r->o->ctx->arena, uint32_t, r->o->names.len + 1);
  uint32_t id = r->first[i], same = 0;
  for (uint32_t k = start_of(r, r->turns); k < r->stmts->len; k++)
    in_count_uses(r->o, r->stmts->data[k].text, uses);
  for (uint32_t k = 0; k < r->n_roots; k++) in_count_uses(r->o, r->roots[k], uses);
  for (uint32_t k = 0; k < r->n_handed; k++) same += r->first[k] == id;
  for (uint32_t k = 0; k < r->n_taken; k++) same += r->taken[k] == id;
  return !uses[id] && same == 1 && r->made[id].stmt && !value_of(r, id)->below.i;
}

static void push(OnnxIn *o, InStmts *out, const char *text) {
  InStmt s = {.text = text};
  vec_push(&o->ctx->arena, out, s);
}

/* The turns as a loop over the array, and what comes behind with what it leaves. */
static void put_loop(InRepeat *r, const char *member) {
  OnnxIn *o = r->o;
  const char *each = free_name(o, "each");
  uint32_t carried[MOST_HANDED], end = start_of(r, r->turns);
  InStmts out = {0};
  Text left = text_new(&o->ctx->arena), right = text_new(&o->ctx->arena);
  for (uint32_t i = 0; i < r->begin; i++) vec_push(&o->ctx->arena, &out, r->stmts->data[i]);
  for (uint32_t i = 0; i < r->n_handed; i++) {
    const InName was = o->names.data[id_at(r, r->turns - 1, r->handed[i])];
    bool own = begins_only(r, i);
    carried[i] = own ? r->first[i] : in_new_id(o, was.hint, was.nice);
    o->names.data[carried[i]].value = value_of(r, r->first[i]);
    if (!own)
      push(
          o, &out,
          ctx_printf(o->ctx, "\3%u\2 = %s", carried[i], ctx_printf(o->ctx, "\1%u\2", r->first[i])));
    text_printf(&left, "%s\1%u\2", i ? ", " : "", carried[i]);
    text_printf(&right, "%s\1%u\2", i ? ", " : "", carried[i]);
  }
  for (uint32_t i = 0; i < r->n_taken; i++) text_printf(&right, ", \1%u\2", r->taken[i]);
  const char *open = r->n_handed > 1 ? "(" : "", *close = r->n_handed > 1 ? ")" : "";
  push(o, &out,
       ctx_printf(o->ctx, "for %s in %s { %s%s%s = %s(%s) }", each, member, open, text_str(&left),
                  close, each, text_str(&right)));
  uint32_t *to = arena_array(&o->ctx->arena, uint32_t, o->names.len + 1);
  for (uint32_t i = 0; i < r->n_handed; i++) to[id_at(r, r->turns - 1, r->handed[i])] = carried[i];
  for (uint32_t i = end; i < r->stmts->len; i++) {
    InStmt s = r->stmts->data[i];
    s.text = replaced(o, s.text, to);
    vec_push(&o->ctx->arena, &out, s);
  }
  for (uint32_t i = 0; i < r->n_roots; i++) r->roots[i] = replaced(o, r->roots[i], to);
  *r->stmts = out;
}

void in_repeat(OnnxIn *o, InStmts *stmts, const char **roots, uint32_t n_roots) {
  uint32_t work = 0;
  for (int round = 0; round < MOST_ROUNDS; round++) {
    InRepeat r = {.o = o, .work = &work, .stmts = stmts, .roots = roots, .n_roots = n_roots};
    Text members = text_new(&o->ctx->arena);
    const char *word = NULL;
    in_drop_unused(o, stmts, (const char *const *)roots, n_roots);
    if (!round) hoist(o, stmts);
    if (!prepare(&r) || !find(&r)) return;
    put_members(&r, &members, &word);
    const char *layer = word_name(o, word, true), *member = word_name(o, word, false);
    const char *text = put_layer(&r, text_str(&members), layer);
    vec_push(&o->ctx->arena, &o->parts, text);
    vec_push(&o->ctx->arena, &o->members,
             ctx_printf(o->ctx, "%s: [%u] %s()", member, r.turns, layer));
    set_paths(&r, member);
    put_loop(&r, member);
  }
}
