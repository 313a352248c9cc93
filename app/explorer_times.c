/* See explorer_times.h. An event of a trace says of an instruction what it does and where its text
 * stands, as the instructions of the plan do. Instructions that are the same in both share their
 * time equally. */
#include "app/explorer_times.h"

#include <jansson.h>
#include <string.h>

#include "io/file.h"
#include "passes/plan/plan.h"
#include "runtime/engine.h"

typedef struct TimedName {
  const char *what, *place;
  double seconds, calls;
  int instructions; /* of the plan */
} TimedName;

typedef struct TimedNames {
  Ctx *ctx;
  VEC(TimedName) list;
} TimedNames;

static TimedName *find(TimedNames *names, const char *what, const char *place) {
  for (uint32_t i = 0; i < names->list.len; i++) {
    TimedName *n = &names->list.data[i];
    if (!strcmp(n->what, what) && !strcmp(n->place, place)) return n;
  }
  return NULL;
}

static void add_event(TimedNames *names, const json_t *event) {
  const char *what = json_string_value(json_object_get(event, "name"));
  const char *category = json_string_value(json_object_get(event, "cat"));
  const char *place = json_string_value(json_object_get(json_object_get(event, "args"), "at"));
  double micro = json_number_value(json_object_get(event, "dur"));
  if (!what || !category || strcmp(category, "instruction")) return;
  if (!place) place = "";
  TimedName *n = find(names, what, place);
  if (!n) {
    TimedName made = {arena_strdup(&names->ctx->arena, what),
                      arena_strdup(&names->ctx->arena, place), 0, 0, 0};
    vec_push(&names->ctx->arena, &names->list, made);
    n = &names->list.data[names->list.len - 1];
  }
  n->seconds += 1e-6 * micro;
  n->calls++;
}

static bool read_trace(TimedNames *names, const char *path) {
  size_t size;
  json_error_t error;
  char *text = file_read_all(names->ctx, path, (Span){0}, &size);
  if (!text) return false;
  json_t *trace = json_loadb(text, size, 0, &error);
  heap_free(text);
  size_t i;
  json_t *event;
  json_array_foreach(trace, i, event) add_event(names, event);
  json_decref(trace);
  if (names->list.len) return true;
  diag_at(names->ctx, (Span){0}, E_command_line, "'%s' has no times of kernels", path);
  diag_help(names->ctx, "make it with 'ordo run' or 'ordo train', --profile and --trace=%s", path);
  return false;
}

/* "models/lib/linear.ordo:7", as in a trace. */
static const char *place_of(Ctx *ctx, const PlanInstr *instr) {
  int line, column;
  Span span = instr_place(instr);
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d", source->path, line) : "";
}

typedef void (*EachInstr)(TimedNames *names, const PlanInstr *instr, TimedName *found, void *user);

static void each_instr(TimedNames *names, const PlanBlock *block, EachInstr each, void *user) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    TimedName *found = find(names, instr_describe(names->ctx, instr), place_of(names->ctx, instr));
    if (found && instr->node) each(names, instr, found, user);
    if (instr->scan) each_instr(names, instr->scan->body, each, user);
  }
}

static void count(TimedNames *names, const PlanInstr *instr, TimedName *found, void *user) {
  (void)names, (void)instr, (void)user;
  found->instructions++;
}

static void tell(TimedNames *names, const PlanInstr *instr, TimedName *found, void *user) {
  ExploreStage *stage = user;
  double part = 1.0 / found->instructions;
  bool kernel = instr->node->op == OP_kernel;
  ExploreTime time = {.graph = kernel ? instr->node->body : instr->graph,
                      .node = REF_NONE,
                      .seconds = found->seconds * part,
                      .calls = found->calls * part,
                      .shared = found->instructions > 1};
  if (!kernel) time.node = (Ref){(uint32_t)(instr->node - instr->graph->nodes.data)};
  vec_push(&names->ctx->arena, &stage->times, time);
}

bool explorer_times(Compile *c, const char *path, ExploreStage *stages, int n) {
  TimedNames names = {.ctx = c->ctx};
  Fault fault = {0};
  if (!read_trace(&names, path)) return false;
  const Plan *plan = plan_of(c->passes, c->fused, &fault);
  if (!plan) return fault_tell(c->ctx, &fault, "there is no plan to take times");
  each_instr(&names, plan->block, count, NULL);
  for (int i = 0; i < n; i++)
    if (stages[i].graph == plan->graph) each_instr(&names, plan->block, tell, &stages[i]);
  return true;
}
