# args: opt {} attend --passes=inline,"grad{remat=\"none}"
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0600]: pipeline 'inline,grad{remat="none}': expected the end of a text, '"', at 'the end'
    = help: for example: inline,grad,simplify{rounds=4},contract,fuse; the default is O2

1 error
