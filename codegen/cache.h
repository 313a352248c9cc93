/* Compiled objects on disk, one file each, named by a hash of everything that they depend on.
 *
 * The directory is $ORDO_CACHE_DIR, $XDG_CACHE_HOME/ordo or ~/.cache/ordo; ORDO_CACHE=off disables
 * it. A cache never fails: what cannot be read or is damaged is a miss, what cannot be written is
 * dropped. Files appear by rename, so that processes may share a directory; the oldest go when the
 * sum of sizes passes a limit.
 *
 * A directory that is not the user's own, that others may write to, or that is a link is not used.
 * Entries carry a hash under a random key (".key", readable by the user alone): an object that
 * another hand put there is a miss. A key that others could read or write is made anew.
 */
#ifndef ORDO_CODEGEN_CACHE_H
#define ORDO_CODEGEN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/siphash.h"

typedef struct Cache {
  int folder;     /* its descriptor; -1: disabled */
  uint64_t limit; /* bytes, for cache_prune; no entry is larger */
  uint64_t build; /* identity of the running build of Ordo */
  SipHash secret; /* the key */
  int stored;     /* entries written */
} Cache;

typedef struct CacheKey {
  uint64_t hash[2];
} CacheKey;

/* The user's directory as said above; NULL: none. */
char *cache_directory(Arena *arena);
/* dir: NULL for the user's, "" for none. */
Cache cache_open(Arena *arena, const char *dir);
void cache_close(Cache *cache);
/* The key of the text under the build of this program and LLVM's version. */
CacheKey cache_key(const Cache *cache, const char *const *texts, int n);
/* The bytes live in the arena. */
bool cache_load(const Cache *cache, Arena *arena, CacheKey key, const void **bytes, size_t *n);
void cache_store(Cache *cache, CacheKey key, const void *bytes, size_t n);
/* A text under a name of its own, which is not pruned: NULL when there is none. What it says is to
 * be checked by who reads it. */
const char *cache_load_text(const Cache *cache, Arena *arena, const char *name);
void cache_store_text(const Cache *cache, const char *name, const char *text);
/* Deletes the entries unused for longest until three quarters of the limit are left; only when it
 * is passed. */
void cache_prune(const Cache *cache);
/* The same, at most once an hour: reading a full directory costs more than compiling a model. */
void cache_prune_now_and_then(const Cache *cache);

#endif
