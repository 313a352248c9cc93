/* ordo rules: the table of rewrite rules. */
#include <string.h>

#include "app/rule_proof.h"
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

/* ---- proofs ---------------------------------------------------------------------------------- */

/* What stands from 'from' to 'to', without the spaces around it. */
static const char *trimmed(Cli *cli, const char *from, const char *to) {
  while (from < to && *from == ' ') from++;
  while (to > from && to[-1] == ' ') to--;
  return ctx_printf(cli->ctx, "%.*s", (int)(to - from), from);
}

const RuleRow *rule_given(Cli *cli, const char *text) {
  const char *arrow = strstr(text, "=>"), *why = NULL;
  if (!arrow) {
    usage_error(cli, "'%s' is no rule: left => right", text);
    return NULL;
  }
  RuleRow *row = arena_new(&cli->ctx->arena, RuleRow);
  *row = (RuleRow){.name = "given", .grade = GRADE_exact, .op = N_OPS};
  row->lhs = trimmed(cli, text, arrow);
  row->rhs = trimmed(cli, arrow + 2, text + strlen(text));
  const char *grade = opt_text(cli, OPT_grade, grade_name[GRADE_exact]);
  for (int i = 0; i < 3; i++)
    if (!strcmp(grade, grade_name[i])) row->grade = (Grade)i;
  const Formula *lhs = expr_parse(&cli->ctx->arena, row->lhs, &why),
                *rhs = lhs ? expr_parse(&cli->ctx->arena, row->rhs, &why) : NULL;
  if (rhs && !(expr_names(rhs) & ~expr_names(lhs))) return row;
  usage_error(cli, "the rule '%s': %s", text, rhs ? "the right side has a name of its own" : why);
  return NULL;
}

/* What an argument names: a rule of the table or of a plug-in, or one of its own. NULL after a
 * diagnostic. */
static const RuleRow *asked_rule(Cli *cli, const RuleSet *set, const char *text) {
  if (strstr(text, "=>")) return rule_given(cli, text);
  for (int i = 0; i < set->n; i++)
    if (!strcmp(set->rules[i].row->name, text)) return set->rules[i].row;
  usage_error(cli, "there is no rule '%s'", text);
  return NULL;
}

/* Under which conditions, or with which grade, a wrong rule would be right; "": none. */
static const char *mended_text(Cli *cli, const RuleProof *p) {
  Text out = cli_text(cli);
  uint32_t n = 0;
  const RuleProof *all = NULL;
  if (p->verdict == RULE_wrong && !p->row->condition)
    all = rule_mended(cli->ctx, p->row, opt_int(cli, OPT_seconds, 10) * SOLVER_STEPS, &n);
  for (uint32_t i = 0; i < n; i++) {
    const char *condition = rule_condition_name(all[i].row->condition);
    const char *how = all[i].verdict == RULE_proved ? "proved" : "right by cases";
    text_printf(&out, "%s%s %s: %s", i ? ", " : "", condition ? "under the condition" : "graded",
                condition ? condition : grade_name[all[i].row->grade], how);
  }
  return text_str(&out);
}

static void put_proof(Cli *cli, const RuleProof *p, json_t *list, Text *out) {
  json_t *answers = json_array();
  Text told = cli_text(cli);
  for (uint32_t i = 0; i < p->answers.len; i++) {
    const RuleAnswer *a = &p->answers.data[i];
    const char *verdict = rule_verdict_name[a->verdict];
    json_array_append_new(answers,
                          json_pack("{s:s, s:s, s:s}", "domain", rule_domain_name[a->domain],
                                    "verdict", verdict, "text", a->text));
    text_printf(&told, "%s%s: %s%s%s%s", i ? "; " : "", rule_domain_name[a->domain], verdict,
                *a->text ? " (" : "", a->text, *a->text ? ")" : "");
  }
  if (p->why) text_puts(&told, p->why);
  const char *mended = mended_text(cli, p);
  if (*mended) text_printf(&told, "; %s", mended);
  const char *cells[] = {p->row->name, grade_name[p->row->grade], text_of(cli, p->row),
                         rule_verdict_name[p->verdict], text_str(&told)};
  if (opt_flag(cli, OPT_json))
    json_array_append(list, json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "name", cells[0],
                                      "grade", cells[1], "rule", cells[2], "verdict", cells[3],
                                      "domains", json_incref(answers), "why", p->why ? p->why : "",
                                      "mended", mended));
  else if (opt_flag(cli, OPT_markdown))
    markdown_row(out, cells, 5);
  else
    text_printf(out, "%-22s %-6s %-9s %s\n%30s%s\n", cells[0], cells[1], cells[3], cells[2], "",
                cells[4]);
  json_decref(answers);
}

static void put_summary(const RuleProof *proofs, int n, bool solver, Text *out) {
  int count[N_RULE_VERDICTS] = {0}, texts = 0;
  for (int i = 0; i < n; i++) {
    count[proofs[i].verdict]++;
    texts += !proofs[i].row->fn;
  }
  text_printf(out,
              "%d rules, %d of them as text: %d proved, %d by cases, %d wrong; %d not asked%s\n", n,
              texts, count[RULE_proved], count[RULE_cases], count[RULE_wrong], count[RULE_unproved],
              solver ? "" : " (the solver 'z3' is not there: all by cases)");
}

static int prove_rules(Cli *cli) {
  static const char *const head[] = {"rule", "grade", "rewrites", "verdict", "by domain"};
  const RuleSet *set = rules_load(cli->plugins);
  VEC(RuleRow) rows = {0};
  for (uint32_t i = 0; i < cli->args.len; i++) {
    const RuleRow *row = asked_rule(cli, set, cli->args.data[i]);
    if (!row) return EXIT_USAGE;
    vec_push(&cli->ctx->arena, &rows, *row);
  }
  for (int i = 0; i < set->n && !cli->args.len; i++)
    if (wanted(cli, set->rules[i].row)) vec_push(&cli->ctx->arena, &rows, *set->rules[i].row);
  bool solver, wrong = false;
  int n = (int)rows.len;
  RuleProof *proofs =
      rules_prove(cli->ctx, rows.data, n, opt_int(cli, OPT_seconds, 10) * SOLVER_STEPS, &solver);
  Text out = cli_text(cli);
  json_t *list = json_array();
  if (opt_flag(cli, OPT_markdown)) markdown_head(&out, head, 5);
  for (int i = 0; i < n; i++) {
    put_proof(cli, &proofs[i], list, &out);
    wrong = wrong || proofs[i].verdict == RULE_wrong;
  }
  if (opt_flag(cli, OPT_json))
    put_json(&out, list);
  else
    put_summary(proofs, n, solver, &out);
  json_decref(list);
  return put_out(cli, &out) && !wrong ? EXIT_GOOD : EXIT_USER;
}

int cmd_rules(Cli *cli) {
  static const char *const head[] = {"rule", "grade", "rewrites", "how"};
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json), markdown = opt_flag(cli, OPT_markdown);
  if (!check_grade(cli)) return EXIT_USAGE;
  if (opt_flag(cli, OPT_prove)) return prove_rules(cli);
  if (!rows_exist(cli, name_of, "rule")) return EXIT_USAGE;
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
