/* Random graphs for other programs: their text, arguments and results in files of a folder.
 *
 *   write_graphs DIR [--seed S] [--count N] [--nodes N]
 *
 * For each seed that the interpreter takes, without ops of whole matrices: SEED.txt, SEED.in.npz
 * (p0, p1, ..), SEED.f32.npz and SEED.f64.npz (r0, r1, ..: results in f32, and as f64 makes them;
 * app/oracle.h says what their difference tells). tests/onnx/graphs.py reads them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/oracle.h"
#include "io/file.h"
#include "io/npy.h"
#include "fuzz/gen.h"

static bool write_set(Ctx *ctx, const char *path, const char *letter, Tensor *const *list,
                      uint32_t n) {
  Tensors set = {0};
  for (uint32_t i = 0; i < n; i++)
    tensors_add(ctx, &set, ctx_printf(ctx, "%s%u", letter, i), list[i]);
  return npz_write(ctx, path, &set);
}

/* ops that no other program has */
static bool is_rare(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (op_is(n->op, T_MATRIX) || (n->body && is_rare(n->body))) return true;
  }
  return false;
}

static bool write_case(const char *folder, uint64_t seed, int nodes) {
  Ctx *ctx = ctx_new();
  GenOptions options = {.nodes = nodes,
                        .symbolic = seed & 1,
                        .regions = true,
                        .random = true,
                        .empty = seed % 4 == 1};
  Gen *gen = gen_new(ctx, seed, options);
  Graph *g = gen_graph(gen);
  Fault fault = {0};
  Oracle oracle;
  gen_results(g);
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  bool good = true,
       made = !is_rare(g) && oracle_args(g, &gen->env, gen_next(gen), -2, 2, args, &fault);
  if (made && oracle_open(&oracle, ctx, g, (const Tensor *const *)args, &fault)) {
    const char *path = ctx_printf(ctx, "%s/%llu", folder, (unsigned long long)seed);
    const char *text = graph_str(g);
    good = file_write(ctx, ctx_printf(ctx, "%s.txt", path), text, strlen(text)) &&
           write_set(ctx, ctx_printf(ctx, "%s.in.npz", path), "p", args, g->params.len) &&
           write_set(ctx, ctx_printf(ctx, "%s.f32.npz", path), "r", oracle.y32, g->results.len) &&
           write_set(ctx, ctx_printf(ctx, "%s.f64.npz", path), "r", oracle.y64, g->results.len);
    oracle_close(&oracle);
  }
  if (made) gen_free(args, g->params.len);
  ctx_free(ctx);
  return good;
}

int main(int argc, char **argv) {
  uint64_t seed = 1;
  long count = 100;
  int nodes = 12;
  for (int i = 2; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--seed")) seed = strtoull(argv[i + 1], NULL, 10);
    if (!strcmp(argv[i], "--count")) count = atol(argv[i + 1]);
    if (!strcmp(argv[i], "--nodes")) nodes = atoi(argv[i + 1]);
  }
  if (argc < 2) {
    fprintf(stderr, "usage: write_graphs DIR [--seed S] [--count N] [--nodes N]\n");
    return 2;
  }
  for (long i = 0; i < count; i++)
    if (!write_case(argv[1], seed + (uint64_t)i, nodes)) return 1;
  return 0;
}
