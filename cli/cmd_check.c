/* ordo check: everything in a spec, used or not. */
#include "app/prove.h"
#include "cli/cli.h"

/* A table for each function and set; as JSON a line for each value. */
static void put_tables(Cli *cli, Spec *spec, bool json) {
  SpecClaims claims = spec_claims(spec);
  Text out = cli_text(cli);
  for (uint32_t i = 0; i < claims.count; i++) {
    const char *name = ctx_text(cli->ctx, claims.names[i]);
    SetClaims proved = {0};
    double took;
    const Graph *g = prove_graph(cli->ctx, claims.graphs[i], NULL, &proved, &took);
    for (uint32_t k = 0; k < proved.proofs.len; k++) {
      const SetProof *proof = proved.proofs.data[k];
      if (json) {
        sets_table_json(cli->ctx, proof, name, &out);
        continue;
      }
      text_printf(&out, "%s, %s %s", name, proof->set->padded ? "padding of" : "set",
                  proof->set->name);
      if (opt_flag(cli, OPT_time_passes))
        text_printf(&out, "  (%u nodes, %.3f ms)", graph_count(g), took);
      text_putc(&out, '\n');
      sets_table(cli->ctx, proof, &out);
      text_putc(&out, '\n');
    }
  }
  put_out(cli, &out);
}

int cmd_check(Cli *cli) {
  bool json = opt_flag(cli, OPT_json);
  for (uint32_t i = 0; i < cli->args.len; i++) {
    Compile c = compile_given(cli, cli->args.data[i], COMPILE_spec);
    compile(&c, PHASE_check);
    if (c.checked && opt_flag(cli, OPT_sets)) put_tables(cli, c.spec, json);
    compile_free(&c);
  }
  int code = exit_code(cli);
  if (json) {
    Text out = cli_text(cli);
    diag_print_json(cli->ctx, &out);
    if (!put_out(cli, &out)) return EXIT_USER;
    diag_rollback(cli->ctx, (DiagMark){0}); /* already told */
  }
  return code;
}
