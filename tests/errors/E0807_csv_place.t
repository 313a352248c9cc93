# args: run {} f x.csv
# exit: 1
fn f(x: f32[N, M]) -> f32[N, M] { x }
# +++ x.csv
a,b
1,2
3,1e39
# ---
error[E0807]: 'x.csv', line 3, column 2: this number is too large for f32
    = got       '1e39'

1 error
