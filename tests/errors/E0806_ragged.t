# args: run {} rows "[[0.3, 0.1], [1]]"
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
argument 'x':1:14: error[E0806]: this is no array of numbers
  1 | [[0.3, 0.1], [1]]
    |              ^^^
    = expected  rows of equal length
    = got       1 items where the first row has 2

1 error
