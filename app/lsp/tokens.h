/* Semantic tokens: what each word of a text is. */
#ifndef ORDO_APP_LSP_TOKENS_H
#define ORDO_APP_LSP_TOKENS_H

#include <jansson.h>

json_t *tokens_legend(void);

#endif
