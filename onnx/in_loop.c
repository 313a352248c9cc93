/* Loops, branches and recurrent networks of a file that is imported. */
#include <string.h>

#include "onnx/in_tools.h"

/* ---- branches ---- */

/* The nodes of a branch; its results stay. */
static bool branch(OnnxIn *o, const ModelGraph *g, InValue **results, uint32_t n) {
  InScope scope;
  const ModelNode *node = o->node;
  in_push_scope(o, &scope);
  bool good = in_graph(o, g);
  o->node = node;
  for (uint32_t i = 0; good && i < n; i++) {
    results[i] = i < g->outputs.len ? in_find(o, g->outputs.data[i].name) : NULL;
    good = results[i] && !results[i]->poisoned;
    if (!results[i]) in_refuse(o, "has a branch that lacks a result");
  }
  in_pop_scope(o);
  return good;
}

bool in_if(OnnxIn *o) {
  const ModelAttr *yes = in_attr(o, "then_branch"), *no = in_attr(o, "else_branch");
  uint32_t n = o->node->outputs.len;
  InValue *a[64], *b[64];
  int64_t c;
  if (!in_needs(o, 1)) return false;
  InValue *condition = o->in[0];
  if (!yes || !no || !yes->g || !no->g || n > 64) return in_refuse(o, "lacks a branch");
  bool known = in_is_const(o, condition, 0, &c);
  if (known) {
    if (!branch(o, c ? yes->g : no->g, a, n)) return false;
    for (uint32_t i = 0; i < n; i++) in_alias(o, i, a[i]);
    return true;
  }
  if (in_count(o, condition) != 1) return in_refuse(o, "has a condition that is no single value");
  if (!branch(o, yes->g, a, n) || !branch(o, no->g, b, n)) return false;
  const char *text = in_use(o, condition);
  if (condition->rank) text = ctx_printf(o->ctx, "any(%s)", text);
  for (uint32_t i = 0; i < n; i++) {
    bool same = a[i]->dtype == b[i]->dtype && a[i]->rank == b[i]->rank;
    for (int k = 0; same && k < a[i]->rank; k++)
      same = in_same_size(o, a[i]->dims[k], b[i]->dims[k]);
    if (!same) return in_refuse(o, "has branches with results of different types");
    in_let(o, in_like(o, i, a[i]), "where(%s, %s, %s)", text, in_use(o, a[i]), in_use(o, b[i]));
  }
  return true;
}

/* ---- Scan ---- */

typedef struct Loop {
  InStmts body, *outside;
  InScope scope;
  InValue *carried[32], *collected[32];
  InValue *next[32], *row[32];
  uint32_t n_carried, n_collected;
} Loop;

/* A value inside of the loop that stands for one of outside. */
static InValue *inside(OnnxIn *o, const char *name, DType dtype, int64_t elem, int rank,
                       const Sz *dims) {
  InValue *v = in_temp(o, name, dtype, rank, dims);
  v->elem = elem;
  v->id = in_new_id(o, name, true);
  in_bind(o, name, v);
  return v;
}

/* The body with what it hands on, as the text of a block. */
static const char *loop_text(OnnxIn *o, Loop *l, const char *head) {
  Text tail = text_new(&o->ctx->arena);
  const char *roots[96];
  uint32_t n = 0;
  for (uint32_t i = 0; i < l->n_carried; i++) roots[n++] = in_use(o, l->next[i]);
  for (uint32_t i = 0; i < l->n_collected; i++) roots[n++] = in_use(o, l->row[i]);
  in_inline(o, &l->body, roots, n);
  for (uint32_t i = 0; i < l->n_collected; i++) {
    int rank = l->row[i]->rank;
    Text colons = text_new(&o->ctx->arena);
    for (int k = 0; k < rank; k++) text_puts(&colons, ", :");
    text_printf(&tail, "\3%u\2[t%s] = %s\n", l->collected[i]->id, text_str(&colons),
                roots[l->n_carried + i]);
  }
  if (l->n_carried > 1) text_puts(&tail, "(");
  for (uint32_t i = 0; i < l->n_carried; i++)
    text_printf(&tail, "%s\1%u\2", i ? ", " : "", l->carried[i]->id);
  if (l->n_carried > 1) text_puts(&tail, ")");
  if (l->n_carried) text_puts(&tail, l->n_carried > 1 ? " = (" : " = ");
  for (uint32_t i = 0; i < l->n_carried; i++) text_printf(&tail, "%s%s", i ? ", " : "", roots[i]);
  text_puts(&tail, l->n_carried > 1 ? ")\n" : "\n");
  return ctx_printf(o->ctx, "%s {\n%s%s}", head, in_join(o, &l->body), text_str(&tail));
}

static bool loop_results(OnnxIn *o, Loop *l, const ModelGraph *g, uint32_t first) {
  for (uint32_t i = 0; i < l->n_carried + l->n_collected; i++) {
    InValue *v = first + i < g->outputs.len ? in_find(o, g->outputs.data[first + i].name) : NULL;
    if (!v || v->poisoned) return v ? false : in_refuse(o, "has a body that lacks a result");
    if (i < l->n_carried)
      l->next[i] = v;
    else
      l->row[i - l->n_carried] = v;
  }
  for (uint32_t i = 0; i < l->n_carried; i++) {
    bool same =
        l->next[i]->rank == l->carried[i]->rank && l->next[i]->dtype == l->carried[i]->dtype;
    for (int k = 0; same && k < l->next[i]->rank; k++)
      same = in_same_size(o, l->next[i]->dims[k], l->carried[i]->dims[k]);
    if (!same) return in_refuse(o, "hands on a value of another type");
  }
  return true;
}

static void open_loop(OnnxIn *o, Loop *l) {
  l->outside = o->out;
  in_push_scope(o, &l->scope);
  o->out = &l->body;
}

static void close_loop(OnnxIn *o, Loop *l) {
  in_pop_scope(o);
  o->out = l->outside;
}

/* "scan t in T reversed, h = h0" */
static const char *loop_head(OnnxIn *o, const Loop *l, Sz turns, bool back, InValue *const *from) {
  Text head = text_new(&o->ctx->arena);
  text_printf(&head, "scan t in %s%s", size_str(o->ctx, turns), back ? " reversed" : "");
  for (uint32_t i = 0; i < l->n_carried; i++)
    text_printf(&head, ", \3%u\2 = %s", l->carried[i]->id, in_use(o, from[i]));
  return text_str(&head);
}

static int64_t direction(const ModelInts *list, uint32_t i) {
  return list && i < list->len ? list->data[i] : 0;
}

/* What a turn takes of the inputs that are cut along an axis. */
static bool scan_slices(OnnxIn *o, const ModelGraph *g, InValue *const *given, uint32_t first,
                        uint32_t n, Sz *turns) {
  const ModelInts *axes = in_attr_ints(o, "scan_input_axes");
  for (uint32_t i = 0; i < n; i++) {
    const InValue *v = given[first + i];
    const char *list[MAX_RANK];
    Sz dims[MAX_RANK];
    int axis, less = 0;
    if (!in_axis(o, direction(axes, i), v->rank, &axis)) return false;
    for (int k = 0; k < v->rank; k++) {
      list[k] = k == axis ? "t" : ":";
      if (k != axis) dims[less++] = v->dims[k];
    }
    if (turns->i && !in_same_size(o, *turns, v->dims[axis]))
      return in_refuse(o, "takes inputs of different lengths");
    *turns = v->dims[axis];
    InValue *x = inside(o, g->inputs.data[first + i].name, v->dtype, v->elem, less, dims);
    in_let(o, x, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  }
  return true;
}

/* What is collected gets an axis in front, of the turns. */
static bool collect_rows(OnnxIn *o, Loop *l, Sz turns) {
  for (uint32_t i = 0; i < l->n_collected; i++) {
    const InValue *row = l->row[i];
    Sz dims[MAX_RANK + 1];
    if (row->rank + 1 > MAX_RANK) return in_refuse(o, "makes too many axes");
    dims[0] = turns;
    memcpy(dims + 1, row->dims, sizeof *dims * (size_t)row->rank);
    l->collected[i] = in_temp(o, "rows", row->dtype, row->rank + 1, dims);
    l->collected[i]->elem = row->elem;
    l->collected[i]->id = in_new_id(o, "rows", false);
  }
  return true;
}

/* Rows in the other order, and their axis elsewhere, where the file says so. */
static InValue *placed_rows(OnnxIn *o, InValue *rows, bool turned, int axis) {
  if (turned) {
    InValue *back = in_temp(o, "turned", rows->dtype, rows->rank, rows->dims);
    back->elem = rows->elem;
    in_equation(o, back, NULL, "reverse[i](%s[%s])", in_use(o, rows), in_letters(o, rows->rank));
    rows = back;
  }
  if (!axis) return rows;
  Sz dims[MAX_RANK];
  const char *list[MAX_RANK] = {in_letter(axis)};
  for (int k = 0, from = 1; k < rows->rank; k++) {
    dims[k] = k == axis ? rows->dims[0] : rows->dims[from];
    if (k != axis) list[from++] = in_letter(k);
  }
  InValue *moved = in_temp(o, "moved", rows->dtype, rows->rank, dims);
  moved->elem = rows->elem;
  in_equation(o, moved, NULL, "%s[%s]", in_use(o, rows), in_list(o, list, rows->rank));
  return moved;
}

static bool scan_outputs(OnnxIn *o, Loop *l, bool back) {
  const ModelInts *axes = in_attr_ints(o, "scan_output_axes");
  const ModelInts *ways = in_attr_ints(o, "scan_output_directions");
  for (uint32_t i = 0; i < l->n_carried; i++) in_alias(o, i, l->carried[i]);
  for (uint32_t i = 0; i < l->n_collected; i++) {
    InValue *rows = l->collected[i];
    int axis = 0;
    if (!in_axis(o, direction(axes, i), rows->rank, &axis)) return false;
    bool turned = (direction(ways, i) != 0) != back;
    in_alias(o, l->n_carried + i, placed_rows(o, rows, turned, axis));
  }
  return true;
}

static bool scan_body(OnnxIn *o, Loop *l, const ModelGraph *g, InValue *const *given,
                      uint32_t slices, Sz *turns) {
  const ModelNode *node = o->node;
  for (uint32_t i = 0; i < l->n_carried; i++) {
    const InValue *v = given[i];
    l->carried[i] = inside(o, g->inputs.data[i].name, v->dtype, v->elem, v->rank, v->dims);
  }
  bool good = scan_slices(o, g, given, l->n_carried, slices, turns) && in_graph(o, g);
  o->node = node;
  return good && loop_results(o, l, g, 0) && collect_rows(o, l, *turns);
}

bool in_scan(OnnxIn *o) {
  const ModelAttr *body = in_attr(o, "body");
  int64_t scanned = in_attr_int(o, "num_scan_inputs", -1);
  const ModelInts *ways = in_attr_ints(o, "scan_input_directions");
  Loop l = {0};
  if (o->opset < 9) return in_refuse(o, "had another meaning before version 9 of the operators");
  if (!body || !body->g || scanned < 1 || scanned > (int64_t)o->n_in || !in_needs(o, o->n_in))
    return in_refuse(o, "lacks its body");
  const ModelGraph *g = body->g;
  uint32_t slices = (uint32_t)scanned, carries = o->n_in - slices;
  if (carries > 32 || slices > 32 || g->inputs.len != o->n_in || g->outputs.len < carries ||
      g->outputs.len - carries > 32)
    return in_refuse(o, "has a body that does not fit");
  InValue *given[64];
  memcpy(given, o->in, sizeof given);
  bool back = direction(ways, 0);
  for (uint32_t i = 0; i < slices; i++)
    if (direction(ways, i) != back) return in_refuse(o, "runs forwards and backwards at once");
  l.n_carried = carries;
  l.n_collected = g->outputs.len - carries;
  Sz turns = SZ_NONE;
  open_loop(o, &l);
  bool good = scan_body(o, &l, g, given, slices, &turns);
  const char *text = good ? loop_text(o, &l, "") : "";
  close_loop(o, &l);
  if (!good) return false;
  in_say(o, "%s%s", loop_head(o, &l, turns, back, given), text);
  return scan_outputs(o, &l, back);
}

/* A Loop whose number of turns is known, and whose condition stays true or ends it. */
bool in_loop(OnnxIn *o) {
  const ModelAttr *body = in_attr(o, "body");
  const ModelNode *node = o->node;
  Loop l = {0};
  int64_t c = 1;
  if (!body || !body->g || o->n_in < 2 || o->n_in > 32) return in_refuse(o, "lacks its body");
  InValue *many = o->in[0], *go = o->in[1];
  uint32_t carries = o->n_in - 2;
  if (!many || !many->whole || !many->count)
    return in_refuse(o, "has a number of turns that is not known before it runs");
  if (go && !in_is_const(o, go, 0, &c)) return in_refuse(o, "may end before its first turn");
  if (body->g->inputs.len != carries + 2 || body->g->outputs.len < carries + 1 ||
      body->g->outputs.len - carries - 1 > 32)
    return in_refuse(o, "has a body that does not fit");
  InValue *given[64];
  memcpy(given, o->in, sizeof given);
  Sz turns = c ? many->whole[0] : size_const(o->ctx, 0);
  l.n_carried = carries;
  l.n_collected = body->g->outputs.len - carries - 1;
  open_loop(o, &l);
  InValue *turn = inside(o, body->g->inputs.data[0].name, DT_i32, ELEM_int64, 0, NULL);
  InValue *flag = in_temp(o, "go", DT_bool, 0, NULL);
  Sz *yes = arena_new(&o->ctx->arena, Sz);
  *yes = size_const(o->ctx, 1);
  in_set_whole(flag, yes, 1);
  in_bind(o, body->g->inputs.data[1].name, flag);
  in_let(o, turn, "i32(t)");
  for (uint32_t i = 0; i < carries; i++) {
    const InValue *v = given[i + 2];
    if (!v) {
      close_loop(o, &l);
      return in_refuse(o, "lacks an input");
    }
    l.carried[i] = inside(o, body->g->inputs.data[i + 2].name, v->dtype, v->elem, v->rank, v->dims);
  }
  bool good = in_graph(o, body->g);
  o->node = node;
  InValue *stays = good ? in_find(o, body->g->outputs.data[0].name) : NULL;
  good = good && loop_results(o, &l, body->g, 1);
  bool ends = good && stays && !(in_is_const(o, stays, 0, &c) && c);
  if (good && ends) {
    close_loop(o, &l);
    return in_refuse(o, "ends when a condition says so");
  }
  good = good && collect_rows(o, &l, turns);
  const char *text = good ? loop_text(o, &l, "") : "";
  close_loop(o, &l);
  if (!good) return false;
  in_say(o, "%s%s", loop_head(o, &l, turns, false, given + 2), text);
  for (uint32_t i = 0; i < carries; i++) in_alias(o, i, l.carried[i]);
  for (uint32_t i = 0; i < l.n_collected; i++) in_alias(o, carries + i, l.collected[i]);
  return true;
}
