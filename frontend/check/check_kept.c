/* State that an assignment would lose.
 *
 * A name of a function is only a name. So a new value for a weight's name in a function of its
 * layer, or, inside of a scan, for the name of a state of the program or of an optimizer, would
 * be gone with the function or the turn. */
#include "frontend/check/checker.h"

/* The scope nearest to here that knows the name, up to and without 'end'. */
static Scope *scope_of(const Check *c, Str name, const Scope *end) {
  for (Scope *s = c->scope; s && s != end; s = s->parent)
    if (scope_find_here(s, name)) return s;
  return NULL;
}

static const LayerMember *weight_of(const LayerShape *shape, Str name) {
  for (uint32_t i = 0; i < shape->members.len; i++) {
    const LayerMember *m = &shape->members.data[i];
    if (!m->shape && m->count < 0 && str_eq(m->name.str, name)) return m;
  }
  return NULL;
}

static bool loses_weight(Check *c, Name name) {
  const LayerShape *shape = c->self ? c->self->shape : NULL;
  const LayerMember *m = shape ? weight_of(shape, name.str) : NULL;
  if (!m || scope_of(c, name.str, shape->constants)) return false;
  const char *text = ctx_text(c->ctx, name.str);
  diag_at(c->ctx, name.span, E_bad_target,
          "'%s' is a weight of the layer, which a function of the layer does not change", text);
  diag_note(c->ctx, m->name.span, "declared here");
  diag_help(c->ctx, "give a value of the function's own another name");
  diag_help(
      c->ctx,
      "what is kept from step to step is a state of the training program: '%s: ... ~ zeros' in "
      "train, and in the step '%s = net.next(x, %s)'",
      text, text, text);
  return true;
}

/* Inside of a scan, where a carry may have the name. */
static bool loses_state(Check *c, Name name, const Kept *kept) {
  bool known = false;
  for (uint32_t i = 0; i < kept->names.len; i++)
    known = known || str_eq(kept->names.data[i], name.str);
  if (!known || c->frame == kept->frame || scope_of(c, name.str, NULL) != kept->scope) return false;
  const char *text = ctx_text(c->ctx, name.str);
  diag_at(c->ctx, name.span, E_bad_target, "the state '%s' does not keep what a scan gives it",
          text);
  diag_help(c->ctx, "carry it: scan t in T, %s = %s { ... }; it keeps the last value", text, text);
  return true;
}

bool loses_value(Check *c, Name name) {
  return loses_weight(c, name) || (c->kept && loses_state(c, name, c->kept));
}
