/* ordo fmt: specs in the standard layout. */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "frontend/syntax/fmt.h"
#include "frontend/syntax/parse.h"
#include "io/file.h"

/* Formats one file: NULL after a diagnostic (it has syntax errors). */
static const char *format(Cli *cli, const char *path, const Source **source) {
  size_t size;
  char *text = file_read_all(cli->ctx, path, (Span){0}, &size);
  if (!text) return NULL;
  *source = source_add(cli->ctx, strcmp(path, "-") ? path : "standard input", text, size);
  heap_free(text);
  Text out = cli_text(cli);
  AstFile *file =
      strcmp(path, "-") ? parse_read(cli->ctx, *source, (Span){0}) : parse_file(cli->ctx, *source);
  return file && fmt_file(cli->ctx, file, &out) ? text_str(&out) : NULL;
}

int cmd_fmt(Cli *cli) {
  bool check = opt_flag(cli, OPT_check), write = opt_flag(cli, OPT_write), differs = false;
  Text out = cli_text(cli);
  if (!cli->args.len) {
    if (write) return usage_error(cli, "'--write' needs files to rewrite");
    vec_push(&cli->ctx->arena, &cli->args, "-");
  }
  for (uint32_t i = 0; i < cli->args.len; i++) {
    const char *path = cli->args.data[i];
    const Source *source;
    const char *formatted = format(cli, path, &source);
    if (!formatted) continue;
    bool same = !strcmp(formatted, source->text);
    differs |= !same;
    if (check && !same) text_printf(&out, "%s is not formatted\n", source->path);
    if (write && !same) file_write(cli->ctx, path, formatted, strlen(formatted));
    if (!check && !write) text_puts(&out, formatted);
  }
  if (!put_out(cli, &out)) return EXIT_USER;
  return check && differs ? EXIT_USER : exit_code(cli);
}
