/* From a unit to a relocatable object: builds the module, runs LLVM's code generator.
 *
 * An Emitter owns what one thread needs, so that threads share nothing; a Module may be emitted on
 * one thread and compiled on another, one after the other. Messages are NULL or owned by the
 * caller, who frees them with LLVMDisposeMessage.
 */
#ifndef ORDO_CODEGEN_OBJECT_H
#define ORDO_CODEGEN_OBJECT_H

#include <llvm-c/TargetMachine.h>

#include "codegen/jit.h"

/* A module and its context, built and not yet compiled. */
typedef struct ObjectModule {
  LLVMContextRef context;
  LLVMModuleRef module;
} ObjectModule;

/* A code generator for the target, or NULL and a message. */
LLVMTargetMachineRef object_machine(const Target *target, char **message);
/* Builds the unit's module; false and *fault as the unit says, or in the arena. */
bool object_emit(LLVMTargetMachineRef machine, const Target *target, const JitUnit *unit,
                 Arena *arena, ObjectModule *out, Fault *fault);
/* Generates code and frees the module. NULL and a message on failure. */
LLVMMemoryBufferRef object_compile(LLVMTargetMachineRef machine, ObjectModule *module,
                                   LLVMCodeGenFileType kind, char **message);
void object_drop(ObjectModule *module);

#endif
