/* Who makes products of f32 and f64: Ordo's own kernels, OpenBLAS wherever it can, or for each
 * product the one that was faster on this host ("auto").
 *
 * What is measured is kept as a text in the folder of compiled objects, and by who needs the same
 * bits again (a checkpoint): a line for each shape, "f32 nt 128 512 64 OWN OTHER" in GFLOP/s. A
 * product goes by the nearest shape of its type and layout.
 */
#ifndef ORDO_RUNTIME_PRODUCT_CHOICE_H
#define ORDO_RUNTIME_PRODUCT_CHOICE_H

#include "codegen/jit.h"
#include "exec/product.h"

typedef struct ProductChoice {
  const GemmProvider *provider; /* NULL: Ordo's own */
  const char *text;             /* "own", "openblas", or "auto" and what was measured */
} ProductChoice;

/* From "own", "openblas", "auto" (which measures where nothing is kept, a few seconds), or the text
 * of a choice. In the arena. False with the reason; E_no_openblas when the library is missing. */
bool product_choose(Jit *jit, Arena *arena, const char *text, ProductChoice *out, Fault *fault);

#endif
