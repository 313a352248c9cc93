/* The report of a crash or an interruption (cli/bugs.h). A signal handler may call little: it
 * writes what was kept before, and leaves the printing of the graph to a child, which may fail
 * without harm. */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bugs.h"
#include "cli/cli.h"

enum { STACK = 1 << 18, CHILD_SECONDS = 20 };

/* Read by the signal handlers only. */
static struct {
  char **command_line;
  PassRun run; /* run.given is NULL when there is nothing to replay */
  bool blamed;
  atomic_flag interrupted; /* the report of a signal that asks to end has begun */
  double since;            /* when the run began */
  char replay[64];         /* name of the file for the graph; made when the command starts */
  char stack[STACK];       /* for the handler, when the process has used up its own */
} bugs = {.interrupted = ATOMIC_FLAG_INIT};

static void put_error(const char *text) { (void)!write(STDERR_FILENO, text, strlen(text)); }

static bool is_plain(const char *word) {
  for (const char *at = word; *at; at++)
    if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
          strchr("_-+./,:=@%", *at)))
      return false;
  return *word != 0;
}

/* A word for a shell. */
static void put_word(const char *word) {
  if (is_plain(word)) {
    put_error(word);
    return;
  }
  put_error("'");
  for (; *word; word++)
    if (*word == '\'')
      put_error("'\\''");
    else
      (void)!write(STDERR_FILENO, word, 1);
  put_error("'");
}

static const char *signal_text(int sig) {
  switch (sig) {
  case SIGSEGV:
    return "crashed (bad memory access)";
  case SIGBUS:
    return "crashed (bus error)";
  case SIGFPE:
    return "crashed (division by zero)";
  case SIGILL:
    return "crashed (illegal instruction)";
  case SIGABRT:
    return "crashed (abort)";
  default:
    return "called exit";
  }
}

static void put_runner(void) {
  const PassRun *run = &bugs.run;
  if (run->pass) {
    put_error("the pass '");
    put_error(run->pass);
    put_error("' ");
  }
  if (run->plugin) {
    put_error(run->pass ? "of the plug-in '" : "the plug-in '");
    put_error(run->plugin);
    put_error("' ");
  }
}

static void put_blame(int sig) {
  put_error("ordo: ");
  put_runner();
  put_error(signal_text(sig));
  put_error(bugs.run.plugin ? ": this is a bug of the plug-in.\n"
                            : ": this is a bug of ordo, not of your model.\n");
}

/* In the child: the graph as text, in a file that was not there. */
static _Noreturn void write_graph(const Graph *g) {
  alarm(CHILD_SECONDS);
  Text text = text_new(&g->ctx->arena);
  graph_print(g, &text);
  int fd = open(bugs.replay, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  for (size_t at = 0; fd >= 0 && at < text.len;) {
    ssize_t n = write(fd, text.data + at, text.len - at);
    if (n <= 0) _exit(1);
    at += (size_t)n;
  }
  _exit(fd < 0);
}

/* Whether the graph that the pass got is in the file. */
static bool keep_graph(void) {
  int status = 1;
  pid_t child = fork();
  if (!child) write_graph(bugs.run.given);
  return child > 0 && waitpid(child, &status, 0) == child && !status;
}

static void put_replay(void) {
  put_error("  replay it with: ");
  for (char **word = bugs.command_line; word && *word; word++) {
    put_word(*word);
    put_error(word[1] ? " " : "\n");
  }
  if (!bugs.run.given || !keep_graph()) {
    put_error("  to find the pass: ordo opt MODEL FUNCTION --verify-each --dump-after=all "
              "--dump-dir=DIR\n");
    return;
  }
  put_error("  the pass alone: ");
  put_word(bugs.command_line[0]);
  put_error(" opt ");
  put_word(bugs.replay);
  if (bugs.run.plugin) {
    put_error(" --plugin=");
    put_word(bugs.run.plugin);
  }
  put_error(" --passes=");
  put_word(bugs.run.step);
  put_error("\n");
}

/* Only async-signal-safe calls; what fails here ends the process in the ordinary way. */
static void report_bug(int sig) {
  static const int caught[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) signal(caught[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (bugs.blamed)
    put_blame(sig);
  else
    put_error(sig == SIGABRT ? "ordo: this is a bug of ordo, not of your model.\n"
                             : "ordo: this is a bug of ordo, not of your model (crash).\n");
  put_replay();
  _exit(EXIT_BUG);
}

static void put_seconds(double seconds) {
  char digits[24];
  int64_t tenths = (int64_t)(10 * seconds);
  size_t at = sizeof digits - 1;
  digits[at] = 0;
  for (int i = 0; i < 3 || tenths; i++) {
    digits[--at] = i == 1 ? '.' : (char)('0' + tenths % 10);
    if (i != 1) tenths /= 10;
  }
  put_error(digits + at);
}

void bugs_interrupted(int sig) {
  /* A second signal may reach another thread at the same time. */
  if (!bugs.blamed || atomic_flag_test_and_set(&bugs.interrupted)) return;
  put_error("ordo: interrupted while ");
  put_runner();
  put_error("ran, for ");
  put_seconds(clock_seconds() - bugs.since);
  put_error(" s.\n");
  signal(sig, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  raise(sig);
}

static void report_interrupt(int sig) {
  bugs_interrupted(sig);
  if (bugs.blamed) return; /* another thread is reporting, and ends the process */
  signal(sig, SIG_DFL);
  raise(sig); /* when the handler returns */
}

/* What is ignored, as in the background of a script, stays ignored. */
static void catch_interrupt(int sig) {
  if (signal(sig, report_interrupt) == SIG_IGN) signal(sig, SIG_IGN);
}

/* A plug-in that ends the process does not end it well. */
static void report_exit(void) {
  if (bugs.blamed) report_bug(0);
}

void catch_bugs(char **argv) {
  bugs.command_line = argv;
  const char *dir = getenv("TMPDIR");
  snprintf(bugs.replay, sizeof bugs.replay, "%.32s/ordo-replay-%ld.txt",
           dir && *dir && strlen(dir) <= 32 ? dir : "/tmp", (long)getpid());
  sigaltstack(&(stack_t){.ss_sp = bugs.stack, .ss_size = sizeof bugs.stack}, NULL);
  struct sigaction action = {.sa_handler = report_bug, .sa_flags = SA_ONSTACK};
  sigaction(SIGABRT, &action, NULL);
#ifndef __SANITIZE_ADDRESS__ /* whose own report says more */
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGILL, &action, NULL);
#endif
  catch_interrupt(SIGINT);
  catch_interrupt(SIGTERM);
  atexit(report_exit);
}

void bugs_blame(const PassRun *run) {
  bugs.blamed = run != NULL;
  bugs.run = run ? *run : (PassRun){0};
  bugs.since = clock_seconds();
}
