# args: $(cd "$work/in" && "$ORDO" train E0709_shards.ordo --shards 4 --out run -q >/dev/null 2>&1) train {} --shards 6 --steps 3 --out run --resume
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
error[E0709]: run/checkpoint.safetensors: the run cannot go on: its batches are cut otherwise
    = expected  4 shards, as in the checkpoint
    = got       6 shards
    = help: leave --shards out: the checkpoint brings its own, or begin a new run: without --resume, with another --out
    = help: --changed goes on with what is given now

1 error
