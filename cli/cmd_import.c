/* ordo import: a model of ONNX as a spec. */
#include <string.h>

#include "app/from_onnx.h"
#include "cli/cli.h"

/* FILE.ordo and FILE.safetensors, beside each other. */
static const char *with_end(Cli *cli, const char *path, const char *end) {
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  bool has_end = dot && (!slash || dot > slash + 1);
  return ctx_printf(cli->ctx, "%.*s%s", has_end ? (int)(dot - path) : (int)strlen(path), path, end);
}

int cmd_import(Cli *cli) {
  const char *path = cli->args.data[0], *slash = strrchr(path, '/');
  Compile c = compile_given(cli, path, COMPILE_spec);
  SpecOptions checked = c.spec_options;
  checked.n_defines = 0; /* they are for axes of the file */
  FromOnnx what = {.path = path,
                   .spec_options = &checked,
                   .defines = c.spec_options.defines,
                   .n_defines = c.spec_options.n_defines};
  what.spec = opt_text(cli, OPT_out_spec, with_end(cli, slash ? slash + 1 : path, ".ordo"));
  what.weights = with_end(cli, what.spec, ".safetensors");
  bool good = import_onnx(cli->ctx, &what);
  if (good) {
    Text out = cli_text(cli);
    text_printf(&out, "%s: layer %s, of %u nodes\n", what.spec, what.layer, what.n_nodes);
    if (what.n_weights)
      text_printf(&out, "%s: %u weights\nordo run %s %s ... --weights %s\n", what.weights,
                  what.n_weights, what.spec, what.layer, what.weights);
    put_out(cli, &out);
  }
  compile_free(&c);
  return good ? exit_code(cli) : EXIT_USER;
}
