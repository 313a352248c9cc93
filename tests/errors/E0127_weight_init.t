# args: check
# exit: 1
layer Linear(I, O) {
  W: f32[I, O]
  b: f32[O] = zeros
  c: f32[O] ~ 3 + 4
  fn (x: f32[.., I]) -> f32[.., O] { x @ W + b + c }
}
# ---
E0127_weight_init.ordo:2:3: error[E0127]: the weight 'W' has no initialiser
  2 |   W: f32[I, O]
    |   ^
    = expected  '~' and how its first value is drawn: ~ glorot_uniform, ~ normal(0.1), ~ zeros

E0127_weight_init.ordo:3:13: error[E0127]: the weight 'b' has no initialiser
  3 |   b: f32[O] = zeros
    |             ^
    = expected  '~' and how its first value is drawn: ~ glorot_uniform, ~ normal(0.1), ~ zeros
    = help: write '~' instead of '='

E0127_weight_init.ordo:4:15: error[E0127]: this is not an initialiser
  4 |   c: f32[O] ~ 3 + 4
    |               ^^^^^
    = expected  the name of an initialiser, with arguments if it takes any: normal(0.1)

3 errors
