/* Index propagation: which element of each node is needed, as a formula over loop variables.
 *
 * A kernel's body is evaluated on demand: an element of a result at some index asks for elements of
 * its operands. The index of a node is one form per axis; a form is an affine expression
 * base + sum coef * var. Movement ops only change forms. A variable is
 *
 * - an axis of a loop nest: 0 .. extent - 1;
 * - the value of an index node at an index (gather);
 * - the quotient or remainder of a form by an extent, where a reshape cannot be expressed affinely.
 *
 * Forms, maps (one form per axis) and guards are interned, so that equality is ==. A guard is a
 * chain of conditions 0 <= form < extent under which a padded or concatenated operand is read.
 * Nothing here makes code: planning walks the same forms before the loops are known.
 */
#ifndef ORDO_CODEGEN_KERNEL_INDEX_H
#define ORDO_CODEGEN_KERNEL_INDEX_H

#include "ir/ir.h"

typedef enum IndexVarKind { IX_axis, IX_data, IX_div, IX_mod } IndexVarKind;

typedef struct KernelIndexVar {
  IndexVarKind kind;
  Sz extent;    /* values are in [0, extent); SZ_NONE: not known */
  int map;      /* data: index of the node */
  Ref node;     /* data */
  int guard;    /* data */
  int form;     /* div, mod: the dividend */
  Sz by;        /* div, mod */
  int split_by; /* axis: position of the wanted inner extent in splits + 1; 0: none */
} KernelIndexVar;

typedef struct FormTerm {
  int var;
  Sz coef;
} FormTerm;

typedef struct Form {
  Sz base;
  int n;
  const FormTerm *terms; /* by var, ascending */
} Form;

typedef struct IndexMap {
  int rank;
  const int *forms;
} IndexMap;

typedef struct Guard {
  int parent; /* 0: none */
  int form;
  Sz extent;
} Guard;

typedef struct InternTable {
  uint32_t *slots, n_slots, count;
} InternTable;

typedef struct Index {
  Ctx *ctx;
  Arena *arena;
  const Graph *body;
  VEC(KernelIndexVar) vars;
  VEC(Form) forms;
  VEC(IndexMap) maps;
  VEC(Guard) guards; /* entry 0: no guard */
  InternTable form_table, map_table;
  Sz zero, one;
} Index;

void index_init(Index *ix, Ctx *ctx, const Graph *body);

/* ---- variables and forms ---- */
int index_axis(Index *ix, Sz extent); /* a new variable */
int form_const(Index *ix, Sz value);
int form_var(Index *ix, int var); /* an axis of extent 1 is the constant 0 */
int form_add(Index *ix, int a, int b);
int form_scale(Index *ix, int a, Sz factor);
int form_offset(Index *ix, int a, Sz offset);
Sz form_coef(const Index *ix, int form, int var); /* 0 when it does not occur */
/* Without the terms of a variable. */
int form_without(Index *ix, int form, int var);
/* Proves 0 <= form < extent. */
bool form_within(Index *ix, int form, Sz extent, bool *low, bool *high);

int map_intern(Index *ix, const int *forms, int rank);
static inline const int *map_forms(const Index *ix, int map) { return ix->maps.data[map].forms; }
/* A guard with one more condition; the same guard when it always holds. */
int guard_and(Index *ix, int guard, int form, Sz extent);

/* ---- nodes ---- */
/* Row-major position of a map in dims. */
int map_linear(Index *ix, int map, const Sz *dims, int rank);
/* The map of operand 'which' of a movement node for the node's own map (concat: guards are the
 * caller's, see map_concat; gather: operand 0 is the indexed tensor, read under guard). */
int map_operand(Index *ix, Ref node, int which, int map, int guard);
/* The index operand of a gather. */
int map_gather_index(Index *ix, Ref node, int map);
/* Conditions of a pad under which its operand is read. */
int map_pad_guard(Index *ix, Ref node, int operand_map, int guard);

#endif
