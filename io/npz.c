/* .npz: a zip archive of .npy files, through libzip. The archive is read into memory first and
 * written from memory, so that reading works on any bytes and writing stays atomic. A member's
 * claimed size is believed only as far as deflate can expand (1032 times), so a small file cannot
 * make us allocate a large buffer. */
#include <string.h>
#include <zip.h>

#include "io/npy.h"

enum { DEFLATE_LIMIT = 1032 };

static bool malformed(Ctx *ctx, const char *path, const char *what) {
  diag_at(ctx, (Span){0}, E_npz_format, "'%s' is no valid .npz file: %s", path, what);
  return false;
}

/* ---- reading ---- */

static const char *without_suffix(Ctx *ctx, const char *name) {
  size_t n = strlen(name);
  bool npy = n > 4 && !strcmp(name + n - 4, ".npy");
  return npy ? ctx_printf(ctx, "%.*s", (int)(n - 4), name) : NULL;
}

/* Unpacks a member into heap memory; NULL after a diagnostic. */
static void *unpack(Ctx *ctx, const char *path, zip_t *zip, const zip_stat_t *info) {
  if (info->size / DEFLATE_LIMIT > info->comp_size + 1) {
    malformed(ctx, path, "a member claims an impossible size");
    return NULL;
  }
  unsigned char *bytes = heap_alloc(info->size);
  zip_file_t *member = zip_fopen_index(zip, info->index, 0);
  uint64_t done = 0;
  while (bytes && member && done < info->size) {
    zip_int64_t got = zip_fread(member, bytes + done, info->size - done);
    if (got <= 0) break;
    done += (uint64_t)got;
  }
  bool whole = bytes && member && done == info->size;
  if (member && zip_fclose(member)) whole = false;
  if (whole) return bytes;
  malformed(ctx, path, ctx_printf(ctx, "cannot unpack '%s': %s", info->name, zip_strerror(zip)));
  heap_free(bytes);
  return NULL;
}

static bool read_member(Ctx *ctx, const char *path, zip_t *zip, uint64_t i,
                        const ArraysWanted *wanted, Tensors *out) {
  zip_stat_t info;
  zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_INDEX;
  if (zip_stat_index(zip, i, 0, &info) || (info.valid & needed) != needed)
    return malformed(ctx, path, "a member has no name or size");
  const char *name = without_suffix(ctx, info.name);
  DType want = DTYPE_BY_LOOK;
  if (!name || (wanted && !wanted->wants(wanted->user, name, &want))) return true;
  void *bytes = unpack(ctx, path, zip, &info);
  if (!bytes) return false;
  FileIn in = file_memory(ctx_printf(ctx, "%s: %s", path, info.name), bytes, info.size);
  Tensor *tensor = npy_decode(ctx, &in, want);
  heap_free(bytes);
  if (tensor) tensors_add(ctx, out, name, tensor);
  return tensor != NULL;
}

bool npz_decode(Ctx *ctx, const char *path, const void *bytes, size_t size,
                const ArraysWanted *wanted, Tensors *out) {
  *out = (Tensors){0};
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &error);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
  if (!zip) {
    malformed(ctx, path, ctx_printf(ctx, "%s", zip_error_strerror(&error)));
    if (source) zip_source_free(source);
    zip_error_fini(&error);
    return false;
  }
  bool good = true;
  for (zip_int64_t i = 0, n = zip_get_num_entries(zip, 0); i < n && good; i++)
    good = read_member(ctx, path, zip, (uint64_t)i, wanted, out);
  zip_discard(zip);
  zip_error_fini(&error);
  if (!good) tensors_free(out);
  return good;
}

bool npz_read(Ctx *ctx, const char *path, const ArraysWanted *wanted, Tensors *out) {
  size_t size;
  *out = (Tensors){0};
  char *bytes = file_read_all(ctx, path, (Span){0}, &size);
  if (!bytes) return false;
  bool good = npz_decode(ctx, path, bytes, size, wanted, out);
  heap_free(bytes);
  return good;
}

/* ---- writing ---- */

/* Adds a member whose bytes stay where they are until the archive is closed. */
static bool add_member(Ctx *ctx, zip_t *zip, const char *name, const Tensor *tensor) {
  Text header = text_new(&ctx->arena);
  npy_print_header(ctx, tensor, &header);
  zip_buffer_fragment_t parts[2] = {{(zip_uint8_t *)header.data, header.len},
                                    {tensor->data, tensor_bytes(tensor)}};
  zip_source_t *source = zip_source_buffer_fragment(zip, parts, 2, 0);
  zip_int64_t i =
      source ? zip_file_add(zip, ctx_printf(ctx, "%s.npy", name), source, ZIP_FL_ENC_UTF_8) : -1;
  if (i < 0) {
    if (source) zip_source_free(source);
    return false;
  }
  time_t start_of_zip_time = 315619200; /* 1980-01-02: equal arrays give equal files */
  return !zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0) &&
         !zip_file_set_mtime(zip, (zip_uint64_t)i, start_of_zip_time, 0);
}

/* Packs the tensors into 'archive', a growing buffer of libzip's. */
static bool pack(Ctx *ctx, const char *path, const Tensors *set, Tensor **copies,
                 zip_source_t *archive) {
  zip_error_t error;
  zip_error_init(&error);
  zip_t *zip = zip_open_from_source(archive, ZIP_TRUNCATE, &error);
  bool good = zip != NULL;
  for (uint32_t i = 0; i < set->list.len && good; i++)
    good = add_member(ctx, zip, set->list.data[i].name, copies[i]);
  if (good && !zip_close(zip)) return true;
  const char *why = zip ? zip_strerror(zip) : zip_error_strerror(&error);
  diag_at(ctx, (Span){0}, E_file_write, "cannot write '%s': %s", path, why);
  if (zip) zip_discard(zip);
  zip_error_fini(&error);
  return false;
}

static bool save(Ctx *ctx, const char *path, zip_source_t *archive) {
  FileOut out;
  unsigned char chunk[1 << 14];
  if (zip_source_open(archive)) return false;
  bool good = file_create(ctx, path, &out);
  zip_int64_t n = 0;
  while (good && (n = zip_source_read(archive, chunk, sizeof chunk)) > 0)
    file_put(&out, chunk, (size_t)n);
  zip_source_close(archive);
  return good && file_commit(&out);
}

bool npz_write(Ctx *ctx, const char *path, const Tensors *set) {
  Tensor **copies = arena_array(&ctx->arena, Tensor *, set->list.len);
  bool good = true;
  for (uint32_t i = 0; i < set->list.len && good; i++)
    good = (copies[i] = npy_writable(ctx, set->list.data[i].tensor, path)) != NULL;
  zip_source_t *archive = good ? zip_source_buffer_create(NULL, 0, 0, NULL) : NULL;
  if (archive) {
    zip_source_keep(
        archive); /* opening and closing gives one reference away; we read the bytes afterwards */
    good = pack(ctx, path, set, copies, archive) && save(ctx, path, archive);
    zip_source_free(archive);
  }
  for (uint32_t i = 0; i < set->list.len; i++) tensor_free(copies[i]);
  return good && archive;
}

const FormatCode format_npz = {.read_set = npz_read, .write_set = npz_write};
