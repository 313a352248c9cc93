# args: $(cd "$work/in" && "$ORDO" train E0709_run_changed.ordo --out run -q >/dev/null 2>&1) train {} -D LR=0.2 -D SCALE=3 --out run --resume
# exit: 1
import optimizers

const LR = 0.1
const SCALE = 1

init nought() -> f32[I] { zeros(I) }

layer Net {
  w: f32[2] ~ nought
  fn (x: f32[2]) -> f32[2] { x * w }
}

train fit {
  net   = Net
  steps = 1
  step {
    loss = mean((net(ones(2)) - 1) ** 2)
    minimize loss over net with sgd(lr = LR)
    log loss
  }
  eval valid every 1 { log loss = SCALE * mean(net(ones(2))) }
}
# ---
error[E0709]: run/checkpoint.safetensors: the run cannot go on: its step is another one, its eval 'valid' is another one
    = expected  LR = 0.1, SCALE = 1, as in the checkpoint
    = got       LR = 0.2, SCALE = 3
    = help: give the same program and constants (-D), or begin a new run: without --resume, with another --out
    = help: --changed goes on with what is given now

1 error
