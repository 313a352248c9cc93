# args: run --interpret {} fewer "[1, 2]"
# exit: 1
fn fewer(x: f32[N]) -> f32 {
  y[i] = x[0] with i in N - 5
  sum(y)
}
# ---
E0232_interpreted.ordo:2:10: error[E0232]: an axis cannot have N - 5 elements where N is 2
  2 |   y[i] = x[0] with i in N - 5
    |          ^^^^

1 error
