# args: run {} rows "[[1, 2]]" --out nowhere/y.npy
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
error[E0002]: cannot write 'nowhere/y.npy': No such file or directory

1 error
