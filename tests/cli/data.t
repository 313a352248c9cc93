# args: data
data pairs = tsv("pairs.tsv", valid = 0.3, split_by = src) { src: chars[S]  tgt: words[T]  n: i32 }
data prefs = jsonl("prefs.jsonl") {
  prompt:   words[P]
  chosen:   words(vocab = prompt)[T]
  rejected: words(vocab = prompt)[R]
  score:    f32[N]
}
data plays = text("plays.txt", valid = 0.25) { c: chars }
# +++ pairs.tsv
abc	A B C	3

b	B	1
one column
café	K AE F EY	4
abc	A B K	x
cab	K AE B	3
# +++ prefs.jsonl
{"prompt": "to be", "chosen": ["or", "not"], "rejected": "and", "score": [1, 0.5]}
{"prompt": "to be", "chosen": "or"}
no json
# +++ plays.txt
To be, or not to be.
That is it.
# ---
pairs: pairs.tsv, tsv, 73 bytes
  train               4 examples
  empty               1 lines
  skipped             2 lines
                      1 it has too few columns, first in line 4
                      1 n is no number, first in line 6: x
  src: 9 kinds of tokens in 'pairs.src', 15 in all, 3.8 in an example, at most 5
          2 to 3                1 ##########
          4 to 7                3 ##############################
  tgt: 11 kinds of tokens in 'pairs.tgt', 15 in all, 3.8 in an example, at most 5
          2 to 3                1 ##########
          4 to 7                3 ##############################
  n: 4 in all
  example: src = a|b|c|<eos>  tgt = A|B|C|<eos>  n = 3
  example: src = b|<eos>  tgt = B|<eos>  n = 1
  example: src = c|a|f|é|<eos>  tgt = K|AE|F|EY|<eos>  n = 4
prefs: prefs.jsonl, jsonl, 127 bytes
  train               1 examples
  skipped             2 lines
                      1 rejected is missing, first in line 2
                      1 it is no JSON object, first in line 3
  prompt: 9 kinds of tokens in 'prefs.prompt', 3 in all, 3.0 in an example, at most 3
          2 to 3                1 ##############################
  chosen: 9 kinds of tokens in 'prefs.prompt', 3 in all, 3.0 in an example, at most 3
          2 to 3                1 ##############################
  rejected: 9 kinds of tokens in 'prefs.prompt', 2 in all, 2.0 in an example, at most 2
          2 to 3                1 ##############################
  score: 2 in all, 2.0 in an example, at most 2
          2 to 3                1 ##############################
  example: prompt = to|be|<eos>  chosen = or|not|<eos>  rejected = and|<eos>  score = 1 0.5
plays: plays.txt, text, 33 bytes
  train              24 tokens
  valid               9 tokens
  c: 17 kinds of tokens in 'plays.c', 33 in all
data.ordo:1:18: warning[W0812]: 2 of 7 lines of 'pairs.tsv' are skipped
  1 | data pairs = tsv("pairs.tsv", valid = 0.3, split_by = src) { src: chars[S]  tgt: words[T]  n: i32 }
    |                  ^^^^^^^^^^^
    = help: pairs.tsv:4: it has too few columns
    = help: pairs.tsv:6: 'n' is no number: 'x'

data.ordo:2:20: warning[W0812]: 2 of 3 lines of 'prefs.jsonl' are skipped
  2 | data prefs = jsonl("prefs.jsonl") {
    |                    ^^^^^^^^^^^^^
    = help: prefs.jsonl:2: 'rejected' is missing
    = help: prefs.jsonl:3: it is no JSON object

