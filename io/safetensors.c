/* Layout: u64 length of the header (little-endian), the header (JSON, padded with spaces), the
 * tensors' bytes. The header: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin,
 * end]}, ..., "__metadata__": {..}}. Offsets count from the end of the header. The reader follows
 * the reference implementation's rules: at most 100 MB of header, starting with '{'; tensors sorted
 * by offset must touch each other and end where the file ends. */
#include "io/safetensors.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/json_error.h"
#include "io/formats.h"

static const uint64_t HEADER_LIMIT = 100000000;
static const char METADATA[] = "__metadata__", CRC[] = "ordo.crc32";

typedef struct SafetensorsHeader {
  Ctx *ctx;
  const char *path;
  json_t *json; /* owned */
  SafeFile *file;
} SafetensorsHeader;

__attribute__((format(printf, 2, 3))) static bool malformed(const SafetensorsHeader *h,
                                                            const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *what = arena_vprintf(&h->ctx->arena, format, args);
  va_end(args);
  diag_at(h->ctx, (Span){0}, E_safetensors_format, "'%s' is no valid safetensors file: %s", h->path,
          what);
  return false;
}

/* ---- header: bytes to JSON ---- */

static uint64_t little_endian(const unsigned char *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

static bool parse_json(SafetensorsHeader *h, const char *text, size_t n) {
  json_error_t error;
  if (text[0] != '{') return malformed(h, "the header does not start with '{'");
  h->json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
  if (!h->json)
    return malformed(h, "the header is not JSON: %.*s (at byte %d)", json_error_length(error.text),
                     error.text, error.position);
  return true;
}

static bool load_header(SafetensorsHeader *h, const FileIn *in) {
  unsigned char length_bytes[8];
  if (in->size < 8) return malformed(h, "%llu bytes are too few", (unsigned long long)in->size);
  if (!file_get(h->ctx, in, 0, length_bytes, 8)) return false;
  uint64_t length = little_endian(length_bytes);
  if (length < 2 || length > HEADER_LIMIT)
    return malformed(h, "the header's length is %llu bytes", (unsigned long long)length);
  if (length > in->size - 8) {
    diag_at(h->ctx, (Span){0}, E_file_truncated, "'%s' ends within its header", h->path);
    diag_expected(h->ctx, "%llu bytes and more", (unsigned long long)(8 + length));
    diag_got(h->ctx, "%llu bytes", (unsigned long long)in->size);
    return false;
  }
  h->file->data = 8 + length;
  char *text = heap_alloc(length);
  if (!text)
    return malformed(h, "no memory for a header of %llu bytes", (unsigned long long)length);
  bool good = file_get(h->ctx, in, 8, text, length) && parse_json(h, text, length);
  heap_free(text);
  return good;
}

/* ---- header: JSON to entries ---- */

static bool parse_shape(SafetensorsHeader *h, SafeTensor *entry, const json_t *shape) {
  size_t rank = json_array_size(shape);
  if (!json_is_array(shape)) return malformed(h, "tensor '%s' has no shape", entry->name);
  if (rank > TENSOR_MAX_RANK) entry->unreadable = ctx_printf(h->ctx, "%zu axes", rank);
  entry->rank = rank > TENSOR_MAX_RANK ? 0 : (int)rank;
  for (size_t i = 0; i < rank; i++) {
    const json_t *extent = json_array_get(shape, i);
    if (!json_is_integer(extent) || json_integer_value(extent) < 0)
      return malformed(h, "extent %zu of tensor '%s' is not a whole number", i, entry->name);
    if (i < (size_t)entry->rank) entry->dims[i] = json_integer_value(extent);
  }
  return true;
}

static bool parse_offsets(SafetensorsHeader *h, SafeTensor *entry, const json_t *offsets) {
  const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
      json_integer_value(begin) < 0 || json_integer_value(end) < json_integer_value(begin))
    return malformed(h, "tensor '%s' has bad data_offsets", entry->name);
  entry->begin = (uint64_t)json_integer_value(begin);
  entry->end = (uint64_t)json_integer_value(end);
  return true;
}

static bool check_size(SafetensorsHeader *h, const SafeTensor *entry) {
  uint64_t bytes;
  if (entry->unreadable) return true;
  if (!number_size(entry->number, entry->dims, entry->rank, &bytes))
    return malformed(h, "the size of tensor '%s' overflows", entry->name);
  if (bytes == entry->end - entry->begin) return true;
  malformed(h, "tensor '%s' has %llu bytes", entry->name,
            (unsigned long long)(entry->end - entry->begin));
  diag_expected(h->ctx, "%llu bytes for its shape and dtype", (unsigned long long)bytes);
  return false;
}

static bool parse_entry(SafetensorsHeader *h, const char *name, const json_t *value,
                        SafeTensor *entry) {
  const char *dtype = json_string_value(json_object_get(value, "dtype"));
  entry->name = arena_strdup(&h->ctx->arena, name);
  if (!dtype) return malformed(h, "tensor '%s' has no dtype", name);
  entry->dtype = arena_strdup(&h->ctx->arena, dtype);
  if (!number_find_safetensors(dtype, &entry->number))
    entry->unreadable = ctx_printf(h->ctx, "the element type %s", dtype);
  return parse_shape(h, entry, json_object_get(value, "shape")) &&
         parse_offsets(h, entry, json_object_get(value, "data_offsets")) && check_size(h, entry);
}

static bool parse_metadata(SafetensorsHeader *h, json_t *meta) {
  Tensors *out = &h->file->meta;
  const char *key;
  json_t *value;
  if (!json_is_object(meta)) return malformed(h, "%s is not a map", METADATA);
  json_object_foreach(meta, key, value) {
    if (!json_is_string(value)) return malformed(h, "%s '%s' is not a text", METADATA, key);
    if (strncmp(key, CRC, strlen(CRC)))
      tensors_set_meta(h->ctx, out, key, json_string_value(value));
  }
  return true;
}

static bool parse_entries(SafetensorsHeader *h) {
  const char *name;
  json_t *value;
  SafeFile *f = h->file;
  f->tensors = arena_array(&h->ctx->arena, SafeTensor, json_object_size(h->json));
  json_object_foreach(h->json, name, value) {
    bool good = !strcmp(name, METADATA) ? parse_metadata(h, value)
                                        : parse_entry(h, name, value, &f->tensors[f->n++]);
    if (!good) return false;
  }
  return true;
}

/* ---- layout ---- */

static int by_offset(const void *a, const void *b) {
  const SafeTensor *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static bool check_layout(SafetensorsHeader *h, uint64_t size) {
  SafeFile *f = h->file;
  uint64_t at = 0;
  const char *before = "the header";
  if (f->n) qsort(f->tensors, f->n, sizeof *f->tensors, by_offset);
  for (size_t i = 0; i < f->n; i++) {
    const SafeTensor *entry = &f->tensors[i];
    if (entry->begin < at) return malformed(h, "tensor '%s' overlaps %s", entry->name, before);
    if (entry->begin > at) return malformed(h, "there is a hole before tensor '%s'", entry->name);
    at = entry->end;
    before = entry->name;
  }
  if (at == size - f->data) return true;
  if (at < size - f->data)
    return malformed(h, "%llu bytes follow the last tensor",
                     (unsigned long long)(size - f->data - at));
  diag_at(h->ctx, (Span){0}, E_file_truncated, "'%s' ends early: it was cut short", h->path);
  diag_expected(h->ctx, "%llu bytes", (unsigned long long)(f->data + at));
  diag_got(h->ctx, "%llu bytes", (unsigned long long)size);
  return false;
}

/* ---- checksums ---- */

static bool damaged(Ctx *ctx, const char *what) {
  diag_at(ctx, (Span){0}, E_file_damaged, "%s is damaged: its checksum differs", what);
  diag_help(ctx, "take another copy of the file");
  diag_help(ctx, "a program that changes tensors has to drop the metadata '%s' and '%s.NAME'", CRC,
            CRC);
  return false;
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const MetaEntry *)a)->key, ((const MetaEntry *)b)->key);
}

/* Of all keys and values, each with its zero byte, in the order of the keys. */
static uint32_t meta_crc(Ctx *ctx, const Tensors *set) {
  uint32_t crc = (uint32_t)crc32_z(0, NULL, 0);
  if (!set->meta.len) return crc;
  MetaEntry *sorted = arena_copy(&ctx->arena, set->meta.data, set->meta.len * sizeof *sorted);
  qsort(sorted, set->meta.len, sizeof *sorted, by_key);
  for (uint32_t i = 0; i < set->meta.len; i++) {
    crc = (uint32_t)crc32_z(crc, (const Bytef *)sorted[i].key, strlen(sorted[i].key) + 1);
    crc = (uint32_t)crc32_z(crc, (const Bytef *)sorted[i].value, strlen(sorted[i].value) + 1);
  }
  return crc;
}

static const char *crc_text(Ctx *ctx, uint32_t crc) { return ctx_printf(ctx, "%08x", crc); }

static bool check_meta(const SafetensorsHeader *h) {
  const json_t *meta = json_object_get(h->json, METADATA);
  const char *stored = json_string_value(json_object_get(meta, CRC));
  if (!stored || !strcmp(stored, crc_text(h->ctx, meta_crc(h->ctx, &h->file->meta)))) return true;
  return damaged(h->ctx, ctx_printf(h->ctx, "'%s': the metadata", h->path));
}

/* Tells each tensor its checksum, where the file has one. */
static void find_crcs(const SafetensorsHeader *h) {
  json_t *meta = json_object_get(h->json, METADATA), *value;
  const char *key;
  size_t n = strlen(CRC);
  json_object_foreach(meta, key, value) {
    if (strncmp(key, CRC, n) || key[n] != '.') continue;
    SafeTensor *t = (SafeTensor *)safetensors_find(h->file, key + n + 1);
    if (!t) continue;
    t->has_crc = true;
    t->crc = (uint32_t)strtoul(json_string_value(value), NULL, 16);
  }
}

/* ---- reading ---- */

static int by_name(const void *a, const void *b) {
  return strcmp(((const SafeTensor *)a)->name, ((const SafeTensor *)b)->name);
}

bool safetensors_open_in(Ctx *ctx, FileIn in, SafeFile *out) {
  *out = (SafeFile){.ctx = ctx, .in = in};
  SafetensorsHeader h = {.ctx = ctx, .path = in.path, .file = out};
  bool good =
      load_header(&h, &out->in) && parse_entries(&h) && check_layout(&h, in.size) && check_meta(&h);
  if (good && out->n) qsort(out->tensors, out->n, sizeof *out->tensors, by_name);
  if (good) find_crcs(&h);
  json_decref(h.json);
  if (!good) safetensors_close(out);
  return good;
}

bool safetensors_open(Ctx *ctx, const char *path, Span from, SafeFile *out) {
  FileIn in;
  *out = (SafeFile){.in.fd = -1};
  return file_open(ctx, path, from, &in) && safetensors_open_in(ctx, in, out);
}

void safetensors_close(SafeFile *file) {
  file_close(&file->in);
  *file = (SafeFile){.in.fd = -1};
}

const SafeTensor *safetensors_find(const SafeFile *file, const char *name) {
  SafeTensor key = {.name = name};
  return file->n ? bsearch(&key, file->tensors, file->n, sizeof key, by_name) : NULL;
}

static bool can_read(const SafeFile *file, const SafeTensor *t, const char *what) {
  if (!t->unreadable) return true;
  diag_at(file->ctx, (Span){0}, E_number_dtype, "%s has %s", what, t->unreadable);
  Text known = text_new(&file->ctx->arena);
  for (int i = 0; i < N_NUMBERS; i++)
    text_printf(&known, "%s%s", i ? " " : "", number_info[i].safetensors);
  diag_expected(file->ctx, "one of %s, at most %d axes", text_str(&known), TENSOR_MAX_RANK);
  return false;
}

static const char *describe_tensor(const SafeFile *file, const SafeTensor *t) {
  return ctx_printf(file->ctx, "'%s': tensor '%s'", file->in.path, t->name);
}

static bool get_into(const SafeFile *file, const SafeTensor *t, Tensor *into) {
  const char *what = describe_tensor(file, t);
  NumberSource from = {&file->in, file->data + t->begin, t->number, false, what};
  uint32_t crc = (uint32_t)crc32_z(0, NULL, 0);
  if (!can_read(file, t, what) || !number_read(file->ctx, &from, into, t->has_crc ? &crc : NULL))
    return false;
  return !t->has_crc || crc == t->crc || damaged(file->ctx, what);
}

Tensor *safetensors_get(const SafeFile *file, const SafeTensor *t, DType want) {
  const char *what = describe_tensor(file, t);
  if (!can_read(file, t, what)) return NULL;
  Tensor *tensor =
      tensor_new_or_report(file->ctx, number_dtype(t->number, want), t->dims, t->rank, what);
  if (tensor && get_into(file, t, tensor)) return tensor;
  tensor_free(tensor);
  return NULL;
}

/* ---- writing ---- */

/* Wide elements first, so that every tensor is aligned; then by name. */
static int by_width_then_name(const void *a, const void *b) {
  const NamedTensor *x = a, *y = b;
  int width = dtype_bytes[y->tensor->dtype] - dtype_bytes[x->tensor->dtype];
  return width ? width : strcmp(x->name, y->name);
}

static json_t *describe(const Tensor *tensor, uint64_t begin) {
  json_t *shape = json_array(), *offsets = json_array(), *entry = json_object();
  for (int i = 0; i < tensor->rank; i++)
    json_array_append_new(shape, json_integer(tensor->dims[i]));
  json_array_append_new(offsets, json_integer((json_int_t)begin));
  json_array_append_new(offsets, json_integer((json_int_t)(begin + tensor_bytes(tensor))));
  json_object_set_new(entry, "dtype",
                      json_string(number_info[number_of(tensor->dtype)].safetensors));
  json_object_set_new(entry, "shape", shape);
  json_object_set_new(entry, "data_offsets", offsets);
  return entry;
}

static int append(const char *bytes, size_t n, void *text) {
  text_put(text, bytes, n);
  return 0;
}

static void set_crc(Ctx *ctx, json_t *meta, const char *key, uint32_t crc) {
  json_object_set_new(meta, key, json_string(crc_text(ctx, crc)));
}

/* The header as JSON; false after a diagnostic when a name is unusable. */
static bool print_header(Ctx *ctx, const char *path, const Tensors *set, const NamedTensor *sorted,
                         Text *text) {
  json_t *header = json_object(), *meta = json_object();
  bool good = true;
  uint64_t at = 0;
  for (uint32_t i = 0; i < set->meta.len && good; i++)
    good = !json_object_set_new(meta, set->meta.data[i].key, json_string(set->meta.data[i].value));
  set_crc(ctx, meta, CRC, meta_crc(ctx, set));
  if (!good)
    diag_at(ctx, (Span){0}, E_safetensors_format, "cannot write '%s': metadata is not UTF-8", path);
  json_object_set(header, METADATA, meta);
  for (uint32_t i = 0; i < set->list.len && good; i++) {
    const char *name = sorted[i].name;
    bool known = !strcmp(name, METADATA) || json_object_get(header, name);
    good = !json_object_set_new(header, name, describe(sorted[i].tensor, at)) && !known;
    if (!good)
      diag_at(ctx, (Span){0}, E_safetensors_format, "cannot write '%s': unusable name '%s'", path,
              name);
    at += tensor_bytes(sorted[i].tensor);
    uint32_t crc = (uint32_t)crc32_z(0, sorted[i].tensor->data, tensor_bytes(sorted[i].tensor));
    set_crc(ctx, meta, ctx_printf(ctx, "%s.%s", CRC, name), crc);
  }
  if (good) json_dump_callback(header, append, text, JSON_COMPACT);
  json_decref(meta);
  json_decref(header);
  return good;
}

/* Length and text, padded so that the tensors start at a multiple of 64. */
static void put_header(FileOut *out, const Text *text) {
  static const char spaces[64] = "                                                                ";
  size_t n = text->len, padding = (64 - (8 + n) % 64) % 64;
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)(n + padding) >> (8 * i));
  file_put(out, length, 8);
  file_put(out, text_str(text), n);
  file_put(out, spaces, padding);
}

bool safetensors_write(Ctx *ctx, const char *path, const Tensors *set) {
  NamedTensor *sorted = arena_copy(&ctx->arena, set->list.data, set->list.len * sizeof *sorted);
  qsort(sorted, set->list.len, sizeof *sorted, by_width_then_name);
  Text header = text_new(&ctx->arena);
  FileOut out;
  if (!print_header(ctx, path, set, sorted, &header) || !file_create(ctx, path, &out)) return false;
  put_header(&out, &header);
  for (uint32_t i = 0; i < set->list.len; i++)
    file_put(&out, sorted[i].tensor->data, tensor_bytes(sorted[i].tensor));
  return file_commit(&out);
}

/* ---- as a file of weights ---- */

/* The tensors are those of a SafeFile, which is the state. */
static bool safe_open(StoredFile *f) {
  SafeFile *file = arena_new(&f->ctx->arena, SafeFile);
  FileIn in = f->in;
  f->in.fd = -1; /* it goes over to the other */
  if (!safetensors_open_in(f->ctx, in, file)) return false;
  f->state = file;
  f->meta = file->meta;
  vec_reserve(&f->ctx->arena, &f->tensors, (uint32_t)file->n);
  for (size_t i = 0; i < file->n; i++) {
    const SafeTensor *from = &file->tensors[i];
    Stored t = {.name = from->name,
                .dtype = from->unreadable ? from->dtype : number_info[from->number].name,
                .unreadable = from->unreadable,
                .number = from->number,
                .rank = from->rank,
                .own = from};
    memcpy(t.dims, from->dims, sizeof t.dims);
    vec_push(&f->ctx->arena, &f->tensors, t);
  }
  return true;
}

static bool safe_read(const StoredFile *f, const Stored *t, Tensor *into) {
  return get_into(f->state, t->own, into);
}

static void safe_close(StoredFile *f) {
  if (f->state) safetensors_close(f->state);
}

const StoredFormat stored_safetensors = {safe_open, safe_read, safe_close};
