/* Help for a name that is not defined: how a function of other systems is written here; the library
 * has it, and which import brings it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/open.h"
#include "frontend/check/checker.h"

/* The name that a line of a file declares: "layer LSTM(", "fn mean(", "optimizer adam(". */
static bool declared(Ctx *ctx, const char *line, Str *name) {
  static const char *const words[] = {"layer ", "fn ", "optimizer ", "init "};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *rest = line + strlen(words[i]);
    if (strncmp(line, words[i], strlen(words[i])) != 0) continue;
    size_t n = strcspn(rest, "( {");
    if (!n || !rest[n]) continue;
    *name = str_intern_n(&ctx->strings, rest, n);
    return true;
  }
  return false;
}

/* Of several files of a folder the first by name, so that the message does not depend on the disk's
 * order; of several folders the first. */
static void add_declared(Ctx *ctx, Declared *d, Str name, uint32_t file) {
  const DeclaredIn *here = &d->files.data[file], *known;
  uint32_t at;
  if (map_get(&d->by_name, name.i, &at)) {
    known = &d->files.data[at];
    if (known->folder < here->folder || strcmp(known->module, here->module) <= 0) return;
  }
  map_set(&ctx->arena, &d->by_name, name.i, file);
}

static void read_declared(Ctx *ctx, Declared *d, const char *path, uint32_t file) {
  const char *why;
  FILE *stream = open_stream(path, &why);
  char line[512];
  Str name;
  while (stream && fgets(line, sizeof line, stream))
    if (declared(ctx, line, &name)) add_declared(ctx, d, name, file);
  if (stream) fclose(stream);
}

static void read_folder(Ctx *ctx, Declared *d, const char *folder, uint32_t at) {
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *item; (item = readdir(dir));) {
    size_t n = strlen(item->d_name);
    if (n < 6 || strcmp(item->d_name + n - 5, ".ordo") != 0) continue;
    DeclaredIn file = {ctx_printf(ctx, "%.*s", (int)(n - 5), item->d_name), at};
    vec_push(&ctx->arena, &d->files, file);
    read_declared(ctx, d, ctx_printf(ctx, "%s/%s", folder, item->d_name), d->files.len - 1);
  }
  closedir(dir);
}

const Declared *declared_in(Ctx *ctx, const char *const *folders, uint32_t n) {
  Declared *d = arena_new(&ctx->arena, Declared);
  for (uint32_t i = 0; i < n; i++) read_folder(ctx, d, folders[i], i);
  return d;
}

/* Behind the imports of the file that the mistake is in, or at its beginning. */
static void offer_import(Check *c, const char *module) {
  const AstFile *file = spec_text_at(c->spec, c->ctx->diags.current->span.lo);
  const Item *last = NULL;
  for (uint32_t i = 0; file && i < file->n_items; i++)
    if (file->items[i]->kind == ITEM_import) last = file->items[i];
  uint32_t at = !file           ? 0
                : last          ? last->span.hi
                : file->n_items ? file->items[0]->span.lo
                                : file->source->base;
  const char *text = ctx_printf(c->ctx, last ? "\nimport %s" : "import %s\n\n", module);
  diag_fix(c->ctx, (Span){at, at}, at ? text : NULL, "the library has it: import %s", module);
}

void suggest_import(Check *c, Str name) {
  const SpecOptions *options = c->spec->options;
  uint32_t file;
  if (!options) return;
  if (!c->spec->declared)
    c->spec->declared = options->library
                            ? options->library->declared
                            : declared_in(c->ctx, options->library_dirs, options->n_library_dirs);
  const Declared *d = c->spec->declared;
  if (map_get(&d->by_name, name.i, &file)) offer_import(c, d->files.data[file].module);
}

/* ---- functions of other systems ---- */

static const struct {
  const char *names, *help;
} elsewhere[] = {
    {"clamp clip", "max(lo, min(hi, x)) cuts x into a range"},
    {"softplus", "max(x, 0) + log1p(exp(-abs(x)))"},
    {"leaky_relu", "where(x > 0, x, 0.01 * x)"},
    {"gelu", "0.5 * x * (1 + erf(x / sqrt(2)))"},
    {"elu", "where(x > 0, x, expm1(min(x, 0)))"},
    {"square", "x ** 2"},
    {"norm", "sqrt(sum(x ** 2)); of each row: n[b] = sqrt(sum[d](x[b, d] ** 2))"},
    {"var variance", "m = mean(x); mean((x - m) ** 2); of each row with indices: mean[d](...)"},
    {"std", "m = mean(x); sqrt(mean((x - m) ** 2)); of each row with indices: mean[d](...)"},
    {"roll", "y[t] = x[(t + 1) % T] with t in T"},
    {"flip", "y[t] = reverse[t](x[t]), or x[T - 1 - t]"},
    {"matmul mm bmm dot einsum tensordot",
     "x @ W, or with indices: y[b, o] = sum[i](x[b, i] * W[i, o])"},
    {"outer", "y[i, j] = a[i] * b[j]"},
    {"trace", "sum[i](A[i, i])"},
    {"diag diagonal", "d[i] = A[i, i]; and back: A[i, j] = where(i == j, d[i], 0) with j in N"},
    {"tril", "y[i, j] = where(j <= i, A[i, j], 0)"},
    {"triu", "y[i, j] = where(j >= i, A[i, j], 0)"},
    {"arange range", "iota(N), or an index as a number: y[t] = f32(t) with t in N"},
    {"linspace", "y[i] = lo + (hi - lo) * f32(i) / (N - 1) with i in N"},
    {"gather index_select embedding", "an index value is a subscript: y[b, d] = E[tok[b], d]"},
    {"scatter scatter_add index_add segment_sum", "y[dst[e], h] = sum[e](m[e, h])"},
    {"permute swapaxes movedim", "the order of the indices on the left: y[j, i] = x[i, j]"},
    {"view flatten", "reshape(x, [B, N*H])"},
    {"unsqueeze expand_dims", "'new' as a subscript: x[:, new]"},
    {"squeeze", "a number as a subscript: x[:, 0]"},
    {"cat hstack vstack", "concat[axis = 1](a, b)"},
    {"chunk", "split(x, k)"},
    {"expand repeat tile broadcast_to",
     "an index that the right side does not have: y[b, n] = x[b] with n in N"},
    {"topk", "k[b, i] = argsort[n](-x[b, n]), then k[:, :5]"},
    {"detach", "stop_gradient(x)"},
    {"isnan", "is_nan(x)"},
    {"power", "x ** n"},
    {"cross_entropy_loss nll_loss", "import losses; cross_entropy(logits, y)"},
    {"masked_fill", "where(mask, value, x)"},
    {"logical_and", "a and b"},
    {"logical_or", "a or b"},
    {"logical_not", "not a"},
    {"float", "f32(x)"},
    {"int", "i32(x)"},
    {"len shape", "an extent has a name in the parameter's type: size(N) is its number"},
    {"print", "log in a step, or more results: ordo run shows them"},
};

/* The word stands in the list. */
static bool listed(const char *names, const char *word) {
  size_t n = strlen(word);
  for (const char *at = names; (at = strstr(at, word)); at += n)
    if ((at == names || at[-1] == ' ') && (at[n] == ' ' || !at[n])) return true;
  return false;
}

bool suggest_form(Check *c, Str name) {
  const char *word = ctx_text(c->ctx, name);
  for (size_t i = 0; *word && i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
    if (!listed(elsewhere[i].names, word)) continue;
    diag_help(c->ctx, "it is written so: %s", elsewhere[i].help);
    return true;
  }
  return false;
}
