/* ordo diff: what two graphs do not have in common. */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "io/file.h"
#include "io/formats.h"
#include "ir/diff.h"

enum { SAME = 0, DIFFERENT = 1, TROUBLE = 2 }; /* exit codes, those of diff(1) */

/* MODEL[:FUNCTION][@PASS]. A file that is called so is one. */
typedef struct Operand {
  const char *given, *model, *function, *pass;
} Operand;

static Operand operand_of(Cli *cli, const char *text, const char *function) {
  Operand o = {text, text, function, NULL};
  if (!access(text, F_OK)) return o;
  const char *at = strrchr(text, '@'), *end = at ? at : text + strlen(text);
  const char *name = at ? at + 1 : "";
  while (isalnum((unsigned char)*name) || *name == '-' || *name == '_') name++;
  if (at && !*name && at[1]) o.pass = at + 1;
  if (!o.pass) end = text + strlen(text);
  const char *colon = memchr(text, ':', (size_t)(end - text));
  if (colon) o.function = ctx_printf(cli->ctx, "%.*s", (int)(end - colon - 1), colon + 1);
  o.model = ctx_printf(cli->ctx, "%.*s", (int)((colon ? colon : end) - text), text);
  return o;
}

static const Graph *graph_of(Cli *cli, const Operand *o) {
  Compile c = compile_given(cli, o->model, COMPILE_graph);
  if (o->function) c.name = o->function;
  const Graph *g = graph_at_stage(cli, &c, NULL, o->pass);
  compile_free(&c);
  return g;
}

/* ---- picture ---- */

typedef struct DiffPlace {
  const GraphDiff *diff;
  int side;
} DiffPlace;

static DiffPlace place_of(const GraphDiff *d, const Graph *g) {
  for (int side = 0; side < 2; side++)
    if (d->side[side] == g) return (DiffPlace){d, side};
  for (uint32_t i = 0; i < d->side[0]->nodes.len; i++) {
    DiffPlace inner = d->body[i] ? place_of(d->body[i], g) : (DiffPlace){0};
    if (inner.diff) return inner;
  }
  return (DiffPlace){0};
}

/* What is in a body that only one side has is as its node is; what is in equal ones is the same. */
static bool is_only_in(const GraphDiff *d, int side, const Graph *g);

static bool has_body(const Graph *outer, const Graph *g) {
  bool found = false;
  for (uint32_t i = 0; i < outer->nodes.len && !found; i++) {
    const Graph *body = outer->nodes.data[i].body;
    found = body && (body == g || has_body(body, g));
  }
  return found;
}

static bool is_only_in(const GraphDiff *d, int side, const Graph *g) {
  for (uint32_t i = 0; i < d->side[side]->nodes.len; i++) {
    const Graph *body = d->side[side]->nodes.data[i].body;
    if (body && d->state[side][i] == DIFF_only && (body == g || has_body(body, g))) return true;
  }
  for (uint32_t i = 0; i < d->side[0]->nodes.len; i++)
    if (d->body[i] && is_only_in(d->body[i], side, g)) return true;
  return false;
}

typedef enum Change { UNCHANGED, CHANGED, REMOVED, ADDED } Change;

static Change change_of(const GraphDiff *d, const PictureValue *value) {
  DiffPlace at = place_of(d, value->graph);
  if (at.diff) {
    DiffState state = at.diff->state[at.side][value->node.i];
    return state == DIFF_same      ? UNCHANGED
           : state == DIFF_changed ? CHANGED
           : at.side               ? ADDED
                                   : REMOVED;
  }
  return is_only_in(d, 0, value->graph)   ? REMOVED
         : is_only_in(d, 1, value->graph) ? ADDED
                                          : UNCHANGED;
}

static bool is_change(void *user, const PictureValue *value) {
  return change_of(user, value) != UNCHANGED;
}

static const PictureColour *change_fill(void *user, const PictureValue *values, int n) {
  static const PictureColour colours[] = {[CHANGED] = {"#f7e3a1", "changed"},
                                          [REMOVED] = {"#f4b6ae", "removed"},
                                          [ADDED] = {"#bfe3b4", "added"}};
  Change change = UNCHANGED;
  for (int i = 0; i < n; i++) {
    Change one = change_of(user, &values[i]);
    change = change == UNCHANGED || one == change ? one : one == UNCHANGED ? change : CHANGED;
  }
  return change == UNCHANGED ? NULL : &colours[change];
}

/* Nothing is drawn when they are the same. */
static bool draw(Cli *cli, GraphDiff *d, const Operand *sides, const char *format,
                 const char *path) {
  PictureOptions options = {.across = opt_flag(cli, OPT_across),
                            .whole = opt_flag(cli, OPT_whole),
                            .most = opt_flag(cli, OPT_whole) ? 1 << 30 : 0,
                            .second = d->side[1],
                            .titles = {sides[0].given, sides[1].given},
                            .fill = change_fill,
                            .user = d};
  if (!d->differs) return true;
  if (!options.whole) options.wanted = is_change;
  return draw_picture(cli, d->side[0], &options, format, path);
}

/* ---- text ---- */

static bool put_text(Cli *cli, const GraphDiff *d, const Operand *sides, const char *path) {
  Text out = cli_text(cli);
  if (d->differs) {
    text_printf(&out, "--- %s\n+++ %s\n", sides[0].given, sides[1].given);
    diff_print(d, &out);
  }
  return path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
}

int cmd_diff(Cli *cli) {
  const char *path = opt_text(cli, OPT_output, NULL), *function = NULL, *format = NULL;
  bool picture = path || opt_flag(cli, OPT_format);
  if (picture) format = format_given(cli, FOR_picture, "dot", "pictures", path);
  if (picture && !format) return TROUBLE;
  if (cli->args.len > 2) function = cli->args.data[2];
  Operand sides[2];
  const Graph *graphs[2] = {0};
  for (int k = 0; k < 2; k++) {
    sides[k] = operand_of(cli, cli->args.data[k], function);
    graphs[k] = graph_of(cli, &sides[k]);
    if (!graphs[k]) return TROUBLE;
  }
  GraphDiff *d = graph_diff(cli->ctx, graphs[0], graphs[1]);
  bool told = picture && strcmp(format, "txt") ? draw(cli, d, sides, format, path)
                                               : put_text(cli, d, sides, path);
  return !told || exit_code(cli) ? TROUBLE : d->differs ? DIFFERENT : SAME;
}
