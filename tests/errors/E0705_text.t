# args: run {} f @lines.txt
# exit: 1
data pairs = tsv("pairs.tsv") { src: chars[S]  tgt: words[T] }
fn f(src: <pairs.src>[B, S], tgt: <pairs.tgt>[B, T]) -> <pairs.tgt>[B, T] { tgt }
# +++ pairs.tsv
abc	A B C
# +++ lines.txt
a	A B
only one
# ---
error[E0705]: line 2 has 1 columns
    = expected  2 texts with tabs between them

1 error
