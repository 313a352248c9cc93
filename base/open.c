#include "base/open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *kind(mode_t mode) {
  if (S_ISREG(mode)) return NULL;
  if (S_ISDIR(mode)) return "it is a folder";
  if (S_ISFIFO(mode)) return "it is a pipe, not a regular file";
  if (S_ISSOCK(mode)) return "it is a socket, not a regular file";
  return "it is a device, not a regular file";
}

const char *irregular(const char *path) {
  struct stat info;
  return stat(path, &info) ? NULL : kind(info.st_mode);
}

/* Looked at before it is opened, for opening alone can have effects (a tape rewinds), and after it,
 * for it may have been exchanged; O_NONBLOCK covers the time between. */
int open_regular(const char *path, const char **why) {
  struct stat info;
  *why = irregular(path);
  if (*why) return -1;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat(fd, &info))
    *why = strerror(errno);
  else
    *why = kind(info.st_mode);
  if (!*why) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

FILE *open_stream(const char *path, const char **why) {
  int fd = open_regular(path, why);
  FILE *stream = fd < 0 ? NULL : fdopen(fd, "rb");
  if (fd >= 0 && !stream) {
    *why = strerror(errno);
    close(fd);
  }
  return stream;
}
