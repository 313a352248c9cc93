/* Reading pipelines: see steps.h. */
#include "passes/pipeline/steps.h"
#include "base/near.h"
#include "passes/pipeline/pass_table.h"
#include "passes/rules/rewrite.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct StepReader {
  PassCtx *pc;
  const char *what, *text, *at; /* what: "pipeline" */
} StepReader;

static void skip(StepReader *r) {
  while (isspace((unsigned char)*r->at)) r->at++;
}

static bool eat(StepReader *r, char c) {
  skip(r);
  if (*r->at != c) return false;
  r->at++;
  return true;
}

/* A word of letters, digits and the characters in extra; NULL when there is none. */
static const char *word(StepReader *r, const char *extra) {
  skip(r);
  const char *start = r->at;
  while (*r->at && (isalnum((unsigned char)*r->at) || strchr(extra, *r->at))) r->at++;
  size_t n = (size_t)(r->at - start);
  return n ? arena_printf(&r->pc->ctx->arena, "%.*s", (int)n, start) : NULL;
}

static bool syntax_error(StepReader *r, const char *wanted) {
  diag_at(r->pc->ctx, (Span){0}, E_pipeline_syntax, "%s '%s': expected %s at '%s'", r->what,
          r->text, wanted, *r->at ? r->at : "the end");
  if (!strcmp(r->what, "pipeline"))
    diag_help(r->pc->ctx,
              "for example: inline,grad,simplify{rounds=4},contract,fuse; the default is %s",
              pipeline_default(2));
  return false;
}

/* ---- options of a pass ---- */

static bool is_number(const char *text) {
  char *end;
  (void)strtod(text, &end);
  return *text && !*end;
}

static bool is_whole(const char *text) {
  text += *text == '-' || *text == '+';
  return *text && text[strspn(text, "0123456789")] == 0;
}

/* Whether a list "a|b|c" has the word. */
static bool in_choice(const char *list, const char *word) {
  size_t n = strlen(word);
  for (; *list; list += *list == '|') {
    size_t len = strcspn(list, "|");
    if (len == n && !strncmp(list, word, n)) return true;
    list += len;
  }
  return false;
}

/* What is expected instead, or NULL: allowed is "low..", "low..high", "a|b|c", or NULL. */
static const char *expected_value(Ctx *ctx, const PassOption *o, const char *value) {
  const char *dots = o->allowed ? strstr(o->allowed, "..") : NULL;
  if (dots) {
    int64_t low = strtoll(o->allowed, NULL, 10), high = dots[2] ? strtoll(dots + 2, NULL, 10) : 0;
    int64_t given = strtoll(value, NULL, 10); /* saturates */
    if (is_whole(value) && given >= low && (!dots[2] || given <= high)) return NULL;
    return dots[2] ? ctx_printf(ctx, "a whole number from %lld to %lld", (long long)low,
                                (long long)high)
                   : ctx_printf(ctx, "a whole number from %lld on", (long long)low);
  }
  if (o->allowed) return in_choice(o->allowed, value) ? NULL : o->allowed;
  return is_number(o->value) && !is_number(value) ? "a number" : NULL;
}

/* given: the text of the pipeline says so. */
static bool set_option(Ctx *ctx, Span span, PassOptions *options, const char *name,
                       const char *value, bool given) {
  for (uint32_t i = 0; i < options->values.len; i++) {
    PassOption *o = &options->values.data[i];
    if (strcmp(o->name, name)) continue;
    const char *expected = expected_value(ctx, o, value);
    if (!expected) {
      o->value = value;
      o->given = given;
      return true;
    }
    diag_at(ctx, span, E_pass_option, "option '%s' of pass '%s' cannot be '%s'", name,
            options->pass->name, value);
    diag_expected(ctx, "%s", expected);
    return false;
  }
  diag_at(ctx, span, E_pass_option, "pass '%s' has no option '%s'", options->pass->name, name);
  diag_help(ctx, "it takes: %s", *options->pass->options ? options->pass->options : "no options");
  return false;
}

/* In quotes anything may stand. NULL after a diagnostic. */
static const char *quoted(StepReader *r) {
  Text out = text_new(&r->pc->ctx->arena);
  while (*r->at && *r->at != '"') {
    if (*r->at == '\\' && r->at[1]) r->at++;
    text_putc(&out, *r->at++);
  }
  if (*r->at) return r->at++, text_str(&out);
  syntax_error(r, "the end of a text, '\"',");
  return NULL;
}

static const char *option_value(StepReader *r) {
  if (eat(r, '"')) return quoted(r);
  skip(r);
  size_t n = strcspn(r->at, ",}\" \t\n");
  const char *start = r->at;
  r->at += n;
  if (n) return ctx_printf(r->pc->ctx, "%.*s", (int)n, start);
  syntax_error(r, "a value");
  return NULL;
}

static bool read_options(StepReader *r, PassOptions *options) {
  if (!eat(r, '{') || eat(r, '}')) return true;
  do {
    const char *name = word(r, "_-"), *value;
    if (!name) return syntax_error(r, "the name of an option");
    if (!eat(r, '=')) return syntax_error(r, "'='");
    if (!(value = option_value(r)) ||
        !set_option(r->pc->ctx, (Span){0}, options, name, value, true))
      return false;
  } while (eat(r, ','));
  return eat(r, '}') || syntax_error(r, "',' or '}'");
}

/* ---- names ---- */

static bool unknown_pass(PassCtx *pc, Span span, const char *name) {
  NearName near = near_name(name);
  Text names = text_new(&pc->ctx->arena);
  for (uint32_t i = 0; pass_at(pc, i); i++) {
    text_printf(&names, "%s%s", i ? ", " : "", pass_at(pc, i)->name);
    near_try(&near, pass_at(pc, i)->name);
  }
  text_puts(&names, "; pipelines of them: ");
  for (int i = 0; i < n_pipelines; i++) {
    text_printf(&names, "%s%s", i ? ", " : "", pipeline_info[i].name);
    near_try(&near, pipeline_info[i].name);
  }
  diag_at(pc->ctx, span, E_unknown_pass, "there is no pass '%s'", name);
  if (near.best) diag_help(pc->ctx, "did you mean '%s'?", near.best);
  diag_help(pc->ctx, "the passes are: %s", text_str(&names));
  return false;
}

static bool unknown_rule(PassCtx *pc, const char *name, const char *rule) {
  NearName near = near_name(rule);
  for (int i = 0; i < n_rules; i++) near_try(&near, rule_rows[i].name);
  for (uint32_t i = 0; i < pc->rules.len; i++) near_try(&near, pc->rules.data[i]->name);
  diag_at(pc->ctx, (Span){0}, E_unknown_pass, "there is no rewrite rule '%s'", name);
  if (near.best)
    diag_help(pc->ctx, "did you mean 'simplify/%s'?", near.best);
  else
    diag_help(pc->ctx, "rules stand behind 'simplify/'; 'ordo rules' lists them");
  return false;
}

/* "simplify/RULE" */
static bool check_rule(PassCtx *pc, const char *name) {
  static const char of[] = "simplify/";
  const char *rule = strchr(name, '/') + 1;
  for (int i = 0; i < n_rules && !strncmp(name, of, sizeof of - 1); i++)
    if (!strcmp(rule_rows[i].name, rule)) return true;
  for (uint32_t i = 0; i < pc->rules.len && !strncmp(name, of, sizeof of - 1); i++)
    if (!strcmp(pc->rules.data[i]->name, rule)) return true;
  return unknown_rule(pc, name, rule);
}

/* A list of passes: "all", and "simplify/RULE" where rules may stand, and elsewhere "llvm" and
 * "asm"; and what is no name. */
static bool check_names(PassCtx *pc, const char *what, const char *list, bool rules) {
  StepReader r = {pc, what, list, list};
  if (!list) return true;
  do {
    const char *name = word(&r, rules ? "_-/" : "_-");
    if (!name) return !*r.at || syntax_error(&r, "the name of a pass");
    if (rules && strchr(name, '/')) {
      if (!check_rule(pc, name)) return false;
    } else if (strcmp(name, "all") && !pass_find(pc, name) &&
               (rules || code_stage_find(name) < 0)) {
      return unknown_pass(pc, (Span){0}, name);
    }
  } while (eat(&r, ','));
  return !*r.at || syntax_error(&r, "','");
}

/* ---- steps ---- */

static bool read_steps(StepReader *r, PipelineSteps *steps);

/* One pass with its options, or the steps of a named pipeline. */
static bool read_step(StepReader *r, PipelineSteps *steps) {
  skip(r);
  const char *start = r->at, *name = word(r, "_-");
  if (!name) return syntax_error(r, "the name of a pass");
  const PassInfo *pass = pass_find(r->pc, name);
  const PipelineInfo *pipeline = pass ? NULL : pipeline_find(name);
  if (pipeline) return steps_of_text(r->pc, pipeline->text, steps);
  if (!pass) return unknown_pass(r->pc, (Span){0}, name);
  PipelineStep step = {pass, pass_options(r->pc->ctx, pass), NULL};
  if (!read_options(r, &step.options)) return false;
  step.text = ctx_printf(r->pc->ctx, "%.*s", (int)(r->at - start), start);
  vec_push(&r->pc->ctx->arena, steps, step);
  return true;
}

static bool read_steps(StepReader *r, PipelineSteps *steps) {
  do {
    if (!read_step(r, steps)) return false;
  } while (eat(r, ','));
  skip(r);
  return true;
}

bool steps_of_text(PassCtx *pc, const char *text, PipelineSteps *steps) {
  StepReader r = {pc, "pipeline", text, text};
  skip(&r);
  if (!*r.at) return true; /* the empty pipeline does nothing */
  return read_steps(&r, steps) && (!*r.at || syntax_error(&r, "',' or the end"));
}

const char *steps_text(Ctx *ctx, const PipelineSteps *steps) {
  Text out = text_new(&ctx->arena);
  for (uint32_t i = 0; i < steps->len; i++)
    text_printf(&out, "%s%s", i ? "," : "", steps->data[i].text);
  return text_str(&out);
}

/* ---- what a schedule sets ---- */

/* The step as text, with the options that are given or set. */
static const char *step_text(Ctx *ctx, const PipelineStep *step) {
  PassOptions plain = pass_options(ctx, step->pass);
  Text out = text_new(&ctx->arena);
  text_puts(&out, step->pass->name);
  const char *before = "{";
  for (uint32_t i = 0; i < plain.values.len; i++) {
    const PassOption *o = &step->options.values.data[i];
    if (!o->given && !strcmp(o->value, plain.values.data[i].value)) continue;
    text_printf(&out, "%s%s=%s", before, o->name, o->value);
    before = ",";
  }
  if (*before == ',') text_putc(&out, '}');
  return text_str(&out);
}

static bool is_given(const PipelineStep *step, const char *option) {
  for (uint32_t i = 0; i < step->options.values.len; i++)
    if (!strcmp(step->options.values.data[i].name, option))
      return step->options.values.data[i].given;
  return false;
}

/* In each step of its pass that does not give the option; the last line about it counts. */
static bool set_scheduled(PassCtx *pc, const ScheduleOption *o, PipelineSteps *steps) {
  Ctx *ctx = pc->ctx;
  const PassInfo *pass = pass_find(pc, o->pass);
  if (!pass) return unknown_pass(pc, o->span, o->pass);
  if (pass->rounds) {
    diag_at(ctx, o->span, E_pipeline_syntax,
            "a schedule sets no options of '%s': it rounds by design", o->pass);
    return false;
  }
  PassOptions tried = pass_options(ctx, pass); /* the line is checked where no step takes it, too */
  if (!set_option(ctx, o->span, &tried, o->option, o->value, false)) return false;
  bool taken = false;
  for (uint32_t i = 0; i < steps->len; i++) {
    PipelineStep *step = &steps->data[i];
    if (step->pass != pass || is_given(step, o->option)) continue;
    set_option(ctx, o->span, &step->options, o->option, o->value, false);
    step->text = step_text(ctx, step);
    taken = true;
  }
  if (!taken)
    diag_at(ctx, o->span, E_schedule_broken,
            "no step of the pipeline takes '%s.%s': there is none, or each gives it itself",
            o->pass, o->option);
  return true;
}

/* ---- what is inserted and left out ---- */

static bool not_there(PassCtx *pc, const PipelineSteps *steps, const char *pass, int64_t number) {
  if (!pass_find(pc, pass)) return unknown_pass(pc, (Span){0}, pass);
  diag_at(pc->ctx, (Span){0}, E_not_in_pipeline,
          number ? "the pass '%s' does not stand %lld times in the pipeline"
                 : "the pass '%s' does not stand in the pipeline",
          pass, (long long)number);
  diag_help(pc->ctx, "the pipeline is: %s", steps_text(pc->ctx, steps));
  return false;
}

/* A place: which step of the pass (from 1), or 0. */
static bool read_place(StepReader *r, const char **pass, int64_t *number) {
  *number = 0;
  if (!(*pass = word(r, "_-"))) return syntax_error(r, "the name of a pass");
  if (!eat(r, '@')) return true;
  const char *digits = word(r, "");
  *number = digits && is_whole(digits) ? strtoll(digits, NULL, 10) : 0;
  return *number > 0 || syntax_error(r, "which step of that pass, counted from 1, behind '@'");
}

/* The step that is meant; number 0: the first or the last one. -1 when there is none. */
static int64_t find_step(const PipelineSteps *steps, const char *pass, int64_t number, bool last) {
  int64_t found = -1;
  for (uint32_t i = 0; i < steps->len; i++) {
    if (strcmp(steps->data[i].pass->name, pass)) continue;
    found = i;
    if (number ? !--number : !last) return i;
  }
  return number ? -1 : found;
}

static bool insert_steps(PassCtx *pc, const char *text, PipelineSteps *steps) {
  StepReader r = {pc, "--insert", text, text};
  PipelineSteps added = {0}, out = {0};
  const char *side, *pass;
  int64_t number;
  if (!read_steps(&r, &added)) return false;
  if (!eat(&r, '@') || !(side = word(&r, "")) || (strcmp(side, "before") && strcmp(side, "after")))
    return syntax_error(&r, "'@before:PASS' or '@after:PASS'");
  if (!eat(&r, ':')) return syntax_error(&r, "':'");
  if (!read_place(&r, &pass, &number)) return false;
  skip(&r);
  if (*r.at) return syntax_error(&r, "the end");
  bool after = !strcmp(side, "after");
  int64_t at = find_step(steps, pass, number, after);
  if (at < 0) return not_there(pc, steps, pass, number);
  at += after;
  for (uint32_t i = 0; i <= steps->len; i++) {
    for (uint32_t k = 0; i == at && k < added.len; k++)
      vec_push(&pc->ctx->arena, &out, added.data[k]);
    if (i < steps->len) vec_push(&pc->ctx->arena, &out, steps->data[i]);
  }
  *steps = out;
  return true;
}

static bool leave_out(PassCtx *pc, const char *text, PipelineSteps *steps) {
  StepReader r = {pc, "--without", text, text};
  bool *gone = arena_array(&pc->ctx->arena, bool, steps->len + 1);
  do {
    const char *pass;
    int64_t number;
    if (!read_place(&r, &pass, &number)) return false;
    int64_t at = find_step(steps, pass, number, false);
    if (at < 0) return not_there(pc, steps, pass, number);
    for (uint32_t i = (uint32_t)at; i < steps->len; i++)
      if (number ? i == at : !strcmp(steps->data[i].pass->name, pass)) gone[i] = true;
  } while (eat(&r, ','));
  if (*r.at) return syntax_error(&r, "','");
  uint32_t kept = 0;
  for (uint32_t i = 0; i < steps->len; i++)
    if (!gone[i]) steps->data[kept++] = steps->data[i];
  steps->len = kept;
  return true;
}

/* Nothing is dumped after, and nothing stops at, a pass that does not run. */
static bool all_there(PassCtx *pc, const char *list, const PipelineSteps *steps) {
  StepReader r = {pc, "pipeline", list, list};
  for (const char *name; list && (name = word(&r, "_-")) != NULL; (void)eat(&r, ','))
    if (strcmp(name, "all") && code_stage_find(name) < 0 && find_step(steps, name, 0, false) < 0)
      return not_there(pc, steps, name, 0);
  return true;
}

bool steps_read(PassCtx *pc, const char *text, PipelineSteps *steps) {
  const PipelineOptions *o = &pc->options;
  bool good = check_names(pc, "--dump-after", o->dump_after, false) &&
              check_names(pc, "--disable", o->disable, true) &&
              check_names(pc, "--stop-after", o->stop_after, false) &&
              steps_of_text(pc, text, steps);
  for (uint32_t i = 0; good && i < o->n_insert; i++) good = insert_steps(pc, o->insert[i], steps);
  if (good && o->without) good = leave_out(pc, o->without, steps);
  for (uint32_t i = 0; good && o->schedule && i < o->schedule->options.len; i++)
    good = set_scheduled(pc, &o->schedule->options.data[i], steps);
  return good && all_there(pc, o->dump_after, steps) && all_there(pc, o->stop_after, steps) &&
         all_there(pc, o->watched, steps);
}
