/* One run in a folder at a time.
 *
 * The lock is one of the kernel on the file DIR/lock (flock): it is gone when the process is,
 * however it ended. The file says who holds it, and is removed when the run ends. */
#ifndef ORDO_APP_LOCK_H
#define ORDO_APP_LOCK_H

#include "base/ctx.h"

typedef struct RunLock {
  const char *path;
  int fd; /* -1: not held */
} RunLock;

/* False after a diagnostic that names the process which holds the folder. */
bool lock_folder(Ctx *ctx, const char *folder, RunLock *out);
void lock_release(RunLock *lock);

#endif
