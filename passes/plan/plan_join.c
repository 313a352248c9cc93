/* Products that run the kernel behind them.
 *
 * Of a kernel that reads a product and whose values belong to its rows (plan_rows.h) both become
 * one instruction: a few rows of the product are made, and the kernel runs on them while they
 * are in the cache. When nobody else reads the product, it is never whole in memory. The
 * instruction stands where the kernel stood, or, when somebody between them needs the product,
 * where that stood. Its results lie beside all that it reads, as a part of the rows is written
 * before others are read.
 */
#include "passes/plan/planner.h"

static bool reads(const PlanInstr *instr, int buffer) {
  for (int k = 0; k < instr->n_in; k++)
    if (instr->in[k] == buffer) return true;
  return false;
}

static bool writes(const PlanInstr *instr, int buffer) {
  for (int k = 0; k < instr->n_out; k++)
    if (instr->out[k] == buffer) return true;
  return false;
}

/* Whether one needs what the other writes, or both write the same: they keep their order. */
static bool in_order(const PlanInstr *a, const PlanInstr *b) {
  for (int k = 0; k < a->n_out; k++)
    if (reads(b, a->out[k]) || writes(b, a->out[k])) return true;
  for (int k = 0; k < b->n_out; k++)
    if (reads(a, b->out[k])) return true;
  return false;
}

static void count_reads(const PlanBlock *block, int *n) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    for (int k = 0; k < instr->n_in; k++) n[instr->in[k]]++;
    if (!instr->scan) continue;
    if (instr->scan->stop >= 0) n[instr->scan->stop]++;
    count_reads(instr->scan->body, n);
  }
}

/* The operand that is the buffer; -1: none, or several. */
static int operand_of(const PlanInstr *kernel, int buffer) {
  int found = -1;
  for (int k = 0; k < kernel->n_in; k++) {
    if (kernel->in[k] != buffer) continue;
    if (found >= 0) return -1;
    found = k;
  }
  return found;
}

/* Where a buffer is made. */
typedef struct ProductPlace {
  const PlanBlock *block;
  uint32_t instr;
} ProductPlace;

typedef struct KernelJoin {
  Planner *p;
  PlanBlock *block;
  const int *n_reads; /* by buffer */
  ProductPlace *made; /* by buffer, of those that products and kernels with them make */
} KernelJoin;

static void note_made(const KernelJoin *j, uint32_t at) {
  const PlanInstr *instr = &j->block->instrs.data[at];
  for (int k = 0; k < instr->n_out; k++) j->made[instr->out[k]] = (ProductPlace){j->block, at};
}

static bool may_join(const KernelJoin *j, const PlanInstr *dot) {
  return dot->kind == INS_dot && (!j->p->options->other_products || dot_is_bf16(dot->node));
}

static bool is_kept(const KernelJoin *j, int buffer) {
  const Buffer *product = buffer_at(j->p, buffer);
  return product->kind != BUF_arena || product->index >= 0 || j->n_reads[buffer] > 1;
}

/* Whether the operands of a product, where they take memory, are there at instruction k anyway. */
static bool operands_stay(const KernelJoin *j, const PlanInstr *dot, uint32_t k) {
  for (int in = 0; in < dot->n_in; in++) {
    bool stays = buffer_at(j->p, dot->in[in])->kind != BUF_arena;
    for (uint32_t at = k; at < j->block->instrs.len && !stays; at++)
      stays = reads(&j->block->instrs.data[at], dot->in[in]);
    if (!stays) return false;
  }
  return true;
}

/* Where both may stand, product i and kernel k: i, k, or -1. A product is not put off when that
 * keeps its operands, which are often larger than what it makes. */
static int meeting(const KernelJoin *j, uint32_t i, uint32_t k) {
  const PlanInstr *instrs = j->block->instrs.data;
  bool down = true, up = true;
  for (uint32_t at = i + 1; at < k && (down || up); at++) {
    down = down && !in_order(&instrs[i], &instrs[at]);
    up = up && !in_order(&instrs[at], &instrs[k]);
  }
  down = down && (k == i + 1 || operands_stay(j, &instrs[i], k));
  return up ? (int)i : down ? (int)k : -1;
}

static int *joined_ints(const KernelJoin *j, const int *a, int n_a, const int *b, int n_b,
                        int but) {
  int *all = new_ints(j->p, n_a + n_b, -1), n = 0;
  for (int i = 0; i < n_a; i++) all[n++] = a[i];
  for (int i = 0; i < n_b; i++)
    if (i != but) all[n++] = b[i];
  return all;
}

/* Product i with kernel k becomes instruction 'at'. */
static void become_one(const KernelJoin *j, uint32_t i, uint32_t k, uint32_t at, PlanRows *rows) {
  const PlanInstr dot = j->block->instrs.data[i], kernel = j->block->instrs.data[k];
  PlanInstr both = dot;
  bool first = !dot.rows, lost = first && !rows->kept;
  rows->in = kernel.in;
  both.in = joined_ints(j, dot.in, dot.n_in, kernel.in, kernel.n_in, rows->product);
  both.n_in = dot.n_in + kernel.n_in - (rows->product >= 0);
  both.n_out = (lost ? 0 : dot.n_out) + kernel.n_out;
  both.out = joined_ints(j, dot.out, lost ? 0 : dot.n_out, kernel.out, kernel.n_out, -1);
  if (lost) buffer_at(j->p, dot.out[0])->kind = BUF_rows;
  PlanRows **end = &both.rows;
  while (*end) end = &(*end)->next;
  *end = rows;
  both.position = j->block->instrs.data[at].position;
  j->block->instrs.data[i] = j->block->instrs.data[k] = (PlanInstr){.kind = INS_copy};
  j->block->instrs.data[at] = both;
  note_made(j, at);
}

/* The kernel by rows of a product that has none yet; NULL: it cannot be. */
static PlanRows *rows_of_product(const KernelJoin *j, const PlanInstr *dot,
                                 const PlanInstr *kernel) {
  Ctx *ctx = j->p->ctx;
  const Graph *body = kernel->node->body;
  const char *why;
  DotForm form;
  RowAxes axes;
  const DotAsk ask = dot_ask(dot->graph, dot->node, dot->order);
  int operand = operand_of(kernel, dot->out[0]);
  if (operand < 0 || !dot_form(ctx, &ask, &form)) return NULL;
  if (!plan_row_axes(ctx, &form, graph_info(body, body->params.data[operand]), &axes)) return NULL;
  bool *made = arena_array(&ctx->arena, bool, kernel->n_in), kept = is_kept(j, dot->out[0]);
  made[operand] = true;
  PlanRows *rows = plan_rows(ctx, kernel->node, made, kept ? -1 : operand, &axes, &why);
  if (rows) rows->kept = kept;
  return rows;
}

/* The kernels by rows that run with the product already, once more by axes that were taken apart;
 * NULL: one of them cannot be. */
static PlanRows *rows_again(const KernelJoin *j, const PlanRows *old, const RowAxes *axes) {
  PlanRows *first = NULL, **end = &first;
  for (; old; old = old->next) {
    RowAxes same = *axes;
    const char *why;
    PlanRows *rows = plan_rows(j->p->ctx, old->kernel, old->made, old->product, &same, &why);
    if (!rows || same.n != axes->n) return NULL;
    rows->kept = old->kept;
    rows->in = old->in;
    *end = rows;
    end = &rows->next;
  }
  return first;
}

/* The kernel by rows of what a product and its kernels make; NULL: it cannot be, or reads none. */
static PlanRows *rows_behind(const KernelJoin *j, PlanInstr *dot, const PlanInstr *kernel) {
  bool *made = arena_array(&j->p->ctx->arena, bool, kernel->n_in + 1), any = false;
  RowAxes axes = dot->rows->axes;
  const char *why;
  for (int k = 0; k < kernel->n_in; k++) any |= made[k] = writes(dot, kernel->in[k]);
  PlanRows *rows = any ? plan_rows(j->p->ctx, kernel->node, made, -1, &axes, &why) : NULL;
  if (!rows || axes.n == dot->rows->axes.n) return rows;
  PlanRows *again = rows_again(j, dot->rows, &axes);
  if (!again) return NULL;
  dot->rows = again;
  return rows;
}

/* The last product in front of instruction 'before' that makes what a kernel reads; -1: none. */
static int64_t product_before(const KernelJoin *j, const PlanInstr *kernel, int64_t before) {
  int64_t last = -1;
  for (int k = 0; k < kernel->n_in; k++) {
    const ProductPlace *made = &j->made[kernel->in[k]];
    if (made->block == j->block && made->instr < before && made->instr > last) last = made->instr;
  }
  return last;
}

/* Joins kernel k with the nearest product that it can be joined with. */
static void join_kernel(const KernelJoin *j, uint32_t k) {
  PlanInstr *instrs = j->block->instrs.data;
  for (int64_t i = k; (i = product_before(j, &instrs[k], i)) >= 0;) {
    int at = meeting(j, (uint32_t)i, k);
    if (at < 0) continue;
    PlanRows *rows = instrs[i].rows ? rows_behind(j, &instrs[i], &instrs[k])
                                    : rows_of_product(j, &instrs[i], &instrs[k]);
    if (!rows) continue;
    become_one(j, (uint32_t)i, k, (uint32_t)at, rows);
    return;
  }
}

/* What became a part of another one. */
static bool is_gone(const PlanInstr *instr) { return instr->kind == INS_copy && !instr->n_in; }

static void join_block(KernelJoin j, PlanBlock *block) {
  uint32_t n = 0;
  j.block = block;
  for (uint32_t k = 0; k < block->instrs.len; k++) {
    const PlanInstr *instr = &block->instrs.data[k];
    if (instr->scan) join_block(j, instr->scan->body);
    if (instr->kind == INS_kernel) join_kernel(&j, k);
    if (may_join(&j, instr)) note_made(&j, k);
  }
  for (uint32_t k = 0; k < block->instrs.len; k++)
    if (!is_gone(&block->instrs.data[k])) block->instrs.data[n++] = block->instrs.data[k];
  block->instrs.len = n;
}

void plan_join(Planner *p, PlanBlock *block) {
  int *n_reads = new_ints(p, (int)p->plan->buffers.len, 0);
  count_reads(block, n_reads);
  join_block((KernelJoin){.p = p,
                          .n_reads = n_reads,
                          .made = arena_array(&p->ctx->arena, ProductPlace, p->plan->buffers.len)},
             block);
}

/* A result that is written at the places of the product only at which that is read, and over
 * nothing else: what it costs to bring its memory to the cache is hidden behind the product. */
static void place_product(Planner *p, const PlanInstr *instr) {
  PlanRows *rows = instr->rows;
  for (int out = 0; out < (int)rows->body->results.len && rows->over < 0; out++)
    if (buffer_at(p, instr->out[out])->alias < 0 &&
        plan_is_elementwise(p, rows->kernel->body, rows->product, out))
      rows->over = out;
}

void plan_place_products(Planner *p, const PlanBlock *block) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr->scan) plan_place_products(p, instr->scan->body);
    if (instr->rows && !instr->rows->kept) place_product(p, instr);
  }
}
