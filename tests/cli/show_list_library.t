# args: show {} --list --whole
# exit: 0
import linear
import optimizers

layer Block(D) {
  a: Linear(D, D)
  fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }
}

layer Net(D) {
  first: Linear(2, D)
  block: [3] Block(D)
  scale: f32[D] ~ ones

  fn loss(x: f32[B, 2], y: f32[B]) -> f32 {
    h = relu(first(x))
    for b in block { h = b(h) }
    z[b] = sum[d](h[b, d] * scale[d])
    mean((z - y) ** 2)
  }
}

train net {
  net   = Net(8)
  steps = 10
  best: f32 ~ full(9)

  step {
    x[b, i] = uniform(0, 1) with b in 4, i in 2
    y[b] = x[b, 0] - x[b, 1]
    loss = net.loss(x, y)
    best = min(best, loss)
    minimize loss over net with adam(lr = 0.1)
    log loss
  }
}
# ---
program  net
library  clipped
library  adam_step
library  warmup
library  cosine
library  step_decay
library  linear_decay
library  inverse_sqrt
library  cosine_restarts
library  one_cycle
function net.loss
