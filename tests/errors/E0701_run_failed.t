# args: run {} attend "[[1, 2, 3]]" "[[[1, 0], [0, 1]]]"
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
E0701_run_failed.ordo:1:25: error[E0701]: calling 'attend': argument 'm' has the wrong shape or type: expected f32[B, N, H] where B is 1, N is 2, H is 3, got f32[1, 2, 2]
  1 | fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
    |                         ^^^^^^^^^^^^^^^

1 error
