# args: $(cd "$work/in" && "$ORDO" train E0808_metrics_format.ordo --out run -q >/dev/null 2>&1; echo step,reward >run/train.csv) train {} --out run --resume -q
# exit: 1
import optimizers

layer Line() {
  w: f32 ~ nought
  fn (x: f32[B]) -> f32[B] { x * w }
}

init nought() -> f32[..] { 0 }

train fit {
  net = Line()
  steps = 3
  step {
    x[b] = uniform(0, 1) with b in 4
    loss = mean((net(x) - 3 * x) ** 2)
    minimize loss over net with sgd(lr = 0.5)
    log loss
  }
}
# ---
error[E0808]: cannot continue 'run/train.csv': it has other columns

1 error
