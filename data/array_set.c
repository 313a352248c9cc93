/* Arrays as data: see array_set.h. */
#include "data/array_set.h"

#include <math.h>
#include <string.h>

#include "io/npy.h"

/* ---- reading ---- */

static const SpecColumn *column_of(Ctx *ctx, const SpecData *spec, const char *name) {
  for (int i = 0; i < spec->n_columns; i++)
    if (!strcmp(ctx_text(ctx, spec->columns[i].field), name)) return &spec->columns[i];
  return NULL;
}

static DType stored_as(const SpecColumn *column) {
  return column->dtype == DT_idx ? DT_i32 : column->dtype;
}

typedef struct ArrayReader {
  Ctx *ctx;
  const SpecData *spec;
} ArrayReader;

static bool wants(void *user, const char *name, DType *want) {
  const ArrayReader *r = user;
  const SpecColumn *column = column_of(r->ctx, r->spec, name);
  if (column) *want = stored_as(column);
  return column != NULL;
}

static bool read_npz(Ctx *ctx, const SpecData *spec, const FileIn *in, Tensors *out) {
  ArrayReader reader = {ctx, spec};
  ArraysWanted wanted = {wants, &reader};
  char *bytes = heap_alloc(in->size + 1);
  if (!bytes) {
    diag_at(ctx, spec->path_span, E_run_failed, "reading '%s': no memory", in->path);
    return false;
  }
  bool ok = file_get(ctx, in, 0, bytes, in->size) &&
            npz_decode(ctx, in->path, bytes, in->size, &wanted, out);
  heap_free(bytes);
  return ok;
}

static bool read_npy(Ctx *ctx, const SpecData *spec, const FileIn *in, Tensors *out) {
  Tensor *tensor = npy_decode(ctx, in, stored_as(&spec->columns[0]));
  if (tensor) tensors_add(ctx, out, ctx_text(ctx, spec->columns[0].field), tensor);
  return tensor != NULL;
}

static void wrong_shape(Ctx *ctx, const SpecColumn *column, const Tensor *t, const char *path) {
  Text shape = text_new(&ctx->arena);
  tensor_print_type(t, &shape);
  diag_at(ctx, column->span, E_data_column, "the array of '%s' in '%s' does not fit its column",
          ctx_text(ctx, column->name), path);
  diag_got(ctx, "%s", text_str(&shape));
}

/* The lengths of an array: those that the text tells, or that another array has told. */
static bool match_shape(Ctx *ctx, const SpecData *spec, const FileIn *in, int i, ArraySet *out) {
  const SpecColumn *column = &spec->columns[i];
  const Tensor *t = out->columns[i];
  bool fits = t->rank == column->rank + 1;
  for (int k = 0; fits && k < column->rank; k++) {
    int64_t *length = &out->lengths[column->axes[k]], have = t->dims[k + 1];
    int64_t wanted = spec->axes[column->axes[k]].fixed;
    fits = (!wanted || have == wanted) && (*length < 0 || *length == have);
    *length = have;
  }
  if (!fits) {
    wrong_shape(ctx, column, t, in->path);
    diag_help(ctx, "the first axis is that of the examples; the others are the column's lengths");
    return false;
  }
  if (out->examples >= 0 && t->dims[0] != out->examples) {
    wrong_shape(ctx, column, t, in->path);
    diag_help(ctx, "the array before it has %lld examples", (long long)out->examples);
    return false;
  }
  out->examples = t->dims[0];
  return true;
}

bool array_set_read(Ctx *ctx, const SpecData *spec, const FileIn *in, ArraySet *out) {
  *out = (ArraySet){.examples = -1};
  out->columns = arena_array(&ctx->arena, const Tensor *, spec->n_columns + 1);
  out->lengths = arena_array(&ctx->arena, int64_t, spec->n_axes + 1);
  for (int i = 0; i < spec->n_axes; i++) out->lengths[i] = -1;
  bool archive = data_format[spec->format].by_name;
  if (!(archive ? read_npz : read_npy)(ctx, spec, in, &out->file)) return false;
  for (int i = 0; i < spec->n_columns; i++) {
    const SpecColumn *column = &spec->columns[i];
    const char *name = ctx_text(ctx, column->field);
    out->columns[i] = archive ? tensors_find(&out->file, name) : out->file.list.data[0].tensor;
    if (!out->columns[i]) {
      diag_at(ctx, column->span, E_data_column, "'%s' has no array '%s'", in->path, name);
      return false;
    }
    if (!match_shape(ctx, spec, in, i, out)) return false;
  }
  return true;
}

void array_set_free(ArraySet *set) {
  tensors_free(&set->file);
  *set = (ArraySet){0};
}

/* ---- examples ---- */

/* Elements of an example. */
static int64_t block_of(const Tensor *t) {
  int64_t n = 1;
  for (int k = 1; k < t->rank; k++) n *= t->dims[k];
  return n;
}

static const char *number_fault(const SpecColumn *column, double value) {
  if (dtype_is_float(column->dtype)) return isfinite(value) ? NULL : "is not finite";
  if (column->dtype != DT_idx) return NULL;
  bool inside = value >= 0 && (!column->most || value < (double)column->most);
  return inside ? NULL : "is no index into its axis";
}

RecordFault array_set_check(const ArraySet *set, const SpecData *spec, int64_t example) {
  for (int i = 0; i < spec->n_columns; i++) {
    int64_t n = block_of(set->columns[i]);
    for (int64_t k = 0; k < n; k++) {
      const char *why =
          number_fault(&spec->columns[i], tensor_get(set->columns[i], example * n + k));
      if (why) return (RecordFault){why, i};
    }
  }
  return (RecordFault){NULL, -1};
}

const char *array_set_bytes(const ArraySet *set, int column, int64_t example, size_t *n) {
  const Tensor *t = set->columns[column];
  *n = (size_t)block_of(t) * (size_t)dtype_bytes[t->dtype];
  return (const char *)t->data + (size_t)example * *n;
}

uint64_t array_set_hash(const ArraySet *set, const SpecData *spec, int64_t example, int column,
                        uint64_t seed) {
  for (int i = 0; i < spec->n_columns; i++) {
    size_t n;
    const char *bytes = array_set_bytes(set, i, example, &n);
    if (column < 0 || column == i) seed = hash_wide(bytes, n, seed);
  }
  return seed;
}
