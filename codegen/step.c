/* Emission of the compiled function: see step.h. */
#include "codegen/step.h"

#include <llvm-c/Core.h>

typedef struct Emit {
  LLVMContextRef context;
  LLVMModuleRef module;
  LLVMBuilderRef b;
  LLVMTypeRef i64, i32, i8, ptr, nothing;
  LLVMTypeRef kernel_type, call_type, pool_type, begin_type, advance_type, check_type;
  LLVMValueRef function, launch, frame, pool;
  LLVMTypeRef launch_type;
  const char *after;
} Emit;

static LLVMTypeRef function_type(const Emit *e, LLVMTypeRef *params, unsigned n) {
  return LLVMFunctionType(e->nothing, params, n, 0);
}

static void make_types(Emit *e) {
  e->i64 = LLVMInt64TypeInContext(e->context);
  e->i32 = LLVMInt32TypeInContext(e->context);
  e->i8 = LLVMInt8TypeInContext(e->context);
  e->ptr = LLVMPointerTypeInContext(e->context, 0);
  e->nothing = LLVMVoidTypeInContext(e->context);
  LLVMTypeRef p = e->ptr, l = e->i64;
  e->kernel_type = function_type(e, (LLVMTypeRef[]){p, l, l}, 3);
  e->call_type = function_type(e, (LLVMTypeRef[]){p, p}, 2);
  e->pool_type = function_type(e, (LLVMTypeRef[]){p, p, p, l, l}, 5);
  e->begin_type = function_type(e, (LLVMTypeRef[]){p, p}, 2);
  e->advance_type = function_type(e, (LLVMTypeRef[]){p, p, l}, 3);
  e->check_type = function_type(e, (LLVMTypeRef[]){p, e->i32}, 2);
  e->launch_type = function_type(e, (LLVMTypeRef[]){p, p, p}, 3);
}

static LLVMValueRef external(const Emit *e, const char *symbol, LLVMTypeRef type) {
  LLVMValueRef known = LLVMGetNamedFunction(e->module, symbol);
  return known ? known : LLVMAddFunction(e->module, symbol, type);
}

static LLVMValueRef number(const Emit *e, int64_t value) {
  return LLVMConstInt(e->i64, (uint64_t)value, 1);
}

static LLVMValueRef slot(const Emit *e, LLVMValueRef base, int64_t index) {
  LLVMValueRef at = number(e, index);
  return LLVMBuildInBoundsGEP2(e->b, e->i64, base, &at, 1, "");
}

static LLVMBasicBlockRef block(const Emit *e, LLVMValueRef function, const char *name) {
  return LLVMAppendBasicBlockInContext(e->context, function, name);
}

/* launch(kernel, args, pool): serial when range <= grain, else through the pool. */
static void emit_launch_function(Emit *e, const Target *target) {
  e->launch = LLVMAddFunction(e->module, "launch", e->launch_type);
  LLVMSetLinkage(e->launch, LLVMInternalLinkage);
  target_mark(target, e->launch);
  LLVMValueRef kernel = LLVMGetParam(e->launch, 0), args = LLVMGetParam(e->launch, 1);
  LLVMValueRef pool = LLVMGetParam(e->launch, 2);
  LLVMBasicBlockRef entry = block(e, e->launch, "entry");
  LLVMBasicBlockRef serial = block(e, e->launch, "serial"),
                    parallel = block(e, e->launch, "parallel");
  LLVMPositionBuilderAtEnd(e->b, entry);
  LLVMValueRef range = LLVMBuildLoad2(e->b, e->i64, slot(e, args, -2), "range");
  LLVMValueRef grain = LLVMBuildLoad2(e->b, e->i64, slot(e, args, -1), "grain");
  LLVMBuildCondBr(e->b, LLVMBuildICmp(e->b, LLVMIntSLE, range, grain, ""), serial, parallel);
  LLVMPositionBuilderAtEnd(e->b, serial);
  LLVMBuildCall2(e->b, e->kernel_type, kernel, (LLVMValueRef[]){args, number(e, 0), range}, 3, "");
  LLVMBuildRetVoid(e->b);
  LLVMPositionBuilderAtEnd(e->b, parallel);
  LLVMBuildCall2(e->b, e->pool_type, external(e, "pool_run", e->pool_type),
                 (LLVMValueRef[]){pool, kernel, args, range, grain}, 5, "");
  LLVMBuildRetVoid(e->b);
}

static void emit_block(Emit *e, const StepBlock *steps);

/* for (i = 0; i < length && !stop; i++) { loop_advance; body; } */
static void emit_scan(Emit *e, const StepInstr *instr) {
  LLVMValueRef scan = LLVMBuildLoad2(e->b, e->ptr, slot(e, e->frame, instr->at), "scan");
  LLVMValueRef length = LLVMBuildLoad2(e->b, e->i64, slot(e, e->frame, instr->at + 1), "length");
  LLVMBuildCall2(e->b, e->begin_type, external(e, "loop_begin", e->begin_type),
                 (LLVMValueRef[]){scan, e->frame}, 2, "");
  LLVMBasicBlockRef before = LLVMGetInsertBlock(e->b);
  LLVMBasicBlockRef head = block(e, e->function, "head"), body = block(e, e->function, "body");
  LLVMBasicBlockRef end = block(e, e->function, "end");
  LLVMBuildBr(e->b, head);
  LLVMPositionBuilderAtEnd(e->b, head);
  LLVMValueRef i = LLVMBuildPhi(e->b, e->i64, "i"), stopped = NULL;
  if (instr->stop_slot) stopped = LLVMBuildPhi(e->b, LLVMInt1TypeInContext(e->context), "stopped");
  LLVMValueRef more = LLVMBuildICmp(e->b, LLVMIntSLT, i, length, "more");
  if (stopped) more = LLVMBuildAnd(e->b, more, LLVMBuildNot(e->b, stopped, ""), "");
  LLVMBuildCondBr(e->b, more, body, end);
  LLVMPositionBuilderAtEnd(e->b, body);
  LLVMBuildCall2(e->b, e->advance_type, external(e, "loop_advance", e->advance_type),
                 (LLVMValueRef[]){scan, e->frame, i}, 3, "");
  emit_block(e, instr->body);
  LLVMValueRef stop = NULL;
  if (stopped) {
    LLVMValueRef flag = LLVMBuildLoad2(e->b, e->ptr, slot(e, e->frame, instr->stop_slot), "");
    flag = LLVMBuildLoad2(e->b, e->i8, flag, "");
    stop = LLVMBuildICmp(e->b, LLVMIntNE, flag, LLVMConstInt(e->i8, 0, 0), "stop");
  }
  LLVMValueRef next = LLVMBuildAdd(e->b, i, number(e, 1), "next");
  LLVMBasicBlockRef from[] = {before, LLVMGetInsertBlock(e->b)};
  LLVMBuildBr(e->b, head);
  LLVMAddIncoming(i, (LLVMValueRef[]){number(e, 0), next}, from, 2);
  if (stopped) {
    LLVMValueRef no = LLVMConstInt(LLVMInt1TypeInContext(e->context), 0, 0);
    LLVMAddIncoming(stopped, (LLVMValueRef[]){no, stop}, from, 2);
  }
  LLVMPositionBuilderAtEnd(e->b, end);
  LLVMBuildCall2(e->b, e->advance_type, external(e, "loop_end", e->advance_type),
                 (LLVMValueRef[]){scan, e->frame, i}, 3, "");
}

static void emit_instr(Emit *e, const StepInstr *instr) {
  LLVMValueRef args = slot(e, e->frame, instr->at);
  switch (instr->kind) {
  case STEP_launch:
    LLVMBuildCall2(e->b, e->launch_type, e->launch,
                   (LLVMValueRef[]){external(e, instr->symbol, e->kernel_type), args, e->pool}, 3,
                   "");
    break;
  case STEP_call:
    for (uint32_t i = 0; i < instr->code.len; i++)
      LLVMBuildStore(e->b, external(e, instr->code.data[i].symbol, e->kernel_type),
                     slot(e, e->frame, instr->code.data[i].slot));
    LLVMBuildCall2(e->b, e->call_type, external(e, instr->symbol, e->call_type),
                   (LLVMValueRef[]){args, e->pool}, 2, "");
    break;
  case STEP_scan:
    emit_scan(e, instr);
    break;
  }
  if (e->after)
    LLVMBuildCall2(e->b, e->check_type, external(e, e->after, e->check_type),
                   (LLVMValueRef[]){e->frame, LLVMConstInt(e->i32, instr->id, 0)}, 2, "");
}

static void emit_block(Emit *e, const StepBlock *steps) {
  for (uint32_t i = 0; i < steps->instrs.len; i++) emit_instr(e, &steps->instrs.data[i]);
}

void step_emit(LLVMModuleRef module, const Target *target, const StepBlock *steps,
               const char *symbol, const char *after) {
  Emit e = {.context = LLVMGetModuleContext(module), .module = module, .after = after};
  e.b = LLVMCreateBuilderInContext(e.context);
  make_types(&e);
  emit_launch_function(&e, target);
  e.function = LLVMAddFunction(e.module, symbol, e.call_type);
  target_mark(target, e.function);
  e.frame = LLVMGetParam(e.function, 0);
  e.pool = LLVMGetParam(e.function, 1);
  LLVMPositionBuilderAtEnd(e.b, block(&e, e.function, "entry"));
  emit_block(&e, steps);
  LLVMBuildRetVoid(e.b);
  LLVMDisposeBuilder(e.b);
}

void step_key(const StepBlock *steps, const char *after, Text *out) {
  text_printf(out, "step %s {", after ? after : "");
  for (uint32_t i = 0; i < steps->instrs.len; i++) {
    const StepInstr *instr = &steps->instrs.data[i];
    text_printf(out, "%d %u %s %u;", instr->kind, instr->at, instr->symbol ? instr->symbol : "",
                instr->stop_slot);
    for (uint32_t k = 0; k < instr->code.len; k++)
      text_printf(out, "%s %u;", instr->code.data[k].symbol, instr->code.data[k].slot);
    if (instr->body) step_key(instr->body, after, out);
  }
  text_putc(out, '}');
}
