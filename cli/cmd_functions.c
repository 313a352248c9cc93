/* ordo functions: index functions and builtin functions, from their tables. */
#include "cli/cli.h"
#include "frontend/check.h"

/* Index functions first, then builtin ones. */
static const char *name_of(Cli *cli, uint32_t i) {
  uint32_t n = 0;
  while (spec_index_function(cli->ctx, n)) n++;
  if (i < n) return spec_index_function(cli->ctx, i)->name;
  const SpecBuiltin *b = spec_builtin(cli->ctx, i - n);
  return b ? b->name : NULL;
}

/* ---- index functions ---- */

static const char *use_of(Cli *cli, const SpecIndexFn *f) {
  if (f->use) return f->use;
  const char *indices = f->single ? "n" : "n, m", *left = f->keeps ? f->single ? "n" : "n, m" : "";
  return ctx_printf(cli->ctx, "y[%s%s] = %s[%s](x[b, %s])", *left ? "b, " : "b", left, f->name,
                    indices, indices);
}

static const char *empty_of(const SpecIndexFn *f) {
  if (f->keeps) return "none";
  return f->empty ? f->empty : "refused";
}

static void put_index_functions(Cli *cli, Text *out, json_t *list, bool markdown) {
  static const char *const head[] = {"function", "use", "takes", "of no elements", "gives"};
  const SpecIndexFn *f;
  if (markdown) markdown_head(out, head, 5);
  for (uint32_t i = 0; (f = spec_index_function(cli->ctx, i)); i++) {
    if (!row_wanted(cli, f->name)) continue;
    const char *use = use_of(cli, f), *empty = empty_of(f);
    const char *cells[] = {f->name, ctx_printf(cli->ctx, "`%s`", use), f->elements, empty, f->doc};
    if (list)
      json_array_append_new(list,
                            json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", f->name, "use", use,
                                      "elements", f->elements, "of_none", empty, "doc", f->doc));
    else if (markdown)
      markdown_row(out, cells, 5);
    else
      text_printf(out, "%-14s %-34s %s\n", f->name, use, f->doc);
    if (cli->args.len && f->text && !list) text_printf(out, "\n%s", f->text);
  }
}

/* ---- builtin functions ---- */

static const char *count_of(Cli *cli, const SpecBuiltin *b) {
  if (b->most == UINT32_MAX) return ctx_printf(cli->ctx, "%u or more", b->least);
  return b->least == b->most ? ctx_printf(cli->ctx, "%u", b->least)
                             : ctx_printf(cli->ctx, "%u to %u", b->least, b->most);
}

static void put_builtins(Cli *cli, Text *out, json_t *list, bool markdown) {
  static const char *const head[] = {"function", "arguments", "gives"};
  const SpecBuiltin *b;
  if (markdown) markdown_head(out, head, 3);
  for (uint32_t i = 0; (b = spec_builtin(cli->ctx, i)); i++) {
    if (!row_wanted(cli, b->name)) continue;
    const char *cells[] = {b->name, count_of(cli, b), b->doc};
    if (list)
      json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", b->name, "arguments",
                                            cells[1], "doc", b->doc));
    else if (markdown)
      markdown_row(out, cells, 3);
    else
      text_printf(out, "%-14s %-34s %s\n", b->name, ctx_printf(cli->ctx, "arguments: %s", cells[1]),
                  b->doc);
  }
}

int cmd_functions(Cli *cli) {
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json), markdown = opt_flag(cli, OPT_markdown);
  if (!rows_exist(cli, name_of, "function")) return EXIT_USAGE;
  json_t *list = json ? json_array() : NULL;
  if (markdown) text_puts(&out, "## Index functions\n\n");
  put_index_functions(cli, &out, list, markdown);
  if (markdown) text_puts(&out, "\n## Builtin functions\n\n");
  put_builtins(cli, &out, list, markdown);
  if (json) put_json(&out, list);
  json_decref(list);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
