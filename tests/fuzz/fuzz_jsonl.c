/* Any bytes as a file of jsonl. */
#include "data_fuzz.h"

static void fuzz_one(const unsigned char *data, size_t size) {
  fuzz_data("data d = jsonl(\"fuzz\", valid = 0.3) { a: chars[S]  b: words[T]  x: f32[N] }", data,
            size);
  fuzz_data("data d = jsonl(\"fuzz\", on_error = \"stop\") { a: chars[8]  y: bool }", data, size);
}

#include "fuzz.h"
