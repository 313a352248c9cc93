/* ordo discover: rewrite rules that the table lacks. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/discover.h"
#include "app/progress.h"
#include "cli/cli.h"

typedef struct Discovering {
  Cli *cli;
  DiscoverOptions options;
  RuleSearch search;
  Discovery found;
  Progress progress;
  VEC(const char *) models;
} Discovering;

/* ---- what is asked ------------------------------------------------------------------------- */

/* The words of a list separated by commas. */
static const char *next_word(Cli *cli, const char **list) {
  if (!**list) return NULL;
  size_t n = strcspn(*list, ",");
  const char *word = ctx_printf(cli->ctx, "%.*s", (int)n, *list);
  *list += n + ((*list)[n] == ',');
  return word;
}

static bool is_logic(Op op) { return op == OP_not || op == OP_and || op == OP_or; }

static bool read_ops(Discovering *d) {
  Cli *cli = d->cli;
  const char *list = opt_text(cli, OPT_ops, "add,sub,mul,neg,abs,max,min"), *word;
  while ((word = next_word(cli, &list)) != NULL) {
    Op op;
    if (!op_find(word, &op) || !rule_op_known(op)) {
      Text known = cli_text(cli);
      for (Op k = 0; k < N_OPS; k++)
        if (rule_op_known(k)) text_printf(&known, "%s%s", known.len ? ", " : "", op_info[k].name);
      usage_error(cli, "'%s' is none of the ops that the prover knows: %s", word, text_str(&known));
      return false;
    }
    vec_push(&cli->ctx->arena, &d->options.ops, op);
  }
  if (!d->options.ops.len) usage_error(cli, "--ops names no op");
  return d->options.ops.len > 0;
}

static const char *standard_leaves(const Discovering *d) {
  bool truths = false, numbers = false;
  for (uint32_t i = 0; i < d->options.ops.len; i++) {
    Op op = d->options.ops.data[i];
    truths = truths || op == OP_where || is_logic(op);
    numbers = numbers || !is_logic(op);
  }
  return !truths ? "a,b,c,0,1,2,-1" : !numbers ? "y,g,true,false" : "a,b,c,0,1,2,-1,y,g,true,false";
}

static bool read_leaves(Discovering *d) {
  Cli *cli = d->cli;
  const char *list = opt_text(cli, OPT_leaves, standard_leaves(d)), *word, *why = NULL;
  while ((word = next_word(cli, &list)) != NULL) {
    const Formula *leaf = expr_parse(&cli->ctx->arena, word, &why);
    if (!leaf || leaf->kind == EXPR_CALL) {
      usage_error(cli, "'%s' is no name and no number", word);
      return false;
    }
    vec_push(&cli->ctx->arena, &d->options.leaves, leaf);
  }
  return true;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void models_of(Discovering *d, const char *folder) {
  DIR *dir = opendir(folder);
  uint32_t first = d->models.len;
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    const char *end = strrchr(entry->d_name, '.');
    if (end && !strcmp(end, ".ordo"))
      vec_push(&d->cli->ctx->arena, &d->models,
               ctx_printf(d->cli->ctx, "%s/%s", folder, entry->d_name));
  }
  if (dir) closedir(dir);
  if (d->models.len > first)
    qsort(d->models.data + first, d->models.len - first, sizeof *d->models.data, by_name);
}

/* Those of --models, else of all folders but the library of functions. */
static void list_models(Discovering *d) {
  Cli *cli = d->cli;
  const char *list = opt_text(cli, OPT_models, NULL), *word;
  if (list && !strcmp(list, "none")) return;
  while (list && (word = next_word(cli, &list)) != NULL)
    vec_push(&cli->ctx->arena, &d->models, word);
  for (uint32_t i = 0; !list && i < cli->dirs.dirs.len; i++) {
    const char *folder = cli->dirs.dirs.data[i], *base = strrchr(folder, '/');
    if (strcmp(base ? base + 1 : folder, "lib")) models_of(d, folder);
  }
}

static bool read_grade(Discovering *d) {
  const char *grade = opt_text(d->cli, OPT_grade, grade_name[GRADE_fast]);
  for (int i = 0; i < 3; i++)
    if (!strcmp(grade, grade_name[i])) {
      d->search.least = (Grade)i;
      return true;
    }
  usage_error(d->cli, "there is no grade '%s': exact, rounds or fast", grade);
  return false;
}

static bool read_options(Discovering *d) {
  Cli *cli = d->cli;
  d->options.size = (int)opt_int(cli, OPT_size, 2);
  d->options.most = opt_int(cli, OPT_count, 200000);
  d->options.seed = (uint64_t)opt_int(cli, OPT_seed, 1);
  d->search.ctx = cli->ctx;
  d->search.disable = opt_text(cli, OPT_disable, NULL);
  d->search.most = (uint32_t)opt_int(cli, OPT_limit, 100);
  int64_t seconds = opt_int(cli, OPT_seconds, 0);
  d->search.steps = seconds ? seconds * SOLVER_STEPS : SOLVER_STEPS / 10;
  if (d->options.size < 1 || d->options.size > 8 || d->options.most < 1 || seconds < 0) {
    usage_error(cli, "--size is 1 to 8, --count at least 1");
    return false;
  }
  list_models(d);
  return read_grade(d) && read_ops(d) && read_leaves(d);
}

/* ---- the pairs ----------------------------------------------------------------------------- */

/* Rules of the command line. False after a diagnostic. */
static bool take_given(Discovering *d) {
  Cli *cli = d->cli;
  for (uint32_t i = 0; i < cli->args.len; i++) {
    const RuleRow *row = rule_given(cli, cli->args.data[i]);
    if (!row) return false;
    RulePair pair = {.lhs = {row->lhs}, .rhs = {row->rhs}, .ways = 1};
    vec_push(&cli->ctx->arena, &d->found.pairs, pair);
  }
  return true;
}

static void tell(void *user, int64_t done, int64_t pairs, uint32_t found) {
  Discovering *d = user;
  if (!progress_due(&d->progress, done)) return;
  progress_show(&d->progress, done,
                ctx_printf(d->cli->ctx, "of %lld pairs judged, %u rows", (long long)pairs, found));
}

static bool judge(Discovering *d) {
  bool quiet = opt_flag(d->cli, OPT_quiet);
  d->progress =
      progress_start(quiet ? NULL : stderr, isatty(STDERR_FILENO), 0, (int64_t)d->found.pairs.len);
  d->search.told = tell;
  d->search.user = d;
  bool good = rules_judge(&d->search, d->found.pairs.data, d->found.pairs.len);
  if (d->progress.line_open) progress_finish(&d->progress, (int64_t)d->found.pairs.len, "");
  return good && rules_weigh(&d->search, &d->cli->dirs, d->models.data, d->models.len);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static const char *row_text(Discovering *d, const RuleRow *row) {
  const char *condition = rule_condition_name(row->condition);
  return condition ? ctx_printf(d->cli->ctx, "RULE_IF(%s, \"%s\", \"%s\", %s, %s)", row->name,
                                row->lhs, row->rhs, grade_name[row->grade], condition)
                   : ctx_printf(d->cli->ctx, "RULE(%s, \"%s\", \"%s\", %s)", row->name, row->lhs,
                                row->rhs, grade_name[row->grade]);
}

static void put_row(Discovering *d, const FoundRule *f, Text *out) {
  text_printf(out, "%s /* ", row_text(d, &f->row));
  for (uint32_t i = 0; i < f->proof.answers.len; i++) {
    const RuleAnswer *a = &f->proof.answers.data[i];
    text_printf(out, "%s%s: %s", i ? ", " : "", rule_domain_name[a->domain],
                rule_verdict_name[a->verdict]);
  }
  if (f->places)
    text_printf(out, "; saves %.0f flops at %lld places, first in %s", f->saves,
                (long long)f->places, model_base_name(d->cli, f->first));
  text_puts(out, " */\n");
}

static uint32_t put_rows(Discovering *d, RuleVerdict verdict, const char *title, Text *out) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < d->search.found.len; i++) {
    const FoundRule *f = &d->search.found.data[i];
    if (f->proof.verdict != verdict) continue;
    if (!n++) text_printf(out, "\n%s\n", title);
    put_row(d, f, out);
  }
  return n;
}

static void put_tables(Discovering *d, Text *out) {
  const RuleSearch *s = &d->search;
  if (!d->cli->args.len)
    text_printf(out, "%lld expressions%s, %lld of them with values of their own\n",
                (long long)d->found.expressions, d->found.cut ? " (there are more: --count)" : "",
                (long long)d->found.values);
  text_printf(out,
              "%lld of %u pairs judged: %lld known, %lld not equal at special values, %lld "
              "refused, %lld without "
              "gain\n",
              (long long)s->judged, d->found.pairs.len, (long long)s->known, (long long)s->wrong,
              (long long)s->refused, (long long)s->no_gain);
  put_rows(d, RULE_proved, "proved, for passes/rules/rules.def:", out);
  put_rows(d, RULE_cases,
           s->solver ? "by cases, not proved:"
                     : "by cases, not proved (the solver 'z3' is not there):",
           out);
}

static json_t *row_json(Discovering *d, const FoundRule *f) {
  json_t *domains = json_object();
  for (uint32_t i = 0; i < f->proof.answers.len; i++)
    json_object_set_new(domains, rule_domain_name[f->proof.answers.data[i].domain],
                        json_string(rule_verdict_name[f->proof.answers.data[i].verdict]));
  const char *condition = rule_condition_name(f->row.condition);
  return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:o, s:s, s:I, s:f, s:s?}", "name", f->row.name,
                   "left", f->row.lhs, "right", f->row.rhs, "grade", grade_name[f->row.grade],
                   "condition", condition, "verdict", rule_verdict_name[f->proof.verdict],
                   "domains", domains, "row", row_text(d, &f->row), "places", (json_int_t)f->places,
                   "saves", f->saves, "first", f->first);
}

static void put_rows_json(Discovering *d, Text *out) {
  const RuleSearch *s = &d->search;
  json_t *rows = json_array();
  for (uint32_t i = 0; i < s->found.len; i++)
    json_array_append_new(rows, row_json(d, &s->found.data[i]));
  json_t *all = json_pack("{s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o}", "expressions",
                          (json_int_t)d->found.expressions, "values", (json_int_t)d->found.values,
                          "cut", d->found.cut, "pairs", (json_int_t)d->found.pairs.len, "judged",
                          (json_int_t)s->judged, "known", (json_int_t)s->known, "wrong",
                          (json_int_t)s->wrong, "refused", (json_int_t)s->refused, "no_gain",
                          (json_int_t)s->no_gain, "solver", s->solver, "rows", rows);
  put_json(out, all);
  json_decref(all);
}

int cmd_discover(Cli *cli) {
  Discovering d = {.cli = cli};
  if (!read_options(&d)) return EXIT_USAGE;
  if (cli->args.len ? !take_given(&d) : false) return EXIT_USAGE;
  if (!cli->args.len) d.found = rules_discover(cli->ctx, &d.options);
  if (!judge(&d)) return EXIT_USER;
  Text out = cli_text(cli);
  if (opt_flag(cli, OPT_json))
    put_rows_json(&d, &out);
  else
    put_tables(&d, &out);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
