# args: run {} short --json x=[1,2]
# exit: 1
fn short(x: f32[N]) -> f32 {
  assert N >= 3, "three numbers at least"
  x[0] - 2 * x[1] + x[2]
}
# ---
E0222_asserted.ordo:2:10: error[E0222]: three numbers at least
  2 |   assert N >= 3, "three numbers at least"
    |          ^^^^^^

1 error
