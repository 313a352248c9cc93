#include "cli/plot_live.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "app/run_file.h"
#include "cli/bugs.h"
#include "io/file.h"

enum { LOOK_MS = 500, COLUMNS = 80, ROWS = 24 };

static volatile sig_atomic_t ended; /* by a signal */

static void end(int sig) {
  (void)sig;
  ended = 1;
}

/* A new size wakes the wait for a key. */
static void wake(int sig) { (void)sig; }

typedef struct Screen {
  struct termios before;
  bool keys; /* standard input is a terminal, and gives keys one by one */
} Screen;

static void catch (int sig, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler}; /* without SA_RESTART: waits end */
  sigemptyset(&action.sa_mask);
  sigaction(sig, &action, NULL);
}

static void put(const char *bytes) { file_put_fd(STDOUT_FILENO, bytes, strlen(bytes)); }

/* The other screen of the terminal, without a cursor. */
static void screen_begin(Screen *s) {
  catch (SIGINT, end);
  catch (SIGTERM, end);
  catch (SIGHUP, end);
  catch (SIGWINCH, wake);
  s->keys = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &s->before);
  if (s->keys) {
    struct termios raw = s->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  put("\x1b[?1049h\x1b[?25l");
}

static void screen_end(const Screen *s) {
  put("\x1b[?25h\x1b[?1049l");
  if (s->keys) tcsetattr(STDIN_FILENO, TCSANOW, &s->before);
}

static bool knows_utf8(void) {
  setlocale(LC_CTYPE, "");
  bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
  setlocale(LC_CTYPE, "C");
  return utf8;
}

static TextPlot form_of(const Cli *cli) {
  struct winsize size;
  TextPlot form = {COLUMNS, ROWS, knows_utf8(), cli->color};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row) return form;
  form.columns = size.ws_col;
  form.rows = size.ws_row;
  return form;
}

/* ---- pictures ---- */

static bool read_all(Cli *cli, SeriesSet *set) {
  const char **names = run_names(cli->ctx, cli->args.data, cli->args.len);
  for (uint32_t i = 0; i < cli->args.len; i++) {
    const char *given = i < cli->given[OPT_name].len ? cli->given[OPT_name].data[i] : names[i];
    if (!series_read(cli->ctx, cli->args.data[i], given, set)) return false;
  }
  return true;
}

/* A run that has no metrics yet is waited for: what is wrong is shown, and may be right later. */
static void put_wrong(const Cli *cli, const TextPlot *form, Text *out) {
  const Diags *diags = &cli->ctx->diags;
  const char *why = diags->list.len ? diags->list.data[diags->list.len - 1]->message : "";
  text_printf(out, "waiting: %.*s\n", form->columns - 9, why);
}

static void put_frame(Cli *cli, const PlotOptions *options, const TextPlot *form) {
  Lifetime life = {.passing = true};
  ctx_enter(cli->ctx, &life);
  Diags diags = cli->ctx->diags;
  TextPlot inner = *form;
  inner.rows = form->rows - 1;
  SeriesSet set = {0};
  Text picture = text_new(&cli->ctx->arena), out = text_new(&cli->ctx->arena);
  if (!read_all(cli, &set) || !plot_text(cli->ctx, &set, options, &inner, &picture))
    put_wrong(cli, form, &picture);
  text_puts(&out, "\x1b[H");
  for (const char *at = text_str(&picture); *at;) {
    size_t n = strcspn(at, "\n");
    text_puts(&out, "\x1b[K"); /* before the text: behind a full line it takes the last character */
    text_put(&out, at, n);
    text_puts(&out, "\r\n");
    at += n + (at[n] == '\n');
  }
  text_puts(&out, "\x1b[J\x1b[2mq ends\x1b[0m");
  file_put_fd(STDOUT_FILENO, text_str(&out), out.len);
  cli->ctx->diags = diags;
  ctx_leave(cli->ctx);
  arena_free(&life.arena);
}

/* ---- changes ---- */

/* Changes whenever one of the files does. */
static uint64_t state_of(Cli *cli) {
  uint64_t hash = 0;
  for (uint32_t i = 0; i < cli->args.len; i++) {
    Arena scratch;
    struct stat info = {0};
    arena_scratch(&scratch, &cli->ctx->arena);
    const char *path = cli->args.data[i];
    if (!stat(path, &info) && S_ISDIR(info.st_mode))
      stat(arena_printf(&scratch, "%s/metrics.jsonl", path), &info);
    hash = hash_mix(hash, (uint64_t)info.st_ino);
    hash = hash_mix(hash, (uint64_t)info.st_size);
    hash = hash_mix(hash,
                    (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec);
    arena_free(&scratch);
  }
  return hash;
}

/* Whether the user has had enough; waits a little otherwise. */
static bool enough(const Screen *s) {
  struct pollfd fd = {.fd = s->keys ? STDIN_FILENO : -1, .events = POLLIN};
  if (poll(&fd, 1, LOOK_MS) <= 0 || !fd.revents) return ended;
  char key;
  ssize_t n = read(STDIN_FILENO, &key, 1);
  return ended || n <= 0 || key == 'q' || key == 'Q' || key == 3;
}

static int once(Cli *cli, const PlotOptions *options) {
  TextPlot form = {COLUMNS, ROWS, knows_utf8(), cli->color};
  SeriesSet set = {0};
  Text out = cli_text(cli);
  if (!read_all(cli, &set) || !plot_text(cli->ctx, &set, options, &form, &out)) return EXIT_USER;
  return put_out(cli, &out) ? exit_code(cli) : EXIT_USER;
}

int plot_live(Cli *cli, const PlotOptions *options) {
  Screen screen;
  uint64_t seen = 0;
  TextPlot shown = {0};
  if (!isatty(STDOUT_FILENO)) return once(cli, options);
  screen_begin(&screen);
  do {
    uint64_t state = state_of(cli);
    TextPlot form = form_of(cli);
    bool same = form.columns == shown.columns && form.rows == shown.rows;
    if (!same || state != seen) put_frame(cli, options, &form);
    shown = form;
    seen = state;
  } while (!enough(&screen));
  screen_end(&screen);
  return EXIT_GOOD;
}
