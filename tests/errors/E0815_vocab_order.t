# args: data
# exit: 1
data a = lines("a.txt") { c: vocab("tokens.txt")[S] }
# +++ a.txt
one
# +++ tokens.txt
<pad>
<eos>
<bos>
<unk>
one
# ---
E0815_vocab_order.ordo:1:27: error[E0815]: 'tokens.txt' is no vocabulary: line 2 is not <bos>: behind <pad> come <bos>, <eos> and <unk>
  1 | data a = lines("a.txt") { c: vocab("tokens.txt")[S] }
    |                           ^

1 error
