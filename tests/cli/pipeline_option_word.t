# args: opt {} attend --passes=inline,"grad{remat=ful}"
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0602]: option 'remat' of pass 'grad' cannot be 'ful'
    = expected  auto|none|full

1 error
