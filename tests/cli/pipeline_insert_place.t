# args: opt {} attend --insert=sets@behind:grad
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0600]: --insert 'sets@behind:grad': expected '@before:PASS' or '@after:PASS' at ':grad'

1 error
