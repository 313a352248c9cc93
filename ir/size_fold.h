/* Sizes taken apart: a polynomial evaluated over any kind of value, such as machine code. */
#ifndef ORDO_IR_SIZE_FOLD_H
#define ORDO_IR_SIZE_FOLD_H

#include "ir/ir.h"

typedef struct SizeFold {
  void *(*number)(void *user, int64_t value);
  void *(*symbol)(void *user, Sz symbol);
  void *(*add)(void *user, void *a, void *b);
  void *(*mul)(void *user, void *a, void *b);
  void *(*floor_div)(void *user, void *a, void *b);
  void *(*min)(void *user, void *a, void *b);
  void *(*max)(void *user, void *a, void *b);
} SizeFold;

/* The value of a under the functions; a must not be SZ_NONE. */
void *size_fold(Ctx *ctx, Sz a, const SizeFold *fold, void *user);

#endif
