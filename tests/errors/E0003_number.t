# args: run {} rows "[[1, 2]]" --threads two
# exit: 2
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
error[E0003]: '--threads' takes a whole number, got 'two'

1 error
