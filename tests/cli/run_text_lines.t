# args: run {} both @lines.txt
data pairs = tsv("pairs.tsv") { src: chars[S]  tgt: words[T] }
fn both(src: <pairs.src>[B, S], src_mask: bool[B, S], tgt: <pairs.tgt>[B, T], tgt_mask: bool[B, T]) -> (f32[B], <pairs.tgt>[B, T]) {
  n[b] = sum[s](f32(src_mask[b, s]))
  (n, tgt)
}
# +++ pairs.tsv
abc	A B C
# +++ lines.txt
a	A B
abc	C
	A
# ---
2	A B
4	C
1	A
