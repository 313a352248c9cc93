# args: run {} f --precision=f16
# exit: 2
fn f(x: f32[B, 8], W: f32[8, 8]) -> f32[B, 8] { x @ W }
# ---
error[E0003]: '--precision' takes f32 or bf16, got 'f16'

1 error
