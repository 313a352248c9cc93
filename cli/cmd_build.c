/* ordo build: functions of a model as a library without a compiler. */
#include "app/build.h"
#include "app/entry.h"
#include "cli/cli.h"

/* Function i of those given, or the only one. */
static bool compile_one(Cli *cli, Spec *spec, uint32_t i, const CompileOptions *options,
                        Compile *c) {
  const char *name = i + 1 < cli->args.len ? cli->args.data[i + 1] : function_only(cli->ctx, spec);
  if (!name) return false;
  *c = compile_spec(cli->ctx, spec, COMPILE_function, name, options);
  c->phases = &cli->phases;
  c->with_data = true;
  c->weights = opt_text(cli, OPT_weights, NULL);
  if (!compile(c, PHASE_check)) return false;
  build_add_claims(c);
  return compile(c, PHASE_passes);
}

static void put_summary(Cli *cli, const BuildOptions *options) {
  Text out = cli_text(cli);
  text_printf(&out, "%s/lib%s.a, %s.h, %s.json, %s.pc, libordort.a, ordort.h\n", options->folder,
              options->prefix, options->prefix, options->prefix, options->prefix);
  text_printf(&out, "cc main.c -I%s -L%s -l%s -lordort -lm -lpthread\n", options->folder,
              options->folder, options->prefix);
  put_out(cli, &out);
}

int cmd_build(Cli *cli) {
  const char *model = cli->args.data[0];
  uint32_t n = cli->args.len > 1 ? cli->args.len - 1 : 1, made = 0;
  CompileOptions passes = compile_options_given(cli);
  Compile spec = compile_given(cli, model, COMPILE_function);
  Compile *functions = arena_array(&cli->ctx->arena, Compile, n);
  const char *prefix = opt_text(cli, OPT_prefix, NULL);
  BuildOptions options = {.prefix =
                              prefix ? prefix : build_symbol(cli->ctx, model_base_name(cli, model)),
                          .targets = opt_text(cli, OPT_target, NULL),
                          .weights = opt_text(cli, OPT_weights, NULL),
                          .shared = opt_flag(cli, OPT_shared)};
  options.folder = opt_text(cli, OPT_out_library, ctx_printf(cli->ctx, "lib%s", options.prefix));
  bool good = compile(&spec, PHASE_parse);
  while (good && made < n)
    good = compile_one(cli, spec.spec, made, &passes, &functions[made]) && ++made;
  good = good && build_library(cli->ctx, functions, n, &options);
  for (uint32_t i = 0; i < n; i++)
    if (functions[i].ctx) compile_free(&functions[i]);
  compile_free(&spec);
  if (good) put_summary(cli, &options);
  return good ? exit_code(cli) : EXIT_USER;
}
