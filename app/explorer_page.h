/* The page of app/explorer/ as bytes, made by cmake/embed.cmake: what stands before the data,
 * between it and the lines of sources, and behind these. */
#ifndef ORDO_APP_EXPLORER_PAGE_H
#define ORDO_APP_EXPLORER_PAGE_H

#include <stddef.h>

extern const char explorer_head[], explorer_middle[], explorer_tail[];
extern const size_t explorer_head_size, explorer_middle_size, explorer_tail_size;

#endif
