/* Zip archives for reading, through libzip, over a file or memory (io/file.h). */
#ifndef ORDO_IO_ZIP_IN_H
#define ORDO_IO_ZIP_IN_H

#include <zip.h>

#include "io/file.h"

/* NULL with a reason in *why. The FileIn outlives the archive. flags: of zip_open_from_source. */
zip_t *zip_open_in(Ctx *ctx, const FileIn *in, int flags, const char **why);
/* A member's bytes in heap memory, at most 'most' of them; NULL with a reason. in: what the archive
 * was opened from, whose size bounds what a member may claim. */
void *zip_unpack(Ctx *ctx, const FileIn *in, zip_t *zip, uint64_t index, uint64_t most,
                 size_t *size, const char **why);

#endif
