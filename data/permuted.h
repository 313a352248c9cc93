/* Shuffled orders that take no memory. */
#ifndef ORDO_DATA_PERMUTED_H
#define ORDO_DATA_PERMUTED_H

#include <stdint.h>

/* The place of i in a shuffled order of n things: a Feistel cipher of so many bits, walked until it
 * falls below n. */
int64_t permuted(int64_t i, int64_t n, uint64_t key);

#endif
