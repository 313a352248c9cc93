/* Opening what is to be read. Names come from users and from specs: behind one may be a pipe that
 * nobody writes to, a device, or a folder. Only regular files are read, and nothing waits. */
#ifndef ORDO_BASE_OPEN_H
#define ORDO_BASE_OPEN_H

#include <stdio.h>

/* A descriptor of a regular file, for reading; -1 with the reason in *why (static text): which file
 * it is, and where that is said, is the caller's. */
int open_regular(const char *path, const char **why);
/* The same as a stream; NULL with the reason in *why. */
FILE *open_stream(const char *path, const char **why);
/* What a path is when it is no regular file, in words ("a pipe"); NULL when it is one, or
 * nothing. */
const char *irregular(const char *path);

#endif
