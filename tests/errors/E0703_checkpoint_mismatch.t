# args: $(cd "$work/in" && "$ORDO" train E0703_checkpoint_mismatch.ordo -D WIDTH=3 --out run -q >/dev/null 2>&1) run {} Scale "[1, 2]" --weights run/checkpoint.safetensors
# exit: 1
import optimizers

const WIDTH = 2

layer Scale(I = 2) {
  w: f32[I] ~ nought
  fn (x: f32[I]) -> f32[I] { x * w }
}

init nought() -> f32[I] { zeros(I) }

train fit {
  net = Scale(I = WIDTH)
  steps = 1
  step {
    x[n] = uniform(0, 1) with n in WIDTH
    loss = mean((net(x) - x) ** 2)
    minimize loss over net with sgd(lr = 0.5)
    log loss
  }
}
# ---
error[E0703]: run/checkpoint.safetensors: 'net.w' has another shape or type than the model's
    = expected  f32[2]
    = got       f32[3]
    = help: was the file written by this model with the same constants (-D)?

1 error
