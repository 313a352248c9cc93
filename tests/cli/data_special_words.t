# args: data
data d = tsv("d.tsv") { s: words[S]  c: chars[T]  v: vocab("list.txt")[L]  b: vocab("tokenizer.json")[R] }
# +++ d.tsv
a|b <eos> \ <unk>	<eos>	<eos> <pad> one	ab<eos>a[X]
# +++ list.txt
one
two
# +++ tokenizer.json
{"added_tokens": [
  {"id": 3, "content": "<eos>", "special": true},
  {"id": 4, "content": "[X]", "special": false}],
 "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {"<unk>": 0, "a": 1, "b": 2, "<": 5, ">": 6, "e": 7, "o": 8, "s": 9}, "merges": []}}
# ---
d: d.tsv, tsv, 52 bytes
  train               1 examples
  s: 8 kinds of tokens in 'd.s', 5 in all, 5.0 in an example, at most 5
          4 to 7                1 ##############################
  c: 9 kinds of tokens in 'd.c', 6 in all, 6.0 in an example, at most 6
          4 to 7                1 ##############################
  v: 6 kinds of tokens in 'd.v', 4 in all, 4.0 in an example, at most 4
          4 to 7                1 ##############################
  b: 10 kinds of tokens in 'd.b', 10 in all, 10.0 in an example, at most 10
          8 to 15               1 ##############################
  example: s = a\|b|\<eos>|\\|\<unk>|<eos>  c = <|e|o|s|>|<eos>  v = <unk>|<unk>|one|<eos>  b = a|b|<|e|o|s|>|a|[X]|<eos>
