# args: check
# exit: 0
import state_space
layer Net(D) { m: [2] Mamba(D)
  fn (x: f32[B, T, D]) -> f32[B, T, D] { for f in m { x = x + f(x) }
    x } }
# ---
