# args: run {} f --products=mkl
# exit: 2
fn f(x: f32[B, 8], W: f32[8, 8]) -> f32[B, 8] { x @ W }
# ---
error[E0003]: '--products' takes own, openblas or auto, got 'mkl'

1 error
