#include "io/formats.h"

#include <string.h>

#define ARRAYS(format, suffix, doc) extern const FormatCode format_##format;
#define STORED(format, suffix, doc) extern const StoredFormat stored_##format;
#define FORMAT(format, suffix, uses, doc)
#include "io/formats.def"
#undef ARRAYS
#undef STORED
#undef FORMAT

static const Format rows[] = {
#define ARRAYS(format, suffix, doc)       {#format, suffix, doc, 0, &format_##format, NULL},
#define STORED(format, suffix, doc)       {#format, suffix, doc, FOR_weights, NULL, &stored_##format},
#define FORMAT(format, suffix, uses, doc) {#format, suffix, doc, uses, NULL, NULL},
#include "io/formats.def"
#undef ARRAYS
#undef STORED
#undef FORMAT
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static unsigned uses_of(const Format *row) {
  const FormatCode *code = row->code;
  if (!code) return row->uses;
  return (code->read ? FOR_reading : 0U) | (code->read_set ? FOR_reading_set : 0U) |
         (code->write ? FOR_writing : 0U) | (code->write_set ? FOR_writing_set : 0U);
}

static bool ends_in(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n > m && !strcmp(text + n - m, end);
}

const Format *format_of(const char *path, unsigned uses) {
  for (int i = 0; i < N_ROWS; i++)
    if ((uses_of(&rows[i]) & uses) && ends_in(path, rows[i].suffix)) return &rows[i];
  return NULL;
}

const Format *format_named(const char *name, unsigned uses) {
  for (int i = 0; i < N_ROWS; i++)
    if ((uses_of(&rows[i]) & uses) && !strcmp(name, rows[i].suffix + 1)) return &rows[i];
  return NULL;
}

const char *formats_known(Ctx *ctx, unsigned uses, bool dots) {
  Text out = text_new(&ctx->arena);
  int left = 0;
  for (int i = 0; i < N_ROWS; i++) left += (uses_of(&rows[i]) & uses) != 0;
  for (int i = 0; i < N_ROWS; i++) {
    if (!(uses_of(&rows[i]) & uses)) continue;
    text_puts(&out, rows[i].suffix + !dots);
    left--;
    if (left) text_puts(&out, left == 1 ? " or " : ", ");
  }
  return text_str(&out);
}

const Format *format_row(unsigned i) { return i < N_ROWS ? &rows[i] : NULL; }

bool stored_open(Ctx *ctx, const char *path, StoredFile *out) {
  const Format *row = format_of(path, FOR_weights);
  FileIn in;
  *out = (StoredFile){.in.fd = -1};
  return file_open(ctx, path, (Span){0}, &in) &&
         stored_open_in(ctx, in, row && row->stored ? row->stored : &stored_safetensors, out);
}
