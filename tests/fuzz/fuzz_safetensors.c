/* Any bytes as a .safetensors file: either diagnostics or tensors that can be read to their last
 * byte. */
#include "runtime/safetensors.h"

static void fuzz_one(const unsigned char *data, size_t size) {
  Ctx *ctx = ctx_new();
  FileIn in = file_memory("fuzz.safetensors", data, size);
  Tensors set;
  bool good = safetensors_decode(ctx, &in, &set);
  if (good == diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
  double sum = 0;
  for (uint32_t i = 0; i < set.list.len; i++)
    for (int64_t j = 0, n = tensor_count(set.list.data[i].tensor); j < n; j++)
      sum += tensor_get(set.list.data[i].tensor, j);
  volatile double keep = sum; /* so that the reads are not optimised away */
  (void)keep;
  tensors_free(&set);
  ctx_free(ctx);
}

#include "fuzz.h"
