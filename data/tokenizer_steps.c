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

enum { MOST_STEPS = 5 }; /* of one entry */

static uint32_t count_steps(const json_t *json, const char *list) {
  const json_t *steps = json_object_get(json, list), *step;
  size_t i;
  uint32_t n = MOST_STEPS;
  json_array_foreach(steps, i, step) n += count_steps(step, list);
  return n;
}

static NormalStep *new_step(TokenizerReader *r, NormalKind kind) {
  Normalizer *z = &r->tokenizer->normalizer;
  z->steps[z->n_steps] = (NormalStep){.kind = kind};
  return &z->steps[z->n_steps++];
}

/* In the library's order; accents go where letters become small unless it says otherwise. */
static bool add_bert(TokenizerReader *r, const json_t *json) {
  bool small = flag(json, "lowercase", true);
  if (!reader_keys(r, json, "normalizer",
                   "type clean_text handle_chinese_chars strip_accents lowercase"))
    return false;
  if (flag(json, "clean_text", true)) new_step(r, NORMAL_controls);
  if (flag(json, "handle_chinese_chars", true)) new_step(r, NORMAL_chinese);
  if (flag(json, "strip_accents", small)) {
    new_step(r, NORMAL_nfd);
    new_step(r, NORMAL_accents);
  }
  if (small) new_step(r, NORMAL_lowercase);
  return true;
}

static bool add_charsmap(TokenizerReader *r, const json_t *json) {
  NormalStep *step = new_step(r, NORMAL_charsmap);
  const char *base64 = NULL, *why;
  size_t n = 0;
  if (!reader_keys(r, json, "normalizer", "type precompiled_charsmap") ||
      !text_member(r, json, "normalizer", "precompiled_charsmap", &base64, &n))
    return false;
  step->map = charsmap_new(r->ctx, &r->vocab->arena, base64, n, &why);
  return step->map || reader_fail(r, "normalizer.precompiled_charsmap: %s", why);
}

/* True when it is one of them; *ok: whether it was read. */
static bool add_letters(TokenizerReader *r, const json_t *json, const char *type, bool *ok) {
  if (!strcmp(type, "BertNormalizer")) {
    *ok = add_bert(r, json);
  } else if (!strcmp(type, "Lowercase")) {
    new_step(r, NORMAL_lowercase);
    *ok = reader_keys(r, json, "normalizer", "type");
  } else if (!strcmp(type, "StripAccents")) {
    new_step(r, NORMAL_marks);
    *ok = reader_keys(r, json, "normalizer", "type");
  } else if (!strcmp(type, "Strip")) {
    NormalStep *step = new_step(r, NORMAL_strip);
    step->left = flag(json, "strip_left", true);
    step->right = flag(json, "strip_right", true);
    *ok = reader_keys(r, json, "normalizer", "type strip_left strip_right");
  } else if (!strcmp(type, "Precompiled")) {
    *ok = add_charsmap(r, json);
  } else {
    return false;
  }
  return true;
}

static bool add_normal(TokenizerReader *r, const json_t *json) {
  static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
  const char *type = reader_type(json);
  bool ok = true;
  if (!strcmp(type, "Sequence")) {
    const json_t *list = json_object_get(json, "normalizers"), *step;
    size_t i;
    if (!reader_keys(r, json, "normalizer", "type normalizers")) return false;
    json_array_foreach(list, i, step) if (!add_normal(r, step)) return false;
    return true;
  }
  for (int k = 0; k < 4; k++)
    if (!strcmp(type, forms[k])) {
      new_step(r, (NormalKind)k);
      return reader_keys(r, json, "normalizer", "type");
    }
  if (!strcmp(type, "Prepend")) {
    NormalStep *s = new_step(r, NORMAL_prepend);
    return reader_keys(r, json, "normalizer", "type prepend") &&
           text_member(r, json, "normalizer", "prepend", &s->with, &s->n_with);
  }
  if (!strcmp(type, "Replace")) {
    NormalStep *s = new_step(r, NORMAL_replace);
    return reader_keys(r, json, "normalizer", "type pattern content") &&
           pattern(r, json, "normalizer", &s->what, &s->n_what, &s->regex) &&
           text_member(r, json, "normalizer", "content", &s->with, &s->n_with);
  }
  if (add_letters(r, json, type, &ok)) return ok;
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

static bool find_behavior(TokenizerReader *r, const json_t *json, Behavior otherwise,
                          Behavior *out) {
  static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious", "MergedWithNext",
                                      "Contiguous"};
  const json_t *behavior = json_object_get(json, "behavior");
  *out = otherwise;
  for (int k = 0; k < 5; k++)
    if (json_is_string(behavior) && !strcmp(json_string_value(behavior), names[k])) {
      *out = (Behavior)k;
      return true;
    }
  return !behavior || reader_fail(r, "pre_tokenizer.behavior is not supported");
}

static bool add_split(TokenizerReader *r, const json_t *json) {
  CutStep s = {.kind = CUT_regex, .invert = flag(json, "invert", false)};
  const char *text;
  size_t n;
  if (!reader_keys(r, json, "pre_tokenizer", "type pattern behavior invert") ||
      !find_behavior(r, json, CUT_isolated, &s.behavior))
    return false;
  if (!json_object_get(json, "behavior"))
    return reader_fail(r, "pre_tokenizer.behavior is not supported");
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

#define PUNCTUATION "[\\p{P}\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E]"

static bool add_punctuation(TokenizerReader *r, const json_t *json) {
  Behavior behavior;
  return reader_keys(r, json, "pre_tokenizer", "type behavior") &&
         find_behavior(r, json, CUT_isolated, &behavior) && add_pattern(r, PUNCTUATION, behavior);
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
  if (!strcmp(type, "Punctuation")) return add_punctuation(r, json);
  if (!strcmp(type, "BertPreTokenizer"))
    return reader_keys(r, json, "pre_tokenizer", "type") && add_pattern(r, "\\s", CUT_removed) &&
           add_pattern(r, PUNCTUATION, CUT_isolated);
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

static bool set_text(TokenizerReader *r, VocabToken *to, const char *text, size_t n) {
  *to = (VocabToken){arena_copy(&r->vocab->arena, text, n), (uint32_t)n};
  return true;
}

/* Wherever it stands. */
static bool set_piece(TokenizerReader *r, int64_t id, const char *text, size_t n) {
  if (r->tokenizer->firsts) set_text(r, &r->tokenizer->firsts[id], text, n);
  return set_text(r, &r->tokenizer->pieces[id], text, n);
}

static bool replace_in(TokenizerReader *r, VocabToken *pieces, const char *what, size_t n_what,
                       const char *with, size_t n_with) {
  Bytes out = {0};
  bool ok = true;
  for (int64_t i = 0; ok && i < vocab_size(r->vocab); i++) {
    out.n = 0;
    ok = replace_all(pieces[i].text, pieces[i].n, what, n_what, with, n_with, &out) &&
         set_text(r, &pieces[i], out.data, out.n);
  }
  bytes_free(&out);
  return ok || reader_fail(r, "there is no memory for it");
}

static bool replace_pieces(TokenizerReader *r, const char *what, size_t n_what, const char *with,
                           size_t n_with) {
  Tokenizer *t = r->tokenizer;
  return replace_in(r, t->pieces, what, n_what, with, n_with) &&
         (!t->firsts || replace_in(r, t->firsts, what, n_what, with, n_with));
}

/* The first token of a text gets a text of its own, as the others are so far. */
static void new_firsts(TokenizerReader *r) {
  size_t n = (size_t)vocab_size(r->vocab);
  if (r->tokenizer->firsts) return;
  r->tokenizer->firsts =
      arena_copy(&r->vocab->arena, r->tokenizer->pieces, (n + 1) * sizeof *r->tokenizer->pieces);
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
  if (prepend != PREPEND_never) {
    new_firsts(r);
    if (!replace_in(r, r->tokenizer->firsts, with, n, "", 0)) return false;
  }
  return replace_pieces(r, with, n, " ", 1);
}

/* The library's order. */
static const char *const cleanups[][2] = {
    {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
    {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
    {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
};

/* A token behind others, or (first) in front of them. */
static bool word_piece(TokenizerReader *r, const VocabToken *token, bool first, const char *prefix,
                       size_t n_prefix, bool cleanup, VocabToken *to) {
  bool goes_on = !first && n_prefix <= token->n && !memcmp(token->text, prefix, n_prefix);
  Bytes text = {0}, out = {0};
  bool ok = first || goes_on || bytes_put(&text, " ", 1);
  size_t skip = goes_on ? n_prefix : 0;
  ok = ok && bytes_put(&text, token->text + skip, token->n - skip);
  for (size_t i = 0; ok && cleanup && i < sizeof cleanups / sizeof *cleanups; i++) {
    out.n = 0;
    ok = replace_all(text.data, text.n, cleanups[i][0], strlen(cleanups[i][0]), cleanups[i][1],
                     strlen(cleanups[i][1]), &out);
    Bytes swap = text;
    text = out;
    out = swap;
  }
  if (ok) *to = (VocabToken){arena_copy(&r->vocab->arena, text.data, text.n), (uint32_t)text.n};
  bytes_free(&text);
  bytes_free(&out);
  return ok || reader_fail(r, "there is no memory for it");
}

static bool decode_wordpiece(TokenizerReader *r, const json_t *json) {
  Tokenizer *t = r->tokenizer;
  const char *prefix = "##";
  size_t n = 2;
  bool cleanup = flag(json, "cleanup", true);
  if (!reader_keys(r, json, "decoder", "type prefix cleanup") ||
      (json_object_get(json, "prefix") && !text_member(r, json, "decoder", "prefix", &prefix, &n)))
    return false;
  new_firsts(r);
  for (int64_t i = 0; i < vocab_size(r->vocab); i++) {
    VocabToken token = t->pieces[i];
    if (!word_piece(r, &token, true, prefix, n, cleanup, &t->firsts[i]) ||
        !word_piece(r, &token, false, prefix, n, cleanup, &t->pieces[i]))
      return false;
  }
  return true;
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
  if (!strcmp(type, "WordPiece")) return decode_wordpiece(r, json);
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
    const char *type = reader_type(step);
    if (json_array_size(list) > 1 && (!strcmp(type, "ByteLevel") || !strcmp(type, "WordPiece")))
      return reader_fail(r, "decoder: '%s' beside other steps is not supported", type);
    if (!decode_step(r, step, &state)) return false;
  }
  return true;
}
