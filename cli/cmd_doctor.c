/* ordo doctor: whether all is there. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/build.h"
#include "app/function.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "codegen/cache.h"
#include "io/file.h"
#include "io/formats.h"
#include "ir/picture.h"

/* What is found goes on; what Ordo cannot work without is counted. */
typedef struct Doctor {
  Cli *cli;
  Text *out;
  int missing;
} Doctor;

static void say(Doctor *d, const char *what, const char *text) {
  text_printf(d->out, "%-12s %s\n", what, text);
}

static void miss(Doctor *d, const char *what, const char *text) {
  text_printf(d->out, "%-12s MISSING: %s\n", what, text);
  d->missing++;
}

/* What a failed step said, in one line. */
static const char *said(Doctor *d) {
  Ctx *ctx = d->cli->ctx;
  const char *text = ctx->diags.list.len ? ctx->diags.list.data[0]->message : "it failed";
  ctx->diags = (Diags){0};
  return text;
}

/* ---- files ---- */

static int count_models(const char *path) {
  DIR *folder = opendir(path);
  struct dirent *entry;
  int n = 0;
  while (folder && (entry = readdir(folder))) {
    size_t length = strlen(entry->d_name);
    n += length > 5 && !strcmp(entry->d_name + length - 5, ".ordo");
  }
  if (folder) closedir(folder);
  return n;
}

static void look_for_models(Doctor *d) {
  Ctx *ctx = d->cli->ctx;
  int all = 0;
  for (uint32_t i = 0; i < d->cli->dirs.dirs.len; i++) {
    const char *path = d->cli->dirs.dirs.data[i];
    int n = count_models(path);
    if (n) say(d, all ? "" : "models", ctx_printf(ctx, "%s: %d", path, n));
    all += n;
  }
  if (!all) miss(d, "models", "no folder of the library is there; ORDO_PATH names others");
}

static void look_at_cache(Doctor *d) {
  Arena *arena = &d->cli->ctx->arena;
  const char *folder = cache_directory(arena);
  if (!folder) {
    say(d, "cache", "none: ORDO_CACHE=off, or there is no HOME");
    return;
  }
  Cache cache = cache_open(arena, NULL);
  say(d, "cache",
      arena_printf(arena, "%s%s", folder,
                   cache.folder >= 0 ? ""
                                     : ": not used (it is not yours alone, or cannot be made)"));
  cache_close(&cache);
}

/* A program in the path; NULL when there is none. */
static const char *find_program(Ctx *ctx, const char *name) {
  const char *path = getenv("PATH");
  for (const char *at = path ? path : ""; *at;) {
    size_t n = strcspn(at, ":");
    const char *file = ctx_printf(ctx, "%.*s/%s", (int)n, at, name);
    if (n && !access(file, X_OK)) return file;
    at += n + (at[n] == ':');
  }
  return NULL;
}

static void look_at_builds(Doctor *d) {
  Ctx *ctx = d->cli->ctx;
  const char *cc = find_program(ctx, "cc");
  bool all = true;
  static const char *const files[] = {"libordort.a", "ordort.h"};
  for (int i = 0; i < 2; i++) {
    const char *path = build_runtime_file(ctx, files[i]);
    bool there = file_exists(path);
    all = all && there;
    say(d, i ? "" : "ordo build",
        there ? path : ctx_printf(ctx, "no %s: no libraries can be made", files[i]));
  }
  if (all)
    say(d, "",
        cc ? ctx_printf(ctx, "shared libraries by %s", cc)
           : "no C compiler 'cc': static libraries only");
}

/* ---- trials ---- */

static const char trial[] = "fn f(x: f32[N]) -> f32 { sum(x * x) }\n";

/* Calls it on 1, 2, 3. */
static bool call(Compile *c) {
  Function f;
  int64_t n = 3;
  Tensor *x = tensor_new(DT_f32, &n, 1), *y = NULL;
  for (int64_t i = 0; x && i < n; i++) tensor_set(x, i, (double)i + 1);
  function_set(&f, c);
  f.program = c->program;
  bool good =
      x && function_call(&f, (const Tensor *[]){x}, 1, 0, false, &y) && tensor_get(y, 0) == 14;
  tensor_free(x);
  tensor_free(y);
  function_free(&f);
  return good;
}

static void draw(Doctor *d, const Graph *g) {
  Ctx *ctx = d->cli->ctx;
  Text good = text_new(&ctx->arena);
  const Format *format;
  for (unsigned i = 0; (format = format_row(i)); i++) {
    if (!(format->uses & FOR_picture) || !strcmp(format->suffix, ".txt")) continue;
    Text picture = text_new(&ctx->arena);
    if (picture_put(ctx, g, NULL, format->suffix + 1, &picture) && picture.len)
      text_printf(&good, "%s%s", good.len ? " " : "", format->suffix + 1);
    else
      miss(d, "pictures", ctx_printf(ctx, "%s: %s", format->suffix + 1, said(d)));
  }
  say(d, "pictures", text_str(&good));
}

static void try_code(Doctor *d) {
  Cli *cli = d->cli;
  CompileOptions options = compile_options();
  Compile c = compile_model(cli->ctx, &cli->dirs, "trial.ordo", COMPILE_function, &options);
  c.text = trial;
  c.name = "f";
  double start = clock_seconds();
  bool good = start_engine(cli, &c) && compile(&c, PHASE_code) && call(&c);
  if (good)
    say(d, "code",
        ctx_printf(cli->ctx, "a function is compiled and right, %.0f ms",
                   1000 * (clock_seconds() - start)));
  else
    miss(d, "code", said(d));
  if (c.graph) draw(d, c.graph);
  compile_free(&c);
  engine_free(c.engine);
}

int cmd_doctor(Cli *cli) {
  Text out = cli_text(cli);
  Doctor d = {cli, &out, 0};
  put_machine(cli, &out);
  look_for_models(&d);
  look_at_cache(&d);
  look_at_builds(&d);
  try_code(&d);
  text_puts(&out, d.missing ? "\nsomething that Ordo needs is missing\n" : "\nall is there\n");
  if (!put_out(cli, &out)) return EXIT_USER;
  return d.missing ? EXIT_USER : EXIT_GOOD;
}
