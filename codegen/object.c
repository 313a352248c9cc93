/* Code generation of one module. No IR passes run: kernels are emitted in their final, vectorised
 * form, and default<O2> was measured to double the compile time for 2 % smaller code. */
#include "codegen/object.h"

#include <pthread.h>
#include <string.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/Target.h>

/* LLVM keeps its list of targets per process, so its initialisation is per process too. */
static void init_llvm(void) {
  LLVMInitializeNativeTarget();
  LLVMInitializeNativeAsmPrinter();
}

LLVMTargetMachineRef object_machine(const Target *target, char **message) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, init_llvm);
  char *triple = LLVMGetDefaultTargetTriple();
  LLVMTargetRef found = NULL;
  LLVMTargetMachineRef machine = NULL;
  if (!LLVMGetTargetFromTriple(triple, &found, message)) {
    machine = LLVMCreateTargetMachine(found, triple, target->cpu, target->features,
                                      LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelSmall);
    if (!machine) *message = LLVMCreateMessage("LLVM has no code generator for this machine");
  }
  LLVMDisposeMessage(triple);
  return machine;
}

void object_drop(ObjectModule *module) {
  if (module->module) LLVMDisposeModule(module->module);
  if (module->context) LLVMContextDispose(module->context);
  *module = (ObjectModule){0};
}

/* Without a handler LLVM would print an error of code generation and exit. */
static void note_error(LLVMDiagnosticInfoRef info, void *first) {
  char **message = first;
  if (LLVMGetDiagInfoSeverity(info) == LLVMDSError && !*message)
    *message = LLVMGetDiagInfoDescription(info);
}

#ifdef ORDO_VERIFY_EACH
static bool verify(LLVMModuleRef module, Arena *arena, Fault *fault) {
  char *message = NULL;
  bool broken = LLVMVerifyModule(module, LLVMReturnStatusAction, &message);
  if (broken)
    fault_set(fault, E_compile_failed, (Span){0}, arena_printf(arena, "broken IR: %s", message));
  LLVMDisposeMessage(message);
  return !broken;
}
#endif

bool object_emit(LLVMTargetMachineRef machine, const Target *target, const JitUnit *unit,
                 Arena *arena, ObjectModule *out, Fault *fault) {
  out->context = LLVMContextCreate();
  out->module = LLVMModuleCreateWithNameInContext(unit->symbol, out->context);
  char *triple = LLVMGetTargetMachineTriple(machine);
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
  LLVMSetTarget(out->module, triple);
  LLVMSetModuleDataLayout(out->module, layout);
  LLVMDisposeTargetData(layout);
  LLVMDisposeMessage(triple);
  *fault = (Fault){0};
  bool good = unit->emit(unit->user, out->module, target, fault);
#ifdef ORDO_VERIFY_EACH
  good = good && verify(out->module, arena, fault);
#endif
  if (good) return true;
  const char *text = fault->text ? fault->text : "cannot be emitted";
  fault_set(fault, E_compile_failed, fault->span,
            arena_printf(arena, "%s: %s", unit->symbol, text));
  object_drop(out);
  return false;
}

LLVMMemoryBufferRef object_compile(LLVMTargetMachineRef machine, ObjectModule *module,
                                   LLVMCodeGenFileType kind, char **message) {
  char *first = NULL;
  LLVMMemoryBufferRef buffer = NULL;
  LLVMContextSetDiagnosticHandler(module->context, note_error, &first);
  if (LLVMTargetMachineEmitToMemoryBuffer(machine, module->module, kind, message, &buffer))
    buffer = NULL;
  if (first && buffer) {
    LLVMDisposeMemoryBuffer(buffer);
    buffer = NULL;
    *message = first;
  } else if (first) {
    LLVMDisposeMessage(first);
  }
  object_drop(module);
  return buffer;
}

/* Compiles one unit outside any Jit; the bytes are copied to the arena with a NUL behind them. */
static bool compile_alone(const Target *target, const JitUnit *unit, LLVMCodeGenFileType kind,
                          Arena *arena, char **bytes, size_t *n, Fault *fault) {
  char *message = NULL;
  ObjectModule module = {0};
  LLVMMemoryBufferRef buffer = NULL;
  LLVMTargetMachineRef machine = object_machine(target, &message);
  *fault = (Fault){0};
  if (machine && object_emit(machine, target, unit, arena, &module, fault))
    buffer = object_compile(machine, &module, kind, &message);
  if (buffer) {
    *n = LLVMGetBufferSize(buffer);
    *bytes = arena_alloc(arena, *n + 1);
    memcpy(*bytes, LLVMGetBufferStart(buffer), *n);
    LLVMDisposeMemoryBuffer(buffer);
  } else if (!fault->text) {
    fault_set(fault, E_compile_failed, (Span){0},
              arena_strdup(arena, message ? message : "code generation failed"));
  }
  if (message) LLVMDisposeMessage(message);
  if (machine) LLVMDisposeTargetMachine(machine);
  return buffer != NULL;
}

bool jit_ir(const Target *target, const JitUnit *unit, Arena *arena, const char **text,
            Fault *fault) {
  char *message = NULL;
  ObjectModule module = {0};
  LLVMTargetMachineRef machine = object_machine(target, &message);
  *fault = (Fault){0};
  bool good = machine && object_emit(machine, target, unit, arena, &module, fault);
  if (good) {
    char *printed = LLVMPrintModuleToString(module.module);
    *text = arena_strdup(arena, printed);
    LLVMDisposeMessage(printed);
    object_drop(&module);
  } else if (!fault->text) {
    fault_set(fault, E_compile_failed, (Span){0},
              arena_strdup(arena, message ? message : "no code generator for this target"));
  }
  if (message) LLVMDisposeMessage(message);
  if (machine) LLVMDisposeTargetMachine(machine);
  return good;
}

bool jit_object(const Target *target, const JitUnit *unit, Arena *arena, const void **bytes,
                size_t *n, Fault *fault) {
  char *copy = NULL;
  bool good = compile_alone(target, unit, LLVMObjectFile, arena, &copy, n, fault);
  *bytes = copy;
  return good;
}

bool jit_assembly(const Target *target, const JitUnit *unit, Arena *arena, const char **text,
                  Fault *fault) {
  char *copy = NULL;
  size_t n;
  bool good = compile_alone(target, unit, LLVMAssemblyFile, arena, &copy, &n, fault);
  *text = copy;
  return good;
}
