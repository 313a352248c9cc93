# args: train {} -q --ranks 2 --out run
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
    x[b, i] = uniform(0, 1) with b in 13, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
error[E0612]: the batch of 'fit.step' cannot be cut for several ranks
    = expected  a number of rows that something from 2 to 8 divides
    = help: --shards N cuts them into N parts

1 error
