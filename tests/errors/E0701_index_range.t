# args: run {} pick "[1, 2, 3]" 3
# exit: 1
fn pick(x: f32[N], i: <N>) -> f32 {
  x[i]
}
# ---
E0701_index_range.ordo:1:20: error[E0701]: calling 'pick': argument 'i': index 3 (element 0) is outside its axis: expected 0 to 2
  1 | fn pick(x: f32[N], i: <N>) -> f32 {
    |                    ^^^^^^

1 error
