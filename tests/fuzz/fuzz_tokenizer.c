/* Any bytes as a tokenizer.json, and as text for what it makes: either why it is none, or tokens
 * in range; a checkpoint keeps it so that it comes back the same. */
#include "data/tokenizer.h"
#include "data/tokenizer_file.h"
#include "data/vocab_file.h"

static void encode(Ctx *ctx, const Vocab *v, const char *text, size_t n, TokenList *out) {
  int64_t unknown = 0;
  out->len = 0;
  if (!vocab_encode(v, text, n, out, &unknown)) return;
  for (size_t i = 0; i < out->len; i++)
    if (out->ids[i] < 0 || out->ids[i] >= vocab_size(v)) ORDO_BUG("token %d", out->ids[i]);
  Text back = text_new(&ctx->arena);
  tokenizer_decode(v->tokenizer, out->ids, (int64_t)out->len, &back);
  vocab_decode(v, out->ids, (int64_t)out->len, &back);
}

static void compare(Ctx *ctx, const Vocab *v, const char *text, size_t n) {
  const char *why = "";
  Text kept = text_new(&ctx->arena);
  vocab_to_json(v, &kept);
  Vocab *again = vocab_from_json(ctx, text_str(&kept), &why);
  if (!again) ORDO_BUG("what a checkpoint keeps cannot be read: %s", why);
  TokenList a = {0}, b = {0};
  encode(ctx, v, text, n, &a);
  encode(ctx, again, text, n, &b);
  if (a.len != b.len || (a.len && memcmp(a.ids, b.ids, a.len * sizeof *a.ids)))
    ORDO_BUG("a checkpoint keeps another tokenizer");
  token_list_free(&a);
  token_list_free(&b);
  vocab_free(again);
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  static const char mixed[] =
      "the \xC3\xA9 \xE4\xB8\xAD 12 don't\n\n  <s>x</s> <|endoftext|>\xFF\r\n\xE2\x96\x81";
  const char *why = NULL;
  Vocab *v = tokenizer_parse(ctx, (const char *)data, size, &why);
  if (!v && !why) ORDO_BUG("it failed without a reason");
  if (v) {
    compare(ctx, v, mixed, sizeof mixed - 1);
    compare(ctx, v, (const char *)data, size < 300 ? size : 300);
  }
  vocab_free(v);
}

#include "fuzz.h"
