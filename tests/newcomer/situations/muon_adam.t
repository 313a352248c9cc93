# args: check
# exit: 0
import linear
import optimizers
layer Net(H) { a: Linear(2, H)
  b: Linear(H, 1)
  fn (x: f32[B, 2]) -> f32[B, 1] { b(tanh(a(x))) } }
train t {
  net = Net(8)
  steps = 3
  step {
    x[b, i] = normal(0, 1) with b in 8, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over matrices(net) with muon(lr = 0.02)
    minimize loss over others(net) with adam(lr = 1e-3)
    log loss
  }
}
# ---
