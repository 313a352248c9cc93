# args: run {} echo "ab xé"
data pairs = tsv("pairs.tsv") { src: chars[S]  tgt: words[T] }
fn echo(src: <pairs.src>[B, S], src_mask: bool[B, S]) -> (<pairs.src>[B, S], f32[B]) {
  n[b] = sum[s](f32(src_mask[b, s]))
  (src, n)
}
# +++ pairs.tsv
abc	A B C
é 	B
# ---
src = ab <unk>é
n = [6]
warning[W0817]: 1 token is not in the vocabulary 'pairs.src' and read as <unk>: 'x'

