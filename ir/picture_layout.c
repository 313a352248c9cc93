/* Lays a picture out and writes it, with Graphviz as a library in a process of its own: a large
 * picture takes long, and then whoever asked for it is told so and may stop it. What the process
 * makes comes back through a pipe: a byte that says what it is, then the picture or a message. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <graphviz/gvc.h>

#include "base/clock.h"
#include "ir/picture_model.h"

enum { PICTURE = 'p', NO_LAYOUT = 'l', NO_PICTURE = 'w', TOO_LARGE = 's' };
enum { LARGEST_PNG = 32767 }; /* Cairo's; a larger picture would be made smaller */

/* ---- in the process of its own ---- */

static void send(int to, char what, const char *bytes, size_t n) {
  bool sent = write(to, &what, 1) == 1;
  while (sent && n) {
    ssize_t k = write(to, bytes, n);
    sent = k > 0;
    if (sent) bytes += k, n -= (size_t)k;
  }
}

static void send_message(int to, char what) {
  char *why = aglasterr();
  send(to, what, why ? why : "", why ? strcspn(why, "\n") : 0);
}

/* Width and height in points of a graph that is laid out. */
static bool extent_of(Agraph_t *graph, double *width, double *height) {
  const char *box = agget(graph, (char *)"bb");
  double left, bottom, right, top;
  if (!box || sscanf(box, "%lf,%lf,%lf,%lf", &left, &bottom, &right, &top) != 4) return false;
  *width = right - left;
  *height = top - bottom;
  return true;
}

static void lay_out(Agraph_t *graph, const char *format, int to) {
  char *data = NULL;
  unsigned n = 0;
  double width = 0, height = 0;
  GVC_t *gvc = gvContext();
  agseterr(AGMAX); /* messages are kept for us instead of printed */
  if (!gvc || gvLayout(gvc, graph, "dot") != 0) {
    send_message(to, NO_LAYOUT);
    return;
  }
  attach_attrs(graph);
  bool points = !strcmp(format, "png") && extent_of(graph, &width, &height);
  if (points && fmax(width, height) / 72 * 96 > LARGEST_PNG) {
    char size[64];
    snprintf(size, sizeof size, "%.0f x %.0f", width / 72 * 96, height / 72 * 96);
    send(to, TOO_LARGE, size, strlen(size));
  } else if (gvRenderData(gvc, graph, format, &data, &n) == 0 && data) {
    send(to, PICTURE, data, n);
  } else {
    send_message(to, NO_PICTURE);
  }
}

/* ---- outside of it ---- */

typedef struct LayoutProcess {
  Ctx *ctx;
  const PictureOptions *opt;
  pid_t process;
  int from, boxes;
} LayoutProcess;

/* Reads all that the process sends; false when it is stopped. */
static bool receive(const LayoutProcess *l, Text *out) {
  static const int PATIENCE = 100; /* ms */
  double start = clock_seconds();
  char bytes[1 << 16];
  for (;;) {
    struct pollfd ready = {.fd = l->from, .events = POLLIN};
    int n = poll(&ready, 1, PATIENCE);
    bool waits = n == 0 || (n < 0 && errno == EINTR);
    bool stop = l->opt->wait && !l->opt->wait(l->opt->wait_user, l->boxes, clock_seconds() - start);
    if (stop) return false;
    if (waits) continue;
    ssize_t got = read(l->from, bytes, sizeof bytes);
    if (got <= 0) return true;
    text_put(out, bytes, (size_t)got);
  }
}

static void report(Ctx *ctx, char what, const char *message, const char *format) {
  if (what == TOO_LARGE) {
    diag_at(ctx, (Span){0}, E_picture_failed, "the picture is too large for PNG: %s points",
            message);
    diag_expected(ctx, "at most %d in each direction", LARGEST_PNG);
    diag_help(ctx, "write SVG or PDF, or draw less: --depth 1, --collapse NAME, --around NAME,3");
    return;
  }
  diag_at(ctx, (Span){0}, E_picture_failed, "Graphviz cannot %s the picture as %s",
          what == NO_PICTURE ? "write" : "lay out", format);
  if (*message) diag_got(ctx, "%s", message);
}

static bool start(LayoutProcess *l, Agraph_t *graph, const char *format) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  l->from = ends[0];
  l->process = fork();
  if (l->process == 0) {
    close(ends[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for it then */
    lay_out(graph, format, ends[1]);
    _Exit(0); /* of the process of its own; what the other one has open is not flushed twice */
  }
  close(ends[1]);
  if (l->process < 0) close(ends[0]);
  return l->process > 0;
}

bool picture_lay_out(const Picture *p, void *graph, const char *format, Text *out) {
  LayoutProcess l = {.ctx = p->ctx, .opt = p->opt, .boxes = agnnodes(graph)};
  if (!start(&l, graph, format)) {
    diag_at(p->ctx, (Span){0}, E_picture_failed, "there is no process for the picture: %s",
            strerror(errno));
    return false;
  }
  Text all = text_new(&p->ctx->arena);
  bool finished = receive(&l, &all);
  int status = 0;
  if (!finished) kill(l.process, SIGKILL);
  close(l.from);
  while (waitpid(l.process, &status, 0) < 0 && errno == EINTR) {
  }
  const char *told = text_str(&all);
  if (!finished)
    diag_at(p->ctx, (Span){0}, E_picture_failed, "the picture was given up");
  else if (!all.len)
    diag_at(p->ctx, (Span){0}, E_picture_failed, "Graphviz failed: signal %d", WTERMSIG(status));
  else if (*told != PICTURE)
    report(p->ctx, *told, told + 1, format);
  if (!finished || !all.len || *told != PICTURE) return false;
  text_put(out, told + 1, all.len - 1);
  return true;
}
