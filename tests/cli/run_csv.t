# args: run {} attend q.csv "[[[1, 0], [0, 1]], [[0, 0], [2, 1]]]"
# exit: 0
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# +++ q.csv
a,b
1,2
0.5,-1
# ---
[[0.2689, 0.7311],
 [1, 0.5]]
