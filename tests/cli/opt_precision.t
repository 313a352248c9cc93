# args: opt {} f --passes=precision{products=f16}
# exit: 1
fn f(x: f32[B, 8], W: f32[8, 8]) -> f32[B, 8] { x @ W }
# ---
error[E0602]: option 'products' of pass 'precision' cannot be 'f16'
    = expected  auto|bf16|f32

1 error
