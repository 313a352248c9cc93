/* Zip archives: see zip_in.h. A member's claimed size is believed only as far as deflate can expand
 * (1032 times), so that a small file cannot make us allocate a large buffer. */
#include "io/zip_in.h"

#include <string.h>

enum { DEFLATE_LIMIT = 1032, SMALLEST_ARCHIVE = 22 };

typedef struct ZipIn {
  Ctx *ctx;
  const FileIn *in;
  uint64_t at;
  zip_error_t error;
} ZipIn;

static zip_int64_t read_some(ZipIn *z, void *to, zip_uint64_t n) {
  uint64_t left = z->in->size - z->at;
  if (n > left) n = left;
  if (n && !file_get(z->ctx, z->in, z->at, to, (size_t)n)) return -1;
  z->at += n;
  return (zip_int64_t)n;
}

static zip_int64_t seek(ZipIn *z, void *data, zip_uint64_t n) {
  zip_int64_t to = zip_source_seek_compute_offset(z->at, z->in->size, data, n, &z->error);
  if (to < 0) return -1;
  z->at = (uint64_t)to;
  return 0;
}

static zip_int64_t tell_size(const ZipIn *z, zip_stat_t *stat) {
  zip_stat_init(stat);
  stat->size = z->in->size;
  stat->valid = ZIP_STAT_SIZE;
  return sizeof *stat;
}

static zip_int64_t serve(void *user, void *data, zip_uint64_t n, zip_source_cmd_t command) {
  ZipIn *z = user;
  switch (command) {
  case ZIP_SOURCE_OPEN:
    z->at = 0;
    return 0;
  case ZIP_SOURCE_READ:
    return read_some(z, data, n);
  case ZIP_SOURCE_SEEK:
    return seek(z, data, n);
  case ZIP_SOURCE_TELL:
    return (zip_int64_t)z->at;
  case ZIP_SOURCE_STAT:
    return tell_size(z, data);
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&z->error, data, n);
  case ZIP_SOURCE_SUPPORTS:
    return ZIP_SOURCE_SUPPORTS_SEEKABLE;
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE:
    return 0;
  default:
    zip_error_set(&z->error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
  }
}

zip_t *zip_open_in(Ctx *ctx, const FileIn *in, int flags, const char **why) {
  ZipIn *z = arena_new(&ctx->arena, ZipIn);
  zip_error_t error;
  *z = (ZipIn){.ctx = ctx, .in = in};
  zip_error_init(&z->error);
  zip_error_init(&error);
  *why = "Not a zip archive"; /* libzip's words; of nothing it makes an empty one */
  if (in->size < SMALLEST_ARCHIVE) return NULL;
  zip_source_t *source = zip_source_function_create(serve, z, &error);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | flags, &error) : NULL;
  if (!zip) *why = ctx_printf(ctx, "%s", zip_error_strerror(&error));
  if (!zip && source) zip_source_free(source);
  zip_error_fini(&error);
  return zip;
}

void *zip_unpack(Ctx *ctx, const FileIn *in, zip_t *zip, uint64_t index, uint64_t most,
                 size_t *size, const char **why) {
  zip_stat_t info;
  zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  *why = "a member has no name or size";
  if (zip_stat_index(zip, index, 0, &info) || (info.valid & needed) != needed) return NULL;
  *why = ctx_printf(ctx, "'%s' claims an impossible size", info.name);
  if (info.comp_size > in->size || info.size > most) return NULL;
  if (info.size / DEFLATE_LIMIT > info.comp_size + 1) return NULL;
  unsigned char *bytes = heap_alloc(info.size + 1);
  zip_file_t *member = bytes ? zip_fopen_index(zip, index, 0) : NULL;
  uint64_t done = 0;
  while (member && done < info.size) {
    zip_int64_t got = zip_fread(member, bytes + done, info.size - done);
    if (got <= 0) break;
    done += (uint64_t)got;
  }
  bool whole = member && done == info.size;
  if (member && zip_fclose(member)) whole = false;
  *size = (size_t)done;
  if (whole) return bytes;
  *why = ctx_printf(ctx, "cannot unpack '%s': %s", info.name, zip_strerror(zip));
  heap_free(bytes);
  return NULL;
}
