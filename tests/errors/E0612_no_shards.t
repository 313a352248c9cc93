# args: train {} -q --shards 7 --out run
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
error[E0612]: the batch cannot be cut into shards
    = expected  a number of shards, 2 or more, that divides its 12 rows
    = got       7

1 error
