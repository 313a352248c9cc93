/* What callers know of a kernel without its code: name, sizes, range, work.
 *
 * The name is a hash of the lanes and of the body with symbols numbered in order of appearance, so
 * that the names of values and sizes do not count.
 */
#include "codegen/kernel.h"

#include "ir/cost.h"
#include "codegen/kernel_plan.h"

typedef struct Signer {
  Ctx *ctx;
  const Graph *body;
  VEC(Sz) symbols;
  VEC(Sz) numbered; /* what they are called in the text */
} Signer;

static void note_symbol(void *user, Sz symbol) {
  Signer *s = user;
  for (uint32_t i = 0; i < s->symbols.len; i++)
    if (sz_eq(s->symbols.data[i], symbol)) return;
  const char *name = ctx_printf(s->ctx, "'%u", s->symbols.len);
  vec_push(&s->ctx->arena, &s->symbols, symbol);
  vec_push(&s->ctx->arena, &s->numbered, size_symbol(s->ctx, ctx_str(s->ctx, name)));
}

static void note_type(Signer *s, Ty type) {
  const TypeInfo *t = type_info(s->ctx, type);
  if (t->extent.i) size_symbols(s->ctx, t->extent, note_symbol, s);
  for (int i = 0; i < t->rank && !t->is_tuple; i++)
    size_symbols(s->ctx, t->dims[i], note_symbol, s);
}

static void note_attrs(Signer *s, const Node *node) {
  for (int k = 0; k < node->n_attrs; k++) {
    const Attr *a = &node->attrs[k];
    if (attr_kind[a->name] == ATTR_size) size_symbols(s->ctx, a->z, note_symbol, s);
    for (int i = 0; attr_kind[a->name] == ATTR_sizes && i < a->n; i++)
      size_symbols(s->ctx, a->sizes[i], note_symbol, s);
  }
}

/* ---- text ---- */

static void put_size(Signer *s, Sz size, Text *out) {
  size_print(s->ctx,
             size_subst(s->ctx, size, s->symbols.data, s->numbered.data, (int)s->symbols.len), out);
  text_putc(out, ',');
}

static void put_attr(Signer *s, const Attr *a, Text *out) {
  text_printf(out, " %s=", attr_name[a->name]);
  switch (attr_kind[a->name]) {
  case ATTR_int:
    text_printf(out, "%lld", (long long)a->i);
    break;
  case ATTR_float:
    text_double(out, a->f);
    break;
  case ATTR_str:
    text_puts(out, ctx_text(s->ctx, a->s));
    break;
  case ATTR_size:
    put_size(s, a->z, out);
    break;
  case ATTR_ints:
    for (int i = 0; i < a->n; i++) text_printf(out, "%d,", a->ints[i]);
    break;
  case ATTR_sizes:
    for (int i = 0; i < a->n; i++) put_size(s, a->sizes[i], out);
    break;
  }
}

static void put_node(Signer *s, const Node *node, Text *out) {
  text_puts(out, op_info[node->op].name);
  for (int k = 0; k < node->n_operands; k++) text_printf(out, " %u", node->operands[k].i);
  for (int k = 0; k < node->n_attrs; k++)
    if (node->attrs[k].name != A_sets) put_attr(s, &node->attrs[k], out);
  Ty type = type_subst(s->ctx, node->type, s->symbols.data, s->numbered.data, (int)s->symbols.len);
  text_putc(out, ' ');
  type_print(s->ctx, type, out);
  text_putc(out, '\n');
}

static Str symbol_name(Signer *s, int lanes, bool whole) {
  Text text = text_new(&s->ctx->arena);
  text_printf(&text, "%d%s\n", lanes, whole ? " whole" : "");
  for (uint32_t i = 0; i < s->body->nodes.len; i++) put_node(s, &s->body->nodes.data[i], &text);
  for (uint32_t i = 0; i < s->body->results.len; i++)
    text_printf(&text, "=%u ", s->body->results.data[i].i);
  uint64_t a = hash_bytes(text.data, text.len, 1), b = hash_bytes(text.data, text.len, 2);
  const char *name =
      ctx_printf(s->ctx, "k_%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
  return ctx_str(s->ctx, name);
}

/* ---- range and work ---- */

static Sz bytes_of(Ctx *ctx, Ty type) {
  return size_mul(ctx, type_count(ctx, type),
                  size_const(ctx, dtype_bytes[type_info(ctx, type)->dtype]));
}

static Sz node_work(Signer *s, const Node *node) {
  return node->op == OP_param ? bytes_of(s->ctx, node->type) : node_flops(s->body, node);
}

static Sz total_work(Signer *s) {
  Sz work = size_const(s->ctx, 0);
  for (uint32_t i = 0; i < s->body->nodes.len; i++)
    work = size_add(s->ctx, work, node_work(s, &s->body->nodes.data[i]));
  for (uint32_t i = 0; i < s->body->results.len; i++)
    work = size_add(s->ctx, work, bytes_of(s->ctx, graph_type(s->body, s->body->results.data[i])));
  return work;
}

static const char *kind_of(const KernelPlan *p) {
  static const char *const names[N_SECTION_KINDS] = {"map", "row", "col"};
  for (uint32_t i = 1; i < p->sections.len; i++)
    if (p->sections.data[i].kind != p->sections.data[0].kind) return "mixed";
  return p->sections.len ? names[p->sections.data[0].kind] : "map";
}

static void sign(Ctx *ctx, const Graph *body, int lanes, bool whole, KernelSig *sig) {
  Signer s = {.ctx = ctx, .body = body};
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    note_type(&s, body->nodes.data[i].type);
    note_attrs(&s, &body->nodes.data[i]);
  }
  Fault fault = {0};
  KernelPlan *plan = kernel_plan(ctx, body, lanes, &fault);
  *sig = (KernelSig){.symbol = symbol_name(&s, lanes, whole),
                     .whole = whole,
                     .n_inputs = (int)body->params.len,
                     .n_outputs = (int)body->results.len,
                     .sizes = s.symbols.data,
                     .n_sizes = (int)s.symbols.len,
                     .range = size_const(ctx, 0),
                     .work = total_work(&s),
                     .kind = plan ? kind_of(plan) : "none"};
  for (uint32_t i = 0; plan && i < plan->sections.len; i++)
    sig->range = size_add(ctx, sig->range, plan->sections.data[i].range);
}

void kernel_signature(Ctx *ctx, const Graph *body, int lanes, KernelSig *sig) {
  sign(ctx, body, lanes, false, sig);
}

void kernel_signature_whole(Ctx *ctx, const Graph *body, int lanes, KernelSig *sig) {
  sign(ctx, body, lanes, true, sig);
}
