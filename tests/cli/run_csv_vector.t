# args: run {} both x.csv "[1, 2, 3]" 2
# exit: 0
fn both(x: f32[N], y: f32[N], i: <N>) -> (f32[N], f32, bool) {
  (x + y, x[i], x[i] > y[i])
}
# +++ x.csv
10
20
30
# ---
result1 = [11, 22, 33]
result2 = 30
result3 = true
