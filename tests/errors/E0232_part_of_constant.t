# args: run {} main [] 3
# exit: 1
fn main(x: f32[M], y: f32) -> (f32, f32) {
  (zeros(M)[0], full(y, M, 2)[0, 1])
}
# ---
E0232_part_of_constant.ordo:2:13: error[E0232]: the position 0 does not lie in an axis of M where M is 0
  2 |   (zeros(M)[0], full(y, M, 2)[0, 1])
    |             ^

1 error
