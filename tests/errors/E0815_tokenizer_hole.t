# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"added_tokens": [{"id": 2, "content": "<s>"}], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: the token '<s>' has the number 2, but there are only 2 tokens

1 error
