# args: check
# exit: 0
import linear
import optimizers
layer Net(H) {
  a: Linear(1, H)
  b: Linear(H, 1)
  fn (x: f32[B, 1]) -> f32[B, 1] { b(tanh(a(x))) }
}
fn adapt_loss(net: layer, x: f32[B, 1], y: f32[B, 1], u: f32[B, 1], v: f32[B, 1]) -> f32 {
  w = weights(net)
  for i in 2 { w = w - 0.1 * grad(mean((net(x) with w - y) ** 2), w) }
  mean((net(u) with w - v) ** 2)
}
train maml {
  net = Net(8)
  steps = 5
  step {
    x[b, i] = normal(0, 1) with b in 8, i in 1
    loss = adapt_loss(net, x, sin(x), x + 1, sin(x + 1))
    minimize loss over net with adam(lr = 1e-3)
    log loss
  }
}
# ---
