/* Messages of jansson end with words of the text that they speak of; a file that is no JSON is
 * somebody else's, and no message shows it. */
#ifndef ORDO_BASE_JSON_ERROR_H
#define ORDO_BASE_JSON_ERROR_H

#include <string.h>

/* The length of the message without what it quotes: "'[' or '{' expected near 'root'". */
static inline int json_error_length(const char *text) {
  const char *quote = strstr(text, " near ");
  return (int)(quote ? (size_t)(quote - text) : strlen(text));
}

#endif
