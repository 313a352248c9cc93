# args: train {} -q --ranks 2 --out run
# env: ORDO_RANKS_SILENCE=soon
# exit: 1
import linear
import optimizers

layer Net {
  w: f32[2] ~ normal(1)
  fn (x: f32[B, 2]) -> f32[B] {
    y[b] = sum[i](x[b, i] * w[i])
    y
  }
}

train fit {
  net   = Net
  steps = 2
  step {
    x[b, i] = uniform(0, 1) with b in 12, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
error[E0715]: the ranks cannot be reached: ORDO_RANKS_SILENCE is 'soon'
    = help: it says for how many seconds a rank may be silent

1 error
