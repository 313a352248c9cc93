/* Writing archives: see archive.h. The index is the one of System V and GNU: the number of symbols,
 * the offset of each one's member, and their names, numbers big-endian. */
#include "io/archive.h"

#include <string.h>

/* Deterministic: no time, no owner. */
static void put_header(Text *out, const char *name, size_t bytes) {
  text_printf(out, "%-16.16s%-12d%-6d%-6d%-8o%-10zu`\n", name, 0, 0, 0, 0644, bytes);
}

static void put_padding(Text *out, size_t bytes) {
  if (bytes % 2) text_putc(out, '\n');
}

static void put_big(Text *out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text_putc(out, (char)(value >> shift & 0xff));
}

void archive_put(Text *out, const char *member, const void *bytes, size_t n,
                 const char *const *symbols, size_t n_symbols) {
  size_t names = 0, header = 60;
  for (size_t i = 0; i < n_symbols; i++) names += strlen(symbols[i]) + 1;
  size_t index = 4 + 4 * n_symbols + names;
  text_puts(out, "!<arch>\n");
  size_t at = 8 + header + index + index % 2;
  put_header(out, "/", index);
  put_big(out, n_symbols);
  for (size_t i = 0; i < n_symbols; i++) put_big(out, at);
  for (size_t i = 0; i < n_symbols; i++) text_put(out, symbols[i], strlen(symbols[i]) + 1);
  put_padding(out, index);
  char name[17];
  size_t length = strlen(member) < 15 ? strlen(member) : 15;
  memcpy(name, member, length);
  name[length] = '/';
  name[length + 1] = 0;
  put_header(out, name, n);
  text_put(out, bytes, n);
  put_padding(out, n);
}
