/* A whole text. */
#include <string.h>

#include "tests/programs/gen.h"

static void begin_dims(Gen *g, Case *c) {
  static const char *const names[] = {"N", "M"};
  for (int i = 0; i < 2; i++) {
    int value = chance(g, 4) ? 1 : 2 + below(g, 2);
    g->dims[i] = (Extent){names[i], value};
    strcpy(c->sizes[i].name, names[i]);
    c->sizes[i].value = value;
  }
  g->n_dims = c->n_sizes = 2;
}

/* Parts of axes may be empty then, and places that are asked for not there. */
static void shrink_dims(Gen *g, Case *c) {
  int first = below(g, 2);
  c->sizes[first].value = below(g, 2);
  if (chance(g, 50)) c->sizes[1 - first].value = below(g, 2);
  c->empty = true;
}

Case gen_case(Ctx *ctx, uint64_t seed, GenSize size) {
  Gen *g = arena_new(&ctx->arena, Gen);
  Case c = {.seed = seed};
  *g = (Gen){.ctx = ctx,
             .state = seed * 0x2545f4914f6cdd1du + 1,
             .size = size.statements,
             .plain = size.plain,
             .through = size.through};
  g->out = text_new(&ctx->arena);
  begin_dims(g, &c);
  line(g, "# seed %llu, N = %d, M = %d", (unsigned long long)seed, g->dims[0].value,
       g->dims[1].value);
  line(g, "const K = %d", 1 + below(g, 3));
  int kind = below(g, 10);
  for (int i = below(g, kind < 7 ? 3 : 2); i > 0; i--) helper(g);
  if (chance(g, 20)) set_function(g);
  for (int i = kind < 5 ? 0 : 1 + below(g, 2); i > 0; i--) layer(g, txt(g, "L%d", i));
  if (kind < 5)
    main_function(g);
  else if (kind < 7 || g->plain)
    main_layer(g);
  else
    training_program(g);
  if (size.empty) {
    shrink_dims(g, &c);
    line(g, "# run with N = %d, M = %d", c.sizes[0].value, c.sizes[1].value);
  }
  c.text = text_str(&g->out);
  return c;
}
