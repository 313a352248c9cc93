# args: check
# exit: 0
import linear
import optimizers
layer U(H) {
  a: Linear(1, H)
  b: Linear(H, 1)
  fn (x: f32[B, 1]) -> f32[B, 1] { b(tanh(a(x))) }
  fn slope(x: f32[B, 1]) -> f32[B, 1] {
    y = sum(self(x))
    grad(y, x)
  }
  fn bend(x: f32[B, 1]) -> f32[B, 1] {
    y = sum(slope(x))
    grad(y, x)
  }
}
train pinn {
  u = U(16)
  steps = 5
  precision = "f64"
  step {
    x[b, i] = uniform(0, 1) with b in 32, i in 1
    loss = mean((u.bend(x) + sin(x)) ** 2) + sum(u(zeros(1, 1)) ** 2) + sum((u(ones(1, 1)) - sin(1.0)) ** 2)
    minimize loss over u with adam(lr = 1e-3)
    log loss
  }
}
# ---
