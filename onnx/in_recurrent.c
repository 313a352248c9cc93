/* Recurrent networks of a file that is imported, as loops with their gates written out. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "onnx/in_tools.h"

typedef struct Cell {
  const char *op;
  int gates, carries; /* h; h and c */
  const char *activations[3];
} Cell;

typedef struct Recurrent {
  const Cell *cell;
  const InValue *x, *weight, *again, *bias, *lengths, *h, *c, *peep;
  const char *f[3]; /* activations of this direction */
  Sz turns, batch, hidden;
  int directions;
} Recurrent;

/* Names that stand for values of the text. */
static InValue *made(OnnxIn *o, const char *hint, const InValue *like, int rank, const Sz *dims,
                     const char *text) {
  InValue *v = in_temp(o, hint, like->dtype, rank, dims);
  v->id = in_new_id(o, hint, true);
  in_let(o, v, "%s", text);
  return v;
}

static const char *activation(OnnxIn *o, const char *name) {
  static const char *const known[][2] = {
      {"Sigmoid", "sigmoid"}, {"Tanh", "tanh"}, {"Relu", "relu"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcasecmp(name, known[i][0])) return known[i][1];
  in_refuse(o, "has the activation '%s'", name);
  return NULL;
}

static bool read_activations(OnnxIn *o, Recurrent *r, int direction) {
  const ModelAttr *a = in_attr(o, "activations");
  int n = r->cell->gates == 1 ? 1 : r->cell->carries == 2 ? 3 : 2;
  for (int k = 0; k < n; k++) {
    uint32_t at = (uint32_t)(direction * n + k);
    const char *name = a && at < a->strings.len ? a->strings.data[at] : r->cell->activations[k];
    r->f[k] = activation(o, name);
    if (!r->f[k]) return false;
  }
  return true;
}

static const char *part(OnnxIn *o, const InValue *v, const char *list) {
  return ctx_printf(o->ctx, "%s[%s]", in_use(o, v), list);
}

/* Columns of gate k of what all gates were computed in. */
static const char *gate(OnnxIn *o, const Recurrent *r, const InValue *all, int k) {
  Sz from = size_mul(o->ctx, r->hidden, size_const(o->ctx, k)),
     to = size_mul(o->ctx, r->hidden, size_const(o->ctx, k + 1));
  bool last = k == r->cell->gates - 1;
  return ctx_printf(o->ctx, "%s[:, %s:%s]", in_use(o, all), k ? size_str(o->ctx, from) : "",
                    last ? "" : size_str(o->ctx, to));
}

static const char *peephole(OnnxIn *o, const Recurrent *r, int direction, int k, const char *c) {
  if (!r->peep) return "";
  Sz from = size_mul(o->ctx, r->hidden, size_const(o->ctx, k)),
     to = size_mul(o->ctx, r->hidden, size_const(o->ctx, k + 1));
  return ctx_printf(o->ctx, " + %s[%d, %s:%s] * %s", in_use(o, r->peep), direction,
                    size_str(o->ctx, from), size_str(o->ctx, to), c);
}

/* The parameters of a direction. */
typedef struct Way {
  InValue *w, *u, *wb, *ub;
} Way;

static Way way_of(OnnxIn *o, const Recurrent *r, int d) {
  Sz gates = size_mul(o->ctx, r->hidden, size_const(o->ctx, r->cell->gates));
  Sz wide[2] = {r->weight->dims[2], gates}, tall[2] = {r->hidden, gates};
  const char *matrix = ctx_printf(o->ctx, "%d, :, :", d), *g = size_str(o->ctx, gates);
  Way way = {.w = made(o, "w", r->x, 2, wide,
                       ctx_printf(o->ctx, "transpose(%s)", part(o, r->weight, matrix))),
             .u = made(o, "u", r->x, 2, tall,
                       ctx_printf(o->ctx, "transpose(%s)", part(o, r->again, matrix)))};
  if (!r->bias) return way;
  way.wb = made(o, "b", r->x, 1, &gates, part(o, r->bias, ctx_printf(o->ctx, "%d, :%s", d, g)));
  way.ub = made(o, "b", r->x, 1, &gates, part(o, r->bias, ctx_printf(o->ctx, "%d, %s:", d, g)));
  return way;
}

static const char *plus(OnnxIn *o, const InValue *b) {
  return b ? ctx_printf(o->ctx, " + %s", in_use(o, b)) : "";
}

/* The new state, from x and h of this turn, which have been computed with their matrices. */
static const char *lstm_cell(OnnxIn *o, const Recurrent *r, const Way *way, int d, const char *x,
                             InValue *h, InValue *c, InValue **next_c) {
  Sz all[2] = {r->batch, way->w->dims[1]}, one[2] = {r->batch, r->hidden};
  const char *cell = in_use(o, c);
  InValue *z = made(o, "z", r->x, 2, all,
                    ctx_printf(o->ctx, "%s @ %s + %s @ %s%s%s", x, in_use(o, way->w), in_use(o, h),
                               in_use(o, way->u), plus(o, way->wb), plus(o, way->ub)));
  InValue *i =
      made(o, "i_gate", r->x, 2, one,
           ctx_printf(o->ctx, "%s(%s%s)", r->f[0], gate(o, r, z, 0), peephole(o, r, d, 0, cell)));
  InValue *f =
      made(o, "f_gate", r->x, 2, one,
           ctx_printf(o->ctx, "%s(%s%s)", r->f[0], gate(o, r, z, 2), peephole(o, r, d, 2, cell)));
  InValue *g = made(o, "g", r->x, 2, one, ctx_printf(o->ctx, "%s(%s)", r->f[1], gate(o, r, z, 3)));
  *next_c =
      made(o, "c_next", r->x, 2, one,
           ctx_printf(o->ctx, "%s * %s + %s * %s", in_use(o, f), cell, in_use(o, i), in_use(o, g)));
  const char *fresh = in_use(o, *next_c);
  InValue *out =
      made(o, "o_gate", r->x, 2, one,
           ctx_printf(o->ctx, "%s(%s%s)", r->f[0], gate(o, r, z, 1), peephole(o, r, d, 1, fresh)));
  return ctx_printf(o->ctx, "%s * %s(%s)", in_use(o, out), r->f[2], fresh);
}

static const char *gru_cell(OnnxIn *o, const Recurrent *r, const Way *way, const char *x,
                            InValue *h) {
  Sz all[2] = {r->batch, way->w->dims[1]}, one[2] = {r->batch, r->hidden};
  const char *state = in_use(o, h);
  InValue *a = made(o, "x_part", r->x, 2, all,
                    ctx_printf(o->ctx, "%s @ %s%s", x, in_use(o, way->w), plus(o, way->wb)));
  InValue *b = made(o, "h_part", r->x, 2, all,
                    ctx_printf(o->ctx, "%s @ %s%s", state, in_use(o, way->u), plus(o, way->ub)));
  InValue *z = made(o, "z", r->x, 2, one,
                    ctx_printf(o->ctx, "%s(%s + %s)", r->f[0], gate(o, r, a, 0), gate(o, r, b, 0)));
  InValue *s = made(o, "reset", r->x, 2, one,
                    ctx_printf(o->ctx, "%s(%s + %s)", r->f[0], gate(o, r, a, 1), gate(o, r, b, 1)));
  const char *rest;
  if (in_attr_int(o, "linear_before_reset", 0)) {
    rest = ctx_printf(o->ctx, "%s * %s", in_use(o, s), gate(o, r, b, 2));
  } else {
    const char *from = size_str(o->ctx, size_mul(o->ctx, r->hidden, size_const(o->ctx, 2)));
    rest =
        ctx_printf(o->ctx, "(%s * %s) @ %s[:, %s:]%s", in_use(o, s), state, in_use(o, way->u), from,
                   way->ub ? ctx_printf(o->ctx, " + %s[%s:]", in_use(o, way->ub), from) : "");
  }
  InValue *n = made(o, "fresh", r->x, 2, one,
                    ctx_printf(o->ctx, "%s(%s + %s)", r->f[1], gate(o, r, a, 2), rest));
  return ctx_printf(o->ctx, "(1 - %s) * %s + %s * %s", in_use(o, z), in_use(o, n), in_use(o, z),
                    state);
}

static const char *start_of(OnnxIn *o, const Recurrent *r, const InValue *given, int d,
                            const Sz *dims) {
  if (given) return part(o, given, ctx_printf(o->ctx, "%d, :, :", d));
  return ctx_printf(o->ctx, "full(%s, %s)", in_typed(o, r->x->dtype, "0"), in_dims(o, dims, 2));
}

/* One direction: the loop, and what it leaves. */
static void run_way(OnnxIn *o, const Recurrent *r, int d, bool back, InValue **rows,
                    InValue **last_h, InValue **last_c) {
  Sz one[2] = {r->batch, r->hidden}, all[3] = {r->turns, r->batch, r->hidden};
  Way way = way_of(o, r, d);
  InValue *h = in_temp(o, "h", r->x->dtype, 2, one), *c = in_temp(o, "c", r->x->dtype, 2, one),
          *next_c = NULL;
  InValue *out = in_temp(o, "out", r->x->dtype, 3, all);
  h->id = in_new_id(o, "h1", true);
  out->id = in_new_id(o, "states", true);
  bool two = r->cell->carries == 2;
  if (two) c->id = in_new_id(o, "c1", true);
  const char *head = ctx_printf(o->ctx, "scan t in %s%s, \3%u\2 = %s", size_str(o->ctx, r->turns),
                                back ? " reversed" : "", h->id, start_of(o, r, r->h, d, one));
  if (two) head = ctx_printf(o->ctx, "%s, \3%u\2 = %s", head, c->id, start_of(o, r, r->c, d, one));
  InStmts body = {0}, *outside = o->out;
  o->out = &body;
  const char *x = part(o, r->x, "t, :, :"), *text;
  if (two)
    text = lstm_cell(o, r, &way, d, x, h, c, &next_c);
  else if (r->cell->gates == 3)
    text = gru_cell(o, r, &way, x, h);
  else
    text = ctx_printf(o->ctx, "%s(%s @ %s + %s @ %s%s%s)", r->f[0], x, in_use(o, way.w),
                      in_use(o, h), in_use(o, way.u), plus(o, way.wb), plus(o, way.ub));
  InValue *next = made(o, "h_next", r->x, 2, one, text);
  const char *row = in_use(o, next), *new_h = row, *new_c = two ? in_use(o, next_c) : "";
  if (r->lengths) {
    const char *live = ctx_printf(o->ctx, "(i32(t) < %s)[:, new]", in_use(o, r->lengths));
    InValue *there = in_temp(o, "there", DT_bool, 2, one);
    in_let(o, there, "i32(t) < %s[:, new]", in_use(o, r->lengths));
    live = in_use(o, there);
    new_h = ctx_printf(o->ctx, "where(%s, %s, %s)", live, row, in_use(o, h));
    new_c = ctx_printf(o->ctx, "where(%s, %s, %s)", live, new_c, in_use(o, c->id ? c : h));
    row = ctx_printf(o->ctx, "where(%s, %s, 0)", live, row);
  }
  in_say(o, "\3%u\2[t, :, :] = %s", out->id, row);
  if (two)
    in_say(o, "(\1%u\2, \1%u\2) = (%s, %s)", h->id, c->id, new_h, new_c);
  else
    in_say(o, "\1%u\2 = %s", h->id, new_h);
  const char *inside = in_join(o, &body);
  o->out = outside;
  in_say(o, "%s {\n%s}", head, inside);
  *rows = out;
  *last_h = h;
  *last_c = c;
}

/* Results of both directions side by side. */
static void together(OnnxIn *o, uint32_t i, InValue *const *parts, int n, int rank, const Sz *dims,
                     int axis) {
  if (!in_has_output(o, i)) return;
  bool first = in_attr_int(o, "layout", 0);
  const char *places = axis ? "[:, new, :, :]" : "[new, :, :]";
  const char *text = ctx_printf(o->ctx, "%s%s", in_use(o, parts[0]), places);
  if (n == 2)
    text =
        ctx_printf(o->ctx, "concat[axis = %d](%s, %s%s)", axis, text, in_use(o, parts[1]), places);
  if (!first) {
    in_let(o, in_output(o, i, parts[0]->dtype, rank, dims), "%s", text);
    return;
  }
  InValue *plain = in_temp(o, "all", parts[0]->dtype, rank, dims);
  Sz turned[4];
  memcpy(turned, dims, sizeof turned);
  if (rank == 4) { /* T, D, B, H to B, T, D, H */
    turned[0] = dims[2];
    turned[1] = dims[0];
    turned[2] = dims[1];
  } else {
    turned[0] = dims[1];
    turned[1] = dims[0];
  }
  in_let(o, plain, "%s", text);
  in_equation(o, in_output(o, i, parts[0]->dtype, rank, turned),
              rank == 4 ? "k, i, j, l" : "j, i, k", "%s[%s]", in_use(o, plain),
              in_letters(o, rank));
}

static const InValue *input(const OnnxIn *o, uint32_t i) { return i < o->n_in ? o->in[i] : NULL; }

/* Batch first becomes time first. */
static const InValue *time_first(OnnxIn *o, const InValue *v) {
  if (!v || !in_attr_int(o, "layout", 0) || v->rank != 3) return v;
  Sz dims[3] = {v->dims[1], v->dims[0], v->dims[2]};
  InValue *y = in_temp(o, "turned", v->dtype, 3, dims);
  in_equation(o, y, "i, j, k", "%s[j, i, k]", in_use(o, v));
  return y;
}

static bool recurrent(OnnxIn *o, const Cell *cell) {
  Recurrent r = {.cell = cell};
  if (!in_needs(o, 3)) return false;
  const char *way = in_attr_text(o, "direction", "forward");
  bool two = !strcmp(way, "bidirectional"), lstm = cell->carries == 2;
  if (in_attr(o, "clip")) return in_refuse(o, "clips its gates");
  if (in_attr_int(o, "input_forget", 0)) return in_refuse(o, "couples its gates");
  if (o->in[0]->rank != 3 || o->in[1]->rank != 3 || o->in[2]->rank != 3)
    return in_refuse(o, "has the wrong number of axes");
  r.x = time_first(o, o->in[0]);
  r.weight = o->in[1];
  r.again = o->in[2];
  r.bias = input(o, 3);
  r.lengths = input(o, 4);
  r.h = time_first(o, input(o, 5));
  if (lstm) {
    r.c = time_first(o, input(o, 6));
    r.peep = input(o, 7);
  }
  r.turns = r.x->dims[0];
  r.batch = r.x->dims[1];
  r.hidden = r.again->dims[2];
  r.directions = two ? 2 : 1;
  if (!size_is(o->ctx, r.weight->dims[0], r.directions))
    return in_refuse(o, "has weights of other directions");
  InValue *rows[2], *h[2], *c[2];
  for (int d = 0; d < r.directions; d++) {
    if (!read_activations(o, &r, d)) return false;
    run_way(o, &r, d, d == 1 || !strcmp(way, "reverse"), &rows[d], &h[d], &c[d]);
  }
  Sz n = size_const(o->ctx, r.directions);
  Sz all[4] = {r.turns, n, r.batch, r.hidden}, last[4] = {n, r.batch, r.hidden};
  together(o, 0, rows, r.directions, 4, all, 1);
  together(o, 1, h, r.directions, 3, last, 0);
  if (lstm) together(o, 2, c, r.directions, 3, last, 0);
  return true;
}

bool in_rnn(OnnxIn *o) {
  static const Cell cell = {"RNN", 1, 1, {"Tanh"}};
  return recurrent(o, &cell);
}
bool in_gru(OnnxIn *o) {
  static const Cell cell = {"GRU", 3, 1, {"Sigmoid", "Tanh"}};
  return recurrent(o, &cell);
}
bool in_lstm(OnnxIn *o) {
  static const Cell cell = {"LSTM", 4, 2, {"Sigmoid", "Tanh", "Tanh"}};
  return recurrent(o, &cell);
}
