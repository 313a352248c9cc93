/* Files: whole or piecewise reading, and atomic writing.
 *
 * Reading takes a path or bytes in memory behind one handle, so that every format parser (and
 * its fuzzer) works on both. Writing goes to a temporary file beside the target, which is synced
 * and renamed over the target by file_commit: a reader sees the old file or the new one, never a
 * part, and neither a full disk nor a killed process loses the old one. What a killed process
 * leaves is removed by the next one that writes the same file. Every failure is a diagnostic
 * with the file's name and the system's reason; functions return false after making one.
 */
#ifndef ORDO_IO_FILE_H
#define ORDO_IO_FILE_H

#include "base/ctx.h"

/* ---- in ---- */
typedef struct FileIn {
  const char *path;   /* for messages */
  const void *memory; /* NULL when the bytes are in a file */
  int fd;             /* -1 when the bytes are in memory */
  uint64_t size;
} FileIn;

/* Opens a regular file for reading. 'from' is the place in a spec that names the file, or no place.
 */
bool file_open(Ctx *ctx, const char *path, Span from, FileIn *in);
/* The same interface over bytes that the caller keeps alive. */
FileIn file_memory(const char *path, const void *bytes, size_t size);
/* Reads exactly n bytes at offset; fewer are an error ("the file ends early"). */
bool file_get(Ctx *ctx, const FileIn *in, uint64_t offset, void *to, size_t n);
void file_close(FileIn *in);

/* All bytes of a regular file or (path "-") of standard input, with a NUL behind them. Heap memory;
 * the caller frees it with heap_free. NULL after a diagnostic. */
char *file_read_all(Ctx *ctx, const char *path, Span from, size_t *size);

/* ---- out ---- */
typedef struct FileOut {
  Ctx *ctx;
  const char *path; /* the target */
  char *temporary;  /* beside it, in ctx's arena; NULL when the target is a device or a pipe */
  int fd;
  bool failed; /* a diagnostic was made; later writes do nothing */
} FileOut;

/* Starts an atomic write of path. */
bool file_create(Ctx *ctx, const char *path, FileOut *out);
/* Appends n bytes. Errors stick: it is enough to look at the result of file_commit. */
void file_put(FileOut *out, const void *bytes, size_t n);
/* Syncs, renames over the target, syncs the folder. On failure the temporary is removed and the
 * target untouched. */
bool file_commit(FileOut *out);
/* Removes the temporaries of this path whose writers are gone: a writer holds a lock of the
 * kernel on its own. file_create does it, too. */
void file_sweep(Ctx *ctx, const char *path);
bool file_exists(const char *path);
/* The file of the program that runs, in room for PATH_MAX characters. */
bool file_own(char *path);
/* Gives up: removes the temporary. */
void file_abandon(FileOut *out);
/* create + put + commit. */
bool file_write(Ctx *ctx, const char *path, const void *bytes, size_t n);

/* Writes all n bytes to a descriptor, through short writes and signals; false leaves the reason in
 * errno. */
bool file_put_fd(int fd, const void *bytes, size_t n);
/* Makes a folder and its parents; existing ones are fine. */
bool file_make_dir(Ctx *ctx, const char *path);
/* The diagnostic for a failed write, with the reason in errno. */
void file_write_failed(Ctx *ctx, const char *path);

#endif
