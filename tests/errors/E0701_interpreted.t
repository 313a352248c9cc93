# args: run {} pick "[1, 2]" 5 --interpret
# exit: 1
fn pick(x: f32[N], i: <N>) -> f32 {
  x[i]
}
# ---
E0701_interpreted.ordo:1:20: error[E0701]: interpreting 'pick': argument 'i': index 5 (element 0) is outside its axis: expected 0 to 1
  1 | fn pick(x: f32[N], i: <N>) -> f32 {
    |                    ^^^^^^

1 error
