# args: opt {} attend --passes=inline,"fuse{max=0}"
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0602]: option 'max' of pass 'fuse' cannot be '0'
    = expected  a whole number from 1 on

1 error
