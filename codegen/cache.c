/* The object cache. An entry is a header and the object; what the user's key makes of both
 * stands in front. Loading touches the file's time, which orders the entries for pruning.
 *
 * Objects are run, so only those of the user himself may be found. The folder is his (owner, no
 * one else may write, no link), everything in it is reached through its descriptor and never
 * through a link, entries are regular files of his, and none counts without the right hash under
 * a key that nobody else can read.
 */
#define _GNU_SOURCE /* dladdr */
#include "codegen/cache.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <llvm-c/Core.h>

#include "base/text.h"
#include "base/vec.h"

typedef struct Header {
  char magic[8];
  SipHash seal; /* of the rest of the header and the object */
  CacheKey key;
  uint64_t size;
} Header;

static const char MAGIC[8] = "ordoobj";
static const char SUFFIX[] = ".ordo.o", KEY[] = ".key", PRUNED[] = ".pruned";
static const uint64_t LIMIT = 256u << 20;
static const int PRUNE_SECONDS = 3600;
static const off_t MOST_TEXT = 1 << 20;
enum { NAME = 128 };

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

char *cache_directory(Arena *arena) {
  const char *dir = getenv("ORDO_CACHE_DIR"), *state = getenv("ORDO_CACHE");
  if (state && !strcmp(state, "off")) return NULL;
  if (dir && *dir) return arena_strdup(arena, dir);
  dir = getenv("XDG_CACHE_HOME");
  if (dir && *dir) return arena_printf(arena, "%s/ordo", dir);
  dir = getenv("HOME");
  return dir && *dir ? arena_printf(arena, "%s/.cache/ordo", dir) : NULL;
}

/* mkdir -p, as far as it gets. */
static void make_directory(Arena *arena, const char *dir) {
  char *path = arena_strdup(arena, dir);
  for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
  mkdir(path, 0700);
}

/* Whether the user owns it and nobody else has one of these rights. */
static bool is_own(const struct stat *info, mode_t rights) {
  return info->st_uid == geteuid() && !(info->st_mode & rights);
}

/* The folder, or -1. */
static int open_folder(Arena *arena, const char *dir) {
  struct stat info;
  make_directory(arena, dir);
  int folder = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return -1;
  if (!fstat(folder, &info) && is_own(&info, S_IWGRP | S_IWOTH)) return folder;
  close(folder);
  return -1;
}

/* A regular file of the user's in the folder; -1 when there is none. */
static int open_file(const Cache *cache, const char *name, mode_t rights, struct stat *info) {
  int file = openat(cache->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return -1;
  if (!fstat(file, info) && S_ISREG(info->st_mode) && is_own(info, rights)) return file;
  close(file);
  return -1;
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

/* ---- the key ---- */

static bool read_key(Cache *cache) {
  struct stat info;
  int file = open_file(cache, KEY, S_IRWXG | S_IRWXO, &info);
  if (file < 0) return false;
  bool good =
      info.st_size == sizeof cache->secret && read_all(file, &cache->secret, sizeof cache->secret);
  close(file);
  return good;
}

/* A new file, or -1. What a process of the same number left behind goes. */
static int create_file(const Cache *cache, const char *name) {
  int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int file = openat(cache->folder, name, flags, 0600);
  if (file >= 0 || errno != EEXIST || unlinkat(cache->folder, name, 0)) return file;
  return openat(cache->folder, name, flags, 0600);
}

/* The file appears whole, by a link; when another process was faster its key counts. */
static bool make_key(Cache *cache) {
  char name[NAME];
  SipHash key;
  if (getrandom(&key, sizeof key, 0) != sizeof key) return false;
  snprintf(name, sizeof name, "%s.%ld%s", KEY, (long)getpid(), SUFFIX);
  int file = create_file(cache, name);
  if (file < 0) return false;
  bool good = write_all(file, &key, sizeof key);
  good = !close(file) && good && !linkat(cache->folder, name, cache->folder, KEY, 0);
  unlinkat(cache->folder, name, 0);
  return good || errno == EEXIST;
}

/* A key that others could have read or written is thrown away, and with it all entries. */
static bool find_key(Cache *cache) {
  if (read_key(cache)) return true;
  unlinkat(cache->folder, KEY, 0);
  return make_key(cache) && read_key(cache);
}

Cache cache_open(Arena *arena, const char *dir) {
  Cache cache = {.folder = -1, .limit = LIMIT};
  char *path = dir ? arena_strdup(arena, dir) : cache_directory(arena);
  if (!path || !*path) return cache;
  /* "link/" would be followed, "link" is not. */
  for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--) path[n - 1] = 0;
  cache.folder = open_folder(arena, path);
  if (cache.folder < 0) return cache;
  cache.build = build_identity();
  if (!find_key(&cache)) cache_close(&cache);
  return cache;
}

void cache_close(Cache *cache) {
  if (cache->folder >= 0) close(cache->folder);
  cache->folder = -1;
}

/* ---- entries ---- */

/* Under the secret key, so that nobody can write a spec whose code has the key of another's. */
CacheKey cache_key(const Cache *cache, const char *const *texts, int n) {
  unsigned major, minor, patch;
  LLVMGetVersion(&major, &minor, &patch);
  uint64_t build[] = {cache->build, major, minor, patch};
  SipHash hash = siphash(cache->secret, build, sizeof build);
  for (int t = 0; t < n; t++) {
    SipHash key = {{cache->secret.word[0] ^ hash.word[0], cache->secret.word[1] ^ hash.word[1]}};
    hash = siphash(key, texts[t], strlen(texts[t]));
  }
  return (CacheKey){{hash.word[0], hash.word[1]}};
}

static void entry_name(CacheKey key, char *name) {
  snprintf(name, NAME, "%016llx%016llx%s", (unsigned long long)key.hash[0],
           (unsigned long long)key.hash[1], SUFFIX);
}

/* What proves that this user wrote the entry. */
static SipHash seal(const Cache *cache, const Header *header, const void *bytes) {
  SipHash hash = siphash(cache->secret, bytes, header->size);
  uint64_t all[] = {hash.word[0], hash.word[1], header->key.hash[0], header->key.hash[1],
                    header->size};
  return siphash(cache->secret, all, sizeof all);
}

static bool read_entry(const Cache *cache, int file, uint64_t size, Arena *arena, CacheKey key,
                       const void **bytes, size_t *n) {
  Header header;
  if (size > cache->limit || !read_all(file, &header, sizeof header)) return false;
  if (memcmp(header.magic, MAGIC, sizeof MAGIC) || memcmp(&header.key, &key, sizeof key))
    return false;
  if (header.size != size - sizeof header) return false;
  void *data = arena_alloc(arena, header.size);
  if (!read_all(file, data, header.size)) return false;
  SipHash right = seal(cache, &header, data);
  if (memcmp(&right, &header.seal, sizeof right)) return false;
  *bytes = data;
  *n = header.size;
  return true;
}

bool cache_load(const Cache *cache, Arena *arena, CacheKey key, const void **bytes, size_t *n) {
  char name[NAME];
  struct stat info;
  if (cache->folder < 0) return false;
  entry_name(key, name);
  int file = open_file(cache, name, S_IWGRP | S_IWOTH, &info);
  if (file < 0) return false;
  bool good = read_entry(cache, file, (uint64_t)info.st_size, arena, key, bytes, n);
  if (good) futimens(file, NULL);
  close(file);
  return good;
}

void cache_store(Cache *cache, CacheKey key, const void *bytes, size_t n) {
  char name[NAME], temporary[NAME + 32];
  if (cache->folder < 0) return;
  entry_name(key, name);
  snprintf(temporary, sizeof temporary, "%s.%ld", name, (long)getpid());
  int file = create_file(cache, temporary);
  if (file < 0) return;
  Header header = {.key = key, .size = n};
  memcpy(header.magic, MAGIC, sizeof MAGIC);
  header.seal = seal(cache, &header, bytes);
  bool good = write_all(file, &header, sizeof header) && write_all(file, bytes, n);
  good = !close(file) && good;
  if (good && !renameat(cache->folder, temporary, cache->folder, name))
    cache->stored++;
  else
    unlinkat(cache->folder, temporary, 0);
}

/* ---- texts ---- */

const char *cache_load_text(const Cache *cache, Arena *arena, const char *name) {
  struct stat info;
  int file = cache->folder < 0 ? -1 : open_file(cache, name, S_IWGRP | S_IWOTH, &info);
  if (file < 0) return NULL;
  bool good = info.st_size < MOST_TEXT;
  size_t n = good ? (size_t)info.st_size : 0;
  char *text = arena_alloc(arena, n + 1);
  good = good && read_all(file, text, n);
  close(file);
  return good ? text : NULL;
}

void cache_store_text(const Cache *cache, const char *name, const char *text) {
  char temporary[NAME + 32];
  if (cache->folder < 0) return;
  snprintf(temporary, sizeof temporary, "%s.%ld", name, (long)getpid());
  int file = create_file(cache, temporary);
  if (file < 0) return;
  bool good = write_all(file, text, strlen(text));
  good = !close(file) && good;
  if (!good || renameat(cache->folder, temporary, cache->folder, name))
    unlinkat(cache->folder, temporary, 0);
}

/* ---- pruning ---- */

typedef struct CacheEntry {
  const char *name;
  struct timespec used;
  uint64_t size;
} CacheEntry;
typedef VEC(CacheEntry) CacheEntries;

static int by_age(const void *a, const void *b) {
  const struct timespec *x = &((const CacheEntry *)a)->used, *y = &((const CacheEntry *)b)->used;
  if (x->tv_sec != y->tv_sec) return x->tv_sec < y->tv_sec ? -1 : 1;
  return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* The regular files with the suffix. Temporary files of a killed process carry it too and age like
 * the others. */
static uint64_t list_entries(const Cache *cache, DIR *dir, Arena *arena, CacheEntries *entries) {
  uint64_t total = 0;
  for (struct dirent *item; (item = readdir(dir));) {
    struct stat info;
    if (!strstr(item->d_name, SUFFIX)) continue;
    if (fstatat(cache->folder, item->d_name, &info, AT_SYMLINK_NOFOLLOW) || !S_ISREG(info.st_mode))
      continue;
    total += (uint64_t)info.st_size;
    CacheEntry entry = {arena_strdup(arena, item->d_name), info.st_mtim, (uint64_t)info.st_size};
    vec_push(arena, entries, entry);
  }
  return total;
}

void cache_prune(const Cache *cache) {
  /* Opened anew: a duplicate of the folder's descriptor would share its place in the list. */
  int list =
      cache->folder < 0 ? -1 : openat(cache->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = list < 0 ? NULL : fdopendir(list);
  if (!dir) {
    if (list >= 0) close(list);
    return;
  }
  Arena arena = {0};
  ArenaEscape escape = {0};
  CacheEntries entries = {0};
  arena_guard(&arena, &escape);
  if (setjmp(escape.jump)) { /* another time */
    arena_free(&arena);
    closedir(dir);
    return;
  }
  uint64_t total = list_entries(cache, dir, &arena, &entries);
  closedir(dir);
  if (total > cache->limit) {
    qsort(entries.data, entries.len, sizeof *entries.data, by_age);
    for (uint32_t i = 0; i < entries.len && total > cache->limit / 4 * 3; i++)
      if (!unlinkat(cache->folder, entries.data[i].name, 0)) total -= entries.data[i].size;
  }
  arena_free(&arena);
}

void cache_prune_now_and_then(const Cache *cache) {
  struct stat info;
  if (cache->folder < 0) return;
  if (!fstatat(cache->folder, PRUNED, &info, AT_SYMLINK_NOFOLLOW) &&
      time(NULL) - info.st_mtime < PRUNE_SECONDS)
    return;
  int file = openat(cache->folder, PRUNED,
                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (file >= 0) futimens(file, NULL), close(file);
  cache_prune(cache);
}
