# args: run --interpret {} last "[1, 1, 1, 1, 1, 1, 1, 1]"
# exit: 1
fn last(x: f32[A]) -> f32 {
  y[i] = x[0] + f32(i) with i in A*A*A*A*A*A*A*A*A*A*A
  max(y)
}
# ---
E0232_index_does_not_fit.ordo:2:17: error[E0232]: A*A*A*A*A*A*A*A*A*A*A does not fit an index of 32 bits where A is 8
  2 |   y[i] = x[0] + f32(i) with i in A*A*A*A*A*A*A*A*A*A*A
    |                 ^^^^^^

1 error
