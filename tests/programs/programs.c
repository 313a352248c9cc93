/* Random program texts against a naive evaluator of their syntax trees.
 *
 *   programs [--seed S] [--count N] [--size N] [--compiled K] [--plain] [--empty] [--show]
 *            [--first] [--skip TEXT]
 *   programs --file SPEC [--seed S] [--sizes N=3,M=2] [--compiled 1]
 *   programs --cases FOLDER
 *   programs --wrong [--count N]
 *
 * Each text is checked, interpreted and compared with the evaluator; each K-th one is compiled,
 * too. --plain leaves derivatives out, --empty runs each text with sizes of 0 and 1, for which it
 * was not made, --skip leaves out the texts that have a text in them, --first ends with the first
 * text that differs. With --file it is a text of your own: a function 'main', a layer 'Net' with
 * a function 'main', or a training program; --cases compares all texts of a folder, on several
 * draws of arguments each. --wrong hands texts with a planted mistake to the compiler (plant.c).
 * Exit code 1 when something differs. The texts run in a process of their own, so that a crash is
 * a result like others, and belongs to its seed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontend/syntax/parse.h"
#include "tests/programs/compare.h"
#include "tests/programs/gen.h"
#include "tests/programs/plant.h"

enum { SECONDS = 120, /* for one text */ ENGINE_TEXTS = 50 };

typedef struct Settings {
  uint64_t seed;
  long count, compiled;
  GenSize size;
  bool show, wrong, first;
  const char *file, *sizes, *cases, *skip;
} Settings;

/* In memory that both processes see. */
typedef struct Shared {
  Tally tally;
  volatile long next; /* the text that runs, or is to be run */
} Shared;

/* ---- one text ---- */

static void run_seed(const Settings *s, Compare *c, uint64_t seed) {
  Ctx *ctx = ctx_new();
  Case k = gen_case(ctx, seed, s->size);
  bool skip = s->skip && strstr(k.text, s->skip);
  if (s->show) puts(k.text);
  Verdict verdict = skip ? CASE_fine : case_compare(c, &k);
  if (verdict == CASE_wrong || verdict == CASE_failed)
    printf("  again: programs --seed %llu --count 1 --size %d --compiled %ld%s --show\n",
           (unsigned long long)seed, s->size.statements, s->compiled ? 1L : 0L,
           s->size.plain   ? " --plain"
           : s->size.empty ? " --empty"
                           : "");
  fflush(stdout);
  ctx_free(ctx);
}

static bool good(const Tally *t) { return !t->mismatches && !t->failed && !t->crashed; }

static bool more_texts(const Settings *s, const Shared *shared) {
  return shared->next < s->count && !(s->first && !good(&shared->tally));
}

static void run_from(const Settings *s, Shared *shared) {
  Compare c = {.library = "models/lib", .verbose = s->show, .tally = &shared->tally};
  Engine *engine = NULL;
  Fault fault = {0};
  for (long made = 0; more_texts(s, shared); shared->next++) {
    uint64_t seed = s->seed + (uint64_t)shared->next;
    bool compile = s->compiled && seed % (uint64_t)s->compiled == 0;
    if (compile && made++ % ENGINE_TEXTS == 0) { /* code of old texts is of no use any more */
      engine_free(engine);
      engine = engine_new(1, NULL, "", &fault);
    }
    c.engine = compile ? engine : NULL;
    const struct itimerval limit = {.it_value = {.tv_sec = SECONDS}}; /* of its own time */
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
    run_seed(s, &c, seed);
  }
  engine_free(engine);
}

/* ---- all of them ---- */

static void crashed(const Settings *s, Shared *shared, int status) {
  printf("seed %llu: %s (%s)\n", (unsigned long long)(s->seed + (uint64_t)shared->next),
         WIFSIGNALED(status) && WTERMSIG(status) == SIGVTALRM ? "takes too long" : "crashed",
         WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it has ended");
  shared->tally.crashed++;
  shared->next++;
}

static bool run_all(const Settings *s, Shared *shared) {
  while (more_texts(s, shared)) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) return perror("fork"), false;
    if (!child) {
      run_from(s, shared);
      fflush(stdout);
      _exit(0);
    }
    if (waitpid(child, &status, 0) < 0) return perror("waitpid"), false;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) crashed(s, shared, status);
  }
  return true;
}

static void print_tally(const Tally *t) {
  printf("%ld texts, %ld results compared, %ld undecided, %ld derivatives by differences, "
         "%ld undecided\n",
         t->texts, t->results, t->undecided, t->derivatives, t->derivatives_undecided);
  printf("%ld compiled results compared, %ld undecided\n", t->compiled, t->compiled_undecided);
  printf("%ld refused, %ld too long for the evaluator or beyond it, %ld failed, %ld crashed, %ld "
         "mismatches\n",
         t->refused, t->slow, t->failed, t->crashed, t->mismatches);
  printf("%ld refusals that claim a derivative of zero compared\n", t->claims);
  for (int i = 0; i < N_DIAG_CODES; i++)
    if (t->codes[i]) printf("  %s %s: %ld\n", diag_info[i].code, diag_info[i].name, t->codes[i]);
}

/* ---- a text of one's own ---- */

static bool read_sizes(const char *text, Case *k) {
  while (text && *text && k->n_sizes < CASE_SIZES) {
    Size *size = &k->sizes[k->n_sizes];
    int used = 0;
    if (sscanf(text, "%7[^=]=%d%n", size->name, &size->value, &used) != 2) return false;
    k->n_sizes++;
    text += used;
    if (*text == ',') text++;
  }
  return true;
}

static bool run_text(const Settings *s, Compare *c, const char *file, const char *sizes,
                     uint64_t seed) {
  Ctx *ctx = ctx_new();
  const Source *source = source_read(ctx, file, (Span){0});
  Case k = {.seed = seed};
  Verdict verdict = CASE_failed;
  if (!source || !read_sizes(sizes, &k)) {
    fprintf(stderr, "programs: cannot read '%s' or the sizes\n", file);
  } else {
    k.text = source->text;
    for (int i = 0; i < k.n_sizes; i++) k.empty = k.empty || k.sizes[i].value < 2;
    if (s->show) puts(k.text);
    verdict = case_compare(c, &k);
  }
  ctx_free(ctx);
  return verdict != CASE_wrong && verdict != CASE_failed;
}

static int run_file(const Settings *s) {
  Tally tally = {0};
  Fault fault = {0};
  Compare c = {.library = "models/lib", .verbose = true, .tally = &tally};
  if (s->compiled) c.engine = engine_new(1, NULL, "", &fault);
  bool good = run_text(s, &c, s->file, s->sizes, s->seed);
  engine_free(c.engine);
  print_tally(&tally);
  return !good;
}

/* ---- the texts of a folder ---- */

static int is_spec(const struct dirent *entry) {
  const char *dot = strrchr(entry->d_name, '.');
  return dot && !strcmp(dot, ".ordo");
}

/* Each with sizes of 2 and 3 and of 1, on several draws of arguments. */
static int run_cases(const Settings *s) {
  enum { DRAWS = 6 };
  Tally tally = {0};
  Fault fault = {0};
  Compare c = {.library = "models/lib", .tally = &tally, .engine = engine_new(1, NULL, "", &fault)};
  struct dirent **files = NULL;
  int n = scandir(s->cases, &files, is_spec, alphasort);
  bool good = n > 0;
  for (int i = 0; i < n; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", s->cases, files[i]->d_name);
    for (uint64_t seed = s->seed; seed < s->seed + DRAWS; seed++) {
      const char *sizes = seed % 4 == 1 ? "N=1,M=1" : seed % 2 ? "N=3,M=2" : "N=2,M=3";
      long before = tally.refused + tally.slow;
      if (run_text(s, &c, path, sizes, seed) && tally.refused + tally.slow == before) continue;
      printf("  again: programs --file %s --sizes %s --seed %llu\n", path, sizes,
             (unsigned long long)seed);
      good = false;
    }
    free(files[i]); /* allowed: of scandir */
  }
  free(files); /* allowed: of scandir */
  engine_free(c.engine);
  print_tally(&tally);
  return !good;
}

/* ---- the command ---- */

static bool read_settings(int argc, char **argv, Settings *s) {
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (!strcmp(argv[i], "--show")) {
      s->show = true;
      continue;
    }
    if (!strcmp(argv[i], "--plain")) {
      s->size.plain = true;
      continue;
    }
    if (!strcmp(argv[i], "--empty")) {
      s->size.empty = true;
      continue;
    }
    if (!strcmp(argv[i], "--first")) {
      s->first = true;
      continue;
    }
    if (!strcmp(argv[i], "--wrong")) {
      s->wrong = true;
      continue;
    }
    if (!value) return false;
    if (!strcmp(argv[i], "--seed"))
      s->seed = strtoull(value, NULL, 10);
    else if (!strcmp(argv[i], "--count"))
      s->count = atol(value);
    else if (!strcmp(argv[i], "--size"))
      s->size.statements = atoi(value);
    else if (!strcmp(argv[i], "--compiled"))
      s->compiled = atol(value);
    else if (!strcmp(argv[i], "--file"))
      s->file = value;
    else if (!strcmp(argv[i], "--cases"))
      s->cases = value;
    else if (!strcmp(argv[i], "--skip"))
      s->skip = value;
    else if (!strcmp(argv[i], "--sizes"))
      s->sizes = value;
    else
      return false;
    i++;
  }
  return true;
}

/* Whether the language has the word. */
static bool has_through(void) {
  static const char text[] = "train t { step { move a to b with copy through } }";
  Ctx *ctx = ctx_new();
  bool has = !parse_file(ctx, source_add(ctx, "through.ordo", text, sizeof text - 1))->failed;
  ctx_free(ctx);
  return has;
}

int main(int argc, char **argv) {
  Settings s = {.seed = 1, .count = 100, .size = {.statements = 5}, .compiled = 20};
  if (!read_settings(argc, argv, &s)) {
    fprintf(stderr, "usage: programs [--seed S] [--count N] [--size N] [--compiled K] "
                    "[--plain] [--empty] [--show] [--first] [--skip TEXT]\n"
                    "       programs --file SPEC [--seed S] [--sizes N=3,M=2]\n"
                    "       programs --cases FOLDER\n"
                    "       programs --wrong [--count N]\n");
    return 2;
  }
  s.size.through = has_through();
  if (s.file) return run_file(&s);
  if (s.cases) return run_cases(&s);
  if (s.wrong) return !plant_all(s.seed, s.count, s.size);
  Shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return perror("mmap"), 1;
  bool ran = run_all(&s, shared);
  print_tally(&shared->tally);
  return !ran || !good(&shared->tally);
}
