# args: run {} pick "[1, 2, 3]" 0.5
# exit: 1
fn pick(x: f32[N], i: <N>) -> f32 {
  x[i]
}
# ---
argument 'i':1:1: error[E0807]: this number is no whole number of 32 bits
  1 | 0.5
    | ^^^

1 error
