/* ordo export: a function of a model as an ONNX model. */
#include "app/build.h"
#include "app/entry.h"
#include "app/export.h"
#include "cli/cli.h"

/* A function by its name, or the only one. */
static bool check_function(Cli *cli, Compile *c) {
  if (!compile(c, PHASE_parse)) return false;
  if (!c->spec) return compile(c, PHASE_check); /* graph text */
  c->what = COMPILE_function;
  c->name = cli->args.len > 1 ? cli->args.data[1] : function_only(cli->ctx, c->spec);
  if (!c->name || !compile(c, PHASE_check)) return false;
  build_add_claims(c);
  return true;
}

int cmd_export(Cli *cli) {
  const char *model = cli->args.data[0];
  Compile c = compile_given(cli, model, COMPILE_graph);
  const char *file = ctx_printf(cli->ctx, "%s.onnx", model_base_name(cli, model));
  ExportOptions options = {.path = opt_text(cli, OPT_out_model, file),
                           .weights = opt_text(cli, OPT_weights, NULL),
                           .beside = opt_flag(cli, OPT_beside)};
  if (!c.options.pipeline) c.options.pipeline = EXPORT_PIPELINE;
  c.with_data = true;
  c.weights = options.weights;
  bool good = check_function(cli, &c) && compile(&c, PHASE_passes) && export_model(&c, &options);
  compile_free(&c);
  return good ? exit_code(cli) : EXIT_USER;
}
