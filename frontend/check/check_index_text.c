/* Index functions whose row is a text in Ordo: the text is read for each element type that it is
 * used with, as a spec of its own, so that nothing in the spec around can hide its names. It is
 * elaborated for each use, because messages, remarks and profiles show the use, not a text that
 * its user never saw.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/checker.h"
#include "frontend/syntax/parse.h"

/* The text with the element type for each '$'. */
static const char *with_element(Ctx *ctx, const char *text, DType dtype) {
  Text out = text_new(&ctx->arena);
  for (; *text; text++) {
    if (*text == '$')
      text_puts(&out, dtype_name[dtype]);
    else
      text_putc(&out, *text);
  }
  return text_str(&out);
}

static Spec *built_in(Spec *spec, DType dtype) {
  Spec **out = &spec->built_in[dtype];
  if (*out) return *out;
  *out = arena_new(&spec->ctx->arena, Spec);
  (*out)->ctx = spec->ctx;
  (*out)->train_rules = spec->train_rules;
  (*out)->globals = scope_new(spec->ctx, NULL);
  return *out;
}

/* The function of the text; it is read when it is first used. */
static const FnDecl *built_in_function(Spec *spec, const char *name, const char *text,
                                       DType dtype) {
  Ctx *ctx = spec->ctx;
  Item *item = spec_item(spec, ITEM_fn, ctx_str(ctx, name));
  if (item) return item->fn;
  text = with_element(ctx, text, dtype);
  const Source *source = source_add(ctx, ctx_printf(ctx, "built-in %s", name), text, strlen(text));
  item = parse_file(ctx, source)->items[0];
  spec_add_item(spec, item);
  return item->fn;
}

/* The value before the first element, which the numbers of an integer type cannot all hold. */
static double first_value(const char *text, DType dtype) {
  double f = strtod(text, NULL);
  if (dtype != DT_i32) return f;
  return fmin(fmax(f, INT32_MIN), INT32_MAX);
}

/* The axis goes last and back again. */
static Ref axis_last(Check *c, Ref x, int axis, bool back, Span span) {
  const TypeInfo *info = graph_info(c->frame->graph, x);
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(info->rank + 1));
  int n = 0;
  for (int i = 0; i < info->rank; i++)
    if (i != axis) perm[n++] = i;
  perm[n] = axis;
  if (back)
    for (int i = 0; i < info->rank; i++) perm[i] = i < axis ? i : i == axis ? n : i - 1;
  return build_transpose(graph_here(c, span), x, perm);
}

Ref index_text(Check *c, const char *name, const char *text, const char *first, Ref x, int axis,
               Span span) {
  const TypeInfo *info = graph_info(c->frame->graph, x);
  Spec *outer = c->spec, *spec = built_in(outer, info->dtype);
  Callee callee = {.fn = built_in_function(spec, name, text, info->dtype)};
  Ref last = axis_last(c, x, axis, false, span);
  Ty rest =
      type_tensor(c->ctx, info->dtype, graph_info(c->frame->graph, last)->dims, info->rank - 1);
  Ref start = build_const(c->frame->graph, rest, first_value(first, info->dtype));
  Actual actuals[] = {{value_tensor(c, last), span, true}, {value_tensor(c, start), span, true}};
  spec->use = span;
  spec->instances_by_key = (Map){0};
  spec->instances.len = 0;
  c->spec = spec;
  Value y = instance_call(c, &callee, actuals, span);
  c->spec = outer;
  return value_ok(&y) ? axis_last(c, y.tensor.ref, axis, true, span) : x;
}
