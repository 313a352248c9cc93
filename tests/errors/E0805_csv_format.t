# args: run {} rows x.csv
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# +++ x.csv
a,b,c
1,2,3
4,five,6
# ---
error[E0805]: 'x.csv', line 3, column 2: this is no row of numbers
    = expected  a number
    = got       'five'

1 error
