/* ordo lsp: the language server, for editors. */
#include <unistd.h>

#include "app/lsp/server.h"
#include "cli/cli.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

int cmd_lsp(Cli *cli) {
#ifdef __GLIBC__ /* the memory of one check is that of the next: not given back in between */
  mallopt(M_MMAP_THRESHOLD, 1 << 26);
  mallopt(M_TRIM_THRESHOLD, 1 << 28);
#endif
  return lsp_serve(&cli->dirs, STDIN_FILENO, STDOUT_FILENO);
}
