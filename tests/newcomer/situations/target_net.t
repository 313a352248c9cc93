# args: check
# exit: 0
import linear
import optimizers
layer Q(H) { a: Linear(4, H)
  b: Linear(H, 2)
  fn (x: f32[B, 4]) -> f32[B, 2] { b(relu(a(x))) } }
train dqn {
  q = Q(16)
  target = copy of q frozen
  steps = 10
  step {
    s[b, i] = normal(0, 1) with b in 16, i in 4
    a[b] = randint(2) with b in 16
    next[b] = max[k](target(s + 0.1)[b, k])
    now[b] = q(s)[b, a[b]]
    loss = mean((now - s[:, 0] - 0.9 * next) ** 2)
    minimize loss over q with adam(lr = 1e-3)
    move target to q with copy when step % 5 == 4
    log loss
  }
}
# ---
