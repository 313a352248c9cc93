#include "io/stored.h"

#include <stdlib.h>
#include <string.h>

bool stored_malformed(const StoredFile *file, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *what = arena_vprintf(&file->ctx->arena, format, args);
  va_end(args);
  diag_at(file->ctx, (Span){0}, E_weights_format, "'%s' cannot be read: %s", file->path, what);
  return false;
}

const char *stored_what(const StoredFile *file, const Stored *t) {
  return ctx_printf(file->ctx, "'%s': tensor '%s'", file->path, t->name);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const Stored *)a)->name, ((const Stored *)b)->name);
}

static bool sort_names(StoredFile *f) {
  size_t n = f->tensors.len;
  if (n) qsort(f->tensors.data, n, sizeof *f->tensors.data, by_name);
  for (size_t i = 1; i < n; i++)
    if (!strcmp(f->tensors.data[i - 1].name, f->tensors.data[i].name))
      return stored_malformed(f, "two tensors are called '%s'", f->tensors.data[i].name);
  return true;
}

bool stored_open_in(Ctx *ctx, FileIn in, const StoredFormat *format, StoredFile *out) {
  *out = (StoredFile){.ctx = ctx, .in = in, .path = in.path, .format = format};
  if (format->open(out) && sort_names(out)) return true;
  stored_close(out);
  return false;
}

void stored_close(StoredFile *file) {
  if (file->format && file->format->close) file->format->close(file);
  file_close(&file->in);
  *file = (StoredFile){.in.fd = -1};
}

const Stored *stored_find(const StoredFile *file, const char *name) {
  Stored key = {.name = name};
  size_t n = file->tensors.len;
  return n ? bsearch(&key, file->tensors.data, n, sizeof key, by_name) : NULL;
}

static bool can_read(const StoredFile *file, const Stored *t) {
  if (!t->unreadable) return true;
  diag_at(file->ctx, (Span){0}, E_number_dtype, "%s has %s", stored_what(file, t), t->unreadable);
  Text known = text_new(&file->ctx->arena);
  for (int i = 0; i < N_NUMBERS; i++)
    text_printf(&known, "%s%s", i ? " " : "", number_info[i].safetensors);
  diag_expected(file->ctx, "one of %s, at most %d axes", text_str(&known), TENSOR_MAX_RANK);
  return false;
}

bool stored_get_into(const StoredFile *file, const Stored *t, Tensor *into) {
  return can_read(file, t) && file->format->read(file, t, into);
}

Tensor *stored_get(const StoredFile *file, const Stored *t, DType want) {
  if (!can_read(file, t)) return NULL;
  Tensor *tensor = tensor_new_or_report(file->ctx, number_dtype(t->number, want), t->dims, t->rank,
                                        stored_what(file, t));
  if (tensor && stored_get_into(file, t, tensor)) return tensor;
  tensor_free(tensor);
  return NULL;
}

void stored_print_type(const Stored *t, Text *out) {
  text_puts(out, t->unreadable || t->dtype ? t->dtype : number_info[t->number].name);
  for (int i = 0; i < t->rank; i++)
    text_printf(out, "%s%lld", i ? ", " : "[", (long long)t->dims[i]);
  if (t->rank) text_putc(out, ']');
}

bool stored_take(const StoredFile *file, const Stored *t, const void *data, const int64_t *strides,
                 Tensor *into) {
  NumberArray array = {t->number, t->rank, t->dims, strides, data};
  Tensor *made = tensor_from_array(file->ctx, &array, into->dtype, stored_what(file, t));
  if (made) memcpy(into->data, made->data, tensor_bytes(into));
  tensor_free(made);
  return made != NULL;
}
