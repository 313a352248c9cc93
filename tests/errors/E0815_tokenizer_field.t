# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"truncation": {"max_length": 8}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: truncation is not supported: batches are padded, and columns have max_len

1 error
