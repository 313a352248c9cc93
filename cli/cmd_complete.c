/* ordo complete: completion for shells. The scripts that it prints ask it for candidates at each
 * press of the key, so that they know what the tables and the model on the line know. */
#include <dirent.h>
#include <string.h>

#include "cli/cli.h"
#include "frontend/syntax/parse.h"
#include "io/file.h"
#include "io/formats.h"
#include "passes/pipeline/pipeline.h"

/* ---- scripts ---- */

static const char bash_script[] =
    "# bash completion for ordo: 'ordo complete bash'\n"
    "_ordo() {\n"
    "  local line=${COMP_LINE:0:COMP_POINT} words word candidate\n"
    "  read -ra words <<<\"$line\"\n"
    "  [[ $line == *[[:space:]] ]] && words+=('')\n"
    "  word=${words[${#words[@]} - 1]}\n"
    "  local before=${word%\"${word##*[=:]}\"} # what bash takes for a word of its own\n"
    "  COMPREPLY=()\n"
    "  while IFS=$'\\t' read -r candidate _; do\n"
    "    case $candidate in\n"
    "    :files) compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY"
    " < <(compgen -f -- \"${word#\"$before\"}\") ;;\n"
    "    *=) compopt -o nospace; COMPREPLY+=(\"${candidate#\"$before\"}\") ;;\n"
    "    *) COMPREPLY+=(\"${candidate#\"$before\"}\") ;;\n"
    "    esac\n"
    "  done < <(\"${words[0]}\" complete words -- \"${words[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _ordo ordo\n";

static const char zsh_script[] =
    "#compdef ordo\n"
    "# zsh completion for ordo: 'ordo complete zsh'\n"
    "_ordo() {\n"
    "  local -a plain open\n"
    "  local candidate text files\n"
    "  while IFS=$'\\t' read -r candidate text; do\n"
    "    case $candidate in\n"
    "    :files) files=1 ;;\n"
    "    *=) open+=(\"${candidate//:/\\\\:}:$text\") ;;\n"
    "    *) plain+=(\"${candidate//:/\\\\:}:$text\") ;;\n"
    "    esac\n"
    "  done < <(\"$words[1]\" complete words -- \"${(@)words[1,CURRENT]}\" 2>/dev/null)\n"
    "  (( $#open )) && _describe -t constants constant open -S ''\n"
    "  (( $#plain )) && _describe -t words word plain\n"
    "  [[ -n $files ]] && _files\n"
    "}\n"
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _ordo \"$@\"; else compdef _ordo ordo; "
    "fi\n";

static const char fish_script[] = "# fish completion for ordo: 'ordo complete fish'\n"
                                  "function __ordo_candidates\n"
                                  "  set -l words (commandline -opc) (commandline -ct)\n"
                                  "  for line in ($words[1] complete words -- $words 2>/dev/null)\n"
                                  "    if test $line = :files\n"
                                  "      __fish_complete_path (commandline -ct)\n"
                                  "    else\n"
                                  "      echo $line\n"
                                  "    end\n"
                                  "  end\n"
                                  "end\n"
                                  "complete -c ordo -f -a '(__ordo_candidates)'\n";

/* ---- candidates ---- */

/* The word to be completed, and where candidates go. */
typedef struct Asked {
  Cli *cli;
  const char *const *words; /* the command line, with the name of the command */
  uint32_t n;
  const char *before, *word; /* before: what stands in the word and stays, as "--after=" */
  Text *out;
} Asked;

static void offer(Asked *a, const char *candidate, const char *what) {
  if (strncmp(candidate, a->word, strlen(a->word))) return;
  text_printf(a->out, "%s%s\t%.*s\n", a->before, candidate, (int)strcspn(what, "\n"), what);
}

static void offer_all(Asked *a, const char *list) {
  for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ')
    offer(a, ctx_printf(a->cli->ctx, "%.*s", (int)strcspn(at, " "), at), "");
}

static void offer_files(Asked *a) { text_puts(a->out, ":files\n"); }

static void offer_passes(Asked *a) {
  for (int i = 0; i < n_passes; i++) offer(a, pass_info[i].name, pass_info[i].doc);
}

static void offer_commands(Asked *a) {
  for (int i = 0; i < N_COMMANDS; i++) offer(a, commands[i].name, commands[i].summary);
}

static void offer_formats(Asked *a, unsigned uses) {
  const Format *format;
  for (unsigned i = 0; (format = format_row(i)); i++)
    if (format->uses & uses) offer(a, format->suffix + 1, format->doc);
}

static void offer_models_of(Asked *a, const char *path) {
  DIR *folder = opendir(path);
  struct dirent *entry;
  while (folder && (entry = readdir(folder))) {
    size_t n = strlen(entry->d_name);
    if (n > 5 && !strcmp(entry->d_name + n - 5, ".ordo"))
      offer(a, ctx_printf(a->cli->ctx, "%.*s", (int)n - 5, entry->d_name), path);
  }
  if (folder) closedir(folder);
}

static void offer_models(Asked *a) {
  for (uint32_t i = 0; i < a->cli->dirs.dirs.len; i++)
    offer_models_of(a, a->cli->dirs.dirs.data[i]);
  offer_files(a);
}

/* ---- the model on the line ---- */

static const Command *command_of(const Asked *a) {
  return a->n > 2 ? command_find(a->words[1]) : NULL;
}

/* The option that a word is, without its value; -1 for none. */
static int option_of(const Command *command, const char *word) {
  if (word[0] != '-' || !word[1]) return -1;
  for (int i = 0; i < N_OPTIONS; i++) {
    const OptionInfo *info = &option_info[i];
    if (!command_takes(command, (OptionId)i)) continue;
    if (word[1] == '-' ? !strcmp(word + 2, info->name) : info->letter == word[1] && !word[2])
      return i;
  }
  return -1;
}

/* Argument number k of those before the word; NULL when there are fewer. */
static const char *argument(const Asked *a, uint32_t k) {
  const Command *command = command_of(a);
  for (uint32_t i = 2; i + 1 < a->n; i++) {
    int option = option_of(command, a->words[i]);
    if (option >= 0 && *option_info[option].value)
      i++;
    else if (a->words[i][0] != '-' && !k--)
      return a->words[i];
  }
  return NULL;
}

static const char *model_path(const Asked *a) {
  const char *model = argument(a, 0);
  return model ? models_find(a->cli->ctx, &a->cli->dirs, model) : NULL;
}

/* The tree of the model's own file. */
static const AstFile *model_file(const Asked *a) {
  Ctx *ctx = a->cli->ctx;
  size_t size;
  const char *path = model_path(a);
  char *text = path ? file_read_all(ctx, path, (Span){0}, &size) : NULL;
  const AstFile *file = text ? parse_read(ctx, source_add(ctx, path, text, size), (Span){0}) : NULL;
  heap_free(text);
  return file;
}

static void offer_settings(Asked *a, const Item *item) {
  for (uint32_t k = 0; k < item->train.len; k++)
    if (item->train.data[k].kind == TM_setting)
      offer(a, ctx_printf(a->cli->ctx, "%s=", ctx_text(a->cli->ctx, item->train.data[k].name.str)),
            "a setting of the training program");
}

static void offer_constants(Asked *a) {
  const AstFile *file = model_file(a);
  for (uint32_t i = 0; file && i < file->n_items; i++) {
    const Item *item = file->items[i];
    const char *name = ctx_text(a->cli->ctx, item->name.str);
    if (item->kind == ITEM_const) offer(a, ctx_printf(a->cli->ctx, "%s=", name), "a constant");
    if (item->kind == ITEM_train) offer_settings(a, item);
  }
}

static void offer_programs(Asked *a) {
  const AstFile *file = model_file(a);
  for (uint32_t i = 0; file && i < file->n_items; i++)
    if (file->items[i]->kind == ITEM_train)
      offer(a, ctx_text(a->cli->ctx, file->items[i]->name.str), "a training program");
}

static void offer_functions(Asked *a) {
  Ctx *ctx = a->cli->ctx;
  const char *path = model_path(a);
  SpecOptions options = {.library_dirs = a->cli->dirs.dirs.data,
                         .n_library_dirs = a->cli->dirs.dirs.len};
  Spec *spec = path ? spec_load(ctx, path, &options) : NULL;
  SpecNames names = spec && !diag_failed(ctx) ? spec_functions(spec) : (SpecNames){0};
  for (uint32_t i = 0; i < names.count; i++) {
    const char *name = ctx_text(ctx, names.names[i]);
    size_t n = strlen(name);
    if (n > 3 && !strcmp(name + n - 3, ".()")) name = ctx_printf(ctx, "%.*s", (int)n - 3, name);
    offer(a, name, "a function");
  }
}

/* ---- what may stand there ---- */

static void offer_options(Asked *a, const Command *command) {
  for (int i = 0; i < N_OPTIONS; i++) {
    const OptionInfo *info = &option_info[i];
    if (!command_takes(command, (OptionId)i)) continue;
    if (*info->name) offer(a, ctx_printf(a->cli->ctx, "--%s", info->name), info->doc);
    if (info->letter) offer(a, ctx_printf(a->cli->ctx, "-%c", info->letter), info->doc);
  }
}

static void offer_values(Asked *a, OptionId option) {
  const char *value = option_info[option].value;
  if (option == OPT_define) offer_constants(a);
  if (option == OPT_color) offer_all(a, "auto always never");
  if (option == OPT_format)
    offer_formats(a, command_of(a) == &commands[CMD_show] ? FOR_picture : FOR_plot);
  if (option == OPT_target) offer_all(a, "avx512 avx2 sse2");
  if (option == OPT_grade) offer_all(a, "exact rounds fast");
  if (option == OPT_log_axes) offer_all(a, "x y xy");
  if (option == OPT_collapse) offer_all(a, "scan kernel call scope");
  bool passes = !strcmp(value, "PASS") || option == OPT_passes || option == OPT_disable ||
                option == OPT_dump_after;
  if (passes) offer_passes(a);
  if (option == OPT_dump_after) offer(a, "all", "every pass");
  if (!strncmp(value, "FILE", 4) || !strcmp(value, "DIR") || !strcmp(value, "TOKENIZER"))
    offer_files(a);
}

static void offer_diagnostics(Asked *a) {
  for (int i = 0; i < N_DIAG_CODES; i++) offer(a, diag_info[i].code, diag_info[i].summary);
}

/* Arguments by the words of the command's usage. */
static void offer_arguments(Asked *a, const Command *command) {
  bool first = !argument(a, 0), second = !first && !argument(a, 1);
  if (first && !strncmp(command->usage, "MODEL", 5))
    offer_models(a);
  else if (second && strstr(command->usage, "FUNCTION"))
    offer_functions(a);
  if (second && (strstr(command->usage, "PROGRAM") || command == &commands[CMD_show]))
    offer_programs(a);
  if (strstr(command->usage, "FILE") || strstr(command->usage, "RUN") ||
      strstr(command->usage, "ARGUMENT"))
    offer_files(a);
  if (command == &commands[CMD_build] && !first && !second) offer_functions(a);
  if (command == &commands[CMD_help]) offer_commands(a);
  if (command == &commands[CMD_passes]) offer_passes(a);
  if (command == &commands[CMD_explain]) offer_diagnostics(a);
  if (command == &commands[CMD_complete]) offer_all(a, "bash zsh fish");
  if (command == &commands[CMD_ops])
    for (int i = 0; i < N_OPS; i++) offer(a, op_info[i].name, op_info[i].doc);
}

/* The option in the word itself: --after=fuse, -DN=4. */
static int option_inside(Asked *a, const Command *command) {
  const char *equals = strchr(a->word, '=');
  size_t n = a->word[1] == '-' ? (equals ? (size_t)(equals - a->word) : 0) : 2;
  if (a->word[0] != '-' || !n || strlen(a->word) <= n) return -1;
  int option = option_of(command, ctx_printf(a->cli->ctx, "%.*s", (int)n, a->word));
  if (option < 0) return -1;
  if (a->word[1] == '-') n++;
  a->before = ctx_printf(a->cli->ctx, "%.*s", (int)n, a->word);
  a->word += n;
  return option;
}

static void candidates(Asked *a) {
  const Command *command = command_of(a);
  if (a->n == 2) {
    offer_commands(a);
    offer(a, "--version", "the version, LLVM and the processor");
    offer(a, "--help", "all commands");
  }
  if (!command) return;
  int before = a->n > 3 ? option_of(command, a->words[a->n - 2]) : -1;
  int inside = option_inside(a, command);
  if (before >= 0 && *option_info[before].value)
    offer_values(a, (OptionId)before);
  else if (inside >= 0)
    offer_values(a, (OptionId)inside);
  else if (a->word[0] == '-')
    offer_options(a, command);
  else
    offer_arguments(a, command);
}

static int complete_words(Cli *cli) {
  Text out = cli_text(cli);
  uint32_t n = cli->args.len - 1;
  if (!n) return usage_error(cli, "'ordo complete words' takes the words of a command line");
  const char *const *words = cli->args.data + 1;
  Asked asked = {cli, words, n, "", words[n - 1], &out};
  candidates(&asked);
  cli->ctx->diags = (Diags){0}; /* of a line that is not finished */
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}

int cmd_complete(Cli *cli) {
  static const struct {
    const char *name, *script;
  } shells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
  const char *what = cli->args.data[0];
  if (!strcmp(what, "words")) return complete_words(cli);
  for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
    if (strcmp(what, shells[i].name)) continue;
    Text out = cli_text(cli);
    text_puts(&out, shells[i].script);
    return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
  }
  return usage_error(cli, "there are completions for bash, zsh and fish, not for '%s'", what);
}
