#include "tests/wrong.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Fact right(SetStep *st) {
  return (st->s->set->padded ? padding_rules : order_rules)[op_set_rule(st->node->op)](st);
}

/* Applies a change to a fact, or to each of a tuple's. */
static Fact changed(SetStep *st, Fact f,
                    Fact (*change)(SetStep *st, Fact f, const TypeInfo *info)) {
  const TypeInfo *info = step_type(st);
  if (!info->is_tuple) return change(st, f, info);
  Fact *items = arena_array(st->s->arena, Fact, info->rank);
  for (int i = 0; i < info->rank; i++)
    items[i] = change(st, f.items[i], type_info(st->s->ctx, info->items[i]));
  f.items = items;
  return f;
}

/* What is lost is claimed to be the same, always. */
static Fact claim_lost(SetStep *st, Fact f, const TypeInfo *info) {
  SetStep flat = *st;
  if (!f.lost || f.lost->reason == SET_given_up) return f;
  st->s->wrong++;
  return fact_plain(&flat, info, SLOT_fixed);
}
static Fact lost_is_fixed(SetStep *st) { return changed(st, right(st), claim_lost); }

/* A fixed axis as long as the set is claimed to be the same in all places. */
static Fact claim_uniform(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost; i++) {
    if (atoms[i].slot.kind != SLOT_fixed || !sz_eq(atoms[i].extent, st->s->set->extent)) continue;
    atoms[i].slot = slot_fresh(st->s);
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact fixed_is_uniform(SetStep *st) { return changed(st, right(st), claim_uniform); }

/* Indices that are renamed are claimed to be numbers. */
static Fact claim_number(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  if (f.lost || f.value.kind == SLOT_fixed) return f;
  st->s->wrong++;
  f.value = slot_fixed();
  return f;
}
static Fact index_is_number(SetStep *st) { return changed(st, right(st), claim_number); }

/* An axis that moves is claimed to stay. */
static Fact claim_place(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost; i++) {
    if (atoms[i].slot.kind != SLOT_moves) continue;
    atoms[i].slot = slot_fixed();
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact moving_is_fixed(SetStep *st) { return changed(st, right(st), claim_place); }

/* What may be anything at padding is claimed to be 0. */
static Fact claim_zero(SetStep *st, Fact f, const TypeInfo *info) {
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int i = 0; i < f.n_atoms && !f.lost && info->dtype != DT_idx; i++) {
    if (atoms[i].slot.kind != SLOT_moves || atoms[i].fill.kind != FILL_unknown) continue;
    atoms[i].fill = (Fill){.kind = FILL_number};
    st->s->wrong++;
  }
  f.atoms = atoms;
  return f;
}
static Fact padding_is_zero(SetStep *st) { return changed(st, right(st), claim_zero); }

/* What a proof needs is forgotten, at last. */
static Fact claim_all(SetStep *st, Fact f, const TypeInfo *info) {
  (void)info;
  unsigned operands = 0;
  for (int k = 0; k < st->node->n_operands; k++) operands |= st->operands[k].needs;
  operands |= PAD_far; /* no test makes numbers that large */
  if (f.lost || !(f.needs & ~operands)) return f;
  st->s->wrong++;
  f.needs &= operands;
  return f;
}
static Fact needs_nothing(SetStep *st) { return changed(st, right(st), claim_all); }

const Wrong wrong_ways[] = {
    {"lost is the same", lost_is_fixed, false},
    {"fixed is the same in all places", fixed_is_uniform, false},
    {"an index is a number", index_is_number, false},
    {"moving is fixed", moving_is_fixed, false},
    {"padding is 0", padding_is_zero, true},
    {"needs nothing", needs_nothing, true},
};
const int n_wrong_ways = sizeof wrong_ways / sizeof *wrong_ways;

void wrong_rules(bool padded, int way, int rule, SetRuleFn out[N_SET_RULES]) {
  for (int i = 0; i < N_SET_RULES; i++)
    out[i] = i == rule ? wrong_ways[way].rule : (padded ? padding_rules : order_rules)[i];
}

/* The first op that the rule is for. */
const char *wrong_rule_name(int rule) {
  for (int op = 0; op < N_OPS; op++)
    if ((int)op_set_rule((Op)op) == rule) return op_info[op].name;
  return "";
}

bool proof_test(const char *name, int argc, char **argv, ProofTest *out) {
  *out = (ProofTest){.seed = 1, .count = 200, .nodes = 24};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--passes"))
      out->passes = true;
    else if (!strcmp(argv[i], "--show"))
      out->show = true;
    else if (!strcmp(argv[i], "--wrong"))
      out->wrong = true;
    else if (i + 1 < argc && !strcmp(argv[i], "--seed"))
      out->seed = strtoull(argv[++i], NULL, 10);
    else if (i + 1 < argc && !strcmp(argv[i], "--count"))
      out->count = atol(argv[++i]);
    else if (i + 1 < argc && !strcmp(argv[i], "--nodes"))
      out->nodes = atoi(argv[++i]);
    else
      return fprintf(stderr, "%s: unknown argument '%s'\n", name, argv[i]), false;
  }
  return true;
}

bool wrong_caught(const ProofTest *test, bool padded, ProofGraphFn *graph) {
  enum { MANY = 30 }; /* facts that were wrong: one should have shown */
  int caught = 0, tried = 0;
  bool fine = true;
  for (int way = 0; way < n_wrong_ways; way++)
    for (int rule = SETS_by_class + 1; rule < N_SET_RULES; rule++) {
      if (wrong_ways[way].padded && !padded) continue;
      SetRuleFn rules[N_SET_RULES];
      ProofTest one = *test;
      long violated = 0, falsified = 0;
      wrong_rules(padded, way, rule, rules);
      one.rules = rules;
      one.quiet = true;
      for (long k = 0; k < test->count && !violated && rules[rule]; k++)
        graph(&one, k, &violated, &falsified);
      if (!falsified) continue;
      fine = fine && (violated || falsified < MANY);
      tried++;
      caught += violated > 0;
      if (!violated)
        printf("not caught: '%s' of %s, %ld facts falsified\n", wrong_ways[way].name,
               wrong_rule_name(rule), falsified);
    }
  printf("%d rules made wrong, %d caught\n", tried, caught);
  return fine;
}
