/* The table of instructions (passes/plan/instr.def). */
#ifndef ORDO_PASSES_PLAN_INSTR_H
#define ORDO_PASSES_PLAN_INSTR_H

#include "ir/ir.h"

typedef enum InstrKind {
#define INSTR(name, ...) INS_##name,
#include "passes/plan/instr.def"
#undef INSTR
  N_INSTR_KINDS
} InstrKind;

/* Sets of element types. */
enum {
#define DTYPE(name, bytes, doc) TAKES_##name = 1 << DT_##name,
#include "base/dtypes.def"
#undef DTYPE
  TAKES_all = (1 << N_DTYPES) - 1
};

typedef enum InPlace {
  IN_PLACE_never,
  IN_PLACE_elementwise, /* over any operand that its body reads element by element */
  IN_PLACE_first,       /* over its first operand, of which it changes a part */
} InPlace;

typedef struct InstrInfo {
  const char *name, *symbol;
  Op op;
  int data;
  int takes;
  const char *otherwise;
  InPlace in_place;
  Ty (*scratch)(Ctx *ctx, const Graph *g, const Node *node);
} InstrInfo;
extern const InstrInfo instr_info[N_INSTR_KINDS];

/* The instruction that an op becomes; false for the others. */
bool instr_of(Op op, InstrKind *kind);
/* Whether the node writes its result over its first operand where it can (op 'update'). */
bool instr_changes_first(const Node *node);
/* Why a node cannot be this instruction; NULL when it can. */
const char *instr_refuses(InstrKind kind, const Graph *g, const Node *node);

#endif
