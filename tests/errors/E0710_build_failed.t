# args: build {} f --prefix 7up -o none
# exit: 1
fn f(x: f32[B]) -> f32[B] { x + 1 }
# ---
error[E0710]: '7up' is no name for C

1 error
