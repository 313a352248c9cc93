#include "app/from_onnx.h"

#include <ctype.h>
#include <string.h>

#include "frontend/syntax/fmt.h"
#include "frontend/syntax/lex.h"
#include "frontend/syntax/parse.h"
#include "io/file.h"
#include "io/safetensors.h"
#include "onnx/import.h"

static bool is_word(void *user, const char *name) {
  Ctx *ctx = user;
  static const char *const reserved[] = {
#define KEYWORD(name) #name,
#include "frontend/syntax/token.def"
  };
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (!strcmp(name, reserved[i])) return true;
  return token_is_word(name) || token_index_fn(name) >= 0 ||
         spec_is_builtin(ctx, ctx_str(ctx, name));
}

/* "all-minilm.onnx": AllMinilm */
static const char *layer_name(Ctx *ctx, const char *path) {
  const char *slash = strrchr(path, '/'), *c = slash ? slash + 1 : path;
  const char *end = strrchr(c, '.');
  Text out = text_new(&ctx->arena);
  for (bool first = true; *c && c != end; c++) {
    bool fine = isalnum((unsigned char)*c);
    if (fine && !(isdigit((unsigned char)*c) && !out.len))
      text_putc(&out, first ? (char)toupper((unsigned char)*c) : *c);
    first = !fine;
  }
  return out.len > 1 && out.len < 60 ? text_str(&out) : "Imported";
}

/* In the standard layout, and checked: what the language does not take is not written. */
static const char *laid_out(Ctx *ctx, const FromOnnx *what, const char *text) {
  Text out = text_new(&ctx->arena);
  const Source *source = source_add(ctx, what->spec, text, strlen(text));
  AstFile *file = parse_file(ctx, source);
  return file && fmt_file(ctx, file, &out) ? text_str(&out) : NULL;
}

static bool checked(Ctx *ctx, const FromOnnx *what, const char *text) {
  Spec *spec = spec_load_text(ctx, what->spec, text, what->spec_options);
  return spec && spec_check(spec) && !diag_failed(ctx);
}

bool import_onnx(Ctx *ctx, FromOnnx *what) {
  OnnxImported made;
  OnnxImport options = {.path = what->path,
                        .layer = what->layer ? what->layer : layer_name(ctx, what->path),
                        .defines = what->defines,
                        .n_defines = what->n_defines,
                        .taken = is_word,
                        .user = ctx};
  if (!onnx_import(ctx, &options, &made)) return false;
  ArenaCleanup cleanup;
  arena_defer(&ctx->arena, &cleanup, (void (*)(void *))tensors_free, &made.weights);
  const char *text = laid_out(ctx, what, made.text);
  bool good = text && checked(ctx, what, text);
  if (good && made.n_weights) good = safetensors_write(ctx, what->weights, &made.weights);
  good = good && file_write(ctx, what->spec, text, strlen(text));
  what->layer = options.layer;
  what->n_nodes = made.n_nodes;
  what->n_weights = made.n_weights;
  arena_done(&ctx->arena, &cleanup);
  return good;
}
