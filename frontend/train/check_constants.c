/* The constants that a training program was made with, for a run that is resumed: those of all
 * files, and the settings of the program that have a value, but for the number of steps. */
#include "frontend/train/check_train.h"

#include <string.h>

static bool value_text(Ctx *ctx, const Value *v, const char **out) {
  Text text = text_new(&ctx->arena);
  if (v->kind == VAL_number && v->number.known)
    text_double(&text, v->number.f);
  else if (v->kind == VAL_bool)
    text_puts(&text, v->boolean ? "true" : "false");
  else if (v->kind == VAL_text)
    text_put_json(&text, ctx_text(ctx, v->text));
  else
    return false;
  *out = text_str(&text);
  return true;
}

typedef struct ConstantList {
  Ctx *ctx;
  VEC(TrainConstant) list;
} ConstantList;

static void add(ConstantList *c, Scope *scope, Str name) {
  const Binding *binding = scope_find(scope, name);
  if (!strcmp(ctx_text(c->ctx, name), "steps")) return;
  TrainConstant constant = {name, NULL};
  if (binding && value_text(c->ctx, &binding->value, &constant.value))
    vec_push(&c->ctx->arena, &c->list, constant);
}

const TrainConstant *train_constants(Spec *spec, const TrainBuild *b, const Item *program,
                                     uint32_t *n) {
  ConstantList c = {.ctx = spec->ctx};
  for (uint32_t i = 0; i < spec->items.len; i++)
    if (spec->items.data[i]->kind == ITEM_const)
      add(&c, spec->globals, spec->items.data[i]->name.str);
  for (uint32_t i = 0; i < program->train.len; i++)
    if (program->train.data[i].kind == TM_setting)
      add(&c, b->scope, program->train.data[i].name.str);
  *n = c.list.len;
  return c.list.data;
}
