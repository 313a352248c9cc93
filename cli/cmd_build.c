/* ordo build: functions of a model as a library without a compiler. */
#include <string.h>

#include "app/build.h"
#include "app/entry.h"
#include "cli/cli.h"

static bool is_program(Ctx *ctx, Spec *spec, const char *name) {
  SpecNames programs = spec_programs(spec);
  for (uint32_t i = 0; i < programs.count; i++)
    if (!strcmp(ctx_text(ctx, programs.names[i]), name)) return true;
  return false;
}

/* Whether 'ordo train' begins with what the program's init gives, and nothing from files. */
static bool draws_all(const TrainProgram *program) {
  for (uint32_t i = 0; i < program->n_state; i++)
    if (!str_none(program->state[i].file)) return false;
  return true;
}

/* A training program: its step, and behind it the first state. */
static uint32_t compile_program(Cli *cli, Spec *spec, const char *name,
                                const CompileOptions *options, Compile *out) {
  out[0] = compile_spec(cli->ctx, spec, COMPILE_training, name, options);
  out[0].phases = &cli->phases;
  if (!compile(&out[0], PHASE_passes)) return 0;
  const TrainProgram *program = out[0].training;
  if (!draws_all(program)) return 1;
  CompileOptions same = *options;
  same.precision = "f32"; /* the same weights whatever the steps are computed in */
  out[1] = compile_made(cli->ctx, program->init, &same);
  out[1].training = program;
  out[1].phases = &cli->phases;
  return compile(&out[1], PHASE_passes) ? 2 : 0;
}

/* Function or program i of those given, or the only function: how many were made; 0 after a
 * diagnostic. */
static uint32_t compile_one(Cli *cli, Spec *spec, uint32_t i, const CompileOptions *options,
                            Compile *c) {
  const char *name = i + 1 < cli->args.len ? cli->args.data[i + 1] : function_only(cli->ctx, spec);
  if (!name) return 0;
  if (is_program(cli->ctx, spec, name)) return compile_program(cli, spec, name, options, c);
  *c = compile_spec(cli->ctx, spec, COMPILE_function, name, options);
  c->phases = &cli->phases;
  c->with_data = true;
  c->weights = opt_text(cli, OPT_weights, NULL);
  if (!compile(c, PHASE_check)) return 0;
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
  Compile *functions = arena_array(&cli->ctx->arena, Compile, 2 * n);
  const char *prefix = opt_text(cli, OPT_prefix, NULL);
  BuildOptions options = {.prefix =
                              prefix ? prefix : build_symbol(cli->ctx, model_base_name(cli, model)),
                          .targets = opt_text(cli, OPT_target, NULL),
                          .weights = opt_text(cli, OPT_weights, NULL),
                          .shared = opt_flag(cli, OPT_shared)};
  options.folder = opt_text(cli, OPT_out_library, ctx_printf(cli->ctx, "lib%s", options.prefix));
  bool good = compile(&spec, PHASE_parse);
  for (uint32_t i = 0; good && i < n; i++) {
    uint32_t more = compile_one(cli, spec.spec, i, &passes, &functions[made]);
    good = more > 0;
    made += more;
  }
  good = good && build_library(cli->ctx, functions, made, &options);
  for (uint32_t i = 0; i < 2 * n; i++)
    if (functions[i].ctx) compile_free(&functions[i]);
  compile_free(&spec);
  if (good) put_summary(cli, &options);
  return good ? exit_code(cli) : EXIT_USER;
}
