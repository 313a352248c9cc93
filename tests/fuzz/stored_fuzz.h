/* What the fuzzers of files of weights share: any bytes as such a file, either diagnostics or
 * tensors that can be read to their last element, as they are and as floats. FORMAT is defined
 * before. */
#include "io/formats.h"

static double sum_of(const StoredFile *file, const Stored *t, DType want) {
  DiagMark mark = diag_mark(file->ctx);
  uint32_t before = file->ctx->diags.errors;
  double sum = 0;
  Tensor *tensor = stored_get(file, t, want);
  if (!tensor == (file->ctx->diags.errors == before)) ORDO_BUG("success and diagnostics disagree");
  for (int64_t j = 0, n = tensor ? tensor_count(tensor) : 0; j < n; j++)
    sum += tensor_get(tensor, j);
  tensor_free(tensor);
  diag_rollback(file->ctx, mark);
  return sum;
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  extern const StoredFormat FORMAT;
  StoredFile file;
  bool good = stored_open_in(ctx, file_memory("fuzzed", data, size), &FORMAT, &file);
  if (good == diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
  double sum = 0;
  for (uint32_t i = 0; i < file.tensors.len; i++) {
    const Stored *t = &file.tensors.data[i];
    if (!good || stored_find(&file, t->name) != t) ORDO_BUG("'%s' is not found", t->name);
    sum += sum_of(&file, t, DTYPE_BY_LOOK) + sum_of(&file, t, DT_f32) + sum_of(&file, t, DT_bf16);
  }
  volatile double keep = sum; /* so that the reads are not optimised away */
  (void)keep;
  if (good) stored_close(&file);
}

#include "fuzz.h"
