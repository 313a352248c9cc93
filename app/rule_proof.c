#include "app/rule_proof.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file.h"
#include "passes/rules/guard.h"

extern char **environ;

const char *const rule_verdict_name[N_RULE_VERDICTS] = {"proved", "by cases", "wrong", "unproved"};

typedef struct RuleQuestion {
  int row;
  RuleCheck check;
  const char *answer; /* of the solver, with what follows; NULL: none */
} RuleQuestion;
typedef VEC(RuleQuestion) RuleQuestions;

static void put_question(Ctx *ctx, uint32_t i, const RuleCheck *check, Text *out) {
  text_printf(out, "(push)\n(echo \"@ %u\")\n%s%s(check-sat)\n(get-value (", i,
              rule_prelude_of(check->domain), check->smt);
  for (int name = 0; name < N_EXPR_NAMES; name++)
    if (check->names >> name & 1) text_printf(out, "%s ", rule_name_text(name));
  text_puts(out, "))\n(pop)\n");
  (void)ctx;
}

/* Runs z3 on a file; its answers as a text, or NULL when there is none. */
static const char *ask(Ctx *ctx, const Text *script) {
  char in[] = "/tmp/ordo-rules-XXXXXX", out[] = "/tmp/ordo-rules-XXXXXX";
  int file = mkstemp(in), answers = mkstemp(out);
  const char *text = NULL;
  if (file >= 0 && answers >= 0 && file_write(ctx, in, text_str(script), script->len)) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, answers, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, answers, STDERR_FILENO);
    const char *args[] = {"z3", "-smt2", in, NULL};
    pid_t child;
    int status = posix_spawnp(&child, "z3", &actions, NULL, (char *const *)args, environ);
    bool ran = !status && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
               WEXITSTATUS(status) != 127;
    size_t size;
    char *read = ran ? file_read_all(ctx, out, (Span){0}, &size) : NULL;
    if (read) text = ctx_printf(ctx, "%.*s", (int)size, read);
    heap_free(read);
    posix_spawn_file_actions_destroy(&actions);
  }
  if (file >= 0) {
    close(file);
    unlink(in);
  }
  if (answers >= 0) {
    close(answers);
    unlink(out);
  }
  return text && strstr(text, "@ 0") ? text : NULL;
}

/* "a = .., c0 = .." of ((a ..) (c0 ..)), on one line. */
static const char *values_text(Ctx *ctx, const char *answer, const char *end) {
  Text out = text_new(&ctx->arena);
  bool space = false;
  for (const char *p = answer; p < end; p++) {
    bool blank = *p == '\n' || *p == ' ';
    if (!blank && space) text_putc(&out, ' ');
    if (!blank) text_putc(&out, *p);
    space = blank && out.len;
  }
  return text_str(&out);
}

static RuleAnswer by_cases(Ctx *ctx, const RuleRow *row, RuleDomain domain, const char *why) {
  Text wrong = text_new(&ctx->arena);
  long tried = 0;
  bool good = rule_cases(ctx, row, domain, &tried, &wrong);
  if (good && !tried) return (RuleAnswer){domain, RULE_unproved, "no tuple of values is admitted"};
  return (RuleAnswer){domain, good ? RULE_cases : RULE_wrong,
                      good ? ctx_printf(ctx, "%ld tuples of values; %s", tried, why)
                           : text_str(&wrong)};
}

/* Functions of which only laws are known may have a model that is none of the real ones. */
static bool has_free_functions(const char *smt) {
  return strstr(smt, "r_exp") || strstr(smt, "r_log") || strstr(smt, "r_sqrt") ||
         strstr(smt, "r_cos") || strstr(smt, "r_tanh") || strstr(smt, "r_pow") ||
         strstr(smt, "f_exp") || strstr(smt, "f_pow");
}

static RuleAnswer answer_of(Ctx *ctx, const RuleRow *row, const RuleQuestion *q) {
  RuleDomain domain = q->check.domain;
  const char *at = q->answer;
  if (!at) return by_cases(ctx, row, domain, "there is no solver");
  const char *end = strstr(at, "\n@ ");
  if (!end) end = at + strlen(at);
  if (!strncmp(at, "unsat", 5)) return (RuleAnswer){domain, RULE_proved, ""};
  if (strncmp(at, "sat", 3)) {
    bool error = !strncmp(at, "(error", 6);
    return by_cases(ctx, row, domain,
                    error ? values_text(ctx, at, end) : "the solver came to no end");
  }
  if (has_free_functions(q->check.smt))
    return by_cases(ctx, row, domain, "the laws that the solver has do not decide it");
  if (domain == DOMAIN_class) /* what nearly cancels may be of either class */
    return by_cases(ctx, row, domain, "sums that nearly cancel may differ");
  return (RuleAnswer){domain, RULE_wrong, values_text(ctx, at + 4, end)};
}

static RuleVerdict weakest(RuleVerdict a, RuleVerdict b) {
  static const int rank[N_RULE_VERDICTS] = {
      [RULE_proved] = 0, [RULE_cases] = 1, [RULE_unproved] = 2, [RULE_wrong] = 3};
  return rank[a] > rank[b] ? a : b;
}

/* Asks those questions that have no answer yet and are, or are not, about laws; says which are
 * proved. False when there is no solver. */
static bool ask_all(Ctx *ctx, RuleQuestions *all, bool laws, int64_t steps) {
  Text script = text_new(&ctx->arena);
  text_printf(&script, "(set-option :rlimit %lld)\n%s(echo \"@ 0\")\n", (long long)steps,
              rule_prelude());
  bool any = false;
  for (uint32_t i = 0; i < all->len; i++) {
    RuleQuestion *q = &all->data[i];
    if (q->check.laws != laws || q->answer) continue;
    put_question(ctx, i + 1, &q->check, &script);
    any = true;
  }
  const char *answers = any ? ask(ctx, &script) : "";
  for (uint32_t i = 0; answers && i < all->len; i++) {
    RuleQuestion *q = &all->data[i];
    const char *at = strstr(answers, ctx_printf(ctx, "@ %u\n", i + 1));
    if (at && q->check.laws == laws && !q->answer) q->answer = strchr(at, '\n') + 1;
  }
  return answers != NULL;
}

static bool says_unsat(const RuleQuestion *q) {
  return q->answer && !strncmp(q->answer, "unsat", 5);
}

/* What the laws prove need not be asked again: the question about bits stands behind that about
 * laws. */
static void skip_proved(RuleQuestions *all) {
  for (uint32_t i = 1; i < all->len; i++) {
    RuleQuestion *q = &all->data[i], *before = q - 1;
    bool same = before->row == q->row && before->check.domain == q->check.domain;
    if (same && before->check.laws && says_unsat(before)) q->answer = before->answer;
  }
}

/* One for each domain: the weakest of those about different orders. */
static void put_answer(Ctx *ctx, RuleProof *proof, RuleAnswer answer) {
  RuleAnswer *last = proof->answers.len ? &proof->answers.data[proof->answers.len - 1] : NULL;
  if (!last || last->domain != answer.domain)
    vec_push(&ctx->arena, &proof->answers, answer);
  else if (weakest(last->verdict, answer.verdict) != last->verdict)
    *last = answer;
}

RuleProof *rules_prove(Ctx *ctx, const RuleRow *rows, int n, int64_t steps, bool *solver) {
  RuleProof *out = arena_array(&ctx->arena, RuleProof, n);
  RuleQuestions questions = {0};
  for (int i = 0; i < n; i++) {
    out[i].row = &rows[i];
    RuleChecks checks = rule_checks(ctx, &rows[i], &out[i].why);
    out[i].verdict = checks.len ? RULE_proved : RULE_unproved;
    for (uint32_t k = 0; k < checks.len; k++)
      vec_push(&ctx->arena, &questions, ((RuleQuestion){i, checks.data[k], NULL}));
  }
  *solver = ask_all(ctx, &questions, true, steps);
  skip_proved(&questions);
  *solver = ask_all(ctx, &questions, false, steps) && *solver;
  for (uint32_t i = 0; i < questions.len; i++) {
    const RuleQuestion *q = &questions.data[i];
    RuleProof *proof = &out[q->row];
    if (q->check.laws) continue;
    RuleAnswer answer = answer_of(ctx, proof->row, q);
    put_answer(ctx, proof, answer);
    proof->verdict = weakest(proof->verdict, answer.verdict);
  }
  for (int i = 0; i < n; i++) {
    if (!rule_rounds_unasked(&rows[i], rule_domains(ctx, &rows[i]))) continue;
    RuleAnswer answer =
        by_cases(ctx, &rows[i], DOMAIN_class, "the solver does not know its functions of floats");
    put_answer(ctx, &out[i], answer);
    out[i].verdict = weakest(out[i].verdict, answer.verdict);
  }
  return out;
}

/* The row, when it is right at special values and the solver does not refute it. */
static const RuleProof *not_refuted(Ctx *ctx, const RuleRow *row, int64_t steps) {
  bool solver;
  if (!rule_holds(ctx, row)) return NULL;
  const RuleRow *kept = arena_copy(&ctx->arena, row, sizeof *row);
  const RuleProof *proof = rules_prove(ctx, kept, 1, steps, &solver);
  return proof->verdict == RULE_proved || proof->verdict == RULE_cases ? proof : NULL;
}

const RuleProof *rule_mended(Ctx *ctx, const RuleRow *row, int64_t steps, uint32_t *n) {
  RuleConditions all = rule_conditions(ctx, row->lhs);
  RuleRow mended = *row;
  VEC(RuleProof) out = {0};
  for (int numbers = 0; numbers < 2; numbers++) {
    const RuleProof *proof = NULL;
    for (uint32_t i = 0; i < all.len && !proof; i++) {
      mended.condition = all.data[i];
      if (rule_of_numbers(all.data[i]) == numbers) proof = not_refuted(ctx, &mended, steps);
    }
    if (proof) vec_push(&ctx->arena, &out, *proof);
  }
  mended.condition = row->condition;
  for (int grade = (int)row->grade - 1; grade >= GRADE_fast && !out.len; grade--) {
    mended.grade = (Grade)grade;
    const RuleProof *proof = not_refuted(ctx, &mended, steps);
    if (proof) vec_push(&ctx->arena, &out, *proof);
  }
  *n = out.len;
  return out.data;
}
