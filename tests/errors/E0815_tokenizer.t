# args: run {} f "a"
# exit: 1
data a = tsv("a.tsv") { src: vocab("tokenizer.json")[S] }
fn f(src: <a.src>[B, S]) -> <a.src>[B, S] { src }
# +++ a.tsv
a b
# +++ tokenizer.json
{"added_tokens": [], "pre_tokenizer": {"type": "UnicodeScripts"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}
# ---
E0815_tokenizer.ordo:1:25: error[E0815]: 'tokenizer.json' is no vocabulary: pre_tokenizer: 'UnicodeScripts' is not supported
  1 | data a = tsv("a.tsv") { src: vocab("tokenizer.json")[S] }
    |                         ^^^

1 error
