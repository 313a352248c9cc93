# args: run {} pick "[1, 2, 3]" 0.5
# exit: 1
fn pick(x: f32[N], i: <N>) -> f32 {
  x[i]
}
# ---
error[E0807]: argument 'i': element 0 cannot be used here
    = expected  an index: a whole number of 32 bits
    = got       0.5

1 error
