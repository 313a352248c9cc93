/* What can be named in a picture: its frames, and the values that have a name. */
#include <string.h>

#include "ir/picture_model.h"

static const char *const kinds[] = {"", "scope", "scan", "kernel", "call"};

static void list_frame(Picture *p, int at, Text *out) {
  const Cluster *c = &p->clusters.data[at];
  const char *weights = picture_weights(p, at, -1);
  const char *name = c->kind == CLUSTER_scope || c->kind == CLUSTER_call ? c->path : c->name;
  text_printf(out, "%-7s %-40s %s%s%s\n", kinds[c->kind], name, c->title, *weights ? "  " : "",
              weights);
}

static bool is_new(const Picture *p, uint32_t at) {
  for (uint32_t i = 0; i < at; i++)
    if (!strcmp(p->boxes.data[i].name, p->boxes.data[at].name)) return false;
  return *p->boxes.data[at].name != 0;
}

void picture_list(Ctx *ctx, const Graph *g, Text *out) {
  static const PictureOptions plain = {0};
  Picture p = {.ctx = ctx, .opt = &plain};
  picture_walk(&p, g);
  for (uint32_t i = 1; i < p.clusters.len; i++) list_frame(&p, (int)i, out);
  for (uint32_t i = 0; i < p.boxes.len; i++) {
    const Box *b = &p.boxes.data[i];
    if (is_new(&p, i)) text_printf(out, "%-7s %-40s %s\n", "name", b->name, type_str(ctx, b->type));
  }
}
