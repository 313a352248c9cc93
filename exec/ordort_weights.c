/* Weights of built functions in safetensors files: see ordort.h. They are used where the file is
 * mapped; only what does not lie at a multiple of its element is copied. */
#define _GNU_SOURCE /* flock, O_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/dtype.h"
#include "base/open.h"
#include "base/threefry.h"
#include "exec/ordort_abi.h"
#include "exec/tensor_file.h"

enum { MESSAGE = 200, COPY_ALIGN = 64, MOVE_AT_MOST = 1 << 30 };

/* Metadata as 'ordo train' reads and writes it. */
static const char STEP[] = "ordo.step", SEED[] = "ordo.seed", PROGRAM[] = "ordo.program",
                  CRC[] = "ordo.crc32";

/* Their names in files (io/numbers.def). */
static const char *const file_types[N_DTYPES] = {
    [DT_bool] = "BOOL", [DT_key] = "U64", [DT_idx] = "I32", [DT_i32] = "I32",
    [DT_bf16] = "BF16", [DT_f32] = "F32", [DT_f64] = "F64"};

__attribute__((format(printf, 3, 4))) static int say(char *message, int code, const char *format,
                                                     ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(message, MESSAGE, format, args);
  va_end(args);
  return code;
}

static int check_version(const ordort_function *f, char *message) {
  if (f->abi == ORDORT_ABI) return ORDORT_OK;
  return say(message, ORDORT_VERSION, "the library is of version %u, libordort of version %d",
             f->abi, ORDORT_ABI);
}

/* ---- opening ---- */

static int map_file(const ordort_function *f, const char *path, ordort_weights *w) {
  struct stat info;
  const char *why = NULL;
  int fd = open_regular(path, &why);
  if (fd < 0) return say(w->message, ORDORT_FILE, "'%.100s': %s", path, why);
  void *map = NULL;
  bool good = !fstat(fd, &info);
  int64_t bytes = good ? (int64_t)info.st_size : 0;
  int access = f->n_states ? PROT_READ | PROT_WRITE : PROT_READ; /* written to: pages of our own */
  if (good && bytes) map = mmap(NULL, (size_t)bytes, access, MAP_PRIVATE, fd, 0);
  good = good && map != MAP_FAILED;
  if (!good) say(w->message, ORDORT_FILE, "'%.100s': %s", path, strerror(errno));
  close(fd);
  if (!good) return ORDORT_FILE;
  w->map = map;
  w->bytes = bytes;
  return ORDORT_OK;
}

/* The name of weight i in the file. "Net.first.W" of a function of Net is that of its model. */
static bool name_in_file(const ordort_function *f, uint32_t i, const char *model, char *name,
                         size_t room) {
  const char *own = f->info.weights[i].name, *dot = strrchr(f->info.name, '.');
  size_t stem = dot && !f->n_states ? (size_t)(dot - f->info.name) : 0;
  bool replaced = model && stem && !strncmp(own, f->info.name, stem) && own[stem] == '.';
  int n = replaced ? snprintf(name, room, "%s%s%s", model, *model ? "." : "", own + stem + 1)
                   : snprintf(name, room, "%s", own);
  return n >= 0 && (size_t)n < room;
}

static void print_type(char *text, size_t room, const char *dtype, const int64_t *dims,
                       uint32_t rank) {
  size_t n = (size_t)snprintf(text, room, "%.12s[", dtype);
  for (uint32_t d = 0; d < rank && d < FILE_RANK && n < room; d++)
    n += (size_t)snprintf(text + n, room - n, "%s%lld", d ? ", " : "", (long long)dims[d]);
  if (n < room) snprintf(text + n, room - n, "]");
}

static bool known(const ordort_tensor *t) {
  for (uint32_t d = 0; d < t->rank; d++)
    if (t->dims[d] < 0) return false;
  return true;
}

static bool same_type(const ordort_tensor *want, const FileTensor *got) {
  if (strcmp(file_types[want->dtype], got->dtype) || want->rank != got->rank ||
      want->bytes != got->end - got->begin)
    return false;
  return known(want) &&
         (!want->rank || !memcmp(want->dims, got->dims, sizeof *want->dims * want->rank));
}

static int find_weight(const ordort_function *f, uint32_t i, ordort_weights *w, const FileHeader *h,
                       const FileTensor **found) {
  const ordort_tensor *want = &f->info.weights[i];
  char name[1000], a[70], b[70];
  if (!name_in_file(f, i, w->model, name, sizeof name))
    return say(w->message, ORDORT_TENSOR, "weight '%.100s' has too long a name", want->name);
  const FileTensor *t = *found = file_header_tensor(h, name);
  if (!t) return say(w->message, ORDORT_TENSOR, "weight '%.150s' is not in the file", name);
  if (same_type(want, t)) return ORDORT_OK;
  print_type(a, sizeof a, t->dtype, t->dims, t->rank);
  print_type(b, sizeof b, file_types[want->dtype], want->dims, want->rank);
  return say(w->message, ORDORT_TENSOR, "weight '%.60s' is %s in the file, expected %s", name, a,
             b);
}

static const char *data_of(const ordort_weights *w, const FileHeader *h, const FileTensor *t) {
  return (const char *)w->map + h->data + t->begin;
}

/* What has no bit pattern of its type would make compiled code go astray. */
static int check_values(const ordort_tensor *want, const char *data, ordort_weights *w) {
  for (int64_t k = 0; want->dtype == DT_bool && k < want->bytes; k++)
    if (data[k] & ~1)
      return say(w->message, ORDORT_FORMAT, "weight '%.100s' has a bool that is %d", want->name,
                 (unsigned char)data[k]);
  return ORDORT_OK;
}

static int check_crc(const FileHeader *h, const FileTensor *t, const char *data, const Crc32 *crc,
                     ordort_weights *w) {
  char key[1100], value[16];
  snprintf(key, sizeof key, "%s.%s", CRC, t->name);
  const char *stored = file_header_meta(h, key);
  if (!stored) return ORDORT_OK;
  snprintf(value, sizeof value, "%08x", crc32_add(crc, 0, data, (size_t)(t->end - t->begin)));
  if (!strcmp(stored, value)) return ORDORT_OK;
  return say(w->message, ORDORT_FORMAT, "weight '%.100s' is damaged: its checksum differs",
             t->name);
}

static int check_meta(const FileHeader *h, const Crc32 *crc, ordort_weights *w) {
  const char *stored = file_header_meta(h, CRC);
  char value[16];
  uint32_t sum = 0;
  for (uint32_t i = 0; stored && i < h->n_meta; i++) {
    const FileMeta *m = &h->meta[i];
    if (!strncmp(m->key, CRC, strlen(CRC))) continue;
    sum = crc32_add(crc, sum, m->key, strlen(m->key) + 1);
    sum = crc32_add(crc, sum, m->value, strlen(m->value) + 1);
  }
  snprintf(value, sizeof value, "%08x", sum);
  if (!stored || !strcmp(stored, value)) return ORDORT_OK;
  return say(w->message, ORDORT_FORMAT, "the metadata is damaged: its checksum differs");
}

static int read_count(const FileHeader *h, const char *key, ordort_weights *w, int64_t *value) {
  const char *text = file_header_meta(h, key);
  char *end = NULL;
  *value = 0;
  if (!text) return ORDORT_OK;
  errno = 0;
  *value = strtoll(text, &end, 10);
  if (end != text && !*end && !errno && *value >= 0) return ORDORT_OK;
  return say(w->message, ORDORT_FORMAT, "its metadata '%s' is no number", key);
}

static bool aligned(const ordort_tensor *want, const char *data) {
  return !((uintptr_t)data % (uintptr_t)dtype_bytes[want->dtype]);
}

static int64_t copy_bytes(const ordort_tensor *want) {
  return (want->bytes + COPY_ALIGN - 1) / COPY_ALIGN * COPY_ALIGN;
}

/* All about weight i is looked at; 'more' grows by what a copy of it takes. */
static int check_weight(const ordort_function *f, uint32_t i, const FileHeader *h, const Crc32 *crc,
                        ordort_weights *w, int64_t *more) {
  const FileTensor *t;
  int code = find_weight(f, i, w, h, &t);
  if (code) return code;
  const char *data = data_of(w, h, t);
  if (!aligned(&f->info.weights[i], data)) *more += copy_bytes(&f->info.weights[i]);
  code = check_values(&f->info.weights[i], data, w);
  return code || w->unchecked ? code : check_crc(h, t, data, crc, w);
}

/* Pointers, and behind them copies of what is not aligned. */
static int lay_weights(const ordort_function *f, const FileHeader *h, int64_t more,
                       ordort_weights *w) {
  int64_t head = ((int64_t)sizeof(void *) * f->info.n_weights / COPY_ALIGN + 1) * COPY_ALIGN;
  w->own = heap_alloc((size_t)(head + more));
  if (!w->own) return say(w->message, ORDORT_MEMORY, "no memory for its weights");
  const void **list = w->own;
  char *copy = (char *)w->own + head;
  for (uint32_t i = 0; i < f->info.n_weights; i++) {
    const ordort_tensor *want = &f->info.weights[i];
    const FileTensor *t;
    int code = find_weight(f, i, w, h, &t);
    if (code) return code;
    list[i] = data_of(w, h, t);
    if (aligned(want, list[i])) continue;
    memcpy(copy, list[i], (size_t)want->bytes);
    list[i] = copy;
    copy += copy_bytes(want);
  }
  w->weights = list;
  return ORDORT_OK;
}

static int take_weights(const ordort_function *f, const FileHeader *h, ordort_weights *w) {
  Crc32 crc;
  int64_t more = 0, seed = 0;
  crc32_init(&crc);
  int code = w->unchecked ? ORDORT_OK : check_meta(h, &crc, w);
  if (!code) code = read_count(h, STEP, w, &w->step);
  if (!code) code = read_count(h, SEED, w, &seed);
  w->seed = (uint64_t)seed;
  for (uint32_t i = 0; i < f->info.n_weights && !code; i++)
    code = check_weight(f, i, h, &crc, w, &more);
  return code ? code : lay_weights(f, h, more, w);
}

int ordort_weights_open(const ordort_function *f, const char *path, ordort_weights *w) {
  *w = (ordort_weights){.model = w->model, .unchecked = w->unchecked};
  int code = check_version(f, w->message);
  if (!code) code = map_file(f, path, w);
  if (code) return code;
  FileHeader h;
  if (file_header_read(&h, w->map, w->bytes))
    code = take_weights(f, &h, w);
  else
    code = say(w->message, h.no_memory ? ORDORT_MEMORY : ORDORT_FORMAT, "%s", h.why);
  file_header_free(&h);
  if (code) ordort_weights_close(w);
  return code;
}

void ordort_weights_close(ordort_weights *w) {
  if (w->map) munmap(w->map, (size_t)w->bytes);
  heap_free(w->own);
  w->map = w->own = NULL;
  w->weights = NULL;
  w->bytes = 0;
}

/* ---- saving: the header ---- */

typedef struct SaveText {
  char *data;
  size_t n;
  bool failed;
} SaveText;

static void put(SaveText *out, const char *text, size_t n) {
  out->failed = out->failed || !heap_grow((void **)&out->data, 1, out->n, n);
  if (out->failed) return;
  memcpy(out->data + out->n, text, n);
  out->n += n;
}

__attribute__((format(printf, 2, 3))) static void put_format(SaveText *out, const char *format,
                                                             ...) {
  char text[200];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  put(out, text, (size_t)n);
}

/* What stands inside of a JSON text. */
static void put_name(SaveText *out, const char *name) {
  for (; *name; name++)
    if (*name == '"' || *name == '\\')
      put_format(out, "\\%c", *name);
    else if ((unsigned char)*name < 0x20)
      put_format(out, "\\u%04x", (unsigned)*name);
    else
      put(out, name, 1);
}

static void put_pair(SaveText *out, const Crc32 *crc, uint32_t *sum, const char *key,
                     const char *value) {
  put_format(out, "\"%s\":\"", key);
  put_name(out, value);
  put(out, "\",", 2);
  *sum = crc32_add(crc, *sum, key, strlen(key) + 1);
  *sum = crc32_add(crc, *sum, value, strlen(value) + 1);
}

/* Of what is not a training program there is no step. The checksum wants the order of the keys. */
static void put_metadata(SaveText *out, const ordort_function *f, const ordort_context *c,
                         const Crc32 *crc) {
  char program[1000], step[24], seed[24];
  uint32_t sum = 0;
  snprintf(program, sizeof program, "%s", f->info.name);
  char *dot = strrchr(program, '.');
  if (dot) *dot = 0;
  snprintf(step, sizeof step, "%lld", (long long)c->step);
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)c->seed);
  put_format(out, "\"__metadata__\":{");
  if (f->n_states) {
    put_pair(out, crc, &sum, PROGRAM, program);
    put_pair(out, crc, &sum, SEED, seed);
    put_pair(out, crc, &sum, STEP, step);
  }
  put_format(out, "\"%s\":\"%08x\"", CRC, sum);
  const void *const *weights = ordort_weights_of(f, c);
  for (uint32_t i = 0; i < f->info.n_weights; i++) {
    const ordort_tensor *t = &f->info.weights[i];
    put_format(out, ",\"%s.", CRC);
    put_name(out, t->name);
    put_format(out, "\":\"%08x\"", crc32_add(crc, 0, weights[i], (size_t)t->bytes));
  }
  put(out, "}", 1);
}

static void put_tensor(SaveText *out, const ordort_tensor *t, int64_t begin) {
  put(out, ",\"", 2);
  put_name(out, t->name);
  put_format(out, "\":{\"dtype\":\"%s\",\"shape\":[", file_types[t->dtype]);
  for (uint32_t d = 0; d < t->rank; d++)
    put_format(out, "%s%lld", d ? "," : "", (long long)t->dims[d]);
  put_format(out, "],\"data_offsets\":[%lld,%lld]}", (long long)begin,
             (long long)(begin + t->bytes));
}

/* Numbers of the weights, wide elements first, so that each is aligned. */
static uint32_t next_of_width(const ordort_info *info, uint32_t i, size_t width) {
  while (i < info->n_weights && dtype_bytes[info->weights[i].dtype] != (int)width) i++;
  return i;
}

static void put_header(SaveText *out, const ordort_function *f, const ordort_context *c) {
  const ordort_info *info = &f->info;
  Crc32 crc;
  crc32_init(&crc);
  put(out, "{", 1);
  put_metadata(out, f, c, &crc);
  int64_t at = 0;
  for (size_t width = 8; width; width /= 2)
    for (uint32_t i = 0; (i = next_of_width(info, i, width)) < info->n_weights; i++) {
      put_tensor(out, &info->weights[i], at);
      at += info->weights[i].bytes;
    }
  put(out, "}", 1);
  while (!out->failed && (out->n + 8) % COPY_ALIGN) put(out, " ", 1);
}

/* ---- saving: the file ---- */

static bool write_all(int fd, const void *bytes, size_t n) {
  for (size_t done = 0; done < n;) {
    size_t part = n - done < MOVE_AT_MOST ? n - done : MOVE_AT_MOST;
    ssize_t put = write(fd, (const char *)bytes + done, part);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    done += (size_t)put;
  }
  return true;
}

static bool write_file(int fd, const SaveText *header, const ordort_function *f,
                       const ordort_context *c) {
  const void *const *weights = ordort_weights_of(f, c);
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)header->n >> (8 * i));
  bool good = write_all(fd, length, 8) && write_all(fd, header->data, header->n);
  for (size_t width = 8; width; width /= 2)
    for (uint32_t i = 0; good && (i = next_of_width(&f->info, i, width)) < f->info.n_weights; i++)
      good = write_all(fd, weights[i], (size_t)f->info.weights[i].bytes);
  return good && (!fsync(fd) || errno == EINVAL || errno == EROFS);
}

/* A file of our own beside the path. It is locked, for 'ordo train' removes those that nobody
 * holds. */
static int open_temporary(const char *path, char *temporary) {
  for (int i = 0; i < 100; i++) {
    snprintf(temporary, PATH_MAX, "%s.tmp.%ld.%d", path, (long)getpid(), i);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd >= 0) flock(fd, LOCK_EX | LOCK_NB);
    return fd;
  }
  return -1;
}

/* Makes a rename in the folder durable, where a file system can. */
static bool sync_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == EACCES;
  bool good = !fsync(fd) || errno == EINVAL;
  close(fd);
  return good;
}

/* Devices and pipes take the bytes as they come: a rename would replace them. */
static bool save(const ordort_function *f, const char *path, const SaveText *header,
                 const ordort_context *c) {
  char temporary[PATH_MAX];
  bool special = irregular(path) != NULL;
  int fd = special ? open(path, O_WRONLY | O_CLOEXEC) : open_temporary(path, temporary);
  if (fd < 0) return false;
  bool good = write_file(fd, header, f, c);
  int why = errno;
  if (close(fd) && good) good = false, why = errno;
  if (special) return errno = why, good;
  if (good && rename(temporary, path)) good = false, why = errno;
  if (!good) return unlink(temporary), errno = why, false;
  return sync_folder(path);
}

int ordort_weights_save(const ordort_function *f, const char *path, ordort_context *c) {
  int code = check_version(f, c->message);
  if (code) return code;
  if (f->info.n_weights && !ordort_weights_of(f, c))
    return say(c->message, ORDORT_WEIGHTS, "'%s' has no weights", f->info.name);
  for (uint32_t i = 0; i < f->info.n_weights; i++)
    if (!known(&f->info.weights[i]))
      return say(c->message, ORDORT_TENSOR, "weight '%.100s' has no fixed extents",
                 f->info.weights[i].name);
  if (strlen(path) > PATH_MAX - 40)
    return say(c->message, ORDORT_FILE, "'%.100s...': its name is too long", path);
  SaveText header = {0};
  put_header(&header, f, c);
  if (header.failed)
    code = say(c->message, ORDORT_MEMORY, "no memory for the header of '%.100s'", path);
  else if (!save(f, path, &header, c))
    code = say(c->message, ORDORT_FILE, "cannot write '%.100s': %s", path, strerror(errno));
  heap_free(header.data);
  return code;
}
