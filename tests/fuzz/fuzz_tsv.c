/* Any bytes as a file of tsv, with every kind of column, with and without a header. */
#include "data_fuzz.h"

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  fuzz_data(
      ctx,
      "data d = tsv(\"fuzz\", valid = 0.3) { a: chars[S]  b: words[T]  k: words  x: f32  v: f32[S]"
      "  c: bytes[U] }",
      data, size);
  fuzz_data(
      ctx,
      "data d = tsv(\"fuzz\", header = true, split_by = a, test = 0.2, max_len = 9) { a: words[S]"
      "  n: i32[3]  z: <5> }",
      data, size);
}

#include "fuzz.h"
