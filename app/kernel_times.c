/* See kernel_times.h. An event of a trace says of an instruction what it does and where its text
 * stands, as the instructions of the plan do. */
#include "app/kernel_times.h"

#include <jansson.h>
#include <string.h>

#include "io/file.h"
#include "runtime/lower.h"

static TimedName *find(const KernelTimes *names, const char *what, const char *place) {
  for (uint32_t i = 0; i < names->list.len; i++) {
    TimedName *n = &names->list.data[i];
    if (!strcmp(n->what, what) && !strcmp(n->place, place)) return n;
  }
  return NULL;
}

static void add_event(KernelTimes *names, const json_t *event) {
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

static bool read_trace(KernelTimes *names, const char *path) {
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

const char *kernel_place(Ctx *ctx, const PlanInstr *instr) {
  int line, column;
  Span span = instr_place(instr);
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d", source->path, line) : NULL;
}

static TimedName *find_instr(const KernelTimes *times, const PlanInstr *instr) {
  const char *place = kernel_place(times->ctx, instr);
  return find(times, instr_describe(times->ctx, instr), place ? place : "");
}

static void count(KernelTimes *times, const PlanBlock *block) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    TimedName *found = find_instr(times, instr);
    if (found && instr->node) found->instructions++;
    if (instr->scan) count(times, instr->scan->body);
  }
}

bool kernel_times(Ctx *ctx, const Plan *plan, const char *path, KernelTimes *out) {
  *out = (KernelTimes){.ctx = ctx};
  if (!read_trace(out, path)) return false;
  count(out, plan->block);
  return true;
}

const TimedName *kernel_time(const KernelTimes *times, const PlanInstr *instr) {
  return find_instr(times, instr);
}

double kernel_seconds(const KernelTimes *times, const PlanInstr *instr) {
  const TimedName *found = find_instr(times, instr);
  return found && found->calls > 0 ? found->seconds / found->calls : -1;
}
