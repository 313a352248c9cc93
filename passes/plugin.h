/* Passes from shared objects. The object defines one symbol through this macro:
 *
 *   static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) { ... }
 *   ORDO_PASS_PLUGIN(.name = "count-dots", .run = run, .options = "max=8", .doc = "counts them");
 *
 * 'ordo opt m.ordo f --plugin=./count.so --passes=inline,count-dots' loads it. The tables of ops,
 * attributes, element types and diagnostics and the structs of passes/abi.def are part of the
 * contract: the object carries their names, numbers and places as it was compiled, and is refused
 * where they are others than the host's.
 */
#ifndef ORDO_PASSES_PLUGIN_H
#define ORDO_PASSES_PLUGIN_H

#include "passes/passes.h"

#define ORDO_PASS_API 2 /* counts changes of functions and of what follows here */

typedef struct OrdoPassAbi {
  const char *what;  /* "op mul .operands = \"a b\"", "Node.op: Op" */
  uint32_t at, size; /* number of a row, or place and size of a field */
} OrdoPassAbi;

#define ABI_FIELD(s, field) ((s *)0)->field
#define STRUCT(s)           /* the type in a row of abi.def is that of the field */
#define VALUE(name)
#define FIELD(s, field, type)                                                                      \
  _Static_assert(__builtin_types_compatible_p(__typeof__(ABI_FIELD(s, field)), type),              \
                 #s "." #field " is no " #type);
#include "passes/abi.def"
#undef STRUCT
#undef VALUE
#undef FIELD

static const OrdoPassAbi ordo_pass_abi[] = {
#define OP(name, operands, ...)               {"op " #name ", " #operands, OP_##name, 0},
#define ATTR(name, kind, doc)                 {"attribute " #name " (" #kind ")", A_##name, 0},
#define DTYPE(name, bytes, doc)               {"element type " #name, DT_##name, bytes},
#define DIAG(code, name, severity, text, ...) {"diagnostic " code " " #name, E_##name, 0},
#define STRUCT(s)                             {"struct " #s, 0, sizeof(s)},
#define FIELD(s, field, type)                                                                      \
  {#s "." #field ": " #type, offsetof(s, field), sizeof(ABI_FIELD(s, field))},
#define VALUE(name) {#name, name, 0},
#define INDEX_FN(...)
#define INSTR(...)
#include "base/diag.def"
#include "ir/attrs.def"
#include "base/dtypes.def"
#include "ir/ops.def"
#include "passes/abi.def"
#undef OP
#undef INDEX_FN
#undef INSTR
#undef ATTR
#undef DTYPE
#undef DIAG
#undef STRUCT
#undef FIELD
#undef VALUE
};
enum { ORDO_PASS_ABI_ROWS = sizeof ordo_pass_abi / sizeof *ordo_pass_abi };

typedef struct OrdoPassPlugin {
  uint32_t api_version, n_abi; /* filled in by the macro, like abi; checked at load time */
  const OrdoPassAbi *abi;
  PassInfo info;
} OrdoPassPlugin;

#define ORDO_PASS_PLUGIN(...)                                                                      \
  const OrdoPassPlugin ordo_pass_plugin = {                                                        \
      ORDO_PASS_API, ORDO_PASS_ABI_ROWS, ordo_pass_abi, {__VA_ARGS__}}

#endif
