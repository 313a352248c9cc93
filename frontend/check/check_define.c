/* Index definitions: y[b, n] = e, y[.., d] = e, and what a loop collects: out[b, t] = e.
 *
 * The names on the left are index variables of the right side, except the counter of a loop around,
 * whose axis is stacked when the loop has ended. ':' on the left takes an own axis of the right
 * side.
 */
#include "frontend/check/checker.h"

typedef struct DefineTarget {
  Name name;
  Span span;
  IndexVar **vars; /* by place on the left; NULL for ':' */
  int n;
  Step *steps; /* counters of loops, with their axis in the finished tensor */
  int n_steps;
  bool index; /* some place is an index */
} DefineTarget;

/* ---- reading the left ---- */

static bool bad_target(Check *c, const Sub *sub) {
  if (sub->kind == SUB_poison) return false;
  diag_at(c->ctx, sub->span, E_bad_target,
          "a place on the left of '=' is an index, ':' or the counter of a loop");
  if (sub->kind == SUB_expr && sub->expr->kind == EX_subscript)
    diag_help(c->ctx,
              "terms are added up at places of their own by a sum: y[dst[e]] = sum[e](m[e])");
  diag_help(c->ctx,
            "tensors are values: a part of one cannot be changed; where(...) makes a changed copy");
  return false;
}

static void add_place(DefineTarget *t, IndexVar *var) { t->vars[t->n++] = var; }

static bool read_target(Check *c, const Expr *x, DefineTarget *t) {
  uint32_t n = x->subscript.n_subs;
  const Expr *base = x->subscript.base;
  if (base->kind != EX_name) return false;
  *t = (DefineTarget){.name = {base->name, base->span}, .span = x->span};
  t->vars = alloc(c, sizeof(IndexVar *) * (n + 1));
  t->steps = alloc(c, sizeof(Step) * (n + 1));
  for (uint32_t i = 0; i < n; i++) {
    const Sub *sub = &x->subscript.subs[i];
    bool name = sub->kind == SUB_expr && sub->expr->kind == EX_name;
    if (sub->kind == SUB_rest && !c->lead && i == 0) {
      c->lead = arena_new(&c->ctx->arena, Lead);
      c->lead->order = c->next_order;
      c->next_order += 64;
      t->index = true;
    } else if (sub->kind == SUB_all) {
      add_place(t, NULL);
    } else if (name) {
      Binding *b = scope_find(c->scope, sub->expr->name);
      if (b && b->value.kind == VAL_index && b->value.index->loop) {
        place_word(c->scope->places, WORD_index, (Name){sub->expr->name, sub->span}, b->declared,
                   &b->value);
        t->steps[t->n_steps] = (Step){b->value.index, t->n + t->n_steps};
        t->n_steps++;
        continue;
      }
      add_place(t, index_new(c, (Name){sub->expr->name, sub->span}));
      t->index = true;
    } else {
      return bad_target(c, sub);
    }
  }
  return true;
}

/* ---- the right side under the left ---- */

static int count_own(const DefineTarget *t) {
  int own = 0;
  for (int i = 0; i < t->n; i++) own += t->vars[i] == NULL;
  return own;
}

static bool on_left(const DefineTarget *t, const IndexVar *var) {
  for (int i = 0; i < t->n; i++)
    if (t->vars[i] == var) return true;
  return false;
}

/* argsort[n](x[b, n]) under y[b, t]: n, bound by nobody else, is the one index of the left that is
 * left over. */
static void match_kept(DefineTarget *t, Value *v) {
  for (int i = 0; i < v->tensor.n_vars; i++) {
    IndexVar *kept = v->tensor.vars[i], *free = NULL;
    if (!kept->kept || on_left(t, kept)) continue;
    for (int k = 0; k < t->n; k++)
      if (t->vars[k] && shape_var_axis(v, t->vars[k]) < 0) free = free ? NULL : t->vars[k];
    if (!free || (free->extent.i && !sz_eq(free->extent, kept->extent))) continue;
    free->extent = kept->extent;
    v->tensor.vars[i] = free;
  }
}

static bool rank_fits(Check *c, const DefineTarget *t, const Value *v, const Expr *value) {
  int own = count_own(t), rank = value_rank(c, v);
  if (own == rank) return true;
  if (v->whole_name || t->index) {
    diag_at(c->ctx, value->span, rank > own ? E_unsubscripted : E_rank_mismatch,
            "the right side is %s at every place, where %d %s wanted", value_str(c, v), own,
            own == 1 ? "axis is" : "axes are");
    if (rank > own)
      diag_help(c->ctx,
                "give each axis an index: x[b, n]; whole expressions too: relu(x @ W)[b, d]");
  } else {
    diag_at(c->ctx, value->span, E_rank_mismatch,
            "%d %s on the left besides the loop's, and the right side is %s", own,
            own == 1 ? "axis" : "axes", value_str(c, v));
  }
  return false;
}

/* The hidden axes in their wanted order: those around the definition, '..', then the left from left
 * to right. */
static bool wanted_shape(Check *c, const DefineTarget *t, const Value *v, uint32_t around,
                         Shape *out) {
  int n_lead = c->lead && c->lead->known ? c->lead->n : 0, n = 0;
  *out = (Shape){.rank = value_rank(c, v), .dims = (Sz *)value_dims(c, v)};
  out->vars = alloc(c, sizeof(IndexVar *) * (around + (size_t)(n_lead + t->n) + 1));
  for (uint32_t i = 0; i < around; i++)
    if (shape_var_axis(v, c->active.data[i]) >= 0) out->vars[n++] = c->active.data[i];
  for (int i = 0; i < n_lead; i++) out->vars[n++] = c->lead->vars[i];
  for (int i = 0; i < t->n; i++) {
    if (!t->vars[i]) continue;
    if (!index_has_extent(c, t->vars[i], t->vars[i]->span)) return false;
    out->vars[n++] = t->vars[i];
  }
  out->n_vars = n;
  return true;
}

/* Hidden axes of the left become own axes, ':' take their places between them. */
static Value reveal(Check *c, const DefineTarget *t, Value v, int around) {
  int rank = value_info(c, &v)->rank, hidden = v.tensor.n_vars, k = around;
  int n_lead = c->lead && c->lead->known ? c->lead->n : 0, next_var = around, next_own = hidden;
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
  for (int i = 0; i < around; i++) perm[i] = i;
  for (int i = 0; i < n_lead; i++) perm[k++] = next_var++;
  for (int i = 0; i < t->n; i++) perm[k++] = t->vars[i] ? next_var++ : next_own++;
  bool same = true;
  for (int i = 0; i < rank; i++) same = same && perm[i] == i;
  if (!same) v.tensor.ref = build_transpose(c->frame->graph, v.tensor.ref, perm);
  v.tensor.n_vars = around;
  v.whole_name = false;
  return v;
}

static Value under_left(Check *c, DefineTarget *t, Value v, const Expr *value, uint32_t around) {
  v = value_to_tensor(c, v, TY_NONE, value->span);
  if (!value_ok(&v) || !rank_fits(c, t, &v, value)) return value_poison();
  match_kept(t, &v);
  Shape shape;
  if (!wanted_shape(c, t, &v, around, &shape)) return value_poison();
  for (int i = 0; i < v.tensor.n_vars; i++) {
    bool known = false;
    for (int k = 0; k < shape.n_vars; k++) known = known || shape.vars[k] == v.tensor.vars[i];
    if (known) continue;
    diag_at(c->ctx, value->span, E_index_escapes,
            "the right side depends on the index '%s', which is not on the left",
            ctx_text(c->ctx, v.tensor.vars[i]->name));
    return value_poison();
  }
  int outside = 0;
  for (int i = 0; i < shape.n_vars; i++)
    for (uint32_t k = 0; k < around; k++) outside += shape.vars[i] == c->active.data[k];
  return reveal(c, t, shape_expand(c, v, &shape, value->span), outside);
}

/* ---- extents from the type of the result ---- */

/* The declared type of what the function gives back under this name; NULL when it does not. */
static const TypeExpr *result_type(Check *c, Str name) {
  const FnDecl *fn = c->fn;
  if (!fn || !fn->result || !fn->body.len || c->frame->parent) return NULL;
  const Stmt *last = fn->body.data[fn->body.len - 1];
  if (last->kind != ST_expr) return NULL;
  const Expr *x = last->expr.value;
  if (x->kind == EX_name) return str_eq(x->name, name) ? fn->result : NULL;
  for (uint32_t i = 0; x->kind == EX_tuple && fn->result->kind == TY_tuple && i < x->items.len; i++)
    if (x->items.data[i]->kind == EX_name && str_eq(x->items.data[i]->name, name) &&
        (fn->result->count || i < fn->result->n_items))
      return tuple_item(fn->result, i);
  return NULL;
}

/* An index whose extent nothing on the right tells has that of the result's axis. */
static void extents_of_result(Check *c, const DefineTarget *t) {
  const TypeExpr *type = result_type(c, t->name.str);
  if (!type || type->kind != TY_tensor || type->n_dims != (uint32_t)t->n || c->lead) return;
  for (int i = 0; i < t->n; i++) {
    IndexVar *var = t->vars[i];
    const Dim *dim = &type->dims[i];
    if (!var || var->extent.i || var->wrong || dim->kind == DIM_rest || !dim->size) continue;
    Sz size = look_at_size(c, dim->size);
    if (!size.i) continue;
    var->extent = size;
    var->told = dim->span;
  }
}

/* ---- binding ---- */

static void bind_target(Check *c, DefineTarget *t, Value v) {
  if (!t->n_steps) {
    assign_name(c, t->name, v);
    return;
  }
  IndexVar *inner = c->frame->counter;
  int at = -1;
  for (int i = 0; i < t->n_steps; i++)
    if (t->steps[i].var == inner) at = i;
  if (at < 0) {
    diag_at(c->ctx, t->span, E_bad_target,
            "what is collected has to name the counter of the innermost loop, '%s'",
            inner ? ctx_text(c->ctx, inner->name) : "?");
    return;
  }
  if (c->lead && c->lead->known)
    for (int i = 0; i < t->n_steps; i++) t->steps[i].axis += c->lead->n;
  loop_collect(c, t->name, t->steps, t->n_steps, v);
}

void define_index(Check *c, const Expr *target, const Expr *value) {
  DefineTarget t;
  Scope *outer = c->scope;
  Lead *lead = c->lead;
  Mode before = c->mode;
  uint32_t around = c->active.len, pushed = 0;
  c->lead = NULL;
  if (!read_target(c, target, &t)) {
    c->lead = lead;
    if (target->subscript.base->kind == EX_name)
      assign_name(c, (Name){target->subscript.base->name, target->subscript.base->span},
                  value_poison());
    return;
  }
  c->scope = scope_new(c->ctx, outer);
  for (int i = 0; i < t.n; i++)
    if (t.vars[i]) index_push(c, t.vars[i]), pushed++;
  c->mode.index = t.index;
  if (pushed || c->lead) index_infer(c, value);
  if (pushed) extents_of_result(c, &t);
  Value v = under_left(c, &t, elab_expr(c, value), value, around);
  index_pop(c, pushed);
  c->scope = outer;
  c->mode = before;
  bind_target(c, &t, v);
  c->lead = lead;
}

/* One item of a tuple: (out[:, t, :], h) = f(x) */
void define_value(Check *c, const Expr *target, Value v) {
  DefineTarget t;
  if (!read_target(c, target, &t)) return;
  if (t.index) {
    diag_at(c->ctx, target->span, E_bad_target,
            "an index definition stands alone on the left of '='");
    assign_name(c, t.name, value_poison());
    return;
  }
  if (value_ok(&v)) v = under_left(c, &t, v, target, c->active.len);
  bind_target(c, &t, v);
}
