/* Making a picture small: clusters become one box, chains of small ops become one box, and what is
 * far from the node asked for is hidden.
 *
 * Kernels of a graph with many ops are one box each. When there are more boxes than wanted, the
 * clusters of the deepest level are collapsed, then those of the level above, and so on; if that is
 * not enough, elementwise and movement ops with a single user are merged into it.
 */
#include <stdlib.h>
#include <string.h>

#include "ir/picture_model.h"

/* Of a graph with kernels: with more ops than the first, kernels are one box each; with more boxes
 * than the second, what is nested in layers is. Values made for the way back cross the whole
 * picture then, and fewer boxes than elsewhere can be followed. */
enum { KERNELS_OPENED = 60, MOST_KERNELS = 150 };
enum { DEFAULT_MOST = 300, DEFAULT_RADIUS = 2, COUNTS_SHOWN = 6, TYPES_SHOWN = 2 };

static void merge(Picture *p, int from, int into) {
  from = picture_shown(p, from);
  into = picture_shown(p, into);
  if (from == into) return;
  p->boxes.data[from].into = into;
  p->boxes.data[into].members += p->boxes.data[from].members;
}

/* The box of a cluster belongs to the cluster's parent. */
static void collapse_cluster(Picture *p, int cluster) {
  Cluster *c = &p->clusters.data[cluster];
  if (!picture_is_open(p, cluster)) return;
  int first = -1;
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    int shown = picture_shown(p, (int)i);
    bool better = first < 0 || (p->boxes.data[first].hidden && !p->boxes.data[shown].hidden);
    if (picture_lies_in(p, p->boxes.data[i].cluster, cluster) && better) first = shown;
  }
  for (uint32_t i = 0; first >= 0 && i < p->boxes.len; i++)
    if (picture_lies_in(p, p->boxes.data[i].cluster, cluster)) merge(p, (int)i, first);
  if (first < 0) return;
  p->boxes.data[first].title = c->title;
  c->box = first;
}

/* ---- what the options say ---- */

static bool names_cluster(const Cluster *c, const char *name) {
  static const char *const kinds[] = {"", "scope", "scan", "kernel", "call"};
  if (c->kind == CLUSTER_root) return false;
  size_t n = strlen(name); /* 'block' names block.3, and 'adam' an optimizer */
  bool begins =
      !strncmp(name, c->name, n) && (c->name[n] == '.' || !strncmp(c->name + n, " over ", 6));
  return !strcmp(name, kinds[c->kind]) || begins || !strcmp(name, c->name) ||
         !strcmp(name, c->path);
}

static bool collapse_named(Picture *p) {
  for (int k = 0; k < p->opt->n_collapse; k++) {
    bool found = false;
    for (uint32_t i = 1; i < p->clusters.len; i++) {
      if (!names_cluster(&p->clusters.data[i], p->opt->collapse[k])) continue;
      collapse_cluster(p, (int)i);
      found = true;
    }
    if (found) continue;
    diag_at(p->ctx, (Span){0}, E_picture_option, "there is no scope, scan, kernel or call '%s'",
            p->opt->collapse[k]);
    picture_help_frame(p, p->opt->collapse[k]);
    return false;
  }
  return true;
}

/* Ops, and boxes that stand for several. */
static int count_visible(const Picture *p) {
  int n = 0;
  for (uint32_t i = 0; i < p->boxes.len; i++)
    n += picture_is_visible(p, (int)i) &&
         (p->boxes.data[i].kind == BOX_op || p->boxes.data[i].members > 1);
  return n;
}

static int deepest(const Picture *p) {
  int depth = 0;
  for (uint32_t i = 0; i < p->clusters.len; i++)
    if (p->clusters.data[i].depth > depth) depth = p->clusters.data[i].depth;
  return depth;
}

static void collapse_below(Picture *p, int depth) {
  for (uint32_t i = 1; i < p->clusters.len; i++)
    if (p->clusters.data[i].depth == depth) collapse_cluster(p, (int)i);
}

/* The one visible box that uses a box, or -1. */
static int *single_users(const Picture *p) {
  enum { NONE = -1, MANY = -2 };
  int *user = arena_array(&p->ctx->arena, int, p->boxes.len);
  for (uint32_t i = 0; i < p->boxes.len; i++) user[i] = NONE;
  for (uint32_t i = 0; i < p->edges.len; i++) {
    int from = picture_shown(p, p->edges.data[i].from), to = picture_shown(p, p->edges.data[i].to);
    if (from != to && user[from] != to) user[from] = user[from] == NONE ? to : MANY;
  }
  return user;
}

static void merge_chains(Picture *p) {
  const int *user = single_users(p);
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    if (!picture_is_visible(p, (int)i) || user[i] < 0 || b->kind != BOX_op) continue;
    const Box *to = &p->boxes.data[picture_shown(p, user[i])];
    if (op_is(b->op, T_ELEMENTWISE | T_MOVEMENT) && to->kind == BOX_op && to->cluster == b->cluster)
      merge(p, (int)i, user[i]);
  }
}

/* ---- neighbourhood ---- */

static int find_node(const Picture *p, const Graph *g, const char *name) {
  char *end;
  long number = *name == '%' ? strtol(name + 1, &end, 10) : -1;
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    if (number >= 0 ? b->graph == g && b->node.i == (uint32_t)number && b->kind != BOX_result
                    : !strcmp(b->name, name) || (b->kind == BOX_result && !strcmp(b->title, name)))
      return picture_shown(p, (int)i);
  }
  return -1;
}

/* Hides what is more than radius edges away from the boxes with distance 0. */
static void keep_near(Picture *p, int *distance) {
  int radius = p->opt->radius > 0 ? p->opt->radius : DEFAULT_RADIUS;
  for (int step = 0; step < radius; step++)
    for (uint32_t i = 0; i < p->edges.len; i++) {
      int a = picture_shown(p, p->edges.data[i].from), b = picture_shown(p, p->edges.data[i].to);
      if (distance[a] == step && distance[b] > step) distance[b] = step + 1;
      if (distance[b] == step && distance[a] > step) distance[a] = step + 1;
    }
  for (uint32_t i = 0; i < p->boxes.len; i++) p->boxes.data[i].hidden |= distance[i] == INT32_MAX;
}

static int *far_away(const Picture *p) {
  int *distance = arena_array(&p->ctx->arena, int, p->boxes.len);
  for (uint32_t i = 0; i < p->boxes.len; i++) distance[i] = INT32_MAX;
  return distance;
}

static bool keep_around(Picture *p, const Graph *g) {
  int from = find_node(p, g, p->opt->around), *distance = far_away(p);
  if (from < 0) {
    diag_at(p->ctx, (Span){0}, E_picture_option, "there is no node '%s' in the picture",
            p->opt->around);
    picture_help_name(p, p->opt->around);
    return false;
  }
  distance[from] = 0;
  keep_near(p, distance);
  return true;
}

static void keep_wanted(Picture *p) {
  int *distance = far_away(p);
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    if (b->kind != BOX_result && p->opt->wanted(p->opt->user, &(PictureValue){b->graph, b->node}))
      distance[picture_shown(p, (int)i)] = 0;
  }
  keep_near(p, distance);
}

/* By cluster: whether something leaves it, all of that is read by optimizers only, and it takes no
 * weights: a schedule of their rates. */
static bool *find_schedules(const Picture *p) {
  enum { LEAVES = 1, READ_ELSEWHERE = 2, TAKES_WEIGHTS = 4 };
  int *seen = arena_array(&p->ctx->arena, int, p->clusters.len);
  bool *schedule = arena_array(&p->ctx->arena, bool, p->clusters.len);
  for (uint32_t k = 0; k < p->edges.len; k++) {
    const Edge *e = &p->edges.data[k];
    int to = p->boxes.data[e->to].cluster;
    bool update = picture_is_update(p, to);
    for (int at = p->boxes.data[e->from].cluster; at > 0; at = p->clusters.data[at].parent)
      if (!picture_lies_in(p, to, at)) seen[at] |= update ? LEAVES : READ_ELSEWHERE;
  }
  for (uint32_t k = 0; k < p->uses.len; k++)
    for (int at = p->boxes.data[p->uses.data[k].box].cluster; at > 0;
         at = p->clusters.data[at].parent)
      seen[at] |= TAKES_WEIGHTS;
  for (uint32_t i = 1; i < p->clusters.len; i++)
    schedule[i] = seen[i] == LEAVES && p->clusters.data[i].kind != CLUSTER_kernel;
  return schedule;
}

/* Optimizers, and the schedules that only they read, are one box each. */
static void collapse_updates(Picture *p) {
  const bool *schedule = find_schedules(p);
  for (uint32_t i = 1; i < p->clusters.len; i++) {
    int parent = p->clusters.data[i].parent;
    bool update = picture_is_update(p, (int)i) && !picture_is_update(p, parent);
    if (update || (schedule[i] && !picture_is_update(p, (int)i))) collapse_cluster(p, (int)i);
  }
}

static void collapse_kernels(Picture *p) {
  bool any = false;
  if (count_visible(p) <= KERNELS_OPENED) return;
  for (uint32_t i = 1; i < p->clusters.len; i++) {
    if (p->clusters.data[i].kind != CLUSTER_kernel) continue;
    collapse_cluster(p, (int)i);
    any = true;
  }
  for (int depth = deepest(p); any && depth > 1 && count_visible(p) > MOST_KERNELS; depth--)
    collapse_below(p, depth);
}

bool picture_reduce(Picture *p, const Graph *g) {
  int most = p->opt->most > 0 ? p->opt->most : DEFAULT_MOST;
  if (!collapse_named(p)) return false;
  if (!p->opt->weights && !p->opt->whole) collapse_updates(p);
  if (!p->opt->whole) picture_fold_twins(p);
  for (int depth = deepest(p); p->opt->depth > 0 && depth > p->opt->depth; depth--)
    collapse_below(p, depth);
  if (p->opt->around && !keep_around(p, g)) return false;
  if (p->opt->wanted) keep_wanted(p);
  if (!p->opt->whole) collapse_kernels(p);
  for (int depth = deepest(p); depth > 0 && count_visible(p) > most; depth--)
    collapse_below(p, depth);
  if (count_visible(p) > most) merge_chains(p);
  return true;
}

/* ---- counts ---- */

/* The cluster that a box stands for, or 0. */
static int cluster_of_box(const Picture *p, int box) {
  for (uint32_t i = 1; i < p->clusters.len; i++)
    if (p->clusters.data[i].box == box) return (int)i;
  return 0;
}

/* What is told of several equal clusters that one box stands for is told of each. */
static bool is_counted_by_twin(const Picture *p, const Box *b, int box) {
  return b->twin && b->twin == cluster_of_box(p, box);
}

static const char *number_of_elements(Ctx *ctx, int64_t n) {
  if (n < 1000) return ctx_printf(ctx, "%d", (int)n);
  const char *unit = n < 1000000 ? "k" : n < 1000000000 ? "M" : "G";
  double times = n < 1000000 ? 1e3 : n < 1000000000 ? 1e6 : 1e9, value = (double)n / times;
  return ctx_printf(ctx, value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
}

const char *picture_weights(const Picture *p, int cluster, int box) {
  Ctx *ctx = p->ctx;
  bool *seen = arena_array(&ctx->arena, bool, p->folded.len + 1), sized = true;
  int count = 0, own = box >= 0 ? cluster_of_box(p, box) : cluster;
  int64_t total = 0, elements;
  for (uint32_t i = 0; i < p->uses.len; i++) {
    FoldedUse use = p->uses.data[i];
    const Box *b = &p->boxes.data[use.box];
    const Folded *f = &p->folded.data[use.folded];
    bool inside = box >= 0 ? picture_shown(p, use.box) == box && !is_counted_by_twin(p, b, box)
                           : picture_lies_in(p, b->cluster, cluster);
    if (!inside || seen[use.folded] || f->role != ROLE_weight) continue;
    seen[use.folded] = true;
    count++;
    sized &= size_is_const(ctx, type_count(ctx, f->type), &elements);
    if (sized) total += elements;
  }
  if (!count) return "";
  const char *each = p->clusters.data[own].twins ? " each" : "";
  const char *text = ctx_printf(ctx, "%d weight%s", count, count > 1 ? "s" : "");
  return sized ? ctx_printf(ctx, "%s, %s%s", text, number_of_elements(ctx, total), each)
               : ctx_printf(ctx, "%s%s", text, each);
}

const char *picture_counts(const Picture *p, int box) {
  int counts[N_OPS] = {0};
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    if (b->kind == BOX_op && picture_shown(p, (int)i) == box && !is_counted_by_twin(p, b, box))
      counts[b->op]++;
  }
  Text text = text_new(&p->ctx->arena);
  for (int shown = 0; shown <= COUNTS_SHOWN; shown++) {
    int most = 0;
    for (int op = 1; op < N_OPS; op++)
      if (counts[op] > counts[most]) most = op;
    if (!counts[most]) break;
    if (shown == COUNTS_SHOWN)
      text_puts(&text, ", ...");
    else if (counts[most] > 1)
      text_printf(&text, "%s%d %s", shown ? ", " : "", counts[most], op_info[most].name);
    else
      text_printf(&text, "%s%s", shown ? ", " : "", op_info[most].name);
    counts[most] = 0;
  }
  return text_str(&text);
}

static int first_twin(const Picture *p, int box) {
  while (p->boxes.data[box].twin) box = p->boxes.data[box].into;
  return box;
}

const char *picture_types(const Picture *p, int box) {
  const Edge *told[TYPES_SHOWN];
  int shown = 0;
  Text text = text_new(&p->ctx->arena);
  for (uint32_t i = 0; i < p->edges.len; i++) {
    const Edge *e = &p->edges.data[i];
    bool leaves = picture_shown(p, e->from) == box && picture_shown(p, e->to) != box;
    for (int k = 0; k < shown; k++)
      leaves &=
          first_twin(p, told[k]->from) != first_twin(p, e->from) || !ty_eq(told[k]->type, e->type);
    if (!leaves) continue;
    if (shown == TYPES_SHOWN) {
      text_puts(&text, ", ...");
      break;
    }
    told[shown++] = e;
    text_puts(&text, shown > 1 ? ", " : "");
    type_print(p->ctx, e->type, &text);
  }
  return text_str(&text);
}
