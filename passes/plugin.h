/* Plug-ins: shared objects that bring passes, rewrite rules, ops and kinds of facts about nodes.
 *
 *   static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) { ... }
 *   static const PassInfo passes[] = {{.name = "mine", .run = run, .options = "max=8",
 *                                      .doc = "what it does"}, {0}};
 *   static const RuleText rules[] = {{"mine_log", "log(a * a)", "2 * log(abs(a))", "fast"}, {0}};
 *   ORDO_PLUGIN(.passes = passes, .rules = rules);
 *
 * Each list ends with an empty row; what is not given is not there. ORDO_PASS_PLUGIN(.name = ...)
 * is short for one pass. 'ordo opt m.ordo f --plugin=./mine.so --passes=inline,mine' loads it, and
 * so does every other command that reads a model.
 *
 * The interface is this file and what it includes, in one file for who has no tree:
 * ordo-plugin.h. ORDO_PLUGIN_API counts its changes: a plug-in builds with every ordo of the same
 * number. It runs where the tables of ops, attributes, element types and diagnostics and the
 * structs of passes/abi.def are those that it was compiled with: it carries their names, numbers
 * and places, and is refused, and has to be built again, where they are others than the host's.
 */
#ifndef ORDO_PASSES_PLUGIN_H
#define ORDO_PASSES_PLUGIN_H

#include "ir/cost.h"
#include "ir/custom.h"
#include "passes/passes.h"

#define ORDO_PLUGIN_API 3

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

typedef struct OrdoPlugin {
  uint32_t api_version, n_abi; /* filled in by the macro, like abi; checked at load time */
  const OrdoPassAbi *abi;
  const PassInfo *passes;
  const RuleText *rules; /* of the pass 'simplify' */
  const CustomOp *ops;
  const FactKind *facts;
} OrdoPlugin;

#define ORDO_PLUGIN(...)                                                                           \
  const OrdoPlugin ordo_plugin = {ORDO_PLUGIN_API, ORDO_PASS_ABI_ROWS, ordo_pass_abi, __VA_ARGS__}

#define ORDO_PASS_PLUGIN(...)                                                                      \
  static const PassInfo ordo_plugin_passes[] = {{__VA_ARGS__}, {0}};                               \
  ORDO_PLUGIN(.passes = ordo_plugin_passes)

#endif
