#!/usr/bin/env python3
"""Encodings and decodings of ordo against those of Hugging Face's 'tokenizers', on real text and on mixtures.

usage: bench/parity/tokens.py [TEXT]      (needs: pip install tokenizers; ORDO: the command, else build/ordo)

Each tokenizer is a file: one that 'ordo vocab' learned, one that 'tokenizers' learned, and hand-made ones in the style of
GPT-2, GPT-4, LLaMA (byte fallback, blanks as U+2581) and with every kind of step and added token that is supported. For
each: ids equal, and decoded texts equal, on pieces of TEXT and on random mixtures of characters of many scripts.
"""
import json, os, random, subprocess, sys, tempfile
from tokenizers import Tokenizer, models, trainers, pre_tokenizers, decoders, normalizers, AddedToken, Regex

ORDO = os.environ.get("ORDO", "build/ordo")
text = open(sys.argv[1] if len(sys.argv) > 1 else "models/data/tinyshakespeare.txt", encoding="utf-8").read()
rng = random.Random(7)
ODD = ["\u00e9", "e\u0301", "\u00df", "\u4e2d\u6587", "\u0926\u0947\u0935", "\U0001f469\u200d\U0001f680", "\u2581", "\u00a0", "\u3000",
       "\r\n", "\n\n\n", "\t", "   ", "'s", "'ll", "12345", "\u0663\u0664", "\u216b", "...", "!?", "\u200b", "\ufb01", "\u1e9b\u0323",
       "<pad>", "<eos>", "<|endoftext|>", "<s>", "</s>", "[MASK]", "<x>", "\x7f", "\u0085", "\u2028", "\uac00", "\u1100\u1161"]


def samples():
    out = ["", " ", "  ", "a", " a", "\n", text[:20000]]
    for _ in range(300):
        at = rng.randrange(len(text) - 400)
        out.append(text[at:at + rng.randrange(1, 400)])
    for _ in range(2000):
        parts = [rng.choice([rng.choice(ODD), text[(p := rng.randrange(len(text) - 12)):p + rng.randrange(1, 12)], " ",
                             chr(rng.choice([rng.randrange(32, 127), rng.randrange(0xa1, 0x250), rng.randrange(0x370, 0x52f),
                                             rng.randrange(0x4e00, 0x9fa0), rng.randrange(0x1f300, 0x1f600)]))])
                 for _ in range(rng.randrange(1, 14))]
        out.append("".join(parts))
    out += ["x" * 5000, "ab" * 3000, " " * 700 + "x", text[:3000].replace(" ", "")]
    return out


def bpe(vocab_text, size, byte_level, **options):
    """A model learned by 'tokenizers' from a text, with the pieces given."""
    t = Tokenizer(models.BPE(**{k: v for k, v in options.items() if k in ("unk_token", "fuse_unk", "byte_fallback")}))
    if options.get("normalizer"):
        t.normalizer = options["normalizer"]
    if options.get("pre"):
        t.pre_tokenizer = options["pre"]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=options.get("special", []), show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if byte_level else [])
    t.train_from_iterator(vocab_text, trainer)
    if options.get("decoder"):
        t.decoder = options["decoder"]
    t.add_tokens(options.get("added", []))
    return t


def wordpiece(lines, size, pre, normalizer, **options):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]", **options))
    t.normalizer, t.pre_tokenizer, t.decoder = normalizer, pre, decoders.WordPiece(cleanup=options.get("cleanup", True))
    t.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=size, show_progress=False,
                                                           special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    return t


def unigram(lines, size, pre, normalizer, decoder, unk="<unk>", **options):
    t = Tokenizer(models.Unigram())
    t.normalizer, t.pre_tokenizer = normalizer, pre
    t.train_from_iterator(lines, trainers.UnigramTrainer(vocab_size=size, show_progress=False, unk_token=unk,
                                                         special_tokens=["<s>", "<pad>", "</s>", "<unk>"] +
                                                         (["<0x%02X>" % i for i in range(256)] if options else [])))
    t.decoder = decoder
    config = json.loads(t.to_str())
    config["model"].update(options)
    return Tokenizer.from_str(json.dumps(config))


def sentencepiece_map():
    """The tables that SentencePiece itself makes: nmt_nfkc and nmt_nfkc_cf, as tokenizer.json files of T5 and XLM-R keep them."""
    import base64, io, sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto
    for rule in ("nmt_nfkc", "nmt_nfkc_cf"):
        out = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(text.split("\n")[:3000]), model_writer=out, vocab_size=600,
                                                 normalization_rule_name=rule, minloglevel=2)
        model = proto.ModelProto()
        model.ParseFromString(out.getvalue())
        pieces = [(p.piece, p.score) for p in model.pieces]
        yield rule, pieces, normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)


GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA_BYTES = ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % i for i in range(256)]


def tokenizers(folder):
    learned = os.path.join(folder, "ordo.json")
    source = os.path.join(folder, "text.txt")
    open(source, "w", encoding="utf-8", newline="").write(text)
    subprocess.run([ORDO, "vocab", source, "--size", "3000", "-q", "-o", learned], check=True, stdout=subprocess.DEVNULL)
    yield "ordo vocab", Tokenizer.from_file(learned)
    bl = lambda **k: pre_tokenizers.ByteLevel(**k)
    same = bpe([text], 3000, True, pre=bl(add_prefix_space=False), decoder=decoders.ByteLevel(),
               special=["<pad>", "<bos>", "<eos>", "<unk>"])
    mine, theirs = (json.loads(x)["model"] for x in (open(learned).read(), same.to_str()))
    print("%-26s %s" % ("learned from the same text", "equal" if (mine["vocab"], mine["merges"]) ==
                        (theirs["vocab"], theirs["merges"]) else "DIFFERENT"))
    lines = text.split("\n")
    yield "gpt-2", bpe(lines, 2000, True, pre=bl(add_prefix_space=False), decoder=decoders.ByteLevel(),
                       special=["<|endoftext|>"])
    yield "gpt-2, prefix space, nfc", bpe(lines, 2000, True, pre=bl(add_prefix_space=True), decoder=decoders.ByteLevel(),
                                          normalizer=normalizers.NFC(), special=["<s>", "</s>"])
    gpt4 = bpe(lines, 2000, True, decoder=decoders.ByteLevel(), special=["<|endoftext|>"], pre=pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(GPT4), "isolated"), bl(add_prefix_space=False, use_regex=False)]))
    yield "gpt-4", gpt4
    config = json.loads(gpt4.to_str())
    config["model"]["ignore_merges"] = True
    yield "llama-3, ignore_merges", Tokenizer.from_str(json.dumps(config))
    meta = dict(normalizer=normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]),
                decoder=decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)]))
    for fuse in (True, False):
        yield "llama-2, fuse_unk=%s" % fuse, bpe([l for l in lines if len(l) < 60], 1200, False, unk_token="<unk>",
                                                 fuse_unk=fuse, byte_fallback=True, special=LLAMA_BYTES, **meta)
    for scheme in ("first", "always", "never"):
        for split in (True, False):
            yield "metaspace %s split=%s" % (scheme, split), bpe(
                lines, 1200, False, unk_token="<unk>", fuse_unk=split, special=["<unk>", "<s>", "</s>"],
                pre=pre_tokenizers.Metaspace(prepend_scheme=scheme, split=split),
                decoder=decoders.Metaspace(prepend_scheme=scheme, split=split))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            yield "split %s invert=%s" % (behavior, invert), bpe(
                lines, 1000, True, decoder=decoders.ByteLevel(), pre=pre_tokenizers.Sequence(
                    [pre_tokenizers.Split(Regex(r"\s+|\d") if not invert else Regex(r"\w+"), behavior, invert=invert),
                     bl(add_prefix_space=False, use_regex=False)]))
    added = [AddedToken("[MASK]", lstrip=True, special=True), AddedToken("<x>", rstrip=True, single_word=False),
             AddedToken("ing", single_word=True), AddedToken("\u4e2d\u6587", normalized=True), AddedToken("the king")]
    for name, norm in (("nfkd", normalizers.NFKD()), ("none", None), ("nfkc+replace", normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(r"[aeiou]{2,}"), "*")]))):
        yield "added tokens, %s" % name, bpe(lines, 1500, True, pre=bl(add_prefix_space=False), normalizer=norm,
                                             decoder=decoders.ByteLevel(), added=added, special=["<pad>", "<eos>"])
    yield "whitespace, digits", bpe(lines, 1000, False, unk_token="<unk>", special=["<unk>"], pre=pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]))
    yield "whitespace split", bpe(lines, 1000, False, unk_token="<unk>", special=["<unk>"], pre=pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=False)]), decoder=None)


    bert, words = pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Whitespace()
    yield "bert, uncased", wordpiece(lines, 1500, bert, normalizers.BertNormalizer())
    yield "bert, cased", wordpiece(lines, 1500, bert, normalizers.BertNormalizer(lowercase=False))
    yield "bert, accents kept", wordpiece(lines, 1500, bert, normalizers.BertNormalizer(strip_accents=False))
    yield "bert, plain", wordpiece(lines, 800, bert, normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False))
    yield "wordpiece, short words", wordpiece(lines, 800, words, normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()]), max_input_chars_per_word=9)
    yield "wordpiece, punctuation", wordpiece(lines, 800, pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous")]), normalizers.Strip(left=False))
    meta = pre_tokenizers.Metaspace(prepend_scheme="first")
    back = decoders.Metaspace(prepend_scheme="first")
    yield "unigram", unigram(lines, 1500, meta, normalizers.NFKC(), back)
    yield "unigram, byte_fallback", unigram(lines, 1500, meta, None, decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]), byte_fallback=True)
    yield "unigram, no words", unigram([l for l in lines if len(l) < 60], 900, None, normalizers.Lowercase(), back)
    for rule, pieces, table in sentencepiece_map():
        for name, normalizer in (("t5", [table, normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "\u2581")]),
                                 ("xlm-r", [table, normalizers.Replace(Regex(" {2,}"), " ")])):
            t = Tokenizer(models.Unigram(pieces, 0, False))
            t.normalizer, t.pre_tokenizer, t.decoder = normalizers.Sequence(normalizer), pre_tokenizers.Metaspace(), decoders.Metaspace()
            yield "sentencepiece %s, %s" % (rule, name), t


def main():
    texts = samples()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        lines = os.path.join(folder, "lines.json")
        open(lines, "w").write("".join(json.dumps(t) + "\n" for t in texts))
        for name, tokenizer in tokenizers(folder):
            path = os.path.join(folder, "tokenizer.json")
            tokenizer.save(path)
            run = subprocess.run([ORDO, "vocab", "--encode", path, "--json", lines], capture_output=True, encoding="utf-8")
            got = [json.loads(l) for l in run.stdout.split("\n")[:-1]]
            if len(got) != len(texts):
                print("%-26s FAILED: %s" % (name, run.stderr.strip()))
                failed += 1
                continue
            tokenizer.encode_special_tokens = True  # special tokens that stand in a text are text
            want = tokenizer.encode_batch(texts, add_special_tokens=False)
            ids = [i for i in range(len(texts)) if got[i]["ids"] != want[i].ids]
            back = [i for i in range(len(texts)) if i not in ids and
                    got[i]["text"] != tokenizer.decode(want[i].ids, skip_special_tokens=False)]
            print("%-26s %d texts, %d tokens: ids differ in %d, decoded texts in %d" %
                  (name, len(texts), sum(len(w.ids) for w in want), len(ids), len(back)))
            for i in ids[:2]:
                print("   text", repr(texts[i][:120]), "\n   want", want[i].tokens[:40], "\n   got ",
                      [tokenizer.id_to_token(t) for t in got[i]["ids"][:40]])
            for i in back[:2]:
                print("   want", repr(tokenizer.decode(want[i].ids, skip_special_tokens=False)[:120]), "\n   got ",
                      repr(got[i]["text"][:120]))
            failed += bool(ids or back)
    sys.exit(failed > 0)


main()
