/* Vocabularies in files: a list of tokens, one a line; a tokenizer.json; and the text that a
 * checkpoint keeps. */
#ifndef ORDO_DATA_VOCAB_FILE_H
#define ORDO_DATA_VOCAB_FILE_H

#include "data/vocab.h"

/* The vocabulary as JSON: {"kind": "chars", "tokens": ["<pad>", ...]}, or {"kind": "bpe",
 * "tokenizer": ...} with what plays a role of a tokenizer.json. */
void vocab_to_json(const Vocab *vocab, Text *out);
/* Back. NULL with what is wrong in *why: a mistake of a declaration, of a checkpoint, or a note to
 * another one, as the caller knows. */
Vocab *vocab_from_json(Ctx *ctx, const char *text, const char **why);

/* Reads the vocabulary of a declaration: from a list of tokens; from a tokenizer (.json); from a
 * checkpoint (.safetensors) that keeps a vocabulary called 'of' (empty: its only one). NULL after a
 * diagnostic. */
Vocab *vocab_read(Ctx *ctx, const SpecVocab *spec);

/* The name under which a checkpoint keeps a vocabulary: "ordo.vocab.pairs.src". */
#define VOCAB_KEY "ordo.vocab."

#endif
