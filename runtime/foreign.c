/* C functions through libffi: see foreign.h for the convention. */
#include "runtime/foreign.h"

#include <dlfcn.h>
#include <ffi.h>
#include <string.h>

struct Foreign {
  void *library;
  void (*function)(void);
  ffi_cif cif;
  int n_arrays, n_values; /* values: data pointers and extents */
  int *ranks;
  ffi_type **types;
};

uint32_t foreign_slots(const int *ranks, int n_arrays) {
  uint32_t n = 1;
  for (int i = 0; i < n_arrays; i++) n += 1 + (uint32_t)ranks[i];
  return n;
}

enum { MAX_VALUES = 512 };

static bool prepare(Foreign *f, const int *ranks, int n_arrays, Arena *arena) {
  f->n_arrays = n_arrays;
  f->ranks = arena_copy(arena, ranks, sizeof *ranks * (size_t)n_arrays);
  f->n_values = (int)foreign_slots(ranks, n_arrays) - 1;
  if (f->n_values > MAX_VALUES) return false;
  f->types = arena_array(arena, ffi_type *, f->n_values + 1);
  int at = 0;
  for (int i = 0; i < n_arrays; i++) {
    f->types[at++] = &ffi_type_pointer;
    for (int d = 0; d < ranks[i]; d++) f->types[at++] = &ffi_type_sint64;
  }
  return ffi_prep_cif(&f->cif, FFI_DEFAULT_ABI, (unsigned)f->n_values, &ffi_type_void, f->types) ==
         FFI_OK;
}

Foreign *foreign_open(const char *library, const char *symbol, const int *ranks, int n_arrays,
                      const char **why, Arena *arena) {
  Foreign *f = arena_new(arena, Foreign);
  f->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!f->library) {
    *why = arena_printf(arena, "cannot load the library '%s': %s", library, dlerror());
    return NULL;
  }
  void *address = dlsym(f->library, symbol);
  if (!address)
    *why = arena_printf(arena, "the library '%s' has no function '%s'", library, symbol);
  if (address && !prepare(f, ranks, n_arrays, arena)) {
    *why = arena_printf(arena, "'%s' has too many arguments for a foreign call (%d allowed)",
                        symbol, MAX_VALUES);
    address = NULL;
  }
  if (!address) {
    dlclose(f->library);
    return NULL;
  }
  memcpy(&f->function, &address, sizeof address); /* object pointer to function pointer */
  return f;
}

void foreign_close(Foreign *f) { dlclose(f->library); }

/* values: for each array its pointer, then its extents. */
static void invoke(Foreign *f, uint64_t *values) {
  void *pointers[MAX_VALUES];
  for (int i = 0; i < f->n_values; i++) pointers[i] = &values[i];
  ffi_call(&f->cif, f->function, NULL, pointers);
}

void foreign_invoke(Foreign *f, void *const *data, const int64_t *const *dims) {
  uint64_t values[MAX_VALUES];
  int at = 0;
  for (int i = 0; i < f->n_arrays; i++) {
    values[at++] = (uint64_t)(uintptr_t)data[i];
    for (int d = 0; d < f->ranks[i]; d++) values[at++] = (uint64_t)dims[i][d];
  }
  invoke(f, values);
}

void foreign_call(const uint64_t *args, Pool *pool) {
  (void)pool;
  Foreign *f = (Foreign *)(uintptr_t)args[0];
  const uint64_t *pointers = args + 1, *extents = pointers + f->n_arrays;
  uint64_t values[MAX_VALUES];
  int at = 0;
  for (int i = 0; i < f->n_arrays; i++) {
    values[at++] = pointers[i];
    for (int d = 0; d < f->ranks[i]; d++) values[at++] = *extents++;
  }
  invoke(f, values);
}

bool foreign_interpret(void *user, const Node *node, const Tensor *const *args, int n_args,
                       Tensor *const *results, int n_results, const char **why) {
  Ctx *ctx = user;
  int n = n_args + n_results, *ranks = arena_array(&ctx->arena, int, n);
  void **data = arena_array(&ctx->arena, void *, n);
  const int64_t **dims = arena_array(&ctx->arena, const int64_t *, n);
  for (int i = 0; i < n; i++) {
    const Tensor *t = i < n_args ? args[i] : results[i - n_args];
    ranks[i] = t->rank;
    data[i] = t->data;
    dims[i] = t->dims;
  }
  Foreign *f = foreign_open(ctx_text(ctx, node_str(node, A_library)),
                            ctx_text(ctx, node_str(node, A_symbol)), ranks, n, why, &ctx->arena);
  if (!f) return false;
  foreign_invoke(f, data, dims);
  foreign_close(f);
  return true;
}
