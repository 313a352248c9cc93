/* Any bytes as a program, checked to the end: either diagnostics, or graphs that the verifier
 * accepts. The library is parsed once, and what is used of it is elaborated. */
#include "frontend/check.h"
#include "ir/ir.h"

static SpecLibrary *read_library(Ctx *ctx) {
  return spec_library(ctx, (const char *const[]){"models/lib"}, 1, 0);
}
#define FUZZ_BEGIN read_library

static void fuzz_one(Ctx *ctx, const SpecLibrary *parsed, const unsigned char *data, size_t size) {
  char *text = arena_alloc(&ctx->arena, size + 1);
  for (size_t i = 0; i < size; i++) text[i] = data[i] ? (char)data[i] : ' ';
  text[size] = 0;
  static const char *const library[] = {"models/lib"};
  SpecOptions options = {.library_dirs = library, .n_library_dirs = 1, .library = parsed};
  Spec *spec = spec_load_text(ctx, "fuzz.ordo", text, &options);
  bool good = spec && spec_check(spec);
  if (good == diag_failed(ctx)) ORDO_BUG("what is returned and diagnostics disagree");
  Text out = text_new(&ctx->arena);
  diag_print(ctx, false, &out);
  if (good) {
    SpecNames names = spec_functions(spec);
    for (uint32_t i = 0; i < names.count; i++) {
      const SpecFunction *f = spec_function_graph(spec, ctx_text(ctx, names.names[i]));
      const char *wrong = f ? graph_verify(f->graph) : NULL;
      if (wrong) ORDO_BUG("a checked graph is not sound: %s", wrong);
    }
  }
}

#include "fuzz.h"
