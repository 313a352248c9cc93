/* The files of a library: object, archive, header, manifest, pkg-config, and the runtime library
 * beside them. */
#define _GNU_SOURCE /* dladdr */
#include "app/build_files.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <jansson.h>

#include "io/archive.h"
#include "io/file.h"

extern char **environ;

static const char *const c_types[N_DTYPES] = {
    [DT_bool] = "uint8_t",  [DT_key] = "uint64_t", [DT_idx] = "int32_t", [DT_i32] = "int32_t",
    [DT_bf16] = "uint16_t", [DT_f32] = "float",    [DT_f64] = "double"};

/* ---- the header ---- */

static const Graph *graph_of(const BuildFunction *f) { return f->compile->graph; }

static const char *type_of_arg(const Build *b, const BuildFunction *f, uint32_t i) {
  const Graph *g = graph_of(f);
  return type_str(b->ctx, graph_type(g, g->params.data[f->arg_params[i]]));
}

static const char *type_of_result(const Build *b, const BuildFunction *f, uint32_t i) {
  const Graph *g = graph_of(f);
  return type_str(b->ctx, graph_type(g, g->results.data[f->out->n_states + i]));
}

static void put_sizes(const ordort_info *info, Text *out) {
  for (uint32_t i = 0; i < info->n_sizes; i++)
    text_printf(out, "%sint64_t %s", i ? ", " : "", info->size_names[i]);
}

static void put_comment(const Build *b, const BuildFunction *f, Text *out) {
  const ordort_info *info = &f->out->info;
  text_printf(out, "\n/* %s", info->name);
  for (uint32_t i = 0; i < info->n_args; i++)
    text_printf(out, "%s\n *   %s: %s", i ? "," : " of", info->args[i].name, type_of_arg(b, f, i));
  for (uint32_t i = 0; i < info->n_results; i++)
    text_printf(out, "%s\n *   %s: %s", i ? "," : "\n * gives", info->results[i].name,
                type_of_result(b, f, i));
  for (uint32_t i = 0; i < info->n_weights; i++)
    text_printf(out, "%s %u %s", i ? "," : "\n * weights:", i,
                b->weights.data[f->out->weights[i]].name);
  text_puts(out, " */\n");
}

static void put_declaration(const Build *b, const BuildFunction *f, Text *out) {
  const ordort_info *info = &f->out->info;
  put_comment(b, f, out);
  text_printf(out, "int %s(", f->out->symbol);
  put_sizes(info, out);
  const char *comma = info->n_sizes ? ", " : "";
  for (uint32_t i = 0; i < info->n_args; i++, comma = ", ")
    text_printf(out, "%sconst %s *%s", comma, c_types[info->args[i].dtype], info->args[i].name);
  for (uint32_t i = 0; i < info->n_results; i++, comma = ", ")
    text_printf(out, "%s%s *%s", comma, c_types[info->results[i].dtype], info->results[i].name);
  text_printf(out, "%sordort_context *context);\n", comma);
  text_printf(out, "int64_t %s_bytes(", f->out->symbol);
  put_sizes(info, out);
  text_printf(out, "%sint threads);\n", info->n_sizes ? ", " : "");
  text_printf(out, "extern const ordort_function %s_function;\n", f->out->symbol);
}

static void put_header(const Build *b, Text *out) {
  text_printf(
      out,
      "/* Made by ordo %s. Sizes and arrays of each function; arrays are contiguous and "
      "row-major,\n"
      " * indices count from 0. A function gives 0, or a code that ordort_text() explains;\n"
      " * ..._bytes tells how much memory a context needs for sizes. See ordort.h. */\n",
      ORDO_VERSION);
  text_printf(out, "#ifndef ORDO_BUILT_%s_H\n#define ORDO_BUILT_%s_H\n\n#include \"ordort.h\"\n",
              b->prefix, b->prefix);
  text_puts(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
  for (uint32_t i = 0; i < b->n_functions; i++) put_declaration(b, &b->functions[i], out);
  text_puts(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* ---- the manifest ---- */

static json_t *text_json(const char *text) { return json_string(text); }

static json_t *array_json(const Build *b, const ordort_array *array, Ty type) {
  json_t *one = json_object(), *dims = json_array();
  const TypeInfo *info = type_info(b->ctx, type);
  json_object_set_new(one, "name", text_json(array->name));
  json_object_set_new(one, "type", text_json(dtype_name[array->dtype]));
  for (int d = 0; d < info->rank; d++)
    json_array_append_new(dims, text_json(size_str(b->ctx, info->dims[d])));
  json_object_set_new(one, "dims", dims);
  if (info->dtype == DT_idx)
    json_object_set_new(one, "below", text_json(size_str(b->ctx, info->extent)));
  return one;
}

static json_t *texts_json(const char *const *texts, uint32_t n) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < n; i++) json_array_append_new(list, text_json(texts[i]));
  return list;
}

static json_t *function_json(const Build *b, const BuildFunction *f) {
  const ordort_info *info = &f->out->info;
  const Graph *g = graph_of(f);
  json_t *one = json_object(), *args = json_array(), *results = json_array(),
         *weights = json_array();
  for (uint32_t i = 0; i < info->n_args; i++)
    json_array_append_new(
        args, array_json(b, &info->args[i], graph_type(g, g->params.data[f->arg_params[i]])));
  for (uint32_t i = 0; i < info->n_results; i++)
    json_array_append_new(
        results,
        array_json(b, &info->results[i], graph_type(g, g->results.data[f->out->n_states + i])));
  for (uint32_t i = 0; i < info->n_weights; i++)
    json_array_append_new(weights, json_integer(f->out->weights[i]));
  json_object_set_new(one, "name", text_json(info->name));
  json_object_set_new(one, "symbol", text_json(f->out->symbol));
  json_object_set_new(one, "sizes", texts_json(info->size_names, info->n_sizes));
  json_object_set_new(one, "arguments", args);
  json_object_set_new(one, "results", results);
  json_object_set_new(one, "weights", weights);
  json_object_set_new(one, "asserts", texts_json(f->out->claim_texts, f->out->n_claims));
  return one;
}

static json_t *weight_json(const Build *b, const BuildWeight *w) {
  ordort_array array = {w->name, type_info(b->ctx, w->type)->dtype, 0};
  json_t *one = array_json(b, &array, w->type);
  json_object_set_new(one, "inside", json_boolean(w->value != NULL));
  return one;
}

static void put_manifest(const Build *b, Text *out) {
  json_t *root = json_object(), *functions = json_array(), *weights = json_array();
  for (uint32_t i = 0; i < b->n_functions; i++)
    json_array_append_new(functions, function_json(b, &b->functions[i]));
  for (uint32_t i = 0; i < b->weights.len; i++)
    json_array_append_new(weights, weight_json(b, &b->weights.data[i]));
  json_object_set_new(root, "ordo", text_json(ORDO_VERSION));
  json_object_set_new(root, "library", text_json(b->prefix));
  json_object_set_new(root, "targets", texts_json(b->target_names, (uint32_t)b->library.n_targets));
  json_object_set_new(root, "functions", functions);
  json_object_set_new(root, "weights", weights);
  char *text = json_dumps(root, JSON_INDENT(2));
  text_puts(out, text ? text : "{}");
  text_putc(out, '\n');
  free(text); /* allowed: of jansson */
  json_decref(root);
}

static void put_pkgconfig(const Build *b, Text *out) {
  text_printf(out,
              "Name: %s\nDescription: functions built by ordo\nVersion: %s\n"
              "Cflags: -I${pcfiledir}\nLibs: -L${pcfiledir} -l%s -lordort -lm -lpthread\n",
              b->prefix, ORDO_VERSION, b->prefix);
}

/* ---- the runtime library ---- */

/* In the build, installed, or beside the binary. */
const char *build_runtime_file(Ctx *ctx, const char *name) {
  static const char *const folders[] = {ORDO_RUNTIME_DIR, ORDO_RUNTIME_SOURCE, ORDO_INSTALLED_LIB,
                                        ORDO_INSTALLED_INCLUDE};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    const char *path = ctx_printf(ctx, "%s/%s", folders[i], name);
    if (file_exists(path)) return path;
  }
  char binary[PATH_MAX];
  if (!file_own(binary)) return name;
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(binary, '/');
    if (!slash) return name;
    *slash = 0;
    const char *beside[] = {ctx_printf(ctx, "%s/lib/%s", binary, name),
                            ctx_printf(ctx, "%s/include/%s", binary, name)};
    for (int i = 0; i < 2; i++)
      if (file_exists(beside[i])) return beside[i];
  }
  return name;
}

static bool copy_runtime(const Build *b, const char *folder, const char *name) {
  size_t n;
  char *bytes = file_read_all(b->ctx, build_runtime_file(b->ctx, name), (Span){0}, &n);
  if (!bytes) return false;
  bool good = file_write(b->ctx, ctx_printf(b->ctx, "%s/%s", folder, name), bytes, n);
  heap_free(bytes);
  return good;
}

/* ---- the whole ---- */

static const char *const *symbols_of(const Build *b, size_t *n) {
  const char **symbols = arena_array(&b->ctx->arena, const char *, 3 * b->n_functions);
  *n = 0;
  for (uint32_t i = 0; i < b->n_functions; i++) {
    const char *symbol = b->functions[i].out->symbol;
    symbols[(*n)++] = symbol;
    symbols[(*n)++] = ctx_printf(b->ctx, "%s_bytes", symbol);
    symbols[(*n)++] = ctx_printf(b->ctx, "%s_function", symbol);
  }
  return symbols;
}

static bool link_shared(const Build *b, const char *folder) {
  const char *args[] = {"cc",
                        "-shared",
                        "-o",
                        ctx_printf(b->ctx, "%s/lib%s.so", folder, b->prefix),
                        ctx_printf(b->ctx, "%s/%s.o", folder, b->prefix),
                        ctx_printf(b->ctx, "%s/libordort.a", folder),
                        "-lm",
                        "-lpthread",
                        NULL};
  pid_t child;
  int status = posix_spawnp(&child, "cc", NULL, NULL, (char *const *)args, environ);
  if (!status && waitpid(child, &status, 0) == child && !status) return true;
  diag_at(b->ctx, (Span){0}, E_build_failed, "the C compiler 'cc' did not link %s", args[3]);
  diag_help(b->ctx, "without --shared no compiler is needed");
  return false;
}

static bool put_file(const Build *b, const char *folder, const char *name, const Text *text) {
  return file_write(b->ctx, ctx_printf(b->ctx, "%s/%s", folder, name), text_str(text), text->len);
}

bool build_write(Build *b, const BuildOptions *options) {
  Ctx *ctx = b->ctx;
  size_t n_symbols;
  const char *folder = options->folder, *const *symbols = symbols_of(b, &n_symbols);
  Text archive = text_new(&ctx->arena), header = archive, manifest = archive, package = archive;
  archive_put(&archive, ctx_printf(ctx, "%s.o", b->prefix), b->object, b->object_bytes, symbols,
              n_symbols);
  put_header(b, &header);
  put_manifest(b, &manifest);
  put_pkgconfig(b, &package);
  return file_make_dir(ctx, folder) && copy_runtime(b, folder, "ordort.h") &&
         copy_runtime(b, folder, "libordort.a") &&
         file_write(ctx, ctx_printf(ctx, "%s/%s.o", folder, b->prefix), b->object,
                    b->object_bytes) &&
         put_file(b, folder, ctx_printf(ctx, "lib%s.a", b->prefix), &archive) &&
         put_file(b, folder, ctx_printf(ctx, "%s.h", b->prefix), &header) &&
         put_file(b, folder, ctx_printf(ctx, "%s.json", b->prefix), &manifest) &&
         put_file(b, folder, ctx_printf(ctx, "%s.pc", b->prefix), &package) &&
         (!options->shared || link_shared(b, folder));
}
