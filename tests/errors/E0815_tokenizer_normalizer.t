# args: vocab --encode {} text.txt
# exit: 1
# file: tokenizer.json
{"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}]}, "model": {"vocab": {"a": 0}, "merges": []}}
# +++ text.txt
a
# ---
error[E0815]: 'tokenizer.json' is no vocabulary: normalizer: 'Nmt' is not supported

1 error
