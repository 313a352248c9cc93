# args: check
# exit: 1
fn f(x: f32[B, T]) -> f32[B] {
  scan t in T, h = zeros(B, 1) {
    h = h + x[:, t]
  }
  h
}
# ---
carry_shape.ordo:3:5: error[E0219]: the carried value 'h' changes its type in the loop
  3 |     h = h + x[:, t]
    |     ^
    = expected  f32[B, 1], as before the first step
    = got       f32[B, B] after a step
carry_shape.ordo:2:16: note: 'h' gets its first value here
  2 |   scan t in T, h = zeros(B, 1) {
    |                ^^^^^^^^^^^^^^^

1 error
