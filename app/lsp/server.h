/* The language server: 'ordo lsp'. Answers an editor over two descriptors until it says so, or is
 * gone. */
#ifndef ORDO_APP_LSP_SERVER_H
#define ORDO_APP_LSP_SERVER_H

#include "app/models.h"

/* Gives the exit code that the protocol wants: 0 after 'shutdown', else 1. */
int lsp_serve(const ModelDirs *dirs, int in, int out);

#endif
