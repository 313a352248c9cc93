# args: train -q --log-every 1 --out run
# exit: 0
# A rule may differentiate: its g is computed from the weights. Newton's method on squares is there in one step.
optimizer newton() {
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] {
    h = grad(sum(g), w)
    w - g / h
  }
}

layer Squares {
  w: f32    ~ ones
  v: f32[2] ~ ones
  fn (x: f32) -> f32 { (w * x - 3) ** 2 + 4 * sum((v - 5) ** 2) }
}

train p {
  net   = Squares
  steps = 1
  step {
    minimize net(2.0) over net with newton
    log w = net.w, v0 = net.v[0], v1 = net.v[1]
  }
}
# ---
train        w                1.5
             v0               5
             v1               5
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
