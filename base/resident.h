/* How much memory this process has, as the system counts it (/proc/self/status): bytes, 0 where it
 * does not say. */
#ifndef ORDO_BASE_RESIDENT_H
#define ORDO_BASE_RESIDENT_H

#include <stdint.h>

int64_t resident_now(void);
int64_t resident_peak(void); /* the most since the program began */

#endif
