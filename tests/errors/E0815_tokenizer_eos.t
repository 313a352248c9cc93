# args: run {} f "a"
# exit: 1
data a = tsv("a.tsv") { src: vocab("tokenizer.json")[S] }
fn f(src: <a.src>[B, S]) -> <a.src>[B, S] { src }
# +++ a.tsv
a b
# +++ tokenizer.json
{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}
# ---
E0815_tokenizer_eos.ordo:1:25: error[E0815]: the vocabulary of 'src' has no token that ends a text
  1 | data a = tsv("a.tsv") { src: vocab("tokenizer.json")[S] }
    |                         ^^^
    = help: say eos = false, or add one: <eos>, </s>, <|endoftext|> or <|end_of_text|>

1 error
