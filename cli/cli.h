/* The 'ordo' command: tables of commands and options, parsed arguments, what commands share.
 *
 * A command is a row of commands.def and a function cmd_NAME(Cli *) that returns an exit code.
 * Results go to standard output; diagnostics are left in the context, main prints them to standard
 * error.
 */
#ifndef ORDO_CLI_CLI_H
#define ORDO_CLI_CLI_H

#include <jansson.h>

#include "app/compile.h"
#include "app/models.h"
#include "app/trace_file.h"
#include "app/validate.h"
#include "ir/picture.h"

enum ExitCode {
  EXIT_GOOD = 0,
  EXIT_USER = 1,  /* the user's program or files are wrong */
  EXIT_USAGE = 2, /* the command line is wrong */
  EXIT_BUG = 70,  /* a bug of ordo */
};

typedef enum CommandId {
#define COMMAND(name, ...) CMD_##name,
#include "cli/commands.def"
#undef COMMAND
  N_COMMANDS
} CommandId;

/* Sets of commands. */
enum {
#define COMMAND(name, ...) OF_##name = 1 << CMD_##name,
#include "cli/commands.def"
#undef COMMAND
  OF_all = (1 << N_COMMANDS) - 1
};

typedef enum OptionId {
#define OPTION(id, ...) OPT_##id,
#include "cli/options.def"
  N_OPTIONS
} OptionId;

typedef struct OptionInfo {
  const char *name, *value, *doc;
  int commands; /* that take it */
  char letter;
} OptionInfo;
extern const OptionInfo option_info[N_OPTIONS];

typedef struct RuleRow RuleRow; /* passes/rules/rewrite.h */
typedef struct Cli Cli;
typedef struct Command {
  const char *name, *usage;
  int least, most;
  const char *summary, *details;
  int (*run)(Cli *cli);
} Command;
extern const Command commands[N_COMMANDS]; /* by CommandId */

struct Cli {
  Ctx *ctx;
  const Command *command;
  VEC(const char *) args;             /* what is no option */
  VEC(const char *) given[N_OPTIONS]; /* values of each option; "" for a switch */
  bool color, color_errors;           /* standard output and standard error take colours */
  bool told;                          /* diagnostics are printed */
  bool silent;                        /* another rank says what passes do */
  ModelDirs dirs;
  Phases phases;
  TraceFile *trace;         /* of --trace, or NULL */
  Validate *validate;       /* of --validate-each, or NULL */
  const Schedule *schedule; /* of --schedule, or NULL */
  PassCtx *plugins;         /* what --plugin brought */
  const Graph *pass_before; /* what the pass that runs, or ran last, got */
};

#define COMMAND(name, ...) int cmd_##name(Cli *cli);
#include "cli/commands.def"
#undef COMMAND

/* ---- arguments (cli/args.c) ---- */
/* Takes the command line apart. False after a diagnostic. */
bool args_parse(Cli *cli, int argc, char **argv);
bool command_takes(const Command *command, OptionId option);
const Command *command_find(const char *name);
bool opt_flag(const Cli *cli, OptionId option);
/* The last value given, or otherwise. */
const char *opt_text(const Cli *cli, OptionId option, const char *otherwise);
/* Numbers were checked by args_parse. */
int64_t opt_int(const Cli *cli, OptionId option, int64_t otherwise);
/* Adds a value of an option. False after a diagnostic. */
bool opt_store(Cli *cli, OptionId option, const char *value);
/* A diagnostic about the command line. Returns EXIT_USAGE. */
int usage_error(Cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- help (cli/help.c) ---- */
void help_command(const Command *command, Text *out);
/* Manual pages (cli/man.c). */
void man_command(const Command *command, Text *out);
void man_overview(const char *environment, Text *out);
/* Versions, and the processor: its name, what code runs on it, how many there are
 * (cli/machine.c). */
void put_machine(Cli *cli, Text *out);

/* ---- shared by commands (cli/common.c) ---- */
/* Whether a file descriptor gets colours. */
bool wants_color(const Cli *cli, int fd);
/* What is wrong, to standard error: once, at the latest at the end. */
void put_diagnostics(Cli *cli);
/* Writes a text to standard output. False when it cannot take it (a closed pipe is no error). */
bool put_out(Cli *cli, const Text *text);
Text cli_text(Cli *cli);
/* The code for what the diagnostics say: EXIT_USER if there is an error. */
int exit_code(const Cli *cli);
/* A model with -D, the library folders and the options about passes, ready to be compiled. */
Compile compile_given(Cli *cli, const char *model, CompileWhat what);
/* --trace: begins it, and ends it when it has begun; without the option nothing. False after a
 * diagnostic. */
bool trace_begin(Cli *cli);
bool trace_end(Cli *cli);
/* The engine for it, with --threads. False after a diagnostic. */
bool start_engine(Cli *cli, Compile *c);

/* ---- options about passes (cli/passes_given.c) ---- */
/* The rows PASS_OPTION of options.def. What they ask for is shown by callbacks of the
 * PipelineOptions. */
CompileOptions compile_options_given(Cli *cli);
/* Loads what --plugin names before anything is read: texts may call its ops. False after a
 * diagnostic. */
bool open_plugins(Cli *cli);
/* Reads what --schedule names. False after a diagnostic. */
bool open_schedule(Cli *cli);
/* Prints a graph to --output. False after a diagnostic. */
bool put_graph(Cli *cli, const Graph *g);
/* Goes on behind the passes and prints what the last one left: a graph or a plan. */
bool put_after_passes(Cli *cli, Compile *c);

/* The format of what is drawn, as --format or the path's ending says: "svg". NULL after a
 * diagnostic that lists those for that use (io/formats.h); what: "pictures". */
const char *format_given(Cli *cli, unsigned use, const char *standard, const char *what,
                         const char *path);

/* ---- graphs to look at (cli/stage.c) ---- */
/* The graph before or after a pass; both NULL: as written, or what the passes asked for leave.
 * NULL after a diagnostic. */
const Graph *graph_at_stage(Cli *cli, Compile *c, const char *before, const char *after);
/* picture_write to a path or, with NULL, to the terminal; says so when it takes long. */
bool draw_picture(Cli *cli, const Graph *g, PictureOptions *options, const char *format,
                  const char *path);

/* ---- tables and JSON (cli/common.c) ---- */
/* "left => right" of the command line: a rule to be tried. NULL after a diagnostic
 * (cli/cmd_rules.c). */
const RuleRow *rule_given(Cli *cli, const char *text);
/* A command that prints a table takes names of its rows; without one it prints all. */
bool row_wanted(const Cli *cli, const char *name);
/* False after a diagnostic when a name is none of a row. name_of: that of row i, NULL behind the
 * last one; what: "pass". */
bool rows_exist(Cli *cli, const char *(*name_of)(Cli *cli, uint32_t i), const char *what);
/* Prints a row of a table in Markdown: cells are escaped. */
void markdown_row(Text *out, const char *const *cells, int n);
void markdown_head(Text *out, const char *const *cells, int n);
/* JSON, indented, with a newline behind it. */
void put_json(Text *out, const json_t *json);
/* "sort" of "models/sort.ordo". */
const char *model_base_name(Cli *cli, const char *model);

#endif
