/* Any bytes as a program, checked to the end: either diagnostics, or graphs that the verifier
 * accepts. The library is parsed once, and what is used of it is elaborated. */
#include "frontend/places.h"
#include "ir/ir.h"

static SpecLibrary *read_library(Ctx *ctx) {
  return spec_library(ctx, (const char *const[]){"models/lib"}, 1, 0);
}
#define FUZZ_BEGIN read_library

/* What an editor asks of each word. */
static void look_at_places(const TextPlaces *places, Text *out) {
  PlaceList words = places_words(places);
  for (uint32_t i = 0; i < words.len; i++) {
    const TextPlace *p = words.data[i];
    if (place_of_word(places, p->span) != p || !place_same(places, p, p))
      ORDO_BUG("a word is lost");
    const char *value = place_text(places, p, 0), *type = place_type(places, p);
    text_printf(out, "%s %s", value ? value : "", type ? type : "");
  }
  PlaceOffers offers = places_offered(places);
  for (uint32_t i = 0; i < offers.len; i++) text_puts(out, offers.data[i].text);
}

static void fuzz_one(Ctx *ctx, const SpecLibrary *parsed, const unsigned char *data, size_t size) {
  char *text = arena_alloc(&ctx->arena, size + 1);
  for (size_t i = 0; i < size; i++) text[i] = data[i] ? (char)data[i] : ' ';
  text[size] = 0;
  static const char *const library[] = {"models/lib"};
  TextPlaces *places =
      places_new(ctx, ctx_str(ctx, "y")); /* names are offered at a word like others */
  SpecOptions options = {
      .library_dirs = library, .n_library_dirs = 1, .library = parsed, .places = places};
  Spec *spec = spec_load_text(ctx, "fuzz.ordo", text, &options);
  bool good = spec && spec_check(spec);
  if (good == diag_failed(ctx)) ORDO_BUG("what is returned and diagnostics disagree");
  Text out = text_new(&ctx->arena);
  diag_print(ctx, false, &out);
  look_at_places(places, &out);
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
