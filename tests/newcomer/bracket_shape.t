# args: check
# exit: 1
layer Net(H) {
  W: f32(H, H) ~ zeros
  fn (x: f32[B, H]) -> f32[B, H] { x @ W }
}
# ---
bracket_shape.ordo:2:3: error[E0127]: the weight 'W' has no initialiser
  2 |   W: f32(H, H) ~ zeros
    |   ^
    = expected  '~' and how its first value is drawn: ~ glorot_uniform, ~ normal(0.1), ~ zeros

bracket_shape.ordo:2:9: error[E0110]: unexpected '('
  2 |   W: f32(H, H) ~ zeros
    |         ^
    = expected  an operator or the end of the statement

2 errors
