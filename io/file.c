/* Files over POSIX descriptors. See file.h for the contract.
 *
 * Order of an atomic write: write all, fsync(file), close, rename, fsync(folder). The last step
 * makes the rename itself survive a power cut. Writing may fail late (ENOSPC at fsync or close on
 * network file systems), so every result is looked at.
 */
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/open.h"

/* Linux refuses to move more than about 2 GiB in one call. */
enum { MOVE_LIMIT = 1 << 30 };

static void read_failed(Ctx *ctx, const char *path, Span from) {
  diag_at(ctx, from, E_file_missing, "cannot read '%s': %s", path, strerror(errno));
}

static bool not_opened(Ctx *ctx, const char *path, Span from, const char *why) {
  diag_at(ctx, from, E_file_missing, "cannot read '%s': %s", path, why);
  return false;
}

void file_write_failed(Ctx *ctx, const char *path) {
  int reason = errno;
  diag_at(ctx, (Span){0}, E_file_write, "cannot write '%s': %s", path, strerror(reason));
  if (reason == ENOSPC) diag_help(ctx, "make room on the disk, or name another folder");
}

/* ---- in ---- */

bool file_open(Ctx *ctx, const char *path, Span from, FileIn *in) {
  struct stat info;
  const char *why;
  int fd = open_regular(path, &why);
  if (fd < 0) return not_opened(ctx, path, from, why);
  if (fstat(fd, &info)) {
    read_failed(ctx, path, from);
    close(fd);
    return false;
  }
  *in = (FileIn){.path = path, .fd = fd, .size = (uint64_t)info.st_size};
  return true;
}

FileIn file_memory(const char *path, const void *bytes, size_t size) {
  return (FileIn){.path = path, .memory = bytes ? bytes : "", .fd = -1, .size = size};
}

static bool ends_early(Ctx *ctx, const FileIn *in, uint64_t offset, size_t n) {
  diag_at(ctx, (Span){0}, E_file_truncated, "'%s' ends early", in->path);
  diag_expected(ctx, "%llu bytes", (unsigned long long)(offset + n));
  diag_got(ctx, "%llu bytes", (unsigned long long)in->size);
  return false;
}

bool file_get(Ctx *ctx, const FileIn *in, uint64_t offset, void *to, size_t n) {
  if (offset > in->size || n > in->size - offset) return ends_early(ctx, in, offset, n);
  if (in->memory) {
    if (n) memcpy(to, (const char *)in->memory + offset, n);
    return true;
  }
  for (size_t done = 0; done < n;) {
    size_t part = n - done < MOVE_LIMIT ? n - done : MOVE_LIMIT;
    ssize_t got = pread(in->fd, (char *)to + done, part, (off_t)(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      read_failed(ctx, in->path, (Span){0});
      return false;
    }
    if (got == 0) return ends_early(ctx, in, offset, n); /* cut while we read */
    done += (size_t)got;
  }
  return true;
}

void file_close(FileIn *in) {
  if (in->fd >= 0) close(in->fd);
  in->fd = -1;
}

/* Grows a heap buffer to hold at least wanted bytes; NULL when memory is out. */
static char *grow(char *old, size_t used, size_t wanted) {
  char *grown = heap_alloc(wanted);
  if (grown && used) memcpy(grown, old, used);
  heap_free(old);
  return grown;
}

/* Reads a descriptor to its end. NULL leaves the reason in errno. */
static char *read_to_end(int fd, size_t *size) {
  struct stat info;
  size_t cap = 1 << 16, used = 0;
  if (!fstat(fd, &info) && S_ISREG(info.st_mode) && info.st_size >= 0)
    cap = (size_t)info.st_size + 2;
  char *bytes = heap_alloc(cap);
  while (bytes) {
    size_t room = cap - 1 - used;
    ssize_t got = read(fd, bytes + used, room < MOVE_LIMIT ? room : MOVE_LIMIT);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (!got) {
        bytes[used] = 0;
        *size = used;
        return bytes;
      }
      heap_free(bytes);
      return NULL;
    }
    used += (size_t)got;
    if (used + 1 == cap) bytes = grow(bytes, used, cap *= 2);
  }
  errno = ENOMEM;
  return NULL;
}

char *file_read_all(Ctx *ctx, const char *path, Span from, size_t *size) {
  bool standard_input = !strcmp(path, "-");
  const char *why;
  int fd = standard_input ? STDIN_FILENO : open_regular(path, &why);
  if (fd < 0) return not_opened(ctx, path, from, why), NULL;
  char *bytes = read_to_end(fd, size);
  if (!bytes) read_failed(ctx, standard_input ? "standard input" : path, from);
  if (!standard_input) close(fd);
  return bytes;
}

/* ---- out ---- */

bool file_put_fd(int fd, const void *bytes, size_t n) {
  for (size_t done = 0; done < n;) {
    size_t part = n - done < MOVE_LIMIT ? n - done : MOVE_LIMIT;
    ssize_t put = write(fd, (const char *)bytes + done, part);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    done += (size_t)put;
  }
  return true;
}

/* The folder part of a path, "." when there is none. */
static char *folder_of(Ctx *ctx, const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return arena_strdup(&ctx->arena, ".");
  if (slash == path) return arena_strdup(&ctx->arena, "/");
  return ctx_printf(ctx, "%.*s", (int)(slash - path), path);
}

bool file_exists(const char *path) { return !access(path, F_OK); }

bool file_own(char *path) { return realpath("/proc/self/exe", path) != NULL; }

/* Removes a temporary when nobody holds its lock. */
static void sweep_one(const char *temporary) {
  int fd = open(temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return;
  if (!flock(fd, LOCK_EX | LOCK_NB)) unlink(temporary);
  close(fd);
}

void file_sweep(Ctx *ctx, const char *path) {
  const char *folder = folder_of(ctx, path), *slash = strrchr(path, '/');
  const char *prefix = ctx_printf(ctx, "%s.tmp.", slash ? slash + 1 : path);
  DIR *dir = opendir(folder);
  size_t n = strlen(prefix);
  for (const struct dirent *entry; dir && (entry = readdir(dir));) {
    if (strncmp(entry->d_name, prefix, n)) continue;
    const char *number = entry->d_name + n;
    if (*number && strspn(number, "0123456789.") == strlen(number))
      sweep_one(ctx_printf(ctx, "%s/%s", folder, entry->d_name));
  }
  if (dir) closedir(dir);
}

/* A file of our own beside the path, with a lock that ends with us. A sweeper may take it
 * between the two: then the next one is tried. */
static void open_temporary(FileOut *out) {
  for (int i = 0; i < 100; i++) {
    struct stat info;
    out->temporary = ctx_printf(out->ctx, "%s.tmp.%ld.%d", out->path, (long)getpid(), i);
    out->fd = open(out->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (out->fd < 0 && errno != EEXIST) break;
    if (out->fd < 0) continue;
    flock(out->fd, LOCK_EX | LOCK_NB);
    if (!fstat(out->fd, &info) && info.st_nlink) return;
    close(out->fd);
    out->fd = -1;
  }
  out->temporary = NULL;
}

static void fail(FileOut *out) {
  if (!out->failed) file_write_failed(out->ctx, out->path);
  out->failed = true;
}

bool file_create(Ctx *ctx, const char *path, FileOut *out) {
  *out = (FileOut){.ctx = ctx, .path = path, .fd = -1};
  struct stat info;
  bool special = !stat(path, &info) && (!S_ISREG(info.st_mode) || !strncmp(path, "/dev/", 5) ||
                                        !strncmp(path, "/proc/", 6));
  /* A device or pipe, and /dev/stdout that is a file for once, takes the bytes as they come:
   * renaming would replace it. */
  if (special) {
    out->fd = open(path, O_WRONLY | O_CLOEXEC);
  } else {
    file_sweep(ctx, path);
    open_temporary(out);
  }
  if (out->fd < 0) fail(out);
  return !out->failed;
}

void file_put(FileOut *out, const void *bytes, size_t n) {
  if (!out->failed && !file_put_fd(out->fd, bytes, n)) fail(out);
}

/* Makes a rename in the folder durable. File systems that cannot sync a folder say EINVAL; that is
 * no loss. */
static bool sync_folder(Ctx *ctx, const char *path) {
  int fd = open(folder_of(ctx, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno ==
           EACCES; /* a folder one may write but not list: the rename is done all the same */
  bool done = !fsync(fd) || errno == EINVAL;
  close(fd);
  return done;
}

bool file_commit(FileOut *out) {
  if (!out->failed && fsync(out->fd) && errno != EINVAL && errno != EROFS) fail(out);
  if (out->fd >= 0 && close(out->fd) && !out->failed) fail(out);
  out->fd = -1;
  if (!out->failed && out->temporary) {
    if (rename(out->temporary, out->path) || !sync_folder(out->ctx, out->path)) fail(out);
  }
  if (out->failed) file_abandon(out);
  return !out->failed;
}

void file_abandon(FileOut *out) {
  if (out->fd >= 0) close(out->fd);
  out->fd = -1;
  if (out->temporary) unlink(out->temporary);
  out->failed = true;
}

bool file_write(Ctx *ctx, const char *path, const void *bytes, size_t n) {
  FileOut out;
  if (!file_create(ctx, path, &out)) return false;
  file_put(&out, bytes, n);
  return file_commit(&out);
}

static bool make_one_dir(const char *path) {
  struct stat info;
  if (!mkdir(path, 0777)) return true;
  if (errno != EEXIST) return false;
  if (!stat(path, &info) && S_ISDIR(info.st_mode)) return true;
  errno = ENOTDIR;
  return false;
}

bool file_make_dir(Ctx *ctx, const char *path) {
  for (const char *at = path; *at;) {
    at += strspn(at, "/");
    at += strcspn(at, "/");
    const char *part = ctx_printf(ctx, "%.*s", (int)(at - path), path);
    if (!make_one_dir(part)) {
      file_write_failed(ctx, part);
      return false;
    }
  }
  return true;
}
