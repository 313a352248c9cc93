# args: run {} first "[[], []]"
# exit: 1
fn first(x: f32[B, N]) -> f32[B] { x[:, 0] }
# ---
E0232_no_position.ordo:1:41: error[E0232]: the position 0 does not lie in an axis of N where N is 0
  1 | fn first(x: f32[B, N]) -> f32[B] { x[:, 0] }
    |                                         ^

1 error
