# args: opt {} f --passes=precision{products=f16}
# exit: 1
fn f(x: f32[B, 8], W: f32[8, 8]) -> f32[B, 8] { x @ W }
# ---
error[E0602]: precision: products=f16 is not known
    = expected  auto, bf16 or f32

1 error
