# args: train -q --log-every 1 --out run
# exit: 0
# What the last turn computed from the weights that come after the loop, counts for derivatives by them.
optimizer plain() { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - 0.125 * g } }
layer L { w: f32 ~ ones
  fn (x: f32[R]) { w * x } }
train p { m = L
  x: f32[1] ~ ones
  steps = 1
  step {
    repeat t in 3 { minimize mean(m(x)) over m with plain
                    c[t] = m.w }
    l = mean(m(x)) * sum(c)         # w = .625; c = .875 + .75 + w: d = sum c + w = 2.25 + .625 = 2.875 ; w = .265625
    minimize l over m with plain
    log w = m.w } }
# ---
train        w                0.265625
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
