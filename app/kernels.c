/* See kernels.h: the rows, and what is printed of them. */
#include "app/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/kernel_times.h"
#include "app/machine_rates.h"
#include "ir/cost.h"
#include "passes/plan/plan.h"
#include "runtime/engine.h"

typedef struct TableWalk {
  Compile *c;
  KernelTable *table;
  const KernelTimes *times; /* NULL: none */
} TableWalk;

/* ---- sizes ---- */

typedef struct TypicalSizes {
  Ctx *ctx;
  SizeEnv *env;
} TypicalSizes;

static void take_typical(void *user, Sz symbol) {
  TypicalSizes *open = user;
  int64_t value;
  if (!size_env_get(open->env, symbol, &value))
    size_env_set(open->ctx, open->env, symbol, TYPICAL_EXTENT);
}

SizeEnv kernels_sizes(Compile *c, const SizeEnv *given) {
  SizeEnv env = {0};
  for (uint32_t i = 0; given && i < given->symbols.len; i++)
    size_env_set(c->ctx, &env, given->symbols.data[i], given->values.data[i]);
  graph_symbols(c->graph, take_typical, &(TypicalSizes){c->ctx, &env});
  return env;
}

static double number(TableWalk *w, Sz size) {
  int64_t value;
  if (!size.i || !size_eval(w->c->ctx, size, &w->table->sizes, &value)) return -1;
  return (double)value;
}

/* ---- a row ---- */

static double bytes_of(TableWalk *w, const PlanInstr *instr) {
  double bytes = 0;
  for (int k = 0; k < instr->n_in + instr->n_out; k++) {
    int b = k < instr->n_in ? instr->in[k] : instr->out[k - instr->n_in];
    bytes += fmax(number(w, w->c->plan->buffers.data[b].bytes), 0);
  }
  return bytes;
}

static double flops_of(TableWalk *w, const PlanInstr *instr) {
  double flops = instr->node ? number(w, node_flops(instr->graph, instr->node)) : 0;
  for (const PlanRows *rows = instr->rows; rows && flops >= 0; rows = rows->next) {
    double more = number(w, node_flops(instr->graph, rows->kernel));
    flops = more < 0 ? -1 : flops + more;
  }
  return flops;
}

static bool is_bf16(const PlanInstr *instr) {
  return instr->kind == INS_dot && dot_is_bf16(instr->node);
}

/* Who does it: a loop of which kind in vectors of how many numbers, a product, a function. */
static const char *how_of(TableWalk *w, const PlanInstr *instr) {
  Ctx *ctx = w->c->ctx;
  const Target *target = jit_target(engine_jit(w->c->engine));
  int lanes = target_lanes(target, 4);
  if (instr->kind == INS_kernel) {
    KernelSig sig;
    kernel_signature(ctx, instr->node->body, lanes, &sig);
    return ctx_printf(ctx, "%s loop, vectors of %d", sig.kind, lanes);
  }
  if (instr->kind == INS_dot) {
    DType dtype = type_info(ctx, instr->node->type)->dtype;
    if (is_bf16(instr)) return "own product in bf16";
    const char *by = engine_products_by(w->c->engine);
    bool own = !strcmp(by, "own") || instr->rows;
    return own                           ? ctx_printf(ctx, "own product, vectors of %d",
                                                      target_lanes(target, dtype == DT_f64 ? 8 : 4))
           : !strncmp(by, "openblas", 8) ? "OpenBLAS"
                                         : "own product or OpenBLAS, as measured";
  }
  return instr->kind == INS_foreign ? "C function" : "function of the library";
}

/* At least so many seconds. The work of kernels by rows counts as that of its product. */
static double predict(const MachineRates *r, const PlanInstr *instr, const KernelRow *row) {
  enum { CACHE_BYTES = 1 << 20 };
  if (row->flops < 0 || is_bf16(instr) || instr->kind == INS_foreign) return -1;
  double work = row->flops / (instr->kind == INS_dot ? r->product : r->elementwise);
  double moved = row->bytes / (row->bytes <= CACHE_BYTES ? r->cached : r->memory);
  return r->call + fmax(work, moved);
}

static void add_row(TableWalk *w, const PlanInstr *instr, double calls) {
  KernelRow row = {.instr = instr,
                   .what = instr_describe(w->c->ctx, instr),
                   .place = kernel_place(w->c->ctx, instr),
                   .how = how_of(w, instr),
                   .calls = calls,
                   .flops = flops_of(w, instr),
                   .bytes = bytes_of(w, instr),
                   .measured = w->times ? kernel_seconds(w->times, instr) : -1};
  row.predicted = predict(&w->table->rates, instr, &row);
  vec_push(&w->c->ctx->arena, &w->table->rows, row);
}

static void walk(TableWalk *w, const PlanBlock *block, double calls) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr->scan)
      walk(w, instr->scan->body, calls * fmax(number(w, instr->scan->length), 0));
    else
      add_row(w, instr, calls);
  }
}

/* Of all calls of a run. */
static double cost(const KernelRow *row) {
  double each = row->measured >= 0 ? row->measured : row->predicted;
  return each < 0 ? 0 : each * row->calls;
}

static int dearest_first(const void *a, const void *b) {
  double x = cost(a), y = cost(b);
  if (x != y) return x < y ? 1 : -1;
  return ((const KernelRow *)a)->instr->position - ((const KernelRow *)b)->instr->position;
}

bool kernels_of(Compile *c, const SizeEnv *sizes, const char *profile, KernelTable *out) {
  *out = (KernelTable){.sizes = kernels_sizes(c, sizes), .measured = profile != NULL};
  KernelTimes times;
  if (profile && !kernel_times(c->ctx, c->plan, profile, &times)) return false;
  if (!machine_rates(c->ctx, c->engine, &out->rates)) return false;
  TableWalk w = {c, out, profile ? &times : NULL};
  walk(&w, c->plan->block, 1);
  qsort(out->rows.data, out->rows.len, sizeof *out->rows.data, dearest_first);
  return true;
}

/* ---- printed ---- */

static void put_sizes(Ctx *ctx, const SizeEnv *sizes, Text *out) {
  for (uint32_t i = 0; i < sizes->symbols.len; i++)
    text_printf(out, "%s%s = %lld", i ? ", " : "", size_str(ctx, sizes->symbols.data[i]),
                (long long)sizes->values.data[i]);
}

/* A column of 10: "12.3k", or "-" for what is not known. */
static void put_amount(double value, Text *out) {
  static const char units[] = " kMGTP";
  int unit = 0;
  if (value < 0) {
    text_puts(out, "         -");
    return;
  }
  while (value >= 1000 && units[unit + 1]) value /= 1000, unit++;
  text_printf(out, unit ? " %8.*f%c" : "  %8.*f", unit ? 1 : 0, value, units[unit]);
}

static void put_time(double seconds, Text *out) {
  if (seconds < 0)
    text_puts(out, "         -");
  else
    text_printf(out, " %9.2f", 1e6 * seconds);
}

static double total_cost(const KernelTable *table) {
  double total = 0;
  for (uint32_t i = 0; i < table->rows.len; i++) total += cost(&table->rows.data[i]);
  return total;
}

void kernels_print(const Compile *c, const KernelTable *table, Text *out) {
  double total = total_cost(table), flops = 0, bytes = 0;
  text_printf(out, "kernels of '%s'", ctx_text(c->ctx, c->graph->name));
  if (table->sizes.symbols.len) text_puts(out, ", for ");
  put_sizes(c->ctx, &table->sizes, out);
  text_printf(out, "\n  share   calls     FLOPs     bytes  us (model)   us (run)  how\n");
  for (uint32_t i = 0; i < table->rows.len; i++) {
    const KernelRow *r = &table->rows.data[i];
    flops += fmax(r->flops, 0) * r->calls;
    bytes += r->bytes * r->calls;
    text_printf(out, "%6.2f%% %7.0f", total > 0 ? 100 * cost(r) / total : 0, r->calls);
    put_amount(r->flops, out);
    put_amount(r->bytes, out);
    text_puts(out, "  ");
    put_time(r->predicted, out);
    text_putc(out, ' ');
    put_time(r->measured, out);
    text_printf(out, "  %-28s", r->how);
    if (r->place) text_printf(out, "  %s:", r->place);
    text_printf(out, "  %s\n", r->what);
  }
  text_puts(out, "100.00%  a run:");
  put_amount(flops, out);
  put_amount(bytes, out);
  text_printf(out, "  %10.2f us, %s\n", 1e6 * total,
              table->measured ? "by the run where it has times" : "at least, by the model");
  text_printf(out,
              "the model of this machine: products %.1f GFLOP/s, other work %.1f GFLOP/s, %.1f "
              "GB/s in caches, %.1f GB/s in memory, %.2f us a call\n",
              1e-9 * table->rates.product, 1e-9 * table->rates.elementwise,
              1e-9 * table->rates.cached, 1e-9 * table->rates.memory, 1e6 * table->rates.call);
}

static json_t *known(double value) { return value < 0 ? json_null() : json_real(value); }

static json_t *row_json(const KernelRow *r) {
  return json_pack("{s:s, s:s, s:s?, s:i, s:f, s:o, s:f, s:o, s:o}", "what", r->what, "how", r->how,
                   "place", r->place, "position", r->instr->position, "calls", r->calls, "flops",
                   known(r->flops), "bytes", r->bytes, "predicted_seconds", known(r->predicted),
                   "measured_seconds", known(r->measured));
}

json_t *kernels_json(const Compile *c, const KernelTable *table) {
  json_t *rows = json_array(), *sizes = json_object();
  for (uint32_t i = 0; i < table->rows.len; i++)
    json_array_append_new(rows, row_json(&table->rows.data[i]));
  for (uint32_t i = 0; i < table->sizes.symbols.len; i++)
    json_object_set_new(sizes, size_str(c->ctx, table->sizes.symbols.data[i]),
                        json_integer(table->sizes.values.data[i]));
  const MachineRates *r = &table->rates;
  return json_pack("{s:s, s:o, s:{s:f, s:f, s:f, s:f, s:f}, s:o}", "function",
                   ctx_text(c->ctx, c->graph->name), "sizes", sizes, "machine", "product_flops",
                   r->product, "elementwise_flops", r->elementwise, "cached_bytes", r->cached,
                   "memory_bytes", r->memory, "call_seconds", r->call, "kernels", rows);
}

/* ---- remarks by what they cost ---- */

static bool holds_place(const Graph *g, Span span) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].span.lo == span.lo && g->nodes.data[i].span.hi == span.hi) return true;
  return false;
}

/* Whether an instruction does what stands at the place. */
static bool is_about(const PlanInstr *instr, Span span) {
  const Node *n = instr->node;
  if (!n || span_none(span)) return false;
  if ((n->span.lo == span.lo && n->span.hi == span.hi) || (n->body && holds_place(n->body, span)))
    return true;
  for (const PlanRows *rows = instr->rows; rows; rows = rows->next)
    if (holds_place(rows->kernel->body, span)) return true;
  return false;
}

typedef struct RankedRemark {
  double cost;
  uint32_t at; /* in the order made */
} RankedRemark;

static int dearest_remark(const void *a, const void *b) {
  const RankedRemark *x = a, *y = b;
  if (x->cost != y->cost) return x->cost < y->cost ? 1 : -1;
  return x->at < y->at ? -1 : 1;
}

void kernels_remarks(const Compile *c, const KernelTable *table, Text *out) {
  Remarks ranked = c->passes->remarks;
  uint32_t n = ranked.list.len;
  double total = total_cost(table);
  RankedRemark *order = arena_array(&c->ctx->arena, RankedRemark, n + 1);
  for (uint32_t k = 0; k < n; k++) {
    order[k].at = k;
    for (uint32_t i = 0; i < table->rows.len; i++)
      if (is_about(table->rows.data[i].instr, ranked.list.data[k].span))
        order[k].cost += cost(&table->rows.data[i]);
  }
  if (n) qsort(order, n, sizeof *order, dearest_remark);
  for (uint32_t k = 0; k < n; k++) {
    Remarks one = {.list = {&ranked.list.data[order[k].at], 1, 1}};
    text_printf(out, "%6.2f%% ", total > 0 ? 100 * order[k].cost / total : 0);
    remarks_print(c->ctx, &one, out);
  }
}
