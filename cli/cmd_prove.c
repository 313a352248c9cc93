/* ordo prove: rows are computed by themselves, later places do not leak. */
#include "app/entry.h"
#include "app/prove.h"
#include "cli/cli.h"
#include "passes/reach/reach.h"

typedef struct Proving {
  Cli *cli;
  Spec *spec;
  const char *name; /* of the function */
  const Graph *g;   /* calls spliced in, derivatives taken */
  Text out;
  uint32_t cuts; /* axes that were found */
} Proving;

static void prove_cut(Proving *p, const ReachCut *cut, ReachClaim claim, bool report) {
  Ctx *ctx = p->cli->ctx;
  const ReachProof *proof = reach_prove(ctx, p->g, cut);
  p->cuts++;
  if (opt_flag(p->cli, OPT_json)) {
    reach_json(ctx, proof, claim, p->name, &p->out);
  } else {
    text_printf(&p->out, "%s, %s %s\n", p->name,
                claim == REACH_rows ? "rows of" : "later places of", cut->name);
    reach_table(ctx, proof, claim, &p->out);
    text_putc(&p->out, '\n');
  }
  if (report) reach_report(ctx, proof, claim);
}

/* Each extent of an argument that has a name, once. */
static void prove_all(Proving *p) {
  Ctx *ctx = p->cli->ctx;
  VEC(Sz) seen = {0};
  for (uint32_t i = 0; i < p->g->params.len; i++) {
    const TypeInfo *info = graph_info(p->g, p->g->params.data[i]);
    for (int k = 0; k < info->rank; k++) {
      bool before = !size_is_symbol(ctx, info->dims[k], NULL);
      for (uint32_t m = 0; m < seen.len; m++) before = before || sz_eq(seen.data[m], info->dims[k]);
      if (before) continue;
      vec_push(&ctx->arena, &seen, info->dims[k]);
      const ReachCut *cut = reach_cut(ctx, p->g, info->dims[k]);
      if (!cut->param.len) continue;
      for (int c = 0; c < N_REACH_CLAIMS; c++) prove_cut(p, cut, (ReachClaim)c, false);
    }
  }
}

/* Of one function. One of many need not have the axis that was asked for. */
static void prove_function(Proving *p, bool one) {
  static const OptionId options[N_REACH_CLAIMS] = {OPT_rows, OPT_causal};
  Cli *cli = p->cli;
  const SpecFunction *f = spec_function_graph(p->spec, p->name);
  p->g = f ? prove_graph_only(cli->ctx, f->graph) : NULL;
  if (!p->g) return;
  if (!cli->given[OPT_rows].len && !cli->given[OPT_causal].len) prove_all(p);
  for (int c = 0; c < N_REACH_CLAIMS; c++)
    for (uint32_t i = 0; i < cli->given[options[c]].len; i++) {
      const char *text = cli->given[options[c]].data[i];
      const ReachCut *cut = reach_cut_of(cli->ctx, p->g, text);
      if (cut)
        prove_cut(p, cut, (ReachClaim)c, true);
      else if (one)
        usage_error(cli, "no argument of '%s' has an axis '%s'; an axis of one is x.1", p->name,
                    text);
    }
}

static void prove_spec_functions(Proving *p) {
  EntryNames names = entry_names(p->cli->ctx, p->spec);
  bool own = false; /* of a file of the library itself all are told */
  for (uint32_t i = 0; i < names.len; i++)
    own = own || (!names.data[i].is_program && !names.data[i].of_library);
  for (uint32_t i = 0; i < names.len; i++) {
    const EntryName *entry = &names.data[i];
    if (entry->is_program || (own && entry->of_library)) continue;
    DiagMark mark = diag_mark(p->cli->ctx);
    p->name = entry->name;
    if (spec_function_graph(p->spec, p->name))
      prove_function(p, false);
    else
      diag_rollback(p->cli->ctx, mark); /* it takes a layer: there is no such function alone */
  }
}

int cmd_prove(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_spec);
  Proving p = {.cli = cli, .out = cli_text(cli)};
  if (compile(&c, PHASE_parse)) {
    p.spec = c.spec;
    if (cli->args.len > 1) {
      p.name = function_find(cli->ctx, c.spec, cli->args.data[1], false);
      if (p.name) prove_function(&p, true);
    } else {
      prove_spec_functions(&p);
    }
  }
  bool put = put_out(cli, &p.out);
  compile_free(&c);
  bool asked = cli->given[OPT_rows].len || cli->given[OPT_causal].len;
  if (put && !exit_code(cli) && asked && !p.cuts)
    return usage_error(cli, "no function has an argument with that axis");
  return put ? exit_code(cli) : EXIT_USER;
}
