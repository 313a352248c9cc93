/* Equal clusters side by side are drawn once: the layers of an array ("block x 4"), the updates
 * that an optimizer makes of each weight, and kernels that do the same with other values.
 *
 * Two clusters are equal when their boxes and the arrows between these are. Each box gets a hash of
 * what it says, of the boxes before it and then of those behind it; boxes of two clusters with the
 * same hashes are twins, and the arrows of one become those of the other.
 */
#include <stdlib.h>
#include <string.h>

#include "ir/picture_model.h"

typedef struct TwinBox {
  int box;
  uint64_t hash;
} TwinBox;

typedef struct TwinFamily {
  int cluster; /* 0: not looked at yet */
  uint64_t hash;
  uint32_t n;
  TwinBox *members; /* by hash, then by place */
} TwinFamily;

typedef struct Twins {
  Picture *p;
  uint64_t *hash;       /* by box: of the cluster looked at */
  TwinFamily *families; /* by cluster */
} Twins;

static uint64_t mix(uint64_t a, uint64_t b) {
  a = (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdu;
  return a ^ (a >> 32);
}

static uint64_t mix_text(uint64_t a, const char *text) {
  for (; *text; text++) a = mix(a, (unsigned char)*text);
  return mix(a, 256);
}

/* What a box says; in an optimizer the types are those of the weights, and differ. */
static uint64_t hash_box(const Picture *p, const Box *b, int cluster, bool update) {
  const char *name = b->name, *dot = strrchr(name, '.'), *title = b->title;
  const char *last = strrchr(title, '.');
  uint64_t hash = mix(mix(b->kind, b->op), update ? 0 : b->type.i);
  hash = mix_text(hash, update && dot ? dot : name);
  hash = mix_text(hash, b->kind == BOX_result && last ? last : title);
  for (int at = b->cluster; at > cluster; at = p->clusters.data[at].parent)
    hash = mix_text(hash, p->clusters.data[at].title);
  return hash;
}

/* Hashes of the boxes of a cluster, by box; 0 for the others. Arrows from and to these do not
 * count. */
static void hash_boxes(const Picture *p, int cluster, uint64_t *hash) {
  uint32_t n = p->boxes.len, m = p->edges.len;
  bool update = picture_is_update(p, cluster);
  for (uint32_t i = 0; i < n; i++) {
    const Box *b = &p->boxes.data[i];
    bool inside = picture_lies_in(p, b->cluster, cluster);
    hash[i] = inside ? hash_box(p, b, cluster, update) | 1 : 0;
  }
  for (int forward = 1; forward >= 0; forward--)
    for (uint32_t k = 0; k < m; k++) {
      const Edge *e = &p->edges.data[forward ? k : m - 1 - k];
      int to = forward ? e->to : e->from, from = forward ? e->from : e->to;
      if (hash[to] && hash[from])
        hash[to] += mix(hash[from], (uint64_t)e->operand + 7 + e->back) << 1;
    }
}

static int by_hash(const void *a, const void *b) {
  const TwinBox *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return x->box - y->box;
}

static const TwinFamily *family_of(Twins *t, int cluster) {
  TwinFamily *f = &t->families[cluster];
  uint32_t boxes = t->p->boxes.len, n = 0;
  if (f->cluster) return f;
  f->cluster = cluster;
  hash_boxes(t->p, cluster, t->hash);
  for (uint32_t i = 0; i < boxes; i++) n += t->hash[i] != 0;
  f->members = arena_array(&t->p->ctx->arena, TwinBox, n + 1);
  for (uint32_t i = 0; i < boxes; i++) {
    if (!t->hash[i]) continue;
    f->members[f->n++] = (TwinBox){(int)i, t->hash[i]};
    f->hash += mix(t->hash[i], 1);
  }
  qsort(f->members, f->n, sizeof *f->members, by_hash);
  return f;
}

static bool families_equal(const TwinFamily *a, const TwinFamily *b) {
  bool equal = a->n == b->n && a->hash == b->hash;
  for (uint32_t i = 0; equal && i < a->n; i++) equal = a->members[i].hash == b->members[i].hash;
  return equal;
}

static void become_twin(Picture *p, const TwinFamily *first, const TwinFamily *other) {
  Cluster *c = &p->clusters.data[first->cluster];
  if (!c->twins) c->twins = 1;
  c->twins++;
  p->clusters.data[other->cluster].twin = first->cluster;
  for (uint32_t i = 0; i < other->n; i++) {
    Box *b = &p->boxes.data[other->members[i].box];
    b->into = first->members[i].box;
    b->twin = first->cluster;
  }
}

/* Length of "block" in "block.3"; 0 when it is no element of an array of layers. */
static size_t array_name(const char *name) {
  const char *dot = strrchr(name, '.');
  bool element = dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1);
  return element ? (size_t)(dot - name) : 0;
}

/* Whether two clusters side by side may be drawn as one when they are equal. */
static bool are_siblings(const Picture *p, int a, int b) {
  const Cluster *x = &p->clusters.data[a], *y = &p->clusters.data[b];
  if (x->parent != y->parent || x->kind != y->kind) return false;
  if (picture_is_update(p, x->parent)) return true;
  if (x->kind == CLUSTER_kernel) return !strcmp(x->title, y->title);
  size_t n = array_name(x->name);
  return n && n == array_name(y->name) && !strncmp(x->name, y->name, n);
}

/* "block x 4" when those are all, else "block.1 x 3". */
static void name_twins(Picture *p, int cluster, int siblings) {
  Cluster *c = &p->clusters.data[cluster];
  size_t n = array_name(c->name), whole = strlen(c->name);
  if (c->kind == CLUSTER_kernel) {
    c->title = ctx_printf(p->ctx, "%s x %d", c->title, c->twins);
    return;
  }
  bool titled = !strncmp(c->title, c->name, whole);
  const char *rest = titled ? c->title + whole : "";
  int length = (int)(n && c->twins == siblings ? n : whole);
  c->title = ctx_printf(p->ctx, "%.*s x %d%s", length, c->name, c->twins, rest);
}

/* Which of the clusters a box lies in: 1 + its place; 0: none. */
static int member_of(const Picture *p, int box, const int *clusters, int n) {
  for (int i = 0; i < n; i++)
    if (picture_lies_in(p, p->boxes.data[box].cluster, clusters[i])) return i + 1;
  return 0;
}

/* Whether a way leads from one cluster out and into another one: what stands on it would be drawn
 * once for each of them around the one that is drawn. */
static bool leads_around(const Picture *p, const int *clusters, int n) {
  enum { BITS = 63 };
  uint64_t *from = arena_array(&p->ctx->arena, uint64_t, p->boxes.len);
  int *member = arena_array(&p->ctx->arena, int, p->boxes.len);
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    member[i] = member_of(p, (int)i, clusters, n);
    if (member[i]) from[i] = 1ull << (member[i] < BITS ? member[i] : BITS);
  }
  for (uint32_t k = 0; k < p->edges.len; k++) {
    const Edge *e = &p->edges.data[k];
    if (e->back) continue;
    if (!member[e->to])
      from[e->to] |= from[e->from];
    else if (!member[e->from] && (from[e->from] & ~from[e->to]))
      return true;
  }
  return false;
}

static void fold_siblings(Twins *t, int cluster) {
  Picture *p = t->p;
  const char *name = p->clusters.data[cluster].name;
  bool kernel = p->clusters.data[cluster].kind == CLUSTER_kernel;
  int siblings = 1, n = 1;
  int *equal = arena_array(&p->ctx->arena, int, p->clusters.len);
  equal[0] = cluster;
  for (int other = cluster + 1; other < (int)p->clusters.len; other++) {
    if (!are_siblings(p, cluster, other)) continue;
    bool again = !kernel && !strcmp(name, p->clusters.data[other].name);
    if (again) break; /* the array is used once more */
    siblings++;
    if (!picture_is_open(p, other)) continue;
    const TwinFamily *first = family_of(t, cluster), *f = family_of(t, other);
    if ((kernel || first->n > 1) && families_equal(first, f)) equal[n++] = other;
  }
  if (n == 1 || leads_around(p, equal, n)) return;
  for (int i = 1; i < n; i++) become_twin(p, family_of(t, cluster), family_of(t, equal[i]));
  name_twins(p, cluster, siblings);
}

void picture_fold_twins(Picture *p) {
  Twins t = {p, arena_array(&p->ctx->arena, uint64_t, p->boxes.len),
             arena_array(&p->ctx->arena, TwinFamily, p->clusters.len)};
  for (int i = 1; i < (int)p->clusters.len; i++)
    if (picture_is_open(p, i)) fold_siblings(&t, i);
}
