/* Vocabularies in files: see vocab_file.h. */
#include "data/vocab_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "data/tokenizer.h"
#include "data/tokenizer_file.h"
#include "io/formats.h"
#include "io/safetensors.h"

static const char *const kind_name[N_COLUMN_KINDS] = {
#define COLUMN(name, tokens, doc) [COL_##name] = #name,
#include "frontend/columns.def"
#undef COLUMN
};

/* ---- JSON ---- */

void vocab_to_json(const Vocab *v, Text *out) {
  if (v->tokenizer) {
    text_printf(out, "{\"kind\":\"%s\",\"tokenizer\":", kind_name[v->kind]);
    text_puts(out, v->tokenizer->json);
    text_putc(out, '}');
    return;
  }
  json_t *json = json_object(), *tokens = json_array();
  json_object_set_new(json, "kind", json_string(kind_name[v->kind]));
  for (uint32_t i = 0; v->kind != COL_bytes && i < v->tokens.len; i++)
    json_array_append_new(tokens, json_stringn(v->tokens.data[i].text, v->tokens.data[i].n));
  json_object_set_new(json, "tokens", tokens);
  char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
  text_puts(out, text ? text : "");
  json_decref(json);
  free(text); /* allowed: of jansson */
}

static Vocab *parse_tokens(Ctx *ctx, ColumnKind kind, const json_t *tokens, const char **why) {
  Vocab *v = vocab_new(kind, &ctx->arena);
  if (!v) return *why = "there is no memory for it", NULL;
  vocab_add_special(v);
  for (size_t i = 0; i < N_SPECIAL_TOKENS; i++) {
    const char *name = json_string_value(json_array_get(tokens, i));
    if (name && !strcmp(name, special_name[i])) continue;
    *why = "it has no special tokens";
    vocab_free(v);
    return NULL;
  }
  for (size_t i = N_SPECIAL_TOKENS; i < json_array_size(tokens); i++) {
    const json_t *token = json_array_get(tokens, i);
    bool text = json_is_string(token) && json_string_length(token);
    if (text && vocab_add(v, json_string_value(token), json_string_length(token)) == (int32_t)i)
      continue;
    *why = text ? "a token stands twice" : "a token is no text";
    vocab_free(v);
    return NULL;
  }
  return v;
}

Vocab *vocab_from_json(Ctx *ctx, const char *text, const char **why) {
  json_error_t error;
  json_t *json = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
  const char *kind = json_string_value(json_object_get(json, "kind"));
  Vocab *v = NULL;
  *why = "it is no vocabulary";
  for (int k = 0; kind && k < N_COLUMN_KINDS; k++) {
    if (strcmp(kind, kind_name[k])) continue;
    if (k == COL_bytes)
      v = vocab_bytes(&ctx->arena);
    else if (k == COL_bpe)
      v = tokenizer_from_json(ctx, json_object_get(json, "tokenizer"), why);
    else if (k == COL_chars || k == COL_words)
      v = parse_tokens(ctx, (ColumnKind)k, json_object_get(json, "tokens"), why);
  }
  json_decref(json);
  return v;
}

/* ---- lists ---- */

static Vocab *failed(Ctx *ctx, const SpecVocab *spec, Vocab *v, const char *why) {
  vocab_free(v);
  diag_at(ctx, spec->span, E_vocab_file, "'%s' is no vocabulary: %s", ctx_text(ctx, spec->file),
          why);
  return NULL;
}

/* Which special token a line names, or -1. */
static int special_of(const char *token, size_t n) {
  for (int i = 0; i < N_SPECIAL_TOKENS; i++)
    if (strlen(special_name[i]) == n && !memcmp(special_name[i], token, n)) return i;
  return -1;
}

/* Adds the token of a line; what is wrong with it, or NULL. A list that begins with <pad> has
 * all special tokens first, in their order; in others a line that names one adds nothing. */
static const char *add_line(Ctx *ctx, Vocab *v, const char *token, size_t n, long line, bool own) {
  uint32_t before = v->tokens.len, place = (uint32_t)line - 1;
  bool blank = vocab_length(COL_words, token, n) != 1 || token[0] == ' ' || token[n - 1] == ' ';
  if (utf8_valid(token, n) < n) return ctx_printf(ctx, "line %ld is not UTF-8", line);
  if (blank) return ctx_printf(ctx, "line %ld has a blank in its token", line);
  if (own && place < N_SPECIAL_TOKENS && special_of(token, n) != (int)place)
    return ctx_printf(ctx, "line %ld is not %s: behind <pad> come <bos>, <eos> and <unk>", line,
                      special_name[place]);
  if (special_of(token, n) >= 0) {
    bool named = !own || place < N_SPECIAL_TOKENS;
    return named ? NULL : ctx_printf(ctx, "the token of line %ld stands there twice", line);
  }
  if (vocab_add(v, token, n) == (int32_t)before) return NULL;
  return ctx_printf(ctx, "the token of line %ld stands there twice", line);
}

/* One token a line, behind the special tokens. */
static Vocab *read_list(Ctx *ctx, const SpecVocab *spec) {
  size_t size;
  char *bytes = file_read_all(ctx, ctx_text(ctx, spec->file), spec->span, &size);
  Vocab *v = bytes ? vocab_new(COL_words, &ctx->arena) : NULL;
  if (!v) return heap_free(bytes), NULL;
  bool own = size >= 5 && !memcmp(bytes, "<pad>", 5);
  vocab_add_special(v);
  const char *why = NULL;
  long line = 0;
  for (size_t at = 0; at < size && !why;) {
    const char *start = bytes + at, *end = memchr(start, '\n', size - at);
    size_t n = end ? (size_t)(end - start) : size - at;
    at += n + 1;
    line++;
    if (n && start[n - 1] == '\r') n--;
    if (n) why = add_line(ctx, v, start, n, line, own);
  }
  if (!why && own && line < N_SPECIAL_TOKENS) why = "it has not all of <pad>, <bos>, <eos>, <unk>";
  heap_free(bytes);
  return why ? failed(ctx, spec, v, why) : v;
}

/* ---- checkpoints ---- */

static Vocab *read_checkpoint(Ctx *ctx, const SpecVocab *spec) {
  SafeFile file;
  const char *found = NULL, *why = "it keeps none";
  int count = 0;
  if (!safetensors_open(ctx, ctx_text(ctx, spec->file), spec->span, &file)) return NULL;
  Tensors meta = file.meta; /* of the context's arena */
  safetensors_close(&file);
  for (uint32_t i = 0; i < meta.meta.len; i++) {
    const char *key = meta.meta.data[i].key;
    if (strncmp(key, VOCAB_KEY, strlen(VOCAB_KEY))) continue;
    const char *name = key + strlen(VOCAB_KEY);
    if (!str_none(spec->of) && strcmp(name, ctx_text(ctx, spec->of))) continue;
    found = meta.meta.data[i].value;
    count++;
  }
  if (count > 1) why = "it keeps several: name one with of = \"pairs.src\"";
  Vocab *v = count == 1 ? vocab_from_json(ctx, found, &why) : NULL;
  return v ? v : failed(ctx, spec, NULL, why);
}

static Vocab *read_tokenizer(Ctx *ctx, const SpecVocab *spec) {
  size_t size;
  const char *why;
  char *bytes = file_read_all(ctx, ctx_text(ctx, spec->file), spec->span, &size);
  if (!bytes) return NULL;
  Vocab *v = tokenizer_parse(ctx, bytes, size, &why);
  heap_free(bytes);
  return v ? v : failed(ctx, spec, NULL, why);
}

Vocab *vocab_read(Ctx *ctx, const SpecVocab *spec) {
  const char *path = ctx_text(ctx, spec->file);
  const Format *format = format_of(path, FOR_vocab);
  if (!format) return read_list(ctx, spec);
  return !strcmp(format->name, "tokenizer") ? read_tokenizer(ctx, spec)
                                            : read_checkpoint(ctx, spec);
}
