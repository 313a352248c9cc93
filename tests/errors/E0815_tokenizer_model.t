# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"model": {"type": "WordLevel", "vocab": {"a": 0}}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: model: 'WordLevel' is not supported, only BPE, WordPiece and Unigram

1 error
