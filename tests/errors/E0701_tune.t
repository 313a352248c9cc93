# args: tune {} f --sizes=A=10000000,B=10000000 --seconds=1
# exit: 1
fn f(x: f32[A], y: f32[B]) -> f32[A, B] {
  r[a, b] = x[a] * y[b]
  r
}
# ---
error[E0701]: running 'f': not enough memory for the results

1 error
