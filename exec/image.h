/* A compiled function as data: all that has to be known to call its code for any sizes, without
 * the graph that it was made from.
 *
 * Compiled code works on one frame of 8-byte slots (codegen/step.h). The image says what each slot
 * holds: a place in planned memory, a size, an array of the caller, a product, a loop. It holds
 * records without pointers, so that it can be written into an object file as it is
 * (exec/image_file.h).
 *
 * An ImageState is an image bound to sizes: its frame, and all that changes from one set of sizes
 * to another. It lives in memory of the caller, and nothing here allocates.
 *
 *   ImageState *s = image_state(&image, memory of image_state_bytes(&image));
 *   ImageFault fault = image_measure(s, symbols, threads);     sizes, memory, workspace
 *   image_place(s, memory, workspace, products);               slots and constants
 *   image_outside(s, params, results);  step(s->frame, pool);  a run
 */
#ifndef ORDO_EXEC_IMAGE_H
#define ORDO_EXEC_IMAGE_H

#include "exec/loop.h"
#include "exec/product_rows.h"
#include "exec/sizes.h"

/* Sizes stand as numbers in the image's table. */
#define IMAGE_NO_SIZE UINT32_MAX

/* An array of the caller: the parameters, then the results. */
typedef struct ImageArray {
  uint32_t dtype, rank, first; /* first: of its sizes, in dims */
  uint32_t extent;             /* of indices: the size that they are below; else IMAGE_NO_SIZE */
} ImageArray;

/* What the graph needs of its sizes (ir/needs.h): 'least' is 0 or more, unless 'count' is 0 (or
 * IMAGE_NO_SIZE); with has_value only that 'least' has a value. */
typedef struct ImageNeed {
  uint32_t has_value, least, count;
} ImageNeed;

/* Planned memory that lives from the first to the last position of the plan. */
typedef struct ImageArea {
  uint32_t bytes; /* size */
  int32_t first, last;
} ImageArea;

/* An area that is filled once: with a number, or a size. */
typedef struct ImageSplat {
  uint32_t area, count; /* count: size, in elements */
  uint32_t dtype, size; /* size: IMAGE_NO_SIZE for the number */
  double number;
} ImageSplat;

typedef struct ImageFill {
  uint32_t slot, area;
} ImageFill;
typedef struct ImageSize {
  uint32_t slot, size;
} ImageSize;
typedef struct ImageOutside { /* an array of the caller */
  uint32_t slot, result, index;
} ImageOutside;

/* Work items and grain of a launch, in the two slots before 'at'. */
typedef struct ImageLaunch {
  uint32_t at, range, work; /* sizes */
} ImageLaunch;

/* The kernel that runs on the rows of a product: the slot with its code, then its arguments (all in
 * slots), and numbers of those that say which rows it is to take (exec/product_rows.h). */
typedef struct ImageRows {
  uint32_t code, n_args, first_result, n_results, product, over;
  uint32_t more; /* 1: the next one runs behind it */
  uint32_t cut, starts[ROWS_AXES], count;
  uint32_t extents[ROWS_AXES], within, first_bytes; /* sizes; first_bytes: in row_bytes */
} ImageRows;

/* rows: IMAGE_NO_ROWS: no kernel runs with it. loop: that whose turns all have the same B;
 * IMAGE_NO_LOOP: none. */
#define IMAGE_NO_LOOP UINT32_MAX
#define IMAGE_NO_ROWS UINT32_MAX
typedef struct ImageProduct {
  uint32_t slot, loop, rows;
  uint32_t dtype; /* DT_bf16 for operands of f32 that are rounded (base/bf16.h) */
  uint32_t m, n, k, a_row, a_col, b_row, b_col, c_row; /* sizes, and below */
  uint32_t batch[GEMM_BATCH_AXES], a_batch[GEMM_BATCH_AXES], b_batch[GEMM_BATCH_AXES],
      c_batch[GEMM_BATCH_AXES];
} ImageProduct;

typedef struct ImageLoop {
  uint32_t slot, length, reverse, step; /* length: size; step: slot of the step's pointer */
  uint32_t first_slice, n_slices, first_collected, n_collected; /* in slices */
  uint32_t first_carry, n_carries;
} ImageLoop;
typedef struct ImageSlice {
  uint32_t whole, stride;       /* slot; size: bytes of a step */
  uint32_t first_view, n_views; /* slots, in views */
} ImageSlice;
typedef struct ImageCarry {
  uint32_t init, final, ping, pong, in_place; /* slots */
  int32_t merged;
  uint32_t bytes; /* size */
  uint32_t first_in, n_in, first_out, n_out;
} ImageCarry;

typedef struct Image {
#define PART(type, name)                                                                           \
  const type *name;                                                                                \
  uint32_t n_##name;
#include "exec/image_parts.def"
#undef PART
  uint32_t n_slots, n_symbols, n_params;
} Image;

/* What a product's slot points to. */
typedef struct ImageCall {
  GemmArgs args;
  const GemmKernels *kernels; /* of f32 and f64 */
  const Bf16Kernels *bf16;    /* of a product in bf16; else NULL */
  const GemmProvider *other;  /* of f32 and f64: asked first; may be NULL */
  const RowsKernel *rows;     /* the kernels that run with it; may be NULL */
  /* B packed once for the turns of a loop, in the run that is numbered; packed NULL: it is not */
  const Loop *loop;
  void *packed;
  uint64_t packed_run;
} ImageCall;

/* The code of products, as far as it is needed. */
typedef struct ImageProducts {
  const GemmKernels *of[2]; /* of f32 and f64 */
  const Bf16Kernels *bf16;
  const GemmProvider *other; /* may be NULL */
} ImageProducts;

/* Compiled code calls it for products: slots [a, b, c, the ImageCall]; c counts for nothing when a
 * kernel runs with it and nobody else reads the product. */
void product_call(const uint64_t *args, Pool *pool);

typedef struct ImageState {
  const Image *image;
  int64_t *values; /* of sizes */
  bool *known;
  int64_t *offsets; /* of areas */
  uint64_t *frame;
  ImageCall *products;
  RowsKernel *rows;
  int64_t *row_bytes;
  Loop *loops;
  int64_t memory_bytes, workspace_bytes;
  int64_t shared_workspace; /* of it: what products use one after the other */
  void *scratch;
} ImageState;

/* Why sizes cannot be taken. */
typedef struct ImageFault {
  enum { IMAGE_good, IMAGE_size, IMAGE_area } kind;
  uint32_t index; /* of the size without a value; of the area that is too large */
} ImageFault;

int64_t image_state_bytes(const Image *image);
/* memory: aligned to 64 bytes. */
ImageState *image_state(const Image *image, void *memory);
/* Takes the values of the symbols; then memory_bytes and workspace_bytes are known. */
ImageFault image_measure(ImageState *s, const int64_t *symbols, int threads);
/* memory and workspace: aligned to 64 bytes, as large as measured. */
void image_place(ImageState *s, char *memory, char *workspace, const ImageProducts *products);
void image_outside(ImageState *s, void *const *params, void *const *results);

#endif
