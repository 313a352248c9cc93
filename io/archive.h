/* Static libraries: the archive format of ar, with one member and its index of symbols. */
#ifndef ORDO_IO_ARCHIVE_H
#define ORDO_IO_ARCHIVE_H

#include <stddef.h>

#include "base/text.h"

/* An archive of the object 'bytes' under the name 'member' (at most 15 characters count), whose
 * symbols the linker looks up. */
void archive_put(Text *out, const char *member, const void *bytes, size_t n,
                 const char *const *symbols, size_t n_symbols);

#endif
