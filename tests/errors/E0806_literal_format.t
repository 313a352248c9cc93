# args: run {} rows "[[0.3, 0.1], [1, x]]"
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
argument 'x':1:18: error[E0806]: this is no array of numbers
  1 | [[0.3, 0.1], [1, x]]
    |                  ^
    = expected  a number

1 error
