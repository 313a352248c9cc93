/* --help, made from the tables of commands and options. */
#include <string.h>

#include "cli/cli.h"

enum { COLUMN = 28, WIDTH = 100 };

/* Puts words into lines that start at a column. */
static void put_wrapped(Text *out, const char *text, int column) {
  int at = column;
  while (*text) {
    size_t word = strcspn(text, " ");
    if (at > column && at + 1 + (int)word > WIDTH) {
      text_printf(out, "\n%*s", column, "");
      at = column;
    } else if (at > column) {
      text_putc(out, ' ');
      at++;
    }
    text_put(out, text, word);
    at += (int)word;
    text += word + strspn(text + word, " ");
  }
  text_putc(out, '\n');
}

static void put_option(Text *out, const OptionInfo *info) {
  size_t start = out->len;
  if (info->letter)
    text_printf(out, "  -%c, ", info->letter);
  else
    text_puts(out, "      ");
  size_t value = strcspn(info->value, ".");
  bool optional = *info->value == '[';
  const char *equals = optional ? "[=" : value ? "=" : "";
  text_printf(out, "--%s%s%.*s", info->name, equals, (int)value - optional, info->value + optional);
  int used = (int)(out->len - start);
  if (used + 2 > COLUMN)
    text_printf(out, "\n%*s", COLUMN, "");
  else
    text_printf(out, "%*s", COLUMN - used, "");
  put_wrapped(out, info->doc, COLUMN);
}

static const char environment[] =
    "ORDO_PATH (folders of specs, separated by colons), ORDO_CACHE_DIR (of compiled code;\n"
    "ORDO_CACHE=off: none), ORDO_FOREIGN_DIRS (of C libraries that specs may call), ORDO_MPI\n"
    "(plug-in that reaches other ranks), ORDO_RANKS_SILENCE (seconds until one is lost), NO_COLOR.";

static void help_overview(Text *out) {
  text_puts(out, "ordo: model specs to dataflow graphs to compiled kernels\n\n"
                 "usage: ordo COMMAND [OPTION]... [ARGUMENT]...\n\n");
  for (int i = 0; i < N_COMMANDS; i++)
    text_printf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
  text_puts(out,
            "\n'ordo COMMAND --help' tells all about one command, 'ordo --version' the version.\n"
            "Exit codes: 0 good, 1 an error in a spec or a file, 2 a wrong command line, 70 a bug "
            "of ordo.\n");
  text_printf(out, "Environment: %s\n", environment);
}

void help_command(const Command *command, Text *out) {
  text_printf(out, "ordo %s: %s\n\nusage: ordo %s [OPTION]... %s\n\n%s\noptions:\n", command->name,
              command->summary, command->name, command->usage, command->details);
  for (int i = 0; i < N_OPTIONS; i++)
    if (command_takes(command, (OptionId)i)) put_option(out, &option_info[i]);
}

int cmd_help(Cli *cli) {
  Text out = cli_text(cli);
  bool man = opt_flag(cli, OPT_man);
  if (!cli->args.len) {
    man ? man_overview(environment, &out) : help_overview(&out);
  } else {
    const Command *command = command_find(cli->args.data[0]);
    if (!command) return usage_error(cli, "there is no command '%s'", cli->args.data[0]);
    man ? man_command(command, &out) : help_command(command, &out);
  }
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
