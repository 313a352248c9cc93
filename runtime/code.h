/* The code of a program as text, for people: LLVM IR as emitted, and assembly as it runs. */
#ifndef ORDO_RUNTIME_CODE_H
#define ORDO_RUNTIME_CODE_H

#include "runtime/program.h"

typedef enum CodeForm { CODE_llvm, CODE_asm } CodeForm;

typedef struct CodeUnit {
  const char *symbol; /* "ordo_k_4f1c..." */
  const char *what;   /* "kernel of exp, sub, sum: e", "product", "step" */
  Span span;          /* what a kernel was first made for; else none */
  const char *text;
} CodeUnit;

/* Each unit of a program that is laid out: kernels in the order of the plan, the step, products.
 * The texts live in the ctx of the program. False with a fault. */
bool program_code(Program *program, CodeForm form, void (*take)(void *user, const CodeUnit *unit),
                  void *user, Fault *fault);

#endif
