/* Remarks: what a pass did, did not do and why, as data.
 *
 * A remark is a record {pass, kind, code, node, span, reason, numbers}. Equal remarks are kept once
 * with a count. Off (the default) they cost one test of a flag: write
 *
 *   if (remarks_on(pc)) {
 *     remark(pc, g, ref, REMARK_missed, "state-operand", "'%s' depends on the carry", name);
 *     remark_number(pc, "flops", n);      of the remark just made
 *   }
 */
#ifndef ORDO_PASSES_REMARKS_H
#define ORDO_PASSES_REMARKS_H

#include <regex.h>

#include "ir/ir.h"

typedef enum RemarkKind { REMARK_applied, REMARK_missed, REMARK_analysis } RemarkKind;

typedef struct RemarkNumber {
  const char *name;
  double value;
} RemarkNumber;

typedef struct Remark {
  const char *pass, *code; /* code: short and stable, for filters: "state-operand" */
  RemarkKind kind;
  const char *node;  /* text of the node: "dot:f32[B, H] 'gates'"; "" for none */
  const char *scope; /* layer path of the node */
  const char *reason;
  Span span;
  uint32_t count; /* how often it was made */
  VEC(RemarkNumber) numbers;
} Remark;

typedef struct Remarks {
  bool on;
  const char *filter; /* NULL: all; "/re/": extended regular expression; else a substring. Of "pass
                         kind code reason" */
  bool has_regex, last_kept;
  regex_t regex;
  Arena *arena;
  VEC(Remark) list;
  uint32_t *slots, n_slots;
} Remarks;

/* Turns remarks on. False when the regular expression is wrong (the reason in *why, in the arena;
 * it is an option of whoever asks). */
bool remarks_enable(Remarks *remarks, Arena *arena, const char *filter, const char **why);
/* Frees the regular expression; the records belong to the arena. */
void remarks_free(Remarks *remarks);
const char *remark_kind_text(RemarkKind kind); /* "applied" */
/* All remarks in the order made: "mlp.ordo:14:3: missed[scan-hoist:state-operand]: ...". */
void remarks_print(const Ctx *ctx, const Remarks *remarks, Text *out);
/* One JSON object a line. */
void remarks_print_json(const Ctx *ctx, const Remarks *remarks, Text *out);

#endif
