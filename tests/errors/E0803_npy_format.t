# args: run {} rows notes.npy
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# +++ notes.npy
1 2 3
4 5 6
# ---
error[E0803]: 'notes.npy' is no valid .npy file: it does not start with \x93NUMPY

1 error
