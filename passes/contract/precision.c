/* precision: products of f32 become products in bf16 (base/bf16.h), where the program asks for it.
 *
 * It runs behind all that rewrites products, so that nothing which reorders or regroups factors
 * meets a rounded operand that it has not been written for, and behind 'grad', so that the
 * products of derivatives round theirs like those of values. What is a product is what 'contract'
 * made of the text; a sum that stayed a sum is added up in f32.
 */
#include <string.h>

#include "passes/passes.h"

static Graph *round_products(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *old = pass_map_bodies(pc, g, options, round_products);
  RefMap map = refmap_new(&pc->ctx->arena, old);
  Graph *out = graph_like(old, &map);
  Attr bf16 = attr_s(A_precision, ctx_str(pc->ctx, "bf16"));
  bool changed = false;
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    bool rounds =
        n->op == OP_dot && type_info(pc->ctx, n->type)->dtype == DT_f32 && !dot_is_bf16(n);
    if (!rounds || !pass_fuel(pc)) {
      map.to[i] = refmap_copy(old, (Ref){i}, out, &map);
      continue;
    }
    Node copy = *n;
    Attr *attrs = arena_array(&pc->ctx->arena, Attr, n->n_attrs + 1);
    memcpy(attrs, n->attrs, n->n_attrs * sizeof *attrs);
    attrs[n->n_attrs] = bf16;
    copy.attrs = attrs;
    copy.n_attrs++;
    Ref operands[] = {map.to[n->operands[0].i], map.to[n->operands[1].i]};
    pass_stamp(out, n);
    map.to[i] = build_copy(out, &copy, operands);
    changed = true;
  }
  if (!changed) return (Graph *)old;
  pass_results(old, out, &map);
  return out;
}

Graph *pass_precision(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const char *products = pass_option_str(options, "products");
  bool bf16 = !strcmp(products, "auto") ? pc->options.bf16 : !strcmp(products, "bf16");
  return bf16 ? round_products(pc, g, options) : (Graph *)g;
}
