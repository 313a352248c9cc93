# args: run {} upper --json "A C B"
data pairs = tsv("pairs.tsv") { src: chars[S]  tgt: words[T]  kind: words }
fn upper(tgt: <pairs.tgt>[B, T]) -> (<pairs.tgt>[B, T], <pairs.kind>[B]) {
  k[b] = index(4, pairs.kind) with b in B
  (tgt, k)
}
# +++ pairs.tsv
abc	A B C	x
é 	B	y
# ---
{"tgt": ["A C B"],
 "k": ["x"]}
