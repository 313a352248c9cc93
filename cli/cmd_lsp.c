/* ordo lsp: the language server, for editors. */
#include <unistd.h>

#include "app/lsp/server.h"
#include "cli/cli.h"

int cmd_lsp(Cli *cli) { return lsp_serve(&cli->dirs, STDIN_FILENO, STDOUT_FILENO); }
