/* The compiled function: all instructions of a plan in order, as one LLVM function
 *
 *   void ordo_step(uint64_t *frame, Pool *pool)
 *
 * Every instruction has a block of slots in the frame; slot 'at' is its first argument, and before
 * it stand the number of work items and the grain, the least number worth a thread. A launch runs
 * on the calling thread when the items are no more than the grain, else through the pool. Loops are
 * native loops around the same code.
 */
#ifndef ORDO_CODEGEN_STEP_H
#define ORDO_CODEGEN_STEP_H

#include <llvm-c/Types.h>

#include "base/ctx.h"
#include "codegen/target.h"

typedef enum StepKind {
  STEP_launch, /* symbol(args, lo, hi), through the pool when large */
  STEP_call,   /* symbol(args, pool): does its own division of work */
  STEP_scan,   /* slots: [scan, length], then the body for each step */
} StepKind;

enum { STEP_HEADER = 2 }; /* slots before 'at': range, grain */

/* A kernel whose address is put into a slot for who is called. */
typedef struct StepCode {
  const char *symbol;
  uint32_t slot;
} StepCode;

typedef struct StepBlock StepBlock;
typedef struct StepInstr {
  StepKind kind;
  uint32_t at;
  const char *symbol;
  StepBlock *body;    /* scan */
  uint32_t stop_slot; /* scan: slot of the pointer to the stop flag; 0: runs to the end */
  uint32_t id;        /* for the function behind it */
  VEC(StepCode) code; /* call */
} StepInstr;

struct StepBlock {
  VEC(StepInstr) instrs;
};

/* Emits the function under the name symbol into the module. after: the function after(frame, id)
 * that is called behind each instruction, to look for NaN or to take the time; NULL for none. */
void step_emit(LLVMModuleRef module, const Target *target, const StepBlock *block,
               const char *symbol, const char *after);
/* The block as text: the key under which compiled code may be kept. */
void step_key(const StepBlock *block, const char *after, Text *out);

#endif
