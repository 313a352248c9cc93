# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"model": {"type": "WordPiece", "vocab": {"a": 0}}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: model: 'WordPiece' is not supported, only BPE

1 error
