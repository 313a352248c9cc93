# args: opt {} attend --disable=fuse/bar
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0601]: there is no rewrite rule 'fuse/bar'
    = help: rules stand behind 'simplify/'; 'ordo rules' lists them

1 error
