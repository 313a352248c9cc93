/* Types, interned: a tensor's element type and sizes, or a tuple. Equality is ==. */
#include <string.h>

#include "ir/tables.h"

/* ---- interning ---- */

static uint64_t hash_type(const TypeInfo *info) {
  uint64_t h = hash_mix((uint64_t)info->dtype * 2 + info->is_tuple, info->extent.i);
  h = hash_mix(h, (uint64_t)info->rank);
  for (int i = 0; i < info->rank; i++)
    h = hash_mix(h, info->is_tuple ? info->items[i].i : info->dims[i].i);
  return h;
}

static bool equal_types(const TypeInfo *a, const TypeInfo *b) {
  if (a->is_tuple != b->is_tuple || a->dtype != b->dtype || a->rank != b->rank) return false;
  if (!sz_eq(a->extent, b->extent)) return false;
  for (int i = 0; i < a->rank; i++)
    if (a->is_tuple ? !ty_eq(a->items[i], b->items[i]) : !sz_eq(a->dims[i], b->dims[i]))
      return false;
  return true;
}

static uint32_t *type_slot(IrTables *t, const TypeInfo *info) {
  uint32_t mask = t->n_type_slots - 1, at = (uint32_t)hash_type(info) & mask;
  while (t->type_slots[at] && !equal_types(t->types.data[t->type_slots[at]], info))
    at = (at + 1) & mask;
  return &t->type_slots[at];
}

static Ty intern(Ctx *ctx, TypeInfo info) {
  IrTables *t = ir_tables(ctx);
  uint32_t *slot = type_slot(t, &info);
  if (*slot) return (Ty){*slot};
  TypeInfo *kept = arena_copy(t->arena, &info, sizeof info);
  size_t n = (size_t)info.rank;
  kept->dims = info.is_tuple ? NULL : arena_copy(t->arena, info.dims, n * sizeof(Sz));
  kept->items = info.is_tuple ? arena_copy(t->arena, info.items, n * sizeof(Ty)) : NULL;
  uint32_t id = t->types.len;
  vec_push(t->arena, &t->types, kept);
  *slot = id; /* behind all that can run out of memory */
  if (t->types.len * 2 > t->n_type_slots) {
    t->type_slots = arena_array(t->arena, uint32_t, t->n_type_slots * 2);
    t->n_type_slots *= 2;
    for (uint32_t i = 1; i < t->types.len; i++) *type_slot(t, t->types.data[i]) = i;
  }
  return (Ty){id};
}

/* ---- making types ---- */

Ty type_tensor(Ctx *ctx, DType dtype, const Sz *dims, int rank) {
  return intern(ctx, (TypeInfo){.dtype = dtype, .rank = rank, .dims = dims});
}

Ty type_index(Ctx *ctx, Sz extent, const Sz *dims, int rank) {
  return intern(ctx, (TypeInfo){.dtype = DT_idx, .extent = extent, .rank = rank, .dims = dims});
}

Ty type_tuple(Ctx *ctx, const Ty *items, int n) {
  return intern(ctx, (TypeInfo){.is_tuple = true, .rank = n, .items = items});
}

Ty type_scalar(Ctx *ctx, DType dtype) { return type_tensor(ctx, dtype, NULL, 0); }

const TypeInfo *type_info(const Ctx *ctx, Ty type) { return ctx->ir->types.data[type.i]; }

Ty type_with_dims(Ctx *ctx, Ty element, const Sz *dims, int rank) {
  TypeInfo info = *type_info(ctx, element);
  info.dims = dims;
  info.rank = rank;
  return intern(ctx, info);
}

Ty type_with_dtype(Ctx *ctx, Ty shape, DType dtype) {
  TypeInfo info = *type_info(ctx, shape);
  if (info.dtype == dtype) return shape;
  info.dtype = dtype;
  info.extent = SZ_NONE;
  return intern(ctx, info);
}

bool type_same_shape(const Ctx *ctx, Ty a, Ty b) {
  const TypeInfo *x = type_info(ctx, a), *y = type_info(ctx, b);
  if (x->is_tuple || y->is_tuple || x->rank != y->rank) return false;
  for (int i = 0; i < x->rank; i++)
    if (!sz_eq(x->dims[i], y->dims[i])) return false;
  return true;
}

bool type_same_element(const Ctx *ctx, Ty a, Ty b) {
  const TypeInfo *x = type_info(ctx, a), *y = type_info(ctx, b);
  return !x->is_tuple && !y->is_tuple && x->dtype == y->dtype && sz_eq(x->extent, y->extent);
}

static Ty subst_tuple(Ctx *ctx, const TypeInfo *info, const Sz *from, const Sz *to, int n) {
  Ty *items = arena_array(&ctx->arena, Ty, info->rank);
  for (int i = 0; i < info->rank; i++) items[i] = type_subst(ctx, info->items[i], from, to, n);
  return type_tuple(ctx, items, info->rank);
}

Ty type_subst(Ctx *ctx, Ty type, const Sz *from, const Sz *to, int n) {
  if (!type.i || !n) return type;
  const TypeInfo *info = type_info(ctx, type);
  if (info->is_tuple) return subst_tuple(ctx, info, from, to, n);
  TypeInfo made = *info;
  Sz *dims = arena_array(&ctx->arena, Sz, info->rank);
  for (int i = 0; i < info->rank; i++) dims[i] = size_subst(ctx, info->dims[i], from, to, n);
  made.dims = dims;
  made.extent = size_subst(ctx, info->extent, from, to, n);
  return intern(ctx, made);
}

Sz type_count(Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  Sz count = size_const(ctx, 1);
  for (int i = 0; !info->is_tuple && i < info->rank; i++)
    count = size_mul(ctx, count, info->dims[i]);
  return count;
}

/* ---- printing ---- */

static void print_tuple(const Ctx *ctx, const TypeInfo *info, Text *out) {
  text_putc(out, '(');
  for (int i = 0; i < info->rank; i++) {
    if (i) text_puts(out, ", ");
    type_print(ctx, info->items[i], out);
  }
  text_putc(out, ')');
}

void type_print(const Ctx *ctx, Ty type, Text *out) {
  if (!type.i) {
    text_puts(out, "none");
    return;
  }
  const TypeInfo *info = type_info(ctx, type);
  if (info->is_tuple) {
    print_tuple(ctx, info, out);
    return;
  }
  if (info->dtype == DT_idx) {
    text_putc(out, '<');
    size_print(ctx, info->extent, out);
    text_putc(out, '>');
  } else {
    text_puts(out, dtype_name[info->dtype]);
  }
  for (int i = 0; i < info->rank; i++) {
    text_puts(out, i ? ", " : "[");
    size_print(ctx, info->dims[i], out);
  }
  if (info->rank) text_putc(out, ']');
}

const char *type_str(Ctx *ctx, Ty type) {
  Text text = text_new(&ctx->arena);
  type_print(ctx, type, &text);
  return text_str(&text);
}
