# args: $(cd "$work/in" && "$ORDO" train E0703_checkpoint_mismatch.ordo -D WIDTH=3 --out run -q >/dev/null 2>&1) run {} Scale "[1, 2]" --weights run/checkpoint.safetensors
# exit: 1
import optimizers

const WIDTH = 2

layer Scale(I = 2) {
  w: f32[I] ~ nought
  fn (x: f32[I]) -> f32[I] { x * w }
}

init nought() -> f32[..] { 0 }

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
E0703_checkpoint_mismatch.ordo:10:28: error[E0203]: the result: the leading axes '..' differ from those bound before
  10 | init nought() -> f32[..] { 0 }
     |                            ^
     = expected  [2]
     = got       f32
E0703_checkpoint_mismatch.ordo:10:22: note: all '..' of a signature are the same axes
  10 | init nought() -> f32[..] { 0 }
     |                      ^^
E0703_checkpoint_mismatch.ordo:6:15: note: bound by this
   6 |   w: f32[I] ~ nought
     |               ^^^^^^

1 error
