/* .npz: a zip archive of .npy files, through libzip. The archive is read into memory first and
 * written from memory, so that reading works on any bytes and writing stays atomic. */
#include <string.h>
#include <zip.h>

#include "io/npy.h"
#include "io/zip_in.h"

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

static bool read_member(Ctx *ctx, const FileIn *archive, zip_t *zip, uint64_t i,
                        const ArraysWanted *wanted, Tensors *out) {
  const char *path = archive->path;
  zip_stat_t info;
  zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_INDEX;
  if (zip_stat_index(zip, i, 0, &info) || (info.valid & needed) != needed)
    return malformed(ctx, path, "a member has no name or size");
  const char *name = without_suffix(ctx, info.name);
  DType want = DTYPE_BY_LOOK;
  if (!name || (wanted && !wanted->wants(wanted->user, name, &want))) return true;
  size_t size;
  const char *why;
  void *bytes = zip_unpack(ctx, archive, zip, info.index, UINT64_MAX, &size, &why);
  if (!bytes) return malformed(ctx, path, why);
  FileIn in = file_memory(ctx_printf(ctx, "%s: %s", path, info.name), bytes, size);
  Tensor *tensor = npy_decode(ctx, &in, want);
  heap_free(bytes);
  if (tensor) tensors_add(ctx, out, name, tensor);
  return tensor != NULL;
}

bool npz_decode(Ctx *ctx, const char *path, const void *bytes, size_t size,
                const ArraysWanted *wanted, Tensors *out) {
  *out = (Tensors){0};
  FileIn in = file_memory(path, bytes, size);
  const char *why;
  zip_t *zip = zip_open_in(ctx, &in, ZIP_CHECKCONS, &why);
  if (!zip) return malformed(ctx, path, why);
  bool good = true;
  for (zip_int64_t i = 0, n = zip_get_num_entries(zip, 0); i < n && good; i++)
    good = read_member(ctx, &in, zip, (uint64_t)i, wanted, out);
  zip_discard(zip);
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

/* ---- as a file of weights: members are unpacked when they are asked for ---- */

enum { LOOK = 1 << 16 }; /* a header is shorter, or no array of numbers */

static bool look_at(StoredFile *f, zip_t *zip, uint64_t i, Stored *t) {
  DiagMark mark = diag_mark(f->ctx);
  char *start = heap_alloc(LOOK);
  zip_file_t *member = start ? zip_fopen_index(zip, i, 0) : NULL;
  zip_int64_t n = member ? zip_fread(member, start, LOOK) : -1;
  if (member) zip_fclose(member);
  FileIn in = file_memory(f->path, start, n > 0 ? (size_t)n : 0);
  bool good = n > 0 && npy_look(f->ctx, &in, &t->number, &t->rank, t->dims);
  if (!good) diag_rollback(f->ctx, mark);
  heap_free(start);
  return good;
}

static bool npz_open(StoredFile *f) {
  const char *why;
  zip_t *zip = f->state = zip_open_in(f->ctx, &f->in, ZIP_CHECKCONS, &why);
  if (!zip) return stored_malformed(f, "%s", why);
  for (zip_int64_t i = 0, n = zip_get_num_entries(zip, 0); i < n; i++) {
    const char *member = zip_get_name(zip, (zip_uint64_t)i, 0);
    const char *name = member ? without_suffix(f->ctx, member) : NULL;
    if (!name) continue;
    Stored t = {.name = name, .at = (uint64_t)i, .dtype = "?"};
    if (look_at(f, zip, (uint64_t)i, &t))
      t.dtype = number_info[t.number].name;
    else
      t.unreadable = "elements that are no numbers";
    vec_push(&f->ctx->arena, &f->tensors, t);
  }
  return true;
}

static bool npz_get(const StoredFile *f, const Stored *t, Tensor *into) {
  size_t size;
  const char *why;
  void *bytes = zip_unpack(f->ctx, &f->in, f->state, t->at, UINT64_MAX, &size, &why);
  if (!bytes) return stored_malformed(f, "%s", why);
  FileIn in = file_memory(stored_what(f, t), bytes, size);
  Tensor *made = npy_decode(f->ctx, &in, into->dtype);
  bool same = made && tensor_bytes(made) == tensor_bytes(into);
  if (same) memcpy(into->data, made->data, tensor_bytes(into));
  heap_free(bytes);
  tensor_free(made);
  return same;
}

static void npz_close(StoredFile *f) {
  if (f->state) zip_discard(f->state);
}

const StoredFormat stored_npz = {npz_open, npz_get, npz_close};

const FormatCode format_npz = {.read_set = npz_read, .write_set = npz_write};
