# args: show {} attend --collapse reader
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, N] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  a
}
# ---
error[E0503]: there is no scope, scan, kernel or call 'reader'
    = help: 'ordo show MODEL FUNCTION --list' lists them

1 error
