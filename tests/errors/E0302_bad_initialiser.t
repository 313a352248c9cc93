# args: check
# exit: 1
layer L(H) {
  a: f32[H] ~ zeroes
  b: f32[H] ~ normal(1, 2, 3)
  c: f32[H] ~ full("x")
  fn (x: f32[H]) { x + a + b + c }
}
# ---
E0302_bad_initialiser.ordo:2:15: error[E0302]: there is no initialiser 'zeroes'
  2 |   a: f32[H] ~ zeroes
    |               ^^^^^^
    = help: did you mean 'zeros'?

E0302_bad_initialiser.ordo:3:15: error[E0302]: 'normal' takes 1 number
  3 |   b: f32[H] ~ normal(1, 2, 3)
    |               ^^^^^^^^^^^^^^^

E0302_bad_initialiser.ordo:4:15: error[E0302]: 'full' takes numbers, not the text "x"
  4 |   c: f32[H] ~ full("x")
    |               ^^^^^^^^^

3 errors
