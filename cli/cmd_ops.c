/* ordo ops: the table of operations. */
#include <string.h>

#include "cli/cli.h"
#include "ir/custom.h"

static const struct {
  unsigned trait;
  const char *name;
} trait_names[] = {
    {T_LEAF, "leaf"},         {T_ELEMENTWISE, "elementwise"}, {T_MOVEMENT, "movement"},
    {T_REDUCE, "reduction"},  {T_ARGREDUCE, "arg-reduction"}, {T_CONTRACT, "contraction"},
    {T_INDEXED, "indexed"},   {T_ALONG, "along an axis"},     {T_MATRIX, "matrices"},
    {T_RANDOM, "random"},     {T_RANKS, "between ranks"},     {T_REGION, "region"},
    {T_COMMUTES, "commutes"}, {T_ASSOCIATES, "associates"},   {T_COMPARE, "comparison"},
    {T_TUPLE, "tuple"},       {T_CUSTOM, "of a plug-in"},
};

/* An op of a plug-in as a row of the table. */
static const OpInfo *row_of(Cli *cli, const CustomOp *op) {
  static const char *const operands[] = {"a", "a b", "a b c"};
  OpInfo *row = arena_new(&cli->ctx->arena, OpInfo);
  *row = (OpInfo){.name = op->name,
                  .operands = operands[op->arity - 1],
                  .attrs = "",
                  .traits = T_CUSTOM | (custom_is_elementwise(op) ? T_ELEMENTWISE : 0),
                  .grad = {op->grad[0], op->grad[1], op->grad[2]},
                  .no_grad = op->no_grad,
                  .flops = op->flops ? op->flops : "unknown",
                  .doc = op->doc};
  return row;
}

/* Row i of the table, and behind it those of plug-ins; NULL behind the last one. */
static const OpInfo *op_at(Cli *cli, uint32_t i) {
  if (i < N_OPS) return &op_info[i];
  const CustomOp *op = custom_at(cli->ctx, i - N_OPS);
  return op ? row_of(cli, op) : NULL;
}

static const char *class_of(Cli *cli, const OpInfo *op) {
  Text out = cli_text(cli);
  for (size_t i = 0; i < sizeof trait_names / sizeof *trait_names; i++)
    if (op->traits & trait_names[i].trait)
      text_printf(&out, "%s%s", out.len ? ", " : "", trait_names[i].name);
  return text_str(&out);
}

/* The derivative as text: one formula per operand, or why there is none. */
static const char *derivative_of(Cli *cli, const OpInfo *op) {
  if (op->no_grad) return ctx_printf(cli->ctx, "none: %s", op->no_grad);
  if (op->grad_in_c) return "by passes/grad/grad_rules.c";
  Text out = cli_text(cli);
  for (int i = 0; i < 3 && op->grad[i]; i++)
    text_printf(&out, "%s%s", i ? "; " : "", *op->grad[i] ? op->grad[i] : "none");
  return text_str(&out);
}

static json_t *to_json(Cli *cli, const OpInfo *op) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", op->name, "operands",
                   op->operands, "attributes", op->attrs ? op->attrs : "", "class",
                   class_of(cli, op), "derivative", derivative_of(cli, op), "flops", op->flops,
                   "doc", op->doc);
}

static void describe(Cli *cli, const OpInfo *op, Text *out) {
  text_printf(out, "%s(%s)\n    %s\n    class       %s\n", op->name, op->operands, op->doc,
              class_of(cli, op));
  if (op->attrs && *op->attrs) text_printf(out, "    attributes  %s\n", op->attrs);
  text_printf(out, "    derivative  %s\n    flops       %s\n", derivative_of(cli, op), op->flops);
  if (op->points) text_printf(out, "    points      %s\n", op->points);
}

static const char *name_of(Cli *cli, uint32_t i) {
  const OpInfo *op = op_at(cli, i);
  return op ? op->name : NULL;
}

/* What stands behind the ops on their page: attributes and element types. */
static void put_small_tables(Text *out) {
  static const char *const attr_head[] = {"attribute", "value", "meaning"};
  static const char *const type_head[] = {"element type", "bytes", "meaning"};
  static const char *const attributes[][3] = {
#define ATTR(name, kind, doc) {#name, #kind, doc},
#include "ir/attrs.def"
#undef ATTR
  };
  static const char *const types[][3] = {
#define DTYPE(name, bytes, doc) {#name, #bytes, doc},
#include "base/dtypes.def"
#undef DTYPE
  };
  static const char *const role_head[] = {"role", "meaning"};
  static const char *const roles[][2] = {
#define ROLE(name, doc) {#name, doc},
#include "ir/roles.def"
#undef ROLE
  };
  text_puts(out, "\n## Attributes\n\nIn the order in which they are printed.\n\n");
  markdown_head(out, attr_head, 3);
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
    markdown_row(out, attributes[i], 3);
  text_puts(out, "\n## Roles of parameters\n\n");
  markdown_head(out, role_head, 2);
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) markdown_row(out, roles[i], 2);
  text_puts(out, "\n## Element types\n\n");
  markdown_head(out, type_head, 3);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) markdown_row(out, types[i], 3);
}

/* Where derivatives are said point by point. */
static void put_points(Text *out) {
  static const char *const head[] = {"op", "points"};
  text_puts(
      out,
      "\n## Special points\n\nWhat derivatives are at zeros, ties, infinities and ends; a "
      "test tries each. A point is the operands, or the elements of the one that is reduced or "
      "sorted; behind `:` stand the slopes by each of them, behind `/` the second derivatives "
      "(by the first twice, by the first and the second, ...). Without them they are what "
      "differences say. `x` is not tried, for the reason in parentheses. Result k of `sort` "
      "counts k + 1 times. Ops that are not listed are linear, or have no derivative.\n\n");
  markdown_head(out, head, 2);
  for (int i = 0; i < N_OPS; i++) {
    const char *cells[] = {op_info[i].name, op_info[i].points};
    if (cells[1] && strcmp(cells[1], "linear")) markdown_row(out, cells, 2);
  }
}

int cmd_ops(Cli *cli) {
  static const char *const head[] = {"op",         "operands", "attributes", "class",
                                     "derivative", "flops",    "meaning"};
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json), markdown = opt_flag(cli, OPT_markdown);
  if (!rows_exist(cli, name_of, "operation")) return EXIT_USAGE;
  json_t *list = json_array();
  if (markdown) markdown_head(&out, head, 7);
  const OpInfo *op;
  for (uint32_t i = 0; (op = op_at(cli, i)) != NULL; i++) {
    if (!row_wanted(cli, op->name)) continue;
    const char *cells[] = {
        op->name,  op->operands, op->attrs, class_of(cli, op), derivative_of(cli, op),
        op->flops, op->doc};
    if (json)
      json_array_append_new(list, to_json(cli, op));
    else if (markdown)
      markdown_row(&out, cells, 7);
    else if (!cli->args.len)
      text_printf(&out, "%-14s %-10s %s\n", op->name, op->operands, op->doc);
    else
      describe(cli, op, &out);
  }
  if (json) put_json(&out, list);
  if (markdown && !cli->args.len) put_points(&out);
  if (markdown && !cli->args.len) put_small_tables(&out);
  json_decref(list);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
