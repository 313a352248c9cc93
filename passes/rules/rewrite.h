/* The rewriter: one table of rules, one matcher, used by the pass 'simplify' (and by tests, rule by
 * rule). */
#ifndef ORDO_PASSES_RULES_REWRITE_H
#define ORDO_PASSES_RULES_REWRITE_H

#include "passes/rules/expr.h"
#include "passes/facts.h"
#include "passes/passes.h"

typedef struct Rewriter Rewriter;
typedef struct Match {
  const Rewriter *rw;
  Ref root;
  ExprBindings bound;
} Match;

typedef bool (*RuleCondition)(const Match *m);
/* The replacement of a node, or REF_NONE. Builds through rw_build so that what it makes is
 * simplified too. */
typedef Ref (*RuleFn)(Rewriter *rw, Ref root);

/* What a rule may do to values: rules.def. */
typedef enum Grade { GRADE_fast, GRADE_rounds, GRADE_exact } Grade;
extern const char *const grade_name[3];

typedef struct RuleRow {
  const char *name, *lhs, *rhs; /* of a function: lhs is the text for readers, rhs NULL */
  Grade grade;
  bool canon, added;       /* added: by a plug-in */
  RuleCondition condition; /* NULL: always */
  RuleFn fn;               /* NULL: the texts say it */
  Op op;                   /* root op of a function; N_OPS: every op with a trait */
  unsigned trait;
} RuleRow;
extern const RuleRow rule_rows[];
extern const int n_rules;

typedef struct Rule {
  const RuleRow *row;
  const Formula *lhs, *rhs;
  int n_commutes; /* nodes of the left side that match in two orders */
  bool off;       /* switched off, or its grade is not admitted */
} Rule;

typedef struct RuleSet {
  Rule *rules; /* of the table, then of plug-ins */
  int n;
  VEC(uint16_t) by_op[N_OPS]; /* the rules to try for a root, in the order of the table */
  uint32_t *hits;             /* by rule: how often it was applied */
  bool after_grad;            /* of the graph that simplify runs on: see Rewriter */
} RuleSet;

/* Takes a plug-in's rule behind the table. NULL, or what is wrong with it. */
const char *rules_add(PassCtx *pc, const RuleText *text);
/* The table, parsed and checked once for a PassCtx. */
RuleSet *rules_load(PassCtx *pc);
/* The name of a condition that a row of the table has, "if_finite"; NULL: of none. */
const char *rule_condition_name(RuleCondition condition);
/* Work of a formula: flops for each element; what only constants go into is done when it is
 * compiled. */
double formula_cost(const Formula *e);
/* NULL, or what is wrong with a row. */
const char *rules_selfcheck(Ctx *ctx);

struct Rewriter {
  PassCtx *pc;
  Graph *g; /* the graph being built */
  RuleSet *rules;
  int only;           /* index of the only rule to try (tests), or -1 */
  bool after_grad;    /* no grad node anywhere: markers for derivatives may go */
  VEC(uint32_t) uses; /* by node of g: users that the old graph had; 0 for nodes made by rules */
  Facts facts;
  VEC(Ref) done; /* by node of g: its simplified form, REF_NONE when not known */
  int depth;
};

/* The simplified form of a node of g. */
Ref rw_node(Rewriter *rw, Ref r);
/* Builds a node and simplifies it. */
Ref rw_build(Rewriter *rw, Op op, const Ref *operands, int n, const Attr *attrs, int n_attrs,
             Ty given);
Ref rw_op(Rewriter *rw, Op op, const Ref *operands, int n); /* without attributes */
Ref rw_broadcast(Rewriter *rw, Ref a, const Sz *dims, int rank, const int32_t *axes);
Ref rw_transpose(Rewriter *rw, Ref a, const int32_t *perm);
Ref rw_reshape(Rewriter *rw, Ref a, const Sz *dims, int rank);
Ref rw_reduce(Rewriter *rw, Op op, Ref a, const int32_t *axes, int n);
bool rw_used_once(const Rewriter *rw, Ref r);
/* A copy of g with every node simplified; bodies are taken as they are. */
Graph *rewrite_graph(PassCtx *pc, const Graph *g, bool after_grad, int only);

/* Whether equality saturation, with so many new nodes at most, finds the first two results of a
 * graph to be one (passes/rules/saturate.c). */
bool saturate_joins(PassCtx *pc, const Graph *simple, int64_t nodes);

/* Flops of what the results need, by ir/cost.h, every open size taken as typical; between equal
 * ones fewer nodes are less. */
double rewrite_cost(const Graph *g);
/* The graph, bodies included, rewritten by one rule of the set (passes/rules/simplify.c). */
Graph *rewrite_by(PassCtx *pc, const Graph *g, int rule);

/* Readers of nodes for rules: NULL when r is not of that op. */
static inline const Node *rw_is(const Rewriter *rw, Ref r, Op op) {
  const Node *n = graph_node(rw->g, r);
  return n->op == op ? n : NULL;
}
bool rw_constant(const Rewriter *rw, Ref r, double *value);
/* What is known about a value's numbers. */
static inline NumberFact rw_fact(const Rewriter *rw, Ref r) {
  return fact_of((Facts *)&rw->facts, r); /* a memo */
}
/* Whether more than rounding may change. */
static inline bool rw_fast(const Rewriter *rw) { return rw->pc->options.fast; }

/* Rule functions and conditions, named in rules.def. */
#define RULE(name, lhs, rhs, grade)
#define RULE_IF(name, lhs, rhs, grade, condition)    bool condition(const Match *m);
#define RULE_CANON(name, lhs, rhs, grade, condition) bool condition(const Match *m);
#define RULE_FN(name, op, fn, grade, text)           Ref fn(Rewriter *rw, Ref root);
#define RULE_CLASS(name, trait, fn, grade, text)     Ref fn(Rewriter *rw, Ref root);
#include "passes/rules/rules.def"
#undef RULE
#undef RULE_IF
#undef RULE_CANON
#undef RULE_FN
#undef RULE_CLASS

#endif
