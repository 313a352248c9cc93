/* What assertions say of sizes: 'assert T >= 3', 'assert T % C == 0'.
 *
 * From such a line on, to the end of its block, proofs about sizes may use it. Nothing depends on
 * whether it is true: what is built on it is a node that needs it (ir/needs.h), a slice that has to
 * lie inside, so that it is checked when the sizes are known, in calls and in steps alike. Callees
 * have facts of their own. */
#include "frontend/check/checker.h"

enum { MOST_FACTS = 32 };

static void learn(Check *c, Sz least, bool equal, Span span) {
  for (uint32_t i = 0; i < c->facts.len; i++)
    if (sz_eq(c->facts.data[i].least, least) && c->facts.data[i].equal == equal) return;
  if (least.i && c->facts.len < MOST_FACTS)
    vec_push(&c->ctx->arena, &c->facts, ((SizeFact){least, equal, span}));
}

void facts_learn(Check *c, const SizeCondition *s, Span span) {
  Ctx *ctx = c->ctx;
  Sz one = size_const(ctx, 1);
  switch (s->op) {
  case OP_and:
    facts_learn(c, s->left, span);
    facts_learn(c, s->right, span);
    return;
  case OP_eq:
    learn(c, size_sub(ctx, s->a, s->b), true, span);
    return;
  case OP_ge:
    learn(c, size_sub(ctx, s->a, s->b), false, span);
    return;
  case OP_le:
    learn(c, size_sub(ctx, s->b, s->a), false, span);
    return;
  case OP_gt:
    learn(c, size_sub(ctx, size_sub(ctx, s->a, s->b), one), false, span);
    return;
  case OP_lt:
    learn(c, size_sub(ctx, size_sub(ctx, s->b, s->a), one), false, span);
    return;
  default:
    return;
  }
}

/* d >= 0, by at most so many more facts: a sum of what is not negative. */
static bool not_negative(Check *c, Sz d, uint32_t from, int more) {
  Sz zero = size_const(c->ctx, 0);
  if (size_ge_filled(c->ctx, d, zero)) return true;
  for (uint32_t i = from; more && i < c->facts.len; i++) {
    const SizeFact *f = &c->facts.data[i];
    if (not_negative(c, size_sub(c->ctx, d, f->least), i, more - 1)) return true;
    if (f->equal && not_negative(c, size_add(c->ctx, d, f->least), i, more - 1)) return true;
  }
  return false;
}

bool facts_ge(Check *c, Sz a, Sz b) {
  return a.i && b.i && not_negative(c, size_sub(c->ctx, a, b), 0, 2);
}

/* The difference is a multiple of something that is 0. */
bool facts_equal(Check *c, Sz a, Sz b, Span *asserted) {
  if (sz_eq(a, b)) return true;
  Sz d = size_sub(c->ctx, a, b);
  for (uint32_t i = 0; i < c->facts.len; i++) {
    const SizeFact *f = &c->facts.data[i];
    if (!f->equal) continue;
    Sz times = size_div(c->ctx, d, f->least);
    *asserted = f->span;
    if (times.i && sz_eq(size_mul(c->ctx, times, f->least), d)) return true;
  }
  return false;
}

/* want elements of have ones, which are as many by what is asserted: too few do not fill the slice,
 * too many leave no room for what is padded. */
Ref facts_resize(Check *c, Ref flat, Sz have, Sz want, Span span) {
  Graph *g = graph_here(c, span);
  Sz zero = size_const(c->ctx, 0);
  Ref cut = build_slice(g, flat, 0, zero, want);
  Ref wider = build_pad(g, cut, 0, zero, size_sub(c->ctx, want, have), 0);
  return build_slice(g, wider, 0, zero, want);
}
