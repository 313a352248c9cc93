/* Any bytes as a .safetensors file: either diagnostics or tensors that can be read to their last
 * byte, as they are and as floats. */
#include "io/safetensors.h"

static double sum_of(const SafeFile *file, const SafeTensor *t, DType want) {
  DiagMark mark = diag_mark(file->ctx);
  uint32_t before = file->ctx->diags.errors;
  double sum = 0;
  Tensor *tensor = safetensors_get(file, t, want);
  if (!tensor == (file->ctx->diags.errors == before)) ORDO_BUG("success and diagnostics disagree");
  for (int64_t j = 0, n = tensor ? tensor_count(tensor) : 0; j < n; j++)
    sum += tensor_get(tensor, j);
  tensor_free(tensor);
  diag_rollback(file->ctx, mark);
  return sum;
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  SafeFile file;
  bool good = safetensors_open_in(ctx, file_memory("fuzz.safetensors", data, size), &file);
  if (good == diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
  double sum = 0;
  for (size_t i = 0; i < file.n; i++)
    sum += sum_of(&file, &file.tensors[i], DTYPE_BY_LOOK) + sum_of(&file, &file.tensors[i], DT_f32);
  volatile double keep = sum; /* so that the reads are not optimised away */
  (void)keep;
  if (good) safetensors_close(&file);
}

#include "fuzz.h"
