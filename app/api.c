/* libordo's public interface (include/ordo.h): the library and its specs. */
#include "app/api.h"

#include <string.h>

const char *ordo_version(void) { return ORDO_VERSION; }

Ordo *ordo_open(int threads) {
  Fault fault;
  Ordo *ordo = heap_alloc(sizeof *ordo);
  if (!ordo) return NULL;
  ordo->errors = "";
  arena_guard(&ordo->said, &ordo->escape);
  ordo->ctx = ctx_alloc();
  ordo->engine = ordo->ctx ? engine_new(threads, NULL, NULL, &fault) : NULL;
  if (ordo->engine && !setjmp(ordo->escape.jump)) {
    engine_guard(ordo->engine, &ordo->escape);
    ctx_init(ordo->ctx, &ordo->escape);
    ordo->passing.passing = true;
    ordo->dirs = models_dirs(ordo->ctx);
    return ordo;
  }
  ordo_close(ordo);
  return NULL;
}

void ordo_spec_free(OrdoSpec *spec) {
  if (!spec) return;
  OrdoSpec **at = &spec->ordo->specs;
  while (*at && *at != spec) at = &(*at)->next;
  if (*at) *at = spec->next;
  while (spec->runs) ordo_run_free(spec->runs);
  while (spec->functions) ordo_function_free(spec->functions);
  if (spec->ordo->at == spec->ctx) spec->ordo->at = NULL;
  arena_free(&spec->pictures.arena);
  ctx_free(spec->ctx);
  heap_free(spec);
}

void ordo_close(Ordo *ordo) {
  if (!ordo) return;
  while (ordo->specs) ordo_spec_free(ordo->specs);
  engine_free(ordo->engine);
  ctx_free(ordo->ctx);
  arena_free(&ordo->passing.arena);
  arena_free(&ordo->said);
  heap_free(ordo);
}

void ordo_allow_foreign(Ordo *ordo, int allow) { ordo->allow_foreign = allow != 0; }

int ordo_precision(Ordo *ordo, const char *precision) {
  bool bf16 = precision && !strcmp(precision, "bf16"), f32 = precision && !strcmp(precision, "f32");
  ordo->errors = bf16 || f32 || !precision ? "" : "a precision is \"f32\" or \"bf16\"\n";
  if (!*ordo->errors) ordo->precision = bf16 ? "bf16" : f32 ? "f32" : NULL;
  return !*ordo->errors;
}

int ordo_products(Ordo *ordo, const char *who) {
  Fault fault = {0};
  bool known = who && (!strcmp(who, "own") || !strcmp(who, "openblas") || !strcmp(who, "auto"));
  bool good = known && engine_choose_products(ordo->engine, who, &fault);
  ordo->errors = good    ? ""
                 : known ? arena_printf(&ordo->said, "%s\n", fault.text)
                         : "products are made by \"own\", \"openblas\" or \"auto\"\n";
  return good;
}

const char *ordo_errors(const Ordo *ordo) { return ordo->errors; }

/* ---- specs ---- */

static SpecOptions spec_options(const Ordo *ordo, const char *const *defines, size_t n) {
  return (SpecOptions){.library_dirs = ordo->dirs.dirs.data,
                       .n_library_dirs = ordo->dirs.dirs.len,
                       .defines = defines,
                       .n_defines = (uint32_t)n};
}

/* With a context that is still empty; NULL when memory is out. */
static OrdoSpec *new_spec(Ordo *ordo) {
  OrdoSpec *spec = heap_alloc(sizeof *spec);
  Ctx *ctx = spec ? ctx_alloc() : NULL;
  if (!ctx) {
    heap_free(spec);
    api_out_of_memory(ordo);
    return NULL;
  }
  *spec = (OrdoSpec){.ordo = ordo, .next = ordo->specs, .ctx = ctx};
  ordo->specs = spec;
  return spec;
}

/* text: NULL to read the model's file. */
static bool load(OrdoSpec *spec, const char *model, const char *text, const SpecOptions *options) {
  Ordo *ordo = spec->ordo;
  ctx_init(spec->ctx, &ordo->escape);
  Ctx *ctx = api_begin(ordo, spec->ctx);
  CompileOptions standard = compile_options();
  Compile c = compile_model(ctx, &ordo->dirs, model, COMPILE_spec, &standard);
  c.text = text;
  c.spec_options = *options;
  bool good = compile(&c, PHASE_check);
  spec->spec = c.spec;
  if (good) spec->names = spec_functions(spec->spec);
  return api_end(ordo, good);
}

static bool try_load(OrdoSpec *spec, const char *model, const char *text,
                     const SpecOptions *options) {
  spec->ordo->at = NULL;
  if (setjmp(spec->ordo->escape.jump)) return api_starved(spec->ordo);
  return load(spec, model, text, options);
}

static OrdoSpec *load_new(Ordo *ordo, const char *model, const char *text,
                          const char *const *defines, size_t n_defines) {
  SpecOptions options = spec_options(ordo, defines, n_defines);
  OrdoSpec *spec = new_spec(ordo);
  if (!spec || try_load(spec, model, text, &options)) return spec;
  ordo_spec_free(spec);
  return NULL;
}

OrdoSpec *ordo_load(Ordo *ordo, const char *model, const char *const *defines, size_t n_defines) {
  return load_new(ordo, model, NULL, defines, n_defines);
}

OrdoSpec *ordo_load_text(Ordo *ordo, const char *path, const char *text, const char *const *defines,
                         size_t n_defines) {
  return load_new(ordo, path, text, defines, n_defines);
}

size_t ordo_function_count(OrdoSpec *spec) { return spec->names.count; }

const char *ordo_function_name(OrdoSpec *spec, size_t i) {
  return i < spec->names.count ? ctx_text(spec->ctx, spec->names.names[i]) : NULL;
}
