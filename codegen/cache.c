/* The object cache. An entry is a header with a checksum and the object. Loading touches the file's
 * time, which orders the entries for pruning. */
#define _GNU_SOURCE /* dladdr */
#include "codegen/cache.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <llvm-c/Core.h>

#include "base/text.h"
#include "base/vec.h"

typedef struct Header {
  char magic[8];
  CacheKey key;
  uint64_t size, checksum;
} Header;

static const char MAGIC[8] = "ordoobj";
static const char SUFFIX[] = ".ordo.o";
static const uint64_t LIMIT = 256u << 20;
static const int PRUNE_SECONDS = 3600;

/* A new build of the emitters must not find the objects of the old one, whatever the version says:
 * the file that holds this code, its size and time, stand for the build. */
static uint64_t build_identity(void) {
  union {
    Cache (*function)(Arena *, const char *);
    void *address;
  } self = {.function = cache_open};
  Dl_info info;
  struct stat file;
  uint64_t hash = hash_bytes(ORDO_VERSION, strlen(ORDO_VERSION), 1);
  if (!dladdr(self.address, &info) || !info.dli_fname) return hash;
  if (stat(info.dli_fname, &file) && stat("/proc/self/exe", &file)) return hash;
  hash = hash_mix(hash, (uint64_t)file.st_size);
  hash = hash_mix(hash, (uint64_t)file.st_mtim.tv_sec);
  return hash_mix(hash, (uint64_t)file.st_mtim.tv_nsec);
}

static const char *user_directory(Arena *arena) {
  const char *dir = getenv("ORDO_CACHE_DIR"), *state = getenv("ORDO_CACHE");
  if (state && !strcmp(state, "off")) return NULL;
  if (dir && *dir) return arena_strdup(arena, dir);
  dir = getenv("XDG_CACHE_HOME");
  if (dir && *dir) return arena_printf(arena, "%s/ordo", dir);
  dir = getenv("HOME");
  return dir && *dir ? arena_printf(arena, "%s/.cache/ordo", dir) : NULL;
}

/* mkdir -p; false when the directory is not there in the end. */
static bool make_directory(Arena *arena, const char *dir) {
  struct stat info;
  if (!stat(dir, &info)) return S_ISDIR(info.st_mode);
  char *path = arena_strdup(arena, dir);
  for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
  mkdir(path, 0700);
  return !stat(dir, &info) && S_ISDIR(info.st_mode);
}

Cache cache_open(Arena *arena, const char *dir) {
  Cache cache = {.limit = LIMIT};
  const char *path = dir ? arena_strdup(arena, dir) : user_directory(arena);
  if (!path || !*path || !make_directory(arena, path)) return cache;
  cache.dir = path;
  cache.build = build_identity();
  return cache;
}

CacheKey cache_key(const Cache *cache, const char *const *texts, int n) {
  unsigned major, minor, patch;
  LLVMGetVersion(&major, &minor, &patch);
  CacheKey key;
  for (int i = 0; i < 2; i++) {
    uint64_t hash = hash_mix(cache->build, (uint64_t)i);
    hash = hash_mix(hash, ((uint64_t)major << 40) + ((uint64_t)minor << 20) + patch);
    for (int t = 0; t < n; t++) hash = hash_bytes(texts[t], strlen(texts[t]), hash);
    key.hash[i] = hash;
  }
  return key;
}

static void entry_path(const Cache *cache, CacheKey key, char *path, size_t size) {
  snprintf(path, size, "%s/%016llx%016llx%s", cache->dir, (unsigned long long)key.hash[0],
           (unsigned long long)key.hash[1], SUFFIX);
}

static bool read_all(int file, void *bytes, size_t n) {
  for (char *at = bytes; n;) {
    ssize_t got = read(file, at, n);
    if (got <= 0) return false;
    at += got;
    n -= (size_t)got;
  }
  return true;
}

static bool write_all(int file, const void *bytes, size_t n) {
  for (const char *at = bytes; n;) {
    ssize_t put = write(file, at, n);
    if (put <= 0) return false;
    at += put;
    n -= (size_t)put;
  }
  return true;
}

static bool read_entry(int file, Arena *arena, CacheKey key, const void **bytes, size_t *n) {
  Header header;
  struct stat info;
  if (fstat(file, &info) || !read_all(file, &header, sizeof header)) return false;
  if (memcmp(header.magic, MAGIC, sizeof MAGIC) || memcmp(&header.key, &key, sizeof key))
    return false;
  if (header.size != (uint64_t)info.st_size - sizeof header) return false;
  void *data = arena_alloc(arena, header.size);
  if (!read_all(file, data, header.size)) return false;
  if (hash_bytes(data, header.size, 0) != header.checksum) return false;
  *bytes = data;
  *n = header.size;
  return true;
}

bool cache_load(const Cache *cache, Arena *arena, CacheKey key, const void **bytes, size_t *n) {
  char path[4096];
  if (!cache->dir) return false;
  entry_path(cache, key, path, sizeof path);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool good = read_entry(file, arena, key, bytes, n);
  if (good) futimens(file, NULL);
  close(file);
  return good;
}

void cache_store(Cache *cache, CacheKey key, const void *bytes, size_t n) {
  char path[4096], temporary[4200];
  if (!cache->dir) return;
  entry_path(cache, key, path, sizeof path);
  snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
  int file = mkstemp(temporary);
  if (file < 0) return;
  Header header = {.key = key, .size = n, .checksum = hash_bytes(bytes, n, 0)};
  memcpy(header.magic, MAGIC, sizeof MAGIC);
  bool good = write_all(file, &header, sizeof header) && write_all(file, bytes, n);
  good = !close(file) && good;
  if (good && !rename(temporary, path))
    cache->stored++;
  else
    unlink(temporary);
}

typedef struct Entry {
  const char *path;
  struct timespec used;
  uint64_t size;
} Entry;

static int by_age(const void *a, const void *b) {
  const struct timespec *x = &((const Entry *)a)->used, *y = &((const Entry *)b)->used;
  if (x->tv_sec != y->tv_sec) return x->tv_sec < y->tv_sec ? -1 : 1;
  return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

void cache_prune(const Cache *cache) {
  DIR *dir = cache->dir ? opendir(cache->dir) : NULL;
  if (!dir) return;
  Arena arena;
  arena_init(&arena);
  VEC(Entry) entries = {0};
  uint64_t total = 0;
  /* Temporary files of a killed process carry the suffix too and age like the others. */
  for (struct dirent *item; (item = readdir(dir));) {
    struct stat info;
    if (!strstr(item->d_name, SUFFIX)) continue;
    const char *path = arena_printf(&arena, "%s/%s", cache->dir, item->d_name);
    if (stat(path, &info) || !S_ISREG(info.st_mode)) continue;
    total += (uint64_t)info.st_size;
    Entry entry = {path, info.st_mtim, (uint64_t)info.st_size};
    vec_push(&arena, &entries, entry);
  }
  closedir(dir);
  if (total > cache->limit) {
    qsort(entries.data, entries.len, sizeof *entries.data, by_age);
    for (uint32_t i = 0; i < entries.len && total > cache->limit / 4 * 3; i++)
      if (!unlink(entries.data[i].path)) total -= entries.data[i].size;
  }
  arena_free(&arena);
}

void cache_prune_now_and_then(const Cache *cache) {
  char mark[4096];
  struct stat info;
  if (!cache->dir) return;
  snprintf(mark, sizeof mark, "%s/.pruned", cache->dir);
  if (!stat(mark, &info) && time(NULL) - info.st_mtime < PRUNE_SECONDS) return;
  int file = open(mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) futimens(file, NULL), close(file);
  cache_prune(cache);
}
