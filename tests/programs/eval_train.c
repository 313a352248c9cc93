/* Training programs: the step, minimize, move, what is logged; and the way in. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/syntax/parse.h"
#include "tests/programs/eval.h"

enum { MOST = 64 }; /* nets, sites, logs; slots of a site */

/* The slots of a minimize or move, in the order of their use. */
typedef struct Site {
  const Stmt *stmt;
  int slots[MOST], n;
} Site;

struct Program {
  const Item *item;
  Scope *scope; /* of the step */
  Str nets[MOST];
  Inst *layers[MOST];
  int n_nets;
  Site *sites[MOST];
  int n_sites;
  Str log_names[MOST];
  Arr *logs[MOST];
  int n_logs;
};

Slot *ev_slot(Eval *e, const char *path) {
  for (int i = 0; i < e->n_slots; i++)
    if (!strcmp(e->slots[i].path, path)) return &e->slots[i];
  return NULL;
}

/* ---- names of the program ---- */

/* States keep what they are given, also when they are changed in a repeat. */
bool ev_train_assign(Eval *e, Str name, Val v) {
  if (e->depth_calls) return false;
  for (uint32_t i = 0; i < e->program->item->train.len; i++) {
    const TrainMember *m = &e->program->item->train.data[i];
    if (m->kind != TM_state || !str_eq(m->name.str, name)) continue;
    Slot *slot = ev_slot(e, ctx_text(e->ctx, name));
    if (!slot) ev_fail(e, "there is no state '%s'", ctx_text(e->ctx, name));
    slot->now = val_to_arr(e, v, slot->now->kind);
    scope_bind_here(e, e->program->scope, name, val_arr(slot->now));
    return true;
  }
  return false;
}

/* What the model is a copy of a copy of. */
static const TrainMember *original(const Program *p, const TrainMember *m) {
  for (uint32_t i = 0; m->copy && i < p->item->train.len; i++)
    if (str_eq(p->item->train.data[i].name.str, m->value->name))
      return original(p, &p->item->train.data[i]);
  return m;
}

static void add_setting(Eval *e, const TrainMember *m) {
  Program *p = e->program;
  const Expr *value = original(p, m)->value; /* of a copy, the first weights are among the slots */
  const Expr *callee = value->kind == EX_call ? value->call.callee : value;
  const Item *item = callee->kind == EX_name ? ev_item(e, ITEM_layer, callee->name) : NULL;
  if (!item) {
    scope_bind_here(e, e->scope, m->name.str, ev_expr(e, m->value));
    return;
  }
  if (p->n_nets == MOST) ev_fail(e, "too many models");
  Inst *layer = ev_layer(e, item, value->kind == EX_call ? &value->call.args : NULL,
                         ctx_text(e->ctx, m->name.str));
  layer->frozen = m->frozen;
  p->nets[p->n_nets] = m->name.str;
  p->layers[p->n_nets++] = layer;
  scope_bind_here(e, e->scope, m->name.str, (Val){.kind = V_layer, .layer = layer});
}

void ev_step(Eval *e) {
  const Item *item = e->entry->train;
  const Block *body = NULL;
  e->program = ev_alloc(e, sizeof *e->program);
  e->program->item = item;
  e->program->scope = scope_push(e);
  e->training = true;
  for (uint32_t i = 0; i < item->train.len; i++) {
    const TrainMember *m = &item->train.data[i];
    if (m->kind == TM_setting) add_setting(e, m);
    if (m->kind == TM_step) body = &m->body;
    if (m->kind != TM_state) continue;
    Slot *slot = ev_slot(e, ctx_text(e->ctx, m->name.str));
    if (slot) scope_bind_here(e, e->scope, m->name.str, val_arr(slot->now));
  }
  scope_bind_here(e, e->scope, str_intern(&e->ctx->strings, "step"),
                  val_arr(arr_made(e, arr_scalar(e, K_f32, e->entry->step))));
  if (body) ev_block(e, body);
}

/* ---- slots of optimizers ---- */

typedef struct Update {
  const Stmt *stmt;
  Site *site;
  int next; /* slot of the site */
  const char *net, *optimizer;
  const Item *item;
  Scope *constants;
  Arr *step, *norm, *due; /* due: NULL when each turn changes the weights */
  bool through;           /* later derivatives go through it */
} Update;

static bool taken(const Eval *e, const char *path) {
  for (int i = 0; i < e->program->n_sites; i++)
    for (int k = 0; k < e->program->sites[i]->n; k++)
      if (!strcmp(e->slots[e->program->sites[i]->slots[k]].path, path)) return true;
  return false;
}

/* owner.adam.member, or adam2 if another statement has the first name. */
static int next_slot(Eval *e, Update *u, const char *owner, const char *member) {
  int at = u->next++;
  if (at < u->site->n) return u->site->slots[at];
  char path[256];
  snprintf(path, sizeof path, "%s.%s.%s", owner, u->optimizer, member);
  for (int i = 2; taken(e, path); i++)
    snprintf(path, sizeof path, "%s.%s%d.%s", owner, u->optimizer, i, member);
  Slot *slot = ev_slot(e, path);
  if (!slot || at >= MOST) ev_fail(e, "there is no state '%s'", path);
  return u->site->slots[u->site->n++] = (int)(slot - e->slots);
}

static void set_slot(Eval *e, const Update *u, int slot, Arr *value) {
  e->slots[slot].now = u->through ? arr_made(e, arr_copy(e, value)) : arr_constant(e, value);
}

/* In turns that only collect, the old value stays. */
static void settle(Eval *e, Update *u, int slot, Arr *value) {
  set_slot(e, u, slot, u->due ? ev_choose(e, u->due, value, e->slots[slot].now) : value);
}

static Site *site_of(Eval *e, const Stmt *s) {
  Program *p = e->program;
  for (int i = 0; i < p->n_sites; i++)
    if (p->sites[i]->stmt == s) return p->sites[i];
  if (p->n_sites == MOST) ev_fail(e, "too many updates");
  Site *site = ev_alloc(e, sizeof *site);
  site->stmt = s;
  return p->sites[p->n_sites++] = site;
}

/* ---- the rule ---- */

static void bind_states(Eval *e, Update *u, const Members *members, const char *owner, Scope *s,
                        int *slots, Str *names, int *n) {
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *m = members->data[i];
    if (m->kind == MEM_const) scope_bind_here(e, s, m->name.str, ev_expr(e, m->value));
    if (m->kind == MEM_if) {
      bool then = ev_expr(e, m->branch.condition).truth;
      bind_states(e, u, then ? &m->branch.then : &m->branch.otherwise, owner, s, slots, names, n);
    }
    if (m->kind != MEM_weight) continue;
    slots[*n] = next_slot(e, u, owner, ctx_text(e->ctx, m->name.str));
    names[*n] = m->name.str;
    scope_bind_here(e, s, m->name.str, val_arr(e->slots[slots[(*n)++]].now));
  }
}

static const FnDecl *rule_of(const Item *item) {
  for (uint32_t i = 0; i < item->layer.members.len; i++)
    if (item->layer.members.data[i]->kind == MEM_fn) return item->layer.members.data[i]->fn;
  return NULL;
}

static void update_weight(Eval *e, Update *u, int slot, Arr *g) {
  const FnDecl *rule = rule_of(u->item);
  Val given[4] = {val_arr(e->slots[slot].now), val_arr(g), val_arr(u->step), val_arr(u->norm)};
  Scope *outer = e->scope;
  Turn *turn = e->turn;
  Loop *loop = e->loop;
  int slots[8], n = 0;
  Str names[8];
  e->scope = u->constants;
  e->turn = NULL;
  e->loop = NULL;
  e->depth_calls++;
  Scope *s = scope_push(e);
  for (int i = 0; i < 4; i++) scope_bind_here(e, s, rule->params.data[i].name.str, given[i]);
  bind_states(e, u, &u->item->layer.members, e->slots[slot].path, s, slots, names, &n);
  Val v = ev_block(e, &rule->body);
  Arr *w = val_to_arr(e, v, K_f32);
  if (w->rank != g->rank) w = ev_choose(e, arr_scalar(e, K_bool, 1), w, g);
  settle(e, u, slot, w);
  for (int i = 0; i < n; i++)
    settle(e, u, slots[i], val_to_arr(e, scope_look(s, names[i])->value, K_f32));
  e->depth_calls--;
  e->scope = outer;
  e->turn = turn;
  e->loop = loop;
}

static void fill_norm(Eval *e, const Arr *y, Num *out) {
  (void)e;
  out[0] = 0;
  for (int i = 0; i < y->n_in; i++)
    for (int64_t k = 0; k < y->in[i]->count; k++) out[0] += y->in[i]->x[k] * y->in[i]->x[k];
  out[0] = sqrtl(out[0]);
}

static Arr *norm_of(Eval *e, Arr **g, int n) {
  Arr *y = arr_of(e, fill_norm, n, K_f32, 0, NULL);
  for (int i = 0; i < n; i++) arr_in(y, i, g[i]);
  y->rounds = true;
  return arr_made(e, y);
}

static Arr *plus(Eval *e, const Arr *a, Num x) {
  return ev_binary(e, BIN_add, val_arr((Arr *)a), val_number(x)).arr;
}

/* Adds this turn's derivatives to those before; from here on they are their mean. */
static void collect(Eval *e, Update *u, const int *weights, Arr **g, int n, int64_t every) {
  if (every <= 1) return;
  int turn = next_slot(e, u, u->net, "turn");
  Arr *now = plus(e, e->slots[turn].now, 1), *zero = arr_scalar(e, K_f32, 0);
  u->due = arr_scalar(e, K_bool, now->x[0] == (Num)every);
  set_slot(e, u, turn, ev_choose(e, u->due, zero, now));
  for (int i = 0; i < n; i++) {
    int sum = next_slot(e, u, e->slots[weights[i]].path, "sum");
    Val share = ev_binary(e, BIN_mul, val_arr(g[i]), val_number(1 / (Num)every));
    g[i] = ev_binary(e, BIN_add, val_arr(e->slots[sum].now), share).arr;
    set_slot(e, u, sum, ev_choose(e, u->due, zero, g[i]));
  }
}

static void update_all(Eval *e, Update *u, const int *weights, Arr **g, int n) {
  u->norm = norm_of(e, g, n);
  int slot = next_slot(e, u, u->net, "step");
  u->step = plus(e, e->slots[slot].now, 1);
  settle(e, u, slot, u->step);
  for (int i = 0; i < n; i++) update_weight(e, u, weights[i], g[i]);
}

/* ---- minimize, move ---- */

/* net, net.part; matrices(net), others(net): the weights of rank 2, and those of other ranks. */
static const Expr *group_of(Eval *e, const Expr *x, int *group) {
  *group = 0;
  if (x->kind != EX_call || x->call.callee->kind != EX_name) return x;
  if (is_name(e, x->call.callee->name, "matrices")) *group = 1;
  if (is_name(e, x->call.callee->name, "others")) *group = 2;
  return *group ? x->call.args.data[0].value : x;
}

/* A weight by its path: net.part.W */
static int weight_named(Eval *e, const Expr *x, char *path, size_t size) {
  if (x->kind == EX_name) return snprintf(path, size, "%s", ctx_text(e->ctx, x->name));
  if (x->kind != EX_member) ev_fail(e, "a model or a weight is wanted");
  int n = weight_named(e, x->member.base, path, size);
  return n + snprintf(path + n, size - (size_t)n, ".%s", ctx_text(e->ctx, x->member.name.str));
}

static int weights_of(Eval *e, const Expr *x, bool states, int *out, int n, const char **net) {
  int group, k = 0;
  x = group_of(e, x, &group);
  Val v = ev_expr(e, x);
  Arr **slots[MOST];
  if (v.kind == V_layer) {
    ev_weights(v.layer, states, slots, &k);
  } else {
    char path[256];
    weight_named(e, x, path, sizeof path);
    Slot *slot = ev_slot(e, path);
    if (!slot) ev_fail(e, "there is no weight '%s'", path);
    slots[k++] = &slot->now;
  }
  for (int i = 0; i < k; i++) {
    if (n == MOST) ev_fail(e, "too many weights");
    if (group && ((*slots[i])->rank == 2) != (group == 1)) continue;
    out[n++] = (int)((Slot *)((char *)slots[i] - offsetof(Slot, now)) - e->slots);
  }
  while (x->kind == EX_member) x = x->member.base;
  if (!*net) *net = ctx_text(e->ctx, x->name);
  return n;
}

static void read_rule(Eval *e, Update *u, const Expr *x) {
  const Expr *callee = x->kind == EX_call ? x->call.callee : x;
  u->item = ev_item(e, ITEM_optimizer, callee->name);
  if (!u->item) ev_fail(e, "there is no optimizer '%s'", ctx_text(e->ctx, callee->name));
  u->optimizer = ctx_text(e->ctx, callee->name);
  u->constants =
      ev_constants(e, &u->item->layer.constants, x->kind == EX_call ? &x->call.args : NULL);
}

static void begin(Eval *e, Update *u, const Stmt *s, bool through) {
  u->stmt = s;
  u->site = site_of(e, s);
  u->through = through;
}

static void minimize(Eval *e, const Stmt *s) {
  int weights[MOST], n = 0;
  Arr *by[MOST], *g[MOST];
  Update u = {0};
  Arr *loss = ev_arr(e, s->minimize.loss);
  for (uint32_t i = 0; i < s->minimize.nets.len; i++)
    n = weights_of(e, s->minimize.nets.data[i], false, weights, n, &u.net);
  for (int i = 0; i < n; i++) by[i] = e->slots[weights[i]].now;
  read_rule(e, &u, s->minimize.optimizer);
  int64_t every = s->minimize.every ? ev_size(e, s->minimize.every) : 1;
  ev_derive(e, loss, by, n, g);
  if (s->minimize.when) u.due = ev_arr(e, s->minimize.when);
  begin(e, &u, s, s->minimize.through);
  collect(e, &u, weights, g, n, every);
  update_all(e, &u, weights, g, n);
}

static void move(Eval *e, const Stmt *s) {
  int weights[MOST], to[MOST], n = 0, n_to = 0;
  const char *other = NULL;
  Arr *g[MOST];
  Update u = {0};
  n_to = weights_of(e, s->move.to, true, to, n_to, &other);
  n = weights_of(e, s->move.net, true, weights, n, &u.net);
  if (n != n_to) ev_fail(e, "a move between different models");
  read_rule(e, &u, s->move.rule);
  for (int i = 0; i < n; i++) g[i] = e->slots[to[i]].now;
  if (s->move.when) u.due = ev_arr(e, s->move.when);
  begin(e, &u, s, s->move.through);
  update_all(e, &u, weights, g, n);
}

/* ---- statements of a step ---- */

static void log_one(Eval *e, const LogItem *item) {
  Program *p = e->program;
  Val v = item->value ? ev_expr(e, item->value) : ev_name(e, item->name.str);
  int k = 0;
  while (k < p->n_logs && !str_eq(p->log_names[k], item->name.str)) k++;
  if (k == MOST) ev_fail(e, "too many logs");
  p->log_names[k] = item->name.str;
  p->logs[k] = val_to_arr(e, v, K_f32);
  if (k == p->n_logs) p->n_logs++;
}

void ev_train_stmt(Eval *e, const Stmt *s) {
  if (!e->program) ev_fail(e, "a statement of a training program");
  if (s->kind == ST_minimize) minimize(e, s);
  if (s->kind == ST_move) move(e, s);
  if (s->kind == ST_repeat) ev_scan(e, s);
  for (uint32_t i = 0; s->kind == ST_log && i < s->log.len; i++) log_one(e, &s->log.data[i]);
}

/* ---- from outside ---- */

Eval *eval_new(Ctx *ctx, size_t memory) {
  Eval *e = arena_new(&ctx->arena, Eval);
  e->ctx = ctx;
  e->memory = malloc(memory);                            /* allowed: of a test */
  e->made = malloc(sizeof(Arr *) * EV_ARRAYS);           /* allowed: of a test */
  e->undo = malloc(sizeof(Undo) * EV_DEPTH * EV_ARRAYS); /* allowed: of a test */
  e->size = e->memory && e->made && e->undo ? memory : 0;
  e->how.step = 0x1p-11L;
  return e;
}

void eval_free(Eval *e) {
  free(e->memory); /* allowed: of a test */
  free(e->made);   /* allowed: of a test */
  free(e->undo);   /* allowed: of a test */
}

static bool read_source(Eval *e, const Source *source, const char *library) {
  AstFile *file = source ? parse_file(e->ctx, source) : NULL;
  if (!file || file->failed || e->n_files == 8) return false;
  e->files[e->n_files++] = file;
  for (uint32_t i = 0; i < file->n_items; i++) {
    const Item *item = file->items[i];
    if (item->kind != ITEM_import) continue;
    const char *path = ctx_printf(e->ctx, "%s/%s.ordo", library, ctx_text(e->ctx, item->name.str));
    if (!read_source(e, source_read(e->ctx, path, (Span){0}), library)) return false;
  }
  return true;
}

static void read_constants(Eval *e) {
  e->scope = NULL;
  e->scope = e->globals = scope_push(e);
  for (int f = 0; f < e->n_files; f++)
    for (uint32_t i = 0; i < e->files[f]->n_items; i++) {
      const Item *item = e->files[f]->items[i];
      if (item->kind == ITEM_const)
        scope_bind_here(e, e->globals, item->name.str, ev_expr(e, item->value));
    }
}

bool eval_read(Eval *e, const char *text, const char *library) {
  if (!read_source(e, source_add(e->ctx, "program.ordo", text, strlen(text)), library)) {
    e->why = "the text cannot be read";
    return false;
  }
  return true;
}

/* Runs e->entry from its beginning. */
static void enter(Eval *e) {
  const Entry *in = e->entry;
  e->n_made = 0;
  e->self = NULL;
  e->loop = NULL;
  e->turn = NULL;
  e->program = NULL;
  e->with = NULL;
  e->depth_calls = 0;
  e->size_mode = e->training = false;
  read_constants(e);
  e->slots = ev_alloc(e, sizeof(Slot) * (size_t)(in->n_slots + 1));
  e->n_slots = in->n_slots;
  for (int i = 0; i < in->n_slots; i++)
    e->slots[i] = (Slot){in->slots[i].path, arr_made(e, arr_copy(e, in->slots[i].now))};
  if (in->train) {
    ev_step(e);
    return;
  }
  Val *values = ev_alloc(e, sizeof(Val) * (size_t)(in->n_args + 1));
  for (int i = 0; i < in->n_args; i++) values[i] = val_arr(in->args[i]);
  Inst *self = in->layer ? ev_layer(e, in->layer, NULL, "") : NULL;
  e->result = ev_apply_values(e, in->fn, self, values, in->n_args);
}

static bool run(Eval *e, const Entry *entry) {
  e->entry = entry;
  e->used = 0;
  e->level = 0;
  e->n_undo = 0;
  e->blank = false;
  e->need = NULL;
  e->why = NULL;
  if (setjmp(e->failure)) return false;
  enter(e);
  return true;
}

bool eval_function(Eval *e, const char *name, Arr *const *args, int n_args, const Slot *slots,
                   int n_slots) {
  Entry entry = {.args = args, .n_args = n_args, .slots = slots, .n_slots = n_slots};
  const char *dot = strchr(name, '.');
  if (dot) {
    entry.layer =
        ev_item(e, ITEM_layer, str_intern_n(&e->ctx->strings, name, (size_t)(dot - name)));
    Inst layer = {.item = entry.layer};
    if (!entry.layer) return e->why = "there is no such layer", false;
    entry.fn = ev_method(&layer, strcmp(dot, ".()") ? ctx_str(e->ctx, dot + 1) : (Str){0});
  } else {
    const Item *item = ev_item(e, ITEM_fn, ctx_str(e->ctx, name));
    entry.fn = item ? item->fn : NULL;
  }
  if (!entry.fn) return e->why = "there is no such function", false;
  return run(e, &entry);
}

bool eval_step(Eval *e, const char *name, Num step, const Slot *slots, int n_slots) {
  Entry entry = {.train = ev_item(e, ITEM_train, ctx_str(e->ctx, name)), .step = step};
  entry.slots = slots;
  entry.n_slots = n_slots;
  if (!entry.train) return e->why = "there is no such program", false;
  return run(e, &entry);
}

Arr *eval_log(Eval *e, const char *name) {
  const Program *p = e->program;
  for (int i = 0; p && i < p->n_logs; i++)
    if (is_name(e, p->log_names[i], name)) return p->logs[i];
  return NULL;
}

int eval_leaves(Eval *e, const Val *v, const Arr **out, int n) {
  if (v->kind == V_array) out[n++] = v->arr;
  if (v->kind == V_number) out[n++] = arr_scalar(e, K_f32, v->number);
  for (int i = 0; v->kind == V_tuple && i < v->n; i++) n = eval_leaves(e, &v->items[i], out, n);
  return n;
}
