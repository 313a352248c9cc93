/* Manual pages, made from the tables of commands and options. */
#include <string.h>

#include "cli/cli.h"

/* A text for troff: what would be a request or an escape is none. */
static void put_plain(Text *out, const char *text, size_t n) {
  if (n && (*text == '.' || *text == '\'')) text_puts(out, "\\&");
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '\\')
      text_puts(out, "\\e");
    else if (text[i] == '-')
      text_puts(out, "\\-");
    else
      text_putc(out, text[i]);
  }
}

static void put_text(Text *out, const char *text) { put_plain(out, text, strlen(text)); }

/* Lines that begin with blanks are examples and stay as they are. */
static void put_details(Text *out, const char *details) {
  bool example = false;
  for (const char *line = details; *line;) {
    size_t n = strcspn(line, "\n");
    bool now = n > 1 && line[0] == ' ' && line[1] == ' ';
    if (now != example) text_puts(out, now ? ".PP\n.nf\n.RS 4\n" : ".RE\n.fi\n.PP\n");
    example = now;
    put_plain(out, line + (now ? 2 : 0), n - (now ? 2 : 0));
    text_putc(out, '\n');
    line += n + (line[n] == '\n');
  }
  if (example) text_puts(out, ".RE\n.fi\n");
}

static void put_option(Text *out, const OptionInfo *info) {
  size_t value = strcspn(info->value, ".");
  text_puts(out, ".TP\n");
  if (info->letter) text_printf(out, "\\fB\\-%c\\fR", info->letter);
  if (info->letter && *info->name) text_puts(out, ", ");
  if (*info->name) {
    text_puts(out, "\\fB\\-\\-");
    put_text(out, info->name);
    text_puts(out, "\\fR");
  }
  if (value) text_printf(out, "%s\\fI%.*s\\fR", *info->name ? "=" : " ", (int)value, info->value);
  text_putc(out, '\n');
  put_text(out, info->doc);
  text_puts(out, ".\n");
}

static void put_title(Text *out, const char *name, const char *summary) {
  const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  text_puts(out, ".\\\" made by 'ordo help --man'\n.TH ORDO");
  if (*name) text_putc(out, '-');
  for (const char *c = name; *c; c++) text_putc(out, *c >= 'a' ? letters[*c - 'a'] : *c);
  text_printf(out, " 1 \"\" \"ordo %s\" \"Ordo\"\n.SH NAME\nordo%s%s \\- ", ORDO_VERSION,
              *name ? "\\-" : "", name);
  put_text(out, summary);
  text_puts(out, "\n.SH SYNOPSIS\n");
}

static void put_exit_codes(Text *out) {
  text_puts(out, ".SH EXIT STATUS\n.TP\n0\ngood\n.TP\n1\nan error in a spec or a file\n.TP\n2\na "
                 "wrong command line\n.TP\n70\na bug of ordo\n");
}

void man_command(const Command *command, Text *out) {
  put_title(out, command->name, command->summary);
  text_printf(out, ".B ordo %s\n[\\fIOPTION\\fR]... ", command->name);
  put_text(out, command->usage);
  text_puts(out, "\n.SH DESCRIPTION\n");
  put_details(out, command->details);
  text_puts(out, ".SH OPTIONS\n");
  for (int i = 0; i < N_OPTIONS; i++)
    if (command_takes(command, (OptionId)i)) put_option(out, &option_info[i]);
  put_exit_codes(out);
  text_puts(out, ".SH SEE ALSO\n.BR ordo (1)\n");
}

void man_overview(const char *environment, Text *out) {
  put_title(out, "", "model specs to dataflow graphs to compiled kernels");
  text_puts(out, ".B ordo\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
                 ".br\n.B ordo \\-\\-version\n.SH DESCRIPTION\n"
                 "Ordo is a language for models and a compiler for it. A model is a text file that "
                 "reads like the equations of its paper; Ordo\nchecks it, differentiates it, "
                 "compiles it through LLVM into vectorised CPU kernels, and trains it.\n"
                 ".SH COMMANDS\n");
  for (int i = 0; i < N_COMMANDS; i++) {
    text_printf(out, ".TP\n.BR ordo\\-%s (1)\n", commands[i].name);
    put_text(out, commands[i].summary);
    text_putc(out, '\n');
  }
  put_exit_codes(out);
  text_puts(out, ".SH ENVIRONMENT\n");
  put_text(out, environment);
  text_puts(out, "\n.SH SEE ALSO\n");
  for (int i = 0; i < N_COMMANDS; i++)
    text_printf(out, ".BR ordo\\-%s (1)%s\n", commands[i].name, i + 1 < N_COMMANDS ? "," : "");
}
