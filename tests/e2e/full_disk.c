/* Preloaded into the command by bad_files.sh: a disk that is full. Writing to files under
 * $FULL_DISK fails with ENOSPC after $FULL_DISK_BYTES bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long long room = -1;

static int on_full_disk(int fd) {
  const char *prefix = getenv("FULL_DISK");
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = prefix ? readlink(link, path, sizeof path - 1) : -1;
  if (n < 0) return 0;
  path[n] = 0;
  return !strncmp(path, prefix, strlen(prefix));
}

static int refuse(size_t n) {
  if (room < 0) room = atoll(getenv("FULL_DISK_BYTES"));
  if ((long long)n <= room) {
    room -= (long long)n;
    return 0;
  }
  errno = ENOSPC;
  return 1;
}

ssize_t write(int fd, const void *bytes, size_t n) {
  ssize_t (*next)(int, const void *, size_t);
  *(void **)&next = dlsym(RTLD_NEXT, "write");
  return on_full_disk(fd) && refuse(n) ? -1 : next(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset) {
  ssize_t (*next)(int, const void *, size_t, off_t);
  *(void **)&next = dlsym(RTLD_NEXT, "pwrite");
  return on_full_disk(fd) && refuse(n) ? -1 : next(fd, bytes, n, offset);
}
