# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: model.merges: 'a' with 'b': one of them, or both joined, is no token

1 error
