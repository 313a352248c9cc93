# args: check
# exit: 1
fn scale(k: f32 = 2.0, x: f32[B]) -> f32[B] { k * x }
layer L(bias = true, I, O) { W: f32[I, O] ~ zeros }
# ---
E0125_default_order.ordo:1:24: error[E0125]: 'x' has no default but follows one that has
  1 | fn scale(k: f32 = 2.0, x: f32[B]) -> f32[B] { k * x }
    |                        ^^^^^^^^^
    = help: put it before the parameters with defaults

E0125_default_order.ordo:2:22: error[E0125]: 'I' has no default but follows one that has
  2 | layer L(bias = true, I, O) { W: f32[I, O] ~ zeros }
    |                      ^
    = help: put it before the parameters with defaults

E0125_default_order.ordo:2:25: error[E0125]: 'O' has no default but follows one that has
  2 | layer L(bias = true, I, O) { W: f32[I, O] ~ zeros }
    |                         ^
    = help: put it before the parameters with defaults

3 errors
