/* Type rules of the ops: each gives the result type, or TY_NONE and what is wrong in *args->why. */
#ifndef ORDO_IR_TYPERULES_H
#define ORDO_IR_TYPERULES_H

#include "ir/ir.h"

#define TYPE_RULES(RULE)                                                                           \
  RULE(type_custom)                                                                                \
  RULE(type_given)                                                                                 \
  RULE(type_iota)                                                                                  \
  RULE(type_size)                                                                                  \
  RULE(type_arith)                                                                                 \
  RULE(type_float)                                                                                 \
  RULE(type_logic)                                                                                 \
  RULE(type_test)                                                                                  \
  RULE(type_unit)                                                                                  \
  RULE(type_cast)                                                                                  \
  RULE(type_same)                                                                                  \
  RULE(type_compare)                                                                               \
  RULE(type_fold)                                                                                  \
  RULE(type_seed)                                                                                  \
  RULE(type_where)                                                                                 \
  RULE(type_broadcast)                                                                             \
  RULE(type_transpose)                                                                             \
  RULE(type_reshape)                                                                               \
  RULE(type_slice)                                                                                 \
  RULE(type_pad)                                                                                   \
  RULE(type_concat)                                                                                \
  RULE(type_along)                                                                                 \
  RULE(type_running)                                                                               \
  RULE(type_sort)                                                                                  \
  RULE(type_reduce)                                                                                \
  RULE(type_reduce_logic)                                                                          \
  RULE(type_argreduce)                                                                             \
  RULE(type_dot)                                                                                   \
  RULE(type_gather)                                                                                \
  RULE(type_update)                                                                                \
  RULE(type_scatter)                                                                               \
  RULE(type_assign)                                                                                \
  RULE(type_cholesky)                                                                              \
  RULE(type_solve)                                                                                 \
  RULE(type_qr)                                                                                    \
  RULE(type_eigh)                                                                                  \
  RULE(type_svd)                                                                                   \
  RULE(type_argsort)                                                                               \
  RULE(type_random)                                                                                \
  RULE(type_all_gather)                                                                            \
  RULE(type_all_reduce)                                                                            \
  RULE(type_scan)                                                                                  \
  RULE(type_call)                                                                                  \
  RULE(type_item)                                                                                  \
  RULE(type_grad)

#define RULE(name) Ty name(const TypeRuleArgs *args);
TYPE_RULES(RULE)
#undef RULE

/* Refuses: sets the reason ("op: message") and returns TY_NONE. */
Ty rule_wrong(const TypeRuleArgs *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const TypeInfo *rule_operand(const TypeRuleArgs *args, int i);
const char *rule_type_str(const TypeRuleArgs *args, int i);
const Attr *rule_attr(const TypeRuleArgs *args, AttrName name); /* NULL when absent */

#endif
