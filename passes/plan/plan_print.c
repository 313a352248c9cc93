/* The plan as text. */
#include "passes/plan/plan.h"

static void print_block(const Plan *plan, const PlanBlock *block, int depth, Text *out) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    text_printf(out, "%4d %*s%s", instr->position, 2 * depth, "", instr_info[instr->kind].name);
    for (int k = 0; k < instr->n_in; k++) text_printf(out, " b%d", instr->in[k]);
    text_puts(out, " ->");
    for (int k = 0; k < instr->n_out; k++) text_printf(out, " b%d", instr->out[k]);
    const Attr *perm = instr->order ? node_attr(instr->order, A_perm) : NULL;
    for (int k = 0; perm && k < perm->n; k++)
      text_printf(out, "%s%d", k ? " " : " in the order ", perm->ints[k]);
    for (const PlanRows *rows = instr->rows; rows; rows = rows->next)
      text_puts(out, " with a kernel of its rows");
    text_putc(out, '\n');
    if (instr->scan) print_block(plan, instr->scan->body, depth + 1, out);
  }
}

void plan_print(const Plan *plan, Text *out) {
  static const char *const kinds[] = {"arena", "param", "result", "const", "view", "rows"};
  const Ctx *ctx = plan->graph->ctx;
  text_puts(out, "instructions\n");
  print_block(plan, plan->block, 0, out);
  text_puts(out, "buffers\n");
  for (uint32_t b = 0; b < plan->buffers.len; b++) {
    const Buffer *buffer = &plan->buffers.data[b];
    text_printf(out, "  b%u %s", b, kinds[buffer->kind]);
    if (buffer->index >= 0) text_printf(out, " %d", buffer->index);
    text_puts(out, " : ");
    type_print(ctx, buffer->type, out);
    if (buffer->alias >= 0) text_printf(out, " in b%d", buffer->alias);
    if (buffer->kind == BUF_arena) text_printf(out, " [%d, %d]", buffer->first, buffer->last);
    if (!str_none(buffer->name)) text_printf(out, " \"%s\"", ctx_text(ctx, buffer->name));
    text_putc(out, '\n');
  }
}
