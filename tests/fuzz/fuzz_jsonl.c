/* Any bytes as a file of jsonl. */
#include "data_fuzz.h"

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  fuzz_data(ctx, "data d = jsonl(\"fuzz\", valid = 0.3) { a: chars[S]  b: words[T]  x: f32[N] }",
            data, size);
  fuzz_data(ctx, "data d = jsonl(\"fuzz\", on_error = \"stop\") { a: chars[8]  y: bool }", data,
            size);
}

#include "fuzz.h"
