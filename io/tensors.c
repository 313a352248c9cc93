#include "io/tensors.h"

#include <string.h>

void tensors_add(Ctx *ctx, Tensors *set, const char *name, Tensor *tensor) {
  NamedTensor item = {arena_strdup(&ctx->arena, name), tensor};
  vec_push(&ctx->arena, &set->list, item);
}

void tensors_set_meta(Ctx *ctx, Tensors *set, const char *key, const char *value) {
  const char *copy = arena_strdup(&ctx->arena, value);
  for (uint32_t i = 0; i < set->meta.len; i++)
    if (!strcmp(set->meta.data[i].key, key)) {
      set->meta.data[i].value = copy;
      return;
    }
  MetaEntry entry = {arena_strdup(&ctx->arena, key), copy};
  vec_push(&ctx->arena, &set->meta, entry);
}

Tensor *tensors_find(const Tensors *set, const char *name) {
  for (uint32_t i = 0; i < set->list.len; i++)
    if (!strcmp(set->list.data[i].name, name)) return set->list.data[i].tensor;
  return NULL;
}

const char *tensors_find_meta(const Tensors *set, const char *key) {
  for (uint32_t i = 0; i < set->meta.len; i++)
    if (!strcmp(set->meta.data[i].key, key)) return set->meta.data[i].value;
  return NULL;
}

void tensors_free(Tensors *set) {
  for (uint32_t i = 0; i < set->list.len; i++) tensor_free(set->list.data[i].tensor);
  *set = (Tensors){0};
}
