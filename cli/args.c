/* The command line: options by table, in getopt_long's manner.
 *
 *   --name=value  --name value  -x value  -xvalue  -xyz (switches)  --  (the rest are arguments)
 *
 * Unambiguous beginnings of long names are enough (--out for --output). Something that reads as a
 * number (-0.5) is an argument, not an option.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "cli/cli.h"
#include "io/numtext.h"

const OptionInfo option_info[N_OPTIONS] = {
#define OPTION(id, letter, name, value, commands, doc) {name, value, doc, commands, letter},
#include "cli/options.def"
};

const Command commands[N_COMMANDS] = {
#define COMMAND(name, usage, least, most, summary, details)                                        \
  {#name, usage, least, most, summary, details, cmd_##name},
#include "cli/commands.def"
#undef COMMAND
};

bool command_takes(const Command *command, OptionId option) {
  return option_info[option].commands >> (command - commands) & 1;
}

const Command *command_find(const char *name) {
  for (int i = 0; i < N_COMMANDS; i++)
    if (!strcmp(commands[i].name, name)) return &commands[i];
  return NULL;
}

/* ---- mistakes ---- */

/* The nearest of the names to a mistyped one, or NULL. next gives them one by one, NULL at the end.
 */
static const char *nearest_name(const char *wanted, const char *(*next)(void *user), void *user) {
  NearName near = near_name(wanted);
  for (const char *name; (name = next(user)) != NULL;) near_try(&near, name);
  return near.best;
}

typedef struct OptionNames {
  const Command *command;
  int at;
} OptionNames;

static const char *next_option(void *user) {
  OptionNames *names = user;
  while (names->at < N_OPTIONS)
    if (command_takes(names->command, (OptionId)names->at++))
      return option_info[names->at - 1].name;
  return NULL;
}

static const char *next_command(void *user) {
  int *at = user;
  return *at < N_COMMANDS ? commands[(*at)++].name : NULL;
}

static bool unknown_option(Cli *cli, const char *name) {
  OptionNames names = {cli->command, 0};
  const char *near = nearest_name(name, next_option, &names);
  usage_error(cli, "'ordo %s' has no option '--%s'", cli->command->name, name);
  if (near)
    diag_help(cli->ctx, "did you mean '--%s'?", near);
  else
    diag_help(cli->ctx, "'ordo %s --help' lists the options", cli->command->name);
  return false;
}

/* ---- options ---- */

static bool takes_number(OptionId option) { return !strcmp(option_info[option].value, "N"); }

static bool names_file(OptionId option) {
  const char *value = option_info[option].value;
  return !strncmp(value, "FILE", 4) || !strcmp(value, "DIR") || !strcmp(value, "TOKENIZER");
}

bool opt_store(Cli *cli, OptionId option, const char *value) {
  char *end;
  errno = 0;
  if (takes_number(option)) {
    long long number = strtoll(value, &end, 10);
    if (end == value || *end || errno || number < 0) {
      usage_error(cli, "'--%s' takes a whole number, got '%s'", option_info[option].name, value);
      return false;
    }
  }
  if (names_file(option) && !*value) {
    usage_error(cli, "'--%s' takes the name of a file or folder, got an empty text",
                option_info[option].name);
    return false;
  }
  vec_push(&cli->ctx->arena, &cli->given[option], value);
  return true;
}

/* The option of the command with this long name or, if only one matches, this beginning of one; -1
 * for none. */
static int find_long(const Command *command, const char *name, size_t n) {
  int found = -1;
  for (int i = 0; i < N_OPTIONS; i++) {
    if (!command_takes(command, (OptionId)i) || strncmp(option_info[i].name, name, n)) continue;
    if (!option_info[i].name[n]) return i;
    found = found < 0 ? i : N_OPTIONS;
  }
  return found == N_OPTIONS || !n ? -1 : found;
}

static int find_short(const Command *command, char letter) {
  for (int i = 0; i < N_OPTIONS; i++)
    if (option_info[i].letter == letter && command_takes(command, (OptionId)i)) return i;
  return -1;
}

typedef struct HelpLine { /* what is left of the command line */
  int argc, at;
  char **argv;
} HelpLine;

static bool next_value(Cli *cli, HelpLine *line, OptionId option) {
  if (line->at + 1 < line->argc) return opt_store(cli, option, line->argv[++line->at]);
  usage_error(cli, "'--%s' needs a value: %s", option_info[option].name, option_info[option].value);
  return false;
}

static bool parse_long(Cli *cli, HelpLine *line, const char *text) {
  size_t n = strcspn(text, "=");
  int option = find_long(cli->command, text, n);
  if (option < 0) return unknown_option(cli, ctx_printf(cli->ctx, "%.*s", (int)n, text));
  const OptionInfo *info = &option_info[option];
  if (text[n] && !*info->value) {
    usage_error(cli, "'--%s' takes no value", info->name);
    return false;
  }
  if (text[n]) return opt_store(cli, (OptionId)option, text + n + 1);
  bool wants = *info->value && *info->value != '[';
  return wants ? next_value(cli, line, (OptionId)option) : opt_store(cli, (OptionId)option, "");
}

static bool parse_short(Cli *cli, HelpLine *line, const char *text) {
  for (; *text; text++) {
    int option = find_short(cli->command, *text);
    if (option < 0) {
      usage_error(cli, "'ordo %s' has no option '-%c'", cli->command->name, *text);
      diag_help(cli->ctx, "'ordo %s --help' lists the options", cli->command->name);
      return false;
    }
    if (*option_info[option].value && *option_info[option].value != '[')
      return text[1] ? opt_store(cli, (OptionId)option, text + 1)
                     : next_value(cli, line, (OptionId)option);
    if (!opt_store(cli, (OptionId)option, "")) return false;
  }
  return true;
}

static bool is_argument(const char *text) {
  NumText number;
  return text[0] != '-' || !text[1] || numtext_scan(text, &number);
}

static bool parse_rest(Cli *cli, HelpLine *line) {
  bool only_arguments = false, good = true;
  for (; line->at < line->argc && good; line->at++) {
    const char *text = line->argv[line->at];
    if (only_arguments || is_argument(text))
      vec_push(&cli->ctx->arena, &cli->args, text);
    else if (!strcmp(text, "--"))
      only_arguments = true;
    else
      good = text[1] == '-' ? parse_long(cli, line, text + 2) : parse_short(cli, line, text + 1);
  }
  return good;
}

static bool count_arguments(Cli *cli) {
  const Command *command = cli->command;
  int n = (int)cli->args.len;
  if (n >= command->least && (command->most < 0 || n <= command->most)) return true;
  usage_error(cli, "'ordo %s' got %s", command->name,
              n < command->least ? "too few arguments" : "too many arguments");
  diag_help(cli->ctx, "usage: ordo %s [OPTION]... %s", command->name, command->usage);
  return false;
}

static bool unknown_command(Cli *cli, const char *name) {
  int at = 0;
  const char *near = nearest_name(name, next_command, &at);
  usage_error(cli, "there is no command '%s'", name);
  if (near)
    diag_help(cli->ctx, "did you mean 'ordo %s'?", near);
  else
    diag_help(cli->ctx, "'ordo --help' lists the commands");
  return false;
}

bool args_parse(Cli *cli, int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "help";
  if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
  cli->command = command_find(name);
  if (!cli->command) return unknown_command(cli, name);
  HelpLine line = {argc, 2, argv};
  return parse_rest(cli, &line) && (opt_flag(cli, OPT_help) || count_arguments(cli));
}
