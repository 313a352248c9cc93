/* The code that a lowered plan needs, as units that a Jit or an object file takes. */
#include "runtime/lower.h"

typedef struct KernelUnit {
  Ctx *ctx;
  const KernelUse *use;
} KernelUnit;

static bool emit_kernel(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  const KernelUnit *unit = user;
  return kernel_emit(unit->ctx, module, target, unit->use->body, &unit->use->sig, fault);
}

typedef struct StepUnit {
  const StepBlock *steps;
  const char *symbol, *after;
} StepUnit;

static bool emit_step(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  (void)fault;
  const StepUnit *unit = user;
  step_emit(module, target, unit->steps, unit->symbol, unit->after);
  return true;
}

/* The symbol of a kernel is its body's content hash. */
static int kernel_units(const Lowered *l, JitUnit *units) {
  KernelUnit *kernels = arena_array(&l->ctx->arena, KernelUnit, l->kernels.len + 1);
  for (uint32_t i = 0; i < l->kernels.len; i++) {
    kernels[i] = (KernelUnit){l->ctx, &l->kernels.data[i]};
    const char *symbol = ctx_text(l->ctx, l->kernels.data[i].sig.symbol);
    units[i] = (JitUnit){symbol, symbol, emit_kernel, &kernels[i]};
  }
  return (int)l->kernels.len;
}

static JitUnit step_unit(const Lowered *l) {
  Text key = text_new(&l->ctx->arena);
  step_key(&l->steps, l->after, &key);
  StepUnit *step = arena_new(&l->ctx->arena, StepUnit);
  const char *symbol =
      ctx_printf(l->ctx, "ordo_step_%016llx", (unsigned long long)hash_bytes(key.data, key.len, 0));
  *step = (StepUnit){&l->steps, symbol, l->after};
  return (JitUnit){symbol, text_str(&key), emit_step, step};
}

int lower_units(Lowered *l, JitUnit **units) {
  *units = arena_array(&l->ctx->arena, JitUnit, l->kernels.len + 2 * GEMM_UNITS + BF16_UNITS + 1);
  int n = 0;
  for (int i = 0; i < 2; i++)
    if (l->products[i].any)
      n += gemm_units(&l->ctx->arena, i ? DT_f64 : DT_f32, l->products[i].transposes, *units + n);
  if (l->bf16) n += bf16_units(&l->ctx->arena, l->target, *units + n);
  n += kernel_units(l, *units + n);
  (*units)[n] = step_unit(l);
  return n + 1;
}
