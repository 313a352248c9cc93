/* ordo rules: the table of rewrite rules. */
#include <string.h>

#include "cli/cli.h"
#include "passes/rules/rewrite.h"

/* "left => right"; a rule in C has one text for both. */
static const char *text_of(Cli *cli, const RuleRow *rule) {
  return rule->rhs ? ctx_printf(cli->ctx, "%s => %s", rule->lhs, rule->rhs) : rule->lhs;
}

static bool wanted(const Cli *cli, const RuleRow *rule) {
  const char *grade = opt_text(cli, OPT_grade, grade_name[rule->grade]);
  return !strcmp(grade, grade_name[rule->grade]) && row_wanted(cli, rule->name);
}

static const char *name_of(Cli *cli, uint32_t i) {
  const RuleSet *set = rules_load(cli->plugins);
  return i < (uint32_t)set->n ? set->rules[i].row->name : NULL;
}

static bool check_grade(Cli *cli) {
  const char *grade = opt_text(cli, OPT_grade, grade_name[0]);
  for (int i = 0; i < 3; i++)
    if (!strcmp(grade, grade_name[i])) return true;
  usage_error(cli, "there is no grade '%s': exact, rounds or fast", grade);
  return false;
}

static json_t *to_json(Cli *cli, const RuleRow *rule) {
  return json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", rule->name, "grade",
                   grade_name[rule->grade], "rule", text_of(cli, rule), "conditional",
                   rule->condition != NULL, "in_c", rule->fn != NULL);
}

int cmd_rules(Cli *cli) {
  static const char *const head[] = {"rule", "grade", "rewrites", "how"};
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json), markdown = opt_flag(cli, OPT_markdown);
  if (!rows_exist(cli, name_of, "rule") || !check_grade(cli)) return EXIT_USAGE;
  json_t *list = json_array();
  if (markdown) markdown_head(&out, head, 4);
  const RuleSet *set = rules_load(cli->plugins);
  for (int i = 0; i < set->n; i++) {
    const RuleRow *rule = set->rules[i].row;
    if (!wanted(cli, rule)) continue;
    const char *grade = grade_name[rule->grade];
    const char *how = rule->fn ? "a function" : rule->condition ? "under a condition" : "";
    const char *cells[] = {rule->name, grade, text_of(cli, rule), how};
    if (json)
      json_array_append_new(list, to_json(cli, rule));
    else if (markdown)
      markdown_row(&out, cells, 4);
    else
      text_printf(&out, "%-22s %-6s %s%s%s\n", rule->name, grade, text_of(cli, rule),
                  *how ? "   # " : "", how);
  }
  if (json) put_json(&out, list);
  json_decref(list);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
