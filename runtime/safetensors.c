/* Layout: u64 length of the header (little-endian), the header (JSON, padded with spaces), the
 * tensors' bytes. The header: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin,
 * end]}, ..., "__metadata__": {..}}. Offsets count from the end of the header. The reader follows
 * the reference implementation's rules: at most 100 MB of header, starting with '{'; tensors sorted
 * by offset must touch each other and end where the file ends. */
#include "runtime/safetensors.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_error.h"
#include "runtime/numbers.h"

static const uint64_t HEADER_LIMIT = 100000000;
static const char METADATA[] = "__metadata__";

/* One entry of the header. */
typedef struct Entry {
  const char *name;
  Number number;
  int rank;
  int64_t dims[TENSOR_MAX_RANK];
  uint64_t begin, end;
} Entry;

typedef struct Header {
  Ctx *ctx;
  const char *path;
  json_t *json; /* owned; names of entries point into it */
  Entry *entries;
  size_t n;
  uint64_t data; /* offset of the tensors' bytes */
} Header;

__attribute__((format(printf, 2, 3))) static bool malformed(const Header *h, const char *format,
                                                            ...) {
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

static bool parse_json(Header *h, const char *text, size_t n) {
  json_error_t error;
  if (text[0] != '{') return malformed(h, "the header does not start with '{'");
  h->json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
  if (!h->json)
    return malformed(h, "the header is not JSON: %.*s (at byte %d)", json_error_length(error.text),
                     error.text, error.position);
  return true;
}

static bool load_header(Header *h, const FileIn *in) {
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
  h->data = 8 + length;
  char *text = heap_alloc(length);
  if (!text)
    return malformed(h, "no memory for a header of %llu bytes", (unsigned long long)length);
  bool good = file_get(h->ctx, in, 8, text, length) && parse_json(h, text, length);
  heap_free(text);
  return good;
}

/* ---- header: JSON to entries ---- */

static bool parse_shape(Header *h, Entry *entry, const json_t *shape) {
  size_t rank = json_array_size(shape);
  if (!json_is_array(shape)) return malformed(h, "tensor '%s' has no shape", entry->name);
  if (rank > TENSOR_MAX_RANK) return malformed(h, "tensor '%s' has %zu axes", entry->name, rank);
  entry->rank = (int)rank;
  for (size_t i = 0; i < rank; i++) {
    const json_t *extent = json_array_get(shape, i);
    if (!json_is_integer(extent) || json_integer_value(extent) < 0)
      return malformed(h, "extent %zu of tensor '%s' is not a whole number", i, entry->name);
    entry->dims[i] = json_integer_value(extent);
  }
  return true;
}

static bool parse_offsets(Header *h, Entry *entry, const json_t *offsets) {
  const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
      json_integer_value(begin) < 0 || json_integer_value(end) < json_integer_value(begin))
    return malformed(h, "tensor '%s' has bad data_offsets", entry->name);
  entry->begin = (uint64_t)json_integer_value(begin);
  entry->end = (uint64_t)json_integer_value(end);
  return true;
}

static bool check_size(Header *h, const Entry *entry) {
  uint64_t bytes;
  if (!number_size(entry->number, entry->dims, entry->rank, &bytes))
    return malformed(h, "the size of tensor '%s' overflows", entry->name);
  if (bytes == entry->end - entry->begin) return true;
  malformed(h, "tensor '%s' has %llu bytes", entry->name,
            (unsigned long long)(entry->end - entry->begin));
  diag_expected(h->ctx, "%llu bytes for its shape and dtype", (unsigned long long)bytes);
  return false;
}

static bool parse_entry(Header *h, const char *name, const json_t *value, Entry *entry) {
  entry->name = name;
  const char *dtype = json_string_value(json_object_get(value, "dtype"));
  if (!dtype) return malformed(h, "tensor '%s' has no dtype", name);
  if (!number_find_safetensors(dtype, &entry->number)) {
    diag_at(h->ctx, (Span){0}, E_number_dtype, "'%s': tensor '%s' has the element type %s", h->path,
            name, dtype);
    Text known = text_new(&h->ctx->arena);
    for (int i = 0; i < N_NUMBERS; i++)
      text_printf(&known, "%s%s", i ? " " : "", number_info[i].safetensors);
    diag_expected(h->ctx, "one of %s", text_str(&known));
    return false;
  }
  return parse_shape(h, entry, json_object_get(value, "shape")) &&
         parse_offsets(h, entry, json_object_get(value, "data_offsets")) && check_size(h, entry);
}

static bool parse_metadata(Header *h, json_t *meta, Tensors *out) {
  const char *key;
  json_t *value;
  if (!json_is_object(meta)) return malformed(h, "%s is not a map", METADATA);
  json_object_foreach(meta, key, value) {
    if (!json_is_string(value)) return malformed(h, "%s '%s' is not a text", METADATA, key);
    tensors_set_meta(h->ctx, out, key, json_string_value(value));
  }
  return true;
}

static bool parse_entries(Header *h, Tensors *out) {
  const char *name;
  json_t *value;
  h->entries = arena_array(&h->ctx->arena, Entry, json_object_size(h->json));
  json_object_foreach(h->json, name, value) {
    bool good = !strcmp(name, METADATA) ? parse_metadata(h, value, out)
                                        : parse_entry(h, name, value, &h->entries[h->n++]);
    if (!good) return false;
  }
  return true;
}

/* ---- layout ---- */

static int by_offset(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static bool check_layout(Header *h, uint64_t size) {
  uint64_t at = 0;
  const char *before = "the header";
  qsort(h->entries, h->n, sizeof *h->entries, by_offset);
  for (size_t i = 0; i < h->n; i++) {
    const Entry *entry = &h->entries[i];
    if (entry->begin < at) return malformed(h, "tensor '%s' overlaps %s", entry->name, before);
    if (entry->begin > at) return malformed(h, "there is a hole before tensor '%s'", entry->name);
    at = entry->end;
    before = entry->name;
  }
  if (at == size - h->data) return true;
  if (at < size - h->data)
    return malformed(h, "%llu bytes follow the last tensor",
                     (unsigned long long)(size - h->data - at));
  diag_at(h->ctx, (Span){0}, E_file_truncated, "'%s' ends early: it was cut short", h->path);
  diag_expected(h->ctx, "%llu bytes", (unsigned long long)(h->data + at));
  diag_got(h->ctx, "%llu bytes", (unsigned long long)size);
  return false;
}

/* ---- reading ---- */

static bool read_tensors(Header *h, const FileIn *in, Tensors *out) {
  for (size_t i = 0; i < h->n; i++) {
    const Entry *entry = &h->entries[i];
    const char *what = ctx_printf(h->ctx, "'%s': tensor '%s'", h->path, entry->name);
    DType dtype = number_info[entry->number].dtype;
    Tensor *tensor = tensor_new_or_report(h->ctx, dtype, entry->dims, entry->rank, what);
    if (!tensor) return false;
    tensors_add(h->ctx, out, entry->name, tensor);
    if (!number_read(h->ctx, in, h->data + entry->begin, entry->number, false, what, tensor))
      return false;
  }
  return true;
}

bool safetensors_decode(Ctx *ctx, const FileIn *in, Tensors *out) {
  Header h = {.ctx = ctx, .path = in->path};
  *out = (Tensors){0};
  bool good = load_header(&h, in) && parse_entries(&h, out) && check_layout(&h, in->size) &&
              read_tensors(&h, in, out);
  if (!good) tensors_free(out);
  json_decref(h.json);
  return good;
}

bool safetensors_read(Ctx *ctx, const char *path, Span from, Tensors *out) {
  FileIn in;
  *out = (Tensors){0};
  if (!file_open(ctx, path, from, &in)) return false;
  bool good = safetensors_decode(ctx, &in, out);
  file_close(&in);
  return good;
}

bool safetensors_read_meta(Ctx *ctx, const char *path, Span from, Tensors *out) {
  FileIn in;
  Header h = {.ctx = ctx, .path = path};
  *out = (Tensors){0};
  if (!file_open(ctx, path, from, &in)) return false;
  bool good = load_header(&h, &in) && parse_entries(&h, out) && check_layout(&h, in.size);
  file_close(&in);
  json_decref(h.json);
  return good;
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

/* The header as JSON; false after a diagnostic when a name is unusable. */
static bool print_header(Ctx *ctx, const char *path, const Tensors *set, const NamedTensor *sorted,
                         Text *text) {
  json_t *header = json_object(), *meta = json_object();
  bool good = true;
  uint64_t at = 0;
  for (uint32_t i = 0; i < set->meta.len && good; i++)
    good = !json_object_set_new(meta, set->meta.data[i].key, json_string(set->meta.data[i].value));
  if (!good)
    diag_at(ctx, (Span){0}, E_safetensors_format, "cannot write '%s': metadata is not UTF-8", path);
  if (set->meta.len) json_object_set(header, METADATA, meta);
  for (uint32_t i = 0; i < set->list.len && good; i++) {
    const char *name = sorted[i].name;
    bool known = !strcmp(name, METADATA) || json_object_get(header, name);
    good = !json_object_set_new(header, name, describe(sorted[i].tensor, at)) && !known;
    if (!good)
      diag_at(ctx, (Span){0}, E_safetensors_format, "cannot write '%s': unusable name '%s'", path,
              name);
    at += tensor_bytes(sorted[i].tensor);
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
