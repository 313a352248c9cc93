# args: run {} f "a"
# exit: 1
data a = tsv("a.tsv") { src: vocab("tokens.txt")[S] }
fn f(src: <a.src>[B, S]) -> <a.src>[B, S] { src }
# +++ a.tsv
a b
# +++ tokens.txt
a
b
a
# ---
E0815_vocab_file.ordo:1:25: error[E0815]: 'tokens.txt' is no vocabulary: the token of line 3 stands there twice
  1 | data a = tsv("a.tsv") { src: vocab("tokens.txt")[S] }
    |                         ^^^

1 error
