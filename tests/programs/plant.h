/* Planted mistakes: the compiler gets a text that means what a wrong compiler would have
 * understood.
 *
 * A mistake is a change of the text: 'h' becomes 'stop_gradient(h)' where a loop takes what it
 * carries for a constant. The evaluator gets the text as it was; the comparison has to notice.
 */
#ifndef ORDO_TESTS_PROGRAMS_PLANT_H
#define ORDO_TESTS_PROGRAMS_PLANT_H

#include "tests/programs/gen.h"

/* Plants each mistake into texts until one is noticed. False when one is not. */
bool plant_all(uint64_t seed, long count, GenSize size);

#endif
