/* What this machine is, for --version and doctor. */
#include "base/processors.h"
#include "cli/cli.h"
#include "codegen/target.h"

void put_machine(Cli *cli, Text *out) {
  Arena *arena = &cli->ctx->arena;
  Target host = target_host(arena), target;
  int processors = processors_usable();
  const char *name;
  text_printf(out, "ordo " ORDO_VERSION "\nLLVM %s\nprocessor %s: ", target_llvm(arena), host.cpu);
  for (int i = 0; target_baseline(i, &name, &target); i++)
    if (target_find(arena, name, &target)) text_printf(out, "%s, ", name);
  text_printf(out, "%svectors of %d bytes, %d processor%s\n", host.fma ? "fma, " : "",
              host.vector_bytes, processors, processors == 1 ? "" : "s");
}
