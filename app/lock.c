/* One run in a folder at a time: see lock.h. */
#include "app/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

/* Whether the path still names the open file: the holder before us may have removed it. */
static bool is_current(const RunLock *lock) {
  struct stat named, held;
  return !stat(lock->path, &named) && !fstat(lock->fd, &held) && named.st_ino == held.st_ino &&
         named.st_dev == held.st_dev;
}

static bool is_held(Ctx *ctx, const RunLock *lock, const char *folder) {
  char who[200] = "another process";
  ssize_t n = pread(lock->fd, who, sizeof who - 1, 0);
  if (n > 0) who[n] = 0;
  Text shown = text_new(&ctx->arena);
  text_put_escaped(&shown, who, strcspn(who, "\n"), "");
  diag_at(ctx, (Span){0}, E_run_locked, "another run is writing to '%s'", folder);
  diag_got(ctx, "%s", text_str(&shown));
  diag_help(ctx, "wait for its end, or name another folder with --out");
  return false;
}

static void write_holder(Ctx *ctx, const RunLock *lock) {
  char host[128] = "";
  gethostname(host, sizeof host - 1);
  const char *who = ctx_printf(ctx, "process %ld on %s\n", (long)getpid(), host);
  if (ftruncate(lock->fd, 0) || !file_put_fd(lock->fd, who, strlen(who)))
    return; /* only for messages */
}

bool lock_folder(Ctx *ctx, const char *folder, RunLock *out) {
  *out = (RunLock){ctx_printf(ctx, "%s/lock", folder), -1};
  for (;;) {
    out->fd = open(out->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (out->fd < 0) {
      file_write_failed(ctx, out->path);
      return false;
    }
    bool busy = flock(out->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
    bool good = !busy || is_held(ctx, out, folder);
    if (good && is_current(out)) break; /* a file system without locks has none to respect */
    close(out->fd);
    out->fd = -1;
    if (!good) return false;
  }
  write_holder(ctx, out);
  return true;
}

void lock_release(RunLock *lock) {
  if (lock->fd < 0) return;
  unlink(lock->path);
  close(lock->fd);
  lock->fd = -1;
}
