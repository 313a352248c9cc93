/* C functions through libffi: see foreign.h for the convention. */
#include "runtime/foreign.h"

#include <dlfcn.h>
#include <ffi.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/open.h"
#include "ir/custom.h"

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

/* ---- leave ---- */

/* The file itself when it lies in the folder or below it; NULL otherwise. */
static const char *file_below(Arena *arena, const char *folder, const char *library) {
  char top[PATH_MAX], file[PATH_MAX];
  const char *path = strchr(library, '/') ? library : arena_printf(arena, "%s/%s", folder, library);
  if (!realpath(folder, top) || !realpath(path, file)) return NULL;
  size_t n = strlen(top);
  bool below = !strncmp(file, top, n) && (file[n] == '/' || !strcmp(top, "/"));
  return below ? arena_strdup(arena, file) : NULL;
}

/* What to load for the name of a library; NULL when the user has not allowed it. */
static const char *allowed_file(Ctx *ctx, const char *library) {
  if (ctx->allow_foreign || custom_trusts(ctx, library)) return library;
  const char *folders = getenv("ORDO_FOREIGN_DIRS");
  for (const char *at = folders ? folders : ""; *at;) {
    size_t n = strcspn(at, ":");
    const char *folder = ctx_printf(ctx, "%.*s", (int)n, at);
    const char *file = n ? file_below(&ctx->arena, folder, library) : NULL;
    if (file) return file;
    at += n + (at[n] == ':');
  }
  return NULL;
}

static bool node_allowed(Ctx *ctx, const Node *node) {
  const char *library = ctx_text(ctx, node_str(node, A_library));
  if (allowed_file(ctx, library)) return true;
  diag_at(ctx, node->span, E_foreign_refused, "the C function '%s' of '%s' may not be called",
          ctx_text(ctx, node_str(node, A_symbol)), library);
  diag_help(ctx, "it can do whatever you can; if you trust it, give --allow-foreign, or name its "
                 "folder in ORDO_FOREIGN_DIRS");
  return false;
}

bool foreign_allowed(Ctx *ctx, const Graph *g) {
  bool good = true;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (node->op == OP_foreign && !node_allowed(ctx, node)) good = false;
    if (node->body && !foreign_allowed(ctx, node->body)) good = false;
  }
  return good;
}

/* A handle of dlopen, or NULL. */
static void *load(Ctx *ctx, const char *library, Fault *fault) {
  const char *file = allowed_file(ctx, library);
  const char *other = file && strchr(file, '/') ? irregular(file) : NULL;
  void *handle = file && !other ? dlopen(file, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!handle)
    fault_set(fault, E_compile_failed, (Span){0},
              ctx_printf(ctx, "cannot load the library '%s': %s", library,
                         !file   ? "C functions of this library may not be called"
                         : other ? other
                                 : dlerror()));
  return handle;
}

Foreign *foreign_open(Ctx *ctx, const char *library, const char *symbol, const int *ranks,
                      int n_arrays, Fault *fault) {
  Arena *arena = &ctx->arena;
  Foreign *f = arena_new(arena, Foreign);
  f->library = load(ctx, library, fault);
  if (!f->library) return NULL;
  void *address = dlsym(f->library, symbol);
  if (!address)
    fault_set(fault, E_compile_failed, (Span){0},
              arena_printf(arena, "the library '%s' has no function '%s'", library, symbol));
  if (address && !prepare(f, ranks, n_arrays, arena)) {
    fault_set(fault, E_compile_failed, (Span){0},
              arena_printf(arena, "'%s' has too many arguments for a foreign call (%d allowed)",
                           symbol, MAX_VALUES));
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

/* Calls it: data[i] and its extents, operands first, then results. */
static void foreign_invoke(Foreign *f, void *const *data, const int64_t *const *dims) {
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
                       Tensor *const *results, int n_results, Fault *fault) {
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
  Foreign *f = foreign_open(ctx, ctx_text(ctx, node_str(node, A_library)),
                            ctx_text(ctx, node_str(node, A_symbol)), ranks, n, fault);
  if (!f) return false;
  foreign_invoke(f, data, dims);
  foreign_close(f);
  return true;
}
