/* Any bytes as a .npy file and as an .npz archive: either diagnostics or readable arrays. */
#include "io/npy.h"

static void read_all(const Tensor *tensor) {
  double sum = 0;
  for (int64_t i = 0, n = tensor_count(tensor); i < n; i++) sum += tensor_get(tensor, i);
  volatile double keep = sum; /* so that the reads are not optimised away */
  (void)keep;
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  FileIn in = file_memory("fuzz.npy", data, size);
  static const DType wanted[] = {DT_f32, DT_bool, DTYPE_BY_LOOK};
  for (int i = 0; i < 3; i++) {
    diag_rollback(ctx, (DiagMark){0});
    Tensor *tensor = npy_decode(ctx, &in, wanted[i]);
    if (!tensor != diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
    if (tensor) read_all(tensor);
    tensor_free(tensor);
  }
  Tensors set;
  if (npz_decode(ctx, "fuzz.npz", data, size, NULL, &set))
    for (uint32_t i = 0; i < set.list.len; i++) read_all(set.list.data[i].tensor);
  tensors_free(&set);
}

#include "fuzz.h"
