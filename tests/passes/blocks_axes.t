# args: opt {} main '--passes=rewrite2,blocks{bytes=1,rows=2,force=1}' --verify-each --validate-each --remarks=blocks -o graph.txt
# exit: 0
# file: axes.ordo
fn main(x: f32[B, A, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], y: f32[B, C]) -> f32[A, C] {
  z = tanh(x)
  s[a, b] = sum[c, d, e, f, g, h, i, j, k, l, m, n, o, p](z[b, a, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
  s @ y
}
# ---
axes.ordo:3:13: applied[blocks:cut]: made 2 rows of A at a time, in 1 loop (sum:f32[B, A]) bytes=16384 bytes in and out=2113536 bytes of sums=0
