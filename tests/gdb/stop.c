/* A program to stop in: tests/gdb/gdb.sh looks at its graph with ir/gdb.py. tables.h, for its
 * debug information. */
#include "ir/tables.h"

void stop_here(const Graph *g, const Node *sum);

__attribute__((noinline)) void stop_here(const Graph *g, const Node *sum) {
  __asm__ volatile("" : : "r"(g), "r"(sum) : "memory");
}

int main(void) {
  Ctx *ctx = ctx_new();
  static const char text[] = "graph &0 \"total\" {\n"
                             "  %0: f32[3, N] = param(index=0) \"x\"\n"
                             "  %1: f32[3] = sum(%0, axes=[1]) \"s\"\n"
                             "  return %1\n"
                             "}\n";
  Graph *g = graph_read(ctx, source_add(ctx, "total", text, sizeof text - 1));
  if (g && ir_tables(ctx)) stop_here(g, graph_node(g, (Ref){1}));
  ctx_free(ctx);
  return !g;
}
