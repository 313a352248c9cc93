/* The clock of everything that measures how long it took: seconds that only grow, from an
 * arbitrary start. */
#ifndef ORDO_BASE_CLOCK_H
#define ORDO_BASE_CLOCK_H

double clock_seconds(void);

#endif
