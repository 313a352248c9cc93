/* The steps of a tokenizer.json: normalizer, pre_tokenizer, decoder. See tokenizer_file.h. */
#include <stdlib.h>
#include <string.h>

#include "data/tokenizer.h"
#include "data/tokenizer_file.h"

bool reader_fail(TokenizerReader *r, const char *format, ...) {
  va_list args;
  va_start(args, format);
  *r->why = arena_vprintf(&r->ctx->arena, format, args);
  va_end(args);
  return false;
}

const char *reader_type(const json_t *json) {
  const char *type = json_string_value(json_object_get(json, "type"));
  return type ? type : "";
}

static bool among(const char *names, const char *name) {
  size_t n = strlen(name);
  for (const char *at = names; *at; at += strcspn(at, " "), at += *at == ' ')
    if (n && strcspn(at, " ") == n && !memcmp(at, name, n)) return true;
  return false;
}

bool reader_keys(TokenizerReader *r, const json_t *json, const char *where, const char *names) {
  const char *key;
  json_t *value;
  if (!json_is_object(json)) return reader_fail(r, "%s is no JSON object", where);
  json_object_foreach((json_t *)json, key, value) if (!among(names, key)) return reader_fail(
      r, "%s%s%s is not supported", where, *where ? "." : "", key);
  return true;
}

/* ---- members ---- */

static bool flag(const json_t *json, const char *name, bool otherwise) {
  const json_t *value = json_object_get(json, name);
  return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static bool text_member(TokenizerReader *r, const json_t *json, const char *where, const char *name,
                        const char **text, size_t *n) {
  const json_t *value = json_object_get(json, name);
  if (!json_is_string(value)) return reader_fail(r, "%s.%s is no text", where, name);
  *n = json_string_length(value);
  *text = arena_copy(&r->vocab->arena, json_string_value(value), *n);
  return true;
}

/* {"String": "x"} or {"Regex": "x"}. */
static bool pattern(TokenizerReader *r, const json_t *json, const char *where, const char **text,
                    size_t *n, Regex **regex) {
  const json_t *p = json_object_get(json, "pattern");
  bool plain = json_object_get(p, "String") != NULL;
  const char *inside = ctx_printf(r->ctx, "%s.pattern", where);
  if (!reader_keys(r, p, inside, plain ? "String" : "Regex") ||
      !text_member(r, p, inside, plain ? "String" : "Regex", text, n))
    return false;
  if (!*n) return reader_fail(r, "%s is empty", inside);
  if (plain) return true;
  const char *why;
  *regex = regex_new(r->ctx, *text, *n, &why);
  return *regex || reader_fail(r, "%s: %s", inside, why);
}

/* ---- normalizer ---- */

static uint32_t count_steps(const json_t *json, const char *list) {
  const json_t *steps = json_object_get(json, list), *step;
  size_t i;
  uint32_t n = 1;
  json_array_foreach(steps, i, step) n += count_steps(step, list);
  return n;
}

static bool add_normal(TokenizerReader *r, const json_t *json) {
  static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
  const char *type = reader_type(json);
  Normalizer *z = &r->tokenizer->normalizer;
  NormalStep *s = &z->steps[z->n_steps];
  if (!strcmp(type, "Sequence")) {
    const json_t *list = json_object_get(json, "normalizers"), *step;
    size_t i;
    if (!reader_keys(r, json, "normalizer", "type normalizers")) return false;
    json_array_foreach(list, i, step) if (!add_normal(r, step)) return false;
    return true;
  }
  for (int k = 0; k < 4; k++)
    if (!strcmp(type, forms[k])) {
      s->kind = (NormalKind)k;
      z->n_steps++;
      return reader_keys(r, json, "normalizer", "type");
    }
  if (!strcmp(type, "Prepend")) {
    s->kind = NORMAL_prepend;
    z->n_steps++;
    return reader_keys(r, json, "normalizer", "type prepend") &&
           text_member(r, json, "normalizer", "prepend", &s->with, &s->n_with);
  }
  if (!strcmp(type, "Replace")) {
    s->kind = NORMAL_replace;
    z->n_steps++;
    return reader_keys(r, json, "normalizer", "type pattern content") &&
           pattern(r, json, "normalizer", &s->what, &s->n_what, &s->regex) &&
           text_member(r, json, "normalizer", "content", &s->with, &s->n_with);
  }
  return reader_fail(r, "normalizer: '%s' is not supported", type);
}

bool reader_normalizer(TokenizerReader *r, const json_t *json) {
  if (!json || json_is_null(json)) return true;
  r->tokenizer->normalizer.steps =
      arena_array(&r->vocab->arena, NormalStep, count_steps(json, "normalizers"));
  return add_normal(r, json);
}

/* ---- pre_tokenizer ---- */

static bool add_cut(TokenizerReader *r, CutStep step) {
  vec_push(&r->vocab->arena, &r->tokenizer->cuts, step);
  return true;
}

static bool add_pattern(TokenizerReader *r, const char *text, Behavior behavior) {
  const char *why;
  Regex *regex = regex_new(r->ctx, text, strlen(text), &why);
  if (!regex) return reader_fail(r, "pre_tokenizer: %s", why);
  return add_cut(r, (CutStep){.kind = CUT_regex,
                              .regex = regex,
                              .behavior = behavior,
                              .gpt2 = text == gpt2_pattern});
}

static bool add_byte_level(TokenizerReader *r, const json_t *json) {
  if (!reader_keys(r, json, "pre_tokenizer", "type add_prefix_space trim_offsets use_regex"))
    return false;
  r->tokenizer->bpe.byte_level = true;
  if (flag(json, "add_prefix_space", true)) add_cut(r, (CutStep){.kind = CUT_space});
  return !flag(json, "use_regex", true) || add_pattern(r, gpt2_pattern, CUT_isolated);
}

static bool add_split(TokenizerReader *r, const json_t *json) {
  static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious", "MergedWithNext",
                                      "Contiguous"};
  CutStep s = {.kind = CUT_regex, .invert = flag(json, "invert", false)};
  const char *text, *behavior = json_string_value(json_object_get(json, "behavior"));
  size_t n;
  int k = 0;
  if (!reader_keys(r, json, "pre_tokenizer", "type pattern behavior invert")) return false;
  while (k < 5 && behavior && strcmp(behavior, names[k])) k++;
  if (k == 5 || !behavior) return reader_fail(r, "pre_tokenizer.behavior is not supported");
  s.behavior = (Behavior)k;
  if (!pattern(r, json, "pre_tokenizer", &text, &n, &s.regex)) return false;
  if (s.regex) return add_cut(r, s);
  Text literal = text_new(&r->ctx->arena); /* a text that is looked for as it is */
  for (size_t i = 0; i < n; i++) {
    bool sign = strchr("\\^$.|?*+()[]{}-&~#", text[i]) != NULL;
    if (!text[i]) return reader_fail(r, "pre_tokenizer.pattern has a zero byte");
    text_printf(&literal, sign ? "\\%c" : "%c", text[i]);
  }
  const char *why;
  s.regex = regex_new(r->ctx, text_str(&literal), literal.len, &why);
  return s.regex ? add_cut(r, s) : reader_fail(r, "pre_tokenizer: %s", why);
}

static bool read_prepend(TokenizerReader *r, const json_t *json, const char *where, Prepend *out) {
  static const char *const names[] = {"never", "first", "always"};
  const char *scheme = json_string_value(json_object_get(json, "prepend_scheme"));
  *out = flag(json, "add_prefix_space", true) ? PREPEND_always : PREPEND_never;
  for (int k = 0; k < 3 && scheme; k++)
    if (!strcmp(scheme, names[k])) {
      *out = (Prepend)k;
      return true;
    }
  return !scheme || reader_fail(r, "%s.prepend_scheme: '%s' is not supported", where, scheme);
}

static bool add_metaspace(TokenizerReader *r, const json_t *json) {
  CutStep s = {.kind = CUT_metaspace, .split = flag(json, "split", true)};
  return reader_keys(r, json, "pre_tokenizer",
                     "type replacement prepend_scheme add_prefix_space split str_rep") &&
         text_member(r, json, "pre_tokenizer", "replacement", &s.with, &s.n_with) &&
         (s.n_with || reader_fail(r, "pre_tokenizer.replacement is empty")) &&
         read_prepend(r, json, "pre_tokenizer", &s.prepend) && add_cut(r, s);
}

static bool add_digits(TokenizerReader *r, const json_t *json) {
  bool single = flag(json, "individual_digits", false);
  return reader_keys(r, json, "pre_tokenizer", "type individual_digits") &&
         add_pattern(r, "\\p{N}", single ? CUT_isolated : CUT_contiguous);
}

static bool add_cuts(TokenizerReader *r, const json_t *json) {
  const char *type = reader_type(json);
  if (r->tokenizer->bpe.byte_level)
    return reader_fail(r, "pre_tokenizer: '%s' behind ByteLevel is not supported", type);
  if (!strcmp(type, "Sequence")) {
    const json_t *list = json_object_get(json, "pretokenizers"), *step;
    size_t i;
    if (!reader_keys(r, json, "pre_tokenizer", "type pretokenizers")) return false;
    json_array_foreach(list, i, step) if (!add_cuts(r, step)) return false;
    return true;
  }
  if (!strcmp(type, "ByteLevel")) return add_byte_level(r, json);
  if (!strcmp(type, "Split")) return add_split(r, json);
  if (!strcmp(type, "Metaspace")) return add_metaspace(r, json);
  if (!strcmp(type, "Digits")) return add_digits(r, json);
  if (!strcmp(type, "Whitespace"))
    return reader_keys(r, json, "pre_tokenizer", "type") &&
           add_pattern(r, "[" WORD_CLASS "]+|[^\\s" WORD_CLASS "]+", CUT_isolated) &&
           add_pattern(r, "\\s+", CUT_removed);
  if (!strcmp(type, "WhitespaceSplit"))
    return reader_keys(r, json, "pre_tokenizer", "type") && add_pattern(r, "\\s", CUT_removed);
  return reader_fail(r, "pre_tokenizer: '%s' is not supported", type);
}

bool reader_pre_tokenizer(TokenizerReader *r, const json_t *json) {
  return !json || json_is_null(json) || add_cuts(r, json);
}

/* ---- decoder ---- */

typedef struct DecodeState {
  bool fused, fallback, blanks; /* which steps were met */
} DecodeState;

static bool is_added(const Tokenizer *t, int32_t id) {
  for (uint32_t i = 0; i < t->added.len; i++)
    if (t->added.data[i].id == id) return true;
  return false;
}

static bool set_piece(TokenizerReader *r, int64_t id, const char *text, size_t n) {
  r->tokenizer->pieces[id] = (VocabToken){arena_copy(&r->vocab->arena, text, n), (uint32_t)n};
  return true;
}

static bool replace_pieces(TokenizerReader *r, const char *what, size_t n_what, const char *with,
                           size_t n_with) {
  Bytes out = {0};
  bool ok = true;
  for (int64_t i = 0; ok && i < vocab_size(r->vocab); i++) {
    const VocabToken *piece = &r->tokenizer->pieces[i];
    out.n = 0;
    ok = replace_all(piece->text, piece->n, what, n_what, with, n_with, &out) &&
         set_piece(r, i, out.data, out.n);
  }
  bytes_free(&out);
  return ok || reader_fail(r, "there is no memory for it");
}

static bool decode_bytes(TokenizerReader *r) {
  Tokenizer *t = r->tokenizer;
  t->style = DECODE_bytes;
  for (int64_t i = 0; i < vocab_size(r->vocab); i++) {
    Text bytes = text_new(&r->ctx->arena);
    if (is_added(t, (int32_t)i) || !bytes_parse(t->pieces[i].text, t->pieces[i].n, &bytes))
      continue;
    set_piece(r, i, text_str(&bytes), bytes.len);
  }
  return true;
}

static bool decode_fallback(TokenizerReader *r) {
  for (int64_t i = 0; i < vocab_size(r->vocab); i++) {
    const VocabToken *piece = &r->tokenizer->pieces[i];
    unsigned byte;
    char name[8] = "";
    if (piece->n != 6) continue;
    memcpy(name, piece->text, 6);
    if (memcmp(name, "<0x", 3) || name[5] != '>' || strspn(name + 3, "0123456789abcdefABCDEF") != 2)
      continue;
    byte = (unsigned)strtoul(name + 3, NULL, 16);
    set_piece(r, i, &(char){(char)byte}, 1);
    r->tokenizer->is_byte[i] = true;
  }
  return true;
}

static bool decode_strip(TokenizerReader *r, const json_t *json, const DecodeState *state) {
  const char *content = "";
  size_t n = 0;
  const json_t *start = json_object_get(json, "start"), *stop = json_object_get(json, "stop");
  if (!reader_keys(r, json, "decoder", "type content start stop") ||
      !text_member(r, json, "decoder", "content", &content, &n))
    return false;
  if (!state->fused) return reader_fail(r, "decoder: 'Strip' without 'Fuse' is not supported");
  if (n != 1 || !json_is_integer(start) || json_integer_value(stop))
    return reader_fail(r, "decoder.stop of 'Strip' is not supported, nor more than one letter");
  r->tokenizer->strip = content[0];
  r->tokenizer->n_strip = json_integer_value(start);
  return true;
}

static bool decode_metaspace(TokenizerReader *r, const json_t *json) {
  const char *with = "";
  size_t n = 0;
  Prepend prepend;
  if (!reader_keys(r, json, "decoder",
                   "type replacement prepend_scheme add_prefix_space split str_rep") ||
      !text_member(r, json, "decoder", "replacement", &with, &n) ||
      !read_prepend(r, json, "decoder", &prepend))
    return false;
  r->tokenizer->strip_first = prepend != PREPEND_never;
  return replace_pieces(r, with, n, " ", 1);
}

static bool decode_replace(TokenizerReader *r, const json_t *json) {
  const char *what = "", *with = "";
  size_t n_what = 0, n_with = 0;
  Regex *regex = NULL;
  bool ok = reader_keys(r, json, "decoder", "type pattern content") &&
            pattern(r, json, "decoder", &what, &n_what, &regex) &&
            text_member(r, json, "decoder", "content", &with, &n_with);
  bool plain = !regex;
  regex_free(regex);
  if (!ok) return false;
  return plain ? replace_pieces(r, what, n_what, with, n_with)
               : reader_fail(r, "decoder.pattern.Regex is not supported");
}

static bool decode_step(TokenizerReader *r, const json_t *json, DecodeState *state) {
  const char *type = reader_type(json);
  r->tokenizer->style = DECODE_fallback;
  if (state->fused && strcmp(type, "Strip"))
    return reader_fail(r, "decoder: '%s' behind 'Fuse' is not supported", type);
  if (!strcmp(type, "ByteLevel"))
    return reader_keys(r, json, "decoder", "type add_prefix_space trim_offsets use_regex") &&
           decode_bytes(r);
  if (!strcmp(type, "Metaspace")) return decode_metaspace(r, json);
  if (!strcmp(type, "Replace")) return decode_replace(r, json);
  if (!strcmp(type, "ByteFallback"))
    return reader_keys(r, json, "decoder", "type") && decode_fallback(r);
  if (!strcmp(type, "Strip")) return decode_strip(r, json, state);
  if (strcmp(type, "Fuse")) return reader_fail(r, "decoder: '%s' is not supported", type);
  state->fused = true;
  return reader_keys(r, json, "decoder", "type");
}

bool reader_decoder(TokenizerReader *r, const json_t *json) {
  Tokenizer *t = r->tokenizer;
  DecodeState state = {0};
  t->style = DECODE_joined;
  t->pieces = arena_array(&r->vocab->arena, VocabToken, vocab_size(r->vocab) + 1);
  t->is_byte = arena_array(&r->vocab->arena, bool, vocab_size(r->vocab) + 1);
  for (int64_t i = 0; i < vocab_size(r->vocab); i++) t->pieces[i] = r->vocab->tokens.data[i];
  if (!json || json_is_null(json)) return true;
  if (strcmp(reader_type(json), "Sequence")) return decode_step(r, json, &state);
  const json_t *list = json_object_get(json, "decoders"), *step;
  size_t i;
  if (!reader_keys(r, json, "decoder", "type decoders")) return false;
  json_array_foreach(list, i, step) {
    if (json_array_size(list) > 1 && !strcmp(reader_type(step), "ByteLevel"))
      return reader_fail(r, "decoder: 'ByteLevel' beside other steps is not supported");
    if (!decode_step(r, step, &state)) return false;
  }
  return true;
}
