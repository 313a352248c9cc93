/* Any bytes as lines and as a running text, in all ways of reading. */
#include "data_fuzz.h"

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  fuzz_data(ctx, "data d = lines(\"fuzz\", valid = 0.3) { a: chars[S] }", data, size);
  fuzz_data(ctx, "data d = lines(\"fuzz\", max_len = 20) { a: words[S] }", data, size);
  fuzz_data(ctx, "data d = text(\"fuzz\", valid = 0.2, test = 0.2) { a: chars }", data, size);
  fuzz_data(ctx, "data d = text(\"fuzz\", valid = 0.2) { a: words }", data, size);
  fuzz_data(ctx, "data d = text(\"fuzz\", valid = 0.2) { a: bytes }", data, size);
}

#include "fuzz.h"
