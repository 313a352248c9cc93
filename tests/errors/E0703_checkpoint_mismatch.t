# args: $(cd "$work/in" && "$ORDO" train E0703_checkpoint_mismatch.ordo -D N=3 --out run -q >/dev/null 2>&1) run {} Scale "[1, 2]" --weights run/checkpoint.safetensors
# exit: 1
import optimizers

const N = 2

layer Scale() {
  w: f32[N] ~ nought
  fn (x: f32[N]) -> f32[N] { x * w }
}

init nought() -> f32[..] { 0 }

train fit {
  net = Scale()
  steps = 1
  step {
    x[n] = uniform(0, 1) with n in N
    loss = mean((net(x) - x) ** 2)
    minimize loss over net with sgd(lr = 0.5)
    log loss
  }
}
# ---
E0703_checkpoint_mismatch.ordo:7:30: error[E0203]: the shapes do not fit: an axis of N meets one of 2
  7 |   fn (x: f32[N]) -> f32[N] { x * w }
    |                              ^^^^^
    = expected  f32[N]
    = got       f32[2]
E0703_checkpoint_mismatch.ordo:7:7: note: f32[N] is declared here
  7 |   fn (x: f32[N]) -> f32[N] { x * w }
    |       ^
E0703_checkpoint_mismatch.ordo:6:3: note: f32[2] is declared here
  6 |   w: f32[N] ~ nought
    |   ^

1 error
