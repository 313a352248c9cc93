# args: check
# exit: 1
layer L(D) {
  w: f32[D] ~ zeros
  fn (x: f32[D]) -> f32[D] { self }
  fn t(x: f32[D]) -> f32 { "a" }
}
# ---
E0208_result.ordo:3:30: error[E0208]: a tensor is wanted here, not a layer L(D)
  3 |   fn (x: f32[D]) -> f32[D] { self }
    |                              ^^^^

E0208_result.ordo:4:28: error[E0208]: a tensor is wanted here, not the text "a"
  4 |   fn t(x: f32[D]) -> f32 { "a" }
    |                            ^^^

2 errors
