/* Any bytes as a pickle: a reason, or a value that can be walked as far as it goes. */
#include "io/pickle.h"

static uint64_t walk(const Pickle *p, int depth) {
  uint64_t n = 1;
  if ((p->kind == PICKLE_text || p->kind == PICKLE_global) && !p->text) ORDO_BUG("no text");
  if (p->kind == PICKLE_made && p->items.len != 2) ORDO_BUG("a call without arguments");
  for (uint32_t i = 0; depth < 4 && i < p->items.len && i < 100; i++)
    n += walk(p->items.data[i], depth + 1);
  if (p->state && depth < 4) n += walk(p->state, depth + 1);
  return n;
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  const char *why;
  const Pickle *root = pickle_read(ctx, data, size, &why);
  if (!root == !why) ORDO_BUG("success and reasons disagree");
  if (root && !walk(root, 0)) ORDO_BUG("nothing");
  if (root) pickle_get(root, "model");
}

#include "fuzz.h"
