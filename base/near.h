/* "did you mean": the known name that a mistyped one is nearest to. */
#ifndef ORDO_BASE_NEAR_H
#define ORDO_BASE_NEAR_H

/* How many letters differ: inserted, left out, replaced, or swapped with a neighbour. Names of 40
 * letters and more are never near. */
int name_distance(const char *a, const char *b);

/* The nearest one so far of the names that near_try saw; NULL: none is near. */
typedef struct NearName {
  const char *wanted, *best;
  int distance; /* of the best one; at first 1 + the largest that counts */
} NearName;
/* Short names have to be nearer than long ones. */
NearName near_name(const char *wanted);
void near_try(NearName *near, const char *name);

#endif
