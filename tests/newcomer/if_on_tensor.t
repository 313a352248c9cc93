# args: check
# exit: 1
fn f(x: f32) -> f32 {
  if x > 0 { y = x } else { y = -x }
  y
}
# ---
if_on_tensor.ordo:2:6: error[E0214]: a condition known before the run is wanted, not bool
  2 |   if x > 0 { y = x } else { y = -x }
    |      ^^^^^
    = help: where(condition, a, b) chooses between values while running

1 error
