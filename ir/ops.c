/* The op table, expanded from ir/ops.def, ir/attrs.def and ir/scalar.def, and its self-check. */
#include <math.h>
#include <string.h>

#include "ir/cost.h"
#include "ir/scalar.h"
#include "ir/typerules.h"

const char *const attr_name[N_ATTRS] = {
#define ATTR(name, kind, doc) #name,
#include "ir/attrs.def"
#undef ATTR
};
const AttrKind attr_kind[N_ATTRS] = {
#define ATTR(name, kind, doc) ATTR_##kind,
#include "ir/attrs.def"
#undef ATTR
};

#define INTEGER(op, expression)
#define SCALAR(op, expression)                                                                     \
  static double value_##op(double a, double b, double c) {                                         \
    (void)a, (void)b, (void)c;                                                                     \
    return expression;                                                                             \
  }
#include "ir/scalar.def"
#undef SCALAR

/* The first column of a row is always .operands = "names"; its text gives the arity: letters are
 * single, so a list of n names has 2n - 1 characters, and a dot after the column's own means any
 * number. */
#define OPERANDS_LENGTH(column) ((int)sizeof(#column) - (int)sizeof(".operands = \"\""))
#define OPERANDS_MANY(column)   (__builtin_strchr(&#column[1], '.') != 0)
#define OP(op, column, ...)                                                                        \
  [OP_##op] = {.name = #op,                                                                        \
               column,                                                                             \
               .arity_min = OPERANDS_MANY(column) ? 0 : (OPERANDS_LENGTH(column) + 1) / 2,         \
               .arity_max = OPERANDS_MANY(column) ? -1 : (OPERANDS_LENGTH(column) + 1) / 2,        \
               __VA_ARGS__},
#define SCALAR(op, expression) [OP_##op].scalar = value_##op,
#define INDEX_FN(...)
#define INSTR(...)
const OpInfo op_info[N_OPS] = {
#include "ir/ops.def"
#include "ir/scalar.def"
};
#undef OP
#undef INDEX_FN
#undef INSTR
#undef SCALAR
#undef INTEGER

bool op_find(const char *name, Op *out) {
  for (int i = 0; i < N_OPS; i++)
    if (!strcmp(name, op_info[i].name)) {
      *out = (Op)i;
      return true;
    }
  return false;
}

SetRule op_set_rule(Op op) {
  const OpInfo *info = &op_info[op];
  if (info->sets != SETS_by_class) return info->sets;
  if (info->traits & T_ELEMENTWISE) return SETS_numbers;
  if (info->traits & T_REDUCE) return SETS_reduce;
  if (info->traits & T_ARGREDUCE) return SETS_argreduce;
  return info->traits & T_CONTRACT ? SETS_dot : SETS_by_class;
}

/* ---- self-check ---- */

/* Names in attrs are rows of attrs.def; "?" is allowed behind them. */
static bool attrs_known(const char *attrs) {
  for (const char *at = attrs; at && *at;) {
    size_t n = strcspn(at, " ?"), found = N_ATTRS;
    for (int i = 0; i < N_ATTRS; i++)
      if (strlen(attr_name[i]) == n && !strncmp(attr_name[i], at, n)) found = (size_t)i;
    if (found == N_ATTRS) return false;
    at += n;
    at += *at == '?';
    at += *at == ' ';
  }
  return true;
}

static bool operands_named(const OpInfo *info) {
  static const char *const lists[] = {"", "a", "a b", "a b c"};
  if (info->arity_max < 0) return !strcmp(info->operands, "a ...");
  return info->arity_max < 4 && !strcmp(info->operands, lists[info->arity_max]);
}

static bool derivative_stated(const OpInfo *info) {
  if (info->no_grad || info->grad_in_c) return !info->grad[0];
  if (info->arity_max < 1) return false;
  for (int i = 0; i < info->arity_max; i++)
    if (!info->grad[i]) return false;
  return true;
}

static const char *row_check(const OpInfo *info) {
  bool key = info->type == type_fold || info->type == type_seed;
  unsigned classes = T_LEAF | T_ELEMENTWISE | T_MOVEMENT | T_REDUCE | T_ARGREDUCE | T_CONTRACT |
                     T_INDEXED | T_ALONG | T_MATRIX | T_RANDOM | T_TUPLE | T_RANKS | T_CUSTOM;
  unsigned class = info->traits & classes;
  if (!info->doc || !*info->doc) return "no .doc";
  if (flops_check((Op)(info - op_info))) return flops_check((Op)(info - op_info));
  if (!info->type) return "no .type";
  if (!info->operands || !operands_named(info))
    return ".operands is not \"\", a, a b, a b c, a ...";
  if (!class || (class & (class - 1))) return ".traits has to name exactly one class";
  if (!attrs_known(info->attrs)) return ".attrs names something that is not in attrs.def";
  if (op_set_rule((Op)(info - op_info)) == SETS_by_class)
    return "needs .sets: its class does not tell what it does with the order of set axes";
  if (!derivative_stated(info)) return "needs .grad for each operand, .grad_in_c or .no_grad";
  if (!info->no_grad != (info->points != NULL))
    return "needs .points where it has a derivative: its special points, or that it is linear";
  if (info->builtin && class != T_ELEMENTWISE) return ".builtin is for elementwise ops";
  if ((class == T_ELEMENTWISE && !key) != (info->scalar != NULL))
    return "an elementwise op needs a row in scalar.def, others have none";
  return NULL;
}

const char *ops_selfcheck(void) {
  for (int i = 0; i < N_OPS; i++) {
    const char *wrong = row_check(&op_info[i]);
    if (wrong) return wrong;
    for (int k = 0; k < i; k++)
      if (!strcmp(op_info[i].name, op_info[k].name)) return "two rows have the same name";
  }
  return NULL;
}
