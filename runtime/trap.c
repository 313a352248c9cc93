/* --trap-nan: after each instruction, did it make a NaN out of numbers that were none? The first
 * one is kept. */
#include "runtime/engine.h"

#include <math.h>

static bool buffer_has_nan(const Program *p, int buffer, uint64_t pointer) {
  Ty type = p->plan->buffers.data[buffer].type;
  int64_t n = 0;
  Tensor view = {.dtype = type_info(p->ctx, type)->dtype, .data = (void *)(uintptr_t)pointer};
  if (!dtype_is_float(view.dtype) || !size_eval(p->ctx, type_count(p->ctx, type), &p->sizes, &n))
    return false;
  for (int64_t i = 0; i < n; i++)
    if (isnan(tensor_get(&view, i))) return true;
  return false;
}

static void describe_body(const Ctx *ctx, const Graph *body, Text *text) {
  const char *separator = " of ";
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *node = &body->nodes.data[i];
    if (op_is(node->op, T_LEAF | T_MOVEMENT)) continue;
    text_printf(text, "%s%s", separator, op_info[node->op].name);
    if (!str_none(node->name)) text_printf(text, " '%s'", ctx_text(ctx, node->name));
    separator = ", ";
  }
}

const char *instr_describe(Ctx *ctx, const PlanInstr *instr) {
  Text text = text_new(&ctx->arena);
  text_puts(&text, instr_info[instr->kind].name);
  if (instr->kind == INS_dot && dot_is_bf16(instr->node)) text_puts(&text, " in bf16");
  if (instr->node && instr->node->body) describe_body(ctx, instr->node->body, &text);
  for (const PlanRows *rows = instr->rows; rows; rows = rows->next) {
    text_puts(&text, " with kernel");
    describe_body(ctx, rows->kernel->body, &text);
  }
  return text_str(&text);
}

/* The node's own, or the first of its body. */
Span instr_place(const PlanInstr *instr) {
  if (!instr->node) return (Span){0, 0};
  if (!span_none(instr->node->span) || !instr->node->body) return instr->node->span;
  const Graph *body = instr->node->body;
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (!span_none(body->nodes.data[i].span)) return body->nodes.data[i].span;
  return (Span){0, 0};
}

void program_check(uint64_t *frame, uint32_t id) {
  Program *p = (Program *)(uintptr_t)frame[0];
  if (p->trapped) return;
  const Watch *watch = &p->lowered.watches.data[id];
  const PlanInstr *instr = watch->instr;
  bool made = false;
  for (int k = 0; k < instr->n_out && !made; k++)
    made = buffer_has_nan(p, instr->out[k], frame[watch->out_slots[k]]);
  for (int k = 0; k < instr->n_in && made; k++)
    if (buffer_has_nan(p, instr->in[k], frame[watch->in_slots[k]])) made = false;
  if (!made) return;
  p->trapped = true;
  int64_t step = watch->step_slot ? *(const int32_t *)(uintptr_t)frame[watch->step_slot] : -1;
  p->trap = (ProgramTrap){instr_describe(p->ctx, instr), instr_place(instr), step};
}
