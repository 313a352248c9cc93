# args: check
# exit: 1
fn f(x: f32[B, T]) -> f32[B] {
  scan t in T, h, c = zeros(B) {
    h = x[:, t] + h
  }
  h
}
# ---
E0123_carry_value.ordo:2:16: error[E0123]: 'h' has no first value
  2 |   scan t in T, h, c = zeros(B) {
    |                ^
    = help: say what it is before the first step: h = zeros(B, H)

1 error
