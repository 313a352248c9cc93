# args: run {} same "a <eos>ba" "Za"
data a = tsv("a.tsv") { src: vocab("tokenizer.json")[S] }
fn same(src: <a.src>[B, S], tgt: <a.src>[B, T]) -> (<a.src>[B, S], <a.src>[B, T]) { (src, tgt) }
# +++ a.tsv
a b
# +++ tokenizer.json
{"added_tokens": [{"id": 3, "content": "<eos>"}, {"id": 4, "content": "<unk>"}], "decoder": {"type": "Fuse"},
 "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {"a": 0, "b": 1, "ba": 2}, "merges": ["b a"]}}
# ---
src = a<unk>
tgt = <unk>a
warning[W0817]: 2 tokens are not in the vocabulary 'a.src' and read as <unk>: ' ' is the first

