# args: diff {} renamed.ordo:scores
# exit: 0
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# +++ renamed.ordo
# Another name and other places: the same graph.

fn scores(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  weight[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](weight[b, n] * m[b, n, d])
  r
}
# ---
