/* What a compiled function consists of, row by row: kernels, products, functions of the library;
 * what each costs by the text, by a model of this machine, and by the times of a run. And where its
 * memory lies.
 *
 * The model is a roofline: a call takes at least what its flops take at the machine's rate for its
 * kind of work, or what its bytes take on the way to the caches or memory they fit in. The rates
 * are measured with compiled code, for some milliseconds each.
 */
#ifndef ORDO_APP_KERNELS_H
#define ORDO_APP_KERNELS_H

#include <jansson.h>

#include "app/compile.h"

typedef struct MachineRates {
  double product, elementwise; /* flops a second: of matrix products in f32, of other work */
  double cached, memory;       /* bytes a second: of arrays that fit the caches, of large ones */
  double call;                 /* seconds of a call that does nothing */
} MachineRates;

typedef struct KernelRow {
  const PlanInstr *instr;
  const char *what, *place, *how; /* in words; place may be NULL */
  double calls;                   /* a run; those in loops as often as they turn at most */
  double flops, bytes;            /* a call; flops < 0: not known */
  double predicted;               /* seconds a call, at least; < 0: not known */
  double measured;                /* seconds a call; < 0: not measured */
} KernelRow;

typedef struct KernelTable {
  SizeEnv sizes; /* that the numbers are for */
  MachineRates rates;
  VEC(KernelRow) rows; /* the dearest first: by time measured, else predicted */
  bool measured;
} KernelTable;

/* Given sizes, and all others as they are taken. */
SizeEnv kernels_sizes(Compile *c, const SizeEnv *given);
/* c has its code. sizes: of open sizes, the others are taken as typical. profile: the trace of a
 * run (--profile --trace=FILE), or NULL. False after a diagnostic. */
bool kernels_of(Compile *c, const SizeEnv *sizes, const char *profile, KernelTable *out);
void kernels_print(const Compile *c, const KernelTable *table, Text *out);
json_t *kernels_json(const Compile *c, const KernelTable *table);
/* The remarks of the passes, those about the dearest kernels first. */
void kernels_remarks(const Compile *c, const KernelTable *table, Text *out);

/* Buffers of planned memory: where each lies, and from when to when it is needed, as a table, JSON
 * or a picture (SVG). The program is bound to the sizes. False after a diagnostic. */
bool memory_print(Compile *c, const SizeEnv *sizes, Text *out);
json_t *memory_json(Compile *c, const SizeEnv *sizes); /* NULL after a diagnostic */
bool memory_svg(Compile *c, const SizeEnv *sizes, Text *out);

#endif
