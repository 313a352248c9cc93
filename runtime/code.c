/* See code.h. */
#include "runtime/code.h"

#include <string.h>

#include "runtime/engine.h"

/* What a unit is, by its number behind the products. */
static CodeUnit describe(Program *p, const JitUnit *unit, int kernel) {
  const Lowered *l = &p->lowered;
  CodeUnit out = {.symbol = unit->symbol, .what = "product"};
  if (kernel >= 0 && kernel < (int)l->kernels.len) {
    const PlanInstr *instr = l->kernels.data[kernel].instr;
    out.what = instr_describe(p->ctx, instr);
    out.span = instr_place(instr);
  } else if (kernel >= 0) {
    out.what = "step";
  }
  return out;
}

/* Equal kernels are one. */
static bool seen(const JitUnit *units, int i) {
  for (int k = 0; k < i; k++)
    if (!strcmp(units[k].symbol, units[i].symbol)) return true;
  return false;
}

bool program_code(Program *p, CodeForm form, void (*take)(void *user, const CodeUnit *unit),
                  void *user, Fault *fault) {
  JitUnit *units;
  int n = lower_units(&p->lowered, &units);
  int first_kernel = n - 1 - (int)p->lowered.kernels.len;
  for (int k = 0; k < n; k++) {
    int i = (k + first_kernel) % n; /* products last: they are the same in every program */
    if (seen(units, i)) continue;
    CodeUnit unit = describe(p, &units[i], i - first_kernel);
    if (!(form == CODE_llvm ? jit_ir : jit_assembly)(jit_target(p->engine->jit), &units[i],
                                                     &p->ctx->arena, &unit.text, fault))
      return false;
    take(user, &unit);
  }
  return true;
}
