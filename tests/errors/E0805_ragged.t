# args: run {} rows x.csv
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# +++ x.csv
1,2,3
4,5
# ---
error[E0805]: 'x.csv', line 2, column 2: this is no row of numbers
    = expected  3 numbers, as in the first row
    = got       2

1 error
