# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] { sigmiod(x) }
# ---
misspelt_function.ordo:1:29: error[E0201]: there is no function 'sigmiod'
  1 | fn f(x: f32[B]) -> f32[B] { sigmiod(x) }
    |                             ^^^^^^^
    = help: did you mean 'sigmoid'?

1 error
