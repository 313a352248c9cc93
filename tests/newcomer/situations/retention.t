# args: check
# exit: 0
import linear_attention
layer Net(D) { a: LinearAttention(D, 2, form = "parallel")
  fn (x: f32[B, T, D]) -> f32[B, T, D] { x + a(x) } }
# ---
