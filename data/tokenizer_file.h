/* Reading a Hugging Face tokenizer.json.
 *
 * Everything in the file that changes which tokens a text has is followed or refused with the
 * name of its field; nothing is passed over in silence. What is taken:
 *   model          BPE, with unk_token, fuse_unk, byte_fallback, ignore_merges; no dropout, prefix,
 *                  suffix; WordPiece; Unigram
 *   normalizer     null, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, BertNormalizer,
 *                  Precompiled, Prepend, Replace, Sequence
 *   pre_tokenizer  null, ByteLevel, Split, Metaspace, Whitespace, WhitespaceSplit, Digits,
 *                  Punctuation, BertPreTokenizer, Sequence
 *   decoder        null, ByteLevel, Metaspace, Replace, ByteFallback, Fuse, Strip, WordPiece,
 *                  Sequence
 *   added_tokens   all of it
 * The post_processor says which tokens begin and end a text; where they are put is not its
 * business: a column ends with <eos> unless it says eos = false, and models put <bos> before a
 * text themselves. */
#ifndef ORDO_DATA_TOKENIZER_FILE_H
#define ORDO_DATA_TOKENIZER_FILE_H

#include <jansson.h>

#include "data/vocab.h"

/* From the text of a file, or its JSON. NULL with what is wrong in *why (ctx's arena), its line
 * where the text has lines: whose file it is, and which diagnostic that makes, is the caller's. */
Vocab *tokenizer_parse(Ctx *ctx, const char *text, size_t n, const char **why);
Vocab *tokenizer_from_json(Ctx *ctx, const json_t *json, const char **why);

/* ---- shared by the readers of its parts (tokenizer_steps.c) ---- */
typedef struct TokenizerReader {
  Ctx *ctx;
  const char **why;
  Vocab *vocab;
  Tokenizer *tokenizer;
} TokenizerReader;

/* False, with the message in *why. */
bool reader_fail(TokenizerReader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The members of an object that is at 'where' are among the names, which have blanks between
 * them. */
bool reader_keys(TokenizerReader *r, const json_t *json, const char *where, const char *names);
/* The member "type", "" when there is none. */
const char *reader_type(const json_t *json);
bool reader_normalizer(TokenizerReader *r, const json_t *json);
bool reader_pre_tokenizer(TokenizerReader *r, const json_t *json);
/* Needs the tokens. */
bool reader_decoder(TokenizerReader *r, const json_t *json);

#endif
