/* See code_dump.h. */
#include "cli/code_dump.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "runtime/code.h"

const char *dump_name(Cli *cli, const Graph *g) {
  char *name = arena_strdup(&cli->ctx->arena, ctx_text(cli->ctx, g->name));
  for (char *at = name; *at; at++)
    if (!isalnum((unsigned char)*at) && !strchr("._-", *at)) *at = '_';
  return name;
}

typedef struct CodeDump {
  Cli *cli;
  const Graph *graph;
  const char *ending; /* of files */
  int number;
  Text *out; /* NULL: files of --dump-dir */
  bool failed;
} CodeDump;

/* "sets.ordo.105", or "" */
static const char *line_part(Cli *cli, Span span) {
  if (span_none(span)) return "";
  int line, column;
  const Source *source = source_at(cli->ctx, span.lo, &line, &column);
  const char *slash = strrchr(source->path, '/');
  return ctx_printf(cli->ctx, "-%s.%d", slash ? slash + 1 : source->path, line);
}

static void take_code(void *user, const CodeUnit *unit) {
  CodeDump *d = user;
  Cli *cli = d->cli;
  Text own = cli_text(cli), *out = d->out ? d->out : &own;
  const char *line = line_part(cli, unit->span);
  text_printf(out, "%s %s%s%s\n%s", d->ending[0] == 'l' ? ";" : "#", unit->what,
              *line ? ", first at " : "", *line ? line + 1 : "", unit->text);
  if (d->out) return;
  const char *path =
      ctx_printf(cli->ctx, "%s/%s.%02d%s-%s.%s", opt_text(cli, OPT_dump_dir, NULL),
                 dump_name(cli, d->graph), ++d->number, line, unit->symbol, d->ending);
  d->failed |= !file_write(cli->ctx, path, text_str(out), out->len);
}

bool put_code(Cli *cli, Program *program, int stage, Text *out) {
  Fault fault;
  CodeDump d = {cli, program_graph(program), stage == CODE_llvm ? "ll" : "s", 0, out, false};
  if (!program_code(program, (CodeForm)stage, take_code, &d, &fault))
    return fault_tell(cli->ctx, &fault, "no code to look at");
  return !d.failed;
}

/* Of --dump-after: what is made behind the plan. */
bool dump_code_given(void *user, Program *program) {
  Cli *cli = user;
  static const char *const names[] = {[CODE_llvm] = "llvm", [CODE_asm] = "asm"};
  for (int i = 0; i < 2 && !cli->silent; i++) {
    Text out = cli_text(cli);
    bool files = opt_flag(cli, OPT_dump_dir);
    if (!pass_listed(opt_text(cli, OPT_dump_after, NULL), names[i])) continue;
    if (!put_code(cli, program, i, files ? NULL : &out)) return false;
    if (!files) file_put_fd(STDERR_FILENO, text_str(&out), out.len);
  }
  return true;
}
