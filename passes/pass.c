/* What passes share: options, fuel, properties, walking into bodies. */
#include "base/map.h"
#include "passes/passes.h"

#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

PassOptions pass_options(Ctx *ctx, const PassInfo *pass) {
  PassOptions options = {.pass = pass};
  const char *p = pass->options + strspn(pass->options, " ");
  while (*p) {
    size_t name = strcspn(p, "="), word = strcspn(p, " ");
    if (name >= word)
      ORDO_BUG("pass '%s': option without default in '%s'", pass->name, pass->options);
    size_t end = name + 1 + strcspn(p + name + 1, "[ ");
    PassOption option = {.name = ctx_printf(ctx, "%.*s", (int)name, p),
                         .value = ctx_printf(ctx, "%.*s", (int)(end - name - 1), p + name + 1)};
    if (end < word && p[word - 1] == ']')
      option.allowed = ctx_printf(ctx, "%.*s", (int)(word - end - 2), p + end + 1);
    vec_push(&ctx->arena, &options.values, option);
    p += word;
    p += strspn(p, " ");
  }
  return options;
}

const char *pass_option_str(const PassOptions *options, const char *name) {
  for (uint32_t i = 0; i < options->values.len; i++)
    if (!strcmp(options->values.data[i].name, name)) return options->values.data[i].value;
  ORDO_BUG("pass '%s' has no option '%s' in its row", options->pass->name, name);
}

double pass_option_float(const PassOptions *options, const char *name) {
  return strtod(pass_option_str(options, name), NULL);
}

int64_t pass_option_int(const PassOptions *options, const char *name) {
  return strtoll(pass_option_str(options, name), NULL, 10);
}

/* ---- fuel, switches ---- */

bool pass_fuel(PassCtx *pc) {
  if (pc->fuel_used >= pc->options.fuel) return false;
  pc->fuel_used++;
  return true;
}

bool pass_listed(const char *list, const char *word) {
  size_t n = strlen(word);
  for (const char *p = list; p && *p; p += strspn(p, ", ")) {
    size_t len = strcspn(p, ", ");
    if (len == n && !strncmp(p, word, n)) return true;
    p += len;
  }
  return false;
}

void pass_count(PassCtx *pc, const char *name, int64_t n) {
  for (uint32_t i = 0; i < pc->counters.len; i++)
    if (!strcmp(pc->counters.data[i].name, name)) {
      pc->counters.data[i].count += n;
      return;
    }
  vec_push(&pc->ctx->arena, &pc->counters, ((PassCounter){name, n}));
}

void pass_enter(const PassCtx *pc, const PassRun *run) {
  if (pc->options.enter) pc->options.enter(pc->options.user, run);
}

bool pass_disabled(const PassCtx *pc, const char *name) {
  return pass_listed(pc->options.disable, name);
}

bool pass_dumped(const PassCtx *pc, const char *name) {
  return pass_listed(pc->options.dump_after, "all") || pass_listed(pc->options.dump_after, name);
}

void **pass_state(PassCtx *pc, PassFn of) {
  for (uint32_t i = 0; i < pc->states.len; i++)
    if (pc->states.data[i].of == of) return &pc->states.data[i].state;
  vec_push(&pc->ctx->arena, &pc->states, ((PassState){of, NULL}));
  return &pc->states.data[pc->states.len - 1].state;
}

/* ---- graphs ---- */

/* Bodies that were looked at are in known: functions that call each other twice double at each
 * level. */
static unsigned properties_in(const Graph *g, Arena *scratch, Map *known) {
  uint32_t props;
  if (map_get(known, map_pointer(g), &props)) return props;
  props = PROP_no_call | PROP_no_grad | PROP_no_kernel;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_call) props &= ~(unsigned)PROP_no_call;
    if (n->op == OP_grad) props &= ~(unsigned)PROP_no_grad;
    if (n->op == OP_kernel) props &= ~(unsigned)PROP_no_kernel;
    if (n->body) props &= properties_in(n->body, scratch, known);
  }
  map_set(scratch, known, map_pointer(g), props);
  return props;
}

unsigned graph_properties(const Graph *g) {
  Map known = {0};
  Arena scratch;
  arena_scratch(&scratch, &g->ctx->arena);
  unsigned props = properties_in(g, &scratch, &known);
  arena_free(&scratch);
  return props;
}

bool graph_fused(const Graph *g) { return !(graph_properties(g) & PROP_no_kernel); }

static uint32_t count_in(const Graph *g, Arena *scratch, Map *known) {
  uint32_t count;
  if (map_get(known, map_pointer(g), &count)) return count;
  uint64_t all = g->nodes.len;
  for (uint32_t i = 0; i < g->nodes.len && all < UINT32_MAX; i++)
    if (g->nodes.data[i].body) all += count_in(g->nodes.data[i].body, scratch, known);
  count = all < UINT32_MAX ? (uint32_t)all : UINT32_MAX;
  map_set(scratch, known, map_pointer(g), count);
  return count;
}

uint32_t graph_count(const Graph *g) {
  Map known = {0};
  Arena scratch;
  arena_scratch(&scratch, &g->ctx->arena);
  uint32_t count = count_in(g, &scratch, &known);
  arena_free(&scratch);
  return count;
}

uint32_t *graph_uses(Arena *arena, const Graph *g) {
  uint32_t *uses = arena_array(arena, uint32_t, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++) uses[g->nodes.data[i].operands[k].i]++;
  for (uint32_t i = 0; i < g->results.len; i++) uses[g->results.data[i].i]++;
  return uses;
}

void pass_stamp(Graph *g, const Node *n) {
  g->span = n->span;
  g->scope = n->scope;
}

static bool has_mapped_body(const Node *n) { return n->body && n->op != OP_kernel; }

/* The bodies after run, by node; NULL on an error. *changed tells whether one is another graph. */
static Graph **run_bodies(PassCtx *pc, const Graph *g, const PassOptions *options, PassFn run,
                          bool *changed) {
  Graph **bodies = arena_array(&pc->ctx->arena, Graph *, g->nodes.len);
  Map done = {0}; /* calls of one function share its body: the first node with it */
  uint32_t first;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Graph *body = g->nodes.data[i].body;
    if (!has_mapped_body(&g->nodes.data[i])) continue;
    bool seen = map_get(&done, map_pointer(body), &first);
    bodies[i] = seen ? bodies[first] : run(pc, body, options);
    if (!bodies[i]) return NULL;
    if (!seen) map_set(&pc->ctx->arena, &done, map_pointer(body), i);
    *changed |= bodies[i] != body;
  }
  return bodies;
}

Graph *pass_map_bodies(PassCtx *pc, const Graph *g, const PassOptions *options, PassFn run) {
  bool changed = false;
  Graph **bodies = run_bodies(pc, g, options, run, &changed);
  if (!bodies) return NULL;
  if (!changed) return (Graph *)g;
  RefMap map = refmap_new(&pc->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Ref r = {i};
    if (!ref_none(map.to[i])) continue;
    Node copy = g->nodes.data[i];
    if (bodies[i]) copy.body = bodies[i];
    map.to[i] = pass_copy(g, r, out, &map, copy.body);
  }
  pass_results(g, out, &map);
  return out;
}

Ref pass_copy(const Graph *old, Ref r, Graph *g, const RefMap *map, Graph *body) {
  Node copy = *graph_node(old, r);
  copy.body = body;
  Ref *operands = arena_array(&g->ctx->arena, Ref, copy.n_operands);
  for (int k = 0; k < copy.n_operands; k++) operands[k] = map->to[copy.operands[k].i];
  return build_copy(g, &copy, operands);
}

void pass_results(const Graph *old, Graph *g, const RefMap *map) {
  for (uint32_t i = 0; i < old->results.len; i++)
    graph_result(g, map->to[old->results.data[i].i], old->result_names.data[i]);
}
