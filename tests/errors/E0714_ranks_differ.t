# args: $(ln -s "$(dirname "$ORDO")/tests/plugins/lone_rank.so" "$work/in/lone.so") train {} -q --out run
# env: PMI_SIZE=2 ORDO_MPI=./lone.so
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
error[E0714]: rank 1 is not about to compute the same as rank 0
    = got       another version of Ordo

1 error
