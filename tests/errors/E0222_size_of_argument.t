# args: run {} f "[1, 2, 3]" 3
# exit: 1
# An argument against a size of the call.
fn f(x: f32[N], i: i32) -> f32[N] {
  assert 0 <= i and i < N, "an index into x"
  x + f32(i)
}
# ---
E0222_size_of_argument.ordo:3:10: error[E0222]: an index into x
  3 |   assert 0 <= i and i < N, "an index into x"
    |          ^^^^^^^^^^^^^^^^

1 error
